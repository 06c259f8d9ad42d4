"""The portal's own scripts beside its pages: some hold the calls for lists, and functions that links call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scrapy import Request
from scrapy.http import Response

from crawler import discovery, targets
from crawler.territory import Territory

MOST_SCRIPTS = 4  # in a walk


class Waiting(NamedTuple):
    """A page that shows nothing without a script that was asked for, and what reads it then."""

    page: Response
    callback: Any
    trail: tuple[str, ...]


@dataclass
class Beside:
    """What the scripts say that a walk has looked into, and who waits for those under way. Each is asked for once."""

    text: str = ""
    asked: set[str] = field(default_factory=set)
    due: set[str] = field(default_factory=set)  # asked for, not here yet
    waiting: list[Waiting] = field(default_factory=list)
    last: list[str] = field(default_factory=list)  # beside the last page on the way that had any

    def note(self, response: Response, territory: Territory) -> None:
        """Remember what a page on the way brings along: fragments that it loads call it."""
        self.last = _owned(response, territory) or self.last

    def ask(self, waiting: Waiting, territory: Territory) -> list[str]:
        """The scripts to ask for before a page is read again, which waits for them and for those under way."""
        if not targets.calls_others(discovery.source_text(waiting.page)):
            return []
        useful = list(dict.fromkeys([*_owned(waiting.page, territory), *self.last]))
        fresh = [url for url in useful if url not in self.asked][: MOST_SCRIPTS - len(self.asked)]
        self.asked.update(fresh)
        self.due.update(fresh)
        if self.due.intersection(useful):
            self.waiting.append(waiting)
        return fresh

    def came(self, response: Response) -> list[tuple[Waiting, bool]]:
        """Take a script in. The pages that waited, each with whether it shows other links now."""
        before = self.text
        self.text += discovery.source_text(response) if response.status == 200 else ""
        self._ended(response)
        waiting, self.waiting = self.waiting, []
        return [(each, _links(each.page, self.text) != _links(each.page, before)) for each in waiting]

    def failed(self, request: Request) -> None:
        """A script will not come: nobody waits for it any more."""
        self._ended(request)
        if not self.due:
            self.waiting.clear()  # they were read again with each script that did come

    def _ended(self, asked: Request | Response) -> None:
        self.due.discard((asked.meta.get("redirect_urls") or [asked.url])[0])


def _owned(response: Response, territory: Territory) -> list[str]:
    return [url for url in discovery.own_scripts(response) if territory.owns(url)]


def _links(page: Response, library: str) -> set[str]:
    found = discovery.links(discovery.tree(page), page.url, discovery.source_text(page), library)
    return {link.url for link in found}
