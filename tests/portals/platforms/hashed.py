"""Addresses that say nothing: node_123.html, uuids of 36 characters, 32 hexadecimal digits (domain.md 3.7, cms-shapes C, S, T)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from typing import ClassVar

from ..draw import hexed
from ..model import Article, Column
from .epoint import uuid
from .skinned import Skin, Skinned

# (a column, its page n, an article, a file)
ADDRESSES = (
    ("/node_{c}.html", "/node_{c}_{n}.html", "/{y}-{m}/{d}/content_{id}.html", "/files/{y}/{hex}.{kind}"),
    ("/columns/{cuuid}/index.html", "/columns/{cuuid}/index_{n}.html", "/columns/{cuuid}/{y}{m}/{d}/{uuid}.html", "/cms/files/uploadFiles/{uuid}.{kind}"),
    ("/nw{c}/index.html", "/nw{c}/index_{n}.html", "/nw{c}/{y}{m}{d}/{hex}.html", "/cmsres/{y}/{hex}.{kind}"),
)  # fmt: skip


class Hashed(Skinned):
    variants: ClassVar[int] = 3
    skins = (
        Skin('<div class="node-list"><h3>{name}</h3><ul class="txtlist">{rows}</ul></div>{pager}', '<li><i></i><a href="{url}" target="_blank">{shown}</a> <span class="cgray">{date}</span></li>',
             '<div class="artical"><h1>{title}</h1>{info}{body}{files}</div>', '<div class="article-text" id="artibody">{body}</div>'),
        Skin('<div class="list-main"><div class="list-tit">{name}</div><table class="gk-table">{rows}</table>{pager}</div>', '<tr class="gk-row"><td class="gk-name"><a href="{url}" title="{title}">{shown}</a></td><td class="gk-org">{source}</td><td class="gk-date">{date}</td></tr>',
             '<div class="detail-main">{meta}<div class="detail-tit">{title}</div>{info}{body}{files}{prev}</div>', '<div class="detail-con">{body}</div>', "numbers"),
        Skin('<div class="trout-region-list"><ul class="tadaty-list-6">{rows}</ul></div>{pager}', '<li><a href="{url}" title="{title}" target="_blank">{shown}</a><span class="time">{date}</span></li>',
             '<div class="Article"><h2 id="ivs_title">{title}<small class="PBtime">（{y}年{m}月{d}日）</small></h2>{body}{files}</div>', '<div class="Article_content" id="ivs_content">{body}</div>', "arrows"),
    )  # fmt: skip

    def address(self, which: int, column: Column, **more: object) -> str:
        values = {"c": column.number, "cuuid": uuid(self.portal.name, column.number)} | more
        return f"http://{column.host}{ADDRESSES[self.portal.variant][which].format(**values)}"

    def column_url(self, column: Column, page: int = 1) -> str:
        return self.address(min(page, 2) - 1, column, n=page)

    def names(self, article: Article, *more: object) -> dict[str, object]:
        y, m, d = article.date.split("-")
        keys = (self.portal.name, article.number, *more)
        return {"y": y, "m": m, "d": d, "id": article.number, "hex": hexed(*keys), "uuid": uuid(*keys)}

    def article_url(self, article: Article) -> str:
        return self.address(2, article.column, **self.names(article))

    def attachment_url(self, article: Article, position: int) -> str:
        return self.address(3, article.column, **self.names(article, position), kind=article.attachments[position].kind)
