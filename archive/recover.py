"""After a crash: what a killed process left in the data folder is put right, by one process at a time.

A file that is being written is locked (flock) by its writer, and the lock ends with the process however that ends: a
file that can be locked is nobody's. Process ids would not do, they are the same in two containers.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from archive.catalogue import Row
from archive.files import Member, lies_at, manifest, sync_folder
from archive.reader import DamagedRecordError, StoredRecord, scan_in
from archive.warc import MANIFEST

_PIECE = 1 << 20  # bytes of a file hashed at a time
_BLOCK = 4096  # bytes read at a time when looking for the end of the last line


def turn(folder: Path) -> BinaryIO:
    """Wait until no other process is opening this folder. Closing what is returned lets the next one in."""
    file = (folder / ".lock").open("ab")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def writing(folder: Path) -> BinaryIO:
    """Say that this process writes to the folder, until what is returned is closed or the process ends."""
    file = (folder / ".writers").open("ab")
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


def alone(folder: Path) -> BinaryIO | None:
    """The folder to oneself until what is returned is closed; None while any process writes to it."""
    file = (folder / ".writers").open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


@contextmanager
def locked(path: Path) -> Iterator[BinaryIO | None]:
    """The file, open and locked; None when a living process holds it, or when it no longer goes by this name."""
    try:
        file = path.open("rb+")
    except FileNotFoundError:
        yield None
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield file if lies_at(file, path) else None


def cut_records(file: BinaryIO, path: Path, committed: int = 0) -> bool:
    """Truncate a locked WARC file to its last whole record and sync. Returns whether it holds more than its warcinfo.

    The first damage is where the writer was when it died, and what follows it was never acknowledged. Unless it lies
    before byte `committed`, up to which the catalogue has records: that is damage of another kind. Nothing whole is cut
    off behind it, and `nianbao verify` will name it.
    """
    end, worth_keeping = 0, False
    for record in scan_in(file, path):
        if isinstance(record, DamagedRecordError):
            if record.offset >= committed:
                break
            continue
        end = record.offset + record.length
        worth_keeping = worth_keeping or record.type != "warcinfo"
    file.truncate(end)
    os.fsync(file.fileno())
    return worth_keeping


def whole_records(file: BinaryIO, path: Path) -> Iterator[StoredRecord]:
    """The records of a file that can be read."""
    return (record for record in scan_in(file, path) if isinstance(record, StoredRecord))


def seal(file: BinaryIO, path: Path, name: str) -> Row:
    """Write the manifest of a locked file of whole records that has none yet, and sync. Returns the file's row."""
    members: list[Member] = []
    last: StoredRecord | None = None
    for last in whole_records(file, path):
        members.append((last.offset, last.length, last.digest))
    if last is None or last.uri != MANIFEST:
        record = manifest(name, members)
        file.seek(0, os.SEEK_END)
        for piece in record.pieces():
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return row_of_file(file, path, name)


def row_of_file(file: BinaryIO, path: Path, name: str) -> Row:
    """The catalogue row of a sealed file, from its bytes."""
    count, sealed_at = 0, None
    for record in whole_records(file, path):
        count += 1
        sealed_at = record.headers.get("WARC-Date") if record.uri == MANIFEST else None
    size, sha256 = file.seek(0, os.SEEK_END), hashlib.sha256()
    file.seek(0)
    while piece := file.read(_PIECE):
        sha256.update(piece)
    return {
        "name": name,
        "bytes": size,
        "records": count,
        "sha256": sha256.hexdigest(),
        "finished_at": sealed_at,
    }


def finish(path: Path) -> None:
    """Give a locked .open file its final name."""
    os.rename(path, path.with_suffix(""))
    sync_folder(path.parent)


def cut_lines(file: BinaryIO, committed: int | None) -> None:
    """Truncate a locked file of lines to the bytes that are committed (all, when None) and there to its last whole line."""
    size = file.seek(0, os.SEEK_END)
    end = _last_line_end(file, size if committed is None else min(size, committed))
    if end < size:
        file.truncate(end)
        os.fsync(file.fileno())


def _last_line_end(file: BinaryIO, size: int) -> int:
    while size > 0:
        start = max(0, size - _BLOCK)
        file.seek(start)
        newline = file.read(size - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        size = start
    return 0
