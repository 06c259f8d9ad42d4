"""The walk: which links of a page are followed on the way from the home page to the reports, and where else to look."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

import scrapy
from scrapy import Request
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.utils.asyncgen import as_async_generator

from crawler import answers, calls, discovery, pagers, pages
from crawler.beside import Beside, Waiting
from crawler.dialects import date_of_url
from crawler.discovery import Link, Role
from crawler.entry import Entry
from crawler.evidence import is_named
from crawler.ledger import Ledger
from crawler.pages import More
from crawler.resorts import Look, Resorts
from crawler.territory import Territory
from parsing import titles
from parsing.attachments import extension_of

LISTS = 10  # priority: see crawler/spider.py
MAX_HUBS = 4  # hub pages between the home page and the 年报 column
IN_A_SITE = 2  # more of them where a body has a site of its own, with a home page and an openness page
MAX_INSIDE = 2  # frames within frames, and parts that these load
MOST_BODIES = 40  # of a site map
DOORS = "sites of bodies"  # the first step to those that the home page links to; no link is called so
A_FEW = 3  # reports, with fewer the walk is taken to have missed the column; pages of results without anything new
OPENNESS_PATH = re.compile(r"/[\w-]*(?:xxgk|zwgk|gknb|zfgk|openness|public)[\w-]*/|/gkmlpt/", re.IGNORECASE)
# Hubs that lead to other bodies' platforms: looked into even where the page has the column itself.
SUB_PLATFORM = re.compile(r"部门|单位|机关|委办局|乡|镇|街|苏木|基层|各地|[县区市旗][县区市旗(]|开发区|园区")
CUT = re.compile(r"(?:信息公|政务公|政府信).{0,12}(?:…|\.{2,})")  # a list cuts its titles; the page will tell


class Walk(scrapy.Spider):
    """The base of PortalSpider: what follows links. What reads pages and takes entries is there."""

    home_url: ClassVar[str]
    turned: set[str]  # pages of lists that were asked for, by pages.key
    menu: set[str]  # addresses that the home page links to: the menu that stands on every page
    territory: Territory
    resorts: Resorts
    late_ways: bool  # whether the search and the site map are asked though lists were found
    row_addresses: dict[str, answers.RowAddress]  # by the address of the interface, without its query
    beside: Beside  # the portal's own
    column_found: bool  # the portal's own; columns of its departments are no sign of it

    @property
    def ledger(self) -> Ledger:
        """The run's ledger: where entries, documents and problems are written down."""
        found = self.crawler.get_extension(Ledger)
        if found is None:
            raise RuntimeError(f"{self.name}: expected the extension crawler.ledger.Ledger in EXTENSIONS, found none")
        return found

    # What a spider brings along

    def links(self, response: Response) -> list[Link]:
        raise NotImplementedError

    def parse_list(self, response: Response, trail: tuple[str, ...]) -> AsyncIterator[Request]:
        raise NotImplementedError

    def parse_hub(self, response: Response, trail: tuple[str, ...]) -> AsyncIterator[Request]:
        raise NotImplementedError

    def parse_home(self, response: Response) -> Iterator[Request]:
        raise NotImplementedError

    def take(self, row: Link, list_url: str, trail: tuple[str, ...]) -> Iterator[Request]:
        raise NotImplementedError

    def _entry(self, row: Link, list_url: str, trail: tuple[str, ...]) -> Entry:
        raise NotImplementedError

    def _request(
        self, url: str | Request, callback: Any, priority: int, trail: tuple[str, ...] = (), page: int = 1
    ) -> Request:
        raise NotImplementedError

    # Following

    def sane(self, response: Response) -> list[Link]:
        """The links of a page; of one without an end as many as a page can have, and that is told.

        Where its script makes the addresses of rows, that is remembered for what its links lead to: tabs are links too.
        """
        found = self.links(response)
        if len(found) > discovery.MOST_LINKS:
            self.ledger.problem(
                "too_many_links", response.url, f"at most {discovery.MOST_LINKS} links on a page", "more"
            )
        found = found[: discovery.MOST_LINKS]
        if address := calls.row_address(discovery.source_text(response), response.url):
            self.row_addresses |= {link.url.partition("?")[0]: address for link in found}
        return found

    def follow_hubs(self, response: Response, found: list[Link], trail: tuple[str, ...]) -> Iterator[Request]:
        """Columns found on a page, hubs to look into, and reports that are linked right here."""
        yield from self.look_beside(response, self.parse_hub if trail else self.parse_home, trail)
        self.beside.note(response, self.territory)
        self.resorts.note(found, self.territory)
        deepest = MAX_HUBS + (IN_A_SITE if any(discovery.role(step) is Role.body for step in trail) else 0)
        among_bodies = any(discovery.role(step) in (Role.hub, Role.group) for step in trail)
        of_bodies = bool(trail) and SUB_PLATFORM.search(trail[-1]) is not None
        here = any(
            (link.under or discovery.role(link.text) is Role.column) and link.url not in self.menu for link in found
        )
        for link in found:
            role = Role.column if link.under else discovery.role(link.text)
            if role in (Role.column, Role.hub) and not self.territory.admits(link, from_home=not trail):
                if role is Role.column:  # another government's, as far as we can tell
                    self.ledger.problem(
                        "offsite", link.url, "a 年报 column on a host of the portal", urlsplit(link.url).netloc
                    )
                continue
            if role is Role.column:
                self.column_found |= not any(SUB_PLATFORM.search(step) for step in trail)
                steps = (link.under, link.text) if link.under else (link.text,)
                yield self._request(link.url, self.parse_list, LISTS, trail=(*trail, *steps))
            elif role is Role.hub or (role in (Role.body, Role.group) and among_bodies):
                menu = role is not Role.hub and link.url in self.menu and not of_bodies
                past = role is Role.hub and here and bool(trail) and not SUB_PLATFORM.search(link.text)  # it is found
                year = discovery.is_of_years(link.text)  # of a body: its list, or the report
                away = self.territory.shares_machine(link.url) and not self.territory.admits(link, from_home=False)
                if len(trail) < deepest and not menu and not away:
                    reader = self.parse_list if year else self.parse_hub
                    request = self._request(link.url, reader, LISTS + 1, trail=(*trail, link.text))
                    if past and not self._was_fruitful((*trail, link.text)):
                        self.resorts.passed.setdefault(link.url, request)
                    else:
                        yield request
            elif (
                role is Role.body and OPENNESS_PATH.search(link.url) and self.territory.owns(link.url) and not trail
            ) or (
                role is Role.group
                and not trail
                and self.is_door(link.url)
                and self.territory.admits(link, from_home=True)
            ):
                yield self._request(link.url, self.parse_hub, LISTS + 1, trail=(*trail, link.text))
            elif titles.classify(link.text).kind == "annual_report":
                yield from self.take(link, response.url, trail)

    def is_door(self, url: str) -> bool:
        """Whether an address is the home page of another site of the portal: 乡镇 on the home page leads to the townships'."""
        there, home = urlsplit(url), urlsplit(self.home_url)
        ours = self.territory.owns(url) or self.territory.shares_machine(url)  # of those the page tells
        return ours and there.netloc != home.netloc and there.path in ("", "/") and not there.query

    def follow_groups(self, found: list[Link], trail: tuple[str, ...]) -> Iterator[Request]:
        """Years, kinds of bodies and bodies within a column. The menu of the whole site stands here too: not followed."""
        for link in found:
            role = discovery.role(link.text)
            inside = role is Role.column or (within(role, link.text) and link.url not in self.menu)
            if not inside or link.url in self.ledger.entries or date_of_url(link.url):
                continue
            if not self.territory.admits(link, from_home=False):
                continue
            known = self.ledger.memory.entries.get(link.url) if self.ledger.memory.knows_report(link.url) else None
            # A year that turned out to be its report is listed as such from then on. A body's page shows its newest report
            # and leads to those of other years: it is asked again.
            if known is not None and role is not Role.body:
                yield from self.take(Link(link.url, known["title"], known["listed_date"]), known["list_url"], trail)
            elif is_file(link.url):
                yield from self.take(link, link.url, trail)
            else:
                yield self._request(link.url, self.parse_list, LISTS, trail=(*trail, link.text))

    def turn(self, more: More, trail: tuple[str, ...], page: int) -> Iterator[Request]:
        """The next page of a list. It takes the addresses of those after it along: the first that is empty ends the list."""
        waiting = {pages.key(each): each for each in more.ahead if pages.key(each) not in self.turned}
        if not waiting:
            return
        key, following = next(iter(waiting.items()))
        if page >= self.settings.getint("MOST_PAGES_OF_A_LIST"):
            self.ledger.problem("too_many_pages", key, f"a list of at most {page} pages", "a further page")
            return
        self.turned.add(key)
        request = self._request(following, self.parse_list, LISTS, trail, page + 1)
        rest = tuple(each for each in waiting.values() if each is not following)
        yield request.replace(cb_kwargs=request.cb_kwargs | {"more": replace(more, ahead=rest)}, dont_filter=True)

    def look_inside(self, response: Response, callback: Any, trail: tuple[str, ...]) -> Iterator[Request]:
        """Frames of a page that shows nothing itself, and parts that its scripts load: read in the page's place. Where there
        is none, the portal's own scripts beside the page may hold the call.
        """
        if response.meta.get("inside", 0) >= MAX_INSIDE:
            return
        found = [*self._parts(response, callback, trail)]
        yield from found
        if not found:
            yield from self._ask_scripts(response, callback, trail)

    def look_beside(self, response: Response, callback: Any, trail: tuple[str, ...]) -> Iterator[Request]:
        """Scripts of the portal's own that a page's links call: without them nobody knows where these lead."""
        if discovery.unresolved(discovery.tree(response), discovery.source_text(response), self.beside.text):
            yield from self._ask_scripts(response, callback, trail)

    def _ask_scripts(self, response: Response, callback: Any, trail: tuple[str, ...]) -> Iterator[Request]:
        """Ask for what stands beside a page, once in a walk each; the page waits for it."""
        for url in self.beside.ask(Waiting(response, callback, trail), self.territory):
            self.ledger.keeper.claimed.add(url)  # a report page may need it as well
            request = self._request(url, self.parse_script, LISTS + 1, trail)
            yield request.replace(cb_kwargs={"trail": trail}, errback=self.failed_script)

    def _parts(self, response: Response, callback: Any, trail: tuple[str, ...]) -> Iterator[Request]:
        source = discovery.source_text(response)
        asked = calls.questions(source, response.url, self.beside.text)
        bare = {request.url.partition("?")[0] for request in asked}
        inner = (url for url in discovery.inner(response) if url not in bare)
        parts: list[str | Request] = [*(each for url in inner for each in calls.tabs(url, source)), *asked]
        address = calls.row_address(source, response.url) or calls.row_address(self.beside.text, response.url)
        most, within_column = (
            self.settings.getint("DISCOVERY_PARTS"),
            any(discovery.role(step) is Role.column for step in trail),
        )
        for part in _of_interfaces(parts, most) if within_column else parts[:most]:
            url = part if isinstance(part, str) else part.url
            asked_for = (
                pages.key(part) in self.turned
            )  # as the list's next page, by a platform that knows its interface
            if not asked_for and (self.territory.owns(url) or self.territory.facts(url)):
                if address is not None:
                    self.row_addresses[url.partition("?")[0]] = address
                request = self._request(part, callback, LISTS + 1, trail)
                request.meta["inside"] = response.meta.get("inside", 0) + 1
                yield request

    async def parse_script(self, response: Response, trail: tuple[str, ...]) -> AsyncIterator[Request]:
        """A script of the portal: what the pages that waited for it leave to it, calls for lists and functions of links."""
        for waited, shows_more in self.beside.came(response):
            page, callback, steps = waited
            if shows_more:
                again = callback(page, *([steps] if steps or callback != self.parse_home else []))
                async for request in as_async_generator(again):
                    yield request
            elif parts := list(self._parts(page, callback, steps)):
                for request in parts:
                    yield request
            elif self.beside.due:
                self.beside.waiting.append(waited)

    def failed_script(self, failure: Any) -> None:
        """Errback of a script beside a page: told, and no page waits for it."""
        self.ledger.failed(failure)
        self.beside.failed(failure.request)

    def is_ours(self, response: Response) -> bool:
        """Whether a page on a host that evidence admitted is the portal's own. What is not is left alone, and told."""
        if self.territory.confirms(response):
            return True
        self.ledger.problem("offsite", response.url, "an openness page that names this portal", "another site's page")
        return False

    def _was_fruitful(self, trail: tuple[str, ...]) -> bool:
        """Whether an earlier run found entries that way."""
        return any(row["found_by"].startswith(" > ".join(trail)) for row in self.ledger.memory.entries.values())

    # When the way led nowhere

    def _idle(self) -> None:
        """Signal spider_idle: everything was asked. Without a column in sight, or with hardly a report, other ways are tried;
        else the portal's own search, for bodies and years that no list has shown.
        """
        if not self.ledger.tally.home_ok:
            return
        requests = (
            self._passed_by()
            or (self._of_bodies_left() if self.is_found else [self._look(look) for look in self.resorts.next()])
            or self._old_sites()
        )
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _passed_by(self) -> list[Request]:
        """Hubs that stood beside a column: asked when the column showed too little, and on a first crawl."""
        passed = list(self.resorts.passed.values())[:A_FEW] if self.late_ways or not self.is_found else []
        self.resorts.passed.clear()
        return passed

    def _of_bodies_left(self) -> list[Request]:
        """For bodies and years that no list has shown: the portal's search and its site map, then what the map leads to."""
        if not self.late_ways:
            return []
        requests = [self._look(look) for look in self.resorts.search()]
        if (site_map := self.resorts.site_map()) is not None:
            requests.append(self._request(site_map.url, self.parse_map, LISTS, trail=(site_map.what,)))
        if not requests and self.ledger.tally.entries > self.resorts.entries_before:
            requests, self.resorts.bodies = self.resorts.bodies, []
        if not requests:
            doors, self.resorts.doors = self.resorts.doors, []
            requests = self._try_bodies(doors, (DOORS,))
        return requests

    def _old_sites(self) -> list[Request]:
        """The portal's sites of former times: on a first crawl, and as long as they have reports that its lists lack."""
        old, self.resorts.old_sites, self.resorts.bodies = self.resorts.old_sites, [], []
        return [
            self._request(link.url, self.parse_hub, LISTS + 1, trail=(link.text,))
            for link in old[:A_FEW]
            if (self.late_ways or not self.is_found or self._was_fruitful((link.text,)))
            and self.territory.admits(link, from_home=True)
        ]

    def is_moved(self, row: Link, trail: tuple[str, ...]) -> bool:
        """Whether a report on an old site is one that the portal's own lists have shown, of the same body and year."""
        if not trail or not discovery.OLD_SITE.match(trail[0]) or not is_named(row.text, trail):
            return False
        entry = self._entry(row, row.url, trail)
        listed = (each for each in self.ledger.entries.values() if not each["found_by"].startswith(trail[0]))
        others = (each for each in listed if each["outcome"] != "problem")
        return entry.year is not None and any(
            (each["organ"], each["year"]) == (entry.organ, entry.year) for each in others
        )

    def parse_map(self, response: Response, trail: tuple[str, ...]) -> Iterator[Request]:
        """The site map of a portal whose lists were found: sites of bodies that no list has shown. A few are tried first; the
        others are asked if those had reports.
        """
        if not self.ledger.page_ok(response, "hub"):
            return
        yield from self._try_bodies([link for link in self.sane(response) if link.url not in self.menu], trail)

    def _try_bodies(self, links: list[Link], trail: tuple[str, ...]) -> list[Request]:
        """Requests for the first few bodies of whom no list has shown a report; the others wait in `resorts.bodies` for what
        comes of these.
        """
        known = {str(row["organ"]) for row in self.ledger.entries.values()}
        bodies = {link.url: link for link in links if discovery.role(link.text) is Role.body}
        left = [
            self._request(link.url, self.parse_hub, LISTS + 1, trail=(*trail, link.text))
            for link in bodies.values()
            if not any(link.text in organ or organ in link.text for organ in known)
            and self.territory.admits(link, from_home=trail == (DOORS,))
        ]
        self.resorts.entries_before, self.resorts.bodies = self.ledger.tally.entries, left[A_FEW:MOST_BODIES]
        return left[:A_FEW]

    @property
    def is_found(self) -> bool:
        """Whether the walk has come upon the column."""
        return self.column_found and self.ledger.tally.reports >= A_FEW

    def _is_new(self, row: Link, trail: tuple[str, ...]) -> bool:
        """Whether no list has shown a report of that body for that year."""
        entry = self._entry(row, row.url, trail)
        known = ((each["organ"], each["year"]) for each in self.ledger.entries.values())
        return entry.year is not None and (entry.organ, entry.year) not in known

    def _look(self, look: Look, number: int = 1) -> Request:
        searched = look.what.startswith("search")
        request = self._request(look.url, self.parse_search if searched else self.parse_hub, LISTS, trail=(look.what,))
        if searched:
            request.cb_kwargs["number"] = number
        return request if look.body is None else request.replace(method="POST", body=look.body, headers=look.headers)

    def parse_search(self, response: Response, trail: tuple[str, ...], number: int) -> Iterator[Request]:
        """Results of the portal's own search: reports only, whatever else it found. It goes on while it finds new ones."""
        if not self.ledger.page_ok(response, "search"):
            return
        text, before = discovery.source_text(response), self.ledger.tally.entries
        answered = answers.is_answer(text)
        found = answers.read_answer(text, response.url).rows if answered else self.sane(response)
        reports = [row for row in found if titles.classify(row.text).kind in titles.REPORT_KINDS]
        owned = [row for row in reports if self.territory.owns(row.url)]
        late = self.is_found  # only what the lists lack is wanted
        owned = [row for row in owned if not late or self._is_new(row, trail)]
        self.ledger.list_seen(response.url, owned)
        for row in owned:
            yield from self.take(row, response.url, trail)
        patience = 1 if late else A_FEW  # what others list may come first
        nothing_new = self.ledger.tally.entries == before and number >= patience
        if nothing_new or not found or number >= self.settings.getint("SEARCH_PAGES"):
            return
        if look := self.resorts.searches[0].look(number + 1):
            yield self._look(look, number + 1)
        elif not answered:
            further = pagers.further(discovery.tree(response), response.url, text)
            for url in [url for url in further if url not in self.turned][:1]:
                self.turned.add(url)
                yield self._look(Look(trail[-1], url), number + 1)


def late_ways_are_worth_it(found_by: Iterable[str]) -> bool:
    """Whether a search and a site map may show what lists do not: when a portal is first crawled, and as long as they did."""
    first_steps = {each.partition(" > ")[0] for each in found_by}
    return not first_steps or any(
        step.startswith("search") or step == DOORS or discovery.SITE_MAP.match(step) is not None for step in first_steps
    )


def _of_interfaces(parts: list[str | Request], most: int) -> list[str | Request]:
    """The parts of a column that come from its first few addresses: tabs of bodies or years differ in their query alone, and
    all of them are the column.
    """
    places = [(part if isinstance(part, str) else part.url).partition("?")[0] for part in parts]
    first = list(dict.fromkeys(places))[:most]
    return [part for part, place in zip(parts, places, strict=True) if place in first]


def within(role: Role, text: str) -> bool:
    """Whether a link within a column leads to a part of it."""
    return role in (Role.group, Role.body) or discovery.INNER_NAMES.match(discovery.squeeze(text)) is not None


def is_report(row: Link) -> bool:
    """Whether a row's title is a report's, and not the name of a column or a year's list, which stands in every menu."""
    listed = is_article(row) or discovery.role(row.text) not in (Role.column, Role.group)
    return listed and titles.classify(row.text).kind in titles.REPORT_KINDS


def is_article(row: Link) -> bool:
    """Whether a row leads to an article or a file, whatever it is called: a day in the row or in the address says so."""
    return row.date is not None or is_file(row.url) or date_of_url(row.url) is not None


def is_file(url: str) -> bool:
    """Whether an address is a document's and not a page's, by its ending: /f/1.pdf, /downfile.jsp?filename=1.pdf&id=3."""
    return bool(extension_of(url))
