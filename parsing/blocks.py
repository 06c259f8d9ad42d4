"""A region of a page to blocks in reading order: headings, paragraphs (a line each), tables as grids.

A <br> ends a line, as a browser shows it; text that stands between elements is taken like any other.
"""

from __future__ import annotations

import re

from lxml import etree

from parsing.document import Block, BlockKind
from parsing.grid import is_layout, is_sheet, to_grid
from parsing.normalise import tidy
from parsing.tree import inline

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "ucaptitle"))
_NUMBERED = re.compile(r"^第?[一二三四五六七八九十]{1,3}(?:部分|、|．|\.)")
_ENDS = ("。", "；", ";", "，", ",", "！", "：", ":")


Grids = dict[etree._Element, list[list[str]] | None]  # tables that were read already; None = only lays out the page


class Piece(Block):
    """A block with what only the reading needs to know: whether it is a metadata sheet."""

    sheet: bool = False


def heading_like(line: str) -> bool:
    """A numbered line without a full stop that is short enough to be a heading: 一、总体情况."""
    return len(line) <= 45 and _NUMBERED.match(line.replace(" ", "")) is not None and not line.endswith(_ENDS)


def table_block(rows: list[list[str]]) -> Block:
    """A grid as a block: a row is a line, cells joined by ' | ', empty cells kept."""
    return Block(kind=BlockKind.table, text="\n".join(" | ".join(row) for row in rows), rows=rows)


def line_block(line: str, heading: bool = False) -> Block:
    """One line as a heading or a paragraph."""
    return Block(kind=BlockKind.heading if heading or heading_like(line) else BlockKind.paragraph, text=line)


def serialise(top: etree._Element, gaps: bool = False, grids: Grids | None = None) -> list[Piece]:
    """The region's blocks, second copies included. `gaps` parts neighbouring inline elements by a space."""
    pieces: list[Piece] = []
    buffer: list[str] = []
    heading = 0

    def flush() -> None:
        line = tidy("".join(buffer).replace("\n", " ") if gaps else "".join(buffer))
        buffer.clear()
        if line:
            pieces.append(Piece(kind=line_block(line, heading > 0).kind, text=line))

    stack: list[tuple[etree._Element, bool]] = [(top, False)]
    while stack:
        element, leaving = stack.pop()
        tag = element.tag
        if leaving:
            if not inline(tag):
                flush()
                heading -= tag in _HEADINGS
            elif gaps:
                buffer.append(" ")
        elif tag == "br":
            flush()
        elif tag == "table" and (rows := _grid(element, grids)) is not None:
            flush()
            _emit_table(element, rows, pieces)
        else:
            if not inline(tag):
                flush()
                heading += tag in _HEADINGS
            if element.text:
                buffer.append(f" {element.text}" if gaps and inline(tag) else element.text)
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element) if isinstance(child.tag, str))
            continue
        if element is not top and element.tail:
            buffer.append(element.tail)
    flush()
    return pieces


def _grid(table: etree._Element, grids: Grids | None) -> list[list[str]] | None:
    """The table's rows without empty ones at the end; None for a table that only lays out the page."""
    if grids is not None and table in grids:
        return grids[table]
    rows = None if is_layout(table) else to_grid(table)
    while rows and not any(rows[-1]):
        rows.pop()
    if grids is not None:
        grids[table] = rows
    return rows


def _emit_table(table: etree._Element, rows: list[list[str]], pieces: list[Piece]) -> None:
    caption = table.find("caption")
    if caption is not None and (line := tidy("".join(caption.itertext()))):
        pieces.append(Piece(kind=BlockKind.paragraph, text=line))
    if not rows or not any(any(row) for row in rows):
        return
    block = table_block(rows)
    pieces.append(Piece(kind=block.kind, text=block.text, rows=rows, sheet=is_sheet(rows)))
