"""gkmlpt: Guangdong's platform for government information disclosure (广东政府信息公开平台)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link, Role
from crawler.fingerprint import Fingerprint
from crawler.spider import PortalSpider
from spiders.platforms.pagers import answered, every

CONFIG = re.compile(r"_CONFIG\s*=\s*(?:Object\.assign\(\s*)?")
BARE_KEY = re.compile(r"([{,]\s*)([A-Za-z_]\w*)\s*:")
QUOTED = re.compile(r"'((?:[^'\\\n]|\\.)*)'")


class Gkmlpt(PortalSpider):
    """gkmlpt, 广东政府信息公开平台, and the NFCMS sites that it stands beside.

    1. Recognise it: a link to `/gkmlpt/index`, whose source holds `window._CONFIG = {SID, TREE}` and no list; articles at
       `/gkmlpt/content/2/2155/post_2155421.html`, and on the portal itself at `…/content/post_2155421.html`.
    2. Supply: nothing. The number of the site (SID) and the 年报 categories, by their names, are in the configuration.
    3. Lists are JSON at `/gkmlpt/api/all/<category>?page=1&sid=<SID>`; pages 0 and 1 are the same; `total`, or `post_count`
       of the category, says how many there are. crawler/answers.py reads the rows. An article may stand in the page's
       script alone, as `DETAIL` of the configuration: parsing/stored.py reads it.
    4. Watch when it breaks: the configuration (its strings in single quotes, its names bare), the name of the category.
       Most of these answer over http only.
    """

    platform = "gkmlpt"
    fingerprints = (
        Fingerprint(r"['\"=](?!https?:|//)[^'\"\s>]{0,300}/gkmlpt/", '<a href="/gkmlpt/index#2155">政府信息公开</a>'),
        Fingerprint(
            r"/gkmlpt/(?:index|content|policy|guide|api)", "http://www.qingyuan.gov.cn/gkmlpt/index", where="address"
        ),
        Fingerprint(
            r"_CONFIG\s*=\s*\{.{0,2000}?\bSID['\"]?\s*:\s*['\"](?P<sid>\d+)",
            "window._CONFIG = { SID:'200001', TREE:[] }",
        ),
        Fingerprint(
            r"['\"=](?!https?:|//)[^'\"\s>]{0,300}/content/m?post_\d+\.html",
            '<a href="/zwgk/nb/content/post_5491193.html">',
        ),
        Fingerprint(
            r"/content/m?post_\d+\.html", "http://www.suixi.gov.cn/zwgk/xxgknb/content/post_67513.html", where="address"
        ),
        Fingerprint(r"NFCMS_(?:SITE|POST)_ID|\bnews_cont_d_wrap\b", "NFCMS_SITE_ID = '755031'"),
    )

    def links(self, response: Response) -> list[Link]:
        found = super().links(response)
        config = config_of(discovery.source_text(response))
        before = urlsplit(response.url).path.partition("/gkmlpt/")[0]  # of a township's platform: /dxz
        for node in yearly_nodes(config.get("TREE", [])):
            api = f"{before}/gkmlpt/api/all/{node['id']}?" + urlencode({"page": 1, "sid": config.get("SID", "")})
            found.append(Link(urljoin(response.url, api), "政府信息公开年报"))
        entrance = [link for link in found if re.search(r"/gkmlpt/(?:index)?$", urlsplit(link.url).path)]
        return found + [Link(link.url, "政府信息公开") for link in entrance]

    def rows(self, response: Response, found: list[Link]) -> Iterable[Link]:
        return found if "/gkmlpt/api/" in response.url else super().rows(response, found)

    def next_pages(self, response: Response, found: list[Link]) -> Iterator[str | Request]:
        yield from answered(response)
        if "/gkmlpt/api/" not in response.url:
            yield from every(discovery.source_text(response), found, response.url)


def config_of(source: str) -> dict[str, Any]:
    """`window._CONFIG` of a page, {} when it has none. It is JavaScript: keys without quotes, strings in single ones."""
    start = CONFIG.search(source)
    if start is None:
        return {}
    text, config = source[start.end() :], dict[str, Any]()
    while text.startswith("{"):  # several where they are put together: Object.assign({SID: '7'}, {"TREE": []})
        as_json = BARE_KEY.sub(r'\1"\2":', QUOTED.sub(lambda string: json.dumps(string[1], ensure_ascii=False), text))
        for candidate in (text, as_json):
            with suppress(json.JSONDecodeError):
                found, end = json.JSONDecoder().raw_decode(candidate)
                config |= found
                text = candidate[end:].lstrip(", \r\n\t")
                break
        else:
            break
    return config


def yearly_nodes(tree: list[dict[str, Any]], inside: bool = False) -> Iterator[dict[str, Any]]:
    """The 年报 categories of the tree: those named so, and those below one that does not count them as its own."""
    for node in tree:
        children = node.get("children") or []
        named = inside or discovery.role(str(node.get("name", ""))) is Role.column
        if named and "id" in node:
            yield node
        if not named or not node.get("post_count"):
            yield from yearly_nodes(children, named)
