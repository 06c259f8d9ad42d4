"""What people see of `probe`, `add` and `check`. Colour and bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from archive.catalogue import Row
from crawler import show
from crawler.adding import Added
from crawler.checking import Check
from crawler.probe import Probe
from crawler.verdict import Tally, Word, some

MOST_LISTS, MOST_ROWS = 8, 20
FAILED = (Word.blocked, Word.broken, Word.empty)  # verdicts on a walk that has nothing to compare
STOPPED = 2  # years without a report before `add` asks where they are
ROLES = {"home": "home page", "hub": "hub", "list": "list", "entry": "article"}
Name = Callable[[str], str]  # puts the data folder and the folder of spiders into the commands of a text


@contextmanager
def walking(out: Console, url: str) -> Iterator[Callable[[Tally], None] | None]:
    """A line about how far a walk is; nothing when piped."""
    columns = (
        SpinnerColumn(),
        TextColumn("[bold]walking"),
        TextColumn("{task.description}"),
        TextColumn("{task.fields[requests]} requests · {task.fields[lists]} lists · {task.fields[reports]} reports"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task(url, total=None, requests=0, lists=0, reports=0)

        def watch(tally: Tally) -> None:
            bar.update(task, requests=tally.requests, lists=tally.lists, reports=tally.reports)

        yield watch if out.is_terminal else None


@contextmanager
def checking(out: Console, total: int) -> Iterator[Callable[[str], None]]:
    """A bar over spiders; nothing when piped."""
    columns = (
        TextColumn("[bold]checking"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("spiders"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task("check", total=total)
        yield lambda name: bar.advance(task)


def aside(out: Console) -> Callable[[str], None]:
    """Prints what is being tried, in a line of its own."""
    return lambda text: out.print(Text(text, style="dim"), soft_wrap=True)


def probe(out: Console, found: Probe) -> None:
    """All that a probe found, in the order in which a person asks."""
    out.print(_facts(found))
    if why := found.why():
        out.print(_marks(why))
    if found.reports:
        out.print(_lists(found))
        cells = Counter((row["organ"], row["year"]) for row in found.reports)
        rows: list[Row] = [
            {"portal": "", "organ": organ, "report_year": year, "documents": n, "gone": 0, "superseded": 0, "unread": 0}
            for (organ, year), n in cells.items()
        ]
        for table in show.coverage(rows, out.width, datetime.now(UTC)):
            out.print(table)
        out.print("● listed  · none", style="dim")
    for line in found.unknown():
        out.print(Text.assemble(("not known  ", "yellow"), line), soft_wrap=True)
    looked_only = found.verdict.word == Word.not_run and found.reports  # as was wanted
    if found.verdict.word != Word.ok and not looked_only:
        name = found.home_url
        show.advise(out, name, found.verdict.word, found.verdict.reason, "" if found.reports else _what_to_do(found))


def after_probe(out: Console, found: Probe, known: str | None, said: Name) -> None:
    """What to do after a probe: with the spider that the portal has, or to write it one."""
    if known:
        out.print(said(has_spider(known)), soft_wrap=True)
    elif found.reports:
        out.print(said(f"It has no spider yet: `nianbao add {found.asked}` writes one."), soft_wrap=True)


def has_spider(name: str) -> str:
    """Which spider a portal has already, and what to do with it."""
    return (
        f"{name} is its spider: `nianbao crawl {name}` asks for its reports, "
        f"`nianbao check {name} --live` compares the portal with the last run."
    )


def _facts(found: Probe) -> Table:
    site, tally = found.site, found.tally
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    platform = found.platform.platform if found.platform else f"none that is known; read as {found.spider.platform}"
    minutes = f"{found.minutes:.0f} minutes" if found.minutes >= 2 else f"{found.minutes * 60:.0f} seconds"
    on_top = "what drawn pages load, files, pictures and styles" if found.scripts else "files, pictures and styles"
    facts = {
        "portal": " · ".join(dict.fromkeys(filter(None, (site.site_name, site.organ, site.level))))
        or "it does not say",
        "address": found.home_url,
        "codes": " · ".join(
            f"{what} {code}"
            for what, code in (("division", site.division_code), ("网站标识码", site.site_id_code))
            if code
        ),
        "platform": platform,
        "scripts": f"a browser draws: {', '.join(sorted(found.scripts))}" if found.scripts else "",
        "robots.txt": f"{found.traces.robots} · {found.gap:g} s between requests" if found.traces.home else "",
        "transport": _transport(found),
        "charset": _charset(found),
        "reports": _counted(found),
        "a crawl": f"{found.requests} requests, {minutes} at that pace; {on_top} come on top, once"
        if found.reports
        else "",
        "this probe": f"{some(tally.requests, 'request')}, {some(tally.lists, 'list page')}, "
        f"{some(len(found.traces.samples), 'article')} as a sample",
    }
    for name, value in facts.items():
        if value:
            table.add_row(name, Text(value))
    return table


def _counted(found: Probe) -> str:
    if not found.reports:
        return "none found"
    bodies, years = len({row["organ"] for row in found.reports if row["organ"]}), found.years
    span = f", {years[0]}" + (f" to {years[-1]}" if len(years) > 1 else "") if years else ""
    perhaps = f"; entries that may be reports as well: {len(found.untold)}" if found.untold else ""
    twice = f" at {len(found.reports)} addresses" if len(found.reports) > found.count else ""
    return f"{found.count}{twice}, bodies that issued them: {bodies or 'not known yet'}{span}{perhaps}"


def _transport(found: Probe) -> str:
    home = found.traces.home
    if home is None:
        return ""
    came = "TLS" if home.url.startswith("https:") else "plain HTTP, no TLS"
    return came if home.url.split(":")[0] == found.home_url.split(":")[0] else f"{came}, redirected to {home.url}"


def _charset(found: Probe) -> str:
    charsets = found.traces.charsets
    declared = ", ".join(sorted(found.traces.declared)) or "nothing"
    return f"{', '.join(charsets)} (declared: {declared})" if charsets else ""


def _marks(why: Sequence[object]) -> Table:
    table = show.table_of("Why this platform")
    table.add_column("weight", justify="right", no_wrap=True)
    table.add_column("on", no_wrap=True)
    for name in ("mark", "page"):
        table.add_column(name, overflow="fold")
    for trace in why:
        table.add_row(str(trace.weight), ROLES[trace.role], Text(trace.text), Text(trace.url))  # type: ignore[attr-defined]
    return table


def _lists(found: Probe) -> Table:
    table = show.table_of("Where the reports are")
    table.add_column("reports", justify="right", no_wrap=True)
    table.add_column("way from the home page", overflow="fold")
    table.add_column("list", overflow="fold")
    lists = Counter(map(_list_of, found.reports))
    for (way, url), count in lists.most_common(MOST_LISTS):
        table.add_row(str(count), Text(way), Text(url))
    if len(lists) > MOST_LISTS:
        table.caption = f"… and {len(lists) - MOST_LISTS} more; --json shows all"
    return table


def _list_of(row: Row) -> tuple[str, str]:
    """The way to a report's list, and the list; some links lead to the report itself."""
    way, last = row["found_by"].rpartition(" > ")[::2]
    return (row["found_by"], row["list_url"]) if row["list_url"] != row["url"] else (way or last, "(linked one by one)")


def _what_to_do(found: Probe) -> str:
    advice = found.verdict.advice.split("`nianbao")[0].strip() if found.verdict.word == Word.ok else ""
    words = {
        Word.blocked: "Leave it for a day; nobody solves challenges, and robots.txt is respected.",
        Word.empty: "Open the list in a browser. If it shows reports there, a script draws them: docs/adding-a-portal.md.",
        Word.broken: "Open the home page in a browser, find the 年报 column by hand, and write the spider with its path in "
        "`hints`: docs/adding-a-portal.md.",
        Word.degraded: "Open its lists in a browser: reports that are missing there are missing here.",
        Word.not_run: "Another run is crawling this host: wait for it to end.",
    }
    if found.tally.home_kind == "refused":
        return "If it is yours to crawl, name it in NIANBAO_ALLOW_PRIVATE_HOSTS; then probe it again."
    if found.tally.home_kind == "no_host":
        return "See whether it is spelled right. If it opens in a browser, see to the DNS of this machine."
    if not found.tally.home_ok and found.verdict.word == Word.broken:
        return "Open it in a browser: if it does not answer there either, try later or correct the address."
    return advice or words.get(found.verdict.word, "Open the portal in a browser and look for its 年报 column.")


def nothing_found(out: Console, found: Probe) -> None:
    """Why `add` wrote no spider: what was seen, and what to do."""
    pages = ", ".join(f"{some(count, ROLES[role])}" for role, count in found.traces.pages.items()) or "no page"
    kinds = Counter(row["kind"] for row in found.problems)
    trouble = "; ".join(f"{some(count, 'time')} {kind}" for kind, count in kinds.most_common(4))
    out.print(
        Text.assemble(
            ("No spider was written: ", "bold red"), f"no report was found at {found.home_url}. Seen: {pages}",
            f"; trouble: {trouble}." if trouble else ".",
        ),
        soft_wrap=True,
    )  # fmt: skip
    for row in found.problems[:3]:
        out.print(Text(f"  {row['url']}: expected {row['expected']}, got {row['got']}"), soft_wrap=True)


def added(out: Console, found: Probe, made: Added, said: Name) -> None:
    """The module, what proved it, what to review, what to do next."""
    source = made.file.read_text(encoding="utf-8")
    out.print()
    out.print(Text.assemble("Written: ", (str(made.file), "bold")), soft_wrap=True)
    out.print(Text("\n".join(f"  {line}" for line in source.splitlines())), style="cyan", soft_wrap=True)
    if made.fell_back:
        out.print(f"[yellow]{made.fell_back}: the generic class was taken instead.[/]", soft_wrap=True)
    proof = made.proof
    if proof.ok:
        out.print(f"[green]Proved:[/] over the archived pages it finds the same {some(proof.now, 'report')}.")
    else:
        lost = (
            proof.error
            or (proof.unmet if proof.is_whole else "")
            or f"it finds {proof.now} of {proof.before} reports, and asks for {some(len(proof.missing), 'page')} that the "
            "archive lacks"
        )
        out.print(Text.assemble(("Not proved: ", "bold red"), lost), soft_wrap=True)
    out.print("\n[bold]To review[/]")
    years = f", of {found.years[0]} to {found.years[-1]}" if found.years else ""
    seen = f"seen: {some(found.count, 'report')}{years}"
    if found.years and found.years[-1] < datetime.now(UTC).year - STOPPED:
        seen += f", none since {found.years[-1]}: has the column moved?"
    out.print(f"  expect     {seen}; the grid above shows the gaps. Is it what the portal has?", soft_wrap=True)
    for name, text in (("site_name", "the portal's name"), ("organ", "who runs it"), ("level", "its level")):
        out.print(f"  {name:<10} {text}: {getattr(found.site, name) or 'not found, fill it in'}", soft_wrap=True)
    out.print("[bold]Then[/]")
    for command, what in (("crawl", "all its reports"), ("status", "verdict and coverage")):
        out.print(said(f"  `nianbao {command} {made.name}`") + f"   {what}", soft_wrap=True)
    out.print(said(f"  `nianbao check {made.name} --accept`") + "   you have reviewed `expect`", soft_wrap=True)


def checks(out: Console, done: Sequence[Check], said: Name) -> None:
    """The table of checks, and below it the entries that differ."""
    if made := [each for each in done if not each.error]:
        out.print(Text(_compared(made), style="bold"), soft_wrap=True)
    table = show.table_of("Reports, then and now", gap=1)
    table.add_column("portal", overflow="fold")
    table.add_column("check", no_wrap=True)
    for name in ("then", "now", "added", "removed", "changed", "missing"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("run of (UTC)")
    for each in done:
        word = Text("same", style="green") if each.ok else Text("differs", style="bold red")
        if each.error:
            table.add_row(each.name, Text("not done", style="yellow"), *[""] * 6, "")
            continue
        if each.ok and (each.added or each.changed):
            word = Text("more" if each.added else "changed", style="yellow")
        if each.unmet and each.is_whole:
            word = Text("refused", style="bold red")
        counts = (each.before, each.now, *map(len, (each.added, each.removed, each.changed, each.missing)))
        table.add_row(each.name, word, *map(str, counts), _moment(each.against or ""))
    out.print(table)
    out.print("then, now: reports · missing: pages that today's code asks for and the archive lacks", style="dim")
    if any(each.unmet for each in done):
        out.print("refused: not what the spider's `expect` asks for", style="dim")
    for each in done:
        if each.error:
            out.print(Text.assemble((each.name, "bold"), f": {said(each.error)}"), soft_wrap=True)
        elif each.added or each.removed or each.changed or each.missing:
            _differences(out, each)
        if not each.error and not each.ok:
            reason, advice = _why(each)
            out.print(Text.assemble((each.name, "bold"), f": {reason}. → {said(advice)}"), soft_wrap=True)


def _why(each: Check) -> tuple[str, str]:
    """Why a check is not well, and what to do: the walk's own trouble first, then what is lost, then what `expect` refuses."""
    if each.verdict in FAILED and not each.missing:
        return f"{each.verdict}: {each.reason}", each.advice
    if each.removed or each.missing:
        advice = "correct the spider or its class" if each.removed else "crawl it, then check again"
        lost = f"{len(each.removed)} removed, {len(each.missing)} missing"
        return "; ".join(filter(None, (lost, each.unmet))), advice
    again = f"`nianbao check {each.name} --accept --expect` proposes it anew"
    return each.unmet or "no report", f"see in a browser what the portal has. If `expect` is wrong: {again}"


def _compared(done: Sequence[Check]) -> str:
    """What was compared with what, and what it cost."""
    asked = some(sum(each.requests for each in done), "request")
    runs = sorted({each.against or "" for each in done})
    days = dict.fromkeys((_day(runs[0]), _day(runs[-1])))
    run = f"the run of {_moment(runs[0])} UTC" if len(runs) == 1 else f"the runs of {' to '.join(days)}"
    if done[0].live:
        what = "the live portal" if len(done) == 1 else f"{len(done)} live portals"
        return f"Compared: {what}, asked just now with {asked}, against {run}."
    return f"Compared: today's code over the archived pages ({asked}, none of which left this machine), against {run}."


def _day(run: str) -> str:
    """The day on which a run began, which its id begins with."""
    return f"{run[:4]}-{run[4:6]}-{run[6:8]}"


def _moment(run: str) -> str:
    """The minute in which a run began: two runs may have the same day."""
    return f"{_day(run)} {run[9:11]}:{run[11:13]}"


def _differences(out: Console, each: Check) -> None:
    """The entries that differ, two lines each: an address that is broken into lines cannot be copied."""
    out.print(Text(f"\n{each.name}", style="italic"))
    rows = [("removed", row["title"], row["url"], "red") for row in each.removed]
    rows += [("missing", row["expected"], row["url"], "red") for row in each.missing]
    rows += [("added", row["title"], row["url"], "green") for row in each.added]
    rows += [
        ("changed", f"{row['title']}: {row['field']} {row['before']} → {row['after']}", row["url"], "yellow")
        for row in each.changed
    ]
    for what, text, url, colour in rows[:MOST_ROWS]:
        out.print(Text.assemble((what, colour), f"  {text}"), soft_wrap=True)
        out.print(Text(f"  {url}", style="dim"), soft_wrap=True)
    if len(rows) > MOST_ROWS:
        out.print(f"… and {len(rows) - MOST_ROWS} more; --json shows all", style="dim")
