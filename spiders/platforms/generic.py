"""Portals that no class of ours is made for: mixed ones, home-made ones, and those that are looked at for the first time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scrapy.http import Response

from crawler import discovery, structure
from crawler.discovery import Link
from crawler.loader import platforms
from crawler.spider import PortalSpider


class Generic(PortalSpider):
    """Recognise it: no other class's `matches` holds for the home page, or each of its pages holds for another's. A page
    is read by the class that matches it; what a class's scripts ask for, by the class that read the page which led there.
    Beside that, and where no class matches, lists are read by their structure alone: siblings of one build, each with a
    link and a date or a year. Nothing to supply. `probe` walks unknown portals with it.
    """

    platform = "generic"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._readers: list[PortalSpider] = []
        self._led: dict[str, PortalSpider] = {}  # by address: whose page led there

    @property
    def readers(self) -> list[PortalSpider]:
        """One of each platform class, bound to this run: they read pages and ask for nothing themselves."""
        if not self._readers:
            for each in platforms(self.settings):
                if not issubclass(each, Generic):
                    reader = each(name=self.name)
                    reader.crawler, reader.settings = self.crawler, self.settings
                    self._readers.append(reader)
        return self._readers

    def reader(self, response: Response) -> PortalSpider | None:
        """Who reads a page: the first class that it matches, else whoever read the page that led to it; None for neither."""
        own = next((each for each in self.readers if each.matches(response) is not None), None)
        return own or self._led.get(response.request.url if response.request else response.url)

    def links(self, response: Response) -> list[Link]:
        reader = self.reader(response)
        found = super().links(response) if reader is None else reader.links(response)
        if reader is not None:
            self._led |= {link.url: reader for link in found if link.url not in self._led}
        return found

    def rows(self, response: Response, found: list[Link]) -> Iterator[Link]:
        reader, seen = self.reader(response), set()
        read = super().rows(response, found) if reader is None else reader.rows(response, found)
        for row in (*read, *structure.rows(discovery.tree(response), response.url, found)):
            if row.url not in seen:
                seen.add(row.url)
                yield row

    def next_pages(self, response: Response, found: list[Link]) -> Iterable[Any]:
        reader = self.reader(response)
        if reader is None:
            return super().next_pages(response, found)
        pages = list(reader.next_pages(response, found))
        for page in pages:
            self._led[page if isinstance(page, str) else page.url] = reader
        return pages or super().next_pages(response, found)
