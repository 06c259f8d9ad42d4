"""What the catalogue says of each portal: last run, last good run, coverage, problems. Reading only."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.catalogue import Catalogue, CatalogueError, Row
from crawler import lease, sources
from crawler.baseline import LAST_GOOD, sheet_of
from crawler.due import asked_year
from crawler.listed import is_report
from crawler.verdict import Word, some
from parsing.titles import REPORT_KINDS

STALE_AFTER = timedelta(days=40)  # a portal is due monthly at the least
# What needs somebody first.
WORST_FIRST = (Word.broken, Word.empty, Word.blocked, Word.degraded, Word.stale, Word.not_run, Word.ok)
SAMPLES = 3
FIRST_YEAR = (
    2003  # the first on which any government had to report: 广州市政府信息公开规定, in force since 1 January 2003
)


@contextmanager
def reading(folder: Path) -> Iterator[Catalogue]:
    """The catalogue of a data folder, for looking. Raises CatalogueError when there is none yet."""
    path = folder / "catalogue.db"
    if folder.exists() and not folder.is_dir():
        raise CatalogueError(f"{folder}: expected a data folder, got a file. Name the folder with --data DIR.")
    if not path.exists() and (files := sum(1 for _ in (folder / "warc").glob("*.warc.gz"))):
        raise CatalogueError(
            f"{folder}: expected catalogue.db beside {some(files, 'WARC file')}, found none. They are enough to make it "
            f"again: `nianbao rebuild --data {shlex.quote(str(folder))}`."
        )
    if not path.exists():
        raise CatalogueError(
            f"{folder}: expected a data folder with catalogue.db, found none. `nianbao crawl` makes it."
        )
    catalogue = Catalogue(path, read_only=True)
    try:
        yield catalogue
    finally:
        catalogue.close()


def portals(catalogue: Catalogue, declared: dict[str, Any]) -> list[Row]:
    """One row per portal, declared or known from earlier runs, with its newest run and its newest good run; worst first."""
    known = {row["name"]: row for row in catalogue.rows("SELECT * FROM portal WHERE home_url IS NOT NULL")}
    rows = []
    for name in sorted({*known, *declared}):
        last = catalogue.row("SELECT * FROM run WHERE portal = ? ORDER BY id DESC", name)
        good = catalogue.row(LAST_GOOD, name)
        counted = catalogue.row(
            "SELECT count(*) AS documents, count(DISTINCT report) AS reports, min(report_year) AS first_year, "
            "max(report_year) AS last_year, sum(gone_since IS NOT NULL) AS gone FROM document WHERE portal = ?",
            name,
        )
        spider = declared.get(name)
        site = known.get(name, {}).get("site_name") or getattr(spider, "site_name", "")
        rows.append(
            {
                "name": name,
                "site_name": site,
                "reviewed": getattr(spider, "reviewed", None),  # None: there is no spider of that name
                "run": last,
                "good": good,
                **(counted or {}),
                **_word(catalogue, name, last, good),
            }
        )
    return sorted(rows, key=lambda row: (WORST_FIRST.index(Word(row["verdict"])), row["name"]))


def without_spider(catalogue: Catalogue, loaded: Collection[str]) -> list[str]:
    """Portals that a data folder knows and that no loaded spider has: nobody crawls them, however well their rows look."""
    rows = catalogue.rows("SELECT name FROM portal WHERE home_url IS NOT NULL ORDER BY name")
    return [row["name"] for row in rows if row["name"] not in loaded]


def _word(catalogue: Catalogue, name: str, last: Row | None, good: Row | None) -> Row:
    if last is None:
        return {"verdict": Word.not_run, "reason": "never crawled", "advice": f"`nianbao crawl {name}`"}
    if last["verdict"] is None:
        if lease.holder(catalogue, last["id"]):
            return {"verdict": Word.not_run, "reason": "is being crawled now", "advice": "Wait for it to end."}
        reason = "the last run was killed, or its disk was full, before it could write a verdict"
        return {
            "verdict": Word.degraded,
            "reason": reason,
            "advice": f"`nianbao crawl {name}` goes on from what was kept.",
        }
    ok = last["verdict"] == Word.ok or last["accepted_at"] is not None
    if ok and datetime.fromisoformat(last["started_at"]) < datetime.now(UTC) - STALE_AFTER:
        return {
            "verdict": Word.stale,
            "reason": f"last good run {last['started_at'][:10]}",
            "advice": f"`nianbao crawl {name}`",
        }
    if ok and last["verdict"] != Word.ok:
        return {"verdict": Word.ok, "reason": f"accepted as it is on {last['accepted_at'][:10]}", "advice": ""}
    return {"verdict": last["verdict"], "reason": last["reason"], "advice": last["advice"]}


def streak(catalogue: Catalogue, portal: str) -> Row:
    """Since when a portal has not been well: the first run after the last good one, how many there were, the good one.

    Keys: since (ISO 8601, None when the newest run is good), runs, good (its row or None). A killed run counts, one that
    is under way does not.
    """
    good = catalogue.row(LAST_GOOD, portal)
    sql = "SELECT id, started_at, verdict FROM run WHERE portal = ? AND id > ? ORDER BY id"
    bad = [row for row in catalogue.rows(sql, portal, good["id"] if good else "") if not _under_way(catalogue, row)]
    return {"since": bad[0]["started_at"] if bad else None, "runs": len(bad), "good": good}


def _under_way(catalogue: Catalogue, run: Row) -> bool:
    return run["verdict"] is None and lease.holder(catalogue, run["id"]) is not None


def drift(run: Row | None) -> list[Row]:
    """What was not as in the last good run: rows of kind, old, new, sentence, advice, samples (crawler/changes.py)."""
    found: list[Row] = json.loads(run["changes"]) if run and run["changes"] else []
    return found


def unlisted(catalogue: Catalogue, run: Row | None, good: Row | None) -> list[Row]:
    """Reports that the last good run listed and a later one did not: rows of organ and years, "2015, 2016"."""
    if run is None or good is None or run["id"] == good["id"]:
        return []
    sql = "SELECT * FROM entry WHERE run = ? ORDER BY organ, year"
    seen = {key for row in catalogue.rows(sql, run["id"]) for key in (row["url"], row["document"])} - {None}
    lost: dict[str | None, list[str]] = {}
    for row in filter(is_report, catalogue.rows(sql, good["id"])):
        if not seen & {row["url"], row["document"]}:
            lost.setdefault(row["organ"], []).append(str(row["year"] or "year not known"))
    return [{"organ": organ, "years": ", ".join(dict.fromkeys(years))} for organ, years in lost.items()]


def samples(catalogue: Catalogue, run: Row | None, good: Row | None, found: list[Row]) -> list[str]:
    """Three addresses to look at: where something changed or went wrong, then the lists that reports were found on."""
    urls = [url for change in drift(run) for url in change["samples"]]
    urls += [row["url"] for row in found if row["url"]]
    sheet = sheet_of(catalogue, good)
    if sheet is not None:
        urls += [*sorted(sheet.lists, key=lambda url: -sheet.lists[url]), sheet.home.url]
    return list(dict.fromkeys(urls))[:SAMPLES]


# What was published, one row each: documents, and reports that are themselves files, which are kept and not read yet. A
# file is whose and of which year its newest list says; gone, when the last run that settled its lists lists it no more.
PUBLISHED = f"""
WITH kept AS (
    SELECT e.portal, e.url, e.organ, e.year, max(e.run) AS run FROM entry e JOIN capture c ON c.id = e.capture
    WHERE e.document IS NULL AND e.outcome IN ('fetched', 'unchanged', 'not_due') AND c.media_type NOT LIKE 'text/%'
    AND e.kind IN ({", ".join(f"'{kind}'" for kind in sorted(REPORT_KINDS))}) GROUP BY e.portal, e.url
)
SELECT portal, organ, report_year, gone_since IS NOT NULL AS gone, supersedes IS NOT NULL AS superseded,
    text_status = 'attachment_only' AS unread FROM document
UNION ALL
SELECT portal, organ, year, run < (
    SELECT max(r.id) FROM run r WHERE r.portal = kept.portal AND (r.verdict = 'ok' OR r.accepted_at IS NOT NULL)
), 0, 1 FROM kept
"""


def coverage(catalogue: Catalogue, portal: str | None = None) -> list[Row]:
    """One row per portal, body and year: how many documents, how many of them superseded, gone from their lists, unread."""
    return list(
        catalogue.rows(
            "SELECT portal, organ, report_year, count(*) AS documents, sum(ifnull(gone, 0)) AS gone, "
            f"sum(superseded) AS superseded, sum(unread) AS unread FROM ({PUBLISHED}) WHERE (? IS NULL OR portal = ?) "
            "GROUP BY portal, organ, report_year ORDER BY portal, organ, report_year",
            portal,
            portal,
        )
    )


def mark(cell: Row | None) -> str:
    """What a cell of the coverage is: published, attachment, changed, gone, none."""
    if cell is None:
        return "none"
    if cell["gone"] == cell["documents"]:
        return "gone"
    if cell["unread"] == cell["documents"]:
        return "attachment"
    return "changed" if cell["superseded"] else "published"


def columns(cells: Iterable[Row], now: datetime) -> list[int]:
    """The years of a grid, without a gap from the first one covered to the last that is due by law: a hole is to be seen.

    A year before there was any such law was misread: it stands by itself.
    """
    years = {cell["report_year"] for cell in cells if cell["report_year"]}
    lawful = [year for year in years if year >= FIRST_YEAR]
    if lawful:
        years |= set(range(min(lawful), max(*lawful, asked_year(now)) + 1))
    return sorted(years)


def changes(catalogue: Catalogue, portal: str) -> list[Row]:
    """Documents of a portal that replaced an earlier one, and those gone from their lists; newest first."""
    return list(
        catalogue.rows(
            "SELECT organ, report_year, title, url, first_seen, supersedes, gone_since, "
            "CASE WHEN gone_since IS NULL THEN 'changed' ELSE 'gone' END AS what FROM document "
            "WHERE portal = ? AND (supersedes IS NOT NULL OR gone_since IS NOT NULL) "
            "ORDER BY coalesce(gone_since, first_seen) DESC",
            portal,
        )
    )


def copies(catalogue: Catalogue, portal: str) -> list[Row]:
    """Documents of a portal that are copies, each with its `proposed_source` (crawler/sources.py)."""
    return [
        {name: row[name] for name in ("id", "url", "title", "organ", "report_year", "provenance")}
        | {"proposed_source": source._asdict()}
        for row, source in sources.copies(catalogue, portal)
    ]


def problems(catalogue: Catalogue, run: str | None) -> list[Row]:
    """The problems of one run, in the order in which they came."""
    return list(catalogue.rows("SELECT * FROM problem WHERE run = ? ORDER BY id", run)) if run else []
