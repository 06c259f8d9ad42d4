"""Limits that keep a walk finite and its memory small: lists that lead to nothing new, and how much of a page is taken."""

from __future__ import annotations

from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.gate import StoppedError

WALKED = ("hub", "list")  # roles of requests that look for entries
PAGES = ("home", "hub", "list", "entry")  # roles of requests that should bring a page
FILES = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".wps", ".et", ".zip", ".rar", ".ofd", ".jpg", ".png", ".tif")


class EndlessError(IgnoreRequest):
    """So many lists in a row brought no new entry that the rest is not looked at: a calendar, or a pager without an end."""

    kind = "endless"

    def __init__(self, url: str, most: int) -> None:
        self.expected, self.got = f"a new entry on one of {most} lists", "none on any of them; no more lists were asked"
        super().__init__(f"{url}: expected {self.expected}, got {self.got}")


class TooBigError(IgnoreRequest):
    """A reply that unpacks to more than is taken. What came over the wire is in the archive."""

    expected, kind = "a page of ordinary size", "too_big"

    def __init__(self, url: str, most: int, length: int) -> None:
        self.got = f"{length} bytes that unpack to more than {most}"
        super().__init__(f"{url}: expected {self.expected}, got {self.got}")


class WalkBudget:
    """Downloader middleware: ends the search for lists where it leads nowhere, and bounds how large a page may be."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._most = crawler.settings.getint("MOST_BARREN_LISTS")
        self._page = crawler.settings.getint("PAGE_MAXSIZE")
        self._entries = self._barren = 0
        self._told = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        role = request.meta.get("facts", {}).get("role")
        if role in PAGES and not urlsplit(request.url).path.lower().endswith(FILES):
            request.meta.setdefault("download_maxsize", self._page)
        if role in WALKED and not request.meta.get("retry_times"):
            self._count(request)

    def _count(self, request: Request) -> None:
        portal: Any = self._crawler.spider
        if (entries := portal.ledger.tally.entries) != self._entries:
            self._entries, self._barren = entries, 0
        self._barren += 1
        if self._barren <= self._most:
            return
        if self._told:
            raise StoppedError(f"{request.url}: no more lists are asked")  # one problem says it for all
        self._told = True
        raise EndlessError(request.url, self._most)


class PortalCompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's, whose refusal of a bomb is a problem with a name."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            most = request.meta.get("download_maxsize", self._max_size)
            raise TooBigError(request.url, most, len(response.body)) from error
