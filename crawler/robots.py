"""robots.txt as servers really serve it: which rules a host gave, and what holds when it gave none (RFC 9309)."""

from __future__ import annotations

import logging
import re
import zlib
from urllib.parse import quote, urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.internet.defer import Deferred

from crawler.gate import gate
from crawler.pagekind import challenge
from crawler.politeness import Politeness
from crawler.words import kind_of, plain

logger = logging.getLogger(__name__)
MOST = 500 << 10  # bytes that are read (RFC 9309 §2.5); what comes after is not waited for
UNPACKED = 4 << 20  # bytes that a packed file may unpack to
MOST_HOPS = 5  # redirects that are followed (RFC 9309 §2.3.1.2)
FORBIDDEN = b"User-agent: *\nDisallow: /\n"
# Files that hold no rules: an error page or the home page instead of the file.
_PAGE = re.compile(rb"\s*(?:<!doctype|<html|<head|<\?xml|<script|<body)", re.I)
_UTF_16 = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# Crawl-delay as people write it: 10, 1.5, 1,5, 10s, 10 seconds, "10", 500ms, 2 minutes.
_DELAY = re.compile(r"[\"'\s]*(\d+(?:[.,]\d+)?)\s*(ms|m(?:in(?:ute)?s?)?\b|)", re.I)
_DELAY_LINE = re.compile(r"^([ \t]*crawl[- ]delay[ \t]*:?)(.*)$", re.I | re.M)
_UNITS = {"": 1.0, "ms": 0.001}


NOBODY = {
    "refused": "a public host",
    "no_host": "a host on the web",
}  # kinds with which no robots.txt has to do: expected


class RobotsDisallowed(IgnoreRequest):
    """robots.txt forbids the page, or could not be had, which forbids it for now.

    `kind` says which: robots (a rule), unreachable (no usable answer), blocked (a challenge instead of the file), refused
    (a private address: nothing was asked), no_host (DNS knows none).
    """

    expected = "robots.txt to allow it"

    def __init__(self, url: str, kind: str, got: str) -> None:
        self.expected = NOBODY.get(kind, self.expected)
        super().__init__(f"{url}: expected {self.expected}, got {got}")
        self.kind, self.got = kind, got


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's, with RFC 9309 §2.3.1.4: a robots.txt that answers 5xx or not at all means “disallowed for now”."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._without: dict[str, tuple[str, str]] = {}  # host -> kind of problem, what came instead of the file
        self._longest = Politeness(crawler.settings).longest_wait
        crawler.signals.connect(self._robots_parsed, signals.robots_parsed)
        crawler.signals.connect(self._received, signals.bytes_received)

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        if is_robots(request):
            if request.meta.get("dont_obey_robotstxt"):
                request.meta.setdefault("redirect_ttl", MOST_HOPS)
                request.meta["download_maxsize"] = 0  # its end is not waited for, see _received
                request.meta.setdefault("facts", {"role": "robots"})
        else:
            request.meta.pop("dont_obey_robotstxt", None)  # only robots.txt itself is asked without asking robots.txt
        await super().process_request(request)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as forbidden:
            kind, why = self._without.get(urlsplit(request.url).netloc, ("robots", "a Disallow rule"))
            if kind not in ("robots", *NOBODY):
                why = f"no robots.txt: {why}"  # which forbids all for now
            raise RobotsDisallowed(request.url, kind, why) from forbidden

    def _received(self, data: bytes, request: Request) -> None:
        """Enough of a file that is too long: what came is read as the whole of it."""
        if "dont_obey_robotstxt" in request.meta:
            request.meta["download_maxsize"] = UNPACKED
            request.meta["robots_bytes"] = request.meta.get("robots_bytes", 0) + len(data)
            if request.meta["robots_bytes"] > MOST:
                raise StopDownload(fail=False)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if challenge(response.status, b"", response.body):
            self._without[netloc] = ("blocked", f"HTTP {response.status}, a challenge")
            response = response.replace(body=FORBIDDEN)
        elif response.status >= 500 or response.status == 429:
            self._without[netloc] = ("unreachable", f"HTTP {response.status}")
            response = response.replace(body=FORBIDDEN)
        elif not 200 <= response.status < 300:
            response = response.replace(body=b"")  # RFC 9309 §2.3.1.3: no rules; an error page is none either
        else:
            response = response.replace(body=rules(response.body))
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        if isinstance(exc, IgnoreRequest) and "max redirections" in str(exc):
            body = b""  # RFC 9309 §2.3.1.2: more than five redirects, as if there were none
        else:
            kind = kind_of(exc)
            got = getattr(exc, "got", plain(exc))
            self._without[netloc] = (kind, got) if kind in NOBODY else ("unreachable", got)
            body = FORBIDDEN
        waiting = self._parsers[netloc]
        made: RobotParser = self._parserimpl.from_crawler(self.crawler, body)
        self._parsers[netloc] = made
        if isinstance(waiting, Deferred):
            waiting.callback(made)

    def _robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        crawl_delay = robotparser.crawl_delay(self.crawler.settings["ROBOTSTXT_USER_AGENT"])
        if not crawl_delay:
            return
        host = urlsplit(request.url).hostname or ""
        if crawl_delay > self._longest:
            logger.warning("%s: Crawl-delay of %g s, keeping %g s", host, crawl_delay, self._longest)
        gate().at_least(host, min(float(crawl_delay), self._longest))


def is_robots(request: Request) -> bool:
    """Whether a request is for a host's robots.txt, also where redirects have led on from there."""
    first: str = request.meta.get("redirect_urls", [request.url])[0]
    return urlsplit(first).path == "/robots.txt"


def rules(body: bytes) -> bytes:
    """The file as the parser takes it: UTF-8, lines that end in \\n, at most MOST bytes. Nothing of a page.

    Unzips what was zipped without saying so; takes UTF-16 with and without a mark; keeps octets of another charset as
    they are, percent-encoded, beside what they say (RFC 9309 §2.2.2 compares octets, and links come in both).
    """
    if body.startswith(b"\x1f\x8b"):
        body = _unzipped(body)
    text = _text(body[: MOST + 1])
    if len(body) > MOST:
        text = text[: max(text.rfind("\n"), text.rfind("\r"), 0)]  # half a rule would say something else
    if _PAGE.match(text.encode()):
        return b""
    text = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    return _DELAY_LINE.sub(_seconds, text).encode()


def _unzipped(body: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(body, MOST + 1)
    except zlib.error:
        return b""


def _text(body: bytes) -> str:
    for mark, charset in _UTF_16:
        if body.startswith(mark) or (len(body) > 3 and body[0 if charset.endswith("be") else 1 :: 2][:8].count(0) > 2):
            return body.removeprefix(mark).decode(charset, "ignore")
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        return body.decode()
    except UnicodeDecodeError:
        return "\n".join(_both(line) for line in re.split(rb"\r\n|\r|\n", body))


def _both(line: bytes) -> str:
    """A line in another charset twice: by its octets, and by the characters they stand for in GB 18030."""
    octets = quote(line, safe=bytes(range(0x21, 0x7F)).decode() + " \t")
    said = line.decode("gb18030", "ignore")
    is_rule = re.match(r"\s*(?:dis)?allow", said, re.I)
    return f"{octets}\n{said}" if is_rule and octets != said else octets


def _seconds(line: re.Match[str]) -> str:
    """A Crawl-delay line with its value in plain seconds; left out when it says nothing usable."""
    value = _DELAY.match(line.group(2))
    if value is None:
        return ""
    number = float(value.group(1).replace(",", "."))
    return f"Crawl-delay: {number * _UNITS.get(value.group(2).lower(), 60.0):g}"
