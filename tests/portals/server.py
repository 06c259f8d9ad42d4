"""Serves a farm on loopback: aiohttp in a thread with a loop of its own; the Host header chooses the portal."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from aiohttp import web

from .control import HOSTS, PREFIX, control
from .farm import Farm, Reply

LOG_LENGTH = 200_000  # records kept; older ones fall out, so that a long run stays bounded


@dataclass(frozen=True, slots=True)
class Record:
    """One request as it was answered; times are time.monotonic() seconds."""

    start: float
    end: float
    host: str
    method: str
    target: str
    status: int
    conditional: bool


@dataclass
class Server:
    farm: Farm
    port: int = 0
    requests: deque[Record] = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def clear(self) -> None:
        self.requests.clear()

    def log(self) -> list[dict[str, Any]]:
        return [asdict(record) for record in list(self.requests)]

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        start = time.monotonic()
        host = (request.headers.get("Host") or "").rsplit(":", 1)[0].lower()
        body = await request.read() if request.body_exists else b""
        if host in HOSTS and request.path.startswith(PREFIX):
            return respond(control(self.farm, request.method, request.path, dict(request.query), self.log))
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = self.farm.reply(request.method, host, request.raw_path, headers, body)
        if reply.delay:
            await asyncio.sleep(reply.delay)
        conditional = "if-none-match" in headers or "if-modified-since" in headers
        record = Record(start, time.monotonic(), host, request.method, request.raw_path, reply.status, conditional)
        self.requests.append(record)
        if reply.status == 0:  # the portal is down: hang up without a word
            if request.transport:
                request.transport.close()
            raise asyncio.CancelledError  # the one way to leave a handler that aiohttp does not report as a fault
        return respond(reply)


def respond(reply: Reply) -> web.Response:
    return web.Response(status=reply.status, reason=reply.reason, headers=reply.headers, body=reply.body)


@contextmanager
def serve(farm: Farm, port: int = 0) -> Iterator[Server]:
    """A running server on 127.0.0.1, on a free port unless one is named; stops when the block ends."""
    server = Server(farm)
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    failure: list[BaseException] = []

    async def start() -> web.ServerRunner:
        runner = web.ServerRunner(web.Server(server.handle, keepalive_timeout=75, access_log=None))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port, backlog=1024)
        await site.start()
        server.port = runner.addresses[0][1]
        return runner

    def run() -> None:
        asyncio.set_event_loop(loop)
        try:
            runner = loop.run_until_complete(start())
        except OSError as error:  # the port is taken
            failure.append(error)
            ready.set()
            return
        ready.set()
        try:
            loop.run_forever()
        finally:
            loop.run_until_complete(runner.cleanup())
            loop.close()

    thread = threading.Thread(target=run, name="sample-portals", daemon=True)
    thread.start()
    ready.wait()
    if failure:
        raise failure[0]
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
