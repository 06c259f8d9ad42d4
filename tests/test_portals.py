"""The sample portals are what they claim: drawn from the seed, consistent, reachable, and switchable from outside."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from tests.portals import statistics2014, statutory
from tests.portals.farm import Farm, Reply, SamplePortal
from tests.portals.server import serve

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def farm() -> Farm:
    return Farm()


def get(farm: Farm, url: str, **headers: str) -> Reply:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return farm.reply("GET", parts.netloc, target, {k.replace("_", "-"): v for k, v in headers.items()}, b"")


def decoded(portal: SamplePortal, reply: Reply) -> str:
    return reply.body.decode(portal.charset)


def squeezed(html: str) -> str:
    """The characters of a page without markup or white space."""
    bare = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]+>", "", html, flags=re.S)
    return re.sub(r"\s+", "", unescape(bare))


def test_the_default_farm_has_every_platform_level_year_and_format(farm: Farm) -> None:
    platforms = [portal.platform for portal in farm.portals]
    assert all(platforms.count(name) >= 2 for name in ("trs", "hanweb", "vsb", "ucap", "gkmlpt", "tables"))
    assert "docshare" in platforms
    reports = [report for portal in farm.portals for report in portal.reports]
    assert {report.level for report in reports} == {"prefecture", "county", "township"}
    assert {report.year for report in reports} == set(range(2008, 2026))
    assert {report.format_version for report in reports} == {"freeform", "stat_2014", "fmt_2019", "fmt_2021"}
    assert all(12 <= len(portal.reports) <= 48 for portal in farm.portals)
    assert len({report.url for report in reports}) == len(reports)


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second, other = Farm(6, seed=3), Farm(6, seed=3), Farm(6, seed=4)
    assert list(first.truth()) == list(second.truth())
    assert [portal.name for portal in first.portals] != [portal.name for portal in other.portals]
    for portal in first.portals:
        for url in [portal.home_url, *(report.url for report in portal.reports)]:
            assert get(first, url) == get(second, url)


@pytest.mark.parametrize(("portals", "seed"), [(14, 1), (20, 7)])
def test_numbers_keep_the_hard_identities(portals: int, seed: int) -> None:
    """domain.md 1.7: T3.BAL, T3.RES, T3.ROW, T4, ST.1, and the carry from year to year."""
    before: dict[tuple[str, str, int], dict[str, int]] = {}
    for portal in Farm(portals, seed).portals:
        for report in sorted(portal.reports, key=lambda report: report.year):
            tables = {
                name: {r: {c: v or 0 for c, v in row.items()} for r, row in t.items()}
                for name, t in report.tables.items()
            }
            if "t3" in tables:
                t3 = tables["t3"]
                leaves = [key for _, _, key, _ in statutory.results_of(report.year)]
                for _, column in statutory.T3_COLUMNS:
                    assert (
                        t3["new_received"][column] + t3["carried_in"][column]
                        == t3["results_total"][column] + t3["carried_out"][column]
                    )
                    assert t3["results_total"][column] == sum(t3[leaf][column] for leaf in leaves)
                assert all(row["total"] * 2 == sum(row.values()) for row in t3.values())
                assert all(row["total"] * 2 == sum(row.values()) for row in tables["t4"].values())
                last = before.get((portal.name, report.organ, report.year - 1))
                assert last is None or last == t3["carried_in"]
                before[portal.name, report.organ, report.year] = t3["carried_out"]
            if "stat2014" in tables:
                values = tables["stat2014"]["values"]
                assert all(values[total] == sum(values[part] for part in parts) for total, parts in statistics2014.SUMS)


@pytest.mark.parametrize(("portals", "seed"), [(14, 1), (28, 9)])
def test_every_report_of_the_truth_is_on_its_page(portals: int, seed: int) -> None:
    farm = Farm(portals, seed)
    for portal in farm.portals:
        for report in portal.reports:
            for url in [report.url] if portal.platform == "docshare" else [report.url, *report.also_at]:
                reply = get(farm, url)
                assert reply.status == 200, url
                page = squeezed(decoded(portal, reply))
                assert re.sub(r"\s+", "", report.title) in page
                for line in report.text.split("\n"):
                    assert re.sub(r"\s+", "", line.replace(" | ", "")) in page, (url, line)
            for attachment in report.attachments:
                assert get(farm, attachment["url"]).body[:4] in (b"%PDF", b"PK\x03\x04", b"<htm")


def links(farm: Farm, portal: SamplePortal, url: str, html: str) -> Iterator[str]:
    """What a person (and the page's scripts) can go on to from a page."""
    for href in re.findall(r'href="([^"]+)"', html):
        yield urljoin(url, unescape(href))
    if call := re.search(r'createPageHTML\((\d+), 0, "index", "(\w+)"\)', html):
        yield from (urljoin(url, f"index_{n}.{call[2]}") for n in range(1, int(call[1])))
    if call := re.search(r"createPageHTML\('page_div',(\d+), 1,'(\w+)','shtml'", html):
        yield from (urljoin(url, f"{call[2]}_{n}.shtml") for n in range(2, int(call[1]) + 1))
    if call := re.search(
        r"webid=(\d+)&path=/&columnid=(\d+)&sourceContentType=1&unitid=(\d+).*totalRecord:(\d+),perPage:(\d+)", html
    ):
        web, column, unit, total, per_page = call.groups()
        for start in range(1, int(total) + 1, int(per_page)):
            yield urljoin(
                url,
                f"/module/web/jpage/dataproxy.jsp?startrecord={start}&endrecord={start + int(per_page) - 1}"
                f"&perpage={per_page}&columnid={column}&unitid={unit}&webid={web}",
            )
    if "window._CONFIG" in html:
        sid = re.search(r"SID['\"]?: ['\"](\d+)", html)
        assert sid
        for category in re.findall(r'"id": (\d+)', html):
            yield from (urljoin(url, f"/gkmlpt/api/all/{category}?page={page}&sid={sid[1]}") for page in (1, 2, 3))
    if html.startswith("{"):
        yield from (article["url"] for article in json.loads(html).get("articles", []))


@pytest.mark.parametrize(("portals", "seed"), [(14, 1), (40, 7)])
def test_every_report_can_be_reached_from_the_home_page_and_no_link_is_dead(portals: int, seed: int) -> None:
    farm = Farm(portals, seed)
    for portal in farm.portals:
        seen, todo = {portal.home_url}, [portal.home_url]
        while todo:
            url = todo.pop()
            reply = get(farm, url)
            if reply.status == 301:
                reply = get(farm, url := dict(reply.headers)["Location"])
            kind = dict(reply.headers).get("Content-Type", "")
            if not kind.startswith(("text/html", "application/json")):
                continue
            assert reply.status == 200, f"{portal.name}: {url} is a dead link"
            for link in links(farm, portal, url, reply.body.decode("utf-8" if "json" in kind else portal.charset)):
                link = link.split("#")[0]
                if urlsplit(link).netloc in portal.hosts and link not in seen:
                    seen.add(link)
                    todo.append(link)
        assert {report.url for report in portal.reports} <= seen, portal.name


def test_validators_are_honoured_on_article_pages_and_absent_from_lists(farm: Farm) -> None:
    giving = [portal for portal in farm.portals if portal.validators]
    assert 2 <= len(giving) <= 4
    for portal in giving:
        first = get(farm, portal.reports[0].url)
        headers = dict(first.headers)
        assert get(farm, portal.reports[0].url, if_none_match=headers["ETag"]).status == 304
        assert get(farm, portal.reports[0].url, if_modified_since=headers["Last-Modified"]).status == 304
        assert "ETag" not in dict(get(farm, portal.home_url).headers)


def test_a_counter_changes_the_bytes_and_not_the_text(farm: Farm) -> None:
    portal = next(portal for portal in farm.portals if "hit_counter" in portal.blemishes)
    url = portal.reports[0].url
    assert get(farm, url).body != get(farm, url).body


def test_switches() -> None:
    farm = Farm()
    count = sum(1 for _ in farm.truth())
    (edited,) = farm.edit_reports(1)
    portal = next(p for p in farm.portals if p.name == edited.portal)
    assert "更正" in decoded(portal, get(farm, edited.url))
    (withdrawn,) = farm.withdraw_reports(1)
    assert get(farm, withdrawn.url).status == 404
    assert sum(1 for _ in farm.truth()) < count
    portal = farm.portals[0]
    for how, status in [("unreachable", 0), ("server_error", 500), ("challenge", 521)]:
        farm.break_portal(portal.name, how)  # type: ignore[arg-type]
        assert get(farm, portal.home_url).status == status
    farm.break_portal(portal.name, "dead_links")
    assert sum(get(farm, report.url).status == 404 for report in portal.reports) == 2
    column = portal.site.column_url(portal.plan.annual)
    farm.break_portal(portal.name, "moved_column")
    assert get(farm, column).status == 404
    assert get(farm, portal.site.column_url(portal.plan.annual)).status == 200
    farm.mend_portal(portal.name)
    assert get(farm, column).status == 200
    for portal in farm.portals:
        farm.break_portal(portal.name, "empty_list")
        lists = [c for c in portal.plan.columns() if c.annual and c.kind == "list"]
        pages = "".join(decoded(portal, get(farm, portal.site.column_url(column))) for column in lists)
        assert not any(report.url.rsplit("/", 1)[1] in pages for report in portal.reports)


def test_the_server_answers_by_host_and_takes_orders() -> None:
    farm = Farm(7, seed=2)
    with serve(farm) as server:

        def ask(method: str, target: str, host: str = "127.0.0.1") -> tuple[int, bytes]:
            request = urllib.request.Request(f"{server.address}{target}", method=method, headers={"Host": host})
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return answer.status, answer.read()
            except urllib.error.HTTPError as error:
                return error.code, error.read()

        portal = farm.portals[0]
        assert ask("GET", "/", portal.host)[0] == 200
        assert ask("GET", "/", "www.nowhere.portal.test")[0] == 404
        assert [record.host for record in server.requests] == [portal.host, "www.nowhere.portal.test"]
        assert len(json.loads(ask("GET", "/__farm__/requests")[1])) == 2
        before = ask("GET", "/__farm__/truth")[1].splitlines()
        assert len(json.loads(ask("POST", "/__farm__/edit?n=2")[1])) == 2
        assert len(json.loads(ask("POST", "/__farm__/withdraw?n=1")[1])) == 1
        assert len(ask("GET", "/__farm__/truth")[1].splitlines()) < len(before)
        ask("POST", f"/__farm__/break?name={portal.name}&how=unreachable")
        with pytest.raises(OSError, match=r".+"):
            ask("GET", "/", portal.host)
        ask("POST", f"/__farm__/mend?name={portal.name}")
        assert ask("GET", "/", portal.host)[0] == 200
        assert ask("POST", "/__farm__/break?name=nobody&how=unreachable")[0] == 400


def test_the_command_describes_the_farm() -> None:
    run = [sys.executable, "-m", "tests.portals", "--portals", "7", "--list"]
    text = subprocess.run(run, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert text.splitlines()[-1].startswith("7 portals, ")
    rows = json.loads(subprocess.run([*run, "--json"], capture_output=True, text=True, check=True, cwd=ROOT).stdout)
    assert {"name", "host", "platform", "reports"} <= rows[0].keys()
