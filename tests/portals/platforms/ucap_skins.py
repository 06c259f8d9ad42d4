"""UCAP's other lists: JSON by channelId, a double-quoted pager with another name, and list.shtml?2 (domain.md 3.3)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

import json
from typing import ClassVar

from .. import wrapping
from ..draw import hexed
from ..model import Article, Column
from .base import Page, Request
from .skinned import Skin, Skinned
from .ucap import Ucap


class UcapSkins(Skinned, Ucap):
    variants: ClassVar[int] = 3
    skins = (
        Skin('<div class="gl-box"><ul id="dataList">{rows}</ul></div>', "",
             '<div class="detail-box"><UCAPTITLE>{title}</UCAPTITLE>{info}{meta}<UCAPCONTENT>{body}</UCAPCONTENT><div id="cmspro_appendixs">{files}</div></div>', '<div id="UCAP-CONTENT">{body}</div>'),
        Skin('<h2>{name}</h2><ul class="listContent">{rows}</ul><div id="page_div"></div>', '<li class="clearfix"><a href="{url}" title="{title}">{shown}</a><b>{date}</b></li>',
             '<h1 class="tit">{title}</h1>{info}{body}<div id="cmspro_appendixs">{files}</div>{prev}', '<div class="zoomcon" id="zoomcon"><div id="UCAP-CONTENT">{body}</div></div>'),
        Skin('<div class="sublist"><dl>{rows}</dl></div>{pager}', '<dd><em>{date}</em><a href="{url}" target="_blank" title="{title}">{shown}</a></dd>',
             '<div class="pages-detail"><h3>{title}</h3>{meta}{info}{body}{files}</div>', '<div class="pages_content" id="UCAP-CONTENT">{body}</div>', "words"),
    )  # fmt: skip

    @property
    def prefix(self) -> str:
        return ("xlist", "zfxxgk_list", "list")[self.portal.variant]

    def column_url(self, column: Column, page: int = 1) -> str:
        base = f"http://{column.host}/{self.root}/c{column.number}"
        if self.portal.variant == 2 and page > 1:
            return f"{base}/list.shtml?{page}"
        return f"{base}/{self.prefix}{f'_{page}' if page > 1 else ''}.shtml"

    def article_url(self, article: Article) -> str:
        base = self.column_url(article.column).rsplit("/", 1)[0]
        month = article.date[:7].replace("-", "")
        if self.portal.variant == 1:
            return f"{base}/{month}/c{article.number % 90 + 10:02d}_{article.number}.shtml"
        if self.portal.variant == 2:
            return f"{base}/c{article.number}/content.shtml"
        return f"{base}/{month}/{self.hex_name(article)}.shtml"

    def channel(self, column: Column) -> str:
        return hexed(self.portal.name, "channel", column.number)

    def page_count(self, column: Column) -> int:
        return super().page_count(column) if self.portal.variant else 1

    def list_html(self, column: Column, page: int) -> str:
        if self.portal.variant == 2:
            return super().list_html(column, page)
        if self.portal.variant == 1:
            rows, count = self.rows_html(column, self.page_rows(column, page)), self.page_count(column)
            call = f'<script>createPageHTML("page_div",{count},{page},"{self.prefix}","shtml",{len(self.rows(column))});</script>'
            call = call if self.portal.option("quotes", 2) else call.replace('"', "'")
            return wrapping.column_page(self, column, self.box_html(column, rows, page) + call)
        channel = self.channel(column)
        asked = "_isAgg=true&_isJson=true&_pageSize=20&_template=index&_rangeTimeGte=&_channelName=&page=1"
        script = f"var channelId='{channel}';$.get('/common/search/{channel}?{asked}',function(r){{render('#dataList',r.data.results);}});"
        inner = f"<h2>{column.name}</h2>{self.skin.box.format(rows='')}<script>{script}</script>"
        return wrapping.column_page(self, column, inner, f'<meta name="channelId" content="{channel}">')

    def more_routes(self) -> None:
        for column in self.plan.columns() if self.portal.variant == 0 else []:
            for host in {column.host, self.portal.host}:
                self.routes[f"{host}/common/search/{self.channel(column)}"] = lambda request, column=column: (
                    self.listed(column, request)
                )

    def listed(self, column: Column, request: Request) -> Page:
        def whole(name: str, default: int) -> int:
            text = request.query.get(name, "")
            return int(text) if text.isdigit() and int(text) else default

        page, size, rows = whole("page", 1), min(whole("_pageSize", 15), 20), self.rows(column)
        results = [
            {"title": a.title, "url": a.url.removeprefix("http:"), "publishedTimeStr": f"{a.date} 09:00:00", "channelName": column.name, "content": "",
             "manuscriptId": self.hex_name(a), "resList": [], "domainMetaList": [{"resultList": [{"key": "fbjg", "value": a.source}]}]}
            for a in rows[(page - 1) * size : page * size]
        ]  # fmt: skip
        answer = {
            "code": 200,
            "data": {
                "page": page,
                "rows": size,
                "total": len(rows),
                "channelId": self.channel(column),
                "results": results,
            },
        }
        return Page(json.dumps(answer, ensure_ascii=False).encode(), "application/json;charset=UTF-8")
