"""The bytes on the wire: Scrapy's HTTP/1.1 download handler, with what it sends and receives teed into an Exchange.

Scrapy and Twisted both rewrite what they parse (header case and order, chunks, reason phrases; field-notes/archive.md,
part 4), so the tee sits on the connection's protocol, below TLS and above the parser. It stands on private names of
both; tests/crawler/test_wire.py lists every one that nianbao touches, and says so when one of them moves.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from scrapy.http import Response
from twisted.web._newclient import Request as TxRequest

from archive.exchange import Exchange, Wire
from archive.http import split_head
from crawler import addresses
from crawler.gate import gate
from crawler.keeping import Keeper
from crawler.politeness import LONGEST_WAIT, Politeness, retry_after

INTERIM = re.compile(rb"HTTP/1\.[01] 1(?!01)\d\d")
TAG = b"X-Nianbao-Exchange"  # carries the exchange's number from the request to its connection; never sent


write_request: Any = TxRequest.writeTo


class _Tee:
    """A transport that copies what is written through it."""

    def __init__(self, transport: Any, sent: Wire) -> None:
        self._transport = transport
        self._sent = sent

    def write(self, data: bytes) -> None:
        self._sent += data
        self._transport.write(data)

    def writeSequence(self, sequence: list[bytes]) -> None:  # noqa: N802  Twisted's name
        for data in sequence:
            self.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class WireProtocol(_LenientHTTP11ClientProtocol):
    """One connection. Fills in the exchange of the request that is under way."""

    _exchange: Exchange | None = None

    def request(self, request: TxRequest) -> Any:
        # Twisted retries a request on a fresh connection when a pooled one turns out dead: the tag is gone by then, so
        # the exchange rides on the request object.
        tags = request.headers.getRawHeaders(TAG)
        if tags:
            request.headers.removeHeader(TAG)
            vars(request)["nianbao_exchange"] = IN_FLIGHT.get(tags[0])
        exchange = self._exchange = vars(request).get("nianbao_exchange")
        if exchange is not None and self._state == "QUIESCENT":
            exchange.request.clear()
            exchange.response.clear()
            exchange.started_at = datetime.now(UTC)
            transport: Any = self.transport
            exchange.ip = transport.getPeer().host
            vars(request)["writeTo"] = lambda wire: write_request(request, _Tee(wire, exchange.request))
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        if self._exchange is not None:
            if not self._exchange.protocol:
                self._exchange.protocol, self._exchange.cipher_suite = _security(self.transport)
            self._exchange.response += data
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802  Twisted's name
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            if rest:
                exchange.response.truncate(len(exchange.response) - len(rest))
            exchange.complete = True
        super()._finishResponse(rest)


class _WireFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> WireProtocol:  # noqa: N802  Twisted's name
        return WireProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


IN_FLIGHT: dict[bytes, Exchange] = {}


class WireDownloadHandler(HTTP11DownloadHandler):
    """Downloads as Scrapy does, and hands every exchange to the `Keeper`, whole or cut, answered or not."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _WireFactory
        self._keeper = crawler.get_extension(Keeper)
        self._politeness = Politeness(crawler.settings)

    async def download_request(self, request: Request) -> Response:
        host = urlsplit(request.url).hostname or ""
        if self._keeper:
            self._keeper.lease(host)
        gate().at_least(host, self._politeness.gap(host))
        async with gate().turn(host):
            response = await self._download(request)
        wait = retry_after(response)
        if wait is not None:
            gate().hold(host, min(wait, LONGEST_WAIT))
            if wait > LONGEST_WAIT and self._keeper:
                self._keeper.end("retry_after")
        return response

    async def _download(self, request: Request) -> Response:
        if self._keeper is None:
            return await super().download_request(request)
        exchange = Exchange(request.url, request.method)
        tag = b"%d" % id(exchange)
        tagged = request.copy()
        tagged.headers[TAG] = tag
        IN_FLIGHT[tag] = exchange
        try:
            response: Response = await super().download_request(tagged)
        except Exception as error:
            addresses.raise_if_refused(request.url)
            exchange.error = f"{type(error).__name__}: {error}"
            exchange.truncated = _truncation(exchange, error)
            self._keep(exchange, request)
            raise
        finally:
            del IN_FLIGHT[tag]
        exchange.truncated = None if exchange.complete or not exchange.response else "disconnect"
        self._keep(exchange, request)
        request.meta["download_latency"] = tagged.meta.get("download_latency")
        return response

    def _keep(self, exchange: Exchange, request: Request) -> None:
        exchange.interim = _split_interim(exchange.response)
        if self._keeper is not None:
            self._keeper.keep(exchange, request)


def _split_interim(received: Wire) -> bytes:
    """Take the 1xx heads off that came before the final response (RFC 9110 §15.2), and return them."""
    interim = b""
    while INTERIM.match(start := received.head()):
        head, _ = split_head(start)
        interim += head
        received.drop(len(head))
    return interim


def _truncation(exchange: Exchange, error: Exception) -> str | None:
    """Why a reply is cut (WARC 1.1 §5.15), or None when nothing came to be cut."""
    if not exchange.response or exchange.complete:
        return None
    if isinstance(error, DownloadTimeoutError):
        return "time"
    return "length" if isinstance(error, DownloadCancelledError) else "disconnect"


def _security(transport: Any) -> tuple[list[str], str | None]:
    """WARC-Protocol values and the cipher suite. Known only once data has come: the handshake is over then."""
    handle: Any = transport.getHandle()
    if not hasattr(handle, "get_protocol_version_name"):
        return ["http/1.1"], None  # a plain socket
    version = handle.get_protocol_version_name().lower().replace("tlsv", "tls/")
    return ["http/1.1", version], handle.get_cipher_name()
