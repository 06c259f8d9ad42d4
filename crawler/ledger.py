"""The ledger of one run: entries, documents and problems go into the catalogue here, and the verdict at the end."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.utils.defer import deferred_from_coro

from archive.archive import Archive, utc_now
from archive.captures import page_url
from archive.catalogue import Row
from archive.retrieve import ArchiveError
from crawler import baseline, closing, handover, revision, sources
from crawler.advice import ADVICE
from crawler.answers import AnswerError
from crawler.discovery import Link
from crawler.entry import Entry
from crawler.gate import StoppedError
from crawler.gathering import Gathering
from crawler.identity import identity
from crawler.keeping import Keeper
from crawler.lease import HostLeasedError
from crawler.listed import report_of
from crawler.memory import Memory, Published
from crawler.observing import Observations
from crawler.pagekind import Answer, fault, is_home
from crawler.pagemarks import Kind
from crawler.revisit import due_at
from crawler.signature import Signature
from crawler.verdict import TOLD, Tally, Verdict, judge
from crawler.words import kind_of, plain
from parsing.attachments import is_page
from parsing.document import Document, TextStatus

logger = logging.getLogger(__name__)


class Ledger:
    """Scrapy extension. For a PortalSpider it keeps the whole book; for any other spider only that the run took place."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.get("NIANBAO_DATA"):
            raise NotConfigured("NIANBAO_DATA names no data folder: there is no catalogue to write to")
        self.crawler = crawler
        self.tally = Tally()
        self.verdict: Verdict | None = None
        self.entries: dict[str, Row] = {}
        self.identities: set[str] = set()  # identities of the entries: one page may be linked by several addresses
        self._counted: dict[str, object] = {}  # entries that are reports, by address: which report
        self._addresses: Counter[object] = Counter()  # reports: how many entries lead to each
        self.asked = 0  # entries whose pages were asked for
        self.lists: set[str] = set()  # addresses of the list pages that were read
        self.seen = Observations()
        self.signature: Signature | None = None  # of a run that came to its end
        self.gathering: Gathering | None = None  # none where the host is leased: that run asks for nothing
        crawler.signals.connect(self._opened, signals.spider_opened)
        crawler.signals.connect(self._error, signals.spider_error)
        crawler.signals.connect(self._dropped, signals.request_dropped)
        crawler.signals.connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    # Opening

    def _opened(self, spider: Spider) -> None:
        self.spider: Any = spider  # a PortalSpider, or anybody's with fewer attributes
        self.is_portal = hasattr(spider, "home_url")
        self.run = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{spider.name}"
        self.keeper.run = self.run
        catalogue = self.catalogue
        portal = {"name": spider.name, "last_seen": utc_now()}
        if self.is_portal:
            portal |= _declared(spider)
        catalogue.put("portal", portal)
        if self.is_portal and not self._lease():
            deferred_from_coro(self.crawler.engine.close_spider_async(reason="leased"))
            return  # no row for a run that did not take place: it would hide the one that does
        catalogue.put(
            "run",
            {
                "id": self.run,
                "portal": spider.name,
                "spider_revision": revision.of_spider(type(spider)),
                "started_at": utc_now(),
                "handover_bytes": 0,
            },
        )
        self.archive.commit()
        if self.is_portal:
            from crawler.loader import platforms  # which knows spiders, and they this module

            self.memory = Memory(self.catalogue, spider.name)
            self.gathering = Gathering(self)
            self.seen = Observations(list(platforms(self.crawler.settings)))

    def _lease(self) -> bool:
        """Take the lease of the portal's host; False when another process has it."""
        try:
            self.keeper.lease(urlsplit(self.spider.home_url).hostname or "")
        except HostLeasedError:
            return False
        return True

    @property
    def keeper(self) -> Keeper:
        keeper = self.crawler.get_extension(Keeper)
        if keeper is None:
            raise RuntimeError("expected the extension crawler.keeping.Keeper in EXTENSIONS, found none")
        return keeper

    @property
    def archive(self) -> Archive:
        return self.keeper.archive

    @property
    def catalogue(self) -> Any:
        return self.archive.catalogue

    # The walk reports here

    def home_ok(self) -> None:
        """The home page was had."""
        self.tally.home_ok = True

    def list_seen(self, url: str, rows: Iterable[Link] = ()) -> None:
        """A list page was read; `rows` are its links that may be reports: of two for one address the last counts."""
        self.tally.lists += 1
        self.lists.add(url)
        self.tally.first_list = self.tally.first_list or url
        self.seen.list_rows(url, rows)

    def page_ok(self, response: Response, what: str) -> bool:
        """Whether a reply is the page it should be; when not, the problem is written down."""
        kind, got = self._fault(response, what)
        if kind is None:
            if what == "home":
                self.seen.home(response)
            elif what in ("list", "search"):
                self.seen.list_page(response)
            return True
        if what == "home":
            self.tally.home_problem, self.tally.home_kind = got, kind
        self.seen.failed(response.request)
        self.problem(kind, response.url, f"the {what} page", got)
        return False

    def entry(self, entry: Entry) -> dict[str, str] | None:
        """Write a listed entry down. Returns the request headers to ask it with, None when it is not to be asked now."""
        if identity(entry.url) in self.identities:
            return None
        self.identities.add(identity(entry.url))
        state = self.memory.state(entry.url)
        known = {name: getattr(state, name) for name in _CARRIED}
        row = {
            "run": self.run,
            "url": entry.url,
            "portal": self.spider.name,
            "title": entry.title,
            "listed_date": entry.date,
            "organ": entry.organ,
            "year": entry.year,
            "kind": entry.kind,
            "list_url": entry.list_url,
            "found_by": entry.found_by,
            "outcome": None,
            **known,
        }
        self.entries[entry.url] = row
        self.tally.entries += 1
        if entry.kind == "neighbour":
            self.tally.skipped += 1
            self.settle(row, "skipped")
            return None
        if entry.kind != "unknown" and state.outcome != NO_REPORT:
            self._count_report(entry, entry.year)
        sampled = getattr(self.spider, "sample", None) is not None  # a sample is asked for whether it is due or not
        if not sampled and not state.is_due(datetime.now(UTC), entry.title, entry.date):
            self.tally.not_due += 1
            if state.document:
                self._count_report(entry, entry.year)
            self._still_there(state.document)
            if state.outcome == NO_REPORT and entry.promises:
                self.problem(
                    "not_a_report", entry.url, f"the report “{entry.title}”", f"no report, as read {state.checked_at}"
                )
            self.settle(row, NO_REPORT if state.outcome == NO_REPORT else "not_due")
            return None
        self._put(row)
        read = state.document or state.outcome == NO_REPORT  # a file that was kept unread is to be read now
        return state.validators if read else {}

    def not_asked(self, entry: Entry) -> None:
        """A listed entry whose page this run leaves out: it looks at a sample. The next run asks for it."""
        self.tally.not_asked += 1
        self.settle(self.entries[entry.url], NOT_ASKED)

    async def read(
        self, response: Response, registered: Mapping[str, handover.Parser] | None = None
    ) -> handover.Reading:
        """A reply read from its record: what is read again later reads the same."""
        capture = response.meta["capture"]
        body, headers = self.archive.page(capture)
        return await handover.read_aside(body, headers, page_url(capture), registered)

    async def page(self, response: Response, entry: Entry, document: Document | None = None) -> list[str]:
        """A listed page came: read it, unless the `document` in it is known, and hand it over when it is new.

        Returns the addresses of attachments still to be fetched.
        """
        row = self.entries.get(entry.url)
        if row is None:
            return []
        if response.status == 304:
            if row["document"]:
                self._count_report(entry, entry.year)
            self._unchanged(row, response)
            self._still_there(row["document"])
            return list(self.memory.unasked(entry.url))
        if not self.page_ok(response, "report"):
            self.settle(row, "problem")
            return []
        capture = response.meta["capture"]
        reading = await self.read(response) if document is None else handover.parse(document)
        row |= {
            "capture": capture["id"],
            "etag": _header(response, b"ETag"),
            "last_modified": _header(response, b"Last-Modified"),
        }
        for failure in reading.failures:
            self.problem("parser", response.url, f"the parser {failure.parser} to take the document", failure.error)
        if not reading.is_report:
            self._not_a_report(row, entry, response, reading)
            return []
        mark = handover.fingerprint(reading.document)
        known = self.memory.document(entry.url)
        same = known.id if known and await self._reads_the_same(known, reading, mark) else None
        if same is None and known is None:
            same = self.memory.twin(reading, entry)  # the page moved, or stands at two addresses
        if same is not None:
            row["document"] = same
            self._unchanged(row, response)
            self._still_there(same)
        else:
            self._publish(row, entry, reading, capture, known, mark)
            self.settle(row, "fetched", unchanged=0)
            self.tally.fetched += 1
        self._count_report(entry, reading.report.report_year or entry.year)  # now that memory has the document
        return list(self.memory.wanted([attachment.url for attachment in reading.document.attachments]))

    async def attachment(self, response: Response, page: str, inside: bool = False) -> list[str]:
        """A file that a report's page links to came: what can be read of it is a document of its own, part of the page's.

        Returns the addresses of files still to be fetched, when it is a framed page that only shows them; not when it is
        `inside` such a page itself.
        """
        if not self.page_ok(response, "frame" if is_page(response.url) else "attachment"):
            return []
        known, row, capture = self.memory.document(page), self.entries.get(page), response.meta["capture"]
        if known is None or row is None or self._is_entry(page_url(capture)):
            return []  # the page is no report; or the file is an entry itself
        reading = await self.read(response)
        if handover.is_part(reading, known.text_status):
            for failure in reading.failures:
                self.problem("parser", response.url, f"the parser {failure.parser} to take the document", failure.error)
            self._publish_part(row, known, reading, capture)
        shown = reading.document.attachments if reading.document.text_status != TextStatus.full and not inside else []
        if not (reading.document.text or shown or known.text_status == TextStatus.full):
            self._unread(response, reading)
        return list(self.memory.wanted([attachment.url for attachment in shown]))

    def failed(self, failure: Any) -> None:
        """A request that brought no reply."""
        request, error = failure.request, failure.value
        if isinstance(error, StoppedError):
            return  # an entry that was not asked is a problem at the end (crawler/closing.py)
        kind = kind_of(error)
        expected, got = getattr(error, "expected", "a reply"), getattr(error, "got", None) or plain(error)
        if request.meta.get("facts", {}).get("role") == "home":
            if kind == "offsite":  # nothing but a redirect leads away from the home page
                kind, got = "moved", f"a redirect to {request.url}"
            self.tally.home_problem, self.tally.home_kind = got, kind
        self.seen.failed(request)
        self.problem(kind, request.url, expected, got)
        self._lost(request)

    def problem(self, kind: str, url: str, expected: str, got: str) -> None:
        """Write a problem down: what, where, what was expected, what came, what to do next."""
        self.tally.problems[kind] = self.tally.problems.get(kind, 0) + 1
        if kind not in TOLD:
            self.tally.first_problem = self.tally.first_problem or url
        advice = ADVICE[kind].format(name=self.spider.name, url=url)
        number = sum(self.tally.problems.values())
        self.catalogue.put(
            "problem",
            {
                "id": f"{self.run}#{number:05d}",
                "run": self.run,
                "portal": self.spider.name,
                "kind": kind,
                "url": url,
                "expected": expected,
                "got": got,
                "advice": advice,
                "at": utc_now(),
            },
        )

    # Inner book-keeping

    def _is_entry(self, url: str) -> bool:
        """Whether what stands at an address is a document as an entry, or is still being read as one."""
        listed = self.entries.get(url)
        return self.memory.document(url) is not None or (listed is not None and listed["outcome"] is None)

    def _fault(self, response: Response, what: str) -> tuple[str | None, str]:
        """The kind of problem that a reply is, None when it is none; and what came, in words."""
        got = f"HTTP {response.status}, {len(response.body)} bytes"
        home = self.spider.home_url if what in LEADS_ELSEWHERE else ""
        judged = fault(Answer.of(response, home, "file" if what == "attachment" else "page"))
        if judged is not None and judged.kind is not Kind.soft_404:
            return judged.kind, f"{got}: {judged}"
        if response.status >= 400:
            return "server_error" if response.status >= 500 else "missing", got
        if response.status == 200 and not response.body.strip():
            return "nothing", got
        if judged is None or response.meta.get("inside"):  # a frame may hold a picture and nothing else
            return None, got
        return judged.kind, f"{got}: {judged}"

    def _count_report(self, entry: Entry, year: int | None) -> None:
        """Count an entry as a listed report: once, however many addresses lead to it."""
        self._discount(entry)
        report = self._counted[entry.url] = self._report(self.entries[entry.url])
        self._addresses[report] += 1
        self.tally.reports = len(self._addresses)
        if year:
            self.tally.years.add(year)

    def _discount(self, entry: Entry) -> None:
        report = self._counted.pop(entry.url, None)
        if report is not None:
            self._addresses[report] -= 1
            if not self._addresses[report]:
                del self._addresses[report]
            self.tally.reports = len(self._addresses)

    def _report(self, row: Row) -> object:
        """Which report an entry is: as its page says when that was read, else as its list does."""
        listed, read = report_of(row), self.memory.reports.get(row["document"] or "")
        if read is None:
            return listed
        told = read[0] != row["organ"] or listed != row["url"]  # by the page, or by the list
        return read if told else row["document"]

    def _put(self, row: Row) -> None:
        """Queue an entry's row. It mostly says what the last one for its address said, in this run or an earlier one."""
        self.catalogue.put("entry", row, like=self.memory.entries.get(row["url"]))
        self.memory.entries[row["url"]] = dict(row)

    def settle(self, row: Row, outcome: str, unchanged: int | None = None) -> None:
        """What an entry has come to. `unchanged`: its page was checked, and was the same that many times before."""
        row["outcome"] = outcome
        if unchanged is not None:
            row["checked_at"] = utc_now()
            row["unchanged_checks"] = unchanged
            row["due_at"] = due_at(unchanged, bool(row["etag"] or row["last_modified"]))
        self._put(row)

    def _unchanged(self, row: Row, response: Response) -> None:
        self.tally.unchanged += 1
        for name, header in (("etag", b"ETag"), ("last_modified", b"Last-Modified")):
            row[name] = _header(response, header) or row[name]
        self.settle(row, "unchanged", unchanged=(row["unchanged_checks"] or 0) + 1)

    def _still_there(self, document: str | None) -> None:
        for each in (document, *self.memory.parts.get(document, ())) if document else ():
            self.catalogue.put("document", {"id": each, "last_seen": utc_now(), "gone_since": None})

    async def _reads_the_same(self, known: Published, reading: handover.Reading, mark: str) -> bool:
        """Whether a page is what it was. Where other code read it then, today's code reads the archived copy again."""
        if mark == known.fingerprint or reading.document.content_sha256 == known.content_sha256:
            return True
        if known.parsed_with == revision.of_reading():
            return False
        before = await handover.reread(self.archive, known.capture)
        return before is not None and handover.fingerprint(before.document) == mark

    def _not_a_report(self, row: Row, entry: Entry, response: Response, reading: handover.Reading) -> None:
        self.tally.fetched += 1
        if not reading.document.text and is_a_file(reading.document) and entry.kind != "unknown":
            self._unread(response, reading)
            self.settle(row, "fetched", unchanged=(row["unchanged_checks"] or 0) + 1)
            return
        if entry.kind != "unknown":
            self._discount(entry)
        if entry.promises:
            got = f"“{reading.document.title or '(no title)'}”, which reads as {reading.document.doc_type}"
            self.problem("not_a_report", response.url, f"the report that the list calls “{entry.title}”", got)
        self.settle(row, NO_REPORT, unchanged=(row["unchanged_checks"] or 0) + 1)

    def _unread(self, response: Response, reading: handover.Reading) -> None:
        got = f"{reading.document.media_type}: {', '.join(reading.document.flags)}"
        self.problem("unread_file", response.url, "a file that can be read", got)

    def _publish_part(self, row: Row, known: Published, reading: handover.Reading, capture: Row) -> None:
        """A file's own document, part of the page's."""
        organ, year = known.whose
        page = {"id": known.id, "portal": self.spider.name, "organ": organ, "report_year": year}
        rows = handover.part_rows(page, capture, reading, utc_now())
        for table, values in rows.items():
            if values:
                self.catalogue.put(table, values)
        self.tally.new_files += 1
        self.memory.parts.setdefault(known.id, []).append(rows["document"]["id"])
        entry = row | {"document": rows["document"]["id"], "part_of": known.id}
        self._hand_over(entry, rows["document"], capture, reading)

    def _publish(
        self, row: Row, entry: Entry, reading: handover.Reading, capture: Row, known: Published | None, mark: str
    ) -> None:
        """A document that was not there before: into the catalogue, and over to whoever reads the hand-over."""
        document_id = handover.short_id(entry.url, mark, *([known.id] if known else []))
        if known is None:
            self.tally.new_documents += 1
        else:
            self.tally.changed += 1
        self.memory.remember(entry, Published.of(document_id, mark, capture["id"], reading, entry), reading)
        row["document"] = document_id
        rows = handover.document_rows(self.spider.name, entry.url, reading, mark, entry.organ, entry.year)
        for table, values in rows.items():
            if values:
                self.catalogue.put(table, values | ({"id": document_id} if table == "document" else {}))
        moments = {"first_seen": utc_now(), "last_seen": utc_now(), "supersedes": known.id if known else None}
        self.catalogue.put("document", {"id": document_id, "capture": capture["id"], "gone_since": None, **moments})
        self._hand_over(row, rows["document"], capture, reading)

    def _hand_over(self, entry: Row, document: Row, capture: Row, reading: handover.Reading) -> None:
        source = sources.propose(self.catalogue, document)
        line = handover.handover_line(self.run, self.spider.name, entry, capture, reading, source)
        self.archive.hand_over(self.run, line)

    # Closing

    def _error(self, failure: Any, response: Response, spider: Spider) -> None:
        if not self.is_portal:
            self.tally.problems["exception"] = self.tally.problems.get("exception", 0) + 1
            return
        if isinstance(failure.value, AnswerError):
            self.problem(failure.value.kind, response.url, failure.value.expected, failure.value.got)
            self._lost(response.request)
            return
        where = failure.getTraceback(elideFrameworkCode=True).strip().splitlines()[-3:]
        self.problem(
            "exception",
            response.url,
            "the callback to return",
            f"{failure.type.__name__}: {failure.value} ({where[0].strip()})",
        )
        self._lost(response.request)

    def _dropped(self, request: Request, spider: Spider) -> None:
        """A redirect to a page that was seen: Scrapy's filter of duplicates drops it in silence. Was it a list?"""
        asked, role = request.meta.get("redirect_urls"), request.meta.get("facts", {}).get("role")
        if not self.is_portal or not asked:
            return
        self.seen.failed(request)  # if it was a later page of a list, the first stands in its place
        if (
            role in LED_HOME
            and is_home(request.url, self.spider.home_url)
            and not is_home(asked[0], self.spider.home_url)
        ):
            self.problem(LED_HOME[role], asked[0], f"the {role} page", "a redirect to the home page")

    def _lost(self, request: Request | None) -> None:
        """The entry that a request was made for has become a problem. Its address may have changed by redirects."""
        entry = request.cb_kwargs.get("entry") if request else None
        row = self.entries.get(entry.url) if entry else None
        if row is not None and row["outcome"] is None:
            self.settle(row, "problem")

    def _closed(self, spider: Spider, reason: str) -> None:
        """The run is over: what is still open is settled, and the verdict is written. A leased run leaves no row."""
        tally, stats = self.tally, self.crawler.stats
        tally.finish_reason = "archive_error" if stats.get_value("nianbao/archive_error") else reason
        tally.requests, tally.bytes = self.keeper.requests, self.keeper.bytes
        if reason == "start_error":
            self.problem(
                "exception", getattr(spider, "home_url", ""), "start() to run", "it raised; the log has the traceback"
            )
        case = closing.close(self)
        if self.gathering is not None:
            self.gathering.close()
        self.verdict = judge(case)
        if tally.finish_reason == "leased":
            return
        row = closing.run_row(case, self.verdict, baseline.keep_sheet(self.catalogue, self.signature))
        self.catalogue.put("run", {"id": self.run, "finished_at": utc_now(), **row})
        logger.info("%s is %s: %s %s", spider.name, self.verdict.word, self.verdict.reason, self.verdict.advice)
        self.keeper.give_back_leases()
        try:
            self.archive.end_run(self.run)
        except ArchiveError as error:
            tally.finish_reason = "archive_error"
            stats.set_value("nianbao/archive_error", str(error))
            self.verdict = judge(case)
            logger.error("%s", error)


def is_a_file(document: Document) -> bool:
    """Whether a document is no web page."""
    return not document.media_type.startswith("text/")


LEADS_ELSEWHERE = (
    "list",
    "report",
    "attachment",
    "frame",
)  # pages that are not had when the home page comes in their place
LED_HOME = {
    "list": "soft_404",
    "hub": "to_home",
}  # kinds of problem where a redirect to the home page comes in its place
NOT_ASKED = "not_asked"  # outcome of an entry whose page was left out of a sample
NO_REPORT = "no_report"  # outcome of an entry whose page was read and is no report
_CARRIED = ("capture", "document", "etag", "last_modified", "checked_at", "unchanged_checks", "due_at")


def _declared(spider: Any) -> Row:
    return {
        "site_name": spider.site_name,
        "platform": spider.platform,
        "home_url": spider.home_url,
        "organ": spider.organ,
        "level": spider.level,
        "division_code": spider.division_code,
        "site_id_code": spider.site_id_code,
        "checked_live": spider.checked_live,
        "expect_reports_min": spider.expect.reports[0],
        "expect_reports_max": spider.expect.reports[1],
    }


def _header(response: Response, name: bytes) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
