"""The farm: any number of sample portals drawn from a seed, and what each answers to a request.

farm = Farm(portals=14, seed=1)
farm.reply("GET", farm.portals[0].host, "/", {}, b"")
farm.write_truth("truth.jsonl")
"""

from __future__ import annotations

import gzip
import json
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qsl, unquote

from . import assets, faults
from .draw import draw, hexed
from .faults import Asked, Fault, Reply
from .model import SampleReport
from .names import place_names
from .platforms import PLATFORMS, SKINNED, Page, Request, Site
from .portal import SamplePortal

__all__ = ["Farm", "Fault", "Reply", "SamplePortal", "SampleReport"]

CACHE_BYTES = 96_000_000
EMPTY = {"empty_list": "search", "emptied_lists": "lists"}  # fault: what Site.portal_empty says then


class Farm:
    """`scripted` portals that need a browser come after the others, which are the same with and without them.

    With `platforms`, portal i runs on platforms[i % len(platforms)] in its skin i // len(platforms); its tree, menus and
    ways in are then drawn by traits.py, where it has skins. Without, the portals are those of portal.CYCLE. Home pages of a
    `secure` farm are asked for by https, which serve_wild serves.
    """

    def __init__(
        self,
        portals: int = 14,
        seed: int = 1,
        scripted: int = 0,
        platforms: Sequence[str] | None = None,
        secure: bool = False,
    ) -> None:
        self.seed, self.scripted, self.platforms = seed, scripted, tuple(platforms or ())
        self.secure = secure
        self.portals: list[SamplePortal] = []
        siblings: list[SamplePortal] = []
        for index, place in enumerate(place_names(portals + scripted, seed)):
            platform, variant = "scripted" if index >= portals else "", None
            if platforms and not platform:
                platform = platforms[index % len(platforms)]
                skins = SKINNED[platform].variants if platform in SKINNED else 0
                variant = index // len(platforms) % skins if skins else None
            self.portals.append(SamplePortal(index, seed, place, siblings, platform, variant))
            siblings += [] if index >= portals else self.portals[-1:]
        self._by_host = {host: portal for portal in self.portals for host in portal.hosts}
        self._by_name = {portal.name: portal for portal in self.portals}
        self._sites: dict[str, Site] = {}
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._kept_bytes = 0
        self._visits: Counter[str] = Counter()
        self._faults: dict[str, Fault] = {}
        self._dead: dict[str, set[str]] = {}
        self._withdrawn: dict[str, list[SampleReport]] = {}  # by the fault half_withdrawn
        self.noisy: set[str] = (
            set()
        )  # portals whose pages differ with every request in what is not content (faults.noise)

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(self._by_host)

    # The ground truth.

    def truth(self) -> Iterator[dict[str, Any]]:
        for portal in self.portals:
            for report in self.reports_of(portal):
                yield report.as_row()

    def reports_of(self, portal: SamplePortal) -> list[SampleReport]:
        return portal.reports

    def write_truth(self, path: str | Path) -> int:
        """One JSON object a line; returns their number."""
        count = 0
        with open(path, "w", encoding="utf-8") as out:
            for row in self.truth():
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
        return count

    # Switches.

    def edit_reports(self, n: int) -> list[SampleReport]:
        """Changes a sentence and a number of `n` reports, with new validators.

        Only reports of portals whose server gives validators are chosen: without them an edit is seen
        when the page comes due, not on the next run.
        """
        chosen = self._choose(n, "edit")
        for report in chosen:
            report.revision += 1
            self._forget(report.portal)
        return chosen

    def withdraw_reports(self, n: int) -> list[SampleReport]:
        """Takes `n` reports off their lists; their pages answer 404 and the truth no longer holds them."""
        chosen = self._choose(n, "withdraw")
        for report in chosen:
            report.withdrawn = True
            self._forget(report.portal, rebuild=True)
        return chosen

    def break_portal(self, name: str, how: Fault) -> None:
        if how not in get_args(Fault):
            raise ValueError(f"no such fault: {how!r}; one of {', '.join(get_args(Fault))}")
        portal = self._by_name[name]
        self.mend_portal(name)
        self._faults[name] = how
        site = self.site(portal)
        if how in EMPTY:
            site.portal_empty = EMPTY[how]
        elif how == "dead_links":
            reports = self.reports_of(portal)
            self._dead[name] = {
                report.url for report in draw(self.seed, name, "dead").sample(reports, min(2, len(reports)))
            }
        elif how == "half_withdrawn":
            for report in self.reports_of(portal)[::2]:
                report.withdrawn = True
                self._withdrawn.setdefault(name, []).append(report)
        elif how == "moved_column":
            for column in site.plan.annual.walk():
                column.number += 400_000
            site.plan.annual.slug += "_new"
        self._forget(name, rebuild=True)

    def mend_portal(self, name: str) -> None:
        how = self._faults.pop(name, None)
        if how is None:
            return
        site = self.site(self._by_name[name])
        site.portal_empty = ""
        self._dead.pop(name, None)
        for report in self._withdrawn.pop(name, []):
            report.withdrawn = False
        if how == "moved_column":
            for column in site.plan.annual.walk():
                column.number -= 400_000
            site.plan.annual.slug = site.plan.annual.slug.removesuffix("_new")
        self._forget(name, rebuild=True)

    def _choose(self, n: int, what: str) -> list[SampleReport]:
        """The next n reports of portals with validators, in an order that the seed decides."""
        able = [
            report
            for portal in self.portals
            if portal.validators and portal.platform != "docshare"
            for report in self.reports_of(portal)
            if not report.revision and "attachments_only" not in report.blemishes
        ]
        draw(self.seed, what).shuffle(able)
        return able[:n]

    def _forget(self, name: str, rebuild: bool = False) -> None:
        """Drops the rendered pages of a portal, and its routes when addresses or lists changed."""
        hosts = tuple(f"{host}/" for host in self._by_name[name].hosts)
        for key in [key for key in self._pages if key.startswith(hosts)]:
            self._kept_bytes -= len(self._pages.pop(key).body)
        if rebuild and name in self._sites:
            self._sites[name].build()

    def tls_of(self, host: str) -> str:
        """Which of certificates.contexts() speaks for a host; "" where none does."""
        return faults.TLS.get(self._fault_of(host) or "unreachable", "good") if host in self._by_host else "self-signed"

    def answers_plainly(self, host: str) -> bool:
        return self._fault_of(host) not in faults.HTTPS_ALONE

    def _fault_of(self, host: str) -> Fault | None:
        return self._faults.get(self._by_host[host].name) if host in self._by_host else None

    # Serving.

    def site(self, portal: SamplePortal) -> Site:
        if portal.name not in self._sites:
            self._sites[portal.name] = portal.site
        return self._sites[portal.name]

    def reply(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answers one request; `host` without port, `target` with its query, header names in lower case."""
        portal = self._by_host.get(host)
        if host == assets.CDN and (found := assets.shared(target)) is not None:
            return self._validated(found, host + target, headers)
        if portal is None:
            return faults.plain(404, f"no such host here: {host}\n")
        how, noisy = self._faults.get(portal.name), portal.name in self.noisy
        if how not in faults.SERVED and not noisy:
            return self._usual(portal, method, host, target, headers, body)
        bare = {name: value for name, value in headers.items() if name != "accept-encoding"}
        asked = Asked(
            portal, self.site(portal), host, target, body,
            lambda other, form: self._usual(portal, method, host, other, bare, form),
        )  # fmt: skip
        served = how in faults.SERVED and (how in faults.ROBOTS_TOO or not asked.is_robots)
        reply = faults.SERVED[how](asked) if served and how else asked.answer()
        return faults.noise(asked, reply) if noisy else reply

    def _usual(
        self, portal: SamplePortal, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        """What a portal answers on a good day."""
        target = target.split("#", 1)[0]
        if target == "/robots.txt":
            return robots(portal)
        if method not in ("GET", "HEAD", "POST"):
            return faults.plain(405, "method not allowed\n")
        if f"http://{host}{target}" in self._dead.get(portal.name, ()):
            return self._missing(portal)
        page = self._page(portal, method, host, target, body)
        if page is None:
            return self._missing(portal)
        if page.location:
            return Reply(
                page.status, "Moved Permanently", [("Location", page.location), ("Content-Type", "text/html")], b""
            )
        return self._send(portal, page, host + target, headers)

    def _page(self, portal: SamplePortal, method: str, host: str, target: str, body: bytes) -> Page | None:
        key = host + target
        if method != "POST" and key in self._pages:
            self._pages.move_to_end(key)
            return self._pages[key]
        path, _, query = target.partition("?")
        site = self.site(portal)
        maker = site.routes.get(key) or site.routes.get(f"{host}{unquote(path)}")
        if maker is None and not path.endswith("/") and f"{host}{path}/" in site.routes:
            return Page(b"", status=301, location=f"http://{host}{path}/")
        if maker is None:
            found = assets.asset(portal, unquote(path))
            if found is not None:
                self._keep(key, found)
            return found
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)) if method == "POST" else {}
        asked = dict(parse_qsl(query, keep_blank_values=True, encoding=portal.charset))  # as its pages would send it
        page = maker(Request(method, host, path, asked, form, body))
        if method != "POST":
            self._keep(key, page)
        return page

    def _keep(self, key: str, page: Page) -> None:
        self._pages[key] = page
        self._kept_bytes += len(page.body)
        while self._kept_bytes > CACHE_BYTES:
            self._kept_bytes -= len(self._pages.popitem(last=False)[1].body)

    def _send(self, portal: SamplePortal, page: Page, key: str, headers: Mapping[str, str]) -> Reply:
        body = page.body
        if page.counted:
            self._visits[key] += 1
            body = body.replace(b"@@HITS@@", str(100 + int(hexed(key, length=3), 16) + self._visits[key]).encode())
        reply = self._validated(page, key, headers)
        if reply.status == 304:
            return reply
        out = list(reply.headers)
        if portal.platform == "ucap" and portal.index % 2 and "gzip" in headers.get("accept-encoding", ""):
            body = gzip.compress(body, 5, mtime=0)
            out += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        return Reply(page.status, HTTPStatus(page.status).phrase, out, body)

    def _validated(self, page: Page, key: str, headers: Mapping[str, str]) -> Reply:
        """The page with its validators if it has any, or the word that nothing has changed."""
        out = [("Content-Type", page.content_type)]
        if page.stamp:
            tag, when = validators(key, page)
            out += [("ETag", tag), ("Last-Modified", when)]
            if not_modified(headers, tag, when):
                return Reply(304, "Not Modified", out[1:], b"")
        return Reply(page.status, HTTPStatus(page.status).phrase, out, page.body)

    def _missing(self, portal: SamplePortal) -> Reply:
        page = self.site(portal).html(
            "<html><head><title>404</title></head><body><h1>您访问的页面不存在</h1></body></html>"
        )
        return Reply(404, "Not Found", [("Content-Type", page.content_type)], page.body)


def validators(key: str, page: Page) -> tuple[str, str]:
    """ETag and Last-Modified of a page: the day it was published, later by a day for each edit."""
    assert page.stamp
    date, revision = page.stamp
    when = parsedate_to_datetime(f"01 Jan {date[:4]} 08:00:00 +0000").timestamp()
    days = (int(date[5:7]) - 1) * 30 + int(date[8:10]) + revision
    return f'"{hexed(key, date, revision, len(page.body), length=16)}"', formatdate(when + days * 86_400, usegmt=True)


def not_modified(headers: Mapping[str, str], tag: str, when: str) -> bool:
    """RFC 9110 13.1: If-None-Match decides alone when it is there."""
    if "if-none-match" in headers:
        return tag in [part.strip().removeprefix("W/") for part in headers["if-none-match"].split(",")]
    since = headers.get("if-modified-since")
    try:
        return bool(since) and parsedate_to_datetime(since) >= parsedate_to_datetime(when)  # type: ignore[arg-type]
    except ValueError:
        return False


def robots(portal: SamplePortal) -> Reply:
    """No file on some portals, /private/ closed where a trap lies, one portal in fourteen asks for a delay."""
    if portal.index % 3 != 1 and portal.index % 14 != 3:
        return faults.plain(404, "not found\n")
    lines = ["User-agent: *", "Disallow: /private/", *(["Crawl-delay: 0.1"] if portal.index % 14 == 3 else [])]
    return faults.plain(200, "\n".join(lines) + "\n")


assert PLATFORMS
