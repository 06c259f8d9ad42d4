"""How politely a host is asked: a floor on the gap, and what Retry-After asks for.

The gaps are kept by crawler/gate.py in the download handler; here is decided how long they are. What robots.txt says is
in crawler/robots.py.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy.http import Response
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings

from crawler.addresses import AllowedHosts

PUBLIC_FLOOR = 2.0  # seconds: no setting of any spider or operator goes below it on a public host
LONGEST_WAIT = 120.0  # seconds of Retry-After or Crawl-delay that no spider makes shorter


class Politeness:
    """How long the gap of a host is under the settings of a crawler."""

    def __init__(self, settings: BaseSettings) -> None:
        self.floor = settings.getfloat("DELAY_FLOOR")
        self.delay = settings.getfloat("DOWNLOAD_DELAY")
        self.longest_wait = settings.getfloat("LONGEST_WAIT", LONGEST_WAIT)
        spec = settings.get("ALLOW_PRIVATE_HOSTS") or ""
        # What may be asked faster, or asked at all, is the operator's to say, not a spider's.
        if settings.getpriority("LONGEST_WAIT") == SETTINGS_PRIORITIES["spider"]:
            self.longest_wait = max(self.longest_wait, LONGEST_WAIT)
        if settings.getpriority("ALLOW_PRIVATE_HOSTS") == SETTINGS_PRIORITIES["spider"]:
            spec = ""
        self.private = AllowedHosts(spec)
        self._gaps: dict[str, float] = {}  # by host: asked for with every request

    def gap(self, host: str) -> float:
        """Seconds between requests to a host. DELAY_FLOOR goes below PUBLIC_FLOOR only where ALLOW_PRIVATE_HOSTS says."""
        if host not in self._gaps:
            floor = self.floor if self.private.names_host(host) else max(self.floor, PUBLIC_FLOOR)
            self._gaps[host] = max(floor, self.delay)
        return self._gaps[host]


def retry_after(response: Response) -> float | None:
    """Seconds that a 429 or 503 asks to wait: a number, or a date (RFC 9110 §10.2.3). None when it says nothing usable."""
    value = response.headers.get(b"Retry-After")
    if response.status not in (429, 503) or not value:
        return None
    text = value.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])  # of a sillier number thirty years are enough
    try:
        moment = parsedate_to_datetime(text)
        return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):  # a date beyond the calendar
        return None
