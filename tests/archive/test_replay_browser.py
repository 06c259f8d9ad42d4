"""The replay in Chromium: pages look as they did live, and their scripts reach nothing but the archive."""

# The scripts stay on one line each.
# ruff: noqa: E501

from __future__ import annotations

import base64
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, expect

from archive.archive import Archive
from archive.exchange import Exchange, Wire
from tests.conftest import Field
from tests.replayed import chosen, judge
from tests.replaying import chromium, look, replaying, strangers

PAGES = 9  # of seven portals, one of each platform


def test_archived_pages_look_as_they_did_live(first_crawl: Field, replay_environment: Path, chromium_path: str) -> None:
    pages = chosen(first_crawl.data, PAGES)
    verdicts, arrived = judge(first_crawl.data, first_crawl.farm, pages, lambda verdict: None)
    assert {verdict.page["url"]: verdict.faults for verdict in verdicts if verdict.faults} == {}
    assert {verdict.page["platform"] for verdict in verdicts} == {
        portal.platform for portal in first_crawl.farm.portals
    }
    assert any(verdict.charset == "GBK" for verdict in verdicts)
    assert arrived == 0


class Trap:
    """Keeps what arrives at a TCP and a UDP port of loopback: the first bytes of each connection, empty when none came."""

    def __init__(self) -> None:
        self.arrived: list[bytes] = []
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()
        threading.Thread(target=self._receive, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):  # closed: the test is over
            while True:
                threading.Thread(target=self._answer, args=(self.tcp.accept()[0],), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(3)
            asked = b""
            try:
                asked = connection.recv(200)
            finally:
                self.arrived.append(asked)
            connection.sendall(
                b"HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n"
            )

    def _receive(self) -> None:
        with suppress(OSError):
            while said := self.udp.recvfrom(2000)[0]:
                self.arrived.append(said[:20])

    def close(self) -> None:
        self.tcp.shutdown(socket.SHUT_RDWR)
        self.tcp.close()
        self.udp.close()


@contextmanager
def trap() -> Iterator[Trap]:
    set_ = Trap()
    try:
        yield set_
    finally:
        set_.close()


# Addresses are put together at run time, so that no rewriter sees them; a fresh frame's functions are not wrapped.
WAYS = {
    "fetch": "fetch(away('fetch')).catch(() => 0)",
    "a fresh frame's fetch": "fresh().fetch(away('fresh-fetch'), {mode: 'no-cors'}).catch(() => 0)",
    "XMLHttpRequest": "const x = new XMLHttpRequest(); x.open('GET', away('xhr')); x.send()",
    "a fresh frame's XMLHttpRequest": "const x = new (fresh().XMLHttpRequest)(); x.open('GET', away('xhr2')); x.send()",
    "img": "new Image().src = away('img')",
    "a fresh frame's img": "new (fresh().Image)().src = away('img2')",
    "innerHTML": "document.body.insertAdjacentHTML('beforeend', '<img src=\"' + away('inner') + '\">')",
    "parsed document": "document.body.append(...new DOMParser().parseFromString('<img src=\"' + away('parsed') + '\">', 'text/html').body.children)",
    "WebSocket": "new WebSocket(away('ws').replace('http', 'ws'))",
    "a fresh frame's WebSocket": "new (fresh().WebSocket)(away('ws2').replace('http', 'ws'))",
    "EventSource": "new (fresh().EventSource)(away('events'))",
    "sendBeacon": "fresh().navigator.sendBeacon(away('beacon'), 'x')",
    "script": "add('script', {src: away('script')})",
    "style sheet": "add('link', {rel: 'stylesheet', href: away('css')})",
    "@import": "add('style', {textContent: '@import \"' + away('import') + '\"; body{background:url(' + away('background') + ')}'})",
    "font": "fresh().document.fonts.add(new (fresh().FontFace)('f', 'url(' + away('font') + ')')); new FontFace('g', 'url(' + away('font2') + ')').load().catch(() => 0)",
    "preconnect": "add('link', {rel: 'preconnect', href: away('preconnect')})",
    "prefetch": "add('link', {rel: 'prefetch', href: away('prefetch')}); add('link', {rel: 'preload', as: 'image', href: away('preload')})",
    "modulepreload": "add('link', {rel: 'modulepreload', href: away('modulepreload')}); import(away('module')).catch(() => 0)",
    "speculation": "add('script', {type: 'speculationrules', textContent: JSON.stringify({prerender: [{urls: [away('speculation')]}]})})",
    "manifest": "add('link', {rel: 'manifest', href: away('manifest')}); add('link', {rel: 'icon', href: away('icon')})",
    "video": "add('video', {src: away('video'), autoplay: true, poster: away('poster')})",
    "object": "add('object', {data: away('object')}); add('embed', {src: away('embed')})",
    "iframe": "add('iframe', {src: away('iframe')})",
    "worker": "new Worker(URL.createObjectURL(new Blob(['fetch(\"' + away('worker') + '\").catch(() => 0); importScripts(\"' + away('imported') + '\")'])))",
    "srcdoc": "add('iframe', {srcdoc: '<img src=' + away('srcdoc') + '><script>fetch(\"' + away('srcdoc2') + '\")<\\/script>'})",
    "WebRTC": "const c = new (fresh().RTCPeerConnection)({iceServers: [{urls: 'stun:127.0.0.1:' + port}]}); c.createDataChannel('x'); c.createOffer().then((o) => c.setLocalDescription(o))",
    "form": "const f = add('form', {method: 'post'}); f.setAttribute('action', away('form')); fresh().HTMLFormElement.prototype.submit.call(f)",
    "form in a new window": "const f = add('form', {method: 'get', target: '_blank'}); f.setAttribute('action', away('form2')); f.submit()",
    "window.open": "fresh().open(away('open')); window.open(away('open2'), '_blank')",
    "parent": "fresh().parent.parent.location = away('parent')",
    "top": "fresh().top.location.href = away('top')",
    "top by link": "const a = add('a', {target: '_top'}); fresh().Element.prototype.setAttribute.call(a, 'href', away('toplink')); a.click()",
    "new window by link": "const a = add('a', {target: '_blank', rel: 'noopener'}); fresh().Element.prototype.setAttribute.call(a, 'href', away('blank')); a.click()",
    "ping": "const a = add('a', {href: '#x'}); a.setAttribute('ping', away('ping')); a.click()",
    "the page around it": "const d = fresh().parent.parent.document; const i = d.createElement('img'); i.src = away('around'); d.body.append(i)",
    "meta refresh": "add('meta', {httpEquiv: 'refresh', content: '0;url=' + away('refresh')}, document.head)",
    "location": "setTimeout(() => { fresh().parent.location.href = away('location') }, 1500)",
    "base": "add('base', {href: away('base')}, document.head); add('img', {}).setAttribute('src', 'relative.png')",
}
PAGE = """<html><head><title>escape</title></head><body><p>archived</p><script>
const port = %d, away = (how) => 'ht' + 'tp:/' + '/127.0.0.1:' + port + '/' + how;
const add = (tag, said, to) => (to || document.body).appendChild(Object.assign(document.createElement(tag), said));
const fresh = () => { const f = document.createElement('iframe'); document.body.append(f); return f.contentWindow };
%s
</script></body></html>"""


def keep(archive: Archive, url: str, body: str) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    at = datetime(2026, 1, 20, 8, tzinfo=UTC)
    archive.keep(Exchange(url, response=Wire(head + body.encode()), complete=True, started_at=at), {"url": url})


def opened(browser: Browser, address: Callable[[int], str]) -> tuple[list[str], list[str]]:
    """Where the pages of all ways are after a while, and what they asked for."""
    asked: list[str] = []
    context = browser.new_context()
    context.on("request", lambda request: asked.append(request.url))
    pages = []
    for number in range(len(WAYS)):
        pages.append(context.new_page())
        pages[-1].goto(address(number), wait_until="commit")
    pages[-1].wait_for_timeout(4000)
    places = [page.url for page in pages]
    context.close()
    return places, asked


def test_archived_scripts_reach_nothing_but_the_archive(
    tmp_path: Path, replay_environment: Path, chromium_path: str
) -> None:
    site = "http://www.luring.portal.test"
    with trap() as set_:
        archive = Archive(tmp_path / "data", {"software": "nianbao test"})
        bodies = [PAGE % (set_.port, f"try {{ {script} }} catch (e) {{}}") for script in WAYS.values()]
        for number, body in enumerate(bodies):
            keep(archive, f"{site}/{number}", body)
        archive.close()
        with replaying(tmp_path / "data") as replay, chromium() as browser:
            places, asked = opened(browser, lambda number: f"{replay.home}/replay/2026/{site}/{number}")
            assert set_.arrived == []
            ours = (f"{replay.home}/replay/", f"{replay.home}/#unknown")  # the latter where a wall left an error page
            assert [place for place in places if not place.startswith(ours)] == []
            # what a wall stopped is named by the browser as asked for all the same; it is the trap that counts
            assert f"{replay.content}/replay/20260120080000mp_/{site}/0" in asked
        served = {f"/{number}": body for number, body in enumerate(bodies)}
        with site_of(served) as live, chromium() as browser:
            opened(browser, lambda number: f"{live}/{number}")
        ways = {each.split()[1].decode() for each in set_.arrived if each.startswith((b"GET", b"POST"))}
    assert len(ways) >= len(WAYS) * 3 // 4, sorted(ways)  # live, the same scripts get there
    assert any(each.startswith(b"\x00\x01") for each in set_.arrived)  # STUN


@contextmanager
def site_of(pages: Mapping[str, str]) -> Iterator[str]:
    """Pages served on loopback, by path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_links_that_want_a_window_of_their_own_open_in_the_frame(
    tmp_path: Path, replay_environment: Path, chromium_path: str
) -> None:
    site = "http://www.linked.portal.test"
    archive = Archive(tmp_path / "data", {"software": "nianbao test"})
    keep(archive, f"{site}/", '<html><body><a href="/two.html" target="_blank">next</a></body></html>')
    keep(archive, f"{site}/two.html", "<html><head><title>the second</title></head><body>arrived</body></html>")
    archive.close()
    with replaying(tmp_path / "data") as replay, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{replay.home}/replay/2026/{site}/")
        page.frame_locator("#replayed").get_by_text("next").click()
        page.frame_locator("#replayed").get_by_text("arrived").wait_for()
        expect(page).to_have_title(re.compile("^the second"))
        expect(page).to_have_url(f"{replay.home}/replay/20260120080000/{site}/two.html")
        assert "two.html" in page.locator("#url").inner_text()


# In a data: address no rewriter sees it: `top` is the page of ours, and `src` is what is said.
FORGES = r"""
const honest = "/replay/20260120080000mp_/http://www.honest.portal.test/";
const token = (text) => (text.match(/replayed\.js\?([\w-]+)/) || [])[1] || "none";
const frame = document.createElement("iframe");
frame.onload = async () => {
  top.postMessage({wb_type: "load", ts: "20200101000000", url: "http://www.honest.portal.test/", title: "Report"}, "*");
  try { top.postMessage({served: token(frame.contentWindow.document.documentElement.outerHTML)}, "*") } catch {}
  top.postMessage({served: token(await (await fetch(honest)).text())}, "*");
  document.body.append("lied");
};
document.body.append(frame);
frame.src = honest;
"""
FORGER = """<html><head><title>own words</title></head><body>forged figures<script>
setTimeout(() => {
  const script = document.createElement("script");
  script.src = "data:text/javascript;base64,%s";
  document.body.append(script);
}, 800);
</script></body></html>"""


def test_a_page_cannot_have_the_bar_show_another_address(
    tmp_path: Path, replay_environment: Path, chromium_path: str
) -> None:
    honest, forger = "http://www.honest.portal.test/", "http://www.forger.portal.test/"
    archive = Archive(tmp_path / "data", {"software": "nianbao test"})
    keep(archive, honest, f'<html><body><a href="{forger}">on</a></body></html>')
    keep(archive, forger, FORGER % base64.b64encode(FORGES.encode()).decode())
    archive.close()
    with replaying(tmp_path / "data") as replay, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{replay.home}/replay/2026/{honest}")
        page.frame_locator("#replayed").get_by_text("on").click()
        page.frame_locator("#replayed").get_by_text("lied").first.wait_for()
        page.wait_for_timeout(1000)
        assert page.url == f"{replay.home}/replay/20260120080000/{forger}"
        assert page.locator("#url").inner_text() == forger
        assert page.locator("#at").inner_text() == "2026-01-20 08:00:00 UTC"
        assert page.locator("#all").get_attribute("href") == f"/calendar/{forger}"
        assert forger in page.title()


def test_archived_scripts_leave_no_cookies(tmp_path: Path, replay_environment: Path, chromium_path: str) -> None:
    site = "http://www.cookies.portal.test/"
    script = (
        "document.cookie = 'a=1'; try { Document.prototype.__lookupSetter__('cookie').call(document, 'b=2') } catch {};"
        "const f = document.createElement('iframe'); document.body.append(f); f.contentWindow.document['coo' + 'kie'] = 'c=3';"
        "try { self['cookie' + 'Store'].set('d', '4') } catch {};"
        "document.body.append('read [' + document.cookie + ']')"
    )
    archive = Archive(tmp_path / "data", {"software": "nianbao test"})
    keep(archive, site, f"<html><body><script>{script}</script></body></html>")
    archive.close()
    with replaying(tmp_path / "data") as replay, chromium() as browser:
        context = browser.new_context()
        context.add_cookies([{"name": "other", "value": "programs", "url": replay.content}])
        page = context.new_page()
        page.goto(f"{replay.home}/replay/2026/{site}")
        page.frame_locator("#replayed").get_by_text("read []").wait_for()
        page.wait_for_timeout(500)
        assert [cookie["name"] for cookie in context.cookies()] == ["other"]


def test_the_start_page_leads_to_reports_and_filters_them(
    first_crawl: Field, replay_environment: Path, chromium_path: str
) -> None:
    documents = first_crawl.rows("SELECT * FROM document")
    with replaying(first_crawl.data) as replay, chromium() as browser:
        page = browser.new_page()
        page.goto(replay.home)
        assert page.locator("td a").count() == len(documents)
        wanted = documents[0]
        cell = page.locator(f'a[href$="{wanted["url"]}"]').first
        page.fill("#filter", wanted["organ"])
        assert cell.is_visible()
        assert page.locator("tbody tr:visible").count() < page.locator("tbody tr").count()
        cell.click()
        page.frame_locator("#replayed").locator("body").wait_for()
        assert wanted["organ"] in page.locator("#bar").inner_text()
        seen = look(browser, replay.home, framed=False)
        assert strangers(seen.requests, replay, replay.content) == []
        assert seen.errors == []
