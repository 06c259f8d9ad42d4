"""The report as one page of HTML that needs nothing else: for whoever opens it at breakfast. Pure: report in, page out."""

from __future__ import annotations

from datetime import datetime
from html import escape
from importlib.resources import files
from typing import Any

Row = dict[str, Any]

FEW = 10  # portals: so many or fewer have their coverage opened
CLASSES = {"●": "p", "◐": "a", "◆": "c", "○": "g", "·": "n"}
LEGEND = (
    ("p", "●", "published"),
    ("a", "◐", "in a file not read"),
    ("c", "◆", "changed since"),
    ("g", "○", "gone from its list"),
    ("n", "·", "none known"),
)
DRIFT = (("new", "new"), ("changed", "changed"), ("gone", "gone from their lists"))


def render(made: Row) -> str:
    """The page. Every text of a portal is escaped, and only http(s) addresses become links."""
    troubled = [p for p in made["portals"] if p["verdict"] not in ("ok", "not-run")]
    parts = (
        _head(made),
        _tiles(made, len(troubled)),
        _bar(made),
        _turned(made),
        _portals(made),
        _drift(made),
        _coverage(made),
        f"<footer>{escape(made['command'])} · {made['jobs']} portals at a time · times are UTC</footer>",
    )
    style = files("crawler").joinpath("report.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>年报 · {_when(made['finished_at'])}</title>\n<style>\n{style}</style>\n<main>\n"
        + "\n".join(part for part in parts if part)
        + "\n</main>\n</html>\n"
    )


def _head(made: Row) -> str:
    took = _duration(made["seconds"])
    return (
        f"<header><h1><span lang=zh>年报</span> What came of the crawl</h1>"
        f"<p>{_when(made['started_at'])} UTC, {took}</p></header>"
    )


def _tiles(made: Row, troubled: int) -> str:
    totals = made["totals"]
    tiles = (
        ("need a look", troubled, "bad" if troubled else "good"),
        ("portals are ok", f"{totals['ok']}<small> of {totals['portals']}</small>", ""),
        ("crawled now", totals["crawled"], ""),
        ("new pages", f"{totals['new_documents']:,}", ""),
        ("changed", totals["changed"], "note" if totals["changed"] else ""),
        ("gone from lists", totals["disappeared"], "note" if totals["disappeared"] else ""),
        ("requests", f"{totals['requests']:,}", ""),
    )
    cells = "".join(f'<div class="tile {kind}"><b>{value}</b><span>{name}</span></div>' for name, value, kind in tiles)
    return f'<section class="tiles">{cells}</section>'


def _bar(made: Row) -> str:
    counts = [(word, count) for word, count in made["verdicts"].items() if count]
    shares = "".join(f'<i class="v-{word}" style="flex:{count}" title="{count} {word}"></i>' for word, count in counts)
    words = "".join(f'<span><i class="dot v-{word}"></i>{count} {word}</span>' for word, count in counts)
    return f'<section class="bar"><div class="shares">{shares}</div><p>{words}</p></section>'


def _turned(made: Row) -> str:
    """What broke since last time and why, and what came right."""
    turned = [p for p in made["portals"] if p["before"] and p["before"]["verdict"] != p["verdict"]]
    if not turned:
        return ""
    worse = [p for p in turned if p["verdict"] != "ok"]
    better = [p for p in turned if p["verdict"] == "ok"]
    out = ["<section><h2>Since last time</h2>"]
    for words, portals in (("broke", worse), ("came right", better)):
        if portals:
            out.append(f"<h3>{len(portals)} {words}</h3><ul class=turned>")
            for p in portals:
                before = p["before"]
                out.append(
                    f"<li><b>{_name(p)}</b> {_verdict(before['verdict'])} <span class=arrow>→</span> {_verdict(p['verdict'])}"
                    f"<span class=why>{escape(p['reason'])}</span>"
                    f"<span class=dim>it was {escape(before['verdict'])} on {_when(before['at'])}</span></li>"
                )
            out.append("</ul>")
    return "".join(out) + "</section>"


def _portals(made: Row) -> str:
    """All portals, worst first; those that are well behind a fold when they are many."""
    bad = [p for p in made["portals"] if p["verdict"] != "ok"]
    good = [p for p in made["portals"] if p["verdict"] == "ok"]
    out = ["<section><h2>Portals, worst first</h2>"]
    if bad:
        out.append(_table(bad))
    if good:
        opened = " open" if len(good) <= FEW else ""
        what = "1 portal is ok" if len(good) == 1 else f"{len(good)} portals are ok"
        out.append(f"<details{opened}><summary>{what}</summary>{_table(good)}</details>")
    return "".join(out) + "</section>"


def _table(portals: list[Row]) -> str:
    heads = ("portal", "verdict", "listed", "new", "changed", "gone", "last good run", "next")
    head = "".join(f"<th{' class=num' if 2 <= at <= 5 else ''}>{name}" for at, name in enumerate(heads))
    rows = "".join(_row(p) for p in portals)
    return f'<div class="scroll"><table class="portals"><thead><tr>{head}</thead>{rows}</table></div>'


def _row(p: Row) -> str:
    numbers = "".join(
        f"<td class=num>{'' if p[name] is None else p[name] or '<span class=zero>0</span>'}"
        for name in ("reports", "new_documents", "changed", "disappeared")
    )
    if not p["crawled"]:
        numbers = (
            f"<td class=num>{'' if p['reports'] is None else p['reports']}<td class=num><td class=num><td class=num>"
        )
    good = _when(p["last_good"])[:10] if p["last_good"] else "<span class=dim>never</span>"
    coming = f'<span title="{escape(p["next"]["why"])}">{p["next"]["at"][:10]}</span>'
    row = (
        f'<tbody class="{"now" if p["crawled"] else "then"}"><tr><td>{_name(p)}<td>{_verdict(p["verdict"])}{numbers}'
        f"<td class=date>{good}<td class=date>{coming}"
    )
    if p["verdict"] == "ok":
        return row + "</tbody>"
    problems = "".join(
        f"<li><b>{escape(x['kind'])}</b> {_link(x['url'])} <span>{escape(x['got'])}</span>" for x in p["problems"]
    )
    more = (
        f"<details><summary>{len(p['problems'])} of its problems</summary><ul class=problems>{problems}</ul></details>"
    )
    todo = f"<p class=todo>{_commands(p['advice'])}</p>" if p["advice"] else ""
    return row + f"<tr class=say><td colspan=8><p>{escape(p['reason'])}</p>{todo}{more if problems else ''}</tbody>"


def _drift(made: Row) -> str:
    out = []
    for what, words in DRIFT:
        portals = [p for p in made["portals"] if p["drift"].get(what, {}).get("count")]
        if not portals:
            continue
        count = sum(p["drift"][what]["count"] for p in portals)
        rows = "".join(_drifted(p, p["drift"][what]) for p in portals)
        opened = " open" if what != "new" and count <= 40 else ""
        where = "1 portal" if len(portals) == 1 else f"{len(portals)} portals"
        out.append(f"<details{opened}><summary>{count:,} {words} <small>on {where}</small></summary>{rows}</details>")
    if not out:
        return "<section><h2>Documents</h2><p class=dim>Nothing new, changed or gone.</p></section>"
    return "<section class=drift><h2>Documents</h2>" + "".join(out) + "</section>"


def _drifted(p: Row, drift: Row) -> str:
    items = "".join(
        f"<li>{_link(d['url'], d['title'] or ' '.join(str(d[x]) for x in ('organ', 'report_year') if d[x]))}"
        for d in drift["documents"]
    )
    more = drift["count"] - len(drift["documents"])
    items += f"<li class=dim>and {more:,} more" if more > 0 else ""
    return f"<h4>{_name(p)} <small>{drift['count']}</small></h4><ul lang=zh>{items}</ul>"


def _coverage(made: Row) -> str:
    portals = sorted((p for p in made["portals"] if p["coverage"]["bodies"]), key=lambda p: str(p["name"]))
    if not portals:
        return ""
    legend = "".join(f"<span><i class={kind}>{mark}</i>{words}</span>" for kind, mark, words in LEGEND)
    opened = " open" if len(portals) <= FEW else ""
    grids = "".join(
        f"<details{opened}><summary>{_name(p)} {_verdict(p['verdict'])} <small>{len(p['coverage']['bodies'])} × "
        f"{p['coverage']['years'][0]}–{p['coverage']['years'][-1]}</small></summary>{_grid(p['coverage'])}</details>"
        for p in portals
    )
    return f"<section class=coverage><h2>Coverage: body × year</h2><p class=legend>{legend}</p>{grids}</section>"


def _grid(coverage: Row) -> str:
    years = "".join(f"<th>{year % 100:02d}" for year in coverage["years"])
    rows = "".join(
        f"<tr><th>{escape(body['organ'])}" + "".join(f"<td class={CLASSES[mark]}>{mark}" for mark in body["marks"])
        for body in coverage["bodies"]
    )
    return f"<div class=scroll><table class=grid lang=zh><tr><th>{years}{rows}</table></div>"


# Small parts


def _name(p: Row) -> str:
    site = f"<span lang=zh class=site>{escape(p['site_name'])}</span>" if p["site_name"] else ""
    return f"{_link(p['home_url'], p['name'])}{site}"


def _verdict(word: str) -> str:
    return f'<span class="v v-{escape(word)}">{escape(word)}</span>'


def _link(url: str, words: str | None = None) -> str:
    text = escape(words if words is not None else url)
    if not url.startswith(("http://", "https://")):
        return text
    return f'<a href="{escape(url)}" rel="noreferrer">{text}</a>'


def _commands(advice: str) -> str:
    """What stands between backticks is a command."""
    parts = escape(advice).split("`")
    return "".join(f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))


def _when(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"


def _duration(seconds: float) -> str:
    minutes, hours = seconds / 60, seconds / 3600
    return f"{seconds:.0f} seconds" if minutes < 2 else f"{minutes:.0f} minutes" if hours < 2 else f"{hours:.1f} hours"
