"""HTTP/1.x messages as bytes: split the head off, undo transfer and content codings.

The readers in common use fail on `Transfer-Encoding: Chunked` with a capital, on chunk extensions or on brotli
(field-notes/archive.md, 0.4 and 4), so everything that reads the archive reads it through here.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import brotli
from backports import zstd  # in the standard library from Python 3.14 on

MAX_DECODED = 256 * 1024 * 1024  # bytes; a bomb stops here


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


def split_head(message: bytes) -> tuple[bytes, bytes]:
    """Head (blank line included) and body. CRLF and bare LF both end a line (RFC 9112 §2.2)."""
    ends = [(at + len(mark)) for mark in (b"\r\n\r\n", b"\n\n", b"\n\r\n") if (at := message.find(mark)) >= 0]
    cut = min(ends, default=len(message))
    return message[:cut], message[cut:]


def parse_response(message: bytes) -> Message:
    """Take a response apart. Raises ValueError when it does not start with an HTTP status line."""
    head, body = split_head(message)
    lines = head.decode("latin-1").replace("\r\n", "\n").split("\n")
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


def dechunk(body: bytes) -> bytes:
    """Undo chunked transfer coding (RFC 9112 §7.1), extensions and trailers dropped. A cut last chunk is kept as it is."""
    out, at = bytearray(), 0
    while at < len(body):
        eol = body.find(b"\n", at)
        if eol < 0:
            break
        size_text = body[at:eol].split(b";", 1)[0].strip()
        try:
            size = int(size_text, 16)
        except ValueError:
            raise DecodeError(f"chunked: expected a size in hex at byte {at}, got {size_text[:20]!r}") from None
        if size == 0:
            break
        out += body[eol + 1 : eol + 1 + size]
        at = eol + 1 + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    return bytes(out)


def _inflate(body: bytes, wbits: int) -> bytes:
    inflater = zlib.decompressobj(wbits)
    return inflater.decompress(body, MAX_DECODED)


def _deflate(body: bytes) -> bytes:
    try:
        return _inflate(body, zlib.MAX_WBITS)
    except zlib.error:
        return _inflate(body, -zlib.MAX_WBITS)  # raw deflate, sent by old servers against RFC 9110 §8.4.1.2


CONTENT_CODINGS = {
    "gzip": lambda body: _inflate(body, zlib.MAX_WBITS | 16),
    "x-gzip": lambda body: _inflate(body, zlib.MAX_WBITS | 16),
    "deflate": _deflate,
    "br": brotli.decompress,
    "zstd": zstd.decompress,
}


def entity(message: Message) -> bytes:
    """The body with transfer coding undone and content coding kept: what a WARC payload digest is over (WARC 1.1 §6.3.2)."""
    return dechunk(message.body) if "chunked" in message.tokens("transfer-encoding") else message.body


def payload(message: Message) -> bytes:
    """The body as the application sees it: transfer and content codings undone. Raises DecodeError."""
    body = entity(message)
    for coding in reversed(message.tokens("content-encoding")):
        decode = CONTENT_CODINGS.get(coding)
        if decode is None or not body:
            continue  # identity, or a charset written in the wrong header: the body is what it is
        try:
            body = decode(body)
        except (zlib.error, brotli.error, zstd.ZstdError) as error:
            raise DecodeError(f"Content-Encoding {coding}: {error} in {len(body)} bytes") from error
    return body
