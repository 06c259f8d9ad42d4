"""Places by the names that they have and had."""

from __future__ import annotations

import pytest

from parsing import divisions


@pytest.mark.parametrize(
    ("name", "code", "today"),
    [
        ("禄丰县", "532302", "禄丰市"),  # a county that became a city
        ("兖州市", "370812", "兖州区"),  # a city that became a district
        ("萧山市", "330109", "萧山区"),
        ("萧山县", "330109", "萧山区"),  # twice renamed
        ("襄樊市", "420600", "襄阳市"),  # another name under the same code
        ("临汾地区", "141000", "临汾市"),  # a prefecture that became a city
        ("赣县", "360704", "赣县区"),
        ("九江县", "360404", "柴桑区"),  # told by hand: not 九江市
    ],
)
def test_a_former_name_leads_to_the_code_of_today(name: str, code: str, today: str) -> None:
    found = divisions.named(name)
    assert found is not None
    assert (found.code, found.name) == (code, name)
    assert divisions.names_of(code)[0] == today
    assert name in divisions.names_of(code)


def test_a_name_of_today_is_meant_before_one_of_the_past() -> None:
    here = {each.name for each in divisions.every()}
    both = [former for former in divisions.former_names() if former.name in here]
    assert both, "some names are lost in one province and kept in another"
    for former in both[:20]:
        found = divisions.named(former.name)
        assert found is None or found == divisions.by_code(found.code)
    assert divisions.head("云南省禄丰县妥安乡")[1:] == ("云南省禄丰县", "妥安乡")


def test_every_former_name_has_a_division_of_today() -> None:
    assert len(divisions.former_names()) > 1000
    assert [former for former in divisions.former_names() if divisions.by_code(former.code) is None] == []
