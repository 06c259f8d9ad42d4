"""Capture rows: of records that were just written, and the same again from the records in a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archive.catalogue import Row
from archive.files import Place
from archive.http import Message, parse_response
from archive.reader import StoredRecord
from archive.urlkey import urlkey
from archive.warc import JOURNAL, MANIFEST

BOOK_KEEPING = (JOURNAL, MANIFEST)
DOM, VIEW = "urn:dom:", "urn:view:"  # before a page's address: what a browser made of it, and how it looked


def page_url(capture: Row) -> str:
    """The address of the page that a capture is of, also where it is of the page as a browser drew it."""
    return str(capture["url"]).removeprefix(DOM)


def row_of(headers: Mapping[str, str], head: Message | None, facts: Mapping[str, Any], place: Place) -> Row:
    """The row of an exchange or a resource, from its first record's header, the response's head and the crawl facts.

    No head: nothing came, or what came does not begin as a response does.
    """
    url = facts.get("url") or headers.get("WARC-Target-URI", "")
    kind = headers["WARC-Type"]
    return {
        "id": headers["WARC-Record-ID"],
        "run": facts.get("run"),
        "portal": facts.get("portal"),
        "role": facts.get("role"),
        "url": url,
        "urlkey": urlkey(url),
        "method": facts.get("method", "GET") if kind != "resource" else None,
        "requested_at": headers["WARC-Date"],
        **_reply(kind, headers, head),
        "payload_digest": headers.get("WARC-Payload-Digest"),
        "truncated": headers.get("WARC-Truncated") if kind != "revisit" else None,  # its block is, not the reply
        "error": facts.get("fetch-error"),
        "record_type": kind,
        "refers_to": headers.get("WARC-Refers-To"),
        "warc_file": place.warc_file,
        "offset": place.offset,
        "length": place.length,
    }


def _reply(kind: str, headers: Mapping[str, str], head: Message | None) -> Row:
    if kind == "resource":
        return {"status": None, "media_type": media_type(headers.get("Content-Type", ""))}
    if head is None:
        return {"status": None, "media_type": None}
    return {"status": head.status, "media_type": media_type(head.get("content-type"))}


def media_type(content_type: str) -> str | None:
    """`text/html; charset=gbk` → `text/html`; None when nothing is said."""
    return content_type.split(";")[0].strip().lower() or None


def rows_in(records: Iterable[StoredRecord], warc_file: str) -> Iterator[Row]:
    """The capture rows of all exchanges and resources among a file's records; `warc_file` is its final name."""
    for record, facts in exchanges(records):
        yield row_of(record.headers, _head_of(record), facts, Place(warc_file, record.offset, record.length))


def _head_of(record: StoredRecord) -> Message | None:
    if record.type not in ("response", "revisit"):
        return None
    try:
        return parse_response(record.block)
    except ValueError:
        return None


def exchanges(records: Iterable[StoredRecord]) -> Iterator[tuple[StoredRecord, dict[str, Any]]]:
    """The first record of each exchange or resource, with the crawl facts of its metadata record if that was written."""
    waiting: dict[str, StoredRecord] = {}  # for their metadata record, which comes soon after
    for record in records:
        anchor = record.headers.get("WARC-Concurrent-To")
        if record.type == "metadata":
            if anchor in waiting:
                yield waiting.pop(anchor), record.facts
            elif anchor is None and record.uri not in BOOK_KEEPING:  # nothing was sent, nothing came
                yield record, record.facts
        elif record.type in ("response", "revisit", "resource") or (record.type == "request" and anchor is None):
            waiting[record.id] = record
    for record in waiting.values():
        yield record, {}
