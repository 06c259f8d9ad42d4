"""The one reader of JSON answers: every shape in its table, refusals, and what comes after the first page."""

# Examples stay on one line; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

import json
from typing import Any

import pytest

from crawler.answers import SHAPES, Answer, AnswerError, further, is_answer, read_answer
from crawler.dialects import DIALECTS, Dialect, date_of_url
from crawler.discovery import Link

URL = "http://www.qingyuan.gov.cn/search?page=1"
LINK = Link("http://www.qingyuan.gov.cn/nb/1.html", "青垣区2023年政府信息公开工作年度报告", "2024-01-25")
TITLE, PATH, DAY = "青垣区2023年政府信息公开工作<em>年度报告</em>", "/nb/1.html", "2024-01-25"
SEARCHED = {"title": TITLE, "url": PATH, "time": f"{DAY} 10:00:00"}
HTML_ROW = f'<div><a href="{PATH}">青垣区2023年政府信息公开工作年度报告</a><span>{DAY}</span></div>'

EXAMPLES: dict[str, tuple[Any, int | None]] = {
    "records": ({"data": {"total": 9, "records": [{"title": TITLE, "url": "/nb/1.html", "publishTime": "2024-01-25 08:30:00"}]}}, 9),
    "rows of data": ({"data": {"total": 9, "rows": [{"title": TITLE, "url": "/nb/1.html", "date": "2024-01-25"}]}}, 9),
    "records of result": ({"result": {"total": 9, "records": [{"title": TITLE, "url": "/nb/1.html", "date": "2024-01-25"}]}}, 9),
    "TRS IGS": ({"page": {"content": [{"DOCTITLE": TITLE, "DOCPUBURL": PATH, "PUBDATE": "2024-01-24T17:00:00.000Z"}], "total": "31"}}, 31),
    "TRS IRS search": ({"success": True, "code": 200, "data": {"middle": {"list": [SEARCHED]}, "pager": {"total": 31}}}, 31),
    "TRS IRS boxes": ({"data": {"middle": {"listAndBox": [{"data": SEARCHED}]}, "pager": {"total": 31}}}, 31),
    "TRS IRS list": ({"data": {"list": [{"title": TITLE, "doc_pub_url": PATH, "time": DAY}], "pager": {"total": 31}}}, 31),
    "TRS SSP": ({"datas": [{"_doctitle": TITLE, "docpuburl": PATH, "docreltime": "2024.01.25 09:00:00"}], "page": {"recordcount": 31}, "error": False}, 31),
    "TRS SSP counted": ({"datas": [{"_doctitle": TITLE, "docpuburl": PATH, "docreltime": f"{DAY} 00:00:00"}], "countDatas": {"recordcount": 31}}, 31),
    "TRS fjdzapp": ({"pageCount": 4, "data": [{"doctitle": TITLE, "chnldocurl": PATH, "docreltime": DAY}]}, None),
    "openSearch": ({"state": 200, "data": {"total": 31, "data": [{"title": TITLE, "docpuburl": PATH, "docpubtime": DAY}]}}, 31),
    "Hanweb jsearch": ({"status": "1", "total": 31, "dataResults": [{"pkValue": "7", "data": {"title": TITLE, "url": PATH, "deploytime": DAY}}]}, 31),
    "Hanweb cateSearch": ({"result": [HTML_ROW], "total": 31}, 31),
    "Hanweb jpaas unit": ({"success": True, "data": {"html": HTML_ROW}}, None),
    "UCAP search": ({"searchResultAll": {"total": 31, "searchTotal": [{"title": TITLE, "url": PATH, "pubDate": DAY}]}}, 31),
    "UCAP channel": ({"data": {"total": 31, "results": [{"title": TITLE, "url": "//www.qingyuan.gov.cn/nb/1.html", "publishedTimeStr": DAY}]}}, 31),
    "UCAP Suzhou": ({"data": {"list": [{"TITLE": TITLE, "URL": PATH, "PUBLISHED_TIME_FORMAT": DAY}], "allRow": 31, "totalPage": 3}}, 31),
    "gkmlpt": ({"classify": {"post_count": 31}, "articles": [{"title": TITLE, "post_url": PATH, "display_publish_time": 1706115600}]}, 31),
    "NFCMS search": ({"errcode": 0, "data": {"list": [{"title": TITLE, "url": PATH, "pub_time": DAY}], "total": 31}}, 31),
    "Epoint": ({"custom": {"total": 31, "infodata": [{"title": TITLE, "infourl": PATH, "infodate": DAY}]}}, 31),
    "Epoint data": ({"custom": {"total": 31, "data": [{"title": TITLE, "infourl": PATH, "infodate": DAY}]}}, 31),
    "rows": ([{"title": TITLE, "url": PATH, "time": 1706115600000}], None),
    "list": ({"list": [SEARCHED], "total": 31}, 31),
}  # fmt: skip


@pytest.mark.parametrize("name", [shape.name for shape in SHAPES])
def test_a_shape_gives_title_address_day_and_total(name: str) -> None:
    example, total = EXAMPLES[name]
    answer = read_answer(json.dumps(example), URL)
    assert (answer.rows, answer.total) == ((LINK,), total)


@pytest.mark.parametrize(
    "text",
    [
        '{"success":false,"msg":"系统错误","data":null,"code":1000}',
        '{"success":false,"msg":"系统错误","data":{"list":[]}}',
        '{"errcode":40001,"errmsg":"系统错误","data":{"list":[]}}',
        '{"message":"系统错误"}',
        '{"error":"系统错误","datas":[],"countDatas":{"recordcount":0}}',
    ],
)
def test_a_refusal_says_what_the_interface_said(text: str) -> None:
    with pytest.raises(AnswerError, match="系统错误") as caught:
        read_answer(text, URL)
    assert URL in str(caught.value)


def test_broken_json_is_an_answer_error() -> None:
    with pytest.raises(AnswerError, match="expected JSON"):
        read_answer('{"data": [', URL)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ('{"a": 1}', True),
        ('\ufeff [{"a": 1}]', True),
        ('callback({"a": 1});', True),
        ("<html>{}</html>", False),
        ("[附件] 年报", False),
        ("", False),
    ],
)
def test_json_is_told_from_pages(text: str, is_one: bool) -> None:
    assert is_answer(text) is is_one


@pytest.mark.parametrize(
    ("url", "answer", "numbers"),
    [
        ("http://h/a?page=1", Answer((LINK,) * 20, 45), [2, 3]),
        ("http://h/a?page=0", Answer((LINK,) * 20, 45), [1, 2]),
        ("http://h/a?page=2", Answer((LINK,) * 20, 45), []),
        ("http://h/a?pageNumber=1&pageSize=10", Answer((LINK,) * 10, 99, pages=3), [2, 3]),
        ("http://h/a?pageNo=7", Answer((LINK,)), [8]),
        ("http://h/a?page=7", Answer(()), []),
        ("http://h/a", Answer((LINK,), 45), []),
    ],
)
def test_what_comes_after_a_page(url: str, answer: Answer, numbers: list[int]) -> None:
    assert [int(each.split("=")[1].partition("&")[0]) for each in further(url, answer)] == numbers


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_the_day_in_an_address(dialect: Dialect) -> None:
    assert date_of_url(f"http://www.qingyuan.gov.cn{dialect.example}") == dialect.day


@pytest.mark.parametrize(
    "path",
    [
        "/nb/20241325/1.html",
        "/nb/12345678/index.html",
        "/info/1006/1221.htm",
        "/c1/202401/0a0a0a0a.shtml",
        "/nb/t1899.shtml",
    ],
)
def test_digits_that_are_no_day(path: str) -> None:
    assert date_of_url(f"http://h{path}") is None


def test_rows_come_as_xml_too() -> None:
    row = f"<item><title><![CDATA[{LINK.text}]]></title><url>{PATH}</url><pubDate>{DAY}</pubDate></item>"
    text = f'<?xml version="1.0" encoding="UTF-8"?><root><total>31</total><list>{row}</list></root>'
    assert is_answer(text)
    assert read_answer(text, URL) == Answer((LINK,), 31)
    assert not is_answer("<?xml version='1.0'?><datastore><recordset><record><![CDATA[<a href='/1'>]]></record>")
