"""UCAP (开普云)."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link
from crawler.spider import PortalSpider
from spiders.platforms.pagers import further_pages


class Ucap(PortalSpider):
    """Recognise it: lists at `list.shtml`, `list_2.shtml` for page 2, articles at `/c100061/202401/<32 hex>.shtml`, and
    `createPageHTML('page_div', 4, 1, 'list', 'shtml', 52)` in a script of the list. Nothing to supply.
    """

    platform = "ucap"

    def next_pages(self, response: Response, found: list[Link]) -> Iterator[str]:
        yield from further_pages(discovery.source_text(response), response.url)
        yield from super().next_pages(response, found)
