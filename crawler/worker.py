"""One portal in a process of its own: what a child of `Runs` (crawler/runs.py) does from its fork to its end."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import time
import warnings
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from twisted.internet import task

from archive.catalogue import CatalogueError
from archive.retrieve import ArchiveError
from crawler import keeping
from crawler.gate import gate
from crawler.ledger import Ledger
from crawler.verdict import Tally, Verdict, Word

POLL = 0.2  # seconds between two words to the parent
AT_ONCE = signal.SIGUSR2  # from the parent: end now; SIGTERM, and Ctrl-C in a terminal: finish the page
LAST_PAGE = 75.0  # seconds for the page under way when a run is stopped: DOWNLOAD_TIMEOUT, and some
PR_SET_PDEATHSIG = 1  # prctl(2)
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass
class News:
    """What a child tells its parent: how far it is, and at the end what came of it."""

    tally: Tally = field(default_factory=Tally)
    run: str | None = None
    verdict: Verdict | None = None
    failure: str | None = None  # why the data folder takes no more
    last: bool = False


def work(name: str, settings: Settings, parent: int, pipe: Connection) -> None:
    """Crawl one portal and tell the parent through the pipe. The body of a child process."""
    die_with(parent)
    Worker(name, settings, parent, pipe).go()


def die_with(parent: int) -> None:
    """Have the kernel send SIGTERM when the parent dies: no orphan crawls on."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it was faster
        raise SystemExit(1)


class Worker:
    """The crawl of one portal, once per process."""

    def __init__(self, name: str, settings: Settings, parent: int, pipe: Connection) -> None:
        self.name, self.settings, self.parent, self.pipe = name, settings, parent, pipe
        self.news = News()
        self._told: tuple[int, int] = (-1, -1)
        self._crawler: Crawler | None = None
        self._stopped_at: float | None = None

    def go(self) -> None:
        """Crawl to the end, close the archive, tell the last news."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # until there is something to stop
        folder = Path(self.settings["NIANBAO_DATA"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # modules that cannot be loaded were told by load_spiders
            self.process = AsyncCrawlerProcess(self.settings)
        try:
            keeping.acquire(folder, keeping.warc_facts(self.settings), checked=True)
            self._crawl()
        except (ArchiveError, CatalogueError) as error:
            self.news.failure = str(error)
        try:
            keeping.close_now(folder)
        except ArchiveError as error:
            self.news.failure = str(error)
        self.news.last = True
        self._tell()

    def _crawl(self) -> None:
        loop = asyncio.get_event_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._finish_the_page)
        loop.add_signal_handler(AT_ONCE, self._end_now)
        run = loop.create_task(self._run())
        run.add_done_callback(self._stop_loop)
        looking = task.LoopingCall(self._look)
        looking.start(POLL, now=False)
        self.process.start(stop_after_crawl=False, install_signal_handlers=False)
        for number in (signal.SIGINT, signal.SIGTERM, AT_ONCE):
            signal.signal(number, signal.SIG_IGN)  # what is left is a moment's work
        if run.done() and not run.cancelled():
            run.result()  # raises what went wrong here
        self._note()

    async def _run(self) -> None:
        self._crawler = self.process.create_crawler(self.name)
        try:
            await self.process.crawl(self._crawler)
        except Exception as error:  # noqa: BLE001  a spider that cannot even start is a verdict
            self.news.verdict = Verdict(
                Word.broken,
                f"{type(error).__name__}: {error}",
                "Correct the spider: it failed before its first request.",
            )
            return
        if text := self._crawler.stats.get_value("nianbao/archive_error"):
            self.news.failure = str(text)

    def _finish_the_page(self) -> None:
        """Let the page under way come, keep it, and end."""
        if self._stopped_at is not None:
            return
        self._stopped_at = time.monotonic()
        engine = self._crawler.engine if self._crawler else None
        begun = engine is not None and engine.running  # else no page is under way, and nothing that could be stopped
        if not begun or os.getppid() != self.parent:  # an orphan holds hosts that the next command wants
            self._end_now()
            return
        gate().stop()
        self._stop = asyncio.get_event_loop().create_task(self.process.stop())

    def _end_now(self) -> None:
        """End without waiting for anything; `go` still commits and closes the archive."""
        gate().stop()
        from twisted.internet import reactor

        loop: Any = reactor
        loop.crash()

    def _stop_loop(self, run: object) -> None:
        from twisted.internet import reactor

        loop: Any = reactor
        if loop.running:
            loop.stop()

    def _note(self) -> None:
        try:
            ledger = self._crawler.get_extension(Ledger) if self._crawler else None
        except RuntimeError:  # not started yet, or failed before it could
            return
        if ledger is not None:
            ledger.tally.requests, ledger.tally.bytes = ledger.keeper.requests, ledger.keeper.bytes
            self.news.tally, self.news.run = ledger.tally, getattr(ledger, "run", None)
            self.news.verdict = ledger.verdict or self.news.verdict

    def _look(self) -> None:
        orphan = os.getppid() != self.parent  # the kernel's word may have come when nobody listened
        late = self._stopped_at is not None and time.monotonic() - self._stopped_at > LAST_PAGE
        if orphan or late:
            self._end_now()
        self._note()
        now = (self.news.tally.requests, sum(self.news.tally.problems.values()))
        if now != self._told:
            self._told = now
            self._tell()

    def _tell(self) -> None:
        if os.getppid() == self.parent:  # else nobody reads it, and a full pipe would hold us
            self.pipe.send(self.news)
