"""A region of a page to blocks in reading order: headings, paragraphs (a line each), tables as grids.

A <br> ends a line, as a browser shows it; text that stands between elements is taken like any other.
"""

from __future__ import annotations

import re

from lxml import etree

from parsing.document import Block, BlockKind
from parsing.grid import is_layout, is_sheet, to_grid
from parsing.normalise import tidy
from parsing.tree import INLINE

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "ucaptitle"))
_NUMBERED = re.compile(r"^第?[一二三四五六七八九十]{1,3}(?:部分|、|．|\.)")
_ENDS = ("。", "；", ";", "，", ",", "！", "：", ":")


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


def serialise(top: etree._Element) -> list[Piece]:
    """The region's blocks; adjacent equal tables and lines are kept (the reading drops whole second copies itself)."""
    pieces: list[Piece] = []
    buffer: list[str] = []
    heading = 0

    def flush() -> None:
        line = tidy("".join(buffer))
        buffer.clear()
        if line:
            pieces.append(Piece(kind=line_block(line, heading > 0).kind, text=line))

    stack: list[tuple[etree._Element, bool]] = [(top, False)]
    while stack:
        element, leaving = stack.pop()
        tag = element.tag
        if leaving:
            if tag not in INLINE:
                flush()
                heading -= tag in _HEADINGS
            elif tag in ("td", "th"):
                buffer.append(" ")
        elif tag == "br":
            flush()
        elif tag == "table" and not is_layout(element):
            flush()
            _emit_table(element, pieces)
        else:
            if tag not in INLINE:
                flush()
                heading += tag in _HEADINGS
            if element.text:
                buffer.append(element.text)
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element) if isinstance(child.tag, str))
            continue
        if element is not top and element.tail:
            buffer.append(element.tail)
    flush()
    return pieces


def _emit_table(table: etree._Element, pieces: list[Piece]) -> None:
    caption = table.find("caption")
    if caption is not None and (line := tidy("".join(caption.itertext()))):
        pieces.append(Piece(kind=BlockKind.paragraph, text=line))
    rows = to_grid(table)
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows or not any(any(row) for row in rows):
        return
    block = table_block(rows)
    pieces.append(Piece(kind=block.kind, text=block.text, rows=rows, sheet=is_sheet(rows)))
