"""The catalogue made again from the WARC files alone: captures and files from the records, the rest from the journal.

What was derived by reading pages (texts, dates, reports) is not in the files: the crawler reads them again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archive import captures, recover
from archive.catalogue import Catalogue
from archive.reader import DamagedRecordError, StoredRecord, record_at, scan
from archive.warc import JOURNAL

BATCH = 5000  # queued rows that are written in one transaction


@dataclass
class Rebuilt:
    """What came of it. `damage` names what could not be read: file, byte, and what was found there."""

    files: int = 0
    captures: int = 0
    journal: int = 0  # rows that the journal told
    damage: list[str] = field(default_factory=list)


def rebuild(warc_folder: Path, catalogue: Catalogue, progress: Callable[[int], None] = lambda size: None) -> Rebuilt:
    """Fill an empty catalogue from all WARC files of a folder. `progress` is told the bytes of each file that is done.

    What is damaged is passed over and named. The journal is told in the order of its dates, over all files.
    """
    done = Rebuilt()
    told: list[tuple[str, Path, int]] = []  # WARC-Date, file, offset
    for path in sorted(p for p in warc_folder.glob("*.warc.gz*") if p.name.endswith((".warc.gz", ".warc.gz.open"))):
        name = path.name.removesuffix(".open")
        journal: list[tuple[str, int]] = []
        damaged_before = len(done.damage)
        for row in captures.rows_in(_whole(path, done.damage, journal), name):
            catalogue.put("capture", row)
            done.captures += 1
            _commit_when_many(catalogue)
        told += [(date, path, offset) for date, offset in journal]
        if path.suffix == ".open":
            catalogue.queue("INSERT INTO writing VALUES (?, ?)", name, path.stat().st_size)
        elif len(done.damage) == damaged_before:  # the catalogue vouches for no damaged file
            with path.open("rb") as file:
                catalogue.put("file", recover.row_of_file(file, path, name))
        done.files += 1
        progress(path.stat().st_size)
    for _, path, offset in sorted(told):
        for line in record_at(path, offset).lines():
            catalogue.replay(*line)
            done.journal += 1
        _commit_when_many(catalogue)
    catalogue.commit()
    return done


def _whole(path: Path, damage: list[str], journal: list[tuple[str, int]]) -> Iterator[StoredRecord]:
    """The records of a file that can be read; notes what cannot, and where the journal's are."""
    for record in scan(path):
        if isinstance(record, DamagedRecordError):
            damage.append(str(record))
            continue
        if record.uri == JOURNAL:
            before = journal[-1][0] if journal else ""  # a clock that was set back does not reorder a file
            journal.append((max(before, record.headers["WARC-Date"]), record.offset))
        yield record


def _commit_when_many(catalogue: Catalogue) -> None:
    if catalogue.pending >= BATCH:
        catalogue.commit()
