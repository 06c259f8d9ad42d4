"""python -m tests.hostile: the same hostile replies for nianbao, wget and warcprox; who has them as they were sent?

Exits with 0 only when nianbao has every one, in all ways. About a minute.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from tests.hostile import rivals
from tests.hostile.crawl import WAYS, crawled
from tests.hostile.judge import REPLIES, Verdict, judge
from tests.hostile.server import HostileServer
from tests.hostile.warcs import Record, records_in

Verdicts = dict[str, dict[str, Verdict]]  # way -> shape -> verdict


def judged(records: list[Record], targets: rivals.Targets, strictly: bool) -> dict[str, Verdict]:
    """The verdict on every reply."""
    by_uri = defaultdict(list)
    for record in records:
        by_uri[record.uri].append(record)
    return {shape.name: judge(shape, by_uri[server.url(shape.name)], strictly) for server, shape in targets}


def ours(folder: Path) -> Verdicts:
    """By way: http and https, each straight and through a proxy."""
    folder.mkdir()
    with crawled(folder) as ways:
        return {
            way: judged(records_in(each.data / "warc"), [(each.server, shape) for shape in REPLIES], strictly=True)
            for way, each in ways.items()
        }


def theirs(run: Callable[[rivals.Targets, Path], list[Record]], folder: Path) -> Verdicts:
    """By scheme."""
    # 127.0.0.2, since warcprox lets nobody ask 127.0.0.1
    targets = [(HostileServer(scheme, "127.0.0.2"), shape) for scheme in ("http", "https") for shape in REPLIES]
    try:
        records = run(targets, folder)
    finally:
        for server, _ in targets:
            server.close()
    half = len(REPLIES)
    return {
        "http": judged(records, targets[:half], strictly=False),
        "https": judged(records, targets[half:], strictly=False),
    }


def line(tool: str, verdicts: Verdicts) -> str:
    """A row of the table: replies right by way, cut ones marked as cut."""
    cells = [
        f"{sum(not v.why for v in verdicts[way].values())}/{len(REPLIES)}" if way in verdicts else "–" for way in WAYS
    ]
    cut = [shape.name for shape in REPLIES if shape.truncated]
    marked = sum(verdicts[way][name].marked for way in verdicts for name in cut)
    return f"{tool:<17}" + "".join(f"{cell:>13}" for cell in cells) + f"{marked}/{len(cut) * len(verdicts)}".rjust(17)


def wrong(tool: str, verdicts: Verdicts) -> list[str]:
    """What a tool got wrong, and how; in every way unless named."""
    ways: dict[tuple[str, str], list[str]] = defaultdict(list)
    for way, by_name in verdicts.items():
        for name, verdict in by_name.items():
            if verdict.why:
                ways[name, verdict.why].append(way)
    if not ways:
        return [f"{tool}: nothing"]
    lines = [f"{tool}:"]
    for (name, why), where in ways.items():
        lines.append(f"    {name:<22} {why}" + ("" if len(where) == len(verdicts) else f" ({', '.join(where)})"))
    return lines


def main() -> int:
    table, faults = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mine = ours(folder / "nianbao")
        table.append(line("nianbao", mine))
        faults.append(wrong("nianbao", mine))
        for tool, version, run in (
            ("wget", rivals.wget_version, rivals.wget),
            ("warcprox", lambda: rivals.WARCPROX, rivals.warcprox),
        ):
            try:
                label = f"{tool} {version()}"
                verdicts = theirs(run, folder / tool)
            except rivals.NotThereError as reason:
                table.append(f"{tool:<17} not run: {reason}")
                continue
            table.append(line(label, verdicts))
            faults.append(wrong(label, verdicts))
    print(
        f"{len(REPLIES)} hostile replies. Right: the response record's block is what went over the socket, byte for byte.\n"
    )
    print(" " * 17 + "".join(f"{way:>13}" for way in WAYS) + "marked when cut".rjust(17))
    print("\n".join(table), "\n\nWhat they got wrong:\n", sep="")
    print("\n".join(text for lines in faults for text in lines))
    complete = all(not verdict.why for by_name in mine.values() for verdict in by_name.values())
    marked = all(by_name[shape.name].marked for by_name in mine.values() for shape in REPLIES)
    return 0 if complete and marked else 1


if __name__ == "__main__":
    sys.exit(main())
