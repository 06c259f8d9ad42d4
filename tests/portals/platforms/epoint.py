"""Epoint WebBuilder: ewb- classes and uuid addresses; rows by POST from its interface, or on pages (domain.md 3.7)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

import json
from html import escape

from .. import wrapping
from ..draw import hexed
from ..model import Article, Column
from .base import Page, Request
from .skinned import Skin, Skinned

REST = "/EpointWebBuilder/rest/frontAppCustomAction/getPageInfoListNew"


def uuid(*keys: object) -> str:
    name = hexed(*keys)
    return "-".join((name[:8], name[8:12], name[12:16], name[16:20], name[20:]))


class Epoint(Skinned):
    skins = (
        Skin('<div class="ewb-list-hd">{name}</div><ul class="ewb-list" id="infolist">{rows}</ul><div id="pager" class="ewb-page"></div>', '<li class="ewb-list-node clearfix"><a href="{url}" class="ewb-list-name" title="{title}">{shown}</a><span class="ewb-list-date">{date}</span></li>',
             '<div class="ewb-article"><h3 class="ewb-article-tt">{title}</h3><div class="ewb-article-sources">{info}</div>{meta}{body}{files}</div>', '<div class="ewb-article-info" id="BodyLabel">{body}</div>'),
        Skin('<div class="ewb-info"><h2 class="ewb-info-hd">{name}</h2><div class="ewb-info-bd">{rows}</div>{pager}</div>', '<div class="ewb-com-item"><span class="ewb-date">{date}</span><a class="ewb-com-link" href="{url}" target="_blank" title="{title}">{shown}</a></div>',
             '<div class="ewb-article-hd"><p class="ewb-article-title">{title}</p>{info}</div>{body}{files}{prev}', '<div class="ewb-article-content">{body}</div>'),
    )  # fmt: skip

    def category(self, column: Column) -> str:
        """Three digits for each step of the tree: 009001002."""
        if column.parent is None:
            return f"{7 + self.plan.tops.index(column):03d}"
        return f"{self.category(column.parent)}{column.number % 997:03d}"

    def folder(self, column: Column) -> str:
        return f"http://{column.host}/" + "".join(f"{self.category(c)}/" for c in column.path())

    def column_url(self, column: Column, page: int = 1) -> str:
        if self.portal.variant:
            return self.folder(column) + ("moreinfo.html" if page == 1 else f"{page}.html")
        return self.folder(column) + "subpage.html"

    def article_url(self, article: Article) -> str:
        name, column = uuid(self.portal.name, article.number), article.column
        if self.portal.variant:
            unit = column.body.slug if column.body else "bmxx"
            return f"http://{column.host}/govxxgk/{unit}/{article.date}/{name}.html"
        return f"{self.folder(column)}{article.date.replace('-', '')}/{name}.html"

    def attachment_url(self, article: Article, position: int) -> str:
        name = uuid(self.portal.name, article.number, position)
        if article.file_row or self.portal.variant:
            return f"http://{article.column.host}/uploadfile/{article.date[:4]}/{name}.{article.attachments[position].kind}"
        return f"http://{article.column.host}/EpointWebBuilder/WebbuilderMIS/attach/downloadZtbAttach.jspx?attachGuid={name}"

    def page_count(self, column: Column) -> int:
        return super().page_count(column) if self.portal.variant else 1

    def pager(self, column: Column, page: int) -> str:
        count = self.page_count(column)
        items = "".join(
            f'<li class="ewb-page-li{" current" if n == page else ""}"><a href="{self.href(self.column_url(column, n), column.host)}">{n}</a></li>'
            for n in range(1, count + 1)
        )
        after = (
            f'<li class="ewb-page-li ewb-page-hover"><a href="{self.href(self.column_url(column, page + 1), column.host)}">&gt;</a></li>'
            if page < count
            else ""
        )
        return f'<div class="ewb-page"><ul class="ewb-page-items">{items}{after}<li>{page}/{count}</li></ul></div>'

    def list_html(self, column: Column, page: int) -> str:
        if self.portal.variant:
            return super().list_html(column, page)
        script = (
            f"var siteInfo={{projectName:'EpointWebBuilder',siteGuid:'{uuid(self.portal.name)}'}};var categoryNum='{self.category(column)}',pageSize={self.portal.rows};"
            f"epoint.list('{REST}',{{siteGuid:siteInfo.siteGuid,categoryNum:categoryNum,pageIndex:0,pageSize:pageSize}});"
        )
        inner = self.skin.box.format(name=escape(column.name), rows="")
        return wrapping.column_page(
            self, column, f'{inner}<script src="/js/webBuilderCommon.js"></script><script>{script}</script>'
        )

    def more_routes(self) -> None:
        for host in self.portal.hosts if not self.portal.variant else []:
            self.routes[host + REST] = self.listed

    def listed(self, request: Request) -> Page:
        """One page of rows, counted from 0; `params` is JSON in a form field, or the whole body is."""
        raw = request.form.get("params") or request.query.get("params") or request.body.decode("utf-8", "replace")
        try:
            asked = json.loads(raw)
            asked = asked.get("params", asked)
            page, size = int(asked.get("pageIndex", 0)), min(100, int(asked.get("pageSize", 10)))
        except (ValueError, AttributeError):
            return self.json({"status": {"code": "0", "text": "参数错误"}, "custom": {"infodata": [], "count": 0}})
        column = next(
            (c for c in self.plan.columns() if c.kind == "list" and self.category(c) == asked.get("categoryNum")), None
        )
        rows = self.rows(column) if column and asked.get("siteGuid") == uuid(self.portal.name) else []
        data = [
            {"infoid": uuid(self.portal.name, a.number), "title": a.title, "infodate": a.date, "infourl": self.href(a.url, request.host),
             "categorynum": self.category(a.column)} for a in rows[page * size : (page + 1) * size]
        ]  # fmt: skip
        key = ("infodata", "data")[self.portal.option("rest", 2)]
        return self.json({"status": {"code": "200", "text": "操作成功"}, "custom": {key: data, "count": len(rows)}})

    def json(self, answer: object) -> Page:
        return Page(json.dumps(answer, ensure_ascii=False).encode(), "application/json;charset=UTF-8")
