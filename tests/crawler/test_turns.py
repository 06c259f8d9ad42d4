"""Turns at a host between processes. Two `Turns` on one folder are as good as two processes: each has its own locks."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from crawler import turns as module
from crawler.gate import Gate
from crawler.turns import Turns

HOST = "www.qinghe.portal.test"


def gates(folder: Path, count: int, gap: float) -> list[Gate]:
    made = [Gate() for _ in range(count)]
    for gate in made:
        gate.share(folder)
        gate.at_least(HOST, gap)
    return made


def test_requests_of_many_processes_stand_in_one_line(tmp_path: Path) -> None:
    spans: list[tuple[float, float, int]] = []

    async def ask(number: int, gate: Gate) -> None:
        for _ in range(3):
            async with gate.turn(HOST):
                begun = time.monotonic()
                await asyncio.sleep(0.02)
                spans.append((begun, time.monotonic(), number))
        assert gate._turns
        gate._turns.let_go(HOST)  # as the end of its process would

    async def all_of_them() -> None:
        await asyncio.gather(*(ask(number, gate) for number, gate in enumerate(gates(tmp_path, 3, 0.1))))

    asyncio.run(all_of_them())
    spans.sort()
    assert len(spans) == 9
    assert all(later[0] - earlier[1] >= 0.1 for earlier, later in pairwise(spans))
    assert len({number for *_, number in spans[:5]}) > 1, "nobody has it to himself while others wait"


def test_the_gap_and_retry_after_are_handed_over(tmp_path: Path) -> None:
    async def run() -> float:
        first, second = gates(tmp_path, 2, 0.05)
        async with first.turn(HOST):
            pass
        first.hold(HOST, 0.6)
        assert first._turns
        first._turns.let_go(HOST)
        began = time.monotonic()
        async with second.turn(HOST):
            return time.monotonic() - began

    assert asyncio.run(run()) >= 0.55


def test_whoever_is_killed_holds_nothing(tmp_path: Path) -> None:
    code = (
        "import asyncio,sys,time;from pathlib import Path;from crawler.turns import Turns\n"
        "async def pause(s): return False\n"
        f"t=Turns(Path({str(tmp_path)!r}));asyncio.run(t.take({HOST!r},0,pause));t.note({HOST!r},0.4)\n"
        "print('held',flush=True);time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"

    async def run() -> float:
        (gate,) = gates(tmp_path, 1, 0.05)
        taking = asyncio.create_task(asyncio.wait_for(anext(aiter_of(gate)), 20))
        await asyncio.sleep(0.5)
        assert not taking.done(), "a living process has it"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        return await taking

    assert asyncio.run(run()) >= 0.05, "and the gap holds all the same"


async def aiter_of(gate: Gate):  # type: ignore[no-untyped-def]
    began = time.monotonic()
    async with gate.turn(HOST):
        yield time.monotonic() - began


@pytest.mark.parametrize("content", ["", "garbage", "9999999999.0 1\n", "\x00" * 20])
def test_a_damaged_file_holds_nobody_up_for_long(tmp_path: Path, content: str) -> None:
    (tmp_path / HOST).write_text(content)

    async def pause(seconds: float) -> bool:
        return False

    wait = asyncio.run(Turns(tmp_path).take(HOST, 0.5, pause))
    assert 0 <= wait <= module.FURTHEST
    assert (wait == 0) == (content == "")


def test_any_host_has_a_file_of_its_own(tmp_path: Path) -> None:
    turns = Turns(tmp_path)
    names = {turns._path(host) for host in ("a.b", "a%2eb", "../x", "::1", "x" * 300, "x" * 299, "")}
    assert len(names) == 7
    assert all(path.parent == tmp_path for path in names)
