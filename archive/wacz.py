"""WACZ 1.1.1 (webrecorder/specs): the archive as one ZIP file that ReplayWeb.page opens in a browser, without a server.

Written here and not by py-wacz, because that reads page text as UTF-8 only and knows a page by its Referer: titles and
texts come from our own documents instead, so that a page in GBK is found by its words.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from isal import igzip

from archive import cdxj
from archive.catalogue import Catalogue, Row
from archive.urlkey import target_uri

VERSION = "1.1.1"
LINES_PER_BLOCK = 1024  # index lines in a gzip member: what a lookup has to fetch
_PIECE = 1 << 20
_KEYS = (cdxj.browser_key, cdxj.surt)  # ReplayWeb.page looks up by the first, pywb by the second

_PAGES = """
SELECT d.id, d.title, d.text, c.url, c.requested_at
FROM document d JOIN capture c ON c.id = d.capture
WHERE c.warc_file IN (SELECT value FROM json_each(?))
ORDER BY d.report_year DESC, d.publication_date DESC, d.first_seen DESC, d.id
"""


@dataclass(frozen=True)
class Written:
    """What a WACZ file holds."""

    files: int
    captures: int
    pages: int


def write(
    catalogue: Catalogue, files: list[Path], path: Path, software: str, progress: Callable[[int], None] = lambda n: None
) -> Written:
    """Write the file, under its name only when it is whole. `progress` is told the bytes of WARC copied. Raises OSError."""
    new = path.with_name(f"{path.name}.new")
    names = [file.name for file in files]
    try:
        with new.open("wb") as raw:
            with zipfile.ZipFile(raw, "w") as package:
                out = _Package(package)
                for file in files:
                    with file.open("rb") as source:
                        out.add(f"archive/{file.name}", source, progress=progress)
                _index(out, catalogue, names)
                pages, newest = _pages(out, catalogue, names)
                _describe(out, software, newest)
            raw.flush()
            os.fsync(raw.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return Written(len(files), cdxj.count(catalogue, names), pages)


class _Package:
    """The ZIP file, and the resources that datapackage.json will list."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self._now = datetime.now(UTC).timetuple()[:6]
        self.resources: list[dict[str, Any]] = []

    def add(
        self, name: str, source: IO[bytes], compress: bool = False, progress: Callable[[int], None] = lambda n: None
    ) -> None:
        """Copy a file into it, from its start; it is listed with its size and sha256."""
        info = zipfile.ZipInfo(name, self._now)
        info.file_size = source.seek(0, os.SEEK_END)  # an entry is ZIP64 only when it must be: wabac.js misreads others
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED  # parts of WARC are read in place
        size, digest = info.file_size, hashlib.sha256()
        source.seek(0)
        with self._package.open(info, "w") as out:
            while piece := source.read(_PIECE):
                out.write(piece)
                digest.update(piece)
                progress(len(piece))
        listed = {"name": Path(name).name.lower(), "path": name, "hash": f"sha256:{digest.hexdigest()}", "bytes": size}
        self.resources.append(listed)


def _index(out: _Package, catalogue: Catalogue, names: list[str]) -> None:
    """indexes/index.cdx.gz, a gzip member for each block of lines, and index.idx, which says where each block begins.

    A capture whose two keys differ has two lines.
    """
    blocks = ['!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n']
    offset = 0
    with TemporaryFile() as file:
        lines = cdxj.lines(catalogue, names, _KEYS)
        while block := list(islice(lines, LINES_PER_BLOCK)):
            member = igzip.compress("".join(f"{line}\n" for line in block).encode())
            where = {
                "offset": offset,
                "length": len(member),
                "digest": f"sha256:{hashlib.sha256(member).hexdigest()}",
            }
            blocks.append(f"{block[0].partition(' {')[0]} {json.dumps(where)}\n")
            file.write(member)
            offset += len(member)
        out.add("indexes/index.cdx.gz", file)
    out.add("indexes/index.idx", BytesIO("".join(blocks).encode()), compress=True)


def _pages(out: _Package, catalogue: Catalogue, names: list[str]) -> tuple[int, Row | None]:
    """pages/pages.jsonl: every document, the newest report first. Returns their number and the first one."""
    header = {"format": "json-pages-1.0", "id": "pages", "title": "年度报告", "hasText": True}
    count, newest = 0, None
    with TemporaryFile() as file:
        file.write(json.dumps(header, ensure_ascii=False).encode() + b"\n")
        for row in catalogue.rows(_PAGES, json.dumps(names)):
            page = {
                "id": row["id"],
                "url": target_uri(row["url"]),
                "ts": f"{row['requested_at'][:19]}Z",  # whole seconds, as in the index
                "title": row["title"] or row["url"],
                "text": row["text"] or "",
            }
            file.write(json.dumps(page, ensure_ascii=False).encode() + b"\n")
            newest = newest or page
            count += 1
        out.add("pages/pages.jsonl", file, compress=True)
    return count, newest


def _describe(out: _Package, software: str, newest: Row | None) -> None:
    """datapackage.json, which lists everything with its digest, and datapackage-digest.json, the digest of that."""
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    package: dict[str, Any] = {
        "profile": "data-package",
        "title": "政府信息公开工作年度报告",
        "wacz_version": VERSION,
        "software": software,
        "created": created,
        "resources": list(out.resources),
    }
    if newest:
        package |= {"mainPageURL": newest["url"], "mainPageDate": newest["ts"]}
    text = json.dumps(package, ensure_ascii=False, indent=1).encode()
    out.add("datapackage.json", BytesIO(text), compress=True)
    digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(text).hexdigest()}"}
    out.add("datapackage-digest.json", BytesIO(json.dumps(digest, indent=1).encode()), compress=True)
