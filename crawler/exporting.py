"""What `nianbao export` can write: each format a function that says in a sentence what it wrote where."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from archive import cdxj, wacz
from archive import export as exports
from archive.catalogue import Catalogue
from crawler import show
from crawler.settings import NIANBAO_VERSION
from crawler.verdict import some

Writer = Callable[[Catalogue, Path, Path, Console], str]  # catalogue, data folder, folder to write to, console


def _documents(format_: str) -> Writer:
    def write(catalogue: Catalogue, data: Path, folder: Path, out: Console) -> str:
        path = folder / f"documents.{format_}"
        return f"{exports.FORMATS[format_](catalogue, path)} documents → {path}"

    return write


def _cdxj(catalogue: Catalogue, data: Path, folder: Path, out: Console) -> str:
    files = [path.name for path in cdxj.finished(data / "warc")]
    path = folder / "index.cdxj"
    return f"{some(cdxj.write(catalogue, files, path), 'capture')} → {path}" + _left_out(catalogue, files)


def _wacz(catalogue: Catalogue, data: Path, folder: Path, out: Console) -> str:
    files = cdxj.finished(data / "warc")
    path = folder / "archive.wacz"
    with show.bytes_done(out, "copying", sum(file.stat().st_size for file in files)) as advance:
        done = wacz.write(catalogue, files, path, f"nianbao {NIANBAO_VERSION}", advance)
    what = f"{some(done.files, 'WARC file')}, {some(done.captures, 'capture')}, {some(done.pages, 'page')} → {path}"
    return what + _left_out(catalogue, [file.name for file in files])


def _left_out(catalogue: Catalogue, files: list[str]) -> str:
    count = cdxj.left_out(catalogue, files)
    if not count:
        return ""
    return f"\nLeft out: {some(count, 'capture')} in WARC files that are not finished. Export again after the crawl."


FORMATS: dict[str, Writer] = {name: _documents(name) for name in exports.FORMATS} | {"cdxj": _cdxj, "wacz": _wacz}
