"""One page with the reports of all years, under a heading for each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link, Role
from crawler.fingerprint import Fingerprint
from crawler.spider import REPORT_KINDS, PortalSpider
from parsing import titles
from spiders.platforms.vendors import is_of_a_vendor

_TAGS = ("h1", "h2", "h3", "h4", "h5", "h6", "dt", "legend", "caption", "summary", "th", "strong", "b")
HEADING = re.compile(r"^((?:19|20)\d\d)\s*年?度?(?:[^\d]{0,20}(?:年报|年度报告|信息公开\w{0,8}))?$")
NAMELESS = re.compile(r"^(?:点击)?(?:查看|阅读|下载|打开)?(?:全文|详情|报告|年报|年度报告|正文)?(?:下载|查看)?[>»]*$")


class Yearbook(PortalSpider):
    """All years on one page.

    1. Recognise it: no mark of a product; headings `2023年`, `2022年`, … one below the other (or anchors `name="2023"`), and
       below each the units, or one link that says no more than 查看.
    2. Supply: nothing.
    3. A link below a heading gets the heading's year: `2023年` and `区教育局` make an entry of 区教育局 for 2023. Links that
       are called a report by name are taken as they are.
    4. Watch when it breaks: what the headings are (h3, dt, legend, strong), and whether they are still above their links.
    """

    platform = "yearbook"
    fingerprints = (
        Fingerprint(
            r"(?s)(?:<(?:h[1-6]|dt|legend|caption|summary|th|strong|b)\b[^<>]*>\s*20\d\d\s*年[^<>]{0,24}</.{0,30000}?){3}",
            "<h3>2023年</h3><ul><li></li></ul><h3>2022年</h3><ul></ul><h3>2021年</h3>",
        ),
        Fingerprint(
            r"(?s)(?:<\w+\b[^<>]*\b(?:id|name|data-year)=['\"]?(?:y|year|nb|tab)?[_-]?20\d\d\b.{0,30000}?){3}",
            '<a name="2023"></a>…<a name="2022"></a>…<a name="2021"></a>',
        ),
    )

    @classmethod
    def matches(cls, response: Response) -> dict[str, str] | None:
        return None if is_of_a_vendor(response) else super().matches(response)

    def rows(self, response: Response, found: list[Link]) -> Iterator[Link]:
        years = dict(self._years(response))
        for link in found:
            year = years.get(link.url)
            if titles.classify(link.text).kind in REPORT_KINDS:
                yield link
            elif year and discovery.role(link.text) is Role.body:
                yield Link(link.url, f"{link.text}{year}年政府信息公开工作年度报告", link.date)
            elif year and NAMELESS.match(link.text):
                yield Link(link.url, f"{year}年政府信息公开工作年度报告", link.date)

    def _years(self, response: Response) -> Iterator[tuple[str, str]]:
        """Address of each link that stands below a heading with a year, and that year."""
        root, year = discovery.tree(response), ""
        for element in () if root is None else root.iter(*_TAGS, "a"):
            if element.tag != "a":
                heading = HEADING.match(discovery.squeeze(element.text_content()))
                year = heading[1] if heading else year if element.tag in ("strong", "b", "th") else ""
            elif year:
                for link in discovery.links(element, response.url):
                    yield link.url, year
