"""A capture as a plain reply: codings undone, revisits put together, nothing that points a browser elsewhere.

A loader of our own stands in for pywb's, because pywb and the warcio under it read a chunked body only when the coding is
written in lower case (warcio recordloader.py, `== 'chunked'`), fail on chunk extensions with a trailer, know no zstd, need
brotlipy for br, look a revisit's original up by address and second instead of by record, and answer 503 to a revisit of
the kind server-not-modified. The decoder is archive/http.py, the one that everything else here reads with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from archive.http import Message, entity, parse_response, payload
from archive.reader import records
from archive.replay_app.index import Index, Row
from archive.retrieve import ArchiveError, Retriever

HEADERS_KEPT = frozenset(
    ["content-type", "content-disposition", "content-language", "location", "accept-ranges", "content-range", "allow"]
)  # under their own names; the rest is shown as X-Archive-Orig-…: codings that are undone, cookies, reports, hints, policies

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_PRESCAN = 4096  # bytes searched for a charset; browsers look at 1,024, and pywb writes more than that before them
_SAMPLE = 1 << 16  # bytes that a charset is guessed from


class UnreadableError(Exception):
    """A capture whose bytes cannot be shown; the message says which record and what to do next."""


@dataclass(frozen=True)
class Reply:
    """What the server said, ready for a browser: the body has no coding left."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def location(self) -> str:
        return next((value for name, value in self.headers if name.lower() == "location"), "")


def reply_of(index: Index, capture: Row) -> Reply:
    """The reply that a capture row stands for. Raises UnreadableError."""
    try:
        return _shown(_message(index, capture))
    except (ArchiveError, OSError, ValueError) as error:  # ValueError: damaged records, broken codings, no status line
        raise UnreadableError(
            f"{capture['url']} of {capture['requested_at']} ({capture['warc_file']}, byte {capture['offset']}): {error}. "
            "`nianbao verify` says what is damaged."
        ) from error


def _message(index: Index, capture: Row) -> Message:
    """The message of a capture, chunks joined; of a 304 the one that it speaks of (WARC 1.1 §6.7.3)."""
    if capture["record_type"] == "revisit" and capture["status"] == 304:
        original = index.before(capture) or index.capture(capture["refers_to"] or "")
        if original is None:
            raise ValueError(f"expected the original {capture['refers_to']} of a revisit, found none in the catalogue")
        capture = original
    archived = _archived(index)
    if capture["record_type"] == "resource":
        body, headers = archived.page(capture)
        return Message("HTTP/1.1", 200, "OK", headers, b"", body)
    message = parse_response(archived.response(capture))
    return replace(message, headers=_without(message, "transfer-encoding"), body=entity(message))


def _archived(index: Index) -> Retriever:
    rows: Any = index  # asks the same table in the same words
    return Retriever(index.warc_folder, rows)


def _without(message: Message, name: str) -> list[tuple[str, str]]:
    return [(each, value) for each, value in message.headers if each.lower() != name]


def sent(index: Index, capture: Row) -> bytes:
    """The body of the request that a capture answers: the record after it in its file, if that is a request."""
    path = _archived(index).file(capture["warc_file"])
    following = records(path, capture["offset"] + capture["length"])
    record = next(following, None)
    if record is None or record.type != "request":
        return b""
    _, gap, body = record.block.partition(b"\r\n\r\n")
    return body if gap else b""


def _shown(message: Message) -> Reply:
    body = b"" if message.status in (204, 304) else payload(message)
    headers = []
    for name, value in message.headers:
        name, value = _plain(name), _plain(value)
        if name.lower() == "content-length" or not re.fullmatch(r"[!#$%&'*+.^_`|~\w-]+", name, re.ASCII):
            continue  # counted anew below; no header name (RFC 9110 §5.6.2), which browsers drop as well
        headers.append((name if name.lower() in HEADERS_KEPT else f"X-Archive-Orig-{name}", value))
    headers = _with_charset(headers, body)
    headers.append(("Content-Length", str(len(body))))
    return Reply(message.status, _plain(message.reason) or "-", headers, body)


def _plain(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", "", text)


def _with_charset(headers: list[tuple[str, str]], body: bytes) -> list[tuple[str, str]]:
    """Say an HTML page's charset in the header: pywb writes a kilobyte before the page's own <meta>."""
    for at, (name, value) in enumerate(headers):
        if name.lower() == "content-type":
            kind = value.split(";")[0].strip().lower()
            if kind in ("text/html", "application/xhtml+xml") and "charset" not in value.lower():
                charset = charset_of(body)
                if charset:
                    return [*headers[:at], (name, f"{kind}; charset={charset}"), *headers[at + 1 :]]
            break
    return headers


def charset_of(body: bytes) -> str | None:
    """A page's charset from its mark, its <meta>, or by what its bytes can be; None when they are all ASCII."""
    if body.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None  # the mark decides over the header anyway
    said = _META_CHARSET.search(body[:_PRESCAN])
    if said:
        name = said.group(1).decode("ascii", "ignore")
        return (
            "utf-8" if name.lower().startswith("utf-16") else name
        )  # HTML, "prescan a byte stream": the <meta> was read
    sample = body[:_SAMPLE]
    if sample.isascii():
        return None
    for charset in ("utf-8", "gb18030"):
        try:
            sample.decode(charset)
        except UnicodeDecodeError as error:
            if error.end < len(sample) - 4:  # else the sample ends inside a character
                continue
        return charset
    return None


def as_record(reply: Reply, url: str, requested_at: str) -> BytesIO:
    """The reply as the WARC response record that pywb's rewriter takes."""
    head = f"HTTP/1.1 {reply.status} {reply.reason}\r\n".encode("latin-1", "replace")
    head += b"".join(f"{name}: {value}\r\n".encode("latin-1", "replace") for name, value in reply.headers) + b"\r\n"
    lines = (
        "WARC/1.1",
        "WARC-Type: response",
        f"WARC-Target-URI: {url}",
        f"WARC-Date: {requested_at}",
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(head) + len(reply.body)}",
    )
    return BytesIO("\r\n".join(lines).encode() + b"\r\n\r\n" + head + reply.body + b"\r\n\r\n")
