"""The archive in the network's place: what it answers, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.archive import Archive
from archive.exchange import Exchange, Wire
from crawler.standin import NoReplyError, NotArchivedError, StandIn

URL = "http://a.test/list"


def keep(archive: Archive, method: str, sent: bytes, status: str, body: bytes, error: str | None = None) -> None:
    head = f"{method} /list HTTP/1.1\r\nHost: a.test\r\nContent-Length: {len(sent)}\r\n\r\n".encode()
    answer = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body if status else b""
    exchange = Exchange(URL, method, Wire(head + sent), Wire(answer), complete=bool(status), error=error)
    archive.keep(exchange, {"url": URL, "method": method, "role": "list"})
    archive.commit()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    made = Archive(tmp_path / "data")
    yield made
    made.close()


def reply(tmp_path: Path, method: str = "GET", body: bytes = b"", url: str = URL) -> bytes:
    found = StandIn(tmp_path / "data")
    try:
        return found.reply(url, method, body, drawn=False)
    finally:
        found.close()


def test_the_newest_capture_answers_and_a_304_is_none(archive: Archive, tmp_path: Path) -> None:
    for status, body in (("200 OK", b"old"), ("200 OK", b"new"), ("304 Not Modified", b"")):
        keep(archive, "GET", b"", status, body)
    assert reply(tmp_path).endswith(b"new")
    keep(archive, "GET", b"", "404 Not Found", b"gone")
    assert reply(tmp_path).startswith(b"HTTP/1.1 404")


def test_a_repeated_page_is_put_together_from_its_original(archive: Archive, tmp_path: Path) -> None:
    page = b"<html>" + b"x" * 1000
    keep(archive, "GET", b"", "200 OK", page)
    keep(archive, "GET", b"", "200 OK", page)
    assert reply(tmp_path).endswith(page)


def test_posts_are_told_apart_by_what_they_sent(archive: Archive, tmp_path: Path) -> None:
    for page in (b"1", b"2"):
        keep(archive, "POST", b"page=" + page, "200 OK", b"rows of page " + page)
    assert reply(tmp_path, "POST", b"page=1").endswith(b"rows of page 1")
    assert reply(tmp_path, "POST", b"page=2").endswith(b"rows of page 2")
    with pytest.raises(NotArchivedError):
        reply(tmp_path, "POST", b"page=3")
    with pytest.raises(NotArchivedError):
        reply(tmp_path)


def test_what_brought_no_reply_brings_none_again(archive: Archive, tmp_path: Path) -> None:
    keep(archive, "GET", b"", "", b"", "connection lost")
    with pytest.raises(NoReplyError, match="connection lost"):
        reply(tmp_path)
    with pytest.raises(NotArchivedError):
        reply(tmp_path, url="http://a.test/never")
