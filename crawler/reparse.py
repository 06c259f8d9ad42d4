"""Reading the archive again with today's code: `nianbao parse`. The same path from bytes on as the live run takes.

The work is parted by documents, a page's together with those of the files that it links to: `again` reads one such part
and changes nothing, `parse` writes what came of it. So any number of processes may read (crawler/readers.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from time import monotonic

from archive.archive import Archive, line_of, utc_now
from archive.captures import page_url
from archive.catalogue import Catalogue, Row
from archive.http import DecodeError
from archive.reader import DamagedRecordError
from archive.retrieve import ArchiveError, Retriever
from crawler import handover, revision, sources
from parsing.document import Provenance

SAFE = 5.0  # seconds of work that a kill may cost: a scanned file takes as long as a thousand pages
NO_READING = frozenset({"parsed_with", "sketch"})  # columns that say nothing of how a page reads
Group = tuple[str, ...]  # ids of documents that are read together: a page's, and those of its files
ANEW = "to be read again"  # in place of the revision: no code has that one

# Those that today's code has not read; copies last, for their sources are proposed among what has been read.
_STALE = f"""
SELECT d.id, coalesce(p.id, d.id) AS page, ifnull(coalesce(p.provenance, d.provenance) NOT IN ({sources.QUOTED}), 0) AS copy
FROM document d LEFT JOIN document p ON p.id = d.part_of
WHERE d.parsed_with IS NOT ? AND d.capture IS NOT NULL AND d.url IS NOT NULL ORDER BY copy, page, d.part_of IS NOT NULL, d.id
"""
_UNREAD = """
SELECT id, coalesce(part_of, id) AS page FROM document WHERE parsed_with IS NULL AND capture IS NOT NULL AND url IS NOT NULL
ORDER BY page, part_of IS NOT NULL, id
"""


@dataclass
class Reparsed:
    """What came of it. `failures` are (url, what went wrong); `parser_failures` of single parsers likewise."""

    read: int = 0
    changed: int = 0
    copies: int = 0
    sources: int = 0  # of the copies, those that a source was proposed for
    failures: list[tuple[str, str]] = field(default_factory=list)
    parser_failures: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: Reparsed) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass
class Again:
    """What reading a group gave: rows for the catalogue, lines for the hand-over, and what came of it."""

    rows: list[tuple[str, Row]] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    done: Reparsed = field(default_factory=Reparsed)


Reader = Callable[[Iterable[Group], str | None], Iterator[Again]]  # groups, and the run to hand over for, if any


def stale(catalogue: Catalogue) -> list[list[Group]]:
    """What today's code, rules and parsers have not read, in the order in which it is to be read: originals, copies."""
    phases: dict[int, list[Group]] = {0: [], 1: []}
    rows = catalogue.rows(_STALE, revision.of_reading())
    for (copy, _), group in groupby(rows, key=lambda row: (row["copy"], row["page"])):
        phases[copy].append(tuple(row["id"] for row in group))
    return list(phases.values())


def unread(catalogue: Catalogue) -> list[Group]:
    """Documents of which the catalogue has only what the crawl knew: a killed run's, or all after a rebuild."""
    groups = groupby(catalogue.rows(_UNREAD), key=lambda row: row["page"])
    return [tuple(row["id"] for row in group) for _, group in groups]


def forget(archive: Archive) -> None:
    """Have every document read again: by the pass that follows, or by the next one when that is killed."""
    archive.catalogue.queue("UPDATE document SET parsed_with = ? WHERE parsed_with IS NOT NULL", ANEW)
    archive.commit()


def parse(
    archive: Archive, phases: Iterable[Iterable[Group]], read: Reader, told: Callable[[], object] = lambda: None
) -> Reparsed:
    """Read the documents' captures again, update their rows, and hand them over anew; `told` after each group."""
    done, run = Reparsed(), f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-parse"
    safe = monotonic()
    for phase in phases:
        for each in read(phase, run):
            _put(archive.catalogue, each, done)
            for line in each.lines:
                archive.hand_over(run, line)
            archive.commit_when_many()
            if monotonic() - safe > SAFE:
                archive.commit()
                safe = monotonic()
            told()
        archive.commit()  # the next phase looks at what this one has read
    archive.end_run(run)
    return done


def fill(catalogue: Catalogue, read: Reader, commit: Callable[[], object]) -> Reparsed:
    """Read what is unread without handing it over: a killed run had done so, or somebody asks for the catalogue alone."""
    done = Reparsed()
    for each in read(unread(catalogue), None):
        _put(catalogue, each, done)
        commit()
    return done


def _put(catalogue: Catalogue, each: Again, done: Reparsed) -> None:
    for table, row in each.rows:
        catalogue.put(table, row)
    done.add(each.done)


def in_turn(archive: Retriever, parts: bool = True) -> Reader:
    """Reads in this process, a group after the other."""
    return lambda groups, run: (again(archive, group, run, parts) for group in groups)


def again(archive: Retriever, group: Group, run: str | None, parts: bool) -> Again:
    """Read a group's captures with today's code. What cannot be had is told in `done`, its rows stay as they were.

    `parts`: whether files that are kept and were read by nobody become documents; not in a rebuild, which makes what was.
    """
    work = _Work(archive, run, parts)
    for each in group:
        work.document(each)
    return work.found


class _Work:
    """One group being read: nothing is written, `found` grows."""

    def __init__(self, archive: Retriever, run: str | None, parts: bool) -> None:
        self.archive, self.catalogue, self.run, self.parts = archive, archive.catalogue, run, parts
        self.found = Again()
        self._whose: dict[str, tuple[str | None, int | None]] = {}  # by document: body and year as read now

    def document(self, each: str) -> None:
        """Read a document's capture, and what its page links to and is no document yet."""
        (row,) = self.catalogue.rows("SELECT * FROM document WHERE id = ?", each)
        capture = self.catalogue.row("SELECT * FROM capture WHERE id = ?", row["capture"])
        page = self.catalogue.row("SELECT * FROM document WHERE id = ?", row["part_of"]) if row["part_of"] else None
        sql = "SELECT * FROM entry WHERE document = ? ORDER BY url <> ?, run"  # the one that published it
        published = page or row
        listed = self.catalogue.row(sql, published["id"], published["url"]) or {}
        if capture is None:
            why = f"expected its capture {row['capture']} in the catalogue, found none"
            self.found.done.failures.append((row["url"], why))
            return
        reading = self._read(row["url"], capture)
        if reading is None:
            return
        mark = handover.fingerprint(reading.document)
        says = (listed.get("organ"), listed.get("year"))
        if page is not None:  # which may have been read just now
            says = self._whose.get(page["id"], (page["organ"], page["report_year"]))
        rows = handover.document_rows(row["portal"], row["url"], reading, mark, *says)
        rows["document"]["id"] = row["id"]
        new = rows["document"]
        self.found.done.changed += any(new[name] != row[name] for name in new if name not in NO_READING)
        names = ("url", "title", "listed_date", "organ", "year", "list_url", "found_by")
        entry = {"document": row["id"], "part_of": row["part_of"], **{name: listed.get(name) for name in names}}
        self._keep(rows, entry, capture, reading)
        self._whose[row["id"]] = new["organ"], new["report_year"]
        if page is None and self.parts:
            self._parts(row, entry, reading)

    def _parts(self, row: Row, entry: Row, reading: handover.Reading) -> None:
        """Files of a document's page that are kept and are no documents yet: code that could not read them fetched them."""
        organ, year = self._whose[row["id"]]
        page = {"id": row["id"], "portal": row["portal"], "organ": organ, "report_year": year}
        for attachment in reading.document.attachments:
            sql = (
                "SELECT * FROM capture WHERE url = ? AND status = 200 AND truncated IS NULL ORDER BY requested_at DESC"
            )
            capture = self.catalogue.row(sql, attachment.url)
            if capture is None or self.catalogue.row("SELECT 1 FROM document WHERE url = ?", attachment.url):
                continue
            part = self._read(row["url"], capture)
            if part is None or not handover.is_part(part, reading.document.text_status):
                continue
            rows = handover.part_rows(page, capture, part, utc_now())
            self.found.done.changed += 1
            self._keep(rows, entry | {"document": rows["document"]["id"], "part_of": row["id"]}, capture, part)

    def _read(self, url: str, capture: Row) -> handover.Reading | None:
        """A capture read with today's code; None when its bytes cannot be had, and `done` says why."""
        done = self.found.done
        try:
            body, headers = self.archive.page(capture)
        except (ArchiveError, DamagedRecordError, DecodeError, ValueError) as error:
            done.failures.append((url, str(error)))
            return None
        reading = handover.read_page(body, headers, page_url(capture))
        done.parser_failures += [(url, f"{f.parser}: {f.error}") for f in reading.failures]
        return reading

    def _keep(self, rows: dict[str, Row], entry: Row, capture: Row, reading: handover.Reading) -> None:
        self.found.rows += [(table, values) for table, values in rows.items() if values]
        self.found.done.read += 1
        if self.run is None:
            return
        portal, row = rows["document"]["portal"], rows["document"]
        source = sources.propose(self.catalogue, row)
        self.found.done.copies += row["provenance"] == Provenance.docshare
        self.found.done.sources += source is not None
        self.found.lines.append(line_of(handover.handover_line(self.run, portal, entry, capture, reading, source)))
