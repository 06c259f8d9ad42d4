"""Whose report an entry is and of which year, from what its list says; and which hosts are a portal's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import HtmlResponse

from crawler import evidence
from crawler.discovery import Link
from crawler.evidence import Portal
from crawler.territory import Territory
from parsing.report import AdminLevel

PORTAL = Portal("禄丰市人民政府", "禄丰市人民政府门户网站", "5323020001")
CASES = [
    # title, date, trail, organ, year, level
    ("禄丰市教育局2022年政府信息公开工作年度报告", None, ("年报",), "禄丰市教育局", 2022, AdminLevel.county),
    (
        "2022年政府信息公开工作年度报告",
        None,
        ("部门信息公开", "市教育局", "年报"),
        "禄丰市教育局",
        2022,
        AdminLevel.county,
    ),
    ("政府信息公开工作年度报告", "2021-01-20", ("妥安乡", "政府信息公开年报"), "妥安乡", 2020, AdminLevel.township),
    ("政府信息公开工作年度报告", "2021-01-20", ("妥安乡", "年报", "2019年"), "妥安乡", 2019, AdminLevel.township),
    ("2022年政府信息公开工作年度报告", None, ("政府信息公开年报",), "禄丰市人民政府", 2022, AdminLevel.county),
    ("禄丰县2018年政府信息公开工作年度报告", None, ("年报",), "禄丰县人民政府", 2018, AdminLevel.county),
    (
        "禄丰市商务和工业信息化局2022年政府信息公开工作年度报告",
        None,
        ("年报",),
        "禄丰市商务和工业信息化局",
        2022,
        AdminLevel.county,
    ),
    ("禄丰市大数据管理局2022年政府信息公开年报", None, ("年报",), "禄丰市大数据管理局", 2022, AdminLevel.county),
]


@pytest.mark.parametrize(("title", "date", "trail", "organ", "year", "level"), CASES)
def test_body_and_year_are_what_most_witnesses_say(
    title: str, date: str | None, trail: tuple[str, ...], organ: str, year: int, level: AdminLevel
) -> None:
    found = evidence.weigh(Link("http://h/nb/1.html", title, date), trail, PORTAL)
    assert (found.organ, found.year, found.level) == (organ, year, level)


def test_bureaus_of_a_zone_are_not_those_of_the_city_around_it() -> None:
    zone = Portal("松坪经济开发区管理委员会办公室", "www.spkfq.gov.cn", None, "532302")
    rows = {
        "经济发展局2022年政府信息公开工作年度报告": "松坪经济开发区经济发展局",
        "柳浦镇2022年政府信息公开工作年度报告": "柳浦镇",
    }
    assert {text: evidence.weigh(Link("http://h/1.html", text), (), zone).organ for text in rows} == rows
    assert evidence.weigh(Link("http://h/1.html", next(iter(rows))), (), PORTAL).organ == "禄丰市经济发展局"


def test_a_district_called_a_new_area_is_no_zone() -> None:
    district = Portal("上海市浦东新区人民政府", "上海市浦东新区", None, None)
    found = evidence.weigh(Link("http://h/1.html", "区财政局2021年政府信息公开工作年度报告"), (), district)
    assert (found.organ, found.body and found.body.division and found.body.division.code) == (
        "浦东新区财政局",
        "310115",
    )


def test_losing_witnesses_are_kept_beside_the_winner() -> None:
    row = Link("http://h/nb_2018n/1.html", "禄丰县教育局2018年政府信息公开工作年度报告", "2021-03-01")
    found = evidence.weigh(row, ("部门", "市教育局", "2019年"), PORTAL)
    assert (found.organ, found.year) == ("禄丰县教育局", 2018)
    facts = found.as_facts()
    assert {value for value, _, _ in facts["year"]} == {"2018", "2019", "2020"}
    assert {source for _, source, _ in facts["organ"]} == {"title", "step", "portal"}
    assert facts["division_code"] == "532302", "a former name leads to the code of today"


@given(
    st.text(alphabet="[(*云棠市教育局2022年政府信息公开年报", max_size=40), st.text(alphabet="[)年部门局乡", max_size=8)
)
def test_any_row_is_weighed(title: str, step: str) -> None:
    found = evidence.weigh(Link("http://h/1.html", f"[{title}", None), (step, "部门"), PORTAL)
    assert found.organ is None or found.organ


HOME = "http://www.qinghe.gov.cn/"
HOME_PAGE = "<title>清禾县人民政府门户网站</title><meta name='SiteIDCode' content='9801020003'>"


def territory() -> Territory:
    made = Territory(HOME)
    made.introduce(HtmlResponse(HOME, body=HOME_PAGE.encode()))
    return made


@pytest.mark.parametrize(
    ("url", "text", "admitted"),
    [
        ("http://zfxxgk.qinghe.gov.cn/nb/", "政府信息公开年报", True),  # a host of its own domain
        ("http://www.qinghe.gov.cn:8080/nb/", "政府信息公开", True),  # another port
        ("http://qinghe-zfxxgk.gov.cn/", "政府信息公开", True),
        (
            "http://xxgk.dongzhou.gov.cn/qh/",
            "政府信息公开",
            True,
        ),  # the city's platform: the page itself must say whose
        ("http://www.dongzhou.gov.cn/", "政府信息公开", False),
        ("http://xxgk.dongsheng.gov.cn/", "省政府信息公开", False),
    ],
)
def test_another_host_is_asked_where_enough_speaks_for_it(url: str, text: str, admitted: bool) -> None:
    assert territory().admits(Link(url, text), from_home=True) is admitted


@pytest.mark.parametrize(
    ("page", "ours"),
    [
        ("<title>政府信息公开-清禾县人民政府</title>", True),
        ("<p>主办：清禾县人民政府</p><a href='http://www.qinghe.gov.cn/'>返回</a>", True),
        ("<title>东州市人民政府</title><meta name='SiteIDCode' content='9801000001'>", False),
        ("<title>域名出售</title>", False),
    ],
)
def test_a_page_on_another_host_must_name_the_portal(page: str, ours: bool) -> None:
    made, url = territory(), "http://qinghe-zfxxgk.gov.cn/"
    assert made.admits(Link(url, "政府信息公开"), from_home=True)
    assert made.confirms(HtmlResponse(url, body=page.encode())) is ours
    assert made.admits(Link(url, "政府信息公开"), from_home=True) is ours


@pytest.mark.parametrize(
    ("page", "ours"),
    [
        ("<title>政府信息公开-清禾县人民政府</title>", True),
        ("<title>清禾县教育局</title><meta name='SiteIDCode' content='9801020031'>", True),  # a site of its bureau
        ("<title>东州市人民政府</title><meta name='SiteIDCode' content='9801000001'>", False),  # a neighbour's
    ],
)
def test_another_port_of_a_bare_address_must_name_the_portal(page: str, ours: bool) -> None:
    made, url = Territory("http://10.1.2.3:8101/"), "http://10.1.2.3:8102/"
    made.introduce(HtmlResponse(made.home_url, body=HOME_PAGE.encode()))
    assert made.owns("http://10.1.2.3:8101/nb/")
    assert not made.owns(url)
    assert made.admits(Link(url, "政府信息公开"), from_home=True)
    assert made.confirms(HtmlResponse(url, body=page.encode())) is ours


def test_a_row_that_leads_to_another_port_is_a_bodys_of_the_portal_or_a_neighbours() -> None:
    made = Territory("http://10.1.2.3:8101/")
    made.introduce(HtmlResponse(made.home_url, body=HOME_PAGE.encode()))
    assert made.is_named_in("清禾县教育局2022年政府信息公开工作年度报告")
    assert made.is_named_in("2022年清禾县教育局政府信息公开工作年度报告")
    assert not made.is_named_in("东州市教育局2022年政府信息公开工作年度报告")
    assert not made.is_named_in("上清禾县教育局2022年政府信息公开工作年度报告")
