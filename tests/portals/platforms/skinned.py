"""What the sample platforms with several skins share: a skin is a row of templates, the portal's look stands around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from html import escape
from typing import ClassVar
from urllib.parse import urlsplit

from .. import chrome, pagers, searching, wrapping
from ..model import Article, Column
from .base import Site
from .trs import shown_date, shown_title


@dataclass(frozen=True)
class Skin:
    """Templates for str.format: a list, a row of it, an article, its body, and the way to turn pages."""

    box: str  # name rows pager total pages page number
    row: str  # url title shown date n source y m d
    article: str  # title date source body files meta info prev y m d number
    body: str = '<div class="con">{body}</div>'
    pager: str = "words"
    extra: str = ""  # what else stands in the head of every page


class Skinned(Site):
    variants: ClassVar[int] = 2
    skins: ClassVar[tuple[Skin, ...]] = ()

    @property
    def skin(self) -> Skin:
        return self.skins[self.portal.variant]

    @property
    def container(self) -> str:  # type: ignore[override]
        return self.skin.body

    def link(self, column: Column) -> str:
        """Where menus lead for a column: the root where it has a host of its own."""
        if column.parent and column.host != column.parent.host and column is not self.plan.openness:
            return f"http://{column.host}/"
        return self.column_url(column)

    def has_trap(self) -> bool:
        return False

    def build(self) -> None:
        super().build()
        for name in ("sitemap", "about", "bszn"):
            self.route_text(self.extra_url(name), partial(wrapping.extra, self, name))
        self.routes.pop(self.extra_url("search").removeprefix("http://"), None)
        searching.routes(self)
        for column in self.plan.columns():
            if self.link(column) != self.column_url(column):
                self.route_text(self.link(column), partial(self.landing_html, column))

    def build_column(self, column: Column) -> None:
        if column.kind == "frame":
            self.route_text(self.column_url(column), partial(wrapping.framed, self, column))
        else:
            super().build_column(column)

    def home_html(self) -> str:
        return wrapping.home(self)

    def landing_html(self, column: Column) -> str:
        return wrapping.landing(self, column)

    def text_html(self, column: Column) -> str:
        return wrapping.text_page(self, column)

    def row_html(self, article: Article, n: int, host: str) -> str:
        title = escape(article.title)
        y, m, d = article.date.split("-")
        return self.skin.row.format(
            url=self.href(article.url, host), title=title, shown=shown_title(self, title), date=shown_date(self, article),
            n=n, source=article.source, y=y, m=m, d=d, number=article.number,
        )  # fmt: skip

    def rows_html(self, column: Column, articles: list[Article]) -> str:
        return "".join(self.row_html(article, n, column.host) for n, article in enumerate(articles, 1))

    def box_html(self, column: Column, rows: str, page: int = 1) -> str:
        return self.skin.box.format(
            name=column.name, rows=rows, pager=self.pager(column, page), total=len(self.rows(column)),
            pages=self.page_count(column), page=page, number=column.number,
        )  # fmt: skip

    def pager(self, column: Column, page: int) -> str:
        count = self.page_count(column)
        urls = [self.href(self.column_url(column, n), column.host) for n in range(1, count + 1)]
        return pagers.PAGERS[self.skin.pager](urls, page) if count > 1 else ""

    def list_html(self, column: Column, page: int) -> str:
        rows = self.rows_html(column, self.page_rows(column, page))
        return wrapping.column_page(self, column, self.box_html(column, rows, page), self.skin.extra)

    def article_html(self, article: Article) -> str:
        column, host = article.column, urlsplit(article.url).netloc
        y, m, d = article.date.split("-")
        main = self.skin.article.format(
            title=escape(article.title), date=article.date, source=article.source, body=self.body_html(article),
            files=self.files_html(article), meta=chrome.meta_block(self, article), info=chrome.info_line(self, article),
            prev=self.prev_html(article), y=y, m=m, d=d, number=article.number,
        )  # fmt: skip
        whole = wrapping.crumb(self, column, host) + main
        return wrapping.shell(self, chrome.page_title(self, article), whole, column, article, self.skin.extra)

    def files_html(self, article: Article) -> str:
        return chrome.attachments_box(self, article)

    def prev_html(self, article: Article) -> str:
        return chrome.prev_next(self, article)
