"""One gate per host for the whole process: one request at a time, a gap between starts, and waiting when told to wait.

It stands in the download handler, below everything that a spider can set, and is shared by all spiders of the process.
Between processes crawler/turns.py does the same.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scrapy.exceptions import IgnoreRequest

from crawler.turns import Turns


class StoppedError(IgnoreRequest):
    """The run is being stopped: what still waited for its turn is not asked any more."""


class HostLeftError(IgnoreRequest):
    """The host asked to come back later than a run waits: it is not asked any more in this one."""

    expected, kind = "a host that answers now", "later"

    def __init__(self, host: str, seconds: float) -> None:
        self.got = f"it asked to come back in {seconds:.0f} s (Retry-After)"
        super().__init__(f"{host}: expected {self.expected}, {self.got}")


@dataclass
class Host:
    """What is known of one host: its gap in seconds, and the moments (time.monotonic) that bound its next request."""

    gap: float = 0.0
    next_start: float = 0.0
    left_until: float = 0.0  # nobody waits for it before
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Gate:
    """All hosts that this process talks to."""

    def __init__(self) -> None:
        self.hosts: dict[str, Host] = {}
        self._stopped = asyncio.Event()
        self._turns: Turns | None = None  # none: no data folder, and so nobody to share the hosts with

    def share(self, folder: Path) -> None:
        """From now on take turns with the other processes that use this folder."""
        if self._turns is None or self._turns.folder != folder:
            self._turns = Turns(folder)

    def let_idle_go(self) -> None:
        """Give the hosts back that nothing was asked of for a while: called now and then."""
        if self._turns is not None:
            self._turns.let_idle_go(lambda host: self.hosts[host].turn.locked())

    def at_least(self, host: str, gap: float) -> None:
        """Raise a host's gap to at least so many seconds; nothing lowers it."""
        found = self.hosts.setdefault(host, Host())
        found.gap = max(found.gap, gap)

    def hold(self, host: str, seconds: float) -> None:
        """No request to the host for so many seconds from now (Retry-After)."""
        found = self.hosts.setdefault(host, Host())
        found.next_start = max(found.next_start, time.monotonic() + seconds)
        self._note(host, found)

    def leave(self, host: str, seconds: float) -> None:
        """Whoever wants the host within so many seconds from now gets HostLeftError: that is longer than a run waits."""
        found = self.hosts.setdefault(host, Host())
        found.left_until = max(found.left_until, time.monotonic() + seconds)

    @property
    def stopped(self) -> bool:
        """Whether the process is being stopped."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Whoever waits for a turn, or comes from now on, gets StoppedError."""
        self._stopped.set()

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[bool]:
        """Wait for the host's turn, hold it while the block runs. Gives whether the connection must end with the answer.

        The gap counts from the answer's end: a slow host, or a busy machine, never sees two requests closer than that.
        Raises StoppedError, and HostLeasedError when another process keeps the host to itself.
        """
        found = self.hosts.setdefault(host, Host())
        async with found.turn:
            if (left := found.left_until - time.monotonic()) > 0:
                raise HostLeftError(host, left)
            if self._turns is not None and not self._stopped.is_set():
                not_yet = await self._turns.take(host, found.gap, self._stops_within)
                found.next_start = max(found.next_start, time.monotonic() + not_yet)
            while (wait := found.next_start - time.monotonic()) > 0:
                if await self._stops_within(wait):
                    break
            if self._stopped.is_set():
                raise StoppedError(f"{host}: stopped before its turn")
            found.next_start = time.monotonic() + found.gap
            self._note(host, found)
            wanted = self._turns is not None and self._turns.is_wanted(host)
            try:
                yield wanted
            finally:
                found.next_start = max(found.next_start, time.monotonic() + found.gap)
                self._note(host, found)
                if wanted and self._turns is not None:
                    self._turns.let_go(host)

    def _note(self, host: str, found: Host) -> None:
        if self._turns is not None:
            self._turns.note(host, found.next_start - time.monotonic())

    async def _stops_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._stopped.wait(), seconds)
        except TimeoutError:
            return False
        return True


_gate: Gate | None = None


def gate() -> Gate:
    """The process's gate."""
    global _gate
    if _gate is None:
        _gate = Gate()
    return _gate
