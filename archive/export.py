"""Exports from the catalogue: a row per document, each with the way back to the bytes it was read from."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from archive.catalogue import Catalogue, Row

COLUMNS = (
    "document_id",
    "portal",
    "url",
    "organ",
    "report_year",
    "year_confidence",
    "title",
    "doc_type",
    "format_version",
    "publication_date",
    "provenance",
    "text_status",
    "first_seen",
    "last_seen",
    "gone_since",
    "supersedes",
    "part_of",
    "content_sha256",
    "text_sha256",
    "payload_digest",
    "captured_at",
    "warc_file",
    "offset",
    "length",
)
_SQL = """
SELECT d.id AS document_id, d.*, c.payload_digest, c.requested_at AS captured_at, c.warc_file, c.offset, c.length
FROM document d LEFT JOIN capture c ON c.id = d.capture
ORDER BY d.portal, d.organ, d.report_year, d.url, d.first_seen
"""


def rows(catalogue: Catalogue) -> Iterator[Row]:
    """A row per document, in COLUMNS' order."""
    for row in catalogue.rows(_SQL):
        yield {name: row[name] for name in COLUMNS}


def to_jsonl(catalogue: Catalogue, path: Path) -> int:
    """JSON Lines, UTF-8. Returns the number of rows."""
    found = list(rows(catalogue))
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found), encoding="utf-8")
    return len(found)


def to_csv(catalogue: Catalogue, path: Path) -> int:
    """CSV, UTF-8 with a byte order mark, so that a spreadsheet shows Chinese right. Returns the number of rows."""
    found = list(rows(catalogue))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(found)
    return len(found)


FORMATS: dict[str, Callable[[Catalogue, Path], int]] = {"jsonl": to_jsonl, "csv": to_csv}
