"""The command's part on reading: `read` for what somebody points at, `parse` for the archive."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from rich.markup import escape

from archive.archive import Archive
from archive.captures import DOM
from archive.catalogue import CatalogueError
from archive.http import DecodeError
from archive.reader import DamagedRecordError
from archive.retrieve import ArchiveError, Retriever
from crawler import explain, handover, readers, reparse, show, sources, status
from crawler.options import AS_JSON, DATA, fail
from parsing import explaining
from parsing.files.limits import cores
from parsing.statutory import parse as parse_statutory

MOST_WRONG = 20  # lines about what could not be read


class UnreadableError(Exception):
    """A source that gives no text; the message says what was expected and what came."""

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


@click.command()
@click.argument("given", metavar="FILE|FOLDER|URL|-…", nargs=-1, required=True)
@click.option("--url", help="The page's address: a witness for year, body and date.")
@click.option(
    "--explain", "explained", is_flag=True, help="Show what was taken out, at its place, by which rule and why."
)
@click.option("--html", "page", type=click.Path(path_type=Path), help="Write that into this file, for a browser.")
@DATA
@AS_JSON
def read(
    given: tuple[str, ...], url: str | None, explained: bool, page: Path | None, data: Path, as_json: bool
) -> None:
    """Read a page: a file, standard input (-), or a URL's newest copy in the archive. Prints its clean text.

    The text goes to standard output, what is known of it to standard error. Of several, and of folders with all that is in
    them, each is named first; --json then prints a line for each. For a copy the official source is proposed, when the data
    folder's archive has it. What the flags mean: docs/parsers.md.
    """
    if as_json and (explained or page):
        raise click.UsageError(
            "--json holds all that was removed, with rule and place: leave --explain and --html away."
        )
    named = list(_named(given))
    one = len(named) == 1 and not Path(given[0]).is_dir()
    if not one and (page or url):
        raise click.UsageError("--html and --url are for one page.")
    worst = 0
    for source in named:
        if not one and not as_json:
            show.console().rule(escape(source), align="left", characters="═")
        try:
            _read(source, url, explained, page, data, as_json, one)
        except UnreadableError as error:
            if one:
                fail(str(error), error.code)
            worst = max(worst, 1)
            show.console(stderr=True).print(f"[bold red]nianbao:[/] {escape(str(error))}", soft_wrap=True)
    if not named:
        fail(f"{', '.join(given)}: expected files to read, found none.")
    sys.exit(worst)


def _named(given: tuple[str, ...]) -> Iterator[str]:
    """What is to be read: a folder's files in the order of their names, without hidden ones."""
    for each in given:
        if (folder := Path(each)).is_dir():
            found = (path for path in folder.rglob("*") if path.is_file())
            yield from sorted(
                str(path) for path in found if not any(p.startswith(".") for p in path.relative_to(folder).parts)
            )
        else:
            yield each


def _read(
    source: str, url: str | None, explained: bool, page: Path | None, data: Path, as_json: bool, one: bool
) -> None:
    content, headers = _content(source, data)
    url = source if url is None and _is_url(source) else url
    reading = handover.read_page(content, headers, url)
    report = reading.report if reading.is_report else parse_statutory(reading.document)
    document = reading.document
    proposed = _proposed(reading, source, data)
    if explained or page:
        made = explaining.explain(content, headers, url)
        if page:
            _write(page, explain.html(made, report, source))
            show.console(stderr=True).print(f"written: {page}", markup=False, soft_wrap=True)
        if explained:
            explain.terminal(show.console(), made, report)
    elif as_json:
        both: dict[str, object] = {} if one else {"source": source}
        both |= {"document": document.model_dump(mode="json"), "report": report.model_dump(mode="json")}
        both["proposed_source"] = proposed and proposed._asdict()
        click.echo(json.dumps(both, ensure_ascii=False, indent=1 if one else None))
    else:
        show.document(show.console(), show.console(stderr=True), document, report, proposed)
    if not document.text:
        why = ", ".join(document.flags) or "nothing found"
        raise UnreadableError(f"{source}: read as {document.media_type}, no text in it ({why}).", 1)
    for failure in reading.failures:
        show.console(stderr=True).print(f"[yellow]parser {failure.parser}:[/] {escape(failure.error)}", soft_wrap=True)


def _write(page: Path, html: str) -> None:
    try:
        page.write_text(html, encoding="utf-8")
    except OSError as error:
        raise UnreadableError(
            f"{page}: expected a file to write to, got “{error.strerror}”. Name another one."
        ) from error


def _is_url(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _content(source: str, data: Path) -> tuple[bytes, list[tuple[str, str]]]:
    if source == "-":
        return sys.stdin.buffer.read(), []
    if _is_url(source):
        return _archived(source, data)
    try:
        return Path(source).read_bytes(), []
    except OSError as error:
        why = f"expected a file or a folder, got “{error.strerror}”. Correct the name; an address is read from the archive."
        raise UnreadableError(f"{source}: {why}") from error


def _archived(url: str, data: Path) -> tuple[bytes, list[tuple[str, str]]]:
    with status.reading(data) as catalogue:
        sql = "SELECT * FROM capture WHERE url = ? AND (status = 200 OR record_type = 'resource') ORDER BY requested_at DESC"
        # A page that scripts draw says nothing before they have run.
        capture = catalogue.row(sql, DOM + url) or catalogue.row(sql, url)
        if capture is None:
            raise UnreadableError(f"{url}: expected a copy in {data}, found none. Crawl its portal first.")
        try:
            return Retriever(data / "warc", catalogue).page(capture)
        except (ArchiveError, DamagedRecordError, DecodeError, ValueError) as error:
            raise UnreadableError(f"{url}: {error}") from error


def _proposed(reading: handover.Reading, source: str, data: Path) -> sources.Source | None:
    """Where a copy was taken from, if there is an archive that may know it."""
    if not reading.is_report or not (data / "catalogue.db").exists():
        return None
    row = handover.document_rows("", source, reading, "", None, None)["document"]
    try:
        with status.reading(data) as catalogue:
            known = catalogue.row("SELECT portal FROM document WHERE url = ?", source)
            return sources.propose(catalogue, row | {"portal": known["portal"] if known else None})
    except CatalogueError:
        return None  # reading a file needs no archive


@click.command()
@click.option("--all", "--stale", "stale", is_flag=True, help="What today's code has not read (the default).")
@click.option(
    "--anew", is_flag=True, help="Every document, whatever has read it: a program for files is installed now."
)
@click.option("--jobs", type=click.IntRange(1), default=cores, show_default="all cores", help="Processes that read.")
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
    try:
        done = _again(data, anew, jobs)
    except KeyboardInterrupt:
        fail("Stopped. What was read is kept; `nianbao parse --all` goes on from there.", 130)
    out.print(f"{done.read} documents read, {done.changed} of them read differently than before.")
    if done.copies or done.sources:
        out.print(f"From sharing sites: {done.copies}. Official sources proposed for copies: {done.sources}.")
    wrong = [*done.failures, *done.parser_failures]
    for url, what in wrong[:MOST_WRONG]:
        out.print(f"[red]{escape(url)}[/]: {escape(what)}", soft_wrap=True)
    if len(wrong) > MOST_WRONG:
        out.print(f"… and {len(wrong) - MOST_WRONG} more like these")
    sys.exit(1 if wrong else 0)


DIED = "What was read is kept. Run the same command again: it goes on from there; --jobs 1 needs the least."


def _again(data: Path, anew: bool, jobs: int) -> reparse.Reparsed:
    with readers.readers(data / "warc", data / "catalogue.db", jobs, DIED) as read:
        archive = Archive(data)
        try:
            if anew:
                reparse.forget(archive)
            phases = reparse.stale(archive.catalogue)
            with show.pages_done(show.console(), "reading", sum(map(len, phases))) as advance:
                return reparse.parse(archive, phases, read, advance)
        finally:
            archive.close()


COMMANDS: tuple[click.Command, ...] = (read, parse)
