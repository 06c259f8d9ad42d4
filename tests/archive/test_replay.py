"""The replay over HTTP: what was captured is shown, whatever form it came in; Memento; the words it says when it cannot."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest

from archive import replay as starting
from archive.archive import Archive
from archive.exchange import Exchange, Wire
from tests.replaying import Replay, replaying

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SITE = "http://www.shiyan.portal.test"
OFTEN = f"{SITE}/often"  # three versions of it
START = datetime(2026, 1, 20, 8, 0, 0, 123456, UTC)
PAGE = "<html><head><title>年报</title></head><body>二〇二五年度政府信息公开工作年度报告</body></html>"
GBK = PAGE.encode("gb18030")
LATER = PAGE.replace("二〇二五", "修订后的二〇二五").encode("gb18030")
HTML = "Content-Type: text/html"


def chunked(body: bytes, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    half = len(body) // 2
    parts = b"".join(b"%x%s\r\n%s\r\n" % (len(part), extension, part) for part in (body[:half], body[half:]))
    return parts + b"0\r\n" + trailer + b"\r\n"


@dataclass
class Keeper:
    """Keeps exchanges a minute apart."""

    archive: Archive
    minute: int = 0

    def keep(
        self, url: str, head: str, body: bytes, *, method: str = "GET", sent: bytes = b"", truncated: str | None = None
    ) -> str:
        """Keep a reply; returns its 14 digits."""
        at = START + timedelta(minutes=self.minute)
        self.minute += 1
        status, _, lines = head.partition("\n")
        message = "\r\n".join([f"HTTP/1.1 {status}", *lines.splitlines()]).encode("utf-8") + b"\r\n\r\n" + body
        asks = "If-None-Match: x\r\n" if status.startswith("304") else ""
        request = f"{method} / HTTP/1.1\r\nHost: x\r\n{asks}\r\n".encode() + sent
        complete = truncated is None
        exchange = Exchange(
            url, method, Wire(request), Wire(message), started_at=at, complete=complete, truncated=truncated
        )
        self.archive.keep(exchange, {"url": url, "method": method})
        self.archive.commit()
        return f"{at:%Y%m%d%H%M%S}"


CODED = {  # address: head, body as on the wire
    "/Chunked": (f"200 OK\n{HTML}\nTransfer-Encoding: Chunked", chunked(GBK)),
    "/extensions": (f"200 OK\n{HTML}\nTransfer-Encoding: chunked", chunked(GBK, b";x=1", b"X-T: 1\r\n")),
    "/gzip-chunked": (
        f"200 OK\n{HTML}\nContent-Encoding: gzip\nTransfer-Encoding: chunked",
        chunked(gzip.compress(GBK)),
    ),
    "/deflate": (f"200 OK\n{HTML}\nContent-Encoding: deflate", zlib.compress(GBK)),
    "/raw-deflate": (f"200 OK\n{HTML}\nContent-Encoding: deflate", zlib.compress(GBK)[2:-4]),
    "/br": (f"200 OK\n{HTML}\nContent-Encoding: br", brotli.compress(GBK)),
    "/zstd": (f"200 OK\n{HTML}\nContent-Encoding: zstd", zstd.compress(GBK)),
    "/no-reason": (f"200\n{HTML}", GBK),
    "/utf8-header": (f"200 OK\n{HTML}\nX-Title: 年报\nContent-Disposition: inline; filename=年报.html", GBK),
    "/charset-in-meta": (f"200 OK\n{HTML}", GBK.replace(b"<head>", b'<head><meta charset="gb2312">')),
    "/年报/一.html": (f"200 OK\n{HTML}", GBK),
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keeper]:
    """An archive that stays open: its WARC file ends in .open while it is replayed."""
    opened = Archive(tmp_path_factory.mktemp("replayed") / "data", {"software": "nianbao test"})
    keeper = Keeper(opened)
    for path, (head, body) in CODED.items():
        keeper.keep(f"{SITE}{path}", head, body)
    for n in range(3):
        keeper.keep(OFTEN, "200 OK\nContent-Type: text/plain", b"version %d" % n)
    yield keeper
    opened.close()


@pytest.fixture(scope="module")
def replay(archive: Keeper, replay_environment: Path) -> Iterator[Replay]:
    with replaying(archive.archive.folder) as running:
        yield running


def shown(replay: Replay, url: str, stamp: str = "2027", mode: str = "mp_") -> tuple[int, str, bytes]:
    status, headers, body = replay.get(f"/replay/{stamp}{mode}/{url}")
    return status, headers.get("Content-Type", ""), body


@pytest.mark.parametrize("path", CODED)
def test_a_page_is_shown_in_whatever_coding_it_came(replay: Replay, path: str) -> None:
    status, kind, body = shown(replay, SITE + path.replace("年报", "%E5%B9%B4%E6%8A%A5").replace("一", "%E4%B8%80"))
    assert status == 200
    assert "政府信息公开工作年度报告" in body.decode("gb18030", "replace")
    assert kind in ("text/html; charset=gb18030", "text/html; charset=gb2312")
    assert body.lstrip().lower().startswith(b"<html")  # no chunk's size before it


def test_an_address_in_chinese_finds_what_its_percent_encoded_form_finds(replay: Replay) -> None:
    raw = f"/replay/2027mp_/{SITE}/年报/一.html".encode().decode("latin-1")
    with socket.create_connection(("127.0.0.1", int(replay.home.rsplit(":", 1)[1]))) as connection:
        connection.sendall(f"GET {raw} HTTP/1.0\r\n\r\n".encode("latin-1"))
        reply = b"".join(iter(lambda: connection.recv(65536), b""))
    assert reply.startswith(b"HTTP/1.1 200")
    assert "年度报告".encode("gb18030") in reply


def test_revisits_show_what_they_repeat(replay: Replay, archive: Keeper) -> None:
    body = LATER * 30
    first = archive.keep(f"{SITE}/copy", f"200 OK\n{HTML}\nETag: x\nTransfer-Encoding: Chunked", chunked(body))
    other = archive.keep(f"{SITE}/elsewhere", "200 OK\nContent-Type: text/plain", body)
    archive.keep(f"{SITE}/copy", f"200 OK\n{HTML}", b"<p>prove that you are no machine</p>")
    again = archive.keep(f"{SITE}/copy", "304 Not Modified\nETag: x", b"")
    kinds = [
        row["record_type"]
        for row in archive.archive.catalogue.rows("SELECT * FROM capture ORDER BY requested_at DESC LIMIT 4")
    ]
    assert kinds == ["revisit", "response", "revisit", "response"]
    whole = shown(replay, f"{SITE}/copy", first)
    assert "修订后的" in whole[2].decode("gb18030")
    assert shown(replay, f"{SITE}/elsewhere", other)[1:] == ("text/plain", body)
    status, kind, _ = shown(replay, f"{SITE}/copy", again)
    assert (status, kind) == (200, "text/html; charset=gb18030")
    assert shown(replay, f"{SITE}/copy", again, "id_")[2] == body


def test_www2_is_another_server_than_www(replay: Replay, archive: Keeper) -> None:
    archive.keep("http://www2.shiyan.portal.test/x", "200 OK\nContent-Type: text/plain", b"second server")
    archive.keep("http://www.shiyan.portal.test/x", "200 OK\nContent-Type: text/plain", b"first server")
    assert shown(replay, "http://www2.shiyan.portal.test/x")[2] == b"second server"
    assert shown(replay, "http://www.shiyan.portal.test/x")[2] == b"first server"
    assert shown(replay, "http://www3.shiyan.portal.test/x")[0] == 404


def test_the_capture_nearest_to_the_moment_is_shown_and_its_moment_said(replay: Replay, archive: Keeper) -> None:
    often = archive.archive.catalogue.rows("SELECT requested_at FROM capture WHERE url = ? ORDER BY 1", OFTEN)
    stamps = [re.sub(r"\D", "", row["requested_at"][:19]) for row in often]
    for n, stamp in enumerate(stamps):
        status, headers, body = replay.get(f"/replay/{stamp}mp_/{SITE}/often")
        assert (status, body) == (200, b"version %d" % n)
        assert headers["Memento-Datetime"] == f"{datetime.strptime(stamp, '%Y%m%d%H%M%S'):%a, %d %b %Y %H:%M:%S} GMT"
    assert shown(replay, f"{SITE}/often", "1999")[2] == b"version 0"
    assert shown(replay, f"{SITE}/often", "20260120")[2] == b"version 2"  # the end of that day


def test_a_reply_that_was_cut_is_shown_as_far_as_it_came(replay: Replay, archive: Keeper) -> None:
    body = gzip.compress(LATER * 500)
    head = f"200 OK\n{HTML}\nContent-Encoding: gzip\nContent-Length: {len(body)}"
    archive.keep(f"{SITE}/cut", head, body[: len(body) - 40], truncated="disconnect")
    status, _, page = shown(replay, f"{SITE}/cut")
    assert status == 200
    assert "修订后的" in page.decode("gb18030", "replace")
    assert "cut (disconnect)" in replay.get(f"/replay/2027/{SITE}/cut")[2].decode()


def test_head_gets_the_head_alone_and_a_post_the_answer_to_what_it_sent(replay: Replay, archive: Keeper) -> None:
    for page in (b"1", b"2"):
        archive.keep(
            f"{SITE}/list",
            "200 OK\nContent-Type: application/json",
            b'{"page":%s}' % page,
            method="POST",
            sent=b"page=" + page,
        )
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for page in (b"1", b"2"):
        status, _, body = replay.get(f"/replay/2027mp_/{SITE}/list", form, "POST", b"page=" + page)
        assert (status, json.loads(body)) == (200, {"page": int(page)})
    assert replay.get(f"/replay/2027mp_/{SITE}/list", form, "POST", b"page=3")[0] == 404
    status, headers, body = replay.get(f"/replay/2027id_/{SITE}/often", method="HEAD")
    assert (status, body, headers["Content-Length"]) == (200, b"", "9")


def test_a_redirect_leads_on_inside_the_archive_and_one_to_itself_is_passed_over(
    replay: Replay, archive: Keeper
) -> None:
    archive.keep("https://shiyan.portal.test/s", "200 OK\nContent-Type: text/plain", b"secure")
    archive.keep("http://www.shiyan.portal.test/s", "301 Moved\nLocation: https://shiyan.portal.test/s", b"")
    assert shown(replay, "http://www.shiyan.portal.test/s")[2] == b"secure"
    stamp = archive.keep(f"{SITE}/old", "302 Found\nLocation: /often", b"")
    status, headers, _ = replay.get(f"/replay/{stamp}mp_/{SITE}/old")
    assert (status, headers["Location"]) == (302, f"/replay/{stamp}mp_/{SITE}/often")


def test_what_asks_past_caches_finds_the_capture_and_says_which(replay: Replay, archive: Keeper) -> None:
    archive.keep(f"{SITE}/a.css?v=3", "200 OK\nContent-Type: text/css", b"a{color:red}")
    archive.keep(f"{SITE}/d.json?id=7&_=1700000000001", "200 OK\nContent-Type: application/json", b"[7]")
    status, headers, body = replay.get(f"/replay/2027cs_/{SITE}/a.css?v=4")
    assert (status, body) == (200, b"a{color:red}")
    assert headers["Content-Location"].endswith("/a.css?v=3")
    assert shown(replay, f"{SITE}/d.json?id=7&_=1800000000000")[2] == b"[7]"
    assert shown(replay, f"{SITE}/d.json?id=8&_=1800000000000")[0] == 404
    assert shown(replay, f"{SITE}/a.css?v=4", mode="id_")[0] == 404  # the original means the original


def test_addresses_on_a_gbk_page_are_asked_for_as_a_browser_would(replay: Replay, archive: Keeper) -> None:
    page = '<html><head><meta charset="gb2312"></head><body><img src="/图/show.asp?name=图1&amp;b=2"></body></html>'
    archive.keep(f"{SITE}/pictures", f"200 OK\n{HTML}", page.encode("gbk"))
    body = shown(replay, f"{SITE}/pictures")[2]
    assert re.search(rb'src="[^"]*/%E5%9B%BE/show\.asp\?name=%CD%BC1&amp;b=2"', body), body[-300:]


def test_the_timegate_leads_to_the_nearest_capture(replay: Replay) -> None:
    asked = {"Accept-Datetime": "Tue, 20 Jan 2026 00:00:00 GMT"}
    for path in (f"/timegate/{SITE}/often", f"/replay/{SITE}/often"):
        status, headers, _ = replay.get(path, asked)
        assert status == 302
        assert headers["Vary"] == "accept-datetime"
        for relation in ("original", "timegate", "timemap", "memento"):
            assert f'rel="{relation}"' in headers["Link"]
        status, headers, body = replay.get(headers["Location"])
        assert (status, body) == (200, b"version 0")
        assert "Memento-Datetime" in headers
        assert f'<{SITE}/often>; rel="original"' in headers["Link"]
    assert replay.get(f"/timegate/{SITE}/often", {"Accept-Datetime": "yesterday"})[0] == 400
    assert replay.get(f"/timegate/{SITE}/never")[0] == 404


def test_the_timemap_lists_all_captures(replay: Replay) -> None:
    status, headers, body = replay.get(f"/timemap/link/{SITE}/often")
    assert (status, headers["Content-Type"]) == (200, "application/link-format")
    mementos = re.findall(r'<([^>]+)>; rel="([a-z ]*memento)"; datetime="([^"]+)"', body.decode())
    assert [relation for _, relation, _ in mementos] == ["first memento", "memento", "last memento"]
    listed = json.loads(replay.get(f"/timemap/json/{SITE}/often")[2])["mementos"]["list"]
    assert [memento["uri"] for memento in listed] == [uri for uri, _, _ in mementos]
    assert replay.get(mementos[1][0])[2] == b"version 1"


def test_the_calendar_says_which_captures_changed(replay: Replay, archive: Keeper) -> None:
    for body in (b"same" * 200, b"same" * 200, b"other" * 200):
        archive.keep(f"{SITE}/calendar", "200 OK\nContent-Type: text/plain", body)
    page = replay.get(f"/calendar/{SITE}/calendar")[2].decode()
    assert "3 captures" in page
    assert "January 2026" in page
    assert re.findall(r'<td class="([\w-]+)">\1', page.replace("as before", "as-before")) == [
        "changed",
        "as-before",
        "first",
    ]


def test_what_a_browser_drew_is_shown_beside_the_captures(replay: Replay, archive: Keeper) -> None:
    stamp = archive.keep(
        f"{SITE}/drawn", f"200 OK\n{HTML}", b"<html><body><script src=/draw.js></script></body></html>"
    )
    at = START + timedelta(minutes=archive.minute)
    for name, kind, block in (("dom", "text/html; charset=utf-8", PAGE.encode()), ("view", "image/png", b"\x89PNG...")):
        archive.archive.keep_resource(f"urn:{name}:{SITE}/drawn", kind, block, {}, at=at)
    archive.archive.commit()
    page = replay.get(f"/calendar/{SITE}/drawn")[2].decode()
    assert "1 capture<" in page
    shown_at = re.findall(r'href="(/replay/\d+id_/urn:\w+:[^"]+)"', page)
    assert [replay.get(path)[1]["Content-Type"] for path in shown_at] == ["text/html; charset=utf-8", "image/png"]
    assert replay.get(shown_at[0])[2] == PAGE.encode()
    assert "sandbox" in replay.get(shown_at[0])[1]["Content-Security-Policy"]
    assert b"draw.js" in shown(replay, f"{SITE}/drawn", stamp)[2]


def test_a_new_capture_is_there_at_once_and_so_is_a_catalogue_made_anew(
    replay: Replay, archive: Keeper, tmp_path: Path
) -> None:
    assert shown(replay, f"{SITE}/new")[0] == 404
    archive.keep(f"{SITE}/new", "200 OK\nContent-Type: text/plain", b"new")
    assert shown(replay, f"{SITE}/new")[2] == b"new"
    assert any(name.name.endswith(".open") for name in archive.archive.warc_folder.iterdir())


def test_a_damaged_capture_is_named_not_passed_over_in_silence(
    archive: Keeper, replay_environment: Path, tmp_path: Path
) -> None:
    archive.keep(f"{SITE}/damaged", "200 OK\nContent-Type: text/plain", os.urandom(5000))
    shutil.copytree(archive.archive.folder, tmp_path / "data")
    row = archive.archive.catalogue.row("SELECT * FROM capture WHERE url = ?", f"{SITE}/damaged")
    assert row
    path = tmp_path / "data" / "warc" / f"{row['warc_file']}.open"
    content = bytearray(path.read_bytes())
    content[row["offset"] + 20 : row["offset"] + 300] = bytes(280)
    path.write_bytes(content)
    with replaying(tmp_path / "data") as replay:
        status, _, body = replay.get(f"/replay/2027mp_/{SITE}/damaged")
    assert status == 502
    assert row["warc_file"] in body.decode()
    assert "nianbao verify" in body.decode()


def test_every_reply_is_walled_in(replay: Replay, archive: Keeper) -> None:
    loose = 'Link: <http://away.test/>; rel=preconnect\nRefresh: 0;url=http://away.test/\nReport-To: {"group":"a"}\n'
    loose += "Set-Cookie: a=b\nContent-Security-Policy: default-src *\nAccess-Control-Allow-Origin: *"
    archive.keep(f"{SITE}/loose", f"200 OK\n{HTML}\n{loose}", b"<html><body>loose</body></html>")
    port = replay.content.rsplit(":", 1)[1]
    for place in (replay.home, f"http://127.0.0.1:{port}"):
        headers = replay.get(f"{place}/replay/2027mp_/{SITE}/loose")[1]
        policies = headers.get_all("Content-Security-Policy")
        assert len(policies) == 1
        assert "connect-src 'self' data: blob:;" in policies[0]
        assert "sandbox allow-scripts" in policies[0]
        assert not re.search(r"\bwss?:|\bhttps?:(?!//127\.0\.0\.1:)|\*", policies[0])
        assert "away.test" not in headers["Link"]
        for name in ("Refresh", "Report-To", "Set-Cookie", "Access-Control-Allow-Origin"):
            assert name not in headers
    assert replay.get(f"/replay/2027mp_/{SITE}/loose", {"Service-Worker": "script"})[0] == 400


def test_browsers_get_archived_pages_in_the_frame_only(replay: Replay) -> None:
    address = f"/replay/20260120mp_/{SITE}/often"
    status, headers, _ = replay.get(replay.content + address, {"Sec-Fetch-Dest": "document"})
    assert (status, headers["Location"]) == (302, f"{replay.home}/replay/20260120/{SITE}/often")
    assert replay.get(address, {"Sec-Fetch-Dest": "iframe"})[0] == 400  # on the origin of our own pages
    assert replay.get(replay.content + address, {"Sec-Fetch-Dest": "iframe"})[0] == 200
    assert replay.get(f"{replay.content}/")[0] == 404  # none of our pages on the origin of archived ones


def test_a_path_that_a_script_asked_for_is_sought_on_its_own_site(replay: Replay) -> None:
    referrer = {"Referer": f"{replay.content}/replay/20260120080000mp_/{SITE}/deep/page.html"}
    status, headers, _ = replay.get(f"{replay.content}/often?x=1", referrer)
    assert (status, headers["Location"]) == (302, f"/replay/20260120080000mp_/{SITE}/often?x=1")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/replay/2027mp_/", 400),
        ("/replay/20269999mp_/http://x.test/", 400),
        ("/replay/2027mp_/http://nothing.test/", 404),
        ("/replay/2027/http://nothing.test/", 404),
        ("/replay/2027mp_/http://[bad/", 400),
        ("/static/../launcher.py", 404),
        ("/static/archive.css", 200),
        ("/static/wombat.js", 200),
        ("/portal/nobody", 404),
        ("/lookup?url=www.shiyan.portal.test/often", 302),
        ("/nothing", 404),
    ],
)
def test_odd_addresses_get_a_clear_word(replay: Replay, path: str, status: int) -> None:
    assert replay.get(path)[0] == status


def test_an_environment_that_pip_cannot_make_is_said_so_and_leaves_nothing(tmp_path: Path) -> None:
    environment = {
        "XDG_CACHE_HOME": str(tmp_path),
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": "",
    }
    done = run(tmp_path, "--port", "0", env=environment)
    assert done.returncode == 2
    assert "setting up the replay environment, once" in done.stderr
    assert "pip could not install pywb" in done.stderr
    assert "run the same command again" in done.stderr
    assert not [path for path in (tmp_path / "nianbao").iterdir() if path.is_dir()]


def test_a_half_made_environment_is_never_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    folder = starting.environment_folder()
    assert folder.is_relative_to(tmp_path)
    half = folder.with_name(f"{folder.name}.new") / "bin"
    half.mkdir(parents=True)
    (half / "python").symlink_to(sys.executable)
    with pytest.raises(starting.ReplayError):
        starting.environment(lambda word: None)
    assert not half.exists()
    assert not folder.exists()


def test_a_taken_port_and_a_folder_without_an_archive_are_said_so(
    archive: Keeper, replay_environment: Path, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(archive.archive.folder, "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "is taken by another program" in done.stderr
    assert "--port" in done.stderr
    done = run(archive.archive.folder, "--bind", "no-such-host.invalid", "--port", "0")
    assert done.returncode == 2
    assert "--bind no-such-host.invalid" in done.stderr
    assert "port 0" not in done.stderr
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "replay", "--data", str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "catalogue.db" in done.stderr


def test_ctrl_c_ends_it_cleanly(archive: Keeper, replay_environment: Path) -> None:
    with replaying(archive.archive.folder) as replay:
        assert replay.get("/")[0] == 200
        replay.process.send_signal(signal.SIGINT)
        _, said = replay.process.communicate(timeout=20)
        assert replay.process.returncode == 0
        assert "Traceback" not in said


def run(data: Path, *args: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`nianbao replay` to its end, on a data folder that has a catalogue."""
    if not (data / "catalogue.db").exists():
        sqlite3.connect(data / "catalogue.db").close()
    command = [sys.executable, "-m", "crawler.cli", "replay", "--data", str(data), *args]
    return subprocess.run(
        command, capture_output=True, text=True, env=os.environ | (env or {}), timeout=120, check=False
    )
