"""VSB 博达: page 2 of a list has a descending number in a folder of the list's name (domain.md 3.4)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from html import escape

from .. import chrome
from ..draw import hexed
from ..model import Article, Column
from .base import Site
from .trs import shown_date, shown_title


class Vsb(Site):
    container = '<div id="vsb_content"><div class="v_news_content">{body}</div></div>'

    def column_url(self, column: Column, page: int = 1) -> str:
        base = f"http://{column.host}/" + "/".join(c.slug for c in column.path())
        # Page 2 of N is N-1, the last page is 1.
        return f"{base}.htm" if page == 1 else f"{base}/{self.page_count(column) - page + 1}.htm"

    def article_url(self, article: Article) -> str:
        return f"http://{article.column.host}/info/{article.column.number}/{article.number}.htm"

    def attachment_url(self, article: Article, position: int) -> str:
        host = article.column.host
        code = hexed(self.portal.name, article.number, position).upper()
        if article.attachments[position].kind == "pdf":
            return f"http://{host}/__local/{code[0]}/{code[1:3]}/{code[3:5]}/{code}_{article.number}.pdf"
        return f"http://{host}/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner={1_400_000_000 + self.portal.index}&wbfileid={code}"

    def list_html(self, column: Column, page: int) -> str:
        items: list[str] = []
        for article in self.page_rows(column, page):
            title = escape(article.title)
            link = self.href(article.url, column.host)
            up = "../" * (len(column.path()) - (1 if page == 1 else 0))
            items.append(
                f'<li id="line_u9_{len(items)}"><a href="{up}{link.lstrip("/")}" title="{title}">{shown_title(self, title)}</a>'
                f"<span>{shown_date(self, article)}</span></li>"
            )
        main = (
            f'{chrome.breadcrumb(self, column, column.host)}<div class="left">{chrome.menu(self, column.host)}{chrome.trap_box(self, column)}</div>'
            f'<div class="right"><h2>{column.name}</h2><ul class="list">{"".join(items)}</ul>{self.pager(column, page)}</div>'
        )
        return chrome.shell(self, f"{column.name}-{self.portal.site_name}", main, column)

    def pager(self, column: Column, page: int) -> str:
        pages, host = self.page_count(column), column.host

        def link(css: str, text: str, target: int, live: bool) -> str:
            if not live:
                return f'<span class="{css}_d p_fun_d">{text}</span>'
            return f'<span class="{css} p_fun"><a href="{self.href(self.column_url(column, target), host)}">{text}</a></span>'

        numbers = "".join(
            f'<span class="p_no_d">{n}</span>'
            if n == page
            else f'<span class="p_no"><a href="{self.href(self.column_url(column, n), host)}">{n}</a></span>'
            for n in range(1, pages + 1)
        )
        return (
            f'<div class="pb_sys_common pb_sys_normal pb_sys_style1"><span class="p_t">共{len(self.rows(column))}条</span> <span class="p_pages">'
            f"{link('p_first', '首页', 1, page > 1)}{link('p_prev', '上页', page - 1, page > 1)}{numbers}"
            f"{link('p_next', '下页', page + 1, page < pages)}{link('p_last', '尾页', pages, page < pages)}</span>"
            f'<span class="p_t">{page}/{pages}</span></div>'
        )

    def article_html(self, article: Article) -> str:
        column = article.column
        y, m, d = article.date.split("-")
        hits = "@@HITS@@" if "hit_counter" in self.portal.blemishes else ""
        owner = 1_400_000_000 + self.portal.index
        files = "".join(
            f'<li>附件【<a href="{self.href(a.url, column.host)}" target="_blank">{a.name}</a>】已下载<span id="nattach{i}"></span>次</li>'
            for i, a in enumerate(article.attachments)
        )
        shown = ""
        if article.report and "attachments_only" in article.report.blemishes and article.attachments[0].kind == "pdf":
            link = self.href(article.attachments[0].url, column.host)
            shown = f'<script>showVsbpdfIframe("{link}","100%","600","0","","","vsb")</script>'
        main = (
            f"{chrome.breadcrumb(self, column, column.host, '正文')}{chrome.meta_block(self, article)}"
            '<script language="javascript" src="/system/resource/js/dynclicks.js"></script>'
            f'<form name="_newscontent_fromname"><h1 align="center">{escape(article.title)}</h1>'
            f'<div align="center">日期：{y}年{m}月{d}日&nbsp;&nbsp;&nbsp;作者：&nbsp;&nbsp;&nbsp;来源：{article.source}&nbsp;&nbsp;&nbsp;'
            f'点击：[<span id="dynclicks_wbnews_{article.number}_{owner}">{hits}</span>'
            f'<script>_showDynClicks("wbnews", {owner}, {article.number})</script>]</div>'
            f'{self.body_html(article)}{shown}<div id="div_vote_id"></div><ul style="list-style-type:none;">{files}</ul>'
            f'{chrome.prev_next(self, article)}<p align="right">【<a href="javascript:window.opener=null;window.close();">关闭</a>】</p></form>'
        )
        return chrome.shell(self, chrome.page_title(self, article), main, column, article)
