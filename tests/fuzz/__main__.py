"""python -m tests.fuzz: mutated pages and files by the hundred thousand; nothing may crash, hang or leak.

    python -m tests.fuzz --inputs 200000             some twenty minutes on two cores; exit code 0 when nothing was found
    python -m tests.fuzz --kinds pdf docx            of some kinds only (tests/fuzz/seeds.py)
    python -m tests.fuzz --seeds DIR                 the files of a folder are mutated as well
    python -m tests.fuzz --run 1 --only 4711         one input again, with its traceback; the same on every machine
    python -m tests.fuzz --atheris 600               ten minutes of coverage-guided fuzzing beside (pip install atheris)

What fails is kept in --keep: the input as it was read (NUMBER.bin) and what it did (NUMBER.txt).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tests.fuzz import structures
from tests.fuzz.mutations import made
from tests.fuzz.seeds import SHARES, Seed, collected
from tests.fuzz.trial import Failure, tried
from tests.fuzz.workers import Found, fuzz, growth

MOST_GROWTH = 40.0  # MB that a worker may grow in the second half of its life: caches are full long before
STRUCTURES = 0.05  # share of the inputs that hypothesis makes
TOLD_EVERY = 60.0  # seconds between lines where there is no terminal


class Told:
    """A progress bar on a terminal, a line a minute elsewhere. What fails is kept at once."""

    def __init__(self, out: Console, bar: Progress, total: int, keep: Callable[[int, Failure], None]) -> None:
        self.out, self.bar, self.last, self.keep, self.kept = out, bar, time.monotonic(), keep, 0
        self.task = bar.add_task("reading", total=total, failures=0)

    def __call__(self, found: Found) -> None:
        for number, failure in found.failures[self.kept :]:
            self.keep(number, failure)
        self.kept = len(found.failures)
        self.bar.update(self.task, completed=found.done, failures=len(found.failures))
        if not self.out.is_terminal and time.monotonic() - self.last > TOLD_EVERY:
            self.last = time.monotonic()
            self.out.print(f"{found.done} inputs read, {len(found.failures)} failures")


def keep(folder: Path, run: int, kinds: list[str], seeds: list[Seed], number: int, failure: Failure) -> None:
    """The input and its failure, for a person."""
    folder.mkdir(parents=True, exist_ok=True)
    each, name = made(run, number, seeds)
    (folder / f"{number}.bin").write_bytes(each.content)
    of = f" --kinds {' '.join(kinds)}" if kinds else ""
    again = f"python -m tests.fuzz --run {run} --only {number}{of}"
    said = f"{failure.kind} at {failure.where}\nseed {name}\n{again}\n{each.headers} {each.url}\n\n{failure.detail}"
    (folder / f"{number}.txt").write_text(said, encoding="utf-8")


def report(out: Console, found: Found, seconds: float, keep_in: Path) -> bool:
    """Prints what came of it; whether all is well."""
    out.print(f"{found.done} inputs read in {seconds:.0f} s, {found.done / max(seconds, 1):.0f} a second")
    causes: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, failure in found.failures:
        causes[failure.kind, failure.where].append(number)
    for (kind, where), numbers in sorted(causes.items(), key=lambda item: -len(item[1])):
        out.print(f"  {len(numbers)} × {kind} at {where}: {keep_in}/{numbers[0]}.txt", markup=False)
    grown = [more for sizes in found.sizes if (more := growth(sizes)) is not None]
    for sizes in found.sizes:
        if sizes:
            out.print(
                f"resident: {sizes[0] / 1024:.0f} MB at first, {max(sizes) / 1024:.0f} at most, {sizes[-1] / 1024:.0f} at last"
            )
    if grown:
        out.print(f"growth from the second to the last quarter: {', '.join(f'{more:+.1f}' for more in grown)} MB")
    leaks = any(more > MOST_GROWTH for more in grown)
    if leaks:
        out.print(f"expected {MOST_GROWTH} MB at most: something is kept from input to input")
    return not found.failures and not leaks


def _guided(options: argparse.Namespace) -> bool:
    command = [sys.executable, "-m", "tests.fuzz.guided", str(options.atheris), str(options.keep / "atheris")]
    return subprocess.run([*command, str(options.run), *map(str, options.seeds)], check=False).returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--run", type=int, default=1, help="the run's seed: another one, other inputs")
    parser.add_argument("--seeds", type=Path, action="append", default=[], metavar="DIR")
    parser.add_argument("--kinds", nargs="+", default=[], choices=SHARES, metavar="KIND", help=" ".join(SHARES))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", type=int, metavar="NUMBER")
    parser.add_argument("--atheris", type=int, metavar="SECONDS")
    parser.add_argument("--keep", type=Path, default=Path("fuzz"), metavar="DIR")
    options = parser.parse_args()
    out = Console(highlight=False, soft_wrap=True)
    seeds = [seed for seed in collected(options.seeds) if not options.kinds or seed.kind in options.kinds]
    out.print(f"{len(seeds)} seeds, {sum(len(seed.content) for seed in seeds) // 1024} kB")
    if options.only is not None:
        each, name = made(options.run, options.only, seeds)
        failure = tried(each, again=True)
        out.print(f"seed {name}, {len(each.content)} bytes, {each.headers}, {each.url}", markup=False)
        out.print(failure.detail if failure else "read, and nothing wrong", markup=False)
        return int(failure is not None)
    if options.atheris:
        return int(not _guided(options))
    by_hypothesis = int(options.inputs * STRUCTURES) if not options.kinds or "page" in options.kinds else 0
    started = time.monotonic()
    columns = (TextColumn("[bold]{task.description}"), BarColumn(), MofNCompleteColumn())
    rest = (TextColumn("{task.fields[failures]} failures"), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, *rest, console=out, transient=True, disable=not out.is_terminal) as bar:
        mutated = options.inputs - by_hypothesis
        told = Told(out, bar, mutated, partial(keep, options.keep, options.run, options.kinds, seeds))
        found = fuzz(options.run, seeds, range(options.first, options.first + mutated), options.jobs, told)
    well = report(out, found, time.monotonic() - started, options.keep)
    out.print(f"{by_hypothesis} structures by hypothesis …")
    if smallest := structures.fuzz(options.run, by_hypothesis) if by_hypothesis else None:
        out.print(smallest, markup=False)
        well = False
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
