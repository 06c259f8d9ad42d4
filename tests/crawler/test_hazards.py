"""Every hazard of the farm's table, all crawled at once, each by a portal of its own (tests/portals/hazards.py)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from OpenSSL import SSL

from archive.http import parse_response
from archive.reader import records
from crawler import tls
from crawler.identity import askable, bare, identity
from crawler.robots import MOST, rules
from tests.evaluate import ROOT
from tests.hazards import Crawled, crawled
from tests.portals.dangers.base import Hazard
from tests.portals.hazards import ALL, HAZARDS, hazard_of

MOST_MEMORY = 500  # MiB of the one process that crawls them all


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with crawled(tmp_path_factory.mktemp("hazards"), list(HAZARDS)) as made:
        yield made


@pytest.mark.parametrize("hazard", ALL, ids=lambda hazard: hazard.name)
def test_a_hazard_is_survived_with_the_right_verdict(crawl: Crawled, hazard: Hazard) -> None:
    assert crawl.outcome(hazard).faults == []


def test_nothing_was_fetched_that_had_to_be_refused(crawl: Crawled) -> None:
    strangers = {(seen.host, seen.target) for seen in crawl.server.log if hazard_of(seen.host) is None}
    assert strangers == {("rebinding.test", "/robots.txt")}, "asked while its name was public"


def test_memory_stays_bounded(crawl: Crawled) -> None:
    assert crawl.memory < MOST_MEMORY


def unanswered(crawl: Crawled, hazard: Hazard) -> list[str]:
    """Why connections of a hazard's portal failed, of all runs; but not where a busy machine was late."""
    sql = "SELECT error FROM capture WHERE portal = ? AND status IS NULL AND error NOT LIKE '%Timeout%' ORDER BY requested_at"
    return [row["error"] for row in crawl.rows(sql, hazard.name)]


def test_a_legacy_handshake_is_tried_once_and_remembered(crawl: Crawled) -> None:
    (error,) = unanswered(crawl, HAZARDS["tls-1-0"])
    assert "SSL" in error, "one handshake by the modern profile, all others by the legacy one"


def test_a_capture_says_what_its_tls_was_worth(crawl: Crawled) -> None:
    facts = [
        record.facts["tls"]
        for path in sorted((crawl.data / "warc").glob("*.warc.gz"))
        for record in records(path)
        if record.type == "metadata" and record.uri == HAZARDS["cert-expired"].home_url and "tls" in record.facts
    ]
    assert {(each["tls_profile"], each["cert_ok"], each["cert_error"]) for each in facts} == {("modern", 0, "expired")}


def test_a_bomb_is_kept_as_it_came(crawl: Crawled) -> None:
    url = f"{HAZARDS['bomb-gzip'].home_url}nb/2021.html"
    (record,) = [
        record
        for path in sorted((crawl.data / "warc").glob("*.warc.gz"))
        for record in records(path)
        if record.type == "response" and record.uri == url
    ]
    head = parse_response(record.block)
    assert head.get("content-encoding") == "gzip"
    assert len(record.block) < 2 << 20, "packed, as it was on the wire"


def test_the_legacy_profile_takes_servers_without_secure_renegotiation() -> None:
    """No server of today's OpenSSL can be made to leave the extension of RFC 5746 out, so the option is looked at."""
    assert tls.context(tls.LEGACY).set_options(0) & tls.LEGACY_SERVER_CONNECT
    assert not tls.context(tls.MODERN).set_options(0) & tls.LEGACY_SERVER_CONNECT
    assert tls.MODERN.least == SSL.TLS1_2_VERSION


@pytest.mark.parametrize(
    ("body", "means"),
    [
        (b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /a\r", b"User-agent: *\nDisallow: /a\n"),
        ("User-agent: *\nDisallow: /政".encode("gbk"), "User-agent: *\nDisallow: /%D5%FE\nDisallow: /政".encode()),
        ("User-agent: *\nDisallow: /a".encode("utf-16-be"), b"User-agent: *\nDisallow: /a"),
        (b"<!DOCTYPE html>\nUser-agent: *\nDisallow: /", b""),
        (b"\x1f\x8bno gzip", b""),
        (b"Crawl-delay: 1,5 seconds", b"Crawl-delay: 1.5"),
        (b"crawl delay: 500ms", b"Crawl-delay: 0.5"),
        (b"Crawl-delay: 2 minutes", b"Crawl-delay: 120"),
        (b"Crawl-delay: soon\nDisallow: /a", b"\nDisallow: /a"),
        (b"Disallow: /a\n" + b"#" * MOST, b"Disallow: /a"),
        (b"Allow: /a\x00", b"Allow: /a"),
    ],
)
def test_robots_txt_is_read_in_whatever_form_it_comes(body: bytes, means: bytes) -> None:
    assert rules(body) == means


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.h.test/a.html;jsessionid=0A?x=1", "https://h.test/a.html?x=1"),
        ("http://h.test/a?sid=0f343b0931126a20f133d67c2b018a3b&x=1", "http://h.test/a?x=1"),
        ("http://h.test/a?x=1&t=1672531200000", "http://h.test/a?x=1"),
        ("http://h.test/a?_=0.8451", "http://h.test/a"),
    ],
)
def test_what_names_the_visit_makes_no_other_page(one: str, other: str) -> None:
    assert identity(one) == identity(other)


@pytest.mark.parametrize(
    "url", ["http://h.test/a?sid=12", "http://h.test/a?t=3", "http://h.test/a;v=1", "http://h.test/?"]
)
def test_what_may_name_the_page_stays(url: str) -> None:
    assert bare(url) == url


@pytest.mark.parametrize(
    ("url", "charset", "asked"),
    [
        ("http://h.test/年?q=年", "gbk", "http://h.test/%E5%B9%B4?q=%C4%EA"),
        ("http://h.test/年?q=年", "utf-8", "http://h.test/%E5%B9%B4?q=%E5%B9%B4"),
        ("http://h.test/%C4%EA?q=%c4%ea", "utf-8", "http://h.test/%C4%EA?q=%c4%ea"),
        ("file:///etc/passwd", "utf-8", None),
        ("http:///etc/passwd", "utf-8", None),
        ("http://h.test:99999/", "utf-8", None),
        ("http://[", "utf-8", None),
    ],
)
def test_addresses_are_asked_as_a_browser_would(url: str, charset: str, asked: str | None) -> None:
    assert askable(url, charset) == asked


def test_what_was_learned_survives_a_rebuild(crawl: Crawled, tmp_path: Path) -> None:
    from archive.catalogue import Catalogue
    from archive.rebuild import rebuild

    catalogue = Catalogue(tmp_path / "catalogue.db")
    rebuild(crawl.data / "warc", catalogue)
    again = {row["host"]: row for row in catalogue.rows("SELECT * FROM host")}
    catalogue.close()
    assert again == {row["host"]: row for row in crawl.rows("SELECT * FROM host")} != {}


@pytest.mark.parametrize("name", HAZARDS)
def test_every_hazard_has_its_place_in_the_document(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs" / "hazards.md").read_text()


def test_the_next_run_begins_with_what_this_one_learned(crawl: Crawled) -> None:
    """Last, since it adds a run to the folder: no handshake in vain, and nothing asked by the scheme that is not served."""
    learned = [HAZARDS["tls-1-0"], HAZARDS["http-only"]]
    before = [unanswered(crawl, each) for each in learned]
    assert all(before)
    with crawled(crawl.data.parent, [each.name for each in learned]) as again:
        assert [again.said[each.name]["verdict"] for each in learned] == ["ok", "ok"]
        assert [unanswered(again, each) for each in learned] == before
