"""Hanweb jpage: rows stand as CDATA in a script, the rest comes from dataproxy.jsp (domain.md 3.2)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from html import escape

from .. import chrome
from ..draw import hexed
from ..model import Article, Column
from .base import Page, Request, Site
from .trs import shown_date, shown_title

PROXY = "/module/web/jpage/dataproxy.jsp"
GROUP_PAGES = 3  # a request brings three pages of rows


class Hanweb(Site):
    container = '<div id="zoom"><!--<$[信息内容]>begin-->{body}<!--<$[信息内容]>end--></div>'

    @property
    def per_page(self) -> int:
        return [5, 5, 10, 15][self.portal.option("perpage", 4)]

    @property
    def web_id(self) -> int:
        return self.portal.index % 90 + 1

    def unit_id(self, column: Column) -> int:
        return 200_000 + column.number % 99_991

    def page_count(self, column: Column) -> int:
        return 1  # all pages share one address

    def column_url(self, column: Column, page: int = 1) -> str:
        return f"http://{column.host}/col/col{column.number}/index.html"

    def article_url(self, article: Article) -> str:
        y, m, d = (int(part) for part in article.date.split("-"))
        return f"http://{article.column.host}/art/{y}/{m}/{d}/art_{article.column.number}_{article.number}.html"

    def attachment_url(self, article: Article, position: int) -> str:
        name = hexed(self.portal.name, article.number, position)
        kind = article.attachments[position].kind
        return f"http://{article.column.host}/module/download/downfile.jsp?classid=0&filename={name}.{kind}"

    def record(self, article: Article) -> str:
        title = escape(article.title)
        link = f'<a href="{self.href(article.url, article.column.host)}" target="_blank" title="{title}">{shown_title(self, title)}</a>'
        date = shown_date(self, article)
        if self.portal.option("record", 2):
            return f"<record><![CDATA[<tr><td height='26'>{link}</td><td><span class='bt_time'>{date}</span></td></tr>]]></record>"
        return f'<record><![CDATA[<li class="clearfix">{link}<span class="time">{date}</span></li>]]></record>'

    def proxy_link(self, column: Column, group: int) -> str:
        return f"{PROXY}?page={group}&webid={self.web_id}&path=/&columnid={column.number}&unitid={self.unit_id(column)}&permissiontype=0"

    def datastore(self, column: Column, start: int, end: int, group: int) -> str:
        """Rows start..end (from 1, both included); the link to the next group while there are more."""
        rows = self.rows(column)
        more = (
            f'<nextgroup><![CDATA[<a href="{self.proxy_link(column, group + 1)}"></a>]]></nextgroup>'
            if end < len(rows)
            else ""
        )
        records = "\n".join(self.record(article) for article in rows[max(0, start - 1) : end])
        total = f"<totalrecord>{len(rows)}</totalrecord><totalpage>{-(-len(rows) // self.per_page)}</totalpage>"
        return f"<datastore>{more}<recordset>{records}</recordset>{total}</datastore>"

    def list_html(self, column: Column, page: int) -> str:
        rows, unit = self.rows(column), self.unit_id(column)
        group = self.per_page * GROUP_PAGES
        script = (
            f'<div id="{unit}" class="list_con"><script type="text/xml">{self.datastore(column, 1, group, 0)}</script></div>\n'
            f"<script>$('#{unit}').jpage({{storeproxy:'{PROXY}',storeparams:'col=1&appid=1&webid={self.web_id}&path=/"
            f"&columnid={column.number}&sourceContentType=1&unitid={unit}&webname={self.portal.site_name}&permissiontype=0',"
            f"totalRecord:{len(rows)},perPage:{self.per_page},groupSize:{GROUP_PAGES},nextText:'下一页',prevText:'上一页'}});</script>"
        )
        main = (
            f"{chrome.breadcrumb(self, column, column.host)}<table width='100%' border='0'><tr><td width='220' valign='top'>"
            f"{chrome.menu(self, column.host)}{chrome.trap_box(self, column)}</td><td valign='top'><h2>{column.name}</h2>{script}</td></tr></table>"
        )
        return chrome.shell(self, f"{self.portal.site_name} {column.name}", main, column)

    def article_html(self, article: Article) -> str:
        column = article.column
        lead = '<p class="sub">（政务公开）</p>' if article.number % 7 == 0 else ""
        main = (
            f"{chrome.breadcrumb(self, column, column.host)}<table id='article' width='100%' border='0' align='center'><tbody>"
            f"<tr><td>{chrome.meta_block(self, article)}</td></tr>"
            f"<tr><td class='title' align='center'><!--<$[标题]>begin--><h1>{escape(article.title)}</h1><!--<$[标题]>end-->{lead}</td></tr>"
            f"<tr><td align='center'>{chrome.info_line(self, article)}</td></tr>"
            f"<tr><td class='bt_content'>{self.body_html(article)}</td></tr></tbody></table>"
            f"{chrome.attachments_box(self, article)}{chrome.tools(self)}{chrome.prev_next(self, article)}"
            f'<script src="/module/visitcount/articlehits.jsp?colid={column.number}&artid={article.number}"></script>'
        )
        return chrome.shell(self, chrome.page_title(self, article), main, column, article)

    def more_routes(self) -> None:
        for host in self.portal.hosts:
            self.routes[host + PROXY] = self.proxy

    def proxy(self, request: Request) -> Page:
        """Both ways of asking: rows start..end, or a group by its number. Unknown columns get an empty store."""
        asked = request.query | request.form
        column = next((c for c in self.plan.columns() if str(c.number) == asked.get("columnid")), None)
        if column is None or asked.get("unitid") != str(self.unit_id(column)) or asked.get("webid") != str(self.web_id):
            return self.html("<datastore><recordset></recordset></datastore>")
        group = self.per_page * GROUP_PAGES
        if asked.get("page", "").isdigit():
            number = int(asked["page"])
            # Groups of some portals repeat the last row of the group before.
            overlap = self.portal.option("overlap", 2)
            return self.html(self.datastore(column, number * group + 1 - overlap, (number + 1) * group, number))
        try:
            start, end = int(asked["startrecord"]), int(asked["endrecord"])
        except (KeyError, ValueError):
            return self.html("<datastore><recordset></recordset></datastore>")
        return self.html(self.datastore(column, start, min(end, start + 100), end // group - 1))
