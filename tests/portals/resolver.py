"""Resolves *.portal.test to the farm's server on loopback, port included. Only the demo and the tests switch it on.

URLs stay as they are in life: http://www.qinghe.portal.test/ with no port, whatever port the farm listens on.
"""

from __future__ import annotations

import os
import sys
from typing import Any
from urllib.parse import urlsplit

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer

from crawler.addresses import GuardedResolver

DOMAIN = ".portal.test"


@implementer(IHostnameResolver)
class _FarmNames:
    """Answers for the farm's domain, and asks the resolver behind it for everything else."""

    def __init__(self, behind: Any, address: tuple[str, int]) -> None:
        self.behind, self.address = behind, address

    def resolveHostName(self, receiver: Any, hostName: str, portNumber: int = 0, *rest: Any) -> Any:  # noqa: N802, N803
        if not hostName.endswith(DOMAIN):
            return self.behind.resolveHostName(receiver, hostName, portNumber, *rest)
        receiver.resolutionBegan(None)
        receiver.addressResolved(IPv4Address("TCP", *self.address))
        receiver.resolutionComplete()
        return receiver


class FarmResolver(GuardedResolver):
    """The project's resolver, guard included, over the farm's names. NIANBAO_FARM says where the farm listens."""

    def __init__(self, reactor: Any, allowed: Any) -> None:
        super().__init__(reactor, allowed)
        if "NIANBAO_FARM" not in os.environ:
            sys.exit(
                "NIANBAO_FARM: expected the address that `python -m tests.portals` prints, the variable is not set"
            )
        farm = urlsplit(os.environ["NIANBAO_FARM"])
        self.original = _FarmNames(self.original, (farm.hostname or "127.0.0.1", farm.port or 80))
