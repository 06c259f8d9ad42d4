"""Reading WARC files back: a stream of records, and the one record at a place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from isal import isal_zlib

from archive.http import split_head
from archive.warc import FACTS, GZIP, digest_of

InflateError: Any = isal_zlib.error  # its stub calls it an instance
_CHUNK = 1 << 17  # bytes read at a time; what a member leaves of them is copied, so more of them is slower
_MAGIC = b"\x1f\x8b\x08"
_CONTENT_LENGTH = "Content-Length"
MOST_DIGITS = 20  # of a length that is one; Python refuses to read thousands of them


@dataclass(frozen=True)
class StoredRecord:
    """A record as it lies in a file: its header, its block, and where its gzip member is.

    `head` is the header as it lies there, `fields` its names and values in order, `rest` what follows the block (two
    line ends, WARC 1.1 §4), `digest` is over the gzip member.
    """

    head: bytes
    version: str
    fields: tuple[tuple[str, str], ...]
    block: bytes
    rest: bytes
    offset: int
    length: int
    digest: str

    @cached_property
    def headers(self) -> dict[str, str]:
        """By name, the last of each; WARC-Protocol alone is repeated by us."""
        return dict(self.fields)

    @property
    def type(self) -> str:
        return self.headers.get("WARC-Type", "")

    @property
    def id(self) -> str:
        return self.headers.get("WARC-Record-ID", "")

    @property
    def uri(self) -> str:
        return self.headers.get("WARC-Target-URI", "")

    @property
    def facts(self) -> dict[str, Any]:
        """The crawl facts in a metadata record; none in one that another tool wrote. Raises ValueError."""
        if self.headers.get("Content-Type") == "application/json":  # as nianbao wrote them before November 22, 2026
            old: Any = json.loads(self.block)
            return old if isinstance(old, dict) else {}
        for line in self.block.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name == FACTS.encode():
                found: dict[str, Any] = json.loads(value)
                return found
        return {}

    def lines(self) -> Iterator[Any]:
        """The values of a record of our own book-keeping, a line of JSON each. Raises ValueError."""
        return map(json.loads, self.block.splitlines())


class DamagedRecordError(ValueError):
    """A gzip member that is cut or broken; `offset` is where it begins, in bytes."""

    def __init__(self, path: Path, offset: int, reason: str) -> None:
        super().__init__(f"{path.name}: expected a whole WARC record at byte {offset}, got {reason}")
        self.offset, self.reason = offset, reason


def _parse(data: bytes, offset: int, raw: list[bytes]) -> StoredRecord:
    head, rest = split_head(data)
    version, *lines = head.decode("utf-8", "replace").splitlines() or [""]
    fields = []
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            fields.append((name.strip(), value.strip()))
    stated = dict(fields).get(_CONTENT_LENGTH, "")
    size = int(stated) if stated.isdecimal() and len(stated) < MOST_DIGITS else len(rest)
    length = sum(map(len, raw))
    return StoredRecord(head, version, tuple(fields), rest[:size], rest[size:], offset, length, digest_of(*raw))


def records(path: Path, start: int = 0) -> Iterator[StoredRecord]:
    """The records of a .warc.gz from byte `start` on, one gzip member each. Raises DamagedRecordError at a broken one."""
    with path.open("rb") as file:
        yield from records_in(file, path, start)


def records_in(file: BinaryIO, path: Path, start: int = 0) -> Iterator[StoredRecord]:
    """The same of a file that is open already; `path` is what an error calls it."""
    file.seek(start)
    offset, pending = start, b""
    while True:
        inflate, out, raw = isal_zlib.decompressobj(GZIP), [], []
        while not inflate.eof:
            chunk = pending or file.read(_CHUNK)
            pending = b""
            if not chunk:
                break
            raw.append(chunk)
            try:
                out.append(inflate.decompress(chunk))
            except InflateError as error:
                raise DamagedRecordError(path, offset, f"bytes that do not inflate ({error})") from error
        if not raw:
            return
        if not inflate.eof:
            raise DamagedRecordError(path, offset, "the end of the file")
        pending = inflate.unused_data
        if pending:
            raw[-1] = raw[-1][: len(raw[-1]) - len(pending)]
        record = _parse(b"".join(out), offset, raw)
        yield record
        offset += record.length


def scan(path: Path) -> Iterator[StoredRecord | DamagedRecordError]:
    """All records of a file and all damage in it: after a broken member it goes on at the next one that begins a record."""
    with path.open("rb") as file:
        yield from scan_in(file, path)


def scan_in(file: BinaryIO, path: Path) -> Iterator[StoredRecord | DamagedRecordError]:
    """The same of a file that is open already."""
    at: int | None = 0
    while at is not None:
        try:
            yield from records_in(file, path, at)
            at = None
        except DamagedRecordError as damage:
            yield damage
            at = _next_member(file, damage.offset + 1)


def _next_member(file: BinaryIO, start: int) -> int | None:
    """Where the next gzip member begins that holds a WARC record, or None."""
    base, window = start, b""
    while True:
        file.seek(base + len(window))
        chunk = file.read(_CHUNK)
        window += chunk
        at = window.find(_MAGIC)
        while at >= 0:
            if _begins_a_record(file, base + at):
                return base + at
            at = window.find(_MAGIC, at + 1)
        if not chunk:
            return None
        base, window = base + len(window) - 2, window[-2:]


def _begins_a_record(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    try:
        return bool(isal_zlib.decompressobj(GZIP).decompress(file.read(4096), 5) == b"WARC/")
    except InflateError:
        return False


def record_at(path: Path, offset: int) -> StoredRecord:
    """The record whose gzip member begins at `offset`. Raises DamagedRecordError, or FileNotFoundError."""
    record = next(records(path, offset), None)
    if record is None:
        raise DamagedRecordError(path, offset, "the end of the file")
    return record
