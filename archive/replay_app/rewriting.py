"""pywb's rewriter on our captures. What is changed in it, and why, is all in this file.

Overridden in pywb 2.10's RewriterApp:
- `_do_req` looks a capture up itself. In pywb it posts to a second server, whose loaders cannot read what message.py
  reads, and which goes to the live web where it is told to. Here no code is left that could open a connection.
- `_init_cookie_tracker`: none. Archived cookies stay in the archive, and the tracker's tldextract asks the web for a list.
- `get_top_url`, `_get_timegate_timemap`: the pages around a capture have another origin than the capture (front.py).
- `handle_error` raises, since front.py has pages of its own for that.
Replaced:
- `canonicalize` of apps.rewriterapp by archive/urlkey.py, because SURT merges www2 with www (webrecorder/pywb#943).
- `HTMLRewriterMixin._rewrite_url` gets addresses in ASCII, encoded as a browser does: WbUrl.to_uri quotes `?`, `=` and `&`
  along with the first Chinese character, and knows of no charset but UTF-8.
- `RewriteInfo._resolve_text_type`: text/plain stays text where a browser shows it. pywb makes a page of it when it looks so.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin

import pywb.apps.rewriterapp as rewriterapp
from pywb.rewrite.content_rewriter import RewriteInfo
from pywb.rewrite.html_rewriter import HTMLRewriterMixin
from pywb.warcserver.index.cdxobject import CDXObject
from warcio.timeutils import timestamp_to_http_date

from archive.replay_app import message
from archive.replay_app.index import Index, Row, timestamp
from archive.urlkey import target_uri, urlkey

PREFIX = "/replay"
MODE = "mp_"  # pywb's word for a page, rewritten
PLAIN = "plain"  # our word for text/plain in pywb's table of types
_OTHER_SCHEME = re.compile(r"\s*(?!https?:)[a-zA-Z][a-zA-Z0-9+.-]*:")
_AS_BROWSERS_DO = {"gb2312": "gbk", "iso-8859-1": "cp1252", "ascii": "cp1252"}  # labels, Encoding Standard §4.2
_SAFE = "%/:=&?~#+!$,;'@()*[]| "

rewriterapp.canonicalize = urlkey


def in_ascii(address: str, charset: str | None) -> str:
    """An address on a page as a browser asks for it: path in UTF-8, query in the page's charset (URL Standard §4.4).

    pywb hands it over as text when the page is UTF-8, and else byte for character.
    """
    if address.isascii() or _OTHER_SCHEME.match(address):
        return address
    codec = _AS_BROWSERS_DO.get((charset or "iso-8859-1").lower(), charset or "cp1252")
    try:
        text = address if charset == "utf-8" else address.encode("latin-1").decode(codec)
        front, hash_, fragment = text.partition("#")
        path, mark, query = front.partition("?")
        sent = query.encode(codec, "xmlcharrefreplace")
    except (LookupError, UnicodeError):
        return address
    return quote(path, safe=_SAFE) + mark + quote(sent, safe=_SAFE) + hash_ + quote(fragment, safe=_SAFE)


def _rewrite_url(self: Any, value: str, mod: str | None = None, force_abs: bool = False) -> Any:
    return _pywb_rewrite_url(self, in_ascii(value, self.charset) if value else value, mod, force_abs)


def _resolve_text_type(self: Any, text_type: str | None) -> Any:
    if text_type == PLAIN:
        text_type = "guess-text" if self.url_rewriter.wburl.mod in ("js_", "cs_") else None
    return _pywb_resolve_text_type(self, text_type)


_pywb_resolve_text_type = RewriteInfo._resolve_text_type
RewriteInfo._resolve_text_type = _resolve_text_type
_pywb_rewrite_url = HTMLRewriterMixin._rewrite_url
HTMLRewriterMixin._rewrite_url = _rewrite_url


@dataclass
class Answer:
    """What pywb takes from its resource server: headers, and a WARC record to read."""

    headers: dict[str, str]
    raw: Any
    status_code: int = 200


class NoCaptureError(Exception):
    """No capture of this address."""


class Rewriter(rewriterapp.RewriterApp):  # type: ignore[misc]
    """Rewrites captures so that their addresses lead back into the archive."""

    def __init__(self, index: Index) -> None:
        super().__init__(
            framed_replay=True, config={"enable_memento": True, "static_prefix": "static", "csp-header": ""}
        )
        self.index = index
        self.js_proxy_rw.rewrite_types = {**self.js_proxy_rw.rewrite_types, "text/plain": PLAIN}
        self.csp_header = None  # front.py sets a stricter one, on every reply

    def _init_cookie_tracker(self, redis: Any = None) -> None:
        return None

    def _do_req(self, inputreq: Any, wb_url: Any, kwargs: dict[str, Any], skip_record: bool) -> Answer:
        capture, reply, exact = find(
            self.index, wb_url.url, wb_url.timestamp, kwargs["method"], kwargs["body"], wb_url.mod
        )
        url = target_uri(capture["url"])
        kwargs["shown"] = {"stamp": timestamp(capture["requested_at"]), "url": url}
        cdx = CDXObject()
        cdx["urlkey"] = urlkey(url)
        cdx["timestamp"] = timestamp(capture["requested_at"])
        cdx["url"] = url
        if not exact:
            cdx["is_fuzzy"] = "1"  # pywb then says Content-Location
        headers = {
            "Warcserver-Cdx": cdx.to_cdxj().rstrip(),
            "Memento-Datetime": timestamp_to_http_date(cdx["timestamp"]),
            "WARC-Target-URI": url,
        }
        return Answer(headers, message.as_record(reply, url, capture["requested_at"]))

    def get_top_url(self, full_prefix: str, wb_url: Any, cdx: Any, kwargs: dict[str, Any]) -> str:
        return f"{kwargs['home']}{PREFIX}/{wb_url.to_str(mod='')}"

    def _get_timegate_timemap(self, url: str, full_prefix: str, mod: str) -> tuple[str, str]:
        home = full_prefix.removesuffix(f"{PREFIX}/")
        return f"{home}/timegate/{url}", f"{home}/timemap/link/{url}"

    def handle_custom_response(self, *args: Any) -> None:
        return None

    def get_inject_scripts(self, kwargs: dict[str, Any]) -> list[str]:
        return [f"replayed.js?{kwargs['token']}" if kwargs["token"] else "replayed.js"]


def find(
    index: Index, url: str, stamp: str, method: str, body: bytes = b"", mode: str = MODE
) -> tuple[Row, message.Reply, bool]:
    """The readable capture nearest to a moment, its reply, and whether it is of this very address.

    A capture that redirects to itself, as from http to https, is passed over. A POST is answered by one that sent the same.
    Raises NoCaptureError, or UnreadableError when there are captures and none can be read.
    """
    method = "GET" if method == "HEAD" else method
    unreadable = None
    for exact, captures in _candidates(index, url, stamp, method, mode):
        for capture in captures:
            if method == "POST" and message.sent(index, capture) != body:
                continue
            try:
                reply = message.reply_of(index, capture)
            except message.UnreadableError as error:
                print(f"nianbao replay: {error}", file=sys.stderr, flush=True)
                unreadable = unreadable or error
                continue
            if not _redirects_to_itself(capture, reply):
                return capture, reply, exact
    raise unreadable or NoCaptureError(url)


def _candidates(index: Index, url: str, stamp: str, method: str, mode: str) -> Any:
    yield True, index.nearest(url, stamp, method)
    if method == "GET" and mode != "id_":
        yield False, index.alike(url, stamp)


def _redirects_to_itself(capture: Row, reply: message.Reply) -> bool:
    if not 300 <= reply.status < 400 or not reply.location:
        return False
    return urlkey(urljoin(capture["url"], reply.location)) == urlkey(capture["url"])
