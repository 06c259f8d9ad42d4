"""UCAP 开普云: list_2.shtml is the second page, articles end in 32 hexadecimal digits (domain.md 3.3)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from html import escape

from .. import chrome
from ..model import Article, Column
from .base import Site
from .trs import shown_date, shown_title


class Ucap(Site):
    index = ("list.shtml", "index.shtml")
    container = '<div id="UCAP-CONTENT">{body}</div>'

    @property
    def root(self) -> str:
        return f"{self.portal.name}zf"

    @property
    def prefix(self) -> str:
        return ["list", "xxgk_list", "common_list"][self.portal.option("prefix", 3)]

    def column_url(self, column: Column, page: int = 1) -> str:
        number = f"_{page}" if page > 1 else ""
        return f"http://{column.host}/{self.root}/c{column.number}/{self.prefix}{number}.shtml"

    def article_url(self, article: Article) -> str:
        month = article.date[:7].replace("-", "")
        return (
            f"http://{article.column.host}/{self.root}/c{article.column.number}/{month}/{self.hex_name(article)}.shtml"
        )

    def attachment_url(self, article: Article, position: int) -> str:
        name = f"{self.hex_name(article, 16)}{position}.{article.attachments[position].kind}"
        if self.portal.file_host != self.portal.openness_host:
            return f"http://{self.portal.file_host}/{self.root}/upload/{article.date[:4]}/{name}"
        return f"{article.url.removesuffix('.shtml')}/files/{name}"

    def list_html(self, column: Column, page: int) -> str:
        items = []
        for article in self.page_rows(column, page):
            title = escape(article.title)
            link = self.href(article.url, column.host)
            items.append(
                f'<li><a href="{link}" title="{title}" target="_blank">{shown_title(self, title)}</a><em>{shown_date(self, article)}</em></li>'
            )
        rows, pages = len(self.rows(column)), self.page_count(column)
        main = (
            f'{chrome.breadcrumb(self, column, column.host)}<div class="left">{chrome.menu(self, column.host)}{chrome.trap_box(self, column)}</div>'
            f'<div class="right"><h3>{column.name}</h3><ul class="listContent">{"".join(items)}</ul><div id="page_div"></div>'
            f"<script>createPageHTML('page_div',{pages}, {page},'{self.prefix}','shtml',{rows});</script></div>"
            f'<input type="hidden" name="siteCode" value="{self.portal.site_id_code}">'
        )
        return chrome.shell(self, f"{column.name}-{self.portal.site_name}", main, column)

    def article_html(self, article: Article) -> str:
        column = article.column
        body = self.body_html(article)
        main = (
            f'{chrome.breadcrumb(self, column, column.host)}{chrome.meta_block(self, article)}<div class="detail">'
            f'<h1><UCAPTITLE>{escape(article.title)}</UCAPTITLE></h1><div class="info">{chrome.info_line(self, article)}'
            f"<PUBLISHTIME style='display:none'>{article.date}</PUBLISHTIME></div>"
            f"<UCAPCONTENT>{body}</UCAPCONTENT></div>"
            f'<div id="cmspro_appendixs">{chrome.attachments_box(self, article)}</div>{chrome.tools(self)}{chrome.prev_next(self, article)}'
            f'<div id="cmspro_reldocuments">{chrome.related(self, article)}</div>'
            f'<script>addViewRecord("{self.portal.site_id_code}","{column.number}","{self.hex_name(article)}","");</script>'
        )
        return chrome.shell(self, chrome.page_title(self, article), main, column, article)
