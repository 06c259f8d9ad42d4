"""python -m tests.evaluate: crawl a farm afresh and hold what was handed over against the farm's ground truth.

The measure of a text is tests.reading.measure.characters.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.portals.certificates import write_root
from tests.portals.farm import Farm
from tests.portals.server import Server, serve
from tests.portals.wild import Wild
from tests.reading.measure import characters, squash

ROOT = Path(__file__).resolve().parent.parent
BARS = {
    "recall": 1.0,
    "not reports": 0.01,
    "doubles": 0.0,
    "body": 0.99,
    "year": 0.99,
    "F1 mean": 0.99,
    "F1 min": 0.95,
    "attached": 0.98,
}


@dataclass
class Score:
    """Shares from 0 to 1. `misses` says which report fell short of what."""

    reports: int = 0
    handed_over: int = 0
    found: int = 0
    strangers: int = 0
    doubles: int = 0  # handed over more than once, at the same address or at another
    bodies: int = 0
    years: int = 0
    dates: int = 0
    titles: int = 0
    attached: dict[str, float] = field(default_factory=dict)  # F1 of reports that are only an attachment, by page
    f1: list[float] = field(default_factory=list)
    misses: list[tuple[str, str]] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """The figures that the bars are set for, and two more."""
        found = max(self.found, 1)
        return {
            "recall": self.found / max(self.reports, 1),
            "not reports": self.strangers / max(self.handed_over, 1),
            "doubles": self.doubles / max(self.handed_over, 1),
            "body": self.bodies / found,
            "year": self.years / found,
            "F1 mean": sum(self.f1) / max(len(self.f1), 1),
            "F1 min": min(self.f1, default=0.0),
            "date": self.dates / found,
            "title": self.titles / found,
            "attached": sum(self.attached.values()) / len(self.attached) if self.attached else 1.0,
        }

    def passes(self) -> bool:
        """Whether every bar is reached: ceilings for what should not be there, floors for the rest."""
        figures = self.figures()
        return all(
            figures[k] <= bar if k in ("not reports", "doubles") else figures[k] >= bar for k, bar in BARS.items()
        )


def environment(server: Server | Wild, farm: Farm, data: Path) -> dict[str, str]:
    """What a command needs in its environment to crawl the farm into `data`."""
    trusted = data.with_name("root.pem")
    if farm.secure:
        write_root(trusted)
    return (
        os.environ
        | ({"SSL_CERT_FILE": str(trusted)} if farm.secure else {})
        | {
            "NIANBAO_FARM": server.address,
            "NIANBAO_FARM_PORTALS": str(len(farm.portals) - farm.scripted),
            "NIANBAO_FARM_SCRIPTED": str(farm.scripted),
            "NIANBAO_FARM_SEED": str(farm.seed),
            "NIANBAO_FARM_PLATFORMS": ",".join(farm.platforms),
            "NIANBAO_FARM_SCHEME": "https" if farm.secure else "http",
            "NIANBAO_DATA": str(data),
            "SCRAPY_SETTINGS_MODULE": "tests.portals.settings",
        }
    )


def nianbao(server: Server | Wild, farm: Farm, data: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run the command against the farm."""
    command = [sys.executable, "-m", "crawler.cli", *args]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment(server, farm, data),
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )


def handed_over(data: Path) -> Iterator[dict[str, Any]]:
    """The lines of the hand-over."""
    for path in sorted((data / "handover").glob("*.jsonl")):
        with path.open(encoding="utf-8") as file:
            yield from map(json.loads, file)


def score(farm: Farm, data: Path) -> Score:
    """Compare every line of the hand-over with the truth."""
    rows = list(farm.truth())
    truth = {url: row for row in rows for url in row["also_at"]} | {row["url"]: row for row in rows}
    result = Score(reports=len(rows))
    found: set[str] = set()
    result.attached = {row["url"]: 0.0 for row in rows if row["attached"]}
    for line in handed_over(data):
        document, report, url = line["document"], line["report"], line["entry"]["url"]
        row = truth.get(url)
        if line["part_of"]:  # a file that the page links to, which is there besides the page
            if row is not None and row["attached"]:
                f1 = characters(document["text"], row["attached"], row["title"]).f1
                result.attached[row["url"]] = max(f1, result.attached[row["url"]])
            continue
        result.handed_over += 1
        if row is None:
            result.strangers += 1
            result.misses.append((url, f"not a report: {document['title']}"))
            continue
        if row["url"] in found:
            result.doubles += 1
            continue
        found.add(row["url"])
        result.found += 1
        body = report["organ"] or line["entry"]["organ"]
        year = report["report_year"] or line["entry"]["year"]
        f1 = characters(document["text"], row["text"], row["title"]).f1
        result.f1.append(f1)
        for name, got, want in (
            ("bodies", body, row["organ"]),
            ("years", year, row["year"]),
            ("dates", document["publication_date"], row["date"]),
            ("titles", squash(document["title"] or ""), squash(row["title"])),
        ):
            if got == want:
                setattr(result, name, getattr(result, name) + 1)
            else:
                result.misses.append((url, f"{name}: got {got}, truth {want} {row['blemishes']}"))
        if f1 < 0.99:
            result.misses.append((url, f"F1 {f1:.3f} {row['blemishes']}"))
    for url in {row["url"] for row in rows} - found:
        result.misses.append((url, "not found"))
    return result


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.evaluate", description=__doc__)
    parser.add_argument("--portals", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scripted", type=int, default=0, help="how many portals more that need a browser")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="show N of the reports that fell short")
    parser.add_argument("--data", type=Path, help="keep the data folder here (default: a temporary one)")
    options = parser.parse_args()
    farm = Farm(options.portals, options.seed, options.scripted)
    with tempfile.TemporaryDirectory() as scratch, serve(farm) as server:
        data = options.data or Path(scratch) / "data"
        crawl = nianbao(server, farm, data, "crawl", "--all")
        result = score(farm, data)
    if not result.found:
        print(crawl.stdout[-3000:], crawl.stderr[-3000:], file=sys.stderr)
    print(
        f"seed {farm.seed}, {len(farm.portals)} portals, {result.reports} reports; crawl exit code {crawl.returncode}"
    )
    for name, figure in result.figures().items():
        bar = BARS.get(name)
        print(f"  {name:<12} {figure:8.4f}" + (f"   bar {bar}" if bar is not None else ""))
    for url, what in result.misses[: options.misses]:
        print(f"  {url}: {what}")
    return 0 if result.passes() and crawl.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
