"""A server that is no bottleneck: finished replies out of memory, on many loopback addresses, pinned to one core.

python -m tests.speed.server PAGES CORE DELAY FILE: holds each reply back for DELAY milliseconds, and writes the URLs to
FILE, one a line, once it listens. Ends with its parent.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from tests.speed.pages import reports

HOSTS = [
    f"127.0.0.{number}" for number in range(2, 34)
]  # twice as many as requests at a time: a host is asked one thing at a time
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
_FAREWELL = b"connection: close"


class Answering(asyncio.Protocol):
    """One connection, kept alive unless the client says otherwise. Requests have no body."""

    def __init__(self, replies: dict[bytes, bytes], delay: float) -> None:
        self.replies, self.delay, self.waiting = replies, delay, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while (end := self.waiting.find(b"\r\n\r\n")) >= 0:
            head, self.waiting = self.waiting[:end], self.waiting[end + 4 :]
            answer = self.replies.get(head.split(b" ", 2)[1], MISSING), _FAREWELL in head.lower()
            if self.delay:
                asyncio.get_running_loop().call_later(self.delay, self.answer, *answer)
            else:
                self.answer(*answer)

    def answer(self, reply: bytes, is_last: bool) -> None:
        self.transport.write(reply)
        if is_last:
            self.transport.close()


async def listen(replies: dict[bytes, bytes], delay: float, ready: Path) -> None:
    loop = asyncio.get_running_loop()
    first = await loop.create_server(lambda: Answering(replies, delay), HOSTS[0], 0, backlog=512)
    port = first.sockets[0].getsockname()[1]
    for host in HOSTS[1:]:
        await loop.create_server(lambda: Answering(replies, delay), host, port, backlog=512)
    lines = [f"http://{HOSTS[n % len(HOSTS)]}:{port}{path.decode()}\n" for n, path in enumerate(replies)]
    half_done = ready.with_suffix(".part")
    half_done.write_text("".join(lines))
    half_done.rename(ready)
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(0.5)


def reply(content_type: bytes, body: bytes) -> bytes:
    """A whole reply as portals send them: an old nginx, with validators."""
    return (
        b"HTTP/1.1 200 OK\r\nServer: nginx/1.20.1\r\nDate: Tue, 03 Mar 2026 02:11:08 GMT\r\nContent-Type: %b\r\n"
        b"Content-Length: %d\r\nLast-Modified: Fri, 24 Jan 2025 08:30:12 GMT\r\nConnection: keep-alive\r\n"
        b'ETag: "67935a14-%x"\r\nX-Frame-Options: SAMEORIGIN\r\nAccept-Ranges: bytes\r\n\r\n%b'
    ) % (content_type, len(body), len(body), body)


def main() -> None:
    count, core, delay, ready = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) / 1000, Path(sys.argv[4])
    os.sched_setaffinity(0, {core})
    pages = {
        b"/zfxxgk/fdzdgknr/gknb/%d/t%08d.html" % (2008 + n % 18, n): reply(*page)
        for n, page in enumerate(reports(count))
    }
    asyncio.run(listen(pages, delay, ready))


if __name__ == "__main__":
    main()
