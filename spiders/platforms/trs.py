"""TRS WCM (拓尔思): the most common family."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link
from crawler.spider import PortalSpider
from spiders.platforms.pagers import further_pages


class Trs(PortalSpider):
    """Recognise it: articles at `…/202401/t20240125_1234567.html`, lists at `index.html`, page 2 at `index_1.html`, and
    `createPageHTML(4, 0, "index", "html")` in a script of the list. Nothing to supply beyond the portal itself.
    """

    platform = "trs"

    def next_pages(self, response: Response, found: list[Link]) -> Iterator[str]:
        yield from further_pages(discovery.source_text(response), response.url)
        yield from super().next_pages(response, found)
