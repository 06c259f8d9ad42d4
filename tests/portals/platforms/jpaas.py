"""Hanweb JPaaS: the list comes from the gateway as JSON that holds HTML; the page only says what to ask (domain.md 3.2)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

import json
from html import escape

from .. import wrapping
from ..draw import hexed, number
from ..model import Article, Column
from .base import Page, Request
from .skinned import Skin, Skinned

UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"


class Jpaas(Skinned):
    skins = (
        Skin('<div class="list_con"><ul class="RcontUl">{rows}</ul></div>{pager}', '<li class="clearfix"><a href="{url}" target="_blank" title="{title}">{shown}</a><span class="time">{date}</span></li>',
             '<div class="bt-article-02"><h1 class="bt_title">{title}</h1>{info}{meta}{body}{files}</div>', '<div id="zoom"><!--ZJEG_RSS.content.begin-->{body}<!--ZJEG_RSS.content.end--></div>'),
        Skin('<div class="page-content"><div class="xxgk-list">{rows}</div>{pager}</div>', '<div class="xxgk-item"><p class="name"><a href="{url}" title="{title}">{shown}</a></p><p class="rq">发布日期：<b>{date}</b></p></div>',
             '<div class="main-txt"><p class="con-title">{title}</p>{meta}{info}{body}{files}{prev}</div>', '<div class="article_zoom" id="Zoom">{body}</div>'),
    )  # fmt: skip

    def column_url(self, column: Column, page: int = 1) -> str:
        return f"http://{column.host}/col/col{column.number}/index.html"

    def article_url(self, article: Article) -> str:
        name = hexed(self.portal.name, article.number)
        year, host, column = article.date[:4], article.column.host, article.column.number
        if self.portal.variant:
            uuid = "-".join((name[:8], name[8:12], name[12:16], name[16:20], name[20:]))
            return f"http://{host}/col/col{column}/art/{year}/art_{uuid}.html"
        return f"http://{host}/art/{year}/art_{name}.html"

    def attachment_url(self, article: Article, position: int) -> str:
        name = hexed(self.portal.name, article.number, position)
        return f"http://{article.column.host}/api-gateway/jpaas-web-server/front/document/file-download?fileUrl={name}.{article.attachments[position].kind}"

    def question(self, column: Column) -> dict[str, str]:
        """What the gateway must be told, as the page has it; "bulid" is the maker's spelling."""
        return {
            "parseType": "bulidstatic", "webId": str(self.portal.index + 100), "tplSetId": hexed(self.portal.name, "tpl", length=20),
            "pageType": "column", "tagId": ("信息列表", "右侧列表")[self.portal.variant], "editType": "null", "pageId": str(column.number),
        }  # fmt: skip

    def page_count(self, column: Column) -> int:
        return 1  # all pages share one address

    def unit_html(self, column: Column, page: int) -> str:
        size, count = self.portal.rows, len(self.rows(column))
        shown = self.rows(column)[(page - 1) * size : page * size]
        pager = f'<div class="pagination" rows="{size}" count="{count}" pageno="{page}"></div>'
        return self.skin.box.format(rows=self.rows_html(column, shown), pager=pager, name=column.name)

    def list_html(self, column: Column, page: int) -> str:
        query = str(self.question(column)).replace(" ", "")
        first = self.unit_html(column, 1) if self.portal.option("prerendered", 2) else ""
        if self.portal.variant:
            inner = f'<div class="column-box" id="unit{number(1, 10**6, column.number)}" url="{UNIT}" queryData="{query}">{first}</div><script src="/jpaas/unit.js"></script>'
        else:
            inner = f'<div id="list">{first}</div><script parseType="bulidstatic" url="{UNIT}" queryData="{query}" src="/jpaas/build.js"></script>'
        return wrapping.column_page(self, column, f"<h3>{escape(column.name)}</h3>{inner}")

    def more_routes(self) -> None:
        for host in self.portal.hosts:
            self.routes[host + UNIT] = self.unit

    def unit(self, request: Request) -> Page:
        """The rows of one page: pageNo stands alone, or in paramJson; a question that is not the page's own gets nothing."""
        asked = request.query | request.form
        column = next(
            (c for c in self.plan.columns() if str(c.number) == asked.get("pageId") and c.kind == "list"), None
        )
        if column is None or any(asked.get(key) != value for key, value in self.question(column).items()):
            return self.json({"success": False, "code": "500", "message": "参数错误", "data": None})
        try:
            page = int(json.loads(asked.get("paramJson") or "{}").get("pageNo") or asked.get("pageNo") or 1)
        except (ValueError, AttributeError):
            page = 1
        return self.json(
            {"success": True, "code": "200", "message": "", "data": {"html": self.unit_html(column, max(1, page))}}
        )

    def json(self, answer: object) -> Page:
        return Page(json.dumps(answer, ensure_ascii=False).encode(), "application/json;charset=UTF-8")
