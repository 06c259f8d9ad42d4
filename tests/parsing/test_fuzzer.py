"""The fuzzer finds what it looks for: exceptions, deaths, hangs, growth; and a few of its inputs are read with each test run."""

from __future__ import annotations

import os
import signal
import time

import pytest

import parsing
from tests.fuzz.mutations import Input, made
from tests.fuzz.seeds import SHARES, charset_cases, plain_report, small_files
from tests.fuzz.trial import Failure, TooSlowError, limited, tried
from tests.fuzz.workers import Found, fuzz, growth

FILES = [seed for seed in small_files() if seed.kind != "office"]  # LibreOffice takes seconds
SEEDS = [*charset_cases(), *plain_report(), *FILES]


@pytest.mark.parametrize("number", range(0, 160, 40))
def test_mutated_pages_are_read(number: int) -> None:
    for each in range(number, number + 40):
        content, name = made(5, each, SEEDS)
        assert tried(content, again=each % 8 == 0) is None, f"{name}, number {each}"


def test_mutated_files_are_read_and_most_changes_reach_their_inside() -> None:
    opened = 0
    for number in range(40):
        content, name = made(6, number, FILES)
        assert tried(content, again=False) is None, f"{name}, number {number}"
        opened += "corrupt_file" not in parsing.read(content.content).flags
    assert opened >= 20
    assert {seed.kind for seed in [*FILES, *charset_cases()]} == SHARES.keys() - {"office"}


def test_small_files_are_the_same_from_run_to_run() -> None:
    assert list(small_files()) == list(small_files())


def test_our_own_fault_is_told_from_a_broken_file() -> None:
    broken = Input(b"%PDF-1.7\n%", {}, None)
    assert "corrupt_file" in parsing.read(broken.content).flags
    assert tried(broken, again=False) is None


def test_an_input_is_made_from_its_number_alone() -> None:
    once, again = ([made(3, number, SEEDS) for number in numbers] for numbers in (range(60), range(60)))
    assert once == again
    assert len({each.content for each, _ in once}) > 50
    assert [made(4, number, SEEDS) for number in range(60)] != once


def _picky(each: Input, again: bool) -> Failure | None:
    """Dies of some inputs, hangs at others, and finds fault with some."""
    what = len(each.content) % 7
    if what == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    if len(each.content) % 14 == 1:
        time.sleep(60)
    return Failure("fault", "here", "") if what == 2 else None


def test_what_kills_a_worker_or_hangs_it_is_told_and_the_rest_is_read() -> None:
    wanted = {number: len(made(1, number, SEEDS)[0].content) for number in range(60)}
    found = fuzz(1, SEEDS, range(60), 2, lambda state: None, trial=_picky, hangs=2.0)
    assert found.done == 60
    by_kind = {
        kind: {number for number, failure in found.failures if failure.kind == kind} for kind in ("crash", "fault")
    }
    assert by_kind["crash"] == {number for number, size in wanted.items() if size % 7 == 0}
    assert by_kind["fault"] == {number for number, size in wanted.items() if size % 7 == 2}
    hung = {number for number, failure in found.failures if failure.kind == "hang"}
    assert hung == {number for number, size in wanted.items() if size % 14 == 1}
    assert by_kind["crash"]
    assert hung


def _endless() -> None:
    while True:
        pass


def test_processor_time_is_limited() -> None:
    with pytest.raises(TooSlowError), limited(0.05):
        _endless()
    with limited(0.05):
        time.sleep(0.1)  # others' time does not count


def test_growth_is_told_from_caches_that_fill() -> None:
    filling = [100_000 + min(n, 10) * 5_000 for n in range(60)]
    leaking = [100_000 + n * 2_000 for n in range(60)]
    assert growth(filling) == 0
    assert (growth(leaking) or 0) > 40
    assert growth([1, 2, 3]) is None
    assert Found().failures == []
