"""Capture rows: of an exchange that was just written, and the same again from the records in a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from archive.catalogue import Row
from archive.exchange import Exchange
from archive.http import parse_response
from archive.reader import StoredRecord, records
from archive.warc import Place, Record, payload_digest


def row_of(exchange: Exchange, facts: Mapping[str, Any], record: Record, place: Place) -> Row:
    """The row of an exchange whose first record lies at `place`."""
    response = bytes(exchange.response)
    return _facts_row(facts, exchange.method, exchange.error) | {
        "id": record.id,
        "url": exchange.url,
        "requested_at": exchange.started_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "truncated": exchange.truncated,
        "warc_file": place.warc_file,
        "offset": place.offset,
        "length": place.length,
        **_response_row(response),
    }


def rows_in(path: Path, warc_file: str) -> Iterator[Row]:
    """The rows of all exchanges in a file of whole records; `warc_file` is its final name."""
    for record, facts in _exchanges(path):
        response = record.block if record.type == "response" else b""
        yield _facts_row(facts, facts.get("method", "GET"), facts.get("fetch-error")) | {
            "id": record.id,
            "url": facts.get("url", record.headers.get("WARC-Target-URI")),
            "requested_at": record.headers.get("WARC-Date"),
            "truncated": record.headers.get("WARC-Truncated"),
            "warc_file": warc_file,
            "offset": record.offset,
            "length": record.length,
            **_response_row(response),
        }


def _exchanges(path: Path) -> Iterator[tuple[StoredRecord, dict[str, Any]]]:
    """The first record of each exchange with the crawl facts of its metadata record, if that was written."""
    waiting: dict[str, StoredRecord] = {}  # for their metadata record, which comes soon after
    for record in records(path):
        anchor = record.headers.get("WARC-Concurrent-To")
        if record.type == "metadata" and anchor in waiting:
            yield waiting.pop(anchor), json.loads(record.block)
        elif record.type in ("response", "request") and anchor is None:
            waiting[record.id] = record
    for record in waiting.values():
        yield record, {}


def _facts_row(facts: Mapping[str, Any], method: str, error: str | None) -> Row:
    return {"run": facts.get("run"), "portal": facts.get("portal"), "method": method, "error": error}


def _response_row(response: bytes) -> Row:
    try:
        message = parse_response(response)
    except ValueError:
        return {"status": None, "media_type": None, "payload_digest": None}
    return {
        "status": message.status,
        "media_type": message.get("content-type").split(";")[0].strip().lower() or None,
        "payload_digest": payload_digest(response),
    }
