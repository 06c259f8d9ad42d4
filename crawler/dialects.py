"""Dialects of article addresses: how content systems name a page, and the day of publication where the name holds it.

One line per dialect. A day in an address is when the page was put there, which for reports that a redesign moved is
not when they were published: what stands in a list's row goes before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

HEX = "[0-9a-f]{32}"
UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
Y, M, D = r"(?P<y>(?:19|20)\d\d)", r"(?P<m>\d\d?)", r"(?P<d>\d\d?)"
COMPACT = r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)"
DASHED, SLASHED = f"{Y}-{M}-{D}", f"{Y}/{M}/{D}"
_HEX, _UUID = "0a" * 16, "0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e"  # in examples
YEARS = range(1996, 2100)  # no government page is older than the web


@dataclass(frozen=True)
class Dialect:
    """A form of address: its name, a pattern with y, m and d over path and query, an example and the day it holds."""

    name: str
    pattern: str
    example: str
    day: str


DIALECTS = (
    Dialect("t-date", rf"/(?:19|20)\d{{4}}/t{COMPACT}_\d+", "/nb/202401/t20240125_31.html", "2024-01-25"),
    Dialect("art", rf"/art/{SLASHED}/art_", "/art/2022/1/4/art_12_58.html", "2022-01-04"),
    Dialect("month/day/kind", rf"/{Y}-{M}/{D}/(?:content|c|article)_", "/2011-06/02/content_22.htm", "2011-06-02"),
    Dialect("year/month-day", rf"/{Y}/{M}-{D}/\d+\.", "/2022/08-11/2559.html", "2022-08-11"),
    Dialect(
        "year/monthday", r"/(?P<y>(?:19|20)\d\d)/(?P<m>\d\d)(?P<d>\d\d)/\d+\.", "/safe/2016/0504/1.html", "2016-05-04"
    ),
    Dialect("year/month/day/hash", rf"/{SLASHED}/(?:{HEX}|\d+)\.", f"/104/2024/1/9/{_HEX}.shtml", "2024-01-09"),
    Dialect("columns", rf"/columns/{UUID}/{Y}{M}/{D}/{UUID}", f"/columns/{_UUID}/202401/25/{_UUID}.html", "2024-01-25"),
    Dialect(
        "day/hash", rf"/{COMPACT}/(?:{HEX}|{UUID}|\d+)(?:/c)?\.s?html?", f"/nw12/20230331/{_HEX}.html", "2023-03-31"
    ),
    Dialect("dashed day", rf"/{DASHED}/[\w-]+\.s?html?", f"/govxxgk/jyj/2025-12-15/{_UUID}.html", "2025-12-15"),
    Dialect("stamp as folder", rf"/{COMPACT}\d{{4,}}/index\.s?html?", "/web/202401251530123/index.shtml", "2024-01-25"),
    Dialect("stamp-number", rf"/show/{COMPACT}\d{{6}}-", "/xxgk/show/20160111120015-4568-00.html", "2016-01-11"),
)
_COMPILED = tuple(re.compile(dialect.pattern, re.IGNORECASE) for dialect in DIALECTS)


def date_of_url(url: str) -> str | None:
    """The day in an article's address as an ISO date, None when it holds none, or digits that are no day."""
    path = urlsplit(url).path
    for pattern in _COMPILED:
        if found := pattern.search(path):
            year, month, day = int(found["y"]), int(found["m"]), int(found["d"])
            try:
                return date(year, month, day).isoformat() if year in YEARS else None
            except ValueError:
                continue
    return None
