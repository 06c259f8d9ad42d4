"""What earlier runs know of a portal: its pages, its documents, its files. Loaded at the start of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from archive.catalogue import Catalogue
from crawler.revisit import PageState


@dataclass(frozen=True)
class Published:
    """The newest document known at a URL."""

    id: str
    fingerprint: str
    attachments: tuple[str, ...] = ()


class Memory:
    """By URL: the state of each article page, the newest document, and which files were asked for and kept."""

    def __init__(self, catalogue: Catalogue, portal: str) -> None:
        self.states: dict[str, PageState] = {}
        self.documents: dict[str, Published] = {}
        self.kept: set[str] = set()  # addresses whose bytes are in the archive
        self.asked: set[str] = set()  # addresses that answered anything
        columns = ", ".join(PageState.__dataclass_fields__)
        for row in catalogue.rows(f"SELECT {columns} FROM entry WHERE portal = ? ORDER BY run", portal):
            if row["outcome"] is None and row["url"] in self.states:
                row["title"] = None  # seen by a run that was killed before it asked: ask now, with what is known
            self.states[row["url"]] = PageState(**row)
        sql = "SELECT id, url, fingerprint, attachments FROM document WHERE portal = ? ORDER BY first_seen"
        for row in catalogue.rows(sql, portal):
            urls = tuple(attachment["url"] for attachment in json.loads(row["attachments"]))
            self.documents[row["url"]] = Published(row["id"], row["fingerprint"], urls)
        sql = "SELECT url, max(status = 200) AS kept FROM capture WHERE portal = ? AND status IS NOT NULL GROUP BY url"
        for row in catalogue.rows(sql, portal):
            self.asked.add(row["url"])
            if row["kept"]:
                self.kept.add(row["url"])

    def state(self, url: str) -> PageState:
        """What is known of an article page; an empty state when nothing is."""
        return self.states.get(url, PageState(url))

    def knows_report(self, url: str) -> bool:
        """Whether an earlier run read a report at this address."""
        return self.state(url).document is not None

    def wanted(self, attachments: list[str]) -> Iterator[str]:
        """Those of a freshly read page's attachments that are not kept yet; each is told once."""
        for url in attachments:
            if url not in self.kept:
                self.kept.add(url)
                self.asked.add(url)
                yield url

    def unasked(self, page: str) -> Iterator[str]:
        """Attachments of the document at `page` that no run has asked for: one was killed between page and file."""
        known = self.documents.get(page)
        for url in known.attachments if known else ():
            if url not in self.asked:
                self.asked.add(url)
                yield url
