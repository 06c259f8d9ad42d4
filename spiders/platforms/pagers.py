"""createPageHTML: the pager call that TRS WCM and UCAP write into a list page's script (domain.md 3.1, 3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

MOST_PAGES = 500  # a count above this is a mistake of the page, not a list of reports

# Each form of the call: a pattern with pages, current, name and extension.
FORMS: tuple[re.Pattern[str], ...] = (
    re.compile(  # createPageHTML('page_div', 4, 1, 'list', 'shtml', 52): UCAP
        r"createPage(?:HTML)?\(\s*['\"][\w-]+['\"]\s*,\s*(?P<pages>\d+)\s*,\s*(?P<current>\d+)\s*,"
        r"\s*['\"](?P<name>[\w.-]+)['\"]\s*,\s*['\"](?P<ext>\w+)['\"]"
    ),
    re.compile(  # createPageHTML(52, 4, 0, "index", "html"): rows, pages, current
        r"createPage(?:HTML)?\(\s*\d+\s*,\s*(?P<pages>\d+)\s*,\s*(?P<current>\d+)\s*,"
        r"\s*['\"](?P<name>[\w.-]+)['\"]\s*,\s*['\"](?P<ext>\w+)['\"]"
    ),
    re.compile(  # createPageHTML(4, 0, "index", "html"): TRS
        r"createPage(?:HTML)?\(\s*(?P<pages>\d+)\s*,\s*(?P<current>\d+)\s*,"
        r"\s*['\"](?P<name>[\w.-]+)['\"]\s*,\s*['\"](?P<ext>\w+)['\"]"
    ),
)


def further_pages(source: str, url: str) -> Iterator[str]:
    """Addresses of all pages after the first, from the call on a list's first page; nothing on any other page.

    The number in `index_N` means different pages: where the first page calls itself 0 the second is `index_1`, where it
    calls itself 1 the second is `index_2` (domain.md 3.8).
    """
    call = next((found for pattern in FORMS if (found := pattern.search(source))), None)
    if call is None or re.search(rf"{re.escape(call['name'])}_\d+\.\w+$", urlsplit(url).path):
        return
    pages, current = min(int(call["pages"]), MOST_PAGES), int(call["current"])
    for number in range(current + 1, current + pages):
        yield urljoin(url, f"{call['name']}_{number}.{call['ext']}")
