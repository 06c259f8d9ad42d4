"""Lonsun: /public/column/ lists that a label fills, and its relative with /OpennessContent/ addresses (domain.md 3.6)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from html import escape

from .. import wrapping
from ..draw import hexed, number
from ..model import Article, Column
from .base import Page, Request
from .skinned import Skin, Skinned

LABEL = "/site/label/8888"
HEAD = (
    '<table class="xxgk_tb" width="100%"><tr><th>索引号</th><td>{number}</td><th>发布机构</th><td>{source}</td></tr>'
    "<tr><th>发文日期</th><td>{date}</td><th>组配分类</th><td>年度报告</td></tr><tr><th>信息名称</th><td colspan=3>{title}</td></tr></table>"
)


class Lonsun(Skinned):
    skins = (
        Skin('<ul class="xxgk_nav_list clearfix">{rows}</ul>', '<li class="num{n}"><a class="title" href="{url}" title="{title}" target="_blank">{shown}</a><span class="date">{date}</span></li>',
             f'<div class="wzcon j-fontContent">{HEAD}<h1 class="newstitle">{{title}}</h1>{{info}}{{body}}{{files}}</div>', '<div class="newscontnet minh300" id="zoom">{body}</div>'),
        Skin('<div class="g-list"><h2>{name}</h2><ul>{rows}</ul></div>{pager}', '<li><span>{date}</span><a href="{url}" title="{title}">{shown}</a></li>',
             f'<div class="content"><h1>{{title}}</h1>{HEAD}{{body}}{{files}}{{prev}}</div>', '<div class="con_con">{body}</div>'),
    )  # fmt: skip

    @property
    def site_id(self) -> int:
        return 6_790_000 + self.portal.index

    def organ_id(self, column: Column) -> int:
        """The body that a column belongs to, as a number."""
        body = next((c.body for c in reversed(column.path()) if c.body), self.plan.bodies[0])
        return number(600_000, 700_000, self.portal.name, body.organ)

    def ours(self, column: Column) -> bool:
        return column.path()[0] is self.plan.openness

    def column_url(self, column: Column, page: int = 1) -> str:
        base, organ, cat = f"http://{column.host}", self.organ_id(column), column.number
        if self.portal.variant:
            family = f"/OpennessContent/showList/{organ}/{cat}" if self.ours(column) else f"/News/showList/{cat}"
            return f"{base}{family}/page_{page}.html"
        if not self.ours(column):
            return f"{base}/content/column/{cat}" + (f"?pageIndex={page}" if page > 1 else "")
        return f"{base}/public/column/{organ}?type=4&catId={cat}&action=list&nav=3"

    def article_url(self, article: Article) -> str:
        base, ours = f"http://{article.column.host}", self.ours(article.column)
        if self.portal.variant:
            family = "News" if not ours else "XxgkAnnualReport" if article.column.annual else "OpennessContent"
            return f"{base}/{family}/show/{article.number}.html"
        if not ours:
            return f"{base}/content/detail/{hexed(self.portal.name, article.number, length=24)}.html"
        return f"{base}/public/{self.organ_id(article.column)}/{article.number}.html"

    def attachment_url(self, article: Article, position: int) -> str:
        kind = article.attachments[position].kind
        return f"http://{article.column.host}/group1/M00/{hexed(self.portal.name, article.number, position)[:20].upper()}.{kind}"

    def labelled(self, column: Column) -> bool:
        return self.portal.variant == 0 and self.ours(column) and column.kind == "list"

    def page_count(self, column: Column) -> int:
        return 1 if self.labelled(column) else super().page_count(column)

    def list_html(self, column: Column, page: int) -> str:
        if not self.labelled(column):
            return super().list_html(column, page)
        organ, size = self.organ_id(column), self.portal.rows
        first = self.fragment(column, 1) if self.portal.option("first", 2) else ""
        script = (
            f"$(function(){{var params={{IsAjax:1,dataType:'html',labelName:'publicInfoList',siteId:'{self.site_id}',pageSize:{size},pageIndex:1,action:'list',"
            f"organId:'{organ}',type:'4',catId:'{column.number}',isDate:'true',dateFormat:'yyyy-MM-dd',length:80,file:'/xxgk/publicInfoList_newest2020'}};"
            f"$('#xxgk_lmcon').load('{LABEL}?'+$.param(params));}});"
        )
        inner = f'<h3>{escape(column.name)}</h3><div id="xxgk_lmcon">{first}</div><script>{script}</script>'
        return wrapping.column_page(self, column, inner)

    def fragment(self, column: Column, page: int) -> str:
        """Rows of one page and the script that draws the pager below them."""
        size, rows = self.portal.rows, self.rows(column)
        count = -(-len(rows) // size)
        shown = self.rows_html(column, rows[(page - 1) * size : page * size])
        pager = f'<div id="page_public_info" class="pagination"></div><script>Ls.pagination("#page_public_info",turn,{{currPage:{page},pageCount:{count},pageSize:{size},total:{len(rows)}}});</script>'
        return self.skin.box.format(rows=shown) + pager

    def more_routes(self) -> None:
        for host in self.portal.hosts if self.portal.variant == 0 else []:
            self.routes[host + LABEL] = self.label

    def label(self, request: Request) -> Page:
        asked = request.query | request.form
        category = asked.get("catId") or asked.get("catIds")
        column = next((c for c in self.plan.columns() if str(c.number) == category and self.labelled(c)), None)
        known = column and asked.get("labelName") == "publicInfoList" and asked.get("siteId") == str(self.site_id)
        if not column or not known or asked.get("organId") != str(self.organ_id(column)):
            return self.html('<p class="nodata">暂无相关信息</p>')
        page = asked.get("pageIndex", "1")
        return self.html(self.fragment(column, int(page) if page.isdigit() and int(page) else 1))
