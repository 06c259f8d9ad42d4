"""Ways to a report that no plain link shows: menus of scripts, frames, parts, files; and where to look when all fail."""

from __future__ import annotations

import json
import shutil

from tests.crawler.test_walk import Answer, Crawl, Site, link, page, report, title
from tests.crawler.test_walk import crawl as crawl  # fixtures
from tests.crawler.test_walk import site as site

GENERIC = "from spiders.platforms.generic import Generic as PortalSpider\n"


def generic(crawl: Crawl) -> dict[str, object]:
    """Walk the site with the class that knows no platform."""
    home = f"http://127.0.0.1:{crawl.site.port}/"
    more = (
        f"{GENERIC}class Any(PortalSpider):\n    name = 'trap'\n    home_url = '{home}'\n    organ = '青垣区人民政府'\n"
    )
    return crawl(body="    name = 'unused'\n", more=more)


def test_a_portal_of_scripts_and_frames_is_walked_without_a_browser(site: Site, crawl: Crawl) -> None:
    """A year to each way of hiding a list; the portal shows nothing that a plain crawler would follow."""
    site.pages["/"] = b"<frameset rows='90,*'><frame src='/top.html'><frame src='/main.html'></frameset>"
    site.pages["/top.html"] = page("青垣区人民政府")
    site.pages["/main.html"] = page('<span onclick="openInfo(3)">政府信息公开</span>') + (
        b"<script>function openInfo(id){window.location.href='/gk/'+id+'.html'}</script>"
    )
    site.pages["/gk/3.html"] = page('<b data-url="/gk/nb/">政府信息公开年报</b>', link("/gk/tj/", "统计年报"))
    site.pages["/gk/nb/"] = page(
        link("frame/", "2022年"), link("part/", "2021年"), link("2020.html", "2020年"), link("old/", "2019年及以前")
    )
    site.pages["/gk/nb/frame/"] = page(link("/gk/nb/", "政府信息公开年报"), "<iframe src='list.html'></iframe>")
    points = link("/yd", "青垣区教育局2022年政府信息公…", "2022-05-09")  # 要点, as its page says
    site.pages["/gk/nb/frame/list.html"] = page(link("/r/2022", "青垣区教育局2022年政府信…", "2023-01-09"), points)
    site.pages["/yd"] = "<h1>青垣区教育局2022年政府信息公开工作要点</h1><p>要做的事情有三件。</p>".encode()
    site.pages["/gk/nb/part/"] = page("<p id='l'></p><script>$('#l').load('rows.html')</script>")
    site.pages["/gk/nb/part/rows.html"] = page(link("/r/2021", title(2021), "2022-01-09"))
    site.pages["/gk/nb/2020.html"] = report(2020)
    old = "<div><p>{}</p><p>{}</p></div>"
    site.pages["/gk/nb/old/"] = page(link("/f/2018.pdf", "2018年度"), link("/r/2019", title(2019))) + (
        old.format("1", '<a href="javascript:;" onclick="location.href=\'?from=2\'">›</a>').encode()
    )
    site.pages["/gk/nb/old/?from=2"] = page(link("/r/2017", title(2017)))
    for year in (2017, 2019, 2021, 2022):
        site.pages[f"/r/{year}"] = report(year)
    site.pages["/f/2018.pdf"] = (200, {"Content-Type": "application/pdf"}, b"%PDF-1.4 small")
    outcome = generic(crawl)
    found = dict(crawl.rows("SELECT year, url FROM entry WHERE outcome != 'no_report' ORDER BY year"))
    assert sorted(found) == list(range(2017, 2023)), (outcome, site.paths())
    assert found[2018].endswith("/f/2018.pdf"), "a row that is a file is an entry"
    assert outcome["verdict"] == "ok", "a title that the list cut short promises nothing"
    assert "/gk/tj/" not in site.paths()
    assert len(site.paths()) <= 1.5 * 6 + 15, site.paths()


def test_the_portals_own_search_is_asked_when_no_column_is_found(site: Site, crawl: Crawl) -> None:
    code = "0f343b0931126a20f133d67c2b018a3b"
    form = f'<form action="/igs/front/search.jhtml?code={code}&siteId=3"><input name="searchWord"></form>'
    site.pages["/"] = page(link("/xw/", "要闻"), link("/map/", "网站地图"), form)
    site.pages["/map/"] = page(link("/xw/", "要闻"), link("/zn/", "政府信息公开指南"))
    asked: list[str] = []

    def results(number: int) -> Answer:
        years = {1: (2020, 2021), 2: (2022,), 3: ()}[number]
        rows = [
            {"DOCTITLE": f"<em>{title(year)}</em>", "DOCPUBURL": f"/r/{year}", "PUBDATE": "2023-01-09"}
            for year in years
        ]
        rows += [{"DOCTITLE": "关于做好政府信息公开年报工作的通知", "DOCPUBURL": "/n", "PUBDATE": "2023-01-09"}]
        answer = {"page": {"content": rows, "total": "5", "totalPages": 3}}
        return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()

    plain = site.answer

    def answer(host: str, path: str, headers: object) -> Answer:
        if path.startswith("/igs/front/search.jhtml?"):
            asked.append(path)
            return results(len(asked))
        return plain(host, path, headers)

    site.answer = answer  # type: ignore[method-assign]
    for year in (2020, 2021, 2022):
        site.pages[f"/r/{year}"] = report(year)
    outcome = generic(crawl)
    assert outcome["reports"] == 3, (outcome, site.paths(), asked)
    assert len(asked) == 3, "it goes on as long as there is something new"
    assert [f"pageNumber={number}" in path for number, path in enumerate(asked, 1)] == [True] * 3
    assert site.paths().index("/map/") < len(site.paths()) - 3, "the site map is asked first"


def test_a_body_that_turned_out_to_be_its_report_is_listed_on_later_runs_too(site: Site, crawl: Crawl) -> None:
    site.pages["/"] = page(link("/nb/", "政府信息公开年报"))
    site.pages["/nb/"] = page(link("/nb/2021/", "2021年"))
    site.pages["/nb/2021/"] = page(link("/r/jy", "青垣区教育局"), link("/r/sl", "青垣区水利局"))
    site.pages["/r/jy"], site.pages["/r/sl"] = report(2021), report(2021, "青垣区水利局")
    assert crawl()["reports"] == 2
    again = crawl()
    assert (again["reports"], again["disappeared"], again["verdict"]) == (2, 0, "ok")


def test_a_years_column_with_a_file_among_its_rows_is_no_report(site: Site, crawl: Crawl) -> None:
    """Its pages are called after the year alone, and a list's piece after the row that it begins with, as it was cut."""
    site.pages["/"] = page(link("/nb/", "政府信息公开年报"))
    site.pages["/nb/"] = page(link("/nb/2020/", "2020年年报"), link("/nb/2019/", "2019年年报"))
    rows = "<ul><li>{} 2021-01-09</li><li>{} 2021-01-12</li></ul>"
    file, cut = link("/f/jyj.pdf", "教育局政府信息公开年度报告"), link("/r/sj", "审计局2019年政府信息公开工…")
    site.pages["/nb/2020/"] = (
        f"<title>2020年年报</title><h1>2020年年报</h1>{rows.format(file, link('/r/2020', title(2020)))}".encode()
    )
    site.pages["/nb/2019/"] = (
        f"<h1>审计局2019年政府信息公开工…</h1>{rows.format(cut, link('/f/swj.pdf', '水务局年度报告.pdf'))}".encode()
    )
    site.pages["/r/2020"], site.pages["/r/sj"] = report(2020), report(2019)
    for name in ("jyj", "swj"):
        site.pages[f"/f/{name}.pdf"] = (200, {"Content-Type": "application/pdf"}, b"%PDF-1.4 small")
    generic(crawl)
    found = {url.rpartition("127.0.0.1")[2].partition("/")[2] for (url,) in crawl.rows("SELECT url FROM entry")}
    assert {"r/2020", "r/sj"} <= found
    assert not any(url.startswith("nb/") for url in found), found


def test_an_openness_platform_on_a_host_of_its_own_is_asked_when_it_is_the_portals(site: Site, crawl: Crawl) -> None:
    own = "<title>青垣区人民政府</title>"
    city, separate = "http://xxgk.dongzhou.portal.test", "http://qingyuan-zfxxgk.portal.test"
    titled = "<title>{}人民政府政府信息公开</title>"
    pages = {
        "www.qingyuan.portal.test/": page(own, link(f"{separate}/", "政府信息公开"), link(f"{city}/", "信息公开")),
        "qingyuan-zfxxgk.portal.test/": page(titled.format("青垣区"), link("/nb/", "政府信息公开年报")),
        "qingyuan-zfxxgk.portal.test/nb/": page(link("/r/2022", title(2022), "2023-01-09")),
        "qingyuan-zfxxgk.portal.test/r/2022": report(2022),
        "xxgk.dongzhou.portal.test/": page(titled.format("东州市"), link("/nb/", "政府信息公开年报")),
        "xxgk.dongzhou.portal.test/nb/": page(link("/r/2022", title(2022), "2023-01-09")),
    }

    def answer(host: str, path: str, headers: object) -> Answer:
        site.asked.append((0.0, host, path))
        found = pages.get(host + path)
        return (200, {"Content-Type": "text/html"}, found) if found else (404, {}, b"not here")

    site.answer = answer  # type: ignore[method-assign]
    home = "    home_url = 'http://www.qingyuan.portal.test/'\n"
    crawl(body=home, settings="TWISTED_DNS_RESOLVER = 'tests.portals.resolver.FarmResolver'\n")
    assert crawl.rows("SELECT url FROM entry") == [(f"{separate}/r/2022",)]
    assert crawl.rows("SELECT kind, url FROM problem WHERE kind = 'offsite'") == [("offsite", f"{city}/")]
    assert ("xxgk.dongzhou.portal.test", "/nb/") not in {(host, path) for _, host, path in site.asked}


def test_lists_that_scripts_ask_for_by_post_are_had_page_by_page(site: Site, crawl: Crawl) -> None:
    site.pages["/"] = page(link("/gk/", "政府信息公开"))
    site.pages["/gk/"] = page(link("/nb/", "政府信息公开年报"))
    script = "fetch('/api/list', {method: 'POST', body: JSON.stringify({'column': 'nb', 'pageNum': p, 'pageSize': 2})})"
    site.pages["/nb/"] = (
        page("<ul id='rows'></ul>") + f"<script>function load(p){{{script}.then(draw)}}</script>".encode()
    )
    asked: list[object] = []
    plain = site.answer

    def answer(host: str, path: str, headers: object) -> Answer:
        if path != "/api/list":
            return plain(host, path, headers)  # type: ignore[arg-type]
        asked.append(path)
        years = {1: (2021, 2022), 2: (2020,)}.get(len(asked), ())
        rows = [{"title": title(year), "url": f"/r/{year}", "publishTime": f"{year + 1}-01-09"} for year in years]
        reply = json.dumps({"code": 200, "data": {"records": rows, "total": 3}})
        return 200, {"Content-Type": "application/json"}, reply.encode()

    site.answer = answer  # type: ignore[method-assign]
    for year in (2020, 2021, 2022):
        site.pages[f"/r/{year}"] = report(year)
    generic(crawl)
    assert [year for (year,) in crawl.rows("SELECT year FROM entry ORDER BY year")] == [2020, 2021, 2022]
    assert len(asked) == 2, "the total says that there is no third page"


def test_lists_of_a_script_beside_the_page_and_of_a_web_form(site: Site, crawl: Crawl) -> None:
    """区政府年报 is asked for by a function of the portal's own script; 部门年报 turns its pages by sending them back; 街道's
    stand behind a tab, where the page's script makes the rows' addresses; 乡镇's behind six, and the last one has a report.
    """
    site.pages["/"] = page(link("/gk/", "政府信息公开"))
    parts = link("/nb/", "区政府") + '<li><a href="javascript:;" onclick="go(\'bm\')">部门</a></li>'
    parts += link("/jd/", "街道") + link("/xz/", "乡镇")
    tab = "<a href='javascript:;' onclick='ask(7,1)'>街道办事处</a><script>function ask(c,p){fetch('/tab?c='+c+'&page='+p)"
    site.pages["/jd/"] = page(tab + ".then(d => d.rows.map(x => `<a href='/r/${x.id}'>${x.title}</a>`))}</script>")
    street = {"id": 2024, "title": "临河街道2024年政府信息公开工作年度报告", "publishTime": "2025-01-09"}
    site.pages["/tab?c=7&page=1"] = json.dumps({"total": 1, "list": [street]}).encode()
    units = "".join(f'<li><a href="#" data-unit="{unit}">单位{unit}</a></li>' for unit in range(6))
    asks = "<script>var unit='0';$.getJSON('/unit?unit=' + unit + '&page=' + page, draw)</script>"
    site.pages["/xz/"] = page(units, asks)
    for unit in range(6):
        town = [{"title": title(2025), "url": "/r/2025"}] if unit == 5 else []
        site.pages[f"/unit?unit={unit}&page=1"] = json.dumps({"total": len(town), "list": town}).encode()
    site.pages["/gk/"] = (
        page(f"<li><span>政府信息公开年报</span><ul>{parts}</ul></li>") + b"<script src='/js/go.js'></script>"
    )
    site.pages["/js/go.js"] = b"function go(c){ location.href = '/' + c + '.aspx' }"
    site.pages["/nb/"] = page(
        "<script src='/js/jquery.js'></script><script src='/js/list.js'></script><script>load('nb')</script>"
    )
    body = "$.get('/api', {cid: c, pageNo: 1, pageSize: 9}, function(d){ h += '<a href=\"/r/' + d.id + '\">' })"
    site.pages["/js/list.js"] = f"function load(c){{ {body} }}".encode()
    rows = [{"id": year, "title": title(year), "publishTime": f"{year + 1}-01-09"} for year in (2020, 2021)]
    site.pages["/api?cid=nb&pageNo=1&pageSize=9"] = json.dumps({"total": 2, "list": rows}).encode()
    kept = "<form action='bm.aspx'><input type='hidden' name='__VIEWSTATE' value='{}'>"
    pager = "<a href=\"javascript:__doPostBack('pager','{}')\">{}</a></form>"
    department = "青垣区教育局2022年政府信息公开工作年度报告"
    first = page(kept.format("first"), link("/r/2022", department, "2023-01-09"), pager.format(2, "下一页"))
    second = page(kept.format("second"), link("/r/2023", department.replace("2022", "2023"), "2024-01-09"))
    asked: list[str] = []
    plain = site.answer

    def answer(host: str, path: str, headers: object) -> Answer:
        if path != "/bm.aspx":
            return plain(host, path, headers)  # type: ignore[arg-type]
        asked.append(path)
        return 200, {"Content-Type": "text/html; charset=utf-8"}, first if len(asked) == 1 else second

    site.answer = answer  # type: ignore[method-assign]
    for year in range(2020, 2026):
        site.pages[f"/r/{year}"] = report(year)
    generic(crawl)
    found = [year for (year,) in crawl.rows("SELECT year FROM entry ORDER BY year")]
    assert found == [2020, 2021, 2022, 2023, 2024, 2025], site.paths()
    assert "/js/jquery.js" not in site.paths(), "a library says nothing about a portal"
    assert len(asked) == 2


def test_bodies_that_only_the_site_map_leads_to_are_asked_for(site: Site, crawl: Crawl) -> None:
    site.pages["/"] = page(link("/nb/", "政府信息公开年报"), link("/map/", "网站地图"))
    site.pages["/nb/"] = page(*(link(f"/r/{year}", title(year), f"{year + 1}-01-09") for year in (2020, 2021, 2022)))
    towns = {"/t/1/": "榆湾镇", "/t/2/": "松坪乡", "/t/3/": "柳浦街道", "/t/4/": "芦口镇"}
    site.pages["/map/"] = page(*(link(url, name) for url, name in towns.items()), link("/b/", "青垣区教育局"))
    for url, name in towns.items():
        site.pages[url] = page(name, link(f"{url}nb/", "政府信息公开年报"))
        site.pages[f"{url}nb/"] = page(link(f"{url}r.html", f"{name}2022年政府信息公开工作年度报告", "2023-01-09"))
        site.pages[f"{url}r.html"] = report(2022, name)
    for year in (2020, 2021, 2022):
        site.pages[f"/r/{year}"] = report(year)
    generic(crawl)
    organs = {organ for (organ,) in crawl.rows("SELECT organ FROM entry WHERE url LIKE '%/t/%'")}
    assert organs == set(towns.values()), "the fourth too, since the first three had reports"
    assert "/b/" not in site.paths(), "its reports are listed"


def test_sites_of_bodies_that_the_home_page_links_to_are_asked_again(site: Site, crawl: Crawl) -> None:
    water, old = "http://water.qingyuan.portal.test", "http://qingyuan-web.portal.test"
    strange = "http://dongzhou-web.portal.test"  # shares nothing with the portal's name, and says it is another's
    former = [link(f"{old}/", "旧版网站"), link(f"{strange}/", "返回老版")]
    rows = (link(f"/r/{year}", title(year), f"{year + 1}-01-09") for year in (2020, 2021, 2022))
    pages = {
        "www.qingyuan.portal.test/": page(
            "<title>青垣区人民政府</title>",
            link("/nb/", "政府信息公开年报"),
            link(f"{water}/", "青垣区水利局"),
            *former,
        ),
        "qingyuan-web.portal.test/": page("<title>青垣区政府网</title>", link("/list.asp?id=3", "年度报告")),
        "qingyuan-web.portal.test/list.asp?id=3": page(link("/r/9", title(2009), "2010-01-09")),
        "qingyuan-web.portal.test/r/9": report(2009),
        "dongzhou-web.portal.test/": page("<title>东州市人民政府</title>", link("/list.asp?id=3", "年度报告")),
        "www.qingyuan.portal.test/nb/": page(*rows),
        "water.qingyuan.portal.test/": page(link("/nb/", "信息公开年报")),
        "water.qingyuan.portal.test/nb/": page(
            link("/r/1", "青垣区水利局2022年政府信息公开工作年度报告", "2023-01-09")
        ),
        "water.qingyuan.portal.test/r/1": report(2022, "青垣区水利局"),
    } | {f"www.qingyuan.portal.test/r/{year}": report(year) for year in (2020, 2021, 2022)}

    def answer(host: str, path: str, headers: object) -> Answer:
        site.asked.append((0.0, host, path))
        found = pages.get(host + path)
        return (200, {"Content-Type": "text/html"}, found) if found else (404, {}, b"not here")

    site.answer = answer  # type: ignore[method-assign]
    home = "    home_url = 'http://www.qingyuan.portal.test/'\n"
    for _ in range(2):
        crawl(body=home, settings="TWISTED_DNS_RESOLVER = 'tests.portals.resolver.FarmResolver'\n")
    runs = crawl.rows(f"SELECT count(*) FROM entry WHERE url = '{water}/r/1' GROUP BY run")
    assert runs == [(1,), (1,)], "also when a first crawl is long past"
    assert crawl.rows(f"SELECT count(*) FROM entry WHERE url = '{old}/r/9' GROUP BY run") == [(1,), (1,)]
    of_old = {(host, path) for _, host, path in site.asked if "-web." in host and path != "/robots.txt"}
    assert ("dongzhou-web.portal.test", "/") in of_old
    assert ("dongzhou-web.portal.test", "/list.asp?id=3") not in of_old


def test_the_search_is_asked_again_only_where_it_shows_what_lists_do_not(site: Site, crawl: Crawl) -> None:
    """The site of former times has one report that the lists lack: it is asked again, and only for that one."""
    form = '<form action="/search.jsp"><input name="keyword"></form>'
    site.pages["/"] = page(link("/nb/", "政府信息公开年报"), form, link("/old/", "旧版网站"))
    site.pages["/old/"] = page(link("/old/nb/", "信息公开年报"))
    site.pages["/old/nb/"] = page(*(link(f"/old/{year}", title(year), f"{year + 1}-01-09") for year in (2015, 2022)))
    site.pages["/old/2015"] = report(2015)
    site.pages["/nb/"] = page(*(link(f"/r/{year}", title(year), f"{year + 1}-01-09") for year in (2020, 2021, 2022)))
    for year in (2018, 2020, 2021, 2022):
        site.pages[f"/r/{year}"] = report(year)
    plain, asked, results = site.answer, list[str](), list[str]()

    def answer(host: str, path: str, headers: object) -> Answer:
        if not path.startswith("/search.jsp?"):
            return plain(host, path, headers)  # type: ignore[arg-type]
        asked.append(path)
        return 200, {"Content-Type": "text/html; charset=utf-8"}, page(*results)

    site.answer = answer  # type: ignore[method-assign]
    generic(crawl)
    generic(crawl)
    assert len(asked) == 2, "both words once: it had nothing that the lists lack"
    assert crawl.rows("SELECT count(*) FROM entry WHERE year = 2015 GROUP BY run") == [(1,), (1,)]
    assert "/old/2022" not in site.paths(), "moved to the new site"
    results += [link("/r/2018", title(2018), "2019-01-09"), link("/copy", title(2022), "2023-01-09")]
    shutil.rmtree(crawl.folder / "data")
    for _ in range(2):
        generic(crawl)
    assert len(asked) == 6
    assert "/copy" not in site.paths()
    assert [year for (year,) in crawl.rows("SELECT DISTINCT year FROM entry ORDER BY year")] == [
        2015, 2018, 2020, 2021, 2022,
    ]  # fmt: skip
