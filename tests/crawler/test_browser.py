"""Pages that scripts draw: what is seen of them, and what is kept of them."""

from __future__ import annotations

import json
import shutil
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.archive import Archive
from archive.captures import page_url
from archive.warc import digest_of
from crawler.handover import read_page
from tests.conftest import Field
from tests.crawler.scripted import NEEDS_CHROMIUM, dom_of, facts_of, list_url, path_of, scripted, serve_at
from tests.evaluate import handed_over, score
from tests.portals.platforms import Page

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """The scripted portal after a first crawl. Shared: look, do not change."""
    with scripted(tmp_path_factory.mktemp("drawn") / "data") as field:
        outcome = field.crawl("--all")
        assert outcome["exit"] == 0, outcome
        yield field


def test_every_report_is_found_and_read(drawn: Field) -> None:
    result = score(drawn.farm, drawn.data)
    assert result.passes(), (result.figures(), result.misses[:5])
    assert drawn.rows("SELECT verdict, problems FROM run") == [{"verdict": "ok", "problems": 0}]


def test_the_servers_own_pages_hold_no_title_and_no_text(drawn: Field) -> None:
    """Else the tests below would show nothing."""
    host, shell = drawn.farm.portals[-1].host, path_of(list_url(drawn))
    for report in drawn.farm.portals[-1].reports:
        listed = drawn.farm.reply("GET", host, shell, {}, b"").body.decode()
        page = drawn.farm.reply("GET", host, path_of(report.url), {}, b"").body.decode()
        assert report.title not in listed + page
        assert report.text[:40] not in page


def test_every_request_the_farm_saw_is_in_the_archive_and_no_other(drawn: Field) -> None:
    """The browser itself asked nothing."""
    seen = sorted(f"http://{r.host}{r.target}" for r in drawn.server.requests)
    kept = drawn.rows("SELECT url FROM capture WHERE record_type IN ('response', 'revisit')")
    assert sorted(row["url"] for row in kept) == seen


def test_what_a_page_is_made_of_is_kept_as_it_was_sent(drawn: Field) -> None:
    rows = drawn.rows("SELECT * FROM capture WHERE role = 'subresource'")
    kinds = {row["media_type"] for row in rows}
    assert {"text/css", "application/javascript", "application/json", "image/png"} <= kinds
    host = drawn.farm.portals[-1].host
    pages = {row["url"] for row in drawn.rows("SELECT url FROM capture WHERE role IN ('entry', 'list')")}
    for row in rows:
        target = row["url"].removeprefix(f"http://{host}")
        assert row["payload_digest"] == digest_of(drawn.farm.reply("GET", host, target, {}, b"").body)
        assert facts_of(drawn, row["id"])["of"] in pages


def test_scripts_and_styles_are_asked_once_in_a_run(drawn: Field) -> None:
    asked = [r.target for r in drawn.server.requests if r.target.endswith((".js", ".css", ".png", ".gif"))]
    assert len(asked) > 3
    assert len(asked) == len(set(asked))


def test_dom_and_picture_are_kept_beside_the_page_and_say_whose_word_they_are(drawn: Field) -> None:
    urls = [report.url for report in drawn.farm.portals[-1].reports]
    with_both = drawn.rows("SELECT url FROM capture WHERE record_type = 'resource'")
    assert {f"urn:{what}:{url}" for url in urls for what in ("dom", "view")} <= {row["url"] for row in with_both}
    archive = Archive(drawn.data)
    try:
        for row in drawn.rows("SELECT * FROM capture WHERE role = 'dom'"):
            wire = archive.catalogue.row("SELECT * FROM capture WHERE id = ?", facts_of(drawn, row["id"])["page"])
            assert wire["url"] == page_url(row)
            assert wire["record_type"] in ("response", "revisit")
            record = archive.stored(row)
            assert record.type == "resource"
            assert record.headers["WARC-Concurrent-To"] == wire["id"]
            assert record.headers["WARC-Target-URI"] == row["url"]
            facts = facts_of(drawn, row["id"])
            assert facts["reported-by"].startswith("a browser")
            assert facts["browser"].startswith("Chromium ")
            assert facts["user-agent"].startswith("nianbao/")
            assert facts["missed"] == []
            told = {c["id"]: c["url"] for c in archive.catalogue.rows("SELECT id, url FROM capture")}
            assert any("/api/" in told[capture] for capture in facts["captures"])
        for row in drawn.rows("SELECT * FROM capture WHERE role = 'view'"):
            width, height, lines = png(archive.stored(row).block)
            assert facts_of(drawn, row["id"])["picture"] == f"{width}x{height}"
            assert width == 1280
            assert height >= 900
            assert len(lines) > 100, "hundreds of different lines of pixels: there is text in it"
    finally:
        archive.close()


def png(data: bytes) -> tuple[int, int, set[bytes]]:
    """Width, height and the different lines of a PNG; every chunk's checksum is looked at."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    at, head, packed = 8, b"", b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size : at + 12 + size])[0] == zlib.crc32(kind + body)
        head, packed = (
            (body, packed) if kind == b"IHDR" else (head, packed + body) if kind == b"IDAT" else (head, packed)
        )
        at += 12 + size
    width, height, depth, colour = struct.unpack(">IIBB", head[:10])
    lines, step = zlib.decompress(packed), width * depth // 8 * {2: 3, 6: 4}[colour] + 1
    assert len(lines) == height * step
    return width, height, {lines[n : n + step] for n in range(0, len(lines), step)}


def test_a_document_leads_to_the_dom_that_it_was_read_from(drawn: Field) -> None:
    archive = Archive(drawn.data)
    try:
        lines = [line for line in handed_over(drawn.data) if not line["part_of"]]
        assert lines
        for line in lines:
            row = archive.catalogue.row("SELECT * FROM capture WHERE id = ?", line["capture"]["id"])
            assert row["role"] == "dom"
            again = read_page(*archive.page(row), page_url(row))
            assert json.dumps(again.document.model_dump(mode="json")) == json.dumps(line["document"])
            assert line["document"]["url"] == line["entry"]["url"]
    finally:
        archive.close()


def test_read_and_parse_take_the_dom(drawn: Field, tmp_path: Path) -> None:
    with scripted(tmp_path / "data") as field:
        shutil.copytree(drawn.data, field.data)
        report = field.farm.portals[-1].reports[0]
        shown = json.loads(field.run("read", report.url, "--json").stdout)
        assert shown["document"]["title"] == report.title
        done = field.run("parse", "--anew")
        assert "0 of them read differently" in done.stdout, done.stdout + done.stderr


def test_a_second_run_keeps_no_second_picture_of_what_looks_the_same(drawn: Field, tmp_path: Path) -> None:
    with scripted(tmp_path / "data") as field:
        shutil.copytree(drawn.data, field.data)
        (outcome,) = [field.crawl("--all")[p.name] for p in field.farm.portals]
        assert (outcome["verdict"], outcome["new_documents"], outcome["changed"]) == ("ok", 0, 0)
        sql = "SELECT count(*) AS n FROM capture WHERE role = ?"
        before, after = ({r: f.rows(sql, r)[0]["n"] for r in ("dom", "view")} for f in (drawn, field))
        assert after["dom"] > before["dom"]
        assert after["view"] == before["view"]


def test_the_catalogue_can_be_made_again_with_what_the_browser_said(drawn: Field, tmp_path: Path) -> None:
    done = drawn.run("rebuild", "--into", str(tmp_path), "--compare")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_page_of_another_charset_and_one_that_a_script_leads_to_are_read_right(own: Field) -> None:
    """The column's page is a script that leads on, to a page in GBK whose header says UTF-8."""
    portal = own.farm.portals[-1]
    site = portal.site
    shell = site.list_html(portal.plan.annual, 1).replace("<h2>", "<h2>公开目录 ").replace("utf-8", "gb2312")
    onward = serve_at(own, "/onward/", lambda _: Page(shell.encode("gb18030"), "text/html; charset=UTF-8"))
    leads = b"<html><body><p>One moment.</p><script>location.replace('/onward/')</script></body></html>"
    serve_at(own, path_of(list_url(own)), lambda _: Page(leads))
    outcome = own.crawl(portal.name)[portal.name]
    assert outcome["verdict"] == "ok", outcome
    assert outcome["new_documents"] == len(portal.reports)
    facts = facts_of(own, dom_of(own, onward)["id"])
    assert (facts["of"], facts["role"]) == (list_url(own), "dom")
    archive = Archive(own.data)
    try:
        body, _ = archive.page(dom_of(own, onward))
    finally:
        archive.close()
    assert "公开目录" in body.decode()
