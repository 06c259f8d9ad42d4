"""createPageHTML: the pager call that TRS WCM and UCAP write into a list page's script (domain.md 3.1, 3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

MOST_PAGES = 500  # a count above this is a mistake of the page, not a list of reports

# Each form: a pattern with pages, current, name, extension; and whether the current page is counted from 0 or from 1.
FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (  # createPageHTML('page_div', 4, 1, 'list', 'shtml', 52): UCAP
        re.compile(
            r"createPage(?:HTML)?\(\s*['\"][\w-]+['\"]\s*,\s*(?P<pages>\d+)\s*,\s*(?P<current>\d+)\s*,"
            r"\s*['\"](?P<name>[\w.-]+)['\"]\s*,\s*['\"](?P<ext>\w+)['\"]"
        ),
        "one-based",
    ),
    (  # createPageHTML(52, 4, 0, "index", "html"): rows, pages, current
        re.compile(
            r"createPage(?:HTML)?\(\s*\d+\s*,\s*(?P<pages>\d+)\s*,\s*(?P<current>\d+)\s*,"
            r"\s*['\"](?P<name>[\w.-]+)['\"]\s*,\s*['\"](?P<ext>\w+)['\"]"
        ),
        "zero-based",
    ),
    (  # createPageHTML(4, 0, "index", "html"): TRS
        re.compile(
            r"createPage(?:HTML)?\(\s*(?P<pages>\d+)\s*,\s*(?P<current>\d+)\s*,"
            r"\s*['\"](?P<name>[\w.-]+)['\"]\s*,\s*['\"](?P<ext>\w+)['\"]"
        ),
        "zero-based",
    ),
)


def further_pages(source: str, url: str) -> Iterator[str]:
    """Addresses of all pages after the first, from the call on a list's first page; nothing on any other page.

    The number in `index_N` means different pages by the base of the count: the call says which (domain.md 3.8).
    """
    for pattern, base in FORMS:
        call = pattern.search(source)
        if call is None:
            continue
        pages, current = min(int(call["pages"]), MOST_PAGES), int(call["current"])
        first = 0 if base == "zero-based" and current == 0 else 1
        if current == first:
            for number in range(first + 1, first + pages):
                yield urljoin(url, f"{call['name']}_{number}.{call['ext']}")
        return
