"""What was learned about a host by talking to it, for this run and the next: which scheme answers, which TLS it speaks.

A row of the catalogue's table `host` each, written when something of it changes, and journaled, so that a rebuild has it.
"""

from __future__ import annotations

from archive.archive import utc_now
from archive.catalogue import Catalogue, Row

UNKNOWN: Row = {
    "scheme": None,  # http or https where only that one answers; None: as the link says
    "tls_profile": None,  # modern or legacy (crawler/tls.py); None: never asked over TLS
    "cert_ok": None,
    "cert_error": None,
    "protocol": None,  # tls/1.2 …
    "cipher": None,
}
TELLING = ("scheme", "tls_profile", "cert_ok", "cert_error", "protocol")  # a cipher alone changes with the balancer


class Hosts:
    """All hosts that the catalogue knows, read as they are asked for."""

    def __init__(self, catalogue: Catalogue | None) -> None:
        self._catalogue = catalogue
        self._known: dict[str, Row] = {}

    def __getitem__(self, host: str) -> Row:
        """What is known of a host: the columns of UNKNOWN."""
        if host not in self._known:
            row = self._catalogue.row("SELECT * FROM host WHERE host = ?", host) if self._catalogue else None
            self._known[host] = {name: (row or UNKNOWN)[name] for name in UNKNOWN}
        return self._known[host]

    def learn(self, host: str, **facts: object) -> None:
        """Take over what was found; written down when it says something that was not known."""
        known = self[host]
        if all(known[name] == value for name, value in facts.items() if name in TELLING):
            return
        known.update(facts)
        if self._catalogue is not None:
            self._catalogue.put("host", {"host": host, **known, "changed_at": utc_now()})
