"""`nianbao rebuild`: the catalogue from the WARC files, and what was read of the pages by reading them again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from archive import recover
from archive.catalogue import Catalogue, CatalogueError
from archive.rebuild import BATCH, Rebuilt
from archive.rebuild import rebuild as index
from archive.retrieve import ArchiveError, Retriever
from crawler import comparing, reparse
from crawler.reparse import Reader, Reparsed
from crawler.verdict import some

NAME = "catalogue.db"
ENDS = ("", "-wal", "-shm")  # what SQLite keeps beside a database


# Files that a catalogue speaks of, and how many records, or as far as it knows captures, each has
_KNOWN = """
SELECT w.name, f.records, (SELECT count(*) FROM capture AS c WHERE f.name IS NULL AND c.warc_file = w.name) AS captures
FROM (SELECT name FROM file UNION SELECT DISTINCT warc_file FROM capture) AS w LEFT JOIN file AS f ON f.name = w.name
ORDER BY w.name
"""


@dataclass
class Done:
    """What was indexed, what was read, and how the new catalogue differs from the old one when that was asked.

    `lost` are sentences about WARC files that the old catalogue knew and that are not there; `half_told` is the number of
    documents of which the journal told only later news, because their first row was in a file that is not there.
    """

    path: Path
    index: Rebuilt
    reading: Reparsed
    lost: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    half_told: int = 0
    compared: int = 0
    differences: list[str] = field(default_factory=list)


def size(data: Path) -> int:
    """Bytes of all WARC files of a data folder. Raises ArchiveError when there are none."""
    total = sum(path.stat().st_size for path in (data / "warc").glob("*.warc.gz*"))
    if not total:
        raise ArchiveError(
            f"{data}: expected WARC files in {data / 'warc'}, found none. Name the data folder with --data."
        )
    return total


def being_made(into: Path) -> Path:
    """Where the new catalogue is until it is whole."""
    return into / f"{NAME}.rebuilding"


def rebuild(data: Path, into: Path, compare: bool, progress: Callable[[int], None], read: Reader | None = None) -> Done:
    """Make `into`/catalogue.db from `data`/warc. Raises ArchiveError when a crawl is writing, or the folder cannot be.

    `read` reads the documents of the catalogue that is being made; without it they are read in this process.
    The new catalogue takes its name only when it is whole; the old one stays beside it.
    """
    warc_folder, target = data / "warc", into / NAME
    new = being_made(into)
    if compare and not (data / NAME).exists():
        raise ArchiveError(
            f"There is no catalogue in {data} to compare with. Name the data folder with --data, or leave --compare out."
        )
    try:
        into.mkdir(parents=True, exist_ok=True)
        with recover.turn(warc_folder), _alone(warc_folder):
            _remove(new)
            try:
                done = _fill(warc_folder, new, target, progress, read)
                _look_for_lost(done, data / NAME, warc_folder)
                if compare:
                    done.compared, done.differences = comparing.differences(data / NAME, new)
            except BaseException:
                _remove(new)
                raise
            for end in ENDS:
                if (old := Path(f"{target}{end}")).exists():
                    old.rename(f"{target}.before-rebuild{end}")
            new.rename(target)
    except OSError as error:
        raise ArchiveError(
            f"{into}: expected a folder to write {NAME} to, got “{error.strerror}”. Make room, or name another: --into DIR."
        ) from error
    return done


def _fill(warc_folder: Path, new: Path, target: Path, progress: Callable[[int], None], read: Reader | None) -> Done:
    catalogue = Catalogue(new)
    try:
        indexed = index(warc_folder, catalogue, progress)
        catalogue.commit()  # for those who read
        read = read or reparse.in_turn(Retriever(warc_folder, catalogue), parts=False)
        reading = reparse.fill(catalogue, read, lambda: catalogue.commit() if catalogue.pending >= BATCH else None)
        catalogue.commit()
        (half_told,) = catalogue.rows("SELECT count(*) AS count FROM document WHERE url IS NULL OR capture IS NULL")
        done = Done(target, indexed, reading, half_told=half_told["count"])
        catalogue.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        catalogue.close()
    return done


def _look_for_lost(done: Done, before: Path, warc_folder: Path) -> None:
    """What the catalogue that was there knows of files that are not: the new one will know nothing of them."""
    if not before.exists():
        return
    there = {path.name.removesuffix(".open") for path in warc_folder.glob("*.warc.gz*")}
    try:
        catalogue = Catalogue(before, read_only=True)
        try:
            known = list(catalogue.rows(_KNOWN))
        finally:
            catalogue.close()
    except (CatalogueError, sqlite3.Error) as error:
        done.notes.append(f"Which WARC files the catalogue that was here knew cannot be read from it: {error}")
        return
    for row in known:
        if row["name"] not in there:
            held = some(row["captures"], "capture") if row["records"] is None else some(row["records"], "record")
            done.lost.append(
                f"The catalogue that was here knew {row['name']} ({held}): it is not there. "
                "Put it back and rebuild again."
            )


def _alone(warc_folder: Path) -> BinaryIO:
    """The folder to ourselves: whoever has it open would go on writing to the catalogue that is put aside."""
    ours = recover.alone(warc_folder)
    if ours is None:
        raise ArchiveError(
            f"{warc_folder}: expected nobody to be writing, found a crawl. Wait for it to end, or stop it."
        )
    return ours


def _remove(path: Path) -> None:
    for end in ENDS:
        Path(f"{path}{end}").unlink(missing_ok=True)
