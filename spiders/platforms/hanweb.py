"""Hanweb (大汉) jcms with the jpage list component."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link
from crawler.spider import PortalSpider

RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL)
NEXT_GROUP = re.compile(r"<nextgroup>\s*<!\[CDATA\[\s*<a[^>]+href=[\"']([^\"']+)[\"']", re.DOTALL)
JPAGE = re.compile(r"jpage\(\{(.*?)\}\)", re.DOTALL)
OPTION = re.compile(r"(\w+)\s*:\s*['\"]?([^'\",}\s]+)")


class Hanweb(PortalSpider):
    """Recognise it: columns at `/col/col123/index.html`, articles at `/art/2024/1/25/art_123_4567.html`, and the rows of
    a list inside `<record><![CDATA[…]]></record>`, where a reader of tags sees no link. Further rows come from
    `dataproxy.jsp`, whose address the page itself gives. Nothing to supply.
    """

    platform = "hanweb"

    def rows(self, response: Response, found: list[Link]) -> Iterator[Link]:
        source = discovery.source_text(response)
        for record in RECORD.findall(source):
            yield from discovery.links(discovery.tree_of(record), response.url)
        yield from super().rows(response, found)

    def next_pages(self, response: Response, found: list[Link]) -> Iterator[str]:
        source = discovery.source_text(response)
        following = NEXT_GROUP.findall(source)
        if RECORD.search(source):
            yield from (urljoin(response.url, href.replace("&amp;", "&")) for href in following)
        if not following:
            yield from self._proxied(source, response.url)
        yield from super().next_pages(response, found)

    def _proxied(self, source: str, url: str) -> Iterator[str]:
        """Addresses of the groups after the first, from the page's own `jpage({…})` block."""
        block = JPAGE.search(source)
        if block is None:
            return
        options = {name.lower(): value for name, value in OPTION.findall(block[1])}
        total, per_page = int(options.get("totalrecord", 0)), int(options.get("perpage", 0))
        shown = len(RECORD.findall(source))
        proxy = options.get("proxyurl", "/module/web/jpage/dataproxy.jsp")
        same = "&".join(f"{name}={options[name]}" for name in ("columnid", "unitid", "webid") if name in options)
        for start in range(shown + 1, total + 1, max(per_page, shown, 1)):
            end = min(start + max(per_page, shown, 1) - 1, total)
            yield urljoin(url, f"{proxy}?startrecord={start}&endrecord={end}&perpage={per_page}&{same}")
