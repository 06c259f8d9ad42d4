"""Old portals laid out in tables, mostly ASP or JSP, mostly GB2312."""

from __future__ import annotations

from crawler.spider import PortalSpider


class Tables(PortalSpider):
    """Recognise it: nested layout tables, `show.asp?id=…`, `list.asp?cid=…&page=2`, no meta tags. Lists and pages are
    plain links: the base class reads them. Nothing to supply.
    """

    platform = "tables"
