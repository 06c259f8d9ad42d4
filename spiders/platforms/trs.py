"""TRS WCM (拓尔思): the most common family."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy import Request
from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link
from crawler.fingerprint import AGAINST, Fingerprint
from crawler.spider import PortalSpider
from spiders.platforms.pagers import answered, every


class Trs(PortalSpider):
    """TRS WCM, 海云 included.

    1. Recognise it: articles at `…/202401/t20240125_1234567.html`, linked as `./202401/t2024…`; lists at `index.html`,
       page 2 at `index_1.html`; a pager that is no link but a call in a script, `createPageHTML(4, 0, "index", "html")`.
    2. Supply: nothing beyond the portal itself.
    3. Watch when it breaks: the call. Its numbers are pages and current page, from 0; where three numbers stand, rows come
       first. Where the call is gone look for `var countPage`, or for a script that asks for JSON.
    4. Pages deep in a list may be stubs of 300 bytes: the walk takes that for the end of the list.
    5. The portal's search is at `/irs-c-web/search.shtml?code=…`, older `/igs/front/search`, oldest `/was5/web/search`.
    """

    platform = "trs"
    fingerprints = (
        Fingerprint(
            r"['\"=(](?!https?:|//)[^'\"\s>]{0,300}/?(?:19|20)\d{4}/t(?:19|20)\d{6}_\d+\.s?html?",
            '<a href="./202401/t20240125_1234567.html" title="2023年政府信息公开工作年度报告">',
        ),
        Fingerprint(
            r"/(?:19|20)\d{4}/t(?:19|20)\d{6}_\d+\.s?html?(?:$|\?)",
            "http://www.qingyuan.gov.cn/zfxxgk/nb/202401/t20240125_1234567.shtml",
            where="address",
        ),
        Fingerprint(r"['\"]\./t(?:19|20)\d{6}_\d+\.s?html?", '<meta name="Url" content="./t20190918_693227.shtml">'),
        Fingerprint(
            r"createPage(?:HTML)?\(\s*\d+\s*,\s*\d+\s*(?:,\s*\d+\s*)?,\s*['\"][\w.-]+['\"]\s*,",
            'createPageHTML(4, 0, "index", "html");',
        ),
        Fingerprint(
            r"<div\b[^>]{0,200}\bclass=['\"]?[^'\">]{0,200}\b(?:TRS_(?:Editor|UEDITOR)|trs_editor_view|trs_paper_default|Custom_UnionStyle)",
            "<div class=TRS_Editor><p>一、总体情况</p></div>",
        ),
        Fingerprint(r"/images/trs_\w+\.(?:js|css)", '<script src="../../../images/trs_public.js"></script>', 2),
        Fingerprint(r"\bOLDSRC=['\"]", '<img src="./W020240125.jpg" OLDSRC="W020240125.jpg">', 2),
        Fingerprint(r"[/\"']\.?/?[PW]0(?:19|20)\d{12,}\.\w{3,4}", '<a href="./P020241219531612435781.pdf">', 2),
        Fingerprint(r"/(?:irs-c-web|irs-c-web-config|irs)/", '<a href="/irs-c-web/search.shtml?code=18">', 2),
        Fingerprint(r"irs-c-web-config/(?P<search_code>[0-9a-f]{8,})/", "/irs-c-web-config/183f883089d/images/", 2),
        Fingerprint(r"/igs/front/search|/was5/web/search", 'action="/igs/front/search.jhtml"', 2),
        Fingerprint(r"\bta\.trs\.cn|trs_ta_js", '<script src="//ta.trs.cn/c/js/ta.js" id="trs_ta_js">', 2),
        Fingerprint(r"\bvar\s+countPage\s*=\s*\d+", "var countPage = 4;", 2),
        Fingerprint(r"\btrt-(?:iconfont|col-\d)", '<i class="trt-iconfont trt-icon-nianbao">', 2),
        Fingerprint(
            r"/cms-search/|/gk=3&cid=|/module/idea/|/images/\w*trs\w*\.", '<script src="/images/trs_web.js">', 1
        ),
        Fingerprint(r"_trs_u[av]", "Set-Cookie: _trs_uv=lrsz9k; path=/", 2, "header"),
        # Texts copied from a TRS portal keep their `TRS_Editor`: what surrounds them decides.
        Fingerprint(r"<UCAPCONTENT|_showDynClicks\(|<!--<\$\[信息内容\]>begin|\bewb-article", "<UCAPCONTENT>", AGAINST),
    )

    def next_pages(self, response: Response, found: list[Link]) -> Iterator[str | Request]:
        yield from answered(response)
        yield from every(discovery.source_text(response), found, response.url)
