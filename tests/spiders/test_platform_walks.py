"""Lists walked by a real crawl: asked in turn and no further than they go, by POST where need be, refusals told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.signature import Signature
from tests.crawler.test_walk import Crawl, Site, link, page, report, site, title

__all__ = ["site"]  # a fixture


def reports(site: Site, *years: int) -> list[str]:
    """Report pages of those years; their rows."""
    for year in years:
        site.pages[f"/nb/{year}.html"] = report(year)
    return [link(f"/nb/{year}.html", title(year), f"{year + 1}-01-20") for year in years]


@pytest.fixture
def asked(site: Site, tmp_path: Path) -> Any:
    def run(platform: str) -> tuple[Crawl, list[str]]:
        site.pages.setdefault("/", page(link("/list/", "政府信息公开年报")))
        crawl = Crawl(site, tmp_path)
        crawl(
            more=f"from spiders.platforms.{platform} import {platform.title()} as Platform\n"
            "class Portal(Platform):\n    name = 'trap'\n    site_name = '青垣区人民政府'\n    home_url = Trap.home_url\n"
            "del Trap, Platform"
        )
        return crawl, site.paths()

    return run


def test_a_stub_ends_a_list_whose_pager_promises_more(site: Site, asked: Any) -> None:
    site.pages["/list/"] = page(*reports(site, 2021, 2022), '<script>createPageHTML(40, 0, "index", "html");</script>')
    site.pages["/list/index_1.html"] = page(*reports(site, 2020))
    site.pages["/list/index_2.html"] = b"<html><body>404</body></html>"
    crawl, paths = asked("trs")
    assert [path for path in paths if "index_" in path] == ["/list/index_1.html", "/list/index_2.html"]
    assert crawl.rows("SELECT count(*) FROM document") == [(3,)]
    assert crawl.rows("SELECT * FROM problem") == []


def test_pages_that_repeat_themselves_end_a_list(site: Site, asked: Any) -> None:
    site.pages["/list/"] = page(*reports(site, 2021, 2022), '<script>createPageHTML(40, 0, "index", "html");</script>')
    for number in range(1, 40):
        site.pages[f"/list/index_{number}.html"] = page(*reports(site, 2020))
    _, paths = asked("trs")
    assert len([path for path in paths if "index_" in path]) == 2


def test_a_page_that_fails_costs_only_itself(site: Site, asked: Any) -> None:
    site.pages["/list/"] = page(*reports(site, 2021, 2022), '<script>createPageHTML(3, 0, "index", "html");</script>')
    site.pages["/list/index_1.html"] = (501, {}, b"broken")
    site.pages["/list/index_2.html"] = page(*reports(site, 2020))
    crawl, _ = asked("trs")
    assert crawl.rows("SELECT count(*) FROM document") == [(3,)]
    assert crawl.rows("SELECT kind FROM problem") == [("server_error",)]


def test_a_refusal_of_an_interface_is_a_problem_with_its_words(site: Site, asked: Any) -> None:
    site.pages["/"] = page(link("/gkmlpt/index", "政府信息公开"))
    tree = [{"id": 31, "name": "政府信息公开年报", "post_count": 3}]
    site.pages["/gkmlpt/index"] = (
        f"<html><script>window._CONFIG = Object.assign({{SID: '7'}}, {{TREE: {json.dumps(tree)}}})</script></html>".encode()
    )
    site.pages["/gkmlpt/api/all/31?page=1&sid=7"] = (
        200,
        {"Content-Type": "application/json"},
        '{"success":false,"msg":"系统错误","data":null,"code":1000}'.encode(),
    )
    crawl, _ = asked("gkmlpt")
    problems = crawl.rows("SELECT kind, got FROM problem")
    assert [kind for kind, _ in problems] == ["refused_answer"]
    assert "系统错误" in problems[0][1]


def test_a_list_that_a_script_loads_is_read(site: Site, asked: Any) -> None:
    site.pages["/list/"] = page('<div id="rows"></div><script>$("#rows").load("/list/rows.html")</script>')
    site.pages["/list/rows.html"] = "".join(f"<li>{row}</li>" for row in reports(site, 2021, 2022)).encode()
    crawl, _ = asked("static")
    assert crawl.rows("SELECT count(*) FROM document") == [(2,)]


def test_an_interface_that_platform_and_page_both_name_is_asked_once(site: Site, asked: Any) -> None:
    """The page is a part of the column in the menu that stands on every page of the platform, its own included."""
    menu = f"<li>{link('/zf/', '政府信息公开年报')}<ul><li>{link('/list/', '区直部门')}</li></ul></li>"
    site.pages["/"] = page(link("/gk/", "政府信息公开"))
    site.pages["/gk/"], site.pages["/zf/"] = page(menu), page(menu, *reports(site, 2021))
    question = "/common/search/8a2f31?_isAgg=true&_isJson=true&_pageSize=20&_template=index&_rangeTimeGte=&_channelName=&page=1"
    site.pages["/list/"] = page(
        menu,
        f"<div id='rows'></div><script>var channelId='8a2f31'; $('#rows').load('{question}')</script>",
    )
    reports(site, 2022)
    rows = [{"title": title(2022), "url": "/nb/2022.html", "publishedTimeStr": "2023-01-20"}]
    answer = json.dumps({"data": {"results": rows, "total": 1, "page": 1, "rows": 20}})
    site.pages[question] = (200, {"Content-Type": "application/json"}, answer.encode())
    crawl, paths = asked("ucap")
    assert crawl.rows("SELECT count(*) FROM document") == [(2,)]
    assert paths.count(question) == 1


SSP = "/ssp/search/api/apiSearch"
ASKED = (
    "sourceType=SSP_OPENINFO&apiName=SSP_OPENINFO&chnlid=317&sortFiled=-docrelTime&themeType=-1&isCollapse=N&fullKey=Y"
)


@pytest.mark.parametrize("platform", ["trs", "generic"])
@pytest.mark.parametrize(
    "names",
    [
        f"<script>var cfg={{api:'{SSP}',siteId:'2044',chnlid:\"317\",datas:2}};</script>",
        f"<script>var site='2044';$.ajax({{url:'{SSP}',data:{{siteId:site,chnlid:317,datas:2,page:no}}}})</script>",
        f'<div id="rows" data-api="{SSP}" data-siteid="2044" data-chnlid="317" data-datas="2"></div>',
        f'<div data-url="{SSP}?siteId=2044&amp;chnlid=317&amp;page=1&amp;datas=2"></div>',
    ],
)
def test_a_list_that_shows_its_first_rows_is_had_whole_from_the_interface_it_names(
    site: Site, asked: Any, names: str, platform: str
) -> None:
    rows = reports(site, *range(2018, 2023))
    site.pages["/list/"] = page(*rows[:2], names)
    for number in (1, 2, 3):
        data = [
            {"_doctitle": title(year), "docpuburl": f"/nb/{year}.html", "docreltime": f"{year + 1}.01.20 08:00:00"}
            for year in range(2018, 2023)[number * 2 - 2 : number * 2]
        ]
        answer = json.dumps({"datas": data, "page": {"recordcount": 5, "pagecount": 3}, "error": False})
        question = f"{SSP}?siteId=2044&{ASKED}&isChange=1&page={number}&datas=2"
        site.pages[question] = (200, {"Content-Type": "application/json"}, answer.encode())
    crawl, paths = asked(platform)
    assert crawl.rows("SELECT count(*) FROM document") == [(5,)]
    assert len([path for path in paths if SSP in path]) == 3
    assert crawl.rows("SELECT * FROM problem") == []


def test_the_rows_of_an_interface_are_those_of_the_list_that_led_to_it(site: Site, asked: Any) -> None:
    site.pages["/list/"] = page(f"<script>var cfg={{api:'{SSP}',siteId:'2044',chnlid:'317',datas:2}};</script>")
    data = [
        {"_doctitle": title(year), "docpuburl": f"/nb/{year}.html", "docreltime": f"{year + 1}.01.20"}
        for year in (2021, 2022)
    ]
    reports(site, 2021, 2022)
    answer = json.dumps({"datas": data, "page": {"recordcount": 2, "pagecount": 1}}).encode()
    site.pages[f"{SSP}?siteId=2044&{ASKED}&isChange=1&page=1&datas=2"] = (
        200,
        {"Content-Type": "application/json"},
        answer,
    )
    crawl, _ = asked("trs")
    sheet = Signature.from_json(crawl.rows("SELECT sheet FROM signature")[0][0])
    assert sheet
    assert sheet.lists == {f"http://127.0.0.1:{site.port}/list/": 2}, "or nobody would see that it was emptied"
    assert (sheet.listed, sheet.dated) == (2, 2)


def test_an_interface_is_not_asked_for_nobody_knows_what(site: Site, asked: Any) -> None:
    site.pages["/list/"] = page(*reports(site, 2021, 2022), f"<script>var cfg={{api:'{SSP}',siteId:'2044'}};</script>")
    crawl, paths = asked("trs")
    assert crawl.rows("SELECT count(*) FROM document") == [(2,)]
    assert not [path for path in paths if "ssp" in path]


def test_rows_that_come_by_post_only_are_asked_by_post(site: Site, asked: Any) -> None:
    rows = [f"<record><![CDATA[<li>{row}</li>]]></record>" for row in reports(site, 2020, 2021, 2022)]
    options = "storeproxy:'/proxy.jsp',storeparams:'columnid=61&unitid=24&webid=3',totalRecord:3,perPage:1,groupSize:3"
    store = f"<script type='text/xml'><datastore><recordset>{rows[0]}</recordset></datastore></script>"
    site.pages["/list/"] = f"<html><body>{store}<script>$('#24').jpage({{{options}}})</script></body></html>".encode()
    span = "/proxy.jsp?startrecord=2&endrecord=4&perpage=1"
    site.pages[f"{span}&columnid=61&unitid=24&webid=3"] = b"<datastore></datastore>"
    site.pages[span] = f"<datastore><totalrecord>3</totalrecord>{rows[1]}{rows[2]}</datastore>".encode()
    crawl, paths = asked("hanweb")
    assert crawl.rows("SELECT count(*) FROM document") == [(3,)]
    assert crawl.rows("SELECT method, url FROM capture WHERE method != 'GET'") == [
        ("POST", f"http://127.0.0.1:{site.port}{span}")
    ]
    assert [path for path in paths if "proxy" in path] == [f"{span}&columnid=61&unitid=24&webid=3", span]
