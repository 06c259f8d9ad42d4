"""Running many portals: a process for each, a bounded number at a time, one per host.

The children are forked from this process, which has loaded everything and opened nothing: a start costs some
milliseconds and what was loaded is shared (docs/benchmarks.md has forkserver and a fresh interpreter beside it). So
nothing here may start a thread, a reactor or a SQLite connection that is still open at a fork.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import time
import warnings
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoaderProtocol, get_spider_loader

from archive import recover
from archive.archive import utc_now
from archive.retrieve import ArchiveError
from crawler import keeping, lease, worker
from crawler.verdict import Tally, Verdict, Word, some
from crawler.warm import warm
from parsing.files import worker as files

POLL = 0.2  # seconds between two looks at how far the runs are

FEW = 2  # portals: for so many it does not pay to load what perhaps none of them needs

_fork = multiprocessing.get_context("fork")


class UnknownSpiderError(LookupError):
    """A name that no spider has; the message offers the nearest."""


@dataclass
class Outcome:
    """One portal's run as it ended, or as it stands now while `verdict` is None."""

    name: str
    tally: Tally = field(default_factory=Tally)
    verdict: Verdict | None = None
    run: str | None = None
    seconds: float | None = None  # that its process lived

    @property
    def ok(self) -> bool:
        return self.verdict is not None and self.verdict.word is Word.ok


@dataclass
class Child:
    """A portal's process, and the pipe that it tells its news through."""

    process: BaseProcess
    pipe: Connection
    host: str
    started: float
    news: worker.News = field(default_factory=worker.News)


Watcher = Callable[[Sequence[Outcome]], None]
Reason = Callable[[str], str | None]  # why a portal is not to be started now after all


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
            raise UnknownSpiderError(
                f"{name}: expected the name of a spider, found none of that name among {len(known)}. {_meant(loader, name)}"
            )
    return sorted(known) if everything else list(dict.fromkeys(names))


def _meant(loader: SpiderLoaderProtocol, name: str) -> str:
    """What somebody who wrote a name that there is not may have meant: a portal's address, a name alike, one not loaded."""
    known = loader.list()
    asked = (name.partition("//")[2] or name).partition("/")[0].lower()
    homes = {each: urlsplit(getattr(loader.load(each), "home_url", "")) for each in known}
    if at := [each for each, home in homes.items() if asked in (home.netloc.lower(), home.hostname)]:
        return f"It is the address of {', '.join(at)}."
    near = get_close_matches(name, known, 3, 0.5)
    hint = f"Did you mean {', '.join(near)}? " if near else "`scrapy list` shows all. " if known else ""
    return f"{hint}Where its module lies in another folder, say so by NIANBAO_SPIDERS or --spiders DIR."


def host_of(loader: SpiderLoaderProtocol, name: str) -> str:
    """The host of a portal's home page; the name itself for a spider that is no portal's."""
    home = getattr(loader.load(name), "home_url", "")
    return urlsplit(home).hostname or name


class Runs:
    """Crawls the named portals, in this order. `watch` is called a few times a second with all outcomes so far.

    `minutes` is what all of them have together. `why_not` is asked before each start.
    """

    def __init__(
        self,
        settings: Settings,
        loader: SpiderLoaderProtocol,
        names: Sequence[str],
        jobs: int,
        watch: Watcher | None = None,
        say: Callable[[str], None] = print,
        minutes: float | None = None,
        why_not: Reason = lambda name: None,
    ) -> None:
        self.settings, self.loader, self.jobs, self.watch, self.say = settings, loader, jobs, watch, say
        self.why_not = why_not
        self.folder = Path(settings["NIANBAO_DATA"])
        self.outcomes = {name: Outcome(name) for name in names}
        self.failure: str | None = None
        self.unindexed = 0  # WARC files that the catalogue knows nothing of
        self._end = time.monotonic() + minutes * 60 if minutes else None
        self._waiting = deque(self.outcomes)
        self._children: dict[str, Child] = {}
        self._interrupts = 0
        self._ended_early = False
        self._died: list[str] = []

    @property
    def interrupted(self) -> bool:
        """Whether the runs were stopped from outside before all were done."""
        return self._interrupts > 0

    def go(self) -> list[Outcome]:
        """Run to the end (blocking). Raises ArchiveError or CatalogueError before the first request."""
        archive = keeping.put_right(self.folder, keeping.warc_facts(self.settings))
        self.unindexed = archive.unindexed
        lease.let_orphans_end(archive.catalogue)
        archive.close()
        before = {number: signal.signal(number, self._interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
        if len(self._waiting) > 1:
            files.start()  # one for all
        if len(self._waiting) > FEW:
            warm(self.settings)
        gc.collect()
        gc.freeze()  # what is here now is the children's as well: the collector must not write to it
        try:
            with recover.writing(archive.warc_folder):  # between two children the folder is still ours
                self._drive()
        finally:
            for child in self._children.values():  # something went wrong here: nobody crawls on
                child.process.terminate()
            gc.unfreeze()
            for number, handler in before.items():  # stopped by hand: what is left is a moment's work
                signal.signal(number, signal.SIG_IGN if self._interrupts else handler)
        self._put_right_after_deaths()
        for name in self._waiting:
            if self._time_is_over:
                advice = f"`nianbao crawl {name}`, or more time: --for MINUTES."
                self.outcomes[name].verdict = Verdict(Word.not_run, "the time for all was over before its turn", advice)
        self._look()
        return list(self.outcomes.values())

    # Driving

    def _drive(self) -> None:
        while self._children or (self._waiting and not self._over):
            while not self._over and len(self._children) < self.jobs and (name := self._next()):
                self._start(name)
            pipes = {child.pipe: name for name, child in self._children.items()}
            sentinels = {child.process.sentinel: name for name, child in self._children.items()}
            ready = wait([*pipes, *sentinels], POLL)
            for each in ready:
                if isinstance(each, Connection):
                    self._hear(pipes[each])
            for each in ready:
                if isinstance(each, int):
                    self._bury(sentinels[each])
            self._look()

    @property
    def _over(self) -> bool:
        return self.interrupted or self._ended_early or self._time_is_over

    @property
    def _time_is_over(self) -> bool:
        return self._end is not None and time.monotonic() >= self._end

    def _next(self) -> str | None:
        """The first waiting portal whose host nobody of us crawls now, and that is still to be crawled."""
        busy = {child.host for child in self._children.values()}
        for name in list(self._waiting):
            if host_of(self.loader, name) in busy:
                continue
            self._waiting.remove(name)
            if reason := self.why_not(name):
                advice = "Nothing to do: `nianbao status` shows what came of it."
                self.outcomes[name].verdict = Verdict(Word.not_run, reason, advice)
                continue
            return name
        return None

    def _start(self, name: str) -> None:
        settings = self.settings.copy()
        if self._end is not None:
            left = max(1.0, self._end - time.monotonic())
            most = settings.getfloat("CLOSESPIDER_TIMEOUT") or left
            settings.set("CLOSESPIDER_TIMEOUT", min(most, left), priority="cmdline")
        ours, theirs = _fork.Pipe(duplex=False)
        process = _fork.Process(target=worker.work, args=(name, settings, os.getpid(), theirs), name=name, daemon=True)
        try:
            process.start()
        except OSError as error:  # no memory, no room for a process: the others go on
            reason = f"no process could be started for it: {error.strerror}"
            advice = f"Lower --jobs; then `nianbao crawl {name}`."
            self.outcomes[name].verdict = Verdict(Word.broken, reason, advice)
            ours.close()
            return
        finally:
            theirs.close()
        self._children[name] = Child(process, ours, host_of(self.loader, name), time.monotonic())

    def _hear(self, name: str) -> None:
        """Take what a child has told."""
        child, outcome = self._children[name], self.outcomes[name]
        with suppress(EOFError, OSError):  # it ended, or died in the middle of a word: `_bury` sees which
            while child.pipe.poll():
                child.news = child.pipe.recv()
        outcome.tally, outcome.run = child.news.tally, child.news.run
        outcome.verdict = child.news.verdict if child.news.last else outcome.verdict
        if child.news.failure:
            self.failure = child.news.failure
            self._ended_early = True

    def _bury(self, name: str) -> None:
        """A child's process has ended."""
        self._hear(name)
        child, outcome = self._children.pop(name), self.outcomes[name]
        child.process.join()
        child.pipe.close()
        outcome.seconds = round(time.monotonic() - child.started, 1)
        if not child.news.last:
            self._died.append(name)
            outcome.verdict = death(name, child.process.exitcode or 0, outcome.tally.requests)
        elif outcome.verdict is None and outcome.tally.requests:
            advice = f"`nianbao crawl {name}` goes on from what was kept."
            outcome.verdict = Verdict(Word.degraded, "stopped at once by hand", advice)

    def _put_right_after_deaths(self) -> None:
        """Finish the files that dead processes left, ours or a killed command's whose last breath was after our start, and
        give our children's runs the verdict that they could not write.
        """
        left = next((self.folder / "warc").glob("*.open"), None)
        if self.failure or not (self._died or left):
            return
        try:
            archive = keeping.put_right(self.folder, keeping.warc_facts(self.settings))
            try:
                for outcome in (self.outcomes[name] for name in self._died):
                    if outcome.run and outcome.verdict and archive.catalogue.knows("run", outcome.run):
                        said: dict[str, Any] = {"verdict": outcome.verdict.word, "reason": outcome.verdict.reason}
                        said |= {"advice": outcome.verdict.advice, "requests": outcome.tally.requests}
                        archive.catalogue.put("run", {"id": outcome.run, "finished_at": utc_now(), **said})
            finally:
                archive.close()
        except ArchiveError as error:
            self.failure = str(error)

    # Stopping

    def _interrupt(self, *_: object) -> None:
        """The first time: let each portal finish its page, keep it, and end. The second time: end now."""
        self._interrupts += 1
        if self._interrupts == 1:
            self.say("stopping: each portal finishes the page it is at (once more to stop at once)")
        for child in self._children.values():
            if self._interrupts > 2:
                child.process.kill()
            elif child.process.pid:
                os.kill(child.process.pid, signal.SIGTERM if self._interrupts == 1 else worker.AT_ONCE)

    def _look(self) -> None:
        if self.watch:
            self.watch(list(self.outcomes.values()))


def death(name: str, code: int, requests: int) -> Verdict:
    """The verdict on a portal whose process ended without a last word, with this exit code (negative: by a signal)."""
    how = f"by signal {-code} ({signal.strsignal(-code)})" if code < 0 else f"with exit code {code}"
    word = Word.degraded if requests else Word.broken
    memory = ", perhaps for want of memory: `dmesg` tells; lower --jobs" if -code == signal.SIGKILL else ""
    advice = f"See who ended it{memory}. `nianbao crawl {name}` goes on from what was kept."
    return Verdict(word, f"its process was ended {how} after {some(requests, 'request')}", advice)


def project_settings(overrides: dict[str, Any]) -> Settings:
    """The project's settings with the command's overrides on top."""
    from scrapy.utils.project import get_project_settings

    settings = get_project_settings()
    settings.setdict({k: v for k, v in overrides.items() if v is not None}, priority="cmdline")
    return settings
