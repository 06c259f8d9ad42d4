"""Who is crawling a host now: a row per host, so that two runs never crawl one, in this process or another."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from archive.archive import utc_now
from archive.catalogue import Catalogue, Row


def take(catalogue: Catalogue, host: str, run: str, seconds: float) -> Row | None:
    """Take the lease of a host for so many seconds. Returns None, or the row of the living holder who has it."""
    with catalogue.transaction():
        holder = catalogue.row("SELECT * FROM lease WHERE host = ? AND expires_at > ?", host, utc_now())
        if holder is not None and holder["run"] != run and _alive(holder["pid"]):
            return holder
        expires = datetime.now(UTC) + timedelta(seconds=seconds)
        moment = expires.isoformat(timespec="microseconds").replace("+00:00", "Z")
        catalogue.connection.execute(
            "INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?)", (host, run, os.getpid(), moment)
        )
    return None


def holder(catalogue: Catalogue, run: str) -> Row | None:
    """The lease of a run that a living process holds, or None."""
    row = catalogue.row("SELECT * FROM lease WHERE run = ? AND expires_at > ?", run, utc_now())
    return row if row is not None and _alive(row["pid"]) else None


def give_back(catalogue: Catalogue, run: str) -> None:
    """Queue the end of a run's leases; they end with the commit that writes its verdict."""
    catalogue.queue("DELETE FROM lease WHERE run = ?", run)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
