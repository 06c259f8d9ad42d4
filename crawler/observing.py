"""What a run sees of a portal beside its reports: addresses, the shape of pages, charsets, TLS. At its end: a signature.

Only what stays the same on an unchanged portal goes in. Advertisements, counters, the date of today, new reports and the
order of answers must not show: facts are taken of whole sets of pages, and of rows that are reports.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha1
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from lxml.html import HtmlElement
from scrapy import Request
from scrapy.http import Response

from archive.catalogue import Row
from crawler import discovery
from crawler.discovery import Link, Role
from crawler.identity import identity
from crawler.pages import FIRST
from crawler.signature import MOST, Home, Signature, stable
from parsing import titles
from parsing.charset import decode

if TYPE_CHECKING:
    from crawler.spider import PortalSpider

PATHS = 64  # digests of the home page's paths
STEPS = 4  # elements from a link upwards that make its path
READ_FOR_PLATFORM = 20  # pages that the tables of fingerprints are held against
CHINESE = 50  # characters from which a page's bytes tell its charset
# Parts of class names that say where in a list a row stands, or which one was clicked, rather than what it is.
_STATE = re.compile(r"\d+|^(?:odd|even|active|current|cur|on|first|last|hover|selected|new|hot|top)$", re.I)
_CODE = re.compile(r"网站标识码\s*[:：]?\s*(\w{10})|SiteIDCode[\"']?\s+content\s*=\s*[\"'](\w{10})", re.I)
_SITE = re.compile(r"<meta[^>]+SiteName[\"']?\s+content\s*=\s*[\"']([^\"']+)", re.I)
_WRAPPED = re.compile(r"<!\[CDATA\[|\]\]>|</?script\b[^>]*>", re.I)  # rows of Hanweb's stand in these


class Observations:
    """Collects while a run goes; `signature` sums up. `platforms`: the classes whose fingerprints are looked for."""

    def __init__(self, platforms: Sequence[type[PortalSpider]] = ()) -> None:
        self._platforms = platforms
        self._columns: dict[str, tuple[str, ...]] = {}  # address of a list's first page -> trail
        self._lists: dict[str, str] = {}  # address of a page -> address of the first page of its list
        # In these two a page goes by its list's address and a number, since what is asked by POST has one address for all.
        self._paths: dict[str, dict[str, str]] = {}  # list page -> link -> path of tags and classes
        self._rows: dict[str, dict[str, bool]] = {}  # list page -> report linked there -> whether its row has a date
        self._searched: set[str] = set()  # addresses of search results: what they show counts where no list shows any
        self._further = self._failed = self._lost = self._read = 0
        self._charsets: Counter[str] = Counter()
        self._evidence: Counter[str] = Counter()
        self._home = Home()

    def home(self, response: Response) -> None:
        """The home page, as it was had."""
        source = self._page(response)
        root = discovery.tree_of(source)
        paths = {_digest(path) for _, path in _link_paths(root, response.url)}
        title = root.findtext(".//title") if root is not None else ""
        shape = tuple(sorted(paths)[:PATHS])
        self._home = Home(response.url, discovery.squeeze(title), _first(_SITE, source), _first(_CODE, source), shape)

    def list_page(self, response: Response) -> None:
        """A page that was taken for a list, or a page of search results, as it was had."""
        source, facts = self._page(response), response.meta.get("facts", {})
        first = stable(_asked(response.request).get("more", FIRST).of or response.url)
        self._lists[stable(response.url)] = first
        if _number(response.request) > 1:
            self._further += 1
        elif facts.get("role") == "list":
            self._columns[first] = tuple(facts.get("trail", ()))
        if facts.get("role") == "search":
            self._searched.add(first)
        self._paths[f"{first} {self._further}"] = dict(_shapes(source, response.url))

    def list_rows(self, url: str, rows: Iterable[Link]) -> None:
        """The rows of the list page that came last; those that turn out to be reports will count."""
        first = self._lists.get(stable(url), stable(url))
        dated = self._rows.setdefault(f"{first} {self._further}", {})
        for row in rows:
            if titles.classify(row.text).kind in titles.REPORT_KINDS:
                dated[row.url] = bool(row.date)

    def failed(self, request: Request | None) -> None:
        """A page was not had, or was not what it should be: did it lead to reports?"""
        if request is not None and request.meta.get("facts", {}).get("role") in ("hub", "list", "search"):
            self._lost += 1
            self._failed += _number(request) > 1

    def signature(self, entries: dict[str, Row], hosts: dict[str, Row]) -> Signature:
        """The sum. `entries` are the run's rows by address, `hosts` what their connections were by scheme and host."""
        reports = [
            row for row in entries.values() if row["kind"] in titles.REPORT_KINDS and row["outcome"] != "no_report"
        ]
        itself = {
            stable(url) for url in entries
        }  # a year's column that is its one report: a list in the first run only
        addresses = {row["url"] for row in reports}
        known = {identity(url) for url in addresses}  # a menu's “2019年政府信息公开年报” is none of them
        pages = {
            page: {url: dated for url, dated in rows.items() if identity(url) in known}
            for page, rows in self._rows.items()
            if _address(page) not in itself
        }
        if any(rows for page, rows in pages.items() if _address(page) not in self._searched):
            itself |= self._searched
            pages = {page: rows for page, rows in pages.items() if _address(page) not in itself}
        given: dict[str, int] = {}
        for page, rows in pages.items():
            given[_address(page)] = given.get(_address(page)) or len(rows)
        lists = {url: given.get(url, 0) for url in self._columns if url not in itself}
        dated = [each for rows in pages.values() for each in rows.values()]
        paths = Counter(
            path
            for page, found in self._paths.items()
            if _address(page) not in itself
            for url, path in found.items()
            if url in addresses
        )
        return Signature(
            home=self._home,
            columns={url: self._columns[url][-1] for url in lists if _is_top(self._columns[url])},
            lists=_sample(lists),
            rows=dict(paths.most_common(5)),
            further=self._further,
            failed=self._failed,
            lost=self._lost,
            repeats=_repeats(pages),
            reports=len(reports),
            listed=len(dated),
            dated=sum(dated),
            charsets=dict(self._charsets),
            platforms=dict(self._evidence),
            hosts=hosts,
            bodies=tuple(sorted({row["organ"] for row in reports if row["organ"]})[:MOST]),
            years=tuple(sorted({row["year"] for row in reports if row["year"]})),
        )

    def _page(self, response: Response) -> str:
        """The source of a page, whose charset and platform are counted."""
        text, charset, *_ = decode(response.body, (response.headers.get(b"Content-Type") or b"").decode("latin-1"))
        is_markup = text.lstrip()[:1] == "<"  # an API's JSON is UTF-8 whatever the pages are
        if is_markup and sum("\u4e00" <= letter <= "\u9fff" for letter in text[:20_000]) >= CHINESE:
            self._charsets[charset] += 1
        self._read += 1
        if self._read <= READ_FOR_PLATFORM:
            self._evidence.update(each.platform for each in self._platforms if each.matches(response) is not None)
        return text


def _address(page: str) -> str:
    """The address of a page's list, without the number that tells its pages apart."""
    return page.rpartition(" ")[0]


def _asked(request: Request | None) -> dict[str, Any]:
    return request.cb_kwargs if request is not None else {}


def _number(request: Request | None) -> int:
    """Which page of its list, or of search results, a request asks for."""
    asked = _asked(request)
    return int(asked.get("page") or asked.get("number") or 1)


def _is_top(trail: tuple[str, ...]) -> bool:
    """Whether no other column, group or body stands above the list: it is the portal's 年报 column itself."""
    return all(discovery.role(step) in (Role.hub, Role.other) for step in trail[:-1])


def _shapes(source: str, url: str) -> Iterator[tuple[str, str]]:
    """(address, path) of every link of a list page: tags and classes upwards, or the keys that stand around it in JSON."""
    if source.lstrip()[:1] in ("{", "["):
        try:
            yield from _json_paths(json.loads(source), url)
        except ValueError:
            return  # a script that begins with a bracket: no shape is known of it
    else:
        yield from _link_paths(discovery.tree_of(_WRAPPED.sub(" ", source)), url)


def _link_paths(root: HtmlElement | None, url: str) -> Iterator[tuple[str, str]]:
    for element in root.iter("a", "option") if root is not None else ():
        target = element.get("href") or element.get("data-url") or element.get("value")
        if not target or (element.getparent() is None):
            continue
        try:
            address = urljoin(url, target.strip()).partition("#")[0]
        except ValueError:
            continue  # http://[broken
        yield address, " < ".join(_step(each) for each in (element, *list(element.iterancestors())[: STEPS - 1]))


def _step(element: HtmlElement) -> str:
    """An element's tag with those of its classes that say what it is."""
    if element.tag in ("body", "html"):
        return str(element.tag)  # their classes change with the day: grey for mourning, a mark for a festival
    classes = sorted(
        {name for part in (element.get("class") or "").split() if (name := _STATE.sub("", part).strip("-_"))}
    )
    return ".".join((str(element.tag), *classes))


def _json_paths(value: Any, url: str, keys: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        here = "json " + " ".join(sorted(value)[:12])
        for each in value.values():
            yield from _json_paths(each, url, here)
    elif isinstance(value, list):
        for each in value:
            yield from _json_paths(each, url, keys)
    elif isinstance(value, str) and "<" in value and "href" in value:
        yield from _link_paths(discovery.tree_of(value), url)
    elif isinstance(value, str) and ("/" in value or "." in value) and len(value) < 500 and " " not in value:
        try:
            yield urljoin(url, value), keys
        except ValueError:
            return


def _repeats(pages: dict[str, dict[str, bool]]) -> int:
    """How many list pages show exactly the reports of another one of the same run."""
    contents = Counter(frozenset(rows) for rows in pages.values() if len(rows) > 1)
    return sum(count - 1 for count in contents.values())


def _sample(lists: dict[str, int]) -> dict[str, int]:
    """All lists of most portals; of very many those whose digests are the smallest: the same ones every time."""
    return dict(sorted(lists.items(), key=lambda each: _digest(each[0]))[:MOST])


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return next((group for group in found.groups() if group), "").strip() if found else ""


def _digest(text: str) -> str:
    return sha1(text.encode(), usedforsecurity=False).hexdigest()[:8]
