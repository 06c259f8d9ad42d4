"""When a portal is due: a table of cases, and what holds for all histories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.due import BACK_OFF, CHINA, DEADLINES, LEAST, MOST, RESTS, Facts, Run, deadline, due, interval
from crawler.verdict import Word

SUMMER, JANUARY, MARCH, MAY = (datetime(2026, month, 10, 3, tzinfo=CHINA) for month in (7, 1, 3, 5))
BUREAU, COUNTY, TOWN = "云棠县教育局", "云棠县人民政府", "柳湾镇人民政府"


def history(now: datetime, *words: str, every: float = 10, ago: float = 0.5) -> tuple[Run, ...]:
    """Runs that ended so; `ok+` found a change, `killed` has no verdict. The last was `ago` days before now."""
    last = len(words) - 1
    return tuple(
        Run(
            now - timedelta(days=ago + every * (last - at)),
            None if word == "killed" else Word(word.rstrip("+")),
            word.endswith("+"),
        )
        for at, word in enumerate(words)
    )


@pytest.mark.parametrize(
    ("now", "words", "ago", "awaited", "is_due", "reason"),
    [
        (SUMMER, [], 0, None, True, "never crawled"),
        (SUMMER, ["ok", "killed"], 0.01, (), True, "cut short"),
        (SUMMER, ["ok+"], 6, (), False, "every 7 days"),
        (SUMMER, ["ok+"], 7, (), True, "every 7 days"),
        (SUMMER, ["ok+", "ok", "ok"], 9, (), False, "every 15 days"),
        (SUMMER, ["ok+", *["ok"] * 8], 29, (), False, "every 30 days"),
        (SUMMER, ["ok+", *["ok"] * 8], 30, (), True, "every 30 days"),
        (SUMMER, ["ok+", "ok", "ok+"], 6, (), True, "changed last time"),
        (JANUARY, ["ok+", *["ok"] * 8], 1, (BUREAU,), True, "31 January"),
        (JANUARY, ["ok+", *["ok"] * 8], 0.05, (BUREAU,), False, "31 January"),
        (JANUARY, ["ok+", *["ok"] * 8], 1, (), False, "every 30 days"),
        (MARCH, ["ok+", *["ok"] * 8], 1, (COUNTY, TOWN), True, "31 March"),
        (MARCH, ["ok+", *["ok"] * 8], 1, (BUREAU,), False, "late"),
        (MARCH, ["ok+", *["ok"] * 8], 7, (BUREAU,), True, "late"),
        (MARCH, ["ok+", *["ok"] * 8], 1, None, True, "31 March"),
        (MAY, ["ok+", *["ok"] * 8], 7, (TOWN,), True, "late"),
        (SUMMER, ["ok+", *["ok"] * 8], 8, (TOWN,), False, "every 30 days"),
        (SUMMER, ["ok", "broken"], 0.2, (), False, "broken last time"),
        (SUMMER, ["ok", "broken"], 0.3, (), True, "broken last time"),
        (SUMMER, ["ok", "broken", "broken", "broken"], 0.1, (), False, "3 in a row"),
        (SUMMER, ["ok", "blocked"], 0.5, (), False, "blocked"),
        (SUMMER, ["ok", "blocked"], 1, (), True, "blocked"),
        (SUMMER, ["ok", *["blocked"] * 3], 3, (), False, "blocked, 3 in a row"),
        (JANUARY, ["ok", *["blocked"] * 3], 1, (BUREAU,), True, "blocked, 3 in a row"),
        (JANUARY, ["ok", *["degraded"] * 9], 1, (BUREAU,), True, "degraded, 9 in a row"),
    ],
)
def test_a_portal_is_due(
    now: datetime, words: list[str], ago: float, awaited: tuple[str, ...] | None, is_due: bool, reason: str
) -> None:
    found = due(Facts("qinghe", history(now, *words, ago=ago), awaited), now)
    assert (found.at <= now, reason in found.reason) == (is_due, True), found


def test_every_kind_of_body_has_its_date() -> None:
    for _, pattern, day, example in DEADLINES:
        assert pattern.search(example)
        assert deadline(example, 2026).timetuple()[1:3] == day
    assert deadline("某某", 2026).month == 3


RUNS = st.lists(st.tuples(st.sampled_from([*Word, None]), st.booleans(), st.floats(0.1, 40)), min_size=1, max_size=14)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
AWAITED = st.one_of(st.none(), st.lists(st.sampled_from([BUREAU, COUNTY, TOWN, "某某"]), max_size=3).map(tuple))


def runs_of(drawn: list[tuple[Word | None, bool, float]], now: datetime) -> tuple[Run, ...]:
    runs, at = [], now
    for word, changed, days in reversed(drawn):
        at -= timedelta(days=days)
        runs.append(Run(at, word, changed))
    return tuple(reversed(runs))


@given(RUNS, MOMENTS, AWAITED)
def test_nobody_is_forgotten_and_nobody_is_pestered(
    drawn: list[tuple[Word | None, bool, float]], now: datetime, awaited: tuple[str, ...] | None
) -> None:
    runs = runs_of(drawn, now)
    last = runs[-1]
    found = due(Facts("qinghe", runs, awaited), now)
    assert found.reason
    assert found.at <= last.at + timedelta(days=MOST + 1)
    assert LEAST <= interval(runs) <= MOST
    if last.verdict is Word.blocked:
        assert found.at >= last.at + RESTS
    elif last.verdict in BACK_OFF:
        assert found.at > last.at
    elif last.verdict is not None:
        assert found.at.astimezone(CHINA).date() > last.at.astimezone(CHINA).date(), "a good portal is asked once a day"


@given(RUNS, MOMENTS)
def test_a_change_never_makes_the_wait_longer(drawn: list[tuple[Word | None, bool, float]], now: datetime) -> None:
    quiet = [*drawn, (Word.ok, False, 1.0)]
    lively = [*drawn, (Word.ok, True, 1.0)]
    assert due(Facts("q", runs_of(lively, now), ()), now).at <= due(Facts("q", runs_of(quiet, now), ()), now).at
