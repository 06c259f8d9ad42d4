"""python -m tests.damage [--trials N]: each kind of damage N times, and whether `verify` finds and names it."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from archive.verify import verify
from tests.damage.sample import fill
from tests.damage.trials import KINDS, Score, trial


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.damage", description=__doc__)
    parser.add_argument("--trials", type=int, default=20, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as scratch:
        sound = Path(scratch) / "sound"
        fill(sound, options.seed)
        if findings := list(verify(sound)):
            print("a sound archive is not passed:", *findings, sep="\n  ")
            return 1
        print(f"{'kind of damage':<76} trials  found  named  with record")
        for name in KINDS:
            score = Score()
            for number in range(options.trials):
                score.count(*trial(name, options.seed * 1_000_000 + number, sound, Path(scratch)))
            print(
                f"{name:<76} {score.trials:6d} {score.found:6d} {score.named:6d} {score.records:12d}  {score.example}",
                flush=True,
            )
            bad += score.named < score.trials
    print(f"{len(KINDS)} kinds, {len(KINDS) * options.trials} trials, {bad} kinds not always found and named")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
