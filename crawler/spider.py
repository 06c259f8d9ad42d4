"""The base of every portal's spider: the walk from the home page to the reports, and what is declared about a portal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import asdict
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

import scrapy
from scrapy import Request
from scrapy.http import Response

from crawler import discovery, handover
from crawler.discovery import Link, Role
from crawler.entry import Entry
from crawler.fingerprint import SURE, Fingerprint, marks, weight
from crawler.gathering import Gathering, Need
from crawler.ledger import Ledger
from crawler.verdict import Expect
from parsing import titles

ENTRIES, FILES, LISTS, REQUISITES = 30, 20, 10, 0  # priorities: what a list shows is fetched before the next list, so
# that a run that is stopped early has something to show, and the next one gets further; what pages look like comes last
SECTIONS_OF_A_REPORT = 3  # headings below which an untitled page is not taken for one
SHORTEST_TITLE = 6  # characters: 首页, 更多, 下一页 are no entries
REPORT_KINDS = ("annual_report", "self_check")
MAX_HUBS = 4  # hub pages between the home page and the 年报 column
MAX_GROUPS = 5  # groups within a column: year, kind of body, body
ERRORS = [304, *range(400, 600)]  # statuses that come to our callbacks: each becomes a fact or a problem


class PortalSpider(scrapy.Spider):
    """One portal. To write a spider by hand:

    1. Subclass the platform of the portal (spiders/platforms/), or this class when its lists are plain links.
    2. Set `name` (place first, then kind), `site_name` and `home_url`.
    3. Set `organ`, `level` (province, prefecture, county, township) and `site_id_code` as the portal's footer gives them;
       leave out what it does not say.
    4. Set `expect`: how many reports the lists should hold, and which years must be among them.
    5. Set `checked_live` to the date on which you saw it work on the real portal.
    6. If the 年报 column cannot be found by names from the home page, add its path to `hints`: ("/zwgk/zfxxgknb/",).
    7. If the source of its lists or articles shows no text (“查看源代码”, not the inspector), look for the JSON that its
       scripts ask for and override `links`. Only where that does not serve either, name the roles of such pages in
       `scripts`: a browser draws them, each asking for ten times what a plain page does.

    The walk starts at the home page on every run: columns move within days. A platform overrides `rows` and
    `next_pages`, one whose lists are answers of an API `links`; little else should be needed.
    """

    # PortalSpider
    platform: ClassVar[str] = "static"
    fingerprints: ClassVar[tuple[Fingerprint, ...]] = ()  # how a page of this platform is told from others
    site_name: ClassVar[str] = ""
    home_url: ClassVar[str] = ""
    organ: ClassVar[str | None] = None
    level: ClassVar[str | None] = None
    division_code: ClassVar[str | None] = None
    site_id_code: ClassVar[str | None] = None
    hints: ClassVar[tuple[str, ...]] = ()
    hosts: ClassVar[tuple[str, ...]] = ()  # domains beside the home page's own that belong to the portal
    scripts: ClassVar[frozenset[str]] = frozenset()  # roles of pages that a browser must draw: home, hub, list, entry
    expect: ClassVar[Expect] = Expect()
    checked_live: ClassVar[str] = "never"

    handle_httpstatus_list = ERRORS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.allowed_domains = [domain_of(self.home_url), *self.hosts]
        self.menu: set[str] = set()  # addresses that the home page links to: the menu that stands on every page

    @property
    def ledger(self) -> Ledger:
        """The run's ledger: where entries, documents and problems are written down."""
        found = self.crawler.get_extension(Ledger)
        if found is None:
            raise RuntimeError(f"{self.name}: expected the extension crawler.ledger.Ledger in EXTENSIONS, found none")
        return found

    @property
    def gathering(self) -> Gathering:
        """What the run asks for so that report pages can be shown as they were."""
        found = self.ledger.gathering
        if found is None:
            raise RuntimeError(
                f"{self.name}: expected a run that took place, got one whose host another run has leased"
            )
        return found

    @classmethod
    def matches(cls, response: Response) -> dict[str, str] | None:
        """The parameters that a page of this platform shows, {} when it has none to show, None for a page of another."""
        found = list(marks(cls.fingerprints, response))
        if weight(found) < SURE:
            return None
        return {name: value for mark in found for name, value in mark.parameters.items()}

    # The walk

    async def start(self) -> AsyncIterator[Any]:
        """The home page, then the hints, then what an earlier run left of the pages' requisites."""
        yield self._request(self.home_url, self.parse_home, LISTS + 2)
        for hint in self.hints:
            yield self._request(urljoin(self.home_url, hint), self.parse_list, LISTS, trail=("hint",))
        gathering = self.ledger.gathering
        while gathering is not None and gathering.owed:
            for need in gathering.of_kept(gathering.owed[-1]):
                yield self._requisite(need)
            gathering.owed.pop()
            await asyncio.sleep(0)  # each page is read from the archive: let the crawl go on in between

    def parse_home(self, response: Response) -> Iterator[Request]:
        """The portal's home page: the way to the 年报 column."""
        if self.ledger.page_ok(response, "home"):
            self.ledger.home_ok()
            found = self.links(response)
            self.menu = {link.url for link in found}
            yield from self.follow_hubs(response, found, ())

    def parse_hub(self, response: Response, trail: tuple[str, ...]) -> Iterator[Request]:
        """A page on the way: the openness platform, or the departments' and townships' own platforms."""
        if self.ledger.page_ok(response, "hub"):
            yield from self.follow_hubs(response, self.links(response), trail)

    def parse_list(self, response: Response, trail: tuple[str, ...], page: int = 1) -> Iterator[Request]:
        """A list of reports, or a column that leads to such lists, or the one report that a year's column consists of."""
        if not self.ledger.page_ok(response, "list"):
            return
        found = self.links(response)
        rows = list(self.rows(response, found))
        reports = [row for row in rows if titles.classify(row.text).kind in REPORT_KINDS]
        perhaps = not reports or titles.classify(trail[-1]).kind in REPORT_KINDS  # its neighbours are linked as well
        if perhaps and page == 1 and (title := self._report_itself(response)):
            entry = self._entry(Link(response.url, title), response.url, trail)
            if self.ledger.entry(entry) is not None:
                yield from self.parse_entry(response, entry)
        self.ledger.list_seen(response.url, rows)
        for row in rows if reports else []:
            yield from self.take(row, response.url, trail)
        for url in self.next_pages(response, found):
            if page < self.settings.getint("MOST_PAGES_OF_A_LIST"):
                yield self._request(url, self.parse_list, LISTS, trail=trail, page=page + 1)
            else:
                self.ledger.problem("too_many_pages", url, f"a list of at most {page} pages", "a further page")
        if len(trail) <= MAX_GROUPS and page == 1:
            yield from self.follow_groups(found, trail)

    def follow_hubs(self, response: Response, found: list[Link], trail: tuple[str, ...]) -> Iterator[Request]:
        """Columns found on a page, hubs to look into, and reports that are linked right here."""
        among_bodies = any(discovery.role(step) in (Role.hub, Role.group) for step in trail)
        for link in found:
            role = discovery.role(link.text)
            if role is Role.column:
                yield self._request(link.url, self.parse_list, LISTS, trail=(*trail, link.text))
            elif role is Role.hub or (among_bodies and role in (Role.body, Role.group)):
                menu = role is not Role.hub and link.url in self.menu
                if len(trail) < MAX_HUBS and not menu:
                    yield self._request(link.url, self.parse_hub, LISTS + 1, trail=(*trail, link.text))
            elif titles.classify(link.text).kind == "annual_report":
                yield from self.take(link, response.url, trail)

    def follow_groups(self, found: list[Link], trail: tuple[str, ...]) -> Iterator[Request]:
        """Years, kinds of bodies and bodies within a column. The menu of the whole site stands here too: not followed."""
        for link in found:
            role = discovery.role(link.text)
            inside = role is Role.column or (role in (Role.group, Role.body) and link.url not in self.menu)
            if inside and not self.ledger.memory.knows_report(link.url):
                yield self._request(link.url, self.parse_list, LISTS, trail=(*trail, link.text))

    # What a platform may override

    def links(self, response: Response) -> list[Link]:
        """All links of a page."""
        return list(discovery.links(discovery.tree(response), response.url))

    def rows(self, response: Response, found: list[Link]) -> Iterable[Link]:
        """The rows of a list page: links with a date in their row, or with a title that is a report's."""
        for link in found:
            if link.date or titles.classify(link.text).kind in REPORT_KINDS:
                yield link  # a neighbour without a date is the menu's: 政府信息公开指南

    def next_pages(self, response: Response, found: list[Link]) -> Iterable[str]:
        """Addresses of further pages of the same list. Here: whatever 下一页 leads to."""
        return discovery.next_links(found)

    # Entries

    def take(self, row: Link, list_url: str, trail: tuple[str, ...]) -> Iterator[Request]:
        """Write an entry down; yield a request when its page is to be asked now."""
        kind, role = titles.classify(row.text).kind, discovery.role(row.text)
        if kind == "unknown" and (role is not Role.other or len(row.text) < SHORTEST_TITLE):
            return  # a group, a body, 更多: followed or passed over, not fetched as a report
        if role is Role.column and not row.date and not self.ledger.memory.knows_report(row.url):
            if year_of((row.text,)):
                # “2019年政府信息公开年报” is a year's column or the report itself: its page will tell (parse_list)
                yield self._request(row.url, self.parse_list, LISTS, trail=(*trail, row.text))
            return
        entry = self._entry(row, list_url, trail)
        conditional = self.ledger.entry(entry)
        if conditional is None:
            yield from self._attachments(self.ledger.memory.unasked(entry.url), entry)
            return
        yield Request(
            entry.url,
            self.parse_entry,
            errback=self.failed,
            headers=conditional,
            priority=ENTRIES,
            cb_kwargs={"entry": entry},
            meta={"facts": {"role": "entry", "entry": asdict(entry)}, "browser": "entry" in self.scripts},
            dont_filter=True,  # the ledger sees to it that each is asked once; the filter would drop what a list page was
        )

    def _entry(self, row: Link, list_url: str, trail: tuple[str, ...]) -> Entry:
        facts = titles.classify(row.text)
        return Entry(
            url=row.url,
            title=row.text,
            date=row.date,
            organ=facts.organ or body_of(trail),
            year=facts.year or year_of(trail),
            list_url=list_url,
            found_by=" > ".join(trail) or "home",
            kind=facts.kind,
        )

    def _report_itself(self, response: Response) -> str | None:
        """The title of the report that a page holds which was taken for a list, None when it is a list."""
        reading = handover.read_page(response.body, [], response.url, {})
        title = reading.document.title or ""
        facts = titles.classify(title)
        sections = sum(block.kind == "heading" for block in reading.document.blocks)
        sure = (facts.kind in REPORT_KINDS and facts.year) or sections >= SECTIONS_OF_A_REPORT
        return title if reading.is_report and sure else None

    def parse_entry(self, response: Response, entry: Entry) -> Iterator[Request]:
        """A page that a list led to: read, handed over, its attachments and requisites asked for."""
        yield from self._attachments(self.ledger.page(response, entry), entry)
        for need in self.gathering.of_report(response, entry.url):
            yield self._requisite(need)

    def _attachments(self, urls: Iterable[str], entry: Entry) -> Iterator[Request]:
        for url in urls:
            self.ledger.keeper.claimed.add(url)  # a frame or an object may show the same file
            yield Request(
                url,
                self.parse_attachment,
                errback=self.failed,
                priority=FILES,
                meta={"facts": {"role": "attachment", "of": entry.url}, "allow_offsite": True},
            )

    def parse_attachment(self, response: Response) -> None:
        """A file that a report links to: the archive has it by now; a missing one is a problem."""
        self.ledger.page_ok(response, "attachment")

    def _requisite(self, need: Need) -> Request:
        return Request(
            need.url,
            self.parse_requisite,
            errback=self.missed,
            priority=REQUISITES,
            cb_kwargs={"need": need},
            meta={
                "facts": need.facts,
                "allow_offsite": True,
                "download_maxsize": self.settings.getint("REQUISITE_MAXSIZE"),
            },
            dont_filter=True,  # each is asked once anyhow; the filter must not take a framed list for an asked one
        )

    def parse_requisite(self, response: Response, need: Need) -> Iterator[Request]:
        """A style sheet, picture, script … of a report page: the archive has it by now. What it needs itself is next."""
        for inner in self.gathering.took(response, need):
            yield self._requisite(inner)

    def missed(self, failure: Any) -> None:
        """Errback of a requisite: told, and no fault of the run."""
        self.gathering.missed(failure)

    def failed(self, failure: Any) -> None:
        """Errback: no reply, refused, too big, too slow. Each is a recorded problem."""
        self.ledger.failed(failure)

    def _request(self, url: str, callback: Any, priority: int, trail: tuple[str, ...] = (), page: int = 1) -> Request:
        arguments: dict[str, Any] = {} if callback == self.parse_home else {"trail": trail}
        role = callback.__name__.removeprefix("parse_")
        return Request(
            url,
            callback,
            errback=self.failed,
            priority=priority,
            cb_kwargs=arguments | ({"page": page} if page > 1 else {}),
            meta={"facts": {"role": role, "trail": list(trail)}, "browser": role in self.scripts},
        )


def domain_of(url: str) -> str:
    """The domain a portal may use: its host without `www.`, so that its sub-hosts belong to it."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def body_of(trail: tuple[str, ...]) -> str | None:
    """The nearest step of the trail that names one issuing body."""
    return next((step for step in reversed(trail) if discovery.role(step) is Role.body), None)


def year_of(trail: tuple[str, ...]) -> int | None:
    """The nearest step of the trail that names a year."""
    for step in reversed(trail):
        if discovery.YEAR_NAME.match(step):
            return int(step[:4])
        if (facts := titles.classify(step)).year and discovery.role(step) is Role.column:
            return facts.year
    return None
