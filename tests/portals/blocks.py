"""What a page says, before any markup: paragraphs, and tables whose cells know what they span."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from . import statistics2014, statutory
from .statutory import Table, Value

Role = Literal["title", "preamble", "heading", "text", "organ", "date"]


@dataclass(frozen=True)
class Para:
    text: str
    role: Role = "text"


@dataclass(frozen=True)
class Cell:
    text: str
    colspan: int = 1
    rowspan: int = 1
    head: bool = False


@dataclass(frozen=True)
class Grid:
    rows: list[list[Cell]]


Block = Para | Grid


@dataclass
class Content:
    blocks: list[Block]
    tables: dict[str, Table] = field(default_factory=dict)

    def text(self) -> str:
        lines: list[str] = []
        for block in self.blocks:
            if isinstance(block, Para):
                lines.append(block.text)
            else:
                lines += [" | ".join(cell.text for cell in row) for row in block.rows]
        return "\n".join(lines)


def shown(key: str, value: Value, blank: str | None, style: int) -> str:
    """A value as the table prints it; `blank` is what stands for nothing to report, `style` picks a habit."""
    if value is None:
        return blank or ""
    if key == "net_change":
        sign = {0: "{:+d}", 1: "{}", 2: "增{}" if value > 0 else "减{}"}[style % 3]
        return sign.format(abs(int(value)) if style % 3 == 2 else int(value)) if value else "0"
    if key == "procurement_amount_yuan":
        return f"{value}元"
    if key == "fee_amount_wan_yuan":
        return f"{value:g}" if style % 2 else f"{value:.2f}"
    return str(value)


def t2_grids(table: Table, year: int, blank: str | None, style: int) -> list[Grid]:
    """Table 2 as one grid (even style) or one grid for each item of Art. 20 (odd style)."""
    items = statutory.T2_2021 if year >= 2021 else statutory.T2_2019
    grids = []
    for item, columns, rows in items:
        spans = {3: [1, 1, 1], 2: [1, 2], 1: [3]}[len(columns)]
        lines = [[Cell(f"第二十条第（{item}）项", colspan=4, head=True)]]
        lines.append(
            [Cell("信息内容", head=True)]
            + [Cell(label, span, head=True) for (label, _), span in zip(columns, spans, strict=True)]
        )
        for label, key in rows:
            lines.append(
                [Cell(label)]
                + [
                    Cell(shown(column, table[key][column], blank, style), span)
                    for (_, column), span in zip(columns, spans, strict=True)
                ]
            )
        grids.append(Grid(lines))
    return grids if style % 2 else [Grid([row for grid in grids for row in grid.rows])]


def t3_grid(table: Table, year: int, blank: str | None) -> Grid:
    """Table 3 with the merges that the official form has."""

    def values(key: str) -> list[Cell]:
        return [Cell(shown(key, table[key][column], blank, 1)) for _, column in statutory.T3_COLUMNS]

    rows = [
        [
            Cell("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3, head=True),
            Cell("申请人情况", 7, head=True),
        ],
        [
            Cell("自然人", rowspan=2, head=True),
            Cell("法人或其他组织", 5, head=True),
            Cell("总计", rowspan=2, head=True),
        ],
        [Cell(label, head=True) for label, _ in statutory.T3_COLUMNS[1:-1]],
        [Cell("一、本年新收政府信息公开申请数量", 3), *values("new_received")],
        [Cell("二、上年结转政府信息公开申请数量", 3), *values("carried_in")],
    ]
    results = statutory.results_of(year)
    groups = [group for group, *_ in results]
    for index, (group, label, key, _) in enumerate(results):
        row = [Cell("三、本年度办理结果", rowspan=len(results) + 1)] if index == 0 else []
        if not group:
            row.append(Cell(label, 2))
        else:
            if group not in groups[:index]:
                row.append(Cell(group, rowspan=groups.count(group)))
            row.append(Cell(label))
        rows.append(row + values(key))
    rows.append([Cell("（七）总计", 2), *values("results_total")])
    rows.append([Cell("四、结转下年度继续办理", 3), *values("carried_out")])
    return Grid(rows)


def t4_grid(table: Table, blank: str | None) -> Grid:
    labels = [label for label, _ in statutory.T4_COLUMNS]
    return Grid(
        [
            [Cell("行政复议", 5, head=True), Cell("行政诉讼", 10, head=True)],
            [Cell(label, rowspan=2, head=True) for label in labels]
            + [Cell("未经复议直接起诉", 5, head=True), Cell("复议后起诉", 5, head=True)],
            [Cell(label, head=True) for label in labels * 2],
            [
                Cell(shown(column, table[block][column], blank, 1))
                for block in statutory.T4_BLOCKS
                for _, column in statutory.T4_COLUMNS
            ],
        ]
    )


def stat_grid(values: dict[str, Value], blank: str | None) -> Grid:
    rows = [[Cell("统计指标", head=True), Cell("单位", head=True), Cell("统计数", head=True)]]
    for label, unit, key, _ in statistics2014.ROWS:
        rows.append([Cell(label), Cell(unit), Cell(shown(key, values[key], blank, 1) if key else "—")])
    return Grid(rows)
