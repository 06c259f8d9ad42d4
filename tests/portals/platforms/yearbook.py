"""One page has every body's reports of all years, as a table, by year or by body; links go to pages and to files (domain.md 2.4)."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from typing import ClassVar

from .. import wrapping
from ..model import Article, Column, SampleReport
from .skinned import Skin, Skinned


class Yearbook(Skinned):
    variants: ClassVar[int] = 3
    skins = (
        Skin('<h3>{name}</h3><ul class="wzlb">{rows}</ul>{pager}', '<li><a href="{url}">{title}</a> {date}</li>',
             '<div class="nbwz"><h1>{title}</h1>{info}{body}{files}</div>', '<div class="nbnr">{body}</div>'),
        Skin('<div class="lb"><b>{name}</b>{rows}</div>{pager}', '<p><a href="{url}" title="{title}">{shown}</a> <i>{date}</i></p>',
             "<h2>{title}</h2><p>{date}　{source}</p>{body}{files}", '<div class="bg">{body}</div>', "arrows"),
        Skin('<table class="tb">{rows}</table>{pager}', '<tr><td><a href="{url}">{title}</a></td><td>{date}</td></tr>',
             '<div class="view"><h1>{title}</h1><div>{source} {date}</div>{body}{files}</div>', '<div class="view-c">{body}</div>', "numbers"),
    )  # fmt: skip

    def column_url(self, column: Column, page: int = 1) -> str:
        base = f"http://{column.host}/" + "/".join(c.slug for c in column.path())
        if column is self.plan.annual:
            return base + ("/", ".html", "/all.htm")[self.portal.variant]
        return f"{base}/index.html" if page == 1 else f"{base}/index_{page}.html"

    def article_url(self, article: Article) -> str:
        host, report = article.column.host, article.report
        if report and article.column.annual:
            return f"http://{host}/{article.column.slug}/{report.year}/{report.body.slug}.html"
        return f"http://{host}/{article.column.slug}/{article.date[:4]}/{article.number}.html"

    def attachment_url(self, article: Article, position: int) -> str:
        return f"http://{article.column.host}/nbfile/{article.date[:4]}/{article.number}{position}.{article.attachments[position].kind}"

    def page_count(self, column: Column) -> int:
        return 1 if column is self.plan.annual else super().page_count(column)

    def list_html(self, column: Column, page: int) -> str:
        if column is not self.plan.annual:
            return super().list_html(column, page)
        rows = self.rows(column)
        ours = {(a.report.organ, a.report.year): (a, a.report) for a in rows if a.report}
        others = "".join(
            f'<li><a href="{self.href(a.url, column.host)}">{a.title}</a></li>' for a in rows if not a.report
        )
        grid = (self.table, self.by_year, self.by_body)[self.portal.variant](ours)
        return wrapping.column_page(self, column, f"<h2>{column.name}</h2>{grid}<h4>其他</h4><ul>{others}</ul>")

    def anchor(self, article: Article, text: str, whole: bool = False) -> str:
        title = f' title="{article.title}"' if whole else ""
        mark = (
            f"（{article.attachments[0].kind.upper()}）" if article.file_row and self.portal.option("mark", 2) else ""
        )
        return f'<a href="{self.href(article.url, article.column.host)}" target="_blank"{title}>{text}</a>{mark}'

    def table(self, ours: dict[tuple[str, int], tuple[Article, SampleReport]]) -> str:
        """A row for each body, a column for each year."""
        years = sorted({year for _, year in ours}, reverse=True)
        head = "".join(f"<th>{year}年</th>" for year in years)
        word = ("查看", "年报", "")[self.portal.option("cell", 3)]
        body = ""
        for organ in dict.fromkeys(organ for organ, _ in ours):
            cells = (ours.get((organ, year)) for year in years)
            body += (
                f"<tr><td>{organ}</td>"
                + "".join(f"<td>{self.anchor(one[0], word or str(one[1].year)) if one else '—'}</td>" for one in cells)
                + "</tr>"
            )
        return f'<table class="nbhz" border="1"><tr><th>单位</th>{head}</tr>{body}</table>'

    def by_year(self, ours: dict[tuple[str, int], tuple[Article, SampleReport]]) -> str:
        """A heading for each year, the bodies' names below it."""
        parts = []
        for year in sorted({year for _, year in ours}, reverse=True):
            items = "".join(
                f"<li>{self.anchor(a, r.organ, whole=True)}</li>" for (_, y), (a, r) in ours.items() if y == year
            )
            parts.append(f"<h3>{year}年度</h3><ul class='dw'>{items}</ul>")
        return "".join(parts)

    def by_body(self, ours: dict[tuple[str, int], tuple[Article, SampleReport]]) -> str:
        """A box for each body that opens on its years."""
        parts = []
        for organ in dict.fromkeys(organ for organ, _ in ours):
            items = " ".join(self.anchor(a, f"{r.year}年年度报告") for (o, _), (a, r) in ours.items() if o == organ)
            parts.append(f'<dl class="fold"><dt onclick="toggle(this)">{organ}</dt><dd>{items}</dd></dl>')
        return "".join(parts)
