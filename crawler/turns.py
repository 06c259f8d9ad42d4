"""Whose turn it is at a host, over all processes on a data folder: a file per host, locked by whoever may talk to it.

The gate (crawler/gate.py) keeps the requests of one process apart; this keeps the processes apart. Whoever holds the lock
(flock) is the only one with a connection to the host, and the file says before which moment nobody may ask it: the gap,
Crawl-delay and Retry-After are handed over with it. The lock ends with its process, however that ends, as its
connections do; a row in SQLite would cost a synced transaction for each request to say the same.

Two portals that share a host (an openness platform, a CDN) take turns, request by request: whoever sees that another
waits closes the connection with its answer and lets go. So no two ever wait for each other.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from crawler.lease import HostLeasedError

KEPT = 5.0  # seconds that an idle connection is kept open: longer than the usual gap
IDLE = KEPT + 1.0  # seconds without a request after which no connection is left, and the host is let go
POLL = 0.2  # seconds between two tries
LONGEST = 1800.0  # seconds: who waited that long for a host does without it
FURTHEST = 300.0  # seconds: a moment further ahead than any Retry-After we honour comes from a clock that was set

Pause = Callable[[float], Awaitable[bool]]  # wait so many seconds; True at once when the run is stopped


class Turns:
    """The hosts that this process holds. One loop, one thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._held: dict[str, int] = {}  # host -> descriptor of its file
        self._used: dict[str, float] = {}  # host -> time.monotonic of its last request
        self._yielded: dict[str, float] = {}  # host -> when it was let go because another waited

    async def take(self, host: str, gap: float, pause: Pause) -> float:
        """Hold a host's file. Returns for how many seconds it may not be asked yet, 0 when it was held already.

        Who had it before may have closed its connection only now, so the gap passes in any case. When the run is
        stopped meanwhile nothing is held. Raises HostLeasedError when another process keeps it for LONGEST seconds.
        """
        self._used[host] = time.monotonic()
        if host in self._held:
            return 0.0
        if (ours := self._yielded.pop(host, 0.0) + 3 * POLL - time.monotonic()) > 0:
            await pause(ours)  # they come first
        descriptor = await self._lock(host, pause)
        if descriptor is None:
            return 0.0
        self._held[host] = descriptor
        before = _not_before(descriptor)
        return 0.0 if before is None else max(before - time.time(), gap)

    def note(self, host: str, seconds: float) -> None:
        """The host may be asked again in so many seconds."""
        if host in self._held:
            self._used[host] = time.monotonic()
            word = f"{time.time() + seconds:020.6f} {os.getpid():8d}\n"
            os.pwrite(self._held[host], word.encode(), 0)

    def is_wanted(self, host: str) -> bool:
        """Whether another process waits for a host that this one holds."""
        if host not in self._held:
            return False
        with suppress(FileNotFoundError):
            wish = os.open(self._path(host, ".wanted"), os.O_RDWR | os.O_CLOEXEC)
            try:
                return not _locks(wish, fcntl.LOCK_EX)
            finally:
                os.close(wish)
        return False

    def let_go(self, host: str) -> None:
        """Give a host back. Only when no connection to it is open."""
        descriptor = self._held.pop(host, None)
        if descriptor is not None:
            self._yielded[host] = time.monotonic()
            os.close(descriptor)

    def let_idle_go(self, busy: Callable[[str], bool]) -> None:
        """Give back the hosts that had no request for IDLE seconds and are not `busy`."""
        since = time.monotonic() - IDLE
        for host in [host for host in self._held if self._used[host] < since and not busy(host)]:
            self.let_go(host)

    async def _lock(self, host: str, pause: Pause) -> int | None:
        """The host's file, locked; None when the run was stopped first."""
        descriptor = os.open(self._path(host), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        wish: int | None = None
        until = time.monotonic() + LONGEST
        try:
            while not _locks(descriptor, fcntl.LOCK_EX):
                if wish is None:  # the holder sees by a lock on it that somebody waits
                    wish = os.open(self._path(host, ".wanted"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
                    _locks(wish, fcntl.LOCK_SH)
                if time.monotonic() > until:
                    pid = (os.pread(descriptor, 64, 0).split() or [b"unknown"])[-1].decode()
                    raise HostLeasedError(host, {"run": "of another process", "pid": pid})
                if await pause(POLL):
                    os.close(descriptor)
                    return None
        except HostLeasedError:
            os.close(descriptor)
            raise
        finally:
            if wish is not None:
                os.close(wish)
        return descriptor

    def _path(self, host: str, end: str = "") -> Path:
        name = quote(host, safe="") or "_"
        if len(name) > 200:
            name = hashlib.sha256(host.encode()).hexdigest()
        return self.folder / (name + end)


def _locks(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _not_before(descriptor: int) -> float | None:
    """The moment (time.time) that the last holder left, None when there was none. What is no moment counts as now."""
    words = os.pread(descriptor, 64, 0).split()
    try:
        return min(float(words[0]), time.time() + FURTHEST) if words else None
    except ValueError:
        return time.time()
