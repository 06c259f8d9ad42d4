"""The bench of newcomers: its bars can fail, its truth may be somebody else's, and its rivals are counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import crude
from tests.newcomers import HOMEMADE, Result, Target, bars, truth_targets
from tests.portals.farm import Farm


def result(platform: str, reports: int, found: int, wrong: int = 0, requests: int = 1) -> Result:
    """A portal of which so many reports were found, and so many pages taken for reports that are none."""
    rows = tuple({"url": f"http://a.test/{n}", "year": 2020, "organ": "甲"} for n in range(reports))
    made = Result(Target("http://a.test/", platform, "0", rows), set(range(found)), found + wrong)
    made.wrong = [f"http://a.test/wrong{n}" for n in range(wrong)]
    made.crawl = requests
    return made


@pytest.mark.parametrize(
    ("results", "reached"),
    [
        ([result("trs", 100, 98), result(HOMEMADE, 10, 8)], [True, True, True]),
        ([result("trs", 100, 97), result(HOMEMADE, 10, 7)], [False, False, True]),
        ([result("trs", 100, 100, wrong=2)], [False, True]),
        ([result("trs", 10, 10, requests=30)], [True, True]),
        ([result("trs", 10, 10, requests=31)], [True, False]),
        ([result("trs", 10, 10, requests=31), result("trs", 10, 10, requests=29)], [True, True]),
        ([result("trs", 10, 10)] * 19 + [result("vsb", 10, 0, requests=15)], [True, True]),
        ([result("trs", 10, 10)] * 18 + [result("vsb", 10, 0, requests=15)], [False, True]),
    ],
)
def test_the_bars_are_those_of_the_issue(results: list[Result], reached: list[bool]) -> None:
    assert [met for *_, met in bars(results)] == reached


def test_the_truth_may_be_somebody_else_s(tmp_path: Path) -> None:
    rows = [{"url": "http://127.0.0.1:81/a", "year": 2020, "organ": "甲", "also_at": ["http://127.0.0.1:81/b"]}]
    path = tmp_path / "truth.jsonl"
    path.write_text(json.dumps({"home_url": "http://127.0.0.1:81/", "reports": rows}) + "\n\n", encoding="utf-8")
    (target,) = truth_targets(path)
    assert (target.home_url, target.platform, len(target.addresses), set(target.addresses.values())) == (
        "http://127.0.0.1:81/", "external", 2, {0},
    )  # fmt: skip


def test_a_crude_crawl_is_counted_and_stopped() -> None:
    farm = Farm(1, 3)
    had = crude.harvest(crude.breadth_first, farm, farm.portals[0].home_url, most=20)
    assert (had.requests, had.whole) == (20, False)
    assert farm.portals[0].home_url in had.had
