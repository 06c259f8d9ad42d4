"""An old portal in GB2312: no doctype, no meta tags, tables and <font> for everything, show.asp?id=…"""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from html import escape

from .. import chrome
from ..model import Article, Column
from .base import Site
from .trs import shown_date, shown_title

FORMS = [
    ("list.asp?cid={}", "show.asp?id={}"),
    ("more.asp?classid={}", "view.asp?newsid={}"),
    ("List.aspx?cid={}", "Show.aspx?id={}"),
]


class Tables(Site):
    container = '<td class="content" colspan="2"><font size="3">{body}</font></td>'

    @property
    def forms(self) -> tuple[str, str]:
        return FORMS[self.portal.option("asp", 3)]

    def column_url(self, column: Column, page: int = 1) -> str:
        return f"http://{column.host}/{self.forms[0].format(column.number)}" + (f"&page={page}" if page > 1 else "")

    def build_column(self, column: Column) -> None:
        super().build_column(column)
        if column.kind == "list":  # the first page also answers with its number
            first = self.routes[self.column_url(column).removeprefix("http://")]
            self.route(self.column_url(column) + "&page=1", first)

    def article_url(self, article: Article) -> str:
        return f"http://{article.column.host}/{self.forms[1].format(article.number)}"

    def extra_url(self, name: str) -> str:
        return f"http://{self.portal.host}/{name}.htm"

    def attachment_url(self, article: Article, position: int) -> str:
        return f"http://{article.column.host}/UploadFile/{article.date[:7].replace('-', '')}/{article.number}{position}.{article.attachments[position].kind}"

    def frame(self, title: str, inner: str) -> str:
        """The whole page: one table for the banner, one for the navigation, one for the rest."""
        host = self.portal.host
        links = [
            ("首 页", self.portal.home_url), (self.plan.news.name, self.column_url(self.plan.news)),
            (self.plan.openness.name, self.column_url(self.plan.openness)), ("办事指南", self.extra_url("bszn")), ("网站地图", self.extra_url("sitemap")),
        ]  # fmt: skip
        nav = "".join(
            f'<td align=center><a href="{self.href(url, host)}"><font color="#FFFFFF">{name}</font></a></td>'
            for name, url in links
        )
        left = "".join(
            f'<tr><td height=28>· <a href="{self.href(self.column_url(c), host)}"><font size=2>{c.name}</font></a></td></tr>'
            for c in self.plan.openness.children
        )
        foot = chrome.footer(self, host).replace("<div", "<center").replace("</div>", "</center>")
        return (
            f'<html>\n<head>\n<title>{escape(title)}</title>\n<meta http-equiv=Content-Type content="text/html; charset=gb2312">\n'
            "<link href=/css/style.css rel=stylesheet type=text/css>\n</head>\n<body topmargin=0 bgcolor=#FFFFFF>\n"
            f"<table width=1000 border=0 align=center cellpadding=0 cellspacing=0><tr><td><img src=/images/top.gif width=1000 height=120></td></tr></table>\n"
            f"<table width=1000 border=0 align=center bgcolor=#0055AA><tr>{nav}</tr></table>\n"
            f"<table width=1000 border=0 align=center><tr><td width=200 valign=top><table width=100%>{left}</table></td>\n"
            f"<td valign=top>{inner}</td></tr></table>\n<table width=1000 align=center><tr><td align=center>{foot}</td></tr></table>\n</body></html>\n"
        )

    def place(self, column: Column) -> str:
        crumb = chrome.breadcrumb(self, column, column.host).replace("div", "font")
        return f"<table width=100% border=0><tr><td height=30 bgcolor=#EEEEEE>{crumb}</td></tr></table>"

    def home_html(self) -> str:
        host = self.portal.host
        news = "".join(
            f'<tr><td>· <a href="{self.href(a.url, host)}" title="{a.title}">{a.title}</a></td><td>{a.date[5:]}</td></tr>'
            for a in self.plan.news.listed()[:8]
        )
        friends = "".join(f'<option value="{url}">{name}</option>' for name, url in chrome.OUTSIDE)
        inner = (
            f"<table width=100%><tr><td><b>{self.plan.news.name}</b></td></tr>{news}</table>"
            f'<table width=100%><tr><td><a href="{self.href(self.column_url(self.plan.openness), host)}"><img src=/images/xxgk.gif border=0 alt="{self.plan.openness.name}"></a></td></tr></table>'
            f'<select onchange="window.open(this.options[this.selectedIndex].value)"><option>友情链接</option>{friends}</select>'
        )
        return self.frame(self.portal.site_name, inner)

    def landing_html(self, column: Column) -> str:
        rows = "".join(
            f'<tr><td height=30>&nbsp;<img src=/images/dot.gif> <a href="{self.href(self.column_url(c), column.host)}">{c.name}</a></td></tr>'
            for c in column.children
        )
        return self.frame(
            column.name,
            f"{self.place(column)}{chrome.trap_box(self, column)}<table width=96% align=center>{rows}</table>",
        )

    def list_html(self, column: Column, page: int) -> str:
        rows = "".join(
            f'<tr><td width=85% height=26><font size=2>· <a href="{self.href(a.url, column.host).lstrip("/")}" title="{escape(a.title)}" target=_blank>{shown_title(self, escape(a.title))}</a></font></td>'
            f"<td><font size=2 color=#999999>{shown_date(self, a)}</font></td></tr>\n"
            for a in self.page_rows(column, page)
        )
        pages, host = self.page_count(column), column.host

        def link(text: str, target: int, live: bool) -> str:
            return f'<a href="{self.href(self.column_url(column, target), host)}">{text}</a>' if live else text

        pager = (
            f"{link('首页', 1, page > 1)} {link('上一页', page - 1, page > 1)} {link('下一页', page + 1, page < pages)} {link('尾页', pages, page < pages)}"
            f" 页次：{page}/{pages}页 共{len(self.rows(column))}条记录"
        )
        inner = f"{self.place(column)}{chrome.trap_box(self, column)}<table width=96% align=center border=0>{rows}</table><table width=100%><tr><td align=center><font size=2>{pager}</font></td></tr></table>"
        return self.frame(f"{column.name}", inner)

    def article_html(self, article: Article) -> str:
        date = article.date
        hits = "@@HITS@@" if "hit_counter" in self.portal.blemishes else str(article.number % 900)
        inner = (
            f"{self.place(article.column)}<table width=96% align=center border=0 cellspacing=0><tr><td align=center height=50 colspan=2><font size=5 color=#CC0000><b>{escape(article.title)}</b></font></td></tr>"
            f"<tr><td align=center bgcolor=#F5F5F5 colspan=2><font size=2>发布日期：{date}　来源：{article.source}　阅读次数：{hits}次</font></td></tr>"
            f"<tr>{self.body_html(article)}</tr></table>"
            f"{chrome.attachments_box(self, article)}<table width=100%><tr><td align=right><font size=2>[<a href=javascript:window.print()>打印本页</a>] [<a href=javascript:window.close()>关闭窗口</a>]</font></td></tr></table>"
            f"{chrome.prev_next(self, article)}"
        )
        return self.frame(chrome.page_title(self, article), inner)
