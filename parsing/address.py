"""Parts of addresses without exceptions: what a page links to is often no valid URL (http://[x, bare hosts)."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit


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


def join(base: str | None, href: str) -> str | None:
    """`href` made absolute against `base`; as it is without a base; None when either is no address."""
    try:
        return urljoin(base, href) if base else href
    except ValueError:
        return None
