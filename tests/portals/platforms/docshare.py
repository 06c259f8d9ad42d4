"""A document-sharing site: what strangers uploaded, wrapped in offers to download it (domain.md 5.3)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from html import escape

from ..draw import number
from ..model import Article, Column
from .base import Page, Site

HINTS = [  # our own words; sites of this kind number them like so
    "部分文档含有公式或动画，在线预览可能错位，下载后即可正常显示。",
    "本文档由用户自行上传，权利归上传者，本站只提供存放空间，有异议请告知客服。",
    "下载之前请先预览，确认内容与标题相符，因选错文档不予退换。",
    "网络繁忙时下载可能中断，付款后未能取得文件的请联系客服补发。",
]


class DocShare(Site):
    container = '<div class="doc-view" id="docContent">{body}</div>'

    def column_url(self, column: Column, page: int = 1) -> str:
        return f"http://{column.host}/list-{column.number}-{page}.html"

    def article_url(self, article: Article) -> str:
        return f"http://{article.column.host}/d-{article.number}.html"

    def extra_url(self, name: str) -> str:
        return f"http://{self.portal.host}/help/{name}.html"

    def page(self, title: str, main: str) -> str:
        host = self.portal.host
        charset = "gb2312" if self.portal.charset == "gbk" else "utf-8"
        columns = "".join(f'<a href="{self.href(self.column_url(c), host)}">{c.name}</a> ' for c in self.plan.columns())
        return (
            f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{escape(title)} - {self.portal.site_name}</title>'
            f'<meta name="keywords" content="{escape(title)}"><link rel="stylesheet" href="/css/doc.css"><script src="/js/ad.js"></script></head><body>'
            f'<div class="top">欢迎来到{self.portal.site_name}！ <a href="/help/search.html">登录</a> <a href="/help/search.html">注册</a> <a href="javascript:;">开通VIP</a></div>'
            f'<div class="nav"><a href="/">首页</a> {columns}</div>{main}'
            f'<div class="foot"><p>网站客服：{number(10_000_000, 99_999_999, self.portal.name, "qq")}</p><p>&copy; {self.portal.site_name} 版权所有</p></div></body></html>'
        )

    def home_html(self) -> str:
        host = self.portal.host
        newest = "".join(
            f'<li><a href="{self.href(a.url, host)}">{escape(a.title)}</a></li>' for a in self.plan.news.listed()[:5]
        )
        return self.page(
            f"{self.portal.site_name}首页",
            f'<div class="ad"><img src="/images/ad.gif"></div><h3>最新文档</h3><ul>{newest}</ul>',
        )

    def landing_html(self, column: Column) -> str:
        links = "".join(
            f'<li><a href="{self.href(self.column_url(c), column.host)}">{c.name}</a></li>' for c in column.children
        )
        return self.page(column.name, f'<div class="cate"><h2>全部分类 &gt; {column.name}</h2><ul>{links}</ul></div>')

    def list_html(self, column: Column, page: int) -> str:
        items = "".join(
            f'<li><img src="/images/doc.png"><a href="{self.href(a.url, column.host)}" title="{escape(a.title)}">{escape(a.title)}</a><p>上传时间：{a.date} 大小：{a.number % 90 + 12}.5KB</p></li>'
            for a in self.page_rows(column, page)
        )
        after = (
            f'<a href="{self.href(self.column_url(column, page + 1), column.host)}">下一页</a>'
            if page < self.page_count(column)
            else ""
        )
        return self.page(
            column.name, f'<h2>{column.name}</h2><ul class="docs">{items}</ul><div class="pages">{after}</div>'
        )

    def article_html(self, article: Article) -> str:
        name = escape(article.title)
        words = " ".join(
            article.title.rsplit(".", 1)[0]
            .replace("年", "年 ")
            .replace("政府", "政府 ")
            .replace("公开", " 公开 ")
            .split()
        )
        hints = "".join(f"<p>{i}. {hint}</p>" for i, hint in enumerate(HINTS, 1))
        others = "".join(
            f'<li><a href="{self.href(a.url, article.column.host)}">{escape(a.title)}</a></li>'
            for a in article.column.listed()[:4]
            if a is not article
        )
        main = (
            f'<div class="left"><p>分享</p><h1>{name}</h1><a class="btn" href="javascript:down()">下载文档</a>'
            f'<ul class="info"><li>ID：{article.number}</li><li>大小：{article.number % 90 + 12}.5KB</li><li>页数：{article.number % 9 + 2}页</li><li>格式：{name.rsplit(".", 1)[-1].upper()}</li><li>时间：{article.date}</li></ul>'
            f'<p>收藏 分享赚钱</p><div class="tips"><p>温馨提示：</p>{hints}</div><p class="keywords">{escape(words)}</p>'
            f'{self.body_html(article)}<p>此文档下载收益归作者所有</p><a class="btn" href="javascript:down()">下载文档</a></div>'
            f'<div class="side"><h4>你可能关注的文档</h4><ul>{others}</ul><a href="javascript:;">收起</a><a href="javascript:;">展开</a></div>'
        )
        return self.page(article.title, main)

    def text_html(self, column: Column) -> str:
        return self.page(column.name, f"<h2>{column.name}</h2>")

    def build(self) -> None:
        super().build()
        for name in ("sitemap", "about", "search", "bszn"):
            self.route(self.extra_url(name), lambda _: self.page_of_help())

    def page_of_help(self) -> Page:
        return self.html(self.page("帮助中心", "<h2>帮助中心</h2><p>上传文档可获得积分，积分可用于下载其他文档。</p>"))
