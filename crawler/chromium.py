"""The system's Chromium, started without a network, and one page after the other drawn in it.

Browser, context and page are scrapy-playwright's. Importing it takes a quarter of a second, so this module is imported
with the first page that needs a browser, and by a crawl without such a page never.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.provider import PlaywrightBrowserProvider

from crawler.visit import MOST_TOLD, TIME_OVER, Ask, Kept, Visit
from crawler.words import plain

WIDTH, HEIGHT = 1280, 900  # of the window, in pixels
HIGHEST = 12_000  # pixels of a picture; what is longer is cut
CLOSES_IN = 10.0  # seconds for what should take a moment
PICTURE_IN = 8.0  # seconds for the picture of a page
JUMPS = 3  # times that a page may lead on while it is being read
# Interception alone leaks: second windows, preconnects and STUN pass it by, and redirects of what it answers. So no name
# is resolved, and everything goes to a proxy that is not there; tests/crawler/test_browser.py counts the connections.
ARGUMENTS = [
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=socks5://127.0.0.1:9",  # the discard port
    "--proxy-bypass-list=<-loopback>",  # loopback too
    "--force-webrtc-ip-handling-policy",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
]


class BrowserFailedError(Exception):
    """The browser broke down, did not answer, or the page led nowhere; `kind` says what kind of problem that is."""

    def __init__(self, got: str, kind: str = "browser") -> None:
        super().__init__(got)
        self.got, self.kind = got, kind


@dataclass(frozen=True)
class Drawn:
    """A page after its scripts: address, DOM as UTF-8, its picture (PNG) if one was wanted, and what is to be said of it."""

    url: str
    dom: bytes
    picture: bytes | None
    facts: dict[str, Any]
    missed: dict[str, str]  # what it asked for and did not get: address -> why
    complete: bool  # False: its time was over before it was ready


class Chromium:
    """One browser for one crawler. Starts with the first page; after a failure the next page starts it anew."""

    def __init__(self, crawler: Crawler, executable: str, ask: Ask) -> None:
        settings = crawler.settings
        self.crawler, self.executable, self.ask = crawler, executable, ask
        self.user_agent = str(settings["USER_AGENT"])
        self.quiet = settings.getfloat("BROWSER_QUIET")
        self.time = settings.getfloat("BROWSER_TIMEOUT")
        self.most_requests = settings.getint("BROWSER_MOST_REQUESTS")
        self._kept = Kept(settings.getint("BROWSER_KEEPS"))
        self._handler: ScrapyPlaywrightDownloadHandler | None = None
        self._pages = 0

    async def draw(self, document: Response, wants_picture: Callable[[str, bytes], bool]) -> Drawn:
        """Load a page whose own reply is `document` (codings undone). `wants_picture` is asked with address and DOM.

        Raises BrowserFailedError, and what the downloader raised where that ends the page: stopped by hand, a full disk.
        """
        visit = Visit(document, self.ask, self._kept, self.most_requests)
        try:
            # Longer than the page has by itself: one that keeps its scripts busy answers nothing at all.
            async with asyncio.timeout(self.time + CLOSES_IN):
                return await self._draw(visit, wants_picture)
        except TimeoutError as error:
            raise BrowserFailedError(f"no answer from the browser in {self.time + CLOSES_IN:g} s") from error
        except (PlaywrightError, OSError) as error:
            raise BrowserFailedError(plain(error).splitlines()[0]) from error
        finally:
            if not visit.over:  # it did not end as it should: neither page nor browser is to be trusted
                visit.over = True
                await self.close()

    async def _settled(self, visit: Visit, page: Page, end: float) -> tuple[str, str]:
        """What was waited for, and the page as it is then. One whose script leads on at that instant is waited for again."""
        for _ in range(JUMPS):
            waited = await visit.settle(page, self.quiet, end)
            try:
                return waited, await page.content()
            except PlaywrightError as error:
                if "navigating" not in str(error):
                    raise
        raise BrowserFailedError(f"a page that comes to rest (its script led on {JUMPS} times)")

    async def _draw(self, visit: Visit, wants_picture: Callable[[str, bytes], bool]) -> Drawn:
        loop = asyncio.get_running_loop()
        started, at = loop.time(), datetime.now(UTC)
        handler = await self._started()
        asked = Request(visit.document.url, meta=self._meta(visit))
        await handler.download_request(asked)
        page: Page = asked.meta["playwright_page"]
        waited, html = await self._settled(visit, page, started + self.time)
        url = page.url.partition("#")[0]
        if not url.startswith(("http://", "https://")):
            where, why = list(visit.missed.items())[-1] if visit.missed else (url, "which was not had")
            raise BrowserFailedError(f"a script that leads to {where} ({why})")
        dom = html.encode("utf-8", "replace")
        facts = {
            "reported-by": "a browser, after running the page's scripts; what they asked for was asked by our downloader",
            "browser": f"Chromium {handler.browser.version}",
            "driven-by": ", ".join(f"{each} {version(each)}" for each in ("playwright", "scrapy-playwright")),
            "user-agent": self.user_agent,
            "viewport": f"{WIDTH}x{HEIGHT}",
            "of": visit.document.url,
            "charset-of-page": visit.charset,
            "rendered-at": at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "waited-for": waited,
            "seconds": round(loop.time() - started, 2),
            "asked": visit.asked,
            "reused": visit.reused,
            "captures": visit.captures,
            "missed": [{"url": url, "why": why} for url, why in visit.missed.items()][:MOST_TOLD],
            "missed-in-all": len(visit.missed),
            "console": visit.console[:MOST_TOLD],
        }
        picture = None
        if wants_picture(url, dom):
            picture, facts["picture"] = await self._picture(page)
        visit.over = True
        await asyncio.wait_for(page.context.close(), CLOSES_IN)
        return Drawn(url, dom, picture, facts, visit.missed, waited != TIME_OVER)

    async def _picture(self, page: Page) -> tuple[bytes | None, str]:
        """The whole page, HIGHEST pixels of it at most, and its size in words; None and why where there is none."""
        height = int(await page.evaluate("Math.max(document.documentElement.scrollHeight, innerHeight)"))
        shown = min(height, HIGHEST)
        clip: Any = {"x": 0, "y": 0, "width": WIDTH, "height": shown}
        try:
            picture = await page.screenshot(full_page=True, clip=clip, timeout=PICTURE_IN * 1000)
        except PlaywrightError as error:  # a picture is no text: the page is read without
            return None, f"none: {plain(error).splitlines()[0]}"
        return picture, f"{WIDTH}x{shown}" + (f", cut from a height of {height}" if shown < height else "")

    def _meta(self, visit: Visit) -> dict[str, Any]:
        """What scrapy-playwright is told: a context for each page, so that nothing is carried from page to page."""
        self._pages += 1
        return {
            "playwright": True,
            "playwright_include_page": True,
            "playwright_context": f"page {self._pages}",
            "playwright_context_kwargs": {
                "user_agent": self.user_agent,  # nobody is to think that a person is looking
                "viewport": {"width": WIDTH, "height": HEIGHT},
                "locale": "zh-CN",
                "service_workers": "block",  # they would ask past the interception
                "accept_downloads": False,
            },
            "playwright_page_init_callback": visit.attach,
            "playwright_page_goto_kwargs": {"wait_until": "commit", "timeout": self.time * 1000},
        }

    async def _started(self) -> ScrapyPlaywrightDownloadHandler:
        """scrapy-playwright's handler with a running browser."""
        if self._handler is not None:
            return self._handler
        handler = ScrapyPlaywrightDownloadHandler(self.crawler)
        options = {
            "executable_path": self.executable,
            "args": ARGUMENTS,
            "chromium_sandbox": os.geteuid() != 0,  # for root Chromium has none
        }
        # Whatever the settings say: a browser elsewhere would have a network.
        handler.config = replace(handler.config, launch_options=options, cdp_url=None, connect_url=None)
        handler.browser_provider = PlaywrightBrowserProvider(handler.config)
        self._handler = handler
        try:
            await handler.browser_provider.start()
            handler.browser = await handler.browser_provider.launch_browser()
        except (PlaywrightError, OSError) as error:
            raise BrowserFailedError(
                f"{self.executable}, which does not start: {plain(error).splitlines()[0]}", "no_browser"
            ) from error
        return handler

    async def close(self) -> None:
        """End the browser, whatever state it is in."""
        handler, self._handler = self._handler, None
        if handler is not None:
            with suppress(Exception):  # it ends either way: with the pipe that leads to it
                await asyncio.wait_for(handler.close(), CLOSES_IN)
