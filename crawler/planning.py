"""Which portals to crawl now, and in which order: the catalogue's facts put before `due`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scrapy.spiderloader import SpiderLoaderProtocol

from archive.archive import utc_now
from archive.catalogue import Catalogue, Row
from crawler import lease
from crawler.due import CHINA, Due, Facts, Run, due
from crawler.runs import host_of
from crawler.verdict import Word

REMEMBERED = 12  # runs of a portal that its interval is made from
RUNS = (
    "SELECT started_at, finished_at, verdict, ifnull(new_documents, 0) + ifnull(changed, 0) + ifnull(disappeared, 0) AS changes "
    "FROM run WHERE portal = ? AND verdict IS NOT 'not-run' ORDER BY id DESC LIMIT ?"
)
AWAITED = (  # bodies whose newest report is the one before this year's: who stopped years ago is not awaited
    "SELECT organ FROM document WHERE portal = ? AND organ IS NOT NULL AND gone_since IS NULL AND report_year IS NOT NULL "
    "GROUP BY organ HAVING max(report_year) = ?"
)


@dataclass(frozen=True)
class Plan:
    """A portal, when it is due, and how long its last run took in seconds (None: never finished one)."""

    name: str
    due: Due
    last: str
    seconds: float | None

    def order(self) -> tuple[bool, str, float]:
        """What was cut short first; then who waited longest, by days; of those the long ones first."""
        return not self.due.urgent, self.last[:10], -(self.seconds or 0.0)


def facts(catalogue: Catalogue | None, name: str, now: datetime) -> tuple[Facts, list[Row]]:
    """What the catalogue knows of a portal, and its last runs, newest first. No catalogue: nothing."""
    if catalogue is None:
        return Facts(name), []
    rows = list(catalogue.rows(RUNS, name, REMEMBERED))
    runs = [Run(_moment(row["started_at"]), _word(row["verdict"]), bool(row["changes"])) for row in reversed(rows)]
    reported_on = now.astimezone(CHINA).year - 1
    known = catalogue.row("SELECT 1 FROM document WHERE portal = ? AND organ IS NOT NULL LIMIT 1", name)
    awaited = tuple(row["organ"] for row in catalogue.rows(AWAITED, name, reported_on - 1)) if known else None
    return Facts(name, tuple(runs), awaited), rows


def plans(catalogue: Catalogue | None, names: Sequence[str], now: datetime) -> list[Plan]:
    """All named portals with their due dates, in the order in which they would be crawled."""
    found = []
    for name in names:
        known, rows = facts(catalogue, name, now)
        took = next((row for row in rows if row["finished_at"]), None)
        seconds = (_moment(took["finished_at"]) - _moment(took["started_at"])).total_seconds() if took else None
        found.append(Plan(name, due(known, now), rows[0]["started_at"] if rows else "", seconds))
    return sorted(found, key=Plan.order)


def shard(loader: SpiderLoaderProtocol, names: Sequence[str], number: int, of: int) -> list[str]:
    """The names whose host falls to shard `number` (from 1) `of` so many: the same on every machine and every day."""
    return [name for name in names if _number(host_of(loader, name)) % of == number - 1]


def why_not(
    folder: Path, loader: SpiderLoaderProtocol, only_due: bool, now: Callable[[], datetime]
) -> Callable[[str], str | None]:
    """A function that says why a portal is not to be started now: crawled by another run, or crawled meanwhile by one."""

    def reason(name: str) -> str | None:
        if not (folder / "catalogue.db").exists():
            return None
        catalogue = Catalogue(folder / "catalogue.db", read_only=True)
        try:
            if holder := leased(catalogue, host_of(loader, name)):
                return f"another run is crawling this host (run {holder['run']}, pid {holder['pid']})"
            if only_due and due(facts(catalogue, name, now())[0], now()).at > now():
                return DONE
        finally:
            catalogue.close()  # before anybody is forked
        return None

    return reason


DONE = "another run has crawled it meanwhile"


def leased(catalogue: Catalogue, host: str) -> Row | None:
    """The lease of a host that a living process holds, or None."""
    row = catalogue.row("SELECT run FROM lease WHERE host = ? AND expires_at > ?", host, utc_now())
    return lease.holder(catalogue, row["run"]) if row else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _word(text: str | None) -> Word | None:
    return Word(text) if text else None


def _number(host: str) -> int:
    return int.from_bytes(hashlib.sha256(host.encode()).digest()[:8], "big")
