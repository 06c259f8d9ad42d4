"""Plain lists of no maker that we know: static pages, or one script with a page number."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy import Request
from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link
from crawler.fingerprint import Fingerprint
from crawler.spider import PortalSpider
from spiders.platforms.pagers import answered, every
from spiders.platforms.vendors import is_of_a_vendor


class Static(PortalSpider):
    """Plain lists.

    1. Recognise it: no mark of a product, and a pager of plain links: `index_2.html`, `2.html`, `list_5_2.html`, `?page=2`.
       `nianbao probe` takes the home page and the articles of such a portal for nobody's: the list decides.
    2. Supply: nothing.
    3. Further pages: 下一页, the digits, and where neither is there all numbers up to the one behind 尾页.
    4. Watch when it breaks: whether the first page is number 0 or 1; the address of 下一页 says it.
    """

    platform = "static"
    fingerprints = (
        Fingerprint(
            r"href=['\"]?(?:[^'\"\s>]{0,300}/)?(?:index|list)\w*[_-]\d{1,3}\.s?html?",
            '<a href="index_2.html">下一页</a>',
        ),
        Fingerprint(
            r"href=['\"]?(?:[^'\"\s>]{0,300}/)?\d{1,3}\.s?html?['\"\s>]", '<a href="/zfxxgk/zfxxgknb/2.html">2</a>'
        ),
        Fingerprint(
            r"href=['\"]?[^'\"\s>]{0,300}[?&](?:amp;)?(?:page|pageNo|pageNum|PageIndex|currPage|pn|p)=\d{1,3}\b",
            '<a href="/nb/?page=2">下一页</a>',
        ),
        Fingerprint(
            r"(?:index|list)\w*[_-]\d{1,3}\.s?html?$", "http://www.qingyuan.gov.cn/nb/index_2.html", where="address"
        ),
        Fingerprint(r"下一?页|尾页|末页", "<span>下一页</span>", 1),
    )

    @classmethod
    def matches(cls, response: Response) -> dict[str, str] | None:
        return None if is_of_a_vendor(response) else super().matches(response)

    def next_pages(self, response: Response, found: list[Link]) -> Iterator[str | Request]:
        yield from answered(response)
        yield from every(discovery.source_text(response), found, response.url)
