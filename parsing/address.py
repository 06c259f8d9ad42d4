"""Parts of addresses without exceptions: what a page links to is often no valid URL (http://[x, bare hosts)."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

_ENDING = re.compile(r"\.([A-Za-z0-9]{1,5})(?:[)）\]】\s].*)?$")
_NAME = 300  # characters at the end of a name in which its ending is looked for


def host(url: str | None) -> str:
    """The host in lower case; "" when the address has none or is not one."""
    if not url:
        return ""
    try:
        return (urlsplit(url if "//" in url else f"//{url}").hostname or "").lower()
    except ValueError:
        return ""


def path(url: str | None) -> str:
    """The path; "" when the address is not one."""
    try:
        return urlsplit(url or "").path
    except ValueError:
        return ""


def ending(name: str) -> str:
    """The ending of a file's name or of a path, in lower case; "" without one: pdf of /f/1.PDF, docx of 附件.docx）."""
    found = _ENDING.search(name.strip()[-_NAME:])
    return found[1].lower() if found else ""


def domain(url: str) -> str:
    """The part of a host that somebody registers: `www.a.gov.cn` → `a.gov.cn`, `x.sample.com` → `sample.com`."""
    labels = host(url).split(".")
    second = len(labels) > 2 and labels[-2] in ("gov", "com", "org", "net", "edu", "ac") and len(labels[-1]) == 2
    return ".".join(labels[-3:] if second else labels[-2:])


def join(base: str | None, href: str) -> str | None:
    """`href` made absolute against `base`; as it is without a base; None when either is no address."""
    try:
        return urljoin(base, href) if base else href
    except ValueError:
        return None
