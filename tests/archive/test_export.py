"""Exports for others: an index that they can bisect, and one file that a browser opens."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import cdxj, wacz
from archive.archive import Archive
from archive.catalogue import Row
from archive.exchange import Exchange, Wire
from archive.reader import record_at
from archive.urlkey import target_uri
from tests.conftest import Field

TEXT = "本年度共收到信息公开申请十二件，均已按期答复。"
URLS = (
    *("http://www.shiyan.portal.test/", "http://www2.shiyan.portal.test/", "http://shiyan.portal.test/a/b.html"),
    *("http://www.shiyan.portal.test/A/b.html", "http://www.shiyan.portal.test/年报/1.html", "http://a.test/?b=2&a=1"),
)


def reply(url: str, number: int) -> Exchange:
    body = f"<html><meta charset=gbk><p>{TEXT * 40}{number}</p></html>".encode("gbk")  # long enough for a revisit
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\nContent-Length: %d\r\n\r\n" % len(body)
    return Exchange(url, request=Wire(b"GET / HTTP/1.1\r\n\r\n"), response=Wire(head + body), complete=True)


def kept(archive: Archive, url: str, number: int) -> Row:
    return archive.keep(reply(url, number), {"url": url, "run": "r1", "portal": "shiyan"})


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Two finished WARC files with captures, a revisit, a resource and two documents."""
    for part in range(2):
        first = Archive(tmp_path)
        for number, url in enumerate(URLS):
            row = kept(first, url, number)  # the same bodies in the second part: revisits
            if number == 4:
                first.catalogue.put("document", document(f"d{part}", row, 2021 + part))
        first.keep_resource("urn:view:http://a.test/?b=2&a=1", "image/png", b"\x89PNG", {"run": "r1"})
        first.close()
    opened = Archive(tmp_path)
    yield opened
    opened.close()


def document(name: str, capture: Row, year: int) -> Row:
    facts = {"id": name, "portal": "shiyan", "url": capture["url"], "capture": capture["id"], "report_year": year}
    return facts | {"title": f"{year}年年报", "text": TEXT, "first_seen": "2026-01-01T00:00:00Z"}


def names(archive: Archive) -> list[str]:
    return [path.name for path in cdxj.finished(archive.warc_folder)]


def test_the_index_is_sorted_by_its_bytes_and_every_line_leads_to_its_record(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "index.cdxj"
    assert cdxj.write(archive.catalogue, names(archive), path) == 2 * len(URLS) + 2
    found = path.read_bytes().splitlines()
    assert found == sorted(found)
    mimes = set()
    for line in found:
        key, timestamp, rest = line.decode().split(" ", 2)
        fields = json.loads(rest)
        record = record_at(archive.warc_folder / fields["filename"], int(fields["offset"]))
        assert (record.uri, record.length) == (fields["url"], int(fields["length"]))
        assert record.headers["WARC-Payload-Digest"] == fields["digest"]
        assert "".join(c for c in record.headers["WARC-Date"][:19] if c.isdigit()) == timestamp
        assert key == cdxj.surt(fields["url"])
        mimes.add(fields["mime"])
    assert mimes == {"text/html", "warc/revisit", "image/png"}


def test_a_capture_is_found_by_bisecting_for_its_key(archive: Archive) -> None:
    found = list(cdxj.lines(archive.catalogue, names(archive)))
    for url in URLS:
        at = bisect_left(found, f"{cdxj.surt(url)} ")
        same_key = [line for line in found[at:] if line.startswith(f"{cdxj.surt(url)} ")]
        urls = [json.loads(line.split(" ", 2)[2])["url"] for line in same_key]
        assert urls.count(target_uri(url)) == 2


def test_captures_in_a_file_that_is_being_written_are_left_out_and_counted(archive: Archive) -> None:
    before = list(cdxj.lines(archive.catalogue, names(archive)))
    kept(archive, URLS[0], 99)
    archive.commit()
    assert list(cdxj.lines(archive.catalogue, names(archive))) == before
    assert list(cdxj.left_out(archive.catalogue, names(archive)).values()) == [1]


def export(data: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crawler.cli", "export", "wacz", str(folder), "--data", str(data)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_an_export_lacks_is_told_by_why_it_is_lacking(archive: Archive, tmp_path: Path) -> None:
    kept(archive, URLS[0], 99)
    archive.commit()
    living = export(tmp_path, tmp_path / "export")
    assert living.returncode == 0
    assert "1 capture in WARC files that a crawl is writing" in living.stdout
    copy = shutil.copytree(tmp_path, tmp_path / "copy")  # nobody holds the lock of a copy: as after a kill
    killed = export(copy, tmp_path / "export")
    assert killed.returncode == 0
    assert "1 capture in WARC files that a killed run left open: the next `nianbao crawl` finishes" in killed.stdout
    lost = names(archive)[0]
    (copy / "warc" / lost).unlink()
    missing = export(copy, tmp_path / "export")
    assert missing.returncode == 1
    assert lost in missing.stderr
    assert "no such file" in missing.stderr


def test_the_digest_of_a_row_is_that_of_the_payload_as_warcio_extracts_it(crawled: Field, tmp_path: Path) -> None:
    assert crawled.run("export", "jsonl", str(tmp_path)).returncode == 0
    rows = [json.loads(line) for line in (tmp_path / "documents.jsonl").read_text().splitlines()]
    kinds = {row["id"]: row["record_type"] for row in crawled.rows("SELECT id, record_type FROM capture")}
    captures = {row["id"]: row["capture"] for row in crawled.rows("SELECT id, capture FROM document")}
    whole = [row for row in rows if kinds[captures[row["document_id"]]] != "revisit"]
    assert whole
    for row in whole[:: max(1, len(whole) // 8)]:
        place = [str(crawled.data / "warc" / row["warc_file"]), str(row["offset"])]
        command = [str(Path(sys.executable).with_name("warcio")), "extract", "--payload", *place]
        payload = subprocess.run(command, capture_output=True, check=True).stdout
        assert hashlib.sha256(payload).hexdigest() == row["content_sha256"], row["url"]


def test_a_wacz_file_holds_the_files_as_they_are_with_digests_that_are_right(archive: Archive, tmp_path: Path) -> None:
    path, told = tmp_path / "archive.wacz", []
    files = cdxj.finished(archive.warc_folder)
    done = wacz.write(archive.catalogue, files, path, "nianbao test", told.append)
    assert (done.files, done.captures, done.pages) == (2, 2 * len(URLS) + 2, 2)
    assert sum(told) == sum(file.stat().st_size for file in files)
    assert not path.with_name("archive.wacz.new").exists()
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        for file in files:
            info = package.getinfo(f"archive/{file.name}")
            assert info.compress_type == zipfile.ZIP_STORED, "a browser reads parts of it in place"
            assert package.read(info) == file.read_bytes()
            assert info.extract_version < zipfile.ZIP64_VERSION, "wabac.js misreads a ZIP64 entry that needs not be one"
        description = package.read("datapackage.json")
        digest = json.loads(package.read("datapackage-digest.json"))
        assert digest["hash"] == f"sha256:{hashlib.sha256(description).hexdigest()}"
        listed = json.loads(description)["resources"]
        assert {each["path"] for each in listed} == set(package.namelist()) - {
            "datapackage.json",
            "datapackage-digest.json",
        }
        for each in listed:
            data = package.read(each["path"])
            assert (each["bytes"], each["hash"]) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")


def test_pages_of_a_wacz_file_have_the_chinese_of_gbk_pages_and_the_newest_report_first(
    archive: Archive, tmp_path: Path
) -> None:
    path = tmp_path / "archive.wacz"
    wacz.write(archive.catalogue, cdxj.finished(archive.warc_folder), path, "nianbao test")
    with zipfile.ZipFile(path) as package:
        header, *pages = map(json.loads, package.read("pages/pages.jsonl").decode().splitlines())
        main = json.loads(package.read("datapackage.json"))
    assert (header["format"], header["hasText"]) == ("json-pages-1.0", True)
    assert [(page["title"], page["text"]) for page in pages] == [("2022年年报", TEXT), ("2021年年报", TEXT)]
    assert pages[0]["url"] == target_uri(URLS[4])
    assert (main["mainPageURL"], main["mainPageDate"]) == (pages[0]["url"], pages[0]["ts"])


def test_each_block_of_a_wacz_index_is_where_its_idx_says_and_has_the_lines_of_both_readers(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wacz, "LINES_PER_BLOCK", 4)
    path = tmp_path / "archive.wacz"
    wacz.write(archive.catalogue, cdxj.finished(archive.warc_folder), path, "nianbao test")
    with zipfile.ZipFile(path) as package:
        data = package.read("indexes/index.cdx.gz")
        meta, *blocks = package.read("indexes/index.idx").decode().splitlines()
    assert meta.startswith("!meta 0 ")
    found: list[str] = []
    for block in blocks:
        prefix, _, rest = block.partition(" {")
        place = json.loads("{" + rest)
        member = data[place["offset"] : place["offset"] + place["length"]]
        assert place["digest"] == f"sha256:{hashlib.sha256(member).hexdigest()}"
        lines = gzip.decompress(member).decode().splitlines()
        assert lines[0].startswith(f"{prefix} ")
        found += lines
    assert found == sorted(found)
    keys = {line.split(" ")[0] for line in found}
    for url in URLS:
        assert {cdxj.surt(target_uri(url)), cdxj.browser_key(target_uri(url))} <= keys


def test_an_export_that_fails_leaves_the_earlier_file_and_nothing_else(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "archive.wacz"
    path.write_bytes(b"the earlier one")
    with pytest.raises(FileNotFoundError):
        wacz.write(archive.catalogue, [tmp_path / "gone.warc.gz"], path, "nianbao test")
    assert path.read_bytes() == b"the earlier one"
    assert list(tmp_path.glob("*.new")) == []


@pytest.mark.parametrize(
    ("url", "pywb", "browser"),
    [
        ("http://www2.A.gov.cn/B/?y&x=1", "cn,gov,a)/b?x=1&y", "cn,gov,a)/b/?x=1&y"),
        ("https://a.gov.cn:443/年报/", "cn,gov,a)/%e5%b9%b4%e6%8a%a5", "cn,gov,a)/%e5%b9%b4%e6%8a%a5/"),
        ("http://a.cn:8080/a/../b#c", "cn,a:8080)/b", "cn,a:8080)/b"),
        ("http://127.0.0.1/", "1,0,0,127)/", "1,0,0,127)/"),
        ("urn:view:http://A.cn/", "urn:view:http://a.cn", "urn:view:http://A.cn/"),
    ],
)
def test_keys_are_those_that_pywb_and_replayweb_page_compute(url: str, pywb: str, browser: str) -> None:
    assert (cdxj.surt(url), cdxj.browser_key(url)) == (pywb, browser)


@given(st.one_of(st.text(), st.from_regex(r"(https?://|urn:)[\w.:@%\[\]-]*(/[\w./%;()-]*)?(\?[\w&=%;/?]*)?(#\w*)?")))
def test_no_address_breaks_a_key_or_puts_a_line_end_or_a_space_into_it(url: str) -> None:
    key = cdxj.surt(target_uri(url))
    assert key
    assert key.isascii()
    assert key.split() == [key]
    assert isinstance(cdxj.browser_key(url), str)


@given(
    st.from_regex(
        r"https?://[a-z0-9-]{1,9}(\.[a-z]{2,5}){1,3}(:[1-9][0-9]{0,3})?(/[a-z0-9.~-]{1,5}){0,4}/?(\?[a-z]=[a-z0-9]{0,3})?",
        fullmatch=True,
    )
)
def test_a_key_does_not_depend_on_case_scheme_www_or_fragment(url: str) -> None:
    scheme, _, rest = url.partition("://")
    plain = cdxj.surt(url)
    assert cdxj.surt(f"{scheme}://{rest.upper()}") == plain
    assert cdxj.surt(f"{url}#part") == plain
    if ":" not in rest:
        assert cdxj.surt(f"https://www3.{rest.removeprefix('www.')}") == cdxj.surt(f"http://{rest}")
