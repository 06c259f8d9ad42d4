"""One page with the reports of all years, under a heading for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement
from scrapy import Request
from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link, Role
from crawler.fingerprint import Fingerprint
from crawler.spider import PortalSpider
from crawler.structure import HEADING, in_grids, is_of_another_year, says_nothing
from parsing import titles
from spiders.platforms.vendors import is_of_a_vendor

_TAGS = ("h1", "h2", "h3", "h4", "h5", "h6", "dt", "legend", "caption", "summary", "strong", "b")


class Yearbook(PortalSpider):
    """All years on one page.

    1. Recognise it: no mark of a product; headings `2023年`, `2022年`, … one below the other (or anchors `name="2023"`), and
       below each the units, or one link that says no more than 查看; or a table of units by years.
    2. Supply: nothing.
    3. A link below a heading gets the heading's year: `2023年` and `区教育局` make an entry of 区教育局 for 2023. Links that
       are called a report by name are taken as they are.
    4. Watch when it breaks: what the headings are (h3, dt, legend, strong), and whether they are still above their links.
    """

    platform = "yearbook"
    fingerprints = (
        Fingerprint(
            r"(?s)(?:<(?:h[1-6]|dt|legend|caption|summary|th|strong|b)\b[^<>]{0,200}>\s{0,20}20\d\d\s*年[^<>]{0,24}</.{0,30000}?){3}",
            "<h3>2023年</h3><ul><li></li></ul><h3>2022年</h3><ul></ul><h3>2021年</h3>",
        ),
        Fingerprint(
            r"(?s)(?:<\w{1,10}\b[^<>]{0,200}\b(?:id|name|data-year)=['\"]?(?:y|year|nb|tab)?[_-]?20\d\d\b.{0,30000}?){3}",
            '<a name="2023"></a>…<a name="2022"></a>…<a name="2021"></a>',
        ),
    )

    @classmethod
    def matches(cls, response: Response) -> dict[str, str] | None:
        return None if is_of_a_vendor(response) else super().matches(response)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.placed: set[str] = set()  # addresses that got a year from their place: entries, not groups to look into

    def follow_groups(self, found: list[Link], trail: tuple[str, ...]) -> Iterator[Request]:
        yield from super().follow_groups([link for link in found if link.url not in self.placed], trail)

    def rows(self, response: Response, found: list[Link]) -> Iterator[Link]:
        root = discovery.tree(response)
        places = {} if root is None else dict(_below_headings(root, response.url)) | dict(in_grids(root, response.url))
        self.placed |= places.keys()
        for link in found:
            year, body = places.get(link.url, ("", ""))
            body = link.text if discovery.role(link.text) is Role.body else body
            if titles.classify(link.text).kind in titles.REPORT_KINDS and titles.classify(link.text).year:
                yield link
            elif year and (body or says_nothing(link.text)) and not is_of_another_year(link.text, year):
                yield Link(link.url, f"{body}{year}年政府信息公开工作年度报告", link.date)
            elif link.date:
                yield link


def _below_headings(root: HtmlElement, url: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Address of each link that stands below a heading with a year, and that year."""
    year = ""
    for element in root.iter(*_TAGS, "a"):
        if element.tag != "a":
            heading = HEADING.match(discovery.squeeze(element.text_content()))
            year = heading[1] if heading else year if element.tag in ("strong", "b") else ""
        elif year:
            for link in discovery.links(element, url):
                yield link.url, (year, "")
