"""Worker processes that read inputs, and what is kept of them: failures, memory, those that hung or died.

Input n is read by worker n modulo the number of workers. A worker says which input it begins with before it begins, so
that the one that kills it is known; another worker then goes on behind it.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tests.fuzz.mutations import Input, made
from tests.fuzz.seeds import Seed
from tests.fuzz.trial import Failure, tried

HANGS = 120.0  # seconds on the clock: a worker that is so long silent hangs where no signal reaches it
ADDRESS_SPACE = 6 << 30  # bytes: an input that needs more is a MemoryError, and no danger to the machine
EVERY = 200  # inputs after which a worker says how large it is
AGAIN = 16  # each so-manieth input is read twice

Trial = Callable[[Input, bool], Failure | None]


@dataclass
class Worker:
    """A process and what is known of it."""

    process: BaseProcess
    pipe: Connection
    number: int  # the input that it reads
    since: float
    last: int
    sizes: list[int] = field(default_factory=list)  # kB, resident, after each EVERY inputs


@dataclass
class Found:
    """What came of a run. `failures`: (number of the input, its failure)."""

    failures: list[tuple[int, Failure]] = field(default_factory=list)
    sizes: list[list[int]] = field(default_factory=list)
    done: int = 0


def resident() -> int:
    """This process's resident set, kB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024


def work(pipe: Connection, run: int, seeds: list[Seed], numbers: range, trial: Trial) -> None:
    """Reads its inputs and tells of each; never raises."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    for count, number in enumerate(numbers, 1):
        pipe.send(("begins", number, None))
        each, _ = made(run, number, seeds)
        if failure := trial(each, number % AGAIN == 0):
            pipe.send(("failed", number, failure))
        if count % EVERY == 0:
            pipe.send(("size", resident(), None))
    pipe.send(("done", 0, None))


def _start(run: int, seeds: list[Seed], numbers: range, trial: Trial) -> Worker:
    context = multiprocessing.get_context("fork")  # the seeds are shared that way
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(theirs, run, seeds, numbers, trial), daemon=True)
    process.start()
    theirs.close()
    return Worker(process, ours, numbers.start, time.monotonic(), numbers[-1] if numbers else -1)


def fuzz(
    run: int,
    seeds: list[Seed],
    numbers: range,
    jobs: int,
    told: Callable[[Found], None],
    trial: Trial = tried,
    hangs: float = HANGS,
) -> Found:
    """Reads all inputs. `told` hears of the state a few times a second."""
    found = Found()
    shares = [numbers[share::jobs] for share in range(jobs)]
    workers = [_start(run, seeds, share, trial) for share in shares if len(share)]
    while workers:
        ready = wait([worker.pipe for worker in workers], timeout=0.5)
        for worker in list(workers):
            ended = False
            while worker.pipe in ready and not ended and worker.pipe.poll():
                ended = _hear(worker, found)
            hung = time.monotonic() - worker.since > hangs
            if not (ended or hung):
                continue
            workers.remove(worker)
            found.sizes.append(worker.sizes)
            if worker.number >= 0:  # it did not come to its end
                worker.process.kill()
                worker.process.join()
                why = f"no word for {hangs:.0f} s" if hung else f"exit code {worker.process.exitcode}"
                found.failures.append((worker.number, Failure("hang" if hung else "crash", why, why)))
                if worker.number < worker.last:
                    workers.append(_start(run, seeds, range(worker.number + jobs, worker.last + 1, jobs), trial))
            else:
                worker.process.join()
        told(found)
    return found


def _hear(worker: Worker, found: Found) -> bool:
    """One message; whether it was the last."""
    try:
        what, number, failure = worker.pipe.recv()
    except EOFError:
        return True
    if what == "begins":
        found.done += 1
        worker.number, worker.since = number, time.monotonic()
    elif what == "failed":
        found.failures.append((number, failure))
    elif what == "size":
        worker.sizes.append(number)
    else:
        worker.number = -1
    return bool(what == "done")


def growth(sizes: list[int]) -> float | None:
    """MB by which a worker grew from the second quarter of its life to the last one, by medians; None when too short."""
    quarter = len(sizes) // 4
    if quarter < 2:
        return None

    def middle(part: list[int]) -> Any:
        return sorted(part)[len(part) // 2]

    return float(middle(sizes[-quarter:]) - middle(sizes[quarter : 2 * quarter])) / 1024
