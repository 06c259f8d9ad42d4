"""What the pages of a walk show of platforms, robots.txt and charsets: the evidence that `probe` decides from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from scrapy import Request
from scrapy.http import Response

from crawler.discovery import source_text
from crawler.fingerprint import marks
from crawler.robots import is_robots
from crawler.spider import PortalSpider
from parsing.charset import decode

ROLES = {"list": 3, "entry": 3, "home": 2, "hub": 1}  # what a page counts: lists and articles are what is to be read
LONGEST_MARK = 90  # characters of a mark's text that are shown


@dataclass(frozen=True)
class Trace:
    """A platform's mark on a page: the text that matched, and what it weighs (3 decides by itself)."""

    platform: str
    text: str
    weight: int
    where: str
    role: str
    url: str


@dataclass
class Traces:
    """Collects from every page that comes; connect `see` to response_received."""

    platforms: Sequence[type[PortalSpider]]
    found: list[Trace] = field(default_factory=list)
    sure: dict[str, Counter[str]] = field(default_factory=dict)  # platform -> role of page -> pages that are surely its
    pages: Counter[str] = field(default_factory=Counter)  # by role
    charsets: Counter[str] = field(default_factory=Counter)
    declared: Counter[str] = field(default_factory=Counter)
    parameters: dict[str, dict[str, str]] = field(default_factory=dict)
    robots: str = "not asked"
    home: Response | None = None
    samples: list[Response] = field(default_factory=list)

    def see(self, response: Response, request: Request, **_: object) -> None:
        """Take a page that came; files, requisites and errors are passed over."""
        if is_robots(request):
            self.robots = robots_in_words(response)
            return
        role = request.meta.get("facts", {}).get("role")
        if role not in ROLES or response.status != 200:
            return
        self.pages[role] += 1
        decoded = decode(response.body, (response.headers.get(b"Content-Type") or b"").decode("latin-1"))
        self.charsets[decoded.charset] += 1
        self.declared.update({each.value for each in decoded.witnesses if not each.chosen})
        if role == "home":
            self.home = response
        elif role == "entry":
            self.samples.append(response)
        for platform in self.platforms:
            self._look_for(platform, response, role)

    def _look_for(self, platform: type[PortalSpider], response: Response, role: str) -> None:
        seen = list(marks(platform.fingerprints, response))
        name = platform.platform
        known = {(trace.platform, trace.text, trace.role) for trace in self.found}
        for mark in seen:
            text = " ".join(mark.text.split())[:LONGEST_MARK]
            if (name, text, role) not in known:
                fingerprint = mark.fingerprint
                self.found.append(Trace(name, text, fingerprint.weight, fingerprint.where, role, response.url))
        parameters = platform.matches(response)
        if parameters is not None:
            self.sure.setdefault(name, Counter())[role] += 1
            self.parameters.setdefault(name, {}).update(parameters)

    @property
    def ranking(self) -> list[tuple[str, int]]:
        """Platforms that are sure on some page, and what those pages count together; most first."""
        points = {name: sum(ROLES[role] * count for role, count in pages.items()) for name, pages in self.sure.items()}
        return sorted(points.items(), key=lambda item: (-item[1], item[0]))

    @property
    def hints(self) -> list[str]:
        """Platforms that left marks, none of them enough."""
        weak = {trace.platform for trace in self.found} - set(self.sure)
        return sorted(weak)


def robots_in_words(response: Response) -> str:
    """What robots.txt is, as a person would say it."""
    if response.status >= 500:
        return f"HTTP {response.status}: nothing may be asked for now"
    if response.status >= 400:
        return f"none (HTTP {response.status}): nothing is forbidden"
    lines = [line.split("#")[0].strip() for line in source_text(response).splitlines()]
    rules = [line for line in lines if line.lower().startswith("disallow:") and line.partition(":")[2].strip()]
    return f"{len(rules)} Disallow rules" if rules else "forbids nothing"
