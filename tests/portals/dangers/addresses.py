"""Server-side request forgery: pages that send us to addresses which are nobody's to ask, in every spelling and by every way.

Each address names the farm's own port, so that a request which gets through is in its log.
"""

from __future__ import annotations

from ..little import Ask, Pieces, html, link, redirect, reply, report, rows
from .base import Hazard, on

# Hosts that are, or lead to, this machine or its neighbours. *.inward.test resolves to loopback (hazard_settings.py).
PRIVATE = (
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "017700000001",
    "0177.0.0.01",
    "0",
    "0.0.0.0",
    "LOCALHOST.",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[fec0::1]",
    "[fc00::1]",
    "169.254.169.254",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "user:word@127.0.0.1",
    "inward.test",
    "www.inward.test",
)
# Spellings that come out the same. Hosts that no operator named are asked every two seconds, even to be refused, so that
# these are spread over the ways in.
PLAIN = ("127.0.0.1", "localhost", "①②⑦.⓪.⓪.①")
# Addresses that are not on the web at all.
ELSEWHERE = (
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "ftp://127.0.0.1/x",
    "gopher://127.0.0.1:70/x",
    "data:text/html,x",
    "dict://127.0.0.1:11211/",
    "jar:http://127.0.0.1!/",
    "view-source:file:///etc/passwd",
    "javascript:alert(1)",
    "chrome://settings",
    "about:blank",
    "//127.0.0.4/x",
    "\\\\127.0.0.1\\x",
    "http:///etc/passwd",
    "http://[",
    "http://127.0.0.1:99999/",
)
# No request of any other host than the portal itself, and robots.txt of none of these.
NEVER = (r"(?!(?:[\w-]+\.)*hazard\.portal\.test/|elsewhere\.test/robots).*",)


def _urls(ask: Ask, suffix: str, *own: str) -> list[str]:
    places = [f"http://{host}:{ask.port}/secret{n}{suffix}" for n, host in enumerate((*PRIVATE, *own))]
    bare = [f"http://{host}/bare{n}{suffix}" for n, host in enumerate(PRIVATE[:3])]
    return [*places, *bare, *ELSEWHERE]


def _attachments(ask: Ask) -> Pieces:
    return reply(
        report(
            2021,
            extra="".join(f'<a href="{url}">附件{n}.pdf</a>' for n, url in enumerate(_urls(ask, ".pdf", "127.0.0.3"))),
        )
    )


def _requisites(ask: Ask) -> Pieces:
    urls = _urls(ask, ".png", *PLAIN)
    inside = "".join(f'<img src="{url}"><iframe src="{url}"></iframe><object data="{url}"></object>' for url in urls)
    sheet = "".join(f'<link rel=stylesheet href="{url}"><script src="{url}"></script>' for url in urls)
    imports = "".join(f'@import "{url}";body{{background:url({url})}}' for url in urls)
    return reply(report(2021, extra=f"{inside}<style>{imports}</style>", head=sheet))


def _entries(ask: Ask) -> Pieces:
    listed = [
        link(url, f"青垣区第{n}局2021年政府信息公开工作年度报告", "2022-01-20")
        for n, url in enumerate(_urls(ask, ".html", *PLAIN))
    ]
    return reply(html(rows(), *listed))


def _columns(ask: Ask) -> Pieces:
    urls = _urls(ask, "/", *PLAIN)
    frames = "".join(f'<iframe src="{url}"></iframe><frame src="{url}">' for url in urls)
    scripted = "".join(f"<a onclick=\"window.open('{url}')\">政府信息公开年报</a>" for url in urls)
    return reply(
        html(link("/nb/", "政府信息公开年报"), *(link(url, "政府信息公开年报") for url in urls), frames, scripted)
    )


def _redirecting(ask: Ask) -> Pieces | None:
    """An attachment each that redirects there: these may lie on any host, so only the guard stands between."""
    urls = [url for url in _urls(ask, "", "127.0.0.4") if url.isascii()]
    if ask.path == "/nb/2021.html":
        return reply(report(2021, extra="".join(f'<a href="/go{n}.pdf">附件{n}.pdf</a>' for n in range(len(urls)))))
    if ask.path.startswith("/go"):
        return redirect(urls[int(ask.path[3:-4])])
    return None


def _refreshing(ask: Ask) -> Pieces:
    address = f"http://127.1:{ask.port}/secret"
    return reply(html(head=f'<meta http-equiv="refresh" content="0; url={address}">'))


def _robots(ask: Ask) -> Pieces:
    return redirect(f"http://2130706433:{ask.port}/robots.txt")


def _robots_name(ask: Ask) -> Pieces:
    return redirect("http://inward.test/robots.txt")


def _rebinding(ask: Ask) -> Pieces:
    """A host whose name leads to a public address at first (127.0.0.2 stands for one) and to this machine afterwards."""
    files = "".join(f'<a href="http://rebinding.test/{n}.pdf">附件{n}.pdf</a>' for n in range(2))
    return reply(report(2021, extra=files))


HAZARDS = (
    Hazard(
        "ssrf-attachments",
        "attachments at private addresses",
        on({"/nb/2021.html": _attachments}),
        "degraded",
        problem="refused",
        never=NEVER,
        most=12,
    ),
    Hazard(
        "ssrf-requisites",
        "pictures, frames, scripts, styles at private addresses",
        on({"/nb/2021.html": _requisites}),
        problem="requisite",
        never=NEVER,
        most=20,
    ),
    # Two of ELSEWHERE are paths of the portal itself, as they are joined: those are asked, and missing.
    Hazard(
        "ssrf-entries",
        "a list's rows at private addresses",
        on({"/nb/": _entries}),
        "degraded",
        3,
        "offsite",
        never=NEVER,
    ),
    Hazard(
        "ssrf-columns",
        "columns, frames and scripted links at private addresses",
        on({"/": _columns}),
        verdict="degraded",
        problem="offsite",
        never=NEVER,
    ),
    Hazard(
        "ssrf-redirects",
        "attachments that redirect to private addresses",
        _redirecting,
        "degraded",
        problem="refused",
        never=NEVER,
        most=200,
    ),
    Hazard(
        "ssrf-refresh",
        "a page that refreshes to one",
        on({"/nb/2021.html": _refreshing}),
        "degraded",
        2,
        "moved",
        never=NEVER,
    ),
    Hazard(
        "ssrf-robots",
        "robots.txt that redirects to one",
        on({"/robots.txt": _robots}),
        "broken",
        0,
        "refused",
        never=NEVER,
        most=3,
    ),
    Hazard(
        "ssrf-robots-name",
        "robots.txt that redirects to a name of one",
        on({"/robots.txt": _robots_name}),
        "broken",
        0,
        "refused",
        never=NEVER,
        most=3,
    ),
    Hazard(
        "ssrf-rebinding",
        "a name that is public at first, and private when it is used",
        on({"/nb/2021.html": _rebinding}),
        "degraded",
        problem="refused",
        never=(r"rebinding\.test/\d\.pdf",),
    ),
)
