"""python -m tests.drift: does a portal that changed get the right verdict on the next run, and one that did not, none?

Two tables. First: every fault on a portal of each platform, after a good run: the verdict before and after, whether the
word and the reason are right, the advice, and whether the run did harm (documents marked as gone, coverage lost).
Second: runs over unchanged portals whose advertisements, counters, dates of today and order of links change with every
request, some pages slow, and on which new reports appear now and then. There a run is one crawl of one portal; any
verdict but ok is an alarm. Exits 1 when a fault is missed or a run alarms.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.cells import cell_len, set_cell_size

from crawler.signature import Signature
from tests.evaluate import nianbao
from tests.portals.farm import Farm, Fault
from tests.portals.faults import TLS
from tests.portals.platforms import SKINNED
from tests.portals.portal import SamplePortal
from tests.portals.server import Server, serve
from tests.portals.wild import Wild, serve_wild

# fault: the right word, what its reason must say, what its advice must say
EXPECTED: dict[Fault, tuple[str, str, str]] = {
    "redesign": ("degraded", "another design", "--accept"),
    "moved_column": ("degraded", "column has moved", "--accept"),
    "empty_list": ("empty", "report", "browser"),
    "emptied_lists": ("degraded", "lists are empty", "loaded by a script"),
    "half_withdrawn": ("degraded", "reports listed, the last good run had", "withdrawn"),
    "broken_pagination": ("degraded", "later pages of lists", "second page"),
    "soft_404": ("broken", "soft 404", "hints"),
    "challenge": ("blocked", "no machine", "Leave it"),
    "login": ("blocked", "login", "Nobody logs in"),
    "parked": ("broken", "parked", "home_url"),
    "moved_site": ("broken", "the site has moved: a redirect to", "home_url"),
    "maintenance": ("broken", "under maintenance", "Wait"),
    "charset_flip": ("degraded", "another charset", "nianbao read"),
    "dates_vanish": ("degraded", "dates have vanished", "browser"),
    "tls_1_0": ("degraded", "another TLS: tls/1.3, modern → tls/1.0, legacy", "remembered"),
    "tls_1_1": ("degraded", "another TLS: tls/1.3, modern → tls/1.1, legacy", "remembered"),
    "weak_group": ("degraded", "another TLS: tls/1.3, modern → tls/1.2, legacy", "remembered"),
    "expired": ("degraded", "certificate is not what it was: good → expired", "made out to"),
    "self_signed": ("degraded", "certificate is not what it was: good → self-signed", "made out to"),
    "other_host": ("degraded", "certificate is not what it was: good → made out to another host", "made out to"),
    "https_gone": ("degraded", "had by http, no longer by https", "home_url"),
    "no_common_tls": ("broken", "home page could not be had: .*TLS handshake failed", "browser"),
}
PLATFORMS = (*SKINNED, "docshare")  # in turn; those of several skins are in the next one each time
HELD_BACK = 2  # reports of every other portal that appear only later


@dataclass(frozen=True)
class Outcome:
    """One fault on one portal."""

    fault: Fault
    platform: str
    portal: str
    before: str
    after: str
    reason: str
    advice: str
    harm: int  # documents newly marked as gone, and cells of the coverage that are no longer there

    @property
    def right(self) -> bool:
        word, reason, advice = EXPECTED[self.fault]
        said = bool(re.search(reason, self.reason)) and bool(re.search(advice, self.advice))
        return (self.before, self.after) == ("ok", word) and said and not self.harm


def rows(data: Path, sql: str, *values: Any) -> list[sqlite3.Row]:
    connection = sqlite3.connect(data / "catalogue.db")
    connection.row_factory = sqlite3.Row
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def crawl(server: Server | Wild, farm: Farm, data: Path, *names: str) -> dict[str, dict[str, Any]]:
    """What `nianbao crawl` says of each portal."""
    done = nianbao(server, farm, data, "crawl", *(names or ("--all",)), "--json")
    if not done.stdout:
        raise RuntimeError(f"expected outcomes from `nianbao crawl`, got “{done.stderr[-500:]}”")
    return {row["portal"]: row for row in json.loads(done.stdout)}


SHEETS = "SELECT run.portal, signature.sheet FROM run JOIN signature ON signature.id = run.signature"


def able(farm: Farm, data: Path, fault: Fault) -> list[str]:
    """Portals on which a fault can be seen: one page of a list cannot be paged wrongly, a list without dates lose none."""
    sheets = {row["portal"]: Signature.from_json(row["sheet"]) or Signature() for row in rows(data, SHEETS)}
    can = ABLE.get(fault, lambda farm, portal, sheet: True)
    return [portal.name for portal in farm.portals if can(farm, portal, sheets[portal.name])]


def linked(farm: Farm, portal: SamplePortal, sheet: Signature) -> bool:
    """The run came by the column, and its number or name is part of its address."""
    before = addresses(farm, portal)
    farm.break_portal(portal.name, "moved_column")
    after = addresses(farm, portal)
    farm.mend_portal(portal.name)
    return any(url in before - after for url in (*sheet.columns, *sheet.lists))


def addresses(farm: Farm, portal: SamplePortal) -> set[str]:
    return {farm.site(portal).column_url(column) for column in portal.plan.annual.walk()}


# What a portal must have for a fault to be possible there.
ABLE: dict[Fault, Callable[[Farm, SamplePortal, Signature], bool]] = {
    "broken_pagination": lambda farm, portal, sheet: sheet.further > 0,
    "moved_column": linked,
    "dates_vanish": lambda farm, portal, sheet: 0 < sheet.listed <= 2 * sheet.dated,
    "emptied_lists": lambda farm, portal, sheet: (
        portal.traits is not None and any(sheet.lists.values())
    ),  # and a search
}


def harm(before: Path, after: Path) -> Counter[str]:
    """By portal: documents marked as gone in `after` alone, and cells of body and year that only `before` has."""
    gone = "SELECT portal, id AS what FROM document WHERE gone_since IS NOT NULL"
    cells = "SELECT DISTINCT portal, organ || report_year AS what FROM document WHERE gone_since IS NULL"
    done: Counter[str] = Counter()
    for sql, (old, new) in ((gone, (after, before)), (cells, (before, after))):
        kept = {tuple(row) for row in rows(new, sql)}
        done.update(row["portal"] for row in rows(old, sql) if tuple(row) not in kept)
    return done


def faults(portals: int, seed: int, chosen: list[Fault], folder: Path) -> Iterator[Outcome]:
    """Each fault on all portals that can have it, each time from the same good run on; those of TLS over https."""
    of_tls = [fault for fault in chosen if fault in TLS]
    others = [fault for fault in chosen if fault not in TLS]
    for secure, some in ((False, others), (True, of_tls)):
        yield from faults_of(Farm(portals, seed, platforms=PLATFORMS, secure=secure), some, folder) if some else ()


def faults_of(farm: Farm, chosen: list[Fault], folder: Path) -> Iterator[Outcome]:
    platforms = {portal.name: portal.platform for portal in farm.portals}
    with serve_wild(farm) if farm.secure else serve(farm) as server:
        good = folder / f"good-{'https' if farm.secure else 'http'}"
        before = crawl(server, farm, good)
        for fault in chosen:
            data = folder / fault
            shutil.copytree(good, data)
            names = able(farm, data, fault)
            for name in names:
                farm.break_portal(name, fault)
            after = crawl(server, farm, data, *names) if names else {}
            harmed = harm(good, data)
            for name in names:
                farm.mend_portal(name)
                if fault == "broken_pagination" and after[name]["reports"] >= before[name]["reports"]:
                    continue  # its lists are of one page each, or search found what stood on the others
                was, now = before[name]["verdict"], after[name]
                said = (now["verdict"], now["reason"], now["advice"])
                yield Outcome(fault, platforms[name], name, was, *said, harmed[name])
            shutil.rmtree(data)


def unchanged(portals: int, runs: int, seed: int, folder: Path) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(round, portal, what came of it) of `runs` runs or a few more: whole rounds over all portals, after a first one."""
    farm = Farm(portals, seed, platforms=PLATFORMS)
    farm.noisy |= {portal.name for portal in farm.portals}
    held = [report for portal in farm.portals[::2] for report in portal.reports[-HELD_BACK:]]
    for report in held:
        report.withdrawn = True
    with serve(farm) as server:
        crawl(server, farm, folder / "noisy")
        for number in range(-(-runs // portals)):
            for report in (
                held[number::2] if number < 2 else ()
            ):  # half of them come in the first round, half in the next
                report.withdrawn = False
                farm._forget(report.portal, rebuild=True)
            yield from ((number + 1, name, row) for name, row in crawl(server, farm, folder / "noisy").items())


def tell(outcome: Outcome) -> str:
    """One line: fault, platform, portal, verdicts, whether all is right; and below it the reason and the advice."""
    cells = [
        (outcome.fault, 18),
        (outcome.platform, 9),
        (outcome.portal, 10),
        (f"{outcome.before} → {outcome.after}", 16),
    ]
    mark = "right" if outcome.right else "WRONG" + f" ({outcome.harm} documents or cells lost)" * bool(outcome.harm)
    return "".join(set_cell_size(text, max(width, cell_len(text)) + 1) for text, width in cells) + mark


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.drift", description=__doc__)
    parser.add_argument("--portals", type=int, default=40, help="unchanged portals (40)")
    parser.add_argument("--runs", type=int, default=100, help="runs over them: crawls of one portal each (100)")
    parser.add_argument(
        "--broken", type=int, default=30, help="portals that each fault is tried on (30: two skins of each platform)"
    )
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--faults", help="some of them, with commas; - for none")
    parser.add_argument("--verbose", action="store_true", help="reason and advice below each line")
    options = parser.parse_args(argv)
    chosen = [each for each in EXPECTED if not options.faults or each in options.faults.split(",")]
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="drift-") as folder:
        for outcome in faults(options.broken, options.seed, chosen, Path(folder)) if chosen else ():
            wrong += not outcome.right
            print(tell(outcome), flush=True)
            if options.verbose or not outcome.right:
                print(f"    {outcome.reason}\n    → {outcome.advice}", flush=True)
        alarms = counted = 0
        for number, name, row in (
            unchanged(options.portals, options.runs, options.seed, Path(folder)) if options.runs else ()
        ):
            counted += 1
            if row["verdict"] != "ok":
                alarms += 1
                print(f"alarm in round {number}: {name} is {row['verdict']}: {row['reason']}", flush=True)
    print(f"{wrong} faults missed; {alarms} alarms in {counted} runs over {options.portals} unchanged portals")
    return 1 if wrong or alarms else 0


if __name__ == "__main__":
    sys.exit(main())
