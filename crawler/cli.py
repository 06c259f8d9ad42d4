"""The command `nianbao`. Exit code 0 only when what was asked is true; 1 when it is not; 2 when it could not be tried."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from archive.archive import Archive
from archive.captures import DOM
from archive.catalogue import CatalogueError
from archive.http import DecodeError
from archive.retrieve import ArchiveError
from crawler import explain, handover, readers, reparse, show, status
from crawler.cli_archive import COMMANDS
from crawler.cli_crawl import crawl
from crawler.cli_portals import COMMANDS as PORTAL_COMMANDS
from crawler.cli_status import status_command
from crawler.loader import NoSpiderFolderError
from crawler.options import AS_JSON, DATA, fail
from crawler.runs import UnknownSpiderError
from parsing import explaining
from parsing.statutory import parse as parse_statutory

MOST_WRONG = 20  # lines about what could not be read


class Nianbao(click.Group):
    """The group, with what can go wrong anywhere turned into one clear line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ArchiveError, CatalogueError, NoSpiderFolderError, UnknownSpiderError) as error:
            fail(str(error))


@click.group(cls=Nianbao, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nianbao")
def main() -> None:
    """Crawl, keep and read the annual reports on government information disclosure (政府信息公开工作年度报告)."""
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "crawler.settings")
    sys.path.insert(0, os.getcwd())  # as `scrapy` does: spiders of a project that is not installed


@main.command()
@click.argument("source", metavar="FILE|URL|-")
@click.option("--url", help="The page's address: a witness for year, body and date.")
@click.option(
    "--explain", "explained", is_flag=True, help="Show what was taken out, at its place, by which rule and why."
)
@click.option("--html", "page", type=click.Path(path_type=Path), help="Write that into this file, for a browser.")
@DATA
@AS_JSON
def read(source: str, url: str | None, explained: bool, page: Path | None, data: Path, as_json: bool) -> None:
    """Read one page: a file, standard input (-), or a URL's newest copy in the archive. Prints its clean text."""
    if as_json and (explained or page):
        raise click.UsageError(
            "--json holds all that was removed, with rule and place: leave --explain and --html away."
        )
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
    if explained or page:
        made = explaining.explain(content, headers, url)
        if page:
            page.write_text(explain.html(made, report, source), encoding="utf-8")
            show.console(stderr=True).print(f"written: {page}", markup=False, soft_wrap=True)
        if explained:
            explain.terminal(show.console(), made, report)
    elif as_json:
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
@click.option("--all", "--stale", "stale", is_flag=True, help="What today's code has not read (the default).")
@click.option(
    "--anew", is_flag=True, help="Every document, whatever has read it: a program for files is installed now."
)
@click.option(
    "--jobs", type=click.IntRange(1), default=readers.cores, show_default="all cores", help="Processes that read."
)
@DATA
def parse(stale: bool, anew: bool, jobs: int, data: Path) -> None:
    """Read the archived pages again, update the catalogue, and hand them over anew: those that need it.

    A document needs it when the code, the rules or the parsers that read it are not today's, which a hash over them tells.
    A pass that was stopped or killed goes on where it was: run `nianbao parse --all`, also after --anew.
    """
    if stale and anew:
        raise click.UsageError("Either --all or --anew.")
    with status.reading(data):
        pass  # there is an archive, and its catalogue can be read
    out = show.console()
    with readers.readers(data / "warc", data / "catalogue.db", jobs) as read:
        archive = Archive(data)
        try:
            if anew:
                reparse.forget(archive)
            phases = reparse.stale(archive.catalogue)
            with show.pages_done(out, "reading", sum(map(len, phases))) as advance:
                done = reparse.parse(archive, phases, read, advance)
        finally:
            archive.close()
    out.print(f"{done.read} documents read, {done.changed} of them read differently than before.")
    if done.copies or done.sources:
        out.print(f"From sharing sites: {done.copies}. Official sources proposed for copies: {done.sources}.")
    wrong = [*done.failures, *done.parser_failures]
    for url, what in wrong[:MOST_WRONG]:
        out.print(f"[red]{escape(url)}[/]: {escape(what)}", soft_wrap=True)
    if len(wrong) > MOST_WRONG:
        out.print(f"… and {len(wrong) - MOST_WRONG} more like these")
    sys.exit(1 if wrong else 0)


for command in (crawl, status_command, *COMMANDS, *PORTAL_COMMANDS):
    main.add_command(command)


if __name__ == "__main__":
    main()
