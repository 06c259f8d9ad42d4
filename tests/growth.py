"""python -m tests.growth: how wall time and memory of a crawl grow with the number of portals, at no delay.

The ratio of the two times is what counts: both are measured in one run on one machine, the farm served by a process of
its own. Memory is the peak resident set of the crawling process.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.evaluate import ROOT

MOST_RATIO = 4.6  # for four times the portals
MOST_MEMORY = 600.0  # MB


def crawl(portals: int, seed: int, scratch: Path) -> tuple[float, float, int, int]:
    """Wall seconds, peak MB, pages, and exit code of one crawl of a fresh farm."""
    ready = scratch / f"address-{portals}"
    farm = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.portals",
            "--portals",
            str(portals),
            "--seed",
            str(seed),
            "--ready-file",
            str(ready),
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    try:
        while not ready.exists() or not ready.read_text():
            time.sleep(0.05)
        env = os.environ | {
            "NIANBAO_FARM": ready.read_text(),
            "NIANBAO_FARM_PORTALS": str(portals),
            "NIANBAO_FARM_SEED": str(seed),
            "SCRAPY_SETTINGS_MODULE": "tests.portals.settings",
        }
        data = scratch / f"data-{portals}"
        started = time.monotonic()
        command = [sys.executable, "-m", "crawler.cli", "crawl", "--all", "--data", str(data)]
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
    finally:
        farm.terminate()
        farm.wait()
    import sqlite3

    with sqlite3.connect(data / "catalogue.db") as connection:
        pages = connection.execute("SELECT count(*) FROM capture").fetchone()[0]
    return seconds, usage.ru_maxrss / 1024, pages, os.waitstatus_to_exitcode(status)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.growth", description=__doc__)
    parser.add_argument("--small", type=int, default=40)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    figures = []
    with tempfile.TemporaryDirectory() as scratch:
        for portals in (options.small, options.small * 4):
            seconds, memory, pages, code = crawl(portals, options.seed, Path(scratch))
            figures.append((seconds, memory, pages, code))
            rate = pages / seconds
            print(
                f"{portals:4d} portals {pages:6d} pages {seconds:7.1f} s {rate:6.1f} pages/s {memory:5.0f} MB, exit {code}"
            )
    (small, _, few, _), (large, memory, many, _) = figures
    print(f"time × {large / small:.2f} (at most {MOST_RATIO}) for pages × {many / few:.2f}")
    print(f"peak memory {memory:.0f} MB (at most {MOST_MEMORY:.0f})")
    passed = large / small <= MOST_RATIO and memory <= MOST_MEMORY and not any(code for *_, code in figures)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
