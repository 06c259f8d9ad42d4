"""`nianbao rebuild`: the catalogue from the WARC files, and what was read of the pages by reading them again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path

from archive import recover
from archive.catalogue import Catalogue
from archive.rebuild import COMMIT_ROWS, Rebuilt
from archive.rebuild import rebuild as index
from archive.retrieve import ArchiveError, Retriever
from crawler import reparse
from crawler.reparse import Reparsed

NAME = "catalogue.db"
ENDS = ("", "-wal", "-shm")  # what SQLite keeps beside a database


@dataclass
class Done:
    """What was indexed, what was read, and how the new catalogue differs from the old one when that was asked."""

    path: Path
    index: Rebuilt
    reading: Reparsed
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


def rebuild(data: Path, into: Path, compare: bool, progress: Callable[[int], None]) -> Done:
    """Make `into`/catalogue.db from `data`/warc. Raises ArchiveError when a crawl is writing, or the folder cannot be.

    The new catalogue takes its name only when it is whole; the old one stays beside it.
    """
    warc_folder, target = data / "warc", into / NAME
    new = into / f"{NAME}.rebuilding"
    try:
        into.mkdir(parents=True, exist_ok=True)
        with recover.turn(warc_folder):
            _refuse_living(warc_folder)
            _remove(new)
            done = _fill(warc_folder, new, target, progress)
            if compare:
                _compare(done, data / NAME, new)
            for end in ENDS:
                if (old := Path(f"{target}{end}")).exists():
                    old.rename(f"{target}.before-rebuild{end}")
            new.rename(target)
    except OSError as error:
        raise ArchiveError(
            f"{into}: expected a folder to write {NAME} to, got “{error.strerror}”. Make room, or name another: --into DIR."
        ) from error
    return done


def _fill(warc_folder: Path, new: Path, target: Path, progress: Callable[[int], None]) -> Done:
    catalogue = Catalogue(new)
    try:
        done = Done(target, index(warc_folder, catalogue, progress), Reparsed("rebuild"))
        archive = Retriever(warc_folder, catalogue)
        for row in reparse.unread(catalogue):
            reparse.read_again(archive, row, done.reading)
            if catalogue.pending >= COMMIT_ROWS:
                catalogue.commit()
        catalogue.commit()
        catalogue.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        catalogue.close()
    return done


def _compare(done: Done, before: Path, after: Path) -> None:
    """Both catalogues in their canonical form, line by line."""
    dumps = []
    for path in (before, after):
        catalogue = Catalogue(path, read_only=True)
        try:
            dumps.append(list(catalogue.dump()))
        finally:
            catalogue.close()
    done.compared = len(dumps[0])
    lines = unified_diff(dumps[0], dumps[1], lineterm="", n=0)
    done.differences = [line for line in lines if line[:2] not in ("--", "++", "@@")]


def _refuse_living(warc_folder: Path) -> None:
    for path in warc_folder.glob("*.warc.gz.open"):
        with recover.locked(path) as file:
            if file is None and path.exists():
                raise ArchiveError(
                    f"{path}: expected no crawl to be writing, found one. Wait for it to end, or stop it."
                )


def _remove(path: Path) -> None:
    for end in ENDS:
        Path(f"{path}{end}").unlink(missing_ok=True)
