"""python -m tests.attachments: reports of the farm as files of every format, read again; text and numeric rows against
the truth. `--scans N` reads N degraded scans by OCR as well (the extra `ocr`); `--misses` shows rows that were lost.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator

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


def _format(name: str, make: object, chosen: list[tuple[str, Content]], misses: int) -> bool:
    precision, recall, seconds, rows, lost = [], [], [], 0, []
    flags: Counter[str] = Counter()
    for title, content in chosen:
        made = make(title, content)  # type: ignore[operator]
        if made is None:
            print(f"{name:<22} its producer is not installed")
            return True
        started = time.perf_counter()
        document = parsing.read(made)
        seconds.append(time.perf_counter() - started)
        p, r, count, missing = measure(document, title, content)
        precision.append(p)
        recall.append(r)
        rows += count
        lost += missing
        flags.update(document.flags)
    print(
        f"{name:<22} {len(chosen):5}  {sum(precision) / len(chosen):.4f}  {min(precision):.4f}  "
        f"{sum(recall) / len(chosen):.4f}  {min(recall):.4f}  {rows - len(lost):5} of {rows:<5}  "
        f"{sum(seconds) / len(chosen):6.3f}  {dict(flags) or ''}"
    )
    for row in lost[:misses]:
        print("      lost:", " | ".join(row))
    return min(precision) >= BAR and min(recall) >= BAR and not lost


def _scans(chosen: list[tuple[str, Content]]) -> bool:
    if not installed():
        print("scans: the extra `ocr` is not installed")
        return True
    wanted = right = 0
    precision, recall, seconds = [], [], []
    for seed, (title, content) in enumerate(chosen):
        made = scanned(pdf(title, content), seed)
        started = time.perf_counter()
        document = parsing.read(made)
        seconds.append(time.perf_counter() - started)
        p, r, _, _ = measure(document, title, content)
        precision.append(p)
        recall.append(r)
        count, good = cells_right(document, content)
        wanted, right = wanted + count, right + good
    share = right / max(wanted, 1)
    print(
        f"{'scans (degraded)':<22} {len(chosen):5}  {sum(precision) / len(chosen):.4f}  {min(precision):.4f}  "
        f"{sum(recall) / len(chosen):.4f}  {min(recall):.4f}  {right:5} of {wanted:<5} numeric cells: {share:.4f}  "
        f"{sum(seconds) / len(chosen):6.1f} s a file"
    )
    return share >= CELLS_BAR


if __name__ == "__main__":
    sys.exit(main())
