"""Report pages to be crawled: the farm's, those of the size that real ones have."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.portals.farm import Farm

LEAST, MOST = (
    12_000,
    80_000,
)  # bytes of a page: the mean comes to 28 KB, where 72 real pages had 33 KB (field-notes/archive.md 5)
SEED = 11


def reports(count: int) -> Iterator[tuple[bytes, bytes]]:
    """Content-Type and body of that many different report pages."""
    portals = count // 8 + 4
    farm = Farm(portals, SEED)
    found = 0
    for row in farm.truth():
        parts = urlsplit(row["url"])
        reply = farm.reply(
            "GET", parts.hostname or "", parts.path + (f"?{parts.query}" if parts.query else ""), {}, b""
        )
        if reply.status == 200 and LEAST <= len(reply.body) <= MOST:
            yield dict(reply.headers)["Content-Type"].encode(), reply.body
            found += 1
            if found == count:
                return
    raise ValueError(f"expected {count} pages of {LEAST} to {MOST} bytes in a farm of {portals} portals, found {found}")
