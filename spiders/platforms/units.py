"""Units of Hanweb's JPaaS gateway: the parts of a page, and pages of a list among them (domain.md 3.2). Pure functions."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from crawler.answers import is_answer, read_answer

GATEWAY = "/api-gateway/jpaas-publish-server/front/page/build/unit"
UNIT = re.compile(
    r"<[^<>]{0,600}?\bqueryData\s*=\s*(?:\"(?P<double>\{[^\"]{0,2000}\})\"|'(?P<single>\{[^']{0,2000}\})'|(?P<bare>\{[^}]{0,2000}\}))[^<>]{0,600}>"
)
ADDRESS = re.compile(r"\burl\s*=\s*['\"]([^'\"]+)['\"]")
PAGINATION = re.compile(  # <div class="pagination" rows="10" count="31">: told by its numbers, whatever a redesign calls it
    r"<[^<>]{0,300}?\s(?:rows=['\"]?\d+['\"]?\s[^<>]{0,200}?\bcount|count=['\"]?\d+['\"]?\s[^<>]{0,200}?\brows)=['\"]?\d+[^<>]{0,300}>"
)
NUMBER = re.compile(r"\b(rows|count)\s*=\s*['\"]?(\d+)")


def unit_pages(source: str, url: str, drawn: bool) -> Iterator[str]:
    """What a page or a unit's answer leads to: units that are not drawn yet, and further pages of one that is."""
    if is_answer(source):
        if GATEWAY in url:
            yield from later(url, read_answer(source, url).fragment or "")
        return
    for address, query in units(source, url):
        asked = f"{address}?{urlencode(query)}"
        if PAGINATION.search(source):
            yield from later(asked, source)
        elif not drawn:
            yield asked


def units(source: str, url: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Address and parameters of each unit that a page is built of. `queryData` is JSON but for its quotes."""
    for tag in UNIT.finditer(source):
        text = html.unescape(next(filter(None, tag.groups())))
        try:
            query: dict[str, Any] = json.loads(text.replace("'", '"'))
        except ValueError:
            continue  # a template that was not filled in
        address = ADDRESS.search(tag[0])
        yield urljoin(url, address[1] if address else GATEWAY), {name: str(value) for name, value in query.items()}


def later(asked: str, shown: str) -> Iterator[str]:
    """Addresses of a unit's pages from the second on, by the pagination that its first one shows."""
    parts = urlsplit(asked)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    pagination = PAGINATION.search(shown)
    numbers = {name: int(value) for name, value in NUMBER.findall(pagination[0])} if pagination else {}
    if "paramJson" in query or not numbers.get("rows") or "count" not in numbers:
        return
    for number in range(2, -(-numbers["count"] // numbers["rows"]) + 1):
        page = json.dumps({"pageNo": number, "pageSize": numbers["rows"]}, separators=(",", ":"))
        yield parts._replace(query=urlencode(query | {"paramJson": page})).geturl()
