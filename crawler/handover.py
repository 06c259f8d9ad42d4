"""The hand-over: a page is read, and every registered parser gets the Document. Live and from the archive alike."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from pydantic import BaseModel

import parsing
from archive.archive import Archive
from archive.captures import page_url
from archive.catalogue import Row
from archive.http import DecodeError
from archive.reader import DamagedRecordError
from archive.retrieve import ArchiveError
from crawler import revision
from crawler.sources import Source
from parsing import media
from parsing.document import DocType, Document, TextStatus
from parsing.embedded import may_hold_files
from parsing.report import Report
from parsing.resemblance import sketch
from parsing.statutory import parse as parse_statutory
from parsing.statutory.bodies import is_whole

logger = logging.getLogger(__name__)
REPORT_TYPES = frozenset(DocType) - {DocType.other}
Parser = Callable[[Document], Any]


@dataclass(frozen=True)
class Failure:
    """A parser that raised: its name and what it raised."""

    parser: str
    error: str


@dataclass(frozen=True)
class Reading:
    """A page read and parsed. `parsed` has each parser's result by its name, ready for JSON."""

    document: Document
    report: Report
    parsed: dict[str, Any]
    failures: list[Failure]

    @property
    def is_report(self) -> bool:
        return self.document.doc_type in REPORT_TYPES


@cache
def parsers() -> dict[str, Parser]:
    """Parsers registered under the entry-point group nianbao.parsers, by name; ours among them."""
    loaded: dict[str, Parser] = {"statutory": parse_statutory}
    for point in entry_points(group=revision.PARSERS):
        try:
            loaded[point.name] = point.load()
        except Exception as error:  # noqa: BLE001  somebody else's code: it must not cost a page
            loaded[point.name] = _unloadable(point.name, f"{type(error).__name__}: {error}")
    return loaded


def _unloadable(name: str, why: str) -> Parser:
    def fail(document: Document) -> Any:
        raise ImportError(f"the parser {name!r} cannot be imported: {why}")

    return fail


def read_page(
    body: bytes,
    headers: Mapping[str, str] | Iterable[tuple[str, str]],
    url: str | None,
    registered: Mapping[str, Parser] | None = None,
) -> Reading:
    """Read a page and hand it to every parser: see `parse`."""
    return parse(parsing.read(body, headers, url), registered)


async def read_aside(
    body: bytes,
    headers: Mapping[str, str] | Iterable[tuple[str, str]],
    url: str | None,
    registered: Mapping[str, Parser] | None = None,
) -> Reading:
    """`read_page` within a crawl. A file, or a page that may hold some, is read in a thread: a program may have to convert
    it, OCR takes minutes, and connections and leases go on meanwhile.
    """
    if media.sniff(body) in (media.HTML, media.PLAIN) and not may_hold_files(body):
        return read_page(body, headers, url, registered)
    return await asyncio.to_thread(read_page, body, headers, url, registered)


def parse(document: Document, registered: Mapping[str, Parser] | None = None) -> Reading:
    """Hand a document to every parser. One that raises becomes a Failure, never an exception."""
    parsed: dict[str, Any] = {}
    failures: list[Failure] = []
    report = Report()
    if document.doc_type in REPORT_TYPES:
        for name, parser in (parsers() if registered is None else registered).items():
            try:
                result = parser(document)
            except Exception as error:  # noqa: BLE001  any parser, anybody's: recorded as a problem by the caller
                failures.append(Failure(name, f"{type(error).__name__}: {error}"))
                continue
            if isinstance(result, Report) and name == "statutory":
                report = result
            parsed[name] = result.model_dump(mode="json") if isinstance(result, BaseModel) else result
    return Reading(document, report, parsed, failures)


def fingerprint(document: Document) -> str:
    """Equal fingerprints mean an unchanged publication: over the normalised text and the attachments' addresses, hex."""
    parts = [document.text_sha256, *sorted(attachment.url for attachment in document.attachments)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def whose(reading: Reading, organ: str | None, year: int | None) -> tuple[str | None, int | None]:
    """Body and year: what the page says, and what its list says where the page does not.

    市统计局 on a page that says no place is the 菱榭市统计局 of its list; a name with a place, or a township's, is whole.
    """
    said, year = reading.report.organ, reading.report.report_year or year
    if said and organ and organ.endswith(said) and not is_whole(said):
        return organ, year
    return said or organ, year


async def reread(archive: Archive, capture: str) -> Reading | None:
    """An archived page read with today's code, by its capture id; None when the bytes cannot be had."""
    row = archive.catalogue.row("SELECT * FROM capture WHERE id = ?", capture)
    if row is None:
        return None
    try:
        body, headers = archive.page(row)
    except (ArchiveError, DamagedRecordError, DecodeError, ValueError) as error:
        logger.warning("%s: %s", row["url"], error)
        return None
    return await read_aside(body, headers, page_url(row), {"statutory": parse_statutory})


def document_rows(
    portal: str, url: str, reading: Reading, mark: str, organ: str | None, year: int | None
) -> dict[str, Row]:
    """Catalogue rows (report, document) of a reading. The list's organ and year stand in where the page has none."""
    document, report = reading.document, reading.report
    organ, year = whose(reading, organ, year)
    scope = "unknown"  # own or 汇总: for the parsing stage to find out
    report_id = short_id(organ, year, scope) if organ and year else None
    rows: dict[str, Row] = {"report": {}}
    if report_id:
        rows["report"] = {
            "id": report_id,
            "organ": organ,
            "report_year": year,
            "scope": scope,
        }
        known = {"division_code": report.division_code, "admin_level": report.admin_level}  # a copy may not know it
        rows["report"] |= {name: value for name, value in known.items() if value}
    rows["document"] = {
        "id": short_id(url, mark),
        "report": report_id,
        "portal": portal,
        "url": url,
        "doc_type": document.doc_type,
        "title": document.title,
        "publication_date": document.publication_date,
        "organ": organ,
        "report_year": year,
        "year_confidence": report.year_confidence,
        "format_version": report.format_version,
        "provenance": document.provenance,
        "text_status": document.text_status,
        "text": document.text,
        "text_sha256": document.text_sha256,
        "sketch": sketch(document) if reading.is_report else None,
        "fingerprint": mark,
        "content_sha256": document.content_sha256,
        "attachments": json.dumps([a.model_dump() for a in document.attachments], ensure_ascii=False),
        "flags": json.dumps(document.flags, ensure_ascii=False),
        "parsed_with": revision.of_reading() + ("!" if reading.failures else ""),  # so that a parser is asked again
    }
    return rows


def part_rows(page: Row, capture: Row, reading: Reading, now: str) -> dict[str, Row]:
    """Catalogue rows (report, document) of a file that the page of a document links to, as a part of that document.

    `page` has the document's id, portal, organ and report_year: what the file does not say is the page's.
    """
    url, mark = page_url(capture), fingerprint(reading.document)
    rows = document_rows(page["portal"], url, reading, mark, page["organ"], page["report_year"])
    rows["document"] |= {"id": short_id(url, mark), "capture": capture["id"], "part_of": page["id"]}
    rows["document"] |= {"first_seen": now, "last_seen": now, "supersedes": None, "gone_since": None}
    return rows


def is_part(reading: Reading, text_status: str) -> bool:
    """Whether a file is a document of its own: it can be read, and is a report or has what its page does not say."""
    return bool(reading.document.text) and (reading.is_report or text_status != TextStatus.full)


def handover_line(
    run: str, portal: str, entry: Row, capture: Row, reading: Reading, source: Source | None = None
) -> Row:
    """One line of data/handover/*.jsonl: whose, where from, where kept, what it says; for a copy, what it was taken from."""
    return {
        "run": run,
        "portal": portal,
        "document_id": entry["document"],
        "part_of": entry.get("part_of"),
        "entry": {k: entry[k] for k in ("url", "title", "listed_date", "organ", "year", "list_url", "found_by")},
        "capture": {k: capture[k] for k in ("id", "requested_at", "warc_file", "offset", "length", "payload_digest")},
        "document": reading.document.model_dump(mode="json"),
        "report": reading.report.model_dump(mode="json"),
        "parsers": reading.parsed,
        "proposed_source": source and source._asdict(),
    }


def short_id(*parts: object) -> str:
    """A stable id from what identifies a thing: 16 hex digits."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]
