"""The data folder: what is acknowledged is on disk, a cut file is mended, and nothing half-written is ever indexed."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlite_utils import Database
from warcio.archiveiterator import ArchiveIterator

from archive import schema
from archive.archive import Archive, ArchiveError
from archive.catalogue import Catalogue, CatalogueError
from archive.exchange import Exchange, Wire
from archive.reader import DamagedRecordError, records

PAGE = "<html><body>二〇二二年度政府信息公开工作年度报告</body></html>".encode("gb18030")


def exchange(number: int, body: bytes = PAGE) -> Exchange:
    url = f"http://www.shiyan.portal.test/年报/{number}.html?q=1"
    response = b"HTTP/1.1 200 OK\r\ncontent-TYPE: text/html\r\nX-Odd: \xc4\xea\r\n\r\n" + body
    request = b"GET / HTTP/1.1\r\nHost: www.shiyan.portal.test\r\n\r\n"
    return Exchange(url, request=Wire(request), response=Wire(response), complete=True, ip="127.0.0.1")


def facts(number: int) -> dict[str, object]:
    return {"url": exchange(number).url, "method": "GET", "run": "r1", "portal": "shiyan", "entry": {"title": "年报"}}


def die(archive: Archive) -> None:
    """What the end of its process does to an archive that nobody closed."""
    if archive._warc is not None:
        archive._warc.leave()
    for file in archive._handovers.values():
        file.close()
    archive.catalogue.close()


@pytest.fixture
def archive(tmp_path: Path):
    opened = Archive(tmp_path / "data", {"software": "nianbao test"})
    yield opened
    opened.close()


def test_a_kept_exchange_is_read_back_byte_for_byte(archive: Archive) -> None:
    row = archive.keep(exchange(1), facts(1))
    archive.commit()
    assert archive.response(row) == bytes(exchange(1).response)
    body, headers = archive.page(row)
    assert body == PAGE
    assert ("content-TYPE", "text/html") in headers


def test_rows_wait_for_their_records(archive: Archive) -> None:
    archive.keep(exchange(1), facts(1))
    assert archive.catalogue.row("SELECT * FROM capture") is None
    archive.commit()
    assert archive.catalogue.row("SELECT * FROM capture")["url"] == exchange(1).url


def test_warcio_accepts_what_is_written_and_sees_the_facts(archive: Archive) -> None:
    for number in range(3):
        archive.keep(exchange(number), facts(number))
    archive.close()
    (path,) = archive.warc_folder.glob("*.warc.gz")
    check = subprocess.run([sys.executable, "-m", "warcio.cli", "check", path], capture_output=True, check=False)
    assert check.returncode == 0, check.stdout
    with path.open("rb") as file:
        seen = [
            (r.rec_type, r.rec_headers.get_header("WARC-Target-URI"), r.raw_stream.read())
            for r in ArchiveIterator(file)
        ]
    assert [kind for kind, _, _ in seen] == ["warcinfo"] + ["response", "request", "metadata"] * 3 + ["metadata"]
    assert "%E5%B9%B4%E6%8A%A5" in seen[1][1]
    assert json.loads(seen[3][2].removeprefix(b"json-metadata: "))["entry"] == {"title": "年报"}
    archive.__init__(archive.folder)  # for the fixture's close


def test_an_unanswered_request_leaves_a_record_of_the_failure(archive: Archive) -> None:
    silent = Exchange(
        "http://www.shiyan.portal.test/",
        request=Wire(b"GET / HTTP/1.1\r\n\r\n"),
        error="DownloadTimeoutError: 60 s",
    )
    row = archive.keep(silent, facts(0) | {"url": silent.url})
    archive.commit()
    assert (row["status"], row["error"]) == (None, "DownloadTimeoutError: 60 s")
    assert archive.stored(row).type == "request"


def test_a_file_cut_anywhere_is_mended_to_its_last_whole_record(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    archive = Archive(folder)
    for number in range(20):
        archive.keep(exchange(number, PAGE * (number + 1)), facts(number))
    archive.commit()
    (open_file,) = archive.warc_folder.glob("*.open")
    whole = open_file.read_bytes()
    ends = [r.offset + r.length for r in records(open_file)]
    archive.close()
    rng = random.Random(7)
    for trial in range(40):
        cut = rng.randrange(1, len(whole))
        again = tmp_path / f"cut{trial}"
        shutil.copytree(folder, again, ignore=shutil.ignore_patterns("*.warc.gz", "catalogue*"))
        (again / "warc" / open_file.name).write_bytes(whole[:cut])
        mended = Archive(again)
        expected = max((end for end in ends[1:] if end <= cut), default=0)  # a warcinfo alone is not worth a file
        left = list((again / "warc").glob("*.warc.gz*"))
        assert b"".join(p.read_bytes()[:expected] for p in left) == whole[:expected]
        for path in left:
            *_, seal = records(path)
            assert (seal.offset, seal.uri) == (expected, "urn:nianbao:manifest")
        assert not any(p.suffix == ".open" for p in left)
        indexed = list(mended.catalogue.rows("SELECT * FROM capture"))
        for row in indexed:
            assert mended.stored(row).type == "response"
            assert mended.page(row)[0].startswith(PAGE)
        mended.close()


def test_records_on_disk_without_rows_are_found_again_with_their_facts(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    def crash() -> None:
        archive = Archive(folder)
        archive.keep(exchange(1), facts(1))
        archive.commit()
        archive.keep(exchange(2), facts(2))  # on disk, not in the catalogue
        os.kill(os.getpid(), signal.SIGKILL)

    process = multiprocessing.get_context("fork").Process(target=crash)
    process.start()
    process.join()
    archive = Archive(folder)
    rows = list(archive.catalogue.rows("SELECT url, run, portal, status FROM capture ORDER BY url"))
    assert rows == [{"url": exchange(n).url, "run": "r1", "portal": "shiyan", "status": 200} for n in (1, 2)]
    archive.close()


def test_a_file_that_another_process_writes_is_left_alone(archive: Archive) -> None:
    archive.keep(exchange(1), facts(1))
    context = multiprocessing.get_context("fork")
    mended = context.Queue()

    def other() -> None:
        second = Archive(archive.folder)
        mended.put(second.repaired)
        second.close()

    process = context.Process(target=other)
    process.start()
    assert mended.get(timeout=20) == []
    process.join()
    assert len(list(archive.warc_folder.glob("*.open"))) == 1


def test_a_damaged_record_is_named_with_its_file_and_byte(archive: Archive) -> None:
    row = archive.keep(exchange(1), facts(1))
    archive.close()
    path = archive.warc_folder / row["warc_file"]
    data = bytearray(path.read_bytes())
    data[row["offset"] + row["length"] // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(DamagedRecordError, match=f"{path.name}.*{row['offset']}"):
        list(records(path))
    archive.__init__(archive.folder)


def test_hand_over_lines_beyond_the_catalogue_are_cut_off_at_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    archive = Archive(folder)
    archive.catalogue.put("run", {"id": "r1", "handover_bytes": 0})
    archive.hand_over("r1", {"n": 1})
    archive.commit()
    archive.hand_over("r1", {"n": 2})
    die(archive)
    again = Archive(folder)
    assert (folder / "handover" / "r1.jsonl").read_text() == '{"n": 1}\n'
    again.close()


def test_a_full_disk_stops_with_a_clear_error_and_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    """RLIMIT_FSIZE stands in for the disk: the write that would pass it fails as a full disk's does."""
    folder, out = tmp_path / "data", multiprocessing.get_context("fork").Queue()

    def fill() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        archive = Archive(folder)
        kept = 0
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))  # room for the tables themselves and some pages
        try:
            while True:
                archive.keep(exchange(kept, os.urandom(9000)), facts(kept))
                archive.commit()
                kept += 1
        except ArchiveError as error:
            out.put((kept, str(error)))

    process = multiprocessing.get_context("fork").Process(target=fill)
    process.start()
    kept, message = out.get(timeout=60)
    process.join()
    assert kept >= 2
    assert "What was" in message
    assert "again" in message
    archive = Archive(folder)
    assert len({row["url"] for row in archive.catalogue.rows("SELECT url FROM capture WHERE status = 200")}) >= kept
    for path in archive.warc_folder.glob("*.warc.gz"):
        assert list(records(path))
    archive.close()


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ArchiveError, match="--data DIR"):
        Archive(tmp_path / "file")


def test_a_corrupt_catalogue_says_what_to_do_and_touches_nothing(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.keep(exchange(1), facts(1))
    archive.close()
    database = tmp_path / "catalogue.db"
    database.write_bytes(b"this is no database" * 100)
    with pytest.raises(CatalogueError, match="nianbao rebuild"):
        Archive(tmp_path)
    assert database.read_bytes() == b"this is no database" * 100


def test_migrations_are_applied_once(tmp_path: Path) -> None:
    for _ in range(2):
        archive = Archive(tmp_path)
        names = [row["name"] for row in archive.catalogue.rows("SELECT name FROM _sqlite_migrations")]
        assert names == [
            "m001_first_nouns",
            "m002_indexes",
            "m003_what_captures_are",
            "m004_originals",
            "m005_writing",
            "m006_signatures",
            "m007_hosts",
            "m008_reports_of_bodies",
            "m009_signatures_once",
            "m010_parts",
            "m011_sketches",
        ]
        archive.close()


def test_signatures_that_stood_on_each_run_are_kept_once(tmp_path: Path) -> None:
    old = Database(tmp_path / "catalogue.db")
    schema.catalogue.apply(old, stop_before="m009_signatures_once")
    old["run"].insert_all({"id": name, "signature": sheet} for name, sheet in (("a", "{}"), ("b", "{}"), ("c", None)))
    old.close()
    archive = Archive(tmp_path)
    (kept,) = archive.catalogue.rows("SELECT * FROM signature")
    runs = {row["id"]: row["signature"] for row in archive.catalogue.rows("SELECT * FROM run")}
    archive.close()
    assert kept["sheet"] == "{}"
    assert runs == {"a": kept["id"], "b": kept["id"], "c": None}


def test_a_folder_that_may_only_be_read_can_be_looked_at(tmp_path: Path) -> None:
    """As somebody without the right to write: WAL wants to write beside the file, and is told not to."""
    archive = Archive(tmp_path / "data")
    archive.keep(exchange(1), facts(1))
    archive.close()
    for path in [tmp_path, *tmp_path.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    for parent in list(tmp_path.parents)[:3]:
        parent.chmod(parent.stat().st_mode | 0o055)
    context = multiprocessing.get_context("fork")
    seen = context.Queue()

    def look() -> None:
        if os.getuid() == 0:
            os.setuid(65534)
        try:
            Catalogue(tmp_path / "data" / "catalogue.db")
        except CatalogueError as error:
            seen.put(str(error))
        catalogue = Catalogue(tmp_path / "data" / "catalogue.db", read_only=True)
        seen.put([row["url"] for row in catalogue.rows("SELECT url FROM capture")])

    process = context.Process(target=look)
    process.start()
    refused = seen.get(timeout=20)
    assert "for writing" in refused
    assert "nianbao rebuild" not in refused, "nothing is wrong with the file: nobody must be told to make another"
    assert seen.get(timeout=20) == [exchange(1).url]
    process.join()
    for path in [tmp_path, *tmp_path.rglob("*")]:
        path.chmod(0o755)
