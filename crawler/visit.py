"""One page in the browser: whatever it asks for is asked by our downloader, and what it became is looked at.

The browser itself reaches no network (crawler/chromium.py starts it so), and each of its requests is intercepted. The
reply that it is given is the one whose bytes the archive has: content codings undone, cookies and connection headers
left out, everything else as it came.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag, urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Route
from playwright.async_api import Request as Asked
from scrapy import Request
from scrapy.http import Response

from archive.retrieve import ArchiveError
from crawler.gate import StoppedError
from crawler.pagekind import challenge
from crawler.words import plain
from parsing.charset import decode

logger = logging.getLogger(__name__)
POLL = 0.05  # seconds between two looks at whether the page has gone quiet
TIME_OVER = "its time was over"
IDLE = "new Promise(done => requestIdleCallback(() => done(), {timeout: 1000}))"
MOST_TOLD = 50  # addresses, console lines: more of them tell nothing new
# Kinds of requests that no report needs: sound and film; streams that never end; words to the statistics of others.
REFUSED = {
    "media": "sound or film",
    "eventsource": "a stream without an end",
    "ping": "a beacon",
    "cspreport": "a beacon",
}
LASTING = ("script", "stylesheet", "image", "font")  # asked once in a run, since every page of a portal has the same
# Request headers that are ours to say, or the connection's. Sec-* would say that a browser is on the line; we are.
OURS = {"user-agent", "accept-encoding", "accept-language", "cookie", "host", "connection", "content-length"}
OURS |= {"upgrade-insecure-requests", "purpose", "dnt", "pragma", "cache-control"}
# Response headers that speak of the bytes on the wire, of the connection, or of a next visit.
NOT_FOR_THE_PAGE = {"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive", "set-cookie"}
NOT_FOR_THE_PAGE |= {"strict-transport-security", "alt-svc", "trailer", "upgrade"}

Ask = Callable[[Request], Awaitable[Response]]


@dataclass
class Kept:
    """Replies that further pages of the run are given again, `room` bytes of them at most."""

    room: int
    replies: dict[str, Response] = field(default_factory=dict)

    def keep(self, url: str, response: Response) -> None:
        if len(response.body) <= self.room and b"no-store" not in (response.headers.get(b"Cache-Control") or b""):
            self.room -= len(response.body)
            self.replies[url] = response


@dataclass
class Visit:
    """A page on its way through the browser. `document` is its reply as the downloader gave it, codings undone."""

    document: Response
    ask: Ask
    kept: Kept
    most_requests: int
    charset: str = ""  # of the page, as it was told to the browser
    asked: int = 0
    reused: int = 0
    captures: list[str] = field(default_factory=list)  # ids of the replies that the page was given
    missed: dict[str, str] = field(default_factory=dict)  # address -> why the page was not given what it asked for
    console: list[str] = field(default_factory=list)
    failure: Exception | None = None  # what ends the page or the run: stopped by hand, a full disk
    over: bool = False
    _under_way: int = 0
    _last: float = 0.0
    _served: bool = False
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def attach(self, page: Page, _: Request) -> None:
        """Stand between a new page and the network. Routes that are added last are asked first."""
        await page.route("**/*", self._answer)
        page.on("websocket", lambda socket: self._miss(socket.url, "a web socket"))
        page.on("popup", self._close_popup)
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.console.append(f"error: {error}"))

    async def _close_popup(self, popup: Page) -> None:
        self._miss(popup.url, "a second window")
        with suppress(PlaywrightError):
            await popup.close()

    def _listen(self, message: Any) -> None:
        if message.type in ("error", "warning") and len(self.console) < MOST_TOLD:
            self.console.append(f"{message.type}: {message.text}")

    def _miss(self, url: str, why: str) -> None:
        self.missed.setdefault(url, why)

    # What the page asks

    async def _answer(self, route: Route, asked: Asked) -> None:
        """Answer one request of the page, with a reply or with a failure."""
        self._under_way += 1
        try:
            reply = await self._reply(asked)
            if reply is None:
                await route.abort("blockedbyclient")
            else:
                await route.fulfill(status=reply.status, headers=self._headers(reply, asked), body=reply.body)
        except PlaywrightError as error:
            if not self.over:  # else the page was closed meanwhile
                logger.debug("%s: %s", asked.url, error)
        finally:
            self._under_way -= 1
            self._last = asyncio.get_running_loop().time()

    async def _reply(self, asked: Asked) -> Response | None:
        """The reply to hand to the page, None when it gets none; then `missed` says why."""
        url = urldefrag(asked.url).url
        of_page = asked.is_navigation_request() and asked.frame.parent_frame is None
        if of_page and not self._served:
            self._served = True
            return self.document
        if why := self._refusal(asked, url):
            self._miss(url, why)
            return None
        if asked.method == "GET" and asked.resource_type in LASTING and (reply := self.kept.replies.get(url)):
            self.reused += 1
            self._note(reply)
            return reply
        try:
            async with self._turns.setdefault(urlsplit(url).netloc, asyncio.Lock()):
                if self.over or self.failure:
                    return None
                self.asked += 1
                reply = await self.ask(self._request(asked, url, of_page))
        except (StoppedError, ArchiveError) as error:
            self.failure = error
            return None
        except Exception as error:  # noqa: BLE001  whatever it was, the page does without
            self._miss(url, f"{getattr(error, 'kind', 'unreachable')}: {getattr(error, 'got', None) or plain(error)}")
            return None
        self._note(reply)
        if challenge(reply.status, bytes(reply.headers.to_string() or b""), reply.body):
            self._miss(url, f"blocked: HTTP {reply.status}, a challenge, whose script is not run")
            return None
        if asked.method == "GET" and asked.resource_type in LASTING and reply.status == 200:
            self.kept.keep(url, reply)
        return reply

    def _refusal(self, asked: Asked, url: str) -> str:
        """Why a request is not made at all, "" when it is."""
        if not url.startswith(("http://", "https://")):
            return "not on the web"
        if self.asked >= self.most_requests:
            return f"more than {self.most_requests} requests of one page"
        return REFUSED.get(asked.resource_type, "")

    def _request(self, asked: Asked, url: str, of_page: bool) -> Request:
        headers = {k: v for k, v in asked.headers.items() if k.lower() not in OURS and not k.lower().startswith("sec-")}
        facts = {"role": "subresource", "of": self.document.url}
        return Request(
            url,
            method=asked.method,
            headers=headers,
            body=asked.post_data_buffer or b"",
            # What a page is made of may lie anywhere; where a script leads the whole page must be the portal's.
            meta={"facts": facts} | ({} if of_page else {"allow_offsite": True}),
        )

    def _note(self, reply: Response) -> None:
        capture = reply.meta.get("capture") if reply.request else None
        if capture and capture["id"] not in self.captures:
            self.captures.append(capture["id"])

    def _headers(self, reply: Response, asked: Asked) -> dict[str, str]:
        given = {}
        for name, values in reply.headers.items():
            key = name.decode("latin-1").lower()
            if key not in NOT_FOR_THE_PAGE:
                given[key] = b", ".join(values).decode("latin-1")
        declared = given.get("content-type", "")
        if asked.is_navigation_request() and declared.startswith("text/html"):
            # Read from the bytes: a header that is wrong would garble what the scripts then write into the page.
            charset = decode(reply.body, declared).charset
            given["content-type"] = f"text/html; charset={charset}"
            if asked.frame.parent_frame is None:
                self.charset = charset
        return given

    # What it became

    async def settle(self, page: Page, quiet: float, until: float) -> str:
        """Wait until the page has loaded and asked nothing for `quiet` seconds, at the latest until the loop's clock
        says `until`. Returns in words what ended the waiting."""
        loop = asyncio.get_running_loop()
        with suppress(PlaywrightError):  # its time is over
            await page.wait_for_load_state("load", timeout=max(0.001, until - loop.time()) * 1000)
        self._last = max(self._last, loop.time())
        while loop.time() < until:
            if self.failure:
                raise self.failure
            if not self._under_way and loop.time() - self._last >= quiet:
                last = self._last
                await page.evaluate(IDLE)  # on a busy machine scripts may be behind their replies
                if not self._under_way and self._last == last:
                    return f"loaded, and nothing asked for {quiet:g} s"
            await asyncio.sleep(POLL)
        return TIME_OVER
