"""The audit: sound archives pass, damage of any kind is found and its place named, nothing makes it raise."""

from __future__ import annotations

import json
import multiprocessing
import random
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.archive import Archive
from archive.catalogue import Catalogue
from archive.findings import KINDS as ADVICE
from archive.findings import Finding
from archive.reader import records
from archive.rebuild import rebuild
from archive.rules import ALL, HOUSE, TYPES, WARC_1_1, Rule, broken, ready
from archive.verify import Tally, verify, verify_files
from tests.archive.test_archive import die
from tests.conftest import Field
from tests.crawler.test_disks import mounted, system
from tests.damage.patient import Patient
from tests.damage.sample import exchange, fill
from tests.damage.trials import KINDS, Score, trial

TRIALS = 6  # of each kind of damage; `python -m tests.damage --trials N` does more


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of three files. Shared: look, do not change."""
    folder = tmp_path_factory.mktemp("sound") / "data"
    fill(folder)
    return folder


@pytest.fixture
def copied(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "data"))


def files(folder: Path) -> list[Path]:
    return sorted((folder / "warc").glob("*.warc.gz*"))


def command(*args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "crawler.cli", "verify", *map(str, args)], capture_output=True, text=True, check=False
    )


def test_an_archive_with_one_of_everything_passes(tmp_path: Path) -> None:
    fill(tmp_path / "data", large=1_500_000)
    tally = Tally()
    assert list(verify(tmp_path / "data", tally)) == []
    assert list(verify_files(files(tmp_path / "data"))) == []
    assert tally.files == 3
    assert tally.bytes == sum(path.stat().st_size for path in files(tmp_path / "data"))


def test_what_a_crawl_with_edits_repeats_and_a_withdrawal_leaves_passes(crawled: Field) -> None:
    crawled.farm.edit_reports(2)
    crawled.farm.withdraw_reports(1)
    crawled.crawl("--all")
    kinds = {row["record_type"] for row in crawled.rows("SELECT DISTINCT record_type FROM capture")}
    assert {"response", "revisit"} <= kinds
    done = crawled.run("verify")
    assert done.returncode == 0, done.stdout
    assert "all is well" in done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_each_damage_is_found_and_its_place_named(kind: str, sound: Path, tmp_path: Path) -> None:
    score = Score()
    for seed in range(TRIALS):
        score.count(*trial(kind, seed, sound, tmp_path))
    assert (score.found, score.named) == (TRIALS, TRIALS), score.example


def test_a_file_alone_is_audited_by_its_own_manifest(copied: Path) -> None:
    patient = Patient(copied, random.Random(3))
    path, k = patient.draw(lambda record: record.type == "response" and b"charset=gbk\r\n\r\n<html>" in record.block)
    plain = patient.plain(path, k)
    patient.replace(path, k, plain[:-60] + b"?" + plain[-59:])
    found = [f for f in verify_files([path]) if not f.is_note]
    assert {(f.file, f.offset, f.record) for f in found} == {
        (path.name, patient.at(path, k), patient.record(path, k).id)
    }
    assert {f.kind for f in found} == {"block-digest", "payload-digest", "manifest"}


def test_what_may_lie_in_another_file_is_a_note(sound: Path) -> None:
    found = list(verify_files(files(sound)[-1:]))
    assert found
    assert {(f.kind, f.is_note) for f in found} == {("revisit", True)}


def test_a_file_that_is_being_written_is_no_damage(copied: Path) -> None:
    archive = Archive(copied)
    archive.keep(exchange("/now.html", body=b"<p>1</p>"), {"url": "x"})
    archive.commit()
    archive.keep(exchange("/next.html", body=b"<p>2</p>"), {"url": "y"})  # on disk, without a row as yet
    assert any(path.suffix == ".open" for path in files(copied))
    assert list(verify(copied)) == []
    archive.close()
    assert list(verify(copied)) == []


def test_a_file_that_is_finished_meanwhile_is_no_damage(copied: Path) -> None:
    archive = Archive(copied)
    archive.keep(exchange("/now.html", body=b"<p>1</p>"), {"url": "x"})
    archive.commit()
    closed: list[bool] = []

    def progress(size: int) -> None:
        if not closed:
            closed.append(True)
            archive.keep(exchange("/next.html", body=b"<p>2</p>"), {"url": "y"})
            archive.close()

    assert list(verify(copied, Tally(), progress)) == []
    assert closed


@pytest.mark.parametrize(
    ("lost", "torn"), [(0, b""), (1, b""), (200, b""), (200, bytes(4096)), (0, b"\x1f\x8b\x08\xff" * 9)]
)
def test_what_a_killed_process_left_is_a_note_until_the_next_start_mends_it(
    copied: Path, lost: int, torn: bytes
) -> None:
    archive = Archive(copied)
    archive.keep(exchange("/now.html", body=b"<p>1</p>"), {"url": "x"})
    archive.commit()
    row = archive.keep(exchange("/next.html", body=random.Random(1).randbytes(900)), {"url": "y"})
    die(archive)
    (left,) = (path for path in files(copied) if path.suffix == ".open")
    left.write_bytes(left.read_bytes()[: row["offset"] + row["length"] - lost] + torn)
    found = list(verify(copied))
    assert {(f.kind, f.is_note) for f in found} == {("left-open", True)}
    assert command("--data", copied).returncode == 0
    Archive(copied).close()
    assert not [f for f in verify(copied) if not f.is_note]


def test_acknowledged_records_cut_off_an_open_file_are_damage(copied: Path) -> None:
    archive = Archive(copied)
    row = archive.keep(exchange("/now.html", body=b"<p>1</p>"), {"url": "x"})
    archive.commit()
    die(archive)
    (left,) = (path for path in files(copied) if path.suffix == ".open")
    left.write_bytes(left.read_bytes()[: row["offset"] + 10])
    assert [(f.kind, f.record) for f in verify(copied) if not f.is_note] == [("record-missing", row["id"])]


def of_warcio(path: Path) -> None:
    """A file as warcio's users write them: other ids, digests over chunked bodies, no manifest."""
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="1.1")
        writer.write_record(writer.create_warcinfo_record("other.warc.gz", {"software": "another"}))
        for number in range(4):
            heads = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "other.test")], is_http_request=True)
            body = BytesIO(b"<p>%d</p>" % number)
            if number == 3:
                heads.headers.append(("Transfer-Encoding", "chunked"))
                body = BytesIO(b"8\r\n<p>3</p>\r\n0\r\n\r\n")
            uri = f"http://other.test/{number}"
            response = writer.create_warc_record(uri, "response", payload=body, http_headers=heads)
            request = writer.create_warc_record(uri, "request", http_headers=asked)
            writer.write_request_response_pair(request, response)
        digest = response.rec_headers.get_header("WARC-Payload-Digest")
        writer.write_record(writer.create_revisit_record("http://other.test/4", digest, uri, "2024-01-01T00:00:00Z"))
        writer.write_record(
            writer.create_warc_record("urn:a:b", "resource", BytesIO(b"x"), warc_content_type="text/plain")
        )


def test_files_that_warcio_wrote_pass_with_their_digests_noted(tmp_path: Path) -> None:
    path = tmp_path / "other.warc.gz"
    of_warcio(path)
    tally = Tally()
    assert [(f.kind, f.is_note) for f in verify_files([path], tally)] == [("payload-digest-raw", True)]
    assert tally.records == 11
    done = command(path)
    assert done.returncode == 0
    assert "all is well" in done.stdout


def test_a_file_of_another_tool_that_a_rebuild_took_in_passes(copied: Path) -> None:
    of_warcio(copied / "warc" / "other.warc.gz")
    assert {(f.kind, f.file) for f in verify(copied) if not f.is_note} >= {("file-unknown", "other.warc.gz")}
    for path in copied.glob("catalogue.db*"):
        path.unlink()
    catalogue = Catalogue(copied / "catalogue.db")
    rebuild(copied / "warc", catalogue)
    catalogue.close()
    assert {f.kind for f in verify(copied)} == {"payload-digest-raw"}
    assert all(f.is_note for f in verify(copied))


def test_a_disk_that_takes_no_writes_is_audited(sound: Path, tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "-t", "tmpfs", "none") as disk:
        shutil.copytree(sound, disk / "data")
        system("mount", "-o", "remount,ro", disk)
        assert list(verify(disk / "data")) == []
        assert command("--data", disk / "data").returncode == 0


def test_an_audit_while_a_crawl_writes_and_finishes_files_finds_nothing(copied: Path) -> None:
    gate = multiprocessing.get_context("fork").Event()

    def crawl() -> None:
        for number in range(200):
            archive = Archive(copied)
            for path in (f"/a/{number}", f"/b/{number}"):
                given = exchange(path, body=b"<p>1</p>" * number)  # from the 64th on the second is a revisit
                archive.keep(given, {"url": given.url, "run": "r"})
                archive.commit()
                archive.keep_resource(f"urn:dom:{path}", "text/html", b"<p>2</p>", {"run": "r"})
                if gate.is_set():
                    break
            archive.close()

    process = multiprocessing.get_context("fork").Process(target=crawl)
    process.start()
    tally, found = Tally(), []
    for _ in range(15):
        tally = Tally()
        found += [str(finding) for finding in verify(copied, tally)]
    gate.set()
    process.join()
    assert found == []
    assert tally.files > 4
    assert list(verify(copied)) == []


def test_damage_in_a_file_of_another_tool_is_found_by_the_standards_rules(tmp_path: Path) -> None:
    path = tmp_path / "other.warc.gz"
    of_warcio(path)
    data = path.read_bytes()
    ends = [record.offset for record in records(path)]
    path.write_bytes(data[: ends[2]] + data[ends[3] :])  # a request is gone: nobody can tell
    assert not [f for f in verify_files([path]) if not f.is_note]
    path.write_bytes(data[:-1])
    assert [(f.kind, f.offset) for f in verify_files([path]) if not f.is_note] == [("cut", ends[-1])]
    path.write_bytes(data[: ends[4]] + b"\0" + data[ends[4] :])
    assert [(f.kind, f.offset) for f in verify_files([path]) if not f.is_note] == [("not-gzip", ends[4])]


spot = st.tuples(st.integers(0, 1 << 30), st.integers(0, 40), st.binary(max_size=40))


def mutated(data: bytes, at: int, taken: int, put: bytes) -> bytes:
    at %= len(data)
    return data[:at] + put + data[at + taken :]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.integers(0, 2), spots=st.lists(spot, min_size=1, max_size=4))
def test_no_change_to_a_files_bytes_passes_and_none_makes_it_raise(
    sound: Path, tmp_path: Path, which: int, spots: list[tuple[int, int, bytes]]
) -> None:
    folder = tmp_path / "data"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sound, folder)
    path = files(folder)[which]
    data = before = path.read_bytes()
    for at, taken, put in spots:
        data = mutated(data, at, taken, put) or b"?"
    path.write_bytes(data)
    assert any(not f.is_note and f.file == path.name for f in verify(folder)) == (data != before)
    list(verify_files([path]))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 30), spots=st.lists(spot, min_size=1, max_size=3), agree=st.booleans())
def test_no_text_in_a_record_makes_it_raise(
    sound: Path, tmp_path: Path, seed: int, spots: list[tuple[int, int, bytes]], agree: bool
) -> None:
    folder = tmp_path / "data"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sound, folder)
    patient = Patient(folder, random.Random(seed))
    path, k = patient.draw()
    plain = patient.plain(path, k)
    for at, taken, put in spots:
        plain = mutated(plain, at, taken, put) or b"?"
    if plain == patient.plain(path, k):
        return
    members = patient.members(path)
    members[k] = patient.pack(plain)
    is_manifest = k == len(members) - 1
    patient.write(path, members, seal=agree and not is_manifest)
    assert any(not f.is_note and f.file == path.name for f in verify(folder))
    list(verify_files([path]))


@given(data=st.binary(max_size=3000))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_of_anything_is_no_warc_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.warc.gz"
    path.write_bytes(b"?" + data)
    assert list(verify_files([path]))


HEADER = {
    "WARC-Record-ID": "<urn:uuid:0b1f6a34-5a3e-4c0e-9f3d-3b6b0a0d9c11>",
    "WARC-Date": "2026-11-22T08:00:00.000001Z",
    "Content-Length": "0",
    "Content-Type": "application/http; msgtype=response",
    "WARC-Block-Digest": "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
    "WARC-Payload-Digest": "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
    "WARC-Target-URI": "http://www.yunhe.portal.test/",
    "WARC-Filename": "nianbao-1.warc.gz",
    "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
    "WARC-Refers-To": "<urn:uuid:0b1f6a34-5a3e-4c0e-9f3d-3b6b0a0d9c12>",
    "WARC-Refers-To-Target-URI": "http://www.yunhe.portal.test/",
    "WARC-Refers-To-Date": "2026-11-22T08:00:00.000000Z",
    "WARC-Concurrent-To": "<urn:uuid:0b1f6a34-5a3e-4c0e-9f3d-3b6b0a0d9c12>",
    "WARC-IP-Address": "2001:db8::1",
    "WARC-Protocol": "tls/1.3",
    "WARC-Cipher-Suite": "TLS_AES_128_GCM_SHA256",
    "WARC-Truncated": "length",
    "WARC-Warcinfo-ID": "<urn:uuid:0b1f6a34-5a3e-4c0e-9f3d-3b6b0a0d9c13>",
    "WARC-Identified-Payload-Type": "text/html",
    "WARC-Segment-Number": "2",
    "WARC-Segment-Origin-ID": "<urn:uuid:0b1f6a34-5a3e-4c0e-9f3d-3b6b0a0d9c13>",
    "WARC-Segment-Total-Length": "100",
}
BOTH = ready(WARC_1_1, HOUSE)


def header_of(kind: str) -> list[tuple[str, str]]:
    """A header with every field that the table allows on a record of this type."""
    forbidden = {rule.field for rule in WARC_1_1 if kind in rule.forbidden}
    return [("WARC-Type", kind), *((k, v) for k, v in HEADER.items() if k not in forbidden)]


@pytest.mark.parametrize("kind", sorted(TYPES - {"conversion", "continuation"}))
def test_a_header_with_all_that_is_allowed_breaks_no_rule(kind: str) -> None:
    assert list(broken(header_of(kind), kind, BOTH)) == []


@pytest.mark.parametrize("rule", WARC_1_1 + HOUSE, ids=lambda rule: f"{rule.clause} {rule.field}")
def test_every_line_of_the_table_can_be_broken_and_is_told_with_its_clause(rule: Rule) -> None:
    rules = ready([rule])
    for kind in sorted(TYPES):
        whole = header_of(kind)
        told = []
        if kind in rule.required:
            told += list(broken([f for f in whole if f[0] != rule.field], kind, rules))
            assert told
        if kind in rule.forbidden:
            value = HEADER[rule.field]
            assert list(broken([*whole, (rule.field, value)], kind, rules))
            continue
        if not rule.repeatable and rule.clause != "house":
            told += list(broken([*whole, (rule.field, dict(whole)[rule.field])], kind, rules))
            assert told
        if rule.pattern != ".*" and rule.field in dict(whole):
            wrong = list(broken([(k, "年 报" if k == rule.field else v) for k, v in whole], kind, rules))
            assert wrong
            told += wrong
        assert all(rule.field in expected and rule.clause in expected for expected, _ in told)


def test_fields_are_named_in_any_case_and_unknown_ones_ignored() -> None:
    assert list(broken([(k.upper(), v) for k, v in header_of("response")], "response", BOTH)) == []
    assert list(broken([*header_of("response"), ("X-Anything", "年")], "response", BOTH)) == []


def test_records_of_unknown_type_are_held_to_what_all_records_must_have() -> None:
    assert len(list(broken([], "future", ready(WARC_1_1)))) == sum(rule.required == ALL for rule in WARC_1_1) == 4


def test_every_kind_of_finding_says_what_to_do_next() -> None:
    for kind, advice in ADVICE.items():
        assert advice.endswith((".", ").")), kind
        assert Finding(kind, "a.warc.gz", 1, None, "x", "y").advice == advice


def test_control_characters_in_a_file_do_not_reach_the_terminal() -> None:
    told = str(Finding("header", "a.warc.gz", 1, "<\x1b[2J>", "\ud800", "年\x07"))
    assert told.isprintable()
    assert "年" in told


def test_the_command_names_place_and_advice_and_exits_1(copied: Path) -> None:
    patient = Patient(copied, random.Random(1))
    path, k = patient.draw(lambda record: record.type == "response")
    member = bytearray(patient.member(path, k))
    member[len(member) // 2] ^= 4
    patient.overwrite(path, k, bytes(member))
    done = command("--data", copied)
    assert done.returncode == 1
    assert f"{path.name}: byte {patient.at(path, k)}: {patient.record(path, k).id}: " in done.stdout
    assert ADVICE["gzip"] in done.stdout
    assert "\x1b" not in done.stdout
    last = done.stdout.splitlines()[-1]
    assert "3 files" in last
    assert "finding" in last
    said = json.loads(command("--data", copied, "--json").stdout)
    assert said["files"] == 3
    assert (path.name, patient.at(path, k)) in {(f["file"], f["offset"]) for f in said["findings"]}
    assert all(f["advice"] for f in said["findings"])


def test_a_damaged_catalogue_does_not_hide_in_a_passed_audit(copied: Path) -> None:
    path = copied / "catalogue.db"
    data = bytearray(path.read_bytes())
    data[4096 * 2 : 4096 * 2 + 64] = bytes(64)
    path.write_bytes(data)
    done = command("--data", copied)
    assert done.returncode in (1, 2)
    assert "catalogue.db" in done.stdout + done.stderr
    assert "rebuild" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_catalogue_the_files_are_audited_alone_and_that_is_no_success(copied: Path) -> None:
    for path in copied.glob("catalogue.db*"):
        path.unlink()
    done = command("--data", copied)
    assert done.returncode == 1
    assert "expected a catalogue beside the WARC files, got none" in done.stdout
    assert "3 files" in done.stdout.splitlines()[-1]
    assert "1 finding" in done.stdout.splitlines()[-1]
    read = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "status", "--data", str(copied)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert read.returncode == 2
    assert f"nianbao rebuild --data {copied}" in read.stderr


def test_when_all_files_are_gone_each_that_the_catalogue_knows_is_named(copied: Path) -> None:
    gone = files(copied)
    for path in gone:
        path.unlink()
    done = command("--data", copied)
    assert done.returncode == 1
    for path in gone:
        assert f"{path.name}: file-missing" in done.stdout
    assert "0 captures of the catalogue compared" in done.stdout.splitlines()[-1]


def test_the_last_line_says_what_was_compared_and_what_was_not(sound: Path) -> None:
    done = command("--data", sound)
    last = done.stdout.splitlines()[-1]
    said = json.loads(command("--data", sound, "--json").stdout)
    assert said["captures"] > 10
    assert f"{said['files']} files, {said['records']} records" in last
    assert f"{said['captures']} captures of the catalogue compared" in last
    assert "nianbao rebuild --into DIR --compare" in last
    assert "no catalogue was compared" in command(*files(sound)).stdout


def test_what_cannot_be_tried_exits_2_and_says_why(tmp_path: Path) -> None:
    plain = tmp_path / "plain.warc"
    plain.write_bytes(b"WARC/1.1\r\n\r\n")
    for args in (["--data", tmp_path / "none"], [tmp_path / "no.warc.gz"], [plain]):
        done = command(*args)
        assert done.returncode == 2, args
        assert "expected" in done.stderr
        assert "Traceback" not in done.stderr
