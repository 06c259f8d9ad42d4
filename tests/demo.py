"""make demo: the main job on sample portals on this machine. Run it twice: the second time nothing is new."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from crawler.browser import executable
from crawler.runs import project_settings
from tests.evaluate import environment
from tests.portals.farm import Farm
from tests.portals.server import serve

ROOT = Path(__file__).resolve().parent.parent
DATA = Path("demo") / "data"  # beside a person's own ./data, never in it


def call(command: list[str], env: dict[str, str]) -> int:
    """Run a command to its end; Ctrl-C reaches it as well, and its own word about it is enough."""
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def main() -> int:
    has_browser = executable(project_settings({})) is not None
    farm = Farm(scripted=int(has_browser))
    if not has_browser:
        print("no Chromium on the PATH: the portal that scripts draw is left out (apt-get install chromium)")
    reports = sum(len(portal.reports) for portal in farm.portals)
    DATA.parent.mkdir(exist_ok=True)
    truth = DATA.parent / "truth.jsonl"
    farm.write_truth(truth)
    with serve(farm) as server:
        print(
            f"{len(farm.portals)} sample portals with {reports} reports, served at {server.address}; truth in {truth}\n"
        )
        env = environment(server, farm, DATA)
        del env["NIANBAO_DATA"]  # said with --data, as a person would
        for words in (["crawl", "--all"], ["status", "--coverage"], ["export", "csv"]):
            print(f"$ nianbao {' '.join(words)} --data {DATA}", flush=True)
            code = call([sys.executable, "-m", "crawler.cli", *words, "--data", str(DATA)], env)
            if code:
                return code
            print()
    print(f"Next: .venv/bin/nianbao status --data {DATA}, or `make demo` again: nothing will be new.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
