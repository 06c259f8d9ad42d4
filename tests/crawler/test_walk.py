"""The walk on small sites made for one trap each: what real portals do to a crawler, and what must not come of it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.evaluate import ROOT

Answer = tuple[int, dict[str, str], bytes]
SECTIONS = ("总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况", "存在的主要问题及改进情况")


def report(year: int, body: str = "青垣区教育局", extra: str = "") -> bytes:
    """A report page in our own words."""
    name = f"{body}{year}年政府信息公开工作年度报告"
    html = f"<html><head><title>{name}</title></head><body><h1>{name}</h1><div id='zoom'>"
    html += f"<p>本报告由{body}编制，数据统计期限自{year}年1月1日起至{year}年12月31日止。</p>"
    for number, section in zip("一二三四", SECTIONS, strict=True):
        html += f"<p>{number}、{section}</p><p>{year}年{body}照章办理，细目{year - 2000}项。{extra}</p>"
    return f"{html}</div></body></html>".encode()


def page(*links: str) -> bytes:
    return ("<html><body><ul>" + "".join(f"<li>{link}</li>" for link in links) + "</ul></body></html>").encode()


def link(href: str, text: str, date: str = "") -> str:
    return f'<a href="{href}">{text}</a> {date}'


def title(year: int) -> str:
    return f"青垣区教育局{year}年政府信息公开工作年度报告"


@dataclass
class Site:
    """Pages by path, served on loopback; what was asked, and when."""

    pages: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[float, str, str]] = field(default_factory=list)
    port: int = 0

    def answer(self, host: str, path: str, headers: Any) -> Answer:
        self.asked.append((time.monotonic(), host, path))
        found = self.pages.get(path)
        if callable(found):
            return found(headers)
        if found is None:
            return 404, {}, b"not here"
        return (200, {"Content-Type": "text/html; charset=utf-8"}, found) if isinstance(found, bytes) else found

    def paths(self) -> list[str]:
        return [path for _, _, path in self.asked]


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = made.answer(self.headers["Host"], self.path, self.headers)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 304:
                self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()


@dataclass
class Crawl:
    """Runs spiders over a site into one data folder."""

    site: Site
    folder: Path

    def __call__(
        self, *args: str, body: str = "", more: str = "", floor: str = "0", settings: str = ""
    ) -> dict[str, Any]:
        (self.folder / "trapspiders.py").write_text(
            "from crawler.spider import PortalSpider\nfrom crawler.verdict import Expect\n"
            "class Trap(PortalSpider):\n"
            f"    name = 'trap'\n    site_name = '青垣区人民政府'\n    home_url = 'http://127.0.0.1:{self.site.port}/'\n{body}\n{more}\n"
        )
        (self.folder / "trapsettings.py").write_text(
            f"from crawler.settings import *\nSPIDER_MODULES = ['trapspiders']\n{settings}"
        )
        env = os.environ | {
            "SCRAPY_SETTINGS_MODULE": "trapsettings",
            "PYTHONPATH": f"{self.folder}:{ROOT}",
            "NIANBAO_DATA": str(self.folder / "data"),
            "NIANBAO_ALLOW_PRIVATE_HOSTS": "127.0.0.1,localhost,.portal.test",
            "NIANBAO_FARM": f"http://127.0.0.1:{self.site.port}",
            "NIANBAO_DELAY_FLOOR": floor,
        }
        command = [sys.executable, "-m", "crawler.cli", "crawl", *(args or ("trap",)), "--json"]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
        assert done.stdout, done.stderr
        outcomes = {row["portal"]: row for row in json.loads(done.stdout)}
        return outcomes["trap"]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.folder / "data" / "catalogue.db") as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture
def crawl(site: Site, tmp_path: Path) -> Crawl:
    return Crawl(site, tmp_path)


def simple(site: Site, years: range = range(2019, 2023)) -> None:
    site.pages["/"] = page(link("/nb/", "政府信息公开年报"))
    site.pages["/nb/"] = page(*(link(f"/nb/{year}.html", title(year), f"{year + 1}-01-20") for year in years))
    for year in years:
        site.pages[f"/nb/{year}.html"] = report(year)


def test_retry_after_is_waited_for_before_the_retry(site: Site, crawl: Crawl) -> None:
    simple(site, range(2022, 2023))
    times: list[float] = []

    def busy(headers: Any) -> Answer:
        times.append(time.monotonic())
        if len(times) == 1:
            return 503, {"Retry-After": "2"}, b"busy"
        return 200, {"Content-Type": "text/html"}, report(2022)

    site.pages["/nb/2022.html"] = busy
    assert crawl()["verdict"] == "ok"
    assert times[1] - times[0] >= 2


def test_no_spider_goes_below_the_floor(site: Site, crawl: Crawl) -> None:
    simple(site)
    crawl(
        floor="0.25", body="    custom_settings = {'DOWNLOAD_SLOTS': {'127.0.0.1': {'concurrency': 8, 'delay': 0}}}\n"
    )
    moments = [moment for moment, _, _ in site.asked]
    assert len(moments) > 5
    assert moments[-1] - moments[0] >= 0.25 * (len(moments) - 1) - 0.1, (
        "a busy machine may notice one late, not all early"
    )


def test_two_spiders_that_meet_on_one_host_share_its_gap(site: Site, crawl: Crawl) -> None:
    simple(site)
    other = (
        "class Other(PortalSpider):\n    name = 'other'\n    site_name = '青垣区教育局'\n"
        f"    home_url = 'http://localhost:{site.port}/'\n    hosts = ('127.0.0.1',)\n"
        f"    hints = ('http://127.0.0.1:{site.port}/nb/',)\n"
    )
    crawl("trap", "other", floor="0.2", more=other)
    shared = [moment for moment, host, _ in site.asked if host.startswith("127.0.0.1")]
    assert len(shared) > 8
    assert min(b - a for a, b in pairwise(shared)) >= 0.15


def test_unchanged_pages_with_plain_titles_do_not_make_a_portal_empty(site: Site, crawl: Crawl) -> None:
    simple(site, range(2020, 2022))
    site.pages["/nb/"] = page(
        link("/nb/2020.html", title(2020), "2021-01-20"), link("/nb/2021.html", "二一年工作汇报全文刊载", "2022-01-20")
    )

    def tagged(headers: Any) -> Answer:
        if headers["If-None-Match"] == '"a"':
            return 304, {"ETag": '"a"'}, b""
        return 200, {"ETag": '"a"', "Content-Type": "text/html"}, report(2021)

    site.pages["/nb/2021.html"] = tagged
    first = crawl()
    again = crawl()
    assert (first["verdict"], first["reports"]) == ("ok", 2)
    assert (again["verdict"], again["reports"]) == ("ok", 2)


def test_a_report_linked_from_home_and_from_its_list_is_handed_over_once(site: Site, crawl: Crawl) -> None:
    simple(site)
    site.pages["/"] = page(link("/nb/2022.html", "2022年政府信息公开年度报告"), link("/nb/", "政府信息公开年报"))
    assert crawl()["verdict"] == "ok"
    assert sorted(crawl.rows("SELECT report_year FROM document")) == [(year,) for year in range(2019, 2023)]


def test_a_long_list_is_walked_to_its_end(site: Site, crawl: Crawl) -> None:
    site.pages["/"] = page(link("/nb/1", "政府信息公开年报"))
    bodies = [f"青垣区{name}局" for name in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒"]
    for number, body in enumerate(bodies, 1):
        further = link(f"/nb/{number + 1}", "下一页") if number < len(bodies) else ""
        site.pages[f"/nb/{number}"] = page(
            link(f"/r/{number}", f"{body}2021年政府信息公开工作年度报告", "2022-01-20"), further
        )
        site.pages[f"/r/{number}"] = report(2021, body)
    assert crawl()["reports"] == len(bodies) == 30


def test_a_list_that_fails_withdraws_nothing(site: Site, crawl: Crawl) -> None:
    simple(site, range(2010, 2023))
    site.pages["/"] = page(link("/nb/", "政府信息公开年报"), link("/old/", "年度报告"))
    site.pages["/old/"] = page(link("/nb/2009.html", title(2009), "2010-01-20"))
    site.pages["/nb/2009.html"] = report(2009)
    assert crawl()["verdict"] == "ok"
    site.pages["/old/"] = (500, {}, b"broken")
    assert crawl()["disappeared"] == 0
    assert crawl.rows("SELECT count(*) FROM document WHERE gone_since IS NOT NULL") == [(0,)]
    site.pages["/old/"] = page(link("/nb/", "返回"))
    assert crawl()["disappeared"] == 1


def test_a_page_that_moves_is_neither_new_nor_gone(site: Site, crawl: Crawl) -> None:
    simple(site)
    crawl()
    site.pages["/nb/"] = page(
        *(link(f"/moved/{year}.html", title(year), f"{year + 1}-01-20") for year in range(2019, 2023))
    )
    for year in range(2019, 2023):
        site.pages[f"/moved/{year}.html"] = site.pages.pop(f"/nb/{year}.html")
    outcome = crawl()
    assert (outcome["new_documents"], outcome["disappeared"], outcome["verdict"]) == (0, 0, "ok")


def test_a_change_that_is_taken_back_leaves_three_documents_in_a_row(site: Site, crawl: Crawl) -> None:
    simple(site, range(2022, 2023))
    for number, extra in enumerate(("", "更正一处。", "")):
        site.pages["/nb/"] = page(link("/nb/2022.html", title(2022), f"2023-01-{20 + number}"))
        site.pages["/nb/2022.html"] = report(2022, extra=extra)
        crawl()
    rows = crawl.rows("SELECT id, supersedes FROM document ORDER BY first_seen")
    assert [supersedes for _, supersedes in rows] == [None, rows[0][0], rows[1][0]]


def test_files_on_other_hosts_are_fetched_and_pages_there_are_not(site: Site, crawl: Crawl) -> None:
    simple(site, range(2022, 2023))
    there = f"http://localhost:{site.port}"
    site.pages["/nb/"] = page(
        link("/nb/2022.html", title(2022), "2023-01-20"), link(f"{there}/x.html", title(2021), "2022-01-20")
    )
    site.pages["/nb/2022.html"] = report(2022, extra=f"<a href='{there}/f/annex.pdf'>附表.pdf</a>")
    site.pages["/f/annex.pdf"] = (200, {"Content-Type": "application/pdf"}, b"%PDF-1.4 small")
    outcome = crawl()
    assert outcome["verdict"] == "ok", outcome
    assert "1 page on other sites" in outcome["reason"]
    assert "/f/annex.pdf" in site.paths()
    assert "/x.html" not in site.paths()


def test_runs_that_are_cut_short_get_further_each_time(site: Site, crawl: Crawl) -> None:
    simple(site, range(2008, 2026))
    counts = []
    for _ in range(4):
        crawl("trap", "--max-pages", "6")
        counts.append(crawl.rows("SELECT count(*) FROM document")[0][0])
    assert 0 < counts[0] < counts[1] < counts[2] <= counts[3], counts
    crawl()
    assert crawl.rows("SELECT count(*) FROM document") == [(18,)]


def test_the_menu_of_all_bureaus_is_not_crawled_for_one_report(site: Site, crawl: Crawl) -> None:
    bureaus = [link(f"/b{n}/", f"青垣区第{n}局") for n in range(40)]
    site.pages["/"] = page(link("/nb/", "政府信息公开年报"), *bureaus)
    site.pages["/nb/"] = page(link("/nb/2022.html", title(2022), "2023-01-20"), *bureaus)
    site.pages["/nb/2022.html"] = report(2022)
    for n in range(40):
        site.pages[f"/b{n}/"] = page(
            *(link(f"/b{n}/{k}.html", f"第{n}局召开第{k}次调度会议", "2023-02-01") for k in range(20))
        )
    assert crawl()["verdict"] == "ok"
    assert len(site.asked) < 15, site.paths()


def test_a_page_that_is_no_report_stays_a_problem_until_it_is_one(site: Site, crawl: Crawl) -> None:
    simple(site)
    site.pages["/nb/2022.html"] = (
        "<html><body><h1>正在整理</h1><p>材料正在整理，请过些日子再来。</p></body></html>".encode()
    )
    first, again = crawl(), crawl()
    assert (first["verdict"], again["verdict"]) == ("degraded", "degraded")
    assert first["reports"] == again["reports"] == 3
    assert site.paths().count("/nb/2022.html") == 1


def test_addresses_in_other_clothes_are_still_private() -> None:
    from crawler.addresses import is_public

    nat64 = ("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1")
    others = ("2002:7f00:1::", "::ffff:10.0.0.1", "::127.0.0.1", "::ffff:0:127.0.0.1", "2001::1", "fec0::1", "::")
    for address in (*nat64, *others):
        assert not is_public(address), address
    assert is_public("64:ff9b::808:808")
    assert is_public("2400:3200::1")
