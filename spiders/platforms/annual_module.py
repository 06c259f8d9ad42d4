"""Hanweb's module of annual reports: its units and years, which are not links (cms-shapes, X). Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link

MODULE = "/module/xxgk/xxgkAnnualReport.jsp"
YEAR = re.compile(r"^\s*((?:19|20)\d\d)\s*年?度?\s*$")
# A node of the tree of units: {id:'001008', pId:'001', name:'区教育局'}, in either order of id and name.
NODE = re.compile(
    r"\{[^{}]*?\bid['\"]?\s*:\s*['\"](?P<id>0\d{5,})['\"][^{}]*?\bname['\"]?\s*:\s*['\"](?P<name>[^'\"<>]{2,40})['\"][^{}]*\}"
)
# A unit in a menu: onclick="showUnit('001008003014001', '区教育局')"
CLICK = re.compile(r"\(\s*['\"](?P<area>0\d{5,})['\"]")


def of_module(response: Response) -> Iterator[Link]:
    """Units and years that the module's page shows otherwise than as links."""
    if not urlsplit(response.url).path.startswith("/module/xxgk/"):
        return
    root, query = discovery.tree(response), dict(parse_qsl(urlsplit(response.url).query))
    for node in NODE.finditer(discovery.source_text(response)):
        yield Link(_address(response, {"area": node["id"]}), discovery.squeeze(node["name"]))
    for element in [] if root is None else root.iter("a", "li", "span", "option"):
        text, click = discovery.squeeze(element.text_content()), CLICK.search(element.get("onclick") or "")
        value = element.get("value") or text
        if click:
            yield Link(_address(response, {"area": click["area"]}), text)
        elif element.tag == "option" and (year := YEAR.match(value)) and "area" in query:
            yield Link(_address(response, {"area": query["area"], "fbtime": year[1]}), f"{year[1]}年")
        elif element.tag == "option" and re.fullmatch(r"0\d{5,}", value):
            yield Link(_address(response, {"area": value}), text)


def _address(response: Response, query: dict[str, str]) -> str:
    return urljoin(response.url, f"{MODULE}?{urlencode(query)}")
