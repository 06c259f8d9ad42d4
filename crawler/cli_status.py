"""`nianbao status`: how the portals are, what changed on one that is not well, and what to do next."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.catalogue import Row
from crawler import show, status
from crawler.options import AS_JSON, DATA, SPIDERS, as_given, tell_unloaded, tell_without_spider
from crawler.runs import choose, load_spiders, project_settings
from crawler.verdict import Word


@click.command("status")
@click.argument("name", required=False)
@DATA
@SPIDERS
@AS_JSON
@click.option("--coverage", is_flag=True, help="The grid of bodies and years over all portals.")
@click.option("--check", is_flag=True, help="Exit with 1 when a portal is not ok: for cron.")
def status_command(name: str | None, data: Path, as_json: bool, coverage: bool, check: bool) -> None:
    """Portals with their last run and verdict, worst first; with NAME, since when, what changed, and what to do next."""
    loader, unloaded = load_spiders(project_settings({}))
    tell_unloaded(unloaded)
    declared = {each: loader.load(each) for each in loader.list() if hasattr(loader.load(each), "home_url")}
    with status.reading(data) as catalogue:
        rows = status.portals(catalogue, declared)
        lone = [each for each in status.without_spider(catalogue, loader.list()) if name in (None, each)]
        if name:
            rows = [row for row in rows if row["name"] == name]
            if not rows:
                choose(loader, [name], False)
        cells = status.coverage(catalogue, name)
        run = rows[0]["run"] if name else None
        found = status.problems(catalogue, run["id"] if run else None)
        changes = status.changes(catalogue, name) if name else []
        unlisted = status.unlisted(catalogue, run, rows[0]["good"]) if name else []
        copies = status.copies(catalogue, name) if name else []
        look = status.samples(catalogue, run, rows[0]["good"], found) if name else []
        for row in rows:
            row["streak"] = status.streak(catalogue, row["name"])
    drift = status.drift(run)
    for row in [*rows, *found, *drift]:
        row["advice"] = as_given(row["advice"])
    if as_json:
        shown = {
            "portals": rows,
            "coverage": cells,
            "changes": changes,
            "copies": copies,
            "drift": drift,
            "unlisted": unlisted,
            "samples": look,
            "problems": found,
        }
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        _show_status(rows, cells, changes, copies, drift, unlisted, look, found, name, coverage)
    tell_without_spider(data, lone)
    sys.exit(1 if check and any(row["verdict"] != Word.ok for row in rows) else 0)


def _show_status(
    rows: list[Row],
    cells: list[Row],
    changes: list[Row],
    copies: list[Row],
    drift: list[Row],
    unlisted: list[Row],
    look: list[str],
    found: list[Row],
    name: str | None,
    coverage: bool,
) -> None:
    out = show.console()
    if not coverage:
        out.print(show.portals(rows, out.width))
        out.print(show.COUNTED, style="dim", soft_wrap=True)
        if not name:
            out.print(show.summary(rows))
        for row in rows:
            if row["verdict"] != Word.ok:
                show.advise(out, row["name"], row["verdict"], row["reason"], row["advice"])
        if unreviewed := [row["name"] for row in rows if row["reviewed"] == "never"]:
            which = unreviewed[0] if len(unreviewed) == 1 else "NAME"
            show.unreviewed(out, unreviewed, as_given(f"`nianbao check {which} --accept`"))
    if name:
        show.history(out, rows[0])
        if drift:
            out.print(show.drift(drift))
        if rows[0]["verdict"] == Word.degraded:
            show.unlisted(out, unlisted if rows[0]["good"] else None)
        if rows[0]["verdict"] != Word.ok:
            for url in look:
                out.print(f"look at    {url}", soft_wrap=True)
    if (coverage or name) and cells:
        for table in show.coverage(cells, out.width, datetime.now(UTC)):
            out.print(table)
        out.print(show.LEGEND, style="dim", soft_wrap=True)
    if changes:
        out.print(show.changes(changes))
    if copies:
        out.print(show.copies(copies))
    if found:
        show.problems(out, found)
