"""Interfaces that a list page has its rows from: which one, read off the page's scripts and attributes, and the first
question to it. What comes back is read by crawler/answers.py, which knows the further pages as well.

Pure functions. Scripts are not run: what counts is the address, and names with values near it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, urlencode, urljoin

from crawler.targets import evaluate, variables

NEAR = 1500  # characters on either side of the address


@dataclass(frozen=True)
class Listing:
    """An interface: its path, an example of how a page names it, and what it is asked, in order. A value is what is sent
    where the page gives none; None: without the page's own nothing is asked.
    """

    name: str
    path: str
    example: str
    asked: tuple[tuple[str, str | None], ...]

    @cached_property
    def address(self) -> re.Pattern[str]:
        return re.compile(
            rf"(?P<quote>['\"])(?P<url>[^'\"\s<>]{{0,200}}{re.escape(self.path)})(?:\?(?P<query>[^'\"\s]*))?(?P=quote)"
        )

    def question(self, source: str, url: str) -> str | None:
        """The address of the first page of rows; None where the page does not name the interface, or not what to ask."""
        found = self.address.search(source)
        if found is None:
            return None
        near = source[max(0, found.start() - NEAR) : found.end() + NEAR]
        said = _said(self.asked, source) | _said(self.asked, near)
        said |= dict(parse_qsl((found["query"] or "").replace("&amp;", "&"), keep_blank_values=True))
        values = {name: said.get(name, usual) for name, usual in self.asked} | {"page": "1"}
        if None in values.values():
            return None
        more = {name: value for name, value in said.items() if name not in values}
        return f"{urljoin(url, found['url'])}?{urlencode(values | more)}"


LISTINGS: tuple[Listing, ...] = (
    Listing(
        "TRS SSP (Fujian)",
        "/ssp/search/api/apiSearch",
        '<script>var cfg={api:"/ssp/search/api/apiSearch",siteId:"2044",chnlid:"31877",datas:20};</script>',
        (
            ("siteId", None), ("sourceType", "SSP_OPENINFO"), ("apiName", "SSP_OPENINFO"), ("chnlid", None),
            ("sortFiled", "-docrelTime"), ("themeType", "-1"), ("isCollapse", "N"), ("fullKey", "Y"), ("isChange", "1"),
            ("page", "1"), ("datas", "20"),
        ),
    ),
)  # fmt: skip


def questions(source: str, url: str) -> Iterator[str]:
    """The first questions to the interfaces that a list page names."""
    for listing in LISTINGS:
        if listing.path in source and (question := listing.question(source, url)):
            yield question


def _said(asked: tuple[tuple[str, str | None], ...], text: str) -> dict[str, str]:
    """The values that a text gives to the names: siteId: "2044", data-siteid='2044', siteId = site."""
    names = {name.lower(): name for name, _ in asked}
    pair = rf"(?<![\w.$])(?:data-)?(?P<name>{'|'.join(names)})['\"]?\s*[:=]\s*(?P<value>'[^'<>]*'|\"[^\"<>]*\"|[\w$]+)"
    found: dict[str, str] = {}
    known = variables(text)
    for each in re.finditer(pair, text, re.IGNORECASE):
        if (value := evaluate(each["value"], known)) is not None:
            found.setdefault(names[each["name"].lower()], value)
    return found
