"""Which rows of the catalogue's entries are reports, so far as the run that wrote them could tell."""

from __future__ import annotations

from collections.abc import Iterable

from archive.catalogue import Row
from crawler.evidence import is_named
from parsing.titles import REPORT_KINDS


def is_report(row: Row) -> bool:
    """Whether an entry's row is of a report: its page was read as one, or its title says so and nothing speaks against it."""
    return row["document"] is not None or (row["kind"] in REPORT_KINDS and row["outcome"] != "no_report")


def may_be_report(row: Row) -> bool:
    """Whether an entry's row is of a report, or of a page that was not read and whose title does not say."""
    return is_report(row) or (row["kind"] == "unknown" and row["outcome"] != "no_report")


def count(rows: Iterable[Row]) -> int:
    """How many reports entries' rows are of: one that stands at two addresses is one."""
    return len({report_of(row) for row in rows})


def report_of(row: Row) -> str | tuple[str, int]:
    """The report that an entry's row is of, (body, year); its address where its list does not name both.

    That it stands on a government's portal does not make it the government's: `organ` alone is no name.
    """
    if row["organ"] and row["year"] and is_named(row["title"], tuple(row["found_by"].split(" > "))):
        return row["organ"], row["year"]
    return str(row["url"])
