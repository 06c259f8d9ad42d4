"""WARC files being written: `.open` while they grow, sealed with a manifest of their members, then named for good.

A file being written is locked, so that a later start can tell a crashed writer's file (archive/recover.py) from one that
another process is writing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from itertools import count
from pathlib import Path
from typing import IO, Any

from archive.warc import MANIFEST, Record, note, warcinfo

SOFTWARE = "nianbao"
_sequence = count()


@dataclass(frozen=True)
class Place:
    """Where a record lies: file name, byte offset, and length of its gzip member in bytes."""

    warc_file: str
    offset: int
    length: int


Member = tuple[int, int, str]  # offset, length, and digest of the gzip member as it lies in the file


def manifest(name: str, members: Iterable[Member]) -> Record:
    """The record that seals a file: what it holds before this record. With it a file vouches for itself alone."""
    listed = [list(member) for member in members]
    return note(MANIFEST, [{"file": name, "records": len(listed), "members": listed}])


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


def _run_together(records: Iterable[Record]) -> Iterator[bytes]:
    """The members' bytes, those of small ones in one piece: each piece costs a call into the system."""
    small: list[bytes] = []
    for record in records:
        if isinstance(record.member, bytes):
            small.append(record.member)
            continue
        yield b"".join(small)
        small = []
        yield from record.pieces()
    yield b"".join(small)


class WarcFile:
    """One file being written. Not thread-safe: one writer, one thread.

    It is made as .new, locked, and only then called .open: nobody ever sees an .open file that its living writer has
    not locked. A write that fails takes all of its records back and raises OSError, so that nothing half-written stays.
    """

    def __init__(self, folder: Path, facts: Mapping[str, str]) -> None:
        self._file = self._make(folder)
        self.size = self._synced = 0
        self.members: list[Member] = []
        self._sha256 = hashlib.sha256()
        self.sealed_at: str | None = None
        self._unsafe: OSError | None = None
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

    @property
    def is_empty(self) -> bool:
        """Whether nothing came after the warcinfo record."""
        return self.size == self._opened

    def write(self, *records: Record) -> list[Place]:
        """Append records, all or none. Raises OSError after truncating back when the disk refuses one."""
        places, members, at = [], [], self.size
        for record in records:
            places.append(Place(self.name, at, record.length))
            members.append((at, record.length, record.digest))
            at += record.length
        sha256, end = self._sha256.copy(), self.size
        try:
            for piece in _run_together(records):
                end = self._append(piece, end)
                sha256.update(piece)
        except BaseException:
            self._file.truncate(self.size)
            raise
        self.size, self._sha256 = end, sha256
        self.members += members
        return places

    def _append(self, piece: bytes, at: int) -> int:
        """Write a piece whole at a byte. Returns where it ends."""
        written = 0
        while written < len(piece):
            written += os.pwrite(self._file.fileno(), piece[written:], at + written)
        return at + written

    def sync(self) -> None:
        """Return when all that was written is on disk."""
        if self._unsafe is not None:
            raise self._unsafe
        if self.size > self._synced:
            try:
                os.fsync(self._file.fileno())
            except OSError as error:
                self._unsafe = error  # told once by the system: a second fsync would say that all is well
                raise
            self._synced = self.size

    def seal(self) -> dict[str, Any]:
        """Write the manifest and sync: nothing is added after it. Returns the file's catalogue row."""
        if self.sealed_at is None:
            record = manifest(self.name, self.members)
            self.write(record)
            self.sealed_at = record.headers["WARC-Date"]
        self.sync()
        return {
            "name": self.name,
            "bytes": self.size,
            "records": len(self.members),
            "sha256": self._sha256.hexdigest(),
            "finished_at": self.sealed_at,
        }

    def close(self) -> None:
        """Give a sealed file its final name; a file that got nothing after its warcinfo is removed."""
        if self.is_empty:
            self.path.unlink()
        else:
            os.rename(self.path, self.path.with_suffix(""))
        self._file.close()
        sync_folder(self.path.parent)

    def leave(self) -> None:
        """Close it under the name it has: an .open one the next start indexes and finishes. Harmless after `close`."""
        self._file.close()
