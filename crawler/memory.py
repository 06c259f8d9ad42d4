"""What earlier runs know of a portal: its pages, its documents, its files. Loaded at the start of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from archive.catalogue import Catalogue, Row
from crawler import revision
from crawler.entry import Entry
from crawler.handover import Reading, whose
from crawler.identity import identity
from crawler.revisit import PageState
from parsing.document import TextStatus


@dataclass(frozen=True)
class Published:
    """The newest document known at a URL."""

    id: str
    fingerprint: str
    content_sha256: str
    capture: str
    parsed_with: str
    attachments: tuple[str, ...] = ()
    text_status: str = TextStatus.full
    whose: tuple[str | None, int | None] = (None, None)  # body and year

    @classmethod
    def of(cls, id_: str, fingerprint: str, capture: str, reading: Reading, entry: Entry) -> Self:
        """From a page that was read now."""
        urls = tuple(attachment.url for attachment in reading.document.attachments)
        read, mine = reading.document, whose(reading, entry.organ, entry.year)
        return cls(id_, fingerprint, read.content_sha256, capture, revision.of_reading(), urls, read.text_status, mine)


class Memory:
    """By page (crawler/identity.py): its state, its newest document, and which files were asked for and kept."""

    def __init__(self, catalogue: Catalogue, portal: str) -> None:
        self.states: dict[str, PageState] = {}
        self.documents: dict[str, Published] = {}
        self.kept: set[str] = set()  # addresses whose bytes are in the archive
        self.asked: set[str] = set()  # addresses that answered anything
        self.entries: dict[str, Row] = {}  # the newest entry row of each address
        for row in catalogue.rows("SELECT * FROM entry WHERE portal = ? ORDER BY run", portal):
            known = {name: row[name] for name in PageState.__dataclass_fields__}
            page = identity(row["url"])
            if row["outcome"] is None and page in self.states:
                known["title"] = None  # seen by a run that was killed before it asked: ask now, with what is known
            self.entries[row["url"]] = row
            self.states[page] = PageState(**known)
        self._texts: dict[tuple[str, int, str], str] = {}  # body, year, text digest -> document
        self.reports: dict[str, tuple[str, int]] = {}  # document -> body, year
        self.parts: dict[str, list[str]] = {}  # document of a page -> those of the files that it links to
        sql = (  # all but the texts, which are most of the table
            "SELECT id, url, fingerprint, content_sha256, capture, parsed_with, attachments, organ, report_year, "
            "text_sha256, part_of, text_status FROM document WHERE portal = ? AND parsed_with IS NOT NULL ORDER BY first_seen"
        )
        for row in catalogue.rows(sql, portal):
            urls = tuple(attachment["url"] for attachment in json.loads(row["attachments"]))
            read = (row["fingerprint"], row["content_sha256"], row["capture"], row["parsed_with"], urls)
            mine = row["organ"], row["report_year"]
            self.documents[identity(row["url"])] = Published(row["id"], *read, row["text_status"], mine)
            if row["part_of"]:
                self.parts.setdefault(row["part_of"], []).append(row["id"])
            elif row["organ"] and row["report_year"]:
                self._texts[row["organ"], row["report_year"], row["text_sha256"]] = row["id"]
                self.reports[row["id"]] = row["organ"], row["report_year"]
        sql = (
            "SELECT url, max(status = 200) AS kept, min(status) AS status FROM capture "
            "WHERE portal = ? AND status IS NOT NULL GROUP BY url"
        )
        for row in catalogue.rows(sql, portal):
            if row["kept"]:
                self.kept.add(row["url"])
            if row["status"] < 500:
                self.asked.add(row["url"])  # a server that failed is asked again

    def state(self, url: str) -> PageState:
        """What is known of an article page; an empty state when nothing is."""
        return self.states.get(identity(url)) or PageState(url)

    def document(self, url: str) -> Published | None:
        """The newest document read at a page, under whichever address it is linked now."""
        return self.documents.get(identity(url))

    def twin(self, reading: Reading, entry: Entry) -> str | None:
        """The document with the same text, of the same body and year, that stands at another address of the portal."""
        return self._texts.get(_key(reading, entry))  # type: ignore[arg-type]

    def remember(self, entry: Entry, published: Published, reading: Reading) -> None:
        """A document that this run published."""
        self.documents[identity(entry.url)] = published
        organ, year, text = _key(reading, entry)
        if organ and year:
            self._texts[organ, year, text] = published.id
            self.reports[published.id] = organ, year

    def knows_report(self, url: str) -> bool:
        """Whether an earlier run read a report at this address."""
        return self.state(url).document is not None

    @property
    def pages(self) -> list[str]:
        """Addresses of all pages that a report was read from, of which the archive has a copy."""
        return [state.url for state in self.states.values() if state.document and state.capture]

    def wanted(self, attachments: list[str]) -> Iterator[str]:
        """Those of a freshly read page's attachments that are not kept yet; each is told once."""
        for url in attachments:
            if url not in self.kept:
                self.kept.add(url)
                self.asked.add(url)
                yield url

    def unasked(self, page: str) -> Iterator[str]:
        """Attachments of the document at `page` that no run has asked for: one was killed between page and file."""
        known = self.document(page)
        for url in known.attachments if known else ():
            if url not in self.asked:
                self.asked.add(url)
                yield url


def _key(reading: Reading, entry: Entry) -> tuple[str | None, int | None, str]:
    organ, year = whose(reading, entry.organ, entry.year)
    return organ, year, reading.document.text_sha256
