"""Lists that are not in a page but loaded by its script: the addresses that the script asks for. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

_QUOTED = r"['\"]([^'\"\s<>{}]{2,300})['\"]"
# Ways of asking for a part of a page; the address stands in quotes as a whole, or it is not one that we could know.
ASKED = tuple(
    re.compile(way + _QUOTED + r"(?!\s*\+)")
    for way in (
        r"\.load\(\s*",  # $("#list").load("/nb/rows.html")
        r"\$\.(?:get|getJSON|post)\(\s*",  # $.get("/nb/rows.html", show)
        r"\bfetch\(\s*",  # fetch("/nb/rows.json")
        r"\.open\(\s*['\"]GET['\"]\s*,\s*",  # request.open("GET", "/nb/rows.html")
        r"\baxios(?:\.get)?\(\s*",
        r"\bajax\(\s*\{[^{}]{0,400}?\burl\s*:\s*",  # $.ajax({type: "GET", url: "/nb/rows.html"})
        r"<(?:div|ul|section|t\w+|article)\b[^>]{0,300}?\bdata-(?:url|src|href|load)\s*=\s*",  # <div data-url="/rows.html">
    )
)
# What scripts ask for besides lists: counters, log-ins, the weather.
NOT_LISTS = re.compile(
    r"count|hit|click|visit|track|/log|login|user|weather|captcha|token|session|\.(?:js|css|png|jpe?g|gif|svg)$",
    re.IGNORECASE,
)


def fragments(source: str, url: str) -> Iterator[str]:
    """Addresses on the same host that a page's scripts load, each once, in the order of the page's ways."""
    seen: set[str] = {url}
    for pattern in ASKED:
        for target in pattern.findall(source):
            absolute = urljoin(url, target.replace("&amp;", "&")).partition("#")[0]
            parts = urlsplit(absolute)
            same = parts.netloc == urlsplit(url).netloc and parts.scheme in ("http", "https")
            if same and absolute not in seen and not NOT_LISTS.search(parts.path):
                seen.add(absolute)
                yield absolute
