"""The archive in the network's place: a download handler that answers with what an archive has, and asks nobody.

`nianbao check` runs a spider over it. What a page says is what its newest capture says; a request that the archive has
no answer for fails with the kind `not_archived`.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from archive.captures import DOM
from archive.catalogue import Catalogue, Row
from archive.exchange import Exchange
from archive.http import entity, parse_response, split_head
from archive.reader import records
from archive.retrieve import Retriever
from crawler.keeping import Keeper
from crawler.robots import is_robots

HTML = "text/html; charset=utf-8"
NEWEST = (  # a 304 says only that an earlier one still holds
    "SELECT * FROM capture WHERE url = ? AND method = ? AND (status IS NULL OR status <> 304) "
    "AND (? = 'POST' OR record_type <> 'resource') ORDER BY requested_at DESC"
)
DRAWN = "SELECT * FROM capture WHERE url = ? AND record_type = 'resource' ORDER BY requested_at DESC"
UNHEARD = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"  # a robots.txt that no run asked for: no rules known


class NotArchivedError(IgnoreRequest):
    """No run has asked for this address."""

    expected, got, kind = "a copy in the archive", "none", "not_archived"

    def __init__(self, url: str) -> None:
        super().__init__(f"{url}: expected {self.expected}, got {self.got}")


class NoReplyError(IgnoreRequest):
    """The newest capture is of a request that brought no reply; so it is again."""

    expected, kind = "a reply", "unreachable"

    def __init__(self, url: str, got: str) -> None:
        super().__init__(f"{url}: expected {self.expected}, got {got}")
        self.got = got


class StandIn:
    """What an archive answers. Opened read-only; `folder` is a data folder."""

    def __init__(self, folder: Path) -> None:
        self.catalogue = Catalogue(folder / "catalogue.db", read_only=True)
        self.retriever = Retriever(folder / "warc", self.catalogue)

    def close(self) -> None:
        self.catalogue.close()

    def reply(self, url: str, method: str, body: bytes, drawn: bool) -> bytes:
        """The message that answers a request. Raises NotArchivedError, NoReplyError, ArchiveError, DamagedRecordError."""
        if drawn and (capture := self.catalogue.row(DRAWN, DOM + url)):
            page, _ = self.retriever.page(capture)
            return f"HTTP/1.1 200 OK\r\nContent-Type: {HTML}\r\nContent-Length: {len(page)}\r\n\r\n".encode() + page
        capture = self._newest(url, method, body)
        if capture is None:
            raise NotArchivedError(url)
        if capture["status"] is None:
            raise NoReplyError(url, capture["error"] or "nothing")
        return self.retriever.response(capture)

    def _newest(self, url: str, method: str, body: bytes) -> Row | None:
        found = self.catalogue.rows(NEWEST, url, method, method)
        return next((row for row in found if method != "POST" or self._sent(row) == body), None)

    def _sent(self, capture: Row) -> bytes | None:
        """The body of the request that a capture answers."""
        for record in islice(records(self.retriever.file(capture["warc_file"]), capture["offset"]), 3):
            if record.type == "request":
                return split_head(record.block)[1]
        return None


class StandInDownloadHandler(BaseDownloadHandler):
    """Answers every request from the data folder STANDS_IN, and keeps what it answers in the run's own folder."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._stand_in = StandIn(Path(crawler.settings["STANDS_IN"]))
        self._keeper = crawler.get_extension(Keeper)

    async def download_request(self, request: Request) -> Response:
        drawn = bool(request.meta.get("browser"))
        try:
            message = self._stand_in.reply(request.url, request.method, request.body, drawn)
        except NotArchivedError:
            if not is_robots(request):
                raise
            message = UNHEARD
        if self._keeper is not None:
            exchange = Exchange(request.url, request.method, complete=True)
            exchange.request += f"{request.method} {request.url} HTTP/1.1\r\n\r\n".encode() + request.body
            exchange.response += message
            self._keeper.keep(exchange, request)
        parsed = parse_response(message)
        body = entity(parsed)  # its content coding is undone by Scrapy, as on a live run
        headers = Headers()
        for name, value in parsed.headers:
            if name.lower() != "transfer-encoding":
                headers.appendlist(name.encode("latin-1"), value.encode("latin-1"))
        kind = responsetypes.from_args(headers=headers, url=request.url, body=body)
        return kind(request.url, status=parsed.status, headers=headers, body=body, request=request)

    async def close(self) -> None:
        self._stand_in.close()
