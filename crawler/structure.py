"""Lists by their structure alone: siblings of one build, each with one link, that speak of years or carry dates.

A pure function over a tree: no class names, no words of any one system.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler import discovery
from crawler.discovery import Link, Role
from parsing import titles

LEAST = 3  # siblings that make a list
SHARE = 0.5  # of a list's rows that must tell of reports, or of years
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
MORE_DATES = re.compile(  # dates of rows that discovery.DATE does not read: [05-20], 20230120, 2023年1月
    r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01])(?!\d)"
)


# A heading or a cell that names a year, and links that name nothing.
HEADING = re.compile(r"^((?:19|20)\d\d)\s*年?度?(?:[^\d]{0,20}(?:年报|年度报告|信息公开\w{0,8}))?$")
YEARLY = re.compile("年报|年度报告")
_A_YEAR = re.compile(r"^(?:19|20)\d\d\s*年?度?")
_FILE_TYPE = re.compile(r"\s*\(?(?:pdf|docx?|word|wps|ofd|xlsx?|html?|网页)(?:版|格式|文件|文档)?\)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Group:
    """The rows of one list: siblings of the same build, in reading order."""

    rows: tuple[Link, ...]

    @property
    def density(self) -> float:
        """The share of rows whose title is a report's, or names a year; dates count a little."""
        told = sum(
            titles.classify(row.text).kind in titles.REPORT_KINDS or bool(YEAR.search(row.text)) for row in self.rows
        )
        return (told + 0.1 * sum(row.date is not None for row in self.rows)) / len(self.rows)


def rows(root: HtmlElement | None, url: str, found: list[Link]) -> Iterator[Link]:
    """The rows of the page's densest list that could be reports' though their titles do not say it; none where the page
    has no such list.
    """
    groups = [group for group in _groups(root, url, found) if group.density >= SHARE]
    best = max(groups, key=lambda group: (group.density, len(group.rows)), default=None)
    for row in best.rows if best else ():
        facts = titles.classify(row.text)
        if facts.kind != "neighbour" and discovery.role(row.text) is Role.other:
            yield row


def _groups(root: HtmlElement | None, url: str, found: list[Link]) -> Iterator[Group]:
    """Siblings of one build with a link each, by their parent."""
    if root is None:
        return
    known = {link.url: link for link in found}
    base = discovery.base_of(root, url)
    for parent in root.iter("ul", "ol", "dl", "tbody", "table", "div", "section", "td", "nav"):
        builds = Counter(child.tag for child in parent)
        if not builds:
            continue
        tag, count = builds.most_common(1)[0]
        if count < LEAST or not isinstance(tag, str):
            continue
        linked = (_row(child, base, known) for child in parent if child.tag == tag)
        members = tuple(row for row in linked if row is not None)
        if len(members) >= LEAST:
            yield Group(members)


def _row(element: HtmlElement, base: str, known: dict[str, Link]) -> Link | None:
    """The link of a row, with the row's date; None where it has none or several."""
    anchors = [element] if element.tag == "a" else list(element.iter("a"))
    targets = {target for anchor in anchors if (target := discovery.absolute_of(base, anchor.get("href") or ""))}
    link = known.get(targets.pop()) if len(targets) == 1 else None
    if link is None or link.date:
        return link
    written = MORE_DATES.search("".join(element.itertext())[: discovery.LONGEST_ROW])
    day = f"{written['y']}-{written['m']}-{written['d']}" if written else None
    return Link(link.url, link.text, day)


def alike(reports: list[Link], found: list[Link]) -> list[Link]:
    """Links that are called as a column is, without a year, and whose addresses are built as those of a list's reports."""
    shapes, known = {_shape(row.url) for row in reports}, {row.url for row in reports}
    return [
        link
        for link in found
        if discovery.role(link.text) is Role.column
        and link.url not in known
        and titles.classify(link.text).kind in titles.REPORT_KINDS
        and _shape(link.url) in shapes
    ]


def _shape(url: str) -> str:
    return re.sub(r"\d+", "0", url)


def grid_of_reports(root: HtmlElement | None, url: str) -> dict[str, tuple[str, str]]:
    """Address -> (year, body) of a table of bodies by years, on a page that is called after the annual reports; else {}."""
    title = "" if root is None else str(root.xpath("string(//title)"))
    return dict(in_grids(root, url)) if root is not None and YEARLY.search(title) else {}


def says_nothing(text: str) -> bool:
    """Whether a link's text names neither a body nor a publication: 2023, 2023年, 查看, 2023年报告(PDF)."""
    bare = _FILE_TYPE.sub("", discovery.squeeze(text))
    return discovery.YEAR_NAME.match(bare) is not None or discovery.NAMELESS.match(_A_YEAR.sub("", bare)) is not None


def is_of_another_year(text: str, year: str) -> bool:
    """Whether a link's text names years, and not this one: 2019年 below the heading 2021年."""
    named = _A_YEAR.findall(text)
    return bool(named) and not any(year in each for each in named)


def in_grids(root: HtmlElement, url: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Address of each link in a table of units by years, either way round, with its year and its unit."""
    for table in root.iter("table"):
        lines = [[cell for cell in line if cell.tag in ("td", "th")] for line in table.iter("tr")]
        head = [discovery.squeeze(cell.text_content()) for cell in lines[0]] if lines else []
        for line in lines[1:]:
            first = discovery.squeeze(line[0].text_content()) if line else ""
            for name, cell in zip(head[1:], line[1:], strict=False):
                year, unit = HEADING.match(name) or HEADING.match(first), first if HEADING.match(name) else name
                unit = unit if discovery.role(unit) is Role.body else ""
                if year:
                    yield from ((link.url, (year[1], unit)) for link in discovery.links(cell, url))
