"""Errors in words that a person can act on."""

from __future__ import annotations

import re


def plain(error: BaseException) -> str:
    """What went wrong, without the shells that Twisted wraps it in."""
    inner = re.findall(r"Failure [\w.]+: (.+?)>", str(error))
    return "; ".join(dict.fromkeys(inner)) or str(error) or type(error).__name__
