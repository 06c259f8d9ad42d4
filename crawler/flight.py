"""What became of one request: the tee that fills its exchange, and the words for a reply that is not whole.

The connection (crawler/wire.py) says what it sees; nothing here is private to Scrapy or Twisted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from archive.exchange import Exchange, Wire
from archive.http import split_head
from crawler.words import plain

# What Twisted passes over: 101 as well, which we never ask for
INTERIM = re.compile(rb"[^\s/]+/\d+\.\d+ +1\d\d[ \r\n]")


@dataclass
class Flight:
    """One request under way, with what only its connection finds out."""

    exchange: Exchange
    limit: int  # bytes of a reply, 0 for any
    last: bool = False  # the connection is not kept: the host goes to another process
    handle: Any = None  # of the connection: has the cipher when it is TLS
    lost: Failure | None = None  # why the connection ended, when it did before the reply was whole
    refused: bool = False  # the parser gave up on what came
    landed: bool = False  # its exchange is in the archive: whatever comes now is too late

    def begin(self, transport: Any) -> None:
        """On a connection, perhaps for a second time: Twisted asks again when a pooled one turns out to be dead."""
        self.exchange.request.clear()
        self.exchange.response.clear()
        self.exchange.started_at = datetime.now(UTC)
        self.exchange.ip = transport.getPeer().host
        self.handle, self.lost, self.refused = transport.getHandle(), None, False

    def received(self, data: bytes) -> None:
        """Tee. The first data tells protocol and cipher: the handshake is over by then."""
        if self.landed:
            return
        if not self.exchange.protocol:
            self.exchange.protocol, self.exchange.cipher_suite = _security(self.handle)
        self.exchange.response += data

    def ended(self, rest: bytes) -> None:
        """The parser has the whole reply; `rest` came after it and is no part of it (RFC 9112 §6.3).

        A reply that ends with its connection is whole when the peer closed that in good order (RFC 9112 §8, §9.8).
        """
        if not self.landed:
            self.exchange.response.truncate(len(self.exchange.response) - len(rest))
            self.exchange.complete = self.lost is None or self._closed_in_order()

    def land(self, error: Exception | None, stopped: bool) -> None:
        """Say what became of the reply. Nothing is written to the exchange any more."""
        self.landed, exchange = True, self.exchange
        exchange.interim = _split_interim(exchange.response)
        if stopped and self.lost is not None:
            exchange.complete = False  # it was we who ended the connection
        if exchange.response.head(9).startswith(b"HTTP/1.0 "):
            exchange.protocol[:1] = ["http/1.0"]
        if exchange.response or exchange.interim:
            exchange.truncated = None if exchange.complete or not exchange.response else self._why_cut(error, stopped)
        elif self.handshake_failed:
            exchange.request.clear()  # it waited for a handshake that failed: the server never saw it
        if error is not None:
            exchange.error = f"{type(error).__name__}: {plain(error)}"

    @property
    def handshake_failed(self) -> bool:
        """Whether the connection ended before its TLS handshake did."""
        return hasattr(self.handle, "get_finished") and self.handle.get_finished() is None

    @property
    def security(self) -> dict[str, Any] | None:
        """What the connection's TLS was worth (crawler/tls.py); None for a plain one, and before the handshake is over."""
        if not hasattr(self.handle, "fault") or len(self.exchange.protocol) < 2:
            return None
        return {
            "tls_profile": self.handle.profile,
            "cert_ok": int(self.handle.fault is None),
            "cert_error": self.handle.fault,
            "protocol": self.exchange.protocol[1],
            "cipher": self.exchange.cipher_suite,
        }

    def _why_cut(self, error: Exception | None, stopped: bool) -> str | None:
        """A WARC-Truncated reason (WARC 1.1 §5.15), or None for a reply that is all there though nobody can parse it."""
        if isinstance(error, DownloadTimeoutError):
            return "time"
        if isinstance(error, DownloadCancelledError) or (self.refused and 0 < self.limit < len(self.exchange.response)):
            return "length"
        if stopped or (self.refused and self.lost is None):
            return "unspecified"
        return None if self.refused and self._closed_in_order() else "disconnect"

    def _closed_in_order(self) -> bool:
        return self.lost is not None and isinstance(self.lost.value, ConnectionDone)


def _split_interim(received: Wire) -> bytes:
    """Take the 1xx heads off that came before the final response (RFC 9110 §15.2), and return them."""
    interim, window = b"", 65536
    while INTERIM.match(start := received.head(window)):
        head, rest = split_head(start)
        if rest or len(received) <= window:
            interim += head
            received.drop(len(head))
        else:
            window *= 2
    return interim


def _security(handle: Any) -> tuple[list[str], str | None]:
    """WARC-Protocol values and the cipher suite of a connection whose handshake is over."""
    if not hasattr(handle, "get_protocol_version_name"):
        return ["http/1.1"], None  # a plain socket
    version = {"TLSv1": "tls/1.0"}.get(name := handle.get_protocol_version_name(), name.lower().replace("tlsv", "tls/"))
    return ["http/1.1", version], handle.get_cipher_name()
