"""python -m tests.hazards: every hazard of the table, one crawl each; what came of it, and whether that was right.

Exits with 0 only when every hazard was survived with the right verdict and nothing was fetched that had to be refused.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.evaluate import ROOT
from tests.portals.certificates import write_root
from tests.portals.dangers.base import Hazard
from tests.portals.hazards import ALL, HAZARDS, hazard_of
from tests.portals.wild import Seen, Wild, serve_wild

REFUSALS = ("refused", "offsite", "moved", "robots", "requisite", "later", "endless", "too_big", "loop")
MOST_MEMORY = 400  # MiB of one crawl


@dataclass
class Outcome:
    """What came of one hazard. `faults` says in words what was not right."""

    hazard: Hazard
    verdict: str
    reason: str
    read: int
    refused: int
    seen: list[Seen]
    strays: list[Seen]  # requests that should never have been made
    faults: list[str] = field(default_factory=list)
    memory: float = 0.0  # MiB, of the whole crawl


@dataclass
class Crawled:
    """A data folder, the server's log, and what the command said."""

    data: Path
    server: Wild
    said: dict[str, Any]
    memory: float
    log: str

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        with sqlite3.connect(self.data / "catalogue.db") as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]

    def outcome(self, hazard: Hazard, alone: bool = False) -> Outcome:
        """What came of a hazard. Where it was `alone`, whatever the server was asked besides is its doing."""
        said = self.said[hazard.name]
        problems = self.rows("SELECT kind, url, got FROM problem WHERE portal = ?", hazard.name)
        documents = self.rows("SELECT DISTINCT report_year FROM document WHERE portal = ?", hazard.name)
        own = [seen for seen in self.server.log if hazard_of(seen.host) is hazard]
        foreign = [seen for seen in self.server.log if hazard_of(seen.host) is None]
        strays = [s for s in own + foreign * alone if hazard.forbids(s.host, s.target)]
        refused = sum(problem["kind"] in REFUSALS for problem in problems)
        made = Outcome(hazard, said["verdict"], said["reason"], len(documents), refused, own, strays)
        made.memory = self.memory
        made.faults = list(self._faults(made, {problem["kind"] for problem in problems}))
        return made

    def _faults(self, made: Outcome, kinds: set[str]) -> Iterator[str]:
        hazard = made.hazard
        if made.verdict != hazard.verdict:
            yield f"verdict {made.verdict} ({made.reason}), expected {hazard.verdict}"
        if made.read != hazard.read:
            yield f"{made.read} reports read, expected {hazard.read}"
        if hazard.problem and hazard.problem not in kinds:
            yield f"problems {sorted(kinds)}, expected {hazard.problem}"
        if made.strays:
            yield f"asked {[seen.host + seen.target for seen in made.strays[:3]]}"
        if len(made.seen) > hazard.most:
            yield f"{len(made.seen)} requests, expected at most {hazard.most}"
        if hazard.host_facts:
            rows = self.rows("SELECT * FROM host WHERE host = ?", hazard.host) or [{}]
            told = {name: rows[0].get(name) for name in hazard.host_facts}
            if told != hazard.host_facts:
                yield f"host facts {told}, expected {hazard.host_facts}"


@contextmanager
def crawled(folder: Path, names: Sequence[str], jobs: int = 40) -> Iterator[Crawled]:
    """One crawl over the named hazards; their server lives while the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    write_root(folder / "root.pem")
    with serve_wild() as server:
        env = {name: value for name, value in os.environ.items() if not name.startswith("NIANBAO")} | {
            "NIANBAO_FARM": server.address,
            "NIANBAO_DATA": str(folder / "data"),
            "SCRAPY_SETTINGS_MODULE": "tests.portals.hazard_settings",
            "SSL_CERT_FILE": str(folder / "root.pem"),
        }
        command = [sys.executable, "-m", "crawler.cli", "crawl", *names, "--jobs", str(jobs), "--json"]
        with (folder / "out").open("wb") as out, (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=log)
            _, _, usage = os.wait4(process.pid, 0)
        text = (folder / "out").read_text()
        log_text = (folder / "log").read_text(errors="replace")
        if not text:
            raise RuntimeError(f"expected `nianbao crawl` to say what came of it, got nothing:\n{log_text[-3000:]}")
        said = {row["portal"]: row for row in json.loads(text)}
        yield Crawled(folder / "data", server, said, _mebibytes(usage), log_text)


def _mebibytes(usage: resource.struct_rusage) -> float:
    return (
        usage.ru_maxrss / (1 if sys.platform == "darwin" else 1024) / 1024 * (1 if sys.platform == "darwin" else 1024)
    )


def line(made: Outcome) -> str:
    """A row of the scoreboard."""
    right = "right" if not made.faults else "WRONG"
    strayed = sum(seen.sent for seen in made.strays)
    name = f"{made.hazard.name:<22}{made.verdict:<10}{right:<7}"
    return f"{name}{len(made.seen):>8}{made.refused:>9}{strayed:>15}{made.memory:>11.0f}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hazards", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="hazards (all)")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in HAZARDS]:
        parser.error(f"no such hazard: {', '.join(unknown)}; there are {', '.join(HAZARDS)}")
    print(
        f"{'hazard':<22}{'verdict':<10}{'':<7}{'requests':>8}{'refused':>9}{'bytes refused':>15}{'peak MiB':>11}",
        flush=True,
    )
    wrong = strayed = 0
    peak = 0.0
    chosen = [HAZARDS[name] for name in options.names] or list(ALL)
    for hazard in chosen:
        with tempfile.TemporaryDirectory() as scratch, crawled(Path(scratch), [hazard.name], 1) as crawl:
            made = crawl.outcome(hazard, alone=True)
        if made.memory > MOST_MEMORY:
            made.faults.append(f"{made.memory:.0f} MiB, expected at most {MOST_MEMORY}")
        print(line(made), flush=True)
        for fault in made.faults:
            print(f"    {fault}", flush=True)
        wrong += bool(made.faults)
        strayed += sum(seen.sent for seen in made.strays)
        peak = max(peak, made.memory)
    print(
        f"{len(chosen) - wrong} of {len(chosen)} hazards survived with the right verdict; "
        f"{strayed} bytes fetched that had to be refused; peak {peak:.0f} MiB"
    )
    return 1 if wrong or strayed else 0


if __name__ == "__main__":
    sys.exit(main())
