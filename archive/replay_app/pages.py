"""Pages of ours: start, portal, calendar, the frame around a capture, and what is said when there is none."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from archive.replay_app.index import LISTED, Index, Row, moment, timestamp
from archive.replay_app.message import Reply
from archive.replay_app.rewriting import MODE, PREFIX

ON_START = 5_000  # documents up to which the start page shows all grids; beyond, one page for each portal
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip
_DOCUMENTS = (
    "SELECT d.id, d.portal, d.url, d.organ, d.report_year, d.title, d.text_status, d.gone_since, d.supersedes, "
    "d.publication_date, c.requested_at FROM document d LEFT JOIN capture c ON c.id = d.capture {} "
    "ORDER BY d.portal, d.organ, d.report_year, d.first_seen"
)

_OF_CAPTURE = (  # … or of what a browser drew of it: that is a record of its own, a little later
    "SELECT d.id, d.gone_since, d.organ, d.report_year FROM document d JOIN capture c ON c.id = d.capture "
    "WHERE d.capture = ? OR (d.url = ? AND c.record_type = 'resource' AND c.requested_at >= ?) ORDER BY c.requested_at LIMIT 1"
)
_DRAWN = (("page", "urn:dom:"), ("picture", "urn:view:"))


@dataclass(frozen=True)
class Page:
    """A reply of the replay server; an empty policy is the one of its port."""

    status: str
    headers: list[tuple[str, str]]
    body: Any = field(repr=False)
    policy: str = ""

    def having(self, *headers: tuple[str, str]) -> Page:
        return replace(self, headers=[*self.headers, *headers])


def _html(template: str, status: HTTPStatus = HTTPStatus.OK, **said: Any) -> Page:
    text = _templates.get_template(template).render(prefix=PREFIX, **said).encode("utf-8", "replace")
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(text)))]
    return Page(f"{status.value} {status.phrase}", headers, [text])


def moved(place: str, method: str = "GET") -> Page:
    """302; 307 where a body has to go with it."""
    status = "302 Found" if method in ("GET", "HEAD") else "307 Temporary Redirect"
    return Page(status, [("Location", place), ("Content-Length", "0")], [])


def trouble(status: int, title: str, what: str) -> Page:
    return _html("trouble.html", HTTPStatus(status), title=title, what=what, url="")


def missing(index: Index, url: str) -> Page:
    """404, with the way to other captures of the address if there are any."""
    if not url:
        return _html(
            "trouble.html", HTTPStatus.NOT_FOUND, title="Nothing here", what="The replay has no such page.", url=""
        )
    return _html(
        "trouble.html",
        HTTPStatus.NOT_FOUND,
        title="Not in this archive",
        what="No capture of this address was kept:",
        url=url,
    )


def start(index: Index, data: Path) -> Page:
    """Reports by body and year, for each portal; the portals alone when there are too many."""
    portals = list(
        index.rows(
            "SELECT p.name, p.site_name, p.home_url, count(d.id) AS documents, count(DISTINCT d.report) AS reports, "
            "min(d.report_year) AS first_year, max(d.report_year) AS last_year FROM portal p "
            "LEFT JOIN document d ON d.portal = p.name GROUP BY p.name ORDER BY p.name"
        )
    )
    documents = sum(portal["documents"] for portal in portals)
    captures = index.row("SELECT count(*) AS n, min(requested_at) AS first, max(requested_at) AS last FROM capture")
    grids = _grids(index.rows(_DOCUMENTS.format(""))) if documents <= ON_START else {}
    return _html("start.html", portals=portals, documents=documents, captures=captures, grids=grids, data=data)


def portal(index: Index, name: str) -> Page:
    """The grid of one portal."""
    known = index.row("SELECT name, site_name, home_url FROM portal WHERE name = ?", name)
    if known is None:
        return trouble(404, "No such portal", f"This archive knows no portal {name}.")
    grids = _grids(index.rows(_DOCUMENTS.format("WHERE d.portal = ?"), name))
    return _html("portal.html", portal=known, grid=grids.get(name))


def _grids(documents: Iterable[Row]) -> dict[str, dict[str, Any]]:
    """By portal: the years, and the cells by body and year, the newest document of a cell first."""
    rows = list(documents)
    superseded = {row["supersedes"] for row in rows}
    grids: dict[str, dict[str, Any]] = {}
    for row in rows:
        grid = grids.setdefault(row["portal"], {"years": set(), "bodies": {}})
        year = row["report_year"] or 0
        grid["years"].add(year)
        cells = grid["bodies"].setdefault(row["organ"] or "(body unknown)", {})
        cells.setdefault(year, []).insert(0, _document(row, row["id"] in superseded))
    for grid in grids.values():
        grid["years"] = sorted(grid["years"])
        for cells in grid["bodies"].values():
            for found in cells.values():
                found.sort(key=lambda document: document["words"] != [])  # stable: what is in force comes first
    return grids


def _document(row: Row, superseded: bool) -> dict[str, Any]:
    words = [word for word, is_so in (("superseded", superseded), ("gone", row["gone_since"])) if is_so]
    return {
        "url": row["url"],
        "stamp": timestamp(row["requested_at"] or ""),
        "title": row["title"] or row["url"],
        "words": words,
        "attached": row["text_status"] == "attachment_only",
    }


def calendar(index: Index, url: str) -> Page:
    """The captures of an address by day, and one by one with what changed."""
    captures = index.captures(url)
    if not captures:
        return missing(index, url)
    total = len(captures) if len(captures) < LISTED else index.count(url)
    seen: dict[str, int] = {}
    lines: list[Row] = []
    digest = None
    for capture in captures:
        stamp = timestamp(capture["requested_at"])
        seen[stamp[:8]] = seen.get(stamp[:8], 0) + 1
        same = capture["status"] == 304 or (digest is not None and capture["payload_digest"] == digest)
        what = "first" if not lines else "as before" if same else "changed"
        digest = digest if capture["status"] == 304 else capture["payload_digest"]
        lines.append(capture | {"stamp": stamp, "what": what})
    sheets = [_month(int(month[:4]), int(month[4:]), seen) for month in sorted({day[:6] for day in seen})]
    drawn = [
        {"what": what, "address": name + url, "stamp": timestamp(row["requested_at"]), "at": row["requested_at"][:19]}
        for what, name in _DRAWN
        for row in index.captures(name + url)
    ]
    return _html("calendar.html", url=url, total=total, lines=lines[::-1], sheets=sheets, drawn=drawn)


def _month(year: int, month: int, seen: dict[str, int]) -> dict[str, Any]:
    weeks = [
        [(day, f"{year:04}{month:02}{day:02}", seen.get(f"{year:04}{month:02}{day:02}", 0)) for day in week]
        for week in months.monthcalendar(year, month)
    ]
    return {"name": f"{date(year, month, 1):%B %Y}", "weeks": weeks}


def frame(index: Index, capture: Row, reply: Reply, stamp: str, url: str, content: str) -> Page:
    """The bar and the frame around a capture, which lies on another origin."""
    found = timestamp(capture["requested_at"])
    before, after = index.neighbours(url, found)
    document = index.row(_OF_CAPTURE, capture["id"], url, capture["requested_at"])
    words = []
    if document:
        later = index.row("SELECT 1 FROM document WHERE supersedes = ?", document["id"])
        words = [word for word, is_so in (("superseded", later), ("gone", document["gone_since"])) if is_so]
    if capture["truncated"]:
        words.append(f"cut ({capture['truncated']})")
    if reply.status >= 400:
        words.append(f"status {reply.status}")
    return _html(
        "frame.html",
        url=url,
        stamp=found,
        at=moment(found)[:19].replace("T", " "),
        before=before,
        after=after,
        words=words,
        document=document,
        source=f"{content}{PREFIX}/{found}{MODE}/{url}",
        quoted=quote(url, safe="%/:=&?~#+!$,;'@()*[]"),
    )
