"""Whose report an entry is, and of which year, before its page is read: witnesses of the list, weighed; losers are kept.

The page's own witnesses (parsing/organs.py) are weighed by the parsing stage in the same way. Where the page says
nothing, what the list says stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crawler import discovery
from crawler.discovery import Link, Role
from parsing import divisions, titles
from parsing.document import Witness
from parsing.organs import is_organ, year_witnesses
from parsing.report import AdminLevel
from parsing.statutory.bodies import Body, choose, is_zone, level_of

# What each witness weighs, beside the page's in parsing/organs.py: (source, weight, example).
WEIGHTS: tuple[tuple[str, float, str], ...] = (
    ("title", 6.0, "云棠市教育局2022年政府信息公开工作年度报告"),
    ("step", 4.0, "部门 > 云棠市教育局 > 年报: the nearest step that names a body"),
    ("column", 3.0, "云棠市教育局信息公开年报: a column that names its body"),
    ("outer step", 1.0, "steps further out: a town's county"),
    ("portal", 0.5, "the spider's `organ`: whose portal it is"),
)
_WEIGHT = {source: weight for source, weight, _ in WEIGHTS}
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


@dataclass(frozen=True)
class Portal:
    """What is declared of a portal: its own body, its name, the division that its 网站标识码 begins with."""

    organ: str | None = None
    site: str = ""
    site_code: str | None = None
    division_code: str | None = None

    @property
    def division(self) -> divisions.Division | None:
        declared = divisions.by_code(self.division_code) if self.division_code else None
        return declared or (divisions.of_site_code(self.site_code) if self.site_code else None)


@dataclass(frozen=True)
class Finding:
    """The body and the year that the witnesses agree on, None where there are none, with all that was said."""

    body: Body | None
    year: int | None
    organs: tuple[Witness, ...]
    years: tuple[Witness, ...]

    @property
    def organ(self) -> str | None:
        return self.body.name if self.body else None

    @property
    def level(self) -> AdminLevel | None:
        """Rank of the body (domain.md 2.5)."""
        return level_of(self.body, "") if self.body else None

    def as_facts(self) -> dict[str, Any]:
        """For the record in the archive, which every repeat writes again: witnesses as (value, source, weight)."""
        return {
            "organ": [(each.value, each.source, each.weight) for each in self.organs],
            "year": [(each.value, each.source, each.weight) for each in self.years],
            "division_code": self.body.division.code if self.body and self.body.division else None,
            "admin_level": self.level,
        }


def weigh(row: Link, trail: tuple[str, ...], portal: Portal) -> Finding:
    """What a row of a list says of the report it leads to, and where it stands."""
    organs, years = tuple(_organs(row, trail, portal)), tuple(_years(row, trail))
    site = portal.organ if portal.organ and is_zone(portal.organ) else portal.site
    body = choose(list(organs), portal.division, site, tampered=False) if organs else None
    sums: dict[int, float] = {}
    for witness in years:
        sums[int(witness.value)] = sums.get(int(witness.value), 0.0) + witness.weight
    return Finding(body, max(sums, key=lambda year: sums[year], default=None), organs, years)


def is_named(title: str, trail: tuple[str, ...]) -> bool:
    """Whether the row's title or a step on the way to it names a body."""
    return any(_organs(Link("", title), trail, Portal()))


def _organs(row: Link, trail: tuple[str, ...], portal: Portal) -> Iterator[Witness]:
    if (named := titles.classify(row.text).organ) and is_organ(named):
        yield Witness(value=named, source="title", weight=_WEIGHT["title"])
    elif discovery.role(row.text) is Role.body:
        yield Witness(value=row.text, source="title", weight=_WEIGHT["title"])
    source = "step"
    for step in reversed(trail):
        role = discovery.role(step)
        if role is Role.body:
            yield Witness(value=step, source=source, weight=_WEIGHT[source])
            source = "outer step"
        elif role is Role.column and (named := titles.classify(step).organ):
            yield Witness(value=named, source="column", weight=_WEIGHT["column"])
    if portal.organ:
        yield Witness(value=portal.organ, source="portal", weight=_WEIGHT["portal"])


def _years(row: Link, trail: tuple[str, ...]) -> Iterator[Witness]:
    yield from year_witnesses(row.text, "", row.date, "list", None, row.url, trusted=True)
    for step in reversed(trail):
        told = discovery.YEAR_NAME.match(step) or (discovery.role(step) is Role.column and titles.classify(step).year)
        if told and (found := _YEAR.search(step)):
            yield Witness(value=found[1], source="step", weight=_WEIGHT["step"])
            return
