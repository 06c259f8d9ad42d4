"""`nianbao read --explain`: every removal at its place with its rule and why, on a terminal, in a pipe and in a browser."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import html as lxml_html
from rich.cells import cell_len
from rich.console import Console

from crawler import explain
from crawler.cli import main
from parsing import read
from parsing.explaining import Explained
from parsing.explaining import explain as explained
from parsing.statutory import parse
from tests.parsing.shared import PAGES, WHY

ABOVE = '<div class="nav"><a href="/">首页</a><a href="/b">政务公开</a></div>'
BODY = """<div id="zoom"><p>索引号：000014349/2023-00001</p><h1>云棠市教育局2022年政府信息公开工作年度报告</h1>
<p>本报告根据《中华人民共和国政府信息公开条例》编制，统计期限自2022年1月1日起至2022年12月31日止。</p>
<p>一、总体情况</p><p>全年主动公(gōng)开政府信息120条，办理(lǐ)申请3件，均按时答复申请人 &lt;script&gt;。</p>
<table><tr><td>规章</td><td>0</td></tr><tr><td>行政规范性文件</td><td>3</td></tr></table>
<p>六、其他需要报告的事项</p><p>无。</p><p>【打印本页】</p><p>上一条：云棠市教育局2021年年报</p><p>某栏目</p></div>"""
BELOW = "<div class=footer><p>主办单位：云棠市人民政府办公室</p><p>某ICP备05000000号</p></div>"
PAGE = f"<html><head><title>年报</title></head><body>{ABOVE}{BODY}{BELOW}</body></html>".encode()
GONE = ["索引号：000014349/2023-00001", "【打印本页】", "上一条：云棠市教育局2021年年报", "某栏目"]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_bytes(PAGE)
    return path


def _terminal(made: Explained, width: int) -> str:
    out = io.StringIO()
    explain.terminal(Console(file=out, force_terminal=True, width=width, highlight=False), made, parse(made.document))
    return out.getvalue()


def test_in_a_pipe_lines_are_marked(page: Path) -> None:
    done = CliRunner().invoke(main, ["read", "--explain", str(page)], catch_exceptions=False)
    assert done.exit_code == 0
    lines = done.stdout.split("\n")
    begins = next(at for at, line in enumerate(lines) if line.startswith("─"))
    lines = lines[begins + 1 :]
    assert [line[2:] for line in lines if line.startswith("~")] == [
        "首页 政务公开",
        "主办单位：云棠市人民政府办公室",
        "某ICP备05000000号",
    ]
    assert [line[2:].split("  [")[0] for line in lines if line.startswith("- ")] == GONE
    assert "- 【打印本页】  [x.tools: buttons]" in lines
    assert "- 某栏目  [t.neighbours: below such a line: neighbouring articles]" in lines
    assert any("主动公[-(gōng)-]开政府信息120条，办理[-(lǐ)-]申请3件" in line for line in lines)
    assert lines.index("  规章 | 0") < lines.index("- 【打印本页】  [x.tools: buttons]")


def test_facts_stand_at_the_head_with_the_witnesses_that_lost(page: Path) -> None:
    done = CliRunner().invoke(main, ["read", "--explain", str(page)], catch_exceptions=False)
    head = done.stdout.split("─")[0]
    assert "title  云棠市教育局2022年政府信息公开工作年度报告  h1" in head
    assert "✗  年报  title" in head
    assert "integrity  injected" in head
    assert "removed  6 by 4 rules; 3 lines are outside cms:zoom" in head


@pytest.mark.parametrize("width", [40, 61, 100])
def test_on_a_terminal_no_line_is_too_wide_and_removals_are_struck_through(width: int) -> None:
    made = explained(PAGE)
    shown = Console(file=io.StringIO(), force_terminal=True, width=width)
    text = _terminal(made, width)
    plain = [_without_codes(line) for line in text.split("\n")]
    assert max(map(cell_len, plain)) <= width
    assert shown.is_terminal
    for line in GONE:
        assert f"\x1b[9;91m{line[:8]}" in text


def _without_codes(line: str) -> str:
    from rich.text import Text

    return Text.from_ansi(line).plain


def test_in_a_browser_what_stays_and_what_went_are_told_apart(page: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.html"
    done = CliRunner().invoke(main, ["read", "--html", str(out), str(page)], catch_exceptions=False)
    assert (done.exit_code, done.stdout) == (0, "")
    root = lxml_html.fromstring(out.read_text(encoding="utf-8"))
    assert root.xpath("//div[@class='line out']//del/text()") == GONE
    assert root.xpath("//div[@class='line']//del/text()") == ["(gōng)", "(lǐ)"]
    assert [row.xpath("td/text()") for row in root.xpath("//div[@class='table']//tr")] == [
        ["规章", "0"],
        ["行政规范性文件", "3"],
    ]
    assert "均按时答复申请人 <script>。" in root.xpath("string(//article)")
    assert not root.xpath("//script | //img | //link | //@onclick | //@src")
    assert {link.removeprefix("#") for link in root.xpath("//section[@class='rules']//a/@href")} == set(
        root.xpath("//article//del/@id")
    )


def test_json_has_its_own_form(page: Path) -> None:
    assert CliRunner().invoke(main, ["read", "--explain", "--json", str(page)]).exit_code == 2


def _stays(made: Explained) -> str:
    return "\n".join(shown.text for shown in made.lines if shown.out is None)


def test_the_document_is_what_is_not_struck_through() -> None:
    made = explained(PAGE)
    document = read(PAGE)
    assert _stays(made) == document.text
    lines = document.text.split("\n")
    places = {removal.text: (removal.at, removal.column) for removal in document.removed}
    sentence = next(at for at, line in enumerate(lines) if line.startswith("全年主动公开"))
    assert places["(gōng)"] == (sentence, 5)
    assert places["(lǐ)"] == (sentence, lines[sentence].index("理申请") + 1)
    assert places["索引号：000014349/2023-00001"] == (0, None)
    assert places["【打印本页】"] == places["某栏目"] == (len(lines), None)


@pytest.mark.skipif(not PAGES, reason=WHY)
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_real_page_is_explained_without_loss(path: Path) -> None:
    made = explained(path.read_bytes())
    assert _stays(made) == made.document.text
    outs = [shown.out for shown in made.lines if shown.out] + [piece for shown in made.lines for piece in shown.pieces]
    assert sorted(out.text for out in outs) == sorted(removal.text for removal in made.document.removed)
    assert all(out.reason for out in outs)
    assert max(cell_len(_without_codes(line)) for line in _terminal(made, 80).split("\n")) <= 80
