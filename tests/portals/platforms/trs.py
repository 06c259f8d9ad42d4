"""TRS WCM: index_1.html is the second page, articles are ./yyyymm/tyyyymmdd_id.html under their column (domain.md 3.1)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from html import escape

from .. import chrome
from ..draw import number
from ..model import Article, Column
from .base import Site


class Trs(Site):
    container = '<div class="TRS_Editor">{body}</div>'

    @property
    def ext(self) -> str:
        return ["html", "shtml", "htm"][self.portal.option("ext", 3)]

    def folder(self, column: Column) -> str:
        return f"http://{column.host}/" + "".join(f"{c.slug}/" for c in column.path())

    def column_url(self, column: Column, page: int = 1) -> str:
        bare = page == 1 and column.kind != "list" and self.portal.option("bare", 2)
        return self.folder(column) + ("" if bare else f"index{'' if page == 1 else f'_{page - 1}'}.{self.ext}")

    def build_column(self, column: Column) -> None:
        super().build_column(column)
        first = self.routes[self.column_url(column).removeprefix("http://")]
        self.route(self.folder(column), first)
        self.route(self.folder(column) + f"index.{self.ext}", first)

    def article_url(self, article: Article) -> str:
        y, m, d = article.date.split("-")
        return f"{self.folder(article.column)}{y}{m}/t{y}{m}{d}_{article.number}.{self.ext}"

    def attachment_url(self, article: Article, position: int) -> str:
        digits = number(10**14, 10**15 - 1, self.portal.name, article.number, position)
        name = f"P0{article.date.replace('-', '')}{digits}.{article.attachments[position].kind}"
        if self.portal.file_host != self.portal.openness_host:
            return f"http://{self.portal.file_host}/files/{article.date[:4]}/{name}"
        return article.url.rsplit("/", 1)[0] + "/" + name

    def list_html(self, column: Column, page: int) -> str:
        portal = self.portal
        base = self.folder(column)
        rows = []
        for article in self.page_rows(column, page):
            title = escape(article.title)
            link = article.url.replace(base, "./")
            rows.append(
                list_row(
                    self, f'<a href="{link}" target="_blank" title="{title}">{shown_title(self, title)}</a>', article
                )
            )
        pages = self.page_count(column)
        if portal.option("pager", 2):
            # No link in the source: the browser writes them.
            pager = (
                f'<div class="page"><script>createPageHTML({pages}, {page - 1}, "index", "{self.ext}");</script></div>'
            )
        else:
            after = f'<a href="index_{page}.{self.ext}">下一页</a>' if page < pages else "下一页"
            before = (
                f'<a href="index{"" if page == 2 else f"_{page - 2}"}.{self.ext}">上一页</a>' if page > 1 else "上一页"
            )
            pager = f'<div class="page">共{pages}页 <a href="index.{self.ext}">首页</a> {before} {after}</div>'
        main = (
            f'{chrome.breadcrumb(self, column, column.host)}<div class="left">{chrome.menu(self, column.host)}{chrome.trap_box(self, column)}</div>'
            f'<div class="right list_box"><div class="tabs_header">{column.name}</div>{list_box(self, rows)}{pager}</div>'
        )
        return chrome.shell(self, f"{column.name}_{portal.site_name}", main, column)

    def article_html(self, article: Article) -> str:
        column = article.column
        crumb = chrome.breadcrumb(self, column, column.host, "正文" if self.portal.option("last", 2) else "")
        main = (
            f'{crumb}<div class="article_component">{chrome.meta_block(self, article)}'
            f'<div class="article_title_group"><h1 class="article_title">{escape(article.title)}</h1></div>'
            f'<div class="article_extend">{chrome.info_line(self, article)}</div>'
            f'<div class="article_content">{self.body_html(article)}</div>{chrome.attachments_box(self, article)}'
            f"{chrome.tools(self)}{chrome.prev_next(self, article)}{chrome.related(self, article)}</div>"
        )
        return chrome.shell(self, chrome.page_title(self, article), main, column, article)


def shown_title(site: Site, title: str) -> str:
    """The title as lists show it: cut on some portals, the whole of it is in the title attribute."""
    if "cut_list_titles" in site.portal.blemishes and len(title) > 18:
        return title[:16] + ("…" if site.portal.option("dots", 2) else "...")
    return title


def shown_date(site: Site, article: Article) -> str:
    if "no_list_dates" in site.portal.blemishes:
        return ""
    if "mmdd_list_dates" in site.portal.blemishes:
        return article.date[5:]
    return [article.date, f"[{article.date}]", article.date.replace("-", "/"), article.date][
        site.portal.option("listdate", 4)
    ]


def list_row(site: Site, link: str, article: Article) -> str:
    date = shown_date(site, article)
    return [
        f"<li>{link}<span>{date}</span></li>",
        f"<dl><dd>{link}</dd><dd>{date}</dd></dl>",
        f"<tr><td>{link}</td><td width='90'>{date}</td></tr>",
    ][site.portal.option("rows", 3)]


def list_box(site: Site, rows: list[str]) -> str:
    joined = "\n".join(rows)
    return [
        f'<ul class="list">{joined}</ul>',
        f'<div class="rules_tabs_01"><dl><dt>标题</dt><dt>发布日期</dt></dl>{joined}</div>',
        f'<table class="list" width="100%"><tbody>{joined}</tbody></table>',
    ][site.portal.option("rows", 3)]
