"""Gathering what report pages need: which requisites a run asks for, once, inside a budget, and what became of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive.captures import page_url
from archive.catalogue import Row
from archive.http import DecodeError
from archive.reader import DamagedRecordError
from archive.retrieve import ArchiveError
from crawler import requisites
from crawler.discovery import tree_of
from crawler.gate import HostLeftError, StoppedError
from crawler.keeping import AlreadyKeptError
from crawler.lease import HostLeasedError
from crawler.pagekind import challenge
from crawler.requisites import Requisite
from crawler.verdict import Word
from crawler.words import plain
from parsing import media
from parsing.charset import decode

if TYPE_CHECKING:
    from crawler.ledger import Ledger

logger = logging.getLogger(__name__)
READ_AT_MOST = 1 << 20  # bytes of a style sheet or frame that are looked through: a second's work
LEFT, TOLD = "requisite_budget", "requisite"  # kinds of problems: both told, neither a fault of the run


class BudgetSpentError(IgnoreRequest):
    """The run has asked for as many requisites as it may: the rest is the next run's."""


@dataclass(frozen=True)
class Need:
    """A requisite to ask for: for which report page, through which sheet or frame, how many steps from the page."""

    url: str
    kind: str
    of: str
    via: str
    depth: int

    @property
    def facts(self) -> dict[str, str]:
        """What the archive writes down beside its bytes."""
        facts = {"role": "requisite", "of": self.of, "kind": self.kind}
        return facts | ({"via": self.via} if self.via != self.of else {})


class Gathering:
    """The requisites of one run of one portal.

    An address is asked for when the archive has no answer for it, from any run of any portal, and nobody in this process
    has claimed it. What was refused (4xx) is asked again when a page that needs it is new or has changed; what failed,
    whenever such a page is asked. A run that was killed, stopped or out of budget leaves the portal `owed`: the next one
    looks through the archived copies of its reports for what is still missing.
    """

    def __init__(self, ledger: Ledger) -> None:
        settings = ledger.crawler.settings
        self._ledger = ledger
        self._most = settings.getint("REQUISITES_PER_RUN")
        self._max_bytes = settings.getint("REQUISITES_MAX_BYTES")
        self._deepest = settings.getint("REQUISITES_DEPTH")
        self._claimed = ledger.keeper.claimed
        self._answered: set[str] = set()  # addresses that need no look into the catalogue any more
        self._looked: set[str] = set()  # archived sheets and frames that this run has looked through
        self._open: set[str] = set()  # asked for, and neither had nor failed yet
        self._left = self._requests = self._bytes = 0
        portal, run = ledger.spider.name, ledger.run
        self.owed = list(ledger.memory.pages) if _unfinished(ledger.catalogue, portal, run) else []

    # What is needed

    def of_report(self, response: Response, page: str) -> Iterator[Need]:
        """What the report page `page` needs, now that the ledger has taken its answer."""
        row = self._ledger.entries.get(page)
        if row is None or row["outcome"] not in ("fetched", "unchanged") or not row["document"]:
            return
        if response.status == 304:
            yield from self.of_kept(page)
            return
        found = _of_html(response.body, _content_type(response), response.url)
        yield from self._new(found, page, page, 1, again=row["outcome"] == "fetched")

    def of_kept(self, page: str) -> Iterator[Need]:
        """What a report page needs according to its archived copy, and what the sheets need that are kept."""
        capture = self._ledger.memory.state(page).capture
        todo = [(page, 0, _of_html(*self._stored("SELECT * FROM capture WHERE id = ?", capture)))]
        while todo:
            via, depth, found = todo.pop()
            known = list(found)
            yield from self._new(known, page, via, depth + 1, again=False)
            for each in known:
                if each.kind in ("stylesheet", "frame") and each.url not in self._looked and each.url not in self._open:
                    self._looked.add(each.url)
                    sql = "SELECT * FROM capture WHERE url = ? AND status = 200 ORDER BY requested_at DESC"
                    inner = self._inside(each, depth + 1, *self._stored(sql, each.url))
                    todo.append((each.url, depth + 1, inner))

    def _inside(
        self, what: Requisite | Need, depth: int, body: bytes, content_type: str, url: str
    ) -> Iterator[Requisite]:
        """What a style sheet or frame needs itself, `depth` steps from the page."""
        if what.kind == "stylesheet" and depth < self._deepest:
            charset = content_type.lower().partition("charset=")[2].strip("\"' ;") or None
            yield from requisites.of_sheet(body[:READ_AT_MOST], url, charset)
        elif what.kind == "frame" and depth == 1:
            yield from (each for each in _of_html(body[:READ_AT_MOST], content_type, url) if each.kind != "frame")

    def _new(self, found: Iterable[Requisite], of: str, via: str, depth: int, again: bool) -> Iterator[Need]:
        for each in found:
            if each.url in self._claimed or (each.url in self._answered and not again):
                continue
            answer = self._answer(each.url)
            if answer == "kept" or (answer == "refused" and not again):
                self._answered.add(each.url)
                continue
            self._claimed.add(each.url)
            self._open.add(each.url)
            yield Need(each.url, each.kind, of, via, depth)

    def _answer(self, url: str) -> str | None:
        """What the archive has for an address: kept, refused, or None when it never answered."""
        sql = "SELECT status FROM capture WHERE url = ? AND (truncated IS NULL OR truncated = 'length')"
        statuses = [row["status"] or 0 for row in self._ledger.catalogue.rows(sql, url)]
        if any(200 <= status < 400 for status in statuses):
            return "kept"
        return "refused" if any(400 <= status < 500 and status != 429 for status in statuses) else None  # 429: not now

    def _stored(self, sql: str, key: str | None) -> tuple[bytes, str, str]:
        """Body, Content-Type and address (after redirects) of an archived capture; an empty body when it cannot be had."""
        row: Row | None = self._ledger.catalogue.row(sql, key)
        if row is None:
            return b"", "", ""
        try:
            body, headers = self._ledger.archive.page(row)
        except (ArchiveError, DamagedRecordError, DecodeError, ValueError) as error:
            logger.warning("%s: %s", row["url"], error)
            return b"", "", ""
        return body, next((value for name, value in headers if name.lower() == "content-type"), ""), page_url(row)

    # What became of it

    def admit(self) -> None:
        """Count a request that is about to be made. Raises BudgetSpentError when it would be one too many."""
        if self._requests >= self._most or self._bytes >= self._max_bytes:
            raise BudgetSpentError(f"{self._requests} requests, {self._bytes} bytes of requisites")
        self._requests += 1

    def received(self, response: Response) -> None:
        """Count what came, before anybody looks at it: many may have come by then."""
        self._bytes += len(response.body)

    def took(self, response: Response, need: Need) -> Iterator[Need]:
        """A requisite came, or a refusal: yields what it needs itself."""
        self._open.discard(need.url)
        if response.status >= 400 or challenge(response.status, b"", response.body):
            self._problem(need, f"HTTP {response.status}, {len(response.body)} bytes")
            return
        self._ledger.tally.requisites += 1
        inner = self._inside(need, need.depth, response.body, _content_type(response), response.url)
        yield from self._new(inner, need.of, need.url, need.depth + 1, again=False)

    def missed(self, failure: Any) -> None:
        """A requisite that brought no reply: told, or left to the next run when it was not its own fault."""
        need: Need = failure.request.cb_kwargs["need"]
        self._open.discard(need.url)
        self._bytes += (failure.request.meta.get("capture") or {}).get("length") or 0  # of one that was cut
        if failure.check(AlreadyKeptError):
            return
        if failure.check(StoppedError, BudgetSpentError, HostLeasedError, HostLeftError):
            self._left += 1
            self._claimed.discard(need.url)  # another portal may have room for it
        else:
            self._problem(need, getattr(failure.value, "got", None) or plain(failure.value))

    def _problem(self, need: Need, got: str) -> None:
        self._ledger.problem(TOLD, need.url, f"the {need.kind} that {need.of} needs", got)

    def close(self) -> None:
        """The run is over: write down that requisites are left to the next one, if any are."""
        left = self._left + len(self._open)
        if left or self.owed:
            most = f"at most {self._most} requests and {self._max_bytes >> 20} MiB a run"
            got = f"{left} left" + (f", {len(self.owed)} pages not looked through" if self.owed else "")
            self._ledger.problem(LEFT, self._ledger.spider.home_url, f"all requisites of the reports, {most}", got)


class RequisiteBudget:
    """Downloader middleware: a requisite beyond the budget is not asked for, nor robots.txt on its behalf."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if "need" in request.cb_kwargs:
            spider: Any = self._crawler.spider
            spider.ledger.keeper.raise_if_had(request)  # by another process since the page was read
            spider.ledger.gathering.admit()

    def process_response(self, request: Request, response: Response) -> Response:
        if "need" in request.cb_kwargs:
            spider: Any = self._crawler.spider
            spider.ledger.gathering.received(response)
        return response


def _unfinished(catalogue: Any, portal: str, run: str) -> bool:
    """Whether the portal's run before `run` left requisites: it was killed, or it says so."""
    sql = "SELECT id, verdict FROM run WHERE portal = ? AND id < ? ORDER BY id DESC"
    before = catalogue.row(sql, portal, run)
    if before is None:
        return False
    sampled = catalogue.row("SELECT 1 FROM entry WHERE run = ? AND outcome = 'not_asked' LIMIT 1", before["id"])
    if sampled or before["verdict"] in (None, Word.not_run):
        return True  # a sample asks for none
    sql = "SELECT 1 FROM problem WHERE run = ? AND kind = ? LIMIT 1"
    return catalogue.row(sql, before["id"], LEFT) is not None


def _of_html(body: bytes, content_type: str, url: str) -> Iterator[Requisite]:
    if content_type and not content_type.lower().startswith(("text/html", "text/plain", "application/xhtml")):
        return iter(())
    if media.sniff(body) not in (media.HTML, media.PLAIN):
        return iter(())  # a file that is called a page
    text, charset, *_ = decode(body, content_type)
    return requisites.of_page(tree_of(text), url, charset)


def _content_type(response: Response) -> str:
    return (response.headers.get(b"Content-Type") or b"").decode("latin-1")
