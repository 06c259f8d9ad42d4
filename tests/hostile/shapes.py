"""The replies: a line for each, with what goes over the socket and what must be in the archive afterwards.

To add one, add a line. Bytes are sent as they are, a number is a pause in seconds. Unless it says otherwise the server
then closes the connection in good order, and all that it sent is one whole reply.
"""

from __future__ import annotations

import gzip
import random
import zlib
from dataclasses import dataclass, field
from typing import Any

import brotli

GBK = "政府信息公开年报".encode("gbk")
PAGE = "<html><meta charset=gbk><p>本年度共受理申请十二件。</p></html>".encode("gbk")
(
    LARGE,
    LARGE_2,
    LARGE_3,
    LARGE_4,
) = (  # more than an exchange holds in memory; no two the same, or they would be revisits
    random.Random(seed).randbytes(1 << 20) + PAGE * 5000 for seed in range(4)
)
MOST = 3 << 20  # bytes of a reply that the crawl under test takes
SLOW = {"download_timeout": 1.0}  # seconds


@dataclass(frozen=True)
class Shape:
    """One reply. `kept` and `interim` default to: all of it, and nothing."""

    name: str
    sends: tuple[bytes | float, ...]
    kept: bytes | None = None
    interim: bytes = b""
    truncated: str | None = None  # WARC-Truncated, WARC 1.1 §5.15
    ends: str = "close"  # close, reset (RST, no close_notify), hold (till the client goes), stay (for the next request)
    fails: bool = False  # Scrapy gives the spider an error for it
    method: str = "GET"
    asked: bool = True  # else something that is asked leads to it
    shy: bool = False  # on a connection that was used before it ends that without a word
    meta: dict[str, Any] = field(default_factory=dict)

    @property
    def sent(self) -> bytes:
        """All that the server sends."""
        return b"".join(piece for piece in self.sends if isinstance(piece, bytes))

    @property
    def reply(self) -> bytes:
        """What the response record must hold."""
        return self.sent if self.kept is None else self.kept

    @property
    def cut_by_limit(self) -> bool:
        """The client's own limit cuts it, so that it holds a part of what was sent."""
        return self.truncated == "length"


def head(*lines: bytes, status: bytes = b"HTTP/1.1 200 OK", end: bytes = b"\r\n") -> bytes:
    """Status line and header lines, with the blank line."""
    return end.join((status, *lines, b"", b""))


def length(body: bytes) -> bytes:
    return b"Content-Length: %d" % len(body)


def chunk(data: bytes, size: bytes = b"", extension: bytes = b"") -> bytes:
    return (size or b"%x" % len(data)) + extension + b"\r\n" + data + b"\r\n"


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


LAST = b"0\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked"
ZIPPED = gzip.compress(PAGE, mtime=0)
HINTS = head(b"Link: </style.css>; rel=preload", status=b"HTTP/1.1 103 Early Hints") + head(
    status=b"HTTP/1.1 100 Continue"
)
MANY_HINTS = head(*(b"Link: </%d.css>; rel=preload" % n for n in range(4000)), status=b"HTTP/1.1 103 Early Hints")
OK = head(length(PAGE)) + PAGE
JUNK = b"HTTP/1.1 200 OK\r\n\r\nnot asked for"

SHAPES = [
    # heads
    Shape("plain", (OK,)),
    Shape(
        "odd-case",
        (head(b"cOnTeNt-LeNgTh: 2", b"X-b: 1", b"x-A: 2", b"X-b: 3", status=b"HTTP/1.1 200 \xba\xc3") + b"ok",),
    ),
    Shape(
        "gbk-header", (head(b"X-Title: " + GBK, b"X-Folded: a", b" b", b"\tc", b"no colon here", length(PAGE)) + PAGE,)
    ),
    Shape("gbk-header-name", (head(GBK + b": 1", length(PAGE)) + PAGE,)),
    Shape("gbk-reason-404", (head(length(PAGE), status=b"HTTP/1.1 404 " + GBK) + PAGE,)),
    Shape("bare-lf", (head(length(PAGE), end=b"\n") + PAGE,)),
    Shape("mixed-line-ends", (b"HTTP/1.1 200 OK\nX-A: 1\r\nContent-Length: 2\n\r\nok",)),
    Shape("no-reason", (head(length(PAGE), status=b"HTTP/1.1 200") + PAGE,)),
    Shape("odd-status", (head(length(PAGE), status=b"HTTP/1.1 799 ") + PAGE,)),
    Shape("no-headers", (head() + PAGE,)),
    Shape("empty-values", (head(b"X-Empty:", b"X-Blank:   ", b"X-NUL: a\0b", b"X-Tab:\tc\t", length(PAGE)) + PAGE,)),
    Shape("space-before-colon", (head(b"Server : old", b"Content-Length : %d" % len(PAGE)) + PAGE,)),
    Shape(
        "twice-the-same", (head(b"Vary: A", b"vary: b", b"Set-Cookie: a=1", b"set-cookie: b=2", length(PAGE)) + PAGE,)
    ),
    Shape("length-twice", (head(length(PAGE), length(PAGE)) + PAGE,)),
    Shape("12-kb-header", (head(b"X-Long: " + b"y" * 12288, length(PAGE)) + PAGE,)),
    Shape("60-kb-header", (head(b"X-Long: " + b"y" * 61440, length(PAGE)) + PAGE,)),
    Shape("drip", (*(piece for byte in OK[:24] for piece in (bytes([byte]), 0.004)), OK[24:])),
    # bodies and their framing
    Shape("empty-body", (head(b"Content-Length: 0"),)),
    Shape("no-content", (head(b"X: y", status=b"HTTP/1.1 204 No Content"),)),
    Shape("not-modified", (head(b'ETag: "1"', b"Content-Length: 999", status=b"HTTP/1.1 304 Not Modified"),)),
    Shape("head", (head(b"Content-Length: 999"),), method="HEAD"),
    Shape("to-the-end", (head(b"Content-Type: text/html", status=b"HTTP/1.0 200 OK") + PAGE,)),
    Shape("server-error", (head(length(PAGE), status=b"HTTP/1.1 500 " + GBK) + PAGE,)),
    Shape(
        "looks-like-heads",
        (head(b"Content-Length: 60") + b"\r\n\r\nHTTP/1.1 103 no\r\n\r\nHTTP/1.1 200 OK\r\n\r\n".ljust(60),),
    ),
    Shape("large", (head(length(LARGE)) + LARGE,)),
    Shape("chunked", (head(CHUNKED) + chunk(PAGE[:9]) + chunk(PAGE[9:]) + LAST,)),
    Shape("chunked-in-capitals", (head(b"Transfer-Encoding: Chunked") + chunk(PAGE) + LAST,)),
    Shape("chunk-sizes", (head(CHUNKED) + chunk(b"z" * 171, b"000AB") + chunk(b"z" * 171, b"aB") + b"000\r\n\r\n",)),
    Shape("chunked-and-length", (head(CHUNKED, b"Content-Length: 4") + chunk(PAGE) + LAST,)),
    Shape("large-chunked", (head(CHUNKED) + chunk(LARGE_2[:700000]) + chunk(LARGE_2[700000:]) + LAST,)),
    Shape("trailer", (head(CHUNKED) + chunk(PAGE) + b"0\r\nX-Sum: 1\r\nx-Sum: " + GBK + b"\r\n\r\n",)),
    Shape(
        "all-at-once",
        (
            head(b"tRANSFER-eNCODING: chunked", b"CONTENT-encoding: gzip", status=b"HTTP/1.1 200 " + GBK)
            + chunk(ZIPPED[:7], b"07", b";a=b")
            + chunk(ZIPPED[7:], extension=b';name="value"')
            + b"0;last\r\nX-Trailer: 1\r\n\r\n",
        ),
    ),
    # codings
    Shape("gzip", (head(b"Content-Encoding: gzip", length(ZIPPED)) + ZIPPED,)),
    Shape("gzip-and-junk", (head(b"Content-Encoding: gzip", length(ZIPPED + b"\0\0")) + ZIPPED + b"\0\0",)),
    Shape("raw-deflate", (head(b"Content-Encoding: deflate", length(raw_deflate(PAGE))) + raw_deflate(PAGE),)),
    Shape("br-not-offered", (head(b"Content-Encoding: br", length(brotli.compress(PAGE))) + brotli.compress(PAGE),)),
    # more than one
    Shape("early-hints", (HINTS, OK), kept=OK, interim=HINTS),
    Shape("early-hints-in-parts", (HINTS[:30], 0.05, HINTS[30:] + OK[:9], 0.05, OK[9:]), kept=OK, interim=HINTS),
    Shape(
        "many-hints",
        (MANY_HINTS, head(length(LARGE_3)) + LARGE_3),
        kept=head(length(LARGE_3)) + LARGE_3,
        interim=MANY_HINTS,
    ),
    Shape("junk-after-the-end", (OK + JUNK,), kept=OK),
    Shape("junk-after-chunks", (head(CHUNKED) + chunk(PAGE) + LAST + JUNK,), kept=head(CHUNKED) + chunk(PAGE) + LAST),
    Shape(
        "body-after-204",
        (head(status=b"HTTP/1.1 204 No Content") + JUNK,),
        kept=head(status=b"HTTP/1.1 204 No Content"),
    ),
    Shape("first-of-two", (head(length(PAGE), b"X-Turn: 1") + PAGE,), ends="stay"),
    Shape("second-of-two", (head(CHUNKED, b"X-Turn: 2") + chunk(PAGE) + LAST,), ends="stay"),
    Shape("on-a-dead-connection", (head(length(PAGE), b"X-Turn: 3") + PAGE,), shy=True),
    Shape("hop-1", (head(b"Location: /hop-2", b"Content-Length: 0", status=b"HTTP/1.1 302 " + GBK),)),
    Shape("hop-2", (head(b"location:/hop-3", length(PAGE), status=b"HTTP/1.1 301 x") + PAGE,), asked=False),
    Shape("hop-3", (OK,), asked=False),
    Shape(
        "robots.txt",
        (head(b"content-LENGTH: 26", b"X-" + GBK + b": 1") + b"User-agent: *\nDisallow: \n\n",),
        asked=False,
    ),
    # all there, but nobody can make sense of it
    Shape("lengths-that-differ", (head(b"Content-Length: 5", length(PAGE)) + PAGE,), fails=True),
    Shape("no-head", (b"<html>\n" + PAGE,), fails=True),
    Shape("blank-line-first", (b"\r\n" + OK,), fails=True),
    Shape("other-protocol", (head(length(PAGE), status=b"ICY 200 OK") + PAGE,), fails=True),
    Shape("identity-coding", (head(b"Transfer-Encoding: identity", length(PAGE)), 0.1, PAGE), fails=True),
    Shape("no-chunk-size", (head(CHUNKED) + chunk(PAGE), 0.1, chunk(PAGE, b"size") + LAST), fails=True),
    # cut: by the other side
    Shape("short-length", (head(b"Content-Length: 5000") + PAGE,), truncated="disconnect", fails=True),
    Shape("cut-chunk", (head(CHUNKED) + b"99\r\n" + PAGE,), truncated="disconnect", fails=True),
    Shape("cut-between-chunks", (head(CHUNKED) + chunk(PAGE),), truncated="disconnect", fails=True),
    Shape("cut-after-zero", (head(CHUNKED) + chunk(PAGE) + b"0\r\n",), truncated="disconnect", fails=True),
    Shape("cut-in-head", (b"HTTP/1.1 200 OK\r\nContent-Le",), truncated="disconnect", fails=True),
    Shape("cut-large", (head(b"Content-Length: 2000000") + LARGE_4,), truncated="disconnect", fails=True),
    Shape("cut-after-hints", (HINTS + OK[:40],), kept=OK[:40], interim=HINTS, truncated="disconnect", fails=True),
    Shape("hints-alone", (HINTS,), kept=b"", interim=HINTS, fails=True),
    Shape("reset", (head(status=b"HTTP/1.0 200 OK") + PAGE, 0.2), ends="reset", truncated="disconnect"),
    Shape(
        "reset-in-length", (head(b"Content-Length: 5000") + PAGE, 0.2), ends="reset", truncated="disconnect", fails=True
    ),
    Shape("empty-reply", (), fails=True),
    # cut: by our own limits
    Shape("slow-body", (head(length(PAGE)) + PAGE[:20],), ends="hold", truncated="time", fails=True, meta=SLOW),
    Shape("slow-head", (b"HTTP/1.1 200 OK\r\nX-Slow: ye",), ends="hold", truncated="time", fails=True, meta=SLOW),
    Shape("says-too-much", (head(b"Content-Length: 9000000") + LARGE,), ends="hold", truncated="length", fails=True),
    Shape("sends-too-much", (head(CHUNKED) + chunk(LARGE * 4),), ends="hold", truncated="length", fails=True),
]
BY_NAME = {shape.name: shape for shape in SHAPES}
