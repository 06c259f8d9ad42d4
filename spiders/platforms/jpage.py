"""jpage: Hanweb's list component. Rows as CDATA, the rest by groups from dataproxy.jsp (domain.md 3.2). Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from scrapy import FormRequest, Request

RECORD = re.compile(r"<record>\s{0,99}<!\[CDATA\[(.{0,9999}?)\]\]>\s{0,99}</record>", re.DOTALL)
NEXT_GROUP = re.compile(r"<nextgroup>\s*<!\[CDATA\[\s*<a[^>]+href=[\"']([^\"']+)[\"']", re.DOTALL)
FIRST_AGAIN = re.compile(
    r"[?&]page=1(?:&|$)"
)  # some portals write this below the first rows: where rows begin is surer
TOTAL = re.compile(r"(?:<totalrecord>|\btotalRecord\s*:)\s*['\"]?(\d+)", re.IGNORECASE)
PAGES = re.compile(r"<totalpage>\s*(\d+)", re.IGNORECASE)
CALL = re.compile(r"(?:\(\s?['\"]#(\w{1,40})['\"]\s?\))?\.?\bjpage\(\s{0,20}\{(.{0,4000}?)\}\s{0,20}\)", re.DOTALL)
OPTION = re.compile(r"\b(\w{1,40})\s{0,9}:\s{0,9}(?:'([^']{0,2000})'|\"([^\"]{0,2000})\"|([^'\",}\s]{1,200}))")
PROXY = "/module/web/jpage/dataproxy.jsp"
GROUP = 3  # pages that one request brings
ROWS = "15"  # of a page, where nothing says
OURS = ("storeproxy", "proxyurl", "totalrecord", "groupsize", "storeparams", "nexttext", "prevtext", "perpage")


def next_groups(source: str, url: str, request: Request | None = None) -> Iterator[str | Request]:
    """What to ask for the rows after those of a page; nothing where all are shown. `request` is how the page was asked.

    A portal takes one of three ways and does not say which: by GET, by POST (both with startrecord and endrecord), or the
    column's own address with `uid` and `pageNum`. Each is tried when the one before brought nothing for the first group.
    """
    rows, total = len(RECORD.findall(source)), TOTAL.search(source)
    following = [urljoin(url, href.replace("&amp;", "&")) for href in NEXT_GROUP.findall(source)]
    if following and not (total and _says_no_more(following[0], options_of(source))):
        yield from following if rows else ()
        return
    method, form = (request.method, request.body.decode()) if request else ("GET", "")
    asked = dict(parse_qsl(urlsplit(url).query) + parse_qsl(form))
    if asked.get("page", "").isdigit() and (pages := PAGES.search(source)):
        if rows and int(asked["page"]) < int(pages[1]):
            yield re.sub(r"(?<=[?&]page=)\d+", str(int(asked["page"]) + 1), url)
    elif "startrecord" in asked:
        yield from _after(asked, url, method, rows, int(total[1]) if total else None)
    elif total and (options := options_of(source)):
        size, number = _size(options), int(asked.get("pageNum", 0))
        shown = number * size or rows
        if number and rows and shown < int(total[1]):
            yield _numbered(options, url, number + 1)
        elif not number and shown < int(total[1]):
            yield _group(options, urljoin(url, options.get("storeproxy", options.get("proxyurl", PROXY))), shown + 1)


def _says_no_more(href: str, options: dict[str, str]) -> bool:
    """Whether a next group is written as the first one, and in no cipher: then the component's own way is surer."""
    asked = dict(parse_qsl(urlsplit(href).query))
    return asked.get("page") == "1" and bool(options) and asked.get("columnid") == options.get("columnid")


def options_of(source: str) -> dict[str, str]:
    """Options of the page's `$('#unit').jpage({…})` by lower-case name, and those within `storeparams` as they are."""
    call = CALL.search(source)
    if call is None:
        return {}
    options = {name.lower(): next(filter(None, values), "") for name, *values in OPTION.findall(call[2])}
    options |= dict(parse_qsl(options.get("storeparams", "")))
    options.setdefault("unitid", call[1] or "")
    return {name: value for name, value in options.items() if value}


def _after(asked: dict[str, str], url: str, method: str, rows: int, total: int | None) -> Iterator[str | Request]:
    """What follows an answer of the proxy: the next group, or the same one by another way when it came empty."""
    start, end, size = int(asked["startrecord"]), int(asked["endrecord"]), _size(asked)
    proxy = url.partition("?")[0]
    if rows and (end < total if total is not None else rows > end - start):
        yield _group(asked, proxy, end + 1, method)
    elif not rows and start <= GROUP * size + 1:
        yield _group(asked, proxy, start, "POST") if method == "GET" else _numbered(asked, url, (start - 1) // size + 1)


def _group(options: dict[str, str], proxy: str, start: int, method: str = "GET") -> str | Request:
    """Rows from `start` on, counted from 1. A POST says the same in its query and its form, as the component does."""
    size = _size(options)
    span = {"startrecord": str(start), "endrecord": str(start + size * GROUP - 1), "perpage": str(size)}
    same = {name: value for name, value in options.items() if name not in (*span, *OURS)}
    if method == "POST":
        return FormRequest(f"{proxy}?{urlencode(span)}", formdata=same)
    return f"{proxy}?{urlencode(span | same)}"


def _numbered(options: dict[str, str], url: str, number: int) -> str:
    column = f"/col/col{options['columnid']}/index.html" if "columnid" in options else urlsplit(url).path
    return urljoin(url, f"{column}?{urlencode({'uid': options.get('unitid', ''), 'pageNum': number})}")


def _size(options: dict[str, str]) -> int:
    return max(int(options.get("perpage", ROWS)), 1)
