"""The replay's addresses and the walls around them.

Two origins, two ports: pages of ours (start page, calendar, frame) and Memento on one, archived pages on the other. An
archived script shares no origin with a page of ours, and its own page is always a frame of one, so that three locks hold:

- Content-Security-Policy on every reply: it loads, connects and posts to its own origin alone
- `sandbox` without popups and top navigation: it cannot open or steer any window but its own frame
- frame-src of the page around it: that frame can go nowhere but back to the archive

A browser that opens an archived page by itself is sent to the frame; other clients (curl, Memento) get it as it is.

    /                            reports by body and year          /portal/NAME  those of one portal
    /calendar/URL                captures of an address, and what a browser drew of it (urn:dom:URL, urn:view:URL)
    /replay/TIME/URL             the frame around a capture        /replay/TIMEmp_/URL  the capture (URI-M); id_: not rewritten
    /timegate/URL, /replay/URL   TimeGate (RFC 7089 §4.1.1)        /timemap/link|json/[TIME/]URL  TimeMap
"""

from __future__ import annotations

import json
import mimetypes
import re
import secrets
import sys
import traceback
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote_to_bytes, urljoin, urlsplit

import pywb

from archive.replay_app import memento, pages
from archive.replay_app.index import Index, moment, timestamp
from archive.replay_app.message import UnreadableError
from archive.replay_app.rewriting import MODE, PREFIX, NoCaptureError, Rewriter, find
from archive.urlkey import target_uri

Environ = dict[str, Any]
Start = Callable[..., Any]

STATIC = (Path(__file__).parent / "static", Path(pywb.__file__).parent / "static")
_STATIC_NAME = re.compile(r"[\w-]+\.(?:js|css)")
_REPLAY = re.compile(r"(\d*)([a-z]{2}_)?/?(.+)", re.DOTALL)
_REFERRER = re.compile(r"https?://[^/]+" + PREFIX + r"/(\d{4,14})([a-z]{2}_)?/(.+)", re.DOTALL)
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; frame-src {content}"
)
_CAPTURE_POLICY = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; connect-src 'self' data: blob:; form-action 'self'; "
    "base-uri 'self'; frame-ancestors {around}; "
    "sandbox allow-scripts allow-same-origin allow-forms allow-modals allow-downloads"
)
UNTOLD = 1_000  # documents served whose addresses the bar has not asked for yet; older ones are forgotten
_RAW_POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; media-src 'self'; sandbox"
_ALWAYS = [  # no nosniff: scripts and style sheets of a wrong type worked live
    ("X-DNS-Prefetch-Control", "off"),  # no names are asked for, of links or of hints
    ("Referrer-Policy", "same-origin"),
    ("Cache-Control", "no-cache"),  # a later capture may be nearer
]
INNER = "if_"  # pywb's word for a page in a frame of an archived page
DOCUMENTS = frozenset({"document", "iframe", "frame", "embed", "object"})  # Sec-Fetch-Dest of what becomes a page


class Front:
    """The WSGI application on both ports. `ports` are those of our pages and of archived ones."""

    def __init__(self, index: Index, data: Path) -> None:
        self.index = index
        self.data = data
        self.rewriter = Rewriter(index)
        self.ports = (0, 0)
        self.served: dict[str, dict[str, str]] = {}  # token → stamp and url of the document that it was written into

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        try:
            request = Request(environ, self.ports)
            reply = self.route(request)
        except NoCaptureError:
            reply = pages.missing(self.index, request.wanted)
        except UnreadableError as error:
            reply = pages.trouble(502, "This capture cannot be read", str(error))
        except BadRequestError as error:
            reply = pages.trouble(400, "This address says no capture", str(error))
        except Exception as error:  # noqa: BLE001  pywb raises anything; its traceback is printed
            traceback.print_exc(file=sys.stderr)
            reply = pages.trouble(500, "The replay failed", f"{type(error).__name__}: {error}")
        return self._send(request, reply, start_response)

    def route(self, request: Request) -> pages.Page:
        """The reply to a request: status, headers, body."""
        path = request.path
        if request.environ.get("HTTP_SERVICE_WORKER"):
            raise BadRequestError("service workers are not replayed: one would answer for every other archived page")
        if path.startswith("/static/"):
            return _static(path.removeprefix("/static/"))
        if path.startswith(f"{PREFIX}/"):
            return self.replay(request, path.removeprefix(f"{PREFIX}/"))
        if moved := _out_of_the_archive(request):
            return moved
        if request.on_content:
            raise NoCaptureError
        if path.partition("?")[0] == "/":
            return pages.start(self.index, self.data)
        if path.startswith("/served/"):
            shown = self.served.pop(path.removeprefix("/served/"), None)  # once: a token found later says nothing
            body = json.dumps(shown).encode()
            return pages.Page("200 OK", [("Content-Type", "application/json")], [body])
        if path.startswith("/portal/"):
            return pages.portal(self.index, unquote_to_bytes(path.removeprefix("/portal/")).decode("utf-8", "replace"))
        if path.startswith("/lookup?"):
            url = parse_qs(path.partition("?")[2]).get("url", [""])[0].strip()
            return pages.moved(f"/calendar/{target_uri(url if '://' in url else f'http://{url}')}")
        if path.startswith("/calendar/"):
            request.wanted = target_uri(path.removeprefix("/calendar/"))
            return pages.calendar(self.index, request.wanted)
        if path.startswith("/timegate/"):
            return self.timegate(request, path.removeprefix("/timegate/"), MODE)
        if path.startswith("/timemap/"):
            kind, _, rest = path.removeprefix("/timemap/").partition("/")
            stamp, _, url = _parts(rest)
            return memento.timemap(self.index, kind, url, stamp, request.home)
        raise NoCaptureError

    def replay(self, request: Request, rest: str) -> pages.Page:
        """A capture, the frame around it, or the way to one of them."""
        stamp, mode, url = _parts(rest)
        request.wanted = url
        if not stamp:
            return self.timegate(request, url, mode or MODE)
        try:
            moment(stamp)
        except ValueError as error:
            raise BadRequestError(f"{stamp}: expected 4 to 14 digits of a date and time, {error}") from error
        destination = request.environ.get("HTTP_SEC_FETCH_DEST", "")
        raw = mode in ("id_", "ir_")
        if destination == "document" and mode and not raw:
            return pages.moved(f"{request.home}{PREFIX}/{stamp}/{url}")
        if url.startswith("urn:"):  # what a browser drew: shown as it is
            _, reply, _ = find(self.index, url, stamp, "GET")
            return pages.Page(f"{reply.status} {reply.reason}", reply.headers, [reply.body], _RAW_POLICY)
        if not request.on_content and destination in DOCUMENTS - {"document"}:
            raise BadRequestError("an archived page is shown in the archive's own frame only")
        if not mode:
            if request.on_content:
                return pages.moved(f"{PREFIX}/{stamp}{MODE}/{url}")
            capture, reply, _ = find(self.index, url, stamp, "GET")
            links = memento.links(url, request.home, timestamp(capture["requested_at"]))
            return pages.frame(self.index, capture, reply, stamp, url, request.content).having(("Link", links))
        own = request.on_content and mode == MODE and destination == "iframe"
        if own and request.within_a_page:
            return pages.moved(f"{PREFIX}/{stamp}{INNER}/{url}", request.method)
        return self._rewritten(request, rest, raw, own)

    def timegate(self, request: Request, rest: str, mode: str) -> pages.Page:
        """302 to the capture nearest to Accept-Datetime, or to the newest (RFC 7089 §4.1.1, pattern 1.1)."""
        _, _, url = _parts(rest)
        request.wanted = url
        stamp = timestamp(datetime.now(UTC).isoformat())
        if wanted := request.environ.get("HTTP_ACCEPT_DATETIME"):
            try:
                stamp = timestamp(parsedate_to_datetime(wanted).astimezone(UTC).isoformat())
            except ValueError as error:
                raise BadRequestError(f"Accept-Datetime {wanted!r}: expected a date like {memento.EXAMPLE}") from error
        capture, _, _ = find(self.index, url, stamp, request.method, request.body, mode)
        found = timestamp(capture["requested_at"])
        page = pages.moved(f"{'' if request.on_content else request.home}{PREFIX}/{found}{mode}/{url}", request.method)
        return page.having(("Vary", "accept-datetime"), ("Link", memento.links(url, request.home, found)))

    def _rewritten(self, request: Request, rest: str, raw: bool, own: bool) -> pages.Page:
        """A capture through pywb. `own`: it is what the bar's frame shows, so a token in it lets the bar ask what it is.

        No other page can read the token: it is written only for Sec-Fetch-Dest: iframe, which no script can send, and into
        a document that nothing but a page of ours may frame. The document itself may: it learns its own address.
        """
        token = secrets.token_urlsafe(24) if own else ""
        environ = request.environ | {
            "SCRIPT_NAME": PREFIX,
            "wsgi.input": BytesIO(request.body),
            "REQUEST_METHOD": "GET" if request.method == "HEAD" else request.method,
            "pywb.host_prefix": request.origin,
            "pywb.app_prefix": "",
            "pywb.static_prefix": f"{request.origin}/static",
        }
        environ.pop("HTTP_COOKIE", None)
        kept: dict[str, Any] = {
            "coll": "",
            "method": request.method,
            "body": request.body,
            "home": request.home,
            "token": token,
        }
        response = self.rewriter.render_content(rest, kept, environ)
        status = response.status_headers
        headers = [(name, value) for name, value in status.headers if name.lower() != "cache-control"]
        around = request.home if own else f"'self' {request.home}"
        policy = _RAW_POLICY if raw else _CAPTURE_POLICY.format(around=around)
        if own and "shown" in kept:
            headers.append(("Cache-Control", "no-store"))  # from a cache it would come with a token that is spent
            self.served[token] = kept["shown"]
            while len(self.served) > UNTOLD:
                del self.served[next(iter(self.served))]
        return pages.Page(status.statusline, headers, response.body, policy)

    def _send(self, request: Request, page: pages.Page, start_response: Start) -> Iterable[bytes]:
        body: Iterable[bytes] = page.body
        policy = page.policy or (
            _CAPTURE_POLICY.format(around=f"'self' {request.home}")
            if request.on_content
            else _PAGE_POLICY.format(content=request.content)
        )
        said = {name.lower() for name, _ in page.headers}
        headers = [(name, value) for name, value in page.headers if name.lower() != "set-cookie"]
        headers += [(name, value) for name, value in _ALWAYS if name.lower() not in said]
        headers += [("Content-Security-Policy", policy)]
        start_response(page.status, [(_latin(name), _latin(value)) for name, value in headers])
        if request.method == "HEAD":
            close = getattr(body, "close", None)
            if close:
                close()
            return []
        return body


class BadRequestError(Exception):
    """The address or a header cannot be understood; the message says what was expected."""


class Request:
    """What was asked for. `path` is as sent, query included, with what is not ASCII percent-encoded."""

    def __init__(self, environ: Environ, ports: tuple[int, int]) -> None:
        self.environ = environ
        self.method: str = environ["REQUEST_METHOD"].upper()
        self.path = quote(environ["REQUEST_URI"].encode("latin-1"), safe="%/:=&?~#+!$,;'@()*[]|\\^`{}\"<> ")
        host = environ.get("HTTP_HOST") or f"127.0.0.1:{environ['SERVER_PORT']}"
        name = re.sub(r":\d*$", "", host)
        self.home, self.content = (f"http://{name}:{port}" for port in ports)
        self.on_content = environ["SERVER_PORT"] == str(ports[1])
        self.origin = self.content if self.on_content else self.home
        self.body: bytes = environ["wsgi.input"].read() if self.method == "POST" else b""
        asking = _REFERRER.fullmatch(environ.get("HTTP_REFERER", ""))
        self.within_a_page = asking is not None and asking.group(2) == INNER  # a link in a frame of an archived page
        self.wanted = ""  # the archived address that it is about, once known


def _parts(rest: str) -> tuple[str, str, str]:
    """`20260101mp_/http://…` → its timestamp, mode and address; the first two may be empty."""
    found = _REPLAY.fullmatch(rest)
    if not found:
        raise BadRequestError("expected an archived address after the last /")
    stamp, mode, url = found.group(1), found.group(2) or "", found.group(3)
    if stamp and not rest[found.end(2) if mode else found.end(1) :].startswith("/"):
        stamp, mode, url = "", "", rest  # a host that begins with digits
    url = re.sub(r"^(https?):/+", r"\1://", url)  # some clients merge the slashes
    if url.startswith("urn:"):
        return stamp, mode, target_uri(url)
    url = target_uri(url if re.match(r"[a-zA-Z][\w+.-]*:/", url) else f"http://{url}")
    try:
        host = urlsplit(url).hostname
    except ValueError as error:
        raise BadRequestError(f"{url}: expected an archived address, {error}") from error
    if not host:
        raise BadRequestError(f"{rest}: expected an archived address, found no host in it")
    return stamp, mode, url


def _out_of_the_archive(request: Request) -> pages.Page | None:
    """An archived script asked for a path of its site's: back to that site, at the time of the page that asked."""
    found = _REFERRER.fullmatch(request.environ.get("HTTP_REFERER", ""))
    if not found or not request.on_content:
        return None
    stamp, mode, url = found.groups()
    return pages.moved(f"{PREFIX}/{stamp}{mode or MODE}/{urljoin(url, request.path)}", request.method)


def _static(name: str) -> pages.Page:
    name = urlsplit(name).path
    if _STATIC_NAME.fullmatch(name):
        for folder in STATIC:
            if (folder / name).is_file():
                body = (folder / name).read_bytes()
                kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
                return pages.Page("200 OK", [("Content-Type", f"{kind}; charset=utf-8")], [body])
    raise NoCaptureError


def _latin(text: str) -> str:
    """A header as WSGI takes it: UTF-8 bytes in latin-1 clothes where latin-1 cannot say it; never a line's end."""
    text = re.sub(r"[\r\n\0]", " ", str(text))
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode().decode("latin-1")
    return text
