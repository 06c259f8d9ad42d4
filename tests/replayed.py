"""python -m tests.replayed: archived report pages in Chromium through `nianbao replay`, held against the live pages.

A farm is crawled into a scratch folder. Then every page is opened twice: live, on a farm that was started afresh so that
its visit counters stand where they stood, and in the replay. They have to show the same text, images, styles and pixels.
The farm that was crawled keeps running while the replay is looked at, and nothing may arrive there.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.evaluate import nianbao
from tests.portals.farm import Farm
from tests.portals.server import serve
from tests.replaying import Seen, chromium, difference, look, replaying, strangers

PIXELS = 0.001  # share of pixels that may differ: a line of text more or less is above it
SQL = (
    "SELECT d.url, d.portal, d.organ, d.report_year, p.platform, c.requested_at, c.role, c.record_type FROM document d "
    "JOIN capture c ON c.id = d.capture JOIN portal p ON p.name = d.portal "
    "WHERE c.media_type IN ('text/html', 'application/xhtml+xml') ORDER BY d.portal, d.id"
)


@dataclass
class Verdict:
    """One page: what differs between live and replayed; empty is good."""

    page: dict[str, Any]
    charset: str = ""
    images: int = 0
    elements: int = 0
    pixels: float = 0.0
    faults: list[str] = field(default_factory=list)


def chosen(data: Path, pages: int) -> list[dict[str, Any]]:
    """So many report pages, from every portal in turn."""
    connection = sqlite3.connect(data / "catalogue.db")
    connection.row_factory = sqlite3.Row
    by_portal: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(SQL):
        by_portal[row["portal"]].append(dict(row))
    connection.close()
    rounds = zip_longest(*by_portal.values())
    return [page for each in rounds for page in each if page][:pages]


def compare(live: Seen, replayed: Seen, away: list[str], pixels: float) -> list[str]:
    """What the replay shows otherwise than the live page, in words."""
    faults = []
    if live.text != replayed.text:
        at = next((n for n, (a, b) in enumerate(zip(live.text, replayed.text, strict=False)) if a != b), -1)
        faults.append(f"text differs at character {at}: {live.text[at:][:30]!r}, replayed {replayed.text[at:][:30]!r}")
    if live.charset != replayed.charset:
        faults.append(f"charset {live.charset}, replayed {replayed.charset}")
    if live.images != replayed.images:
        odd = [image for image in replayed.images if image not in live.images]
        faults.append(f"images differ: {odd[:2] or replayed.images[:2]}")
    if live.styles != replayed.styles:
        odd = [pair for pair in zip_longest(live.styles, replayed.styles) if pair[0] != pair[1]]
        faults.append(f"style of {len(odd)} elements differs: {odd[0]}")
    if more := Counter(replayed.errors) - Counter(live.errors):
        faults.append(f"console errors that live lacks: {list(more)[:2]}")
    if away:
        faults.append(f"requests away from the replay: {away[:2]}")
    if pixels > PIXELS:
        faults.append(f"{pixels:.2%} of the pixels differ")
    return faults


def judge(data: Path, crawled: Farm, pages: list[dict[str, Any]], say: Any) -> tuple[list[Verdict], int]:
    """The verdict on every page, and how many requests reached the crawled farm while the replay was looked at."""
    afresh = Farm(len(crawled.portals) - crawled.scripted, crawled.seed, crawled.scripted)
    with serve(afresh) as live, serve(crawled) as watched, replaying(data) as replay:
        content = replay.content
        names = f"--host-resolver-rules=MAP *.portal.test {live.address.removeprefix('http://')}"
        away = f"--host-resolver-rules=MAP *.portal.test {watched.address.removeprefix('http://')}"
        verdicts = []
        with chromium(names) as browser:
            lives = [look(browser, page["url"], framed=False) for page in pages]
        watched.clear()
        with chromium(away) as browser:
            blank = browser.new_page()
            for page, seen in zip(pages, lives, strict=True):
                stamp = "".join(c for c in page["requested_at"][:19] if c.isdigit())
                replayed = look(browser, f"{replay.home}/replay/{stamp}/{page['url']}", framed=True)
                pixels = difference(blank, seen.picture, replayed.picture)
                faults = compare(seen, replayed, strangers(replayed.requests, replay, content), pixels)
                if not seen.text.strip():
                    faults.append("the live page shows no text")
                verdicts.append(
                    Verdict(page, replayed.charset, len(replayed.images), len(replayed.styles), pixels, faults)
                )
                say(verdicts[-1])
        return verdicts, len(watched.log())


def table(verdicts: list[Verdict]) -> Table:
    """By platform and way of capture."""
    shown = Table(title="Replayed as live, in Chromium", title_justify="left")
    for name in ("platform", "pages", "same", "charsets", "images", "elements", "most pixels off"):
        shown.add_column(name)
    groups: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[verdict.page["platform"]].append(verdict)
    for platform, found in sorted(groups.items()):
        shown.add_row(
            platform,
            str(len(found)),
            str(sum(not v.faults for v in found)),
            ", ".join(sorted({v.charset for v in found})),
            str(sum(v.images for v in found)),
            str(sum(v.elements for v in found)),
            f"{max(v.pixels for v in found):.3%}",
        )
    return shown


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.replayed", description=__doc__)
    parser.add_argument("--pages", type=int, default=50, help="how many report pages (50)")
    parser.add_argument("--portals", type=int, default=14, help="how many portals (14)")
    parser.add_argument("--seed", type=int, default=1, help="what the farm is drawn from (1)")
    parser.add_argument("--scripted", type=int, default=1, help="how many portals more that need a browser (1)")
    options = parser.parse_args()
    out = Console()
    farm = Farm(options.portals, options.seed, options.scripted)
    with tempfile.TemporaryDirectory(prefix="nianbao-replayed-") as scratch:
        data = Path(scratch)
        with serve(farm) as server:
            done = nianbao(server, farm, data, "crawl", "--all")
        if done.returncode:
            print(done.stdout, done.stderr, file=sys.stderr)
            return 2
        pages = chosen(data, options.pages)

        def say(verdict: Verdict) -> None:
            for fault in verdict.faults:
                out.print(f"{verdict.page['url']}: {fault}", style="red", markup=False, soft_wrap=True)

        verdicts, arrived = judge(data, farm, pages, say)
    out.print(table(verdicts))
    good = sum(not v.faults for v in verdicts)
    gbk = sum(v.charset.lower().startswith("gb") for v in verdicts)
    drawn = sum(v.page["role"] == "dom" for v in verdicts)
    platforms = {v.page["platform"] for v in verdicts}
    out.print(
        f"{good} of {len(verdicts)} pages on {len(platforms)} platforms as live ({gbk} of them GBK, {drawn} "
        f"captured with a browser); at most "
        f"{max((v.pixels for v in verdicts), default=0):.3%} of the pixels off (bound {PIXELS:.1%}); "
        f"{arrived} requests reached the portals."
    )
    wanted = {portal.platform for portal in farm.portals}
    whole = (
        good == len(verdicts) >= options.pages
        and platforms == wanted
        and gbk > 0
        and arrived == 0
        and (drawn > 0 or not options.scripted)
    )
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
