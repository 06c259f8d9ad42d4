"""Addresses and charsets: GBK in URLs, session ids, base href, and lists without an end."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

from ..little import HOME, YEARS, Ask, Pieces, html, link, reply, report, row, rows
from .base import Hazard, on

NAME = "年报"
GBK = quote(NAME.encode("gbk"))
UTF_8 = quote(NAME)


def _gbk(text: str) -> Pieces:
    return reply(text.encode("gbk"), kind="text/html; charset=gbk")


def _shown(ask: Ask) -> Pieces | None:
    """A report by its query, but only when that came as it was linked."""
    for year in YEARS:
        if ask.target == f"/nb/show.do?lm={GBK}&y={year}":
            return reply(report(year))
    return None


def _gbk_escaped(ask: Ask) -> Pieces | None:
    if ask.path == "/nb/":
        return _gbk(html(*(row(year, f"show.do?lm={GBK}&y={year}") for year in YEARS)))
    return _shown(ask)


def _gbk_raw(ask: Ask) -> Pieces | None:
    if ask.path == "/nb/":
        return _gbk(html(*(row(year, f"show.do?lm={NAME}&y={year}") for year in YEARS)))
    return _shown(ask)


def _gbk_path(ask: Ask) -> Pieces | None:
    if ask.path == "/nb/":
        return _gbk(html(row(2020, f"/nb/{GBK}/2020.html"), row(2021, f"/nb/{NAME}/2021.html"), row(2022)))
    pages = {f"/nb/{GBK}/2020.html": 2020, f"/nb/{UTF_8}/2021.html": 2021}  # browsers send raw characters of a path so
    return reply(report(pages[ask.target])) if ask.target in pages else None


def _charset(kind: str, charset: str, head: str = "") -> dict[str, Pieces]:
    """All pages in `charset` while the header says `kind`."""
    pages = {"/": HOME, "/nb/": html(rows(), head=head)} | {f"/nb/{y}.html": report(y, head=head) for y in YEARS}
    return {path: reply(text.encode(charset), kind=kind) for path, text in pages.items()}


def _sessions(ask: Ask) -> Pieces | None:
    """Every link carries the session of this very visit, in its path or its query."""
    path, _, session = ask.path.partition(";jsessionid=")
    mark = f";jsessionid={hash((ask.target, ask.nth)) & 0xFFFFFFFF:08X}{len(session):04d}"
    if path == "/":
        return reply(html(link(f"/nb/{mark}", "政府信息公开年报")))
    if path == "/nb/":
        own = [row(year, f"/nb/{year}.html{mark}?sid={'a1' * 12}{ask.nth}") for year in YEARS]
        return reply(html(*own, link(f"/nb/{mark}", "政府信息公开年报"), link(f"/nb/{mark}?p=1", "年度报告")))
    for year in YEARS:
        if path == f"/nb/{year}.html":
            return reply(report(year, extra=f"<a href='/nb/{mark}'>返回</a>"))
    return None


def _base(ask: Ask) -> Pieces | None:
    if ask.path == "/":
        return reply(html(link("column/", "政府信息公开年报"), head='<base href="/deep/er/">'))
    if ask.path == "/deep/er/column/":
        return reply(html(*(row(year, f"nb/{year}.html") for year in YEARS), head='<base href="../../../">'))
    return None


def _base_away(ask: Ask) -> Pieces | None:
    """A base that puts every link on another site."""
    if ask.path == "/nb/":
        away = html(rows(), head="<base href='http://elsewhere.test/'>")
        return reply(away) if ask.target == "/nb/" else None
    return None


def _calendar(ask: Ask) -> Pieces | None:
    """Years and months without an end beside the reports."""
    if ask.path != "/nb/":
        return None
    at = int(ask.target.partition("?y=")[2] or 2022)
    years = [link(f"/nb/?y={at + step}", f"{2000 + (at + step) % 100}年") for step in range(1, 9)]
    return reply(html(rows() if at == 2022 else "", *years, link(f"/nb/?y={at + 1}", "下一页")))


def _pager(ask: Ask) -> Pieces | None:
    """Page N is the first page again, and has a next one."""
    if ask.path != "/nb/":
        return None
    at = int(ask.target.partition("?p=")[2] or 1)
    return reply(html(rows(), link(f"/nb/?p={at + 1}", "下一页")))


def _variants(ask: Ask) -> Pieces | None:
    """The same list under ever new queries, each of which names ten more."""
    if ask.path != "/nb/":
        return None
    seed = ask.target.partition("?k=")[2]
    return reply(html(rows(), *(link(f"/nb/?k={seed}{n}", "政府信息公开年报") for n in range(10))))


@cache
def _links(count: int) -> str:
    return html(rows(), *(f"<a href=/a{n}>a</a>" for n in range(count)))


def _million(ask: Ask) -> Pieces | None:
    """The reports, and then links and links: a hundred thousand, to be quick. None but the first are looked at anyhow."""
    return reply(_links(100_000)) if ask.path == "/nb/" else None


def prepare() -> None:
    """Make the long page: not while a client waits."""
    _links(100_000)


HAZARDS = (
    Hazard("gbk-escaped", "GBK percent-encoded in queries: kept as it was linked", _gbk_escaped),
    Hazard("gbk-raw", "GBK as raw bytes in queries: asked in the page's charset, as browsers do", _gbk_raw),
    Hazard("gbk-path", "GBK in paths: escapes kept, raw characters asked in UTF-8", _gbk_path),
    Hazard(
        "charset-header", "GBK pages under a header that says UTF-8", on(_charset("text/html; charset=utf-8", "gbk"))
    ),
    Hazard("charset-latin", "GBK pages under iso-8859-1", on(_charset("text/html; charset=iso-8859-1", "gbk"))),
    Hazard("charset-meta", "UTF-8 pages whose meta says gbk", on(_charset("text/html", "utf-8", "<meta charset=gbk>"))),
    Hazard("charset-none", "GBK pages that say nothing", on(_charset("text/html", "gbk"))),
    Hazard("session-ids", "a new session id in every link of every visit", _sessions, most=9),
    Hazard("base-href", "links that a base href resolves", _base),
    Hazard(
        "base-away",
        "a base href that leads to another site",
        _base_away,
        verdict="empty",
        read=0,
        never=("elsewhere.test/.*",),
        problem="offsite",
    ),
    Hazard("calendar", "years that go on for ever", _calendar, "degraded", most=60, problem="endless"),
    Hazard("endless-pager", "each page has a next one", _pager, "degraded", most=40, problem="too_many_pages"),
    Hazard("variants", "one list under endless queries", _variants, "degraded", most=60, problem="endless"),
    Hazard(
        "million-links",
        "a page that is links and nothing else",
        _million,
        "degraded",
        most=20,
        problem="too_many_links",
    ),
)
