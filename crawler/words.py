"""Errors in words that a person can act on."""

from __future__ import annotations

import re

_OPENSSL = re.compile(r"\[\('SSL routines', '[^']*', '([^']*)'\)\]")


def plain(error: BaseException) -> str:
    """What went wrong, without the shells that Twisted wraps it in."""
    inner = re.findall(r"Failure [\w.]+: (.+?)>", str(error))
    said = "; ".join(dict.fromkeys(inner)) or str(error) or type(error).__name__
    return _OPENSSL.sub(r"TLS handshake failed (SSL: \1)", said)
