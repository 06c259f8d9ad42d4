"""The catalogue: SQLite beside the WARC files, derived from them. Writes are queued and made safe in `commit`."""

from __future__ import annotations

import json
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlite_utils import Database

from archive.schema import CRAWL_FACTS, KEYS
from archive.schema import catalogue as migrations

Row = dict[str, Any]
BUSY_TIMEOUT = 30.0  # seconds another process may hold the write lock
CHECKED_BELOW = 64 * 1024 * 1024  # bytes: a smaller file is checked whole whenever it is opened for writing


class CatalogueError(RuntimeError):
    """The catalogue cannot be used; the message says why and what to do next."""


class Catalogue:
    """Rows by noun (archive/schema.py). One connection, one thread.

    Reads see what is committed. Writes wait in a queue until `commit`, which the archive calls once the WARC records
    that the rows point to are on disk.
    """

    def __init__(self, path: Path, read_only: bool = False, checked: bool = False) -> None:
        self.path = path
        self._queue: list[tuple[str, tuple[Any, ...]]] = []
        self._journal: list[tuple[Any, ...]] = []  # of the queued rows, what no other record tells
        try:
            self.connection = _look(path) if read_only else _open(path, checked)
        except sqlite3.OperationalError as error:  # locked, read-only, no room: the file itself is well
            raise CatalogueError(
                f"{path}: expected to open it for {'reading' if read_only else 'writing'}, got “{error}”. "
                "See who holds it, and whether the disk is full or read-only."
            ) from error
        except sqlite3.DatabaseError as error:
            raise _damaged(path, error) from error

    @property
    def pending(self) -> int:
        """How many writes wait for the next commit."""
        return len(self._queue)

    def put(self, table: str, row: Row, like: Row | None = None) -> None:
        """Queue an insert, or a replacement of the columns given when the row's key exists.

        `like` is an earlier whole row of the table that this one resembles: the journal then tells the difference only.
        """
        row = {name: _storable(value) for name, value in row.items()}
        self._queue.append((_upsert(table, tuple(row)), tuple(row.values())))
        if table in CRAWL_FACTS and (told := _crawl_facts(table, row, like)):
            self._journal.append(told)

    def replay(self, table: str, row: Row, like: Row | None = None) -> None:
        """Queue a row as the journal tells it: whole, or how it differs from the row whose key columns `like` has."""
        if like:
            columns = [info["name"] for info in self.connection.execute(f"PRAGMA table_info([{table}])")]
            taken = ", ".join("?" if column in like else f"[{column}]" for column in columns)
            names, key = ", ".join(f"[{c}]" for c in columns), {name: row[name] for name in KEYS[table]}
            where = " AND ".join(f"[{name}] = ?" for name in key)
            sql = f"INSERT INTO [{table}] ({names}) SELECT {taken} FROM [{table}] WHERE {where} ON CONFLICT DO NOTHING"
            self._queue.append((sql, (*(key[c] for c in columns if c in like), *(key | like).values())))
        self._queue.append((_upsert(table, tuple(row)), tuple(row.values())))

    def queue(self, sql: str, *values: Any) -> None:
        """Queue one statement, for what no rebuild needs: leases."""
        self._queue.append((sql, values))

    def knows(self, table: str, key: str) -> bool:
        """Whether there is a row of that key, committed or queued, in a journaled table with a single key."""
        (column,) = KEYS[table]
        if any(name == table and row[column] == key for name, row, *_ in self._journal):
            return True
        return self.row(f"SELECT 1 FROM [{table}] WHERE [{column}] = ?", key) is not None

    def journal(self) -> list[tuple[Any, ...]]:
        """The queued rows that only the crawl knows, for the archive to write down before they are committed.

        Each is what `replay` takes: table, columns, and perhaps the key columns of the row that it is told by.
        """
        return self._journal

    def told(self) -> None:
        """The journal so far is written."""
        self._journal = []

    def commit(self) -> None:
        """Write all that is queued, in one transaction. On failure the queue is kept.

        Raises CatalogueError when the file turns out to be damaged, else sqlite3.Error.
        """
        if not self._queue:
            return
        with self._noticing_damage(), _locked(self.connection):
            for sql, batch in groupby(self._queue, key=lambda each: each[0]):
                self.connection.executemany(sql, [values for _, values in batch])
        self._queue.clear()

    def rows(self, sql: str, *values: Any) -> Iterator[Row]:
        """Committed rows as dicts. Raises CatalogueError when the file turns out to be damaged."""
        with self._noticing_damage():
            for row in self.connection.execute(sql, values):
                yield dict(row)

    def row(self, sql: str, *values: Any) -> Row | None:
        """The first row, or None."""
        return next(self.rows(sql, *values), None)

    def transaction(self) -> AbstractContextManager[None]:
        """A transaction of its own, at once: for leases, which no WARC record stands behind."""
        return _locked(self.connection)

    def close(self) -> None:
        """Close without committing: the archive commits."""
        self.connection.close()

    @contextmanager
    def _noticing_damage(self) -> Iterator[None]:
        """Opening does not read a large file from end to end: damage may show only where it is read."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise _damaged(self.path, error) from error
            raise

    def dump(self) -> Iterator[str]:
        """The catalogue in one canonical form, a line of JSON per row: two catalogues say the same if their dumps do.

        Leases are left out: they say who is crawling now.
        """
        for table, keys in sorted(KEYS.items()):
            order = ", ".join(f"[{key}]" for key in keys)
            for row in self.rows(f"SELECT * FROM [{table}] ORDER BY {order}"):
                yield json.dumps([table, row], ensure_ascii=False, sort_keys=True)


def _storable(value: Any) -> Any:
    """A text that SQLite takes: half a character, as JSON may hold it (\\ud83d), is written out."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "backslashreplace").decode()
    return value


@cache
def _upsert(table: str, columns: tuple[str, ...]) -> str:
    keys = KEYS[table]
    names = ", ".join(f"[{c}]" for c in columns)
    marks = ", ".join("?" for _ in columns)
    updates = ", ".join(f"[{c}] = excluded.[{c}]" for c in columns if c not in keys)
    conflict = ", ".join(f"[{k}]" for k in keys)
    action = f"DO UPDATE SET {updates}" if updates else "DO NOTHING"
    return f"INSERT INTO [{table}] ({names}) VALUES ({marks}) ON CONFLICT ({conflict}) {action}"


def _crawl_facts(table: str, row: Row, like: Row | None) -> tuple[Any, ...] | None:
    """What goes into the journal of a row; None when only its key is left."""
    named, keys = CRAWL_FACTS[table], KEYS[table]
    told = row if named is None else {name: value for name, value in row.items() if name in named}
    if like is None:
        return (table, told) if len(told) > len(keys) else None
    differs = {name: value for name, value in told.items() if name in keys or like.get(name, ...) != value}
    other = {name: like[name] for name in keys if like[name] != row[name]}  # none: the same row as before
    if other:
        return table, differs, other
    return (table, differs) if len(differs) > len(keys) else None


def _open(path: Path, checked: bool) -> sqlite3.Connection:
    """Open for writing, check, and bring the tables up to date; the last two not when another process has just done it."""
    suspect = _size(Path(f"{path}-wal")) > 0  # what a process leaves that did not close it, or that has it open now
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _glance(connection)
        if checked:
            return connection
        if suspect or _size(path) < CHECKED_BELOW:
            damage = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if damage != "ok":
                raise sqlite3.DatabaseError(damage)
        with _locked(connection):
            migrations.apply(Database(connection))
    except BaseException:
        connection.close()
        raise
    return connection


def _look(path: Path) -> sqlite3.Connection:
    """Open for reading. A catalogue whose tables are not all there is first brought up to date.

    Another process is making it at this moment, or was stopped while it did, or it is an older nianbao's.
    """
    connection = _reader(path)
    if not migrations.pending(Database(connection)):
        return connection
    try:
        _open(path, checked=False).close()
    except sqlite3.OperationalError as error:
        if "readonly" not in str(error):
            connection.close()
            raise
        return connection  # an older one where nothing may be written: its columns are what there is
    connection.close()
    return _reader(path)


def _reader(path: Path) -> sqlite3.Connection:
    """A connection that only reads, also in a folder where nothing may be written.

    There WAL needs to be told that nothing changes.
    """
    for mode in ("mode=ro", "immutable=1"):
        connection = sqlite3.connect(f"file:{quote(str(path))}?{mode}", timeout=BUSY_TIMEOUT, uri=True)
        connection.row_factory = sqlite3.Row
        try:
            _glance(connection)
        except sqlite3.DatabaseError as error:
            connection.close()
            if mode == "immutable=1" or not isinstance(error, sqlite3.OperationalError):
                raise
        else:
            break
    return connection


def _glance(connection: sqlite3.Connection) -> None:
    """Read the first pages: enough to tell a database from anything else."""
    connection.execute("PRAGMA schema_version").fetchone()
    connection.execute("SELECT name, sql FROM sqlite_master").fetchall()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _damaged(path: Path, error: sqlite3.DatabaseError) -> CatalogueError:
    return CatalogueError(
        f"{path}: expected a SQLite catalogue, got “{error}”. The WARC files beside it are untouched. Make it anew from them, "
        f"which keeps the damaged one aside: `nianbao rebuild --data {shlex.quote(str(path.parent))}`."
    )


@contextmanager
def _locked(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    if connection.in_transaction:
        connection.execute("COMMIT")
