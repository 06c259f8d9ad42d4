"""Where elements, scripts and refreshes lead: tables with examples, and whatever a page may hold."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import HtmlResponse

from crawler import discovery, targets
from crawler.discovery import Role

PAGE = "http://h/zwgk/index.html"
SCRIPTS = """<script>
var base = '/zwgk/';
function openInfo(id){ window.open('/info/' + id + '.html'); }
function goUrl(path, kind) { var to = "/zwgk/" + path + "/"; location.href = to + kind + ".shtml"; }
function noWay(id){ $.post('/x', {id: id}); }
function show(id, page){ $.get('/rows/' + id + '?page=' + page, draw); }
</script><select onchange="window.open(this.value)"></select>"""
LEADING = [
    ('<a href="nb/">年报</a>', "http://h/zwgk/nb/"),
    ('<a href="javascript:void(0)" onclick="openInfo(\'7\')">年报</a>', "http://h/info/7.html"),
    ('<a href="javascript:openInfo(7)">年报</a>', "http://h/info/7.html"),
    ("<a href=\"javascript:show('k3', 1)\">年报</a>", "http://h/rows/k3?page=1"),
    ("<li onclick=\"goUrl('nb', 'list');return false\">年报</li>", "http://h/zwgk/nb/list.shtml"),
    ('<li data-url="/nb/list.html"><a href="javascript:;">年报</a></li>', "http://h/nb/list.html"),
    ('<a href="#" onclick="window.open(\'./nb/a.pdf\')">年报</a>', "http://h/zwgk/nb/a.pdf"),
    ("<div onclick=\"parent.location='/nb/'\">年报</div>", "http://h/nb/"),
    ("<a href='javascript:showList(\"/nb/list.jsp?id=3\")'>年报</a>", "http://h/nb/list.jsp?id=3"),
    ('<select><option value="/nb/2022/">年报</option></select>', "http://h/nb/2022/"),
    ('<iframe id="columniframe" src="/nb/frame.html" title="年报"></iframe>', "http://h/nb/frame.html"),
    ('<map><area href="/nb/" alt="年报"></map>', "http://h/nb/"),
    ('<a href="/nb/"><img src="i.png" alt="年报"></a>', "http://h/nb/"),
    ('<base href="/b/"><a href="nb/">年报</a>', "http://h/b/nb/"),
    ('<a href="javascript:noWay(3)">年报</a>', None),
    ('<a href="javascript:void(0)">年报</a>', None),
    ('<a href="http://m.h/nb/">年报</a>', None),
    ('<select><option value="3">年报</option></select>', None),
    (
        '<form action="l.jsp"><input type=hidden name=c value=nb><select name="d"><option value="3">年报</select></form>',
        "http://h/zwgk/l.jsp?c=nb&d=3",
    ),
    (
        """<select onchange="location.href='/l.jsp?d='+this.value"><option value="3">年报</select>""",
        "http://h/l.jsp?d=3",
    ),
]


@pytest.mark.parametrize(("markup", "url"), LEADING)
def test_an_element_leads_where_its_script_would_go(markup: str, url: str | None) -> None:
    source = f"<html><body>{SCRIPTS}{markup}</body></html>"
    found = [link for link in discovery.links(discovery.tree_of(source), PAGE, source) if link.text == "年报"]
    assert [link.url for link in found] == ([url] if url else [])


@pytest.mark.parametrize("asked", ["attr('data-url')", "data('url')", 'attr( "data-url" )'])
def test_a_part_is_loaded_from_where_its_element_says(asked: str) -> None:
    source = f"<div id='lb7' data-url='/nb/rows.html'></div><script>$('#lb7').load($('#lb7').{asked});</script>"
    assert list(targets.told(discovery.tree_of(source), source)) == ["/nb/rows.html"]
    moved = source.replace("id='lb7'", "id='lb8'")
    assert list(targets.told(discovery.tree_of(moved), moved)) == []


def test_a_box_whose_rows_are_links_is_none_itself() -> None:
    rows = "".join(f'<li><a href="/nb/{year}.html">{year}年年报</a></li>' for year in (2021, 2022))
    source = f'<html><body><div url="/gateway/unit" querydata="x"><ul>{rows}</ul></div></body></html>'
    found = discovery.links(discovery.tree_of(source), PAGE, source)
    assert [link.url for link in found] == ["http://h/nb/2021.html", "http://h/nb/2022.html"]


@pytest.mark.parametrize(("pattern", "example"), [*targets.OPENERS, *targets.LOADERS])
def test_every_line_of_the_tables_finds_its_example(pattern: str, example: str) -> None:
    assert re.search(pattern, example)
    assert targets.of_script(example, {}) or targets.parts(example)


def test_parts_that_scripts_load_are_told_from_counters_and_unknown_addresses() -> None:
    source = """<script>var cat='12'; $('#l').load('/nb/'+cat+'.html'); $.get('/visit/count.jsp?id=3');
    $.ajax({url: '/nb/rows.json', type: 'get'}); $.get('/nb/' + unknown); $.getScript('/js/a.js')</script>"""
    assert targets.parts(source) == ["/nb/12.html", "/nb/rows.json"]


@pytest.mark.parametrize(
    ("source", "to"),
    [
        ('<meta http-equiv="refresh" content="0;url=index.html">', "index.html"),
        ("<META HTTP-EQUIV=Refresh CONTENT='3; URL=\"/zwgk/\"'>", "/zwgk/"),
        ("<script>window.location.href='/portal/';</script>", "/portal/"),
        ("<script>location.href='/x/';</script><a href='/y/'>进入</a>", None),
        ('<meta http-equiv="refresh" content="300">', None),
    ],
)
def test_a_page_that_sends_its_reader_on(source: str, to: str | None) -> None:
    page = f"<html><head>{source}</head><body></body></html>"
    assert targets.refresh(discovery.tree_of(page), page) == to


def test_frames_and_parts_are_told_as_addresses() -> None:
    source = b"<frameset><frame src='top.html'><frame src='main.html'></frameset><script>$.get('/p.html')</script>"
    found = discovery.inner(HtmlResponse(PAGE, body=source))
    assert found == ["http://h/zwgk/top.html", "http://h/zwgk/main.html", "http://h/p.html"]
    splash = "<img src='a.png'><a href='main.jsp'>进入网站</a><a href='/x'>其他</a>".encode()
    assert discovery.inner(HtmlResponse(PAGE, body=splash)) == ["http://h/zwgk/main.jsp"]
    assert discovery.inner(HtmlResponse(PAGE, body=b"<script>location.href='/portal/'</script>")) == [
        "http://h/portal/"
    ]


@given(st.text(alphabet="funct()io{}'\"+=;,a.b/ \n<>window.openlocationhref$", max_size=300))
def test_any_script_is_read_without_harm(text: str) -> None:
    own = targets.functions(text)
    for found in (targets.of_script(text, own), *targets.parts(text)):
        assert found is None or isinstance(found, str)


@given(st.lists(st.text(alphabet="abc/.-", max_size=9), min_size=1, max_size=5))
def test_a_sum_of_strings_is_their_sum(parts: list[str]) -> None:
    assert targets.evaluate(" + ".join(f"'{part}'" for part in parts), {}) == "".join(parts)
    assert targets.evaluate("+".join([*(f'"{part}"' for part in parts), "who"]), {}) is None


NAMES = {
    Role.column: [
        "历年年报", "政府信息公开年报专栏", "政府信息公开年报(2008-2023)", "各镇街年报", "区政府年报", "年度报告列表",
        "政府信息公开工作报告", "2019年以来政府信息公开年报", "年报归档（2010-2018）",
    ],
    Role.group: ["2008-2012年", "2012年及以前", "各县(市、区)", "市直各部门", "苏木乡镇", "街道办事处", "2012年前年报"] ,
    Role.other: [
        "年鉴", "年度计划", "企业年报", "统计年报", "财务年报", "网站年报表", "行政执法年度报告", "年度报告制度", "关于本站",
        "企业年报公示", "年报公示", "上市公司年报",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("role", "text"), [(role, text) for role, texts in NAMES.items() for text in texts])
def test_more_names_of_columns_and_what_is_none(role: Role, text: str) -> None:
    assert discovery.role(text) is role


@pytest.mark.parametrize(
    "text", ["旧版网站", "返回旧版", "老网站", "原政府门户网站", "网站(旧版)", "旧版首页", "历史网站回顾"]
)
def test_names_of_a_portals_site_of_former_times(text: str) -> None:
    assert discovery.OLD_SITE.match(text)


@pytest.mark.parametrize(
    "text", ["老年版", "适老版", "历史", "原版", "历史文化网站", "老干部局网站", "网站", "无障碍浏览"]
)
def test_names_of_no_site_of_former_times(text: str) -> None:
    assert not discovery.OLD_SITE.match(text)
