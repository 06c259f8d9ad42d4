"""Files and catalogue audited against each other: `verify` takes a whole data folder, `verify_files` files alone.

Everything is read once, record by record. Memory grows with the largest record and the members of one file, not with
the archive: who refers to whom is kept in SQLite's temporary file (archive/agreement.py).
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.agreement import Seen
from archive.captures import rows_in
from archive.catalogue import Catalogue, Row
from archive.file_audit import FileAudit
from archive.findings import Finding

Progress = Callable[[int], None]

# What the catalogue says of files and captures that are not there: as agreement.RECORDS
CATALOGUE = (
    (
        "file-missing",
        """SELECT w.name, NULL, NULL, 'this file, to which ' || count(c.id) || ' captures point', 'none of this name', 0
           FROM (SELECT name FROM file UNION SELECT DISTINCT warc_file FROM capture) AS w
           LEFT JOIN capture AS c ON c.warc_file = w.name
           WHERE w.name NOT IN (SELECT name FROM temp.seen_file) GROUP BY w.name""",
    ),
    (
        "record-missing",
        """SELECT c.warc_file, c.offset, c.id, 'the record that the catalogue has here', 'no record of this id that can be read',
                  0
           FROM capture AS c WHERE c.warc_file IN (SELECT name FROM temp.seen_file)
           AND NOT EXISTS (SELECT 1 FROM temp.seen AS s WHERE s.id = c.id)""",
    ),
    *(
        (
            "row-dangling",
            f"""SELECT 'catalogue.db', NULL, r.{column}, 'this {target}, to which {table}.{column} points for ' || r.url,
                       'no such row', 0
                FROM [{table}] AS r WHERE r.{column} IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM [{target}] AS t WHERE t.id = r.{column})""",
        )
        for table, column, target in (
            ("entry", "capture", "capture"),
            ("document", "capture", "capture"),
            ("capture", "refers_to", "capture"),
        )
    ),
)


@dataclass
class Tally:
    """What was gone through so far."""

    files: int = 0
    records: int = 0
    bytes: int = 0
    captures: int = 0  # rows of the catalogue that were held against their records

    def add(self, done: FileAudit) -> None:
        self.files += 1
        self.records += done.count
        self.bytes += done.size


def warc_files(data: Path) -> list[Path]:
    """The WARC files of a data folder, finished or not."""
    return sorted(p for p in (data / "warc").glob("*.warc.gz*") if p.name.endswith((".warc.gz", ".warc.gz.open")))


def knows_files(data: Path) -> bool:
    """Whether the catalogue of a data folder knows WARC files, there or not. Raises CatalogueError."""
    if not (data / "catalogue.db").exists():
        return False
    catalogue = Catalogue(data / "catalogue.db", read_only=True)
    try:
        return catalogue.row("SELECT 1 FROM file UNION ALL SELECT 1 FROM capture LIMIT 1") is not None
    finally:
        catalogue.close()


def _silent(size: int) -> None:
    """Tell nobody."""


def verify_files(paths: Iterable[Path], tally: Tally | None = None, progress: Progress = _silent) -> Iterator[Finding]:
    """Audit files by themselves, ours or another tool's. Raises OSError at one that cannot be read.

    What may lie in another file (a revisit's original) is a note when it is in none of these.
    """
    tally = tally or Tally()
    connection = sqlite3.connect("", isolation_level=None)
    try:
        connection.execute("BEGIN")
        seen = Seen(connection)
        for path in paths:
            audit = FileAudit(path, seen, is_written=is_written(path), told=progress)
            for _ in audit.records():
                yield from _taken(audit)
            yield from _taken(audit)
            tally.add(audit)
        yield from seen.disagreements(is_alone=True)
    finally:
        connection.close()


def verify(data: Path, tally: Tally | None = None, progress: Progress = _silent) -> Iterator[Finding]:
    """Audit a data folder's files and its catalogue against each other. Raises CatalogueError, OSError.

    A crawl may go on meanwhile: the catalogue is seen as it was at the beginning, and what was written since is checked
    by itself. Without a catalogue, which is a finding, the files are audited alone.
    """
    if not (data / "catalogue.db").exists():
        yield Finding("catalogue", "catalogue.db", None, None, "a catalogue beside the WARC files", "none")
        yield from verify_files(warc_files(data), tally, progress)
        return
    catalogue = Catalogue(data / "catalogue.db", read_only=True)
    try:
        yield from _Folder(data, catalogue, tally or Tally(), progress).findings()
    finally:
        catalogue.close()


class _Folder:
    def __init__(self, data: Path, catalogue: Catalogue, tally: Tally, progress: Progress) -> None:
        self.data, self.catalogue, self.tally, self.progress = data, catalogue, tally, progress
        self.connection = catalogue.connection
        self.connection.isolation_level = None

    def findings(self) -> Iterator[Finding]:
        if damage := self._damage():
            for line in damage:
                yield Finding("catalogue", "catalogue.db", None, None, "a SQLite database that is whole", line)
            yield from verify_files(warc_files(self.data), self.tally, self.progress)  # what it says is of no use
            return
        self.connection.execute("BEGIN")  # from here on it is seen as it is now
        seen = Seen(self.connection)
        rows = {row["name"]: row for row in self.catalogue.rows("SELECT * FROM file")}
        for path in warc_files(self.data):
            yield from self._file(path, seen, rows.get(path.name.removesuffix(".open")))
        yield from seen.disagreements(is_alone=False)
        for kind, sql in CATALOGUE:
            yield from seen.ask(kind, sql)

    def _damage(self) -> list[str]:
        """What SQLite finds wrong with its own file."""
        try:
            found = [str(row[0]) for row in self.connection.execute("PRAGMA integrity_check(10)")]
        except sqlite3.DatabaseError as error:
            return [str(error)]
        return [] if found == ["ok"] else found

    def _file(self, path: Path, seen: Seen, row: Row | None) -> Iterator[Finding]:
        written = is_written(path)
        if not path.exists():  # finished since we looked
            path = path.with_suffix("")
        is_settled = path.suffix != ".open"
        if is_settled and row is None:
            is_settled = self._row_now(path.name) is None  # a crawl that goes on finished it since: its rows are newer
            if is_settled:
                yield Finding("file-unknown", path.name, None, None, "a row of this file in the catalogue", "none")
        if not is_settled and path.suffix == ".open" and not written:
            yield Finding(
                "left-open", path.name, None, None, "a finished file", "one that a killed process left", is_note=True
            )
        audit = FileAudit(path, seen, row, self._whose, written, self.progress)
        for made in rows_in(audit.records(), audit.name):
            yield from _taken(audit)
            yield from self._compare(made, path, is_settled)
        yield from _taken(audit)
        self.tally.add(audit)

    def _compare(self, made: Row, path: Path, is_settled: bool) -> Iterator[Finding]:
        """The capture row made of a record against the catalogue's, every column."""
        there = self.catalogue.row("SELECT * FROM capture WHERE id = ?", made["id"])
        if there is None:
            if is_settled:
                place = f"none for {made['url']}"
                yield Finding(
                    "capture-missing", path.name, made["offset"], made["id"], "its row in the catalogue", place
                )
            return
        self.tally.captures += 1
        wrong = [name for name, value in made.items() if there[name] != value]
        if wrong:
            expected = ", ".join(f"{name} {made[name]}" for name in wrong)
            got = ", ".join(f"{name} {there[name]}" for name in wrong)
            yield Finding("capture", path.name, made["offset"], made["id"], f"a row with {expected}", got)

    def _whose(self, name: str, offset: int) -> str | None:
        row = self.catalogue.row("SELECT id FROM capture WHERE warc_file = ? AND offset = ?", name, offset)
        return str(row["id"]) if row else None

    def _row_now(self, name: str) -> Row | None:
        """The file's row as it is now, past the moment at which our look at the catalogue stands still."""
        newer = Catalogue(self.catalogue.path, read_only=True)
        try:
            return newer.row("SELECT 1 FROM file WHERE name = ?", name)
        finally:
            newer.close()


def _taken(audit: FileAudit) -> Iterator[Finding]:
    """What an audit found since it was asked last."""
    yield from audit.findings
    audit.findings.clear()


def is_written(path: Path) -> bool:
    """Whether a living process is writing this file: it holds its lock."""
    if path.suffix != ".open":
        return False
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:  # finished this moment
        return False
    return False
