"""WARC 1.1 records: an exchange becomes records, a record becomes one gzip member. Pure; the files are archive/files.py's.

warcio writes the names and values of a record's own header; the block goes beside it as it came, since warcio would
parse an HTTP head and write it anew (warcio#128), and the member is made by isal, six times faster than zlib at level 9.
"""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from mmap import mmap
from typing import IO, Any

from isal import igzip_lib, isal_zlib
from warcio.statusandheaders import StatusAndHeaders

from archive.exchange import IN_MEMORY, Exchange
from archive.http import Buffer, Message, framing, head_end, parse_head, payload_spans
from archive.urlkey import target_uri

VERSION = "WARC/1.1"
LEVEL = 2  # isal's: 1 % larger than its 3 and 8 % than zlib's 9 on pages, in 0.4 of the time that 3 takes (docs/benchmarks.md)
SMALL = (
    2048  # bytes of a block: below, zlib is smaller and takes no longer; and the journal, which it makes 11 % smaller
)
GZIP = 31  # window bits that ask for a gzip member
JOURNAL, MANIFEST = "urn:nianbao:journal", "urn:nianbao:manifest"  # our own metadata records; see docs/archive.md
REVISIT = "http://netpreserve.org/warc/1.1/revisit/"  # WARC 1.1 §6.7.2 and §6.7.3 name the profiles
IDENTICAL = "identical-payload-digest"  # the profile of a revisit whose payload is elsewhere
HTTP = "application/http; msgtype="
HALVES = "backslashreplace"  # half a character (\\ud83d), which JSON may hold and UTF-8 may not: as JSON escapes it
FACTS = "json-metadata"  # the warc-fields name under which crawl facts stand, webrecorder's for JSON in such a record
_PIECE = 1 << 18


@dataclass(frozen=True)
class Record:
    """A record ready to be written: its header, and its gzip member as bytes or, when large, in a temporary file."""

    headers: dict[str, str]
    member: bytes | IO[bytes] = field(repr=False)
    length: int  # bytes of the member
    digest: str  # of the member

    @property
    def id(self) -> str:
        return self.headers["WARC-Record-ID"]

    @property
    def type(self) -> str:
        return self.headers["WARC-Type"]

    def pieces(self) -> Iterator[bytes]:
        """The member's bytes, some at a time."""
        if isinstance(self.member, bytes):
            yield self.member
            return
        self.member.seek(0)
        while piece := self.member.read(_PIECE):
            yield piece


@dataclass(frozen=True)
class Original:
    """The earlier record that a revisit refers to: WARC-Record-ID, WARC-Target-URI, WARC-Date and profile."""

    id: str
    uri: str
    date: str
    profile: str  # identical-payload-digest or server-not-modified
    digest: str  # of its payload, which is what the revisit speaks of (WARC 1.1 §5.9)


def warc_date(moment: datetime) -> str:
    """WARC-Date with microseconds, UTC (WARC 1.1 §5.4)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest_of(*pieces: bytes | memoryview) -> str:
    """A digest as WARC files carry it: sha1 in base32."""
    sha1 = hashlib.sha1(usedforsecurity=False)
    for piece in pieces:
        sha1.update(piece)
    return _written(sha1)


def _written(sha1: hashlib._Hash) -> str:
    return "sha1:" + base64.b32encode(sha1.digest()).decode()


def new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def make(
    record_type: str, uri: str, content_type: str, block: Buffer, headers: Mapping[str, str | list[str] | None]
) -> Record:
    """A record of any type. `headers` may leave a value out (None) or repeat it (a list)."""
    fields: list[tuple[str, str]] = [("WARC-Type", record_type), ("WARC-Record-ID", new_id())]
    fields += [("WARC-Target-URI", uri)] if uri else []
    for name, value in headers.items():
        fields += [(name, each) for each in ([value] if isinstance(value, str) else value or [])]
    view = memoryview(block)
    fields += [
        ("WARC-Block-Digest", digest_of(view)),
        ("Content-Type", content_type),
        ("Content-Length", str(len(view))),
    ]
    head = StatusAndHeaders("", fields, protocol=VERSION).to_bytes()
    pieces = (head, view, b"\r\n\r\n")
    thoroughly = record_type == "metadata" or len(view) < SMALL
    member, length, digest = _large_member(pieces) if len(view) > IN_MEMORY else _member(pieces, thoroughly)
    view.release()
    return Record(dict(fields), member, length, digest)


def _member(pieces: Iterable[bytes | memoryview], thoroughly: bool) -> tuple[bytes, int, str]:
    """One gzip member over the pieces, its length and digest."""
    whole = b"".join(pieces)
    data = zlib.compress(whole, 9, GZIP) if thoroughly else igzip_lib.compress(whole, LEVEL, igzip_lib.COMP_GZIP)
    return data, len(data), digest_of(data)


def _large_member(pieces: Iterable[bytes | memoryview]) -> tuple[IO[bytes], int, str]:
    """The same in a temporary file."""
    deflate, sha1 = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, GZIP), hashlib.sha1(usedforsecurity=False)
    file = tempfile.TemporaryFile()  # noqa: SIM115  closed with its record

    def put(data: bytes) -> None:
        file.write(data)
        sha1.update(data)

    for piece in pieces:
        for at in range(0, len(piece), _PIECE):
            put(deflate.compress(piece[at : at + _PIECE]))
    put(deflate.flush())
    return file, file.tell(), _written(sha1)


def warcinfo(filename: str, facts: Mapping[str, str]) -> Record:
    """The record that opens a file (WARC 1.1 §6.2): who wrote it, with what, under which rules."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in facts.items())
    headers = {"WARC-Filename": filename, "WARC-Date": warc_date(datetime.now(UTC))}
    return make("warcinfo", "", "application/warc-fields", lines.encode(), headers)


def note(uri: str, lines: Iterable[object]) -> Record:
    """A metadata record of our own book-keeping, a line of JSON each."""
    block = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode("utf-8", HALVES)
    return make("metadata", uri, "application/x-ndjson", block, {"WARC-Date": warc_date(datetime.now(UTC))})


class Reply:
    """A response message looked into: its head, and its payload's digest over the de-chunked payload (WARC 1.1 §5.9).

    The content coding stays: it belongs to the payload. Over the body as it came when chunks are damaged.
    """

    def __init__(self, exchange: Exchange) -> None:
        self.block = exchange.response.buffer()
        self.cut = head_end(self.block)
        self.head: Message | None
        try:
            self.head = parse_head(self.block[: self.cut])
        except ValueError:
            self.head = None
        view = memoryview(self.block)
        spans = self._spans()
        self.payload_length = sum(end - start for start, end in spans)
        self.payload_digest = digest_of(*(view[start:end] for start, end in spans))
        view.release()
        self.is_whole = exchange.complete and not exchange.truncated

    def _spans(self) -> list[tuple[int, int]]:
        return payload_spans(self.block, self.cut, self.head is not None and self.head.is_chunked)

    @property
    def status(self) -> int | None:
        return self.head.status if self.head else None

    def payload(self) -> bytes:
        """The de-chunked payload."""
        return b"".join(self.block[start:end] for start, end in self._spans())

    def framing(self) -> list[list[Any]] | None:
        """What chunked transfer coding added, None when the body came unchunked."""
        return framing(self.block[self.cut :]) if self.head is not None and self.head.is_chunked else None

    def close(self) -> None:
        """Give a mapped file back."""
        if isinstance(self.block, mmap):
            self.block.close()


def records_of(
    exchange: Exchange, reply: Reply | None, facts: Mapping[str, Any], original: Original | None = None
) -> list[Record]:
    """Response or revisit (if any bytes came), request (if any went), and a metadata record with the crawl facts.

    They are tied by WARC-Concurrent-To to the first. A revisit's block is the response's head (WARC 1.1 §6.7); what
    chunked coding added to its body goes into the facts, so that the message can be put together again.
    """
    uri, date = target_uri(exchange.url), warc_date(exchange.started_at)
    common: dict[str, str | list[str] | None] = {
        "WARC-Date": date,
        "WARC-IP-Address": exchange.ip,
        "WARC-Protocol": exchange.protocol,
        "WARC-Cipher-Suite": exchange.cipher_suite,
    }
    records: list[Record] = []
    extra: dict[str, Any] = {"fetch-error": exchange.error} if exchange.error else {}
    if exchange.interim:
        extra["interim"] = exchange.interim.decode("latin-1")
    if reply is not None:
        block = reply.block
        headers = common | {"WARC-Payload-Digest": reply.payload_digest, "WARC-Truncated": exchange.truncated}
        if original is not None:
            block = reply.block[: reply.cut]
            headers |= {
                "WARC-Payload-Digest": original.digest,
                "WARC-Profile": REVISIT + original.profile,
                "WARC-Refers-To": original.id,
                "WARC-Refers-To-Target-URI": original.uri,
                "WARC-Refers-To-Date": original.date,
            }
            if original.profile == IDENTICAL:
                headers["WARC-Truncated"] = "length"  # §6.7.2: for any identical-digest truncation
            if parts := reply.framing():
                extra["framing"] = parts
        records.append(make("revisit" if original else "response", uri, f"{HTTP}response", block, headers))
    anchor = records[0].id if records else None
    if exchange.request:
        headers = common | {"WARC-Concurrent-To": anchor}
        records.append(make("request", uri, f"{HTTP}request", bytes(exchange.request), headers))
        anchor = anchor or records[0].id
    records.append(_facts_record(uri, date, anchor, {**extra, **facts}))
    return records


def resource_of(
    url: str, content_type: str, block: bytes, facts: Mapping[str, Any], concurrent_to: str | None, at: datetime
) -> list[Record]:
    """A resource record (WARC 1.1 §6.4) with its metadata record: what no server sent in this form."""
    uri, date = target_uri(url), warc_date(at)
    headers: dict[str, str | list[str] | None] = {
        "WARC-Date": date,
        "WARC-Concurrent-To": concurrent_to,
        "WARC-Payload-Digest": digest_of(block),
    }
    first = make("resource", uri, content_type, block, headers)
    return [first, _facts_record(uri, date, first.id, facts)]


def _facts_record(uri: str, date: str, concurrent_to: str | None, facts: Mapping[str, Any]) -> Record:
    """The crawl facts of an exchange as one field of warc-fields (WARC 1.1 §6.6), read again by `StoredRecord.facts`.

    A metadata record of any other type pywb and cdxj-indexer list as a capture of the URL, and pywb then serves it
    in the page's place.
    """
    block = f"{FACTS}: {json.dumps(dict(facts), ensure_ascii=False, sort_keys=True)}\r\n".encode("utf-8", HALVES)
    headers = {"WARC-Date": date, "WARC-Concurrent-To": concurrent_to}
    return make("metadata", uri, "application/warc-fields", block, headers)
