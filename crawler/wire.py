"""The bytes on the wire: Scrapy's HTTP/1.1 download handler, with what it sends and receives teed into an Exchange.

Scrapy and Twisted both rewrite what they parse (header case and order, chunks, reason phrases; field-notes/archive.md,
part 4), so the tee sits on the connection's protocol, between TLS and the parser. It stands on private names of
both; tests/crawler/test_wire.py lists every one that nianbao touches, and says so when one of them moves.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError, StopDownload
from scrapy.http import Response
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError
from twisted.web._newclient import Request as TxRequest
from twisted.web.http_headers import InvalidHeaderName

from archive.exchange import Exchange, Wire
from crawler import addresses
from crawler.flight import Flight
from crawler.gate import gate
from crawler.hosts import Hosts
from crawler.keeping import Keeper
from crawler.politeness import Politeness, retry_after
from crawler.tls import TlsPolicy
from crawler.turns import KEPT

TAG = b"X-Nianbao-Exchange"  # carries the flight's number from the request to its connection; never sent
LISTENS_ON = 5.0  # seconds for the rest of a reply that the parser refused: longer would hold the host for nothing
LONGEST_LINE = 1 << 18  # bytes of one header line, as browsers take; Twisted's 16 KiB would lose the page
LONGEST_HEAD = 1 << 20  # bytes of all header lines: no server that means well sends a hundredth of it
READABLE = {b"gzip", b"x-gzip", b"deflate", b"identity"}  # br and zstd: later tools fail on them (field-notes, part 4)

write_request: Any = TxRequest.writeTo
IN_FLIGHT: dict[bytes, Flight] = {}
_numbers = count()


class _Tee:
    """A transport that copies what is written through it."""

    def __init__(self, transport: Any, sent: Wire) -> None:
        self._transport = transport
        self._sent = sent

    def write(self, data: bytes) -> None:
        self._sent += data
        self._transport.write(data)

    def writeSequence(self, sequence: list[bytes]) -> None:  # noqa: N802  Twisted's name
        self.write(b"".join(sequence))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class HandshakeError(Exception):
    """A TLS handshake failed by the modern profile: the same request is worth a second try, by the legacy one."""


class _WireParser(_LenientHTTPClientParser):
    MAX_LENGTH = LONGEST_LINE
    _head = 0  # bytes of header lines so far

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802  Twisted's name
        """Take blanks off before the colon (RFC 9112 §5.1), and pass over a name in GBK, which Twisted will not have."""
        self._head += len(name) + len(value)
        if self._head > LONGEST_HEAD:
            raise ParseError(f"more than {LONGEST_HEAD} bytes of headers", name[:80])  # type: ignore[no-untyped-call]
        with suppress(InvalidHeaderName):
            super().headerReceived(name.rstrip(), value)  # type: ignore[no-untyped-call]

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802  Twisted's name
        """Refuse it, where Twisted drops the connection and takes that for the server's doing."""
        raise ParseError(f"a header line of more than {LONGEST_LINE} bytes", line[:80])  # type: ignore[no-untyped-call]


class WireProtocol(_LenientHTTP11ClientProtocol):
    """One connection. Fills in the exchange of the request that is under way."""

    _flight: Flight | None = None
    _refusal: Failure | None = None  # why the parser gave up, while the rest is still listened to
    _timer: Any = None

    def request(self, request: TxRequest) -> Any:
        # Twisted retries a request on a fresh connection when a pooled one turns out dead: the tag is gone by then, so
        # the flight rides on the request object.
        tags = request.headers.getRawHeaders(TAG)
        if tags:
            request.headers.removeHeader(TAG)
            vars(request)["nianbao_flight"] = IN_FLIGHT.get(tags[0])
        flight = self._flight = vars(request).get("nianbao_flight")
        if flight is not None:
            flight.begin(self.transport)
            if flight.last:
                request.persistent = False
            vars(request)["writeTo"] = lambda wire: write_request(request, _Tee(wire, flight.exchange.request))
        answer = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = _WireParser  # as Scrapy itself puts its parser there
        return answer

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        flight = self._flight
        if flight is not None:
            flight.received(data)
        if self._refusal is None:
            super().dataReceived(data)  # type: ignore[no-untyped-call]
        elif flight is None or 0 < flight.limit < len(flight.exchange.response):
            self._listen_no_more()

    def _giveUp(self, reason: Failure) -> None:  # noqa: N802  Twisted's name
        """The parser refuses the reply. The rest of it is evidence all the same, so listen on before the error goes up."""
        if self._flight is None or self._refusal is not None:
            super()._giveUp(reason)  # type: ignore[no-untyped-call]
            return
        self._flight.refused, self._refusal = True, reason
        transport: Any = self.transport
        transport.resumeProducing()
        from twisted.internet import reactor

        clock: Any = reactor
        self._timer = clock.callLater(LISTENS_ON, self._listen_no_more)

    def _listen_no_more(self) -> None:
        if self._refusal is not None:
            super()._giveUp(self._refusal)  # type: ignore[no-untyped-call]

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802  Twisted's name
        flight, self._flight = self._flight, None
        if flight is not None:
            flight.ended(rest)
        if rest and self._currentRequest is not None:
            self._currentRequest.persistent = False  # or its next piece would be taken for the next request's reply
        super()._finishResponse(rest)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802  Twisted's name
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        if self._flight is not None:
            self._flight.lost = reason
        super().connectionLost(self._refusal or reason)  # type: ignore[no-untyped-call]
        self._flight = None


class _WireFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> WireProtocol:  # noqa: N802  Twisted's name
        return WireProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class WireDownloadHandler(HTTP11DownloadHandler):
    """Downloads as Scrapy does, and hands every exchange to the `Keeper`, whole or cut, answered or not."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _WireFactory
        self._pool.cachedConnectionTimeout = int(
            KEPT
        )  # a connection that is kept is a host that is held (crawler/turns.py)
        self._keeper = crawler.get_extension(Keeper)
        self._hosts = self._keeper.hosts if self._keeper else Hosts(None)
        self._tls = TlsPolicy(self._hosts)
        self._contextFactory: Any = self._tls
        self._politeness = Politeness(crawler.settings)
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    async def download_request(self, request: Request) -> Response:
        host = urlsplit(request.url).hostname or ""
        gate().at_least(host, self._politeness.gap(host))
        try:
            response = await self._in_turn(host, request)
        except HandshakeError:
            response = await self._in_turn(host, request)
        wait = retry_after(response)
        if wait is not None:
            self._come_back(host, wait)
        return response

    async def _in_turn(self, host: str, request: Request) -> Response:
        async with gate().turn(host) as last:
            if self._keeper:
                self._keeper.raise_if_had(request)
            return await self._download(request, last)

    def _come_back(self, host: str, wait: float) -> None:
        """Wait as the host asks, or leave it: with it the run when it is the portal's own, else only that host."""
        if wait <= self._politeness.longest_wait:
            gate().hold(host, wait)
            return
        gate().leave(host, wait)
        if self._keeper and host == self._keeper.home:
            self._keeper.end("retry_after")

    async def _download(self, request: Request, last: bool) -> Response:
        if self._keeper is None:
            return await super().download_request(request)
        exchange = Exchange(request.url, request.method)
        flight = Flight(exchange, request.meta.get("download_maxsize", self._limit), last)
        tag = b"%d" % next(_numbers)
        if offered := request.headers.getlist(b"Accept-Encoding"):
            request.headers[b"Accept-Encoding"] = readable(b",".join(offered))
        request.headers[TAG] = tag  # while it is under way: a copy of the request would cost more than the tee does
        IN_FLIGHT[tag] = flight
        try:
            response: Response = await super().download_request(request)
        except Exception as error:
            addresses.raise_if_refused(request.url)
            flight.land(error, stopped=isinstance(error, StopDownload))
            self._keep(flight, request)
            host = urlsplit(request.url).hostname or ""
            late = isinstance(error, DownloadTimeoutError)
            if flight.handshake_failed and not late and self._tls.falls_back(host):
                raise HandshakeError(host) from error
            raise
        finally:
            del IN_FLIGHT[tag], request.headers[TAG]
        flight.land(None, stopped="download_stopped" in response.flags)
        self._keep(flight, request)
        return response

    def _keep(self, flight: Flight, request: Request) -> None:
        exchange, security = flight.exchange, flight.security
        if request.meta.get("proxy"):
            exchange.ip = None  # the proxy's: whom that asked is not known (WARC 1.1 §5.10)
        if security:
            self._tls.met(urlsplit(request.url).hostname or "", security)
        if self._keeper is not None:
            self._keeper.keep(exchange, request, security)
        exchange.request.close()
        exchange.response.close()


def readable(offered: bytes) -> bytes:
    """An Accept-Encoding value with the codings taken out that must not come, whoever asks for them."""
    codings = [coding.strip() for coding in offered.split(b",")]
    return b", ".join(each for each in codings if each.split(b";")[0].strip().lower() in READABLE) or b"identity"
