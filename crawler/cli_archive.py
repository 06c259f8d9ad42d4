"""The command's part on the archive: what can be done with a data folder without crawling."""

from __future__ import annotations

from pathlib import Path

import click

from archive import export as exports
from crawler import show, status
from crawler.options import DATA, fail


@click.command()
@click.argument("format_", metavar="FORMAT", type=click.Choice(sorted(exports.FORMATS)))
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@DATA
def export(format_: str, folder: Path | None, data: Path) -> None:
    """Write a row per document, with body, year, dates, digest, WARC file and offset, into DIR (default: DATA/export)."""
    folder = folder or data / "export"
    with status.reading(data) as catalogue:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"documents.{format_}"
            count = exports.FORMATS[format_](catalogue, path)
        except OSError as error:
            fail(f"{folder}: expected a folder to write to, got “{error.strerror}”. Make room, or name another one.")
    show.console().print(f"{count} documents → {path}", soft_wrap=True)


COMMANDS: tuple[click.Command, ...] = (export,)
