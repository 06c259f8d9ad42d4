"""python -m tests.revisits: what a second run asks, and what a third one sees after edits and a withdrawal."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.evaluate import nianbao
from tests.portals.farm import Farm
from tests.portals.server import Server, serve

MOST = 0.35  # of the first run's requests


def crawl(server: Server, farm: Farm, data: Path) -> tuple[int, list[dict[str, Any]], int]:
    """Requests that the farm saw, the outcomes, and the exit code."""
    server.clear()
    done = nianbao(server, farm, data, "crawl", "--all", "--json")
    return len(server.requests), json.loads(done.stdout), done.returncode


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.revisits", description=__doc__)
    parser.add_argument("--portals", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    farm = Farm(options.portals, options.seed)
    figures = []
    with tempfile.TemporaryDirectory() as scratch, serve(farm) as server:
        for run in ("first", "second", "third"):
            if run == "third":
                farm.edit_reports(2)
                farm.withdraw_reports(1)
            asked, outcomes, code = crawl(server, farm, Path(scratch))
            new, changed, gone = (sum(o[k] for o in outcomes) for k in ("new_documents", "changed", "disappeared"))
            figures.append((asked, new, changed, gone, code))
            print(
                f"{run:<7} {asked:5d} requests, {new:4d} new documents, {changed} changed, {gone} disappeared, exit {code}"
            )
    ratio = figures[1][0] / figures[0][0]
    print(f"the second run asks {ratio:.1%} of what the first asked (at most {MOST:.0%})")
    passed = ratio <= MOST and figures[1][1:] == (0, 0, 0, 0) and figures[2][1:] == (0, 2, 1, 0) and not figures[0][4]
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
