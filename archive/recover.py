"""After a crash: cut a .open file back to its last whole record and give it its final name."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from archive.reader import DamagedRecordError, records


def abandoned(folder: Path) -> list[Path]:
    """The .open files that no living process holds locked."""
    left = []
    for path in sorted(folder.glob("*.warc.gz.open")):
        with path.open("rb+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # another process is writing it now
            left.append(path)
    return left


def repair(path: Path) -> Path | None:
    """Truncate to the last whole record, sync, rename. Returns the finished file, or None when not one record was whole."""
    end = 0
    try:
        for record in records(path):
            end = record.offset + record.length
    except DamagedRecordError as damage:
        end = damage.offset
    if end == 0:
        path.unlink()
        return None
    with path.open("rb+") as file:
        file.truncate(end)
        os.fsync(file.fileno())
    finished = path.with_suffix("")
    os.rename(path, finished)
    return finished
