"""Plain lists of no named maker: index_2.html, 2.html, ?page=2, column-index-2.shtml, ?pageNo=1 (domain.md 3.7, 3.8)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from typing import ClassVar

from ..model import Article, Column
from .skinned import Skin, Skinned

# {base} ends in "/"; the first page, page n, an article
ADDRESSES = (
    ("{base}index.html", "{base}index_{n}.html", "{base}{id}.html"),
    ("{base}1.html", "{base}{n}.html", "/html/{slug}/{y}/{m}{d}/{id}.html"),
    ("{base}list", "{base}list?page={n}", "/article/{y}-{m}/{id}.html"),
    ("{base}column-index-1.shtml", "{base}column-index-{n}.shtml", "{base}{y}-{m}/{d}/a_{id}.shtml"),
    ("{base}index.jsp", "{base}index.jsp?pageNo={before}", "{base}view.jsp?infoId={id}"),  # counted from 0
    ("{base}index.html", "{base}index_{n}.html", "{base}{y}/{id}.html"),
)


class Static(Skinned):
    variants: ClassVar[int] = 6
    skins = (
        Skin('<h3 class="t">{name}</h3><ul class="newslist">{rows}</ul>{pager}', '<li><a href="{url}" title="{title}" target="_blank">{shown}</a><span>{date}</span></li>',
             '<div class="xx"><h1>{title}</h1>{info}{meta}{body}{files}{prev}</div>', '<div class="nr" id="content">{body}</div>'),
        Skin('<div class="lm_t">{name}</div><table class="lb" width="100%">{rows}</table>{pager}', '<tr><td>{n}</td><td><a href="{url}" title="{title}">{shown}</a></td><td>{date}</td></tr>',
             '<table class="wz" width="96%"><tr><td class="bt"><h2>{title}</h2></td></tr><tr><td>{info}</td></tr><tr><td>{body}</td></tr><tr><td>{files}</td></tr></table>', '<div class="wznr">{body}</div>', "numbers"),
        Skin('<div class="list-page"><h2>{name}</h2>{rows}{pager}</div>', '<div class="item"><time>{date}</time><a href="{url}" title="{title}">{shown}</a></div>',
             '<article><h1>{title}</h1><p class="by">{date} {source}</p>{body}{files}</article>', '<div class="article-body">{body}</div>', "arrows"),
        Skin('<div class="gl-list"><dl>{rows}</dl>{pager}</div>', '<dt><a href="{url}" title="{title}">{shown}</a></dt><dd>{date}</dd>',
             '<div class="gl-detail">{meta}<h1>{title}</h1>{info}{body}{files}{prev}</div>', '<div class="gl-text">{body}</div>', "words"),
        Skin('<div class="xxlb"><b>{name}</b><ul>{rows}</ul>{pager}</div>', '<li><a href="{url}">{title}</a>&nbsp;&nbsp;[{date}]</li>',
             '<div class="xxnr"><h3>{title}</h3><h5>{source} {date}</h5>{body}{files}</div>', '<div class="xxzw">{body}</div>', "arrows"),
        Skin('<div class="xxgk-lb"><div class="lb-t">{name}</div><ul>{rows}</ul>{pager}</div>', '<li><p><a href="{url}" title="{title}">{shown}</a></p><p class="t">{date}</p></li>',
             '<div class="xxgk-xq">{meta}<h1>{title}</h1>{info}{body}{files}</div>', '<div class="xq-nr">{body}</div>', "encoded"),
    )  # fmt: skip

    def column_url(self, column: Column, page: int = 1) -> str:
        base = "/" + "".join(f"{c.slug}/" for c in column.path())
        first, later, _ = ADDRESSES[self.portal.variant]
        return f"http://{column.host}" + (first if page == 1 else later).format(base=base, n=page, before=page - 1)

    def build_column(self, column: Column) -> None:
        super().build_column(column)
        first = self.routes[self.column_url(column).removeprefix("http://")]
        self.route(f"http://{column.host}/" + "".join(f"{c.slug}/" for c in column.path()), first)

    def article_url(self, article: Article) -> str:
        y, m, d = article.date.split("-")
        base = "/" + "".join(f"{c.slug}/" for c in article.column.path())
        form = ADDRESSES[self.portal.variant][2]
        return f"http://{article.column.host}" + form.format(
            base=base, slug=article.column.slug, y=y, m=m, d=d, id=article.number
        )

    def attachment_url(self, article: Article, position: int) -> str:
        return f"http://{article.column.host}/upload/{article.date[:4]}/{article.number}_{position}.{article.attachments[position].kind}"
