"""Names that an attacker's name server would give out: private addresses, and one that changes between two questions."""

from __future__ import annotations

from collections import Counter
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer

from tests.portals.resolver import FarmResolver

INWARD = ("inward.test", ".inward.test", "localhost")  # the last, since some resolvers ask the net for “localhost.”
REBINDING = "rebinding.test"  # public for its robots.txt, private for what is asked then
STANDS_FOR_PUBLIC = "127.0.0.2"


@implementer(IHostnameResolver)
class _Attackers:
    def __init__(self, behind: Any) -> None:
        self.behind = behind
        self.port = behind.address[1]
        self._asked: Counter[str] = Counter()

    def resolveHostName(self, receiver: Any, hostName: str, portNumber: int = 0, *rest: Any) -> Any:  # noqa: N802, N803
        name = hostName.lower().rstrip(".")
        if not name.endswith(INWARD) and name != REBINDING:
            return self.behind.resolveHostName(receiver, hostName, portNumber, *rest)
        self._asked[name] += 1
        first = name == REBINDING and self._asked[name] == 1
        receiver.resolutionBegan(None)
        receiver.addressResolved(IPv4Address("TCP", STANDS_FOR_PUBLIC if first else "127.0.0.1", self.port))
        receiver.resolutionComplete()
        return receiver


class HazardResolver(FarmResolver):
    """The farm's resolver, guard included, with the attackers' names behind the guard."""

    def __init__(self, reactor: Any, allowed: Any) -> None:
        super().__init__(reactor, allowed)
        self.original = _Attackers(self.original)
