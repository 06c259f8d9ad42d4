"""One WARC file: its gzip members one after the other, each record by itself, and the manifest that sealed it."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, BinaryIO

from isal import isal_zlib

from archive import record_audit
from archive.agreement import Seen
from archive.catalogue import Row
from archive.files import SOFTWARE, Member
from archive.findings import Finding
from archive.http import head_end
from archive.reader import DamagedRecordError, InflateError, StoredRecord, record_at, scan_in
from archive.warc import GZIP, MANIFEST

_MAGIC = b"\x1f\x8b\x08"
_CUT = "the end of the file"  # how the reader calls a member that goes on where the file does not
_PIECE = 1 << 20
_GLANCE = 1024  # bytes of a broken member that are looked at
_ID = re.compile(rb"\r\nWARC-Record-ID: (<[^\r\n]+>)\r\n")


class Hashing:
    """A file whose sha256 is made while it is read. `told` hears of the bytes read for the first time."""

    def __init__(self, file: BinaryIO, told: Callable[[int], None]) -> None:
        self._file, self._told, self._sha256 = file, told, hashlib.sha256()
        self.size = 0  # bytes hashed

    def seek(self, offset: int) -> int:
        return self._file.seek(offset)

    def read(self, size: int) -> bytes:
        start = self._file.tell()
        data = self._file.read(size)
        if start <= self.size < start + len(data):
            new = memoryview(data)[self.size - start :]
            self._sha256.update(new)
            self.size += len(new)
            self._told(len(new))
        return data

    def hexdigest(self) -> str:
        """Of the whole file: what nobody read yet is read now."""
        self._file.seek(self.size)
        while self.read(_PIECE):
            pass
        return self._sha256.hexdigest()


class FileAudit:
    """One file gone through once. `findings` fills while `records` is drawn, and with `end`; take them out as they come.

    `row` is the file's catalogue row, if any; `whose` gives the id of the capture that the catalogue has at a byte.
    """

    def __init__(
        self,
        path: Path,
        seen: Seen,
        row: Row | None = None,
        whose: Callable[[str, int], str | None] = lambda name, offset: None,
        is_written: bool = False,
        told: Callable[[int], None] = lambda size: None,
    ) -> None:
        self.path, self.name = path, path.name.removesuffix(".open")
        self.is_open, self.is_written = path.suffix == ".open", is_written
        self.is_ours = self.name.startswith(f"{SOFTWARE}-")  # or its warcinfo says so
        self.findings: list[Finding] = []
        self.count = self.size = 0
        self._seen, self._row, self._whose, self._told = seen, row, whose, told
        self._members: list[Member] = []
        self._damaged: set[int] = set()
        self._seal: StoredRecord | None = None
        self._last = 0  # where the newest exchange begins

    def _find(
        self, kind: str, at: int | None, record: str | None, expected: str, got: str, is_note: bool = False
    ) -> None:
        self.findings.append(Finding(kind, self.path.name, at, record or None, expected, got, is_note))

    def records(self) -> Iterator[StoredRecord]:
        """The file's whole records, blocks cut to what a capture row is made of. Raises OSError."""
        try:
            raw = self.path.open("rb")
        except FileNotFoundError:
            if not self.is_open:
                raise
            self.path = self.path.with_suffix("")  # finished, or given up, this moment
            if not self.path.exists():
                return
            raw = self.path.open("rb")
        with raw:
            file = Hashing(raw, self._told)
            damage = None
            for item in scan_in(file, self.path):  # type: ignore[arg-type]  # it reads and seeks
                if damage is not None:
                    self._broken(raw, damage, is_last=False)
                damage = item if isinstance(item, DamagedRecordError) else None
                if not isinstance(item, DamagedRecordError):
                    yield from self._record(item)
            if damage is not None:
                self._broken(raw, damage, is_last=True)
            sha256 = file.hexdigest()
        self.size = file.size
        self._seen.end_file(self.name, self.is_ours, self._last, not self.is_open)
        self._sealed()
        self._as_its_row_says(sha256)

    def _broken(self, raw: BinaryIO, damage: DamagedRecordError, is_last: bool) -> None:
        """A place where no whole gzip member is."""
        at = damage.offset
        self._damaged.add(at)
        begins = os.pread(raw.fileno(), 8, at)
        whose = self._whose(self.name, at)
        if is_last and self.is_open and (not self.is_written or damage.reason == _CUT):
            if not self.is_written:  # what a catalogue row points to is missed by its row
                got = f"{damage.reason}, as a killed process leaves it"
                self._find("left-open", at, whose, "a whole gzip member", got, is_note=True)
        elif not _MAGIC.startswith(begins[:3]):
            self._find("not-gzip", at, whose, "a gzip member for each record and nothing else", f"{begins!r}")
        else:
            kind = "cut" if is_last and damage.reason == _CUT else "gzip"
            self._find(kind, at, whose, "a whole gzip member", damage.reason + _beginning(raw, at))

    def _record(self, record: StoredRecord) -> Iterator[StoredRecord]:
        header = record_audit.named(record)
        kind, uri = header.get("warc-type", ""), header.get("warc-target-uri")
        self.count += 1
        if kind == "warcinfo" and not self._members:
            self._filename(record, header.get("warc-filename"))
        for fault in record_audit.faults(record, header, self.is_ours):
            self._find(fault[0], record.offset, header.get("warc-record-id"), *fault[1:])
        self._seen.add(record, header)
        if kind in ("response", "revisit", "resource") or (kind == "request" and "warc-concurrent-to" not in header):
            self._last = record.offset
        self._members.append((record.offset, record.length, record.digest))
        self._seal = record if uri == MANIFEST and kind == "metadata" else self._seal
        if _makes_a_row(record):
            keep = (
                head_end(record.block) if kind in ("response", "revisit") else len(record.block) * (kind == "metadata")
            )
            yield replace(record, block=record.block[:keep], rest=b"")

    def _filename(self, record: StoredRecord, stated: str | None) -> None:
        self.is_ours = self.is_ours or (stated or "").startswith(f"{SOFTWARE}-")
        if stated is not None and stated != self.name:
            self._find(
                "name", record.offset, record.id, f"a file named {stated} (WARC-Filename)", self.name, not self.is_ours
            )

    def _sealed(self) -> None:
        """The manifest, and the file's members against it."""
        if self._seal is None:
            if self.is_ours and not self.is_open:
                self._find("manifest-missing", self.size, None, f"a last record {MANIFEST}", "none")
            return
        try:
            stated = json.loads(self._seal.block)
            name, count = stated["file"], stated["records"]
            listed: list[Member] = [(int(at), int(size), str(digest)) for at, size, digest in stated["members"]]
        except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError) as error:
            self._find("manifest", self._seal.offset, self._seal.id, "a manifest: file, records, members", repr(error))
            return
        if name != self.name:
            self._find("name", self._seal.offset, self._seal.id, f"a file named {name} (manifest)", self.name)
        there = [member for member in self._members if member[0] != self._seal.offset]
        if count != len(listed):
            self._find("manifest", self._seal.offset, self._seal.id, f"a list of {count} members", str(len(listed)))
        if there != listed:
            self._differs(listed, there)
        if there and there[-1][0] > self._seal.offset:
            self._find("manifest", self._seal.offset, self._seal.id, "nothing after the manifest", "another record")

    def _differs(self, listed: list[Member], there: list[Member]) -> None:
        """Name what is changed, missing, added or elsewhere. An identical member is known by its digest."""
        before, after = [m[2] for m in listed], [m[2] for m in there]
        still, was = set(after), set(before)
        told = len(self.findings)
        for op, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if op == "equal":
                continue
            both = min(b - a, d - c)
            for (at, size, digest), (now, length, is_) in zip(listed[a : a + both], there[c : c + both], strict=True):
                changed = f"{length} bytes, {is_}" + (", which belongs elsewhere in the file" if is_ in was else "")
                self._find(
                    "manifest",
                    now,
                    self._id_at(now),
                    f"the member listed at byte {at}: {size} bytes, {digest}",
                    changed,
                )
            for at, size, digest in listed[a + both : b]:
                if at not in self._damaged:
                    got = "it elsewhere" if digest in still else "none"
                    expected = f"the member of {size} bytes that the manifest lists here, {digest}"
                    self._find("manifest", at, self._whose(self.name, at), expected, got)
            for now, length, digest in there[c + both : d]:
                got = f"a member of {length} bytes" + (", which belongs elsewhere in the file" if digest in was else "")
                self._find("manifest", now, self._id_at(now), "only members that the manifest lists", got)
        if told == len(self.findings) and not self._damaged:  # the same members in the same order at other places
            (at, size, _), (now, length, _) = next(
                pair for pair in zip(listed, there, strict=True) if pair[0] != pair[1]
            )
            expected = f"this member at byte {at}, {size} bytes, as the manifest lists it"
            self._find("manifest", now, self._id_at(now), expected, f"it at byte {now}, {length} bytes")

    def _id_at(self, offset: int) -> str | None:
        return record_at(self.path, offset).id or None

    def _as_its_row_says(self, sha256: str) -> None:
        if self._row is None or self.is_open:
            return
        seal = self._seal
        found: dict[str, Any] = {
            "bytes": self.size,
            "records": self.count,
            "finished_at": seal.headers.get("WARC-Date") if seal else None,
            "sha256": sha256,
        }
        for name, value in found.items():
            if self._row[name] != value:
                elsewhere = name != "sha256" or bool(self.findings)
                at, whose = (None, None) if elsewhere or seal is None else (seal.offset, seal.id)
                why = (
                    ""
                    if elsewhere
                    else "; all members are as the manifest lists them: it is the manifest, or all was replaced"
                )
                self._find("file", at, whose, f"{name} {self._row[name]}, as in the catalogue", f"{value}{why}")


def _beginning(raw: BinaryIO, offset: int) -> str:
    """Which record a broken member seems to hold, as far as its beginning inflates: it may be read wrong."""
    inflate, text = isal_zlib.decompressobj(GZIP), b""
    for byte in os.pread(raw.fileno(), _GLANCE, offset):
        try:
            text += inflate.decompress(bytes([byte]))
        except InflateError:
            break
        if found := _ID.search(text):
            return f", of what seems to be {found[1].decode('ascii', 'replace')}"
    return ""


def _makes_a_row(record: StoredRecord) -> bool:
    """Whether capture rows can be made of this record: it has the fields, and its crawl facts can be read."""
    if not all(record.headers.get(name) for name in ("WARC-Type", "WARC-Record-ID", "WARC-Date")):
        return False
    return record.type != "metadata" or record_audit.has_facts(record)
