"""Document-sharing sites: copies of reports between advertisements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapy import Request
from scrapy.http import Response

from crawler.discovery import Link, squeeze
from crawler.spider import LISTS, PortalSpider
from parsing import titles

# Categories in which such sites file reports of governments.
CATEGORIES = re.compile(r"报告|公文|政府|政务|党政|机关|总结|行政|公开|资料|范文|文书")


class DocShare(PortalSpider):
    """Recognise it: 下载文档, 分享, 收藏, a document number, a preview of the text. It has no 年报 column: its categories are
    followed, and only what a title calls an annual report is fetched. Public previews only; nothing is downloaded.
    """

    platform = "docshare"

    def follow_hubs(self, response: Response, found: list[Link], trail: tuple[str, ...]) -> Iterator[Request]:
        yield from super().follow_hubs(response, found, trail)
        for link in found:
            text = squeeze(link.text)
            named = len(text) <= 12 and not link.date and titles.classify(text).kind == "unknown"
            if named and CATEGORIES.search(text):
                yield self._request(link.url, self.parse_list, LISTS, trail=(*trail, text))
