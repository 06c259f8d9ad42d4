"""A page as it was read, with what was taken out struck through: on a terminal, as plain lines in a pipe, as HTML.

In a pipe, where nothing can be struck through, lines that stay begin with two spaces, lines that went with `-`, lines of
the page outside the region with `~`; pieces within a line stand in [- -], as wdiff writes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from parsing.document import Document, Witness
from parsing.explaining import BELOW, Explained, Out, Shown, is_heading
from parsing.report import Report

# What stands at the head: the fact's name, and its witnesses' key.
FACTS = (
    ("title", "title"),
    ("organ", "organ"),
    ("year", "report_year"),
    ("published", "publication_date"),
    ("kind", "doc_type"),
    ("site", "site"),
    ("site code", "site_id_code"),
    ("charset", "charset"),
)
FEW, LONG = 6, 60  # lines outside the region that a terminal shows at each end, and characters of each


def facts(document: Document, report: Report) -> Iterator[tuple[str, str | None, str, list[tuple[str, str]]]]:
    """(name, value, who says so, [(what others say, who)]) of each fact at the head."""
    values = {
        "title": document.title,
        "organ": report.organ,
        "report_year": str(report.report_year) if report.report_year else None,
        "publication_date": document.publication_date,
        "doc_type": document.doc_type.value,
        "site": document.site,
        "site_id_code": document.site_id_code,
        "charset": document.charset,
    }
    for name, key in FACTS:
        value, witnesses = values[key], document.witnesses.get(key, [])
        said = {each.value: _sources(witnesses, each.value) for each in witnesses}
        yield name, value, said.pop(value or "", ""), list(said.items())


def _sources(witnesses: list[Witness], value: str) -> str:
    return ", ".join(dict.fromkeys(each.source for each in witnesses if each.value == value))


def judged(document: Document) -> Iterator[tuple[str, str]]:
    """What was judged of the whole text, where it is not as it should be; and what was noticed."""
    if document.text_status != "full":
        yield "text", document.text_status
    if document.text_integrity != "clean":
        seen = "; ".join(each.source for each in document.witnesses.get("text_integrity", []))
        yield "integrity", document.text_integrity.value + (f" ({seen})" if seen else "")
    if document.language_variant != "zh-Hans":
        yield "script", document.language_variant
    why = ", ".join(document.provenance_evidence)
    yield "provenance", document.provenance.value + (f" ({why})" if why else "")
    for flag in document.flags:
        yield "flag", flag


def _out_of(made: Explained) -> list[Out]:
    return [out for shown in made.lines for out in ((shown.out,) if shown.out else shown.pieces)]


def counted(made: Explained) -> list[tuple[str, str, int]]:
    """(rule, reason, times) of all that was taken out, in the order of their first line."""
    outs = _out_of(made)
    times = Counter(out.rule for out in outs)
    reasons: dict[str, str] = {}
    for out in outs:
        reasons.setdefault(out.rule, out.reason.removeprefix(BELOW))
    return [(rule, reason, times[rule]) for rule, reason in reasons.items()]


def terminal(out: Console, made: Explained, report: Report) -> None:
    """The page on a terminal, or as plain lines."""
    plain = not out.is_terminal
    for name, said in _head(made, report):
        out.print(Text(f"{name:>10}  ") + said if plain else _hanging(f"{name:>10}", said, "dim", 10), soft_wrap=plain)
    out.rule(style="dim")
    _outside(out, made.above, "above", made.region, plain)
    told: set[str] = set()
    for shown in made.lines:
        _print(out, shown, plain, told)
    _outside(out, made.below, "below", made.region, plain)
    if rules := counted(made):
        out.rule(style="dim")
        for rule, reason, times in rules:
            said = Text.assemble((rule, "bright_red"), (f"  {reason}", "dim"))
            out.print(
                Text(f"{times:>4} × ") + said if plain else _hanging(f"{times:>4} ×", said, "dim", 6), soft_wrap=plain
            )


def _head(made: Explained, report: Report) -> Iterator[tuple[str, Text]]:
    """(name, what is said of it) of each line at the head; witnesses that lost have lines of their own."""
    for name, value, sources, others in facts(made.document, report):
        yield name, Text.assemble((value or "—", "bold" if value else ""), (f"  {sources}" if sources else "", "dim"))
        for other, source in others:  # where nothing won, nothing lost
            yield "✗" if value else "?", Text.assemble((other, "yellow"), (f"  {source}", "dim"))
    for name, value in judged(made.document):
        yield name, Text(value, style="" if name == "provenance" else "bold yellow")
    gone = _out_of(made)
    used = {each.rule for each in gone}
    outside = len(made.above) + len(made.below)
    region = f"; {outside} lines are outside {made.region}" if outside else ""
    yield (
        "removed",
        Text(f"{len(gone)} by {len(used)} rule{'s' * (len(used) != 1)}{region}" if gone else f"nothing{region}"),
    )


def _print(out: Console, shown: Shown, plain: bool, told: set[str]) -> None:
    """One line. The reason for a removal is told with the rule's first, and again at the end."""
    if shown.out is not None:
        note = shown.out.rule if shown.out.reason in told and not plain else f"{shown.out.rule}: {shown.out.reason}"
        told.add(shown.out.reason)
        if plain:
            out.print(Text(f"- {shown.text}  [{note}]"), soft_wrap=True)
        else:
            out.print(
                _hanging(
                    "✗", Text.assemble((shown.text, "bright_red strike"), "  ", (note, "dim italic")), "bright_red"
                )
            )
        return
    text = Text("", style="bold" if is_heading(shown) else "")
    done = 0
    for piece in shown.pieces:
        text.append(shown.text[done : piece.column])
        done = piece.column or 0
        text.append(f"[-{piece.text}-]" if plain else piece.text, style="bright_red strike")
    text.append(shown.text[done:])
    if shown.pieces:
        text.append(
            "  " + "; ".join(f"{rule}" for rule in dict.fromkeys(piece.rule for piece in shown.pieces)), "dim italic"
        )
    out.print(Text("  ") + text if plain else _hanging(" ", text), soft_wrap=plain)


def _hanging(mark: str, text: Text, style: str = "", width: int = 1) -> Table:
    """A line whose continuation stands under its text and not under its mark."""
    row = Table.grid(padding=(0, 1))
    row.add_column(width=width)
    row.add_column(overflow="fold")
    row.add_row(Text(mark, style=style), text)
    return row


def _outside(out: Console, lines: list[str], where: str, region: str | None, plain: bool) -> None:
    if plain:
        for line in lines:
            out.print(Text(f"~ {line}"), soft_wrap=True)
    elif lines:
        cut = [line if len(line) <= LONG else f"{line[:LONG]}…" for line in lines]
        ends = [cut] if len(cut) <= 3 * FEW else [cut[:FEW], cut[-FEW:]]
        parts = [Text(" · ").join(Text(line, style="strike") for line in end) for end in ends]
        said = Text(f"  … {len(cut) - 2 * FEW} more …  ").join(parts)
        said.append(f"  {len(lines)} lines {where} {region}; --html shows them whole", "italic")
        said.stylize("dim")
        out.print(Padding(_hanging("~", said, "dim"), (0, 0, 1, 0) if where == "above" else (1, 0, 0, 0)))


def html(made: Explained, report: Report, source: str) -> str:
    """The same as one page of HTML that needs nothing else."""
    style = "".join(
        files("crawler").joinpath(name).read_text(encoding="utf-8") for name in ("report.css", "explain.css")
    )
    title = escape(made.document.title or "(no title found)")
    return (
        '<!doctype html>\n<html lang="zh">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>\n{style}</style>\n<main>\n"
        f"<header><h1>{title}</h1><p>{escape(source)}</p></header>\n"
        f'<div class="cards">{_card(made, report)}\n{_rules(made)}</div>\n<article>\n'
        f"{_region(made.above, 'above', made.region)}"
        f"{''.join(_body(made))}{_region(made.below, 'below', made.region)}</article>\n</main>\n</html>\n"
    )


def _card(made: Explained, report: Report) -> str:
    rows = []
    for name, value, sources, others in facts(made.document, report):
        said = f"<b>{escape(value or '—')}</b> <small>{escape(sources)}</small>"
        tag = "s" if value else "span"  # where nothing won, nothing lost
        lost = "".join(
            f"<li><{tag}>{escape(other)}</{tag}> <small>{escape(source)}</small>" for other, source in others
        )
        rows.append(f"<tr><th>{name}<td>{said}{f'<ul>{lost}</ul>' if lost else ''}")
    for name, value in judged(made.document):
        kind = "" if name == "provenance" else ' class="warn"'
        rows.append(f"<tr><th>{name}<td><span{kind}>{escape(value)}</span>")
    return f'<section class="facts"><table>{"".join(rows)}</table></section>'


def _rules(made: Explained) -> str:
    rows = "".join(
        f'<tr><td class="n">{times} ×<td><a href="#{escape(rule)}">{escape(rule)}</a><td>{escape(reason)}'
        for rule, reason, times in counted(made)
    )
    if not rows:
        return '<section class="rules"><h2>Nothing was taken out</h2></section>'
    return f'<section class="rules"><h2>Taken out: {len(_out_of(made))}</h2><table>{rows}</table></section>'


def _region(lines: list[str], where: str, region: str | None) -> str:
    if not lines:
        return ""
    said = "".join(f"<del>{escape(line)}</del>" for line in lines)
    return (
        f'<details class="outside"><summary>{len(lines)} lines of the page {where} the region '
        f"<code>{escape(region or '')}</code></summary>{said}</details>\n"
    )


def _body(made: Explained) -> Iterator[str]:
    """Lines in reading order; the lines of one table together, as a table."""
    named: set[str] = set()
    last: list[Out] = []
    for block, group in groupby(made.lines, key=lambda shown: id(shown.block) if shown.block else None):
        lines = list(group)
        first = lines[0].block
        if block is not None and first is not None and first.rows is not None and len(lines) == len(first.rows):
            yield f'<div class="table"><table>{"".join(map(_row, first.rows))}</table></div>\n'
            continue
        for shown in lines:
            outs = [shown.out] if shown.out else list(shown.pieces)
            yield _line(shown, outs, named, again=_reasons(outs) == _reasons(last))
            last = outs


def _reasons(outs: list[Out]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((out.rule, out.reason) for out in outs))


def _row(cells: list[str]) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}" for cell in cells)


def _line(shown: Shown, outs: list[Out], named: set[str], again: bool) -> str:
    """A line, what went struck through, the reason beside it unless it is the line before's once again.

    A rule's first line can be linked to by the rule's name.
    """
    text, done = "", 0
    for out in outs:
        first = "" if out.rule in named else f' id="{escape(out.rule)}"'
        named.add(out.rule)
        text += f"{escape(shown.text[done : out.column]) if out.column else ''}<del{first}>{escape(out.text)}</del>"
        done = out.column or done
    notes = "".join(
        f"<span><code>{escape(r)}</code> {'' if again else escape(why)}</span>" for r, why in _reasons(outs)
    )
    kind = " out" if shown.out else " heading" if is_heading(shown) else ""
    rest = "" if shown.out else escape(shown.text[done:])
    return f'<div class="line{kind}"><div>{text}{rest}</div>{f"<aside>{notes}</aside>" if notes else ""}</div>\n'
