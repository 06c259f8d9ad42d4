"""TLS of long ago, certificates of each kind of wrong, and hosts that speak one scheme only."""

from __future__ import annotations

from ..little import Ask, Pieces, html, link, reply, row
from .base import Hazard, as_ever, on


def _tls(name: str, says: str, tls: str, **facts: object) -> Hazard:
    return Hazard(
        name, says, as_ever, home="https", tls=tls, secure=True, plain=False, host_facts={"scheme": None, **facts}
    )


def _twice(ask: Ask) -> Pieces:
    """Each report by http and by https."""
    both = [
        row(year, f"{scheme}://{ask.host}/nb/{year}.html")
        for year in (2020, 2021, 2022)
        for scheme in ("http", "https")
    ]
    return reply(html(*both))


HAZARDS = (
    _tls("tls-good", "a certificate as it should be", "good", tls_profile="modern", cert_ok=1, cert_error=None),
    _tls("tls-1-0", "TLS 1.0 and nothing newer", "tls-1.0", tls_profile="legacy", protocol="tls/1.0", cert_ok=1),
    _tls("tls-1-1", "TLS 1.1 and nothing newer", "tls-1.1", tls_profile="legacy", protocol="tls/1.1"),
    _tls("tls-small-group", "1024 bits of Diffie-Hellman", "small-group", tls_profile="legacy", protocol="tls/1.2"),
    _tls(
        "cert-expired",
        "a certificate that has expired",
        "expired",
        tls_profile="modern",
        cert_ok=0,
        cert_error="expired",
    ),
    _tls("cert-self-signed", "signed by itself", "self-signed", cert_ok=0, cert_error="self-signed"),
    _tls("cert-mismatch", "made out to another host", "mismatch", cert_ok=0, cert_error="made out to another host"),
    _tls(
        "cert-chain",
        "the authority's certificate not sent along",
        "chain",
        cert_ok=0,
        cert_error="issuer unknown, or its certificate was not sent along",
    ),
    Hazard("http-only", "linked by https, answers http only", as_ever, home="https", host_facts={"scheme": "http"}),
    Hazard(
        "https-only",
        "linked by http, answers https only",
        as_ever,
        tls="good",
        secure=True,
        plain=False,
        host_facts={"scheme": "https"},
    ),
    Hazard(
        "both-schemes",
        "each report is linked by http and by https",
        on({"/nb/": _twice}),
        tls="good",
        secure=True,
        most=8,
    ),
    Hazard(
        "half-https",
        "the home page is had by http, a link of it by https, which nobody answers",
        on({"/": lambda ask: reply(html(link(f"https://{ask.host}/nb/", "政府信息公开年报")))}),
    ),
)
