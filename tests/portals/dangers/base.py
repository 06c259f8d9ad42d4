"""What a hazard is: what the portal then answers, and what must come of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ..little import Ask, Pieces

DOMAIN = "hazard.portal.test"
Answers = Callable[[Ask], Pieces | None]


@dataclass(frozen=True)
class Hazard:
    """One switch. `answers` gives None where the portal answers as ever (little.py).

    What must come of it: the verdict; how many of the three reports were read; a kind of problem that must be written
    down; targets that must have been asked; targets that must not (patterns, `host/path` for other hosts); facts that
    the catalogue's `host` row must hold; and how many requests it may cost at most.
    """

    name: str
    says: str
    answers: Answers
    verdict: str = "ok"
    read: int = 3
    problem: str = ""
    asked: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    host_facts: dict[str, object] = field(default_factory=dict)
    most: int = 30
    home: str = "http"
    tls: str = ""  # which of certificates.contexts()
    plain: bool = True  # answers over http
    secure: bool = False  # answers over https

    @property
    def host(self) -> str:
        return f"{self.name}.{DOMAIN}"

    @property
    def home_url(self) -> str:
        return f"{self.home}://{self.host}/"

    def forbids(self, host: str, target: str) -> bool:
        """Whether a request should never have been made."""
        own = target if host == self.host else None
        return any(re.fullmatch(each, own if each.startswith("/") and own else host + target) for each in self.never)


def as_ever(ask: Ask) -> Pieces | None:
    """Nothing but the portal's own answers."""
    return None


def on(pages: dict[str, Pieces | Callable[[Ask], Pieces]]) -> Answers:
    """Answers for some targets, the portal's own for all others. A key without a query stands for all its queries."""

    def answers(ask: Ask) -> Pieces | None:
        found = pages.get(ask.target, pages.get(ask.path))
        return found(ask) if callable(found) else found

    return answers
