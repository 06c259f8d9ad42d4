"""The farm's tables as full grids, to compare with: a merged cell's text at its top left, blanks over the rest."""

from __future__ import annotations

import re
import unicodedata

from tests.portals.blocks import Cell, Content, Grid


def places(grid: Grid) -> dict[tuple[int, int], Cell]:
    """The cells by row and column of their top left."""
    taken: set[tuple[int, int]] = set()
    cells: dict[tuple[int, int], Cell] = {}
    for y, row in enumerate(grid.rows):
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            taken.update((y + dy, x + dx) for dy in range(cell.rowspan) for dx in range(cell.colspan))
            cells[y, x] = cell
            x += cell.colspan
    return cells


def expanded(grid: Grid) -> list[list[str]]:
    """Rows of equal length."""
    cells = places(grid)
    width = max(x + cell.colspan for (_, x), cell in cells.items())
    return [[cells[y, x].text if (y, x) in cells else "" for x in range(width)] for y in range(len(grid.rows))]


def plain(text: str) -> str:
    """A cell as it is compared: NFKC, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def is_number(text: str) -> bool:
    return re.fullmatch(r"[-+增减]?\d+(?:\.\d+)?元?", plain(text)) is not None


def numeric_rows(content: Content) -> list[tuple[str, ...]]:
    """The rows with a number in them, compared form, blanks at the end left out: columns count."""
    rows = [row for block in content.blocks if isinstance(block, Grid) for row in expanded(block)]
    return [shape(row) for row in rows if any(map(is_number, row))]


def shape(row: list[str]) -> tuple[str, ...]:
    cells = [plain(text) for text in row]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)
