"""Keeping what is fetched: the Scrapy extension that stands between the download handler and the archive.

It works for any spider run under the project's settings, `scrapy runspider FILE` included.
"""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import Any, NoReturn, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.settings import BaseSettings
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.task import LoopingCall

from archive.archive import Archive
from archive.catalogue import CatalogueError, Row
from archive.exchange import Exchange
from archive.retrieve import ArchiveError
from crawler import lease, reparse
from crawler.gate import gate
from crawler.hosts import Hosts

logger = logging.getLogger(__name__)
TICK = 0.5  # seconds
COMMIT_EVERY = 2.0  # seconds: what a power cut may cost; each commit is two syncs and a record of the journal
RENEW_EVERY = 30.0  # seconds between two renewals of the leases
_shared: dict[Path, _Shared] = {}


HAD = "SELECT 1 FROM capture WHERE url = ? AND status BETWEEN 200 AND 399 AND ifnull(truncated, 'length') = 'length'"


class AlreadyKeptError(IgnoreRequest):
    """Another run fetched what this one waited for."""


class _Shared:
    """One open archive per data folder and process, with the timer that commits it."""

    def __init__(self, folder: Path, facts: dict[str, str], checked: bool) -> None:
        self.archive = put_right(folder, facts) if not checked else Archive(folder, facts, checked=True)
        self.hosts = Hosts(self.archive.catalogue)
        gate().share(folder / "hosts")
        self.users = 0
        self.failure: ArchiveError | None = None
        self.leases: dict[str, set[str]] = {}  # host -> runs of this process that use it
        self.claimed: set[str] = set()  # addresses of requisites and attachments that a run of this process asks for
        self._ticks = 0
        self._timer = LoopingCall(self._tick)
        self._timer.start(TICK, now=False)

    def _tick(self) -> None:
        self._ticks += 1
        try:
            if self._ticks % int(COMMIT_EVERY / TICK) == 0:
                self.archive.commit()
            self.archive.finish_idle()
            gate().let_idle_go()
        except Exception as error:  # noqa: BLE001  whatever it is, the next request tells it and the runs end
            self.failure = _archive_error(error)
        if self._ticks % int(RENEW_EVERY / TICK) == 0:
            try:
                lease.renew(self.archive.catalogue)
            except sqlite3.Error as error:  # another process holds the catalogue: there is time for three more
                logger.warning("the leases could not be renewed: %s", error)

    def close(self) -> None:
        if self._timer.running:
            self._timer.stop()
        self.archive.close()


def _archive_error(error: Exception) -> ArchiveError:
    return error if isinstance(error, ArchiveError) else ArchiveError(f"{type(error).__name__}: {error}")


def warc_facts(settings: BaseSettings) -> dict[str, str]:
    """What the warcinfo record of each file says (WARC 1.1 §6.2)."""
    return {
        "software": f"nianbao {settings['NIANBAO_VERSION']}",
        "format": "WARC File Format 1.1",
        "http-header-user-agent": settings["USER_AGENT"],
        "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
    }


def put_right(folder: Path, facts: dict[str, str]) -> Archive:
    """The archive of a data folder, after what killed runs left in it was put right and read."""
    archive = Archive(folder, facts)
    try:
        reparse.fill(archive.catalogue, reparse.in_turn(archive), archive.commit_when_many)  # what a killed run left
        archive.commit()
    except BaseException:
        archive.close()
        raise
    return archive


def acquire(folder: Path, facts: dict[str, str], checked: bool = False) -> _Shared:
    """The open archive of a data folder, opened by the first user. Pair it with `release`.

    `checked` says that whoever started this process has just put the folder right and keeps it open.
    """
    folder = folder.resolve()
    if folder not in _shared:
        _shared[folder] = _Shared(folder, facts, checked)
    _shared[folder].users += 1
    return _shared[folder]


def release(folder: Path) -> None:
    """Give an archive back; the last user closes it."""
    folder = folder.resolve()
    shared = _shared.get(folder)
    if shared is None:
        return  # closed by close_now
    shared.users -= 1
    if shared.users == 0:
        del _shared[folder]
        shared.close()


def close_now(folder: Path) -> None:
    """Close an archive whoever still uses it: the process is ending."""
    shared = _shared.pop(folder.resolve(), None)
    if shared is not None:
        shared.close()


class Keeper:
    """Archives every exchange of one crawler and puts its capture row into the request's meta as `capture`."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        if not settings.get("NIANBAO_DATA"):
            raise NotConfigured("NIANBAO_DATA names no data folder: nothing is archived")
        self.crawler = crawler
        self.folder = Path(settings["NIANBAO_DATA"])
        self.bytes = 0
        self.requests = 0
        self.run: str | None = None
        self.connections: dict[str, Row] = {}  # scheme://host -> what the connection was, as far as anybody knows
        self._max_bytes = settings.getint("RUN_MAX_BYTES")
        self._shared = acquire(self.folder, warc_facts(settings))
        crawler.signals.connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def archive(self) -> Archive:
        return self._shared.archive

    @property
    def home(self) -> str:
        """The host of the portal that is crawled; "" for a spider of another kind."""
        return urlsplit(getattr(self.crawler.spider, "home_url", "")).hostname or ""

    @property
    def hosts(self) -> Hosts:
        """What is known of the hosts that are asked."""
        return self._shared.hosts

    @property
    def claimed(self) -> set[str]:
        """Addresses that some run of this process asks for, so that no other does: portals share scripts and fonts."""
        return self._shared.claimed

    def keep(self, exchange: Exchange, request: Request, security: Row | None = None) -> Row:
        """Write the exchange now, with what its TLS was worth (Flight.security).

        Raises ArchiveError, and stops the run, when the disk refuses.
        """
        if self._shared.failure:
            self._stop(self._shared.failure)
        spider = self.crawler.spider
        facts: dict[str, Any] = {
            "url": exchange.url,
            "method": exchange.method,
            "run": self.run,
            "portal": spider.name if spider else None,
            **request.meta.get("facts", {}),
            **({"tls": security} if security else {}),
        }
        try:
            capture = self.archive.keep(exchange, facts)
            if facts.get("role") == "requisite" and urlsplit(exchange.url).hostname != self.home:
                self.archive.commit()  # now: whoever has the next turn at that host must see that this is had
            else:
                self.archive.commit_when_many()
        except (ArchiveError, CatalogueError, sqlite3.Error) as error:
            self._stop(error)
        self.requests += 1
        self.bytes += len(exchange.response)
        if facts.get("role") != "requisite" or urlsplit(exchange.url).hostname == self.home:
            self._note_connection(exchange, security)  # not of hosts that pages have their scripts and fonts from
        if self.bytes > self._max_bytes:
            self.end("run_max_bytes")
        request.meta["capture"] = capture
        return capture

    def _note_connection(self, exchange: Exchange, security: Row | None = None) -> None:
        """What an answered exchange's TLS was, for the run's signature; nothing of plain connections."""
        parts = urlsplit(exchange.url)
        if parts.scheme == "https" and exchange.protocol:
            spoken = {"protocol": exchange.protocol[-1], "cipher": exchange.cipher_suite}
            self.connections.setdefault(f"https://{parts.netloc}", {}).update(spoken | (security or {}))

    def keep_resource(self, url: str, content_type: str, block: bytes, facts: Row, concurrent_to: str | None) -> Row:
        """Write what did not come over the wire (WARC 1.1 §6.4), as `keep` writes what did."""
        about = {"run": self.run, "portal": self.crawler.spider.name if self.crawler.spider else None, **facts}
        try:
            return self.archive.keep_resource(url, content_type, block, about, concurrent_to)
        except (ArchiveError, CatalogueError, sqlite3.Error) as error:
            self._stop(error)

    def raise_if_had(self, request: Request) -> None:
        """Raise AlreadyKeptError for a requisite that another process fetched while this one waited its turn."""
        if request.meta.get("facts", {}).get("role") == "requisite" and self.archive.catalogue.row(HAD, request.url):
            raise AlreadyKeptError(f"{request.url}: fetched by another run")

    def lease(self, host: str) -> None:
        """Take the lease of a portal's host for the run. Raises HostLeasedError when another process crawls it."""
        runs = self._shared.leases.setdefault(host, set())
        if not runs and self.run:
            holder = lease.take(self.archive.catalogue, host, self.run)
            if holder is not None:
                del self._shared.leases[host]
                raise lease.HostLeasedError(host, holder)
        runs.add(self.run or "")

    def give_back_leases(self) -> None:
        """Queue the end of the leases that only this run used."""
        for host, runs in list(self._shared.leases.items()):
            runs.discard(self.run or "")
            if not runs:
                del self._shared.leases[host]
                lease.give_back(self.archive.catalogue, host)

    def _stop(self, error: Exception) -> NoReturn:
        self._shared.failure = error = _archive_error(error)
        self.crawler.stats.set_value("nianbao/archive_error", str(error))
        self.end("archive_error")
        raise error

    def end(self, reason: str) -> None:
        """Close the spider, once."""
        engine = self.crawler.engine
        if engine is not None and engine.running and not self.crawler.stats.get_value("nianbao/closing"):
            self.crawler.stats.set_value("nianbao/closing", reason)
            deferred_from_coro(engine.close_spider_async(reason=reason))

    def _closed(self, spider: Spider) -> None:
        try:
            release(self.folder)
        except ArchiveError as error:
            self.crawler.stats.set_value("nianbao/archive_error", str(error))
            logger.error("%s", error)
