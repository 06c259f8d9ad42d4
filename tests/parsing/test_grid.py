"""Tables to grids: spans, tables in tables, tags that were never closed, layout tables."""

from __future__ import annotations

import pytest
from lxml import html

from parsing import read
from parsing.grid import is_column, is_layout, is_sheet, to_grid

LEAD = (
    "<p>本报告根据《中华人民共和国政府信息公开条例》编制，统计期限自2022年1月1日起至2022年12月31日止。</p>"
    "<p>一、总体情况</p>"
)


def grid(markup: str) -> list[list[str]]:
    return to_grid(html.fromstring(markup))


def test_spanned_cells_have_their_text_at_the_top_left_only() -> None:
    assert grid(
        "<table><tr><td rowspan=2 colspan=2>甲</td><td>乙</td></tr><tr><td>1</td></tr><tr><td>丙</td><td>2</td><td>3"
        "</td></tr></table>"
    ) == [["甲", "", "乙"], ["", "", "1"], ["丙", "2", "3"]]


def test_a_rowspan_ends_with_the_table() -> None:
    assert grid("<table><tr><td rowspan=99>甲</td><td>1</td></tr><tr><td>2</td></tr></table>") == [
        ["甲", "1"],
        ["", "2"],
    ]


def test_absurd_and_broken_spans() -> None:
    assert len(grid("<table><tr><td colspan=100000>甲</td><td>1</td></tr><tr><td>2</td></tr></table>")[0]) <= 61
    assert grid("<table><tr><td colspan='x'>甲</td><td colspan=0>乙</td></tr></table>") == [["甲", "乙"]]


def test_unclosed_tags() -> None:
    assert grid("<table><tr><td>规章<td>0<td>1<tr><td>许可<td>5<td></table>") == [["规章", "0", "1"], ["许可", "5", ""]]


def test_cell_text_broken_between_hanzi_is_joined() -> None:
    cells = "<td>结果<br>维持</td><td><p>商业</p><p>企业</p></td><td>abc<br>def</td><td>\n 1 \n</td>"
    markup = f"<table><tr>{cells}</tr></table>"
    assert grid(markup) == [["结果维持", "商业企业", "abc def", "1"]]


def test_word_litter_in_cells() -> None:
    cell = "<p><span>结果</span><span>&nbsp;</span><o:p></o:p></p><p><span>维持</span></p>"
    markup = f"<table><tr><td>{cell}</td><td>2</td></tr></table>"
    assert grid(markup) == [["结果维持", "2"]]


def test_a_table_in_a_cell_is_that_cells_text() -> None:
    inner = "<table><tr><td>1</td><td>2</td></tr></table>"
    markup = f"<table><tr><td>甲</td><td>{inner}</td></tr><tr><td>乙</td><td>3</td></tr></table>"
    assert grid(markup) == [["甲", "1 2"], ["乙", "3"]]


def test_layout_tables_are_told_from_data() -> None:
    outer = html.fromstring(
        "<table><tr><td><p>一、总体情况</p><table><tr><td>规章</td><td>0</td></tr><tr><td>许可</td><td>1</td></tr></"
        "table></td></tr></table>"
    )
    assert is_layout(outer)
    assert not is_layout(outer.find(".//table"))
    article = "<p>本机关依申请公开事项均已按期答复。</p>" * 100
    beside = html.fromstring(f"<table><tr><td>导航</td><td>{article}</td></tr><tr><td>甲</td><td>乙</td></tr></table>")
    assert is_layout(beside)


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        ([["一、总体情况"], ["二、主动公开"]], True),
        ([["一、总体情况", ""], ["", "二、主动公开"]], True),
        ([["规章", "0"], ["许可", "1"]], False),
        ([["信息内容", "本年制发件数"], ["", ""]], False),  # labels of the statutory tables
    ],
)
def test_a_grid_of_one_cell_a_row_is_lines(rows: list[list[str]], column: bool) -> None:
    assert is_column(rows) is column


def test_the_metadata_sheet_is_no_table_of_the_report() -> None:
    assert is_sheet([["索引号", "000/2022-1", "发布机构", "某局"], ["发文日期", "2022-01-01", "文号", ""]])
    assert not is_sheet([["信息内容", "本年制发件数"], ["规章", "0"]])


def test_rows_are_lines_with_their_empty_cells() -> None:
    page = (
        f"<html><body><div class='TRS_Editor'>{LEAD}<table><tr><td>信息内容</td><td>本年制发件数</td><td>本年废止件"
        f"数</td></tr>"
        "<tr><td>规章</td><td></td><td>3</td></tr></table><p>六、其他需要报告的事项</p><p>无</p></div></body></html>"
    )
    document = read(page.encode())
    assert "规章 |  | 3" in document.text.split("\n")
    table = next(block for block in document.blocks if block.rows)
    assert table.rows == [["信息内容", "本年制发件数", "本年废止件数"], ["规章", "", "3"]]
