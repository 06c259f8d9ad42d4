"""What a page's scripts ask for: questions for lists, the addresses of their rows, and the next page of a Web Form."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request

from crawler import calls, postbacks
from crawler.answers import AnswerError, RowAddress, read_answer

URL = "http://h/nb/index.html"
ASKED: tuple[tuple[str, str, str], ...] = (  # (script, method and address, body)
    (
        "var size = 15; $.ajax({url:'/api/list', type:'get', data:{channel:'bm', pageNo:n, pageSize:size}, success:draw})",
        "GET http://h/api/list?channel=bm&pageNo=1&pageSize=15",
        "",
    ),
    ("axios.get('/api/list', {params: {column: 3, page: this.page}})", "GET http://h/api/list?column=3&page=1", ""),
    ("$.getJSON(ctx + '/api/list', {cid: 7, p: p || 1}, draw)", "GET http://h/api/list?cid=7&p=1", ""),
    (
        "<input type='hidden' id='cid' value='12'><input id='kw'>"
        "$.post('list.do', {cid: $('#cid').val(), kw: $('#kw').val(), page: 1})",
        "POST http://h/nb/list.do",
        "cid=12&kw=&page=1",
    ),
    ("var conf = {channel: 'x1'}; $.post('/q', {channel: conf.channel, page: 1})", "POST http://h/q", "channel=x1&page=1"),
    (
        "var id = 'c9'; fetch('/q', {method: 'POST', body: JSON.stringify({id, pageNum: 1})})",
        "POST http://h/q",
        '{"id": "c9", "pageNum": 1}',
    ),
    (
        "function load(cid, year, p) { $.post('/q', {cid: cid, year: year || '', page: p}) } "
        "load('nb', '', 1); load('nb', '2020', 1)",
        "POST http://h/q",
        "cid=nb&year=&page=1",
    ),
)  # fmt: skip
QUIET = (
    "$.post('/login.do', {user: 'a', page: 1})",
    "$.post('/save', {name: 'a'})",
    "$.post('/q', {cid: somewhere, page: 1})",
    "$.getJSON('/visitcount', {id: 3, page: 1})",
)


@pytest.mark.parametrize(("script", "address", "body"), ASKED, ids=[str(number) for number in range(len(ASKED))])
def test_a_list_is_asked_for_as_the_script_asks(script: str, address: str, body: str) -> None:
    (request,) = calls.questions(script, URL)
    assert (f"{request.method} {request.url}", request.body.decode()) == (address, body)


@pytest.mark.parametrize("script", QUIET)
def test_what_is_no_question_for_a_list_is_not_sent(script: str) -> None:
    assert calls.questions(script, URL) == []


def test_a_script_beside_the_page_counts_only_where_the_page_calls_it() -> None:
    library = "function load(cid, p) { $.post('/q', {cid: cid, page: p}) } function other() { $.post('/o', {page: 1}) }"
    asked = calls.questions("<script>load('nb', 1); load('bm', 1)</script>", URL, library)
    assert [each.body.decode() for each in asked] == ["cid=nb&page=1", "cid=bm&page=1"]
    assert calls.questions("<p>nothing</p>", URL, library) == []


@pytest.mark.parametrize(
    "script",
    ["""html += '<li><a href="/show/' + row.id + '.html">' + row.title""", 'html += `<a href="/show/${row.id}.html">`'],
)
def test_rows_with_a_number_are_where_the_script_puts_them(script: str) -> None:
    address = calls.row_address(script, URL)
    assert address == RowAddress("http://h/show/", "id", ".html")
    answer = {
        "code": 0,
        "body": {"records": 31, "items": [{"id": 7, "infoName": "青垣区2023年政府信息公开年报", "fbsj": "2024-01-25"}]},
    }
    (row,) = read_answer(json.dumps(answer), URL, address).rows
    assert (row.url, row.text, row.date) == ("http://h/show/7.html", "青垣区2023年政府信息公开年报", "2024-01-25")
    with pytest.raises(AnswerError, match="titles and addresses"):
        read_answer(json.dumps(answer), URL)


def test_an_answer_that_no_line_describes_is_read_by_what_it_looks_like() -> None:
    rows = [
        {"biaoti": f"青垣区{year}年政府信息公开年报", "lianjie": "", "pageUrl": f"/nb/{year}.html"}
        for year in (2020, 2021)
    ]
    answer = read_answer(json.dumps({"result": {"totalCount": 31, "page_count": 4, "rowsOfPage": rows}}), URL)
    assert [row.url for row in answer.rows] == ["http://h/nb/2020.html", "http://h/nb/2021.html"]
    assert (answer.total, answer.pages) == (31, 4)


def web_form(pager: str) -> str:
    hidden = '<input type="hidden" name="__VIEWSTATE" value="/wEP+a=" /><input type="hidden" name="__EVENTTARGET" value="" />'
    return f'<form action="/search"></form><form method="post" action="./list.aspx?cid=3" id="form1">{hidden}{pager}</form>'


@pytest.mark.parametrize(
    ("pager", "before", "argument"),
    [
        ("""<span>1</span><a href="javascript:__doPostBack('pg','2')">2</a>""", None, "2"),
        ("""<a href="javascript:__doPostBack(&#39;pg&#39;,&#39;Page$3&#39;)">3</a>""", "Page$2", "Page$3"),
        ("""<a onclick="__doPostBack('pg','')">下一页</a>""", None, ""),
        ("""<a href="javascript:__doPostBack('pg','1')">1</a><span>2</span>""", "2", None),
        ("""<a href="javascript:__doPostBack('export','')">导出</a>""", None, None),
    ],
)  # fmt: skip
def test_the_next_page_of_a_web_form_is_had_by_sending_it_back(
    pager: str, before: str | None, argument: str | None
) -> None:
    asked = Request(URL, method="POST", body=f"__EVENTARGUMENT={before}") if before else Request(URL)
    request = postbacks.next_page(web_form(pager), URL, asked)
    if argument is None:
        assert request is None
    else:
        assert request is not None
        assert request.url == "http://h/nb/list.aspx?cid=3"
        sent = parse_qs(request.body.decode(), keep_blank_values=True)
        assert sent == {"__VIEWSTATE": ["/wEP+a="], "__EVENTTARGET": ["pg"], "__EVENTARGUMENT": [argument]}


@given(st.text(alphabet="$.post(ge{'\":,}ax jfuncti1/+;<input", max_size=300))
def test_any_script_is_read_without_harm(text: str) -> None:
    assert all(each.url.startswith("http") for each in calls.questions(text, URL, text))
    postbacks.next_page(web_form(text), URL, None)
