"""Serves hazards on loopback: raw sockets, plain and TLS on one port, since some of what portals send no framework would.

A TLS client is told by its first byte, and the server's name in its greeting chooses the certificate.
"""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .certificates import NAMES, contexts
from .dangers import bodies, urls
from .dangers.base import Hazard
from .farm import Farm
from .hazards import hazard_of
from .little import Ask, little, reply

PATIENCE = 20.0  # seconds that a silent client is waited for
MOST_SENT = (
    64 << 20
)  # bytes of one reply: what is told as endless ends here, lest a client without limits runs for ever


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it was answered. `address` is the one of ours it came to; `sent` counts bytes of the answer."""

    host: str
    target: str
    secure: bool
    address: str
    sent: int
    at: float


@dataclass
class Wild:
    """A server for hazards by host (hazards.py), and for a farm's portals at all other names."""

    farm: Farm | None = None
    port: int = 0
    log: list[Seen] = field(default_factory=list)
    greeted: Counter[str] = field(default_factory=Counter)  # TLS handshakes begun, by server name
    _asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def of(self, host: str) -> list[Seen]:
        """What a host was asked."""
        return [seen for seen in list(self.log) if seen.host == host]

    def serve(self, connection: socket.socket) -> None:
        """One connection: one request, one answer."""
        address = connection.getsockname()[0]
        first = connection.recv(16384, socket.MSG_PEEK)
        secure = first[:1] == b"\x16"
        if secure:
            name = server_name(first)
            self.greeted[name] += 1
            setup = self._setup(name)
            if not setup:
                _reset(connection)  # http only
                return
            known_as = (*NAMES, *(self.farm.hosts if self.farm else ()))
            connection = contexts(known_as)[setup].wrap_socket(connection, server_side=True)
        request = _read(connection)
        if request:
            self._answer(connection, request, secure, address)

    def _setup(self, name: str) -> str:
        """Which of certificates.contexts() speaks for a host; "" where it has no TLS."""
        hazard = hazard_of(name)
        if hazard is not None:
            return (hazard.tls or "self-signed") if hazard.secure else ""
        return self.farm.tls_of(name) if self.farm else "self-signed"

    def _plain(self, host: str) -> bool:
        hazard = hazard_of(host)
        return hazard.plain if hazard is not None else self.farm is None or self.farm.answers_plainly(host)

    def _answer(self, connection: socket.socket, request: bytes, secure: bool, address: str) -> None:
        head, _, body = request.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        host = (urlsplit(f"//{headers.get('host', '')}").hostname or "").lower()
        with self._lock:
            self._asked[host, target] += 1
            nth = self._asked[host, target]
        ask = Ask(host, target, headers, secure, self.port, nth, address, body, method)
        hazard, sent = hazard_of(host), 0
        try:
            if not secure and not self._plain(host):
                _reset(connection)  # https only
                return
            for piece in self._pieces(hazard, ask):
                if isinstance(piece, float):
                    time.sleep(piece)
                else:
                    connection.sendall(piece)
                    sent += len(piece)
                if sent > MOST_SENT:
                    break
        finally:
            self.log.append(Seen(host, target, secure, address, sent, time.monotonic()))
        _close(connection)

    def _pieces(self, hazard: Hazard | None, ask: Ask) -> Iterator[bytes | float]:
        if hazard is not None:
            answers = hazard.answers(ask)
            yield from little(ask) if answers is None else answers
        elif self.farm is not None:
            found = self.farm.reply(ask.method, ask.host, ask.target, ask.headers, ask.body)
            headers = [f"{name}: {value}" for name, value in found.headers if name.lower() != "content-type"]
            kind = dict(found.headers).get("Content-Type", "text/plain")
            yield from reply(found.body, *headers, status=f"{found.status} {found.reason}", kind=kind)
        else:
            yield from reply("whoever reads this was let in", kind="text/plain")


def _read(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    head, mark, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    while length and len(body) < int(length[1]) and (piece := connection.recv(65536)):
        body += piece
    return head + mark + body


def _close(connection: socket.socket) -> None:
    if isinstance(connection, ssl.SSLSocket):
        connection = connection.unwrap()  # close_notify (RFC 8446 §6.1)
    connection.close()


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def server_name(hello: bytes) -> str:
    """The server name in a TLS ClientHello (RFC 6066 §3), "" when it names none."""
    with suppress(IndexError, struct.error):
        at = 5 + 4 + 2 + 32  # record and handshake headers, version, random
        at += 1 + hello[at]  # session id
        at += 2 + struct.unpack_from("!H", hello, at)[0]  # cipher suites
        at += 1 + hello[at]  # compression methods
        end = at + 2 + struct.unpack_from("!H", hello, at)[0]
        at += 2
        while at < end:
            kind, length = struct.unpack_from("!HH", hello, at)
            if kind == 0:
                return hello[at + 9 : at + 4 + length].decode("ascii", "replace").lower()
            at += 4 + length
    return ""


@contextmanager
def serve_wild(farm: Farm | None = None) -> Iterator[Wild]:
    """A running server on 127.0.0.1 to 127.0.0.4; the second stands for a public address where one is needed."""
    contexts(
        (*NAMES, *(farm.hosts if farm else ()))
    )  # keys, bombs and long pages take a moment to make: not while a client waits
    bodies.prepare()
    urls.prepare()
    wild = Wild(farm)
    first = socket.create_server(("127.0.0.1", 0), backlog=256)
    wild.port = first.getsockname()[1]
    sockets = [first, *(socket.create_server((f"127.0.0.{n}", wild.port), backlog=256) for n in (2, 3, 4))]
    with suppress(OSError):  # a machine without IPv6
        sockets.append(socket.create_server(("::1", wild.port), family=socket.AF_INET6))

    def accept(listener: socket.socket) -> None:
        with suppress(OSError):  # closed: the block has ended
            while True:
                connection, _ = listener.accept()
                connection.settimeout(PATIENCE)
                threading.Thread(target=one, args=(connection,), daemon=True).start()

    def one(connection: socket.socket) -> None:
        with suppress(OSError), connection:  # the client went away, or will not have our TLS: its business
            wild.serve(connection)

    for listener in sockets:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
    try:
        yield wild
    finally:
        for listener in sockets:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
