"""Lists that a page's script asks for: the question as the script writes it, and the next one after an answer.

Pure functions. Scripts are not run: only a call with its address and one flat object of known values is understood. By POST
nothing is asked unless a page's number is among them, so that nothing is sent that is no question for a list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin

from scrapy import Request
from scrapy.http import Response

from crawler.answers import PAGE_NUMBER, PAGE_SIZES, Answer, RowAddress, further, read_answer
from crawler.targets import LONGEST_FUNCTION, NO_PART, STRING, SUM, arguments_of, defined, evaluate, variables

# The calls that are understood: (pattern, its method or "" where it says that itself, example).
CALLS: tuple[tuple[str, str, str], ...] = (
    (
        r"(?<![\w.])fetch\s*\(",
        "",
        'fetch("/api/list", {method: "POST", body: JSON.stringify({"column": 3, "pageNum": p})})',
    ),
    (r"axios\.post\s*\(", "POST", 'axios.post("/api/list", {column: 3, pageNum: 1, pageSize: 15})'),
    (r"axios\.get\s*\(", "GET", 'axios.get("/api/list", {params: {column: 3, pageNum: 1}})'),
    (r"(?:\$|jQuery)\.post\s*\(", "POST", '$.post("/list.do", {column: 3, page: 1}, draw)'),
    (r"(?:\$|jQuery)\.get(?:JSON)?\s*\(", "GET", '$.getJSON("/list.do", {column: 3, page: p}, draw)'),
    (r"(?:\$|jQuery)\.ajax\s*\(", "", '$.ajax({type: "post", url: "/list.do", data: {column: 3, page: 1}})'),
)
NEAR = 800  # characters of a call
MOST_SITES = 20  # calls of one function: its tabs
_CALL = re.compile("|".join(f"({pattern})" for pattern, _, _ in CALLS))
_ADDRESS = re.compile(r"['\"]((?:https?:)?/[^'\"\s<>]{1,200})['\"]")
_URL = re.compile(rf"(?<![\w.])url\s*:\s*{SUM}")
_FIRST = re.compile(rf"\(\s*{SUM}")
_METHOD = re.compile(r"(?:type|method)['\"]?\s*:\s*['\"](get|post)['\"]", re.IGNORECASE)
_OBJECT = re.compile(r"\{([^{}]{3,500})\}")
_PAIR = re.compile(rf"['\"]?(?P<name>[A-Za-z_$][\w$]{{0,40}})['\"]?\s*(?::(?P<value>(?:{STRING}|[^,'\"])+))?(?:,|$)")
_JSON = re.compile(r"JSON\.stringify|application/json|axios", re.IGNORECASE)
_FIELD = re.compile(  # what a field of the page holds: $("#channel").val()
    r"(?:\$\(\s*['\"]#(?P<one>[\w-]+)['\"]\s*\)\.val\(\)|"
    r"document\.getElementById\(\s*['\"](?P<two>[\w-]+)['\"]\s*\)\.value)(?:\.trim\(\))?"
)
_VALUE = re.compile(r"\bvalue\s*=\s*['\"]([^'\"]*)['\"]", re.IGNORECASE)
_PROPERTY = re.compile(rf"(?<![\w.])(?P<name>[\w$]+)['\"]?\s*:\s*(?P<value>{STRING}|\d+)")
_ROW = (  # how a script puts a row's address together: '<a href="/show/' + row.id + '.html">', `<a href="/show/${row.id}">`
    re.compile(
        r"href\s*=\s*\\?['\"](?P<before>[^'\"<>+]{1,200})\\?['\"]\s*\+\s*[\w$]+(?:\[\w+\])?\.(?P<field>\w+)\s*\+\s*['\"]"
        r"(?P<after>[^'\"<>+\s\\]{0,60})"
    ),
    re.compile(
        r"href\s*=\s*\\?['\"](?P<before>[^'\"<>$]{1,200})\$\{\s*[\w$]+\.(?P<field>\w+)\s*\}(?P<after>[^'\"<>$\s\\]{0,60})['\"\\]"
    ),
)
_WITHIN = re.compile(
    r"(?<!\w)(?!body\b|data\b)\w{1,40}['\"]?\s*:\s*JSON\.stringify"
)  # {params: JSON.stringify({…})}: a product's own
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_UNKNOWN = object()


def questions(page: str, url: str, library: str = "") -> list[Request]:
    """The requests for the first pages of the lists that a page's script asks for. `library` are scripts beside the page: of
    these only functions that the page calls count.
    """
    names = variables(page)
    asked = [*_asked_in(page, page, names, url)]
    if library:
        asked += _asked_in(library, page, variables(library) | names, url)
    wide = [values for _, values in asked]
    kept = [request for request, values in asked if not any(_covers(other, values) for other in wide)]
    return list({(each.method, each.url, each.body): each for each in kept}.values())


def row_address(source: str, url: str) -> RowAddress | None:
    """How a page's script makes the address of a row whose answer has only a number for it; None where it does not."""
    found = next((match for pattern in _ROW if (match := pattern.search(source))), None)
    return RowAddress(urljoin(url, found["before"]), found["field"], found["after"]) if found else None


def tabs(url: str, page: str) -> list[str]:
    """An address that a page loads a list from, and those of the page's other tabs: buttons with data-level="…" where the
    address has level=….
    """
    address, _, query = url.partition("?")
    for name, value in parse_qsl(query, keep_blank_values=True):
        said = re.findall(rf"\bdata-{re.escape(name)}\s*=\s*['\"]([^'\"<>]{{1,60}})['\"]", page, re.IGNORECASE)
        values = list(dict.fromkeys(said))
        if value in values and 1 < len(values) <= MOST_SITES:
            asked = dict(parse_qsl(query, keep_blank_values=True))
            return [url, *(f"{address}?{urlencode(asked | {name: each})}" for each in values if each != value)]
    return [url]


def answer_of(response: Response, source: str) -> Answer:
    """An interface's answer. Raises AnswerError. The request's meta says how the page that asked makes a row's address."""
    told = response.request.meta.get("row_address") if response.request is not None else None
    return read_answer(source, response.url, told)


def answered(response: Response, source: str) -> list[str | Request]:
    """The further pages of an interface's answer, by the number in its address or in what was posted."""
    answer = answer_of(response, source)
    asked = following(response.request, answer)
    return [*further(response.url, answer)] if asked is None else [asked]


def following(request: Request | None, answer: Answer) -> Request | None:
    """The question for the page after an answer; None at the end, and where the answer was not asked for by POST."""
    if request is None or request.method != "POST" or not answer.rows:
        return None
    as_json = request.body[:1] == b"{"
    values = json.loads(request.body) if as_json else dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    if (name := _page(values)) is None:
        return None
    size = next((int(values[each]) for each in PAGE_SIZES if str(values.get(each, "")).isdigit()), len(answer.rows))
    number = int(values[name])
    if max(number, 1) * size >= answer.total if answer.total is not None else len(answer.rows) < size:
        return None
    kind = type(values[name])
    return _posted(request.url, values | {name: kind(number + 1)}, as_json)


def _asked_in(script: str, page: str, names: Mapping[str, str], url: str) -> Iterator[tuple[Request, dict[str, Any]]]:
    """(request, its values) for each call in a script, for each way in which the page calls the function it stands in."""
    heads, calls = list(defined(script)), list(_CALL.finditer(script))
    for number, call in enumerate(calls):
        end = calls[number + 1].start() if number + 1 < len(calls) else len(script)
        text = script[call.start() : min(end, call.start() + NEAR)]
        method = CALLS[(call.lastindex or 1) - 1][1] or _said(text)
        around = next((each for at, name, each in reversed(heads) if at <= call.start() < at + LONGEST_FUNCTION), None)
        name = next((name for at, name, each in heads if each is around), "")
        sites = list(islice(arguments_of(name, around, page, names), MOST_SITES)) if around else []
        if script is not page and not sites:
            continue
        for known in sites or [{}]:
            values = _data(text, {**names, **known}, page)
            address = _address(text, {**names, **known})
            if address is None or NO_PART.search(address) or values is None or _WITHIN.search(text):
                continue
            if method == "POST" and _page(values):
                yield _posted(urljoin(url, address), values, _JSON.search(text) is not None), values
            elif method == "GET" and values:
                yield Request(f"{urljoin(url, address)}{'&' if '?' in address else '?'}{urlencode(values)}"), values


def _said(text: str) -> str:
    found = _METHOD.search(text)
    return found[1].upper() if found else "GET"


def _address(text: str, names: Mapping[str, str]) -> str | None:
    """The address of a call; one that begins with what is not known (a context path) counts from its first fixed part."""
    for pattern in (_URL, _FIRST):
        if (found := pattern.search(text)) and (address := evaluate(found["sum"], names)):
            return address
    fixed = _ADDRESS.search(text)
    return fixed[1] if fixed else None


def _data(text: str, names: Mapping[str, str], page: str) -> dict[str, Any] | None:
    """The values that a call sends: its first flat object of which all is known, those with a page's number first."""
    said = [values for found in _OBJECT.finditer(text) if (values := _values(found[1], names, page))]
    return next((each for each in said if _page(each)), None) or next(
        (each for each in said if not _METHOD.search(str(each)) and "url" not in each), None
    )


def _page(values: Mapping[str, Any]) -> str | None:
    """The name of the page's number among the values of a question."""
    return next((name for name in values if PAGE_NUMBER.fullmatch(name) and str(values[name]).isdigit()), None)


def _covers(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> bool:
    """Whether a question asks for all that another asks for: the same, but for a value that it leaves empty."""
    differ = [name for name in narrow if narrow[name] != wide.get(name, _UNKNOWN)]
    return wide.keys() == narrow.keys() and bool(differ) and all(wide[name] == "" for name in differ)


def _values(text: str, names: Mapping[str, str], page: str) -> dict[str, Any] | None:
    """The values of a flat object; a page number that the script fills in is 1. None when another is not known."""
    found: dict[str, Any] = {}
    for pair in _PAIR.finditer(text):
        value = _value(pair["name"], (pair["value"] or pair["name"]).strip(), names, page)
        if value is _UNKNOWN:
            return None
        found[pair["name"]] = value
    return found


def _value(name: str, expression: str, names: Mapping[str, str], page: str) -> Any:
    if expression in _WORDS:
        return _WORDS[expression]
    if re.fullmatch(r"-?\d{1,15}", expression):
        return int(expression)
    if field := _FIELD.fullmatch(expression):
        return _held(field["one"] or field["two"], page)
    for each in expression.split("||"):  # page || 1
        if (known := evaluate(each.strip(), names)) is not None:
            return known
    if (
        re.fullmatch(r"[\w$.]+", expression) and "." in expression
    ):  # config.channel, where {channel: "12"} stands somewhere
        last = expression.rpartition(".")[2]
        if found := next((each for each in _PROPERTY.finditer(page) if each["name"] == last), None):
            return found["value"].strip("'\"")
    return 1 if PAGE_NUMBER.fullmatch(name) else _UNKNOWN


def _held(name: str, page: str) -> str:
    """What a field of the page holds before anybody types: a hidden one its number, one to search by nothing."""
    tag = re.search(rf"<input\b[^<>]{{0,400}}\bid\s*=\s*['\"]?{re.escape(name)}\b[^<>]{{0,400}}>", page, re.IGNORECASE)
    value = _VALUE.search(tag[0]) if tag else None
    return value[1] if value else ""


def _posted(url: str, values: Mapping[str, Any], as_json: bool) -> Request:
    if as_json:
        body, kind = json.dumps(values, ensure_ascii=False), "application/json"
    else:
        body, kind = urlencode(values), "application/x-www-form-urlencoded; charset=UTF-8"
    headers = {"Content-Type": kind, "X-Requested-With": "XMLHttpRequest"}
    return Request(url, method="POST", body=body, headers=headers)
