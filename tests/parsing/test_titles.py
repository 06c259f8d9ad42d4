"""The grammar of titles: kind, organ and year of what lists and pages call their entries."""

from __future__ import annotations

import pytest

from parsing.titles import COLUMN_NAMES, NEIGHBOURS, REPORTS, SELF_CHECKS, Pattern, classify, is_column_name


@pytest.mark.parametrize("pattern", [*NEIGHBOURS, *SELF_CHECKS, *REPORTS], ids=lambda pattern: pattern.id)
def test_each_pattern_decides_its_own_example(pattern: Pattern) -> None:
    assert classify(pattern.example).rule == pattern.id


@pytest.mark.parametrize(
    ("title", "organ", "year"),
    [
        ("云棠市人民政府2022年政府信息公开工作年度报告", "云棠市人民政府", 2022),
        ("2022年云棠市教育局政府信息公开工作年度报告", "云棠市教育局", 2022),
        ("云棠市教育局2022年度政府信息公开工作报告", "云棠市教育局", 2022),
        ("云棠市教育局关于2022年度政府信息公开工作的年度报告", "云棠市教育局", 2022),
        ("柳湾镇2015年年度政府信息公开工作年度报告", "柳湾镇", 2015),
        ("云棠市二○一三年政府信息公开工作年度报告", "云棠市", 2013),
        ("云棠市二O一八年政府信息公开年度报告", "云棠市", 2018),
        ("雲棠市二〇一三年政府信息公開工作年度報告", "云棠市", 2013),
        ("2025柳河县大田乡2025年度政府信息公开工作年度报告", "柳河县大田乡", 2025),
        ("2022年政府信息公开年报", None, 2022),
        ("政府信息公开2015年度报告", None, 2015),
        ("信息公开年报（2016）", None, 2016),
        ("2022年政府信息公开工作年度报告（云棠市教育局）", "云棠市教育局", 2022),
        ("云棠市人民政府2019年政府信息公开工作年度报告(图片版)", "云棠市人民政府", 2019),
        ("一图读懂：云棠市2022年政府信息公开年报", "云棠市", 2022),
        ("云棠市审计局2022年政府信息公开工作年度报告.pdf", "云棠市审计局", 2022),
        ("云棠市教育局2022年政府信息公开工作年…", "云棠市教育局", 2022),
        ("云棠市教育局2022年政府信息公...", "云棠市教育局", 2022),
    ],
)
def test_reports(title: str, organ: str | None, year: int) -> None:
    facts = classify(title)
    assert facts[:3] == ("annual_report", organ, year)


@pytest.mark.parametrize(
    "title",
    [
        "政府信息公开工作年度报告制度",
        "关于做好2022年政府信息公开工作年度报告编制的通知",
        "云棠市政府网站工作年度报表（2022年度）",
        "2022年云棠市法治政府建设年度报告",
        "云棠市政府信息公开指南",
        "2022年政务公开工作要点",
        "《2022年政府信息公开工作年度报告》解读",
        "云棠市教育局2022年度部门决算公开",
        "云棠市2022年政府工作报告",
        "政府信息公开工作年度报告格式",
    ],
)
def test_neighbours(title: str) -> None:
    assert classify(title).kind == "neighbour"


@pytest.mark.parametrize("title", ["", "\x00", "今日要闻", "云棠市举行春节联欢", "2022年", "…", "信息公开"])
def test_anything_else_is_no_report(title: str) -> None:
    assert classify(title).kind != "annual_report"


def test_self_check() -> None:
    assert classify("云棠市民委2017年度政务公开工作自查报告")[:3] == ("self_check", "云棠市民委", 2017)


@pytest.mark.parametrize(
    "name",
    [*COLUMN_NAMES, "2022年政府信息公开年报", "云棠市教育局政府信息公开年报", "政府信息公开年报 >>", "區政府年報"],
)
def test_column_names(name: str) -> None:
    assert is_column_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "统计年鉴",
        "年度计划",
        "企业年报",
        "统计年报",
        "财务年报",
        "网站年报表",
        "年报制度",
        "",
        "政府信息公开指南",
        "首页",
    ],
)
def test_other_columns(name: str) -> None:
    assert not is_column_name(name)
