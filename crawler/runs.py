"""Running many portals: in one process, a bounded number at a time, one spider per host."""

from __future__ import annotations

import asyncio
import signal
import warnings
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoaderProtocol, get_spider_loader
from twisted.internet import task

from archive.retrieve import ArchiveError
from crawler import keeping
from crawler.gate import gate
from crawler.ledger import Ledger
from crawler.verdict import Tally, Verdict, Word

POLL = 0.2  # seconds between two looks at how far the runs are


class UnknownSpiderError(LookupError):
    """A name that no spider has; the message offers the nearest."""


@dataclass
class Outcome:
    """One portal's run as it ended, or as it stands now while `verdict` is None."""

    name: str
    tally: Tally = field(default_factory=Tally)
    verdict: Verdict | None = None
    run: str | None = None

    @property
    def ok(self) -> bool:
        return self.verdict is not None and self.verdict.word is Word.ok


Watcher = Callable[[Sequence[Outcome]], None]


def load_spiders(settings: Settings) -> tuple[SpiderLoaderProtocol, list[str]]:
    """The spiders of the project, and a line for each module that could not be imported or name that is used twice."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loader = get_spider_loader(settings)
    return loader, [str(w.message) for w in caught if issubclass(w.category, (RuntimeWarning, UserWarning))]


def choose(loader: SpiderLoaderProtocol, names: Sequence[str], everything: bool) -> list[str]:
    """The spiders asked for. Raises UnknownSpiderError for a name that there is not."""
    known = loader.list()
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 3, 0.5)
            hint = f"Did you mean {', '.join(near)}?" if near else "`scrapy list` shows all."
            raise UnknownSpiderError(
                f"{name}: expected the name of a spider, found none of that name among {len(known)}. {hint}"
            )
    return sorted(known) if everything else list(names)


class Runs:
    """Crawls the named portals. `watch` is called a few times a second with all outcomes so far."""

    def __init__(
        self,
        settings: Settings,
        loader: SpiderLoaderProtocol,
        names: Sequence[str],
        jobs: int,
        watch: Watcher | None = None,
        say: Callable[[str], None] = print,
    ) -> None:
        self.settings, self.loader, self.jobs, self.watch, self.say = settings, loader, jobs, watch, say
        self.outcomes = {name: Outcome(name) for name in names}
        self._waiting = deque(self.outcomes)
        self._live: dict[str, Crawler] = {}
        self._hosts: set[str] = set()
        self._stopping = self._ended_early = False
        self.failure: str | None = None
        self.unindexed = 0  # WARC files that the catalogue knows nothing of

    def go(self) -> list[Outcome]:
        """Run to the end (blocking; once per process). Raises ArchiveError or CatalogueError before the first request."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # modules that cannot be loaded were told by load_spiders
            self.process = AsyncCrawlerProcess(self.settings)
        folder = Path(self.settings["NIANBAO_DATA"])
        self.unindexed = keeping.acquire(folder, keeping.warc_facts(self.settings)).archive.unindexed
        loop = asyncio.get_event_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupt)
        driver = loop.create_task(self._drive())
        driver.add_done_callback(self._done)
        looking = task.LoopingCall(self._look)
        looking.start(POLL, now=False)
        try:
            self.process.start(stop_after_crawl=False, install_signal_handlers=False)
        finally:
            try:
                keeping.close_now(folder)
            except ArchiveError as error:
                self.failure = str(error)
        if self._stopping:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is left is a moment's work: say what came of it
        if driver.done() and not driver.cancelled():
            driver.result()  # raises what went wrong in the driver itself
        for outcome in self.outcomes.values():
            if outcome.verdict is None and outcome.tally.requests:
                advice = f"`nianbao crawl {outcome.name}` goes on from what was kept."
                outcome.verdict = Verdict(Word.degraded, "stopped at once by hand", advice)
        self._look()
        return list(self.outcomes.values())

    def _interrupt(self) -> None:
        """The first time: let each portal finish its page, keep it, and end. The second time: end now."""
        if self._stopping:
            from twisted.internet import reactor

            loop: Any = reactor
            loop.crash()  # without waiting for anything; `go` still commits and closes the archive
            return
        self._stopping = True
        gate().stop()
        self.say("stopping: each portal finishes the page it is at (once more to stop at once)")
        self._stop = asyncio.get_event_loop().create_task(self.process.stop())

    def _done(self, driver: object = None) -> None:
        from twisted.internet import reactor

        loop: Any = reactor
        if loop.running:
            loop.stop()

    @property
    def _over(self) -> bool:
        return self._stopping or self._ended_early

    @property
    def interrupted(self) -> bool:
        """Whether the runs were stopped from outside before all were done."""
        return self._stopping

    async def _drive(self) -> None:
        tasks: set[asyncio.Task[None]] = set()
        while (self._waiting and not self._over) or tasks:
            while self._waiting and not self._over and len(tasks) < self.jobs and (name := self._next()):
                tasks.add(asyncio.create_task(self._one(name)))
            done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for finished in done:
                finished.result()

    def _next(self) -> str | None:
        """The first waiting portal whose host nobody crawls now."""
        for name in list(self._waiting):
            if self._host(name) not in self._hosts:
                self._waiting.remove(name)
                return name
        return None

    def _host(self, name: str) -> str:
        return urlsplit(getattr(self.loader.load(name), "home_url", name)).netloc

    async def _one(self, name: str) -> None:
        host = self._host(name)
        self._hosts.add(host)
        crawler = self._live[name] = self.process.create_crawler(name)
        try:
            await self.process.crawl(crawler)
        except Exception as error:  # noqa: BLE001  one spider that cannot even start must not cost the others
            self.outcomes[name].verdict = Verdict(
                Word.broken,
                f"{type(error).__name__}: {error}",
                "Correct the spider: it failed before its first request.",
            )
        else:
            if text := crawler.stats.get_value("nianbao/archive_error"):
                self.failure = str(text)
        finally:
            self._hosts.discard(host)
        self._note(name, crawler)
        reason = self.outcomes[name].tally.finish_reason
        if reason == "archive_error":
            self._ended_early = True

    def _note(self, name: str, crawler: Crawler) -> None:
        try:
            ledger = crawler.get_extension(Ledger)
        except RuntimeError:  # not started yet, or failed before it could
            return
        if ledger is None:
            return
        outcome = self.outcomes[name]
        ledger.tally.requests, ledger.tally.bytes = ledger.keeper.requests, ledger.keeper.bytes
        outcome.tally = ledger.tally
        outcome.run = getattr(ledger, "run", None)
        if ledger.verdict is not None:
            outcome.verdict = ledger.verdict
            self._live.pop(name, None)

    def _look(self) -> None:
        for name, crawler in list(self._live.items()):
            self._note(name, crawler)
        if self.watch:
            self.watch(list(self.outcomes.values()))


def project_settings(overrides: dict[str, Any]) -> Settings:
    """The project's settings with the command's overrides on top."""
    from scrapy.utils.project import get_project_settings

    settings = get_project_settings()
    settings.setdict({k: v for k, v in overrides.items() if v is not None}, priority="cmdline")
    return settings
