"""What is put right when a data folder is opened: the files of killed writers, and hand-over lines of dead runs."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from archive import captures, recover
from archive.catalogue import Catalogue
from archive.warc import JOURNAL


def warc_files(folder: Path, catalogue: Catalogue) -> list[str]:
    """Cut, index, seal and finish the WARC files of killed writers. Returns the files' names. Raises OSError."""
    mended = []
    for path in folder.glob("*.warc.gz.new"):
        with recover.locked(path) as file:
            if file is not None:
                path.unlink()
    for path in sorted(folder.glob("*.warc.gz.open")):
        with recover.locked(path) as file:
            if file is None:
                continue
            name = path.name.removesuffix(".open")
            written = catalogue.row("SELECT bytes FROM writing WHERE name = ?", name)
            committed: int = written["bytes"] if written else 0
            if not recover.cut_records(file, path, committed):
                path.unlink()
                continue
            _index(file, path, name, committed, catalogue)
            catalogue.put("file", recover.seal(file, path, name))
            catalogue.queue("DELETE FROM writing WHERE name = ?", name)
            catalogue.commit()  # before its name says that it is finished
            recover.finish(path)
            mended.append(name)
    return mended


def _index(file: BinaryIO, path: Path, name: str, committed: int, catalogue: Catalogue) -> None:
    """Queue what a dead writer's file says and the catalogue does not: capture rows, and the journal's last word.

    What the journal told before byte `committed` is in the catalogue, where another process may have changed it since.
    """
    known = {row["id"] for row in catalogue.rows("SELECT id FROM capture WHERE warc_file = ?", name)}
    for row in captures.rows_in(recover.whole_records(file, path), name):
        if row["id"] not in known:
            catalogue.put("capture", row)
    for record in recover.whole_records(file, path):
        if record.uri == JOURNAL and record.offset >= committed:
            for line in record.lines():
                catalogue.replay(*line)


def hand_overs(folder: Path, catalogue: Catalogue) -> None:
    """Cut off lines that dead runs, and dead passes of `nianbao parse`, had not committed, and torn last lines."""
    ended = {row["id"] for row in catalogue.rows("SELECT id FROM run WHERE verdict IS NOT NULL")}
    for path in folder.glob("*.jsonl"):
        if path.stem in ended:
            continue
        with recover.locked(path) as file:
            if file is None:
                continue
            run = catalogue.row("SELECT ifnull(handover_bytes, 0) AS bytes FROM run WHERE id = ?", path.stem)
            known = run or catalogue.row("SELECT bytes FROM writing WHERE name = ?", path.name)
            recover.cut_lines(file, known["bytes"] if known else None)  # None: a pass that ended
            catalogue.queue("DELETE FROM writing WHERE name = ?", path.name)
    catalogue.commit()


def unindexed(folder: Path, catalogue: Catalogue) -> int:
    """How many finished WARC files the catalogue knows nothing of."""
    known = {row["name"] for row in catalogue.rows("SELECT name FROM file")}
    return sum(path.name not in known for path in folder.glob("*.warc.gz"))
