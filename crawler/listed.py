"""Which rows of the catalogue's entries are reports, so far as the run that wrote them could tell."""

from __future__ import annotations

from archive.catalogue import Row
from parsing.titles import REPORT_KINDS


def is_report(row: Row) -> bool:
    """Whether an entry's row is of a report: its page was read as one, or its title says so and nothing speaks against it."""
    return row["document"] is not None or (row["kind"] in REPORT_KINDS and row["outcome"] != "no_report")


def may_be_report(row: Row) -> bool:
    """Whether an entry's row is of a report, or of a page that was not read and whose title does not say."""
    return is_report(row) or (row["kind"] == "unknown" and row["outcome"] != "no_report")
