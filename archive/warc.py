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
from io import BytesIO, FileIO
from itertools import count
from pathlib import Path
from typing import IO, Any

from isal import igzip
from warcio.recordbuilder import RecordBuilder
from warcio.warcwriter import WARCWriter

from archive.exchange import Exchange
from archive.http import DecodeError, entity, parse_response, split_head
from archive.urlkey import target_uri

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


def lies_at(file: IO[bytes], path: Path) -> bool:
    """Whether the path still leads to this open file."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def sync_folder(folder: Path) -> None:
    """Return when the names in a folder are on disk: a new name must survive as well as the bytes."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class WarcFile:
    """One file being written. Not thread-safe: one writer, one thread.

    It is made as .new, locked, and only then called .open: nobody ever sees an .open file that its living writer has
    not locked. A write that fails takes all of its records back and raises OSError, so that nothing half-written stays.
    """

    def __init__(self, folder: Path, facts: Mapping[str, str]) -> None:
        self._file = self._make(folder)
        self.size = self._synced = 0
        try:
            self.write(warcinfo(self.name, facts))
            sync_folder(folder)
        except BaseException:
            self.path.unlink()
            self._file.close()
            raise
        self._opened = self.size

    def _make(self, folder: Path) -> FileIO:
        while True:
            stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")[:17]
            self.name = f"{SOFTWARE}-{stamp}-{uuid.uuid4().hex[:8]}-{next(_sequence):05d}.warc.gz"
            self.path = folder / f"{self.name}.open"
            new = folder / f"{self.name}.new"
            file = new.open("xb", buffering=0)
            fcntl.flock(file, fcntl.LOCK_EX)  # waits for a recovery that took it for a dead writer's …
            if lies_at(file, new):  # … and removed it: then another
                os.rename(new, self.path)
                return file
            file.close()

    def write(self, *records: Record) -> list[Place]:
        """Append records, all or none. Raises OSError after truncating back when the disk refuses one."""
        places, end = [], self.size
        try:
            for record in records:
                written = 0
                while written < len(record.data):
                    written += os.pwrite(self._file.fileno(), record.data[written:], end + written)
                places.append(Place(self.name, end, len(record.data)))
                end += len(record.data)
        except BaseException:
            self._file.truncate(self.size)
            raise
        self.size = end
        return places

    def sync(self) -> None:
        """Return when all that was written is on disk."""
        if self.size > self._synced:
            os.fsync(self._file.fileno())
            self._synced = self.size

    def close(self) -> None:
        """Sync, and give the file its final name; a file that got nothing after its warcinfo is removed."""
        if self.size == self._opened:
            self.path.unlink()
        else:
            self.sync()
            os.rename(self.path, self.path.with_suffix(""))
        self._file.close()
        sync_folder(self.path.parent)

    def leave(self) -> None:
        """Close it under the name it has: an .open one the next start indexes and finishes. Harmless after `close`."""
        self._file.close()
