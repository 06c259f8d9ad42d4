"""Lists that a page's script asks for by POST: the question as the script writes it, and the next one after an answer.

Pure functions. Scripts are not run: only a call with its address and one flat object of known values is understood, and
only where a page number is among them, so that nothing is sent that is no question for a list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin

from scrapy import Request
from scrapy.http import Response

from crawler.answers import PAGE_NUMBER, PAGE_SIZES, Answer, further, read_answer
from crawler.targets import NO_PART, evaluate, variables

# The calls that are understood: (pattern, example).
CALLS: tuple[tuple[str, str], ...] = (
    (
        r"(?<![\w.])fetch\s*\(",
        'fetch("/api/list", {method: "POST", body: JSON.stringify({"column": 3, "pageNum": p})})',
    ),
    (r"axios\.post\s*\(", 'axios.post("/api/list", {column: 3, pageNum: 1, pageSize: 15})'),
    (r"\$\.post\s*\(", '$.post("/list.do", {column: 3, page: 1}, draw)'),
    (r"\$\.ajax\s*\(", '$.ajax({type: "post", url: "/list.do", data: {column: 3, page: 1}})'),
)
NEAR = 800  # characters of a call
_CALL = re.compile("|".join(pattern for pattern, _ in CALLS))
_ADDRESS = re.compile(r"['\"]((?:https?:/)?/[^'\"\s<>]{1,200})['\"]")
_POST = re.compile(r"['\"]post['\"]|\.post\s*\(", re.IGNORECASE)
_OBJECT = re.compile(r"\{([^{}]{3,500})\}")
_PAIR = re.compile(r"['\"]?(?P<name>\w{1,40})['\"]?\s*:\s*(?P<value>'[^']*'|\"[^\"]*\"|-?\w[\w.]*)\s*(?:,|$)")
_JSON = re.compile(r"JSON\.stringify|application/json|axios", re.IGNORECASE)
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}


def questions(source: str, url: str) -> Iterator[Request]:
    """The requests for the first pages of the lists that a page's script asks for by POST."""
    names = variables(source) if "post" in source.lower() else {}
    for call in _CALL.finditer(source):
        near = source[call.start() : call.start() + NEAR]
        address = _ADDRESS.search(near)
        if address is None or not _POST.search(near) or NO_PART.search(address[1]):
            continue
        said = (_values(found[1], names) for found in _OBJECT.finditer(near))
        if values := next((each for each in said if each and _page(each)), None):
            yield _asked(urljoin(url, address[1]), values, as_json=_JSON.search(near) is not None)


def answered(response: Response, source: str) -> list[str | Request]:
    """The further pages of an interface's answer, by the number in its address or in what was posted."""
    answer = read_answer(source, response.url)
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
    return _asked(request.url, values | {name: kind(number + 1)}, as_json)


def _page(values: Mapping[str, Any]) -> str | None:
    """The name of the page's number among the values of a question."""
    return next((name for name in values if PAGE_NUMBER.fullmatch(name) and str(values[name]).isdigit()), None)


def _values(text: str, names: Mapping[str, str]) -> dict[str, Any] | None:
    """The values of a flat object; a page number that the script fills in is 1. None when another is not known."""
    found: dict[str, Any] = {}
    for name, value in _PAIR.findall(text):
        if value in _WORDS:
            found[name] = _WORDS[value]
        elif re.fullmatch(r"-?\d+", value):
            found[name] = int(value)
        elif (known := evaluate(value, names)) is not None:
            found[name] = known
        elif PAGE_NUMBER.fullmatch(name):
            found[name] = 1
        else:
            return None
    return found


def _asked(url: str, values: Mapping[str, Any], as_json: bool) -> Request:
    if as_json:
        body, kind = json.dumps(values, ensure_ascii=False), "application/json"
    else:
        body, kind = urlencode(values), "application/x-www-form-urlencoded; charset=UTF-8"
    headers = {"Content-Type": kind, "X-Requested-With": "XMLHttpRequest"}
    return Request(url, method="POST", body=body, headers=headers)
