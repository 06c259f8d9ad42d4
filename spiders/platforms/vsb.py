"""VSB (博达 Visual SiteBuilder)."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy import Request
from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link
from crawler.fingerprint import Fingerprint
from crawler.spider import PortalSpider
from spiders.platforms.pagers import answered, every


class Vsb(PortalSpider):
    """VSB, 博达 Visual SiteBuilder.

    1. Recognise it: articles at `/info/1006/1221.htm`, `_showDynClicks("wbnews", …)` in their source, the text within
       `#vsb_content` and `.v_news_content`; attachments at `/system/_content/download.jsp`.
    2. Supply: nothing.
    3. Watch when it breaks: page 2 of `zfxxgknb.htm` is a number in a folder of the same name, counting down
       (`zfxxgknb/10.htm`, …, `1.htm` is the last), or `list.jsp?…&PAGENUM=2`. 下页 is followed, and the digits beside it;
       nothing is computed, for the numbers of all pages change with every new article.
    4. In Yunnan the pager may be base64 in `<div id="pages">`: spiders/platforms/pagers.py reads it.
    5. An article may be a PDF in a frame (`showVsbpdfIframe`): the reading stage takes it for an attachment.
    """

    platform = "vsb"
    fingerprints = (
        Fingerprint(
            r"['\"=](?!https?:|//)[^'\"\s>]{0,300}\binfo/(?P<tree>\d{3,6})/\d+\.htm\b",
            '<a href="info/1006/1221.htm" title="公告">',
        ),
        Fingerprint(r"/info/\d{3,6}/\d+\.htm$", "http://www.qingyuan.gov.cn/info/1006/1221.htm", where="address"),
        Fingerprint(
            r"\b(?:list|content)\.jsp\?(?:[^'\"\s]*&)?(?:amp;)?urltype=(?:tree\.TreeTempUrl|news\.NewsContentUrl)",
            "list.jsp?totalpage=11&PAGENUM=2&urltype=tree.TreeTempUrl&wbtreeid=1062",
        ),
        Fingerprint(r"\b_showDynClick(?:s|Batch)\(", '_showDynClicks("wbnews", 1492374587, 1221)'),
        Fingerprint(r"id=['\"]?vsb_(?:content|newscontent)|\bv_news_content\b", '<div class="v_news_content">'),
        Fingerprint(
            r"/system/_content/download\.jsp|/virtual_attach_file\.vsb", "/system/_content/download.jsp?urltype=x"
        ),
        Fingerprint(r"showVsbpdfIframe\(", 'showVsbpdfIframe("/__local/A/B.pdf","100%","600")'),
        Fingerprint(r"/system/resource/(?:js|code)/", '<script src="/system/resource/js/vsbscreen.min.js">'),
        Fingerprint(r"\bpb_sys_(?:common|normal|style\d)", '<div class="pb_sys_common pb_sys_normal pb_sys_style1">'),
        Fingerprint(r"class=['\"]p_(?:pages|next|no|t)\b", '<span class="p_pages"><span class="p_no_d">1</span>', 2),
        Fingerprint(r"/__local/[0-9A-F]/", '<img src="/__local/A/1C/F0.png">', 2),
        Fingerprint(r"\bvsb(?:screen|gs)?\b", "<!-- vsb -->", 1),
    )

    def next_pages(self, response: Response, found: list[Link]) -> Iterator[str | Request]:
        yield from answered(response)
        yield from every(discovery.source_text(response), found, response.url)
