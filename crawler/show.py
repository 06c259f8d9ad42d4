"""What people see: verdicts, coverage, problems. Colour and bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from archive.catalogue import Row
from crawler.runs import Outcome
from crawler.verdict import Word
from parsing.document import Document
from parsing.report import Report

COLOURS = {
    Word.ok: "green",
    Word.degraded: "yellow",
    Word.stale: "yellow",
    Word.blocked: "magenta",
    Word.empty: "red",
    Word.broken: "bold red",
    Word.not_run: "dim",
}
WIDE = 160  # columns to use where nobody looks: a pipe has no width


def console(stderr: bool = False) -> Console:
    """A console as wide as the terminal, or WIDE when piped."""
    made = Console(stderr=stderr, highlight=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=WIDE)


def word(verdict: str) -> Text:
    """A verdict in its colour."""
    return Text(verdict, style=COLOURS.get(Word(verdict), ""))


class CrawlProgress:
    """A bar over portals while a crawl runs; a line per finished portal when piped."""

    def __init__(self, out: Console, total: int, quiet: bool = False) -> None:
        self.out, self.quiet = out, quiet
        self._told: set[str] = set()
        self._bar = Progress(
            TextColumn("[bold]crawling"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(
                "portals · {task.fields[requests]} requests · {task.fields[documents]} new · {task.fields[problems]} problems"
            ),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[now]}"),
            console=out,
            transient=True,
        )
        self._task: TaskID = self._bar.add_task("crawl", total=total, requests=0, documents=0, problems=0, now="")

    def __enter__(self) -> CrawlProgress:
        self._context: AbstractContextManager[Any] = (
            self._bar if self.out.is_terminal and not self.quiet else nullcontext()
        )
        self._context.__enter__()
        return self

    def __exit__(self, *args: Any) -> None:
        self._context.__exit__(*args)

    def __call__(self, outcomes: Sequence[Outcome]) -> None:
        done = [o for o in outcomes if o.verdict]
        if self.out.is_terminal:
            self._bar.update(
                self._task,
                completed=len(done),
                requests=sum(o.tally.requests for o in outcomes),
                documents=sum(o.tally.new_documents for o in outcomes),
                problems=sum(sum(o.tally.problems.values()) for o in outcomes),
                now=", ".join(o.name for o in outcomes if not o.verdict and o.tally.requests)[:40],
            )
            return
        for outcome in done:
            if outcome.name not in self._told and not self.quiet and outcome.verdict:
                self._told.add(outcome.name)
                self.out.print(
                    f"[{len(self._told)}/{len(outcomes)}] {outcome.name}: {outcome.verdict.word}, {outcome.verdict.reason}"
                )


def verdicts(outcomes: Sequence[Outcome]) -> Table:
    """The table that a crawl ends with."""
    table = Table(title="What came of it", title_justify="left", header_style="bold")
    for name in ("portal", "verdict"):
        table.add_column(name, no_wrap=True)
    for name in ("reports", "new", "unchanged", "not due", "gone", "requests", "problems"):
        table.add_column(name, justify="right")
    table.add_column("why", overflow="fold")
    for o in sorted(outcomes, key=lambda o: o.name):
        verdict = o.verdict.word if o.verdict else Word.not_run
        t = o.tally
        numbers = (
            t.reports,
            t.new_documents,
            t.unchanged,
            t.not_due,
            t.disappeared,
            t.requests,
            sum(t.problems.values()),
        )
        why = o.verdict.reason if o.verdict else "stopped before its turn"
        table.add_row(o.name, word(verdict), *map(str, numbers), why)
    return table


def coverage(cells: Sequence[Row], title: str = "Coverage: body × year") -> Table:
    """Rows (organ, report_year, documents, gone) as a grid. ● one document, ◆ changed since, ○ disappeared, · none."""
    years = sorted({c["report_year"] for c in cells if c["report_year"]})
    portals = len({c["portal"] for c in cells})
    table = Table(
        title=f"{title}   ● published  ◆ changed since  ○ disappeared  · none",
        title_justify="left",
        header_style="bold",
    )
    table.add_column("body", no_wrap=True)
    for year in years:
        table.add_column(f"{year % 100:02d}", justify="center", no_wrap=True, min_width=2)
    table.add_column("reports", justify="right")
    by_organ: dict[tuple[str, str], dict[int, Row]] = {}
    for cell in cells:
        by_organ.setdefault((cell["portal"], cell["organ"] or "(body unknown)"), {})[cell["report_year"]] = cell
    last = None
    for (portal, organ), found in sorted(by_organ.items()):
        if portals > 1 and portal != last:
            table.add_section()
            table.add_row(Text(portal, style="bold"))
        last = portal
        table.add_row(organ, *(_mark(found.get(year)) for year in years), str(sum(y is not None for y in found)))
    return table


def _mark(cell: Row | None) -> Text:
    if cell is None:
        return Text("·", style="dim")
    if cell["gone"] == cell["documents"]:
        return Text("○", style="red")
    return Text("◆", style="yellow") if cell["superseded"] else Text("●", style="green")


def problems(rows: Sequence[Row], limit: int = 20) -> Table:
    """Problems, each with what to do next."""
    table = Table(title="Problems", title_justify="left", header_style="bold")
    for name in ("kind", "page", "expected", "got", "next"):
        table.add_column(name, overflow="fold")
    for row in rows[:limit]:
        table.add_row(row["kind"], row["url"], row["expected"], row["got"], row["advice"])
    if len(rows) > limit:
        table.caption = f"… and {len(rows) - limit} more; --json shows all"
    return table


def portals(rows: Sequence[Row]) -> Table:
    """All portals: verdict, when, how much, what next."""
    table = Table(title="Portals", title_justify="left", header_style="bold")
    for name in ("portal", "site", "verdict", "last run", "last good"):
        table.add_column(name, no_wrap=True)
    for name in ("reports", "documents", "gone"):
        table.add_column(name, justify="right")
    table.add_column("years", no_wrap=True)
    table.add_column("why, and what next", overflow="fold")
    for row in rows:
        run, good = row["run"], row["good"]
        years = f"{row['first_year']}-{row['last_year']}" if row["first_year"] else ""
        table.add_row(
            row["name"],
            row["site_name"],
            word(row["verdict"]),
            run["started_at"][:16].replace("T", " ") if run else "",
            good["started_at"][:16].replace("T", " ") if good else "",
            str(row["reports"]),
            str(row["documents"]),
            str(row["gone"] or 0),
            years,
            " ".join(filter(None, (row["reason"], row["advice"]))),
        )
    return table


def document(out: Console, read: Document, report: Report) -> None:
    """A document for a person: what it is, then its clean text; tables as the lines they are in the text."""
    facts = {
        "title": read.title,
        "body": report.organ,
        "year": f"{report.report_year} ({report.year_confidence})" if report.report_year else None,
        "kind": read.doc_type,
        "format": report.format_version,
        "published": read.publication_date,
        "provenance": read.provenance,
        "charset": read.charset,
        "attachments": ", ".join(a.name or a.url for a in read.attachments) or None,
        "flags": ", ".join(read.flags) or None,
        "removed": f"{len(read.removed)} lines" if read.removed else None,
    }
    for name, value in facts.items():
        out.print(f"[dim]{name:>12}[/]  ", Text(str(value) if value else "—"), sep="", soft_wrap=True)
    out.rule(style="dim")
    out.print(Text(read.text), soft_wrap=True)
