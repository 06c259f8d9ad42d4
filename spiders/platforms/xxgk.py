"""Hanweb's openness module: one address per unit and year, `xxgkAnnualReport.jsp`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link
from crawler.fingerprint import Fingerprint
from spiders.platforms.hanweb import Hanweb

MODULE = "/module/xxgk/xxgkAnnualReport.jsp"
YEAR = re.compile(r"^\s*((?:19|20)\d\d)\s*年?度?\s*$")
# A node of the tree of units: {id:'001008', pId:'001', name:'区教育局'}, in either order of id and name.
NODE = re.compile(
    r"\{[^{}]*?\bid['\"]?\s*:\s*['\"](?P<id>0\d{5,})['\"][^{}]*?\bname['\"]?\s*:\s*['\"](?P<name>[^'\"<>]{2,40})['\"][^{}]*\}"
)
# A unit in a menu: onclick="showUnit('001008003014001', '区教育局')"
CLICK = re.compile(r"\(\s*['\"](?P<area>0\d{5,})['\"]")


class Xxgk(Hanweb):
    """Hanweb's module for the annual reports of all units (信息公开, xxgkAnnualReport).

    1. Recognise it: `/module/xxgk/xxgkAnnualReport.jsp?area=001008003014001&fbtime=2012`: `area` is a unit, `fbtime` a year.
       There is no list of titles: units stand in a tree or a menu, years in a row of links or in a `<select>`, and the page
       of a unit and a year is the report itself.
    2. Supply: nothing.
    3. Units are read from links, from `onclick` and from the nodes of a tree in the script; years from links and options.
       The other lists of such a portal are Hanweb's: see that class.
    4. Watch when it breaks: the names `area` and `fbtime`, and the form of the tree's nodes.
    """

    platform = "xxgk"
    fingerprints: ClassVar[tuple[Fingerprint, ...]] = (
        Fingerprint(
            r"/module/xxgk/xxgkAnnualReport\.jsp(?:\?(?:[^'\"\s]*?\barea=(?P<area>\d+))?)?",
            "/module/xxgk/xxgkAnnualReport.jsp?area=001008003014001&fbtime=2012",
        ),
        Fingerprint(
            r"/module/xxgk/\w+\.jsp",
            "http://h/module/xxgk/xxgkAnnualReport.jsp?area=001008&fbtime=2019",
            where="address",
        ),
        Fingerprint(r"/module/xxgk/(?:search|tree|subjectinfo)\w*\.jsp", "/module/xxgk/search.jsp?area=001008", 3),
    )

    def links(self, response: Response) -> list[Link]:
        found = super().links(response)
        if urlsplit(response.url).path.startswith("/module/xxgk/"):
            known = {link.url for link in found}
            found += [link for link in self._of_module(response) if link.url not in known]
        return found

    def _of_module(self, response: Response) -> Iterator[Link]:
        """Units and years that the module's page shows otherwise than as links."""
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
