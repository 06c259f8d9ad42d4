"""A data folder that tests injure: its files as lists of gzip members, and the ways to put them back changed."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from isal import isal_zlib

from archive import recover
from archive.files import manifest
from archive.http import split_head
from archive.reader import StoredRecord, records
from archive.warc import GZIP, LEVEL, digest_of

Place = tuple[str, int | None]  # a file's name, and a byte of it


class Patient:
    """A copy of a sound data folder. `draw` gives a file and the number of a record in it, by lot."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.folder, self.rng = folder, rng
        self.paths = sorted((folder / "warc").glob("*.warc.gz"))
        self._records = {path: list(records(path)) for path in self.paths}  # as they were
        self._bytes = {path: path.read_bytes() for path in self.paths}

    @property
    def last_exchanges(self) -> set[str]:
        """The ids that each file's last records are tied to."""
        name = "WARC-Concurrent-To"
        return {[r.headers[name] for r in told if name in r.headers][-1] for told in self._records.values()}

    def draw(self, wanted: Callable[[StoredRecord], bool] = lambda record: True) -> tuple[Path, int]:
        path = self.rng.choice(self.paths)
        return path, self.rng.choice([k for k, record in enumerate(self._records[path]) if wanted(record)])

    def record(self, path: Path, k: int) -> StoredRecord:
        return self._records[path][k]

    def at(self, path: Path, k: int) -> int:
        """The byte at which a record began."""
        return self.record(path, k).offset

    def member(self, path: Path, k: int) -> bytes:
        record = self.record(path, k)
        return self._bytes[path][record.offset : record.offset + record.length]

    def members(self, path: Path) -> list[bytes]:
        return [self.member(path, k) for k in range(len(self._records[path]))]

    def plain(self, path: Path, k: int) -> bytes:
        record = self.record(path, k)
        return record.head + record.block + record.rest

    def pack(self, plain: bytes) -> bytes:
        """One gzip member, as the archive makes them."""
        deflate = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, GZIP)
        return bytes(deflate.compress(plain) + deflate.flush())

    def rehash(self, plain: bytes) -> bytes:
        """A record given the block digest that its block has."""
        head, rest = split_head(plain)
        lines = [line for line in head.split(b"\r\n") if not line.startswith(b"WARC-Block-Digest")]
        lines.insert(1, b"WARC-Block-Digest: " + digest_of(rest[:-4]).encode())
        return b"\r\n".join(lines) + rest

    def index(self, path: Path, identity: str) -> int | None:
        return next((k for k, record in enumerate(self._records[path]) if record.id == identity), None)

    def concurrent(self, path: Path, identity: str) -> list[str]:
        return [r.id for r in self._records[path] if r.headers.get("WARC-Concurrent-To") == identity]

    def now(self, path: Path, identity: str) -> int:
        """The byte at which a record begins now."""
        return next(record.offset for record in records(path) if record.id == identity)

    def overwrite(self, path: Path, k: int, member: bytes) -> list[set[Place]]:
        """The same file with one member's bytes changed. The place of the damage."""
        assert member != self.member(path, k)
        at, data = self.at(path, k), self._bytes[path]
        path.write_bytes(data[:at] + member + data[at + self.record(path, k).length :])
        return [{(path.name, at)}]

    def replace(self, path: Path, k: int, plain: bytes) -> list[set[Place]]:
        """The same file with one record changed and compressed anew. The place of the damage."""
        assert plain != self.plain(path, k)
        return self.overwrite(path, k, self.pack(plain))

    def edit(self, path: Path, k: int, old: bytes, new: bytes) -> list[set[Place]]:
        """A record's head changed, and manifest and catalogue made to agree. The place of the damage."""
        assert old in self.record(path, k).head
        members = self.members(path)
        members[k] = self.pack(self.plain(path, k).replace(old, new, 1))
        self.write(path, members, agree=True)
        return [{(path.name, self.at(path, k))}]

    def rewrite(self, path: Path, k: int, plain: bytes) -> list[set[Place]]:
        """A record changed with its block digest, and manifest and catalogue made to agree. The place of the damage."""
        members = self.members(path)
        members[k] = self.pack(self.rehash(plain))
        self.write(path, members, agree=True)
        return [{(path.name, self.at(path, k))}]

    def write(self, path: Path, members: list[bytes], seal: bool = False, agree: bool = False) -> list[int]:
        """Write a file of these members; with a new manifest (`seal`), with catalogue rows that say the same (`agree`).

        Returns where each begins.
        """
        starts = [sum(map(len, members[:k])) for k in range(len(members) + 1)]
        if seal or agree:
            del members[-1]
            listed = [(at, len(m), digest_of(m)) for at, m in zip(starts, members, strict=False)]
            made = manifest(path.name, listed)
            members.append(b"".join(made.pieces()))
        assert b"".join(members) != self._bytes[path]
        path.write_bytes(b"".join(members))
        if agree:
            self.agree(path)
        return starts

    def agree(self, path: Path) -> None:
        """Make the catalogue's rows say what the file is now, and where its records lie."""
        with path.open("rb") as file:
            row = recover.row_of_file(file, path, path.name)
        columns = "bytes = :bytes, records = :records, sha256 = :sha256, finished_at = :finished_at"
        self.sql(f"UPDATE file SET {columns} WHERE name = :name", **row)
        places = "UPDATE capture SET offset = ?, length = ? WHERE id = ? AND warc_file = ?"
        for record in records(path):
            self.sql(places, record.offset, record.length, record.id, path.name)

    def row(self) -> dict[str, Any]:
        """A capture row, by lot."""
        with sqlite3.connect(self.folder / "catalogue.db") as connection:
            connection.row_factory = sqlite3.Row
            rows = [dict(row) for row in connection.execute("SELECT * FROM capture ORDER BY id")]
        connection.close()
        return self.rng.choice([row for row in rows if row["status"]])

    def sql(self, statement: str, *values: Any, **named: Any) -> None:
        """Change the catalogue; something has to change."""
        connection = sqlite3.connect(self.folder / "catalogue.db")
        with connection:
            connection.execute(statement, named or values)
        connection.close()
