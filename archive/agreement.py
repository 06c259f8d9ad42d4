"""Records with each other, over all files: who refers to whom is kept in a temporary table and asked at the end.

The table is SQLite's own temporary file, so that an archive of any size fits. Beside a catalogue it lies in the
catalogue's connection, and both are asked together.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from archive.findings import Finding
from archive.reader import StoredRecord

_BATCH = 2000  # rows inserted at a time

_TABLES = """
CREATE TEMP TABLE seen (file INTEGER, offset INTEGER, id TEXT, type TEXT, concurrent TEXT, uri TEXT, date TEXT,
    digest TEXT, refers TEXT, refers_uri TEXT, refers_date TEXT, profile TEXT);
CREATE TEMP TABLE seen_file (no INTEGER PRIMARY KEY, name TEXT UNIQUE, is_ours INTEGER, last INTEGER, is_whole INTEGER);
"""
_INDEXES = "CREATE INDEX temp.seen_id ON seen (id); CREATE INDEX temp.seen_concurrent ON seen (concurrent, type)"
_FIELDS = (
    "concurrent-to",
    "target-uri",
    "date",
    "payload-digest",
    "refers-to",
    "refers-to-target-uri",
    "refers-to-date",
)
_BARE = ("request", "metadata", "warcinfo")  # nothing refers to their address: it is not kept

# kind, and a query for file, offset, record, expected, got, is it a note. `last` is where a file's last exchange begins:
# a killed process may have left that one without its request or metadata, and in a file that is not whole (still open)
# they may be on their way. :alone says that not the whole archive was read, so that the rest may be elsewhere.
RECORDS = (
    (
        "duplicate",
        """SELECT f.name, s.offset, s.id, 'a WARC-Record-ID that no other record has (§5.2)',
                  'the same in ' || g.name || ' at byte ' || t.offset, 0
           FROM (SELECT id, min(rowid) AS first FROM seen WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1) AS d
           JOIN seen AS t ON t.rowid = d.first JOIN seen_file AS g ON g.no = t.file
           JOIN seen AS s ON s.id = d.id AND s.rowid <> d.first JOIN seen_file AS f ON f.no = s.file""",
    ),
    (
        "concurrent",
        """SELECT f.name, s.offset, s.id, s.concurrent || ' (WARC-Concurrent-To, §5.7) in the same file', 'no such record',
                  NOT f.is_ours OR (:alone AND s.type = 'resource')
           FROM seen AS s JOIN seen_file AS f ON f.no = s.file
           WHERE s.concurrent IS NOT NULL AND NOT EXISTS (SELECT 1 FROM seen AS t
                 WHERE t.id = s.concurrent AND (t.file = s.file OR s.type = 'resource'))""",
    ),
    (
        "concurrent",
        """SELECT f.name, s.offset, s.id, 'the WARC-Date of the record it came with (§5.4), ' || t.date, s.date, 0
           FROM seen AS s JOIN seen_file AS f ON f.no = s.file JOIN seen AS t ON t.id = s.concurrent AND t.file = s.file
           WHERE f.is_ours AND s.type IN ('request', 'metadata') AND t.date IS NOT s.date""",
    ),
    *(
        (
            "companion",
            f"""SELECT f.name, s.offset, s.id, 'a {companion} record of this exchange in the same file', 'none',
                       s.offset >= f.last
                FROM seen AS s JOIN seen_file AS f ON f.no = s.file
                WHERE f.is_ours AND (f.is_whole OR s.offset < f.last) AND {whose}
                AND NOT EXISTS (SELECT 1 FROM seen AS t
                                WHERE t.concurrent = s.id AND t.type = '{companion}' AND t.file = s.file)""",
        )
        for companion, whose in (
            ("request", "s.type IN ('response', 'revisit')"),
            (
                "metadata",
                "(s.type IN ('response', 'revisit', 'resource') OR (s.type = 'request' AND s.concurrent IS NULL))",
            ),
        )
    ),
    (
        "revisit",
        """SELECT f.name, s.offset, s.id, s.refers || ' (WARC-Refers-To, §5.11)', 'no such record',
                  :alone OR NOT f.is_ours
           FROM seen AS s JOIN seen_file AS f ON f.no = s.file
           WHERE s.type = 'revisit' AND s.refers IS NOT NULL AND NOT EXISTS (SELECT 1 FROM seen AS t WHERE t.id = s.refers)""",
    ),
    *(
        (
            "revisit",
            f"""SELECT f.name, s.offset, s.id, 'the {what} of the record referred to, ' || coalesce(t.{theirs}, 'none'),
                       s.{ours}, 0
                FROM seen AS s JOIN seen_file AS f ON f.no = s.file JOIN seen AS t ON t.id = s.refers
                WHERE s.type = 'revisit' AND s.{ours} IS NOT NULL AND t.{theirs} IS NOT s.{ours} AND {when}""",
        )
        for what, ours, theirs, when in (
            ("WARC-Target-URI", "refers_uri", "uri", "1"),
            ("WARC-Date", "refers_date", "date", "1"),
            ("WARC-Payload-Digest", "digest", "digest", "s.profile LIKE '%/identical-payload-digest'"),
        )
    ),
    (
        "revisit",
        """SELECT f.name, s.offset, s.id, 'a record with a payload, a response', t.type || ' at byte ' || t.offset, 0
           FROM seen AS s JOIN seen_file AS f ON f.no = s.file JOIN seen AS t ON t.id = s.refers
           WHERE s.type = 'revisit' AND t.type NOT IN ('response', 'resource')""",
    ),
)


class Seen:
    """The records gone through so far, as far as others may refer to them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._batch: list[tuple[Any, ...]] = []
        self._files = 0
        for sql in _TABLES.split(";"):
            connection.execute(sql)

    def add(self, record: StoredRecord, header: dict[str, str]) -> None:
        """Take note of a record of the present file."""
        kind = header.get("warc-type")
        concurrent, uri, *more = (header.get(f"warc-{name}") for name in _FIELDS)
        uri = None if kind in _BARE else uri
        row = (self._files, record.offset, header.get("warc-record-id"), kind, concurrent, uri, *more)
        self._batch.append((*row, header.get("warc-profile")))
        if len(self._batch) >= _BATCH:
            self._flush()

    def end_file(self, name: str, is_ours: bool, last: int, is_whole: bool) -> None:
        """The present file was read to its end; its last exchange begins at the byte `last`."""
        self._flush()
        row = (self._files, name, is_ours, last, is_whole)
        self.connection.execute("INSERT INTO temp.seen_file VALUES (?, ?, ?, ?, ?)", row)
        self._files += 1

    def _flush(self) -> None:
        self.connection.executemany(f"INSERT INTO temp.seen VALUES ({', '.join('?' * 12)})", self._batch)
        self._batch.clear()

    def disagreements(self, is_alone: bool) -> Iterator[Finding]:
        """What records say of each other that is not so. Ask once, at the end."""
        for sql in _INDEXES.split(";"):
            self.connection.execute(sql)
        for kind, sql in RECORDS:
            yield from self.ask(kind, sql, alone=is_alone)

    def ask(self, kind: str, sql: str, **values: Any) -> Iterator[Finding]:
        """Findings of a query for file, offset, record, expected, got, is it a note."""
        for file, offset, record, expected, got, note in self.connection.execute(sql, values):
            yield Finding(kind, file, offset, record, str(expected), str(got), bool(note))
