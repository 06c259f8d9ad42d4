"""Which portal is being crawled now: a row for the host of its home page, so that no two runs crawl one at a time.

A lease is short and renewed while its process lives: after a crash it ends by itself, at once when the pid is seen to be
gone. Spiders of one process share its leases. Requests are kept apart elsewhere, whatever host they go to: by the gate
within a process (crawler/gate.py), by turns between processes (crawler/turns.py).
"""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scrapy.exceptions import IgnoreRequest

from archive.archive import utc_now
from archive.catalogue import Catalogue, Row

ORPHANS_END = 10.0  # seconds at the most
LASTS = 120.0  # seconds without renewal


class HostLeasedError(IgnoreRequest):
    """Another process crawls the host."""

    expected, kind = "no other run on this host", "leased"

    def __init__(self, host: str, holder: Row) -> None:
        self.got = f"run {holder['run']}, pid {holder['pid']}"
        super().__init__(f"{host}: expected {self.expected}, got {self.got}")


def take(catalogue: Catalogue, host: str, run: str) -> Row | None:
    """Take the lease of a host. Returns None, or the row of the living process that has it."""
    with catalogue.transaction():
        holder = catalogue.row("SELECT * FROM lease WHERE host = ? AND expires_at > ?", host, utc_now())
        if holder is not None and holder["pid"] != os.getpid() and _alive(holder["pid"]):
            return holder
        values = (host, run, os.getpid(), _until())
        catalogue.connection.execute("INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?)", values)
    return None


def renew(catalogue: Catalogue) -> None:
    """Prolong all leases of this process."""
    with catalogue.transaction():
        catalogue.connection.execute("UPDATE lease SET expires_at = ? WHERE pid = ?", (_until(), os.getpid()))


def give_back(catalogue: Catalogue, host: str) -> None:
    """Queue the end of a lease; it ends with the commit that writes the run's verdict."""
    catalogue.queue("DELETE FROM lease WHERE host = ? AND pid = ?", host, os.getpid())


def holder(catalogue: Catalogue, run: str) -> Row | None:
    """A lease of a run that a living process holds, or None."""
    row = catalogue.row("SELECT * FROM lease WHERE run = ? AND expires_at > ?", run, utc_now())
    return row if row is not None and _alive(row["pid"]) else None


def let_orphans_end(catalogue: Catalogue) -> None:
    """Wait for processes that hold a lease and whose command was killed: they close their files and end (blocking)."""
    until = time.monotonic() + ORPHANS_END
    pids = [row["pid"] for row in catalogue.rows("SELECT DISTINCT pid FROM lease WHERE expires_at > ?", utc_now())]
    while time.monotonic() < until and any(_alive(pid) and _parent(pid) == 1 for pid in pids):
        time.sleep(0.05)


def _parent(pid: int) -> int | None:
    """The parent of a process, None where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    found = re.search(r"^PPid:\s*(\d+)", status, re.MULTILINE)
    return int(found[1]) if found else None


def _until() -> str:
    moment = datetime.now(UTC) + timedelta(seconds=LASTS)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
