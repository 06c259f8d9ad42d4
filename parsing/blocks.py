"""A page to lines in reading order, in one walk: what a browser would show on a line of its own, tables as grids.

A <br> ends a line, as a browser shows it; text that stands between elements is taken like any other. The lines of an
element that begins a line of its own are a slice of the page's, so the body is cut out of them and not read again.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from parsing.document import Block, BlockKind
from parsing.grid import is_column, is_layout, is_sheet, to_grid
from parsing.normalise import tidy
from parsing.tree import INLINE

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "ucaptitle"))
_NUMBERED = re.compile(r"^第?[一二三四五六七八九十]{1,3}(?:部分|、|．|\.)")
_ENDS = ("。", "；", ";", "，", ",", "！", "：", ":")
_CHROME_TAGS = frozenset(("nav", "footer", "header", "aside"))
_CHROME_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|footer|foot|header|breadcrumb|crumbs?|sidebar|copyright|share|bdshare|related|"
    r"recommend|friendlink|pagination)(?:$|[\s_-])",
    re.I,
)
# What portals, blogs and sharing sites call a box that is put into the text, or at its end, and is none of it. Its lines
# have to agree: articles stand in boxes of such names as well (source.py).
_BOX_NAME = re.compile(
    r"(?:^|[\s_-])(?:ads?|adx|adsbygoogle|advert\w{0,10}|guanggao|related\w{0,12}|recommend\w{0,5}|tuijian|xgyd|xgwz|"
    r"sharedaddy|share(?:bar|box|tools?)?|bdshare\w{0,10}|jiathis\w{0,10}|side|sidebar|sponsor\w{0,4}|respond)(?:$|[\s_-])",
    re.I,
)
ENTERING, _CHROME, _BOX = -1, 1, 2  # what is known of an element of the walk: nothing yet, or what it was found to be
_EDGE = "\x1f"  # where an inline element begins or ends: white space to str.split, and in no page's text (printable)
_WORD = re.compile(r"\w")


class Piece(NamedTuple):
    """A block to be, with what only the reading needs to know."""

    kind: BlockKind
    text: str
    rows: list[list[str]] | None = None
    sheet: bool = False  # a metadata sheet
    linked: bool = False  # all of its words are links
    confidence: float | None = None  # of OCR


class Text(NamedTuple):
    """A line, or a table, and where it stands."""

    text: str  # as the body has it
    shown: str  # neighbouring inline elements parted by a space: what facts are read from
    free: str | None  # what of it no link holds; None when there is no link in it
    holder: etree._Element  # the innermost element that begins a line of its own; for a table the table
    heading: bool
    chrome: bool  # in a header, a footer, a menu, by tag or by name
    box: etree._Element | None  # the outermost element around it that is called a box of something else
    table: Piece | None = None

    @property
    def linked(self) -> bool:
        """Whether a link holds every word of it."""
        return self.free is not None and _WORD.search(self.free) is None


class Outline(NamedTuple):
    """All lines of a page; for each element that begins a line of its own its lines as (first, end)."""

    lines: list[Text]
    spans: dict[etree._Element, tuple[int, int]]

    def size(self, element: etree._Element) -> int:
        """Characters that an element shows."""
        if element not in self.spans:
            return len("".join("".join(element.itertext()).split()))
        first, end = self.spans[element]
        return sum(len(line.table.text if line.table else line.text) for line in self.lines[first:end])


def heading_like(line: str) -> bool:
    """A numbered line without a full stop that is short enough to be a heading: 一、总体情况."""
    return len(line) <= 45 and _NUMBERED.match(line.replace(" ", "")) is not None and not line.endswith(_ENDS)


def table_block(rows: list[list[str]]) -> Block:
    """A grid as a block: a row is a line, cells joined by ' | ', empty cells kept, no space at a line's end."""
    return Block(kind=BlockKind.table, text="\n".join(" | ".join(row).rstrip() for row in rows), rows=rows)


def line_block(line: str, heading: bool = False) -> Block:
    """One line as a heading or a paragraph."""
    return Block(kind=BlockKind.heading if heading or heading_like(line) else BlockKind.paragraph, text=line)


def pieces(lines: list[Text]) -> list[Piece]:
    """The lines as blocks, second copies included."""
    found = []
    for line in lines:
        kind = BlockKind.heading if line.heading or heading_like(line.text) else BlockKind.paragraph
        found.append(line.table or Piece(kind=kind, text=line.text, linked=line.linked))
    return found


def all_lines(outline: Outline) -> list[str]:
    """Every line as facts are read from it, table rows included."""
    found: list[str] = []
    for line in outline.lines:
        if line.table is None:
            found.append(line.shown)
        else:
            found.extend(line.table.text.split("\n"))
    return found


def inside(outline: Outline, element: etree._Element) -> list[Text]:
    """An element's lines; one that begins no line of its own (a span that holds an article) is walked again."""
    if element in outline.spans:
        first, end = outline.spans[element]
        return outline.lines[first:end]
    return outlined(element).lines


def outlined(top: etree._Element) -> Outline:
    """The lines of `top`, without recursion: depth is no limit here."""
    lines: list[Text] = []
    spans: dict[etree._Element, tuple[int, int]] = {}
    starts: list[int] = []
    holders = [top]
    parts: list[str] = []
    free: list[str] = []  # those of the parts that no link holds
    links = heading = chrome = 0
    boxes: list[etree._Element] = []
    touched = False  # whether a link stands in the line

    def flush() -> None:
        nonlocal touched
        raw = "".join(parts)
        shown = " ".join(raw.split())
        if shown:
            text = tidy(raw.replace(_EDGE, "")) if _EDGE in raw or "\n" in raw else shown
            if text:
                own = "".join("".join(free).split()) if touched else None
                lines.append(Text(text, shown, own, holders[-1], heading > 0, chrome > 0, boxes[0] if boxes else None))
        parts.clear()
        free.clear()
        touched = links > 0

    stack: list[tuple[etree._Element, int]] = [(top, ENTERING)]
    while stack:
        element, leaving = stack.pop()
        tag = str(element.tag)
        if leaving != ENTERING:
            if tag in INLINE or ":" in tag:
                parts.append(_EDGE)
                links -= tag == "a"
            else:
                if parts:
                    flush()
                spans[element] = (starts.pop(), len(lines))
                holders.pop()
                heading -= tag in _HEADINGS
                chrome -= leaving & _CHROME
                if leaving & _BOX:
                    boxes.pop()
        elif tag == "br":
            if parts:
                flush()
        elif tag == "table" and (tables := _table(element)) is not None:
            if parts:
                flush()
            first = len(lines)
            lines.extend(
                Text(piece.text, piece.text, None, element, False, chrome > 0, boxes[0] if boxes else None, piece)
                for piece in tables
            )
            spans[element] = (first, len(lines))
        else:
            text, marks = element.text, 0
            if tag in INLINE or ":" in tag:
                parts.append(_EDGE)
                if tag == "a":
                    links += 1
                    touched = True
            else:
                if parts:
                    flush()
                starts.append(len(lines))
                holders.append(element)
                heading += tag in _HEADINGS
                marks = _marks(element)
                chrome += marks & _CHROME
                if marks & _BOX:
                    boxes.append(element)
            if text and (parts or not text.isspace()):
                parts.append(text)
                if not links:
                    free.append(text)
            stack.append((element, marks))
            if len(element):
                stack.extend([(child, ENTERING) for child in reversed(element) if isinstance(child.tag, str)])
            continue
        if element is not top and (tail := element.tail) and (parts or not tail.isspace()):
            parts.append(tail)
            if not links:
                free.append(tail)
    if parts:
        flush()
    return Outline(lines, spans)


def _marks(element: etree._Element) -> int:
    """Whether an element is the page's furniture, and whether it is a box of something else, by its tag and its name."""
    tag, name, identity = element.tag, element.get("class"), element.get("id")
    marks = _CHROME if tag in _CHROME_TAGS else 0
    if name is None and identity is None:
        return marks
    named = _named(name, identity)
    return marks | (named if tag not in ("body", "html", "form") else named & _BOX)


@lru_cache(maxsize=4096)
def _named(name: str | None, identity: str | None) -> int:
    said = f"{name or ''} {identity or ''}"[:400]
    return (_CHROME if _CHROME_NAME.search(said) else 0) | (_BOX if _BOX_NAME.search(said) else 0)


def _table(table: etree._Element) -> list[Piece] | None:
    """The table's caption and grid, without empty rows at the end; None for a table that only lays out the page."""
    rows = None if is_layout(table) else to_grid(table)
    if rows is None or is_column(rows):
        return None
    found: list[Piece] = []
    while rows and not any(rows[-1]):
        rows.pop()
    caption = table.find("caption")
    if caption is not None and (line := tidy("".join(caption.itertext()))):
        found.append(Piece(kind=BlockKind.paragraph, text=line))
    if rows:
        block = table_block(rows)
        found.append(Piece(block.kind, block.text, rows, is_sheet(rows)))
    return found
