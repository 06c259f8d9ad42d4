"""The base of every portal's spider: the walk from the home page to the reports, and what is declared about a portal."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import asdict, replace
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

from scrapy import Request, signals
from scrapy.http import Response

from crawler import answers, calls, discovery, evidence, pagers, pages, postbacks, search, structure
from crawler.beside import Beside
from crawler.dialects import date_of_url
from crawler.discovery import Link, Role
from crawler.entry import Entry
from crawler.fingerprint import SURE, Fingerprint, marks, weight
from crawler.gathering import Gathering, Need
from crawler.identity import askable
from crawler.pages import FIRST, More
from crawler.resorts import Resorts
from crawler.site_facts import site_facts
from crawler.territory import Territory, domain_of
from crawler.verdict import Expect
from crawler.walk import A_FEW, CUT, LISTS, Walk, is_article, is_file, is_report, late_ways_are_worth_it
from parsing import titles
from parsing.document import Document

ENTRIES, FILES, REQUISITES = 30, 20, 0  # priorities: what a list shows is fetched before the next list, so
# that a run that is stopped early has something to show, and the next one gets further; what pages look like comes last
SECTIONS_OF_A_REPORT = 3  # headings below which an untitled page is not taken for one
SHORTEST_REPORT = 300  # characters, where a page has neither sections nor an attachment
SHORTEST_TITLE = 6  # characters: 首页, 更多, 下一页 are no entries
MAX_GROUPS = 5  # groups within a column: year, kind of body, body
ERRORS = [304, *range(400, 600)]  # statuses that come to our callbacks: each becomes a fact or a problem


class PortalSpider(Walk):
    """One portal. To write a spider by hand:

    1. Subclass the platform of the portal (spiders/platforms/), or this class when its lists are plain links.
    2. Set `name` (place first, then kind), `site_name` and `home_url`.
    3. Set `organ`, `level` (province, prefecture, county, township) and `site_id_code` as the portal's footer gives them;
       leave out what it does not say.
    4. Set `expect`: how many reports the lists should hold, and which years must be among them.
    5. Set `checked_live` to the date on which you saw it work on the real portal. `nianbao check NAME --accept` sets
       `reviewed`, once you have seen that `expect` is right.
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
    reviewed: ClassVar[str] = "never"  # the day on which a person accepted `expect`: `nianbao check NAME --accept`

    handle_httpstatus_list = ERRORS

    def __init__(self, *args: Any, sample: int | str | None = None, **kwargs: Any) -> None:
        """`sample` (scrapy crawl -a sample=3): walk all lists, ask only so many of the entries' pages, and no files."""
        super().__init__(*args, **kwargs)
        self.sample = None if sample is None else int(sample)
        self.allowed_domains = [domain_of(self.home_url), *self.hosts]
        self.turned: set[str] = set()  # pages of lists that were asked for, by pages.key
        self.menu: set[str] = set()  # addresses that the home page links to: the menu that stands on every page
        self.territory = Territory(self.home_url, self.hosts)
        self.portal = evidence.Portal(self.organ, self.site_name, self.site_id_code, self.division_code)
        self.late_ways = False
        self.row_addresses, self.beside = {}, Beside()
        self.column_found = False  # the portal's own; columns of its departments are no sign of it

    @property
    def gathering(self) -> Gathering:
        """What the run asks for so that report pages can be shown as they were."""
        found = self.ledger.gathering
        if found is None:
            raise RuntimeError(
                f"{self.name}: expected a run that took place, got one whose host another run has leased"
            )
        return found

    @property
    def gathers(self) -> bool:
        """Whether the run asks for what pages need to be shown: not when it looks at a sample, nor when it is a check."""
        return self.sample is None and self.settings.getbool("GATHER_REQUISITES")

    @property
    def asks_files(self) -> bool:
        """Whether the run asks for attachments: not when it looks at a sample, nor when it is held against one."""
        return self.sample is None and self.settings.getbool("ASK_ATTACHMENTS")

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
        self.resorts = Resorts(self.settings.getint("DISCOVERY_PAGES"))
        self.crawler.signals.connect(self._idle, signals.spider_idle)
        yield self._request(self.home_url, self.parse_home, LISTS + 2)
        for hint in self.hints:
            yield self._request(urljoin(self.home_url, hint), self.parse_list, LISTS, trail=("hint",))
        gathering = self.ledger.gathering if self.gathers else None
        while gathering is not None and gathering.owed:
            for need in gathering.of_kept(gathering.owed[-1]):
                yield self._requisite(need)
            gathering.owed.pop()
            await asyncio.sleep(0)  # each page is read from the archive: let the crawl go on in between

    def parse_home(self, response: Response) -> Iterator[Request]:
        """The portal's home page, or one of its frames: the way to the 年报 column."""
        if self.ledger.page_ok(response, "home"):
            self.ledger.home_ok()
            if not self.ledger.tally.entries:  # before this run's own entries are in the memory
                known = self.ledger.memory.entries.values()
                self.late_ways = late_ways_are_worth_it(row["found_by"] for row in known)
            found = self.sane(response)
            self.menu |= {link.url for link in found}
            self.territory.introduce(response)
            self.resorts.doors += [link for link in found if self.is_door(link.url)]
            self.resorts.old_sites += [link for link in found if discovery.OLD_SITE.match(link.text)]
            self._learn_whose(response)
            root, source = discovery.tree(response), discovery.source_text(response)
            self.resorts.searches += search.searches(root, source, response.url, discovery.charset_of(response))
            yield from self.follow_hubs(response, found, ())
            if not any(discovery.role(link.text) in (Role.column, Role.hub) for link in found):
                yield from self.look_inside(response, self.parse_home, ())

    def _learn_whose(self, response: Response) -> None:
        """Where the portal is, from its home page when the spider does not say: 市统计局 is 青川市统计局 then, also in a probe.

        Its organ is not learned: a report whose list names nobody is not for a guess to give to the government.
        """
        if not self.portal.site:
            said = site_facts(response)
            code = self.portal.site_code or said.site_id_code
            self.portal = replace(self.portal, site=said.site_name or "", site_code=code)

    async def parse_hub(self, response: Response, trail: tuple[str, ...]) -> AsyncIterator[Request]:
        """A page on the way: the openness platform, or the departments' and townships' own platforms."""
        if self.ledger.page_ok(response, "hub") and self.is_ours(response):
            found = self.sane(response)
            if (
                sum(map(is_report, self.rows(response, found))) >= A_FEW
            ):  # a page is what it shows, not what links call it
                async for request in self.parse_list(response, trail):
                    yield request
            for request in self.follow_hubs(response, found, trail):
                yield request
            leads = (link for link in found if link.url not in self.menu)
            if all(discovery.role(link.text) in (Role.other, Role.hub) for link in leads):
                for request in self.look_inside(response, self.parse_hub, trail):
                    yield request

    async def parse_list(
        self, response: Response, trail: tuple[str, ...], page: int = 1, more: More = FIRST
    ) -> AsyncIterator[Request]:
        """A list of reports, or a column that leads to such lists, or the one report that a year's column consists of."""
        if page > 1 and pages.is_stub(response):
            return  # the list has fewer pages than its pager says
        if not self.ledger.page_ok(response, "list"):
            if response.status >= 500:
                for request in self.turn(more, trail, page):
                    yield request
            return
        if not self.is_ours(response):
            return
        found = self.sane(response)
        for request in self.look_beside(response, self.parse_list, trail):
            yield request
        rows = list(self.rows(response, found))
        first = not more.shown  # also where the list is a fragment that the page's script loads
        reports = [row for row in rows if is_report(row)]
        perhaps = (
            not reports or titles.classify(trail[-1]).kind in titles.REPORT_KINDS
        )  # its neighbours are linked as well
        itself = await self._report_itself(response, rows, reports) if perhaps and first else None
        if itself:
            entry = self._entry(Link(response.url, itself.title or ""), response.url, trail)
            if self.ledger.entry(entry) is not None:
                async for request in self.parse_entry(response, entry, itself):
                    yield request
            rows, reports = [], []  # what it links are its attachments and its neighbours
            found = [link for link in found if not is_file(link.url)]
        # Beside its rows the links that only their pages tell to be reports: without a date and a year they are no rows.
        self.ledger.list_seen(response.url, rows if itself else (*found, *rows))
        for row in rows if reports or any(CUT.search(row.text) for row in rows) else []:
            for request in self.take(row, response.url, trail):
                yield request
        shown = frozenset(row.url for row in pages.entries(rows))
        self.turned.add(response.url)
        ahead = more.ahead if first or shown - more.shown else ()  # nothing new: what the pager promised is not there
        sent_back = postbacks.next_page(discovery.source_text(response), response.url, response.request)
        further = (*self.next_pages(response, found), *([sent_back] if sent_back else []))
        following = More((*ahead, *further), shown, more.of or response.url)
        for request in self.turn(following, trail, page):
            yield request
        for row in structure.alike(
            reports, found
        ):  # 区教育局政府信息公开年报 among reports with a year: its page tells which
            yield self._request(row.url, self.parse_list, LISTS, trail=(*trail, row.text))
        if len(trail) <= MAX_GROUPS and first:
            for request in self.follow_groups(found, trail):
                yield request
        if not reports and not itself and first:
            for request in self.look_inside(response, self.parse_list, trail):
                yield request

    # What a platform may override

    def links(self, response: Response) -> list[Link]:
        """All links of a page, or of the JSON that an interface answers with. Raises AnswerError for one that refuses."""
        text = discovery.source_text(response)
        if answers.is_answer(text):
            return list(calls.answer_of(response, text).rows)
        linked = discovery.links(discovery.tree(response), response.url, text, self.beside.text)
        return list(islice(discovery.askable(linked, response), discovery.MOST_LINKS + 1))

    def rows(self, response: Response, found: list[Link]) -> Iterable[Link]:
        """The rows of a list page: links with a date in their row, or with a title that is a report's; in a table of bodies
        by years, links that say 2023 or 查看.
        """
        places = structure.grid_of_reports(discovery.tree(response), response.url)
        for link in found:
            facts = titles.classify(link.text)
            titled = facts.kind in titles.REPORT_KINDS and (facts.year or discovery.role(link.text) is not Role.column)
            if link.url in places and structure.says_nothing(link.text):
                year, body = places[link.url]
                yield Link(link.url, f"{body}{year}年政府信息公开工作年度报告", link.date)
            elif (
                link.date
                or titled
                or CUT.search(link.text)
                or (facts.kind in titles.REPORT_KINDS and date_of_url(link.url))
            ):
                yield link  # without a date or a year it is the menu's: 政府信息公开指南, 政府信息公开年报

    def next_pages(self, response: Response, found: list[Link]) -> Iterable[str | Request]:
        """Further pages of the same list: addresses, or requests where an address does not say all (POST).

        Here: what its pager leads to, of whatever kind it is; for an answer of an interface, the further numbers of its
        `page=1`.
        """
        text = discovery.source_text(response)
        if answers.is_answer(text):
            return calls.answered(response, text)
        return pagers.further(discovery.tree(response), response.url, text)

    # Entries

    def take(self, row: Link, list_url: str, trail: tuple[str, ...]) -> Iterator[Request]:
        """Write an entry down; yield a request when its page is to be asked now."""
        kind, role = titles.classify(row.text).kind, discovery.role(row.text)
        filed = is_file(row.url) and any(discovery.role(step) is Role.column for step in trail)
        if kind == "unknown" and not filed and (role is not Role.other or len(row.text) < SHORTEST_TITLE):
            return  # a group, a body, 更多: followed or passed over, not fetched as a report
        if self.is_moved(row, trail):
            return
        away = self.territory.shares_machine(row.url) and not self.territory.includes(row.url)
        ours = not away or self.territory.is_named_in(row.text)  # else it is a neighbour's
        if not ours or not (self.territory.owns(row.url) or self.territory.admits(row, from_home=False)):
            self.ledger.problem("offsite", row.url, "a report on a host of the portal", urlsplit(row.url).netloc)
            return
        columnar = role in (Role.column, Role.group) and not is_article(row)
        if columnar and not self.ledger.memory.knows_report(row.url):
            if year_of((row.text,)):
                # “2019年政府信息公开年报” is a year's column or the report itself: its page will tell (parse_list)
                yield self._request(row.url, self.parse_list, LISTS, trail=(*trail, row.text))
            return
        entry = self._entry(row, list_url, trail)
        told = entry.is_told_by(self.ledger.memory.entries.get(entry.url))
        conditional = self.ledger.entry(entry)
        if conditional is None:
            yield from self._attachments(self.ledger.memory.unasked(entry.url), entry.url)
            return
        if self.sample is not None and self.ledger.asked >= self.sample:
            self.ledger.not_asked(entry)
            return
        self.ledger.asked += 1
        yield Request(
            entry.url,
            self.parse_entry,
            errback=self.failed,
            headers=conditional,
            priority=ENTRIES,
            cb_kwargs={"entry": entry},
            meta=self._meta(entry.url, {"role": "entry"} if told else {"role": "entry", "entry": asdict(entry)}),
            dont_filter=True,  # the ledger sees to it that each is asked once; the filter would drop what a list page was
        )

    def _entry(self, row: Link, list_url: str, trail: tuple[str, ...]) -> Entry:
        finding, kind = evidence.weigh(row, trail, self.portal), titles.classify(row.text).kind
        listed = kind == "unknown" and is_file(row.url) and finding.year is not None  # “2022年度” in the 年报 column
        return Entry(
            url=row.url,
            title=row.text,
            date=row.date or date_of_url(row.url),
            organ=finding.organ,
            year=finding.year,
            list_url=list_url,
            found_by=" > ".join(trail) or "home",
            kind="annual_report" if listed else kind,
            evidence=finding.as_facts(),
        )

    async def _report_itself(self, response: Response, rows: list[Link], reports: list[Link]) -> Document | None:
        """The report that a page holds which was taken for a list, None when it is a list.

        `reports` are the rows with titles of reports: a page that is titled like one of them is the list they stand in.
        So is one that bears a row's title as it was cut, or a name that says neither whose reports nor what of (2018年年报)
        where a file is one row among others.
        """
        reading = await self.ledger.read(response, {})
        title, text = reading.document.title or "", reading.document.text
        facts = titles.classify(title)
        sections = sum(block.kind == "heading" for block in reading.document.blocks)
        flags = reading.document.flags  # a frame may hold the list, and pictures stand above lists
        files = reading.document.attachments if "body_in_frame" not in flags else []
        said = facts.organ is not None or "公开" in title
        beside = {reading.document.links.previous, reading.document.links.next}
        among = not said and any(_names_report(row) and not is_file(row.url) for row in rows if row.text not in beside)
        shown = bool(files) and not (reports and "body_in_images" in flags) and not among
        told = sections >= SECTIONS_OF_A_REPORT or len(text) >= SHORTEST_REPORT or shown
        a_rows = CUT.search(title) is not None or title in {row.text for row in reports}
        named = facts.kind in titles.REPORT_KINDS and facts.year is not None and not a_rows
        alone = all(is_file(row.url) for row in reports)
        bodys = facts.kind in titles.REPORT_KINDS and facts.organ is not None  # a list is not called after one body
        sure = (named and told) or (sections >= SECTIONS_OF_A_REPORT and (alone or bodys))
        return reading.document if reading.is_report and sure else None

    async def parse_entry(
        self, response: Response, entry: Entry, document: Document | None = None
    ) -> AsyncIterator[Request]:
        """A page that a list led to: read (unless the `document` in it is known), handed over, its attachments and
        requisites asked for.
        """
        files = await self.ledger.page(response, entry, document)
        for request in self._attachments(files, entry.url) if self.asks_files else ():
            yield request
        for need in self.gathering.of_report(response, entry.url) if self.gathers else ():
            yield self._requisite(need)

    def _attachments(self, urls: Iterable[str], of: str, inside: bool = False) -> Iterator[Request]:
        """Requests for what the page `of` shows; `inside`: in a frame of it, whose own frames are not followed."""
        for url in urls:
            if askable(url) is None:
                self.ledger.problem("refused", url, "a file on the web", "an address that is none of the web's")
                continue
            self.ledger.keeper.claimed.add(url)  # a frame or an object may show the same file
            yield Request(
                url,
                self.parse_attachment,
                errback=self.failed,
                priority=FILES,
                cb_kwargs={"of": of} | ({"inside": True} if inside else {}),
                meta={"facts": {"role": "attachment", "of": of}, "allow_offsite": True},
            )

    async def parse_attachment(self, response: Response, of: str, inside: bool = False) -> AsyncIterator[Request]:
        """A file that a report links to: the archive has it by now, and it is read; a missing one is a problem."""
        for request in self._attachments(await self.ledger.attachment(response, of, inside), of, inside=True):
            yield request

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

    def failed_list(self, failure: Any) -> Iterator[Request]:
        """Errback of a list: told, and the list goes on after the page that failed."""
        self.ledger.failed(failure)
        asked = failure.request.cb_kwargs
        if more := asked.get("more"):
            yield from self.turn(more, asked["trail"], asked["page"])

    def _request(
        self, url: str | Request, callback: Any, priority: int, trail: tuple[str, ...] = (), page: int = 1
    ) -> Request:
        arguments: dict[str, Any] = {} if callback == self.parse_home else {"trail": trail}
        role = callback.__name__.removeprefix("parse_")
        request = url if isinstance(url, Request) else Request(url)
        return request.replace(
            callback=callback,
            errback=self.failed_list if role == "list" else self.failed,
            priority=priority,
            cb_kwargs=arguments | ({"page": page} if page > 1 else {}),
            meta=self._meta(request.url, {"role": role, "trail": list(trail)}),
        )

    def _meta(self, url: str, facts: dict[str, Any]) -> dict[str, Any]:
        """What goes along with a request: what the archive is told of it, who fetches it, and whether its host was admitted."""
        admitted, address = self.territory.facts(url), self.row_addresses.get(url.partition("?")[0])
        meta = {"facts": facts | admitted, "browser": facts["role"] in self.scripts, "allow_offsite": bool(admitted)}
        return meta | ({"row_address": address} if address else {})


SEVERAL_YEARS = re.compile(r"(?:19|20)\d\d年?(?:[-—~～–至到]|(?:及|以|之)*[前后])")


def _names_report(row: Link) -> bool:
    """Whether a row is called a report, if not of which year, or may be, as far as it was cut."""
    return titles.classify(row.text).kind in titles.REPORT_KINDS or CUT.search(row.text) is not None


def body_of(trail: tuple[str, ...]) -> str | None:
    """The nearest step of the trail that names one issuing body."""
    return next((step for step in reversed(trail) if discovery.role(step) is Role.body), None)


def year_of(trail: tuple[str, ...]) -> int | None:
    """The nearest step of the trail that names a year."""
    for step in reversed(trail):
        if discovery.YEAR_NAME.match(step):
            return int(step[:4])
        if (
            (facts := titles.classify(step)).year
            and discovery.role(step) is Role.column
            and not SEVERAL_YEARS.search(step)
        ):
            return facts.year
    return None
