"""Portals whose addresses are numbers and hashes: node_/content_, uuid and hexadecimal names."""

# A mark stays on one line with its example; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Iterator

from scrapy import Request
from scrapy.http import Response

from crawler import discovery
from crawler.dialects import HEX, UUID
from crawler.discovery import Link
from crawler.fingerprint import Fingerprint
from crawler.spider import PortalSpider
from spiders.platforms.pagers import answered, every

_HEX, _UUID = "e89f9aee73e344f3971381321d54ab70", "0f8fad5b-d9cb-469f-a165-70867728950e"  # in examples


class Hashed(PortalSpider):
    """Portals of several makers that name columns and pages by number, uuid or hash.

    1. Recognise it: `node_1234.htm` and `content_1335045.html`; `/columns/<uuid>/index.html`; `/nw12344/20230331/<32 hex>.html`;
       `/n6/n36/c28501/content.html`; `/20240125/<32 hex>/c.html`; `/10462/2024/1/9/<32 hex>.shtml`.
    2. Supply: nothing. Such an address says nothing of its column: only the names of links lead to the reports.
    3. Further pages: 下一页, the digits of the pager (`node_1234_2.htm`, `index_2.html`), or one of the calls in pagers.py.
    4. Watch when it breaks: names of columns. crawler/dialects.py reads the day in an address, where there is one.
    """

    platform = "hashed"
    fingerprints = (
        Fingerprint(r"['\"=](?!https?:|//)[^'\"\s>]{0,300}\bnode_\d+(?:_\d+)?\.s?html?", '<a href="node_7254.htm">政府信息公开年报</a>'),
        Fingerprint(r"['\"=](?!https?:|//)[^'\"\s>]{0,300}\bcontent_\d{4,}(?:\.s?html?|['\"])", '<a href="/109/171/content_1335045.html">'),
        Fingerprint(r"/(?:node|content)_\d{3,}(?:_\d+)?(?:\.s?html?)?$", "http://h/zhengce/2023-03/29/content_5748956.htm", where="address"),
        Fingerprint(rf"['\"=](?!https?:|//)[^'\"\s>]{{0,300}}/columns/{UUID}/", f'<a href="/columns/{_UUID}/index.html">'),
        Fingerprint(rf"/columns/{UUID}/", f"http://h/columns/{_UUID}/202401/25/{_UUID}.html", where="address"),
        Fingerprint(rf"['\"=](?!https?:|//)[^'\"\s>]{{0,300}}/\d{{8}}/{HEX}(?:/c)?\.html", f'<a href="/nw12344/20230331/{_HEX}.html">'),
        Fingerprint(rf"/\d{{8}}/{HEX}(?:/c)?\.html", f"http://h/20240125/{_HEX}/c.html", where="address"),
        Fingerprint(r"['\"=](?!https?:|//)[^'\"\s>]{0,300}/n\d+/(?:n\d+/)*c\d+/content\.html", '<a href="/n6/n36/c28501/content.html">'),
        Fingerprint(r"/n\d+/(?:n\d+/)*(?:c\d+/content|index)\.html", "http://h/n54935142/n54940779/c68562960/content.html", where="address"),
        Fingerprint(rf"/\d{{4}}/\d{{1,2}}/\d{{1,2}}/{HEX}\.shtml", f'<a href="/10462/2024/1/9/{_HEX}.shtml">'),
        Fingerprint(rf"['\"=](?!https?:|//)[^'\"\s>]{{0,300}}/{HEX}\.html", f'<a href="/nb/{_HEX}.html">'),
        Fingerprint(rf"['\"=](?!https?:|//)[^'\"\s>]{{0,300}}/{UUID}(?:\.html|/['\"])", f'<a href="/nb/{_UUID}.html">', 2),
        Fingerprint(r"/nw\d{4,}/", '<a href="/nw12344/index.html">', 2),
        Fingerprint(r"id=['\"]?ivs_(?:content|title|date)", '<div id="ivs_content" class="Article_content">', 2),
    )  # fmt: skip

    def next_pages(self, response: Response, found: list[Link]) -> Iterator[str | Request]:
        yield from answered(response)
        yield from every(discovery.source_text(response), found, response.url)
