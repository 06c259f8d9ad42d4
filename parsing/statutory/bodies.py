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
# The look of a place that no table knows: 云棠市教育局. Not 市教育局, not 开发区.
_PLACE = re.compile(
    r"^(?:[㐀-鿿]{2,4}(?:省|自治区))?(?:[㐀-鿿]{1,6}(?:自治州|地区|盟))?(?:[㐀-鿿]{1,5}?(?<!城)市)?"
    r"(?:[㐀-鿿]{1,6}?(?:自治县|县|(?<![发新济护税林园城牧矿验范度导业])区|旗))?(?<=[省市区县州盟旗])"
)
_CENTRAL = re.compile(
    r"^(?:国务院|中华人民共和国|国家)(?!.*(?:调查队|税务局.*[市县区]|税务总局.*[省市县区旗州盟].*税务局))"
)
_PREFECTURE = re.compile(r"(?:地区|盟)(?:行政公署|行署)(?:办公室)?$")
# A county-level city looks like any city; its report says what it is. A city's bureau has its branch in a district.
_COUNTY_CITY = re.compile(r"(?:代管的?|直辖的?|本市(?:为|是)|我市(?:为|是))县级市")
_BRANCH = re.compile(
    r"市(?:公安|自然资源|生态环境|规划|市场监督管理)[^省市县区]{0,8}局[㐀-鿿]{2,6}(?<!直属)(?<!开发区)(?<!高新区)分局$"
)
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


class Place(NamedTuple):
    """A place by its name; its division only when the name is known (invented ones are not)."""

    name: str
    division: Division | None


def choose(witnesses: list[Witness], code: Division | None, site: str, tampered: bool) -> Body | None:
    """The body that the witnesses agree on. In a tampered copy a name without its place is nobody's name."""
    if not witnesses:
        return None
    near = _place_of_site(site, code)
    best = max(witnesses, key=lambda witness: _support(witness, witnesses))
    name = best.value if best.source == "title" else of_office(best.value)
    if best.source in ("host", "site", "text:mentions", "text:own-fee"):
        name = _innermost(name)
    if tampered and not split(name, None)[0] and not _TOWNSHIP.search(name):
        return None
    if best.source == "title":
        name = _in_full(name, witnesses)
    return _placed(name, witnesses, near)


def _in_full(name: str, witnesses: list[Witness]) -> str:
    """柳湾镇 in the title is 柳湾镇人民政府 when another witness writes it out."""
    for other in witnesses:
        full = of_office(other.value)
        if other.source != "title" and re.fullmatch(rf"{re.escape(name)}(?:人民政府|办事处|管理委员会|管委会)", full):
            return full
    return name


def split(name: str, near: Place | None) -> tuple[str, str, Division | None]:
    """(place as written, what follows, its division): by the table of divisions, else by the look of the name."""
    within = near.division.prefix if near and near.division else ""
    place, written, rest = divisions.head(name, within)
    if place is None and within:
        outside = divisions.head(name)
        if outside[0] is not None or not written:
            place, written, rest = outside
    if written:
        return written, rest, place or _unique(written, near)
    if (found := _PLACE.match(name)) and found.end() > 2:
        return found[0], name[found.end() :], None
    return "", name, None


def is_whole(name: str) -> bool:
    """Whether a body's name says where it is: 禄丰市统计局, 妥安乡人民政府; not 市统计局."""
    return bool(split(name, None)[0] or _TOWNSHIP.search(name) or _ZONE.search(name))


def is_zone(name: str) -> bool:
    """Whether a name is a development zone's, by its own name: 北甸经济开发区管委会; not 开发区."""
    found = _ZONE.search(name)
    return found is not None and found.start() > 1


def _support(witness: Witness, witnesses: list[Witness]) -> float:
    """Own weight, and half the weight of every other witness whose name contains it or is contained in it."""
    core = _core(witness.value)
    agreeing = (other for other in witnesses if other is not witness)
    return witness.weight + sum(
        0.5 * other.weight for other in agreeing if core in other.value or _core(other.value) in witness.value
    )


def _core(name: str) -> str:
    return re.sub(r"(?:人民政府|政府|办事处|委员会|办公室|办公厅)$", "", of_office(name)) or name


def _place_of_site(site: str, code: Division | None) -> Place | None:
    name = re.sub(r"^(?:中国|首都之窗)[·•]?", "", site)
    if is_zone(name) and _ZONE.search(
        divisions.head(name)[2]
    ):  # 浦东新区 is a district; a zone's bureaus are no city's
        return Place(re.sub(r"(?:(?:党工委)?(?:管理委员会|管委会))?(?:办公室)?$", "", name), code)
    written, _, place = split(name, Place(code.name, code) if code else None)
    if written and (place is None or code is None or place.code[:2] == code.code[:2]):
        return Place(place.name if place else written, place or (code if code and code.name == written else None))
    return Place(code.name, code) if code else None


def _innermost(name: str) -> str:
    """山西省临汾市人民政府 -> 临汾市人民政府: a footer writes the whole address, the body is the innermost place's."""
    place, written, rest = divisions.head(name)
    return place.name + rest if place is not None and len(written) > len(place.name) else name


def _placed(name: str, witnesses: list[Witness], near: Place | None) -> Body:
    """Completes the name: a bare place means its government, a department without a place takes the portal's."""
    written, rest, place = split(name, near)
    if written and place is None and near and written.endswith(near.name):
        place = near.division
    if written and not rest and not _ZONE.search(name):
        return Body(name + "人民政府", place, True)
    if written:
        return Body(name, place, True)
    if _TOWNSHIP.search(name) or _ZONE.search(name):
        return Body(name, _parent_in(name, witnesses, near), True)
    bare = re.sub(r"^[省市县区旗州盟](?=.{2})", "", name)
    endings = (other.value for other in witnesses if other.value.endswith(bare))
    longer = next((value for value in endings if split(value, near)[0]), None)
    if longer is not None:
        longer = of_office(longer)
        return Body(longer, split(longer, near)[2], True)
    rank = name[0] if bare != name else ""
    if near is not None and near.name.endswith(rank) and not re.match(r"(?:国家|中国|中共)", name):
        return Body(near.name + bare, near.division, True)
    return Body(name, near.division if near and rank else None, False)


def _unique(written: str, near: Place | None) -> Division | None:
    return divisions.named(written, near.division.prefix if near and near.division else "") or divisions.named(written)


def _parent_in(name: str, witnesses: list[Witness], near: Place | None) -> Division | None:
    """A township's county: the portal's, or the one another witness writes before the township's name."""
    for other in witnesses:
        place, _, rest = divisions.head(other.value)
        if place is not None and rest and _core(rest) in name:
            return place
    return near.division if near else None


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
        if _PREFECTURE.search(name):
            return AdminLevel.prefecture
        if body.division is not None and body.placed:
            return AdminLevel(body.division.level)
        if _COUNTY_CITY.search(squashed) or _BRANCH.search(name):
            return AdminLevel.county
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
