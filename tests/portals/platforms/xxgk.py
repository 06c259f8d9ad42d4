"""Hanweb's openness module: a report has no number, its address is its unit and its year (domain.md 2.4, cms-shapes X)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from functools import partial
from typing import ClassVar

from .. import wrapping
from ..draw import number
from ..model import Article, Body, Column
from .base import Page, Request
from .hanweb_skins import HanwebSkins

YEARLY, SEARCH = "/module/xxgk/xxgkAnnualReport.jsp", "/module/xxgk/search.jsp"


class Xxgk(HanwebSkins):
    """Skin 0 leads from units to years, skin 1 has a list that search.jsp brings; both have selects for unit and year."""

    variants: ClassVar[int] = 2

    def area(self, body: Body) -> str:
        return f"11{number(10**8, 10**9 - 1, self.portal.name, body.organ)}"

    def column_url(self, column: Column, page: int = 1) -> str:
        if column is self.plan.annual:
            return f"http://{column.host}{YEARLY}"
        return super().column_url(column, page)

    def page_count(self, column: Column) -> int:
        return 1 if column is self.plan.annual else super().page_count(column)

    def article_url(self, article: Article) -> str:
        if article.report and article.column.annual:
            return f"http://{article.column.host}{YEARLY}?area={self.area(article.report.body)}&fbtime={article.report.year}"
        return super().article_url(article)

    def list_html(self, column: Column, page: int) -> str:
        if column is not self.plan.annual:
            return super().list_html(column, page)
        areas = {self.area(body): body.organ for body in self.plan.bodies}
        if self.portal.variant:
            query = f"standardXxgk=1&isAllList=1&texttype=&fbtime=&vc_title=&currpage=1&sortfield=,compaltedate:0&infotypeId={column.number}&area=&divid=div1551"
            options = "".join(f'<option value="{code}">{name}</option>' for code, name in areas.items())
            inner = f'<select name="area"><option value="">全部单位</option>{options}</select><div id="div1551"></div><script>$("#div1551").load("{SEARCH}?{query}");</script>'
            return wrapping.column_page(self, column, inner)
        units = "".join(
            f'<li><a href="{YEARLY}?area={code}" target="_self">{name}</a></li>' for code, name in areas.items()
        )
        others = "".join(self.row_html(a, n, column.host) for n, a in enumerate(self.rows(column)) if not a.report)
        return wrapping.column_page(
            self,
            column,
            f'<h3>{column.name}</h3><ul class="xxgk_unit">{units}</ul><div class="xxgk_other"><ul>{others}</ul></div>',
        )

    def unit_html(self, body: Body) -> str:
        """The years of one unit."""
        annual = self.plan.annual
        rows = [a for a in self.rows(annual) if a.report and a.report.body is body]
        years = "".join(
            f'<li><a href="{self.href(a.url, annual.host)}">{a.report.year}年度报告</a></li>' for a in rows if a.report
        )
        return wrapping.column_page(
            self, annual, f'<h3>{body.organ}政府信息公开年报</h3><ul class="xxgk_year">{years}</ul>'
        )

    def more_routes(self) -> None:
        super().more_routes()
        host = self.plan.annual.host
        if self.portal.variant:
            self.routes[host + SEARCH] = self.listed
            return
        for body in self.plan.bodies:
            self.route_text(f"http://{host}{YEARLY}?area={self.area(body)}", partial(self.unit_html, body))

    def listed(self, request: Request) -> Page:
        """A page of the list as a piece of HTML."""
        asked = request.query | request.form
        annual, size = self.plan.annual, self.portal.rows
        known = asked.get("infotypeId") == str(annual.number)
        rows = [
            a
            for a in self.rows(annual)
            if known and asked.get("area") in (None, "", self.area(a.report.body) if a.report else None)
        ]
        page = int(asked["currpage"]) if asked.get("currpage", "").isdigit() else 1
        pages = max(1, -(-len(rows) // size))
        items = "".join(
            f'<tr><td><a href="{self.href(a.url, annual.host)}" title="{a.title}" target="_blank">{a.title}</a></td><td>{a.source}</td><td>{a.date}</td></tr>'
            for a in rows[(page - 1) * size : page * size]
        )
        after = f'<a href="javascript:void(0)" onclick="gotoPage({page + 1})">下一页</a>' if page < pages else ""
        return self.html(
            f'<table class="xxgk_list">{items}</table><div class="xxgk_page">共{len(rows)}条 第{page}/{pages}页 {after}</div>'
        )
