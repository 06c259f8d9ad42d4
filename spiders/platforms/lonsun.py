"""Lonsun (龙讯), and the OpennessContent family that serves the same kind of openness platform."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link
from crawler.fingerprint import Fingerprint
from crawler.pages import entries
from crawler.spider import PortalSpider
from crawler.targets import variables
from spiders.platforms.pagers import answered, counted, every

COLUMN = re.compile(r"/public/column/(?P<organ>\d+)$")
LABEL = re.compile(r"['\"]([^'\"\s]*/site/label/\d+)[?'\"]")
ASKED = re.compile(r"['\"](?:[^'\"\s]*/site/label/\d+\?)?([^'\"\s?]*labelName=publicInfoList[^'\"\s]*)['\"]")
JOINED = re.compile(
    r"(['\"])\s{0,4}\+\s{0,4}[\w$.]{1,40}(?:\(\))?\s{0,4}\+\s{0,4}\1"
)  # "…&pageIndex="+page+"&organId=7…"
OBJECT = re.compile(r"\{([^{}]*\blabelName['\"]?\s*:\s*['\"]publicInfoList[^{}]*)\}")
OPTION = re.compile(r"\b(\w{1,40})['\"]?\s*:\s*(?:['\"]([^'\"]*)['\"]|([\w-]+))")
SITE = re.compile(r"\bsiteId['\"]?\s*[:=]\s*['\"]?(\d+)")
SHOWN = re.compile(r"(?<=/page_)(\d+)(?=\.html$)")
LABELS = "/site/label/8888"
PAGE_ROWS = 15


class Lonsun(PortalSpider):
    """Lonsun, 龙讯, and the OpennessContent family.

    1. Recognise it: Lonsun has lists at `/public/column/<organ>?type=4&catId=<category>&action=list` and articles at
       `/public/<organ>/<id>.html` or `/content/detail/<24 hex>.html`. The other family has `/OpennessContent/showList/…/
       page_1.html` and `/OpennessContent/show/<id>.html`, and the annual reports at `/XxgkAnnualReport/show/<id>.html`.
    2. Supply: nothing. Organ and category stand in the list's address, the number of the site in its source.
    3. Lonsun's rows come from `/site/label/8888?…labelName=publicInfoList&pageIndex=1` as a piece of HTML, from 1; a page
       with fewer rows than `pageSize` is the last. The other family counts `page_N` from 1.
    4. Watch when it breaks: `labelName` and `file` in what the page's script asks for; columns of `type=3` are 年报.
    """

    platform = "lonsun"
    fingerprints = (
        Fingerprint(r"/public/column/(?P<organ>\d+)\?", "/public/column/6596391?type=4&catId=6717051&action=list&nav=3"),
        Fingerprint(
            r"['\"=](?!https?:|//)[^'\"\s>]{0,300}/public/\d{4,}/\d{4,}\.html",
            '<a href="/public/6596391/8765432.html">',
        ),
        Fingerprint(r"/content/detail/[0-9a-f]{24}\.html", '<a href="/content/detail/5c3e8f0a7f8b9a1c2d3e4f50.html">'),
        Fingerprint(r"/site/label/\d+\?", "/site/label/8888?IsAjax=1&dataType=html&labelName=publicInfoList"),
        Fingerprint(r"\blabelName['\"]?\s*[=:]\s*['\"]?(?:publicInfoList|columnTree)", "labelName=publicInfoList"),
        Fingerprint(r"/site/tpl/\d+", '<a href="/site/tpl/6541">', 2),
        Fingerprint(r"/content/column/\d{5,}", '<a href="/content/column/6797562?pageIndex=2">'),
        Fingerprint(
            r"/(?:Branch)?OpennessContent/show(?:List)?/", '<a href="/OpennessContent/showList/16/4021/page_1.html">'
        ),
        Fingerprint(r"/Xxgk(?:AnnualReport|Rules)/show/\d+\.html", '<a href="/XxgkAnnualReport/show/3985.html">'),
        Fingerprint(r"/(?:News|PolicyContent)/showList/", '<a href="/News/showList/27/page_1.html">', 2),
        Fingerprint(r"/(?:XxgkAnnualReport|OpennessContent)/show", "http://h/XxgkAnnualReport/show/961.html", where="address"),
        Fingerprint(r"/public/(?:column/\d+(?:$|\?)|\d{4,}/\d{4,}\.html)", "http://h/public/6596391/8710.html", where="address"),
        Fingerprint(r"lonsun|龙讯科技", "技术支持：龙讯科技", 2),
    )  # fmt: skip

    def next_pages(self, response: Response, found: list[Link]) -> Iterator[str | Request]:
        yield from answered(response)
        source, rows = discovery.source_text(response), len(entries(self.rows(response, found)))
        if "labelName=publicInfoList" in urlsplit(response.url).query:
            yield from _next_index(response.url, source, rows)
            return
        yield from every(source, found, response.url)
        if query := _label(response.url, source):
            address = LABEL.search(source)
            asked = urljoin(response.url, f"{address[1] if address else LABELS}?{urlencode(query)}")
            if not rows:
                yield asked if query.get("pageIndex") else _with_index(asked, 1)
            elif (counted(source) or 0) > 1 or ASKED.search(JOINED.sub("", source)):
                yield _with_index(asked, 2)
        if (shown := SHOWN.search(response.url)) and int(shown[1]) < (counted(source) or 0):
            yield SHOWN.sub(str(int(shown[1]) + 1), response.url)


def _label(url: str, source: str) -> dict[str, Any]:
    """What a column's rows are asked with: as its script writes it, else made of its own address; {} for no column."""
    if written := ASKED.search(JOINED.sub("", source)):
        return dict(parse_qsl(written[1].replace("&amp;", "&"), keep_blank_values=True))
    if stated := OBJECT.search(source):
        known = variables(source) | {"pageIndex": "1"}
        said = {name: quoted or known.get(bare, bare) for name, quoted, bare in OPTION.findall(stated[1])}
        return {name: value for name, value in said.items() if name != "_"}  # a random number, against caches
    column, site = COLUMN.search(urlsplit(url).path), SITE.search(source)
    asked = dict(parse_qsl(urlsplit(url).query))
    if column is None:
        return {}
    return {
        "IsAjax": 1, "dataType": "html", "labelName": "publicInfoList", "siteId": site[1] if site else "",
        "pageSize": PAGE_ROWS, "pageIndex": 1, "action": "list", "organId": column["organ"], "type": asked.get("type", "4"),
        "catId": asked.get("catId", ""), "isDate": "true", "dateFormat": "yyyy-MM-dd", "length": 80,
    }  # fmt: skip


def _next_index(url: str, source: str, rows: int) -> Iterator[str]:
    """The next piece, while this one is full or says that there are more."""
    query, pages = dict(parse_qsl(urlsplit(url).query)), counted(source)
    index, size = int(query.get("pageIndex", 1)), int(query.get("pageSize", PAGE_ROWS))
    if rows and (index < pages if pages is not None else rows >= size):
        yield _with_index(url, index + 1)


def _with_index(url: str, index: int) -> str:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True)) | {"pageIndex": str(index)}
    return parts._replace(query=urlencode(query)).geturl()
