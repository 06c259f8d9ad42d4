"""The search of a portal, in the shapes of domain.md 3.1-3.3 and of the real answers: a form, a page, an interface."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

from . import wrapping
from .draw import hexed
from .model import Article

if TYPE_CHECKING:
    from .platforms.base import Page, Request
    from .platforms.skinned import Skinned

PAGES = {"irs": "/irs-c-web/search.shtml", "igs": "/igs/front/search.jhtml", "ucap": "/search5/html/searchResult.html",
         "jsearch": "/jsearchfront/search.do", "html": "/search/"}  # fmt: skip
CALLS = {"irs": "/irs/front/search", "igs": "/igs/front/search.jhtml", "ucap": "/search5/search/s",
         "jsearch": "/jsearchfront/interfaces/search.do"}  # fmt: skip


def kind(site: Skinned) -> str:
    assert site.portal.traits
    return site.portal.traits.search


def code(site: Skinned) -> str:
    return hexed(site.portal.name, "search", length=11 if kind(site) == "irs" else 32)


def form(site: Skinned, host: str) -> str:
    """The box in the header with what its interface must be told."""
    hidden = {
        "irs": {"code": code(site), "dataTypeId": "7"},
        "igs": {"code": code(site), "siteId": str(site.portal.index + 30)},
        "ucap": {"siteCode": site.portal.site_id_code},
        "jsearch": {"websiteid": site.portal.site_id_code[:6] + "000000000", "tpl": "2"},
    }.get(kind(site), {})
    word = {"irs": "searchWord", "igs": "searchWord", "ucap": "searchWord", "jsearch": "q"}.get(
        kind(site), wrapping.look(site).query
    )
    inputs = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in hidden.items())
    url = site.href(f"http://{site.portal.host}{PAGES[kind(site)]}", host)
    return f'<form action="{url}" method="get">{inputs}<input type="text" name="{word}" placeholder="请输入关键字"><button type="submit">搜索</button></form>'


def hits(site: Skinned, words: str) -> list[Article]:
    """Articles whose title has most of the words' pairs of characters, best first, then newest."""
    pairs = {words[i : i + 2] for i in range(len(words) - 1)}
    scored = []
    for article in site.plan.articles:
        if article.report and site.portal_empty == "search":
            continue
        share = sum(pair in article.title for pair in pairs) / max(1, len(pairs))
        if share >= 0.5 and not article.gone():
            scored.append((-round(share, 2), tuple(-int(x) for x in article.date.split("-")), article.number, article))
    return [article for *_, article in sorted(scored, key=lambda one: one[:3])]


def routes(site: Skinned) -> None:
    host = site.portal.host
    if kind(site) == "html":
        site.routes[f"{host}/search/"] = lambda request: results(site, request)
        return
    if kind(site) != "igs":  # the page is the same for every word: its script asks the interface
        site.routes[host + PAGES[kind(site)]] = lambda _: site.html(app(site))
    answer = {"irs": irs, "igs": igs, "ucap": ucap, "jsearch": jsearch}[kind(site)]
    site.routes[host + CALLS[kind(site)]] = lambda request: reply(answer(site, request))


def reply(answer: dict[str, Any]) -> Page:
    from .platforms.base import Page

    return Page(json.dumps(answer, ensure_ascii=False).encode(), "application/json;charset=UTF-8")


def app(site: Skinned) -> str:
    box = f'<div id="searchApp"></div><script>var searchUrl = "{CALLS[kind(site)]}", searchCode = "{code(site)}";</script>'
    return wrapping.shell(site, "站内搜索", box)


def results(site: Skinned, request: Request) -> Page:
    """A page of results with a link to the next."""
    name = wrapping.look(site).query
    raw = request.query.get(name, "")
    found, page = hits(site, raw), max(1, int(request.query.get("p", "1") or 1))
    rows = "".join(
        f'<li><a href="{a.url}">{escape(a.title)}</a><p>{a.source}　{a.date}</p></li>'
        for a in found[(page - 1) * 10 : page * 10]
    )
    after = (
        f'<a href="/search/?{name}={quote(raw, encoding=site.portal.charset)}&amp;p={page + 1}">下一页</a>'
        if page * 10 < len(found)
        else ""
    )
    return site.html(wrapping.shell(site, "站内搜索", f"<p>共找到{len(found)}条</p><ul>{rows}</ul>{after}"))


def cut(values: dict[str, Any], found: list[Article], number: str, size: str) -> tuple[list[Article], int, int]:
    """(the page asked for, its number from 1, its size); nothing asked gives the first ten."""
    page, rows = (int(values.get(key) or default) for key, default in ((number, 1), (size, 10)))
    rows = min(max(rows, 1), 50)
    return found[(page - 1) * rows : page * rows], page, rows


def irs(site: Skinned, request: Request) -> dict[str, Any]:
    try:
        asked = json.loads(request.body or b"{}")
    except ValueError:
        asked = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    for field, name in (("orderBy", "排序方式"), ("searchBy", "搜索范围")):
        if not asked.get(field):
            return {"success": False, "msg": f"{name}不能为空！", "data": None, "code": 1000}
    if asked.get("code") != code(site):
        return {"success": False, "msg": "系统错误", "data": None, "code": 1000}
    found = hits(site, asked.get("searchWord", ""))
    rows, page, size = cut(asked, found, "pageNo", "pageSize")
    pager = {"pageNo": page, "pageSize": size, "pageCount": -(-len(found) // size), "total": len(found)}
    items = [
        {"title": a.title.replace("年度报告", "<em>年度报告</em>"), "title_no_tag": a.title, "url": a.url, "time": f"{a.date} 10:00:00",
         "source": a.source, "content": ""} for a in rows
    ]  # fmt: skip
    if site.portal.option("irs", 2):
        middle: dict[str, Any] = {"list": items}
    else:
        middle = {"listAndBox": [{"type": "list", "data": item} for item in items]}
    return {"success": True, "msg": "操作成功", "code": 200, "data": {"middle": middle, "pager": pager}}


def igs(site: Skinned, request: Request) -> dict[str, Any]:
    found = hits(site, request.query.get("searchWord", "")) if request.query.get("code") == code(site) else []
    rows, page, size = cut(request.query, found, "pageNumber", "pageSize")
    content = [
        {"DOCTITLE": a.title, "DOCPUBURL": a.url, "PUBDATE": f"{a.date}T02:00:00.000Z", "SITENAME": site.portal.site_name,
         "CHNLDESC": a.column.name, "DOCCONTENT": ""} for a in rows
    ]  # fmt: skip
    return {
        "page": {"content": content, "total": str(len(found)), "totalPages": -(-len(found) // size), "number": page}
    }


def ucap(site: Skinned, request: Request) -> dict[str, Any]:
    asked = request.query | request.form
    found = hits(site, asked.get("searchWord", "")) if asked.get("siteCode") == site.portal.site_id_code else []
    rows, _, _ = cut(asked, found, "pageNum", "pageSize")
    total = [
        {
            "title": a.title,
            "url": a.url,
            "pubDate": f"{a.date} 10:00:00",
            "siteName": site.portal.site_name,
            "content": "",
        }
        for a in rows
    ]
    return {"ok": True, "searchResultAll": {"total": len(found), "searchTotal": total}}


def jsearch(site: Skinned, request: Request) -> dict[str, Any]:
    asked = request.query | request.form
    mine = asked.get("websiteid") == site.portal.site_id_code[:6] + "000000000"
    found = hits(site, asked.get("q", "")) if mine else []
    rows, _, _ = cut(asked, found, "p", "pg")
    data = [
        {
            "pkValue": str(a.number),
            "data": {"title": a.title, "url": a.url, "deploytime": f"{a.date} 10:00:00", "content": ""},
        }
        for a in rows
    ]
    return {"status": "1", "total": len(found), "dataResults": data}
