"""python -m tests.newcomers: `nianbao add` on home pages that it has never seen, and what the spiders then find.

Each home page is added, with nothing said but its address, and crawled with the spider that was written; its reports are
held against the truth. Exits 0 when every bar is reached. With --truth FILE the portals are somebody else's, served elsewhere:
a line of JSON each, {"home_url": …, "reports": [{"url", "year", "organ"}, …]}.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import track
from rich.table import Table

from archive.urlkey import urlkey
from crawler.listed import is_report
from tests import crude
from tests.evaluate import ROOT
from tests.portals import platforms as kinds
from tests.portals.farm import Farm
from tests.portals.server import serve

RECALL, WRONG = 0.98, 0.01  # of one portal's reports: that many at least are found, that many at most are none
PORTALS_WELL = 0.95  # of the portals of known platforms
HOMEMADE_RECALL = 0.80  # of all reports of the portals that match no fingerprint
PER_REPORT, PER_PORTAL = 1.5, 15  # requests
CRUDE = 20  # times the budget that the crude crawlers may ask
HOMEMADE = "homemade"
LEGEND = """well: ≥ 98 % found and ≤ 1 % wrong · requests: pages and lists of a whole crawl · add: of the probe
files: attachments · shown: what pages need to be shown, styles and pictures"""
APART = ("requisite", "attachment", "subresource")  # roles of requests that find nothing


@dataclass(frozen=True)
class Target:
    """A portal to be added: its home page, what it is, and its reports by every address they stand at."""

    home_url: str
    platform: str
    skin: str
    reports: tuple[dict[str, Any], ...]

    @property
    def addresses(self) -> dict[str, int]:
        """Address -> number of the report."""
        rows = enumerate(self.reports)
        return {urlkey(url): n for n, row in rows for url in (row["url"], *row.get("also_at", ()))}


@dataclass
class Result:
    """What came of one portal. Requests are those for pages, lists and robots.txt; attachments and what pages show apart."""

    target: Target
    found: set[int] = field(default_factory=set)
    listed: int = 0  # what the spider takes for reports, doubles included
    wrong: list[str] = field(default_factory=list)
    years: int = 0  # found reports whose year is right
    organs: int = 0
    add: int = 0  # requests
    crawl: int = 0
    sampled: int = 0  # pages that the probe asked, so that the crawl did not
    files: int = 0  # attachments
    requisites: int = 0
    seconds: float = 0.0
    platform: str = ""
    error: str = ""

    @property
    def recall(self) -> float:
        return len(self.found) / max(len(self.target.reports), 1)

    @property
    def wrongness(self) -> float:
        return len(self.wrong) / max(self.listed, 1)

    @property
    def cost(self) -> int:
        """Requests of a whole crawl of the portal."""
        return self.crawl + self.sampled

    @property
    def budget(self) -> float:
        return PER_REPORT * len(self.found) + PER_PORTAL

    @property
    def well(self) -> bool:
        return self.recall >= RECALL and self.wrongness <= WRONG


def farm_targets(farm: Farm) -> Iterator[Target]:
    """The portals of a farm."""
    for portal in farm.portals:
        rows = tuple(
            {"url": r.url, "year": r.year, "organ": r.organ, "also_at": r.also_at} for r in farm.reports_of(portal)
        )
        yield Target(portal.home_url, portal.platform, str(getattr(portal, "variant", None) or 0), rows)


def truth_targets(path: Path) -> Iterator[Target]:
    """Portals that somebody else serves."""
    with path.open(encoding="utf-8") as file:
        for line in filter(str.strip, file):
            row = json.loads(line)
            yield Target(row["home_url"], row.get("platform", "external"), row.get("skin", ""), tuple(row["reports"]))


def nianbao(env: dict[str, str], *words: str) -> tuple[Any, str]:
    """Run the command with --json. Returns what it printed, None when that is no JSON, and what it said of trouble."""
    command = [sys.executable, "-m", "crawler.cli", *words, "--json"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=1800, check=False)
    try:
        return json.loads(done.stdout), done.stderr.strip()
    except json.JSONDecodeError:
        return None, (done.stderr or done.stdout).strip()


def newcomer(target: Target, env: dict[str, str], scratch: Path) -> Result:
    """Add one portal and crawl it."""
    result = Result(target)
    began = time.monotonic()
    data, mine = scratch / "data", scratch / "spiders"
    where = {**env, "NIANBAO_DATA": str(data), "NIANBAO_SPIDERS": ""}
    said, trouble = nianbao(where, "add", target.home_url, "--into", str(mine))
    result.seconds = time.monotonic() - began
    if said is None:
        result.error = f"add: {trouble[-300:]}"
        return result
    result.platform = said["platform"]
    result.add = said["probe"]["requests"]["asked"]
    outcome, trouble = nianbao({**where, "NIANBAO_SPIDERS": str(mine)}, "crawl", said["name"])
    result.seconds = time.monotonic() - began
    if outcome is None:
        result.error = f"crawl: {trouble[-300:]}"
        return result
    _take(result, data / "catalogue.db", outcome[0])
    if outcome[0]["verdict"] != "ok":
        result.error = f"{outcome[0]['verdict']}: {outcome[0]['reason']}"
    return result


def _take(result: Result, catalogue: Path, outcome: dict[str, Any]) -> None:
    """What the crawl's run has written down, held against the truth."""
    with closing(sqlite3.connect(catalogue)) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT * FROM entry WHERE run = ?", (outcome["run"],)).fetchall()
        sql = "SELECT run = ? AS now, role, count(*) AS n FROM capture WHERE method IS NOT NULL GROUP BY 1, 2"
        asked = connection.execute(sql, (outcome["run"],)).fetchall()
        sql = "SELECT run = ? AS now, url, count(*) AS n FROM capture WHERE method IS NOT NULL AND role IN (?, ?) GROUP BY 1, 2"
        pages = connection.execute(sql, (outcome["run"], "entry", "list")).fetchall()
        documents = {
            row["id"]: row for row in connection.execute("SELECT id, url, organ, report_year FROM document").fetchall()
        }
    result.requisites = sum(row["n"] for row in asked if row["role"] == "requisite")
    result.files = sum(row["n"] for row in asked if row["role"] == "attachment")
    result.crawl = sum(row["n"] for row in asked if row["now"] and row["role"] not in APART)
    again = {row["url"] for row in pages if row["now"]}
    before = [row for row in pages if not row["now"]]
    result.sampled = sum(row["n"] for row in before if row["url"] not in again)
    addresses = result.target.addresses
    for row in filter(is_report, map(dict, rows)):
        result.listed += 1
        number = addresses.get(urlkey(row["url"]))
        if number is None:
            result.wrong.append(row["url"])
        elif number not in result.found:
            result.found.add(number)
            document = documents.get(row["document"])
            truth = result.target.reports[number]
            year = (document["report_year"] if document else None) or row["year"]
            result.years += year == truth["year"]
            result.organs += ((document["organ"] if document else None) or row["organ"]) == truth["organ"]


def table(title: str, results: Sequence[Result], by: Iterable[str] = ("platform", "skin")) -> Table:
    """A row per platform and skin, and one for all."""
    made = Table(title=title, title_justify="left", header_style="bold")
    made.add_column("platform", no_wrap=True)
    made.add_column("skin", no_wrap=True)
    for name in (
        "portals",
        "well",
        "reports",
        "recall",
        "wrong",
        "year",
        "body",
        "requests",
        "a report",
        "add",
        "files",
        "shown",
    ):
        made.add_column(name, justify="right", no_wrap=True)
    groups: dict[tuple[str, ...], list[Result]] = {}
    for each in results:
        groups.setdefault(tuple(getattr(each.target, name) for name in by), []).append(each)
    for key, group in sorted(groups.items()):
        made.add_row(*key, *_figures(group))
    made.add_section()
    made.add_row("all", "", *_figures(results))
    return made


def _figures(group: Sequence[Result]) -> list[str]:
    found, reports = sum(len(r.found) for r in group), sum(len(r.target.reports) for r in group)
    cost = sum(r.cost for r in group)
    return [
        str(len(group)),
        str(sum(r.well for r in group)),
        str(reports),
        f"{100 * found / max(reports, 1):.1f} %",
        f"{100 * sum(len(r.wrong) for r in group) / max(sum(r.listed for r in group), 1):.1f} %",
        f"{100 * sum(r.years for r in group) / max(found, 1):.0f} %",
        f"{100 * sum(r.organs for r in group) / max(found, 1):.0f} %",
        str(cost),
        f"{cost / found:.2f}" if found else "—",
        str(sum(r.add for r in group)),
        str(sum(r.files for r in group)),
        str(sum(r.requisites for r in group)),
    ]


def crude_table(farm: Farm, results: Sequence[Result]) -> Table:
    """The crude crawlers over the same portals, stopped at CRUDE times each portal's budget."""
    made = Table(title="Beside it", title_justify="left", header_style="bold")
    for name in ("", "requests", "reports found", "of", "requests a report", "portals finished"):
        made.add_column(name, justify="right" if name else "left", no_wrap=True)
    ours = sum(r.cost for r in results), sum(len(r.found) for r in results)
    all_reports = sum(len(r.target.reports) for r in results)
    made.add_row("nianbao", str(ours[0]), str(ours[1]), str(all_reports), f"{ours[0] / max(ours[1], 1):.1f}", "")
    for name, command in (("wget -r", crude.wget), ("Scrapy, breadth first", crude.breadth_first)):
        requests = found = whole = 0
        for each in results:
            most = int(CRUDE * (PER_REPORT * len(each.target.reports) + PER_PORTAL))
            had = crude.harvest(command, farm, each.target.home_url, most)
            keys = set(map(urlkey, had.had))
            requests, whole = requests + had.requests, whole + had.whole
            found += len({number for url, number in each.target.addresses.items() if url in keys})
        figures = (requests, found, all_reports)
        made.add_row(name, *map(str, figures), f"{requests / max(found, 1):.1f}", f"{whole} of {len(results)}")
    return made


def bars(results: Sequence[Result]) -> list[tuple[str, float, str, bool]]:
    """The bars of issue 4, lines 1 and 2: what, figure, bar, reached."""
    known = [r for r in results if r.target.platform != HOMEMADE]
    made = [r for r in results if r.target.platform == HOMEMADE]
    lines = []
    if known:
        share = sum(r.well for r in known) / len(known)
        lines.append(
            (
                f"portals with ≥ {RECALL:.0%} found, ≤ {WRONG:.0%} wrong",
                share,
                f"≥ {PORTALS_WELL:.0%}",
                share >= PORTALS_WELL,
            )
        )
    if made:
        share = sum(len(r.found) for r in made) / max(sum(len(r.target.reports) for r in made), 1)
        lines.append(("reports of homemade portals found", share, f"≥ {HOMEMADE_RECALL:.0%}", share >= HOMEMADE_RECALL))
    spent = sum(r.cost for r in results) / max(sum(r.budget for r in results), 1)
    lines.append((f"requests, of {PER_REPORT} a report + {PER_PORTAL} a portal", spent, "≤ 100%", 0 < spent <= 1))
    return lines


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.newcomers", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[101], help="farms to draw (101)")
    parser.add_argument("--portals", type=int, default=0, help="portals of each farm (two of each platform)")
    parser.add_argument("--platforms", nargs="+", help="only these, such as trs homemade (all)")
    parser.add_argument("--truth", type=Path, help="portals served by somebody else, and their reports")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="portals at a time")
    parser.add_argument("--no-crude", action="store_true", help="leave wget and the breadth-first crawl out")
    parser.add_argument("--keep", type=Path, help="keep data and spiders in this folder")
    parser.add_argument("--json", type=Path, help="write the results there as well")
    return parser.parse_args()


def farm_of(seed: int, options: argparse.Namespace) -> Farm:
    """A farm of all platforms, or of those named. Without the farm's `platforms`, its usual portals."""
    known: list[str] = [*getattr(kinds, "ALL", []), HOMEMADE]
    chosen = options.platforms or known
    if "platforms" not in inspect.signature(Farm).parameters:
        return Farm(options.portals or 14, seed)
    return Farm(options.portals or 2 * len(chosen), seed, platforms=chosen)


def run(targets: Sequence[Target], env: dict[str, str], scratch: Path, jobs: int, out: Console) -> list[Result]:
    """Add and crawl them all."""
    folders = [scratch / f"{n:03d}-{urlsplit(t.home_url).netloc.replace(':', '_')}" for n, t in enumerate(targets)]
    with ThreadPoolExecutor(jobs) as pool:
        work = pool.map(newcomer, targets, [env] * len(targets), folders)
        return list(track(work, "adding", total=len(targets), console=out, disable=not out.is_terminal))


def main() -> int:
    options = arguments()
    out = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as temporary:
        scratch = options.keep or Path(temporary)
        if options.truth:
            env = dict(os.environ)
            results = run(list(truth_targets(options.truth)), env, scratch, options.jobs, out)
        for seed in [] if options.truth else options.seeds:
            farm = farm_of(seed, options)
            with serve(farm) as server:
                env = os.environ | {
                    "NIANBAO_FARM": server.address,
                    "NIANBAO_FARM_PORTALS": "0",
                    "SCRAPY_SETTINGS_MODULE": "tests.portals.settings",
                }
                mine = run(list(farm_targets(farm)), env, scratch / str(seed), options.jobs, out)
            results += mine
            if not options.no_crude:
                out.print(crude_table(farm, mine))
    out.print(table("What newcomers' spiders find", results))
    out.print(LEGEND)
    for each in results:
        if not each.well or each.cost > each.budget:
            said = f"{each.recall:.0%} found, {len(each.wrong)} wrong, {each.cost} requests (budget {each.budget:.0f})"
            kind = f"{each.target.platform}/{each.target.skin} as {each.platform or '?'}"
            out.print(f"  {each.target.home_url} {kind}: {said} {each.error}", soft_wrap=True)
    cost, budget = sum(r.cost for r in results), sum(r.budget for r in results)
    within = sum(r.cost <= r.budget for r in results)
    out.print(f"{cost} requests of {budget:.0f}; {within} of {len(results)} portals within their own share")
    for what, figure, bar, reached in bars(results):
        out.print(
            f"[{'green' if reached else 'red'}]{'yes' if reached else 'NO ':<4}[/]{what:<52} {figure:7.1%}   bar {bar}"
        )
    if options.json:
        rows = [vars(r) | {"target": vars(r.target), "found": sorted(r.found), "recall": r.recall} for r in results]
        options.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0 if all(reached for *_, reached in bars(results)) else 1


if __name__ == "__main__":
    sys.exit(main())
