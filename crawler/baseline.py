"""The run that others are compared with: the last good one, or a later one that a person has accepted as it is."""

from __future__ import annotations

from pathlib import Path

from archive.archive import Archive, utc_now
from archive.catalogue import Catalogue, Row
from crawler.handover import short_id
from crawler.signature import Signature
from crawler.verdict import Word

# The newest run that stands for how the portal is. Ids begin with the moment, so their order is that of the runs.
LAST_GOOD = "SELECT * FROM run WHERE portal = ? AND (verdict = 'ok' OR accepted_at IS NOT NULL) ORDER BY id DESC"
ACCEPTABLE = (Word.ok, Word.degraded)


class NothingToAcceptError(LookupError):
    """There is no run that could become the new baseline; the message says why and what to do next."""


def last_good(catalogue: Catalogue, portal: str) -> Row | None:
    """The run that new ones of a portal are compared with, None before the first good one."""
    return catalogue.row(LAST_GOOD, portal)


def keep_sheet(catalogue: Catalogue, signature: Signature | None) -> str | None:
    """Queue a run's signature where it is not kept yet. Returns its id, for the run's row."""
    if signature is None:
        return None
    key = short_id(sheet := signature.as_json())
    if not catalogue.knows("signature", key):
        catalogue.put("signature", {"id": key, "sheet": sheet})
    return key


def sheet_of(catalogue: Catalogue, run: Row | None) -> Signature | None:
    """How the portal looked in a run; None where nobody knows."""
    row = catalogue.row("SELECT sheet FROM signature WHERE id = ?", run["signature"]) if run else None
    return Signature.from_json(row["sheet"]) if row else None


def acceptable(catalogue: Catalogue, portal: str) -> Row:
    """A portal's newest run, when it may become the baseline. Raises NothingToAcceptError."""
    run = catalogue.row("SELECT * FROM run WHERE portal = ? ORDER BY id DESC", portal)
    if run is None or run["verdict"] not in ACCEPTABLE:
        what = f"one that is {run['verdict'] or 'not finished'}" if run else "none"
        raise NothingToAcceptError(
            f"{portal}: expected a last run that found reports, got {what}. `nianbao crawl {portal}`, then accept what came."
        )
    return run


def accept(catalogue: Catalogue, portal: str) -> Row:
    """Queue the acceptance of a portal's newest run: from now on it is what later runs are compared with.

    For whoever looked and found that the portal has changed and the spider still finds all. The caller commits, through
    the archive, which keeps it for a rebuild. Returns the run's row. Raises NothingToAcceptError.
    """
    run = acceptable(catalogue, portal)
    accepted: Row = run | {"accepted_at": utc_now()}
    catalogue.put("run", {"id": run["id"], "accepted_at": accepted["accepted_at"]})
    return accepted


def accept_in(data: Path, portal: str) -> Row:
    """`accept` in a data folder that nobody else has open here. Raises NothingToAcceptError, ArchiveError, CatalogueError."""
    archive = Archive(data)
    try:
        return accept(archive.catalogue, portal)
    finally:
        archive.close()
