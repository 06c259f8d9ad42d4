"""The nouns of the farm: body, column, article, report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from .blocks import Content
from .statutory import Table

Kind = Literal["government", "department", "township"]


@dataclass(frozen=True)
class Body:
    """An issuing body; `scale` sizes its numbers, first..last are the report years it has published."""

    organ: str
    short: str
    we: str
    kind: Kind
    level: str
    slug: str
    works_on: str
    scale: int
    first: int
    last: int


@dataclass(eq=False)
class Column:
    """A node of the portal's tree: "landing" shows its children, "list" its articles, "page" one text.

    A "frame" brings its one child, a list that is `bare` of the portal's header and footer, into itself by an iframe
    or a script. A `hidden` column is left out of menus.
    """

    name: str
    slug: str
    number: int
    host: str
    kind: Literal["landing", "list", "page", "frame"]
    parent: Column | None = None
    body: Body | None = None
    annual: bool = False
    children: list[Column] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    bare: bool = False
    hidden: bool = False

    def walk(self) -> Iterator[Column]:
        yield self
        for child in self.children:
            yield from child.walk()

    def path(self) -> list[Column]:
        """From the top column down to this one."""
        return [*(self.parent.path() if self.parent else []), self]

    def listed(self) -> list[Article]:
        """Articles still there, newest first, as lists show them."""
        here = [article for article in self.articles if not article.gone()]
        return sorted(here, key=lambda article: (article.date, article.number), reverse=True)


@dataclass(eq=False)
class Attachment:
    name: str
    url: str
    kind: Literal["pdf", "docx", "doc"]


@dataclass(eq=False)
class Article:
    """One page: a report, a neighbour or news. `report` is None for everything that is not ours."""

    title: str
    date: str
    source: str
    number: int
    column: Column
    report: SampleReport | None = None
    text: Callable[[], Content] | None = None
    url: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    file_row: bool = False  # the row of the list leads to the attachment, there is no page

    def gone(self) -> bool:
        return self.report is not None and self.report.withdrawn

    def attached(self) -> Content:
        """What the attachment says: the whole report, whatever the page says of it."""
        if self.report is not None and self.report.whole is not None:
            return self.report.whole(self.report.revision)
        return self.content()

    def content(self) -> Content:
        if self.report is not None:
            return self.report.content()
        assert self.text is not None
        return self.text()


@dataclass(eq=False)
class SampleReport:
    """One report of the ground truth; text and tables are made when first asked for."""

    portal: str
    body: Body
    organ: str
    year: int
    title: str
    date: str
    level: str
    format_version: str
    blemishes: list[str]
    make: Callable[[int], Content]
    whole: Callable[[int], Content] | None = None  # where the page has but a hint at its attachment: what that says
    url: str = ""
    attachments: list[dict[str, str]] = field(default_factory=list)
    also_at: list[str] = field(default_factory=list)
    revision: int = 0
    withdrawn: bool = False

    def content(self) -> Content:
        return _content(self, self.revision)

    @property
    def text(self) -> str:
        """What a careful person would copy: a line per paragraph or table row, the cells of a row (those that the
        row itself has in the source, a merged cell once) joined by " | "."""
        return self.content().text()

    @property
    def tables(self) -> dict[str, Table]:
        return self.content().tables

    def as_row(self) -> dict[str, object]:
        return {
            "portal": self.portal, "organ": self.organ, "year": self.year, "url": self.url, "title": self.title,
            "date": self.date, "level": self.level, "format_version": self.format_version, "text": self.text,
            "tables": self.tables, "attachments": self.attachments, "blemishes": self.blemishes,
            "also_at": self.also_at, "attached": self.whole(self.revision).text() if self.whole is not None else None,
        }  # fmt: skip


@lru_cache(maxsize=512)  # a large farm would otherwise hold every text it was ever asked for
def _content(report: SampleReport, revision: int) -> Content:
    return report.make(revision)
