"""HTTP messages as bytes: what servers really send is taken apart without losing anything."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@given(st.binary(max_size=400))
def test_dechunk_of_anything_returns_or_names_the_byte(body: bytes) -> None:
    problem = ""
    try:
        dechunk(body)
    except DecodeError as error:
        problem = str(error)
    assert not problem or "at byte" in problem


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
