"""What every content system shares: addresses, the table of routes, encoding of pages. Subclasses say how pages look."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar
from urllib.parse import urlsplit

from .. import assets, files, pages
from ..draw import draw, hexed
from ..markup import render
from ..model import Article, Column
from ..plan import Plan
from ..portal import SamplePortal

HITS = "@@HITS@@"  # replaced in the served bytes by a number that grows with every request


@dataclass(frozen=True)
class Request:
    method: str
    host: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    body: bytes = b""


@dataclass
class Page:
    """A rendered answer; `stamp` is the report's (date, revision) where the server gives validators."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    stamp: tuple[str, int] | None = None
    location: str = ""
    counted: bool = False
    keep: bool = True


Maker = Callable[[Request], Page]


@dataclass
class Site:
    """One portal on one content system. `routes` maps host + path (+ ?query) to what makes the page."""

    portal: SamplePortal
    plan: Plan
    routes: dict[str, Maker] = field(default_factory=dict)
    index: ClassVar[tuple[str, ...]] = ("index.html",)
    container: ClassVar[str] = '<div class="article-content" id="zoom">{body}</div>'

    def __post_init__(self) -> None:
        for article in self.plan.articles:
            article.url = self.article_url(article)
            for position, attachment in enumerate(article.attachments):
                attachment.url = self.attachment_url(article, position)
            if article.file_row:
                article.url = article.attachments[0].url
            report = article.report
            if report and not report.url:
                report.url = article.url
                report.attachments = [
                    {"url": a.url, "name": a.name} for a in article.attachments if a.url != article.url
                ]
            elif report:
                report.also_at.append(article.url)
        self.build()

    # Addresses, given by each content system.

    def column_url(self, column: Column, page: int = 1) -> str:
        raise NotImplementedError

    def article_url(self, article: Article) -> str:
        raise NotImplementedError

    def attachment_url(self, article: Article, position: int) -> str:
        raise NotImplementedError

    # Pages, given by each content system.

    def list_html(self, column: Column, page: int) -> str:
        raise NotImplementedError

    def article_html(self, article: Article) -> str:
        raise NotImplementedError

    def home_html(self) -> str:
        return pages.home(self)

    def landing_html(self, column: Column) -> str:
        return pages.landing(self, column)

    def text_html(self, column: Column) -> str:
        return pages.text_page(self, column)

    def more_routes(self) -> None:
        """Interfaces that only this content system has."""

    # What is shared.

    def build(self) -> None:
        """Fills `routes` anew; called when the portal changes."""
        self.routes.clear()
        self.route_text(self.portal.home_url, self.home_html)
        for name in ("sitemap", "about", "search", "bszn"):
            self.route_text(self.extra_url(name), partial(pages.extra, self, name))
        for column in self.plan.columns():
            self.build_column(column)
        for article in self.plan.articles:
            if not article.gone():
                self.route(article.url, partial(self.article_page, article))
                for attachment in article.attachments:
                    self.route(attachment.url, partial(self.file, attachment.kind, article))
        if self.has_trap():
            self.route_text(self.trap_url(), partial(pages.trap, self))
        self.more_routes()

    def build_column(self, column: Column) -> None:
        if column.kind == "list":
            for page in range(1, self.page_count(column) + 1):
                self.route_text(self.column_url(column, page), partial(self.list_html, column, page))
        elif column.kind == "landing":
            self.route_text(self.column_url(column), partial(self.landing_html, column))
        else:
            self.route_text(self.column_url(column), partial(self.text_html, column))

    def route(self, url: str, maker: Maker) -> None:
        parts = urlsplit(url)
        key = parts.netloc + parts.path + (f"?{parts.query}" if parts.query else "")
        self.routes[key] = maker

    def route_text(self, url: str, text: Callable[[], str]) -> None:
        self.route(url, lambda _: self.html(text()))

    def extra_url(self, name: str) -> str:
        return f"http://{self.portal.host}/{name}/"

    def has_trap(self) -> bool:
        return self.portal.index % 3 == 1 and self.portal.platform != "docshare"

    def trap_url(self) -> str:
        return f"http://{self.portal.openness_host}/private/ndbg/{self.portal.option('trap', 900) + 100}.html"

    def rows(self, column: Column) -> list[Article]:
        return [] if column.annual and self.portal_empty else column.listed()

    portal_empty: str = ""  # "lists": those of reports are; "search": it finds none either

    def page_count(self, column: Column) -> int:
        return max(1, -(-len(self.rows(column)) // self.portal.rows))

    def page_rows(self, column: Column, page: int) -> list[Article]:
        size = self.portal.rows
        return self.rows(column)[(page - 1) * size : page * size]

    def href(self, url: str, host: str) -> str:
        """The link to `url` as a page on `host` writes it: from the root on the same host, else in full."""
        parts = urlsplit(url)
        if parts.netloc != host:
            return url
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def body_html(self, article: Article) -> str:
        """The text of the article as its editor left it."""
        faults = article.report.blemishes if article.report else []
        style = next((name.split(":")[1] for name in faults if name.startswith("body_style:")), "plain")
        rng = draw(self.portal.seed, article.number, "markup")
        inner = render(article.content().blocks, style, faults, rng)
        html = self.container.format(body=inner + assets.pictures_of(self.portal, article))
        if "nested_layout" in faults:
            html = (
                '<table width="100%" border="0" cellpadding="0" cellspacing="0"><tr><td><table width="96%" align="center">'
                f'<tr><td class="bt_content">{html}</td></tr></table></td></tr></table>'
            )
        if "hidden_mobile_copy" in faults:
            html += f'<div class="wap_content" style="display:none;">{inner}</div>'
        return html

    def article_page(self, article: Article, _: Request) -> Page:
        report = article.report
        page = self.html(self.article_html(article), bom=bool(report and "bom" in report.blemishes))
        if self.portal.validators:
            page.stamp = (article.date, report.revision if report else 0)
        page.counted = "hit_counter" in self.portal.blemishes
        return page

    def file(self, kind: str, article: Article, _: Request) -> Page:
        body, media = files.attachment(kind, article.title, article.attached().text())
        return Page(body, media, stamp=(article.date, 0) if self.portal.validators else None)

    def html(self, text: str, bom: bool = False) -> Page:
        """Encodes a page; the header may say nothing, or something else than the truth."""
        charset = self.portal.charset
        body = text.encode(charset, "xmlcharrefreplace")
        if bom and charset == "utf-8":
            body = b"\xef\xbb\xbf" + body
        header = "text/html; charset=" + ("GB2312" if charset == "gbk" else "utf-8")
        if "no_charset_header" in self.portal.blemishes:
            header = "text/html"
        elif "wrong_charset_header" in self.portal.blemishes:
            header = "text/html; charset=" + ("UTF-8" if charset == "gbk" else "ISO-8859-1")
        return Page(body, header)

    def hex_name(self, article: Article, length: int = 32) -> str:
        return hexed(self.portal.name, article.number, length=length)
