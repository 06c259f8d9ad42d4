"""python -m tests.repeats: what a second and a third run over an unchanged farm add to the archive, requisites included.

Bytes of the WARC files are what the bound is on; the catalogue, which is made from them, is told beside them. The farm is
served by a process of its own. Some of its pages count their visits, as real ones do: those change with every fetch.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.reader import records
from tests.evaluate import ROOT

MOST = 0.06  # of the first run's bytes


@contextmanager
def served(portals: int, seed: int, scratch: Path) -> Iterator[dict[str, str]]:
    """A farm that does not change; what a command needs in its environment to crawl it."""
    ready = scratch / "address"
    command = [sys.executable, "-m", "tests.portals", "--portals", str(portals), "--seed", str(seed)]
    farm = subprocess.Popen([*command, "--ready-file", str(ready)], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        while not ready.exists() or not ready.read_text():
            if farm.poll() is not None:
                raise RuntimeError(f"the farm ended with {farm.returncode} before it listened")
            time.sleep(0.05)
        yield os.environ | {
            "NIANBAO_FARM": ready.read_text(),
            "NIANBAO_FARM_PORTALS": str(portals),
            "NIANBAO_FARM_SEED": str(seed),
            "SCRAPY_SETTINGS_MODULE": "tests.portals.settings",
        }
    finally:
        farm.terminate()
        farm.wait()


def by_kind(paths: set[Path]) -> Counter[str]:
    """Bytes of the records in these files, compressed: by record type, our own book-keeping by its address."""
    sizes: Counter[str] = Counter()
    for path in paths:
        for record in records(path):
            own = record.uri.startswith("urn:nianbao:")
            sizes[record.uri.rsplit(":", 1)[1] if own else record.type] += record.length
    return sizes


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.repeats", description=__doc__)
    parser.add_argument("--portals", type=int, default=160)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    added: list[int] = []
    codes: list[int] = []
    with tempfile.TemporaryDirectory() as name, served(options.portals, options.seed, Path(name)) as environment:
        data = Path(name) / "data"
        seen: set[Path] = set()
        catalogue = 0
        print(f"{options.portals} portals; bytes that each run adds")
        for run in ("first", "second", "third"):
            command = [sys.executable, "-m", "crawler.cli", "crawl", "--all", "--data", str(data)]
            codes.append(
                subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=False).returncode
            )
            new = set((data / "warc").glob("*")) - seen
            seen |= new
            added.append(sum(path.stat().st_size for path in new))
            size = sum(path.stat().st_size for path in data.glob("catalogue.db*"))
            kinds = ", ".join(f"{kind} {size:,}" for kind, size in by_kind(new).most_common())
            share = f"WARC {added[-1]:,} ({added[-1] / added[0]:.1%} of the first)"
            print(f"{run:<7} {share}, catalogue {size - catalogue:,}, exit {codes[-1]}\n        {kinds}", flush=True)
            catalogue = size
    ratio = added[2] / added[0]
    holds = ratio < MOST and not any(codes)
    print(
        f"{'holds' if holds else 'FAILS'}  the third run adds {ratio:.2%} of the first run's WARC bytes (less than {MOST:.0%})"
    )
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
