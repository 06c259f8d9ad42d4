"""robots.txt in every broken form. A report lies behind each rule that must still be obeyed, and one behind none."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from ..little import Ask, Pieces, html, redirect, reply, report, row, rows
from .base import Hazard

RULE = "User-agent: *\nDisallow: /private/\n"
FILE = Callable[[Ask], Pieces]


def _with(robots: Pieces | FILE, private: str = "/private/2022.html") -> Callable[[Ask], Pieces | None]:
    """The portal with that robots.txt, and its newest report under a path that rules speak of."""

    def answers(ask: Ask) -> Pieces | None:
        if ask.path == "/robots.txt":
            return robots(ask) if callable(robots) else robots
        if ask.path == "/nb/":
            return reply(html(rows((2020, 2021)), row(2022, private)))
        return reply(report(2022)) if ask.path.startswith("/private/") or ask.path == private else None

    return answers


def _text(body: bytes | str, *headers: str, status: str = "200 OK", kind: str = "text/plain") -> Pieces:
    return reply(body, *headers, status=status, kind=kind)


def _obeyed(name: str, says: str, robots: Pieces | FILE, private: str = "/private/2022.html", most: int = 30) -> Hazard:
    return Hazard(
        name, says, _with(robots, private), "ok", 2, "robots", never=(private.replace(".", r"\."),), most=most
    )


def _open(name: str, says: str, robots: Pieces | FILE) -> Hazard:
    return Hazard(name, says, _with(robots))


def _closed(name: str, says: str, robots: Pieces | FILE) -> Hazard:
    """Nothing but robots.txt may be asked."""
    return Hazard(name, says, _with(robots), "broken", 0, "unreachable", never=(r"/(?!robots\.txt|r\d).*",), most=12)


def _hops(count: int) -> FILE:
    """So many redirects, of which the last leads to the file under another name."""

    def answers(ask: Ask) -> Pieces:
        at = int(ask.target.partition("?")[2] or 0)
        return redirect(f"/robots.txt?{at + 1}") if at < count else _text(RULE)

    return answers


def _elsewhere(ask: Ask) -> Pieces | None:
    if ask.path == "/robots.txt":
        return redirect(f"http://rules.{ask.host}/the-rules.txt") if not ask.host.startswith("rules.") else _text("")
    return _text(RULE) if ask.path == "/the-rules.txt" else _with(_text(""))(ask)


def _huge(ask: Ask) -> Pieces:
    """A rule, and then comments without an end."""
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n" + RULE.encode()
    while True:
        yield b"# " + b"x" * 65534


def _silent(ask: Ask) -> Pieces:
    yield 9.0


CHINESE = "User-agent: *\n# 政务公开\nDisallow: /private/\nDisallow: /政/\n"
HAZARDS = (
    _open(
        "robots-html",
        "the home page instead of the file",
        _text("<!DOCTYPE html><pre>\nUser-agent: *\nDisallow: /\n</pre>"),
    ),
    _open("robots-empty", "an empty file", _text("")),
    _open("robots-403", "403, which closes nothing (RFC 9309 §2.3.1.3)", _text(RULE, status="403 Forbidden")),
    _open("robots-404", "404 with rules in it", _text(RULE, status="404 Not Found")),
    _open("robots-no-agent", "rules without a User-agent line", _text("Disallow: /\nDisallow: /private/\n")),
    _closed("robots-500", "500, which closes all for now (§2.3.1.4)", _text("", status="500 Error")),
    _closed("robots-silent", "no answer", _silent),
    _obeyed("robots-bom", "a byte order mark before the first line", _text("\ufeff" + RULE)),
    _obeyed("robots-gbk", "comments and rules in GBK", _text(CHINESE.encode("gbk"))),
    _obeyed("robots-cr", "lines that end in CR only", _text(RULE.replace("\n", "\r"))),
    _obeyed(
        "robots-crlf",
        "lines that end in CRLF, blanks before and after",
        _text(" User-Agent : * \r\n\r\n DISALLOW :/private/ \r\n"),
    ),
    _obeyed("robots-utf-16", "UTF-16", _text(RULE.encode("utf-16"))),
    _obeyed("robots-gzip", "zipped without saying so", _text(gzip.compress(RULE.encode()))),
    _obeyed(
        "robots-gzip-coded", "zipped, and it says so", _text(gzip.compress(RULE.encode()), "Content-Encoding: gzip")
    ),
    _obeyed("robots-huge", "without an end: the first 500 KiB count (§2.5)", _huge),
    _obeyed(
        "robots-wildcards", "wildcards and an end mark", _text("User-agent: *\nDisallow: /*/2022.html$\nAllow: /nb/\n")
    ),
    _obeyed(
        "robots-ours",
        "rules for our name only",
        _text("User-agent: NianBao\nDisallow: /private/\n\nUser-agent: *\nAllow: /\n"),
    ),
    _obeyed("robots-redirect", "five redirects (§2.3.1.2)", _hops(5)),
    _open("robots-redirects", "six redirects: as if there were none", _hops(6)),
    Hazard(
        "robots-elsewhere",
        "redirected to another host and another name",
        _elsewhere,
        "ok",
        2,
        "robots",
        never=(r"/private/2022\.html",),
    ),
    _obeyed("robots-delay", "Crawl-delay with a comma and a unit", _text(RULE + "Crawl-delay: 0,2 s\n")),
    _obeyed("robots-delay-insane", "a Crawl-delay of a day: cut to LONGEST_WAIT", _text(RULE + "Crawl-delay: 86400\n")),
    _obeyed("robots-delay-nonsense", "a Crawl-delay that is none", _text(RULE + "Crawl-delay: -1\nCrawl-delay: nan\n")),
)
