"""What became of a run: one word, why, and what to do next. Pure: counts in, verdict out.

Scrapy exits 0 when a page is missing, a callback raises and a selector matches nothing (field-notes/portals.md 5.2);
the verdict is computed from what happened against what the spider declared and against the last good run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.changes import Change

# Written down, and no fault of the run.
TOLD = ("disappeared", "robots", "offsite", "unread_file", "requisite", "requisite_budget", "subresource", "to_home")
DROP = 0.7  # of the last good run's reports: fewer and something is wrong with the list rather than with the reports
EMPTIED = 0.1  # of them: a link or two beside an emptied list may still look like reports


class Word(StrEnum):
    ok = "ok"
    degraded = "degraded"
    blocked = "blocked"
    broken = "broken"
    empty = "empty"
    stale = "stale"
    not_run = "not-run"


@dataclass(frozen=True)
class Expect:
    """What a portal should give, declared by its spider: bounds on the number of reports, and the years that must occur."""

    reports: tuple[int, int | None] = (1, None)
    years: tuple[int, ...] = ()


@dataclass
class Tally:
    """What happened in one run of one portal."""

    requests: int = 0
    bytes: int = 0
    entries: int = 0
    fetched: int = 0
    unchanged: int = 0
    not_due: int = 0
    skipped: int = 0
    reports: int = 0
    new_documents: int = 0  # listed pages read as reports for the first time; not the files that they link to
    new_files: int = 0  # of those, read as documents of their own
    changed: int = 0  # pages that read differently than before
    disappeared: int = 0
    sampled: bool = False  # whether the run looked at a sample: it asks for no files
    not_asked: int = 0  # listed entries that a sample left out
    requisites: int = 0  # style sheets, pictures, scripts … of reports that came in this run
    lists: int = 0
    home_ok: bool = False
    home_problem: str = ""  # why the home page was not had
    home_kind: str = ""  # kind of that problem
    first_list: str = ""  # address of the first list page that was read
    first_problem: str = ""  # address of the first page that was not what it should be
    finish_reason: str = "finished"
    years: set[int] = field(default_factory=set)
    problems: dict[str, int] = field(default_factory=dict)  # kind -> how many


@dataclass(frozen=True)
class Verdict:
    word: Word
    reason: str
    advice: str


@dataclass(frozen=True)
class Case:
    """All that a rule may look at."""

    name: str
    tally: Tally
    expect: Expect
    last_good: int | None  # reports listed by the last run whose verdict was ok
    changes: tuple[Change, ...] = ()  # of the portal, since the last good run: gravest first
    is_portal: bool = True  # False: some other spider, of which nothing but a clean end is expected

    def count(self, *kinds: str) -> int:
        return sum(self.tally.problems.get(kind, 0) for kind in kinds)

    def whole(self, kind: str) -> bool:
        """Whether the portal itself has a problem of that kind: its home page, or all lists."""
        listless = not self.tally.lists or not self.tally.reports
        return self.is_portal and (self.tally.home_kind == kind or (listless and bool(self.count(kind))))


def some(count: int, what: str) -> str:
    """`1 page`, `2 pages`."""
    return f"{count} {what}" + ("" if count == 1 else "s")


def unmet(expect: Expect, reports: int, years: Collection[int], untold: int = 0) -> str:
    """What a spider expects and was not found, "" when all was. `untold`: entries that nobody has read and may be reports."""
    (least, most), lacking = expect.reports, sorted(set(expect.years) - set(years))
    said = [f"{some(reports, 'report')} listed, the spider expects at least {least}"] * (reports + untold < least)
    said += [f"{some(reports, 'report')} listed, the spider expects at most {most}"] * (
        most is not None and reports > most
    )
    said += ["no report for " + ", ".join(map(str, lacking))] * bool(lacking and not untold)
    return "; ".join(said)


# Problems of pages that came and are not what they should be (crawler/pagekind.py), as a reader would call them.
NO_PAGES = {"soft_404": "soft 404", "login": "login page", "parked": "parked or hijacked page"}
NO_PAGES |= {"maintenance": "maintenance notice", "moved": "redirect to another site"}

# What is worth a word beside ok.
NOTES = {"robots": "closed by robots.txt", "offsite": "on other sites", "unread_file": "in files that cannot be read"}
NOTES |= {"subresource": "drawn without all that they ask for"}

# Scrapy's reasons for an early end, in words.
STOPS = {
    "shutdown": "by hand",
    "closespider_pagecount": "as many pages as were allowed",
    "closespider_timeout": "as much time as was allowed",
    "retry_after": "the server asked to come back later (Retry-After)",
    "run_max_bytes": "as many bytes as were allowed (run_max_bytes)",
}

Rule = tuple[Word, Callable[[Case], bool], Callable[[Case], str], str]

# Read from the top: the first rule that holds gives the word. {name} is the portal's spider.
RULES: tuple[Rule, ...] = (
    (
        Word.not_run,
        lambda c: c.tally.finish_reason == "leased",
        lambda c: "another run is crawling this host",
        "Wait for it to end; `nianbao status {name}` shows it.",
    ),
    (
        Word.broken,
        lambda c: c.tally.finish_reason == "archive_error",
        lambda c: "the data folder took no more",
        "Free space or mend the disk, then `nianbao crawl {name}`: it goes on from what was kept.",
    ),
    (
        Word.blocked,
        lambda c: bool(c.count("blocked")),
        lambda c: f"{some(c.count('blocked'), 'answer')} instead of a page: prove that you are no machine",
        "Leave it for a day; nobody solves challenges. `nianbao status {name}` shows the pages.",
    ),
    (
        Word.blocked,
        lambda c: bool(c.count("robots")) and not c.tally.entries,
        lambda c: "robots.txt forbids the way to the reports",
        "Respect it. If robots.txt itself failed, run again later: `nianbao crawl {name}`.",
    ),
    (
        Word.degraded,
        lambda c: c.tally.finish_reason not in ("finished", "start_error"),
        lambda c: f"stopped before the end: {STOPS.get(c.tally.finish_reason, c.tally.finish_reason)}",
        "Run `nianbao crawl {name}` again: it goes on from what was kept.",
    ),
    (
        Word.broken,
        lambda c: (
            c.is_portal and bool(c.count("no_browser")) and not (c.tally.home_ok and c.tally.lists and c.tally.reports)
        ),
        lambda c: "needs Chromium, and there is none that starts",
        "`apt-get install chromium`, or name one in NIANBAO_CHROMIUM; then `nianbao crawl {name}`.",
    ),
    (
        Word.broken,
        lambda c: c.whole("parked"),
        lambda c: "the domain is parked, for sale or hijacked: " + (c.tally.home_problem or "its lists are"),
        "Do not follow it. Ask the superior body's site for the portal's new address and correct home_url; what was kept is "
        "still served. `nianbao status {name}` shows the pages.",
    ),
    (
        Word.broken,
        lambda c: c.whole("moved"),
        lambda c: "the site has moved: " + (c.tally.home_problem or "its lists send to another site"),
        "Open it in a browser. If the new address is the portal's, correct home_url in the spider; then `nianbao crawl {name}`.",
    ),
    (
        Word.blocked,
        lambda c: c.whole("login"),
        lambda c: "it asks for a login: " + (c.tally.home_problem or "on its lists"),
        "Nobody logs in. Reports are public by law: see in a browser whether they stand elsewhere, else ask the portal's "
        "office; then `nianbao crawl {name}`.",
    ),
    (
        Word.broken,
        lambda c: c.whole("maintenance"),
        lambda c: "under maintenance: " + (c.tally.home_problem or "its lists are"),
        "Wait a day, then `nianbao crawl {name}`. What was kept is still served.",
    ),
    (
        Word.broken,
        lambda c: c.is_portal and c.tally.home_kind == "refused",
        lambda c: f"not asked: {c.tally.home_problem}",
        "If it is yours to crawl, name it in NIANBAO_ALLOW_PRIVATE_HOSTS, then `nianbao crawl {name}`; if not, correct home_url.",
    ),
    (
        Word.broken,
        lambda c: c.is_portal and c.tally.home_kind == "no_host",
        lambda c: f"not found: {c.tally.home_problem}",
        "See whether home_url is spelled right. If it opens in a browser, see to the DNS of this machine; if nowhere, the "
        "portal has moved: ask the superior body's site for its address. Then `nianbao crawl {name}`.",
    ),
    (
        Word.broken,
        lambda c: c.is_portal and not c.tally.home_ok,
        lambda c: f"the home page could not be had: {c.tally.home_problem or 'it was never asked'}",
        "Open it in a browser. If it answers there, run `nianbao crawl {name}` later; if it moved, correct home_url.",
    ),
    (
        Word.broken,
        lambda c: bool(c.count("exception")),
        lambda c: f"the spider raised an error on {some(c.count('exception'), 'page')}",
        "`nianbao status {name}` shows the pages and the errors; correct the spider or its platform.",
    ),
    (
        Word.broken,
        lambda c: c.whole("soft_404") or c.whole("to_home"),
        lambda c: (
            f"soft 404s: {some(c.count('soft_404', 'to_home'), 'page')} that should lead to reports, with HTTP 200, do not exist"
        ),
        "Open {first} in a browser. If reports are to be had from the home page by another way, add its path to `hints`.",
    ),
    (
        Word.broken,
        lambda c: c.is_portal and not c.tally.lists,
        lambda c: "no 年报 column was found from the home page",
        "Look for the column by hand and add its path to `hints` in the spider.",
    ),
    (
        Word.empty,
        lambda c: c.is_portal and c.tally.reports <= EMPTIED * (c.last_good or 0),
        lambda c: (
            f"{some(c.tally.reports, 'report') if c.tally.reports else 'no report'} on {some(c.tally.lists, 'list page')}, "
            f"the first is {c.tally.first_list}" + f"; the last good run had {c.last_good}" * bool(c.last_good)
        ),
        "Look at it in a browser: emptied, or loaded by a script that the platform class does not read.",
    ),
    (
        Word.degraded,
        lambda c: bool(c.count(*NO_PAGES)),
        lambda c: ", ".join(some(c.count(kind), words) for kind, words in NO_PAGES.items() if c.count(kind)),
        "`nianbao status {name}` lists them, each with what to do. What they replaced is still served.",
    ),
    (
        Word.degraded,
        lambda c: bool(c.changes),
        lambda c: "; ".join(change.sentence for change in c.changes),
        "{change}",
    ),
    (
        Word.degraded,
        lambda c: bool(sum(c.tally.problems.values()) - c.count(*TOLD)),
        lambda c: ", ".join(f"{some(n, 'page')} {k}" for k, n in sorted(c.tally.problems.items()) if k not in TOLD),
        "`nianbao status {name}` lists them, each with what to do.",
    ),
    (
        Word.degraded,
        lambda c: c.is_portal and c.tally.reports < c.expect.reports[0],
        lambda c: unmet(c.expect, c.tally.reports, c.tally.years),
        "Explain what is missing before you move the bound: `nianbao status {name}` names it, under “missing”.",
    ),
    (
        Word.degraded,
        lambda c: c.expect.reports[1] is not None and c.tally.reports > c.expect.reports[1],
        lambda c: unmet(c.expect, c.tally.reports, c.tally.years),
        "Check that neighbours are not taken for reports; then raise the bound in the spider.",
    ),
    (
        Word.degraded,
        lambda c: bool(set(c.expect.years) - c.tally.years),
        lambda c: unmet(c.expect, c.tally.reports, c.tally.years),
        "See the coverage with `nianbao status {name}`; the column of those years may have moved.",
    ),
    (
        Word.degraded,
        lambda c: c.last_good is not None and c.tally.reports < DROP * c.last_good,
        lambda c: f"{c.tally.reports} reports listed, the last good run had {c.last_good}",
        "Look at the lists in a browser: withdrawn, or paged in a way that the spider no longer follows.",
    ),
    (
        Word.not_run,
        lambda c: c.tally.sampled,
        lambda c: (
            f"looked at only: {listed(c.tally)}, "
            + (f"{c.tally.not_asked} of their pages" if c.tally.not_asked else "what they link to")
            + " not asked yet"
        ),
        "`nianbao crawl {name}` asks for the rest.",
    ),
)


def judge(case: Case) -> Verdict:
    """The first rule that holds, else ok."""
    for word, holds, reason, advice in RULES:
        if holds(case):
            change = case.changes[0].advice if case.changes else ""
            first = case.tally.first_problem or "the home page"
            return Verdict(word, reason(case), advice.format(name=case.name, change=change, first=first))
    tally = case.tally
    facts = [listed(tally), some(tally.new_documents, "new page")]
    facts += [f"{tally.changed} changed"] if tally.changed else []
    facts += [f"{tally.disappeared} disappeared"] if tally.disappeared else []
    return Verdict(Word.ok, ", ".join([*facts, *notes(tally)]), "")


def listed(tally: Tally) -> str:
    """`7 reports listed`."""
    return f"{some(tally.reports, 'report')} listed"


def notes(tally: Tally) -> list[str]:
    """What is worth a word beside ok."""
    return [f"{some(tally.problems[kind], 'page')} {words}" for kind, words in NOTES.items() if kind in tally.problems]
