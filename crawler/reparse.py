"""Reading the archive again with today's code: `nianbao parse`. The same path from bytes on as the live run takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from archive.archive import Archive
from archive.catalogue import Row
from archive.http import DecodeError
from archive.reader import DamagedRecordError
from archive.retrieve import ArchiveError
from crawler import handover, revision


@dataclass
class Reparsed:
    """What came of it. `failures` are (url, what went wrong); `parser_failures` of single parsers likewise."""

    run: str
    read: int = 0
    changed: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    parser_failures: list[tuple[str, str]] = field(default_factory=list)


def stale(archive: Archive, everything: bool) -> list[Row]:
    """Documents to be read again: all, or those that other code read."""
    where = "" if everything else "WHERE d.parsed_with IS NOT ?"
    values = [] if everything else [revision.of_parsing()]
    return list(archive.catalogue.rows(f"SELECT d.* FROM document d {where} ORDER BY d.first_seen, d.id", *values))


def parse(archive: Archive, documents: Iterable[Row]) -> Reparsed:
    """Read the documents' captures again, update their rows, and hand them over anew."""
    done = Reparsed(run=f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-parse")
    for row in documents:
        capture = archive.catalogue.row("SELECT * FROM capture WHERE id = ?", row["capture"])
        sql = "SELECT * FROM entry WHERE document = ? ORDER BY url <> ?, run"  # the one that published it
        entry = archive.catalogue.row(sql, row["id"], row["url"])
        if capture is None:
            done.failures.append((row["url"], f"expected its capture {row['capture']} in the catalogue, found none"))
            continue
        try:
            body, headers = archive.page(capture)
        except (ArchiveError, DamagedRecordError, DecodeError, ValueError) as error:
            done.failures.append((row["url"], str(error)))
            continue
        reading = handover.read_page(body, headers, capture["url"])
        done.parser_failures += [(row["url"], f"{f.parser}: {f.error}") for f in reading.failures]
        mark = handover.fingerprint(reading.document)
        listed = entry or {}
        rows = handover.document_rows(row["portal"], row["url"], reading, mark, listed.get("organ"), listed.get("year"))
        if rows["report"]:
            archive.catalogue.put("report", rows["report"])
        new = rows["document"] | {"id": row["id"]}
        done.read += 1
        done.changed += any(row[name] != value for name, value in new.items() if name != "parsed_with")
        archive.catalogue.put("document", new)
        names = ("url", "title", "listed_date", "organ", "year", "list_url", "found_by")
        line = {"document": row["id"], **{name: listed.get(name) for name in names}}
        archive.hand_over(done.run, handover.handover_line(done.run, row["portal"], line, capture, reading))
        archive.commit_when_many()
    archive.end_run(done.run)
    return done
