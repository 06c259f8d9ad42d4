"""Saved pages and answers of real portals: each is told as the platform it is, and what it lists is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from crawler.answers import AnswerError, further, read_answer
from crawler.dialects import date_of_url
from crawler.discovery import Link
from tests.parsing.shared import SHARED, WHY

from .test_platforms import CLASSES

HTML, API = SHARED / "real" / "html", SHARED / "real" / "api"
pytestmark = pytest.mark.skipif(not HTML.exists(), reason=WHY)

# Where each page was saved, as its file and its own metadata say; None: the address is not known.
PAGES: dict[str, tuple[str | None, set[str]]] = {
    "bayannur_2022_trs": (None, {"trs"}),
    "govcn_npc_decision": (None, {"trs"}),
    "jilin_xxgk_2022_trs": (None, {"trs"}),
    "jiujiang_search_results": ("https://zmhd.jiujiang.gov.cn/irs-c-web/search.shtml?code=183f883089d", {"trs"}),
    "neimenggu_2022_trs": ("https://www.nmg.gov.cn/zwyw/jrgz/202202/t20220211_2004628.html", {"trs"}),
    "pingtan_2023_annual_report": (
        "https://www.pingtan.gov.cn/zwgk/zfxxgk/zfxxgknb/202403/t20240308_87885.htm",
        {"trs"},
    ),
    "pingtan_report_list": ("https://www.pingtan.gov.cn/zwgk/zfxxgk/zfxxgknb/nlist.htm", {"trs"}),
    "shanxi_2019_news_trs": (None, {"trs"}),
    "university_vsb": (None, {"vsb"}),
    "zhejiang_fgw_2016_hanweb": ("http://fgw.zj.gov.cn/art/2016/11/22/art_1621004_30332664.html", {"hanweb"}),
    "nfra_2024_rendered": (None, set()),  # pages of systems that nobody sells, and a vendor's bare templates
    "nfra_2025_merged_cells": (None, set()),
    "shanghai_2019_annual_report": (None, set()),
    "wuan_template_article": (None, set()),
    "wuan_template_columns": (None, set()),
    "wuan_template_list": (None, set()),
}


def saved(name: str, changed: tuple[bytes, bytes] = (b"", b"")) -> HtmlResponse:
    body = (HTML / f"{name}.html").read_bytes()
    for number in range(body.count(changed[0]) if changed[0] else 0):
        body = body.replace(changed[0], changed[1] % number, 1)
    return HtmlResponse(PAGES[name][0] or "http://www.saved.gov.cn/saved/page.html", body=body)


def entries(platform: str, response: HtmlResponse) -> tuple[list[Link], list[str | Request]]:
    spider = CLASSES[platform](name="sample")
    found = spider.links(response)
    return list(spider.rows(response, found)), list(spider.next_pages(response, found))


def test_every_saved_page_is_in_the_table() -> None:
    assert set(PAGES) == {path.stem for path in HTML.glob("*.html")}


@pytest.mark.parametrize("name", PAGES)
def test_is_told_as_what_it_is(name: str) -> None:
    assert {cls.platform for cls in CLASSES.values() if cls.matches(saved(name)) is not None} == PAGES[name][1]


@pytest.mark.parametrize("name", [name for name, (_, platforms) in PAGES.items() if platforms])
def test_is_read_by_its_platform_without_error(name: str) -> None:
    (platform,) = PAGES[name][1]
    rows, following = entries(platform, saved(name))
    assert all(row.url.startswith("http") and row.text for row in rows)
    if "list" not in name:
        assert following == [], "an article or a search page, which has no further pages"


def test_the_entries_of_a_report_list() -> None:
    rows, following = entries("trs", saved("pingtan_report_list"))
    reports = [row for row in rows if row.date]
    assert len(reports) == 10
    base = "https://www.pingtan.gov.cn/zwgk/zfxxgk/zfxxgknb/"
    assert reports[0] == Link(
        f"{base}202603/t20260313_105587.htm", "平潭综合实验区2025年度政府信息公开工作年度报告", "2026-03-10"
    )
    assert reports[-1] == Link(
        f"{base}201701/t20170118_80485.htm", "平潭综合实验区2016年度政府信息公开工作年度报告", "2017-01-18"
    )
    assert date_of_url(reports[0].url) == "2026-03-13", "the day in the address is another: the row's goes before it"
    assert following == [], "the rest comes by a script whose address is not in the page"


@pytest.mark.parametrize("name", ["wuan_template_list", "wuan_template_columns"])
def test_the_rows_of_a_template(name: str) -> None:
    """Its links lead nowhere (`#`): numbered, they are rows with a title and a date in one anchor."""
    rows, _ = entries(
        "static", saved(name, (b'<a href="#"><span class="fl">', b'<a href="/%d.html"><span class="fl">'))
    )
    assert [row.date for row in rows] == ["2019-01-02"] * 4
    assert all(row.text.startswith("民革邯郸市委召开党员") and "2019" not in row.text for row in rows)
    assert entries("static", saved(name)) == ([], [])


def test_the_results_of_a_search() -> None:
    rows, _ = entries("trs", saved("jiujiang_search_results"))
    assert {row.date for row in rows} >= {"2025-11-05", "2025-11-28"}


@pytest.mark.parametrize(
    ("name", "rows", "total", "pages", "first"),
    [
        ("fujian_ssp", 10, 59, 6, ("/fgfz/201811/t20181114_4606333.htm", "福建省人民政府关于废止", "2018-11-14")),
        ("guangxi_igs", 10, 41049, 4105, ("/zfwj/t10811662.shtml", "茂林镇党政办公室关于印发", "2021-11-23")),
        (
            "guizhou_irs",
            10,
            10000,
            1000,
            ("/hfbf/202111/t20211120_71748172.html", "惠水县人民政府办公室", "2021-11-20"),
        ),
        ("neimenggu_openSearch", 15, 82788, None, ("/202110/t20211019_1038354.html", "清水河县人民政府", "2021-10-19")),
        ("hebei_cateSearch_html_rows", 10, 1500, None, ("7fde417b83d1ba3731626f4a", "关于转发《司法部", "2019-06-12")),
    ],
)
def test_answers(name: str, rows: int, total: int, pages: int | None, first: tuple[str, str, str]) -> None:
    url = "http://www.saved.gov.cn/search?page=1"
    answer = read_answer((API / f"{name}.json").read_text(encoding="utf-8"), url)
    assert (len(answer.rows), answer.total, answer.pages) == (rows, total, pages)
    assert answer.rows[0].url.endswith(first[0])
    assert answer.rows[0].text.startswith(first[1])
    assert answer.rows[0].date == first[2]
    assert all(row.url.startswith("http") and row.date and "<em>" not in row.text for row in answer.rows)
    assert further(url, answer)[0].endswith("page=2")


def test_an_error_with_status_200_is_no_answer() -> None:
    with pytest.raises(AnswerError, match="系统错误"):
        read_answer((API / "error_as_http_200.json").read_text(encoding="utf-8"), "http://h/")


def test_every_saved_answer_is_tested() -> None:
    tested = {"fujian_ssp", "guangxi_igs", "guizhou_irs", "neimenggu_openSearch", "hebei_cateSearch_html_rows"}
    assert {Path(path).stem for path in API.glob("*.json")} == tested | {"error_as_http_200"}
