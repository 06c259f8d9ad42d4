"""What no reply alone can show: nothing sent, stopped by the spider, junk on an idle connection, limits, codings asked for."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.wire import readable
from tests.hostile.crawl import rows_of, start_spider, wait_for
from tests.hostile.server import HostileServer, PassingProxy
from tests.hostile.shapes import BY_NAME, LARGE, OK, Shape
from tests.hostile.warcs import Record, by_uri


def run(folder: Path, body: str) -> tuple[dict[tuple[str, str], list[Record]], dict[str, dict[str, Any]], str]:
    """Run a spider whose class body is given. Returns records by URI and type, capture rows by URL, and the log."""
    spider = folder / "odd.py"
    spider.write_text(
        "import scrapy\nfrom scrapy import Request, signals\nfrom scrapy.exceptions import StopDownload\n"
        "class Odd(scrapy.Spider):\n    name = 'odd'\n    custom_settings = {'RETRY_ENABLED': False}\n"
        "    def parse(self, response): pass\n    def failed(self, failure): pass\n" + body
    )
    log = wait_for(start_spider(spider, folder / "data"))
    return by_uri(folder / "data"), {row["url"]: row for row in rows_of(folder / "data")}, log


@pytest.fixture
def server() -> Iterator[HostileServer]:
    server = HostileServer("http")
    yield server
    server.close()


class NoTls(HostileServer):
    """Answers a handshake in plain HTTP, as a wrong port does; or not at all."""

    def __init__(self, silent: bool) -> None:
        self.silent = silent
        super().__init__("https")

    def serve(self, connection: socket.socket) -> None:
        while connection.recv(65536):
            if not self.silent:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return


def test_a_fetch_of_which_no_byte_was_sent_leaves_a_record_of_the_failure(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    proxy, no_tls, silent = PassingProxy(forbids=True), NoTls(silent=False), NoTls(silent=True)
    errors = {
        f"http://127.0.0.1:{port}/robots.txt": "DownloadConnectionRefusedError",
        "http://nowhere.invalid/robots.txt": "CannotResolveHostError",
        no_tls.url("robots.txt"): "DownloadFailedError",
        silent.url("robots.txt"): "DownloadTimeoutError",
        "https://www.shiyan.portal.test/robots.txt": "TunnelError",
    }
    try:
        records, rows, _ = run(
            tmp_path,
            "    async def start(self):\n"
            f"        for url in {list(errors)!r}:\n"
            "            meta = {'dont_obey_robotstxt': True, 'download_timeout': 2}\n"
            "            if 'portal.test' in url:\n"
            f"                meta['proxy'] = {proxy.url!r}\n"
            "            yield Request(url, meta=meta, errback=self.failed)\n",
        )
    finally:
        for each in (proxy, no_tls, silent):
            each.close()
    for url, error in errors.items():
        assert (url, "request") not in records, "nothing was sent"
        assert (url, "response") not in records
        assert len(records[url, "metadata"]) == (2 if url == no_tls.url("robots.txt") else 1), "by both TLS profiles"
        for metadata in records[url, "metadata"]:
            assert error in metadata.facts()["fetch-error"]
        assert error in rows[url]["error"]


def test_a_download_that_the_spider_stops_is_marked_so(tmp_path: Path, server: HostileServer) -> None:
    records, rows, _ = run(
        tmp_path,
        "    @classmethod\n"
        "    def from_crawler(cls, crawler):\n"
        "        spider = super().from_crawler(crawler)\n"
        "        crawler.signals.connect(spider.at_head, signals.headers_received)\n"
        "        crawler.signals.connect(spider.at_data, signals.bytes_received)\n"
        "        return spider\n"
        "    def at_head(self, request):\n"
        "        if 'plain' in request.url or 'slow' in request.url:\n"
        "            raise StopDownload(fail=True)\n"
        "    def at_data(self, request):\n"
        "        if 'large' in request.url or 'to-the-end' in request.url:\n"
        "            raise StopDownload(fail=False)\n"
        "    async def start(self):\n"
        "        for name in ('plain', 'large', 'to-the-end', 'slow-body', 'drip'):\n"
        f"            yield Request({server.url('')!r} + name, errback=self.failed)\n",
    )
    for name in ("large", "to-the-end", "slow-body"):
        [reply] = records[server.url(name), "response"]
        assert BY_NAME[name].sent.startswith(reply.block)
        assert reply.get("WARC-Truncated") == "unspecified"
        assert rows[server.url(name)]["truncated"] == "unspecified"
    [plain] = records[server.url("plain"), "response"]
    assert plain.block == OK, "all of it had come by then, and its framing says so"
    assert [each.get("WARC-Truncated") for each in records[server.url("drip"), "response"]] == [None]


JUNK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\njunk"


@pytest.mark.parametrize(
    ("sends", "delay"),
    [
        ((OK, 0.15, JUNK), 0.6),  # while nothing is asked
        ((OK + JUNK, 0.3, JUNK), 0.0),  # its second half when the next request is under way
    ],
)
def test_junk_after_a_reply_is_not_taken_for_the_next_reply(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sends: tuple[bytes | float, ...], delay: float
) -> None:
    monkeypatch.setitem(BY_NAME, "junk", Shape("junk", sends, ends="stay"))
    server = HostileServer("http")
    try:
        records, _, _ = run(
            tmp_path,
            f"    custom_settings = {{'RETRY_ENABLED': False, 'DOWNLOAD_DELAY': {delay}}}\n"
            "    async def start(self):\n"
            "        for at, name in enumerate(('junk', 'plain')):\n"
            f"            yield Request({server.url('')!r} + name, priority=-at)\n",
        )
    finally:
        server.close()
    assert [record.block for record in records[server.url("junk"), "response"]] == [OK]
    assert [record.block for record in records[server.url("plain"), "response"]] == [OK]


def test_a_spider_that_asks_for_brotli_gets_what_can_be_read_later(tmp_path: Path, server: HostileServer) -> None:
    records, _, _ = run(
        tmp_path,
        "    async def start(self):\n"
        f"        yield Request({server.url('plain')!r}, headers={{'Accept-Encoding': 'br, gzip;q=0.5'}})\n",
    )
    [request] = records[server.url("plain"), "request"]
    assert request.block == server.read["plain"][0]
    assert b"\r\nAccept-Encoding: gzip;q=0.5\r\n" in request.block


def test_a_limit_on_bytes_holds_for_replies_that_cannot_be_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: HostileServer
) -> None:
    flood = Shape("flood", (b"no head\n" + LARGE,), ends="hold")
    monkeypatch.setitem(BY_NAME, "flood", flood)
    records, _, _ = run(
        tmp_path,
        "    async def start(self):\n"
        f"        yield Request({server.url('flood')!r}, meta={{'download_maxsize': 300000}}, errback=self.failed)\n",
    )
    [reply] = records[server.url("flood"), "response"]
    assert 300_000 < len(reply.block) < 600_000
    assert flood.sent.startswith(reply.block)
    assert reply.get("WARC-Truncated") == "length"


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        (b"gzip, deflate, br, zstd", b"gzip, deflate"),
        (b"br;q=1.0, GZIP;q=0.5, *;q=0.1", b"GZIP;q=0.5"),
        (b"br", b"identity"),
        (b"identity", b"identity"),
    ],
)
def test_codings_that_later_tools_cannot_read_are_not_asked_for_whoever_wants_them(
    asked: bytes, offered: bytes
) -> None:
    assert readable(asked) == offered
