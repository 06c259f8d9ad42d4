"""gkmlpt: Guangdong's platform for government information disclosure (广东政府信息公开平台)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link, Role
from crawler.spider import PortalSpider

CONFIG = re.compile(r"_CONFIG\s*=\s*")
BARE_KEY = re.compile(r"([{,]\s*)([A-Za-z_]\w*)\s*:")
QUOTED = re.compile(r"'((?:[^'\\\n]|\\.)*)'")
CHINA = timezone(timedelta(hours=8))


class Gkmlpt(PortalSpider):
    """Recognise it: a link to `/gkmlpt/index`, which holds `window._CONFIG = {SID, TREE}`. Lists are JSON at
    `/gkmlpt/api/all/<category>?page=1&sid=<SID>`; the 年报 category is found in the tree by its name. Nothing to supply.
    """

    platform = "gkmlpt"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown: dict[str, int] = {}  # rows seen so far, by the path of the list

    def links(self, response: Response) -> list[Link]:
        if is_json(response):
            return []
        found = super().links(response)
        config = config_of(discovery.source_text(response))
        for node in yearly_nodes(config.get("TREE", [])):
            api = f"/gkmlpt/api/all/{node['id']}?" + urlencode({"page": 1, "sid": config.get("SID", "")})
            found.append(Link(urljoin(response.url, api), "政府信息公开年报"))
        entrance = [link for link in found if re.search(r"/gkmlpt/(?:index)?$", urlsplit(link.url).path)]
        return found + [Link(link.url, "政府信息公开") for link in entrance]

    def rows(self, response: Response, found: list[Link]) -> Iterator[Link]:
        if not is_json(response):
            yield from super().rows(response, found)
            return
        for article in self._articles(response):
            url = article.get("url") or article.get("post_url")
            if url:
                yield Link(urljoin(response.url, url), discovery.squeeze(article.get("title")), date_of(article))

    def next_pages(self, response: Response, found: list[Link]) -> Iterator[str]:
        if not is_json(response):
            yield from super().next_pages(response, found)
            return
        parts = urlsplit(response.url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        answer, rows = json.loads(response.body), len(self._articles(response))
        shown = self.shown[parts.path] = self.shown.get(parts.path, 0) + rows
        total = answer.get("total") or (answer.get("classify") or {}).get("post_count")
        if not rows or (isinstance(total, int) and shown >= total):
            return  # an empty page, or all that the answer counts has been shown
        query["page"] = str(int(query.get("page", "1")) + 1)
        yield parts._replace(query=urlencode(query)).geturl()

    def _articles(self, response: Response) -> list[dict[str, Any]]:
        answer = json.loads(response.body)
        articles = answer.get("articles")
        if not isinstance(articles, list):
            raise ValueError(f"{response.url}: expected JSON with `articles`, got {str(answer)[:120]}")
        return articles


def is_json(response: Response) -> bool:
    """Whether a reply is the list interface's."""
    return "/gkmlpt/api/" in response.url


def config_of(source: str) -> dict[str, Any]:
    """`window._CONFIG` of a page, {} when it has none. It is JavaScript: keys without quotes, strings in single ones."""
    start = CONFIG.search(source)
    if start is None:
        return {}
    text = source[start.end() :]
    as_json = BARE_KEY.sub(r'\1"\2":', QUOTED.sub(lambda string: json.dumps(string[1], ensure_ascii=False), text))
    for candidate in (text, as_json):
        try:
            found, _ = json.JSONDecoder().raw_decode(candidate)
        except json.JSONDecodeError:
            continue
        return found if isinstance(found, dict) else {}
    return {}


def yearly_nodes(tree: list[dict[str, Any]], inside: bool = False) -> Iterator[dict[str, Any]]:
    """The 年报 categories of the tree: those named so, and those below one that does not count them as its own."""
    for node in tree:
        children = node.get("children") or []
        named = inside or discovery.role(str(node.get("name", ""))) is Role.column
        if named and "id" in node:
            yield node
        if not named or not node.get("post_count"):
            yield from yearly_nodes(children, named)


def date_of(article: dict[str, Any]) -> str | None:
    """Publication date of a list row: `date` as text, or its display time (epoch seconds) in China's time zone."""
    text = str(article.get("date") or article.get("created_at") or "")
    if match := discovery.DATE.search(text):
        return discovery.iso_date(match)
    seconds = article.get("display_publish_time") or article.get("first_publish_time") or article.get("create_time")
    digits = str(seconds or "")
    if not digits.isdigit():
        return None
    seconds = int(digits[:10])  # some portals count milliseconds
    return datetime.fromtimestamp(seconds, UTC).astimezone(CHINA).date().isoformat()
