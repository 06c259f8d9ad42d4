"""Which addresses are one page: session ids and time stamps do not tell pages apart, nor do http and https.

What is asked for, and what the archive keeps, is the address as it was linked, but without the session of the visit that
saw the link, which is none of the next one's; comparing goes by identity.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from scrapy import Request
from scrapy.utils.request import RequestFingerprinter
from w3lib.url import safe_url_string

from archive.urlkey import PORTS, urlkey

PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid|sessionid)=[^/?#;]*", re.I)
SESSION_PARAMETER = re.compile(r"(?:j?session_?id|phpsessid|aspsessionid\w*|cfid|cftoken)=", re.I)
# Parameters of a query that name the visit, not the page: name, what its value looks like, an example.
VISIT_PARAMETERS: tuple[tuple[re.Pattern[str], re.Pattern[str], str], ...] = (
    (re.compile(r"j?session_?id|phpsessid|aspsessionid\w*|cfid|cftoken", re.I), re.compile(r".*"), "jsessionid=8F…"),
    (re.compile(r"sid|s|session", re.I), re.compile(r"[0-9a-z]{24,}", re.I), "sid=0f343b0931126a20f133d67c2b018a3b"),
    (re.compile(r"_|t|ts|time|timestamp|rand|random|v", re.I), re.compile(r"1\d{9}(?:\d{3})?"), "t=1672531200000"),
    (re.compile(r"_|t|r|rand|random|rnd", re.I), re.compile(r"0\.\d+"), "_=0.8451"),
    (re.compile(r"spm|utm_\w+|from_source", re.I), re.compile(r".*"), "spm=a1.b2"),
)


def bare(url: str) -> str:
    """The address without what names the visit. An address that cannot be taken apart is returned as it is."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    pairs = parts.query.split("&")
    query = "&".join(pair for pair in pairs if not _of_visit(pair))
    if query == parts.query and ";" not in parts.path:
        return url
    return urlunsplit(parts._replace(path=PATH_SESSION.sub("", parts.path), query=query))


def sessionless(url: str) -> str:
    """The address without the id of a session, which only the visit that saw it has."""
    path, mark, query = url.partition("?")
    kept = "&".join(pair for pair in query.split("&") if not SESSION_PARAMETER.match(pair))
    return PATH_SESSION.sub("", path) + (mark + kept if kept else "")


def _of_visit(pair: str) -> bool:
    name, _, value = pair.partition("=")
    return any(names.fullmatch(name) and values.fullmatch(value) for names, values, _ in VISIT_PARAMETERS)


def askable(url: str, charset: str = "utf-8") -> str | None:
    """The address as a browser asks for it, from a page in `charset`: what is escaped is left as it is, other characters
    go out in UTF-8 in the path and in the page's own charset in the query (URL Standard, “percent-encode after encoding”).

    None for what is no address of the web: other schemes, no host, a port that is none.
    """
    try:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname or parts.port == 0:
            return None
        return url if url.isascii() else str(safe_url_string(url, _query_charset(charset)))
    except (ValueError, UnicodeError, LookupError):
        return None


def _query_charset(charset: str) -> str:
    return "gb18030" if charset.lower() in ("gbk", "gb2312", "gb18030") else "utf-8"


def identity(url: str) -> str:
    """The key that all addresses of one page share: archive/urlkey.py's of the bare address."""
    return urlkey(bare(url))


class Fingerprinter(RequestFingerprinter):
    """Scrapy's REQUEST_FINGERPRINTER_CLASS: a page is asked once in a run, under whichever of its addresses comes first.

    A redirect may lead to another address of the same page (http to https, or to one with a session id): those count as
    themselves, or nobody would ever arrive.
    """

    def fingerprint(self, request: Request) -> bytes:
        if request.meta.get("redirect_urls"):
            return super().fingerprint(request)
        url = bare(request.url)
        scheme, _, rest = url.partition("://")
        if scheme in PORTS and urlsplit(url).port is None:
            url = f"http://{rest}"
        return super().fingerprint(request if url == request.url else request.replace(url=url))
