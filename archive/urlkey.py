"""The key that captures of one address share: SURT order, http and https together, `www2` apart from `www`.

Only the standard library is used: the replay's own environment reads this file too.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

PORTS = {"http": 80, "https": 443}
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_SAFE = "%/:=&?~#+!$,;'@()*[]"  # what `target_uri` leaves as it is


def target_uri(url: str) -> str:
    """The URL with whatever is not ASCII percent-encoded: replay tools fail on the rest."""
    return quote(url, safe=_SAFE)


def urlkey(url: str) -> str:
    """`https://www2.Sample.gov.cn/a?b` → `cn,gov,sample,www2)/a?b`. Anything that is no web address is its own key.

    Hosts lose a leading `www.` and no more: `www2.` is another server on many portals, and tools that strip `www\\d+`
    merge different pages (internetarchive/surt#28, webrecorder/pywb#943). Path and query keep their case.
    """
    try:
        parts = urlsplit(target_uri(url.strip()))
        port = parts.port
    except ValueError:  # brackets without an address between them, a port that is no number
        return url
    if parts.scheme not in PORTS or not parts.hostname:
        return url
    host = parts.hostname.removeprefix("www.") or parts.hostname
    reversed_host = ",".join(reversed(host.split(".")))
    place = f":{port}" if port not in (None, PORTS[parts.scheme]) else ""
    query = f"?{parts.query}" if parts.query else ""
    return _ESCAPE.sub(lambda match: match.group().upper(), f"{reversed_host}{place}){parts.path or '/'}{query}")
