"""What people see: verdicts, coverage, problems. Colour and bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from time import monotonic
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from archive.catalogue import Row
from crawler import status
from crawler.runs import Outcome
from crawler.sources import Source
from crawler.verdict import Word, some
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
EVERY = 10.0  # seconds between two lines of progress where there is no bar
WIDE = 160  # columns to use where nobody looks: a pipe has no width


def console(stderr: bool = False) -> Console:
    """A console as wide as the terminal, or WIDE when piped."""
    made = Console(stderr=stderr, highlight=False)
    return made if made.is_terminal or "COLUMNS" in os.environ else Console(stderr=stderr, highlight=False, width=WIDE)


def table_of(title: str, gap: int = 2) -> Table:
    """A table without a frame, its columns `gap` apart: at 80 columns a frame would take a quarter of the room."""
    look = {"box": box.SIMPLE_HEAD, "show_edge": False, "pad_edge": False, "padding": (0, gap - 1, 0, 0)}
    return Table(title=f"\n{title}", title_justify="left", header_style="bold", **look)  # type: ignore[arg-type]


def word(verdict: str) -> Text:
    """A verdict in its colour."""
    return Text(verdict, style=COLOURS.get(Word(verdict), ""))


@contextmanager
def bytes_done(out: Console, what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar over bytes while the block runs, told how many more are done; nothing when piped."""
    columns = (TextColumn(f"[bold]{what}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda size: bar.advance(task, size)


@contextmanager
def pages_done(out: Console, what: str, total: int, every: float = EVERY) -> Iterator[Callable[[], None]]:
    """A bar over pages while the block runs, told of each; when piped, a line every so many seconds."""
    columns = (
        TextColumn(f"[bold]{what}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("pages"),
        TimeRemainingColumn(),
    )
    began = said = monotonic()
    done = 0
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task(what, total=total)

        def advance() -> None:
            nonlocal done, said
            done += 1
            bar.advance(task)
            if not out.is_terminal and monotonic() - said >= every:
                said = monotonic()
                out.print(f"[{done}/{total}] pages, {done / (said - began):.0f} a second")

        yield advance


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
                "portals · {task.fields[requests]} requests · {task.fields[documents]} new pages · "
                "{task.fields[problems]} problems"
            ),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[now]}"),
            console=out,
            transient=True,
            auto_refresh=False,  # that would be a thread, and portals are processes forked from this one
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
            self._bar.refresh()
            return
        for outcome in done:
            if outcome.name not in self._told and not self.quiet and outcome.verdict:
                self._told.add(outcome.name)
                self.out.print(
                    f"[{len(self._told)}/{len(outcomes)}] {outcome.name}: {outcome.verdict.word}, {outcome.verdict.reason}"
                )


def advise(out: Console, name: str, verdict: str, reason: str, advice: str) -> None:
    """A line below a table: which portal, what is the matter, what to do next."""
    line = Text.assemble((name, "bold"), " is ", word(verdict), f": {reason.rstrip('.')}. ")
    out.print(line + Text(f"→ {advice}" if advice else ""), soft_wrap=True)


def unreviewed(out: Console, names: Sequence[str], advice: str) -> None:
    """Which portals' expectations no person has accepted, and how one does."""
    some = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    line = Text.assemble("What is expected of ", (some, "bold"), " was ", ("reviewed by no person", "yellow"), " yet. ")
    out.print(line + Text(f"→ {advice}"), soft_wrap=True)


def verdicts(outcomes: Sequence[Outcome]) -> Table:
    """The table that a crawl ends with."""
    table = table_of("What came of it", gap=1)
    table.add_column("portal", overflow="fold")
    table.add_column("verdict", no_wrap=True)
    for name in ("listed", "new", "changed", "same", "not due", "gone", "asked", "problems"):
        table.add_column(name, justify="right", no_wrap=True)
    for o in sorted(outcomes, key=lambda o: o.name):
        verdict = o.verdict.word if o.verdict else Word.not_run
        t = o.tally
        problems = sum(t.problems.values())
        numbers = (t.reports, t.new_documents, t.changed, t.unchanged, t.not_due, t.disappeared, t.requests, problems)
        table.add_row(o.name, word(verdict), *map(str, numbers))
    return table


LISTED = (
    "listed: reports on its lists · new: pages read for the first time · same: asked and unchanged · "
    "not due: not asked this time · asked: requests"
)
COUNTED = "reports: body × year · times are UTC"
LEGEND = "● published  ◐ in a file not read  ◆ changed since  ○ disappeared  · none"


# By status.mark: character, style.
MARKS = {
    "published": ("●", "green"),
    "attachment": ("◐", "yellow"),
    "changed": ("◆", "yellow"),
    "gone": ("○", "red"),
    "none": ("·", "dim"),
}


def coverage(cells: Sequence[Row], width: int, now: datetime) -> Iterator[Table]:
    """Bodies by years as grids of at most `width` columns. Cells are rows of `status.coverage`."""
    years = status.columns(cells, now)
    names = max((cell_len(c["organ"] or "") for c in cells), default=10)
    fit = max(1, (width - names) // 3)
    bands = [years[at : at + fit] for at in range(0, len(years), fit)] or [[]]
    for number, band in enumerate(bands):
        yield _band(cells, band, "Coverage: body × year" if number == 0 else "")


def _band(cells: Sequence[Row], years: Sequence[int], title: str) -> Table:
    portals = len({c["portal"] for c in cells})
    table = table_of(title, gap=1)
    table.add_column("body", no_wrap=True)
    for year in years:
        table.add_column(f"{year % 100:02d}", justify="center", no_wrap=True, min_width=2)
    by_organ: dict[tuple[str, str], dict[int, Row]] = {}
    for cell in cells:
        by_organ.setdefault((cell["portal"], cell["organ"] or "(body unknown)"), {})[cell["report_year"]] = cell
    last = None
    for (portal, organ), found in sorted(by_organ.items()):
        if portals > 1 and portal != last:
            table.add_section()
            table.add_row(Text(portal, style="bold"))
        last = portal
        table.add_row(organ, *(Text(*MARKS[status.mark(found.get(year))]) for year in years))
    return table


def changes(rows: Sequence[Row]) -> Table:
    """Reports that were changed after publication or are no longer listed."""
    table = table_of("Changed and gone")
    for name in ("what", "when (UTC)", "report", "page"):
        table.add_column(name, overflow="fold")
    for row in rows:
        when = (row["gone_since"] or row["first_seen"])[:16].replace("T", " ")
        table.add_row(row["what"], when, Text(row["title"] or f"{row['organ']} {row['report_year']}"), Text(row["url"]))
    return table


def copies(rows: Sequence[Row]) -> Table:
    """Copies with the official documents that are proposed as their sources."""
    table = table_of("Copies, and where they seem to be taken from")
    for name in ("copy", "proposed source", "alike", "sentences"):
        table.add_column(name, overflow="fold", justify="right" if name in ("alike", "sentences") else "left")
    for row in rows:
        source = row["proposed_source"]
        alike = f"{source['resemblance']:.0%}" + ("" if source["decided"] else "?")
        table.add_row(Text(row["title"] or row["url"]), Text(source["url"]), alike, f"{source['shared_sentences']:.0%}")
    return table


def problems(out: Console, rows: Sequence[Row], limit: int = 20) -> None:
    """Problems, some lines each: what and where, what was expected and came, what to do next."""
    out.print(Text("\nProblems", style="italic"))
    for row in rows[:limit]:
        out.print(Text.assemble((row["kind"], "bold"), f"  {row['url']}"), soft_wrap=True)
        out.print(Text(f"  expected {row['expected']}, got {row['got']}"), soft_wrap=True)
        out.print(Text(f"  → {row['advice']}"), soft_wrap=True)
    if len(rows) > limit:
        out.print(f"… and {len(rows) - limit} more; --json shows all", style="dim")


def portals(rows: Sequence[Row], width: int) -> Table:
    """All portals: verdict, when, how much. What is wrong stands below, a line each (`advise`)."""
    table = table_of("Portals")
    table.add_column("portal", overflow="fold")
    for name in ("verdict", "last run"):
        table.add_column(name, no_wrap=True)
    for name in ("reports", "documents", "gone"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("years", no_wrap=True)
    if width >= 110:
        table.add_column("site", overflow="ellipsis", no_wrap=True)
    for row in rows:
        run, years = row["run"], f"{row['first_year']}-{row['last_year']}" if row["first_year"] else ""
        when = run["started_at"][: 16 if width >= 110 else 10].replace("T", " ") if run else ""
        numbers = (row["reports"], row["documents"], row["gone"] or 0)
        cells = [row["name"], word(row["verdict"]), when, *map(str, numbers), years, row["site_name"]]
        table.add_row(*cells[: len(table.columns)])
    return table


def summary(rows: Sequence[Row]) -> Text:
    """One line: how many portals have which verdict, the worst first as they stand in the table."""
    counts = Counter(row["verdict"] for row in rows)
    parts = [Text.assemble(f"{count} ", word(verdict)) for verdict, count in counts.items()]
    return Text(" · ").join(parts) if parts else Text("no portals")


def history(out: Console, row: Row) -> None:
    """Since when a portal has not been well, and which run was the last good one. `row` has a `streak` (status.streak)."""
    streak = row["streak"]
    good = streak["good"]
    if streak["since"] and row["verdict"] != Word.ok:
        out.print(f"since      {streak['since'][:16].replace('T', ' ')}, {some(streak['runs'], 'run')}", soft_wrap=True)
    if good:
        how = "" if good["verdict"] == Word.ok else f", accepted on {good['accepted_at'][:10]}"
        listed = some(good["reports"] or 0, "report")
        out.print(f"last good  {good['started_at'][:16].replace('T', ' ')}, {listed} listed{how}", soft_wrap=True)


def unlisted(out: Console, rows: Sequence[Row] | None) -> None:
    """What the last good run listed and this one does not, a line for each body; None: there is no good run."""
    for row in rows or ():
        out.print(f"missing    {row['organ'] or 'body not known'}: {row['years']}", soft_wrap=True)
    if rows is None:
        out.print("missing    not known: no run was good yet; the grid below shows the gaps", soft_wrap=True)
    elif not rows:
        out.print("missing    nothing that the last good run listed", soft_wrap=True)


def drift(rows: Sequence[Row]) -> Table:
    """What was not as in the last good run."""
    table = table_of("What changed on the portal")
    for name in ("what", "last good run", "this run"):
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(row["kind"].replace("_", " "), Text(row["old"]), Text(row["new"]))
    return table


def taken_from(source: Source) -> str:
    """What was proposed as a copy's source, and why."""
    sure = "body and year are the same" if source.decided else "the copy does not tell body and year: look at both"
    alike = f"prose {source.resemblance:.0%} alike, {source.shared_sentences:.0%} of the sentences"
    return f"{source.url} ({alike}; {sure})"


def document(out: Console, notes: Console, read: Document, report: Report, source: Source | None = None) -> None:
    """A document for a person: its clean text on `out`, what it is on `notes`, so that a pipe gets the text alone."""
    facts = {
        "title": read.title,
        "organ": report.organ,
        "year": f"{report.report_year} ({report.year_confidence})" if report.report_year else None,
        "kind": read.doc_type,
        "format": report.format_version,
        "published": read.publication_date,
        "provenance": read.provenance,
        "integrity": None if read.text_integrity == "clean" else read.text_integrity,
        "text": None if read.text_status == "full" else read.text_status,
        "source": source and taken_from(source),
        "charset": read.charset,
        "attachments": ", ".join(a.name or a.url for a in read.attachments) or None,
        "flags": ", ".join(read.flags) or None,
        "removed": f"{len(read.removed)} line{'s' * (len(read.removed) != 1)}" if read.removed else None,
    }
    for name, value in facts.items():
        if name in ("source", "integrity", "text") and value is None:
            continue  # most documents are no copies, and as they should be
        notes.print(f"[dim]{name:>12}[/]  ", Text(str(value) if value else "—"), sep="", soft_wrap=True)
    notes.rule(style="dim")
    out.print(Text(read.text), soft_wrap=True)
