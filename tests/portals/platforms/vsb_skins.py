"""VSB's other lists: list.jsp?PAGENUM= with content.jsp articles, the old pager of a.Next, the new one of p_no (domain.md 3.4)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from typing import ClassVar

from ..model import Article, Column
from .skinned import Skin, Skinned
from .vsb import Vsb

SHOW = '<script>_showDynClicks("wbnews", 1400000001, {number})</script>'


class VsbSkins(Skinned, Vsb):
    variants: ClassVar[int] = 3
    skins = (
        Skin('<table class="winstyle1001" width="100%">{rows}</table>{pager}', '<tr id="line1001_{n}"><td width="10"><span class="leaderfont">·</span></td><td><a class="c1001" href="{url}" title="{title}" target="_blank">{shown}</a></td><td><span class="timestyle1001">{date}</span></td></tr>',
             '<form name="_newscontent_fromname"><div class="titlestyle1002">{title}</div><p>{y}年{m}月{d}日 {source} （点击：<span id="dynclicks_wbnews_{number}"></span>）</p>{meta}{body}{files}{prev}</form>' + SHOW, '<div id="vsb_content_2"><div class="v_news_content">{body}</div></div>'),
        Skin('<div class="ej_main"><ul>{rows}</ul>{pager}</div>', '<li id="lineimg_{n}"><em>{date}</em><a href="{url}" title="{title}">{shown}</a></li>',
             '<form name="_newscontent_fromname"><div class="nr-bt">{title}</div><div class="nr-xx">发布时间：{date} 作者： 点击：[]</div>{body}{files}</form>' + SHOW, '<div id="vsb_content_500"><div class="v_news_content">{body}</div></div>'),
        Skin('<div class="main_conRCb"><ul>{rows}</ul></div>{pager}', '<li id="line_u8_{n}"><span>{date}</span><a href="{url}" title="{title}"><em>{shown}</em></a></li>',
             '<form name="_newscontent_fromname"><h1 class="art-tit">{title}</h1><div class="art-info">来源：{source} {date} 点击数：<span id="dynclicks_wbnews_{number}"></span></div>{meta}{body}{files}{prev}</form>' + SHOW, '<div id="vsb_content"><div class="v_news_content">{body}</div></div>'),
    )  # fmt: skip

    def column_url(self, column: Column, page: int = 1) -> str:
        if self.portal.variant:
            return Vsb.column_url(self, column, page)
        tail = "urltype=tree.TreeTempUrl&wbtreeid=" + str(column.number)
        if page == 1:
            return f"http://{column.host}/list.jsp?{tail}"
        return f"http://{column.host}/list.jsp?totalpage={self.page_count(column)}&PAGENUM={page}&{tail}"

    def article_url(self, article: Article) -> str:
        if self.portal.variant:
            return Vsb.article_url(self, article)
        return f"http://{article.column.host}/content.jsp?urltype=news.NewsContentUrl&wbtreeid={article.column.number}&wbnewsid={article.number}"

    def pager(self, column: Column, page: int) -> str:
        count = self.page_count(column)
        if self.portal.variant == 2:
            return Vsb.pager(self, column, page)
        urls = [self.href(self.column_url(column, n), column.host).replace("&", "&amp;") for n in range(1, count + 1)]
        if self.portal.variant:
            folder = column.slug if page == 1 else ""
            after = (
                f'<a href="{folder}{"/" if folder else ""}{urls[page].rsplit("/", 1)[1]}" class="Next">下页</a>'
                if page < count
                else '<span class="NextDisabled">下页</span>'
            )
            return f'<div class="fanye">共{len(self.rows(column))}条 {page}/{count} {after}</div>'
        after = (
            f'<a href="{urls[page]}" class="Next">下页</a>&nbsp;<a href="{urls[-1]}" class="Next">尾页</a>'
            if page < count
            else "下页&nbsp;尾页"
        )
        return f'<div class="list_page">共{len(self.rows(column))}条&nbsp;{page}/{count}&nbsp;{after}</div>'

    def files_html(self, article: Article) -> str:
        host = article.column.host
        items = "".join(
            f'<li>附件【<a href="{self.href(a.url, host)}">{a.name}</a>】已下载<span id="nattach{i}"></span>次</li>'
            for i, a in enumerate(article.attachments)
        )
        return f'<ul style="list-style-type:none;">{items}</ul>' if items else ""
