"""Checking a spider: what today's code finds on the archived pages, or on the portal itself, beside what a run found.

The archive stands in for the network (crawler/standin.py), so that a change of a platform class can be tried on all
its portals without asking one of them.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.settings import Settings

from archive.catalogue import Catalogue, CatalogueError, Row
from crawler import lease, status
from crawler.listed import count, is_report, may_be_report
from crawler.runs import load_spiders, project_settings
from crawler.spider import PortalSpider
from crawler.verdict import Word, listed, notes, unmet
from crawler.walking import Walked, walk

COMPARED = ("title", "listed_date", "organ", "year", "kind")  # what a list says of an entry
LIVE_SAMPLE = 5  # pages of entries that `--live` asks: it is the lists that move
SEEN_ALL = ("fetched", "unchanged", "not_due", "no_report", "skipped")  # outcomes after which the archive has the page
BASE = "SELECT * FROM run WHERE portal = ? AND verdict IS NOT NULL AND entries > 0 ORDER BY id DESC"
GOOD = "SELECT * FROM run WHERE portal = ? AND verdict = 'ok' ORDER BY id DESC"


class NothingToCheckError(LookupError):
    """There is no run to compare with."""


@dataclass
class Check:
    """What a spider finds now beside what a run found: reports by address. `missing` are pages that the archive lacks."""

    name: str
    against: str | None = None  # the run that it was compared with
    live: bool = False
    before: int = 0
    now: int = 0
    years: list[int] = field(default_factory=list)
    added: list[Row] = field(default_factory=list)
    removed: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)  # url, title, field, before, after
    missing: list[Row] = field(default_factory=list)
    problems: list[Row] = field(default_factory=list)
    requests: int = 0
    verdict: str = ""
    reason: str = ""
    advice: str = ""
    unmet: str = ""  # what the spider's `expect` refuses
    error: str | None = None  # why there could be no check

    @property
    def ok(self) -> bool:
        """Whether nothing is lost, and what is found is what the spider expects."""
        return self.is_whole and not self.unmet

    @property
    def is_whole(self) -> bool:
        """Whether everything that was there is found, and nothing was asked for that the archive lacks."""
        return not (self.error or self.removed or self.missing) and (self.now > 0 or not self.before)

    def as_json(self) -> dict[str, Any]:
        """The check for machines."""
        return {"portal": self.name, "ok": self.ok} | {k: v for k, v in asdict(self).items() if k != "name"}


def check_all(
    names: Sequence[str],
    data: Path,
    live: bool = False,
    jobs: int = 1,
    overrides: dict[str, Any] | None = None,
    against: str | None = None,
) -> Iterator[Check]:
    """Check spiders, `jobs` at a time; as they end. Each has a process of its own: a reactor runs once in one.

    `overrides` are settings, `against` a run to compare with instead of the last one.
    """
    if len(names) == 1 and "twisted.internet.reactor" not in sys.modules:
        yield _told(names[0], live, lambda: check(names[0], data, live, overrides or {}, against))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(names) or 1), context, max_tasks_per_child=1) as pool:
        waiting = {pool.submit(check, name, data, live, overrides or {}, against): name for name in names}
        for done in as_completed(waiting):
            yield _told(waiting[done], live, done.result)


def _told(name: str, live: bool, result: Callable[[], Check]) -> Check:
    """A check, or why there could be none: the others go on."""
    try:
        return result()
    except (NothingToCheckError, CatalogueError) as error:
        return Check(name, live=live, error=str(error).removeprefix(f"{name}: "))
    except Exception as error:  # noqa: BLE001  whatever a spider of today raises is what the check found
        return Check(name, live=live, error=f"{type(error).__name__}: {error}")


def check(name: str, data: Path, live: bool, overrides: dict[str, Any], against: str | None = None) -> Check:
    """Check one spider against its last run, or the one named (blocking; once per process).

    Raises NothingToCheckError, and what a walk raises.
    """
    settings = project_settings({"LOG_LEVEL": "CRITICAL", **overrides})
    loader, _ = load_spiders(settings)
    spider = loader.load(name)
    if not issubclass(spider, PortalSpider):
        raise NothingToCheckError(f"{name}: expected a PortalSpider, got {spider.__name__}, which walks no portal")
    with status.reading(data) as catalogue:
        base = (catalogue.row(GOOD, name) if live else None) or catalogue.row(BASE, name)
        base = catalogue.row("SELECT * FROM run WHERE id = ?", against) if against else base
        if base is None:
            raise NothingToCheckError(
                f"{name}: expected a run in {data} that found entries, to compare with, there is none. "
                f"`nianbao crawl {name}` first; `nianbao status {name}` says how its last one ended."
            )
        before = {row["url"]: row for row in catalogue.rows("SELECT * FROM entry WHERE run = ?", base["id"])}
    with tempfile.TemporaryDirectory(prefix="nianbao-check-") as scratch:
        folder = Path(scratch)
        if live:
            with _leased(data, spider, base["id"]):
                walked = _walk(spider, settings, {"NIANBAO_DATA": scratch}, sample=LIVE_SAMPLE)
        else:
            sampled = base["verdict"] == Word.not_run or any(row["outcome"] == "not_asked" for row in before.values())
            mine = {"NIANBAO_DATA": scratch} | ({"ASK_ATTACHMENTS": False} if sampled else {})
            walked = _walk(spider, settings, standing_in(settings, data) | mine)
        with status.reading(folder) as catalogue:
            after = {row["url"]: row for row in catalogue.rows("SELECT * FROM entry WHERE run = ?", walked.run)}
            problems = status.problems(catalogue, walked.run)
    made = compared(Check(name, base["id"], live), before, after, walked, problems, spider.organ)
    untold = sum(may_be_report(row) and not is_report(row) for row in after.values())
    made.unmet = unmet(spider.expect, made.now, made.years, untold)
    return made


def standing_in(settings: Settings, data: Path) -> dict[str, Any]:
    """Settings under which the archive in `data` answers every request."""
    handler = "crawler.standin.StandInDownloadHandler"
    return {
        "STANDS_IN": str(data.resolve()),
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "DOWNLOADER_MIDDLEWARES": {
            **settings.getdict("DOWNLOADER_MIDDLEWARES"),
            "crawler.browser.BrowserMiddleware": None,  # what it drew is in the archive
        },
        "TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingThreadedResolver",  # no name is looked up
        "RETRY_ENABLED": False,  # the archive does not change its mind
        "GATHER_REQUISITES": False,
    }


def _walk(spider: type[PortalSpider], settings: Settings, overrides: dict[str, Any], **arguments: Any) -> Walked:
    mine = settings.copy()
    mine.setdict(overrides, priority="cmdline")
    return walk(mine, lambda walker: walker(spider, **arguments))


def compared(
    made: Check, before: dict[str, Row], after: dict[str, Row], walked: Walked, problems: list[Row], organ: str | None
) -> Check:
    """Fill a check in from the entries of both sides. An address whose nature nobody read counts for neither."""
    known = {url for url, row in before.items() if is_report(row)}
    found = {url for url, row in after.items() if is_report(row)}
    made.before, made.now = count(before[url] for url in known), count(after[url] for url in found)
    made.years = sorted({after[url]["year"] for url in found if after[url]["year"]})
    made.removed = [before[url] for url in sorted(known) if url not in after or not may_be_report(after[url])]
    made.added = [after[url] for url in sorted(found) if url not in before or not may_be_report(before[url])]
    made.changed = [
        {
            "url": url,
            "title": before[url]["title"],
            "field": name,
            "before": before[url][name],
            "after": after[url][name],
        }
        for url in sorted(known & found)
        for name in COMPARED
        if not _same(before[url][name], after[url][name], organ if name == "organ" else None)
    ]
    never_had = {url for url, row in before.items() if row["outcome"] not in SEEN_ALL}
    lacking = [row for row in problems if row["kind"] == "not_archived"]
    made.missing = [row for row in lacking if row["url"] not in never_had]
    made.problems = [row for row in problems if row["kind"] not in ("not_archived", "not_fetched")]
    made.requests = walked.tally.requests
    made.verdict, made.reason, made.advice = walked.verdict.word, walked.verdict.reason, walked.verdict.advice
    if walked.verdict.word is Word.ok:  # it knows no earlier run: everything would be new
        made.reason = ", ".join([listed(walked.tally), *notes(walked.tally)])
    return made


def _same(before: Any, after: Any, organ: str | None) -> bool:
    """Whether two runs say the same of an entry.

    Once the spider says whose portal it is, 市统计局 is 青川市统计局, and what no list says whose it is, is its `organ`'s.
    """
    if before is None:
        return after is None or after == organ
    return bool(before == after or (isinstance(before, str) and before and after and after.endswith(before)))


@contextmanager
def _leased(data: Path, spider: type[PortalSpider], run: str) -> Iterator[None]:
    """Hold the lease of a portal's host in the user's data folder while the block runs. Raises NothingToCheckError."""
    host = urlsplit(spider.home_url).hostname or ""
    refuse_a_leased_host(data, host)
    over = threading.Event()
    keeper = threading.Thread(target=_renew, args=(data, host, run, over), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _renew(data: Path, host: str, run: str, over: threading.Event) -> None:
    """Take a lease and renew it until it is over: a walk may last longer than a lease."""
    catalogue = Catalogue(data / "catalogue.db")
    try:
        lease.take(catalogue, host, run)
        while not over.wait(lease.LASTS / 4):
            lease.renew(catalogue)
        lease.give_back(catalogue, host)
        catalogue.commit()
    finally:
        catalogue.close()


def refuse_a_leased_host(data: Path, host: str) -> None:
    """Raise NothingToCheckError when a run of a data folder is crawling a host now: it gets one connection."""
    if not (data / "catalogue.db").exists():
        return
    with status.reading(data) as catalogue:
        row = catalogue.row("SELECT run FROM lease WHERE host = ?", host)
        if row is not None and lease.holder(catalogue, row["run"]):
            raise NothingToCheckError(f"{host}: run {row['run']} is crawling it now. Wait for it to end.")
