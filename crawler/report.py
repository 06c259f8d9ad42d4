"""The report of one `nianbao crawl`: everything that it and its page say, as one JSON object; written without a gap.

`make` only reads. The object: `run`, `command`, `jobs`, `started_at`, `finished_at`, `seconds`; `totals`; `verdicts`
(word -> portals); `portals`, worst first, each with its verdict and the one before, counts, coverage, drift, problems.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.catalogue import Catalogue, Row
from crawler import planning, report_page, status
from crawler.due import due
from crawler.runs import Outcome
from crawler.verdict import Word

SCHEMA = 1
WORST_FIRST = (Word.broken, Word.empty, Word.blocked, Word.degraded, Word.stale, Word.not_run, Word.ok)
COUNTS = ("reports", "new_documents", "changed", "disappeared", "unchanged", "not_due", "requests", "bytes")
SHOWN = 12  # documents of a kind of drift, and problems, that are told of one portal; counts are always whole
BEFORE = "SELECT id, verdict, started_at FROM run WHERE portal = ? AND id < ? AND verdict IS NOT NULL ORDER BY id DESC"
DRIFT = {
    "new": "first_seen >= ? AND supersedes IS NULL AND part_of IS NULL",
    "changed": "first_seen >= ? AND supersedes IS NOT NULL",
    "gone": "gone_since >= ?",
}
MARKS = {"published": "●", "attachment": "◐", "changed": "◆", "gone": "○", "none": "·"}


@dataclass(frozen=True)
class Batch:
    """The crawl that a report is on: when it began, the command, how many portals at a time."""

    started: datetime
    command: str
    jobs: int
    said: Callable[[str], str] = str  # makes the commands of an advice such as can be typed: crawler/options.py

    @property
    def id(self) -> str:
        return f"{self.started:%Y%m%dT%H%M%S%fZ}"


def make(
    batch: Batch, catalogue: Catalogue, declared: dict[str, Any], outcomes: Sequence[Outcome], now: datetime
) -> Row:
    """The report, on all portals that are declared or known: those that this crawl did not touch are as they were."""
    by_name = {outcome.name: outcome for outcome in outcomes}
    grids = _grids(status.coverage(catalogue), now)
    rows = [
        _portal(catalogue, row, declared.get(row["name"]), by_name.get(row["name"]), batch, now)
        | {"coverage": grids.get(row["name"], {"years": [], "bodies": []})}
        for row in status.portals(catalogue, declared)
    ]
    rows.sort(key=lambda row: (WORST_FIRST.index(Word(row["verdict"])), not row["crawled"], row["name"]))
    crawled = [row for row in rows if row["crawled"]]
    return {
        "schema": SCHEMA,
        "run": batch.id,
        "command": batch.command,
        "jobs": batch.jobs,
        "started_at": batch.started.isoformat(timespec="seconds"),
        "finished_at": now.isoformat(timespec="seconds"),
        "seconds": round((now - batch.started).total_seconds(), 1),
        "totals": {
            "portals": len(rows),
            "crawled": len(crawled),
            "ok": sum(row["verdict"] == Word.ok for row in rows),
            **{name: sum(row[name] or 0 for row in crawled) for name in COUNTS},
            "documents": sum(row["documents"] for row in rows),
        },
        "verdicts": {word: sum(row["verdict"] == word for row in rows) for word in WORST_FIRST},
        "portals": rows,
    }


def write(made: Row, folder: Path) -> Path:
    """Write RUN.json and latest.html; each appears whole or not at all. Returns the page's path. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    replace(folder / f"{made['run']}.json", json.dumps(made, ensure_ascii=False, indent=1) + "\n")
    page = folder / "latest.html"
    replace(page, report_page.render(made))
    return page


def replace(path: Path, text: str) -> None:
    """Write a file under another name and rename it: whoever reads it meanwhile reads the old one."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)


def _portal(catalogue: Catalogue, row: Row, spider: Any, outcome: Outcome | None, batch: Batch, now: datetime) -> Row:
    """One portal: `row` is of status.portals, `outcome` this crawl's."""
    run: Row = row["run"] or {}
    mine = outcome is not None and outcome.run is not None and outcome.run == run.get("id")
    verdict, reason, advice = row["verdict"], row["reason"], row["advice"]
    if outcome is not None and outcome.verdict is not None:
        verdict, reason, advice = outcome.verdict.word, outcome.verdict.reason, outcome.verdict.advice
    before = catalogue.row(BEFORE, row["name"], run["id"]) if mine else None
    known, _ = planning.facts(catalogue, row["name"], now)
    coming = due(known, now)
    since = batch.started.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return {
        "name": row["name"],
        "site_name": row["site_name"],
        "home_url": getattr(spider, "home_url", ""),
        "crawled": mine,
        "verdict": str(verdict),
        "reason": reason,
        "advice": batch.said(advice),
        "before": {"verdict": before["verdict"], "at": before["started_at"]} if before else None,
        "last_run": run.get("started_at"),
        "last_good": row["good"]["started_at"] if row["good"] else None,
        "seconds": outcome.seconds if outcome else None,
        **{name: run.get(name) for name in COUNTS},
        "documents": row["documents"] or 0,
        "next": {"at": max(coming.at, now).isoformat(timespec="minutes"), "why": coming.reason},
        "drift": {what: _documents(catalogue, row["name"], where, since) for what, where in DRIFT.items()}
        if mine
        else {},
        "problems": list(_problems(catalogue, run["id"], batch.said)) if mine and verdict != Word.ok else [],
    }


def _documents(catalogue: Catalogue, portal: str, where: str, since: str) -> Row:
    sql = f"FROM document WHERE portal = ? AND {where}"
    count = catalogue.row(f"SELECT count(*) AS n {sql}", portal, since)
    rows = catalogue.rows(f"SELECT title, organ, report_year, url {sql} ORDER BY id LIMIT {SHOWN}", portal, since)
    return {"count": count["n"] if count else 0, "documents": list(rows)}


def _problems(catalogue: Catalogue, run: str, said: Callable[[str], str]) -> Iterator[Row]:
    for row in status.problems(catalogue, run)[:SHOWN]:
        yield {name: row[name] for name in ("kind", "url", "expected", "got")} | {"advice": said(row["advice"])}


def _grids(cells: Sequence[Row], now: datetime) -> dict[str, Row]:
    """By portal: the years, and for each body a mark for each year."""
    found: dict[str, list[Row]] = {}
    for cell in cells:
        if cell["report_year"]:
            found.setdefault(cell["portal"], []).append(cell)
    grids = {}
    for portal, covered in found.items():
        years, organs = status.columns(covered, now), dict[str, dict[int, str]]()
        for cell in covered:
            mark = MARKS[status.mark(cell)]
            organs.setdefault(cell["organ"] or "(body unknown)", {})[cell["report_year"]] = mark
        bodies = [
            {"organ": organ, "marks": "".join(marks.get(year, MARKS["none"]) for year in years)}
            for organ, marks in sorted(organs.items())
        ]
        grids[portal] = {"years": years, "bodies": bodies}
    return grids
