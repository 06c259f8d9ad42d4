"""One HTTP exchange as it went over the wire: what capture hands to the archive."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass
class Exchange:
    """Bytes sent and bytes received for one request, with what only the connection knew.

    `request` and `response` are the messages byte for byte (head and body, transfer coding and content coding as on the
    wire); `response` is empty when nothing came. `truncated` is a WARC-Truncated reason (WARC 1.1 §5.13: length, time,
    disconnect, unspecified) when the reply was cut; `error` says in words why there is no whole reply.
    """

    url: str
    method: str = "GET"
    request: bytearray = field(default_factory=bytearray)
    response: bytearray = field(default_factory=bytearray)
    interim: bytearray = field(default_factory=bytearray)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    ip: str | None = None
    protocol: list[str] = field(default_factory=list)
    cipher_suite: str | None = None
    complete: bool = False
    truncated: str | None = None
    error: str | None = None
