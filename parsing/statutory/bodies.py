"""Which body a report belongs to: the names on a page, completed with the place of its portal (domain.md 2.5)."""

from __future__ import annotations

import re
from typing import NamedTuple

from parsing import divisions
from parsing.divisions import Division
from parsing.document import Witness
from parsing.organs import of_office
from parsing.report import AdminLevel

_TOWNSHIP = re.compile(
    r"(?:镇|乡|街道|苏木|街道办事处|办事处|区公所|地区办事处|民族乡)(?:人民政府|办事处|党政办公室|办公室|政府)?$"
)
_ZONE = re.compile(
    r"(?:开发区|高新区|经开区|新区|保税区|度假区|园区|示范区|实验区|产业区|工业区|合作区|管理区)(?:管理委员会|"
    r"管委会|党工委管委会)?(?:办公室)?$"
)
_CENTRAL = re.compile(r"^(?:国务院|中华人民共和国|国家)(?!.*(?:调查队|税务局.*[市县区]))")
# Words by which a text without a name tells its rank: (pattern, level)
_WE: tuple[tuple[re.Pattern[str], AdminLevel], ...] = (
    (re.compile(r"我镇|我乡|我街道|本镇|本乡|全镇|全乡|本街道|我办事处"), AdminLevel.township),
    (re.compile(r"我县|我区|我旗|全县|县人民政府办公室"), AdminLevel.county),
    (re.compile(r"(?:县委|县政府|区委|区政府|县人民政府|区人民政府)"), AdminLevel.county),
    (re.compile(r"我市|全市|市委|市政府"), AdminLevel.prefecture),
    (re.compile(r"我省|全省|省委|省政府"), AdminLevel.province),
)


class Body(NamedTuple):
    """An issuing body:
    its name, the division it belongs to when that is known, and whether the name holds the place.
    """

    name: str
    division: Division | None
    placed: bool


def choose(witnesses: list[Witness], code: Division | None, site: str, tampered: bool) -> Body | None:
    """The body that the witnesses agree on. In a tampered copy a name without its place is nobody's name."""
    if not witnesses:
        return None
    near = _place_of_site(site, code)
    best = max(witnesses, key=lambda witness: _support(witness, witnesses))
    name = best.value if best.source == "title" else of_office(best.value)
    if best.source in ("host", "site", "text:mentions", "text:own-fee"):
        name = _government(_innermost(name))
    if tampered:
        _, written, _ = divisions.head(name)
        if not written:
            return None
    return _placed(name, witnesses, near)


def _support(witness: Witness, witnesses: list[Witness]) -> float:
    """Own weight, and half the weight of every other witness whose name contains it or is contained in it."""
    core = _core(witness.value)
    return witness.weight + sum(
        0.5 * other.weight
        for other in witnesses
        if other is not witness and (core in other.value or _core(other.value) in witness.value)
    )


def _core(name: str) -> str:
    return re.sub(r"(?:人民政府|政府|办事处|委员会|办公室|办公厅)$", "", of_office(name)) or name


def _place_of_site(site: str, code: Division | None) -> Division | None:
    place, written, _ = divisions.head(re.sub(r"^(?:中国|首都之窗)[·•]?", "", site), "")
    if place is None and written and code is not None:
        place = divisions.named(written, code.code[:2])
    return place or code


def _innermost(name: str) -> str:
    """山西省临汾市人民政府 -> 临汾市人民政府: a footer writes the whole address, the body is the innermost place's."""
    place, written, rest = divisions.head(name)
    return place.name + rest if place is not None and len(written) > len(place.name) else name


def _government(name: str) -> str:
    place, written, rest = divisions.head(name)
    return name + "人民政府" if written and not rest and (place is None or written.endswith(place.name)) else name


def _placed(name: str, witnesses: list[Witness], near: Division | None) -> Body:
    """Completes the name: a bare place means its government, a department without a place takes the portal's."""
    within = near.prefix if near else ""
    place, written, rest = divisions.head(name, within)
    if place is None and near is not None:
        place, written, rest = divisions.head(name)
    if written and not rest:
        return Body(name + "人民政府", place or _unique(written, near), True)
    if written:
        return Body(name, place or _unique(written, near), True)
    if _TOWNSHIP.search(name) or _ZONE.search(name):
        return Body(name, _parent_in(name, witnesses, near), True)
    longer = next(
        (
            other.value
            for other in witnesses
            if other.value.endswith(re.sub(r"^[省市县区旗州盟]", "", name)) and divisions.head(other.value)[1]
        ),
        None,
    )
    if longer is not None:
        return Body(of_office(longer), divisions.head(longer, within)[0] or divisions.head(longer)[0], True)
    short = re.match(r"^(省|市|县|区|旗|州|盟)(?=.{2,})", name)
    if (
        near is not None
        and (short is None or near.name.endswith(short[1]))
        and not re.match(r"(?:国家|中国|中共)", name)
    ):
        return Body(near.name + name[len(short[1]) if short else 0 :], near, True)
    return Body(name, near if near and short else None, False)


def _unique(written: str, near: Division | None) -> Division | None:
    return divisions.named(written, near.prefix if near else "") or divisions.named(written)


def _parent_in(name: str, witnesses: list[Witness], near: Division | None) -> Division | None:
    """A township's county: the portal's, or the one another witness writes before the township's name."""
    for other in witnesses:
        place, _, rest = divisions.head(other.value)
        if place is not None and rest and _core(rest) in name:
            return place
    return near


def level_of(body: Body | None, squashed: str) -> AdminLevel | None:
    """Rank of the body: by its name's ending, else by its division, else by how the text speaks of itself."""
    if body is not None:
        name = body.name
        if _CENTRAL.match(name):
            return AdminLevel.central
        if _TOWNSHIP.search(name):
            return AdminLevel.township
        if _ZONE.search(name):
            return AdminLevel.functional_zone
        if body.division is not None and body.placed:
            return AdminLevel(body.division.level)
        if name.startswith("省") or name.endswith("厅"):
            return AdminLevel.province
        if name[0] in "县区旗" or re.search(r"[县区旗](?:人民政府|.{2,8}(?:局|委|办))$", name):
            return AdminLevel.county
        if name.startswith("市"):
            return AdminLevel.prefecture
        if body.division is not None:
            return AdminLevel(body.division.level)
    head = squashed[:2500]
    return next((level for pattern, level in _WE if pattern.search(head)), None)
