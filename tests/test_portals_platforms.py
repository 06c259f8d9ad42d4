"""The sample platforms are honest: from the home page every report can be reached, in each platform and skin."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import urlencode, urljoin, urlsplit

import pytest

from tests.portals.farm import Farm, Reply, SamplePortal
from tests.portals.platforms import ALL, SKINNED

SEED = 20261122
EVERY = [*ALL, "homemade"]
MOST = 6  # skins of a platform
Ask = tuple[str, str, bytes]  # method, address, body


@pytest.fixture(scope="module")
def farm() -> Farm:
    return Farm(len(EVERY) * MOST, SEED, platforms=EVERY)


def answer(farm: Farm, ask: Ask) -> Reply:
    parts = urlsplit(ask[1])
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return farm.reply(ask[0], parts.netloc, target, {}, ask[2])


# What a visitor who knows the platforms goes on to from a page: one reader for each way of writing an address.


def addresses(url: str, page: str) -> Iterator[str]:
    for found in re.findall(r'(?:href|src|data-url)=["\']?([^"\'<> ]+)|value="(/[^"]+)"', page):
        yield urljoin(url, unescape(found[0] or found[1]))
    for found in re.findall(
        r"(?:location\.href=|openUrl\(|loadPage\(|window\.open\(|\.load\(|\.get\(|url:)['\"](/[^'\"]+)['\"]", page
    ):
        yield urljoin(url, found)


def jpaas(url: str, page: str) -> Iterator[Ask]:
    for unit, query in re.findall(r'url="(/api-gateway/[^"]+)" queryData="([^"]+)"', page):
        for number in range(1, 7):
            asked = json.loads(query.replace("'", '"')) | {"paramJson": json.dumps({"pageNo": number, "pageSize": 15})}
            yield "GET", urljoin(url, f"{unit}?{urlencode(asked)}"), b""


def lonsun(url: str, page: str) -> Iterator[Ask]:
    if call := re.search(r"params=\{(.*?)\};.*?load\('([^']+)", page, re.S):
        asked = {name: value.strip("'") for name, value in re.findall(r"(\w+):('[^']*'|\d+)", call[1])}
        for number in range(1, 7):
            yield "GET", urljoin(url, f"{call[2]}?{urlencode(asked | {'pageIndex': str(number)})}"), b""


def epoint(url: str, page: str) -> Iterator[Ask]:
    if call := re.search(r"siteGuid:'([^']+)'\};var categoryNum='(\d+)',pageSize=(\d+);epoint\.list\('([^']+)'", page):
        for number in range(6):
            asked = {"siteGuid": call[1], "categoryNum": call[2], "pageIndex": number, "pageSize": int(call[3])}
            yield "POST", urljoin(url, call[4]), urlencode({"params": json.dumps(asked)}).encode()


def search(url: str, page: str) -> Iterator[Ask]:
    """The interface behind the form of the header."""
    form = re.search(r'<form action="([^"]+)".*?</form>', page, re.S)
    if form is None:
        return
    asked = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', form[0]))
    word = re.search(r'type="text" name="(\w+)"', form[0])
    assert word
    for number in (1, 2, 3):
        named = asked | {word[1]: "政府信息公开工作年度报告"}
        if "/irs-c-web/" in form[1]:
            body = named | {"orderBy": "time", "searchBy": "title", "pageNo": number, "pageSize": 50}
            yield "POST", urljoin(urljoin(url, form[1]), "/irs/front/search"), json.dumps(body).encode()
        elif "/igs/" in form[1]:
            yield "GET", urljoin(url, f"{form[1]}?{urlencode(named | {'pageNumber': number, 'pageSize': 50})}"), b""
        elif "/search5/" in form[1]:
            yield (
                "POST",
                urljoin(urljoin(url, form[1]), "/search5/search/s"),
                urlencode(named | {"pageNum": number, "pageSize": 50}).encode(),
            )
        elif "/jsearchfront/" in form[1]:
            yield (
                "POST",
                urljoin(urljoin(url, form[1]), "/jsearchfront/interfaces/search.do"),
                urlencode(named | {"p": number, "pg": 50}).encode(),
            )
        else:
            yield "GET", urljoin(url, f"{form[1]}?{urlencode(named)}"), b""


READERS: list[Callable[[str, str], Iterator[Ask]]] = [jpaas, lonsun, epoint, search]


def text_of(portal: SamplePortal, reply: Reply) -> str:
    """The body as text; the strings of an answer in JSON are read as if they were attributes of a page."""
    kind = dict(reply.headers).get("Content-Type", "")
    if "json" not in kind:
        return reply.body.decode(portal.charset)

    def strings(value: object) -> Iterator[str]:
        if isinstance(value, dict | list):
            for inner in value.values() if isinstance(value, dict) else value:
                yield from strings(inner)
        elif isinstance(value, str):
            yield value if "<" in value else f'href="{value}"' if value.startswith(("/", "http")) else ""

    return "\n".join(strings(json.loads(reply.body)))


def walk(farm: Farm, portal: SamplePortal) -> dict[str, int]:
    """address -> status of everything within the portal's hosts."""
    todo: list[Ask] = [("GET", portal.home_url, b"")]
    seen, statuses = set(todo), {}
    while todo:
        ask = todo.pop()
        reply = answer(farm, ask)
        if reply.status == 301:
            reply = answer(farm, ("GET", dict(reply.headers)["Location"], b""))
        statuses[ask[1]] = reply.status
        if not dict(reply.headers).get("Content-Type", "").startswith(("text/html", "application/json")):
            continue
        text = text_of(portal, reply)
        found: list[Ask] = [("GET", url.split("#")[0], b"") for url in addresses(ask[1], text)]
        for reader in READERS:
            found += reader(ask[1], text)
        for one in found:
            if urlsplit(one[1]).netloc in portal.hosts and one not in seen:
                seen.add(one)
                todo.append(one)
    return statuses


def test_every_platform_is_there_in_each_of_its_skins(farm: Farm) -> None:
    drawn = {(portal.platform, portal.variant) for portal in farm.portals}
    assert drawn == {(name, variant) for name in EVERY for variant in range(SKINNED[name].variants)}
    assert all(SKINNED[name].variants >= 2 for name in EVERY)
    assert all(8 <= len(portal.reports) <= 60 for portal in farm.portals)


@pytest.mark.parametrize("platform", EVERY)
def test_every_report_is_reached_from_the_home_page_and_no_link_is_dead(farm: Farm, platform: str) -> None:
    for portal in [portal for portal in farm.portals if portal.platform == platform]:
        statuses = walk(farm, portal)
        assert [url for url, status in statuses.items() if status != 200] == [], portal.row()
        wanted = {url for report in portal.reports for url in [report.url, *report.also_at]}
        wanted |= {file["url"] for report in portal.reports for file in report.attachments}
        assert wanted - statuses.keys() == set(), (portal.row(), portal.traits)


def test_the_farm_of_before_is_as_it_was_to_the_byte() -> None:
    """Hundreds of tests rest on its numbers; the digest was taken before the new platforms came."""
    farm, digest = Farm(14, 1), hashlib.sha256()
    for portal in farm.portals:
        for key in sorted(farm.site(portal).routes):
            host, _, path = key.partition("/")
            reply = farm.reply("GET", host, f"/{path}", {}, b"")
            digest.update(key.encode() + bytes([reply.status & 255]) + reply.body + repr(reply.headers).encode())
    assert digest.hexdigest() == "97c7986b75b143c948fbc32e25f6a53c844d81a952bfac856dc65f02b2de5f58"
