"""python -m tests.judges: other people's tools on everything that the demo and the hostile servers make us write.

Exit code 0 when every disagreement is of a known kind (tests/judges/known.py), 1 when one is not, 2 when a tool is missing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.evaluate import nianbao
from tests.hostile.crawl import crawled
from tests.judges.checkers import fastwarc_check, wacz_validate, warcio_check
from tests.judges.indexers import cdxj_indexer, surt_keys
from tests.judges.known import KNOWN, kind_of
from tests.judges.pywb import pywb
from tests.judges.replayweb import replayweb
from tests.judges.tools import MissingToolError
from tests.judges.verdict import UNKNOWN, Material, Verdict, opened
from tests.portals.farm import Farm
from tests.portals.server import serve

JUDGES: tuple[Callable[[Material], Verdict], ...] = (
    *(warcio_check, fastwarc_check),
    *(cdxj_indexer, surt_keys),
    *(wacz_validate, pywb),
)  # without a browser


def materials(stack: ExitStack, scratch: Path, data: Path | None, hostile: bool) -> Iterator[Material]:
    """The folder that was named, or what a crawl of the demo's farm, twice, and of the hostile servers leaves."""
    if data:
        yield stack.enter_context(opened("data", data, scratch))
        return
    farm = Farm()
    with serve(farm) as server:
        for changes in (0, 2):
            farm.edit_reports(changes)
            nianbao(server, farm, scratch / "farm", "crawl", "--all")
    yield stack.enter_context(opened("demo", scratch / "farm", scratch))
    if not hostile:
        return
    with crawled(scratch / "hostile") as ways:
        folders = {way: each.data for way, each in ways.items()}
    for way, folder in folders.items():
        yield stack.enter_context(opened(f"hostile {way}", folder, scratch))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.judges", description=__doc__)
    parser.add_argument("--data", type=Path, help="judge this data folder, and no other")
    parser.add_argument("--show", type=int, default=3, help="examples of each kind (default 3)")
    parser.add_argument("--replayweb", action="store_true", help="ReplayWeb.page in Chromium alone, by README's recipe")
    options = parser.parse_args()
    judges = (replayweb,) if options.replayweb else JUDGES
    out = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    verdicts: list[Verdict] = []
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        try:
            for material in materials(stack, Path(name), options.data, not options.replayweb):
                for judge in judges:
                    verdicts.append(judge(material))
        except MissingToolError as error:
            out.print(f"[red]a judge is missing:[/] {error}")
            return 2
    table = Table("tool", "material", "asked", "agrees", "disagreements by kind")
    kinds = {id(case): kind_of(case) for verdict in verdicts for case in verdict.cases}
    for verdict in verdicts:
        counts = Counter(kinds[id(case)] for case in verdict.cases)
        said = ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
        asked = f"{verdict.asked} {verdict.what}"
        table.add_row(verdict.tool, verdict.material, asked, str(verdict.asked - len(verdict.cases)), said or "none")
    out.print(table)
    cases = [case for verdict in verdicts for case in verdict.cases]
    for kind in dict.fromkeys(kinds.values()):
        found = [case for case in cases if kinds[id(case)] == kind]
        out.print(f"\n[bold]{kind}[/]: {len(found)}")
        if known := KNOWN.get(kind):
            out.print(f"  {known.does}\n  Whose: {known.whose}\n  Why: {known.why}")
        for case in found[: options.show if kind != UNKNOWN else 40]:
            out.print(f"  {case.tool} · {case.topic} · {case.where} · {case.said}", style="dim", markup=False)
    return 1 if UNKNOWN in kinds.values() else 0


if __name__ == "__main__":
    sys.exit(main())
