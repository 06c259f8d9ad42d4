"""The command's part on the archive: what can be done with a data folder without crawling."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click
from rich.markup import escape

from archive import replay
from archive import verify as audits
from archive.findings import KINDS, Finding
from crawler import exporting, readers, rebuilding, show, status
from crawler.options import AS_JSON, DATA, as_given, fail
from crawler.verdict import some
from parsing.files.limits import cores


@click.command()
@click.argument("format_", metavar="FORMAT", type=click.Choice(sorted(exporting.FORMATS)))
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@DATA
def export(format_: str, folder: Path | None, data: Path) -> None:
    """Write for others into DIR (default: DATA/export).

    jsonl and csv: a row per document, with body, year, dates, digest, WARC file and offset. cdxj: the index of captures
    that pywb reads. wacz: WARC files, index and pages in one file that ReplayWeb.page opens.
    """
    out = show.console()
    folder = folder or data / "export"
    with status.reading(data) as catalogue:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            said, wrong = exporting.FORMATS[format_](catalogue, data, folder, out)
        except OSError as error:
            fail(f"{folder}: expected a folder to write to, got “{error.strerror}”. Make room, or name another one.")
    out.print(said, soft_wrap=True)
    for line in wrong:
        click.echo(line, err=True)
    sys.exit(1 if wrong else 0)


DIED = "The catalogue is as it was. Run the same command again when less else is running: it begins anew."


@click.command()
@DATA
@click.option(
    "--into", type=click.Path(path_type=Path), help="Write catalogue.db into this folder; leave the one in DATA."
)
@click.option("--compare", is_flag=True, help="Exit 0 only if the new catalogue says what the present one says.")
def rebuild(data: Path, into: Path | None, compare: bool) -> None:
    """Make the catalogue again from the WARC files alone, and read the documents' pages with today's code.

    The catalogue that was there is kept beside it as catalogue.db.before-rebuild.
    """
    out = show.console()
    new = rebuilding.being_made(into or data)
    with (
        readers.readers(data / "warc", new, cores(), DIED, parts=False) as read,
        show.bytes_done(out, "indexing", rebuilding.size(data)) as advance,
    ):
        done = rebuilding.rebuild(data, into or data, compare, advance, read)
    out.print(
        f"{done.index.files} WARC files, {done.index.captures} captures, {done.index.journal} rows of the journal, "
        f"{done.reading.read} documents read → {done.path}",
        soft_wrap=True,
    )
    for line in done.notes:
        out.print(f"[dim]{escape(line)}[/]", soft_wrap=True)
    wrong = [*done.index.damage, *(f"{url}: {what}" for url, what in done.reading.failures), *done.lost]
    if done.half_told:
        are = "is only half told" if done.half_told == 1 else "are only half told"
        wrong.append(f"{some(done.half_told, 'document')} {are}: the WARC file with the rest is not there")
    for line in wrong:
        out.print(f"[red]{escape(line)}[/]", soft_wrap=True)
    if compare:
        for line in done.differences[:20]:
            out.print(escape(line), soft_wrap=True)
        out.print(f"{done.compared} rows compared, {len(done.differences)} differ", soft_wrap=True)
    sys.exit(1 if wrong or done.differences else 0)


@click.command()
@click.argument("files", metavar="[FILE]…", nargs=-1, type=click.Path(path_type=Path))
@DATA
@AS_JSON
def verify(files: tuple[Path, ...], data: Path, as_json: bool) -> None:
    """Audit the archive: every record, every digest, who refers to whom, and the catalogue against the files.

    With FILEs (.warc.gz, ours or another tool's) these alone are audited, and no catalogue is asked. Exit code 0 only when
    all is well; notes are worth knowing and no damage.
    """
    tally, out = audits.Tally(), show.console()
    paths = list(files) or audits.warc_files(data)
    if not paths and not audits.knows_files(data):
        fail(
            f"{data}: expected WARC files in {data / 'warc'}, found none. Name the data folder with --data, or the files."
        )
    try:
        with show.bytes_done(show.console(stderr=as_json), "verifying", _size(paths)) as advance:
            if files:
                found = _told(audits.verify_files(paths, tally, advance), as_json)
            else:
                found = _told(audits.verify(data, tally, advance), as_json)
    except OSError as error:
        fail(
            f"{error.filename}: expected a file that can be read, got “{error.strerror}”. Correct the name or the permissions."
        )
    wrong = sum(not finding.is_note for finding in found)
    if as_json:
        findings = [asdict(finding) | {"advice": finding.advice} for finding in found]
        click.echo(json.dumps({**asdict(tally), "findings": findings}, ensure_ascii=False, indent=1))
    else:
        for kind, count in Counter(finding.kind for finding in found).items():
            out.print(f"{count} × [bold]{kind}[/]: {escape(as_given(KINDS[kind]))}", soft_wrap=True)
        rest = as_given("what was read of the pages is compared by `nianbao rebuild --into DIR --compare`")
        what, more = (
            (f", and {some(tally.captures, 'capture')} of the catalogue compared with them", f"; {rest}")
            if not files and (data / "catalogue.db").exists()
            else ("; no catalogue was compared", "")
        )
        out.print(
            f"{tally.files} files, {tally.records} records, {tally.bytes} bytes{what}: "
            f"[bold]{'all is well' if not wrong else some(wrong, 'finding')}[/], {some(len(found) - wrong, 'note')}{more}",
            soft_wrap=True,
        )
    sys.exit(1 if wrong else 0)


def _size(paths: list[Path]) -> int:
    """Bytes of the files to go through. Leaves with code 2 when one is no gzipped WARC file."""
    for path in paths:
        with path.open("rb") as file:
            if file.read(5) == b"WARC/":
                fail(
                    f"{path}: expected a gzip member for each record, got plain WARC. Compress it: `warcio recompress`."
                )
    return sum(path.stat().st_size for path in paths)


def _told(findings: Iterable[Finding], is_quiet: bool) -> list[Finding]:
    """All findings, each printed as soon as it is known."""
    out, found = show.console(), []
    for finding in findings:
        found.append(finding)
        if not is_quiet:
            out.print(f"[{'dim' if finding.is_note else 'red'}]{escape(str(finding))}[/]", soft_wrap=True)
    return found


@click.command("replay")
@DATA
@click.option(
    "--port", type=click.IntRange(0, 65534), default=8080, show_default=True, help="Port; the next is used too. 0: any."
)
@click.option("--bind", default="127.0.0.1", show_default=True, help="Address to listen on.")
def replay_command(data: Path, port: int, bind: str) -> None:
    """Replay the archive in a browser: reports by body and year, captures of any address, Memento. Ctrl-C stops it."""
    with status.reading(data):
        pass  # there is an archive, and its catalogue can be read
    try:
        replay.run(data, bind, port, lambda word: click.echo(word, err=True))
    except replay.ReplayError as error:
        fail(str(error))


COMMANDS: tuple[click.Command, ...] = (export, rebuild, verify, replay_command)
