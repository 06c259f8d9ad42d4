"""The crawls that `python -m tests.throughput` times: each kind still crawls under today's code."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.throughput import crawl

PAGES = 4


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = "<html><h1>云棠市教育局2022年政府信息公开工作年度报告</h1><p>一、总体情况</p></html>".encode()
        self.send_response(404 if self.path == "/robots.txt" else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keep quiet: what was asked is counted by the crawl."""


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    listed = tmp_path_factory.mktemp("throughput") / "urls"
    listed.write_text("\n".join(f"http://127.0.0.1:{server.server_port}/{number}.html" for number in range(PAGES)))
    yield listed
    server.shutdown()


@pytest.mark.parametrize("how", ["plain", "capture", "warc", "catalogue", "reading"])
def test_each_kind_of_crawl_still_crawls(how: str, urls: Path, tmp_path: Path) -> None:
    assert crawl(how, 0, urls, tmp_path / "data")["pages"] == PAGES
