"""Names of places: codes, ambiguity, the place at the head of an organ's name."""

from __future__ import annotations

import re

import pytest

from parsing import divisions
from parsing.organs import SELF_NAMED
from parsing.statutory.bodies import split


@pytest.mark.parametrize(
    ("organ", "code", "rest"),
    [
        ("江西省九江市浔阳区人民政府", "360403", "人民政府"),
        ("临汾市人民政府办公室", "141000", "人民政府办公室"),
        ("禄丰市教育局", "532302", "教育局"),
        ("禄丰县教育局", "532302", "教育局"),
        ("乌海市民委", "150300", "民委"),
        ("内蒙古自治区财政厅", "150000", "财政厅"),
        ("上海市人民政府办公厅", "310000", "人民政府办公厅"),
    ],
)
def test_place_at_the_head(organ: str, code: str, rest: str) -> None:
    place, _, behind = divisions.head(organ)
    assert place is not None
    assert (place.code, behind) == (code, rest)


def test_an_ambiguous_county_needs_its_parent() -> None:
    assert divisions.head("鼓楼区人民政府")[0] is None
    place = divisions.head("福州市鼓楼区人民政府")[0]
    assert place is not None
    assert place.code == "350102"
    inside = divisions.head("鼓楼区人民政府", "3201")[0]
    assert inside is not None
    assert inside.code == "320106"


def test_site_codes() -> None:
    known = divisions.of_site_code("1410000039")
    assert known is not None
    assert (known.name, known.level) == ("临汾市", "prefecture")
    assert divisions.of_site_code("bm07000001") is None


def test_no_name_is_an_organ_by_accident() -> None:
    assert divisions.head("教育局") == (None, "", "教育局")
    assert divisions.head("") == (None, "", "")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("云棠市教育局", "云棠市"),
        ("云棠市南岭区教育局", "云棠市南岭区"),
        ("市教育局", ""),
        ("经济开发区管委会", ""),
        ("社区服务中心", ""),
        ("柳湾镇人民政府", ""),
        ("城市管理局", ""),
    ],
)
def test_places_that_no_table_knows(name: str, place: str) -> None:
    assert split(name, None)[0] == place


@pytest.mark.parametrize("named", SELF_NAMED, ids=lambda named: named[0])
def test_each_way_of_naming_oneself_matches_its_example(named: tuple[str, re.Pattern[str], float, str]) -> None:
    assert named[1].search(named[3])
