"""The class for portals that no other class knows: who reads which page, and lists told by their structure alone."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from crawler import discovery, structure
from crawler.discovery import Link
from crawler.fingerprint import Fingerprint
from crawler.spider import PortalSpider
from spiders.platforms.generic import Generic
from spiders.platforms.yearbook import Yearbook

HOME = "http://www.qinghe.gov.cn/"


class Paper(PortalSpider):
    """A platform whose rows stand in comments, told by a mark of its own."""

    platform = "paper"
    fingerprints = (Fingerprint(r"paper-cms", "<i id=paper-cms>"),)

    def rows(self, response: HtmlResponse, found: list[Link]) -> list[Link]:
        return [Link(f"{HOME}hidden", "青垣区2022年政府信息公开工作年度报告")]


def page(markup: str, url: str = HOME) -> HtmlResponse:
    return HtmlResponse(url, body=f"<html><body>{markup}</body></html>".encode(), request=Request(url))


def spider() -> Generic:
    crawler = get_crawler(Generic, {"PLATFORM_MODULES": [__name__]})
    made = Generic.from_crawler(crawler, name="any")
    assert isinstance(made, Generic)
    return made


def test_a_page_is_read_by_the_class_that_matches_it_and_by_structure() -> None:
    generic = spider()
    known = page('<i id=paper-cms></i><a href="/api/1">年报</a>')
    assert [row.url for row in generic.rows(known, generic.links(known))] == [f"{HOME}hidden"]
    led = page("[]", f"{HOME}api/1")
    assert isinstance(generic.reader(led), Paper), "what a page of a class leads to is read by that class as well"
    assert generic.reader(page("<p>其他</p>", f"{HOME}other")) is None


LIST = """<div><div><a href="/xw/1">青垣区召开会议</a>01-02</div><div><a href="/xw/2">青垣区部署工作</a>01-02</div>
<div><a href="/xw/3">青垣区开展调研</a>01-02</div></div>
<table><tr><td><a href="/a">教育局2020年度情况</a></td><td>20210105</td></tr>
<tr><td><a href="/b">水利局2021年度情况</a></td><td>20220105</td></tr>
<tr><td><a href="/c">民政局2022年度情况</a></td><td>20230105</td></tr></table>
<ul><li><a href="/">首页</a></li><li><a href="/zn">指南</a></li><li><a href="/zd">制度</a></li></ul>"""


def test_the_densest_list_is_told_by_years_and_dates() -> None:
    root = discovery.tree_of(LIST)
    found = list(discovery.links(root, HOME))
    rows = list(structure.rows(root, HOME, found))
    assert [(row.url.removeprefix(HOME), row.date) for row in rows] == [
        ("a", "2021-01-05"),
        ("b", "2022-01-05"),
        ("c", "2023-01-05"),
    ]
    assert list(structure.rows(discovery.tree_of("<p>年报</p>"), HOME, [])) == []


def test_links_of_a_table_of_bodies_by_years_say_no_more_than_the_year_and_the_kind_of_file() -> None:
    cells = {"/a": "2021年报告", "/b.pdf": "2020年报告（PDF）", "/c.docx": "2019年（Word版）", "/d": "2018年工作要点"}
    table = "".join(f'<tr><td>{text[:4]}</td><td><a href="{url}">{text}</a></td></tr>' for url, text in cells.items())
    source = f"<title>信息公开年报</title><table><tr><th>年度</th><th>教育局</th></tr>{table}</table>"
    response = page(source, f"{HOME}nb.html")
    rows = list(PortalSpider.rows(spider(), response, spider().links(response)))
    assert [(row.url.removeprefix(HOME), row.text) for row in rows] == [
        (url[1:], f"教育局{text[:4]}年政府信息公开工作年度报告") for url, text in [*cells.items()][:3]
    ]


def test_a_link_that_names_another_year_than_its_heading_is_not_of_the_headings_year() -> None:
    names = ("查看", "2021年报告", "2019年", "2018年报告（PDF）")
    links = "".join(f"<li><a href='/r/{number}.html'>{name}</a></li>" for number, name in enumerate(names))
    response = page(f"<h3>2021年</h3><ul>{links}</ul>", f"{HOME}nb.html")
    yearbook = Yearbook.from_crawler(get_crawler(Yearbook), name="any")
    assert isinstance(yearbook, Yearbook)
    assert [row.text for row in yearbook.rows(response, yearbook.links(response))] == [
        "2021年政府信息公开工作年度报告"
    ] * 2
