"""A table element to a grid of cell texts, and data tables told from tables that only lay out the page.

A spanned cell has its text at the top left and empty strings over the rest of its span (numeric columns land where a
browser shows them: 200 of 200 on nine sample pages, reading.md 1.4). Tags that were never closed are libxml2's
business: it closes them.
"""

from __future__ import annotations

import re

from lxml import etree

from parsing import markers
from parsing.normalise import squash, tidy

MAX_GRID = 1_000_000  # places of a grid, spans included; beyond that a table is no statistics and is read as lines
ARTICLE = 1500  # characters: a cell that holds more lays out the page
MAX_SPAN = 60  # a span larger than any statutory table is a typing error (colspan="1000" occurs)
_LENGTH = etree.XPath("string-length()")
_LONG_CELLS = etree.XPath(f"descendant::*[self::td or self::th][string-length() > {ARTICLE}]")
_BREAKS = frozenset(("br", "p", "div", "li", "tr", "table", "td", "th"))
_SHEET = re.compile(
    r"索引号|信息索取号|发布机构|发文机关|发文日期|成文日期|生成日期|公开日期|主题分类|组配分类|体裁分类|信息分类|"
    r"发文字号|文号|公开方式|公开时限|信息名称|有效性|生效日期|名称|关键词|来源"
)


def cell_text(cell: etree._Element) -> str:
    """A cell's text on one line: broken between Hanzi it is joined, elsewhere a single space is left."""
    node, text = cell, cell.text
    while len(node) == 1 and (text is None or text.isspace()):  # <td><p><span>text</span></p></td>: most cells are such
        node = node[0]
        text = node.text
        if (tail := node.tail) is not None and not tail.isspace():
            break
    else:
        if len(node) == 0:
            return " ".join((text or "").split())
    parts = [(cell.text or "").replace("\n", " ")]
    stack = [(child, False) for child in reversed(cell)]
    while stack:
        node, leaving = stack.pop()
        broken = node.tag in _BREAKS
        if broken:
            parts.append("\n")
        if not leaving:
            if text := node.text:
                parts.append(text.replace("\n", " "))
            if len(node):
                stack.append((node, True))
                stack.extend([(child, False) for child in reversed(node)])
                continue
            if broken:
                parts.append("\n")
        if tail := node.tail:
            parts.append(tail.replace("\n", " "))
    return tidy("".join(parts))


def own_rows(table: etree._Element) -> list[etree._Element]:
    """The table's own <tr>, not those of tables inside it, in document order."""
    rows: list[etree._Element] = []
    for child in table:
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in ("tbody", "thead", "tfoot"):
            rows.extend(row for row in child if row.tag == "tr")
        elif child.tag not in ("table", "caption", "colgroup", "col") and isinstance(child.tag, str):
            rows.extend(row for row in child.iter("tr") if _table_of(row) is table)
    return rows


def _table_of(row: etree._Element) -> etree._Element | None:
    return next(row.iterancestors("table"), None)


def _span(value: str) -> int:
    found = re.match(r"\s*(\d{1,4})", value[:20])
    return min(max(int(found[1]), 1), MAX_SPAN) if found else 1


def to_grid(table: etree._Element) -> list[list[str]] | None:
    """Rows of equal length; `[]` for a table without cells, None for one over `MAX_GRID`.

    A rowspan never reaches beyond the last row.
    """
    rows = own_rows(table)
    grid: list[list[str]] = []
    below: dict[int, int] = {}  # column: the first row that a cell above does not reach down to
    width = places = 0
    for y, row in enumerate(rows):
        line: list[str] = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while below and below.get(len(line), 0) > y:
                line.append("")
            across, down = cell.get("colspan"), cell.get("rowspan")
            x, columns = len(line), 1 if across is None else _span(across)
            lines = 1 if down is None else min(_span(down), len(rows) - y)
            places += lines * columns
            if places > MAX_GRID:
                return None
            line.append(cell_text(cell) if len(cell) else " ".join((cell.text or "").split()))
            if columns > 1:
                line.extend([""] * (columns - 1))
            if lines > 1:
                below.update((x + dx, max(below.get(x + dx, 0), y + lines)) for dx in range(columns))
        width = max(width, len(line))
        grid.append(line)
    if width * len(rows) > MAX_GRID:
        return None
    for line in grid:
        line.extend([""] * (width - len(line)))
    return grid


def is_layout(table: etree._Element) -> bool:
    """Whether a table only lays out the page: its rows then count as paragraphs.

    Layout = nested tables without rows of its own, or a cell that holds an article.
    """
    if table.find(".//table") is not None:
        own = [_own_cells(row) for row in own_rows(table)]
        return sum(1 for cells in own if sum(1 for text in cells if 0 < len(text) < 200) >= 2) < 2
    if _LENGTH(table) <= ARTICLE:
        return False
    return any(len("".join("".join(cell.itertext()).split())) > ARTICLE for cell in _LONG_CELLS(table))


def is_column(grid: list[list[str]]) -> bool:
    """Whether a grid has fewer than two rows with two filled cells, and no label of the statutory tables: its rows count
    as paragraphs."""
    if sum(1 for row in grid if sum(map(bool, row)) >= 2) >= 2:
        return False
    filled = [text for row in grid for text in row]
    return len(filled) < 2 or markers.table_labels(squash("".join(filled))) == 0


def _own_cells(row: etree._Element) -> list[str]:
    """Texts of a row's cells without what nested tables hold; a cell that is only a nested table counts as empty."""
    return [_text_outside_tables(cell) for cell in row if cell.tag in ("td", "th")]


def _text_outside_tables(cell: etree._Element) -> str:
    """A table that stands in the cell is passed over, not gone through: tables are nested by the thousand in hostile pages."""
    parts = []
    walk = etree.iterwalk(cell, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            parts.append(element.tail or "" if element is not cell else "")
        elif element.tag == "table":
            walk.skip_subtree()
        else:
            parts.append(element.text or "")
    return "".join(parts).strip()


def is_sheet(rows: list[list[str]]) -> bool:
    """Whether a grid is the metadata sheet above an article (索引号 | … | 发布机构 | …), not a table of the report."""
    filled = [text for row in rows for text in row if text]
    if len(filled) > 40:
        return False
    texts = [squash(text) for text in filled]
    labels = sum(1 for text in texts if len(text) < 40 and _SHEET.match(text))
    return labels >= 2 and markers.table_labels("".join(texts)) == 0
