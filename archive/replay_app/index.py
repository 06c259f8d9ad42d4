"""pywb's index is the catalogue itself, read-only: what a crawl commits is replayed at the next request."""

from __future__ import annotations

import re
import sqlite3
from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from archive.urlkey import urlkey

Row = dict[str, Any]
NEAREST = 40  # captures looked at on either side of a moment
LISTED = 5_000  # captures on one calendar or TimeMap; the next page follows
_PARTS = ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))
FUZZY = 200  # addresses that are compared when the exact one is missing

_COLUMNS = (
    "id, url, method, requested_at, status, media_type, payload_digest, truncated, record_type, refers_to, warc_file, "
    "[offset], length"
)
_REPLAYABLE = (
    "urlkey = ? AND (method = ? OR record_type = 'resource') AND (status >= 200 OR record_type = 'resource') "
    "AND record_type IN ('response', 'revisit', 'resource')"
)
# A page that asks past caches names the moment in the query: the value is no part of what is asked for.
_PAST_CACHES = re.compile(r"(?<=[?&])(?:_|cb|t|ts|time|timestamp|r|rand|random|nocache|v|ver|version)=[\d.]+(?:&|$)")


def moment(timestamp: str) -> str:
    """The end of the second, day or year that 4 to 14 digits name, as the catalogue writes times. Raises ValueError."""
    year, month, day, hour, minute, second = (timestamp[at:to] for at, to in _PARTS)
    last = monthrange(int(year), int(month or 12))[1]
    date = int(year), int(month or 12), int(day or last)
    return f"{datetime(*date, int(hour or 23), int(minute or 59), int(second or 59)).isoformat()}.999999Z"


def timestamp(requested_at: str) -> str:
    """`2026-11-22T02:07:20.123456Z` → `20261122020720`."""
    return re.sub(r"\D", "", requested_at[:19])


def _age(requested_at: str) -> float:
    return datetime.fromisoformat(requested_at).timestamp()


class Index:
    """The captures of a data folder by address and moment. Every query has a limit and an index that serves it."""

    def __init__(self, data: Path) -> None:
        self.path = data / "catalogue.db"
        self.warc_folder = data / "warc"
        self._connection: sqlite3.Connection | None = None
        self._inode = 0

    def rows(self, sql: str, *values: Any) -> Iterator[Row]:
        """Rows as dicts; a catalogue that was made anew meanwhile (`nianbao rebuild`) is opened anew."""
        inode = self.path.stat().st_ino
        if self._connection is None or inode != self._inode:
            self._connection, self._inode = _open(self.path), inode
        for row in self._connection.execute(sql, values):
            yield dict(row)

    def row(self, sql: str, *values: Any) -> Row | None:
        return next(self.rows(sql, *values), None)

    def capture(self, id_: str) -> Row | None:
        """The capture with this WARC-Record-ID."""
        return self.row(f"SELECT {_COLUMNS} FROM capture WHERE id = ?", id_)

    def before(self, capture: Row) -> Row | None:
        """The last answer at the same address of which a 304 speaks: the one it refers to, or a repeat of that."""
        sql = (
            f"SELECT {_COLUMNS} FROM capture WHERE url = ? AND requested_at < ? AND status = 200 AND method = 'GET' "
            "AND record_type IN ('response', 'revisit') AND coalesce(refers_to, id) = coalesce(?, refers_to, id) "
            "ORDER BY requested_at DESC LIMIT 1"
        )
        return self.row(sql, capture["url"], capture["requested_at"], capture["refers_to"])

    def nearest(self, url: str, stamp: str, method: str = "GET") -> list[Row]:
        """Captures of an address, nearest to the moment first; at most NEAREST on either side of it."""
        return self._nearest(urlkey(url), stamp, method)

    def alike(self, url: str, stamp: str) -> list[Row]:
        """The same for an address that differs only by what asks past caches (`style.css?v=3`, `data.json?_=170…`)."""
        key = urlkey(url)
        bare, _, _ = key.partition("?")
        wanted = _without_cache_words(key)
        sql = "SELECT DISTINCT urlkey FROM capture WHERE urlkey >= ? AND urlkey < ? LIMIT ?"
        keys = [bare, *(row["urlkey"] for row in self.rows(sql, f"{bare}?", f"{bare}@", FUZZY))]  # @ follows ? in ASCII
        found = [
            row for each in keys if _without_cache_words(each) == wanted for row in self._nearest(each, stamp, "GET")
        ]
        return sorted(found, key=lambda row: abs(_age(row["requested_at"]) - _age(moment(stamp))))

    def captures(self, url: str, since: str = "", limit: int = LISTED) -> list[Row]:
        """Captures of an address in the order of time, from a timestamp on."""
        sql = f"SELECT {_COLUMNS} FROM capture WHERE {_REPLAYABLE} AND requested_at >= ? ORDER BY requested_at LIMIT ?"
        start = "-".join(part for part in (since[:4], since[4:6], since[6:8]) if part)
        clock = ":".join(part for part in (since[8:10], since[10:12], since[12:14]) if part)
        return list(self.rows(sql, urlkey(url), "GET", f"{start}T{clock}" if clock else start, limit))

    def neighbours(self, url: str, stamp: str) -> tuple[str | None, str | None]:
        """Timestamps of the captures just before and just after a moment."""
        key, sql = (
            urlkey(url),
            "SELECT requested_at FROM capture WHERE {} AND requested_at {} ? ORDER BY requested_at {} LIMIT 1",
        )
        at = moment(stamp)
        before = self.row(sql.format(_REPLAYABLE, "<", "DESC"), key, "GET", at[:19])
        after = self.row(sql.format(_REPLAYABLE, ">", "ASC"), key, "GET", at)
        earlier, later = (timestamp(row["requested_at"]) if row else None for row in (before, after))
        return earlier, later

    def count(self, url: str) -> int:
        row = self.row(f"SELECT count(*) AS n FROM capture WHERE {_REPLAYABLE}", urlkey(url), "GET")
        return row["n"] if row else 0

    def _nearest(self, key: str, stamp: str, method: str) -> list[Row]:
        at = moment(stamp)
        sql = f"SELECT {_COLUMNS} FROM capture WHERE {_REPLAYABLE} AND requested_at {{}} ? ORDER BY requested_at {{}} LIMIT ?"
        before = self.rows(sql.format("<=", "DESC"), key, method, at, NEAREST)
        after = self.rows(sql.format(">", "ASC"), key, method, at, NEAREST)
        found = [*before, *after]
        return sorted(found, key=lambda row: abs(_age(row["requested_at"]) - _age(at)))


def _without_cache_words(key: str) -> str:
    return _PAST_CACHES.sub("", key).rstrip("?&")


def _open(path: Path) -> sqlite3.Connection:
    """Open for reading, also in a folder where nothing may be written (there WAL needs to be told that nothing changes)."""
    for mode in ("mode=ro", "immutable=1"):
        connection = sqlite3.connect(f"file:{quote(str(path))}?{mode}", timeout=30, uri=True, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            connection.close()
            if mode == "immutable=1":
                raise
        else:
            return connection
    raise AssertionError("unreachable: the loop returns or raises")
