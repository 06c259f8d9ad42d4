"""Which addresses may be asked: public ones, and the private ones that the operator names.

A page may link or redirect to a loopback or private address, and a public name may resolve to one (SSRF). The check
sits in the resolver, the one place that every connection passes, literal addresses included.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Sequence
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface.declarations import implementer

logger = logging.getLogger(__name__)
_refused: dict[str, str] = {}  # host -> the address it was refused for


class PrivateAddressRefused(IgnoreRequest):
    """A host that is, or resolves to, a loopback or private address which ALLOW_PRIVATE_HOSTS does not name."""

    kind, expected = "refused", "a public host"

    def __init__(self, url: str, host: str, address: str) -> None:
        at = "" if address == host else f" at {address}"
        self.got = f"{host}{at}, an address of this machine or of a private network"
        super().__init__(
            f"{url} is not asked: {self.got}. If it is yours to crawl, name it: NIANBAO_ALLOW_PRIVATE_HOSTS={host}"
        )


class AllowedHosts:
    """ALLOW_PRIVATE_HOSTS: host names (`localhost`, `.portal.test` for all below), addresses, networks; comma-separated."""

    def __init__(self, spec: str | Sequence[str]) -> None:
        words = spec.split(",") if isinstance(spec, str) else list(spec)
        self.names: set[str] = set()
        self.networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        for word in (w.strip().lower().removeprefix("*") for w in words):
            if not word:
                continue
            try:
                self.networks.append(ipaddress.ip_network(word.strip("[]"), strict=False))
            except ValueError:
                self.names.add(word)

    def names_host(self, host: str) -> bool:
        """Whether the host is named itself, by name or as a literal address."""
        host = host.lower().strip("[]")
        parents = {host[at:] for at, char in enumerate(host) if char == "."}
        return host in self.names or bool(parents & self.names) or self.names_address(_loopback(host))

    def names_address(self, address: str) -> bool:
        """Whether the address lies in a network that is named."""
        try:
            ip = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        return any(ip in network for network in self.networks)

    def permit(self, host: str, address: str) -> bool:
        """Whether a connection to `host` at `address` may be made."""
        return is_public(address) or self.names_host(host) or self.names_address(address)


def _loopback(host: str) -> str:
    return "127.0.0.1" if host == "localhost" else host


# Networks of IPv6 whose last 32 bits are an IPv4 address, which is what they lead to.
_EMBEDDING = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "64:ff9b::/96",  # NAT64, RFC 6052
        "64:ff9b:1::/48",  # NAT64 within a network, RFC 8215
        "::/96",  # IPv4-compatible, RFC 4291 §2.5.5.1
        "::ffff:0:0:0/96",  # SIIT, RFC 7915
    )
)
_TEREDO = ipaddress.IPv6Network("2001::/32")  # RFC 4380: a tunnel to whoever says so


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _TEREDO or ip.is_site_local:  # the latter retired, and still routed in places (RFC 3879)
            return False
        inner = ip.ipv4_mapped or ip.sixtofour  # an IPv4 address in IPv6 clothes is judged as what it leads to
        if any(ip in network for network in _EMBEDDING):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


def raise_if_refused(url: str) -> None:
    """Raise PrivateAddressRefused when the resolver refused the host of `url`: a clearer word than its “no results”."""
    host = urlsplit(url).hostname or ""
    if host in _refused:
        error = PrivateAddressRefused(url, host, _refused[host])
        logger.warning(error)  # Scrapy itself passes over an IgnoreRequest in silence
        raise error


class _Guard:
    """Passes on the addresses that are permitted, and remembers the refusal when none is."""

    def __init__(self, receiver: Any, host: str, allowed: AllowedHosts) -> None:
        self._receiver, self._host, self._allowed = receiver, host, allowed
        self._passed, self._stopped = 0, ""

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802  Twisted's name
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802  Twisted's name
        if self._allowed.permit(self._host, address.host):
            self._passed += 1
            self._receiver.addressResolved(address)
        else:
            self._stopped = address.host

    def resolutionComplete(self) -> None:  # noqa: N802  Twisted's name
        if self._stopped and not self._passed:
            _refused[self._host] = self._stopped
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class GuardedResolver:
    """Scrapy's TWISTED_DNS_RESOLVER: resolves IPv4 and IPv6 as Twisted does, minus what is refused."""

    def __init__(self, reactor: Any, allowed: AllowedHosts) -> None:
        self.reactor, self.allowed = reactor, allowed
        self.original: Any = reactor.nameResolver

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        return cls(reactor, AllowedHosts(crawler.settings.get("ALLOW_PRIVATE_HOSTS") or ""))

    def install_on_reactor(self) -> None:
        self.reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802  Twisted's name
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803  Twisted passes it by name
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        guard = _Guard(resolutionReceiver, hostName, self.allowed)
        resolution: IHostResolution = self.original.resolveHostName(
            guard, hostName, portNumber, addressTypes, transportSemantics
        )
        return resolution
