"""The crawler's tables and pure functions: names of columns, pagers, challenges, addresses, politeness, verdicts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring
from scrapy import Request
from scrapy.http import HtmlResponse, Response
from scrapy.settings import Settings

from crawler import discovery
from crawler.addresses import AllowedHosts, is_public
from crawler.beside import Beside, Waiting
from crawler.discovery import Role
from crawler.pagekind import challenge
from crawler.politeness import PUBLIC_FLOOR, Politeness, retry_after
from crawler.territory import Territory
from crawler.verdict import RULES, Case, Expect, Tally, Word, judge
from spiders.platforms.gkmlpt import config_of, yearly_nodes
from spiders.platforms.pagers import further_pages

ROLES = {
    Role.column: [
        "政府信息公开年报",
        "信息公开年报",
        "年度报告",
        "部门年报",
        "年报",
        "各分局年报",
        "内设机构年报",
        "管委会年报",
        "镇（街道）年报",
        "市统计局年报",
        "省生态环境厅政府信息公开年报",
    ],
    Role.hub: [
        "政府信息公开",
        "政务公开",
        "部门和乡镇信息公开",
        "各地各部门信息公开",
        "政府信息公开平台",
        "街道政务公开",
        "乡镇（场）公开",
    ],
    Role.group: [
        "2023年",
        "2023年度",
        "县直部门",
        "乡镇街道",
        "市政府部门",
        "各镇(街道)",
        "各街道 更多>>",
        "地方部門",
        "厅本级",
        "市（州）、林区",
        "县（区）",
    ],
    Role.body: [
        "青垣区教育局",
        "柳湾镇",
        "柳湾镇人民政府",
        "石棱县",
        "东门街道办事处",
        "石棱县人民政府(办公室)",
        "石棱县畜牧服务中心",
        "石棱县图书馆",
        "石棱县第二中学",
        "青垣区城市建设投资公司",
    ],
    Role.other: [
        "首页",
        "新闻动态",
        "政府信息公开指南",
        "依申请公开",
        "政府网站工作年度报表",
        "统计年报",
        "环境质量年报",
        "互动交流",
        "新闻中心",
        "办事服务中心",
        "云展馆",
        "石棱县网上博物馆",
        "",
    ],
}


@pytest.mark.parametrize(("role", "text"), [(role, text) for role, texts in ROLES.items() for text in texts])
def test_what_a_link_leads_to_is_read_from_its_words(role: Role, text: str) -> None:
    assert discovery.role(text) is role


PAGERS = [
    ('createPageHTML(3, 0, "index", "html");', "http://h/nb/", ["index_1.html", "index_2.html"]),
    ('createPageHTML(3, 0, "index", "html");', "http://h/nb/index.html", ["index_1.html", "index_2.html"]),
    ("createPageHTML('page_div',3, 1,'list','shtml',52);", "http://h/nb/list.shtml", ["list_2.shtml", "list_3.shtml"]),
    ('createPageHTML(52, 3, 0, "index", "htm")', "http://h/nb/index.htm", ["index_1.htm", "index_2.htm"]),
    ('createPageHTML(3, 1, "index", "html");', "http://h/nb/index_1.html", []),
    ('createPageHTML(1, 0, "index", "html");', "http://h/nb/", []),
    ("no pager", "http://h/nb/", []),
]


@pytest.mark.parametrize(("source", "url", "pages"), PAGERS)
def test_the_pager_call_says_which_number_page_two_has(source: str, url: str, pages: list[str]) -> None:
    assert list(further_pages(source, url)) == [f"http://h/nb/{page}" for page in pages]


def test_a_mistaken_page_count_does_not_make_a_million_requests() -> None:
    assert len(list(further_pages('createPageHTML(999999, 0, "index", "html")', "http://h/"))) < 1000


@pytest.mark.parametrize(
    "source",
    [
        'window._CONFIG = {"SID": "7", "TREE": [{"id": 1, "name": "政府信息公开年报", "children": [{"id": 2}]}]};',
        "window._CONFIG = {SID: '7', TREE: [{id: 1, name: '政府信息公开年报', children: [{id: 2}]}]};var a = 'x';",
    ],
)
def test_the_category_tree_is_read_as_json_and_as_javascript(source: str) -> None:
    assert [node["id"] for node in yearly_nodes(config_of(source)["TREE"])] == [1, 2]


@given(st.text(max_size=300))
def test_any_page_gives_links_or_none(text: str) -> None:
    for link in discovery.links(discovery.tree_of(text), "http://www.qinghe.portal.test/"):
        assert link.url.startswith(("http://", "https://"))


def test_many_links_to_more_take_four_times_as_long_when_they_are_four_times_as_many() -> None:
    spent = []
    for many in (200, 800):
        root = discovery.tree_of("<div>" + "<a href='/m'>更多</a>" * many + "</div>")
        before = time.process_time()
        assert len(list(discovery.links(root, "http://h/"))) == many
        spent.append(time.process_time() - before)
    assert spent[1] < 9 * spent[0]  # 16 is quadratic


def test_a_file_in_a_lists_place_has_no_source() -> None:
    body = b"%PDF-1.4\n<a href='/nb/'>"
    assert discovery.source_text(Response("http://h/nb/", body=body)) == ""
    assert "/nb/" in discovery.source_text(Response("http://h/nb/", body=b"<p>" + body[9:]))


def test_nobody_waits_for_a_script_that_failed() -> None:
    page, territory = (
        HtmlResponse("http://h/nb/", body=b"<script src=/a.js></script><script>load('nb')</script>"),
        Territory("http://h/"),
    )
    beside = Beside()
    assert beside.ask(Waiting(page, None, ()), territory) == ["http://h/a.js"]
    assert beside.waiting
    beside.failed(Request("http://h/b.js", meta={"redirect_urls": ["http://h/a.js"]}))
    assert not beside.waiting
    beside.ask(Waiting(page, None, ()), territory)
    assert not beside.waiting


ROWS = """<ul>
<li><a href="a.html" title="云棠市2022年政府信息公开工作年度报告">云棠市2022年政…</a><span>2023-01-30</span></li>
<li><a href="b.html">柳湾镇2022年政府信息公开工作年度报告</a> 2023年1月5日</li></ul>
<div><a href="javascript:void(0)" onclick="window.open('c.html')">云棠市2021年政府信息公开工作年度报告</a></div>
<a href="mailto:a@b.c">邮箱</a><a href="http://[broken">坏</a>"""


MORE = "<div><h4>{}</h4><a href='more.html'>更多</a><ul><li><a href=1>{}</a></li></ul></div>"


@pytest.mark.parametrize(
    ("heading", "row", "text"),
    [
        ("国企", "云棠市水务集团2022年政府信息公开工作年度报告", "国企年报"),
        ("街道", "柳湾街道2022年政府信息公开工作年度报告", "街道"),
        ("工作动态", "全市政府信息公开工作推进会召开", "工作动态"),
        ("", "柳湾镇2022年政府信息公开工作年度报告", "年报"),
    ],
)
def test_more_is_called_after_its_block(heading: str, row: str, text: str) -> None:
    found = discovery.links(discovery.tree_of(MORE.format(heading, row)), "http://h/nb/")
    assert [link.text for link in found if link.url.endswith("more.html")] == [text]


def test_a_row_has_its_full_title_and_its_own_date() -> None:
    rows = list(discovery.links(discovery.tree_of(ROWS), "http://h/nb/"))
    assert [(r.url, r.text, r.date) for r in rows] == [
        ("http://h/nb/a.html", "云棠市2022年政府信息公开工作年度报告", "2023-01-30"),
        ("http://h/nb/b.html", "柳湾镇2022年政府信息公开工作年度报告", "2023-01-05"),
        ("http://h/nb/c.html", "云棠市2021年政府信息公开工作年度报告", None),
    ]


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind"),
    [
        (521, b"Set-Cookie: __jsluid_s=1", b"<script>document.cookie=('_')</script>", "jsl"),
        (412, b"Set-Cookie: FSSBBIl1UgzbN7N80S=1", b"<html></html>", "rs"),
        (412, b"", b"", "status"),
        (200, b"Set-Cookie: __jsluid_s=1", b"<html><body>an ordinary page</body></html>", None),
        (200, b"", b"<script>var arg1='0123456789ABCDEF01234567';</script>", "acw"),
        (200, b"", "年度报告".encode() * 4000, None),
        (404, b"", b"not here", None),
    ],
)
def test_a_challenge_is_told_from_a_page(status: int, headers: bytes, body: bytes, kind: str | None) -> None:
    assert challenge(status, headers, body) == kind


def test_private_addresses_are_refused_unless_they_are_named() -> None:
    for address in (
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "169.254.169.254",
        "::1",
        "::ffff:127.0.0.1",
        "fe80::1%eth0",
        "0.0.0.0",
    ):
        assert not is_public(address)
        assert not AllowedHosts("").permit("www.example.com", address)
    assert is_public("8.8.8.8")
    allowed = AllowedHosts("10.0.0.0/8, intern.example, .portal.test, [::1], 127.0.0.1")
    assert allowed.permit("anything.example", "10.9.9.9")
    assert allowed.permit("intern.example", "192.168.3.4")
    assert allowed.permit("www.qinghe.portal.test", "127.0.0.9")
    assert allowed.permit("[::1]", "::1")
    assert not allowed.permit("evilportal.test", "127.0.0.9")
    assert not allowed.permit("other.example", "192.168.3.4")


@pytest.mark.parametrize(
    ("floor", "delay", "host", "seconds"),
    [
        (2.0, 0.0, "www.public.example", 2.0),
        (0.0, 0.0, "www.public.example", PUBLIC_FLOOR),
        (0.0, 0.0, "127.0.0.1", 0.0),
        (0.0, 0.3, "127.0.0.1", 0.3),
        (5.0, 0.0, "127.0.0.1", 5.0),
        (0.0, 9.0, "www.public.example", 9.0),
    ],
)
def test_no_setting_goes_below_the_floor_on_a_public_host(
    floor: float, delay: float, host: str, seconds: float
) -> None:
    settings = Settings({"DELAY_FLOOR": floor, "DOWNLOAD_DELAY": delay, "ALLOW_PRIVATE_HOSTS": "127.0.0.1"})
    assert Politeness(settings).gap(host) == seconds


def test_a_spider_cannot_cut_short_what_a_host_asks_for() -> None:
    settings = Settings({"LONGEST_WAIT": 120.0})
    settings.set("LONGEST_WAIT", 0, priority="spider")
    assert Politeness(settings).longest_wait == 120


def test_a_spider_cannot_name_private_hosts_for_itself() -> None:
    settings = Settings({"DELAY_FLOOR": 0.0})
    settings.set("ALLOW_PRIVATE_HOSTS", "127.0.0.1", priority="spider")
    assert Politeness(settings).gap("127.0.0.1") == PUBLIC_FLOOR


@pytest.mark.parametrize(
    ("status", "value", "seconds"),
    [
        (503, "120", 120),
        (429, "Wed, 21 Oct 2015 07:28:00 GMT", 0),
        (503, "soon", None),
        (503, None, None),
        (200, "120", None),
    ],
)
def test_retry_after_is_read_as_seconds_and_as_a_date(status: int, value: str | None, seconds: float | None) -> None:
    assert retry_after(Response("http://h/", status, {"Retry-After": value} if value else None)) == seconds


GOOD = {"home_ok": True, "lists": 2, "reports": 10, "entries": 12, "years": {2022, 2023}}


@pytest.mark.parametrize(
    ("changes", "expect", "last_good", "word"),
    [
        ({}, Expect(), None, Word.ok),
        ({}, Expect((11, None)), None, Word.degraded),
        ({}, Expect((1, 9)), None, Word.degraded),
        ({}, Expect(years=(2021,)), None, Word.degraded),
        ({}, Expect(), 20, Word.degraded),
        ({"problems": {"missing": 1}}, Expect(), None, Word.degraded),
        ({"problems": {"disappeared": 1, "robots": 1}}, Expect(), None, Word.ok),
        ({"problems": {"blocked": 1}}, Expect(), None, Word.blocked),
        ({"problems": {"robots": 3}, "entries": 0}, Expect(), None, Word.blocked),
        ({"problems": {"exception": 1}}, Expect(), None, Word.broken),
        ({"home_ok": False}, Expect(), None, Word.broken),
        ({"lists": 0}, Expect(), None, Word.broken),
        ({"reports": 0}, Expect(), None, Word.empty),
        ({"reports": 0, "problems": {"no_browser": 2}}, Expect(), None, Word.broken),
        ({"problems": {"no_browser": 2}}, Expect(), None, Word.degraded),
        ({"finish_reason": "closespider_timeout"}, Expect(), None, Word.degraded),
        ({"finish_reason": "shutdown", "reports": 0, "lists": 0, "home_ok": False}, Expect(), None, Word.degraded),
        ({"finish_reason": "archive_error"}, Expect(), None, Word.broken),
        ({"finish_reason": "leased"}, Expect(), None, Word.not_run),
    ],
)
def test_the_verdict_follows_from_what_happened(
    changes: dict[str, object], expect: Expect, last_good: int | None, word: Word
) -> None:
    verdict = judge(Case("qinghe", Tally(**(GOOD | changes)), expect, last_good))
    assert verdict.word is word
    assert verdict.reason
    assert verdict.advice or word is Word.ok


def test_every_rule_says_what_to_do_next() -> None:
    assert all(advice for *_, advice in RULES)


@pytest.mark.parametrize("before", ["<!-- 年报 -->", "<?php echo 1 ?>", ""])
def test_a_submenu_belongs_to_its_linked_column_whatever_stands_before(before: str) -> None:
    inner = "<ul><li><a href='/b/'>部门</a></li></ul>"
    menu = f"<ul><li>{before}<a href='/a/'>政府信息公开年报</a>{inner}</li></ul>"
    found = discovery.links(document_fromstring(f"<html><body>{menu}"), "http://h.test/")
    assert [link.url for link in found] == ["http://h.test/a/", "http://h.test/b/"]
