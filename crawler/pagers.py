"""Further pages of a list, as its page shows them, without knowing whose page it is (domain.md 3.8).

Rules in order; the first that finds anything decides. What a page says is followed, numbers are computed only where it
gives nothing to follow. Pure functions.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from crawler import targets
from crawler.discovery import absolute_of, base_of, tree_of
from crawler.identity import identity
from crawler.interfaces import questions

NEXT = re.compile(
    r"^(?:\[|【)?(?:[下后]一?[页頁]|下一?[页頁]|nextpage|next)(?:\]|】)?[>»›→]*$|^(?:>|»|›|>>|››|→)$", re.IGNORECASE
)
MORE = re.compile(r"^(?:点击)?(?:加载|显示|查看)更多(?:数据|内容|信息)?[.…]*$")
LAST = re.compile(r"^(?:\[|【)?(?:尾页|末页|最后一?页|尾頁|last|>\||>>\|)(?:\]|】)?$", re.IGNORECASE)
NUMBER = re.compile(r"^(?:第)?(\d{1,3})(?:页)?$")
COUNT = re.compile(
    r"(?:共|/)\s*(?:<[^<>]{1,40}>\s*)?(\d{1,4})\s*(?:</[^<>]{1,10}>\s*)?页|(?:totalPages?|pageCount|countPage|data-pages?|data-total-?pages?)['\"]?\s*[:=]\s*['\"]?(\d{1,4})",
    re.IGNORECASE,
)
CURRENT = re.compile(
    r"第\s*(?:<[^<>]{1,40}>\s*)?(\d{1,4})\s*(?:</[^<>]{1,10}>\s*)?[页/]|(?<!\d)(\d{1,4})\s*/\s*\d{1,4}\s*页"
)
PARAMETER = re.compile(
    r"(?<=[?&])(page|pageno|pagenum|pageindex|page_no|page_num|currpage|curpage|cur_page|currentpage|pn|p)=(?P<number>\d{1,4})",
    re.IGNORECASE,
)
SUFFIX = re.compile(r"(?<=[_\-/])(?P<number>\d{1,4})(?=\.\w{2,5}$)")
BASE64 = re.compile(r"(?<![\w+/])[\w+/]{60,20000}={0,2}(?![\w+/=])", re.ASCII)
MOST_PAGES = 300
MOST_NUMBERS = 60  # links with a number: more of them are a calendar
LONGEST_LABEL = 12  # characters


@dataclass(frozen=True)
class Step:
    """A link of a pager: what it says and where it leads."""

    text: str
    url: str


@dataclass(frozen=True)
class Page:
    """A page of a list: its address, its links in reading order, its source."""

    url: str
    steps: tuple[Step, ...]
    source: str


def further(root: HtmlElement | None, url: str, source: str) -> list[str]:
    """Addresses of further pages of the list at `url`, [] when there are none."""
    if root is None:
        return []
    page = Page(url, tuple(_steps(root, url, source)), source)
    if "atob(" in source:
        written = (_steps(tree_of(text), url, text) for text in _hidden(source))
        page = Page(url, (*page.steps, *(step for steps in written for step in steps)), source)
    here = identity(url)
    for _, rule in RULES:
        found = dict.fromkeys(each for each in rule(page) if identity(each) != here)
        if found:
            return list(found)
    return []


def _hidden(source: str) -> Iterator[str]:
    """Markup that a script of the page unpacks: base64 of what encodeURIComponent made (portals of Yunnan)."""
    for found in BASE64.findall(source):
        try:
            text = unquote(base64.b64decode(found, validate=True).decode("utf-8"))
        except ValueError:
            continue  # a word of sixty letters
        if "<" in text:
            yield text


def _steps(root: HtmlElement | None, url: str, source: str) -> Iterator[Step]:
    """Everything that could belong to a pager: short texts, arrows, classes and titles that say so."""
    if root is None:
        return
    base, own = base_of(root, url), targets.functions(source)
    for element in root.iter("a", "span", "li", "option", "button", "input", "div", "em", "b", "i"):
        target = targets.of_element(element, own) if element.attrib else None
        absolute = absolute_of(base, target) if target else None
        if absolute:
            yield Step(_label(element), absolute)


def _label(element: HtmlElement) -> str:
    texts = "".join(islice(element.itertext(), 20)) or element.get("value") or ""
    text = re.sub(r"\s+", "", texts)
    if NUMBER.match(text) or NEXT.match(text) or len(text) > LONGEST_LABEL:
        return text
    says = f"{element.get('title') or ''} {element.get('rel') or ''} {element.get('class') or ''}".lower()
    if re.search(r"下一?页|(?<![\w])(?:p_|page-?|pag(?:ination)?-?)?next(?![\w])", says):
        return "下一页"
    return text


def _next(page: Page) -> Iterator[str]:
    return (step.url for step in page.steps if NEXT.match(step.text))


def _more(page: Page) -> Iterator[str]:
    return (step.url for step in page.steps if MORE.match(step.text))


def _numbers(page: Page) -> Iterator[str]:
    """1 2 3 …: links that say a number and differ in nothing but numbers."""
    shapes: dict[str, list[Step]] = {}
    for step in page.steps:
        if NUMBER.match(step.text) and identity(step.url) != identity(page.url):
            shapes.setdefault(_shape(step.url), []).append(step)
    related = [
        steps for steps in shapes.values() if _is_run(steps) and _folder(steps[0].url).startswith(_folder(page.url))
    ]
    yield from (step.url for step in max(related, key=len, default=[]))


def _is_run(steps: list[Step]) -> bool:
    """Whether links count pages: their numbers rise, and there are not as many as a calendar has."""
    numbers = [int(found[1]) for step in steps if (found := NUMBER.match(step.text))]
    return numbers == sorted(numbers) and len(numbers) <= MOST_NUMBERS and numbers[0] <= MOST_PAGES


def _shape(url: str) -> str:
    return re.sub(r"\d+", "0", identity(url))


def _folder(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[0]


def _last(page: Page) -> Iterator[str]:
    """Pages up to the one that 尾页 leads to. Where it has the count as its number pages begin with 1, else with 0."""
    last = next((step.url for step in page.steps if LAST.match(step.text)), None)
    number = _number_in(last) if last else None
    if last is None or number is None or number.value > MOST_PAGES:
        return
    count = _count(page.source)
    first = 2 if count is None or count == number.value else 1
    yield from (number.at(last, each) for each in range(first, number.value + 1))


def _counted(page: Page) -> Iterator[str]:
    """The page after this one, where its address has a number and it says which page it is of how many."""
    count, number, current = _count(page.source), _number_in(page.url), _current(page.source)
    if count is None or number is None or count > MOST_PAGES:
        return
    if (current if current is not None else number.value) < count and (current is not None or "?" in page.url):
        yield number.at(page.url, number.value + 1)


@dataclass(frozen=True)
class Number:
    """The number of a page within an address: where it stands, and what it is."""

    start: int
    end: int
    value: int

    def at(self, url: str, value: int) -> str:
        """The address with another number in that place."""
        return f"{url[: self.start]}{value}{url[self.end :]}"


def _number_in(url: str) -> Number | None:
    for pattern in (PARAMETER, SUFFIX):
        if found := pattern.search(url):
            return Number(*found.span("number"), int(found["number"]))
    return None


def _count(source: str) -> int | None:
    found = COUNT.search(source)
    return int(found[1] or found[2]) if found else None


def _current(source: str) -> int | None:
    found = CURRENT.search(source)
    return int(found[1] or found[2]) if found else None


# The rules by name, in the order of domain.md 3.8.
RULES: tuple[tuple[str, Callable[[Page], Iterator[str]]], ...] = (
    ("next", _next),
    ("more", _more),
    ("numbers", _numbers),
    ("last", _last),
    ("counted", _counted),
    ("interface", lambda page: questions(page.source, page.url)),
)
