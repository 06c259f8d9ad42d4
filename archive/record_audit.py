"""One record by itself: its form, WARC 1.1's rules on its header, its length and its digests."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from typing import Any

from archive.http import head_end, parse_head, payload_spans
from archive.reader import MOST_DIGITS, StoredRecord
from archive.rules import HEAD, HOUSE, WARC_1_1, broken, ready
from archive.warc import FACTS, JOURNAL, MANIFEST, digest_of

_END = b"\r\n\r\n"  # what follows each block (WARC 1.1 §4)
_STANDARD, _OURS = ready(WARC_1_1), ready(WARC_1_1, HOUSE)
_ALGORITHMS = ("md5", "sha1", "sha256", "sha384", "sha512")
_TEXTS = ("url", "method", "run", "portal", "role", "fetch-error")  # crawl facts that capture rows take over

Fault = tuple[str, str, str, bool]  # kind, expected, got, whether it is a note only


def named(record: StoredRecord) -> dict[str, str]:
    """The header by lower-case names, the first value of each: names have no case (WARC 1.1 §4)."""
    return {name.lower(): value for name, value in reversed(record.fields)}


def faults(record: StoredRecord, header: dict[str, str], is_ours: bool) -> Iterator[Fault]:
    """All that is wrong with a record as it stands. `is_ours`: our own rules hold as well."""
    kind = header.get("warc-type", "")
    if not HEAD.fullmatch(record.head):
        yield (
            "head",
            "a version line and lines of “name: value”, each ending in CRLF (§4)",
            f"{record.head[:60]!r}",
            False,
        )
    for expected, got in broken(record.fields, kind, _OURS if is_ours else _STANDARD):
        yield "header", expected, got, False
    yield from _length(record, header)
    yield from _digests(record, header, kind, is_ours)
    if is_ours and kind == "metadata":
        yield from _book_keeping(record, header)


def _length(record: StoredRecord, header: dict[str, str]) -> Iterator[Fault]:
    stated = header.get("content-length", "")
    if stated.isdecimal() and (len(stated) >= MOST_DIGITS or int(stated) > len(record.block)):
        yield "length", f"a block of {stated[:MOST_DIGITS]} bytes", f"{len(record.block)} and no more", False
    elif record.rest.startswith(_END + b"WARC/"):
        yield "member", "one record in a gzip member (Annex D.2)", f"another one, {len(record.rest) - 4} bytes", False
    elif record.rest != _END:
        got = f"{record.rest[:20]!r}" + (f" and {len(record.rest) - 20} bytes more" if len(record.rest) > 20 else "")
        yield "length", f"two line ends after a block of {stated} bytes", got, False


def _digests(record: StoredRecord, header: dict[str, str], kind: str, is_ours: bool) -> Iterator[Fault]:
    if stated := header.get("warc-block-digest"):
        yield from _digest("block", stated, record.block)
    stated = header.get("warc-payload-digest")
    if not stated or kind in ("revisit", "continuation") or "warc-segment-number" in header:
        return  # the payload is, or goes on, in another record
    wrong = list(_digest("payload", stated, *payload(record, header)))
    if wrong and wrong[0][0] == "payload-digest":
        raw = memoryview(record.block)[head_end(record.block) :]
        if not is_ours and not list(_digest("payload", stated, raw)):
            wrong = [
                ("payload-digest-raw", "a digest over the de-chunked payload (§5.9)", "one over the body as sent", True)
            ]
    yield from wrong


def payload(record: StoredRecord, header: dict[str, str]) -> Iterator[memoryview]:
    """A record's payload in pieces: an HTTP message's de-chunked body, or the block (WARC 1.1 §5.9, §6)."""
    block = record.block
    if not header.get("content-type", "").lower().startswith("application/http"):
        yield memoryview(block)
        return
    cut = head_end(block)
    try:
        is_chunked = parse_head(block[:cut]).is_chunked
    except ValueError:  # a request, or no HTTP/1 status line
        is_chunked = False
    for start, end in payload_spans(block, cut, is_chunked):
        yield memoryview(block)[start:end]


def _digest(what: str, stated: str, *pieces: bytes | memoryview) -> Iterator[Fault]:
    """Whether a labelled digest is that of the pieces, in base32 or hex."""
    name, _, value = stated.partition(":")
    if name == "sha1" and digest_of(*pieces) == stated:
        return
    algorithm = name.lower().replace("-", "")
    if algorithm not in _ALGORITHMS:
        yield "digest-unknown", f"a {what} digest by one of {', '.join(_ALGORITHMS)}", stated, True
        return
    made = hashlib.new(algorithm, usedforsecurity=False)
    for piece in pieces:
        made.update(piece)
    if _decoded(value, made.digest_size) != made.digest():
        right = f"{name}:{base64.b32encode(made.digest()).decode().rstrip('=')}"
        yield f"{what}-digest", f"{right}, which its bytes have", stated, False


def _decoded(value: str, size: int) -> bytes | None:
    try:
        if len(value) == 2 * size:
            return bytes.fromhex(value)
        return base64.b32decode(value.upper() + "=" * (-len(value) % 8))
    except (binascii.Error, ValueError):
        return None


def _book_keeping(record: StoredRecord, header: dict[str, str]) -> Iterator[Fault]:
    """Crawl facts are a JSON object, the journal is lines of [table, columns, …]; the manifest is looked at with its file."""
    uri = header.get("warc-target-uri")
    try:
        if uri == JOURNAL:
            if not all(_is_told(line) for line in record.lines()):
                yield (
                    "book-keeping",
                    "lines of [table, columns, key of a row like it]",
                    "another shape",
                    False,
                )
        elif uri != MANIFEST and not (record.block.startswith(f"{FACTS}: ".encode()) and has_facts(record)):
            yield "book-keeping", f"{FACTS}: and a JSON object, whose texts are texts", f"{record.block[:60]!r}", False
    except (ValueError, RecursionError) as error:
        yield "book-keeping", "lines of JSON", f"“{error}”", False


def _is_told(line: Any) -> bool:
    return isinstance(line, list) and [type(each) for each in line] in ([str, dict], [str, dict, dict])


def has_facts(record: StoredRecord) -> bool:
    """Whether capture rows can be made with what a metadata record says of a crawl, if it says anything."""
    try:
        said: Any = record.facts
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and all(isinstance(said.get(name), str | None) for name in _TEXTS)
