"""Old portals laid out in tables, mostly ASP or JSP, mostly GB2312."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy import Request
from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link
from crawler.fingerprint import Fingerprint
from crawler.spider import PortalSpider
from spiders.platforms.pagers import answered, every


class Tables(PortalSpider):
    """Old portals of ASP, ASP.NET, PHP and JSP.

    1. Recognise it: nested layout tables, `show.asp?id=…`, `list.asp?cid=…&page=2`, `InfoPublic.aspx?cid=1019`, no meta tags.
    2. Supply: nothing.
    3. Lists and pages are plain links. A pager of `__doPostBack('pager','2')` is a form: crawler/postbacks.py.
    4. Watch when it breaks: the charset. Such pages say nothing of it, or something wrong.
    """

    platform = "tables"
    fingerprints = (
        Fingerprint(
            r"['\"=](?!https?:|//)[^'\"\s>]{0,300}\b(?:show|view|read|detail|news|content|article|year)\w*\.(?:asp|aspx|php|jsp)\?(?:[^'\"\s>]{0,300}&)?(?:amp;)?\w*id=\d+",
            '<a href="show.asp?id=4571" target=_blank>',
        ),
        Fingerprint(
            r"['\"=](?!https?:|//)[^'\"\s>]{0,300}\b(?:list|more|class|column|InfoPublic)\w*\.(?:asp|aspx|php|jsp)\?(?:[^'\"\s>]{0,300}&)?(?:amp;)?\w*id=\d+",
            '<a href="InfoPublic.aspx?cid=1019&pid=971&page=1">',
        ),
        Fingerprint(r"/\w+\.(?:asp|aspx|php)\?", "http://aqxxgk.anqing.gov.cn/gknb_show.php?id=4374", where="address"),
        Fingerprint(r"__doPostBack\(|__VIEWSTATE", '<input type="hidden" name="__VIEWSTATE" value="x">'),
        Fingerprint(r"urltype=(?:tree|news)\.|/module/|dataproxy\.jsp", "list.jsp?urltype=tree.TreeTempUrl", -99),
    )  # fmt: skip

    def next_pages(self, response: Response, found: list[Link]) -> Iterator[str | Request]:
        yield from answered(response)
        yield from every(discovery.source_text(response), found, response.url)
