"""When a page is asked again. Lists are always asked; an article page when it may have changed.

Where the server gave validators a question costs it almost nothing (304), so the page is asked on every run until it
has proved stable; where it gave none, the interval doubles each time nothing had changed. The rule is Nutch's
AdaptiveFetchSchedule without its shrinking half: a change puts the page back to the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

BASE = timedelta(days=1)
LONGEST = timedelta(days=90)
GRACE = 3  # unchanged answers after which a page with validators is no longer asked on every run


@dataclass(frozen=True)
class PageState:
    """What is known of an article page from the last run that asked it."""

    url: str
    capture: str | None = None
    document: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    checked_at: str | None = None
    unchanged_checks: int = 0
    due_at: str | None = None
    title: str | None = None
    listed_date: str | None = None
    outcome: str | None = None

    @property
    def validators(self) -> dict[str, str]:
        """Conditional request headers (RFC 9110 §13.1), empty when the server gave no validators."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}

    def is_due(self, now: datetime, title: str, listed_date: str | None) -> bool:
        """Whether to ask: never fetched, listed differently than before, or the interval is over."""
        if self.outcome in (None, "problem", "not_asked") or not self.due_at:
            return True
        if (self.title, self.listed_date) != (title, listed_date):
            return True
        return datetime.fromisoformat(self.due_at) <= now


def interval(unchanged_checks: int, has_validators: bool) -> timedelta:
    """How long to wait after the n-th unchanged answer in a row (0: just fetched or just changed)."""
    steps = unchanged_checks - GRACE if has_validators else unchanged_checks
    if steps < 0:
        return timedelta(0)
    return min(BASE * (1 << min(steps, 20)), LONGEST)


def due_at(unchanged_checks: int, has_validators: bool, now: datetime | None = None) -> str:
    """The moment as the catalogue writes it."""
    moment = (now or datetime.now(UTC)) + interval(unchanged_checks, has_validators)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
