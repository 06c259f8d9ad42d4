"""Pages that scripts draw: fetched as any page is, then loaded in the system's Chromium, which never touches the network.

A request with `meta["browser"]` is downloaded like any other: robots.txt, the gate, the guard against private
addresses, the bytes on the wire into the archive. Then Chromium is given that reply, and whatever the page asks for is
asked by the same downloader (crawler/visit.py). So the archive has of the sub-resources what the servers sent; only
the DOM and the picture are a browser's word, and are labelled so: resource records `urn:dom:URL` and `urn:view:URL`.

Two other ways were tried (docs/archive.md has the figures). What a browser tells over its debugging protocol has decoded
bodies and no requests, and it would keep to no delay and no robots.txt. A recording proxy has the bytes, but needs a
certificate authority, and politeness, guard and capture a second time; the browser's own errands go through it too.
"""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response
from scrapy.settings import BaseSettings

from archive.captures import DOM, VIEW
from archive.catalogue import Row
from archive.warc import digest_of
from crawler.gate import StoppedError, gate
from crawler.keeping import Keeper
from crawler.ledger import Ledger
from crawler.pagekind import challenge

if TYPE_CHECKING:
    from crawler.chromium import Chromium, Drawn

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HTML = "text/html; charset=utf-8"


class BrowserError(IgnoreRequest):
    """The page could not be drawn. `kind` is no_browser or browser."""

    expected = "the page as a browser draws it"

    def __init__(self, url: str, kind: str, got: str) -> None:
        super().__init__(f"{url}: expected {self.expected}, got {got}")
        self.kind, self.got = kind, got


def executable(settings: BaseSettings) -> str | None:
    """Path of the Chromium to use: BROWSER_EXECUTABLE, else the first of NAMES on the PATH. None when there is none."""
    named = settings.get("BROWSER_EXECUTABLE")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


def missing(settings: BaseSettings) -> str | None:
    """What is wrong with the Chromium that is named, in words; None where it is there, or none is named."""
    named = settings.get("BROWSER_EXECUTABLE")
    if not named or executable(settings):
        return None
    return (
        f"NIANBAO_CHROMIUM (BROWSER_EXECUTABLE): expected a program, found none at {named}. Correct it, or unset it: then "
        "the first Chromium on the PATH is taken."
    )


class BrowserMiddleware:
    """Replaces the reply of a request that is marked `browser` by the page as a browser draws it.

    A downloader middleware, because by then the page's own turn at its host is over, so that its sub-resources can have
    theirs. One page at a time; the browser starts with the first one.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.executable = executable(crawler.settings)
        self._chromium: Chromium | None = None
        self._turn = asyncio.Lock()
        crawler.signals.connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Before anything is asked: is there a browser? And no conditions: an unchanged shell says nothing of its text."""
        if not request.meta.get("browser"):
            return
        if self.executable is None:
            named = self.crawler.settings.get("BROWSER_EXECUTABLE")
            got = f"no program {named}" if named else f"none of {', '.join(NAMES)} on the PATH"
            raise BrowserError(request.url, "no_browser", got)
        for name in ("If-None-Match", "If-Modified-Since"):
            request.headers.pop(name, None)

    async def process_response(self, request: Request, response: Response) -> Response:
        """The page after its scripts. What is no page of the portal passes as it came: files, errors, challenges."""
        is_page = response.status == 200 and isinstance(response, HtmlResponse) and response.body
        head = bytes(response.headers.to_string() or b"")
        if not request.meta.get("browser") or not is_page or challenge(response.status, head, response.body):
            return response
        async with self._turn:
            if gate().stopped:
                raise StoppedError(f"{request.url}: stopped before its turn in the browser")
            drawn = await self._draw(request, response)
        self._tell(drawn)
        self._keep(request, drawn)
        # Nothing but what the archived record says as well: validators are the shell's.
        return HtmlResponse(
            drawn.url, headers={"Content-Type": HTML}, body=drawn.dom, encoding="utf-8", request=request
        )

    async def _draw(self, request: Request, response: Response) -> Drawn:
        from crawler.chromium import BrowserFailedError, Chromium

        if self._chromium is None:
            engine = self.crawler.engine
            assert engine is not None  # it is what called us
            assert self.executable is not None  # process_request saw to it
            self._chromium = Chromium(self.crawler, self.executable, engine.download_async)
        try:
            return await self._chromium.draw(response.replace(request=request), self._is_new)
        except BrowserFailedError as error:
            if gate().stopped:  # Ctrl-C in a terminal reaches the browser too
                raise StoppedError(f"{request.url}: stopped while the browser had it") from error
            raise BrowserError(request.url, error.kind, error.got) from error

    def _is_new(self, url: str, dom: bytes) -> bool:
        """Whether the DOM is another than the one kept last: a picture of the same is in the archive already."""
        keeper = self.crawler.get_extension(Keeper)
        if keeper is None:
            return False
        sql = "SELECT payload_digest FROM capture WHERE url = ? ORDER BY requested_at DESC LIMIT 1"
        last = keeper.archive.catalogue.row(sql, DOM + url)
        return last is None or last["payload_digest"] != digest_of(dom)

    def _keep(self, request: Request, drawn: Drawn) -> None:
        """DOM and picture as resource records; the DOM's capture is from now on what was read."""
        keeper = self.crawler.get_extension(Keeper)
        if keeper is None:
            return
        wire: Row = request.meta["capture"]
        facts = request.meta.get("facts", {}) | drawn.facts | {"page": wire["id"]}
        capture = keeper.keep_resource(DOM + drawn.url, HTML, drawn.dom, facts | {"role": "dom"}, wire["id"])
        if drawn.picture is not None:
            about = facts | {"role": "view"}
            keeper.keep_resource(VIEW + drawn.url, "image/png", drawn.picture, about, wire["id"])
        request.meta["capture"] = capture

    def _tell(self, drawn: Drawn) -> None:
        """Problems that a page came with although it came."""
        ledger = self.crawler.get_extension(Ledger)
        if ledger is None or not ledger.is_portal:
            return
        if not drawn.complete:
            ledger.problem("browser", drawn.url, "a page that comes to rest", drawn.facts["waited-for"])
        if drawn.missed:
            first, why = next(iter(drawn.missed.items()))
            got = f"{len(drawn.missed)} not had, the first {first} ({why})"
            ledger.problem("subresource", drawn.url, "all that the page asks for", got)

    async def _closed(self, spider: Spider) -> None:
        if self._chromium is not None:
            await self._chromium.close()
