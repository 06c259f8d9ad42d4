"""python -m tests.portals: serve a fleet of sample portals until Ctrl-C, or describe it."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from .farm import Farm
from .platforms import ALL, SKINNED
from .server import serve

COLUMNS = [("name", 10), ("host", 26), ("platform", 9), ("variant", 8), ("level", 11),
           ("structure", 11), ("reports", 8), ("years", 10), ("bodies", 7), ("validators", 11), ("site", 0)]  # fmt: skip


def arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.portals", description=__doc__)
    parser.add_argument("--portals", type=int, default=14, help="how many portals (14)")
    parser.add_argument("--seed", type=int, default=1, help="what everything is drawn from (1)")
    parser.add_argument("--scripted", type=int, default=0, help="how many more that need a browser (0)")
    parser.add_argument(
        "--platforms", metavar="A,B|all", help="new kinds in turn, in all their skins; all leaves out homemade"
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (a free one)")
    parser.add_argument("--truth", metavar="FILE", help="write the ground truth there, a JSON object a line")
    parser.add_argument("--list", action="store_true", help="describe the portals and exit")
    parser.add_argument("--json", action="store_true", help="with --list: as JSON")
    parser.add_argument("--ready-file", metavar="FILE", help="write the base address there once listening")
    return parser.parse_args(argv)


def platforms(words: str | None) -> list[str] | None:
    """ "a,b" or "all" as a list; exits at a name that is none."""
    if not words:
        return None
    chosen = ALL if words == "all" else words.split(",")
    if unknown := [name for name in chosen if name not in SKINNED]:
        sys.exit(f"--platforms: no such platform: {', '.join(unknown)}; expected all, or some of {', '.join(SKINNED)}")
    return chosen


def describe(farm: Farm, as_json: bool) -> None:
    rows = [portal.row() for portal in farm.portals]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    print("".join(name.ljust(width) for name, width in COLUMNS))
    for row in rows:
        print("".join(str(row[name]).ljust(width) for name, width in COLUMNS))
    print(f"{len(rows)} portals, {sum(int(str(row['reports'])) for row in rows)} reports")


def main(argv: list[str] | None = None) -> int:
    options = arguments(argv)
    farm = Farm(options.portals, options.seed, options.scripted, platforms(options.platforms))
    if options.list:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # … | head
        describe(farm, options.json)
        return 0
    if options.truth:
        farm.write_truth(options.truth)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        with serve(farm, options.port) as server:
            reports = sum(len(portal.reports) for portal in farm.portals)
            print(
                f"{server.address}: {len(farm.portals)} portals, {reports} reports; "
                f"resolve *.portal.test port 80 to this address, start at {farm.portals[0].home_url} (Ctrl-C stops)",
                flush=True,
            )
            if options.ready_file:
                Path(options.ready_file).write_text(server.address, encoding="utf-8")
            stop.wait()
    except OSError as error:
        print(f"cannot listen on 127.0.0.1:{options.port}: {error}; choose another --port", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
