"""python -m tests.throughput: pages per second with capture, WARC, catalogue and reading, beside plain Scrapy and others.

Everything in one run: the server on one core, each crawl on another, all kinds in turn, several rounds, the best of each
counts (others on the machine can only make a round slower). What the kinds are: tests/speed/crawl.py. Method and
figures: docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.hostile.rivals import NotThereError
from tests.speed import rivals

ROOT = Path(__file__).resolve().parent.parent
LEAST = 0.75  # of plain Scrapy's pages per second
Figures = dict[str, float]
TITLES = {
    "plain": "plain Scrapy",
    "bare": "plain Scrapy, our settings",
    "capture": "+ capture",
    "warc": "+ capture, WARC",
    "catalogue": "+ capture, WARC, catalogue",
    "plain and reading": "plain Scrapy + reading",
    "reading": "+ capture, WARC, catalogue, reading",
    "wget": "wget --warc-file",
    "warcprox": "plain Scrapy through warcprox",
}
RIVALS: dict[str, Callable[[int, Path, Path], Figures]] = {"wget": rivals.wget, "warcprox": rivals.through_warcprox}
FEWER = {"reading": 5, "plain and reading": 5, "wget": 1, "warcprox": 1}  # the slow kinds crawl one page in so many
DELAYED = 10  # milliseconds that every reply is held back in the second table


@contextmanager
def served(pages: int, core: int, delay: int, scratch: Path) -> Iterator[Path]:
    """The URLs of a server in a process of its own."""
    urls = scratch / f"urls-{delay}"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.speed.server", str(pages), str(core), str(delay), str(urls)], cwd=ROOT
    )
    try:
        while not urls.exists():
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with {process.returncode} before it listened")
            time.sleep(0.05)
        yield urls
    finally:
        process.terminate()
        process.wait()


def crawl(how: str, core: int, urls: Path, folder: Path) -> Figures:
    """One crawl of ours or of plain Scrapy."""
    command = [sys.executable, "-m", "tests.speed.crawl", how, str(core), str(urls), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{how}: {done.stderr.strip()[-2000:]}")
    figures: Figures = json.loads(done.stdout)
    return figures


def rounds(
    kinds: list[str], count: int, core: int, urls: Path, scratch: Path
) -> tuple[dict[str, Figures], dict[str, str]]:
    """The best round of each kind, and why those that are missing are."""
    best: dict[str, Figures] = {}
    missing: dict[str, str] = {}
    part = scratch / "part"
    for number in range(count):
        for kind in (k for k in kinds if k not in missing):
            lines = urls.read_text().splitlines(keepends=True)
            part.write_text("".join(lines[: len(lines) // FEWER.get(kind, 1)]))
            with tempfile.TemporaryDirectory(dir=scratch) as folder:
                try:
                    run = RIVALS.get(kind) or (lambda *where, kind=kind: crawl(kind, *where))
                    figures = run(core, part, Path(folder) / "data")
                except NotThereError as error:
                    missing[kind] = str(error)
                    continue
            expected = len(lines) // FEWER.get(kind, 1)
            if figures["pages"] != expected:
                raise RuntimeError(f"{kind}: expected {expected} pages, got {figures['pages']:.0f}")
            if kind not in best or figures["wall"] < best[kind]["wall"]:
                best[kind] = figures
            if sys.stderr.isatty():
                print(f"\rround {number + 1} of {count}: {TITLES[kind]:<40}", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r" + " " * 60 + "\r", end="", file=sys.stderr)
    return best, missing


def rate(figures: Figures) -> float:
    return figures["pages"] / figures["wall"]


def table(best: dict[str, Figures], missing: dict[str, str]) -> None:
    print(f"{'':<36} pages/s  of plain  CPU ms/page  pages")
    for kind in TITLES:
        if kind in best:
            of = f"{rate(best[kind]) / rate(best['plain']):8.2f}"
            cpu = 1000 * best[kind]["cpu"] / best[kind]["pages"]
            print(f"{TITLES[kind]:<36} {rate(best[kind]):7.0f}  {of}  {cpu:11.2f}  {best[kind]['pages']:5.0f}")
        elif kind in missing:
            print(f"{TITLES[kind]:<36} skipped: {missing[kind]}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.throughput", description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        print(
            "expected two cores, one for the server and one for the crawl, found one: nothing was measured",
            file=sys.stderr,
        )
        return 2
    client, server = cores[0], cores[-1]
    results = {}
    with tempfile.TemporaryDirectory() as name:
        for delay, kinds in ((0, list(TITLES)), (DELAYED, ["plain", "catalogue", "wget", "warcprox"])):
            with served(options.pages, server, delay, Path(name)) as urls:
                print(f"\nreplies {f'after {delay} ms' if delay else 'at once'}, best of {options.rounds} rounds")
                best, missing = rounds(kinds, options.rounds, client, urls, Path(name))
            table(best, missing)
            results[delay] = best
    print()
    return 0 if judge(results) else 1


def judge(results: dict[int, dict[str, Figures]]) -> bool:
    """Say of each bound whether it holds.

    Others are judged where replies take their time, as over any network. At once is no crawl: there one blocking
    connection of a C program is faster than Scrapy with nothing kept, and what keeping costs is judged instead.
    """
    verdicts = []
    for delay, best in results.items():
        when, ours = (f"replies after {delay} ms" if delay else "replies at once"), rate(best["catalogue"])
        share = ours / rate(best["plain"])
        if "bare" in best:
            print(
                f"noted  {when}: {ours / rate(best['bare']):.2f} of plain Scrapy under our settings (CONCURRENT_ITEMS = 1)"
            )
        verdicts.append((share >= LEAST, f"{when}: {share:.2f} of plain Scrapy (at least {LEAST})"))
        for kind in (kind for kind in RIVALS if kind in best):
            times = ours / rate(best[kind])
            if delay:
                verdicts.append((times > 1, f"{when}: {times:.2f} times {TITLES[kind]} (more than 1)"))
            else:
                plain = rate(best["plain"]) / rate(best[kind])
                print(f"noted  {when}: {times:.2f} times {TITLES[kind]}; plain Scrapy {plain:.2f} times")
    for holds, what in verdicts:
        print(f"{'holds' if holds else 'FAILS'}  {what}")
    return all(holds for holds, _ in verdicts)


if __name__ == "__main__":
    sys.exit(main())
