"""Reading the archive again with today's code: `nianbao parse`. The same path from bytes on as the live run takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from archive.archive import Archive, utc_now
from archive.captures import page_url
from archive.catalogue import Catalogue, Row
from archive.http import DecodeError
from archive.reader import DamagedRecordError
from archive.retrieve import ArchiveError, Retriever
from crawler import handover, revision


@dataclass
class Reparsed:
    """What came of it. `failures` are (url, what went wrong); `parser_failures` of single parsers likewise."""

    run: str
    read: int = 0
    changed: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    parser_failures: list[tuple[str, str]] = field(default_factory=list)
    whose: dict[str, tuple[str | None, int | None]] = field(default_factory=dict)  # documents read: body and year


def stale(archive: Archive, everything: bool) -> list[Row]:
    """Documents to be read again: all, or those that other code read."""
    where = "" if everything else "WHERE d.parsed_with IS NOT ?"
    values = [] if everything else [revision.of_parsing()]
    return list(archive.catalogue.rows(f"SELECT d.* FROM document d {where} ORDER BY d.first_seen, d.id", *values))


def unread(catalogue: Catalogue) -> list[Row]:
    """Documents of which the catalogue has only what the crawl knew: a killed run's, or all after a rebuild."""
    sql = "SELECT * FROM document WHERE parsed_with IS NULL ORDER BY first_seen, id"
    return list(catalogue.rows(sql))


def parse(archive: Archive, documents: Iterable[Row], hand_over: bool = True) -> Reparsed:
    """Read the documents' captures again, update their rows, and hand them over anew."""
    done = Reparsed(run=f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-parse")
    for row in documents:
        line = read_again(archive, row, done)
        for each in (line, *_parts(archive, row, line, done)) if line else ():
            if hand_over and each:
                archive.hand_over(done.run, each)
        archive.commit_when_many()
    archive.end_run(done.run)
    return done


def _parts(archive: Archive, row: Row, line: Row, done: Reparsed) -> Iterator[Row]:
    """Files of a document's page that are kept and are no documents yet: code that could not read them fetched them."""
    catalogue = archive.catalogue
    document = line["document"]
    organ, year = done.whose[row["id"]]
    page = {"id": row["id"], "portal": row["portal"], "organ": organ, "report_year": year}
    for attachment in document["attachments"] if not row["part_of"] else ():
        sql = "SELECT * FROM capture WHERE url = ? AND status = 200 AND truncated IS NULL ORDER BY requested_at DESC"
        capture = catalogue.row(sql, attachment["url"])
        if capture is None or catalogue.row("SELECT 1 FROM document WHERE url = ?", attachment["url"]):
            continue
        reading = _read(archive, row["url"], capture, done)
        if reading is None or not handover.is_part(reading, document["text_status"]):
            continue
        rows = handover.part_rows(page, capture, reading, utc_now())
        for table, values in rows.items():
            if values:
                catalogue.put(table, values)
        done.read += 1
        done.changed += 1
        entry = line["entry"] | {"document": rows["document"]["id"], "part_of": row["id"]}
        yield handover.handover_line(done.run, row["portal"], entry, capture, reading)


def _read(archive: Retriever, url: str, capture: Row, done: Reparsed) -> handover.Reading | None:
    """A capture read with today's code; None when its bytes cannot be had, and `done` says why."""
    try:
        body, headers = archive.page(capture)
    except (ArchiveError, DamagedRecordError, DecodeError, ValueError) as error:
        done.failures.append((url, str(error)))
        return None
    reading = handover.read_page(body, headers, page_url(capture))
    done.parser_failures += [(url, f"{f.parser}: {f.error}") for f in reading.failures]
    return reading


def read_again(archive: Retriever, row: Row, done: Reparsed) -> Row | None:
    """Read one document's capture with today's code, queue its rows, and return its hand-over line.

    None when its bytes cannot be had: then `done` says why, and the rows stay as they were.
    """
    catalogue = archive.catalogue
    capture = catalogue.row("SELECT * FROM capture WHERE id = ?", row["capture"])
    page = catalogue.row("SELECT * FROM document WHERE id = ?", row["part_of"]) if row["part_of"] else None
    sql = "SELECT * FROM entry WHERE document = ? ORDER BY url <> ?, run"  # the one that published it
    published = page or row
    listed = catalogue.row(sql, published["id"], published["url"]) or {}
    if capture is None:
        done.failures.append((row["url"], f"expected its capture {row['capture']} in the catalogue, found none"))
        return None
    reading = _read(archive, row["url"], capture, done)
    if reading is None:
        return None
    mark = handover.fingerprint(reading.document)
    whose = (listed.get("organ"), listed.get("year"))
    if page is not None:  # which may have been read just now
        whose = done.whose.get(page["id"], (page["organ"], page["report_year"]))
    rows = handover.document_rows(row["portal"], row["url"], reading, mark, *whose)
    if rows["report"]:
        catalogue.put("report", rows["report"])
    new = rows["document"] | {"id": row["id"]}
    done.whose[row["id"]] = new["organ"], new["report_year"]
    done.read += 1
    done.changed += any(row[name] != value for name, value in new.items() if name != "parsed_with")
    catalogue.put("document", new)
    names = ("url", "title", "listed_date", "organ", "year", "list_url", "found_by")
    line = {"document": row["id"], "part_of": row["part_of"], **{name: listed.get(name) for name in names}}
    return handover.handover_line(done.run, row["portal"], line, capture, reading)
