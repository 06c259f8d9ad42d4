"""HTTP messages as bytes: what servers really send is taken apart without losing anything."""

from __future__ import annotations

import gzip
import subprocess
import sys
import tracemalloc
import zlib

import brotli
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive import http
from archive.http import DecodeError, dechunk, entity, parse_response, payload, split_head


def chunked(body: bytes, sizes: list[int], extension: bytes = b"") -> bytes:
    out, at = b"", 0
    for size in [*sizes, len(body)]:
        piece = body[at : at + size]
        at += len(piece)
        if piece:
            out += b"%x%s\r\n%s\r\n" % (len(piece), extension, piece)
    return out + b"0\r\nX-Trailer: 1\r\n\r\n"


@given(
    st.binary(max_size=3000), st.lists(st.integers(1, 700), max_size=8), st.sampled_from([b"", b";a=b", b' ; q="x"'])
)
def test_dechunk_undoes_chunking_with_extensions_and_trailers(body: bytes, sizes: list[int], extension: bytes) -> None:
    assert dechunk(chunked(body, sizes, extension)) == body


SCRAPS = [
    b"-",
    b"+",
    b"0",
    b"5",
    b"f",
    b"0x",
    b"_",
    b" ",
    b";",
    b"\r\n",
    b"\n",
    b"-5\r\n",
    b"+5\r\n",
    b"1_0\r\n",
    b"3\r\nabc",
]


@pytest.mark.timeout(60)
@given(st.one_of(st.binary(max_size=400), st.lists(st.sampled_from(SCRAPS), max_size=40).map(b"".join)))
@example(b"-5\r\nabc\r\n")
def test_dechunk_of_anything_returns_or_names_the_byte(body: bytes) -> None:
    problem = ""
    try:
        dechunk(body)
    except DecodeError as error:
        problem = str(error)
    assert not problem or "at byte" in problem


@pytest.mark.parametrize("size", [b"-5", b"+5", b"0x5", b"1_0", b"", b"5" * 17, "５".encode()])
def test_a_chunk_size_is_hex_digits_and_nothing_else(size: bytes) -> None:
    with pytest.raises(DecodeError, match="at byte 8"):
        dechunk(b"3\r\nabc\r\n" + size + b"\r\nhello\r\n0\r\n\r\n")


def test_a_cut_last_chunk_is_kept() -> None:
    assert dechunk(b"5\r\nhello\r\n9\r\nwor") == b"hellowor"


@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        ("gzip", gzip.compress),
        ("X-GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda b: zlib.compress(b)[2:-4]),
        ("br", brotli.compress),
        ("zstd", http.zstd.compress),
    ],
)
def test_payload_undoes_content_codings_under_chunking_in_any_case(coding: str, encode) -> None:
    body = "年度报告".encode() * 50
    head = f"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\ncontent-encoding: {coding}\r\n\r\n".encode()
    message = parse_response(head + chunked(encode(body), [7, 30], b";x=1"))
    assert payload(message) == body
    assert entity(message) == encode(body)


def test_a_damaged_coding_names_itself() -> None:
    message = parse_response(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip")
    with pytest.raises(DecodeError, match="gzip"):
        payload(message)


CODINGS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda body: brotli.compress(body, quality=1),
    "zstd": http.zstd.compress,
}


def coded(coding: str, body: bytes) -> http.Message:
    return parse_response(f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n".encode() + body)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_bomb_stops_at_the_limit_and_is_never_whole_in_memory(coding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = CODINGS[coding](bytes(64 << 20))
    monkeypatch.setattr(http, "MAX_DECODED", 1_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(DecodeError, match=f"{coding}.*1000000 bytes.*from {len(bomb)}"):
            payload(coded(coding, bomb))
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("coding", CODINGS)
def test_a_body_of_just_the_limit_is_read_and_one_byte_more_is_not(
    coding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = bytes(range(256)) * 20_000  # several pieces
    message = coded(coding, CODINGS[coding](body))
    monkeypatch.setattr(http, "MAX_DECODED", len(body))
    assert payload(message) == body
    monkeypatch.setattr(http, "MAX_DECODED", len(body) - 1)
    with pytest.raises(DecodeError, match="at most"):
        payload(message)


@pytest.mark.parametrize("coding", CODINGS)
@given(body=st.binary(min_size=1, max_size=3000), data=st.data())
def test_a_cut_body_gives_what_its_bytes_decode_to(coding: str, body: bytes, data: st.DataObject) -> None:
    encoded = CODINGS[coding](body * 40)
    cut = data.draw(st.integers(0, len(encoded)))
    assert (body * 40).startswith(payload(coded(coding, encoded[:cut])))


def test_most_of_a_gzip_body_that_was_cut_is_read() -> None:
    body = "".join(f"第{n}条年度报告" for n in range(20_000)).encode()
    encoded = gzip.compress(body)
    assert len(payload(coded("gzip", encoded[: len(encoded) // 2]))) > len(body) // 3


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
@given(parts=st.lists(st.binary(max_size=50_000), min_size=1, max_size=6))
def test_members_one_after_the_other_are_read_whole(coding: str, parts: list[bytes]) -> None:
    assert payload(coded(coding, b"".join(map(CODINGS[coding], parts)))) == b"".join(parts)


def test_what_follows_the_last_gzip_member_is_dropped() -> None:
    assert payload(coded("gzip", gzip.compress(b"a") + b"\0\0<!-- cached -->")) == b"a"


def test_zstd_comes_from_the_standard_library_where_that_has_it() -> None:
    """As on Python 3.14, where the backport is not installed."""
    script = """
import sys, types, dataclasses, re, zlib, brotli
from backports import zstd
sys.modules["compression"] = types.ModuleType("compression")
sys.modules["compression"].zstd = zstd
sys.modules["backports"] = sys.modules["backports.zstd"] = None
sys.version_info = (3, 14, 0, "final", 0)
from archive import http
assert http.zstd is zstd
"""
    if sys.version_info < (3, 14):
        subprocess.run([sys.executable, "-c", script], check=True)


def test_bare_line_feeds_folding_and_lines_without_colon() -> None:
    message = parse_response(b"HTTP/1.0 404 \xd5\xd2\xb2\xbb\xb5\xbd\nX-A: 1\n  2\nnonsense\nvary: a\nVARY: b\n\nbody")
    assert (message.status, message.body) == (404, b"body")
    assert message.headers == [("X-A", "1 2"), ("vary", "a"), ("VARY", "b")]
    assert message.tokens("Vary") == ["a", "b"]
    assert message.reason.encode("latin-1").decode("gbk") == "找不到"


def test_what_is_no_response_is_refused() -> None:
    with pytest.raises(ValueError, match="status line"):
        parse_response(b"<html>")


def test_split_head_keeps_every_byte() -> None:
    message = b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n\r\n\r\nbody"
    assert split_head(message) == (b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", b"\r\n\r\nbody")
