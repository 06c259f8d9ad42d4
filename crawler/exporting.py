"""What `nianbao export` can write: each format a function that says in a sentence what it wrote where, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from archive import cdxj, wacz
from archive import export as exports
from archive.catalogue import Catalogue
from archive.verify import is_written
from crawler import show
from crawler.settings import NIANBAO_VERSION
from crawler.verdict import some

Said = tuple[str, list[str]]  # what was written; errors, each a sentence
Writer = Callable[[Catalogue, Path, Path, Console], Said]  # catalogue, data folder, folder to write to, console


def _documents(format_: str) -> Writer:
    def write(catalogue: Catalogue, data: Path, folder: Path, out: Console) -> Said:
        path = folder / f"documents.{format_}"
        return f"{exports.FORMATS[format_](catalogue, path)} documents → {path}", []

    return write


def _cdxj(catalogue: Catalogue, data: Path, folder: Path, out: Console) -> Said:
    files = [path.name for path in cdxj.finished(data / "warc")]
    path = folder / "index.cdxj"
    said = f"{some(cdxj.write(catalogue, files, path), 'capture')} → {path}"
    notes, wrong = _left_out(catalogue, data, files)
    return said + notes, wrong


def _wacz(catalogue: Catalogue, data: Path, folder: Path, out: Console) -> Said:
    files = cdxj.finished(data / "warc")
    path = folder / "archive.wacz"
    with show.bytes_done(out, "copying", sum(file.stat().st_size for file in files)) as advance:
        done = wacz.write(catalogue, files, path, f"nianbao {NIANBAO_VERSION}", advance)
    what = f"{some(done.files, 'WARC file')}, {some(done.captures, 'capture')}, {some(done.pages, 'page')} → {path}"
    notes, wrong = _left_out(catalogue, data, [file.name for file in files])
    return what + notes, wrong


def _left_out(catalogue: Catalogue, data: Path, files: list[str]) -> Said:
    """What is not in these files: of files that are being written or were left open, and of those that are not there."""
    written = left = 0
    wrong = []
    for name, count in cdxj.left_out(catalogue, files).items():
        path = data / "warc" / f"{name}.open"
        if path.exists() and not is_written(path) and path.exists():
            left += count
        elif path.exists() or path.with_suffix("").exists():  # the latter was finished while we wrote
            written += count
        else:
            wrong.append(
                f"{path.with_suffix('')}: expected this file, in which the catalogue has {some(count, 'capture')}, "
                "got no such file: they are not in the export. Put it back from a copy and export again."
            )
    notes = ""
    if written:
        notes += f"\nLeft out: {some(written, 'capture')} in WARC files that a crawl is writing. Export again when it has ended."
    if left:
        notes += (
            f"\nLeft out: {some(left, 'capture')} in WARC files that a killed run left open: "
            "the next `nianbao crawl` finishes them. Export again after it."
        )
    return notes, wrong


FORMATS: dict[str, Writer] = {name: _documents(name) for name in exports.FORMATS} | {"cdxj": _cdxj, "wacz": _wacz}
