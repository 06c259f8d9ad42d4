"""The command's part on the archive: what can be done with a data folder without crawling."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.markup import escape

from crawler import exporting, rebuilding, show, status
from crawler.options import DATA, fail


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
            said = exporting.FORMATS[format_](catalogue, data, folder, out)
        except OSError as error:
            fail(f"{folder}: expected a folder to write to, got “{error.strerror}”. Make room, or name another one.")
    out.print(said, soft_wrap=True)


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
    with show.bytes_done(out, "indexing", rebuilding.size(data)) as advance:
        done = rebuilding.rebuild(data, into or data, compare, advance)
    out.print(
        f"{done.index.files} WARC files, {done.index.captures} captures, {done.index.journal} rows of the journal, "
        f"{done.reading.read} documents read → {done.path}",
        soft_wrap=True,
    )
    for line in [*done.index.damage, *(f"{url}: {what}" for url, what in done.reading.failures)]:
        out.print(f"[red]{escape(line)}[/]", soft_wrap=True)
    if compare:
        for line in done.differences[:20]:
            out.print(escape(line), soft_wrap=True)
        out.print(f"{done.compared} rows compared, {len(done.differences)} differ", soft_wrap=True)
    sys.exit(1 if done.index.damage or done.reading.failures or done.differences else 0)


COMMANDS: tuple[click.Command, ...] = (export, rebuild)
