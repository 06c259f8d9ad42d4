"""A region of a page to blocks in reading order: headings, paragraphs (a line each), tables as grids.

A <br> ends a line, as a browser shows it; text that stands between elements is taken like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from parsing.document import Block, BlockKind
from parsing.grid import is_layout, is_sheet, to_grid
from parsing.normalise import tidy
from parsing.tree import inline

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "ucaptitle"))
_NUMBERED = re.compile(r"^第?[一二三四五六七八九十]{1,3}(?:部分|、|．|\.)")
_ENDS = ("。", "；", ";", "，", ",", "！", "：", ":")


class Piece(Block):
    """A block with what only the reading needs to know: whether it is a metadata sheet."""

    sheet: bool = False


Grids = dict[etree._Element, list[Piece] | None]  # tables that were read already; None = only lays out the page


def heading_like(line: str) -> bool:
    """A numbered line without a full stop that is short enough to be a heading: 一、总体情况."""
    return len(line) <= 45 and _NUMBERED.match(line.replace(" ", "")) is not None and not line.endswith(_ENDS)


def table_block(rows: list[list[str]]) -> Block:
    """A grid as a block: a row is a line, cells joined by ' | ', empty cells kept."""
    return Block(kind=BlockKind.table, text="\n".join(" | ".join(row) for row in rows), rows=rows)


def line_block(line: str, heading: bool = False) -> Block:
    """One line as a heading or a paragraph."""
    return Block(kind=BlockKind.heading if heading or heading_like(line) else BlockKind.paragraph, text=line)


def serialise(top: etree._Element, grids: Grids | None = None) -> list[Piece]:
    """The region's blocks, second copies included."""
    pieces: list[Piece] = []
    for found in _walk(top, False, grids):
        if isinstance(found, Piece):
            pieces.append(found)
        else:
            line, heading = found
            kind = BlockKind.heading if heading or heading_like(line) else BlockKind.paragraph
            pieces.append(Piece(kind=kind, text=line))
    return pieces


def all_lines(top: etree._Element, grids: Grids | None = None) -> list[str]:
    """The same as lines only, neighbouring inline elements parted by a space: what the facts of a page are read from."""
    lines: list[str] = []
    for found in _walk(top, True, grids):
        lines.extend(found.text.split("\n") if isinstance(found, Piece) else [found[0]])
    return lines


def _walk(top: etree._Element, gaps: bool, grids: Grids | None) -> Iterator[tuple[str, bool] | Piece]:
    """(line, whether it stands in a heading's element), and what tables give, in reading order."""
    buffer: list[str] = []
    heading = 0

    def line() -> Iterator[tuple[str, bool]]:
        if not buffer:
            return
        text = tidy("".join(buffer).replace("\n", " ") if gaps else "".join(buffer))
        buffer.clear()
        if text:
            yield text, heading > 0

    stack: list[tuple[etree._Element, bool]] = [(top, False)]
    while stack:
        element, leaving = stack.pop()
        tag = element.tag
        if leaving:
            if not inline(tag):
                yield from line()
                heading -= tag in _HEADINGS
            elif gaps:
                buffer.append(" ")
        elif tag == "br":
            yield from line()
        elif tag == "table" and (table := _table(element, grids)) is not None:
            yield from line()
            yield from table
        else:
            if not inline(tag):
                yield from line()
                heading += tag in _HEADINGS
            if element.text:
                buffer.append(f" {element.text}" if gaps and inline(tag) else element.text)
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element) if isinstance(child.tag, str))
            continue
        if element is not top and element.tail:
            buffer.append(element.tail)
    yield from line()


def _table(table: etree._Element, grids: Grids | None) -> list[Piece] | None:
    """The table's caption and grid, without empty rows at the end; None for a table that only lays out the page."""
    if grids is not None and table in grids:
        return grids[table]
    rows = None if is_layout(table) else to_grid(table)
    pieces = None if rows is None else _pieces(table, rows)
    if grids is not None:
        grids[table] = pieces
    return pieces


def _pieces(table: etree._Element, rows: list[list[str]]) -> list[Piece]:
    pieces: list[Piece] = []
    while rows and not any(rows[-1]):
        rows.pop()
    caption = table.find("caption")
    if caption is not None and (line := tidy("".join(caption.itertext()))):
        pieces.append(Piece(kind=BlockKind.paragraph, text=line))
    if rows:
        block = table_block(rows)
        pieces.append(Piece(kind=block.kind, text=block.text, rows=rows, sheet=is_sheet(rows)))
    return pieces
