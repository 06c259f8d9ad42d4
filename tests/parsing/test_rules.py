"""The boilerplate table: each rule knows its own example, none knows a line of a statutory table."""

from __future__ import annotations

import re

import pytest

from parsing import normalise
from parsing.clean import Line, clean, without_pieces
from parsing.rules import PIECES, RULES, Rule
from tests.parsing.shared import CASES, WHY, lines

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
    assert rule.reason


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.id)
def test_a_piece_is_found_in_its_own_example(piece: Rule) -> None:
    assert piece.pattern.search(piece.example)


def test_ids_are_unique() -> None:
    ids = [rule.id for rule in (*RULES, *PIECES)]
    assert len(ids) == len(set(ids))


@pytest.mark.skipif(not CASES, reason=WHY)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_no_rule_knows_a_line_of_a_table(rule: Rule) -> None:
    rows = [
        line
        for case in CASES
        if case.name in TABLE_CASES
        for line in lines(case / "body.txt")
        if "|" in line or re.fullmatch(r"-?\d+\S{0,2}", line)
    ]
    assert len(rows) > 300
    assert not [row for row in rows if hits(rule, row)]


def test_the_table_test_can_fail() -> None:
    """Two first drafts of these rules deleted rows; such a draft must be caught by what the test above looks at."""
    draft = re.compile(r"^(?:其他|总计|规章).*$")
    assert draft.match(normalise.key("规章 | 0 | 0 | 0"))


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


def test_enclosures_below_the_signature_are_content() -> None:
    body = [*BODY.split("\n"), "附件：", "1.政府信息公开情况统计表.xlsx"]
    assert [line.text for line in clean([Line(line) for line in body]).kept] == body


def test_contact_lines_go_only_with_a_footer() -> None:
    contact = "电话：0000-1234567 传真：0000-7654321"
    alone = clean([Line(line) for line in [*BODY.split("\n"), contact]])
    assert alone.kept[-1].text == contact
    footer = clean([Line(line) for line in [*BODY.split("\n"), contact, "某ICP备05000000号"]])
    assert footer.kept[-1].text == "2023年1月18日"


def test_a_page_of_nothing_but_chrome_is_flagged_not_emptied() -> None:
    cleaned = clean([Line("首页 > 公开"), Line("打印"), Line("主办单位：云棠市人民政府")])
    assert "all_chrome" in cleaned.flags
    assert len(cleaned.kept) == 3


def test_injected_glosses_are_taken_out_of_their_lines() -> None:
    kept, removed = without_pieces([Line("政府信息公開(kāi)工作")], docshare=False)
    assert kept[0].text == "政府信息公開工作"
    assert removed[0].rule == "piece.gloss"
