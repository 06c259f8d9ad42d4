"""Writing WARC 1.1 files: an exchange becomes records, a record becomes one gzip member in one write.

Building records is pure; files are in `WarcFile`. A file being written ends in .open and is locked, so that a later
start can tell a crashed writer's file (archive/recover.py) from one that another process is writing.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

from isal import igzip
from warcio.recordbuilder import RecordBuilder
from warcio.warcwriter import WARCWriter

from archive.exchange import Exchange
from archive.http import DecodeError, entity, parse_response, split_head

SOFTWARE = "nianbao"
ROTATE_AT = 1 << 30  # bytes of a finished file, the size that the WARC guidelines recommend
_sequence = count()


class _RawHead:
    """Makes warcio write an HTTP head as it was received; its own class re-serialises it (warcio#128)."""

    def __init__(self, head: bytes) -> None:
        self.headers_buff = head

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        """Nothing to compute: the bytes are the bytes."""


@dataclass(frozen=True)
class Record:
    """A record ready to be written, with the few fields that the catalogue wants."""

    id: str
    type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Place:
    """Where a record lies: file name, byte offset, and length of its gzip member in bytes."""

    warc_file: str
    offset: int
    length: int


def warc_date(moment: datetime) -> str:
    """WARC-Date with microseconds, UTC (WARC 1.1 §5.4)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sha1(data: bytes) -> str:
    """A digest as WARC files carry it: sha1 in base32."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def target_uri(url: str) -> str:
    """The URL with whatever is not ASCII percent-encoded: replay tools fail on the rest."""
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]")


def payload_digest(response: bytes) -> str:
    """Digest over the de-chunked payload (WARC 1.1 §6.3.2); over the body as it came when chunks are damaged."""
    try:
        return sha1(entity(parse_response(response)))
    except (DecodeError, ValueError):
        return sha1(split_head(response)[1])


def new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def _serialise(rec_type: str, url: str, block: bytes, content_type: str, headers: Mapping[str, str | None]) -> Record:
    record_id = new_id()
    head, body = split_head(block) if content_type.startswith("application/http") else (b"", block)
    fields = {"WARC-Record-ID": record_id, "WARC-Block-Digest": sha1(block)}
    fields |= {name: value for name, value in headers.items() if value}
    raw = BytesIO()
    record = RecordBuilder(warc_version="1.1").create_warc_record(
        url,
        rec_type,
        payload=BytesIO(body),
        length=len(body),
        http_headers=_RawHead(head) if head else None,
        warc_content_type=content_type,
        warc_headers_dict=fields,
    )
    WARCWriter(raw, gzip=False, warc_version="1.1").write_record(record)
    return Record(record_id, rec_type, igzip.compress(raw.getvalue(), compresslevel=3))


def warcinfo(filename: str, facts: Mapping[str, str]) -> Record:
    """The record that opens a file (WARC 1.1 §6.2): who wrote it, with what, under which rules."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in facts.items())
    headers = {"WARC-Filename": filename, "WARC-Date": warc_date(datetime.now(UTC))}
    return _serialise("warcinfo", "", lines.encode(), "application/warc-fields", headers)


def records_of(exchange: Exchange, facts: Mapping[str, Any]) -> list[Record]:
    """Response (if any bytes came), request, and a metadata record with the crawl facts, tied by WARC-Concurrent-To."""
    url, date = target_uri(exchange.url), warc_date(exchange.started_at)
    common: dict[str, str | None] = {"WARC-Date": date, "WARC-IP-Address": exchange.ip}
    records: list[Record] = []
    anchor: str | None = None
    if exchange.response:
        response = bytes(exchange.response)
        headers = common | {"WARC-Payload-Digest": payload_digest(response), "WARC-Truncated": exchange.truncated}
        records.append(_serialise("response", url, response, "application/http; msgtype=response", headers))
        anchor = records[0].id
    if exchange.request:
        headers = common | {"WARC-Concurrent-To": anchor}
        records.append(
            _serialise("request", url, bytes(exchange.request), "application/http; msgtype=request", headers)
        )
        anchor = anchor or records[0].id
    facts = {"fetch-error": exchange.error, **facts} if exchange.error else facts
    block = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()
    headers = {"WARC-Date": date, "WARC-Concurrent-To": anchor}
    records.append(_serialise("metadata", url, block, "application/json", headers))
    return records


class WarcFile:
    """One file being written. Not thread-safe: one writer, one thread.

    A write that fails truncates back to the last whole record and raises OSError, so that nothing half-written stays.
    """

    def __init__(self, folder: Path, facts: Mapping[str, str]) -> None:
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")[:17]
        self.name = f"{SOFTWARE}-{stamp}-{os.getpid()}-{next(_sequence):05d}.warc.gz"
        self.path = folder / f"{self.name}.open"
        self._file = self.path.open("xb", buffering=0)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.size = 0
        self._synced = 0
        self.write(warcinfo(self.name, facts))

    def write(self, record: Record) -> Place:
        """Append one record. Raises OSError after truncating back when the disk refuses it."""
        try:
            written = 0
            while written < len(record.data):
                written += self._file.write(record.data[written:]) or 0
        except OSError:
            self._file.truncate(self.size)
            self._file.seek(self.size)
            raise
        place = Place(self.name, self.size, len(record.data))
        self.size += len(record.data)
        return place

    def sync(self) -> None:
        """Return when all that was written is on disk."""
        if self.size > self._synced:
            os.fsync(self._file.fileno())
            self._synced = self.size

    def close(self) -> None:
        """Sync, and give the file its final name."""
        self.sync()
        os.rename(self.path, self.path.with_suffix(""))
        self._file.close()
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name must survive as well as the bytes
        finally:
            os.close(folder)
