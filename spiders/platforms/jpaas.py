"""Hanweb JPaaS (大汉集约化): lists are drawn by a unit of the publishing gateway."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler import discovery
from crawler.answers import is_answer, read_answer
from crawler.discovery import Link
from crawler.fingerprint import AGAINST, Fingerprint
from spiders.platforms.hanweb import Hanweb

GATEWAY = "/api-gateway/jpaas-publish-server/front/page/build/unit"
UNIT = re.compile(
    r"<[^<>]*?\bqueryData\s*=\s*(?:\"(?P<double>\{[^\"]*\})\"|'(?P<single>\{[^']*\})'|(?P<bare>\{[^}]*\}))[^<>]*>"
)
ADDRESS = re.compile(r"\burl\s*=\s*['\"]([^'\"]+)['\"]")
PAGINATION = re.compile(r"<[^<>]*\bclass=['\"][^'\"]*\bpagination\b[^<>]*>")
NUMBER = re.compile(r"\b(rows|count)\s*=\s*['\"]?(\d+)")


class Jpaas(Hanweb):
    """Hanweb JPaaS, 大汉集约化.

    1. Recognise it: `queryData="{'webId':'149','pageType':'column',…}"` and `/api-gateway/jpaas-publish-server/` in the source
       of a list; columns and articles have Hanweb's addresses (`/col/col123/`, `/art/2026/art_<32 hex>.html`).
    2. Supply: nothing. The parameters stand in the page, in single quotes; `bulidstatic` is their spelling.
    3. Page 2 is the same unit with `paramJson={"pageNo":2,"pageSize":15}`. How many there are says
       `<div class="pagination" rows="15" count="154">`, in the page or in the unit's answer, whose HTML is in `data.html`.
    4. Watch when it breaks: an answer that shows the same rows for every page (prerendered; the walk stops there), or
       `"success": false`, which the run reports as `refused_answer`.
    """

    platform = "jpaas"
    fingerprints: ClassVar[tuple[Fingerprint, ...]] = (
        Fingerprint(r"\bqueryData\s*=\s*['\"]?\s*\{", "queryData=\"{'webId':'149','pageType':'column'}\""),
        Fingerprint(r"jpaas-publish-server/front/page/build/unit", f'url="{GATEWAY}"'),
        Fingerprint(r"/api-gateway/jpaas-\w+", '<a href="/api-gateway/jpaas-jsearch-web-server/">', 2),
        Fingerprint(r"'parseType'\s*:\s*'bulidstatic'|parseType=bulidstatic", "'parseType':'bulidstatic'"),
        Fingerprint(r"/module/xxgk/xxgkAnnualReport\.jsp", "/module/xxgk/xxgkAnnualReport.jsp?area=001008", AGAINST),
    )

    def next_pages(self, response: Response, found: list[Link]) -> Iterator[str | Request]:
        source = discovery.source_text(response)
        if is_answer(source):
            answer = read_answer(source, response.url)
            yield from later(response.url, answer.fragment or "")
            return
        for address, query in units(source, response.url):
            asked = f"{address}?{urlencode(query)}"
            if PAGINATION.search(source):
                yield from later(asked, source)
            elif not any(self.rows(response, found)):
                yield asked
        yield from super().next_pages(response, found)


def units(source: str, url: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Address and parameters of each unit that a page is built of. `queryData` is JSON but for its quotes."""
    for tag in UNIT.finditer(source):
        text = html.unescape(next(filter(None, tag.groups())))
        try:
            query: dict[str, Any] = json.loads(text.replace("'", '"'))
        except ValueError:
            continue  # a template that was not filled in
        address = ADDRESS.search(tag[0])
        yield urljoin(url, address[1] if address else GATEWAY), {name: str(value) for name, value in query.items()}


def later(asked: str, shown: str) -> Iterator[str]:
    """Addresses of a unit's pages from the second on, by the pagination that its first one shows."""
    parts = urlsplit(asked)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    pagination = PAGINATION.search(shown)
    numbers = {name: int(value) for name, value in NUMBER.findall(pagination[0])} if pagination else {}
    if "paramJson" in query or not numbers.get("rows") or "count" not in numbers:
        return
    for number in range(2, -(-numbers["count"] // numbers["rows"]) + 1):
        page = json.dumps({"pageNo": number, "pageSize": numbers["rows"]}, separators=(",", ":"))
        yield parts._replace(query=urlencode(query | {"paramJson": page})).geturl()
