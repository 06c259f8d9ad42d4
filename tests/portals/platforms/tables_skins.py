"""Old portals of tables on other engines: InfoPublic.aspx?cid=&pid=&page= and PHP lists (domain.md 3.7, cms-shapes X)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from ..model import Article, Column
from .skinned import Skin, Skinned

# (a column, its page n, an article, a file)
ADDRESSES = (
    ("/InfoPublic.aspx?cid={c}&pid={p}", "/InfoPublic.aspx?cid={c}&pid={p}&page={n}", "/year_details.aspx?dept={p}&id={id}", "/UploadFiles/{id}{k}.{kind}"),
    ("/gknb_list.php?cid={c}", "/gknb_list.php?cid={c}&page={n}", "/gknb_show.php?id={id}", "/upload/{id}_{k}.{kind}"),
)  # fmt: skip


class TablesSkins(Skinned):
    skins = (
        Skin('<table id="GridView1" width="100%" cellspacing="0" rules="all" border="1"><tr><th colspan="2">{name}</th></tr>{rows}</table><table width="100%"><tr><td align="center">{pager}</td></tr></table>',
             '<tr onmouseover="this.bgColor=\'#EEF\'"><td align="left"><a id="GridView1_ctl{n}_HyperLink1" href="{url}" title="{title}">{shown}</a></td><td width="100">{date}</td></tr>',
             '<table width="100%" border="0"><tr><td align="center"><span id="lblTitle"><b>{title}</b></span></td></tr><tr><td align="center"><span id="lblTime">{date}</span> <span id="lblFrom">{source}</span></td></tr><tr><td>{body}</td></tr><tr><td>{files}</td></tr></table>',
             '<span id="lblContent">{body}</span>', "words"),
        Skin('<table width="98%" align="center"><tr><td bgcolor="#DDEEFF"><font color="red">{name}</font></td></tr><tr><td>{rows}</td></tr><tr><td align="right">{pager}</td></tr></table>',
             '<table width="100%"><tr><td width="80">{date}</td><td><a href="{url}" title="{title}"><font size="2">{shown}</font></a></td></tr></table>',
             '<table width="100%"><tr><td align="center"><font size="4"><b>{title}</b></font></td></tr><tr><td><font size="2">来源：{source} 时间：{date}</font></td></tr><tr><td>{body}</td></tr></table>{files}',
             '<font size="3">{body}</font>', "numbers"),
    )  # fmt: skip

    def address(self, which: int, column: Column, **more: object) -> str:
        values = {"c": column.number, "p": column.parent.number if column.parent else 0} | more
        return f"http://{column.host}{ADDRESSES[self.portal.variant][which].format(**values)}"

    def column_url(self, column: Column, page: int = 1) -> str:
        return self.address(min(page, 2) - 1, column, n=page)

    def article_url(self, article: Article) -> str:
        return self.address(2, article.column, id=article.number)

    def attachment_url(self, article: Article, position: int) -> str:
        return self.address(3, article.column, id=article.number, k=position, kind=article.attachments[position].kind)
