"""The data folder: WARC files, catalogue and hand-over, and the order in which they are made safe.

A commit goes: WARC records synced -> hand-over lines flushed -> catalogue transaction. Killing the process between any
two steps leaves records that the next start finds and indexes, or hand-over lines that it cuts off again; it never
leaves a row that points to nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from archive import captures, recover
from archive.catalogue import Catalogue, CatalogueError, Row
from archive.exchange import Exchange
from archive.http import parse_response, payload
from archive.reader import StoredRecord, record_at
from archive.warc import ROTATE_AT, WarcFile, records_of

COMMIT_ROWS = 500  # queued rows that trigger a commit at the next chance


class ArchiveError(RuntimeError):
    """The data folder cannot be used, or took no more; the message says what to do next."""

    kind = "not_fetched"  # of the request that it came for


def utc_now() -> str:
    """Now, as the catalogue writes times: ISO 8601, UTC, microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Archive:
    """One data folder, opened for writing. Raises ArchiveError or CatalogueError with what to do next.

    `repaired` names the WARC files that a killed process left and this start finished; `unindexed` is how many finished
    WARC files no capture row points to: more than none means that the catalogue is not the one that was here before.
    """

    def __init__(self, folder: Path, facts: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.warc_folder = folder / "warc"
        self.handover_folder = folder / "handover"
        self._facts = dict(facts or {})
        self._warc: WarcFile | None = None
        self._handovers: dict[str, BinaryIO] = {}
        self._dirty: set[str] = set()
        try:
            for each in (self.warc_folder, self.handover_folder):
                each.mkdir(parents=True, exist_ok=True)
            probe = folder / f".writable-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink(missing_ok=True)
            turn = recover.turn(self.warc_folder)
        except OSError as error:
            raise ArchiveError(
                f"{folder}: expected a data folder that can be written, got “{error.strerror}”. "
                "Free or mount the disk, correct the permissions, or name another folder with --data DIR."
            ) from error
        with turn:
            self.catalogue = Catalogue(folder / "catalogue.db")
            try:
                self.repaired = self._mend_warc()
                self._mend_handover()
                self.unindexed = self._count_unindexed()
            except OSError as error:
                self.catalogue.close()
                raise ArchiveError(
                    f"{error.filename or folder}: expected to put right what a killed run left, got “{error.strerror}”. "
                    "Correct the permissions or mend the disk, and run the same command again."
                ) from error
            except BaseException:
                self.catalogue.close()
                raise

    def keep(self, exchange: Exchange, facts: Mapping[str, Any]) -> Row:
        """Write an exchange's records now; queue and return its capture row. `facts` go into a metadata record as JSON.

        Raises ArchiveError when the disk refuses: nothing half-written stays, what was committed is safe.
        """
        records = records_of(exchange, facts)
        try:
            if self._warc is not None and self._warc.size > ROTATE_AT:
                self.commit()  # a finished file is not looked at again: its rows come first
                self._warc.close()
                self._warc = None
            if self._warc is None:
                self._warc = WarcFile(self.warc_folder, self._facts)
            places = self._warc.write(*records)
        except OSError as error:
            raise ArchiveError(
                f"{self.warc_folder}: expected room for {exchange.url}, got “{error.strerror}”. "
                "What was fetched before is kept. Free space and run the same command again: it goes on from here."
            ) from error
        row = captures.row_of(exchange, facts, records[0], places[0])
        self.catalogue.put("capture", row)
        return row

    def hand_over(self, run: str, line: Mapping[str, Any]) -> None:
        """Append one JSON line to the run's hand-over file; safe at the next commit."""
        file = self._handovers.get(run)
        if file is None:
            file = self._handovers[run] = (self.handover_folder / f"{run}.jsonl").open("ab")
            fcntl.flock(file, fcntl.LOCK_EX)  # while the run lives, no other start cuts its lines off
        file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        self._dirty.add(run)

    def commit(self) -> None:
        """Make all of it safe: sync WARC, flush hand-over, commit catalogue. Raises ArchiveError when the disk refuses."""
        try:
            if self._warc is not None:
                self._warc.sync()
            for run in self._dirty:
                file = self._handovers[run]
                file.flush()
                os.fsync(file.fileno())
                self.catalogue.queue("UPDATE run SET handover_bytes = ? WHERE id = ?", file.tell(), run)
            self._dirty.clear()
            self.catalogue.commit()
        except CatalogueError as error:
            raise ArchiveError(str(error)) from error
        except (OSError, sqlite3.OperationalError) as error:
            why = getattr(error, "strerror", None) or error
            raise ArchiveError(
                f"{self.folder}: expected to sync to disk, got “{why}”. What was committed before is kept. "
                "Free space or mend the disk, and run the same command again: it goes on from there."
            ) from error

    def end_run(self, run: str) -> None:
        """Commit, and close the run's hand-over file."""
        self.commit()
        if (file := self._handovers.pop(run, None)) is not None:
            file.close()

    def commit_when_many(self) -> None:
        """Commit if the queue has grown long; a timer commits the rest."""
        if self.catalogue.pending >= COMMIT_ROWS:
            self.commit()

    def response(self, capture: Row) -> bytes:
        """The stored response message of a capture row, byte for byte."""
        return self.stored(capture).block

    def stored(self, capture: Row) -> StoredRecord:
        """The record that a capture row points to, in a finished file or in one still being written."""
        return record_at(self.file(capture["warc_file"]), capture["offset"])

    def file(self, name: str) -> Path:
        """Path of a WARC file by its final name. Raises ArchiveError when it is not there."""
        for suffix in ("", ".open", ""):  # the last, because it may be finished while we look
            path = self.warc_folder / f"{name}{suffix}"
            if path.exists():
                return path
        raise ArchiveError(
            f"{self.warc_folder}: expected {name}, which the catalogue points to, got no such file. "
            "Put it back from a copy; nothing else holds its records."
        )

    def close(self) -> None:
        """Commit, give the WARC file its final name, close everything.

        When the commit fails the file stays .open, so that the next start indexes what the catalogue did not take.
        """
        try:
            self.commit()
            if self._warc is not None:
                self._warc.close()
        except OSError as error:
            raise ArchiveError(
                f"{self.warc_folder}: expected to finish {self._warc and self._warc.name}, got “{error.strerror}”. "
                "What was committed is kept. Mend the disk, and run the same command again: it finishes the file."
            ) from error
        finally:
            if self._warc is not None:
                self._warc.leave()
                self._warc = None
            for file in self._handovers.values():
                with suppress(OSError):  # what a full disk did not take was not committed either
                    file.close()
            self._handovers.clear()
            self.catalogue.close()

    def _mend_warc(self) -> list[str]:
        """Index and finish the files of killed writers. Returns the files' names."""
        mended = []
        for path in self.warc_folder.glob("*.warc.gz.new"):
            with recover.locked(path) as file:
                if file is not None:
                    path.unlink()
        for path in sorted(self.warc_folder.glob("*.warc.gz.open")):
            with recover.locked(path) as file:
                if file is None:
                    continue
                if not recover.cut_records(file, path):
                    path.unlink()
                    continue
                name = path.name.removesuffix(".open")
                self._index(path, name)
                self.commit()  # before its name says that it is finished
                recover.finish(path)
                mended.append(name)
        return mended

    def _index(self, path: Path, name: str) -> None:
        """Queue capture rows for the exchanges that no row points to yet."""
        known = {row["id"] for row in self.catalogue.rows("SELECT id FROM capture WHERE warc_file = ?", name)}
        for row in captures.rows_in(path, name):
            if row["id"] not in known:
                self.catalogue.put("capture", row)

    def _mend_handover(self) -> None:
        """Cut off lines that dead runs had not committed, and torn last lines (`nianbao parse` has no run row)."""
        ended = {row["id"] for row in self.catalogue.rows("SELECT id FROM run WHERE verdict IS NOT NULL")}
        for path in self.handover_folder.glob("*.jsonl"):
            if path.stem in ended:
                continue
            with recover.locked(path) as file:
                if file is None:
                    continue
                run = self.catalogue.row("SELECT handover_bytes FROM run WHERE id = ?", path.stem)
                recover.cut_lines(file, None if run is None else run["handover_bytes"] or 0)

    def _count_unindexed(self) -> int:
        sql = "SELECT 1 FROM capture WHERE warc_file = ? LIMIT 1"
        return sum(self.catalogue.row(sql, path.name) is None for path in self.warc_folder.glob("*.warc.gz"))


def page_of(response: bytes) -> tuple[bytes, list[tuple[str, str]]]:
    """Decoded body and headers of a stored response message: what `parsing.read` takes. Raises DecodeError, ValueError."""
    message = parse_response(response)
    return payload(message), message.headers
