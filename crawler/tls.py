"""TLS as portals speak it: a modern profile first, a legacy one where that fails, and what the certificate is worth.

No profile refuses a certificate: the pages are public, nothing of ours is sent (no cookie, no password, ever), and a
portal whose certificate lapsed still publishes. What was wrong with it is recorded with each capture instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from OpenSSL import SSL
from OpenSSL.crypto import X509
from service_identity import CertificateError, VerificationError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface.declarations import implementer

from crawler.hosts import Hosts

LEGACY_SERVER_CONNECT = 0x4  # SSL_OP_LEGACY_SERVER_CONNECT: servers from before RFC 5746 (secure renegotiation)
IGNORE_UNEXPECTED_EOF = 0x80  # SSL_OP_IGNORE_UNEXPECTED_EOF: old servers end without close_notify


@dataclass(frozen=True)
class Profile:
    """How a handshake is begun. `ciphers` is an OpenSSL cipher string, `options` are bits of SSL_CTX_set_options."""

    name: str
    least: int
    ciphers: str
    options: int = 0


MODERN = Profile(
    "modern", SSL.TLS1_2_VERSION, "DEFAULT:@SECLEVEL=2"
)  # 112 bits of security, as Debian and Twisted ask for
# TLS 1.0 and 1.1, 3DES and RC4 where OpenSSL still has them, small Diffie-Hellman groups, SHA-1 signatures.
LEGACY = Profile(
    "legacy", SSL.TLS1_VERSION, "ALL:!aNULL:!eNULL:@SECLEVEL=0", LEGACY_SERVER_CONNECT | IGNORE_UNEXPECTED_EOF
)

# OpenSSL's verification errors (X509_V_ERR_*) in words; another is told by its number.
CERTIFICATE_ERRORS = {
    9: "not valid yet",
    10: "expired",
    18: "self-signed",
    19: "self-signed root that nobody knows",
    20: "issuer unknown, or its certificate was not sent along",
    21: "issuer's certificate was not sent along",
    23: "revoked",
    66: "key too small",
    67: "issuer's key too small",
    68: "digest too weak",
}
MISMATCH = "made out to another host"


class Secured(SSL.Connection):
    """A TLS connection that knows by which profile it was begun, and the first fault found in the certificate."""

    profile: str = MODERN.name
    fault: str | None = None


@cache
def context(profile: Profile) -> SSL.Context:
    """An OpenSSL context, made once: reading the machine's root certificates takes time."""
    made = SSL.Context(SSL.TLS_CLIENT_METHOD)
    made.set_min_proto_version(profile.least)
    made.set_cipher_list(profile.ciphers.encode())
    made.set_options(profile.options)
    made.set_default_verify_paths()
    return made


def _witness(host: str) -> Callable[[Any, X509, int, int, int], bool]:
    """A verify callback that notes the first fault on the connection, and lets the handshake go on."""
    literal = isIPAddress(host) or isIPv6Address(host)
    identity = IPAddress_ID(host) if literal else DNS_ID(host)

    def look(connection: Any, certificate: X509, error: int, depth: int, fine: int) -> bool:
        fault = None if fine else CERTIFICATE_ERRORS.get(error, f"OpenSSL's verification error {error}")
        if fault is None and depth == 0:
            try:
                verify_service_identity(extract_patterns(certificate), [identity], [])
            except (CertificateError, VerificationError, ValueError):  # no name in it, another, or none that is one
                fault = MISMATCH
        connection.fault = connection.fault or fault
        return True

    return look


@implementer(IOpenSSLClientConnectionCreator)
class _Creator:
    def __init__(self, host: str, profile: Profile) -> None:
        self._host, self._profile = host, profile

    def clientConnectionForTLS(self, tlsProtocol: Any) -> Secured:  # noqa: N802, N803  Twisted's names
        connection = Secured(context(self._profile), None)
        connection.profile = self._profile.name
        if not (isIPAddress(self._host) or isIPv6Address(self._host)):
            connection.set_tlsext_host_name(self._host.encode("ascii"))
        connection.set_verify(SSL.VERIFY_PEER, _witness(self._host))
        return connection


@implementer(IPolicyForHTTPS)
class TlsPolicy:
    """Which profile a host gets: the one that is remembered, else the modern one, and the legacy one after that failed."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._tried: dict[str, Profile] = {}  # host -> what is tried after a handshake that failed

    def creatorForNetloc(self, hostname: bytes, port: int) -> _Creator:  # noqa: N802  Twisted's name
        host = hostname.decode("ascii")
        return _Creator(host, self._profile(host))

    def _profile(self, host: str) -> Profile:
        remembered = LEGACY if self._hosts[host]["tls_profile"] == LEGACY.name else MODERN
        return self._tried.get(host, remembered)

    def falls_back(self, host: str) -> bool:
        """A handshake failed: whether to try again by the other profile. Once for each host and run."""
        again = host not in self._tried and self._profile(host) is MODERN
        self._tried[host] = LEGACY if again else MODERN
        return again

    def met(self, host: str, security: dict[str, Any]) -> None:
        """A handshake succeeded, with these facts (Flight.security): they are remembered."""
        if security["protocol"] == "tls/1.3":
            security = security | {"tls_profile": MODERN.name}  # whoever speaks that needs no legacy profile any more
            self._tried.pop(host, None)
        self._hosts.learn(host, **security)
