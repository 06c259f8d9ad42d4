"""gkmlpt with its configuration in single quotes or as JSON, and NFCMS columns that need no script: index_2.html (domain.md 3.5)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

import json
from typing import ClassVar

from .. import wrapping
from ..model import Article, Column
from .base import Site
from .gkmlpt import Gkmlpt
from .skinned import Skin, Skinned


class GkmlptSkins(Skinned, Gkmlpt):
    variants: ClassVar[int] = 3
    skins = (
        Skin('<ul class="news_list">{rows}</ul>{pager}', '<li><a href="{url}" title="{title}">{shown}</a><span>{date}</span></li>',
             '<div class="classify">{meta}</div><h1 class="title document-number">{title}</h1><div class="date-row">{info}</div>{body}{files}', '<div class="article-content">{body}</div>'),
        Skin('<div class="list_right"><h2>{name}</h2><ul class="list_con">{rows}</ul>{pager}</div>', '<li><span class="list_date">{date}</span><a href="{url}" title="{title}" target="_blank">{shown}</a></li>',
             '<div class="zw"><h1 class="zw-title">{title}</h1><p class="zw-info">{date} 来源：{source}</p>{body}{files}</div>', '<div class="news_cont_d_wrap" id="zoomcon">{body}</div>'),
        Skin('<div class="lists"><ul>{rows}</ul>{pager}</div>', '<li><a class="list-title" href="{url}" title="{title}">{shown}</a><span class="date">{date}</span></li>',
             '<div class="tyxxy_main"><h1>{title}</h1>{meta}{info}{body}</div><div class="tyxxy_fj">{files}</div>', '<div class="article-content">{body}</div>'),
    )  # fmt: skip

    def ours(self, column: Column) -> bool:
        return self.portal.variant != 1 and super().ours(column)

    def column_url(self, column: Column, page: int = 1) -> str:
        if self.ours(column):
            return super().column_url(column, page)
        base = f"http://{column.host}/" + "".join(f"{c.slug}/" for c in column.path())
        return f"{base}index{'' if page == 1 else f'_{page}'}.html"

    def article_url(self, article: Article) -> str:
        if self.ours(article.column):
            return super().article_url(article)
        return self.column_url(article.column).rsplit("/", 1)[0] + f"/content/post_{article.number}.html"

    def index_html(self) -> str:
        tree = [self.tree(column) for column in self.plan.openness.children]
        if self.portal.variant:
            config = {"SID": self.sid, "SITE_NAME": self.portal.site_name, "SERVICE_AREA_ID": "1", "TREE": tree}
            script = f"window._CONFIG = {json.dumps(config)};"
        else:
            script = f"window._CONFIG = {{SID: '{self.sid}', SITE_NAME: '{self.portal.site_name}', SERVICE_AREA_ID: '1', TREE: {tree!r}}};"
        main = f'<div id="gkmlpt-app"><div class="left-tree"></div><div class="right-list"></div></div><script>{script}</script><script src="/gkmlpt/js/app.js"></script>'
        return wrapping.shell(self, f"{self.plan.openness.name}-{self.portal.site_name}", main, self.plan.openness)

    def more_routes(self) -> None:
        if self.portal.variant != 1:
            super().more_routes()
            return
        Site.more_routes(self)

    def article_html(self, article: Article) -> str:
        nfcms = f'<meta name="ArticleId" content="{article.number}"><meta name="ColumnId" content="{article.column.number}">'
        script = (
            f"<script>window.NFCMS_SITE_ID = {self.sid}; window.NFCMS_POST_ID = {article.number};</script>"
            if self.portal.variant
            else ""
        )
        return Skinned.article_html(self, article).replace("<title>", f"{nfcms}{script}<title>", 1)
