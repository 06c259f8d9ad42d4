"""Glyphs and ruling lines of a printed page to blocks: tables from the lines, paragraphs from the text between them.

What PDF, OFD and OCR have in common: each gives pages of glyphs and strokes, in points from the top left. Tables are
found by pdfplumber's algorithm over the strokes; a table that a page break cuts is joined again; running heads and page
numbers go, but only from the margins of a page, and never from a table.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

from pdfplumber import table as ruled

from parsing import blocks, lookalikes
from parsing.document import Block, Removal
from parsing.normalise import CJK

MAX_STROKES = 6000  # of a page; a statutory table has some 600. What has more is a drawing
TOLERANCE = 3.0  # points: strokes that are nearer are one
MARGIN = 0.12  # share of a page's height at its top and bottom in which running heads and page numbers stand
# What is a space: more than this share of the size between two letters, a letter and a Hanzi (Word leaves a quarter of
# an em there by itself), two Hanzi (a justified line stretches).
GAPS = (0.2, 0.45, 0.9)
_NUMBER = re.compile(
    r"^[-—–－~·.\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／,，共]{1,2}\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–－~·.\s]*$"
)
_WIDE = re.compile(rf"[{CJK}\u3000-\u303f\uff01-\uff60]")
_ITEM = re.compile(r"[（(][一二三四五六七八九十]{1,3}|[一二三四五六七八九十]{1,3}[、.]|\d{1,2}[.、．]|第")
_NUMERIC = re.compile(r"[-+－]?[\d,.]+[%％元件个]?")


class Glyph(NamedTuple):
    """A character, a run of them or a line, and the box around it. `size` is the height of its font."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    confidence: float = 1.0


class Stroke(NamedTuple):
    """A ruling line, horizontal (top = bottom) or vertical (x0 = x1)."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass
class Page:
    width: float
    height: float
    glyphs: list[Glyph]
    strokes: list[Stroke] = field(default_factory=list)


@dataclass
class Table:
    """A table: the left edges of its columns, and its cells' texts by row and column."""

    top: float
    bottom: float
    lefts: list[float]
    right: float
    rows: list[list[str]]
    confidence: float = 1.0


Item = Glyph | Table  # a line of text, or a table


def to_blocks(pages: Iterable[Page]) -> tuple[list[Block], list[Removal]]:
    """Blocks of all pages in reading order, and the running heads and page numbers that were taken off."""
    read = [(page, items_of(page)) for page in pages]
    removed = _without_running_heads(read)
    return _joined([items for _, items in read]), removed


def mended(pages: Iterable[Page]) -> list[str]:
    """Puts what was meant in place of the fonts' look-alikes (⼈ for 人); returns a flag for each kind that was found."""
    flags: dict[str, None] = {}
    for page in pages:
        for at, glyph in enumerate(page.glyphs):
            if not glyph.text.isascii():
                text, found = lookalikes.meant(glyph.text)
                flags.update(dict.fromkeys(found))
                page.glyphs[at] = glyph._replace(text=text) if text != glyph.text else glyph
    return list(flags)


def items_of(page: Page) -> list[Item]:
    """The page's lines and tables from top to bottom."""
    glyphs = _once(page.glyphs)
    tables: list[Table] = []
    for cells in _tables(page.strokes):
        found, glyphs = _table(cells, glyphs)
        if found is not None:
            tables.append(found)
    items: list[Item] = [*lines_of(glyphs), *tables]
    return sorted(items, key=lambda item: item.top)


def _once(glyphs: list[Glyph]) -> list[Glyph]:
    """Without second copies: bold is often printed as the same character twice, a hair apart."""
    seen: dict[tuple[str, int, int], Glyph] = {}
    kept: list[Glyph] = []
    for glyph in glyphs:
        x, y, reach = round(glyph.x0), round(glyph.top), 0.2 * glyph.size
        near = (seen.get((glyph.text, x + dx, y + dy)) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        if any(n and abs(n.x0 - glyph.x0) < reach and abs(n.top - glyph.top) < reach for n in near):
            continue
        seen[glyph.text, x, y] = glyph
        kept.append(glyph)
    return kept


# Text


def lines_of(glyphs: list[Glyph]) -> list[Glyph]:
    """Glyphs to lines of text: those whose middles are within half a character's height of each other."""
    lines: list[list[Glyph]] = []
    middle = size = 0.0
    for glyph in sorted((g for g in glyphs if g.text.strip()), key=lambda g: (g.top + g.bottom) / 2):
        at = (glyph.top + glyph.bottom) / 2
        if not lines or at - middle > 0.5 * min(size, glyph.size):
            lines.append([])
            middle, size = at, glyph.size
        lines[-1].append(glyph)
        size = max(size, glyph.size)
    return [_line(sorted(line, key=lambda g: g.x0)) for line in lines]


def _line(glyphs: list[Glyph]) -> Glyph:
    parts = [glyphs[0].text]
    for before, after in pairwise(glyphs):
        wide = bool(_WIDE.match(before.text[-1:])) + bool(_WIDE.match(after.text[:1]))
        if after.x0 - before.x1 > GAPS[wide] * min(before.size, after.size):
            parts.append(" ")
        parts.append(after.text)
    return Glyph(
        "".join(parts).strip(),
        glyphs[0].x0,
        min(g.top for g in glyphs),
        max(g.x1 for g in glyphs),
        max(g.bottom for g in glyphs),
        median(g.size for g in glyphs),
        min(g.confidence for g in glyphs),
    )


def join(lines: list[Glyph], right: float) -> str:
    """Lines of one paragraph or cell as one: Hanzi are joined, words get a space, a number that filled its line goes on."""
    text = lines[0].text if lines else ""
    for before, after in pairwise(lines):
        is_full = right - before.x1 < 1.2 * before.size and before.text[-1:].isdigit() and after.text[:1].isdigit()
        wide = _WIDE.match(before.text[-1:]) or _WIDE.match(after.text[:1])
        text += after.text if wide or is_full else f" {after.text}"
    return text


# Tables

Box = tuple[float, float, float, float]  # x0, top, x1, bottom


def _tables(strokes: list[Stroke]) -> list[list[Box]]:
    """The cells of each table that the strokes rule."""
    if len(strokes) > MAX_STROKES:
        return []
    return [list(table) for group in _groups(strokes) for table in _cells(group)]


def cells_of(strokes: list[Stroke]) -> list[Box]:
    """The cells of all tables that the strokes rule."""
    return [box for table in _tables(strokes) for box in table]


def _groups(strokes: list[Stroke]) -> list[list[Stroke]]:
    """Strokes of the same height of the page: columns of one table must not be drawn to those of the next."""
    groups: list[list[Stroke]] = []
    bottom = 0.0
    for stroke in sorted(strokes, key=lambda stroke: stroke.top):
        if not groups or stroke.top > bottom + TOLERANCE:
            groups.append([])
            bottom = stroke.bottom
        groups[-1].append(stroke)
        bottom = max(bottom, stroke.bottom)
    return [group for group in groups if len(group) >= 4]


def _cells(strokes: list[Stroke]) -> list[list[Box]]:
    edges = [_edge(stroke) for stroke in strokes]
    edges = ruled.merge_edges(edges, TOLERANCE, TOLERANCE, TOLERANCE, TOLERANCE)
    edges = [edge for edge in edges if max(edge["width"], edge["height"]) >= TOLERANCE]
    edges = ruled.merge_edges(edges + _open_sides(edges), TOLERANCE, TOLERANCE, TOLERANCE, TOLERANCE)
    cells = ruled.intersections_to_cells(ruled.edges_to_intersections(edges, TOLERANCE, TOLERANCE))
    return list(ruled.cells_to_tables(cells))


def _edge(stroke: Stroke) -> dict[str, Any]:
    return {
        "x0": stroke.x0,
        "x1": stroke.x1,
        "top": stroke.top,
        "bottom": stroke.bottom,
        "width": stroke.x1 - stroke.x0,
        "height": stroke.bottom - stroke.top,
        "orientation": "h" if stroke.x1 - stroke.x0 >= stroke.bottom - stroke.top else "v",
        "object_type": "line",
    }


def _open_sides(edges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sides of tables that are ruled without them: where three or more lines across begin, or end, together."""
    across = [edge for edge in edges if edge["orientation"] == "h"]
    upright = [edge for edge in edges if edge["orientation"] == "v"]
    sides = []
    for side in ("x0", "x1"):
        for x, count in Counter(round(edge[side]) for edge in across).items():
            mine = [edge for edge in across if abs(edge[side] - x) <= TOLERANCE]
            crossed = any(abs(edge["x0"] - x) <= TOLERANCE for edge in upright)
            if count < 3 or crossed or not upright:
                continue
            tops = [edge["top"] for edge in mine]
            low, high = min(tops), max(tops)
            if any(low - 1 <= e["top"] and e["bottom"] <= high + 1 for e in upright):
                sides.append(_edge(Stroke(x, low, x, high)))
    return sides


def _table(cells: list[Box], glyphs: list[Glyph]) -> tuple[Table | None, list[Glyph]]:
    """The table that the cells make, and the glyphs that are not in it; None for a frame around something."""
    lefts, tops = _steps(box[0] for box in cells), _steps(box[1] for box in cells)
    if len(lefts) < 2:
        return None, glyphs
    inside: dict[int, list[Glyph]] = {}
    rest: list[Glyph] = []
    rows: dict[int, list[int]] = {}  # cells by the band of 10 points that they touch: a glyph asks few of them
    for at, box in enumerate(cells):
        for band in range(int(box[1] // 10), int(box[3] // 10) + 1):
            rows.setdefault(band, []).append(at)
    for glyph in glyphs:
        x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
        holder = next(
            (
                at
                for at in rows.get(int(y // 10), ())
                if cells[at][0] <= x <= cells[at][2] and cells[at][1] <= y <= cells[at][3]
            ),
            None,
        )
        (rest if holder is None else inside.setdefault(holder, [])).append(glyph)
    grid = [[""] * len(lefts) for _ in tops]
    confidence = 1.0
    for at, mine in inside.items():
        box, lines = cells[at], lines_of(mine)
        if lines:
            grid[_nearest(tops, box[1])][_nearest(lefts, box[0])] = join(lines, box[2])
            confidence = min(confidence, *(line.confidence for line in lines))
    if sum(1 for row in grid for text in row if text) < 2:
        return None, glyphs
    right, bottom = max(box[2] for box in cells), max(box[3] for box in cells)
    return Table(min(tops), bottom, lefts, right, grid, confidence), rest


def _steps(values: Iterable[float]) -> list[float]:
    """Distinct positions, those within the tolerance as one."""
    steps: list[float] = []
    for value in sorted(values):
        if not steps or value - steps[-1] > TOLERANCE:
            steps.append(value)
    return steps


def _nearest(steps: list[float], value: float) -> int:
    return min(range(len(steps)), key=lambda at: abs(steps[at] - value))


# From page to page


def _without_running_heads(read: list[tuple[Page, list[Item]]]) -> list[Removal]:
    """Takes page numbers, and lines that stand at the same place on other pages, off the margins of each page."""
    marginal = [_marginal(page, items) for page, items in read]
    seen: dict[str, list[float]] = {}
    for lines in marginal:
        for row in lines:
            seen.setdefault(_shape(row), []).append(row.top)
    removed = []
    for (_, items), lines in zip(read, marginal, strict=True):
        for row in lines:
            again = sum(abs(top - row.top) <= TOLERANCE for top in seen[_shape(row)])
            number = _NUMBER.match(row.text)
            twice = any(isinstance(other, Glyph) and other is not row and other.text == row.text for other in items)
            if number or twice or again >= max(2, 0.4 * len(read)):
                items.remove(row)
                removed.append(Removal(text=row.text, rule="page.number" if number else "page.running-head"))
    return removed


def _marginal(page: Page, items: list[Item]) -> list[Glyph]:
    """Up to two lines at the top and at the bottom of a page, within its margins and outside tables."""
    found: list[Glyph] = []
    for is_top, order in ((True, items), (False, items[::-1])):
        for item in order[:2]:
            at = item.bottom if is_top else page.height - item.top
            if not isinstance(item, Glyph) or at > MARGIN * page.height:
                break
            if not any(item is other for other in found):  # of a page so low that its margins meet
                found.append(item)
    return found


def _shape(row: Glyph) -> str:
    return re.sub(r"\d+", "#", row.text)


def _joined(pages: list[list[Item]]) -> list[Block]:
    """Items of all pages as blocks: lines to paragraphs, tables joined over page breaks."""
    text = _text([item for items in pages for item in items if isinstance(item, Glyph)])
    result: list[Block] = []
    paragraph: list[Glyph] = []
    table: Table | None = None

    def close() -> None:
        nonlocal table
        if paragraph:
            block = blocks.line_block(join(paragraph, text.right))
            block.confidence = _doubt(min(row.confidence for row in paragraph))
            result.append(block)
            paragraph.clear()
        if table is not None:
            block = blocks.table_block(table.rows)
            block.confidence = _doubt(table.confidence)
            result.append(block)
            table = None

    for items in pages:
        for at, item in enumerate(items):
            if isinstance(item, Table):
                if table is not None and at == 0 and _continues(table, item):
                    _append(table, item)
                else:
                    close()
                    table = item
                continue
            if table is not None or not (paragraph and _goes_on(paragraph[-1], item, text, at == 0)):
                close()
            paragraph.append(item)
    close()
    return result


def _doubt(confidence: float) -> float | None:
    return round(confidence, 3) if confidence < 1 else None


class Text(NamedTuple):
    """The running text: its left and right edge, and the size of its characters."""

    left: float
    right: float
    size: float


def _text(lines: list[Glyph]) -> Text:
    if not lines:
        return Text(0.0, 0.0, 0.0)
    widest = max(line.x1 - line.x0 for line in lines)
    long = [line for line in lines if line.x1 - line.x0 > 0.7 * widest] or lines  # broken ones have no width, or less
    return Text(min(line.x0 for line in long), max(line.x1 for line in long), median(line.size for line in lines))


def _goes_on(before: Glyph, after: Glyph, text: Text, is_new_page: bool) -> bool:
    """Whether a line carries on the paragraph of the line before: that one is full, and this one is not indented.

    The lines of a title need not be full: they are larger than the text, and centred alike.
    """
    size, left, right = before.size, text.left, text.right
    if size > 1.15 * text.size and abs(size - after.size) < 0.5 and after.top - before.bottom < 1.7 * size:
        return all(abs((line.x0 + line.x1) - (left + right)) < 2 * size and line.x0 > left for line in (before, after))
    if before.x1 < right - 1.8 * size or after.x0 > left + 0.9 * size or abs(size - after.size) > 1:
        return False
    if blocks.heading_like(after.text) and before.text.endswith(("。", "；", "：")):
        return False
    return is_new_page or after.top - before.bottom < 1.7 * size


def _continues(table: Table, other: Table) -> bool:
    """Whether a table at the top of a page is the rest of the one at the end of the page before: its columns tell."""
    if abs(table.lefts[0] - other.lefts[0]) > 2 * TOLERANCE or abs(table.right - other.right) > 2 * TOLERANCE:
        return False
    known = [min(abs(left - mine) for mine in table.lefts) <= TOLERANCE for left in other.lefts]
    missed = [min(abs(left - theirs) for theirs in other.lefts) <= TOLERANCE for left in table.lefts]
    return all(known) or all(missed)


def _append(table: Table, other: Table) -> None:
    """Puts the other's rows below, by their columns; a header that is printed again goes, a row cut in two is mended."""
    lefts = _steps([*table.lefts, *other.lefts])
    for part in (table, other):
        part.rows = [_spread(row, part.lefts, lefts) for row in part.rows]
    table.lefts, table.confidence = lefts, min(table.confidence, other.confidence)
    rows, again = other.rows, 0
    while again < min(len(rows) - 1, len(table.rows)) and rows[again] == table.rows[again] and _is_head(rows[again]):
        again += 1
    rows = rows[again:]
    if rows and _is_rest(table.rows[-1], rows[0]):
        table.rows[-1] = [a + b for a, b in zip(table.rows[-1], rows[0], strict=True)]
        rows = rows[1:]
    elif rows:
        _mend(table.rows, rows)
    table.rows += rows


def _mend(above: list[list[str]], below: list[list[str]]) -> None:
    """A label that spans rows on both sides of the break is printed half here, half there: 一、 begins one, 法提供 does not."""
    for at, text in enumerate(below[0]):
        row = next((row for row in reversed(above) if row[at]), None)
        if not text or row is None or _ITEM.match(text) or _NUMERIC.fullmatch(text) or not _ITEM.match(row[at]):
            continue
        if row is not above[-1] or (len(below) > 1 and not below[1][at]):
            row[at] += text
            below[0][at] = ""


def _spread(row: list[str], lefts: list[float], onto: list[float]) -> list[str]:
    spread = [""] * len(onto)
    for left, text in zip(lefts, row, strict=True):
        spread[_nearest(onto, left)] = text
    return spread


def _is_head(row: list[str]) -> bool:
    filled = [text for text in row if text]
    return bool(filled) and not any(_NUMERIC.fullmatch(text) for text in filled)


def _is_rest(last: list[str], first: list[str]) -> bool:
    """Whether the first row of a page is the rest of the last row before: its texts carry on labels whose numbers
    stand above.
    """
    texts = [at for at, text in enumerate(first) if text]
    numbers = sum(1 for text in last if _NUMERIC.fullmatch(text))
    if not texts or not numbers or any(_ITEM.match(first[at]) or not last[at] for at in texts):
        return False
    if len(texts) > 1 and not all(_ITEM.match(last[at]) for at in texts):
        return False
    return not any(_NUMERIC.fullmatch(row[at]) for row in (last, first) for at in texts)
