"""The table of hazards: each a switch of the farm, by name. What they do is in dangers/, what must come of them too.

with serve_wild() as server: …                 all of them, each a portal of its own: http://NAME.hazard.portal.test/
python -m tests.hazards                        the scoreboard
"""

from __future__ import annotations

from .dangers import addresses, bodies, moves, robots, tls, urls
from .dangers.base import DOMAIN, Hazard

ALL: tuple[Hazard, ...] = (
    *tls.HAZARDS,
    *urls.HAZARDS,
    *moves.HAZARDS,
    *robots.HAZARDS,
    *addresses.HAZARDS,
    *bodies.HAZARDS,
)
HAZARDS: dict[str, Hazard] = {hazard.name: hazard for hazard in ALL}


def hazard_of(host: str) -> Hazard | None:
    """The hazard that a host belongs to, its sub-hosts included."""
    return HAZARDS.get(host.removesuffix(f".{DOMAIN}").rpartition(".")[2]) if host.endswith(DOMAIN) else None
