"""Pages that are elsewhere: refreshes, redirects, loops, other domains; and hosts that want to be left in peace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from ..little import HOME, Ask, Pieces, html, redirect, reply, report
from .base import Hazard, on

ELSEWHERE = ("elsewhere.test/.*",)


def _refresh(url: str, seconds: int = 0, body: str = "") -> Pieces:
    return reply(html(body, head=f'<meta http-equiv="refresh" content="{seconds};url={url}">'))


def _hops(ask: Ask) -> Pieces | None:
    if ask.path == "/nb/2021.html":
        return redirect("/hop?0")
    return redirect(f"/hop?{int(ask.target[5:]) + 1}") if ask.path == "/hop" else None


def _busy(value: str) -> Callable[[Ask], Pieces]:
    """503 with Retry-After for the first time."""

    def answers(ask: Ask) -> Pieces:
        return reply("busy", f"Retry-After: {value}", status="503 Busy") if ask.nth == 1 else reply(report(2021))

    return answers


def _wants_peace(value: str) -> Callable[[Ask], Pieces | None]:
    """No report for the time being."""
    busy = reply("busy", f"Retry-After: {value}", status="503 Busy")
    return lambda ask: busy if ask.path.endswith(".html") else None


def _busy_until(ask: Ask) -> Pieces:
    return _busy(format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True))(ask)


def _cdn(ask: Ask) -> Pieces | None:
    """Pictures, and a file, of a host that wants an hour of peace."""
    if ask.host.startswith("cdn."):
        return reply("", "Retry-After: 3600", status="429 Too Many Requests")
    if ask.path == "/nb/2021.html":
        pictures = "".join(f"<img src='http://cdn.{ask.host}/{n}.png'>" for n in range(9))
        return reply(report(2021, extra=pictures))
    return None


HAZARDS = (
    Hazard(
        "refresh-home",
        "the home page is a refresh to another",
        on({"/": _refresh("/index.html"), "/index.html": reply(HOME)}),
    ),
    Hazard(
        "refresh-entry",
        "a report's page is a refresh to where it is",
        on({"/nb/2021.html": _refresh("../new/2021.html"), "/new/2021.html": reply(report(2021))}),
    ),
    Hazard(
        "refresh-itself",
        "a home page that refreshes itself",
        lambda ask: _refresh(f"http://{ask.host}/", 5, HOME) if ask.path == "/" else None,
    ),
    Hazard(
        "refresh-loop",
        "two pages that refresh to each other",
        on({"/nb/2021.html": _refresh("/b.html"), "/b.html": _refresh("/nb/2021.html")}),
        "degraded",
        2,
        "loop",
        most=12,
    ),
    Hazard(
        "refresh-away",
        "a report's page that refreshes to another site",
        on({"/nb/2021.html": _refresh("http://elsewhere.test/")}),
        "degraded",
        2,
        "moved",
        never=ELSEWHERE,
    ),
    Hazard(
        "moved-home",
        "the home page redirects to another site",
        on({"/": redirect("http://elsewhere.test/new/")}),
        "broken",
        0,
        "moved",
        never=ELSEWHERE,
    ),
    Hazard(
        "moved-entry",
        "a report redirects to another site",
        on({"/nb/2021.html": redirect("http://elsewhere.test/x")}),
        "degraded",
        2,
        "moved",
        never=ELSEWHERE,
    ),
    Hazard("loop-home", "the home page redirects to itself", on({"/": redirect("/")}), "broken", 0, "loop", most=8),
    Hazard(
        "loop-entry",
        "two addresses that redirect to each other",
        on({"/nb/2021.html": redirect("/b"), "/b": redirect("/nb/2021.html")}),
        "degraded",
        2,
        "loop",
        most=12,
    ),
    Hazard(
        "hundred-redirects",
        "a redirect to a redirect to …",
        _hops,
        "degraded",
        2,
        "unreachable",
        most=60,
        never=(r"/hop\?[2-9]\d",),
    ),
    Hazard("retry-seconds", "Retry-After: 1", on({"/nb/2021.html": _busy("1")})),
    Hazard("retry-date", "Retry-After as a date", on({"/nb/2021.html": _busy_until})),
    Hazard("retry-nonsense", "Retry-After: soon", on({"/nb/2021.html": _busy("soon")})),
    Hazard(
        "retry-long",
        "Retry-After: an hour, from the portal",
        _wants_peace("3600"),
        "degraded",
        0,
        "not_fetched",
        most=5,
    ),
    Hazard(
        "retry-endless",
        "Retry-After: a number without end",
        _wants_peace("9" * 400),
        "degraded",
        0,
        "not_fetched",
        most=5,
    ),
    Hazard(
        "retry-cdn",
        "Retry-After: an hour, from a host of pictures",
        _cdn,
        most=12,
        never=("cdn.retry-cdn.hazard.portal.test/[1-9].png",),
    ),
)
