"""Document-sharing sites: copies of reports between advertisements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapy import Request
from scrapy.http import Response

from crawler.discovery import Link, squeeze
from crawler.fingerprint import Fingerprint
from crawler.spider import PortalSpider
from crawler.walk import LISTS
from parsing import titles

# Categories in which such sites file reports of governments.
CATEGORIES = re.compile(r"报告|公文|政府|政务|党政|机关|总结|行政|公开|资料|范文|文书")


class DocShare(PortalSpider):
    """Document-sharing sites.

    1. Recognise it: 下载文档, 分享, 收藏, a document number, a preview of the text, a price in points.
    2. Supply: nothing. It has no 年报 column: its categories are followed, and only what a title calls an annual report is
       fetched. Public previews only; nothing is downloaded.
    3. Watch when it breaks: the names of the categories (CATEGORIES, below).
    """

    platform = "docshare"
    fingerprints = (
        Fingerprint(r"(?:所需|下载)(?:积分|金币|下载券|文库币)|开通\s*VIP", '<a href="javascript:;">开通VIP</a>', 2),
        Fingerprint(r"文档(?:编号|分类|大小|格式)|全部分类", "<h2>全部分类 &gt; 政府公文</h2>", 1),
        Fingerprint(r"(?:立即|免费|付费|点击)?下载(?:此|本|该)?文档", "<button>下载文档</button>", 1),
        Fingerprint(r"上传(?:者|人|时间|文档)|doc-view", "<p>上传时间：2024-01-25 大小：30.5KB</p>", 1),
    )

    def follow_hubs(self, response: Response, found: list[Link], trail: tuple[str, ...]) -> Iterator[Request]:
        yield from super().follow_hubs(response, found, trail)
        for link in found:
            text = squeeze(link.text)
            named = len(text) <= 12 and not link.date and titles.classify(text).kind == "unknown"
            if named and CATEGORIES.search(text):
                yield self._request(link.url, self.parse_list, LISTS, trail=(*trail, text))
