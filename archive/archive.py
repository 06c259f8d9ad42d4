"""The data folder: WARC files, catalogue and hand-over, and the order in which they are made safe.

A commit goes: hand-over lines flushed -> journal written -> WARC records synced -> catalogue transaction. Killing the
process between any two steps leaves records that the next start finds and indexes, or hand-over lines that it cuts off
again; it never leaves a row that points to nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import sqlite3
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from archive import captures, mending, recover
from archive.catalogue import Catalogue, CatalogueError, Row
from archive.exchange import Exchange
from archive.files import Place, WarcFile
from archive.http import Message, entity, parse_head, parse_response
from archive.reader import DamagedRecordError
from archive.retrieve import ArchiveError, Retriever
from archive.urlkey import target_uri
from archive.warc import HALVES, IDENTICAL, JOURNAL, Original, Record, Reply, note, records_of, resource_of

COMMIT_ROWS = 500  # queued rows that trigger a commit at the next chance
ROTATE_AT = 1 << 30  # bytes of a finished file, the size that the WARC guidelines recommend
IDLE = 600.0  # seconds without a record after which a file is finished
ORIGINAL = (  # of a payload: at the same address if there is one, else the oldest
    "SELECT * FROM capture INDEXED BY idx_capture_originals "  # or SQLite passes over all revisits of a picture on every page
    "WHERE payload_digest = ? AND record_type = 'response' AND status = 200 "
    "AND truncated IS NULL ORDER BY url <> ?, requested_at"
)
ANSWERED = (  # whole pages of an address, newest first
    "SELECT * FROM capture WHERE url = ? AND status = 200 AND truncated IS NULL AND method = 'GET' "
    "AND record_type IN ('response', 'revisit') ORDER BY requested_at DESC LIMIT 20"
)
WRITTEN = "INSERT INTO writing VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes"
LEAST_REPEATED = 512  # bytes of payload: below that a revisit's own header is larger than what it saves


def utc_now() -> str:
    """Now, as the catalogue writes times: ISO 8601, UTC, microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def line_of(line: Mapping[str, Any]) -> bytes:
    """A line of the hand-over: JSON in UTF-8, half a character written out."""
    return json.dumps(line, ensure_ascii=False).encode("utf-8", HALVES) + b"\n"


class Archive(Retriever):
    """One data folder, opened for writing. Raises ArchiveError or CatalogueError with what to do next.

    `repaired` names the WARC files that a killed process left and this start finished; `unindexed` is how many finished
    WARC files no capture row points to: more than none means that the catalogue is not the one that was here before.
    `checked` says that another process has just seen to all that and holds `recover.writing`: then it is not done again.
    """

    def __init__(self, folder: Path, facts: Mapping[str, str] | None = None, checked: bool = False) -> None:
        self.folder = folder
        self.warc_folder = folder / "warc"
        self.handover_folder = folder / "handover"
        self._facts = dict(facts or {})
        self._warc: WarcFile | None = None
        self._written_at = 0.0
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
            if not checked:
                self._refuse_a_lost_catalogue()
            self._here = recover.writing(self.warc_folder)  # so that nobody makes the catalogue anew meanwhile
            self.catalogue = Catalogue(folder / "catalogue.db", checked=checked)
            self.repaired, self.unindexed = [], 0
            if checked:
                return
            try:
                self.repaired = mending.warc_files(self.warc_folder, self.catalogue)
                mending.hand_overs(self.handover_folder, self.catalogue)
                self.unindexed = mending.unindexed(self.warc_folder, self.catalogue)
            except OSError as error:
                self.catalogue.close()
                raise ArchiveError(
                    f"{error.filename or folder}: expected to put right what a killed run left, got “{error.strerror}”. "
                    "Correct the permissions or mend the disk, and run the same command again."
                ) from error
            except BaseException:
                self.catalogue.close()
                raise

    def _refuse_a_lost_catalogue(self) -> None:
        """Without it all that is in the files would be fetched again, and be new."""
        finished = sum(1 for _ in self.warc_folder.glob("*.warc.gz"))
        if finished and not (self.folder / "catalogue.db").exists():
            raise ArchiveError(
                f"{self.folder}: expected catalogue.db beside {finished} WARC files, found none. They are enough to make it "
                f"again: `nianbao rebuild --data {shlex.quote(str(self.folder))}`."
            )

    def keep(self, exchange: Exchange, facts: Mapping[str, Any]) -> Row:
        """Write an exchange's records now; queue and return its capture row. `facts` go into a metadata record as JSON.

        A whole reply whose payload is in the archive already becomes a revisit, and so does a 304. Raises ArchiveError
        when the disk refuses: nothing half-written stays, what was committed is safe.
        """
        reply = Reply(exchange) if exchange.response else None
        try:
            original = self._original(reply, exchange) if reply else None
            records = records_of(exchange, reply, facts, original)
            head = reply.head if reply else None
        finally:
            if reply:
                reply.close()
        return self._keep(records, head, {**facts, **({"fetch-error": exchange.error} if exchange.error else {})})

    def keep_resource(
        self,
        url: str,
        content_type: str,
        block: bytes,
        facts: Mapping[str, Any],
        concurrent_to: str | None = None,
        at: datetime | None = None,
    ) -> Row:
        """Write what no server sent in this form, such as a page as a browser drew it; queue and return its capture row.

        `concurrent_to` is the id of the capture that it came of.
        """
        records = resource_of(url, content_type, block, facts, concurrent_to, at or datetime.now(UTC))
        return self._keep(records, None, facts)

    def _keep(self, records: list[Record], head: Message | None, facts: Mapping[str, Any]) -> Row:
        self._rotate()
        places = self._write(records)
        row = captures.row_of(records[0].headers, head, facts, places[0])
        self.catalogue.put("capture", row)
        return row

    def _write(self, records: list[Record]) -> list[Place]:
        try:
            if self._warc is None:
                self._warc = WarcFile(self.warc_folder, self._facts)
            self._written_at = time.monotonic()
            return self._warc.write(*records)
        except OSError as error:
            raise ArchiveError(
                f"{self.warc_folder}: expected room for {records[0].headers.get('WARC-Target-URI')}, "
                f"got “{error.strerror}”. What was fetched before is kept. "
                "Free space and run the same command again: it goes on from here."
            ) from error

    def _original(self, reply: Reply, exchange: Exchange) -> Original | None:
        """The committed capture that a reply repeats, None when it is to be written whole."""
        if reply.status == 304:
            found = self._spoken_of(exchange)
            return self._refer(found, "server-not-modified") if found else None
        if reply.status != 200 or not reply.is_whole or reply.payload_length < LEAST_REPEATED:
            return None
        found = self.catalogue.row(ORIGINAL, reply.payload_digest, exchange.url)
        if found is None or not self._is_the_same(found, reply):
            return None
        return self._refer(found, IDENTICAL)

    def _spoken_of(self, exchange: Exchange) -> Row | None:
        """The capture that a 304 says is still valid: the newest whose validators were sent, not just the newest.

        Between them a challenge page may have answered 200, or a reply that was cut.
        """
        asked = parse_head(b"HTTP/1.1 0 " + bytes(exchange.request))
        sent = {asked.get("if-none-match"), asked.get("if-modified-since")} - {""}
        for row in self.catalogue.rows(ANSWERED, exchange.url):
            head = self._head(row)
            if head and sent & {head.get("etag"), head.get("last-modified")}:
                return self.catalogue.row("SELECT * FROM capture WHERE id = ?", row["refers_to"] or row["id"])
        return None

    def _head(self, capture: Row) -> Message | None:
        try:
            return parse_response(self.stored(capture).block)
        except (ArchiveError, DamagedRecordError, ValueError):
            return None  # it is not there to be referred to

    def _is_the_same(self, found: Row, reply: Reply) -> bool:
        """Whether the earlier record is there and holds this payload: a digest is evidence, the bytes are proof."""
        try:
            reply.framing()  # raises where chunks are damaged
            return entity(parse_response(self.stored(found).block)) == reply.payload()
        except (ArchiveError, DamagedRecordError, ValueError):
            return False  # then this reply is written whole

    def _refer(self, found: Row, profile: str) -> Original:
        return Original(found["id"], target_uri(found["url"]), found["requested_at"], profile, found["payload_digest"])

    def hand_over(self, run: str, line: Mapping[str, Any] | bytes) -> None:
        """Append one JSON line (`line_of` makes it) to the run's hand-over file; safe at the next commit."""
        file = self._handovers.get(run)
        if file is None:
            file = self._handovers[run] = (self.handover_folder / f"{run}.jsonl").open("ab")
            fcntl.flock(file, fcntl.LOCK_EX)  # while the run lives, no other start cuts its lines off
            if not self.catalogue.knows("run", run):  # `nianbao parse` has no run row
                with self.catalogue.transaction():
                    self.catalogue.connection.execute(WRITTEN, (f"{run}.jsonl", file.tell()))
        file.write(line if isinstance(line, bytes) else line_of(line))
        self._dirty.add(run)

    def commit(self) -> None:
        """Make all of it safe: hand-over, journal, WARC, catalogue, in this order. Raises ArchiveError when the disk refuses."""
        try:
            self._flush_handovers()
            if told := self.catalogue.journal():
                self._write([note(JOURNAL, told)])
                self.catalogue.told()
            if self._warc is not None:
                self._warc.sync()
                if self.catalogue.pending:
                    self.catalogue.queue(WRITTEN, self._warc.name, self._warc.size)
            self.catalogue.commit()
        except CatalogueError as error:
            raise ArchiveError(str(error)) from error
        except (OSError, sqlite3.Error) as error:
            why = getattr(error, "strerror", None) or error
            raise ArchiveError(
                f"{self.folder}: expected to sync to disk, got “{why}”. What was committed before is kept. "
                "Free space or mend the disk, and run the same command again: it goes on from there."
            ) from error

    def _flush_handovers(self) -> None:
        for run in self._dirty:
            file = self._handovers[run]
            file.flush()
            os.fsync(file.fileno())
            if self.catalogue.knows("run", run):
                self.catalogue.put("run", {"id": run, "handover_bytes": file.tell()})
            else:
                self.catalogue.queue(WRITTEN, f"{run}.jsonl", file.tell())
        self._dirty.clear()

    def _finish(self) -> None:
        """Commit, seal the WARC file, name it for good once the catalogue knows it. Raises ArchiveError, OSError."""
        self.commit()
        if self._warc is None:
            return
        if not self._warc.is_empty:
            row = self._warc.seal()
            sealed, self._warc = self._warc, None  # whatever comes now, nothing is written behind the manifest
            try:
                self.catalogue.put("file", row)
                self.catalogue.queue("DELETE FROM writing WHERE name = ?", sealed.name)
                self.commit()
            except BaseException:
                sealed.leave()  # .open: the next start finishes it
                raise
            sealed.close()
        else:
            self._warc.close()
            self._warc = None

    def _rotate(self) -> None:
        """Finish a file that has its size."""
        if self._warc is not None and self._warc.size > ROTATE_AT:
            self._finish_or_say()

    def finish_idle(self) -> None:
        """Finish the WARC file if nothing was written to it for IDLE seconds: what is finished can be copied away."""
        if self._warc is not None and time.monotonic() - self._written_at > IDLE:
            self._finish_or_say()

    def _finish_or_say(self) -> None:
        try:
            self._finish()
        except OSError as error:
            raise ArchiveError(_unfinished(self.warc_folder, error)) from error

    def end_run(self, run: str) -> None:
        """Commit, and close the run's hand-over file."""
        self.commit()
        if (file := self._handovers.pop(run, None)) is not None:
            self.catalogue.queue("DELETE FROM writing WHERE name = ?", f"{run}.jsonl")
            self.commit()
            file.close()

    def commit_when_many(self) -> None:
        """Commit if the queue has grown long; a timer commits the rest."""
        if self.catalogue.pending >= COMMIT_ROWS:
            self.commit()

    def close(self) -> None:
        """Commit, give the WARC file its final name, close everything.

        When the commit fails the file stays .open, so that the next start indexes what the catalogue did not take.
        """
        try:
            self._finish()
        except OSError as error:
            raise ArchiveError(_unfinished(self.warc_folder, error)) from error
        finally:
            if self._warc is not None:
                self._warc.leave()
                self._warc = None
            for file in self._handovers.values():
                with suppress(OSError):  # what a full disk did not take was not committed either
                    file.close()
            self._handovers.clear()
            self.catalogue.close()
            self._here.close()


def _unfinished(folder: Path, error: OSError) -> str:
    return (
        f"{folder}: expected to finish the file being written, got “{error.strerror}”. What was committed is kept. "
        "Mend the disk, and run the same command again: it finishes the file."
    )
