"""HTTP/1.x messages as bytes: split the head off, undo transfer and content codings.

The readers in common use fail on `Transfer-Encoding: Chunked` with a capital, on chunk extensions or on brotli
(field-notes/archive.md, 0.4 and 4), so everything that reads the archive reads it through here.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from mmap import mmap
from typing import Any

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_DECODED = 256 * 1024 * 1024  # bytes that one content coding may give; a bomb stops here
_FEED = 16 * 1024  # bytes put into a decoder at a time
_PIECE = 1024 * 1024  # bytes taken out of it at a time (brotli may give twice as many)
_CHUNK_SIZE = re.compile(
    rb"0*[0-9A-Fa-f]{1,16}"
)  # RFC 9112 §7.1: hex digits alone; int() takes signs, 0x and _ as well
_GZIP = zlib.MAX_WBITS | 16
_GZIP_MAGIC = b"\x1f\x8b"


class DecodeError(ValueError):
    """A coding could not be undone; the message says which one and at what byte."""


@dataclass(frozen=True)
class Message:
    """A response taken apart. Header names and values are latin-1 text, in the order sent, case kept."""

    version: str
    status: int
    reason: str
    headers: list[tuple[str, str]]
    head: bytes
    body: bytes

    def get(self, name: str, default: str = "") -> str:
        """The first header of that name, in any case."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), default)

    def tokens(self, name: str) -> list[str]:
        """All comma-separated values of a header, lower-cased."""
        values = (v for k, v in self.headers if k.lower() == name.lower())
        return [token.strip().lower() for value in values for token in value.split(",") if token.strip()]

    @property
    def is_chunked(self) -> bool:
        """Whether the body came in chunks, however the server spelt that."""
        return "chunked" in self.tokens("transfer-encoding")


def head_end(message: Buffer) -> int:
    """Where the head ends, blank line included; the message's length when it has no end.

    CRLF and bare LF both end a line (RFC 9112 §2.2).
    """
    end = len(message)
    for mark in (b"\r\n\r\n", b"\n\n", b"\n\r\n"):
        if (at := message.find(mark, 0, end)) >= 0:  # no further than the nearest yet: bodies are long
            end = at + len(mark)
    return end


def split_head(message: bytes) -> tuple[bytes, bytes]:
    """Head (blank line included) and body."""
    cut = head_end(message)
    return message[:cut], message[cut:]


def parse_response(message: bytes) -> Message:
    """Take a response apart. Raises ValueError when it does not start with an HTTP status line."""
    return parse_head(*split_head(message))


def parse_head(head: bytes, body: bytes = b"") -> Message:
    """The same from head and body. Raises ValueError."""
    lines = head.decode("latin-1").replace("\r\n", "\n").lstrip("\n").split("\n")  # blank lines first: RFC 9112 §2.2
    version, _, rest = lines[0].partition(" ")
    code, _, reason = rest.partition(" ")
    if not version.upper().startswith("HTTP/") or not code[:3].isdigit():
        raise ValueError(f"expected an HTTP status line, got {head[:60]!r}")
    headers: list[tuple[str, str]] = []
    for line in lines[1:]:
        if line[:1] in (" ", "\t") and headers:  # obsolete folding, RFC 9112 §5.2
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {line.strip()}")
        elif ":" in line:
            name, _, value = line.partition(":")
            headers.append((name.strip(), value.strip()))
    return Message(version, int(code[:3]), reason, headers, head, body)


Buffer = bytes | mmap


def chunk_spans(body: Buffer, start: int = 0) -> Iterator[tuple[int, int]]:
    """Where a chunked body's data lies: (from, to) for each chunk, in bytes (RFC 9112 §7.1). Raises DecodeError.

    What lies between are sizes with their extensions, line ends and trailers. A cut last chunk goes as far as its bytes.
    """
    at, size = start, len(body)
    while at < size:
        eol = body.find(b"\n", at)
        if eol < 0:
            return
        size_text = body[at:eol].split(b";", 1)[0].strip()
        if not _CHUNK_SIZE.fullmatch(size_text):
            raise DecodeError(f"chunked: expected a size in hex at byte {at - start}, got {size_text[:20]!r}")
        length = int(size_text, 16)
        if length == 0:
            return
        end = min(eol + 1 + length, size)
        yield eol + 1, end
        at = end + (2 if body[end : end + 2] == b"\r\n" else 1)


def payload_spans(message: Buffer, cut: int, is_chunked: bool) -> list[tuple[int, int]]:
    """Where a message's de-chunked payload lies: (from, to), in bytes; `cut` is where its head ends.

    The body as it came when its chunks are damaged.
    """
    if is_chunked:
        try:
            return list(chunk_spans(message, cut))
        except DecodeError:
            pass  # the body as it came
    return [(cut, len(message))]


def dechunk(body: bytes) -> bytes:
    """Undo chunked transfer coding, extensions and trailers dropped. A cut last chunk is kept as it is."""
    return b"".join(body[start:end] for start, end in chunk_spans(body))


def framing(body: bytes) -> list[list[Any]]:
    """What chunked transfer coding adds to a payload: [text before the data (latin-1), bytes of data] by chunk, and the end."""
    parts: list[list[Any]] = []
    at = 0
    for start, end in chunk_spans(body):
        parts.append([body[at:start].decode("latin-1"), end - start])
        at = end
    return [*parts, [body[at:].decode("latin-1"), 0]]


def framed(data: bytes, parts: list[list[Any]]) -> bytes:
    """The body that `framing` took apart."""
    out, at = bytearray(), 0
    for text, size in parts:
        out += text.encode("latin-1") + data[at : at + size]
        at += size
    return bytes(out)


# Content codings. Each gives what a body decodes to in pieces, so that `payload` can stop a bomb before it is in
# memory. A body that was cut ends where its bytes end: a cut reply is kept, and read as far as it came.


def _inflate(body: bytes, wbits: int) -> Iterator[bytes]:
    """One zlib or raw deflate stream, or all members of a gzip file (RFC 1952 §2.2); what follows them is dropped."""
    inflater, at = zlib.decompressobj(wbits), 0
    while True:
        if inflater.eof:
            at -= len(inflater.unused_data)
            if wbits != _GZIP or not body.startswith(_GZIP_MAGIC, at):
                return
            inflater = zlib.decompressobj(wbits)
        given = inflater.unconsumed_tail
        if not given:
            given = body[at : at + _FEED]
            at += len(given)
        piece = inflater.decompress(given, _PIECE)
        if not given and not piece and not inflater.eof:
            return
        yield piece


def _gunzip(body: bytes) -> Iterator[bytes]:
    return _inflate(body, _GZIP)


def _deflate(body: bytes) -> Iterator[bytes]:
    """zlib's format (RFC 9110 §8.4.1.2), or the raw deflate that old servers send against it: they begin differently."""
    is_zlib = len(body) > 1 and body[0] & 15 == 8 and (body[0] << 8 | body[1]) % 31 == 0  # RFC 1950 §2.2
    return _inflate(body, zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)


def _unbrotli(body: bytes) -> Iterator[bytes]:
    decoder, at = brotli.Decompressor(), 0
    while not decoder.is_finished():
        given = body[at : at + _FEED] if decoder.can_accept_more_data() else b""
        at += len(given)
        piece = decoder.process(given, output_buffer_limit=_PIECE)
        if not given and not piece:
            return
        yield piece


def _unzstd(body: bytes) -> Iterator[bytes]:
    """All frames (RFC 8878 §3)."""
    decoder, at = zstd.ZstdDecompressor(), 0
    while True:
        if decoder.eof:
            at -= len(decoder.unused_data)
            if at >= len(body):
                return
            decoder = zstd.ZstdDecompressor()
        given = body[at : at + _FEED] if decoder.needs_input else b""
        at += len(given)
        piece = decoder.decompress(given, _PIECE)
        if not given and not piece and not decoder.eof:
            return
        yield piece


CONTENT_CODINGS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _deflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}


def _decoded(body: bytes, coding: str) -> bytes:
    pieces, size = [], 0
    try:
        for piece in CONTENT_CODINGS[coding](body):
            size += len(piece)
            if size > MAX_DECODED:
                raise DecodeError(
                    f"Content-Encoding {coding}: expected at most {MAX_DECODED} bytes, got more than that from {len(body)}"
                )
            pieces.append(piece)
    except (zlib.error, brotli.error, zstd.ZstdError) as error:
        raise DecodeError(f"Content-Encoding {coding}: {error} in {len(body)} bytes") from error
    return b"".join(pieces)


def entity(message: Message) -> bytes:
    """The body with transfer coding undone and content coding kept: what a WARC payload digest is over (WARC 1.1 §6.3.2)."""
    return dechunk(message.body) if message.is_chunked else message.body


def payload(message: Message) -> bytes:
    """The body as the application sees it: transfer and content codings undone.

    A body that was cut gives what its bytes decode to. Raises DecodeError at a broken one, and at one that decodes to
    more than MAX_DECODED bytes.
    """
    body = entity(message)
    for coding in reversed(message.tokens("content-encoding")):
        if (
            coding in CONTENT_CODINGS and body
        ):  # else identity, or a charset in the wrong header: the body is what it is
            body = _decoded(body, coding)
    return body
