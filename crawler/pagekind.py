"""What kind of page an answer is: a report, a list, a soft 404, a challenge, a login, a parked domain, a notice of a move.

A table of marks (crawler/pagemarks.py) is scored as a platform's fingerprints are: each mark that a page shows adds its
weight to one kind, the heaviest kind wins from SURE on, and what nothing speaks against is a page. Challenges are recorded
as `blocked`; nobody solves them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from urllib.parse import urljoin, urlsplit

from scrapy.http import Response

from archive.http import split_head
from crawler.pagemarks import BAD_MARKS, GOOD, GOOD_MARKS, SURE, Kind, Mark, Where
from parsing.address import domain
from parsing.charset import decode
from parsing.normalise import simplify

SMALL = 8192  # bytes: a challenge is a script, not a page
STUB = 512  # bytes: a page shorter than this, without links and hardly a word, is none
OPENING = 3000  # characters of visible text in which an error page says what it is
READ = 200_000  # characters of source that are looked at: more than any error page, enough of any report
BARE = (521, 412)  # statuses that nothing but a challenge uses


@dataclass(frozen=True)
class Answer:
    """What came: `headers` are raw header lines, `asked` is the address before redirects, `home` the portal's home page."""

    status: int = 200
    headers: bytes = b""
    body: bytes = b""
    url: str = ""
    asked: str = ""
    home: str = ""
    expected: Literal["page", "file"] = "page"

    @classmethod
    def of(cls, response: Response, home: str = "", expected: Literal["page", "file"] = "page") -> Answer:
        """From a reply of Scrapy's."""
        head, _ = split_head(bytes(response.headers.to_string() or b""))
        asked = response.meta.get("redirect_urls", [response.url])[0] if response.request else response.url
        return cls(response.status, head, response.body, response.url, asked, home, expected)

    @cached_property
    def is_markup(self) -> bool:
        """Whether it is HTML, or claims to be: an API's JSON and a PDF are judged by nothing but their status."""
        start = self.body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
        return start[:1] == b"<" and not start.startswith((b"<?xml", b"<datastore", b"<record"))

    @cached_property
    def source(self) -> str:
        return decode(self.body).text[:READ] if self.is_markup else ""

    @cached_property
    def title(self) -> str:
        found = re.search(r"<title[^>]*>(.*?)</title>", self.source, re.I | re.S)
        return " ".join(found[1].split()) if found else ""

    @cached_property
    def whole(self) -> str:
        """All that a reader sees, white space collapsed."""
        body = re.sub(r"(?is)<(script|style|title|noscript)\b.*?(</\1\s*>|$)|<!--.*?-->", " ", self.source)
        return simplify(" ".join(re.sub(r"<[^>]*>", " ", body).replace("&nbsp;", " ").split()))

    @cached_property
    def shape(self) -> str:
        """Words for what cannot be matched in the text: see SHAPES."""
        return " ".join(name for name, holds in SHAPES if (self.is_markup or name.startswith("status")) and holds(self))

    @property
    def links(self) -> int:
        return len(
            re.findall(r"<(?:a|area|i?frame)\b[^>]*?\b(?:href|src)\s*=|\b(?:onclick|data-url)\s*=", self.source, re.I)
        )

    @property
    def chinese(self) -> int:
        return len(re.findall(r"[\u4e00-\u9fff]", self.whole))

    @property
    def leads_to(self) -> str:
        """Where a meta refresh or a script sends the reader at once; empty when nowhere."""
        found = re.search(r"http-equiv\s*=\s*[\"']?refresh[^>]*?url\s*=\s*[\"']?([^\"'>\s]+)", self.source, re.I)
        found = found or re.search(r"location(?:\.href)?\s*=\s*[\"']([^\"']+)[\"']", self.source)
        return urljoin(self.url, found[1]) if found else ""

    def place(self, where: Where) -> str:
        """The text in which marks of a kind are looked for."""
        match where:
            case "wire":
                return (self.headers + b"\n\n" + self.body[:SMALL]).decode("latin-1") if len(self.body) <= SMALL else ""
            case "text":
                return self.whole[:OPENING]
        found: str = getattr(self, where)
        return found


_DATE = re.compile(r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|>[\s\[(]*\d\d-\d\d[\s\])]*<")
_ROW = 1200  # characters from one link to the next, in a list


def _dated_rows(source: str) -> int:
    """How many links have a date between them and the next link."""
    pieces = re.split(r"<a\b(?=[^>]*(?:href|onclick))", source)[1:]
    return sum(len(piece) < _ROW and _DATE.search(piece) is not None for piece in pieces)


def is_home(url: str, home: str) -> bool:
    """Whether an address is that of a portal's home page, index.html and the like included."""
    there, ours = urlsplit(url), urlsplit(home)
    bare = re.fullmatch(r"/?(?:(?:index|default|home)\.\w+)?", there.path) is not None and not there.query
    return bare and (there.hostname or "").removeprefix("www.") == (ours.hostname or "").removeprefix("www.")


LOADS = re.compile("<frame|<script|<embed|<object", re.IGNORECASE)  # a page is no stub when these bring the rest
SHAPES = (
    (
        "stub",
        lambda a: len(a.body) < STUB and not a.links and len(a.whole) < 12 and not LOADS.search(a.source),
    ),
    ("short", lambda a: a.chinese < 200 and a.links < 12),
    (
        "script-only",
        lambda a: "<script" in a.source.lower() and len(a.body) < 1500 and not a.chinese and len(a.whole) < 9,
    ),
    ("as-file", lambda a: a.expected == "file"),
    ("long", lambda a: a.chinese >= 1500),
    ("linked", lambda a: a.links >= 20),
    ("to-home", lambda a: bool(a.home) and is_home(a.url, a.home) and not is_home(a.asked or a.url, a.home)),
    ("sends-home", lambda a: bool(a.home) and bool(a.leads_to) and is_home(a.leads_to, a.home)),
    ("sends-away", lambda a: domain(a.leads_to) not in ("", domain(a.url)) and a.leads_to.startswith("http")),
    ("status-challenge", lambda a: a.status in BARE),
    ("status-unusual", lambda a: a.status in (202, 400, 403, 405, 468, 493, 503)),
    ("rows", lambda a: _dated_rows(a.source) >= 4),
)


@dataclass(frozen=True)
class Judged:
    """The kind of a page, and the marks that it shows of that kind."""

    kind: Kind
    marks: tuple[Mark, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind.name.replace('_', ' ')} ({', '.join(dict.fromkeys(mark.name for mark in self.marks))})"


def judge(answer: Answer) -> Judged:
    """What kind of page an answer is. The good marks are looked for first only where a bad kind is SURE."""
    found = list(_shown(BAD_MARKS, answer))
    worst = _heaviest(found)
    found += _shown(GOOD_MARKS, answer)
    best = _heaviest([mark for mark in found if mark.kind in GOOD])
    kind = worst if _weight(found, worst) > _weight(found, best) else best
    return Judged(kind, tuple(mark for mark in found if mark.kind is kind))


def fault(answer: Answer) -> Judged | None:
    """What is wrong with an answer, None when nothing speaks against it. Cheaper than `judge` for the many good pages."""
    found = list(_shown(BAD_MARKS, answer))
    worst = _heaviest(found)
    if worst is Kind.page:
        return None
    judged = judge(answer)
    return None if judged.kind in GOOD else judged


def challenge(status: int, headers: bytes, body: bytes) -> str | None:
    """Which challenge a reply is; None when it is none. `headers` are raw header lines."""
    judged = fault(Answer(status, headers, body))
    if judged is None or judged.kind is not Kind.challenge:
        return None
    return max(judged.marks, key=lambda mark: mark.weight).name


def _shown(marks: Iterable[Mark], answer: Answer) -> Iterator[Mark]:
    return (mark for mark in marks if mark.found_in(answer.status, answer.place(mark.where)))


def _weight(marks: Iterable[Mark], kind: Kind) -> int:
    return sum(mark.weight for mark in marks if mark.kind is kind)


def _heaviest(marks: list[Mark]) -> Kind:
    """The kind that the marks say most for, from SURE on; else an ordinary page. The first of the table wins a tie."""
    scores: dict[Kind, int] = defaultdict(int)
    for mark in marks:
        scores[mark.kind] += mark.weight
    kind = max(scores, key=lambda each: scores[each], default=Kind.page)
    return kind if scores.get(kind, 0) >= SURE else Kind.page
