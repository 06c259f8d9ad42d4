"""Where other tools disagree: each kind with whose mistake it is, why ours is right, and how its cause is found in the record.

A case is of a kind only when `found` sees the cause; whatever none of these sees is unknown and fails the command.
docs/archive.md lists them for readers; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from archive.http import DecodeError, Message, entity, payload
from archive.warc import digest_of
from tests.judges.verdict import UNKNOWN, Case

_MANY = 1 << 15  # bytes of a header line that FastWARC does not read to the end


@dataclass(frozen=True)
class Kind:
    """A kind of disagreement. `topics`: what a tool complains of, as tests/judges calls it."""

    name: str
    tools: str
    topics: tuple[str, ...]
    does: str
    whose: str
    why: str
    found: Callable[[Case], bool]


def _chunked(message: Message | None) -> bool:
    return message is not None and message.is_chunked


def _entity(message: Message) -> bytes | None:
    try:
        return entity(message)
    except DecodeError:
        return None


def _digest_is_of_the_dechunked_payload(case: Case) -> bool:
    message = case.message
    if case.record is None or message is None or not message.is_chunked:
        return False
    plain = _entity(message)
    return (
        plain is not None and plain != message.body and case.record.headers["WARC-Payload-Digest"] == digest_of(plain)
    )


def _is_a_good_revisit(case: Case) -> bool:
    """The digest is that of the record it refers to."""
    if case.record is None or case.record.type != "revisit" or case.original is None:
        return False
    return case.record.headers["WARC-Payload-Digest"] == case.original.headers["WARC-Payload-Digest"]


def _digest_is_of_the_body(case: Case) -> bool:
    message = case.message
    return (
        message is not None
        and case.record is not None
        and case.record.headers["WARC-Payload-Digest"] == digest_of(message.body)
    )


def _has_damaged_chunks(case: Case) -> bool:
    return case.message is not None and case.message.is_chunked and _entity(case.message) is None


def _has_unread_coding(case: Case) -> bool:
    return case.message is not None and bool({"br", "zstd"} & set(case.message.tokens("content-encoding")))


def _is_book_keeping(case: Case) -> bool:
    return case.record is not None and case.record.type == "metadata" and case.record.uri.startswith("urn:nianbao:")


def _has_no_http_head(case: Case) -> bool:
    return case.record is not None and case.record.type == "response" and case.message is None


def _content_lengths(message: Message | None) -> list[str]:
    return [value for name, value in message.headers if name.lower() == "content-length"] if message else []


def _says_another_charset(case: Case) -> bool:
    """The header's charset is not the one that the page names and is written in."""
    message = case.message
    said = re.search(r"charset=([\w-]+)", message.get("content-type")) if message else None
    meta = re.search(rb"<meta[^>]+charset=[\"']?([\w-]+)", payload(message)) if message else None
    return bool(said and meta and said[1].lower() != meta[1].decode().lower())


def _has_trailers(case: Case) -> bool:
    message = case.message
    return _chunked(message) and bool(message and re.search(rb"\r?\n0+[^\r\n]*\r?\n[^\r\n]", message.body))


KINDS = (
    Kind(
        "digest of the de-chunked payload",
        "warcio, FastWARC",
        ("payload digest",),
        "computes the payload digest over the body with its chunk lines, or stops at a chunk extension or a trailer",
        "theirs (warcio#74 and #75, open since 2019)",
        "WARC 1.1 §5.9 and §6.3.2: the payload is the entity-body with any transfer-encoding removed; "
        "iipc/warc-specifications#22 confirms it. Our digest equals that of the de-chunked bytes.",
        _digest_is_of_the_dechunked_payload,
    ),
    Kind(
        "digest of a revisit",
        "FastWARC",
        ("payload digest",),
        "holds the payload digest of a revisit against the revisit's own block, which is a head without a payload",
        "theirs",
        "WARC 1.1 §5.9 and §6.7.2: the digest is of the original payload, which is not in the block. It equals that of the "
        "record that WARC-Refers-To names.",
        _is_a_good_revisit,
    ),
    Kind(
        "line ends in the head",
        "warcio, FastWARC",
        ("payload digest",),
        "does not see where the head ends when its lines end in a bare LF, or takes a blank line before it for the end",
        "theirs",
        "RFC 9112 §2.2: a recipient may take a single LF as a line's end; browsers do. Our digest is of what follows the head",
        lambda case: (
            case.message is not None
            and (not case.message.head.endswith(b"\r\n\r\n") or case.message.head[:1] in b"\r\n")
            and _digest_is_of_the_body(case)
        ),
    ),
    Kind(
        "Brotli",
        "warcio",
        ("stops reading",),
        "`AttributeError: 'brotli.Decompressor' object has no attribute 'unused_data'`, and the rest of the file unread",
        "theirs (warcio#73): made for brotlipy, which no longer is the package of that name",
        "a content coding belongs to the payload (RFC 9110 §8.4) and is kept as it was sent (WARC 1.1 §6.3.2)",
        _has_unread_coding,
    ),
    Kind(
        "a long head",
        "FastWARC",
        ("stops reading",),
        "`Maximum header length exceeded`, and the rest of the file unread",
        "theirs",
        "WARC 1.1 §6.3.2: the full HTTP response received over the network, including headers; no length is named",
        lambda case: case.message is not None and len(case.message.head) > _MANY,
    ),
    Kind(
        "our book-keeping listed",
        "cdxj-indexer",
        ("line that we have not",),
        "lists metadata records whose type is not application/warc-fields as if they were captures",
        "nobody's: they have addresses of their own (urn:nianbao:…), nothing is hidden by them",
        "WARC 1.1 §6.6: a metadata record describes other records; an index of captures need not list it",
        _is_book_keeping,
    ),
    Kind(
        "no HTTP reply",
        "pywb",
        ("replay",),
        "answers with an error page, or with a page made of what followed",
        "nobody's: what the server sent has no status line first",
        "WARC 1.1 §6.3.2: response-like material that does not comply with HTTP may be recorded as it came",
        _has_no_http_head,
    ),
    Kind(
        "304 without its original",
        "pywb",
        ("replay",),
        "answers 500 for a 304",
        "theirs",
        "a 304 has no body (RFC 9110 §15.4.5); where there is nothing that it could be a revisit of it is a response record",
        lambda case: case.message is not None and case.message.status == 304,
    ),
    Kind(
        "Content-Length against the coding",
        "pywb",
        ("replay",),
        "sends the Content-Length that the server sent, which is not the body's, and cuts the page there",
        "theirs",
        "RFC 9112 §6.3: Transfer-Encoding overrides Content-Length; and of several lengths none can be trusted",
        lambda case: (
            bool(_content_lengths(case.message))
            and (_chunked(case.message) or len(set(_content_lengths(case.message))) > 1)
        ),
    ),
    Kind(
        "trailers in the page",
        "pywb",
        ("replay",),
        "shows the trailer fields after the last chunk as the page's end",
        "theirs",
        "RFC 9112 §7.1.2: trailer fields are no part of the content",
        _has_trailers,
    ),
    Kind(
        "chunks that end badly",
        "pywb",
        ("replay",),
        "shows chunk lines as part of the page when the coding is cut or damaged",
        "nobody's for damaged chunks; theirs for a reply that was cut",
        "WARC 1.1 §6.3.2: a payload that was cut is what came of the entity-body, without the transfer coding",
        lambda case: (
            _chunked(case.message)
            and (_has_damaged_chunks(case) or (case.record is not None and "WARC-Truncated" in case.record.headers))
        ),
    ),
    Kind(
        "the server's own charset",
        "ReplayWeb.page",
        ("text",),
        "shows what the page's HTTP header says about its charset, against its meta element and its bytes",
        "nobody's: the server's; a browser shows the live page in the same way",
        "the header outranks the meta element (HTML, determining the character encoding); the bytes are kept (WARC 1.1 §6.3.2) "
        "and our reading weighs both",
        _says_another_charset,
    ),
)
KNOWN = {kind.name: kind for kind in KINDS}


def kind_of(case: Case) -> str:
    """The first kind whose cause is in the record, or UNKNOWN."""
    for kind in KINDS:
        if case.topic in kind.topics and case.tool.split()[0].lower() in kind.tools.lower() and kind.found(case):
            return kind.name
    return UNKNOWN
