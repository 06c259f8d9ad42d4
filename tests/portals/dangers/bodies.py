"""Replies that are too much, too slow, or none: bombs, floods, drips, and servers that stop in the middle."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from functools import cache

import brotli

from ..little import Ask, Pieces, html, reply, report, rows
from .base import Hazard, on

BLANKS = b"<p>" + b" " * ((1 << 20) - 3)  # a mebibyte
MEBIBYTES = 128  # of a bomb, unpacked
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"


@cache
def _zipped(bits: int) -> bytes:
    packer = zlib.compressobj(1, wbits=bits)
    return b"".join(packer.compress(BLANKS) for _ in range(MEBIBYTES)) + packer.flush()


@cache
def _brotli() -> bytes:
    packer = brotli.Compressor(quality=1)
    return b"".join(packer.process(BLANKS) for _ in range(MEBIBYTES)) + packer.finish()


@cache
def _nested() -> bytes:
    return gzip.compress(_zipped(31), 1)


def prepare() -> None:
    """Make the bombs: not while a client waits."""
    _nested(), _zipped(15), _brotli()


def _packed(coding: str, body: Callable[[], bytes]) -> Callable[[Ask], Pieces]:
    return lambda ask: reply(body(), f"Content-Encoding: {coding}")


def _gigabyte(ask: Ask) -> Pieces:
    yield HEAD + b"Content-Length: 1073741824\r\n\r\n"
    while True:
        yield BLANKS


def _endless(ask: Ask) -> Pieces:
    yield HEAD + b"\r\n"
    while True:
        yield BLANKS


def _endless_chunks(ask: Ask) -> Pieces:
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"%x\r\n" % len(BLANKS) + BLANKS + b"\r\n"


def _drip(ask: Ask) -> Pieces:
    yield HEAD + b"Content-Length: 5000\r\n\r\n"
    for _ in range(100):
        yield 0.2
        yield b" "


def _drip_head(ask: Ask) -> Pieces:
    yield b"HTTP/1.1 200 OK\r\nX-Slow: "
    for _ in range(100):
        yield 0.2
        yield b"y"


def _many_headers(ask: Ask) -> Pieces:
    yield HEAD
    for start in range(0, 100_000, 1000):
        yield b"".join(b"X-Header-%d: some value\r\n" % n for n in range(start, start + 1000))
    yield b"\r\nbody"


def _long_header(ask: Ask) -> Pieces:
    yield HEAD + b"X-Long: "
    for _ in range(10):
        yield b"y" * (1 << 20)
    yield b"\r\n\r\nbody"


def _stops_in_the_list(ask: Ask) -> Pieces:
    whole = html(rows(), "<p>" * 1000).encode()
    yield HEAD + b"Content-Length: %d\r\n\r\n" % len(whole) + whole[: len(whole) // 2]


def _length(change: int) -> Callable[[Ask], Pieces]:
    page = report(2021).encode()
    return lambda ask: [HEAD + b"Content-Length: %d\r\n\r\n" % (len(page) + change) + page]


def _bad(name: str, says: str, answer: Pieces | Callable[[Ask], Pieces], problem: str, most: int = 12) -> Hazard:
    """One of the three reports cannot be had, and that is told; the others are read."""
    return Hazard(name, says, on({"/nb/2021.html": answer}), "degraded", 2, problem, most=most)


HAZARDS = (
    _bad("bomb-gzip", "128 MiB of blanks in half a MiB of gzip", _packed("gzip", lambda: _zipped(31)), "too_big"),
    _bad("bomb-deflate", "the same by deflate", _packed("deflate", lambda: _zipped(15)), "too_big"),
    _bad("bomb-br", "the same by Brotli, which was not asked for", _packed("br", _brotli), "too_big"),
    _bad("bomb-nested", "gzip in gzip", _packed("gzip, gzip", _nested), "too_big"),
    _bad("gigabyte", "a Content-Length of a gigabyte", _gigabyte, "too_big"),
    _bad("endless-body", "a body without a length or an end", _endless, "too_big"),
    _bad("endless-chunks", "chunks without an end", _endless_chunks, "too_big"),
    _bad("drip", "a byte now and then", _drip, "unreachable"),
    _bad("drip-head", "a header's byte now and then", _drip_head, "unreachable"),
    _bad("many-headers", "100,000 headers", _many_headers, "unreachable"),
    _bad("long-header", "a header of 10 MiB", _long_header, "unreachable"),
    _bad("http-0-9", "a page without a head (HTTP/0.9)", [report(2021).encode()], "unreachable"),
    _bad("length-too-long", "a Content-Length beyond the page", _length(99), "unreachable"),
    _bad("empty-200", "200 and nothing", reply(""), "nothing"),
    _bad("hangs-up", "no answer at all", [], "unreachable"),
    Hazard("length-too-short", "a Content-Length within the page", on({"/nb/2021.html": _length(-200)})),
    Hazard(
        "stops-in-the-list",
        "a list that breaks off in the middle",
        on({"/nb/": _stops_in_the_list}),
        "broken",
        0,
        "unreachable",
    ),
)
