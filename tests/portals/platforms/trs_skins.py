"""TRS lists with all calls of the pager: three numbers, createPage, variables, no pages at all, the usual one (domain.md 3.1)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from typing import ClassVar

from ..model import Article, Column
from .skinned import Skin, Skinned
from .trs import Trs


class TrsSkins(Skinned, Trs):
    variants: ClassVar[int] = 5
    skins = (
        Skin('<div class="gl_list"><h2>{name}</h2><ul class="gl_list1">{rows}</ul></div>{pager}', '<li><a href="{url}" target="_blank" title="{title}">{shown}</a><span>{date}</span></li>',
             '<div class="pages_content"><h2>{title}</h2>{info}{meta}{body}{files}{prev}</div>', '<div class="view TRS_UEDITOR trs_paper_default trs_web">{body}</div>'),
        Skin('<div class="rules_tabs_01"><dl><dt>标题</dt><dt>发布日期</dt></dl>{rows}</div>{pager}', '<dl><dd class="text_align_left"><a href="{url}" title="{title}">{shown}</a></dd><dd>{date}</dd></dl>',
             '<div class="xl"><h1>{title}</h1>{info}<div id="zoom">{body}</div>{files}</div>', '<div class="trs_editor_view TRS_UEDITOR">{body}</div>'),
        Skin('<table class="zwgk" width="100%"><tr class="first"><td>序号</td><td>名称</td><td>日期</td></tr>{rows}</table>{pager}', '<tr><td>{n}</td><td><a href="{url}" title="{title}">{shown}</a></td><td>{date}</td></tr>',
             '<div class="wenZhang">{meta}<p class="bt">{title}</p>{body}{files}</div>', '<div class="TRS_Editor">{body}</div>'),
        Skin('<div class="default_news"><ul>{rows}</ul></div><div class="changepage" data-rows="15"></div>', '<li><div class="d">{y}/{m}/{d}</div><h4><a href="{url}" title="{title}">{shown}</a></h4></li>',
             '<div class="xlxlcont"><h1>{title}</h1>{info}{body}{files}</div>', '<div class="Custom_UnionStyle">{body}</div>'),
        Skin('<div class="list_r"><div class="bt">{name}</div>{rows}{pager}</div>', '<p class="li"><span class="fr">{date}</span><a href="{url}" target="_blank" title="{title}">{shown}</a></p>',
             '<div class="article_con">{meta}<h1>{title}</h1>{info}{body}{files}{prev}</div>', '<div class="TRS_Editor"><div class="Custom_UnionStyle">{body}</div></div>'),
    )  # fmt: skip

    def row_html(self, article: Article, n: int, host: str) -> str:
        """Links of most portals are relative to the list."""
        row = Skinned.row_html(self, article, n, host)
        if self.portal.variant == 3 or article.file_row:
            return row
        return row.replace(self.href(self.folder(article.column), host), "./")

    def page_count(self, column: Column) -> int:
        return 1 if self.portal.variant == 3 else super().page_count(column)

    def pager(self, column: Column, page: int) -> str:
        count, ext = self.page_count(column), self.ext
        if self.portal.variant == 0:
            return f'<div class="page"><script>createPageHTML({len(self.rows(column))},{count},{page - 1},"index","{ext}");</script></div>'
        if self.portal.variant == 1:
            return f"<div class=\"page\"><script language=\"JavaScript\">createPage({count}, {page - 1}, 'index', '{ext}');</script></div>"
        if self.portal.variant == 4:
            return f'<div class="page"><script>createPageHTML({count}, {page - 1}, "index", "{ext}");</script></div>'
        return (
            f'<div class="pages"><script type="text/javascript">var currentPage = {page - 1};//所在页从0开始\nvar prevPage = currentPage-1;\nvar nextPage = currentPage+1;\n'
            f"var countPage = {count};//共多少页\nif(countPage>1){{document.write('<a href=\"index_'+nextPage+'.{ext}\">'+'下一页</a>');}}</script></div>"
        )
