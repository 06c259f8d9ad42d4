"""What can become of a portal from one day to the next, and the noise of an ordinary day.

A fault is made of an answer that the portal would have given: each takes what was asked and the way to the usual answer,
and gives another one. It works the same on every content system, for it sees nothing but requests and replies.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha1
from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from .platforms import Site
    from .portal import SamplePortal

Fault = Literal[
    "unreachable", "empty_list", "emptied_lists", "dead_links", "server_error", "challenge", "moved_column",
    "half_withdrawn", "redesign",
    "broken_pagination", "soft_404", "parked", "charset_flip", "dates_vanish", "moved_site", "login", "maintenance",
    "tls_1_0", "tls_1_1", "weak_group", "expired", "self_signed", "other_host", "https_gone", "no_common_tls",
]  # fmt: skip
CHALLENGE = (
    "<script>document.cookie=('_')+('_')+('c')+('l')+('=1');location.href=location.pathname+location.search</script>"
)


@dataclass(frozen=True)
class Reply:
    """status 0 stands for a connection closed without an answer; `delay` is in seconds, before the first byte."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes
    delay: float = 0.0


@dataclass(frozen=True)
class Asked:
    """A request to a portal. `usual` gives the ordinary answer to a target, with the form as it was sent or another."""

    portal: SamplePortal
    site: Site
    host: str
    target: str
    form: bytes
    usual: Callable[[str, bytes], Reply]

    def answer(self) -> Reply:
        return self.usual(self.target, self.form)

    @property
    def is_home(self) -> bool:
        return self.host == self.portal.host and self.target in ("/", "/index.html")

    @property
    def is_robots(self) -> bool:
        return self.target == "/robots.txt"


def plain(status: int, text: str) -> Reply:
    """A few words, as text."""
    return Reply(status, HTTPStatus(status).phrase, [("Content-Type", "text/plain; charset=utf-8")], text.encode())


def page(asked: Asked, title: str, inner: str) -> Reply:
    """A page of the server's own, in the portal's charset, with HTTP 200."""
    head = f"<!DOCTYPE html><html><head><meta charset='{asked.portal.charset}'><title>{title}</title></head>"
    made = asked.site.html(f"{head}<body>{inner}</body></html>")
    return Reply(200, "OK", [("Content-Type", made.content_type)], made.body)


def redirect(status: int, location: str) -> Reply:
    return Reply(status, HTTPStatus(status).phrase, [("Location", location), ("Content-Type", "text/html")], b"")


# The server, or somebody before it, answers


def unreachable(asked: Asked) -> Reply:
    return Reply(0, "", [], b"")


def server_error(asked: Asked) -> Reply:
    return plain(500, "Internal Server Error\n")


def challenge(asked: Asked) -> Reply:
    headers = [("Content-Type", "text/html"), ("Set-Cookie", "__cl_id=a1; path=/")]
    return Reply(521, "Web Server Is Down", headers, CHALLENGE.encode())


def parked(asked: Asked) -> Reply:
    """Every address gives the same page: for sale, or in the hands of gamblers."""
    host = asked.portal.host.removeprefix("www.")
    if asked.portal.index % 2:
        games = "".join(f"<a href='/g{n}.html'>百家乐 {n}</a> 时时彩 老虎机 首存送彩金 " for n in range(30))
        return page(asked, "澳门新葡京_百家乐在线开户", f"<h1>娱乐城</h1><p>{games}</p>")
    return page(asked, host, f"<h1>{host}</h1><p>该域名正在出售，有意购买者请联系。This domain is for sale.</p>")


def moved_site(asked: Asked) -> Reply:
    """All is elsewhere now, under a name that belongs to nobody we know."""
    return redirect(301, f"http://www.{asked.portal.name}-new.example{asked.target}")


def login(asked: Asked) -> Reply:
    """A door before everything: here, or one redirect away."""
    if asked.portal.index % 2 and not asked.target.startswith("/sso/"):
        return redirect(302, "/sso/login?from=index")
    form = "<form action='/sso/do'>用户名 <input name='u'> 密码 <input type='password' name='p'><button>登录</button></form>"
    return page(asked, "统一身份认证", f"<h1>请先登录</h1>{form}<a href='#'>忘记密码</a>")


def maintenance(asked: Asked) -> Reply:
    return page(asked, "系统维护中", "<h1>系统升级维护中</h1><p>网站暂停服务，给您带来不便，敬请谅解。</p>")


def soft_404(asked: Asked) -> Reply:
    """The home page stands, and behind it nothing; the server says 200 all the same, or sends back to the home page."""
    if asked.is_home:
        return asked.answer()
    if asked.portal.index % 2:
        return redirect(302, asked.portal.home_url)
    return page(
        asked, "提示信息", f"<p>您访问的页面不存在或已被删除。</p><a href='{asked.portal.home_url}'>返回首页</a>"
    )


# The portal's people have changed something

_NUMBERED = re.compile(
    r"(?<=[?&])((?:page|pageNo|pageNum|pageNumber|pageIndex|currentPage|startrecord|p)=)\d+|"
    r"((?:\"|%22)page(?:No|Index)(?:\"|%22)(?::|%3A)\s*)\d+"
)


def broken_pagination(asked: Asked) -> Reply:
    """Later pages of lists fail, or give the first page again."""
    first = _first_page(asked)
    if first is None:
        return asked.answer()
    if not asked.portal.index % 2:
        return plain(500, "bad page\n")
    same_folder = first[0].rpartition("/")[0] == asked.target.rpartition("/")[0]  # else its relative links would break
    return asked.usual(*first) if same_folder else redirect(302, f"http://{asked.host}{first[0]}")


def _first_page(asked: Asked) -> tuple[str, bytes] | None:
    """What would ask for the first page of the list of which a later one is asked for; None when none is."""
    path = f"{asked.host}{unquote(asked.target)}"
    for column in (column for column in asked.site.plan.columns() if column.annual):
        for number in range(2, asked.site.page_count(column) + 1):
            if path == asked.site.column_url(column, number).partition("://")[2]:
                first = urlsplit(asked.site.column_url(column))
                return first.path + (f"?{first.query}" if first.query else ""), asked.form
    least = "0" if "dataproxy" in asked.target or asked.portal.platform == "epoint" else "1"
    target = _NUMBERED.sub(rf"\g<1>\g<2>{least}", asked.target)
    form = _NUMBERED.sub(rf"\g<1>\g<2>{least}", f"&{asked.form.decode('utf-8', 'replace')}")[1:].encode()
    return (target, form) if (target, form) != (asked.target, asked.form) else None


def redesign(asked: Asked) -> Reply:
    """Other classes everywhere, and every link in a box of its own; addresses and texts stay."""
    return _rewritten(asked.answer(), _new_markup)


def _new_markup(text: str) -> str:
    def renamed(found: re.Match[str]) -> str:
        names = " ".join(
            "v2-" + sha1(name.encode(), usedforsecurity=False).hexdigest()[:5] for name in found[2].split()
        )
        return f"class={found[1]}{names}{found[1]}"

    text = re.sub(r"class=([\"'])([^\"'<>]*)\1", renamed, text)
    return re.sub(r"(<a\b[^>]*>.*?</a>)", r"<b class='v2-card'>\1</b>", text, flags=re.DOTALL)


def charset_flip(asked: Asked) -> Reply:
    """The same pages in another charset, declared as such."""
    old = asked.portal.charset
    new = "utf-8" if old == "gbk" else "gbk"
    usual = asked.usual(_recoded(asked.target, new, old), asked.form)
    if not _is_html(usual):
        return usual
    text = re.sub(
        r"(charset=[\"']?)[\w-]+", rf"\g<1>{new}", usual.body.decode(old, "replace").lstrip("\ufeff"), flags=re.I
    )
    headers = [(name, value) for name, value in usual.headers if name != "Content-Type"]
    return replace(
        usual,
        headers=[*headers, ("Content-Type", f"text/html; charset={new}")],
        body=text.encode(new, "xmlcharrefreplace"),
    )


def _recoded(target: str, new: str, old: str) -> str:
    """An address with the words of its query, which a form sends in its page's charset, in the other one."""
    path, mark, query = target.partition("?")
    try:
        sent = "utf-8" if unquote(query, "utf-8", "strict") else ""
    except UnicodeDecodeError:
        sent = "gbk"
    if sent != new:  # by a link that the portal made itself, or by a script, which speaks UTF-8 whatever its page does
        return target
    words = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
    return path + mark + words.sub(lambda found: quote(unquote(found[0], new), "", old), query)


_DATES = re.compile(r"[\[(（]?\s*(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?\s*[\])）]?|^\s*\d\d-\d\d\s*$")


_JSON_DATES = re.compile(r'"(?:19|20)\d\d-\d\d-\d\d[T :\d.Z]{0,14}"|((?:_time|"date)":\s*)\d{10}\b')
DATA = ("application/json",)


def dates_vanish(asked: Asked) -> Reply:
    """Lists show titles alone."""
    articles = {article.url.partition("://")[2] for article in asked.site.plan.articles}
    if f"{asked.host}{unquote(asked.target)}" in articles:
        return asked.answer()
    usual = asked.answer()
    if _kind(usual).startswith("application/json"):
        usual = replace(usual, body=_JSON_DATES.sub(r'\g<1>""', usual.body.decode()).encode())
    return _rewritten(usual, lambda text: re.sub(r"(?<=>)[^<>]{4,60}(?=<)", _without_date, text), ("text/html", *DATA))


def _without_date(found: re.Match[str]) -> str:
    return found[0] if "报" in found[0] else _DATES.sub("", found[0])


def _kind(reply: Reply) -> str:
    return next((value for name, value in reply.headers if name == "Content-Type"), "")


def _is_html(reply: Reply, kinds: tuple[str, ...] = ("text/html",)) -> bool:
    return reply.status == 200 and _kind(reply).startswith(kinds)


def _rewritten(usual: Reply, rewrite: Callable[[str], str], kinds: tuple[str, ...] = ("text/html",)) -> Reply:
    if not _is_html(usual, kinds):
        return usual
    try:
        charset, text = "utf-8", usual.body.decode("utf-8")
    except UnicodeDecodeError:
        charset, text = "gbk", usual.body.decode("gbk", "replace")
    return replace(usual, body=rewrite(text).encode(charset, "xmlcharrefreplace"))


# Faults that are in the answers; the others are in the portal's own plan (farm.py)
SERVED: dict[str, Callable[[Asked], Reply]] = {
    each.__name__: each
    for each in (
        unreachable, server_error, challenge, parked, moved_site, login, maintenance, soft_404, broken_pagination, redesign,
        charset_flip, dates_vanish,
    )
}  # fmt: skip

# Faults of the connection: which of certificates.contexts() speaks then; "" is none, only plain HTTP is left.
TLS: dict[Fault, str] = {
    "tls_1_0": "tls-1.0",
    "tls_1_1": "tls-1.1",
    "weak_group": "small-group",
    "expired": "expired",
    "self_signed": "self-signed",
    "other_host": "mismatch",
    "https_gone": "",
    "no_common_tls": "no-common",
}
HTTPS_ALONE = ("no_common_tls",)  # faults with which plain HTTP is not answered either

ROBOTS_TOO = ("unreachable", "server_error", "challenge")  # faults that robots.txt has as well

_ticks = count(1)
_RUNS = re.compile(r"(?:<option\b[^>]*>[^<]*</option>){3,}|(?:<li><a\b[^>]*><i class=\"ico\">.*?</li>){3,}", re.DOTALL)


def noise(asked: Asked, reply: Reply) -> Reply:
    """An ordinary day: advertisements, a counter, today's date, links in another order, now and then a slow page."""
    tick = next(_ticks)
    rng = random.Random(tick)
    slow = 0.3 if tick % 41 == 0 else 0.0
    if not _is_html(reply):
        return replace(reply, delay=slow)
    numbers = [rng.randint(1, 9999) for _ in range(rng.randint(0, 3))]
    ads = "".join(f"<div class='ad-{n}'><a href='http://ads.example/{n}'>专题{n}</a></div>" for n in numbers)
    today = f"<p class='t{tick % 7}'>今天是20{rng.randint(20, 30)}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日</p>"
    counter = f"<p>您是第<b>{1000 + tick}</b>位访客</p><script>var seen={tick};</script>"

    def add(text: str) -> str:
        text = _RUNS.sub(lambda found: _shuffled(rng, found[0]), text)
        text = re.sub(r"(<body[^>]*>)", lambda found: found[0] + ads + today, text, count=1)
        return text.replace("</body>", counter + "</body>")

    return replace(_rewritten(reply, add), delay=slow)


def _shuffled(rng: random.Random, run: str) -> str:
    items = re.split(r"(?<=</option>)|(?<=</li>)", run)
    rng.shuffle(items)
    return "".join(items)
