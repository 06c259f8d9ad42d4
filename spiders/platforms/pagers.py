"""Pagers: how a list page says where its further pages are. What several platforms write (domain.md 3.1, 3.3, 3.8)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler import calls, discovery
from crawler.answers import PAGE_NUMBER, is_answer
from crawler.discovery import Link
from crawler.interfaces import questions

MOST_PAGES = 500  # a count above this is a mistake of the page, not a list of reports
_CALL = r"createPage(?:HTML)?\w*\(\s*"
_NAME = r"\s*['\"](?:\./)?(?P<name>[\w.-]+)['\"]\s*,\s*['\"]\.?(?P<ext>\w+)['\"]"

# Each form of the call that writes a pager: a pattern with pages, current, name and extension.
FORMS: tuple[re.Pattern[str], ...] = (
    re.compile(  # createPageHTML('page_div', 4, 1, 'list', 'shtml', 52): UCAP, and searches of TRS
        _CALL + r"['\"][#\w-]+['\"]\s*,\s*['\"]?(?P<pages>\d+)['\"]?\s*,\s*['\"]?(?P<current>\d+)['\"]?\s*," + _NAME
    ),
    re.compile(  # createPageHTML(52, 4, 0, "index", "html"): rows, pages, current
        _CALL + r"\d+\s*,\s*(?P<pages>\d+)\s*,\s*(?P<current>\d+)\s*," + _NAME
    ),
    re.compile(  # createPageHTML(4, 0, "index", "html"), createPage(4, 0, "index", "html"): TRS
        _CALL + r"['\"]?(?P<pages>\d+)['\"]?\s*,\s*['\"]?(?P<current>\d+)['\"]?\s*," + _NAME
    ),
)
# var countPage = 4; var currentPage = 0; … 'index_' + nextPage + '.html'
COUNT = re.compile(r"\b(?:countPage|totalPages?|pageCount)\s*[=:]\s*['\"]?(?P<pages>\d+)")
CURRENT = re.compile(r"\b(?:currentPage|currPage|curPage)\s*[=:]\s*['\"]?(?P<current>\d+)")
WRITTEN = re.compile(r"['\"](?:\./)?(?P<name>[\w.-]+)_['\"]\s*\+.{0,40}?\+\s*['\"]\.(?P<ext>s?html?)", re.DOTALL)
COUNTED = re.compile(r"共\s*(\d+)\s*页|页次[：:]?\s*\d+\s*/\s*(\d+)|第\s*\d+\s*/\s*(\d+)\s*页")
ROWS = re.compile(r"\btotal(?:Count|Rows?|Records?)?['\"]?\s*[=:]\s*['\"]?(\d{1,6})\b")
SIZE = re.compile(r"\bpage-?[sS]ize['\"]?\s*[=:]\s*['\"]?([1-9]\d{0,2})\b")
LAST = re.compile(r"^(?:尾|末|最后一?)页$")
ANCHOR = re.compile(r"<a\s[^<>]{1,600}>", re.IGNORECASE)
NEXT = re.compile(r"\b(?:class|rel)\s*=\s*['\"]?[^'\">]{0,200}(?<![\w-])next(?:page)?(?![\w-])", re.IGNORECASE)
HREF = re.compile(r"\bhref\s*=\s*['\"]?([^'\"\s>#]+)")
HIDDEN = re.compile(r"id=['\"]?pages?['\"]?[^>]{0,200}>\s{0,20}([A-Za-z0-9+/=\s]{40,60000})<")


def answered(response: Response) -> Iterator[str | Request]:
    """Further pages of an interface's answer, by the number in its address or in what was posted; nothing where the reply
    is a page.
    """
    source = discovery.source_text(response)
    if is_answer(source):
        yield from calls.answered(response, source)


def every(source: str, found: list[Link], url: str) -> Iterator[str]:
    """Further pages of a list by whatever its page shows, in the order in which the signs deserve trust."""
    found = [*found, *hidden(source, url)]
    yield from discovery.next_links(found)
    yield from by_class(source, url)
    yield from further_pages(source, url)
    numbers = list(numbered(found, url))
    yield from numbers
    if not numbers and not discovery.next_links(found):
        yield from up_to_last(source, found, url)
        yield from by_own_number(source, url)
        yield from questions(source, url)


def further_pages(source: str, url: str) -> Iterator[str]:
    """Addresses of all pages after the first, from the script of a list's first page; nothing on any other page.

    The number in `index_N` means different pages: where the first page calls itself 0 the second is `index_1`, where it
    calls itself 1 the second is `index_2` (domain.md 3.8).
    """
    values = _call(source) or _variables(source)
    if values is None or re.search(rf"{re.escape(values['name'])}_\d+\.\w+$", urlsplit(url).path):
        return
    if re.fullmatch(r"\d+", urlsplit(url).query):
        return  # list.shtml?2 is a further page
    pages, current = min(int(values["pages"]), MOST_PAGES), int(values["current"])
    file = f"{values['name']}.{values['ext']}"
    asked = re.search(rf"{re.escape(file)}\?['\"]\s*\+|{re.escape(file)}\?\d+['\"]", source)
    for number in range(current + 1, current + pages):
        yield urljoin(url, f"{file}?{number}" if asked else f"{values['name']}_{number}.{values['ext']}")


def _call(source: str) -> dict[str, str] | None:
    found = next((match for pattern in FORMS if (match := pattern.search(source))), None)
    return found.groupdict() if found else None


def _variables(source: str) -> dict[str, str] | None:
    """The same from variables, where the script shows how it makes an address of them."""
    count, current, written = COUNT.search(source), CURRENT.search(source), WRITTEN.search(source)
    if not (count and current and written):
        return None
    return count.groupdict() | current.groupdict() | written.groupdict()


def by_class(source: str, url: str) -> Iterator[str]:
    """The page behind an arrow without words: a link whose class or rel is `next`."""
    for tag in ANCHOR.findall(source):
        href = HREF.search(tag) if NEXT.search(tag) else None
        if href and same_list(target := urljoin(url, href[1].replace("&amp;", "&")), url) and target != url:
            yield target


def numbered(found: Iterable[Link], url: str) -> Iterator[str]:
    """Pages behind the digits of a pager: links to the same list, in rising order, the first page left out."""
    digits = {int(link.text): link.url for link in found if link.text.isdigit() and len(link.text) < 4}
    for number in sorted(digits):
        if 1 < number <= MOST_PAGES and digits[number] != url and same_list(digits[number], url):
            yield digits[number]


def up_to_last(source: str, found: Iterable[Link], url: str) -> Iterator[str]:
    """Pages up to the one behind 尾页, where that is all a pager shows. Its address must end in its number."""
    last = next((link.url for link in found if LAST.match(link.text) and same_list(link.url, url)), None)
    number = re.search(r"(?<=[_/=?-])(\d{1,3})(?=(?:\.\w+)?$)", last or "")
    if last is None or number is None:
        return
    end = int(number[1])
    for each in range(1 if counted(source) == end + 1 else 2, min(end, MOST_PAGES) + 1):
        yield f"{last[: number.start()]}{each}{last[number.end() :]}"


def counted(source: str) -> int | None:
    """How many pages a page says there are: 共5页, 页次：1/5, or `pageCount:5`, or `pageSize:15, total:18` in its script."""
    if found := COUNTED.search(source) or COUNT.search(source):
        return int(next(filter(None, found.groups())))
    rows, size = ROWS.search(source), SIZE.search(source)
    return -(-int(rows[1]) // int(size[1])) if rows and size else None


def by_own_number(source: str, url: str) -> Iterator[str]:
    """The page after one whose own address has its number (`currpage=1`), where the page says that there are more."""
    own = next(
        (name for name, value in parse_qsl(urlsplit(url).query) if PAGE_NUMBER.fullmatch(name) and value.isdigit()), ""
    )
    number = int(dict(parse_qsl(urlsplit(url).query)).get(own, 0))
    if own and number < (counted(source) or 0):
        yield re.sub(rf"(?<=[?&]){own}=\d+", f"{own}={number + 1}", url)


def hidden(source: str, url: str) -> list[Link]:
    """Links of a pager that a page holds as base64 of percent-encoded HTML (portals in Yunnan)."""
    found = HIDDEN.search(source)
    try:
        text = unquote(base64.b64decode(re.sub(r"\s", "", found[1]), validate=True).decode()) if found else ""
    except ValueError:
        return []  # base64 of something else
    return list(discovery.links(discovery.tree_of(text), url))


def same_list(one: str, other: str) -> bool:
    """Whether two addresses are pages of one list: they differ in a page number only."""
    (stem, query), (other_stem, other_query) = _stem(one), _stem(other)
    beside = (
        re.search(r"/\d{1,3}(?:\.\w+)?$", urlsplit(one).path) and other_stem.rpartition("/")[0]
    )  # moreinfo.html, 2.html
    return stem in (other_stem, beside) and all(other_query.get(name, value) == value for name, value in query.items())


def _stem(url: str) -> tuple[str, dict[str, str]]:
    """Host and path without what numbers a page, and the query without its page number."""
    parts = urlsplit(url)
    path = re.sub(r"\.\w{2,5}$", "", parts.path)
    path = re.sub(r"(?<=.)[_\-/](?:page_?)?\d{1,3}$", "", path)
    path = re.sub(r"/(?:index|default)?$", "", path)
    query = {name: value for name, value in parse_qsl(parts.query) if not PAGE_NUMBER.fullmatch(name)}
    return parts.netloc + path, query
