"""Walking one portal with a spider class in this process: what `probe`, `add` and `check` do without the table of a crawl."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from twisted.internet import task

from crawler import keeping
from crawler.gate import gate
from crawler.ledger import Ledger
from crawler.spider import PortalSpider
from crawler.verdict import Tally, Verdict

T = TypeVar("T")
LOOK = 0.2  # seconds between two looks at how far a walk is
Seen = Callable[..., None]  # called with response=, request=, spider= for each page that came


class StoppedWalkError(RuntimeError):
    """The walk was stopped by hand before it came to its end."""


@dataclass(frozen=True)
class Walked:
    """A walk that ended: which run it was, what happened, what became of it."""

    run: str
    tally: Tally
    verdict: Verdict


class Walker:
    """Runs spider classes one after another in this process's reactor. Use `walk`."""

    def __init__(self, settings: Settings, watch: Callable[[Tally], None] | None) -> None:
        self.process = AsyncCrawlerProcess(settings)
        self.watch = watch
        self._live: Crawler | None = None

    async def __call__(self, spider: type[PortalSpider], seen: Seen | None = None, **arguments: Any) -> Walked:
        """Crawl with a class. Raises what the spider raises before its first request."""
        crawler = self._live = self.process.create_crawler(spider)
        if seen is not None:
            crawler.signals.connect(seen, signals.response_received, weak=False)
        await self.process.crawl(crawler, **arguments)
        ledger = crawler.get_extension(Ledger)
        if ledger is None or ledger.verdict is None or gate().stopped:
            raise StoppedWalkError(f"{spider.home_url}: stopped before the end of its walk")
        self._live = None
        return Walked(ledger.run, ledger.tally, ledger.verdict)

    def look(self) -> None:
        """Tell the watcher how far the walk is."""
        ledger = self._live.get_extension(Ledger) if self._live and self._live.crawling else None
        if ledger is not None and self.watch:
            ledger.tally.requests = ledger.keeper.requests
            self.watch(ledger.tally)


def walk(
    settings: Settings, job: Callable[[Walker], Coroutine[Any, Any, T]], watch: Callable[[Tally], None] | None = None
) -> T:
    """Run a job that walks, to its end (blocking; once per process). The data folder is NIANBAO_DATA of the settings.

    Raises ArchiveError and CatalogueError when the folder cannot be used, StoppedWalkError on Ctrl-C.
    """
    walker = Walker(settings, watch)
    folder = Path(settings["NIANBAO_DATA"])
    keeping.acquire(folder, keeping.warc_facts(settings))
    loop = asyncio.get_event_loop()
    stops: list[asyncio.Task[Any]] = []

    def stop() -> None:
        gate().stop()
        stops.append(loop.create_task(walker.process.stop()))

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    done = loop.create_task(job(walker))
    done.add_done_callback(_end)
    task.LoopingCall(walker.look).start(LOOK, now=False)
    try:
        walker.process.start(stop_after_crawl=False, install_signal_handlers=False)
    finally:
        keeping.close_now(folder)
    if stops:
        raise StoppedWalkError("stopped before the end")
    return done.result()


def _end(done: object) -> None:
    from twisted.internet import reactor

    loop: Any = reactor
    if loop.running:
        loop.stop()


def subclass(platform: type[PortalSpider], home_url: str, **declared: Any) -> type[PortalSpider]:
    """A spider class made for one walk: a platform at a home page."""
    made: type[PortalSpider] = type(
        "Walk", (platform,), {"__module__": __name__, "name": f"walk_{os.getpid()}", "home_url": home_url, **declared}
    )
    return made
