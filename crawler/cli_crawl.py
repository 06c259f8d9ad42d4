"""The command `nianbao crawl`: which portals, run them, and say what came of it in every form."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoaderProtocol

from archive.catalogue import Catalogue, CatalogueError
from crawler import browser, metrics, planning, report, show, status
from crawler.options import AS_JSON, DATA, NAME_FOLDER, SPIDERS, as_given, fail, tell_unloaded, tell_without_spider
from crawler.planning import Plan
from crawler.runs import Outcome, Runs, choose, load_spiders, project_settings
from crawler.verdict import Verdict, Word, some

JOBS = 32  # some 40 MB each: well below 2 GB in all (docs/benchmarks.md)


class Shard(click.ParamType[tuple[int, int]]):
    """`2/5`: the second of five."""

    name = "I/N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        number, _, of = str(value).partition("/")
        if not (number.isdigit() and of.isdigit() and 1 <= int(number) <= int(of)):
            self.fail(f"expected I/N with I from 1 to N, such as 2/5, got {value!r}", param, ctx)
        return int(number), int(of)


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line, as to which portals."""

    names: tuple[str, ...]
    everything: bool
    due: bool
    shard: tuple[int, int] | None

    def again(self) -> str:
        """The same command once more."""
        which = ["--all"] if self.everything else ["--due"] if self.due else list(self.names)
        return " ".join(
            ["nianbao crawl", *which, *([f"--shard {self.shard[0]}/{self.shard[1]}"] if self.shard else [])]
        )


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option("--all", "everything", is_flag=True, help="All portals that there are spiders for.")
@click.option(
    "--due", is_flag=True, help="Those whose time has come: by what they did lately and by the legal calendar."
)
@click.option("--dry-run", is_flag=True, help="Only list what would be crawled, in which order and why.")
@click.option("--shard", type=Shard(), help="Only this part of them, by host: 1/3, 2/3, 3/3 on three machines.")
@DATA
@SPIDERS
@AS_JSON
@click.option(
    "--jobs", type=click.IntRange(1), default=JOBS, show_default=True, help="Portals crawled at the same time."
)
@click.option("--for", "minutes", type=click.FloatRange(0.01), help="Stop all after so many minutes.")
@click.option("--max-pages", type=click.IntRange(1), help="Stop a portal after so many pages.")
@click.option("--max-minutes", type=click.FloatRange(0.01), help="Stop a portal after so many minutes.")
@click.option("--max-bytes", type=click.IntRange(1), help="Stop a portal after so many bytes received.")
@click.option(
    "--report",
    "reports",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the report goes [data/reports].",
)
@click.option("-v", "--verbose", is_flag=True, help="Scrapy's log on standard error.")
def crawl(
    names: tuple[str, ...],
    everything: bool,
    due: bool,
    dry_run: bool,
    shard: tuple[int, int] | None,
    data: Path,
    as_json: bool,
    jobs: int,
    minutes: float | None,
    max_pages: int | None,
    max_minutes: float | None,
    max_bytes: int | None,
    reports: Path | None,
    verbose: bool,
) -> None:
    """Walk portals, keep what they send, read it, hand it over. Ends with a table of verdicts; exits 0 if all are ok."""
    if sum([bool(names), everything, due]) != 1:
        raise click.UsageError(
            "Name the portals to crawl, or say --all, or --due: one of the three. `scrapy list` names them."
        )
    wanted = Wanted(names, everything, due, shard)
    settings = project_settings(
        {
            "NIANBAO_DATA": str(data),
            "LOG_LEVEL": "INFO" if verbose else "CRITICAL",  # what goes wrong is a recorded problem, shown at the end
            "CLOSESPIDER_PAGECOUNT": max_pages,
            "CLOSESPIDER_TIMEOUT": max_minutes and max_minutes * 60,
            "RUN_MAX_BYTES": max_bytes,
        }
    )
    out = show.console(stderr=as_json)
    loader, unloaded = load_spiders(settings)
    tell_unloaded(unloaded)
    if not names:
        with _looking(data) as catalogue:
            tell_without_spider(data, status.without_spider(catalogue, loader.list()) if catalogue else [])
        if not loader.list():
            fail(f"expected spiders to crawl with, found none. {NAME_FOLDER} `nianbao add URL` writes one.", 1)
    planned, next_one = _plan(loader, wanted, data)
    if dry_run:
        _tell_plan(planned, next_one, as_json)
        return
    if not settings["NIANBAO_CONTACT"] and not settings["ALLOW_PRIVATE_HOSTS"]:
        out.print("[yellow]NIANBAO_CONTACT is not set:[/] name a mail or web address by which a site can reach you.")
    if wrong := browser.missing(settings):
        out.print(f"[yellow]{escape(wrong)}[/] Portals that scripts draw will be broken.", soft_wrap=True)
    batch = report.Batch(datetime.now(UTC), as_given(f"`{wanted.again()}`").strip("`"), jobs, as_given)
    runs = _run(settings, loader, [plan.name for plan in planned], wanted, jobs, minutes, out, as_json)
    outcomes = [o for o in runs.outcomes.values() if not (o.verdict and o.verdict.reason == planning.DONE)]
    if outcomes or not due:  # a night on which nothing was due leaves the last night's report where it is
        _report(batch, loader, outcomes, data, reports or data / "reports", runs.failure)
    _say(outcomes, runs, next_one, data, out, as_json)
    if runs.failure:
        fail(runs.failure)
    if runs.interrupted:
        fail(
            f"stopped before the end; all that was fetched is kept. To go on: `{wanted.again()}`",
            130,
        )
    sys.exit(0 if all(o.ok for o in outcomes) and not (unloaded and not names) else 1)


def _plan(loader: SpiderLoaderProtocol, wanted: Wanted, data: Path) -> tuple[list[Plan], Plan | None]:
    """The portals to crawl, in order, and which of the others comes next.

    Those that were named stay in the order in which they were.
    """
    chosen = choose(loader, wanted.names, not wanted.names)
    if wanted.shard:
        chosen = planning.shard(loader, chosen, *wanted.shard)
    now = datetime.now(UTC)
    with _looking(data) as catalogue:
        found = planning.plans(catalogue, chosen, now)
    if wanted.names:
        return sorted(found, key=lambda plan: chosen.index(plan.name)), None
    later = [plan for plan in found if wanted.due and plan.due.at > now]
    return [plan for plan in found if plan not in later], min(later, key=lambda plan: plan.due.at, default=None)


@contextmanager
def _looking(data: Path) -> Iterator[Catalogue | None]:
    """The catalogue of a data folder, None where there is none yet; what is wrong with it `Runs` will say."""
    if not (data / "catalogue.db").exists():
        yield None
        return
    with status.reading(data) as catalogue:
        yield catalogue


def _nothing_due(next_one: Plan | None) -> str:
    """That there is nothing to do now, and when there will be."""
    if next_one is None:
        return "Nothing is due."
    return (
        f"Nothing is due. The next is {next_one.name}, on {next_one.due.at:%Y-%m-%d %H:%M} UTC ({next_one.due.reason})."
    )


def _tell_plan(planned: Sequence[Plan], next_one: Plan | None, as_json: bool) -> None:
    if as_json:
        rows = [
            {"portal": p.name, "due": p.due.at.isoformat(), "reason": p.due.reason, "last": p.last} for p in planned
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    out = show.console()
    table = show.table_of("Would be crawled, in this order")
    for name in ("portal", "last run (UTC)", "due since (UTC)"):
        table.add_column(name, no_wrap=True)
    table.add_column("why", overflow="fold")
    for plan in planned:
        since = "" if plan.due.urgent else f"{plan.due.at:%Y-%m-%d %H:%M}"
        table.add_row(plan.name, plan.last[:16].replace("T", " "), since, plan.due.reason)
    if planned:
        out.print(table)
    out.print(
        f"{some(len(planned), 'portal')} would be crawled." if planned else _nothing_due(next_one), soft_wrap=True
    )


def _run(
    settings: Settings,
    loader: SpiderLoaderProtocol,
    names: Sequence[str],
    wanted: Wanted,
    jobs: int,
    minutes: float | None,
    out: Console,
    as_json: bool,
) -> Runs:
    why_not = planning.why_not(Path(settings["NIANBAO_DATA"]), loader, wanted.due, lambda: datetime.now(UTC))
    with show.CrawlProgress(out, len(names), quiet=as_json) as progress:
        say = lambda text: out.print(f"[yellow]{text}[/]")  # noqa: E731
        runs = Runs(settings, loader, names, jobs, progress, say, minutes, why_not)
        runs.go()
    if runs.unindexed:
        what = "WARC file is" if runs.unindexed == 1 else "WARC files are"
        where = settings["NIANBAO_DATA"]
        out.print(
            f"[yellow]{runs.unindexed} {what} in {where} that the catalogue knows nothing of:[/] "
            f"{as_given('`nianbao rebuild`')} takes them in."
        )
    return runs


def _report(
    batch: report.Batch,
    loader: SpiderLoaderProtocol,
    outcomes: Sequence[Outcome],
    data: Path,
    folder: Path,
    failure: str | None,
) -> None:
    """The report and the metrics. A disk that takes nothing any more has been told of: then there is none."""
    declared = {each: loader.load(each) for each in loader.list() if hasattr(loader.load(each), "home_url")}
    try:
        with status.reading(data) as catalogue:
            made = report.make(batch, catalogue, declared, outcomes, datetime.now(UTC))
        report.write(made, folder)
        metrics.write(made, data / "metrics" / "nianbao.prom")
    except (OSError, CatalogueError) as error:
        if failure is None:
            fail(f"the report could not be written: {error}. All that was fetched is kept.")


def _say(
    outcomes: Sequence[Outcome], runs: Runs, next_one: Plan | None, data: Path, out: Console, as_json: bool
) -> None:
    try:
        with status.reading(data) as catalogue:
            found = {o.name: status.problems(catalogue, o.run) for o in outcomes}
    except CatalogueError:
        if runs.failure:  # the disk is gone: why the run stopped is the first thing to know
            fail(runs.failure)
        raise
    if as_json:
        click.echo(json.dumps([_outcome(o, found[o.name]) for o in outcomes], ensure_ascii=False, indent=1))
        return
    if not outcomes:
        out.print(_nothing_due(next_one), soft_wrap=True)
        return
    out.print(show.verdicts(outcomes))
    out.print(show.LISTED, style="dim", soft_wrap=True)
    for o in sorted(outcomes, key=lambda o: o.name):
        if o.verdict and not o.ok:
            show.advise(out, o.name, o.verdict.word, o.verdict.reason, as_given(o.verdict.advice))
        elif o.verdict and o.tally.problems:
            show.advise(out, o.name, o.verdict.word, o.verdict.reason, as_given(f"`nianbao status {o.name}`"))
    _closing_words(out, outcomes, data)


def _outcome(o: Outcome, problems: list[dict[str, Any]]) -> dict[str, Any]:
    tally = {k: v for k, v in vars(o.tally).items() if k not in ("years", "problems")}
    verdict = o.verdict or Verdict(Word.not_run, "stopped before its turn", "")
    said = {"verdict": verdict.word, "reason": verdict.reason, "advice": as_given(verdict.advice)}
    problems = [row | {"advice": as_given(row["advice"])} for row in problems]
    return {"portal": o.name, "run": o.run, **said, **tally, "years": sorted(o.tally.years), "problems": problems}


def _closing_words(out: Console, outcomes: Sequence[Outcome], data: Path) -> None:
    new = sum(o.tally.new_documents for o in outcomes)
    files = sum(o.tally.new_files for o in outcomes)
    changed = sum(o.tally.changed for o in outcomes)
    gone = sum(o.tally.disappeared for o in outcomes)
    linked = f" and {some(files, 'file')} that reports link to" if files else ""
    said = f"{some(new, 'new page')}{linked}, {changed} changed" if new or files or changed else "Nothing is new"
    out.print(f"[bold]{said}[/], {gone} disappeared from their lists.")
    for what, where in (
        ("archive", "warc"),
        ("catalogue", "catalogue.db"),
        ("hand-over", "handover"),
        ("report", "reports/latest.html"),
    ):
        out.print(f"  {what:<10} {data / where}", soft_wrap=True)
