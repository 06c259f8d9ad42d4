"""How politely a host is asked: one connection, a floor on the delay, robots.txt, Crawl-delay, Retry-After."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.internet.defer import Deferred

from crawler.addresses import AllowedHosts, PrivateAddressRefused
from crawler.challenge import challenge
from crawler.words import plain

logger = logging.getLogger(__name__)
PUBLIC_FLOOR = 2.0  # seconds: no setting of any spider or operator goes below it on a public host
MAX_RETRY_AFTER = 600.0  # seconds; a host that wants longer is left for the next run


class RobotsDisallowed(IgnoreRequest):
    """robots.txt forbids the page, or could not be had, which forbids it for now.

    `kind` says which: robots (a rule), unreachable (no usable answer), blocked (a challenge instead of the file), refused
    (a private address: nothing was asked).
    """

    expected = "robots.txt to allow it"

    def __init__(self, url: str, kind: str, got: str) -> None:
        super().__init__(f"{url}: expected {self.expected}, got {got}")
        self.kind, self.got = kind, got


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's, with RFC 9309 §2.3.1.4: a robots.txt that answers 5xx or not at all means “disallowed for now”."""

    _UNREACHABLE = b"User-agent: *\nDisallow: /\n"

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._without: dict[str, tuple[str, str]] = {}  # host -> kind of problem, what came instead of the file

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if challenge(response.status, b"", response.body):
            self._unreachable(netloc, f"HTTP {response.status}, a challenge", "blocked")
            response = response.replace(body=self._UNREACHABLE)
        elif response.status >= 500:
            self._unreachable(netloc, f"HTTP {response.status}")
            response = response.replace(body=self._UNREACHABLE)
        elif response.status >= 400:
            response = response.replace(body=b"")  # RFC 9309 §2.3.1.3: no rules; an error page is none either
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        kind = "refused" if isinstance(exc, PrivateAddressRefused) else "unreachable"
        self._unreachable(netloc, plain(exc), kind)
        waiting = self._parsers[netloc]
        rules: RobotParser = self._parserimpl.from_crawler(self.crawler, self._UNREACHABLE)
        self._parsers[netloc] = rules
        if isinstance(waiting, Deferred):
            waiting.callback(rules)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as forbidden:
            kind, why = self._without.get(urlsplit(request.url).netloc, ("robots", "a Disallow rule"))
            if kind != "robots":
                why = f"no robots.txt: {why}"  # which forbids all for now
            raise RobotsDisallowed(request.url, kind, why) from forbidden

    def _unreachable(self, netloc: str, why: str, kind: str = "unreachable") -> None:
        self._without[netloc] = (kind, why)


class PolitenessMiddleware:
    """Sets each host's download slot before its first request, and slows it when robots.txt or the server asks."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.floor = crawler.settings.getfloat("DELAY_FLOOR")
        self.delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self.private = AllowedHosts(crawler.settings.get("ALLOW_PRIVATE_HOSTS") or "")
        crawler.signals.connect(self._robots_parsed, signals.robots_parsed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def delay_for(self, host: str) -> float:
        """Seconds between requests to a host. DELAY_FLOOR goes below PUBLIC_FLOOR only where ALLOW_PRIVATE_HOSTS says."""
        floor = self.floor if self.private.names_host(host) else max(self.floor, PUBLIC_FLOOR)
        return max(floor, self.delay)

    def process_request(self, request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        request.meta.pop("download_slot", None)  # one slot per host, whatever a spider says
        self._slot(host)

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status in (429, 503) and (after := _seconds(response.headers.get(b"Retry-After"))):
            host = urlsplit(request.url).hostname or ""
            self._slow_down(host, min(after, MAX_RETRY_AFTER))
        return response

    def _slot(self, host: str) -> dict[str, Any]:
        settings = self.crawler.engine.downloader.per_slot_settings
        slot: dict[str, Any] = settings.setdefault(host, {"concurrency": 1, "delay": self.delay_for(host), "jitter": 0})
        return slot

    def _slow_down(self, host: str, seconds: float) -> None:
        slot = self._slot(host)
        slot["delay"] = max(slot["delay"], seconds)
        live = self.crawler.engine.downloader.slots.get(host)
        if live is not None:
            live.delay = max(live.delay, seconds)

    def _robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        crawl_delay = robotparser.crawl_delay(self.crawler.settings["ROBOTSTXT_USER_AGENT"])
        if crawl_delay:
            host = urlsplit(request.url).hostname or ""
            self._slow_down(host, float(crawl_delay))


def _seconds(value: bytes | None) -> float | None:
    """Retry-After in seconds: a number, or a date (RFC 9110 §10.2.3). None when it says nothing usable."""
    if not value:
        return None
    text = value.decode("latin-1").strip()
    if text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())
