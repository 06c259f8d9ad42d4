"""Reports are kept with what they need to be shown: each thing once, from other hosts too, inside a budget, politely."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest

from archive.reader import records
from crawler import settings
from tests.conftest import Field
from tests.crawler.test_walk import Answer, Crawl, Site, crawl, link, page, report, simple, site, title  # noqa: F401
from tests.evaluate import ROOT, environment
from tests.portals.assets import CDN

CHROMIUM = Path("/usr/bin/chromium")
SOURCE = re.compile(
    r"""<(?:img|script|iframe)\b[^>]*?\b(?:data-)?src=["']?([^"'\s>]+)|<link\b[^>]*?\bhref=["']?([^"'\s>]+)"""
)
LAZY = re.compile(r'data-src="([^"]+)"')


def wanted(field: Field) -> set[str]:
    """What the reports' pages name, and what the sheets name that stand beside them; found by other means than the crawl's.

    A report that stands at two addresses is fetched at one of them.
    """
    found: set[str] = set()
    had = kept(field)
    addresses = {url for row in field.farm.truth() for url in (row["url"], *row["also_at"]) if had[url]}
    assert len(addresses) >= sum(1 for _ in field.farm.truth())
    for portal in field.farm.portals:
        for url in [url for url in addresses if urlsplit(url).netloc in portal.hosts]:
            parts = urlsplit(url)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            html = field.farm.reply("GET", parts.netloc, target, {}, b"").body.decode(portal.charset)
            for match in [*SOURCE.findall(html), *LAZY.findall(html)]:
                address = urlsplit(urljoin(url, unescape("".join(match))))
                query = quote(address.query.encode(portal.charset), safe="=&%")
                found.add(address._replace(path=quote(address.path, safe="/%"), query=query).geturl())
    for url in list(found):
        if url.endswith(("/base.css", "/style.css", "/doc.css")):
            found |= {urljoin(url, "layout.css"), urljoin(url, "../images/bg_header.png")}
        if url.endswith("/xxgk.css"):
            found.add(urljoin(url, "../fonts/signs.ttf"))
        if url.endswith("/system/notice.htm"):
            found |= {urljoin(url, "css/notice.css"), urljoin(url, "/images/dot.gif")}
    return found


def kept(field: Field) -> Counter[str]:
    return Counter(row["url"] for row in field.rows("SELECT url FROM capture WHERE status = 200"))


def bounded(field: Field, tmp_path: Path, *lines: str) -> dict[str, Any]:
    """One crawl of all portals with other settings: outcomes by portal, the exit code as `exit`."""
    (tmp_path / "boundedsettings.py").write_text("\n".join(["from tests.portals.settings import *", *lines, ""]))
    env = environment(field.server, field.farm, field.data) | {
        "SCRAPY_SETTINGS_MODULE": "boundedsettings",
        "PYTHONPATH": f"{tmp_path}:{ROOT}",
    }
    command = [sys.executable, "-m", "crawler.cli", "crawl", "--all", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=200, check=False)
    assert done.stdout, done.stderr
    return {row["portal"]: row for row in json.loads(done.stdout)} | {"exit": done.returncode}


def test_everything_that_reports_need_is_kept_exactly_once(first_crawl: Field) -> None:
    needed, had = wanted(first_crawl), kept(first_crawl)
    assert len(needed) > 100
    assert {url: had[url] for url in needed if had[url] != 1} == {}
    endings = {url.rsplit(".", 1)[-1] for url in needed}
    assert {"css", "js", "png", "gif", "ttf", "htm", "ico"} <= endings
    assert [url for url in needed if "showpic.asp?name=%CD%BC" in url], "the query in the page's GBK"
    assert f"http://{CDN}/lib/jquery.min.js" in needed, "a host that two portals share and none owns"


def test_a_requisite_says_which_page_needed_it_and_what_for(first_crawl: Field) -> None:
    files = sorted((first_crawl.data / "warc").glob("*.warc.gz"))
    told = [record.facts for path in files for record in records(path) if record.type == "metadata"]
    facts = [each for each in told if each.get("role") == "requisite"]
    pages = {row["url"] for row in first_crawl.farm.truth()} | {
        u for r in first_crawl.farm.truth() for u in r["also_at"]
    }
    assert facts
    assert {each["of"] for each in facts} <= pages
    assert {each["kind"] for each in facts} == {"stylesheet", "script", "image", "font", "frame", "icon"}
    fonts = [each for each in facts if each["kind"] == "font"]
    assert all(each["via"].endswith("/css/xxgk.css") for each in fonts)


def test_a_second_run_asks_for_none_of_it_again(crawled: Field) -> None:
    outcomes = crawled.crawl("--all")
    assert outcomes.pop("exit") == 0
    asked = {f"http://{r.host}{r.target}" for r in crawled.server.requests}
    assert asked
    assert not asked & wanted(crawled)
    assert sum(o["requisites"] for o in outcomes.values()) == 0


def test_where_the_budget_ends_the_next_run_goes_on(field: Field, tmp_path: Path) -> None:
    outcomes = bounded(field, tmp_path, "REQUISITES_PER_RUN = 6")
    assert outcomes.pop("exit") == 0
    needed = wanted(field)
    had = kept(field)
    assert all(o["requisites"] <= 6 for o in outcomes.values())
    assert 0 < sum(had[url] for url in needed) < len(needed)
    for outcome in outcomes.values():
        if outcome["requisites"] < 6:
            continue  # a site with a sheet and a script
        notes = [p for p in outcome["problems"] if p["kind"] == "requisite_budget"]
        assert len(notes) == 1, outcome
        assert "at most 6 requests" in notes[0]["expected"]
        assert f"nianbao crawl {outcome['portal']}" in notes[0]["advice"]
    again = field.crawl("--all")
    assert again.pop("exit") == 0
    had = kept(field)
    assert {url: had[url] for url in needed if had[url] != 1} == {}
    assert not [p for o in again.values() for p in o["problems"] if p["kind"] == "requisite_budget"]
    field.server.clear()
    field.crawl("--all")
    assert not {f"http://{r.host}{r.target}" for r in field.server.requests} & needed


def test_bytes_end_the_budget_too(field: Field, tmp_path: Path) -> None:
    outcomes = bounded(field, tmp_path, "REQUISITES_MAX_BYTES = 30_000")
    assert outcomes.pop("exit") == 0
    asked = {f"http://{r.host}{r.target}": r for r in field.server.requests}
    assert set(asked) & wanted(field)
    sizes: Counter[str] = Counter()
    for row in field.rows("SELECT portal, length FROM capture WHERE status = 200 AND role = 'requisite'"):
        sizes[row["portal"]] += row["length"]
    largest = field.rows("SELECT max(length) AS length FROM capture WHERE role = 'requisite'")[0]["length"]
    under_way = settings.CONCURRENT_REQUESTS  # when the line was crossed
    assert sizes
    assert max(sizes.values()) <= 30_000 + under_way * largest
    assert {p["kind"] for o in outcomes.values() for p in o["problems"]} >= {"requisite_budget"}


def with_pictures(*addresses: str, year: int = 2022, extra: str = "") -> bytes:
    pictures = "".join(f'<img src="{address}">' for address in addresses)
    return report(year, extra=extra).replace(b"</body>", pictures.encode() + b"</body>")


def picture(headers: Any) -> Answer:
    return 200, {"Content-Type": "image/png"}, b"\x89PNG " + b"x" * 300


def test_other_hosts_are_asked_as_their_robots_txt_allows(site: Site, crawl: Crawl) -> None:  # noqa: F811
    other = f"http://localhost:{site.port}"
    simple(site, range(2022, 2023))
    site.pages["/nb/2022.html"] = with_pictures(f"{other}/open/a.png", f"{other}/closed/b.png")
    site.pages["/open/a.png"] = site.pages["/closed/b.png"] = picture
    site.pages["/robots.txt"] = lambda headers: (
        (200, {}, b"User-agent: *\nDisallow: /closed/\n") if headers["Host"].startswith("localhost") else (404, {}, b"")
    )
    outcome = crawl()
    assert outcome["verdict"] == "ok", outcome
    assert outcome["requisites"] == 1
    asked = [(host.split(":")[0], path) for _, host, path in site.asked]
    assert ("localhost", "/open/a.png") in asked
    assert ("localhost", "/closed/b.png") not in asked
    assert asked.index(("localhost", "/robots.txt")) < asked.index(("localhost", "/open/a.png"))
    assert [(p["kind"], p["url"]) for p in outcome["problems"]] == [("requisite", f"{other}/closed/b.png")]


def test_what_is_missing_is_told_and_asked_again_when_its_page_changes(site: Site, crawl: Crawl) -> None:  # noqa: F811
    simple(site, range(2022, 2023))
    site.pages["/nb/2022.html"] = with_pictures("/gone.png", "/gone.png", "/there.png")
    site.pages["/there.png"] = picture
    outcome = crawl()
    assert (outcome["verdict"], outcome["requisites"]) == ("ok", 1)
    (problem,) = outcome["problems"]
    assert (problem["kind"], problem["got"]) == ("requisite", "HTTP 404, 8 bytes")
    assert "nb/2022.html" in problem["expected"]
    assert site.paths().count("/gone.png") == 1
    crawl()
    assert site.paths().count("/gone.png") == 1
    site.pages["/nb/"] = page(
        link("/nb/2022.html", title(2022), "2023-02-02")
    )  # its row reads differently: asked again
    crawl()
    assert site.paths().count("/nb/2022.html") == 2
    assert site.paths().count("/gone.png") == 1, "the page is what it was"
    site.pages["/nb/2022.html"] = with_pictures("/gone.png", "/there.png", extra="（更正）")
    site.pages["/nb/"] = page(link("/nb/2022.html", title(2022), "2023-03-03"))
    assert crawl()["changed"] == 1
    assert site.paths().count("/gone.png") == 2
    assert site.paths().count("/there.png") == 1


def test_sheets_that_import_each_other_come_to_an_end(site: Site, crawl: Crawl) -> None:  # noqa: F811
    simple(site, range(2022, 2023))
    site.pages["/nb/2022.html"] = report(2022).replace(b"</head>", b"<link rel=stylesheet href=/s/0.css></head>")
    for number in range(20):
        css = f'@import "{number + 1}.css";@import "0.css";p{{background:url({number}.png)}}'.encode()
        site.pages[f"/s/{number}.css"] = (200, {"Content-Type": "text/css"}, css)
        site.pages[f"/s/{number}.png"] = (200, {"Content-Type": "image/png"}, b"x")
    assert crawl()["verdict"] == "ok"
    sheets = [path for path in site.paths() if path.endswith(".css")]
    assert sheets == [f"/s/{number}.css" for number in range(5)]


def test_a_frame_comes_with_what_it_needs_and_no_frames_of_its_own(site: Site, crawl: Crawl) -> None:  # noqa: F811
    simple(site, range(2022, 2023))
    site.pages["/nb/2022.html"] = report(2022).replace(b"</body>", b"<iframe src=/frame.html></iframe></body>")
    site.pages["/frame.html"] = b"<html><body><img src=/in.png><iframe src=/deeper.html></iframe></body></html>"
    site.pages["/in.png"] = picture
    outcome = crawl()
    assert (outcome["verdict"], outcome["requisites"]) == ("ok", 2)
    assert "/deeper.html" not in site.paths()


def test_reports_come_before_what_they_look_like(site: Site, crawl: Crawl) -> None:  # noqa: F811
    simple(site, range(2015, 2023))
    for year in range(2015, 2023):
        site.pages[f"/nb/{year}.html"] = with_pictures(*(f"/{year}-{n}.png" for n in range(4)), year=year)
        site.pages |= {f"/{year}-{n}.png": picture for n in range(4)}
    outcome = crawl("trap", "--max-pages", "12")
    assert outcome["new_documents"] >= 8 - 1
    assert [p["kind"] for p in outcome["problems"] if p["kind"] == "requisite_budget"] == ["requisite_budget"]
    assert crawl()["verdict"] == "ok"
    pictures = Counter(path for path in site.paths() if path.endswith(".png"))
    assert len(pictures) == 8 * 4
    assert set(pictures.values()) == {1}


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no {CHROMIUM} to look with")
def test_a_browser_asks_for_nothing_that_was_not_kept(first_crawl: Field) -> None:
    """Chromium, shown a report of each portal live, is the judge of what pages need."""
    browsing = pytest.importorskip("playwright.sync_api", reason="pip install playwright: the browser's driver")
    had = kept(first_crawl)
    rules = f"--host-resolver-rules=MAP *.portal.test 127.0.0.1:{first_crawl.server.port}"
    seen, said = set(), []
    with browsing.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", rules])
        tab = browser.new_page()
        tab.on("request", lambda request: seen.add(request.url.split("#")[0]))
        tab.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: said.append(str(error)))
        for portal in first_crawl.farm.portals:
            for each in [r for r in portal.reports if had[r.url]][:6]:
                tab.goto(each.url, wait_until="load")
                tab.evaluate("document.fonts.ready")
                tab.wait_for_timeout(50)
        browser.close()
    assert len(seen) > 60
    assert {url for url in seen if not had[url]} == set()
    assert said == [], os.linesep.join(said[:5])
