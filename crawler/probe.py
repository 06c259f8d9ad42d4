"""Probing a portal: a walk from its home page with the generic class, and what it tells: platform, columns, reports, cost.

Lists are walked whole; of the entries only a few pages are asked. Nothing is decided here that a person could not see:
every finding names the pages that it was read from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.settings import Settings

from archive.catalogue import Row
from crawler import loader, status
from crawler.browser import executable
from crawler.gate import gate
from crawler.listed import count, is_report, may_be_report
from crawler.site_facts import SiteFacts, site_facts
from crawler.spider import PortalSpider
from crawler.traces import Trace, Traces
from crawler.verdict import Tally, Verdict, Word
from crawler.walking import Walked, Walker, subclass, walk

SAMPLE = 3  # entries whose pages are asked: enough to see what an article of the portal looks like
HOST = re.compile(r"^(?:[\w-]+\.)*[\w-]+$|^\[[0-9a-fA-F:]+\]$")
HOPELESS = (Word.blocked, Word.not_run)  # a browser would not help


class AddressError(ValueError):
    """What was given is no address of a portal."""


@dataclass
class Probe:
    """What a probe found. `platform` is None where no fingerprint decides and the generic class is to be used."""

    asked: str
    home_url: str
    run: str
    verdict: Verdict
    tally: Tally
    site: SiteFacts
    traces: Traces
    spider: type[PortalSpider]  # the class that it walked with, as a platform to derive from
    platform: type[PortalSpider] | None
    scripts: frozenset[str]
    entries: list[Row]
    problems: list[Row]
    gap: float  # seconds between two requests

    @property
    def reports(self) -> list[Row]:
        """Entries that are reports by their title, or by their page where that was read."""
        return [row for row in self.entries if is_report(row)]

    @property
    def count(self) -> int:
        """How many reports: one that stands at two addresses is one."""
        return count(self.reports)

    @property
    def untold(self) -> list[Row]:
        """Entries whose title does not say what they are, and whose page was not asked."""
        return [row for row in self.entries if may_be_report(row) and not is_report(row)]

    @property
    def years(self) -> list[int]:
        """Years of which there are reports."""
        return sorted({row["year"] for row in self.reports if row["year"]})

    @property
    def lists(self) -> Counter[str]:
        """Addresses of lists that showed reports, with how many."""
        return Counter(row["list_url"] for row in self.reports)

    @property
    def columns(self) -> Counter[str]:
        """Ways from the home page to reports, as link texts, with how many."""
        return Counter(row["found_by"] for row in self.reports)

    @property
    def left(self) -> int:
        """Pages that a crawl asks for and the probe did not."""
        return sum(row["outcome"] == "not_asked" for row in self.entries)

    @property
    def requests(self) -> int:
        """Requests that a whole crawl makes: the walk over the lists, and every entry. What pages show comes on top."""
        return self.tally.requests + self.left

    @property
    def minutes(self) -> float:
        """How long that takes at the delay of the host."""
        return self.requests * self.gap / 60

    def why(self, most: int = 6) -> list[Trace]:
        """The marks of the chosen platform, the heaviest first, of different kinds of pages first."""
        chosen = self.platform.platform if self.platform else None
        marks = [trace for trace in self.traces.found if trace.platform == chosen]
        return sorted(marks, key=lambda trace: -trace.weight)[:most]

    def unknown(self) -> Iterator[str]:
        """What could not be determined, a sentence each."""
        if self.traces.home is None:
            yield "anything: the home page did not come"
            return
        if self.platform is None:
            near = f"; marks too weak to decide: {', '.join(self.traces.hints)}" if self.traces.hints else ""
            yield f"the platform: no fingerprint decides{near}. Its lists are read by their structure"
        if len(self.traces.ranking) > 1:
            others = ", ".join(name for name, _ in self.traces.ranking[1:])
            yield f"whether one class is enough: some pages are those of {others}"
        for what, name in (
            ("网站标识码", "site_id_code"),
            ("the administrative level", "level"),
            ("the organ", "organ"),
        ):
            if getattr(self.site, name) is None:
                yield f"{what}: neither meta tags nor footers say it"
        for what, name in (("year", "year"), ("issuing body", "organ")):
            if missing := sum(row[name] is None for row in self.reports):
                yield f"the {what} of {missing} of {self.count} reports: their lists do not say; their pages will"
        if self.untold:
            yield f"what {len(self.untold)} entries are: their titles do not say; their pages will"
        if "not asked" in self.traces.robots:
            yield "robots.txt: it brought no answer"


def addresses(text: str) -> list[str]:
    """The home addresses that a person may mean by `text`, to be tried in turn. Raises AddressError.

    `www.x.gov.cn`, `61.150.65.235`, `127.0.0.1:8123` are tried with http, then with https.
    """
    text = text.strip()
    scheme, mark, rest = text.partition("://")
    schemes = [scheme.lower()] if mark else ["http", "https"]
    found = [f"{each}://{rest if mark else text}" for each in schemes]
    try:
        parts = urlsplit(found[0])
        sound = HOST.match(parts.netloc.rpartition("@")[2].removesuffix(f":{parts.port}")) and "@" not in parts.netloc
    except ValueError:
        sound = None
    if not sound or not set(schemes) <= {"http", "https"}:
        raise AddressError(
            f"{text}: expected the address of a portal's home page, such as www.x.gov.cn or http://61.150.65.235:8080/, "
            "got none that can be asked."
        )
    return [url if urlsplit(url).path else f"{url}/" for url in found]


@dataclass
class _Looking:
    """The walks of one probe: addresses in turn until one answers, then a browser where plain pages show nothing."""

    settings: Settings
    asked: str
    name: str | None
    sample: int
    say: Callable[[str], None]
    traces: Traces = field(init=False)
    spider: type[PortalSpider] = PortalSpider  # what the last walk was made with
    home_url: str = ""
    scripts: frozenset[str] = frozenset()

    async def __call__(self, walker: Walker) -> Walked:
        tries = addresses(self.asked)
        for number, self.home_url in enumerate(tries, 1):
            walked = await self._walk(walker, loader.generic(self.settings))
            refused = walked.tally.home_kind in ("refused", "no_host")  # with https, too
            if walked.tally.home_ok or walked.verdict.word in HOPELESS or refused or number == len(tries):
                break
            self.say(f"{self.home_url}: {walked.verdict.reason}; trying {tries[number]}")
        if walked.tally.home_ok and walked.verdict.word in (Word.broken, Word.empty):
            walked = await self._otherwise(walker, walked)
        scripts = self._drawn_by_scripts(walked)
        if scripts and executable(self.settings):
            self.say(f"plain pages show no report; a browser draws them now ({', '.join(sorted(scripts))})")
            walked = await self._better(walker, walked, self.spider, scripts)
        return walked

    async def _otherwise(self, walker: Walker, walked: Walked) -> Walked:
        """The generic class found no list of reports: what its pages' own platform finds."""
        known = {each.platform: each for each in loader.platforms(self.settings)}
        for name, _ in self.traces.ranking[:1]:
            self.say(f"the generic class finds no list of reports; the pages are of {name}, whose class walks now")
            walked = await self._better(walker, walked, known[name], frozenset())
        return walked

    async def _better(
        self, walker: Walker, walked: Walked, spider: type[PortalSpider], scripts: frozenset[str]
    ) -> Walked:
        """Walk again, and keep whichever walk found more."""
        before = self.traces, self.spider, self.scripts
        again = await self._walk(walker, spider, scripts)
        if (again.tally.reports, again.tally.new_documents) > (walked.tally.reports, walked.tally.new_documents):
            return again
        self.traces, self.spider, self.scripts = before
        return walked

    async def _walk(
        self, walker: Walker, platform: type[PortalSpider], scripts: frozenset[str] = frozenset()
    ) -> Walked:
        self.traces, self.spider, self.scripts = Traces(loader.platforms(self.settings)), platform, scripts
        declared = {"scripts": scripts, **({"name": self.name} if self.name else {})}
        return await walker(subclass(platform, self.home_url, **declared), self.traces.see, sample=self.sample)

    def _drawn_by_scripts(self, walked: Walked) -> frozenset[str]:
        """Roles of the pages that scripts seem to draw; none where the portal is well, closed or away."""
        tally = walked.tally
        looked_only = walked.verdict.word is Word.not_run and tally.not_asked
        if not tally.home_ok or looked_only or walked.verdict.word is Word.blocked or tally.problems.get("robots"):
            return frozenset()
        if not tally.lists:
            return frozenset({"home", "hub", "list", "entry"})
        if not tally.reports:
            return frozenset({"list", "entry"})
        return frozenset() if tally.new_documents or tally.unchanged or not tally.fetched else frozenset({"entry"})


def probe(
    settings: Settings,
    url: str,
    name: str | None = None,
    sample: int = SAMPLE,
    watch: Callable[[Tally], None] | None = None,
    say: Callable[[str], None] = print,
) -> Probe:
    """Walk a portal into the data folder of the settings, and tell what was found (blocking; once per process).

    `name` is the spider's name under which the run is written down. Raises AddressError, ArchiveError, CatalogueError,
    StoppedWalkError; a portal that does not answer is no exception but a verdict.
    """
    addresses(url)
    looking = _Looking(settings, url, name, sample, say)
    walked = walk(settings, looking, watch)
    with status.reading(Path(settings["NIANBAO_DATA"])) as catalogue:
        entries = list(catalogue.rows("SELECT * FROM entry WHERE run = ? ORDER BY list_url, url", walked.run))
        problems = status.problems(catalogue, walked.run)
    known = {each.platform: each for each in loader.platforms(settings)}
    ranking = looking.traces.ranking
    host = gate().hosts.get(urlsplit(looking.home_url).hostname or "")
    return Probe(
        asked=url,
        home_url=looking.home_url,
        run=walked.run,
        verdict=walked.verdict,
        tally=walked.tally,
        site=site_facts(looking.traces.home, looking.traces.samples),
        traces=looking.traces,
        spider=looking.spider,
        platform=known[ranking[0][0]] if ranking else None,
        scripts=looking.scripts,
        entries=entries,
        problems=problems,
        gap=host.gap if host else settings.getfloat("DELAY_FLOOR"),
    )


def to_json(found: Probe) -> dict[str, Any]:
    """The probe for machines."""
    platform = found.platform.platform if found.platform else None
    cells = Counter((row["organ"], row["year"]) for row in found.reports)
    return {
        "asked": found.asked,
        "home_url": found.home_url,
        "verdict": found.verdict.word,
        "reason": found.verdict.reason,
        "platform": platform,
        "parameters": found.traces.parameters.get(platform or "", {}),
        "why": [vars(trace) for trace in found.why(100)],
        "other_platforms": dict(found.traces.ranking[1:]),
        "scripts": sorted(found.scripts),
        "site": vars(found.site),
        "robots": found.traces.robots,
        "charsets": dict(found.traces.charsets),
        "columns": dict(found.columns),
        "lists": dict(found.lists),
        "reports": found.count,
        "untold": len(found.untold),
        "by_body_and_year": [{"organ": o, "year": y, "reports": n} for (o, y), n in sorted(cells.items(), key=str)],
        "requests": {"asked": found.tally.requests, "whole_crawl": found.requests},
        "gap_seconds": found.gap,
        "minutes": round(found.minutes, 1),
        "unknown": list(found.unknown()),
        "problems": found.problems,
        "entries": [{name: row[name] for name in SHOWN} for row in found.reports],
    }


SHOWN = ("url", "title", "listed_date", "organ", "year", "kind", "list_url", "found_by", "outcome")
