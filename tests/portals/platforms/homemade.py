"""Portals that somebody wrote by hand: no address, class, script or meta tag of any maker; a row of the table each."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from typing import ClassVar

from ..model import Article, Column
from .skinned import Skin, Skinned

# (a column, its page n, an article, a file); {slugs} is the path of tokens joined by "/"
ADDRESSES = (
    ("/{slugs}/", "/{slugs}/p{n}/", "/{slugs}/{id}/", "/wenjian/{id}-{k}.{kind}"),
    ("/lanmu.do?id={c}", "/lanmu.do?id={c}&pn={n}", "/neirong.do?id={id}", "/xiazai.do?id={id}{k}"),
    ("/{slugs}", "/{slugs}/more-{n}", "/doc/{id}", "/f/{id}/{k}.{kind}"),
    ("/{slug}{c}.html", "/{slug}{c}-{n}.html", "/a{id}.html", "/files/{id}{k}.{kind}"),
    ("/xx/xx_lb.php?lx={c}", "/xx/xx_lb.php?lx={c}&dqy={n}", "/xx/xx_nr.php?bh={id}", "/xx/fj/{id}{k}.{kind}"),
    ("/s/{c}", "/s/{c}?from={skip}", "/s/{c}/i/{id}", "/s/{c}/i/{id}/{k}.{kind}"),
)


class Homemade(Skinned):
    variants: ClassVar[int] = 6
    skins = (
        Skin('<div class="zwlb"><div class="lbt">{name}</div>{rows}</div>{pager}', '<div class="hang"><div class="rq">{date}</div><div class="bt"><a href="{url}" title="{title}">{shown}</a></div></div>',
             '<div class="zw"><h1>{title}</h1><div class="ly">{date}　{source}</div>{body}{files}</div>', '<div class="zwnr">{body}</div>', "words"),
        Skin('<table class="biao" border="1"><caption>{name}</caption><tr><th>序号</th><th>标题</th><th>日期</th></tr>{rows}</table>{pager}', '<tr><td>{n}</td><td><a href="{url}" title="{title}">{shown}</a></td><td>{date}</td></tr>',
             '<h2 align="center">{title}</h2><p align="center">日期：{date} 来源：{source}</p>{body}{files}', '<div class="wen">{body}</div>', "numbers"),
        Skin('<section class="docs"><h2>{name}</h2><dl>{rows}</dl></section>{pager}', '<dt>{date}</dt><dd><a href="{url}" title="{title}">{shown}</a></dd>',
             '<article class="doc"><header><h1>{title}</h1><small>{source} · {date}</small></header>{body}{files}</article>', '<div class="prose">{body}</div>', "arrows"),
        Skin('<div class="cards"><h2>{name}</h2>{rows}</div>{pager}', '<div class="card"><h3><a href="{url}" title="{title}">{shown}</a></h3><p>{source}</p><p class="day">{date}</p></div>',
             '<div class="one"><p class="day">{date}</p><h1>{title}</h1><p>{source}</p>{body}{files}</div>', '<div class="txt">{body}</div>', "more"),
        Skin("<p><b>{name}</b></p><p>{rows}</p>{pager}", '■ <a href="{url}" title="{title}">{shown}</a>（{date}）<br>\n',
             "<p align=center><font size=5><b>{title}</b></font></p><p align=center>{y}年{m}月{d}日　{source}</p>{body}{files}", "<blockquote>{body}</blockquote>", "select"),
        Skin('<h2>{name}</h2><ol class="rows">{rows}</ol>{pager}', '<li><a href="{url}" title="{title}"><span class="d">{date}</span><strong>{shown}</strong><span class="o">{source}</span></a></li>',
             '<h1 class="tt">{title}</h1><p class="dt">{date}</p>{body}{files}<p class="src">{source}</p>', '<div class="bd">{body}</div>', "scripted"),
    )  # fmt: skip

    def address(self, which: int, column: Column, **more: object) -> str:
        slugs = [c.slug for c in column.path()]
        values = {"slugs": "/".join(slugs), "slug": slugs[-1], "c": column.number} | more
        return f"http://{column.host}{ADDRESSES[self.portal.variant][which].format(**values)}"

    def column_url(self, column: Column, page: int = 1) -> str:
        return self.address(min(page, 2) - 1, column, n=page, skip=(page - 1) * self.portal.rows)

    def article_url(self, article: Article) -> str:
        return self.address(2, article.column, id=article.number)

    def attachment_url(self, article: Article, position: int) -> str:
        return self.address(3, article.column, id=article.number, k=position, kind=article.attachments[position].kind)

    def extra_url(self, name: str) -> str:
        return f"http://{self.portal.host}/{name}/"

    def files_html(self, article: Article) -> str:
        host = article.url.split("/")[2]
        links = "".join(f'<p>附件：<a href="{self.href(a.url, host)}">{a.name}</a></p>' for a in article.attachments)
        return f'<div class="fj">{links}</div>' if links else ""
