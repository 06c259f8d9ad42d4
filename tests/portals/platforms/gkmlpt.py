"""gkmlpt: the openness platform is a page of scripts over a JSON interface, beside an NFCMS site (domain.md 3.5)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

import json
from calendar import timegm
from functools import partial
from html import escape

from .. import chrome
from ..model import Article, Column
from .base import Page, Request, Site
from .trs import shown_date, shown_title


class Gkmlpt(Site):
    container = '<div class="article-content">{body}</div>'
    api_rows = 20  # life has 100; smaller, so that small portals page too

    @property
    def sid(self) -> str:
        return str(700_000 + self.portal.index)

    def ours(self, column: Column) -> bool:
        return column.path()[0] is self.plan.openness

    def column_url(self, column: Column, page: int = 1) -> str:
        if not self.ours(column):
            return f"http://{column.host}/{column.slug}/index{'' if page == 1 else f'_{page}'}.html"
        if column is self.plan.openness:
            return f"http://{column.host}/gkmlpt/index"
        return f"http://{column.host}/gkmlpt/index#{column.number}"

    def article_url(self, article: Article) -> str:
        if not self.ours(article.column):
            return f"http://{article.column.host}/content/post_{article.number}.html"
        return f"http://{article.column.host}/gkmlpt/content/{article.number // 1_000_000}/{article.number // 1000}/post_{article.number}.html"

    def attachment_url(self, article: Article, position: int) -> str:
        return f"http://{article.column.host}/attachment/0/{article.number // 1000}/{article.number}{position}/{article.number}.{article.attachments[position].kind}"

    def build_column(self, column: Column) -> None:
        if not self.ours(column):
            super().build_column(column)

    def tree(self, column: Column) -> dict[str, object]:
        count = sum(len(self.rows(child)) for child in column.walk())
        return {
            "id": column.number,
            "name": column.name,
            "post_count": count,
            "url": f"/gkmlpt/index#{column.number}",
            "children": [self.tree(child) for child in column.children],
        }

    def index_html(self) -> str:
        """The platform's one page: tree and site number in a script, empty boxes that scripts fill."""
        config = {
            "SID": self.sid,
            "SITE_NAME": self.portal.site_name,
            "TREE": [self.tree(c) for c in self.plan.openness.children],
        }
        text = json.dumps(config, ensure_ascii=not self.portal.option("ascii", 2))
        if self.portal.option("config", 2):  # as an object literal, the way the real page writes it
            text = f"{{SID: '{self.sid}', SITE_NAME: '{self.portal.site_name}', TREE: {json.dumps(config['TREE'], ensure_ascii=False)}}}"
        main = (
            f'<div id="app"><div class="nav-tree"></div><div class="list-box"></div>{chrome.trap_box(self, self.plan.annual)}</div>'
            f"<script>window._CONFIG = {text};</script><script src='/gkmlpt/js/app.js'></script>"
        )
        return chrome.shell(self, f"{self.plan.openness.name}-{self.portal.site_name}", main, self.plan.openness)

    def more_routes(self) -> None:
        host = self.plan.openness.host
        self.route_text(f"http://{host}/gkmlpt/index", self.index_html)
        self.routes[f"{host}/gkmlpt/api/all/0"] = partial(self.api, self.plan.openness)
        for column in self.plan.openness.walk():
            self.routes[f"{host}/gkmlpt/api/all/{column.number}"] = partial(self.api, column)

    def api(self, column: Column, request: Request) -> Page:
        """One page of a category and all below it; category 0 is everything; pages 0 and 1 are the same."""
        if request.query.get("sid") != self.sid:
            return Page('{"success":false,"msg":"站点不存在","data":null,"code":1000}'.encode(), "application/json")
        page = max(1, int(request.query["page"])) if request.query.get("page", "").isdigit() else 1
        rows = [article for child in column.walk() for article in self.rows(child)]
        rows.sort(key=lambda article: (article.date, article.number), reverse=True)
        chosen = rows[(page - 1) * self.api_rows : page * self.api_rows]
        answer = {
            "classify": {"id": column.number, "name": column.name, "post_count": len(rows)},
            "articles": [self.row(article) for article in chosen],
            "total": len(rows),
        }
        return Page(json.dumps(answer, ensure_ascii=False).encode(), "application/json")

    def row(self, article: Article) -> dict[str, object]:
        stamp = timegm((*map(int, article.date.split("-")), 1, 0, 0))
        return {
            "id": article.number, "title": article.title, "publisher": article.source, "url": article.url,
            "post_url": self.href(article.url, article.column.host), "document_number": "", "date": stamp,
            "created_at": f"{article.date} 09:00:00", "create_time": stamp, "first_publish_time": stamp,
            "display_publish_time": stamp, "is_expired": 0, "keywords": "", "category_id": article.column.number,
        }  # fmt: skip

    def list_html(self, column: Column, page: int) -> str:
        items = []
        for article in self.page_rows(column, page):
            title = escape(article.title)
            link = self.href(article.url, column.host)
            items.append(
                f'<li><a href="{link}" title="{title}">{shown_title(self, title)}</a><span>{shown_date(self, article)}</span></li>'
            )
        pages = self.page_count(column)
        after = f'<a class="next" href="index_{page + 1}.html">下一页</a>' if page < pages else ""
        main = f'{chrome.breadcrumb(self, column, column.host)}<h2>{column.name}</h2><ul class="news_list">{"".join(items)}</ul><div class="page">{after}</div>'
        return chrome.shell(self, f"{column.name}_{self.portal.site_name}", main, column)

    def article_html(self, article: Article) -> str:
        column = article.column
        nfcms = f'<meta name="ArticleId" content="{article.number}"><meta name="ColumnId" content="{column.number}">'
        main = (
            f'{chrome.breadcrumb(self, column, column.host)}<div class="classify">{chrome.meta_block(self, article)}</div>'
            f'<h1 class="title document-number">{escape(article.title)}</h1><div class="date-row">{chrome.info_line(self, article)}</div>'
            f'<div class="content news_cont_d_wrap">{self.body_html(article)}</div>{chrome.attachments_box(self, article)}{chrome.tools(self)}{chrome.related(self, article)}'
        )
        return chrome.shell(self, chrome.page_title(self, article), main, column, article).replace(
            "<title>", f"{nfcms}<title>", 1
        )
