"""How politely a host is asked: a floor on the gap, robots.txt with Crawl-delay, Retry-After.

The gaps are kept by crawler/gate.py in the download handler; here is decided how long they are.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.offsite import OffsiteMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings
from twisted.internet.defer import Deferred

from crawler.addresses import AllowedHosts, PrivateAddressRefused
from crawler.gate import gate
from crawler.pagekind import challenge
from crawler.words import plain

PUBLIC_FLOOR = 2.0  # seconds: no setting of any spider or operator goes below it on a public host
LONGEST_WAIT = 120.0  # seconds of Retry-After that a run waits out; a host that wants more is left for the next run


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
        crawler.signals.connect(self._robots_parsed, signals.robots_parsed)

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        if request.meta.get("dont_obey_robotstxt") and not is_robots(request):
            del request.meta["dont_obey_robotstxt"]  # only robots.txt itself is asked without asking robots.txt
        await super().process_request(request)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as forbidden:
            kind, why = self._without.get(urlsplit(request.url).netloc, ("robots", "a Disallow rule"))
            if kind != "robots":
                why = f"no robots.txt: {why}"  # which forbids all for now
            raise RobotsDisallowed(request.url, kind, why) from forbidden

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if challenge(response.status, b"", response.body):
            self._without[netloc] = ("blocked", f"HTTP {response.status}, a challenge")
            response = response.replace(body=self._UNREACHABLE)
        elif response.status >= 500:
            self._without[netloc] = ("unreachable", f"HTTP {response.status}")
            response = response.replace(body=self._UNREACHABLE)
        elif response.status >= 400:
            response = response.replace(body=b"")  # RFC 9309 §2.3.1.3: no rules; an error page is none either
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        kind = "refused" if isinstance(exc, PrivateAddressRefused) else "unreachable"
        self._without[netloc] = (kind, plain(exc))
        waiting = self._parsers[netloc]
        rules: RobotParser = self._parserimpl.from_crawler(self.crawler, self._UNREACHABLE)
        self._parsers[netloc] = rules
        if isinstance(waiting, Deferred):
            waiting.callback(rules)

    def _robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        crawl_delay = robotparser.crawl_delay(self.crawler.settings["ROBOTSTXT_USER_AGENT"])
        if crawl_delay:
            gate().at_least(urlsplit(request.url).hostname or "", float(crawl_delay))


class OffsiteError(IgnoreRequest):
    """An address outside the portal's domains, linked or redirected to."""

    expected, kind = "an address of the portal", "offsite"

    def __init__(self, url: str) -> None:
        self.got = urlsplit(url).netloc
        super().__init__(f"{url}: expected {self.expected}, got {self.got}")


class PortalOffsiteMiddleware(OffsiteMiddleware):
    """Scrapy's, but robots.txt of any host that is asked anything may be asked, and nothing else slips through."""

    def request_scheduled(self, request: Request, spider: Spider) -> None:
        """Not here: a request that is dropped while it is scheduled reaches no errback, and nobody would know."""

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        allowed = is_robots(request) or request.meta.get("allow_offsite")
        portal = self.crawler.spider
        if not allowed and portal is not None and not self.should_follow(request, portal):
            raise OffsiteError(request.url)


def is_robots(request: Request) -> bool:
    """Whether a request is for a host's robots.txt."""
    return urlsplit(request.url).path == "/robots.txt"


class Politeness:
    """How long the gap of a host is under the settings of a crawler."""

    def __init__(self, settings: BaseSettings) -> None:
        self.floor = settings.getfloat("DELAY_FLOOR")
        self.delay = settings.getfloat("DOWNLOAD_DELAY")
        spec = settings.get("ALLOW_PRIVATE_HOSTS") or ""
        if settings.getpriority("ALLOW_PRIVATE_HOSTS") == SETTINGS_PRIORITIES["spider"]:
            spec = ""  # what may be asked faster, or asked at all, is the operator's to say, not a spider's
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
    if text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())
