"""Where else to look for reports when the way from the home page has led to none: noted on the way, tried in turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from scrapy import Request

from crawler import discovery
from crawler.discovery import Link, Role
from crawler.territory import Territory


@dataclass(frozen=True)
class Look:
    """Somewhere to look when the way has led nowhere: a page, or a question to the portal's own search."""

    what: str
    url: str
    body: str | None = None  # of a POST
    headers: tuple[tuple[str, str], ...] = ()


class Searching(Protocol):
    """A search of the portal (crawler/search.py)."""

    def first(self) -> tuple[Look, ...]: ...

    def look(self, number: int) -> Look | None: ...


@dataclass
class Resorts:
    """Where else to look, noted on the way: links of doubtful name, site maps, searches. Each is handed out once."""

    pages: int  # how many a run may ask for
    doubtful: dict[str, Look] = field(default_factory=dict)
    site_maps: dict[str, Look] = field(default_factory=dict)
    searches: list[Searching] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    passed: dict[str, Request] = field(
        default_factory=dict
    )  # hubs beside a column: 政府信息公开 where 公开年报 stood too
    bodies: list[Request] = field(
        default_factory=list
    )  # of the site map or of the home page, to be asked when the first few had entries
    doors: list[Link] = field(default_factory=list)  # other sites of the portal that its home page links to
    old_sites: list[Link] = field(default_factory=list)  # 旧版网站 on the home page
    entries_before: int = 0  # when the first few were asked

    def note(self, found: list[Link], owned: Territory) -> None:
        """Remember what a page offers."""
        for link in found:
            text = discovery.squeeze(link.text).replace(" ", "")
            if not owned.owns(link.url) or discovery.role(text) is Role.column:
                continue
            if discovery.LAST_RESORTS.match(text):
                self.doubtful.setdefault(link.url, Look(text, link.url))
            elif discovery.SITE_MAP.match(text):
                self.site_maps.setdefault(link.url, Look(text, link.url))

    def site_map(self) -> Look | None:
        """The portal's site map, once."""
        if "site map" in self.tried:
            return None
        self.tried.append("site map")
        return next(iter(self.site_maps.values()), None)

    def search(self) -> list[Look]:
        """The first questions to the portal's own search, once: for what no list leads to."""
        if "search" in self.tried:
            return []
        self.tried.append("search")
        return [look for each in self.searches[:1] for look in each.first()]

    def next(self) -> list[Look]:
        """The next things to try: first what could be a hub after all, then the site map, then the search. [] at the end."""
        for name, wanted in (
            ("doubtful", list(self.doubtful.values())),
            ("site map", list(self.site_maps.values())[:2]),
        ):
            if name not in self.tried:
                self.tried.append(name)
                if chosen := wanted[: self.pages]:
                    self.pages -= len(chosen)
                    return chosen
        return self.search() if self.pages > 0 else []
