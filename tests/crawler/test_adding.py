"""`nianbao probe`, `add` and `check`, from a home page's address to a spider that is proved and reviewed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from crawler import planning, status
from crawler.adding import MOST_LINES, accept, expected, name_for
from crawler.loader import module_of_file
from crawler.probe import AddressError, addresses
from tests.evaluate import ROOT
from tests.portals.farm import Farm
from tests.portals.server import Server, serve

PORTALS, SEED = 4, 3  # trs, hanweb, vsb, ucap


@dataclass
class Newcomer:
    """A farm without spiders, a data folder, and a folder for spiders; `added` is what `add --json` printed."""

    farm: Farm
    server: Server
    data: Path
    spiders: Path
    added: dict[str, Any]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`nianbao WORDS`."""
        env = os.environ | {
            "NIANBAO_FARM": self.server.address,
            "NIANBAO_FARM_PORTALS": "0",
            "NIANBAO_DATA": str(self.data),
            "SCRAPY_SETTINGS_MODULE": "tests.portals.settings",
            "COLUMNS": "120",  # xdist's workers have 80
        }
        command = [sys.executable, "-m", "crawler.cli", *words]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)

    def checked(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Exit code and result of `nianbao check NAME WORDS --json`."""
        done = self.run("check", self.added["name"], *words, "--spiders", str(self.spiders), "--json")
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)[0]

    @property
    def module(self) -> Path:
        return Path(self.added["file"])


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newcomer]:
    """The first portal, added by its bare host. Tests restore what they change of its module."""
    scratch, farm = tmp_path_factory.mktemp("newcomer"), Farm(PORTALS, SEED)
    with serve(farm) as server:
        made = Newcomer(farm, server, scratch / "data", scratch / "mine", {})
        done = made.run("add", farm.portals[0].host, "--spiders", str(made.spiders), "--json")  # makes the folder
        assert done.returncode == 0, done.stdout + done.stderr
        made.added = json.loads(done.stdout)
        yield made


def test_add_writes_a_short_module_that_stands_by_itself(newcomer: Newcomer) -> None:
    portal = newcomer.farm.portals[0]
    source = newcomer.module.read_text(encoding="utf-8")
    assert newcomer.module.parent == newcomer.spiders
    assert len(source.splitlines()) <= MOST_LINES
    module = module_of_file(newcomer.module)
    spider = next(each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__)
    assert (spider.home_url, spider.organ, spider.site_id_code) == (portal.home_url, portal.organ, portal.site_id_code)
    assert 0.8 * len(portal.reports) <= spider.expect.reports[0] < len(portal.reports)
    assert {report.year for report in portal.reports} >= set(spider.expect.years) != set()
    assert spider.reviewed == "never"


def test_add_finds_every_report_and_asks_only_a_sample_of_them(newcomer: Newcomer) -> None:
    portal = newcomer.farm.portals[0]
    probe = newcomer.added["probe"]
    canonical = {url: report.url for report in portal.reports for url in (report.url, *report.also_at)}
    assert {canonical[entry["url"]] for entry in probe["entries"]} == {report.url for report in portal.reports}
    assert sum(entry["outcome"] == "fetched" for entry in probe["entries"]) == 3
    assert probe["requests"]["whole_crawl"] - probe["requests"]["asked"] == len(portal.reports) - 3
    assert sum(row["reports"] for row in probe["by_body_and_year"]) == len(portal.reports)
    assert newcomer.added["proof"]["ok"]


def test_check_asks_nobody_and_what_was_only_looked_at_is_not_accepted(newcomer: Newcomer) -> None:
    before = len(newcomer.server.requests)
    code, made = newcomer.checked()
    assert (code, made["removed"], made["missing"], made["changed"]) == (0, [], [], [])
    assert made["now"] == len(newcomer.farm.portals[0].reports)
    assert "reviewed by no person" in newcomer.run("status", "--spiders", str(newcomer.spiders)).stdout
    source = newcomer.module.read_text(encoding="utf-8")
    done = newcomer.run("check", newcomer.added["name"], "--accept", "--spiders", str(newcomer.spiders))
    assert (done.returncode, len(newcomer.server.requests)) == (1, before)
    assert f"got one that is not-run. `nianbao crawl {newcomer.added['name']} " in done.stdout
    assert newcomer.module.read_text(encoding="utf-8") == source


@pytest.mark.parametrize(("words", "code"), [(("crawl", "--due", "--dry-run"), 1), (("status",), 0)])
def test_a_portal_whose_spider_is_not_loaded_is_named(newcomer: Newcomer, words: tuple[str, ...], code: int) -> None:
    """The farm's settings have no spider: a nightly crawl without NIANBAO_SPIDERS does not look healthy."""
    done = newcomer.run(*words)
    assert (done.returncode, "Nothing is due" in done.stdout) == (code, False)
    for what in ("without a spider", newcomer.added["name"], "NIANBAO_SPIDERS"):
        assert what in done.stderr


def test_check_tells_what_a_change_of_the_code_loses(newcomer: Newcomer) -> None:
    source = newcomer.module.read_text(encoding="utf-8")
    year = next(report.year for report in newcomer.farm.portals[0].reports if f"{report.year}年" in report.title)
    newcomer.module.write_text(
        f"{source}\n    def rows(self, response, found):\n"
        f"        return [row for row in super().rows(response, found) if '{year}年' not in row.text]\n\n"
        "    def next_pages(self, response, found):\n"
        "        return [*super().next_pages(response, found), response.urljoin('nobody_asked_for_it.html')]\n",
        encoding="utf-8",
    )
    code, made = newcomer.checked()
    newcomer.module.write_text(source, encoding="utf-8")
    lost = {
        url
        for report in newcomer.farm.portals[0].reports
        if f"{year}年" in report.title
        for url in (report.url, *report.also_at)
    }
    assert code == 1
    assert made["removed"]
    assert {row["url"] for row in made["removed"]} <= lost
    assert {row["url"].rpartition("/")[2] for row in made["missing"]} == {"nobody_asked_for_it.html"}


def test_check_live_tells_what_the_portal_lost(newcomer: Newcomer) -> None:
    report = newcomer.farm.portals[0].reports[-1]
    report.withdrawn = True
    newcomer.farm._forget(report.portal, rebuild=True)
    before = len(newcomer.server.requests)
    code, made = newcomer.checked("--live")
    assert made["requests"] == len(newcomer.server.requests) - before
    report.withdrawn = False
    newcomer.farm._forget(report.portal, rebuild=True)
    assert code == 1
    assert [row["url"] for row in made["removed"]] == [report.url]


def test_a_portal_is_added_once(newcomer: Newcomer) -> None:
    done = newcomer.run("add", newcomer.farm.portals[0].host, "--into", str(newcomer.spiders))
    assert done.returncode == 1
    name = newcomer.added["name"]
    assert f"{name} is its spider: `nianbao crawl {name} " in done.stderr


def test_a_portal_that_the_data_folder_knows_is_not_added_anew(newcomer: Newcomer, tmp_path: Path) -> None:
    before = len(newcomer.server.requests)
    done = newcomer.run("add", newcomer.farm.portals[0].host, "--into", str(tmp_path / "other"))
    assert (done.returncode, len(newcomer.server.requests)) == (1, before)
    for what in (f"it is {newcomer.added['name']} there", "NIANBAO_SPIDERS", f"--name {newcomer.added['name']}"):
        assert what in done.stderr


def test_a_spider_is_not_written_where_it_would_not_be_found(newcomer: Newcomer) -> None:
    """The farm's settings know nothing of the project's spiders."""
    done = newcomer.run("add", newcomer.farm.portals[2].host)
    assert done.returncode == 2
    assert "name it in NIANBAO_SPIDERS, or say --into DIR" in done.stderr


def test_probe_leaves_the_data_folder_alone(newcomer: Newcomer, tmp_path: Path) -> None:
    portal = newcomer.farm.portals[2]
    newcomer, data = Newcomer(newcomer.farm, newcomer.server, tmp_path / "data", tmp_path, {}), tmp_path / "data"
    done = newcomer.run("probe", portal.home_url)
    assert done.returncode == 0, done.stderr
    assert not data.exists()
    assert f"{len(portal.reports)}, bodies" in done.stdout
    for fact in ("robots.txt", "charset", "transport", "a crawl"):
        assert fact in done.stdout


def test_the_page_on_adding_shows_what_probe_prints(newcomer: Newcomer) -> None:
    page = (ROOT / "docs" / "adding-a-portal.md").read_text(encoding="utf-8")
    (sample,) = re.findall(r"\$ nianbao probe (\S+)\n((?:    .+\n)+)", page)
    done = newcomer.run("probe", sample[0], "--spiders", str(newcomer.spiders))
    printed = [line.strip() for line in done.stdout.splitlines()]
    assert [line.strip() for line in sample[1].splitlines()] == printed[: sample[1].count("\n")]
    name = newcomer.added["name"]
    assert printed[-1].startswith(f"{name} is its spider: `nianbao crawl {name} "), "which `add` has written"


def test_a_portal_that_is_closed_gets_no_spider(newcomer: Newcomer, tmp_path: Path) -> None:
    portal = newcomer.farm.portals[3]
    newcomer.farm.break_portal(portal.name, "challenge")
    mine = Newcomer(newcomer.farm, newcomer.server, tmp_path / "data", tmp_path / "mine", {})
    done = mine.run("add", portal.home_url, "--into", str(mine.spiders))
    newcomer.farm.mend_portal(portal.name)
    assert done.returncode == 1
    assert "No spider was written" in done.stdout
    assert "blocked" in done.stdout
    assert not list(tmp_path.glob("mine/*"))


REPORT = """<html><head><title>青垣区{year}年政府信息公开工作年度报告</title></head><body><div id="zoom">
<h1>青垣区{year}年政府信息公开工作年度报告</h1><h3>一、总体情况</h3><p>本年度公开信息{year}条，未收到申请。</p>
<h3>二、主动公开政府信息情况</h3><p>公开规章0件。<a href="{year}.pdf">附件</a></p>
<h3>三、收到和处理政府信息公开申请情况</h3><p>没有收到申请。</p>
<h3>四、政府信息公开行政复议、行政诉讼情况</h3><p>未发生。</p></div></body></html>"""
ROW = '<li><a href="{year}.html">青垣区{year}年政府信息公开工作年度报告</a><span>{after}-01-20</span></li>'


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[str]:
    """A portal without a name: three reports behind a column, at an address with a port."""
    root, years = tmp_path / "www", (2020, 2021, 2022)
    (root / "gknb").mkdir(parents=True)
    (root / "index.html").write_text('<a href="/gknb/">政府信息公开年报</a>', encoding="utf-8")
    rows = "".join(ROW.format(year=year, after=year + 1) for year in years)
    (root / "gknb" / "index.html").write_text(f"<html><body><ul>{rows}</ul></body></html>", encoding="utf-8")
    for year in years:
        (root / "gknb" / f"{year}.html").write_text(REPORT.format(year=year), encoding="utf-8")
        (root / "gknb" / f"{year}.pdf").write_text("%PDF-1.4\n%%EOF\n", encoding="utf-8")
    handler = partial(SimpleHTTPRequestHandler, directory=str(root))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_bare_address_with_a_port_and_plain_scrapy(bare: str, tmp_path: Path) -> None:
    """`add` reads all three pages, and leaves their files to the first crawl: proved, and to be crawled."""
    env = os.environ | {
        "NIANBAO_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
        "NIANBAO_DELAY_FLOOR": "0",
        "NIANBAO_DATA": str(tmp_path / "data"),
    }
    env.pop("SCRAPY_SETTINGS_MODULE", None)
    mine = tmp_path / "mine"
    command = [
        sys.executable,
        "-m",
        "crawler.cli",
        "add",
        bare,
        "--name",
        "qingyuan",
        "--into",
        str(mine),
        "--sample",
        "5",
    ]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Proved: over the archived pages it finds the same 3 reports" in done.stdout
    with status.reading(tmp_path / "data") as catalogue:
        (run,) = catalogue.rows("SELECT verdict, reason FROM run")
        (plan,) = planning.plans(catalogue, ["qingyuan"], datetime.now(UTC))
    asked = "looked at only: 3 reports listed, what they link to not asked yet"
    assert (run["verdict"], run["reason"], plan.due.urgent) == ("not-run", asked, True)
    assert f'home_url = "http://{bare}/"' in (mine / "qingyuan.py").read_text(encoding="utf-8")
    command = [sys.executable, "-m", "scrapy", "runspider", str(mine / "qingyuan.py")]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert "qingyuan is ok: 3 reports listed, 0 new pages, 3 pages in files that cannot be read" in done.stderr


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("www.x.gov.cn", ["http://www.x.gov.cn/", "https://www.x.gov.cn/"]),
        ("61.150.65.235", ["http://61.150.65.235/", "https://61.150.65.235/"]),
        ("127.0.0.1:8123/zwgk/", ["http://127.0.0.1:8123/zwgk/", "https://127.0.0.1:8123/zwgk/"]),
        ("https://www.x.gov.cn:8443", ["https://www.x.gov.cn:8443/"]),
    ],
)
def test_an_address_as_people_write_it(text: str, wanted: list[str]) -> None:
    assert addresses(text) == wanted


@pytest.mark.parametrize("text", ["", "ftp://x.gov.cn/", "http://", "http://[x", "not a host", "x:port", "u:p@x.cn"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(AddressError, match="expected the address"):
        addresses(text)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://www.linfen.gov.cn/", "linfen_2"),
        ("http://mw.wuhai.gov.cn/", "wuhai_mw"),
        ("http://61.150.65.235:8080/", "host_61_150_65_235_8080"),
        ("http://www.12345.gov.cn/", "p12345"),
        ("http://zwgk.lf-city.com.cn/", "lf_city_zwgk"),
    ],
)
def test_a_name_from_the_host(url: str, name: str) -> None:
    assert name_for(url, ["linfen"]) == name


def test_an_expectation_is_below_what_was_seen() -> None:
    assert expected(20, [2019, 2020]) == "Expect(reports=(17, None), years=(2019, 2020))"
    assert expected(1, [2019]) == "Expect(reports=(1, None), years=(2019,))"
    assert expected(9, []) == "Expect(reports=(7, None))"
    assert "range(2012, 2025)" in expected(40, [2008, *range(2012, 2025)])


def test_accepting_rewrites_two_lines_and_no_other(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        '"""M."""\n\nfrom crawler.spider import PortalSpider\nfrom crawler.verdict import Expect\n\n\n'
        'class Mine(PortalSpider):\n    name = "mine"\n    expect = Expect(\n        reports=(1, None),\n    )\n'
        '    checked_live = "never"\n    site_name = "x"\n',
        encoding="utf-8",
    )
    accept(module_of_file(file).Mine, date(2026, 1, 2), "Expect(reports=(7, None))")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[7:] == [
        '    name = "mine"',
        "    expect = Expect(reports=(7, None))",
        '    checked_live = "never"',
        '    reviewed = "2026-01-02"',
        '    site_name = "x"',
    ]
