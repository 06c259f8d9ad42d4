"""Epoint (新点) WebBuilder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urljoin

from scrapy import FormRequest, Request
from scrapy.http import Response

from crawler import discovery
from crawler.answers import is_answer, read_answer
from crawler.discovery import Link
from crawler.fingerprint import Fingerprint
from crawler.pages import entries
from crawler.spider import PortalSpider
from spiders.platforms.pagers import every

UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
INTERFACE = re.compile(
    r"(projectName\s*\+\s*)?['\"]((?:https?:)?[^'\"\s]*/rest/[^'\"\s]*getPageInfoList\w*)['\"]", re.IGNORECASE
)
PROJECT = re.compile(r"\bprojectName['\"]?\s*[:=]\s*['\"]([\w/.-]*)['\"]")
PARAMETER = re.compile(
    r"\b(siteGuid|categoryNum|pageSize)['\"]?\s*[:=]\s*(?:['\"]([\w-]+)['\"]|(\d+)\b)", re.IGNORECASE
)
NAMES = {name.lower(): name for name in ("siteGuid", "categoryNum", "pageSize")}
TOTAL = re.compile(r"\b(?:total|totalCount|infoCount)['\"]?\s*[:=]\s*['\"]?(\d+)", re.IGNORECASE)
PAGE_ROWS = 15


class Epoint(PortalSpider):
    """Epoint WebBuilder, 新点.

    1. Recognise it: classes that begin with `ewb-`; articles at `/govxxgk/<unit>/2025-12-15/<uuid>.html` or
       `/009001/009001002/20240125/<uuid>.html`.
    2. Supply: nothing.
    3. Lists are static (`moreinfo.html`, then `2.html`), or come by POST from `…/rest/…/getPageInfoListNew` with a form field
       `params` of JSON: siteGuid and categoryNum as the page's script has them, pageIndex from 0, pageSize. The rows are in
       `custom.infodata`.
    4. Watch when it breaks: the names of those parameters in the script. Interfaces that want a token are left alone.
    """

    platform = "epoint"
    fingerprints = (
        Fingerprint(r"class=['\"]?[^'\">]{0,300}\bewb-[a-z]", '<div class="ewb-info-list clearfix">'),
        Fingerprint(
            r"EpointWebBuilder|epointsoft", "/EpointWebBuilder/rest/frontAppNotNeedLoginAction/getPageInfoListNew"
        ),
        Fingerprint(r"/rest/[^'\"\s]*getPageInfoList", "'/webBuilder/rest/front/getPageInfoListNew'"),
        Fingerprint(
            rf"/(?:\d{{6,}}/)?(?:20\d{{6}}|20\d\d-\d\d-\d\d)/{UUID}\.html",
            '"/009001/009001002/20240125/0f8fad5b-d9cb-469f-a165-70867728950e.html"',
        ),
        Fingerprint(
            rf"/(?:20\d{{6}}|20\d\d-\d\d-\d\d)/{UUID}\.html",
            "http://h/govxxgk/jyj/2025-12-15/0f8fad5b-d9cb-469f-a165-70867728950e.html",
            where="address",
        ),
        Fingerprint(r"\bsiteGuid\b", "var siteGuid = '7eb5f7f1-9041-43ad-8e13-8fcb82ea831a';", 2),
        Fingerprint(r"id=['\"]?BodyLabel", '<span id="BodyLabel">', 2),
    )

    def next_pages(self, response: Response, found: list[Link]) -> Iterator[str | Request]:
        source = discovery.source_text(response)
        if is_answer(source):
            yield from self._next_index(response, source)
            return
        yield from every(source, found, response.url)
        if interface := INTERFACE.search(source):
            values = {NAMES[name.lower()]: quoted or bare for name, quoted, bare in reversed(PARAMETER.findall(source))}
            size, shown = int(values.get("pageSize", PAGE_ROWS)), len(entries(self.rows(response, found)))
            total = TOTAL.search(source)
            if not shown or (total and shown < int(total[1])):  # the first page may be drawn into the page itself
                project = PROJECT.search(source) if interface[1] else None
                address = urljoin(response.url, (project[1] if project else "") + interface[2])
                yield _post(address, values | {"pageSize": size, "pageIndex": min(shown, 1)})

    def rows(self, response: Response, found: list[Link]) -> Iterator[Link]:
        yield from found if is_answer(discovery.source_text(response)) else super().rows(response, found)

    def _next_index(self, response: Response, source: str) -> Iterator[Request]:
        """The next page of an answer, by the form with which this one was asked."""
        if response.request is None or response.request.method != "POST":
            return
        asked = json.loads(parse_qs(response.request.body.decode())["params"][0])
        answer, size = read_answer(source, response.url), int(asked["pageSize"])
        shown = (int(asked["pageIndex"]) + 1) * size
        if answer.rows and (shown < answer.total if answer.total is not None else len(answer.rows) >= size):
            yield _post(response.url, asked | {"pageIndex": int(asked["pageIndex"]) + 1})


def _post(url: str, values: dict[str, Any]) -> Request:
    return FormRequest(url, formdata={"params": json.dumps(values, ensure_ascii=False)})
