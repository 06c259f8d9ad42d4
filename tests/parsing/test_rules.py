"""The boilerplate table: each rule knows its own example, none knows a line of a statutory table."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest

from parsing import normalise, read
from parsing.clean import Line, clean, without_pieces
from parsing.rules import BY_ID, PIECES, RULES, Rule, Table
from tests.parsing.shared import CASES, PAGES, WHY, lines
from tests.reading.samples import farm_samples

TABLE_CASES = ("xunyang_2019", "linfen_2023", "wuhai_mzw_2017")
BODY = """云棠市教育局2022年政府信息公开工作年度报告
本报告根据《中华人民共和国政府信息公开条例》编制，统计期限自2022年1月1日起至2022年12月31日止。
一、总体情况
全年主动公开政府信息120条，办理申请3件，均按时答复申请人。
二、主动公开政府信息情况
信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数
规章 | 0 | 0 | 0
六、其他需要报告的事项
无。
云棠市教育局
2023年1月18日"""


def hits(rule: Rule, line: str) -> bool:
    return rule.pattern.match(normalise.key(line)) is not None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_matches_its_own_example(rule: Rule) -> None:
    assert hits(rule, rule.example)
    assert Table([rule]).first(normalise.key(rule.example)) is rule, "a word of `needs` is in none of its lines"
    assert rule.reason


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.id)
def test_a_piece_is_found_in_its_own_example(piece: Rule) -> None:
    assert piece.pattern.search(piece.example)


def test_ids_are_unique() -> None:
    ids = [rule.id for rule in (*RULES, *PIECES)]
    assert len(ids) == len(set(ids))


def case_rows() -> list[str]:
    """Rows of the cases' tables as they stand, a cell a line in one of them."""
    return [
        line
        for case in CASES
        if case.name in TABLE_CASES
        for line in lines(case / "body.txt")
        if "|" in line or re.fullmatch(r"-?\d+\S{0,2}", line)
    ]


def page_rows() -> list[str]:
    """Rows of the tables on the real pages."""
    return [" | ".join(row) for page in PAGES for block in read(page.read_bytes()).blocks for row in block.rows or ()]


@cache
def farm_rows() -> list[str]:
    """Rows of every platform of the farm in every skin."""
    found = {}
    for sample in farm_samples([31], 2):
        found.update(dict.fromkeys(line for line in sample.truth.split("\n") if " | " in line))
    return list(found)


def flattened(row: str) -> str:
    """A row whose cells some other reader has joined with spaces: such texts are read too."""
    return " ".join(cell for part in row.split("|") if (cell := part.strip()))


def hit(rules: list[Rule], rows: list[str]) -> list[tuple[str, str]]:
    """Rules that know a row: none of them may. Rules of sharing sites act above the first heading alone, and are held
    against rows with their bars."""
    known = Table(rules)
    plain = Table(rule for rule in rules if rule.zone != "docshare")
    found = [(rule.id, row) for row in rows if (rule := known.first(normalise.key(row)))]
    return found + [(rule.id, row) for row in rows if (rule := plain.first(normalise.key(flattened(row))))]


ROWS = [
    pytest.param(case_rows, 300, marks=pytest.mark.skipif(not CASES, reason=WHY), id="cases"),
    pytest.param(page_rows, 90, marks=pytest.mark.skipif(not PAGES, reason=WHY), id="pages"),
    pytest.param(farm_rows, 1500, id="farm"),
]


@pytest.mark.parametrize(("rows", "least"), ROWS)
def test_no_rule_knows_a_row_of_a_table(rows: Callable[[], list[str]], least: int) -> None:
    found = rows()
    assert len(found) > least
    assert not hit(list(RULES), found)


# Two drafts that deleted rows (domain.md 5.2, 5.3): a bar among the lost spaces, which in one case marks a table's row, and
# the sharing sites' line of key words anywhere, which a flattened header looks like.
DRAFTS = (
    Rule("x.lost-spaces-and-bars", "any", re.compile(r"[?|\s]+$"), "? |", "draft"),
    Rule("x.keywords", "any", BY_ID["doc.keywords"].pattern, BY_ID["doc.keywords"].example, "draft"),
)


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda rule: rule.id)
def test_a_bad_rule_is_caught(draft: Rule) -> None:
    header = "结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计"  # of table 4, as every skin has it
    rows = [*(case_rows() if CASES else ["|"]), *farm_rows(), header]
    assert hit([draft], rows)


def test_nothing_that_is_read_off_a_page_was_a_row() -> None:
    for sample in farm_samples([31], 1):
        rows = {line for line in sample.truth.split("\n") if " | " in line}
        assert not [gone for gone in read(sample.content, sample.headers, sample.url).removed if gone.text in rows]


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.zone in ("any", "tail", "both")], ids=lambda rule: rule.id
)
def test_chrome_below_the_body_goes_and_the_body_stays(rule: Rule) -> None:
    body = BODY.split("\n")
    cleaned = clean([Line(line) for line in [*body, rule.example]])
    kept = [line.text for line in cleaned.kept]
    assert kept[: len(body)] == body
    if rule.run == 1:
        assert [removal.text for removal in cleaned.removed] == [rule.example]


def test_cleaning_what_is_clean_changes_nothing() -> None:
    once = clean(
        [Line(line) for line in ["首页 > 公开 > 年报", *BODY.split("\n"), "【打印本页】", "主办单位：云棠市人民政府"]]
    )
    twice = clean(once.kept)
    assert twice.kept == once.kept
    assert not twice.removed


def test_a_marker_in_the_middle_is_left_alone() -> None:
    body = BODY.split("\n")
    body.insert(4, "联系电话：0000-1234567")
    body.insert(5, "附件：云棠市教育局主动公开目录.docx")
    assert [line.text for line in clean([Line(line) for line in body]).kept] == body


@pytest.mark.parametrize(
    "line",
    [
        "三是关注政务微信公众号，及时回复网民留言。",
        "公众可关注“云棠发布”微信公众号，在线领取申请表。",
        "建成海量素材库，供各单位使用",
        "新浪微博",
        "附件下载：2022年政府信息公开情况统计表.xls",
    ],
)
def test_what_only_looks_like_a_widget_is_the_reports(line: str) -> None:
    body = BODY.split("\n")
    lines = [*body, line] if line.startswith("附件") else [*body[:-2], line, *body[-2:]]
    assert line in read("\n".join(lines).encode()).text.split("\n")


def test_enclosures_below_the_signature_are_content() -> None:
    body = [*BODY.split("\n"), "附件：", "1.政府信息公开情况统计表.xlsx"]
    assert [line.text for line in clean([Line(line) for line in body]).kept] == body


def test_contact_lines_go_only_with_a_footer() -> None:
    contact = "电话：0000-1234567 传真：0000-7654321"
    alone = clean([Line(line) for line in [*BODY.split("\n"), contact]])
    assert alone.kept[-1].text == contact
    footer = clean([Line(line) for line in [*BODY.split("\n"), contact, "某ICP备05000000号"]])
    assert footer.kept[-1].text == "2023年1月18日"


def test_words_of_a_footer_are_the_bodys_where_no_footer_is_proved() -> None:
    body = [*BODY.split("\n")[:-2], "联系方式", "党政机关", "张某 0990-1234567"]
    assert [line.text for line in clean([Line(line) for line in body]).kept] == body
    footer = clean([Line(line) for line in [*body, "某ICP备05000000号"]])
    assert [line.text for line in footer.kept] == [*body[:-3], body[-1]]


def test_a_page_of_nothing_but_chrome_is_flagged_not_emptied() -> None:
    cleaned = clean([Line("首页 > 公开"), Line("打印"), Line("主办单位：云棠市人民政府")])
    assert "all_chrome" in cleaned.flags
    assert len(cleaned.kept) == 3


def test_injected_glosses_are_taken_out_of_their_lines() -> None:
    kept, removed = without_pieces([Line("政府信息公開(kāi)工作")], docshare=False)
    assert kept[0].text == "政府信息公開工作"
    assert removed[0].rule == "piece.gloss"
