"""Hanweb's other ways to the rows: by POST only, by ?uid=&pageNum= on the column's own address, by groups (domain.md 3.2)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from functools import partial
from typing import ClassVar

from .. import wrapping
from ..model import Article, Column
from .base import Page, Request
from .hanweb import PROXY, Hanweb
from .skinned import Skin, Skinned


class HanwebSkins(Skinned, Hanweb):
    variants: ClassVar[int] = 3
    skins = (
        Skin("", '<li class="clearfix"><a href="{url}" target="_blank" title="{title}">{shown}</a><span class="time">{date}</span></li>',
             '<div id="barrierfree_container"><div class="bt-box-1200"><h1 class="bt-article-tt">{title}</h1>{info}{meta}{body}{files}</div></div>', '<div id="zoom" class="bt-article-02"><!--<$[信息内容]>begin-->{body}<!--<$[信息内容]>end--></div>'),
        Skin("", '<table width="100%"><tr><td class="bt_link" height="30"><a href="{url}" title="{title}" class="bt_link">{shown}</a></td><td class="bt_time" align="center">{date}</td></tr></table>',
             "<table id='c' width='100%'><tr><td class='title' align='center'>{title}</td></tr><tr><td>{info}</td></tr><tr><td class='bt_content'>{body}</td></tr><tr><td>{files}</td></tr></table>{prev}", "<div id='zoom'>{body}</div>"),
        Skin("", '<li><a href="{url}" title="{title}" target="_blank">{shown}</a><b>{date}</b></li>',
             '<div class="arc_cont"><h2 class="arc_title">{title}</h2>{info}{meta}{body}{files}{prev}</div>', '<div class="wzzw-article"><div id="zoom">{body}</div></div>'),
    )  # fmt: skip

    def numbered(self) -> bool:
        """Pages have numbers in the column's address; the proxy answers nothing."""
        return self.portal.variant == 1

    def column_url(self, column: Column, page: int = 1) -> str:
        tail = f"?uid={self.unit_id(column)}&pageNum={page}" if page > 1 else ""
        return super().column_url(column) + tail

    def page_count(self, column: Column) -> int:
        return max(1, -(-len(self.rows(column)) // self.per_page)) if self.numbered() else 1

    def record(self, article: Article) -> str:
        return f"<record><![CDATA[{self.row_html(article, 1, article.column.host)}]]></record>"

    def datastore(self, column: Column, start: int, end: int, group: int) -> str:
        if self.portal.variant == 2:  # with the address of the next group
            return super().datastore(column, start, end, group)
        records = "\n".join(self.record(article) for article in self.rows(column)[max(0, start - 1) : end])
        return f"<datastore><recordset>{records}</recordset><totalrecord>{len(self.rows(column))}</totalrecord></datastore>"

    def list_html(self, column: Column, page: int) -> str:
        size, unit, total = self.per_page, self.unit_id(column), len(self.rows(column))
        last = size * (page if self.numbered() else 3)
        store = self.datastore(column, (page - 1) * size + 1, last, 0)
        script = (
            f"$('#{unit}').jpage({{storeproxy:'{PROXY}',storeparams:'col=1&appid=1&webid={self.web_id}&path=/&columnid={column.number}"
            f"&sourceContentType=1&unitid={unit}&webname={self.portal.site_name}&permissiontype=0',totalRecord:{total},perPage:{size}}});"
        )
        inner = f'<h3>{column.name}</h3><div id="{unit}"><script type="text/xml">{store}</script></div>'
        if self.numbered():
            links = "".join(
                f'<a class="default_pgBtn" href="{self.href(self.column_url(column, n), column.host)}">{n}</a>'
                for n in range(1, self.page_count(column) + 1)
                if n != page
            )
            inner += f'<div class="default_pgContainer"><span>共{self.page_count(column)}页</span>{links}</div>'
        else:
            inner += f"<script>{script}</script>"
        return wrapping.column_page(self, column, inner)

    def more_routes(self) -> None:
        """A number of the page that there is not gives the first page, as life does."""
        super().more_routes()
        for column in self.plan.columns():
            if self.numbered() and column.kind == "list":
                self.route_text(
                    self.column_url(column) + f"?uid={self.unit_id(column)}&pageNum=1",
                    partial(self.list_html, column, 1),
                )

    def proxy(self, request: Request) -> Page:
        """Only the script's own way of asking is answered."""
        if self.portal.variant == 2:
            return super().proxy(request)
        if self.numbered() or request.method != "POST" or "startrecord" not in request.query | request.form:
            return self.html("<datastore><recordset></recordset></datastore>")
        return super().proxy(request)
