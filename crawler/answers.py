"""Answers of list and search interfaces: one reader for all their JSON, driven by a table. Pure functions."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit

from lxml import etree

from crawler import discovery, targets
from crawler.discovery import Link

CHINA = timezone(timedelta(hours=8))
TITLE = ("title_no_tag", "title", "doctitle", "_doctitle", "DOCTITLE", "TITLE", "FileName", "BT", "realtitle")
URL = ("url", "docpuburl", "chnldocurl", "DOCPUBURL", "URL", "doc_pub_url", "post_url", "link")
DATE = ("time", "pubDate", "pubdate", "PUBDATE", "docreltime", "docpubtime", "publishedTimeStr", "date", "created_at",
        "publishTime", "publishDate", "pubTime", "pub_time", "releaseTime")  # fmt: skip
EPOCH = ("display_publish_time", "first_publish_time", "create_time")


@dataclass(frozen=True)
class Shape:
    """A form of answer. Paths have dots between names; `row` leads from an element of the list to its fields."""

    name: str
    rows: str
    total: str = ""
    pages: str = ""
    row: str = ""
    title: tuple[str, ...] = TITLE
    url: tuple[str, ...] = URL
    date: tuple[str, ...] = DATE + EPOCH


# Fields of answers whose shape no line describes: the first whose value looks like it as well.
GUESSED = {
    "title": re.compile(r"title|name|subject|biaoti|^bt$", re.IGNORECASE),
    "url": re.compile(r"url|link|href|path|address", re.IGNORECASE),
    "date": re.compile(r"date|time|day|riqi|rq$|sj$", re.IGNORECASE),
    "total": re.compile(
        r"total(?:count|elements|rows?|records?|num)?|(?:records?|rows?)?(?:count|total)", re.IGNORECASE
    ),
    "pages": re.compile(r"pages|total_?pages?|page_?count", re.IGNORECASE),
}
_HANZI = re.compile(r"[\u4e00-\u9fff]{4}")

# An answer's shape is the first that its rows fit, those whose total is there before those whose is not. Elements that are
# strings are HTML; so is a list that is one string.
SHAPES = (
    Shape("TRS IGS", "page.content", "page.total", "page.totalPages", date=("PUBDATE", "FBRQ", *DATE)),
    Shape("TRS IRS search", "data.middle.list", "data.pager.total", "data.pager.pageCount"),
    Shape("TRS IRS boxes", "data.middle.listAndBox", "data.pager.total", "data.pager.pageCount", row="data"),
    Shape("TRS IRS list", "data.list", "data.pager.total", "data.pager.pageCount"),
    Shape("TRS SSP", "datas", "page.recordcount", "page.pagecount", date=("docreltime", "pubdate")),
    Shape("TRS SSP counted", "datas", "countDatas.recordcount", date=("docreltime", "pubdate")),
    Shape("TRS fjdzapp", "data", "", "pageCount", date=("docreltime", "pubdate")),
    Shape("openSearch", "data.data", "data.total"),
    Shape("Hanweb jsearch", "dataResults", "total", row="data", date=("deploytime", *DATE)),
    Shape("Hanweb cateSearch", "result", "total"),
    Shape("Hanweb jpaas unit", "data.html"),
    Shape("UCAP search", "searchResultAll.searchTotal", "searchResultAll.total"),
    Shape("UCAP channel", "data.results", "data.total"),
    Shape("UCAP Suzhou", "data.list", "data.allRow", "data.totalPage", date=("PUBLISHED_TIME_FORMAT",)),
    Shape("gkmlpt", "articles", "total", date=(*DATE, *EPOCH)),
    Shape("NFCMS search", "data.list", "data.total", date=("pub_time", *DATE)),
    Shape("Epoint", "custom.infodata", "custom.total", url=("infourl", *URL), date=("infodate", *DATE)),
    Shape("Epoint data", "custom.data", "custom.total", url=("infourl", *URL), date=("infodate", *DATE)),
    Shape("records", "data.records", "data.total", "data.pages", date=("publishTime", *DATE)),
    Shape("rows of data", "data.rows", "data.total"),
    Shape("records of result", "result.records", "result.total", "result.pages", date=("publishTime", *DATE)),
    Shape("rows", "rows", "total"),
    Shape("list", "list", "total"),
)
_XML_ADDRESS = re.compile(rf"<(?:{'|'.join(URL)})>")
MESSAGES = ("msg", "message", "errmsg", "error")
FINE = {"state": (200, "200", 1), "code": (0, 1, 200, "0", "1", "200"), "errcode": (0, "0"), "error": (False, None, "")}
PAGE_SIZES = ("pageSize", "_pageSize", "rows", "prepage", "perpage", "datas")
PAGE_NUMBER = re.compile(r"page(?:no|num|number|index)?|curr?_?page|pn|p", re.IGNORECASE)
DEEPEST = 4  # names on the way to an answer's rows
MOST_PAGES = 500  # a count above this is a mistake of the interface, not a list of reports


@dataclass(frozen=True)
class RowAddress:
    """How a script makes a row's address of one of its fields: /show/, id, .html."""

    before: str
    field: str
    after: str

    def of(self, fields: dict[str, Any]) -> str | None:
        """The address of a row, None for one without the field."""
        value = fields.get(self.field)
        return f"{self.before}{value}{self.after}" if isinstance(value, (str, int)) and value != "" else None


class AnswerError(ValueError):
    """What came is no answer: a refusal with status 200, or JSON of a shape that no line of SHAPES describes."""

    kind = "refused_answer"

    def __init__(self, url: str, expected: str, got: str) -> None:
        super().__init__(f"{url}: expected {expected}, got {got}")
        self.expected, self.got = expected, got


@dataclass(frozen=True)
class Answer:
    """The rows of one page, and how many rows and pages the interface says there are; None where it does not say."""

    rows: tuple[Link, ...]
    total: int | None = None
    pages: int | None = None
    fragment: str | None = None  # the HTML that the rows were read from, where they came as HTML


def is_answer(text: str) -> bool:
    """Whether a text looks like JSON, JSON within a call (JSONP), or XML with rows of addresses."""
    return bool(re.match(r"[\s\ufeff]*(?:[\w.$]{1,60}\(\s*)?(?:\{\s*[\"}]|\[\s*[\[{\]\"])", text)) or _is_xml(text)


def _is_xml(text: str) -> bool:
    """Whether a text is XML with rows of addresses; Hanweb's, whose rows are HTML, is read as a page."""
    return text[:100].lstrip("\ufeff \r\n\t").startswith("<?xml") and _XML_ADDRESS.search(text) is not None


def _of_xml(text: str) -> dict[str, Any]:
    """The elements that have an address, each with what stands in its children."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, encoding="utf-8")
    root = etree.fromstring(text.lstrip("\ufeff \r\n\t").encode(), parser)
    holders = [] if root is None else [each for each in root.iter(etree.Element) if each.find("*") is not None]
    rows = [{str(child.tag): child.text or "" for child in holder} for holder in holders]
    found = [row for row in rows if any(row.get(name) for name in URL)]
    return {"rows": found, "total": "" if root is None else root.findtext(".//total")}


def read_answer(text: str, url: str, address: RowAddress | None = None) -> Answer:
    """The rows of an answer that came from `url`; `address` says where a row is that has only a number for it. Raises
    AnswerError for a refusal, and for an answer in which nothing looks like rows.
    """
    loaded = _load(text, url)
    wrong = loaded.get("success") is False or any(
        name in loaded and loaded[name] not in fine for name, fine in FINE.items()
    )
    fitting = [(shape, rows) for shape in SHAPES if (rows := _rows(loaded, shape)) is not None]
    found = max(fitting, key=lambda each: at(loaded, each[0].total) is not None, default=None) or _guessed(
        loaded, address
    )
    if found is None or (wrong and not found[1]):
        message = next((str(loaded[name]) for name in MESSAGES if loaded.get(name)), "no reason given")
        got = f"“{message}” ({text[:160].strip()})"
        raise AnswerError(url, "rows" if wrong else "rows with titles and addresses (crawler/answers.py)", got)
    shape, rows = found
    whole = rows if isinstance(rows, str) else None
    links = _of_html(rows, url) if isinstance(rows, str) else _links(rows, shape, url, address)
    total = _number(at(loaded, shape.total))
    if total is None:
        total = _number(at(loaded, "classify.post_count"))
    return Answer(tuple(links), total, _number(at(loaded, shape.pages)), whole)


def _guessed(loaded: dict[str, Any], address: RowAddress | None) -> tuple[Shape, list[Any]] | None:
    """A shape made from an answer that no line of SHAPES fits: its longest list of objects with a title and an address."""
    places = list(_places(loaded, "", 0))
    numbers = [(path, value) for path, value in places if _number(value) is not None]
    best: tuple[Shape, list[Any]] | None = None
    for path, rows in places:
        if (
            not isinstance(rows, list)
            or not rows
            or not isinstance(rows[0], dict)
            or (best and len(rows) <= len(best[1]))
        ):
            continue
        texts = {name: str(value) for name, value in rows[0].items() if isinstance(value, (str, int))}
        title = tuple(name for name in texts if GUESSED["title"].search(name) and _HANZI.search(texts[name]))
        url = tuple(name for name in texts if GUESSED["url"].search(name) and targets.ADDRESS.search(texts[name]))
        if title and (url or (address and address.of(rows[0]))):
            named = {
                key: next((at for at, _ in numbers if GUESSED[key].fullmatch(at.rpartition(".")[2])), "")
                for key in ("total", "pages")
            }
            dates = tuple(name for name in texts if GUESSED["date"].search(name))
            best = Shape("guessed", path, named["total"], named["pages"], title=title, url=url, date=dates), rows
    return best


def _places(loaded: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """(path, value) of all that stands in an answer, a few names deep; lists are not entered."""
    if isinstance(loaded, dict) and depth < DEEPEST:
        for name, value in loaded.items():
            inner = f"{path}.{name}".lstrip(".")
            yield inner, value
            yield from _places(value, inner, depth + 1)


def further(url: str, answer: Answer) -> list[str]:
    """Addresses of the pages after this one, by the page number in the query. All of them from the first page."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    name = next((name for name in query if PAGE_NUMBER.fullmatch(name) and query[name].isdigit()), None)
    if name is None or not answer.rows:
        return []
    number = int(query[name])
    size = next((int(query[each]) for each in PAGE_SIZES if query.get(each, "").isdigit()), 0) or len(answer.rows)
    pages = answer.pages if answer.pages is not None else -(-answer.total // size) if answer.total is not None else None
    if pages is None:
        wanted = range(number + 1, number + 2)
    else:
        wanted = range(number + 1, min(pages, MOST_PAGES) + (number > 0)) if number <= 1 else range(0)
    return [parts._replace(query=urlencode(query | {name: str(each)})).geturl() for each in wanted]


def at(loaded: Any, path: str) -> Any:
    """What stands at a path of names with dots between, None where nothing does."""
    for name in filter(None, path.split(".")):
        loaded = loaded.get(name) if isinstance(loaded, dict) else None
    return loaded if path else None


def _load(text: str, url: str) -> dict[str, Any]:
    if _is_xml(text):
        return _of_xml(text)
    bare = re.sub(r"^[\w.$]{1,60}\(|\)\s*;?$", "", text.strip("\ufeff \r\n\t"))
    try:
        loaded = json.loads(bare, strict=False)
    except ValueError as error:
        raise AnswerError(url, "JSON", f"{text[:160].strip()!r} ({error})") from error
    return loaded if isinstance(loaded, dict) else {"rows": loaded}


def _rows(loaded: dict[str, Any], shape: Shape) -> list[Any] | str | None:
    """The list of a shape, None when the answer is of another shape."""
    rows = at(loaded, shape.rows)
    if isinstance(rows, str):
        return rows if "<" in rows or not rows.strip() else None
    if not isinstance(rows, list):
        return None
    first = rows[0] if rows else None
    fits = first is None or isinstance(first, str) or _is_row(_inner(first, shape), shape)
    return rows if fits else None


def _is_row(fields: dict[str, Any], shape: Shape) -> bool:
    return _field(fields, shape.url) is not None and _field(fields, shape.title) is not None


def _inner(row: Any, shape: Shape) -> dict[str, Any]:
    inner = at(row, shape.row) if shape.row else row
    return inner if isinstance(inner, dict) else {}


def _links(rows: list[Any], shape: Shape, url: str, address: RowAddress | None = None) -> Iterator[Link]:
    for row in rows:
        if isinstance(row, str):
            yield from _of_html(row, url)
            continue
        fields = _inner(row, shape)
        target, title = _field(fields, shape.url) or (address and address.of(fields)), _field(fields, shape.title)
        if target and title:
            absolute = urljoin(url, str(target).strip()).partition("#")[0]
            yield Link(absolute, discovery.squeeze(_plain(str(title))), _date(fields, shape.date))


def _of_html(fragment: str, url: str) -> Iterator[Link]:
    """Links of a fragment, each address once: a search result shows its title and its abstract as links."""
    seen: set[str] = set()
    date = discovery.DATE.search(fragment)
    for link in discovery.links(discovery.tree_of(fragment), url):
        inside = parse_qs(urlsplit(link.url).query).get("url") if "link.do?" in link.url else None
        target = inside[0] if inside else link.url
        if target not in seen:
            seen.add(target)
            yield Link(target, link.text, link.date or (discovery.iso_date(date) if inside and date else None))


def _field(fields: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((fields[name] for name in names if fields.get(name) not in (None, "")), None)


def _plain(text: str) -> str:
    """A title without the marks of a search: <em>, <font>, entities."""
    return html.unescape(re.sub(r"</?(?:em|font|span|b|br|i|strong)\b[^>]*>", "", text))


def _date(fields: dict[str, Any], names: tuple[str, ...]) -> str | None:
    """The first date among fields: text, a moment in UTC, or seconds or milliseconds since 1970; by China's clock."""
    for name in names:
        text = str(fields.get(name) or "").strip()
        if re.fullmatch(r"\d{9,13}", text):
            return datetime.fromtimestamp(int(text[:10]), UTC).astimezone(CHINA).date().isoformat()
        if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", text):
            return datetime.fromisoformat(text).astimezone(CHINA).date().isoformat()
        if (match := discovery.DATE.search(text)) and (day := discovery.iso_date(match)):
            return day
    return None


def _number(value: Any) -> int | None:
    text = str(value if value is not None else "").strip()
    return int(text) if text.isdigit() else None
