"""Hanweb JPaaS (大汉集约化): lists are drawn by a unit of the publishing gateway."""

from __future__ import annotations

from typing import ClassVar

from crawler.fingerprint import AGAINST, Fingerprint
from spiders.platforms.hanweb import Hanweb
from spiders.platforms.units import GATEWAY


class Jpaas(Hanweb):
    """Hanweb JPaaS, 大汉集约化.

    1. Recognise it: `queryData="{'webId':'149','pageType':'column',…}"` and `/api-gateway/jpaas-publish-server/` in the source
       of a list; columns and articles have Hanweb's addresses (`/col/col123/`, `/art/2026/art_<32 hex>.html`).
    2. Supply: nothing. The parameters stand in the page, in single quotes; `bulidstatic` is their spelling.
    3. Page 2 is the same unit with `paramJson={"pageNo":2,"pageSize":15}`. How many there are says
       `<div class="pagination" rows="15" count="154">`, in the page or in the unit's answer, whose HTML is in `data.html`.
    4. Watch when it breaks: an answer that shows the same rows for every page (prerendered; the walk stops there), or
       `"success": false`, which the run reports as `refused_answer`.
    """

    platform = "jpaas"
    fingerprints: ClassVar[tuple[Fingerprint, ...]] = (
        Fingerprint(r"\bqueryData\s*=\s*['\"]?\s*\{", "queryData=\"{'webId':'149','pageType':'column'}\""),
        Fingerprint(r"jpaas-publish-server/front/page/build/unit", f'url="{GATEWAY}"'),
        Fingerprint(r"/api-gateway/jpaas-\w+", '<a href="/api-gateway/jpaas-jsearch-web-server/">', 2),
        Fingerprint(r"'parseType'\s*:\s*'bulidstatic'|parseType=bulidstatic", "'parseType':'bulidstatic'"),
        Fingerprint(r"/module/xxgk/xxgkAnnualReport\.jsp", "/module/xxgk/xxgkAnnualReport.jsp?area=001008", AGAINST),
    )
