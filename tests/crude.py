"""Crawlers that know nothing of reports, over the same portals: `wget -r`, and a breadth-first Scrapy spider.

They reach a farm through a proxy on loopback that counts what they ask, and are stopped at a number of requests.
`python -m tests.crude URL DOMAIN` is the spider.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.linkextractors import LinkExtractor

from tests.evaluate import ROOT
from tests.portals.farm import Farm

LONGEST = 120.0  # seconds for one portal
POLL = 0.05


@dataclass
class Proxy:
    """A proxy that answers for the farm, and remembers which addresses were had."""

    farm: Farm
    had: list[str] = field(default_factory=list)
    asked: int = 0
    port: int = 0

    def answer(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Any:
        """The farm's reply to a request in absolute form."""
        parts = urlsplit(url)
        target = parts._replace(scheme="", netloc="").geturl() or "/"
        reply = self.farm.reply(method, parts.hostname or "", target, headers, body)
        self.asked += 1
        if reply.status == 200:
            self.had.append(url)
        return reply


@contextmanager
def proxy(farm: Farm) -> Iterator[Proxy]:
    """A running proxy on a free port of loopback."""
    found = Proxy(farm)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = found.answer(self.command, self.path, headers, body)
            self.send_response_only(reply.status or 502, reply.reason or "Bad Gateway")
            for name, value in reply.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        do_HEAD = do_POST = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Nothing: the counts are what is wanted."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": POLL}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def wget(url: str, domain: str) -> list[str]:
    """The command that follows all links of a portal."""
    return ["wget", "-q", "-r", "-l", "inf", "-H", "-D", domain, "--delete-after", "--tries=1", "-T", "10", url]


def breadth_first(url: str, domain: str) -> list[str]:
    """The same with Scrapy, the nearest pages first."""
    return [sys.executable, "-m", "tests.crude", url, domain]


@dataclass(frozen=True)
class Harvest:
    """What a crude crawl cost, and which pages it had. `whole`: it came to its end by itself."""

    requests: int
    had: frozenset[str]
    whole: bool


def harvest(command: Callable[[str, str], list[str]], farm: Farm, url: str, most: int) -> Harvest:
    """Run a crawl of one portal of the farm until it ends or has made so many requests."""
    domain = (urlsplit(url).hostname or "").removeprefix("www.")
    with proxy(farm) as through, tempfile.TemporaryDirectory() as scratch:
        env = os.environ | {"http_proxy": f"http://127.0.0.1:{through.port}", "no_proxy": "", "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command(url, domain), cwd=scratch, env=env, stderr=subprocess.DEVNULL)
        until = time.monotonic() + LONGEST
        while process.poll() is None and through.asked < most and time.monotonic() < until:
            time.sleep(POLL)
        whole = process.poll() is not None
        process.kill()
        process.wait()
        return Harvest(min(through.asked, most), frozenset(through.had), whole)


class Everything(scrapy.Spider):
    """Follows every link within a domain."""

    name = "everything"

    def parse(self, response: Any) -> Iterator[Any]:
        if hasattr(response, "text"):
            for link in LinkExtractor(deny_extensions=[]).extract_links(response):
                yield response.follow(link.url)


def main() -> int:
    url, domain = sys.argv[1:]
    settings = {
        "DEPTH_PRIORITY": 1,
        "SCHEDULER_DISK_QUEUE": "scrapy.squeues.PickleFifoDiskQueue",
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "ROBOTSTXT_OBEY": True,
        "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "CRITICAL",
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
    }
    process = AsyncCrawlerProcess(settings)
    process.crawl(Everything, start_urls=[url], allowed_domains=[domain])
    process.start()
    return 0


if __name__ == "__main__":
    sys.exit(main())
