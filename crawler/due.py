"""When a portal is to be crawled again: a pure function of what its runs found and of the legal calendar.

Whoever is awaited is looked for daily until the last day on which the law wants the report: departments until 31 January,
governments until 31 March (条例 2019, art. 49; townships are no departments, so theirs is the outer date). Otherwise the
interval follows what runs find: it grows by half while nothing changes, to a month, and is halved by a change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone

from crawler.verdict import Word

CHINA = timezone(timedelta(hours=8))  # the law's days, and the days on which portals publish
FIRST, LEAST, MOST = 7.0, 1.0, 30.0  # days between two good runs: after the first one, at the least, at the most
GROWS, SHRINKS = 1.5, 0.5
LATE = timedelta(days=60)  # after the deadline: who is late is looked for weekly for so long
WEEKLY = 7.0
RESTS = timedelta(hours=20)  # the least between two runs of a portal that showed a challenge, however days fall
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

# Who has until when (month, day) of the year after the one reported on; read from the top, each with an example.
DEADLINES: tuple[tuple[str, re.Pattern[str], tuple[int, int], str], ...] = (
    ("a township", re.compile(r"(?:镇|乡|街道|苏木|街道办事处|[镇乡](?:人民)?政府)$"), (3, 31), "柳湾镇人民政府"),
    ("a government", re.compile(r"(?:人民)?政府(?:办公[室厅])?$|[市县区旗州盟]$"), (3, 31), "云棠市人民政府"),
    ("a zone", re.compile(r"管(?:理)?委(?:员)?会$"), (3, 31), "云棠经济开发区管理委员会"),
    ("a department", re.compile(r"[局厅委办院部处署队中心会社司]$"), (1, 31), "云棠市教育局"),
)
OUTER = (3, 31)  # of whoever is none of these

# How soon after a run that was not good: first time, and at the most. Each failure in a row doubles it.
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BACK_OFF = {
    Word.blocked: (DAY, 7 * DAY),
    Word.broken: (6 * HOUR, 7 * DAY),
    Word.empty: (12 * HOUR, 7 * DAY),
    Word.degraded: (12 * HOUR, 7 * DAY),
}


@dataclass(frozen=True)
class Run:
    """One run of a portal: when it began, its verdict (None: killed before it had one), and whether it found changes."""

    at: datetime
    verdict: Word | None
    changed: bool


@dataclass(frozen=True)
class Facts:
    """What is known of a portal: its last runs, oldest first, and the bodies of which the newest report is not there yet.

    `awaited` are names of bodies that published the year before and not yet this year; None when no run has told.
    """

    name: str
    runs: tuple[Run, ...] = ()
    awaited: tuple[str, ...] | None = None
    host: str = field(default="", compare=False)


@dataclass(frozen=True)
class Due:
    """From when on a portal is to be crawled, and why then. `urgent` puts it before the others: it was cut short."""

    at: datetime
    reason: str
    urgent: bool = False


def deadline(organ: str, year: int) -> date:
    """The last day for a body's report on the year before `year`."""
    month_day = next((day for _, pattern, day, _ in DEADLINES if pattern.search(organ)), OUTER)
    return date(year, *month_day)


def asked_year(now: datetime) -> int:
    """The newest year on which every body should have reported by now: last year, once the outer deadline is over."""
    today = now.astimezone(CHINA).date()
    return today.year - (1 if today > date(today.year, *OUTER) else 2)


def due(facts: Facts, now: datetime) -> Due:
    """When a portal is due. It is to be crawled when `Due.at` has come."""
    if not facts.runs:
        return Due(NEVER, "never crawled", urgent=True)
    last = facts.runs[-1]
    if last.verdict is None:
        return Due(last.at, "its last run was cut short", urgent=True)
    season = _season(facts.awaited, now)
    if last.verdict in BACK_OFF:
        return _again(facts.runs, last, season)
    days, why = interval(facts.runs), "nothing changed lately" if not last.changed else "it changed last time"
    if season and season[0] < days:
        days, why = season
    return Due(_day(last.at, days), f"every {_days(days)}: {why}")


def interval(runs: tuple[Run, ...]) -> float:
    """Days between good runs, from what they found, oldest first."""
    days = FIRST
    for number, run in enumerate(run for run in runs if run.verdict is Word.ok):
        if number:  # the first finds everything new
            days *= SHRINKS if run.changed else GROWS
        days = min(MOST, max(LEAST, days))
    return days


def _season(awaited: tuple[str, ...] | None, now: datetime) -> tuple[float, str] | None:
    """Every how many days to look, and for whom, while reports are awaited."""
    today = now.astimezone(CHINA).date()
    if awaited is None:
        awaited = ("",)  # nothing is known of it: the outer date
    dates = [deadline(organ, today.year) for organ in awaited]
    coming = [day for day in dates if today <= day]
    if coming:
        until = min(coming)
        return 1.0, f"{_some(len(coming))} awaited, the next deadline is {until.day} {until:%B}"
    if any(today <= day + LATE for day in dates):
        return WEEKLY, f"{_some(len(dates))} late"
    return None


def _again(runs: tuple[Run, ...], last: Run, season: tuple[float, str] | None) -> Due:
    """After a run that was not good: back off, but do not sleep through the season."""
    assert last.verdict is not None
    failures = 0
    for run in reversed(runs):
        if run.verdict is Word.ok:
            break
        failures += run.verdict is not None
    first, most = BACK_OFF[last.verdict]
    wait = min(first * 2 ** min(failures - 1, 10), most)
    if season:
        wait = min(wait, timedelta(days=season[0]))
    at = _day(last.at, wait / DAY) if wait >= DAY else last.at + wait
    if last.verdict is Word.blocked:
        at = max(at, last.at + RESTS)
    return Due(at, f"{last.verdict}, {failures} in a row" if failures > 1 else f"{last.verdict} last time")


def _day(last: datetime, days: float) -> datetime:
    """The start of the day so many days after a run: a timer that fires each night at about three misses none."""
    midnight = last.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(days=int(days))).astimezone(UTC)


def _days(days: float) -> str:
    return "day" if int(days) <= 1 else f"{int(days)} days"


def _some(count: int) -> str:
    return f"{count} report is" if count == 1 else f"{count} reports are"
