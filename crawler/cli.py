"""The command `nianbao`. Exit code 0 only when what was asked is true; 1 when it is not; 2 when it could not be tried."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.progress import track

from archive.archive import Archive
from archive.captures import DOM
from archive.catalogue import CatalogueError
from archive.http import DecodeError
from archive.retrieve import ArchiveError
from crawler import handover, reparse, show, status
from crawler.cli_archive import COMMANDS
from crawler.cli_status import status_command
from crawler.options import AS_JSON, DATA, fail, tell_unloaded, with_data
from crawler.runs import Runs, UnknownSpiderError, choose, load_spiders, project_settings
from crawler.verdict import Verdict, Word, some
from parsing.statutory import parse as parse_statutory


class Nianbao(click.Group):
    """The group, with what can go wrong anywhere turned into one clear line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ArchiveError, CatalogueError, UnknownSpiderError) as error:
            fail(str(error))


@click.group(cls=Nianbao, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nianbao")
def main() -> None:
    """Crawl, keep and read the annual reports on government information disclosure (政府信息公开工作年度报告)."""
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "crawler.settings")
    sys.path.insert(0, os.getcwd())  # as `scrapy` does: spiders of a project that is not installed


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option("--all", "everything", is_flag=True, help="All portals that there are spiders for.")
@DATA
@AS_JSON
@click.option("--jobs", type=click.IntRange(1), default=8, show_default=True, help="Portals crawled at the same time.")
@click.option("--max-pages", type=click.IntRange(1), help="Stop a portal after so many pages.")
@click.option("--max-minutes", type=click.FloatRange(0.01), help="Stop a portal after so many minutes.")
@click.option("--max-bytes", type=click.IntRange(1), help="Stop a portal after so many bytes received.")
@click.option("-v", "--verbose", is_flag=True, help="Scrapy's log on standard error.")
def crawl(
    names: tuple[str, ...],
    everything: bool,
    data: Path,
    as_json: bool,
    jobs: int,
    max_pages: int | None,
    max_minutes: float | None,
    max_bytes: int | None,
    verbose: bool,
) -> None:
    """Walk portals, keep what they send, read it, hand it over. Ends with a table of verdicts; exits 0 if all are ok."""
    if bool(names) == everything:
        raise click.UsageError("Name the portals to crawl, or say --all: one of the two. `scrapy list` names them.")
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
    if not settings["NIANBAO_CONTACT"] and not settings["ALLOW_PRIVATE_HOSTS"]:
        out.print("[yellow]NIANBAO_CONTACT is not set:[/] name a mail or web address by which a site can reach you.")
    loader, unloaded = load_spiders(settings)
    tell_unloaded(unloaded)
    chosen = choose(loader, names, everything)
    with show.CrawlProgress(out, len(chosen), quiet=as_json) as progress:
        runs = Runs(settings, loader, chosen, jobs, progress, lambda text: out.print(f"[yellow]{text}[/]"))
        outcomes = runs.go()
    if runs.unindexed:
        what = "WARC file is" if runs.unindexed == 1 else "WARC files are"
        out.print(
            f"[yellow]{runs.unindexed} {what} in {data} that the catalogue knows nothing of:[/] `nianbao rebuild` takes them in."
        )
    try:
        with status.reading(data) as catalogue:
            found = {o.name: status.problems(catalogue, o.run) for o in outcomes}
    except CatalogueError:
        if runs.failure:  # the disk is gone: why the run stopped is the first thing to know
            fail(runs.failure)
        raise
    if as_json:
        click.echo(json.dumps([_outcome(o, found[o.name]) for o in outcomes], ensure_ascii=False, indent=1))
    else:
        out.print(show.verdicts(outcomes))
        out.print(show.LISTED, style="dim", soft_wrap=True)
        for o in sorted(outcomes, key=lambda o: o.name):
            if o.verdict and not o.ok:
                show.advise(out, o.name, o.verdict.word, o.verdict.reason, with_data(o.verdict.advice, data))
            elif o.verdict and o.tally.problems:
                show.advise(
                    out, o.name, o.verdict.word, o.verdict.reason, with_data(f"`nianbao status {o.name}`", data)
                )
        _closing_words(out, outcomes, data)
    if runs.failure:
        fail(runs.failure)
    if runs.interrupted:
        again = " ".join(["`nianbao crawl", *(["--all"] if everything else names)]) + "`"
        fail(f"stopped before the end; all that was fetched is kept. To go on: {with_data(again, data)}", 130)
    sys.exit(0 if all(o.ok for o in outcomes) and not (everything and unloaded) else 1)


def _outcome(o: Any, problems: list[dict[str, Any]]) -> dict[str, Any]:
    tally = {k: v for k, v in vars(o.tally).items() if k not in ("years", "problems")}
    verdict = o.verdict or Verdict(Word.not_run, "stopped before its turn", "")
    said = {"verdict": verdict.word, "reason": verdict.reason, "advice": verdict.advice}
    return {"portal": o.name, "run": o.run, **said, **tally, "years": sorted(o.tally.years), "problems": problems}


def _closing_words(out: Any, outcomes: Any, data: Path) -> None:
    new = sum(o.tally.new_documents for o in outcomes)
    changed = sum(o.tally.changed for o in outcomes)
    gone = sum(o.tally.disappeared for o in outcomes)
    said = f"{some(new, 'new document')}, {changed} changed" if new or changed else "Nothing is new"
    out.print(f"[bold]{said}[/], {gone} disappeared from their lists.")
    for what, where in (("archive", "warc"), ("catalogue", "catalogue.db"), ("hand-over", "handover")):
        out.print(f"  {what:<10} {data / where}", soft_wrap=True)


@main.command()
@click.argument("source", metavar="FILE|URL|-")
@click.option("--url", help="The page's address: a witness for year, body and date.")
@DATA
@AS_JSON
def read(source: str, url: str | None, data: Path, as_json: bool) -> None:
    """Read one page: a file, standard input (-), or a URL's newest copy in the archive. Prints its clean text."""
    headers: list[tuple[str, str]] = []
    if source == "-":
        content = sys.stdin.buffer.read()
    elif source.startswith(("http://", "https://")):
        content, headers = _archived(source, data)
        url = url or source
    else:
        try:
            content = Path(source).read_bytes()
        except OSError as error:
            fail(f"{source}: expected a file, got “{error.strerror}”. A page's address reads it from the archive.")
    reading = handover.read_page(content, headers, url)
    report = reading.report if reading.is_report else parse_statutory(reading.document)
    document = reading.document
    if as_json:
        both = {"document": document.model_dump(mode="json"), "report": report.model_dump(mode="json")}
        click.echo(json.dumps(both, ensure_ascii=False, indent=1))
    else:
        show.document(show.console(), show.console(stderr=True), document, report)
    if not document.text:
        fail(
            f"{source}: read as {document.media_type}, no text in it ({', '.join(document.flags) or 'nothing found'}).",
            1,
        )
    for failure in reading.failures:
        show.console(stderr=True).print(f"[yellow]parser {failure.parser}:[/] {escape(failure.error)}", soft_wrap=True)


def _archived(url: str, data: Path) -> tuple[bytes, list[tuple[str, str]]]:
    with status.reading(data):
        archive = Archive(data)
    try:
        sql = "SELECT * FROM capture WHERE url = ? AND (status = 200 OR record_type = 'resource') ORDER BY requested_at DESC"
        # A page that scripts draw says nothing before they have run.
        capture = archive.catalogue.row(sql, DOM + url) or archive.catalogue.row(sql, url)
        if capture is None:
            fail(f"{url}: expected a copy in {data}, found none. Crawl its portal first.")
        return archive.page(capture)
    except DecodeError as error:
        fail(f"{url}: {error}")
    finally:
        archive.close()


@main.command()
@click.option("--all", "everything", is_flag=True, help="Every document.")
@click.option("--stale", is_flag=True, help="Documents that other code read (the default).")
@DATA
def parse(everything: bool, stale: bool, data: Path) -> None:
    """Read the archived pages again with today's code, update the catalogue, and hand them over anew."""
    if everything and stale:
        raise click.UsageError("Either --all or --stale.")
    with status.reading(data):
        archive = Archive(data)
    out = show.console()
    try:
        todo = reparse.stale(archive, everything)
        done = reparse.parse(archive, track(todo, "reading", console=out, transient=True, disable=not out.is_terminal))
    finally:
        archive.close()
    out.print(f"{done.read} documents read, {done.changed} of them read differently than before.")
    for url, what in [*done.failures, *done.parser_failures]:
        out.print(f"[red]{escape(url)}[/]: {escape(what)}", soft_wrap=True)
    sys.exit(1 if done.failures or done.parser_failures else 0)


for command in (status_command, *COMMANDS):
    main.add_command(command)


if __name__ == "__main__":
    main()
