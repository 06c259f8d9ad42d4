"""One crawl in a process of its own, pinned to one core: python -m tests.speed.crawl HOW CORE URLS FOLDER [PROXY].

Prints a line of JSON: pages, wall and CPU seconds from the first request until all is on disk and closed, without what
it takes to start Python and import Scrapy.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import scrapy
from scrapy import Request, signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from twisted.internet.task import LoopingCall

from archive.archive import Archive
from archive.exchange import Exchange
from archive.files import WarcFile
from archive.warc import Reply, records_of
from crawler import handover
from crawler.hosts import Hosts
from crawler.keeping import COMMIT_EVERY, Keeper

# The same for all: sixteen requests at a time (Scrapy's default), one for each host (ours never has more), no delay,
# robots.txt obeyed, no line of log per page, none of Scrapy's two servers inside the crawl.
COMMON = {
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY": 0,
    "ROBOTSTXT_OBEY": True,
    "LOG_LEVEL": "WARNING",
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
}
OURS = {"DELAY_FLOOR": 0.0, "ALLOW_PRIVATE_HOSTS": "127.0.0.0/8"}
PROXIED = {"CONCURRENT_REQUESTS_PER_DOMAIN": 16}  # as many connections stay open to a proxy, whatever hosts are behind


class Pages(scrapy.Spider):
    """Asks for the URLs of a file and counts what comes."""

    name = "pages"
    urls: Path
    proxy: str | None = None
    read: Callable[[scrapy.http.Response], object] | None = None
    pages = 0

    async def start(self) -> AsyncIterator[Request]:
        meta = {"proxy": self.proxy} if self.proxy else {}
        for url in self.urls.read_text().splitlines():
            yield Request(url, meta=dict(meta))

    def parse(self, response: scrapy.http.Response) -> None:
        self.pages += 1
        if self.read is not None:
            self.read(response)


class CaptureOnly(Keeper):
    """Takes what the handler captured and does nothing with it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler, self.bytes = crawler, 0
        self._hosts = Hosts(None)

    @property
    def hosts(self) -> Hosts:
        return self._hosts

    def raise_if_had(self, request: Request) -> None:
        pass

    def keep(self, exchange: Exchange, request: Request, security: Any = None) -> dict[str, Any]:
        self.bytes += len(exchange.response)
        return {}


class WarcOnly(CaptureOnly):
    """Writes WARC files with the archive's own code, synced as often, and no catalogue."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        folder = Path(crawler.settings["NIANBAO_DATA"])
        folder.mkdir()
        self.warc = WarcFile(folder, {"software": "nianbao"})
        self._timer = LoopingCall(self.warc.sync)
        self._timer.start(COMMIT_EVERY, now=False)
        crawler.signals.connect(self._end, signals.spider_closed)

    def keep(self, exchange: Exchange, request: Request, security: Any = None) -> dict[str, Any]:
        reply = Reply(exchange)
        facts = {"url": exchange.url, "method": exchange.method, "run": "run", "portal": "pages"}
        self.warc.write(*records_of(exchange, reply, facts))
        reply.close()
        return super().keep(exchange, request, security)

    def _end(self) -> None:
        self._timer.stop()
        self.warc.seal()
        self.warc.close()


def project(**changes: object) -> Settings:
    """The project's settings as `scrapy runspider` has them, with what is common to all crawls here."""
    settings = Settings()
    settings.setmodule("crawler.settings")
    settings.setdict({**COMMON, **OURS, **changes}, priority="cmdline")
    return settings


def instead_of_the_archive(keeper: str | None) -> dict[str, Any]:
    """EXTENSIONS with one of the keepers above in the archive's place, or with none."""
    off: dict[str, Any] = {"crawler.ledger.Ledger": None, "crawler.keeping.Keeper": None}
    return off | ({f"{__name__}.{keeper}": 10} if keeper else {})


def _bare(folder: Path) -> Settings:
    """The project's settings with all of our code taken out: what plain Scrapy gives under the same choices."""
    http = "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"
    settings = project(
        NIANBAO_DATA=None, EXTENSIONS=instead_of_the_archive(None), DOWNLOAD_HANDLERS={"http": http, "https": http}
    )
    for name in ("DOWNLOADER_MIDDLEWARES", "TWISTED_DNS_RESOLVER"):
        settings.set(name, Settings()[name], priority="cmdline")
    return settings


SETTINGS: Mapping[str, Callable[[Path], Settings]] = {
    "plain": lambda folder: Settings(COMMON),
    "bare": _bare,
    "capture": lambda folder: project(NIANBAO_DATA=str(folder), EXTENSIONS=instead_of_the_archive("CaptureOnly")),
    "warc": lambda folder: project(NIANBAO_DATA=str(folder), EXTENSIONS=instead_of_the_archive("WarcOnly")),
    "catalogue": lambda folder: project(NIANBAO_DATA=str(folder)),
    "reading": lambda folder: project(NIANBAO_DATA=str(folder)),
    "plain and reading": lambda folder: Settings(COMMON),
}


def _read_kept(response: scrapy.http.Response, archive: Archive) -> None:
    """As the ledger does: what the archive gives back is what is read."""
    body, headers = archive.page(response.meta["capture"])
    handover.read_page(body, headers, response.url)


def _read_live(response: scrapy.http.Response) -> None:
    handover.read_page(
        response.body, [("Content-Type", response.headers[b"Content-Type"].decode("latin-1"))], response.url
    )


def main() -> None:
    how, core, urls, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])
    os.sched_setaffinity(0, {core})
    proxy = sys.argv[5] if len(sys.argv) > 5 else None
    settings = SETTINGS[how](folder)
    if proxy:
        settings.setdict(PROXIED, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Pages)
    began: list[tuple[float, float]] = []

    def opened(spider: scrapy.Spider) -> None:
        began.append((time.perf_counter(), time.process_time()))

    crawler.signals.connect(opened, signals.spider_opened)
    spider: dict[str, Any] = {"urls": urls, "proxy": proxy}
    if how == "reading":
        spider["read"] = lambda response: _read_kept(response, crawler.get_extension(Keeper).archive)
    elif how == "plain and reading":
        spider["read"] = _read_live
    process.crawl(crawler, **spider)
    process.start()
    ended = time.perf_counter(), time.process_time()
    wall, cpu = (end - start for start, end in zip(began[0], ended, strict=True))
    print(json.dumps({"pages": crawler.spider.pages, "wall": wall, "cpu": cpu}))


if __name__ == "__main__":
    main()
