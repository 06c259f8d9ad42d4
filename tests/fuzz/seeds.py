"""What is mutated: the farm's pages, small files, pages in every charset, pages built to hurt, any folder that is named.

A new kind of seed is a function that yields (name, bytes), and a line in SEEDS.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from parsing import media
from tests import charsets
from tests.attachments import producers
from tests.fuzz.files import packed
from tests.parsing.test_linear import HOSTILE
from tests.parsing.test_rules import BODY
from tests.portals import files
from tests.portals.blocks import Cell, Content, Grid, Para
from tests.portals.farm import Farm
from tests.portals.platforms import SKINNED

OOXML = "application/vnd.openxmlformats-officedocument."
LARGEST = 150_000  # bytes of a seed: larger ones say nothing that smaller ones do not, and take the time of ten


# How many of the inputs are of which kind, and the media types of the kind. LibreOffice takes a second for a file.
KINDS: tuple[tuple[str, float, tuple[str, ...]], ...] = (
    ("page", 0.72, (media.HTML, media.PLAIN)),
    ("pdf", 0.12, ("application/pdf",)),
    ("docx", 0.07, (f"{OOXML}wordprocessingml.document",)),
    ("xlsx", 0.04, (f"{OOXML}spreadsheetml.sheet",)),
    ("ofd", 0.03, ("application/ofd",)),
    ("zip", 0.01, ("application/zip",)),
    ("mhtml", 0.008, ("multipart/related",)),
    ("office", 0.002, ()),  # DOC, XLS, RTF and whatever else is in a folder
)
SHARES = {kind: share for kind, share, _ in KINDS}


class Seed(NamedTuple):
    """One input to start from."""

    name: str
    content: bytes

    @property
    def kind(self) -> str:
        return kind_of(self.content)


@cache
def kind_of(content: bytes) -> str:
    """The kind of a seed, by its first bytes."""
    sort = media.sniff(content)
    return next((kind for kind, _, sorts in KINDS if sort in sorts), KINDS[-1][0])


def _asked(farm: Farm, url: str) -> bytes:
    parts = urlsplit(url)
    reply = farm.reply("GET", parts.hostname or "", parts.path + (f"?{parts.query}" if parts.query else ""), {}, b"")
    return reply.body if reply.status == 200 else b""


def farm_pages() -> Iterator[Seed]:
    """Home pages, and two reports of each portal, of every platform in several skins."""
    platforms = sorted(SKINNED)
    farm = Farm(3 * len(platforms), seed=17, platforms=platforms)
    for portal in farm.portals:
        yield Seed(f"farm {portal.platform} home", _asked(farm, portal.home_url))
        for report in portal.reports[::11][:2]:
            row = report.as_row()
            yield Seed(f"farm {portal.platform} {row['url']}", _asked(farm, row["url"]))


TITLE = "云棠市教育局2022年政府信息公开工作年度报告"
LINES = ("一、总体情况", "全年主动公开政府信息3条，均按时答复。", "二、主动公开政府信息情况")
REPORT = Content(
    [
        *(Para(line) for line in (TITLE, *LINES)),
        Grid(
            [
                [Cell("信息内容"), Cell("本年制发件数", colspan=2)],
                [Cell("规章", rowspan=2), Cell("3"), Cell("0")],
                [Cell("1"), Cell("2")],
            ]
        ),
        Para("云棠市教育局"),
        Para("2023年1月18日"),
    ]
)


def small_files() -> Iterator[Seed]:
    """A report of a few lines and a table in each format, the same from run to run and on any machine."""
    text = "\n".join(LINES)
    yield Seed("pdf with open streams", files.pdf(TITLE, text))
    yield Seed("pdf by reportlab", re.sub(rb"D:\d{14}[^)]*|<[0-9a-f]{32}>", b"", producers.pdf(TITLE, REPORT)))
    yield Seed("docx of paragraphs", files.docx(TITLE, text))
    word = _same(producers.docx(TITLE, REPORT), ("word/document", "word/numbering", "word/styles", "_rels", "[Content"))
    yield Seed("docx by python-docx", word)
    yield Seed("xlsx by openpyxl", _same(producers.xlsx(TITLE, REPORT), ("xl/", "_rels", "[Content")))
    yield Seed("ofd", _same(producers.ofd(TITLE, REPORT), ("",)))
    yield Seed("zip", packed([("年报.docx", files.docx(TITLE, text)), ("说明.txt", text.encode("gb18030"))]))
    yield Seed("mhtml", producers.mhtml(TITLE, REPORT))
    cells = r"\trowd\cellx3000\cellx6000\intbl 1\cell 2\cell\row\pard "
    words = "".join(f"\\u{ord(char)}?" for char in text)
    yield Seed("rtf", rf"{{\rtf1\ansi\ansicpg936{{\fonttbl{{\f0 SimSun;}}}}\f0\fs24 {words}\par {cells}\par}}".encode())


def _same(content: bytes, kept: tuple[str, ...]) -> bytes:
    """A ZIP file without what differs from run to run, of the members whose names begin so."""
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        return packed([(name, whole.read(name)) for name in whole.namelist() if name.startswith(kept)])


def charset_cases() -> Iterator[Seed]:
    """The pages of tests/charsets.py."""
    return (Seed(f"charset {case.name}", case.content) for case in charsets.CASES)


def plain_report() -> Iterator[Seed]:
    """A report as plain text, as data sets have it."""
    yield Seed("plain report", BODY.encode())


def hostile_pages() -> Iterator[Seed]:
    """The beginnings of the pages that tests/parsing/test_linear.py reads."""
    return (Seed(f"hostile {name}", made().encode()[:4_000]) for name, made in HOSTILE.items())


SEEDS: tuple[Callable[[], Iterator[Seed]], ...] = (farm_pages, small_files, charset_cases, plain_report, hostile_pages)


def folder(path: Path) -> Iterator[Seed]:
    """Every file of a folder."""
    return (Seed(str(file), file.read_bytes()) for file in sorted(path.rglob("*")) if file.is_file())


def collected(folders: list[Path]) -> list[Seed]:
    """All seeds, each content once, in an order that does not change."""
    made = [seed for source in SEEDS for seed in source()] + [seed for path in folders for seed in folder(path)]
    return list({seed.content: seed for seed in made if 0 < len(seed.content) <= LARGEST}.values())
