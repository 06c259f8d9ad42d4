"""What the browser may not do, and what happens when it breaks down."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive.archive import Archive
from archive.reader import records
from tests.conftest import Field
from tests.crawler.scripted import NEEDS_CHROMIUM, add_script, dom_of, facts_of, list_url, path_of, serve_at
from tests.evaluate import ROOT, environment
from tests.portals.platforms import Page, Request

pytestmark = NEEDS_CHROMIUM


# What the browser may not do


@contextmanager
def listener() -> Iterator[tuple[int, list[str]]]:
    """A port of this machine, TCP and UDP, that nobody has any business with; what came nevertheless."""
    came: list[str] = []
    tcp, udp = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(tcp.getsockname())
    for each in (tcp, udp):
        each.settimeout(0.1)
    over = threading.Event()

    def listen() -> None:
        while not over.is_set():
            for name, wait in (("tcp", tcp.accept), ("udp", lambda: udp.recvfrom(100))):
                try:
                    wait()
                    came.append(name)
                except TimeoutError:
                    continue

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield tcp.getsockname()[1], came
    finally:
        over.set()
        thread.join()
        tcp.close()
        udp.close()


ASKS_FOR_EVERYTHING = """
var at = 'http://127.0.0.1:PORT/', i;
function link(rel) { var l = document.createElement('link'); l.rel = rel; l.href = at + rel; document.head.appendChild(l); }
['preconnect', 'dns-prefetch', 'prefetch', 'stylesheet'].forEach(link);
new Image().src = at + 'image'; fetch(at + 'fetch').catch(function () {}); navigator.sendBeacon(at + 'beacon', 'x');
new Image().src = '/private/ndbg/1.png'; new WebSocket('ws://127.0.0.1:PORT/socket'); new EventSource(at + 'events');
window.open(at + 'window'); navigator.serviceWorker && navigator.serviceWorker.register('/worker.js').catch(function () {});
new Worker(URL.createObjectURL(new Blob(["fetch('" + at + "worker').catch(function () {})"])));
new SharedWorker('/shared.js');
var peer = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:PORT'}]});
peer.createDataChannel('x'); peer.createOffer().then(function (offer) { peer.setLocalDescription(offer); });
var frame = document.createElement('iframe'); frame.src = at + 'frame'; document.body.appendChild(frame);
"""


def test_a_page_that_asks_for_what_it_may_not_have_gets_nothing_and_it_is_recorded(own: Field) -> None:
    name = own.farm.portals[-1].name
    shared = "fetch('http://127.0.0.1:PORT/shared').catch(function () {})"
    with listener() as (port, came):
        serve_at(own, "/shared.js", lambda _: Page(shared.replace("PORT", str(port)).encode(), "text/javascript"))
        add_script(own, list_url(own), ASKS_FOR_EVERYTHING.replace("PORT", str(port)))
        outcome = own.crawl(name)[name]
        time.sleep(0.3)
        assert came == []
    assert outcome["verdict"] == "ok", outcome
    assert not [r for r in own.server.requests if r.target.startswith("/private/")]
    facts = facts_of(own, dom_of(own, list_url(own))["id"])
    missed = {m["url"].partition(f"{port}/")[2] or m["url"]: m["why"] for m in facts["missed"]}
    for what in ("image", "fetch", "stylesheet", "frame"):
        assert missed[what].startswith("refused:"), missed
    assert next(why for url, why in missed.items() if "/private/" in url).startswith("robots:")
    assert missed["socket"] == "a web socket"
    assert missed["beacon"] == "a beacon"
    assert "a second window" in missed.values()
    (problem,) = own.rows("SELECT * FROM problem WHERE kind = 'subresource'")
    assert problem["url"] == list_url(own)
    assert problem["got"].startswith(f"{len(missed)} not had")


def test_what_a_script_sends_goes_out_as_it_said_and_redirects_are_ours_to_follow(own: Field) -> None:
    name = own.farm.portals[-1].name
    got: list[Request] = []

    def echo(request: Request) -> Page:
        got.append(request)
        return Page(b'{"n": 1}', "application/json")

    echoed = serve_at(own, "/api/echo", echo)
    moved = serve_at(own, "/api/moved", lambda _: Page(b"", status=302, location=echoed))
    script = (
        "fetch('/api/echo', {method: 'POST', headers: {'Content-Type': 'application/x-www-form-urlencoded', 'X-Ours': 'yes'},"
        "body: 'year=2020&name=%E5%B9%B4'}); fetch('/api/moved').then(function (r) { return r.json(); })"
        ".then(function (j) { document.title += ' moved ' + j.n; });"
    )
    add_script(own, list_url(own), script)
    assert own.crawl(name)["exit"] == 0
    assert [(r.method, r.form) for r in got] == [("POST", {"year": "2020", "name": "年"}), ("GET", {})]
    archive = Archive(own.data)
    try:
        (post,) = archive.catalogue.rows("SELECT * FROM capture WHERE method = 'POST'")
        first = archive.stored(post)
        request = next(
            record
            for path in (own.data / "warc").glob("*.warc.gz")
            for record in records(path)
            if record.type == "request" and record.headers.get("WARC-Concurrent-To") == first.id
        )
        assert request.block.startswith(b"POST /api/echo HTTP/1.1\r\n")
        assert request.block.endswith(b"\r\n\r\nyear=2020&name=%E5%B9%B4")
        assert b"User-Agent: nianbao/" in request.block
        assert b"yes\r\n" in request.block
        assert b"sec-" not in request.block.lower()
        body, _ = archive.page(dom_of(own, list_url(own)))
        assert b"moved 1</title>" in body
    finally:
        archive.close()
    assert own.rows("SELECT status FROM capture WHERE url = ?", moved) == [{"status": 302}]


def test_a_challenge_is_not_run(own: Field) -> None:
    name = own.farm.portals[-1].name
    script = b"<html><body><script>document.cookie=('_')+('x=1');location.reload()</script></body></html>"
    serve_at(own, path_of(list_url(own)), lambda _: Page(script))
    outcome = own.crawl(name)[name]
    assert outcome["verdict"] == "blocked", outcome
    assert [r.target for r in own.server.requests].count(path_of(list_url(own))) == 1
    assert own.rows("SELECT id FROM capture WHERE role = 'dom'") == []


# When it goes wrong


def test_pages_that_go_wrong_are_problems_and_the_others_are_read(own: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    """One keeps its scripts busy for ever, one never stops asking, one leads out of the portal."""
    monkeypatch.setenv("NIANBAO_BROWSER_TIMEOUT", "8")
    portal = own.farm.portals[-1]
    hangs, restless, leaves, *_ = [report.url for report in portal.reports]
    add_script(own, hangs, "while (true) {}")
    add_script(own, restless, "setInterval(function () { fetch('/api/list?column=x&page=1'); }, 50);")
    serve_at(own, "/api/list?column=x&page=1", lambda _: Page(b"{}", "application/json"))
    add_script(own, leaves, "location.replace('http://elsewhere.example/');")
    outcome = own.crawl(portal.name)[portal.name]
    assert outcome["verdict"] == "degraded"
    assert outcome["new_documents"] == len(portal.reports) - 2, "the restless one is read as it was in the end"
    problems = {
        row["url"]: (row["kind"], row["got"]) for row in own.rows("SELECT * FROM problem WHERE kind = 'browser'")
    }
    assert set(problems) == {hangs, restless, leaves}
    assert problems[hangs][1].startswith("no answer from the browser in")
    assert problems[restless][1] == "its time was over"
    assert "http://elsewhere.example/ (offsite" in problems[leaves][1]


def started(field: Field, session: bool = False) -> tuple[subprocess.Popen[str], list[int]]:
    """A crawl of the scripted portal, slow enough to be disturbed, and the browser's processes once it draws."""
    command = [sys.executable, "-m", "crawler.cli", "crawl", field.farm.portals[-1].name]
    env = environment(field.server, field.farm, field.data) | {"NIANBAO_DELAY_FLOOR": "0.2"}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=session,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not any("/api/article" in r.target for r in field.server.requests):
        time.sleep(0.05)
    found = below(process.pid)
    assert any("chrom" in program(pid) for pid in found), "the browser runs"
    return process, found


def below(pid: int) -> list[int]:
    """All living descendants of a process."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z":
            parents[int(path.parent.name)] = int(fields[1])
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found[1:]


def program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0].decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def gone_within(pids: list[int], seconds: float) -> list[int]:
    """Which of the processes are left after so many seconds, at most."""
    programs = {pid: program(pid) for pid in pids}
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        left = [pid for pid, name in programs.items() if name and program(pid) == name]
        if not left:
            return []
        time.sleep(0.1)
    return left


def test_a_browser_that_dies_costs_a_page_and_not_the_run(own: Field) -> None:
    portal = own.farm.portals[-1]
    process, found = started(own)
    for pid in found:
        if "chrom" in program(pid):
            os.kill(pid, signal.SIGKILL)
    out, _ = process.communicate(timeout=120)
    assert process.returncode in (0, 1), out
    kinds = {row["kind"] for row in own.rows("SELECT kind FROM problem")}
    assert kinds <= {"browser"}
    documents = own.rows("SELECT count(*) AS n FROM document")[0]["n"]
    assert documents >= len(portal.reports) - 1
    assert gone_within(found, 10) == []


def test_ctrl_c_leaves_no_browser_behind_and_the_next_run_goes_on(own: Field) -> None:
    name = own.farm.portals[-1].name
    process, found = started(own, session=True)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the browser's driver as well
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130, out
    assert gone_within(found, 10) == []
    assert not own.rows("SELECT * FROM problem WHERE kind = 'browser'")
    assert own.crawl(name)[name]["verdict"] == "ok"


def test_a_killed_crawl_takes_its_browser_with_it(own: Field) -> None:
    process, found = started(own)
    process.kill()
    process.communicate(timeout=60)
    assert gone_within(found, 15) == []
