"""The data folder: WARC files, catalogue and hand-over, and the order in which they are made safe.

A commit goes: WARC records synced -> hand-over lines flushed -> catalogue transaction. Killing the process between any
two steps leaves records that the next start finds and indexes, or hand-over lines that it cuts off again; it never
leaves a row that points to nothing.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from archive import recover
from archive.catalogue import Catalogue, Row
from archive.exchange import Exchange
from archive.http import parse_response, payload
from archive.reader import StoredRecord, record_at, records
from archive.warc import ROTATE_AT, Place, Record, WarcFile, payload_digest, records_of

COMMIT_ROWS = 500  # queued rows that trigger a commit at the next chance


class ArchiveError(RuntimeError):
    """The data folder cannot be used, or took no more; the message says what to do next."""


def utc_now() -> str:
    """Now, as the catalogue writes times: ISO 8601, UTC, microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Archive:
    """One data folder, opened for writing. Raises ArchiveError or CatalogueError with what to do next."""

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
            probe.unlink()
        except OSError as error:
            raise ArchiveError(
                f"{folder}: expected a data folder that can be written, got “{error.strerror}”. "
                "Free or mount the disk, correct the permissions, or name another folder with --data DIR."
            ) from error
        self.catalogue = Catalogue(folder / "catalogue.db")
        self.repaired = self._recover()

    def keep(self, exchange: Exchange, facts: Mapping[str, Any]) -> Row:
        """Write an exchange's records now; queue and return its capture row. `facts` go into a metadata record as JSON.

        Raises ArchiveError when the disk refuses: nothing half-written stays, what was committed is safe.
        """
        try:
            if self._warc is not None and self._warc.size > ROTATE_AT:
                self._warc.close()
                self._warc = None
            if self._warc is None:
                self._warc = WarcFile(self.warc_folder, self._facts)
            written = [(record, self._warc.write(record)) for record in records_of(exchange, facts)]
        except OSError as error:
            raise ArchiveError(
                f"{self.warc_folder}: expected room for {exchange.url}, got “{error.strerror}”. "
                "What was fetched before is kept. Free space and run the same command again: it goes on from here."
            ) from error
        row = _capture_row(exchange, facts, *written[0])
        self.catalogue.put("capture", row)
        return row

    def hand_over(self, run: str, line: Mapping[str, Any]) -> None:
        """Append one JSON line to the run's hand-over file; safe at the next commit."""
        file = self._handovers.get(run)
        if file is None:
            file = self._handovers[run] = (self.handover_folder / f"{run}.jsonl").open("ab")
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
        for path in (self.warc_folder / name, self.warc_folder / f"{name}.open"):
            if path.exists():
                return path
        raise ArchiveError(
            f"{self.warc_folder}: expected {name}, which the catalogue points to, got no such file. "
            "Put it back from a copy; nothing else holds its records."
        )

    def close(self) -> None:
        """Commit, give the WARC file its final name, close everything."""
        try:
            self.commit()
        finally:
            for file in self._handovers.values():
                file.close()
            self._handovers.clear()
            if self._warc is not None:
                self._warc.close()
                self._warc = None
            self.catalogue.close()

    def _recover(self) -> list[str]:
        """Put right what a killed run left: cut files, records without rows, hand-over lines without rows."""
        mended = []
        for path in recover.abandoned(self.warc_folder):
            finished = recover.repair(path)
            if finished is None:
                continue
            mended.append(finished.name)
            self._index_tail(finished)
        for run in self.catalogue.rows("SELECT id, handover_bytes FROM run WHERE verdict IS NULL"):
            path = self.handover_folder / f"{run['id']}.jsonl"
            if path.exists() and not self._running(run["id"]) and path.stat().st_size > (run["handover_bytes"] or 0):
                os.truncate(path, run["handover_bytes"] or 0)
        self.catalogue.commit()
        return mended

    def _running(self, run: str) -> bool:
        """Whether a living process holds a lease for the run."""
        lease = self.catalogue.row("SELECT pid FROM lease WHERE run = ? AND expires_at > ?", run, utc_now())
        return lease is not None and Path(f"/proc/{lease['pid']}").exists()

    def _index_tail(self, path: Path) -> None:
        """Queue capture rows for the whole records of a repaired file that no row points to yet."""
        known = {
            row["offset"] for row in self.catalogue.rows("SELECT offset FROM capture WHERE warc_file = ?", path.name)
        }
        for record, facts in _exchanges(path):
            if record.offset not in known:
                self.catalogue.put("capture", _row_from_record(record, facts, path.name))


def _exchanges(path: Path) -> list[tuple[StoredRecord, dict[str, Any]]]:
    """The first record of each exchange in a file with the crawl facts of its metadata record, if that was written."""
    firsts: dict[str, StoredRecord] = {}
    facts: dict[str, dict[str, Any]] = {}
    for record in records(path):
        anchor = record.headers.get("WARC-Concurrent-To")
        if record.type == "metadata" and anchor:
            facts[anchor] = json.loads(record.block)
        elif record.type in ("response", "request") and anchor is None:
            firsts[record.id] = record
    return [(record, facts.get(record_id, {})) for record_id, record in firsts.items()]


def _capture_row(exchange: Exchange, facts: Mapping[str, Any], record: Record, place: Place) -> Row:
    response = bytes(exchange.response)
    return _facts_row(facts, exchange.method, exchange.error) | {
        "id": record.id,
        "url": exchange.url,
        "requested_at": exchange.started_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "truncated": exchange.truncated,
        "warc_file": place.warc_file,
        "offset": place.offset,
        "length": place.length,
        **_response_row(response),
    }


def _row_from_record(record: StoredRecord, facts: Mapping[str, Any], warc_file: str) -> Row:
    response = record.block if record.type == "response" else b""
    return _facts_row(facts, facts.get("method", "GET"), facts.get("fetch-error")) | {
        "id": record.id,
        "url": facts.get("url", record.headers.get("WARC-Target-URI")),
        "requested_at": record.headers.get("WARC-Date"),
        "truncated": record.headers.get("WARC-Truncated"),
        "warc_file": warc_file,
        "offset": record.offset,
        "length": record.length,
        **_response_row(response),
    }


def _facts_row(facts: Mapping[str, Any], method: str, error: str | None) -> Row:
    return {"run": facts.get("run"), "portal": facts.get("portal"), "method": method, "error": error}


def _response_row(response: bytes) -> Row:
    try:
        message = parse_response(response)
    except ValueError:
        return {"status": None, "media_type": None, "payload_digest": None}
    return {
        "status": message.status,
        "media_type": message.get("content-type").split(";")[0].strip().lower() or None,
        "payload_digest": payload_digest(response),
    }


def page_of(response: bytes) -> tuple[bytes, list[tuple[str, str]]]:
    """Decoded body and headers of a stored response message: what `parsing.read` takes. Raises DecodeError, ValueError."""
    message = parse_response(response)
    return payload(message), message.headers
