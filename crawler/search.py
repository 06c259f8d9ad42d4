"""A portal's own search, the last way to its reports: which product it is, read off a page, and how it is asked.

Titles are searched where the product lets us. What comes back is read by crawler/answers.py (JSON) or as links (HTML).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from urllib.parse import urlencode, urljoin

from lxml.html import HtmlElement

from crawler.discovery import absolute_of, base_of
from crawler.resorts import Look

WORD = "政府信息公开工作年度报告"
SHORT = "信息公开"  # for a plain form as well: what is behind it may look for the letters, and titles differ
PER_PAGE = 30
AJAX = ("X-Requested-With", "XMLHttpRequest")
How = Literal["get", "form", "json"]


@dataclass(frozen=True)
class Interface:
    """A search product: its mark in a page's source (named groups are parameters), an example of it, and the request.

    `asked` holds names and values of the request; {word}, {page}, {size} and the groups of the mark are filled in.
    """

    name: str
    mark: str
    example: str
    how: How
    path: str
    asked: tuple[tuple[str, str], ...]

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.mark, re.IGNORECASE)

    def look(self, page: str, parameters: dict[str, str], number: int) -> Look:
        """The request for a page of results, `number` from 1."""
        known = parameters | {"word": WORD, "page": str(number), "size": str(PER_PAGE)}
        asked = {name: value.format_map(known) for name, value in self.asked}
        url = urljoin(page, self.path.format_map(known))
        what = f"search: {self.name}"
        if self.how == "get":
            return Look(what, f"{url}{'&' if '?' in url else '?'}{urlencode(asked)}")
        if self.how == "form":
            form = ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
            return Look(what, url, urlencode(asked), (form, AJAX))
        body = {
            name: int(value) if name in _NUMBERS else [] if value == "[]" else value for name, value in asked.items()
        }
        return Look(what, url, json.dumps(body, ensure_ascii=False), (("Content-Type", "application/json"), AJAX))


@dataclass(frozen=True)
class Search:
    """A search that a page offers: its interface with what the page says of it, or a form's address for each word."""

    page: str
    interface: Interface | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    forms: tuple[Look, ...] = ()

    def first(self) -> tuple[Look, ...]:
        """The requests for the first pages of results."""
        return self.forms if (asked := self.look(1)) is None else (asked,)

    def look(self, number: int) -> Look | None:
        """The request for a page of results, from 1; None for a form, whose results themselves say how to go on."""
        return None if self.interface is None else self.interface.look(self.page, dict(self.parameters), number)


_NUMBERS = ("pageNo", "pageSize", "isSearchForced")
_TO = r"[^\"'<>\s]{0,300}?"  # within one address
_HOST = r"(?P<host>(?:https?:)?//[\w.:-]+)?"
INTERFACES: tuple[Interface, ...] = (
    Interface(
        "TRS IRS",
        rf"{_HOST}/irs-c-web/search\.shtml\?(?={_TO}\bcode=(?P<code>\w+))(?:{_TO}dataTypeId=(?P<type>\d+))?",
        '<a href="/irs-c-web/search.shtml?code=181936c3700&dataTypeId=12">',
        "json",
        "{host}/irs/front/search",
        (
            ("code", "{code}"), ("configCode", ""), ("codes", ""), ("searchWord", "{word}"), ("dataTypeId", "{type}"),
            ("orderBy", "related"), ("searchBy", "title"), ("appendixType", ""), ("granularity", "ALL"),
            ("beginDateTime", ""), ("endDateTime", ""), ("isSearchForced", "0"), ("filters", "[]"),
            ("pageNo", "{page}"), ("pageSize", "{size}"),
        ),
    ),
    Interface(
        "TRS IGS",
        rf"{_HOST}(?P<path>/igs/front/search)(?:\.jhtml|/\w+\.html)\?(?={_TO}\bcode=(?P<code>\w+))(?:{_TO}siteId=(?P<site>\d+))?",
        '<form action="/igs/front/search.jhtml?code=0f343b0931126a20f133d67c2b018a3b&siteId=12">',
        "get",
        "{host}{path}.jhtml",
        (
            ("code", "{code}"), ("siteId", "{site}"), ("searchWord", "{word}"), ("position", "TITLE"),
            ("pageSize", "{size}"), ("pageNumber", "{page}"),
        ),
    ),
    Interface(
        "TRS WAS",
        rf"{_HOST}/was5/web/search\?(?:[^\"'<>\s]*?&(?:amp;)?)?channelid=(?P<channel>\d+)",
        '<form action="/was5/web/search?channelid=290962">',
        "get",
        "{host}/was5/web/search",
        (("channelid", "{channel}"), ("searchword", "{word}"), ("page", "{page}")),
    ),
    Interface(
        "UCAP search5",
        rf"{_HOST}/search5/(?:html/)?[^\"'<>\s]*?siteCode=(?P<code>\w+)",
        '<a href="/search5/html/searchResult.html?siteCode=1304000009">',
        "form",
        "{host}/search5/search/s",
        (
            ("siteCode", "{code}"), ("searchWord", "{word}"), ("column", ""), ("uc", "1"), ("left_right_index", ""),
            ("pageSize", "{size}"), ("pageNum", "{page}"),
        ),
    ),
    Interface(
        "UCAP search4",
        rf"{_HOST}/search4/s\?(?:[^\"'<>\s]*?&(?:amp;)?)?siteCode=(?P<code>\w+)",
        '<a href="/search4/s?siteCode=3611000001&searchWord=">',
        "get",
        "{host}/search4/s",
        (("siteCode", "{code}"), ("searchWord", "{word}"), ("column", "全部"), ("pageNum", "{page}")),
    ),
    Interface(
        "Hanweb jsearch",
        rf"{_HOST}/jsearchfront/[^\"'<>\s]*?websiteid=(?P<site>\d+)",
        '<a href="/jsearchfront/search.do?websiteid=330182000000000">',
        "form",
        "{host}/jsearchfront/interfaces/search.do",
        (("websiteid", "{site}"), ("pg", "{size}"), ("p", "{page}"), ("cateid", ""), ("pos", "title"), ("q", "{word}")),
    ),
    Interface(
        "Lonsun",
        rf"{_HOST}/site/search/(?P<site>\d+)",
        '<form action="/site/search/6789">',
        "get",
        "{host}/site/search/{site}",
        (
            ("keywords", "{word}"), ("fuzzySearch", "true"), ("sort", "intelligent"), ("pageSize", "{size}"),
            ("pageIndex", "{page}"),
        ),
    ),
)  # fmt: skip
# A plain form: the word goes into its text field, hidden fields go along.
FIELDS = re.compile(
    r"^(?:q|kw|wd|key|keys|keyword|keywords|searchword|search|searchtext|title|word|content)$", re.IGNORECASE
)
ACTIONS = re.compile(r"search|sousuo|so\b|query|find|jiansuo", re.IGNORECASE)


def searches(root: HtmlElement | None, source: str, url: str, charset: str = "utf-8") -> Iterator[Search]:
    """The searches that a page offers; a known product before a plain form, which speaks the charset of its page."""
    forms = [] if root is None else list(root.iter("form"))
    addresses = "".join(f' "{_address(form)}"' for form in forms)  # what a form sends along stands in fields of its own
    for interface in INTERFACES:
        marks = [mark.groupdict(default="") for mark in interface.compiled.finditer(source + addresses)]
        if marks:
            fullest = max(marks, key=lambda groups: sum(map(bool, groups.values())))
            yield Search(url, interface, tuple(fullest.items()))
    for form in forms:
        if root is not None and (looks := _of_form(form, root, url, charset)):
            yield Search(url, forms=looks)


def _address(form: HtmlElement) -> str:
    action = str(form.get("action") or "")
    hidden = {
        str(each.get("name")): str(each.get("value") or "")
        for each in form.iter("input")
        if each.get("type") == "hidden"
    }
    return f"{action}{'&' if '?' in action else '?'}{urlencode(hidden)}"


def _of_form(form: HtmlElement, root: HtmlElement, url: str, charset: str) -> tuple[Look, ...]:
    """A search form that is sent by GET. What further pages its results have, they show themselves."""
    action = str(form.get("action") or "")
    target = absolute_of(base_of(root, url), action) if ACTIONS.search(action) else None
    inputs = [(str(each.get("name") or ""), each) for each in form.iter("input")]
    word = next(
        (name for name, each in inputs if FIELDS.match(name) and each.get("type", "text") in ("text", "search")), None
    )
    if target is None or word is None or str(form.get("method") or "get").lower() != "get":
        return ()
    along = {name: str(each.get("value") or "") for name, each in inputs if name and each.get("type") == "hidden"}
    queries = (urlencode(along | {word: each}, encoding=charset, errors="replace") for each in (WORD, SHORT))
    return tuple(Look("search: form", f"{target}{'&' if '?' in target else '?'}{query}") for query in queries)
