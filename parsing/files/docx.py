"""DOCX: python-docx opens the package, the walk over its XML is our own: merged cells once, in the order of the page.

ECMA-376 part 1: w:vMerge and w:gridSpan (17.4.84, 17.4.17), w:numPr (17.9), tracked changes (17.13.5): what is
inserted counts, what is deleted or moved away does not.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml import etree

from parsing import blocks
from parsing.document import Block
from parsing.files.body import Body, UnreadableError
from parsing.files.numbering import Numbering
from parsing.files.packed import check
from parsing.lookalikes import SYMBOLS
from parsing.normalise import squash, tidy

MAX_COLUMNS = 200  # a span that leads beyond is a typing error
SLIVER = 100  # twentieths of a point
_P, _TBL, _TR, _TC = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_THROUGH = {
    qn(name)
    for name in (
        "w:sdt",
        "w:sdtContent",
        "w:ins",
        "w:moveTo",
        "w:smartTag",
        "w:customXml",
        "w:hyperlink",
        "w:fldSimple",
    )
}
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): " ", qn("w:noBreakHyphen"): "-"}


def read(content: bytes) -> Body:
    """The text of a Word file. Raises UnreadableError for one that is broken or a bomb."""
    check(content)
    try:
        document = docx.Document(io.BytesIO(content))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        raise UnreadableError("corrupt_file") from error
    walk = _Walk(Numbering(document))
    body = document.element.find(qn("w:body"))
    if body is None:
        raise UnreadableError("corrupt_file")
    found = list(walk.blocks(body))
    return Body(blocks=found, title=document.core_properties.title or None)


class _Walk:
    """The walk over one document: it carries the counters of its numbered paragraphs."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering

    def blocks(self, parent: etree._Element) -> Iterator[Block]:
        """Paragraphs and tables below an element, in document order."""
        for child in _children(parent):
            if child.tag == _P:
                yield from self.paragraph(child)
            elif child.tag == _TBL:
                yield from self.table(child)

    def paragraph(self, paragraph: etree._Element) -> Iterator[Block]:
        """The paragraph's lines (a break within it ends one), then what its text boxes hold."""
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        heading = self.numbering.is_heading(style.get(qn("w:val")) if style is not None else None)
        label = self.numbering.label(paragraph)
        for at, line in enumerate(_text(paragraph).split("\n")):
            if text := tidy((label if at == 0 else "") + line):
                yield blocks.line_block(text, heading)
        for box in _boxes(paragraph):
            yield from self.blocks(box)

    def table(self, table: etree._Element) -> Iterator[Block]:
        """The table as a grid; one that only lays out the page as what its cells hold."""
        rows = [child for child in _children(table) if child.tag == _TR]
        nested = any(True for row in rows for _ in row.iter(_TBL))
        cells = [[cell for cell in _children(row) if cell.tag == _TC] for row in rows]
        filled = sum(sum(1 for cell in row if 0 < len(_cell_text(cell)) < 200) >= 2 for row in cells)
        if (nested and filled < 2) or max((len(row) for row in cells), default=0) < 2:
            for row in cells:
                for cell in row:
                    yield from self.blocks(cell)
            return
        grid = _without_slivers(self._grid(rows, cells), table)
        while grid and not any(grid[-1]):
            grid.pop()
        if grid:
            yield blocks.table_block(grid)

    def _grid(self, rows: list[etree._Element], cells: list[list[etree._Element]]) -> list[list[str]]:
        """A merged cell's text at its top left only."""
        grid: list[list[str]] = []
        for row, mine in zip(rows, cells, strict=True):
            line = [""] * min(_number(row.find(f"{qn('w:trPr')}/{qn('w:gridBefore')}"), 0), MAX_COLUMNS)
            for cell in mine:
                properties = cell.find(qn("w:tcPr"))
                span = properties.find(qn("w:gridSpan")) if properties is not None else None
                merge = properties.find(qn("w:vMerge")) if properties is not None else None
                goes_on = merge is not None and merge.get(qn("w:val")) != "restart"
                line.append("" if goes_on else self._cell(cell))
                line += [""] * min(_number(span, 1) - 1, MAX_COLUMNS - len(line))
            grid.append(line)
        width = max((len(line) for line in grid), default=0)
        return [line + [""] * (width - len(line)) for line in grid]

    def _cell(self, cell: etree._Element) -> str:
        lines = [self.numbering.label(p) + _text(p) for p in cell.iter(_P) if not _in_box(p, cell)]
        return tidy("\n".join(lines))


def _without_slivers(grid: list[list[str]], table: etree._Element) -> list[list[str]]:
    """The grid without columns that are too narrow for a character: converters leave such where edges nearly meet."""
    widths = [column.get(qn("w:w")) or "" for column in table.iterfind(f"{qn('w:tblGrid')}/{qn('w:gridCol')}")]
    slivers = {at for at, width in enumerate(widths[:-1]) if width.isdigit() and 0 < int(width) < SLIVER}
    if not slivers or not grid or len(grid[0]) != len(widths):
        return grid
    for at in sorted(slivers, reverse=True):
        for row in grid:
            if row[at] and row[at + 1]:
                return grid  # it has a text of its own
            row[at : at + 2] = [row[at] or row[at + 1]]
    return grid


def _number(element: etree._Element | None, usual: int) -> int:
    value = element.get(qn("w:val")) if element is not None else None
    return max(int(value), usual) if value is not None and value.isdigit() and len(value) < 6 else usual


def _children(parent: etree._Element) -> Iterator[etree._Element]:
    """Child elements, those of content controls and tracked insertions in their place."""
    stack = list(reversed(parent))
    while stack:
        child = stack.pop()
        if child.tag in _THROUGH:
            stack.extend(reversed(child))
        elif child.tag == f"{_MC}AlternateContent":
            stack.extend(reversed([piece for choice in child.findall(f"{_MC}Choice")[:1] for piece in choice]))
        elif isinstance(child.tag, str):
            yield child


def _text(paragraph: etree._Element) -> str:
    """The text of a paragraph's runs, without that of fields' codes and of text boxes."""
    parts: list[str] = []
    for run in _children(paragraph):
        if run.tag != qn("w:r"):
            continue
        for piece in run:
            if piece.tag == qn("w:t"):
                parts.append(piece.text or "")
            elif piece.tag == qn("w:sym"):
                parts.append(_symbol(piece))
            elif piece.tag == qn("w:ruby"):
                parts.extend(t.text or "" for base in piece.iter(qn("w:rubyBase")) for t in base.iter(qn("w:t")))
            elif piece.tag in _BREAKS and piece.get(qn("w:type")) in (None, "textWrapping"):
                parts.append(_BREAKS[piece.tag])
    return "".join(parts)


def _symbol(piece: etree._Element) -> str:
    """A character of a symbol font that reports have (Wingdings), "" for any other."""
    code = piece.get(qn("w:char")) or ""
    return SYMBOLS.get(chr(int(code, 16)), "") if re.fullmatch("[0-9A-Fa-f]{4}", code) else ""


def _boxes(paragraph: etree._Element) -> Iterator[etree._Element]:
    """The contents of text boxes that are anchored in a paragraph, each once."""
    for box in paragraph.iter(qn("w:txbxContent")):
        if any(up.tag == f"{_MC}Fallback" for up in box.iterancestors(f"{_MC}Fallback", _P)):
            continue
        if next(box.iterancestors(qn("w:txbxContent")), None) is None:
            yield box


def _in_box(paragraph: etree._Element, cell: etree._Element) -> bool:
    return any(up.tag == f"{_MC}Fallback" for up in paragraph.iterancestors(f"{_MC}Fallback", _TC))


def _cell_text(cell: etree._Element) -> str:
    """A cell's own text, without that of tables inside it."""
    return squash("".join(_text(child) for child in _children(cell) if child.tag == _P))
