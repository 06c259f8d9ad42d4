"""The pages of a list, turned one after the other: what is still ahead, and what ends a list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scrapy import Request
from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link, Role

STUB = 600  # bytes; what is left of a page that the content system no longer writes (a soft 404 with status 200)


@dataclass(frozen=True)
class More:
    """What a page of a list is asked with: the pages known to come after it, the rows of the page before it, and the address
    of the list's first page.
    """

    ahead: tuple[str | Request, ...] = ()
    shown: frozenset[str] = frozenset()
    of: str = ""


FIRST = More()


def is_stub(response: Response) -> bool:
    """Whether a further page is a stub: status 200, under 600 bytes of HTML without link, script or data of any kind."""
    return (
        response.status == 200
        and 0 < len(response.body) < STUB
        and not re.search(rb"<a\s|<script|<record|<datastore|<\?xml|http-equiv|^\s*[\[{]", response.body, re.IGNORECASE)
    )


def entries(rows: Iterable[Link]) -> list[Link]:
    """The rows of a page that are entries: with a date, or not called as a column or a year's list is, which menus have."""
    return [row for row in rows if row.date or discovery.role(row.text) not in (Role.column, Role.group)]


def key(page: str | Request) -> str:
    """What tells one page of a list from another: its address, with method and body where there is one."""
    return page if isinstance(page, str) else f"{page.method} {page.url} {page.body.decode('latin-1')}"
