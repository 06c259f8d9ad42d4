"""Errors in words that a person can act on."""

from __future__ import annotations

import re

from scrapy.exceptions import CannotResolveHostError

_OPENSSL = re.compile(r"\[\('SSL routines', '[^']*', '([^']*)'\)\]")
_NO_ADDRESS = re.compile(r"no results for hostname lookup: (\S+?)\.?$")


def kind_of(error: BaseException) -> str:
    """The kind of problem (crawler/advice.py) that a request without a reply is."""
    if isinstance(error, CannotResolveHostError):
        return "no_host"
    cancelled = "Cancelled" in type(error).__name__
    return str(getattr(error, "kind", "too_big" if cancelled else "unreachable"))


def plain(error: BaseException) -> str:
    """What went wrong, without the shells that Twisted wraps it in."""
    if found := _NO_ADDRESS.search(str(error)):
        return f"{found[1]}, a name for which DNS has no address"
    inner = re.findall(r"Failure [\w.]+: (.+?)>", str(error))
    said = "; ".join(dict.fromkeys(inner)) or str(error) or type(error).__name__
    return _OPENSSL.sub(r"TLS handshake failed (SSL: \1)", said)
