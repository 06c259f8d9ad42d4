"""Reading WARC files back: a stream of records, and the one record at a place."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.http import split_head

_CHUNK = 1 << 20


@dataclass(frozen=True)
class StoredRecord:
    """A record as it lies in a file: its own headers, its block, and where it is."""

    headers: dict[str, str]
    block: bytes
    offset: int
    length: int

    @property
    def type(self) -> str:
        return self.headers.get("WARC-Type", "")

    @property
    def id(self) -> str:
        return self.headers.get("WARC-Record-ID", "")


class DamagedRecordError(ValueError):
    """A gzip member that is cut or broken; `offset` is where it begins, in bytes."""

    def __init__(self, path: Path, offset: int, reason: str) -> None:
        super().__init__(f"{path.name}: expected a whole WARC record at byte {offset}, got {reason}")
        self.offset = offset


def _parse(data: bytes, offset: int, length: int) -> StoredRecord:
    head, rest = split_head(data)
    headers = {}
    for line in head.decode("utf-8", "replace").splitlines()[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip()] = value.strip()
    return StoredRecord(headers, rest[: int(headers.get("Content-Length", "0"))], offset, length)


def records(path: Path, start: int = 0) -> Iterator[StoredRecord]:
    """The records of a .warc.gz from byte `start` on, one gzip member each. Raises DamagedRecordError at a broken one."""
    with path.open("rb") as file:
        yield from records_in(file, path, start)


def records_in(file: BinaryIO, path: Path, start: int = 0) -> Iterator[StoredRecord]:
    """The same of a file that is open already; `path` is what an error calls it."""
    file.seek(start)
    offset, pending = start, b""
    while True:
        inflater, out, used = zlib.decompressobj(zlib.MAX_WBITS | 16), [], 0
        while not inflater.eof:
            chunk = pending or file.read(_CHUNK)
            pending = b""
            if not chunk:
                break
            try:
                out.append(inflater.decompress(chunk))
            except zlib.error as error:
                raise DamagedRecordError(path, offset, f"bytes that do not inflate ({error})") from error
            used += len(chunk)
        if not used:
            return
        if not inflater.eof:
            raise DamagedRecordError(path, offset, "the end of the file")
        pending = inflater.unused_data
        length = used - len(pending)
        yield _parse(b"".join(out), offset, length)
        offset += length


def record_at(path: Path, offset: int) -> StoredRecord:
    """The record whose gzip member begins at `offset`. Raises DamagedRecordError, or FileNotFoundError."""
    record = next(records(path, offset), None)
    if record is None:
        raise DamagedRecordError(path, offset, "the end of the file")
    return record
