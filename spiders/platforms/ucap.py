"""UCAP (开普云)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response

from crawler import discovery
from crawler.answers import is_answer
from crawler.discovery import Link
from crawler.fingerprint import Fingerprint
from crawler.pages import entries
from crawler.spider import PortalSpider
from spiders.platforms.pagers import answered, every

CHANNEL = re.compile(
    r"<meta[^>]+name=['\"]?channelid['\"]?[^>]+content=['\"]?([\w-]{5,})|channelId\s*[:=]\s*['\"]([\w-]{5,})",
    re.IGNORECASE,
)
ASKED = re.compile(r"['\"]((?:https?:)?/[^'\"\s]*?/?(?:common/search|searchList)/)")
QUERY = "_isAgg=true&_isJson=true&_pageSize=20&_template=index&_rangeTimeGte=&_channelName=&page=1"


class Ucap(PortalSpider):
    """UCAP, 开普云.

    1. Recognise it: lists at `list.shtml` or `…_list.shtml`, page 2 at `list_2.shtml` (a few: `list.shtml?2`); articles at
       `/zgq/c100061/202401/<32 hex>.shtml` or `/c112289c/202602/c01_1108994.shtml`; text within `<UCAPCONTENT>`.
    2. Supply: nothing.
    3. Watch when it breaks: `createPageHTML('page_div', 4, 1, 'list', 'shtml', 52)` in a script of the list: pages, current
       page from 1, name, ending, rows.
    4. A list page without rows has its channel in `<meta name="channelid">`; the rows are then JSON at
       `/common/search/<channel>`, or where the page's script says. crawler/answers.py reads it.
    """

    platform = "ucap"
    fingerprints = (
        Fingerprint(
            r"/c\d{5,}[a-z]?/(?:\d{6}/(?:[0-9a-f]{32}|c\d+_\d+)|c?\d+/content|\w*list(?:_\d+)?)\.shtml",
            "/zgqxxgk/c109283/202002/e89f9aee73e344f3971381321d54ab70.shtml",
        ),
        Fingerprint(
            r"['\"=](?!https?:|//)[^'\"\s>]{0,300}/\d{6}/(?:[0-9a-f]{32}|c\d+_\d+)\.shtml",
            'href="/xgxxxgk/lczbmndbg/202501/10e47090edb349a5a0296a481ac27e5a.shtml"',
        ),
        Fingerprint(
            r"/\d{6}/[0-9a-f]{32}\.shtml",
            "http://www.qingyuan.gov.cn/lczbmndbg/202501/10e47090edb349a5a0296a481ac27e5a.shtml",
            where="address",
        ),
        Fingerprint(
            r"<(?:UCAPTITLE|UCAPCONTENT|PUBLISHTIME)\b", "<UCAPTITLE>2023年政府信息公开工作年度报告</UCAPTITLE>"
        ),
        Fingerprint(
            r"createPage(?:HTML)?\(\s*['\"][#\w-]+['\"]\s*,\s*\d+\s*,\s*\d+\s*,\s*['\"]\w*list['\"]\s*,\s*['\"]shtml",
            "createPageHTML('page_div',4, 1,'xlist','shtml',52);",
        ),
        Fingerprint(r"id=['\"]?cmspro_(?:appendixs|reldocuments)|\baddViewRecord\(", '<div id="cmspro_appendixs">'),
        Fingerprint(r"/common/search/(?P<channel>[\w-]{5,})\?", "/common/search/e2b8b2c9d0f1?_isAgg=true&_isJson=true"),
        Fingerprint(r"<meta[^>]+name=['\"]channelid['\"]", '<meta name="channelid" content="e2b8b2c9d0f1">', 2),
        Fingerprint(r"id=['\"]?UCAP-CONTENT", '<div id="UCAP-CONTENT">', 2),
        Fingerprint(r"['\"/]\w*list(?:_\d+)?\.shtml", 'href="/zgq/nb/xxgk_list.shtml"', 2),
        Fingerprint(r"kaipuyun|so-gov\.cn|/(?:search[45]|guestweb\d?)/", 'action="/search5/search/s"', 2),
        Fingerprint(r"name=['\"]siteCode['\"]", '<input type="hidden" name="siteCode" value="3611000001">', 1),
    )

    def next_pages(self, response: Response, found: list[Link]) -> Iterator[str | Request]:
        yield from answered(response)
        source = discovery.source_text(response)
        if is_answer(source):
            return
        yield from every(source, found, response.url)
        if (channel := CHANNEL.search(source)) and not entries(self.rows(response, found)):
            asked = ASKED.search(source)
            yield urljoin(response.url, f"{asked[1] if asked else '/common/search/'}{channel[1] or channel[2]}?{QUERY}")
