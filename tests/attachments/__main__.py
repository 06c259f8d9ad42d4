"""python -m tests.attachments: reports of the farm as files of every format, read again; text and numeric rows against
the truth. `--scans N` reads N degraded scans by OCR as well (the extra `ocr`); `--misses` shows rows that were lost.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from statistics import mean
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

import parsing
from parsing.document import Document
from parsing.files.scans import installed
from tests.attachments.grids import is_number, numeric_rows, shape
from tests.attachments.producers import FORMATS, pdf, scanned
from tests.evaluate import squash
from tests.portals.blocks import Block, Content, Para
from tests.portals.farm import Farm

BAR, CELLS_BAR = 0.98, 0.95


def reports(count: int, seed: int) -> Iterator[tuple[str, Content]]:
    """Titles and contents of reports that are no mere hint at an attachment, of all years in turn."""
    farm = Farm(8, seed)
    by_year: dict[int, list[tuple[str, Content]]] = {}
    for portal in farm.portals:
        for report in portal.reports[:12]:
            if "attachments_only" not in report.blemishes:
                body = [block for block in report.content().blocks if not _is_title(block)]
                by_year.setdefault(report.year, []).append((report.title, Content(body)))
    years = sorted(by_year, reverse=True)
    yield from [by_year[year][i % len(by_year[year])] for i in range(count) for year in years][:count]


def _is_title(block: Block) -> bool:
    return isinstance(block, Para) and block.role == "title"  # the producers write it themselves


def measure(document: Document, title: str, content: Content) -> tuple[float, float, int, list[tuple[str, ...]]]:
    """Precision, recall (characters), numeric rows of the truth, and those that are not there cell by cell."""
    got, want = squash(document.text), squash(f"{title}\n{content.text()}")
    common = LCSseq.similarity(got, want)
    wanted = numeric_rows(content)
    rows = Counter(shape(row) for block in document.blocks for row in block.rows or [])
    missing = list((Counter(wanted) - rows).elements())
    return common / max(len(got), 1), common / len(want), len(wanted), missing


def cells_right(document: Document, content: Content) -> tuple[int, int]:
    """Numeric cells of the truth, and how many of them were read, in order (longest common subsequence)."""
    wanted = [cell for row in numeric_rows(content) for cell in row if is_number(cell)]
    got = [cell for block in document.blocks for row in block.rows or [] for cell in shape(row) if is_number(cell)]
    return len(wanted), LCSseq.similarity(got, wanted)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.attachments", description=__doc__)
    parser.add_argument("--reports", type=int, default=12)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--scans", type=int, default=0, help="how many scans to make and read")
    parser.add_argument("--only", default="", help="formats whose name has this in it")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="show N of the rows that were lost")
    options = parser.parse_args()
    chosen = list(reports(options.reports, options.seed))
    good = True
    print(f"{'format':<22} files  P mean  P min   R mean  R min   rows right     s a file  flags")
    for name, make in FORMATS.items():
        if options.only in name:
            good &= _format(name, make, chosen, options.misses)
    if options.scans:
        good &= _scans(chosen[: options.scans])
    return 0 if good else 1


class Reading(NamedTuple):
    """A file that was read: what `measure` says of it, and the seconds that it took."""

    document: Document
    precision: float
    recall: float
    rows: int
    lost: list[tuple[str, ...]]
    seconds: float


def _read(made: bytes, title: str, content: Content) -> Reading:
    started = time.perf_counter()
    document = parsing.read(made)
    seconds = time.perf_counter() - started
    return Reading(document, *measure(document, title, content), seconds)


def _scores(name: str, read: list[Reading]) -> str:
    """How a line of the table begins."""
    each = ([one.precision for one in read], [one.recall for one in read])
    return f"{name:<22} {len(read):5}  " + "  ".join(f"{mean(scores):.4f}  {min(scores):.4f}" for scores in each)


def _format(name: str, make: object, chosen: list[tuple[str, Content]], misses: int) -> bool:
    read = []
    for title, content in chosen:
        made = make(title, content)  # type: ignore[operator]
        if made is None:
            print(f"{name:<22} its producer is not installed")
            return True
        read.append(_read(made, title, content))
    rows, lost = sum(each.rows for each in read), [row for each in read for row in each.lost]
    flags = Counter(flag for each in read for flag in each.document.flags)
    seconds = mean(each.seconds for each in read)
    print(f"{_scores(name, read)}  {rows - len(lost):5} of {rows:<5}  {seconds:6.3f}  {dict(flags) or ''}")
    for row in lost[:misses]:
        print("      lost:", " | ".join(row))
    return all(min(each.precision, each.recall) >= BAR for each in read) and not lost


def _scans(chosen: list[tuple[str, Content]]) -> bool:
    if not installed():
        print("scans: the extra `ocr` is not installed")
        return True
    read = [_read(scanned(pdf(*each), seed), *each) for seed, each in enumerate(chosen)]
    cells = [cells_right(each.document, content) for each, (_, content) in zip(read, chosen, strict=True)]
    wanted, right = (sum(counts) for counts in zip(*cells, strict=True))
    share = right / max(wanted, 1)
    print(
        f"{_scores('scans (degraded)', read)}  {right:5} of {wanted:<5} numeric cells: {share:.4f}  "
        f"{mean(each.seconds for each in read):6.1f} s a file"
    )
    return share >= CELLS_BAR


if __name__ == "__main__":
    sys.exit(main())
