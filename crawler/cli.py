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
from crawler import explain, handover, reparse, show, status
from crawler.cli_archive import COMMANDS
from crawler.cli_crawl import crawl
from crawler.cli_portals import COMMANDS as PORTAL_COMMANDS
from crawler.cli_status import status_command
from crawler.loader import NoSpiderFolderError
from crawler.options import AS_JSON, DATA, fail
from crawler.runs import UnknownSpiderError
from parsing import explaining
from parsing.statutory import parse as parse_statutory


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


for command in (crawl, status_command, *COMMANDS, *PORTAL_COMMANDS):
    main.add_command(command)


if __name__ == "__main__":
    main()
