"""Hanweb (大汉) jcms with the jpage list component."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from scrapy import Request
from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link
from crawler.fingerprint import AGAINST, Fingerprint
from crawler.pages import entries
from crawler.spider import PortalSpider
from spiders.platforms.annual_module import of_module
from spiders.platforms.jpage import RECORD, next_groups
from spiders.platforms.pagers import answered, every
from spiders.platforms.units import unit_pages


class Hanweb(PortalSpider):
    """Hanweb jcms, 大汉版通.

    1. Recognise it: columns at `/col/col123/index.html`, articles at `/art/2024/1/25/art_123_4567.html` (or
       `/art/2024/art_<32 hex>.html`), and the rows of a list inside `<record><![CDATA[…]]></record>`.
    2. Supply: nothing. columnid, unitid and webid stand in the page's own `$('#unit').jpage({…})`.
    3. Rows after the first three pages: the address in `<nextgroup>` where there is one, for it may be encrypted; else
       `dataproxy.jsp` with startrecord, endrecord and perpage. Asked by GET; an empty answer is asked again by POST, and
       then at the column's own address with `?uid=<unit>&pageNum=2`: portals differ, and do not say.
    4. Watch when it breaks: whether the page says `totalRecord`, and whether a `<record>` still holds an `<a>`.
    5. Where the page has `queryData=` it is Jpaas, where it leads to `xxgkAnnualReport.jsp` Xxgk. Their home pages may show
       no sign of it, and a portal may have all three: this class reads them all.
    """

    platform = "hanweb"
    fingerprints: ClassVar[tuple[Fingerprint, ...]] = (
        Fingerprint(
            r"['\"=](?!https?:|//)[^'\"\s>]{0,300}/col/col(?P<column>\d+)/", '<a href="/col/col1620985/index.html">'
        ),
        Fingerprint(
            r"/(?:col/col\d+/(?:index\.html|$|\?)|art/\d{4}/(?:\d{1,2}/\d{1,2}/)?art_\w+)",
            "http://www.qingyuan.gov.cn/art/2024/1/25/art_1229460359_58888.html",
            where="address",
        ),
        Fingerprint(
            r"['\"=](?!https?:|//)[^'\"\s>]{0,300}/art/\d{4}/(?:\d{1,2}/\d{1,2}/)?art_\w+",
            "href='/art/2022/1/14/art_1229_588.html'",
        ),
        Fingerprint(r"<datastore>|<record>\s*<!\[CDATA\[", '<script type="text/xml"><datastore><recordset>'),
        Fingerprint(r"/jpage/(?:morecolumn|metasearch)?dataproxy\.jsp", "storeproxy:'/module/web/jpage/dataproxy.jsp'"),
        Fingerprint(r"\.jpage\(\s*\{", "$('#247686').jpage({storeparams:'col=1'})"),
        Fingerprint(r"大汉版通|Produced By 大汉网络", "Produced By 大汉网络 大汉版通发布系统"),
        Fingerprint(r"<!--<\$\[信息内容\]>begin-->|ZJEG_RSS\.content", "<!--ZJEG_RSS.content.begin-->"),
        Fingerprint(
            r"/module/(?:visitcount|download|jslib)/|/jcms_files/|/jsearchfront/", "/module/visitcount/visit.jsp", 2
        ),
        Fingerprint(r"barrierfree_container", '<div id="barrierfree_container">', 1),
        Fingerprint(r"\bqueryData\s*=|jpaas-publish-server", "queryData=\"{'webId':'149'}\"", AGAINST),
        Fingerprint(r"/module/xxgk/\w+\.jsp", "/module/xxgk/xxgkAnnualReport.jsp?area=001008", AGAINST),
    )

    def links(self, response: Response) -> list[Link]:
        found = super().links(response)
        known = {link.url for link in found}
        return found + [link for link in of_module(response) if link.url not in known]

    def rows(self, response: Response, found: list[Link]) -> Iterator[Link]:
        for record in RECORD.findall(discovery.source_text(response)):
            yield from discovery.links(discovery.tree_of(record), response.url)
        yield from super().rows(response, found)

    def next_pages(self, response: Response, found: list[Link]) -> Iterator[str | Request]:
        source = discovery.source_text(response)
        yield from next_groups(source, response.url, response.request)
        yield from unit_pages(source, response.url, drawn=bool(entries(self.rows(response, found))))
        yield from answered(response)
        yield from every(source, found, response.url)
