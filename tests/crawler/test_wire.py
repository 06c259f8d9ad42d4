"""The bytes on the wire: what a raw socket sent is what the archive holds, and what it read is what the request record holds.

The replies are in tests/hostile/shapes.py. The WARC files are read with tests/hostile/warcs.py, not with our own reader.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from scrapy.core.downloader.handlers import http11
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.test import get_crawler
from twisted.web import _newclient
from twisted.web.client import HTTPConnectionPool

from archive.archive import Archive
from tests.hostile.crawl import WAYS, Crawled, crawled, rows_of
from tests.hostile.judge import exactly
from tests.hostile.shapes import BY_NAME, SHAPES, Shape
from tests.hostile.warcs import Record, by_uri


@dataclass
class Kept:
    """One way's crawl with the records of each URL by type, and the capture rows."""

    crawl: Crawled
    records: dict[tuple[str, str], list[Record]]
    rows: list[dict[str, Any]]

    def of(self, shape: Shape, kind: str) -> list[Record]:
        return self.records.get((self.crawl.server.url(shape.name), kind), [])

    def row(self, shape: Shape) -> dict[str, Any]:
        [row] = [row for row in self.rows if row["url"] == self.crawl.server.url(shape.name)]
        return row


@pytest.fixture(scope="module")
def all_kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Kept]]:
    with crawled(tmp_path_factory.mktemp("hostile")) as ways:
        yield {way: Kept(each, by_uri(each.data), rows_of(each.data)) for way, each in ways.items()}


@pytest.fixture(params=WAYS)
def kept(request: pytest.FixtureRequest, all_kept: dict[str, Kept]) -> Kept:
    return all_kept[request.param]


each_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)


@each_shape
def test_a_reply_is_kept_byte_for_byte_and_marked_when_it_was_cut(kept: Kept, shape: Shape) -> None:
    replies = kept.of(shape, "response")
    if not shape.reply:
        assert replies == []
        return
    [reply] = replies
    assert exactly(shape, reply.block)
    assert reply.get("WARC-Truncated") == shape.truncated


@each_shape
def test_a_request_is_kept_as_the_server_read_it(kept: Kept, shape: Shape) -> None:
    [request] = kept.of(shape, "request")
    assert request.block == kept.crawl.server.read[shape.name][-1]


@each_shape
def test_what_went_wrong_and_interim_heads_are_told_in_the_metadata(kept: Kept, shape: Shape) -> None:
    [metadata] = kept.of(shape, "metadata")
    facts = metadata.facts()
    assert facts.get("interim", "").encode("latin-1") == shape.interim
    assert bool(facts.get("fetch-error")) == shape.fails


def test_the_archive_gives_back_the_same_bytes(kept: Kept) -> None:
    archive = Archive(kept.crawl.data)
    try:
        for shape in SHAPES:
            row = kept.row(shape)
            assert row["truncated"] == shape.truncated, shape.name
            assert bool(row["error"]) == shape.fails, shape.name
            if shape.reply:
                assert exactly(shape, archive.response(row)), shape.name
    finally:
        archive.close()


def test_records_say_whom_they_asked_and_in_which_protocol(kept: Kept) -> None:
    [plain] = kept.of(BY_NAME["plain"], "response")
    [old] = kept.of(BY_NAME["to-the-end"], "response")
    tls = ["tls/1.3"] if kept.crawl.server.scheme == "https" else []
    assert plain.all("WARC-Protocol") == ["http/1.1", *tls]
    assert old.all("WARC-Protocol") == ["http/1.0", *tls]
    assert bool(plain.get("WARC-Cipher-Suite")) == bool(tls)
    address = None if kept.crawl.proxy else kept.crawl.server.host  # a proxy keeps to itself whom it asked
    assert plain.get("WARC-IP-Address") == address


def test_a_proxy_is_used_for_all_and_its_own_answer_is_not_in_the_records(kept: Kept) -> None:
    proxy = kept.crawl.proxy
    if proxy is None:
        return
    methods = {line.split(b" ")[0] for line in proxy.asked}
    assert (b"CONNECT" in methods) == (kept.crawl.server.scheme == "https")
    assert not any(b"Connection established" in record.block for found in kept.records.values() for record in found)


def test_connections_are_used_again_and_a_dead_one_costs_nothing(kept: Kept) -> None:
    read = kept.crawl.server.read
    assert len(read["on-a-dead-connection"]) == 2, "expected Twisted to ask again, on a new connection"
    assert len(read["second-of-two"]) == 1
    asked = sum(len(requests) for requests in read.values())
    assert kept.crawl.server.connections < asked


def test_servers_are_offered_gzip_and_deflate_and_nothing_else(kept: Kept) -> None:
    for requests in kept.crawl.server.read.values():
        assert all(b"\r\nAccept-Encoding: gzip, deflate\r\n" in request for request in requests)


def test_the_private_names_that_the_seam_stands_on_are_still_there() -> None:
    """When this fails Scrapy or Twisted moved something: mend the file of crawler/ that is named, and nothing else."""
    factory = http11._LenientHTTP11ClientFactory(lambda protocol: None, repr)
    robots = RobotsTxtMiddleware(get_crawler(settings_dict={"ROBOTSTXT_OBEY": True}))
    protocol = ("request", "dataReceived", "connectionLost", "_finishResponse", "_giveUp", "_parser", "_currentRequest")
    for file, owner, names in (
        ("wire.py", http11._LenientHTTP11ClientProtocol, protocol),
        ("wire.py", http11._LenientHTTPClientParser, ("MAX_LENGTH", "headerReceived", "lineLengthExceeded")),
        ("wire.py", factory, ("buildProtocol", "_quiescentCallback")),
        ("wire.py", HTTPConnectionPool, ("_factory",)),
        ("wire.py", _newclient.Request, ("writeTo",)),
        ("wire.py", _newclient, ("ParseError",)),
        ("robots.py", robots, ("process_request_2", "_parse_robots", "_robots_error", "_parsers", "_parserimpl")),
        ("budget.py", HttpCompressionMiddleware(crawler=get_crawler()), ("_max_size",)),
        ("loader.py", SpiderLoader, ("_load_all_spiders", "_load_spiders", "_check_name_duplicates")),
    ):
        for name in names:
            assert hasattr(owner, name), f"{owner!r} has no {name} any more: see crawler/{file}"
    for name in ("_pool", "_contextFactory"):
        assert name in http11.HTTP11DownloadHandler.__init__.__code__.co_names, "see crawler/wire.py"


def test_the_capture_is_what_the_settings_use() -> None:
    settings = importlib.import_module("crawler.settings")
    assert set(settings.DOWNLOAD_HANDLERS.values()) == {"crawler.wire.WireDownloadHandler", None}
