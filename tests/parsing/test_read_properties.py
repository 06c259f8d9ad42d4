"""What holds for any bytes: no exception, one answer; and what holds for any report:
chrome below it changes no line of it.
"""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsing import read
from parsing.rules import RULES
from parsing.statutory import parse
from tests.parsing.test_rules import BODY
from tests.reading.samples import farm_samples

slow = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
PIECES = [
    "<div>",
    "</div>",
    "<table>",
    "<tr>",
    "<td rowspan=3>",
    "</td>",
    "</table>",
    "<br>",
    "<p>",
    "<html>",
    "</html>",
    "<body>",
    "一、总体情况",
    "政府信息公开",
    "2022年",
    "|",
    "\x00",
    "<!--",
    "<script>",
    "&nbsp;",
    "<a href='x.pdf'>",
    "<UCAPCONTENT>",
    "<title>",
    "发布时间：2022-01-01",
    "\n",
    "</p></span>",
    "<td colspan=9999>",
    "首页 >",
    "<iframe src=",
    "'>",
    "<h1>",
    "。",
]


@given(st.binary(max_size=400))
@slow
def test_any_bytes(content: bytes) -> None:
    document = read(content)
    parse(document)
    assert document == read(content)


@given(st.lists(st.sampled_from(PIECES), max_size=60), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
@slow
def test_any_tag_soup(pieces: list[str], codec: str) -> None:
    document = read(
        ("<html>" + "".join(pieces)).encode(codec), [("content-type", "text/html; charset=gb2312")], "http://a.test/b/"
    )
    parse(document)


@given(st.text(max_size=300), st.text(max_size=60))
@slow
def test_any_text_and_address(text: str, url: str) -> None:
    parse(read(text.encode("utf-8", "replace"), {}, url))


@given(
    st.lists(
        st.sampled_from([rule.example for rule in RULES if rule.zone in ("any", "tail", "both")]),
        min_size=1,
        max_size=4,
    )
)
@slow
def test_chrome_below_a_report_changes_none_of_its_lines(chrome: list[str]) -> None:
    plain = read(BODY.encode()).text.split("\n")
    assert read("\n".join([BODY, *chrome]).encode()).text.split("\n")[: len(plain)] == plain
    assert plain == BODY.split("\n")


@given(st.sampled_from([rule.example for rule in RULES if rule.zone in ("any", "both", "head") and rule.run == 1]))
@slow
def test_chrome_above_a_report_is_taken_off(chrome: str) -> None:
    assert read(f"{chrome}\n{BODY}".encode()).text == BODY


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        b"\xff\xfe",
        b"<html>",
        b"<div>" * 30_000,
        b"<table><tr><td>" * 3_000,
        "信".encode() * 2_000_000,
        b"<p>" + "公开。".encode() * 700_000,
        b"<a href='http://[x'>" * 10 + b"<html><body>",
    ],
    ids=lambda content: f"{content[:6]!r}-{len(content)}",
)
def test_extremes(content: bytes) -> None:
    parse(read(content, None, "http://[bad"))


# Chrome of every kind in domain.md 5: what a rule knows, and words that none has as its example.
CHROME = [rule.example for rule in RULES if rule.zone != "docshare"] + [
    "您所在的位置：首页 >> 政务公开 >> 年报",
    "访问量：1024次",
    "分享到：新浪微博 QQ空间",
    "【打印】【关闭】",
    "下一条：关于停水的通知",
    "相关附件：",
    "版权所有：云棠市人民政府 技术支持：某某公司",
    "某公网安备 99010002000007号",
    "联系电话：0990-7654321 邮编：000001",
    "中国政府网 | 省政府网 | 市政府网",
]
FORMS = [
    "<p>{}</p>",
    "<div class=b>{}</div>",
    "<ul><li>{}</li></ul>",
    "<br>{}",
    "<p align=center><span>{}</span></p>",
    "<a href='/x'>{}</a>",
]


@given(
    st.lists(st.tuples(st.sampled_from(CHROME), st.sampled_from(FORMS)), min_size=1, max_size=5),
    st.sampled_from(["in the container", "behind it", "behind the page"]),
)
@slow
def test_chrome_below_an_article_changes_none_of_its_lines(chrome: list[tuple[str, str]], where: str) -> None:
    tail = "".join(form.format(escape(text)) for text, form in chrome)
    ends = ["", "", ""]
    ends[["in the container", "behind it", "behind the page"].index(where)] = tail
    title, *lines = BODY.split("\n")
    body = "".join(f"<p>{line}</p>" for line in lines)
    article = f"<div><h1>{title}</h1><div id=zw>{body}{ends[0]}</div>{ends[1]}</div>"
    html = f"<html><title>{title}</title><body>{article}{ends[2]}</body></html>"
    found = [line for line in read(html.encode()).text.split("\n") if line != title]
    assert found[: len(lines)] == lines


def test_reading_the_clean_text_of_a_page_gives_it_back() -> None:
    for sample in farm_samples([51], 1):
        text = read(sample.content, sample.headers, sample.url).text
        assert read(text.encode(), None, sample.url).text == text


def test_reading_the_clean_text_again_gives_it_back() -> None:
    once = read(f"首页 > 年报\n{BODY}\n【打印】\n主办单位：云棠市人民政府".encode()).text
    assert read(once.encode()).text == once
