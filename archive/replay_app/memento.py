"""Memento (RFC 7089): the links between an address, its captures, its TimeGate and its TimeMap."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from archive.replay_app import pages
from archive.replay_app.index import LISTED, Index, timestamp
from archive.replay_app.rewriting import MODE, PREFIX, NoCaptureError

EXAMPLE = "Thu, 22 Jan 2026 08:00:00 GMT"


def http_date(stamp: str) -> str:
    """14 digits as an HTTP date."""
    return format_datetime(datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC), usegmt=True)


def uri_m(url: str, home: str, stamp: str) -> str:
    return f"{home}{PREFIX}/{stamp}{MODE}/{url}"


def links(url: str, home: str, stamp: str) -> str:
    """The Link header of a TimeGate's answer and of the frame around a capture."""
    return ", ".join(
        (
            f'<{url}>; rel="original"',
            f'<{home}/timegate/{url}>; rel="timegate"',
            f'<{home}/timemap/link/{url}>; rel="timemap"; type="application/link-format"',
            f'<{uri_m(url, home, stamp)}>; rel="memento"; datetime="{http_date(stamp)}"',
        )
    )


def timemap(index: Index, kind: str, url: str, since: str, home: str) -> pages.Page:
    """All captures of an address from a time on, as application/link-format or as JSON; at most LISTED, then a next page."""
    if kind not in ("link", "json"):
        raise NoCaptureError(url)
    captures = index.captures(url, since, LISTED + 1)
    if not captures:
        raise NoCaptureError(url)
    following = timestamp(captures.pop()["requested_at"]) if len(captures) > LISTED else None
    stamps = list(dict.fromkeys(timestamp(capture["requested_at"]) for capture in captures))
    here = f"{home}/timemap/{kind}/{f'{since}/' if since else ''}{url}"
    after = following and f"{home}/timemap/{kind}/{following}/{url}"
    if kind == "json":
        return _json(url, home, stamps, here, after)
    span = f'from="{http_date(stamps[0])}"; until="{http_date(stamps[-1])}"'
    lines = [
        f'<{url}>; rel="original"',
        f'<{here}>; rel="self"; type="application/link-format"; {span}',
        f'<{home}/timegate/{url}>; rel="timegate"',
    ]
    if after and following:
        lines.append(f'<{after}>; rel="timemap"; type="application/link-format"; from="{http_date(following)}"')
    for at, stamp in enumerate(stamps):
        first = "first " if at == 0 and not since else ""
        last = "last " if at == len(stamps) - 1 and not following else ""
        lines.append(f'<{uri_m(url, home, stamp)}>; rel="{first}{last}memento"; datetime="{http_date(stamp)}"')
    return pages.Page("200 OK", [("Content-Type", "application/link-format")], [",\n".join(lines).encode() + b"\n"])


def _json(url: str, home: str, stamps: list[str], here: str, after: str | None) -> pages.Page:
    mementos = [
        {"datetime": datetime.strptime(s, "%Y%m%d%H%M%S").isoformat() + "Z", "uri": uri_m(url, home, s)} for s in stamps
    ]
    said: dict[str, Any] = {
        "original_uri": url,
        "timegate_uri": f"{home}/timegate/{url}",
        "timemap_uri": {"link_format": f"{home}/timemap/link/{url}", "json_format": here, "next": after},
        "mementos": {"first": mementos[0], "last": mementos[-1], "list": mementos},
    }
    return pages.Page(
        "200 OK", [("Content-Type", "application/json; charset=utf-8")], [json.dumps(said, indent=1).encode()]
    )
