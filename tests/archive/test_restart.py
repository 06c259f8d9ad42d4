"""Starting again: locks tell the dead from the living, one process mends at a time, and nothing committed is lost."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import shutil
import signal
import sqlite3
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive import archive as archive_module
from archive import recover
from archive.archive import Archive, ArchiveError
from archive.catalogue import Catalogue
from archive.files import WarcFile
from archive.reader import DamagedRecordError, records
from archive.verify import verify
from archive.warc import Record, Reply, records_of
from tests.archive.test_archive import die, exchange, facts


def records_for(number: int) -> list[Record]:
    """The records of one exchange."""
    given = exchange(number)
    return records_of(given, Reply(given), facts(number))


fork = multiprocessing.get_context("fork")


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run each in a process of its own, begun at one moment. What they return; a traceback fails the test."""
    gate, out = fork.Barrier(len(works)), fork.Queue()

    def run(work: Callable[[], Any]) -> None:
        gate.wait()
        try:
            out.put((True, work()))
        except BaseException:  # noqa: BLE001
            out.put((False, traceback.format_exc()))

    processes = [fork.Process(target=run, args=(work,)) for work in works]
    for process in processes:
        process.start()
    results = [out.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    assert all(well for well, _ in results), "\n".join(str(value) for well, value in results if not well)
    return [value for _, value in results]


@pytest.mark.parametrize("with_catalogue", [True, False])
def test_two_starts_at_one_moment_mend_each_abandoned_file_once(tmp_path: Path, with_catalogue: bool) -> None:
    source = tmp_path / "source"
    for number in range(5):
        archive = Archive(source)
        archive.keep(exchange(2 * number), facts(2 * number))
        archive.commit()
        archive.keep(exchange(2 * number + 1), facts(2 * number + 1))  # on disk, without a row
        (left,) = source.glob("warc/*.open")
        die(archive)
        left.rename(tmp_path / left.name)  # kept from the next start
    for left in tmp_path.glob("*.open"):
        left.rename(source / "warc" / left.name)
    for trial in range(15):
        folder = tmp_path / f"data{trial}"
        shutil.copytree(source, folder, ignore=None if with_catalogue else shutil.ignore_patterns("catalogue*"))

        def start(number: int, folder: Path = folder) -> list[str]:
            archive = Archive(folder)
            archive.keep(exchange(number), facts(number))
            archive.close()
            return archive.repaired

        repaired = together(lambda: start(100), lambda: start(101))
        assert sorted(len(names) for names in repaired) == [0, 5]
        archive = Archive(folder)
        rows = list(archive.catalogue.rows("SELECT * FROM capture"))
        assert {row["url"] for row in rows} == {exchange(number).url for number in (*range(10), 100, 101)}
        assert len(rows) == 12
        assert all(archive.stored(row).id == row["id"] for row in rows)
        assert not list(archive.warc_folder.glob("*.open"))
        assert archive.unindexed == 0
        archive.close()


def test_a_file_that_was_just_made_is_never_taken_from_its_writer(tmp_path: Path) -> None:
    Archive(tmp_path).close()

    def write() -> list[str]:
        names = []
        for number in range(150):
            file = WarcFile(tmp_path / "warc", {})
            file.write(*records_for(number))
            file.close()
            names.append(file.name)
        return names

    def start() -> list[str]:
        repaired = []
        for _ in range(60):
            archive = Archive(tmp_path)
            archive.close()
            repaired += archive.repaired
        return repaired

    written, repaired = sorted(together(write, start), key=len, reverse=True)
    assert repaired == []
    assert all(len(list(records(tmp_path / "warc" / name))) == 4 for name in written)


def test_a_start_in_the_moment_before_a_new_file_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Archive(tmp_path).close()
    lock, starts = fcntl.flock, []

    def late(file: Any, how: int) -> None:
        if not starts:
            starts.append(how)
            with monkeypatch.context() as patch:
                patch.setattr(fcntl, "flock", lock)
                Archive(tmp_path).close()
        lock(file, how)

    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", late)
        file = WarcFile(tmp_path / "warc", {})
    file.write(*records_for(1))
    file.close()
    assert starts
    assert [path.name for path in (tmp_path / "warc").glob("*.warc.gz*")] == [file.name]


def test_a_file_that_was_finished_in_the_moment_before_it_is_locked_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, lock = tmp_path / "a.warc.gz.open", fcntl.flock
    path.write_bytes(b"")

    def late(file: Any, how: int) -> None:
        path.rename(tmp_path / "a.warc.gz")
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    for _ in range(2):  # renamed by then, and gone before it is opened
        with recover.locked(path) as file:
            assert file is None


def test_what_a_writer_left_before_its_first_record_is_cleared_away(tmp_path: Path) -> None:
    Archive(tmp_path).close()
    (tmp_path / "warc" / "nianbao-1.warc.gz.new").write_bytes(b"")
    file = WarcFile(tmp_path / "warc", {})
    file.leave()
    archive = Archive(tmp_path)
    assert sorted(path.name for path in archive.warc_folder.iterdir()) == [".lock", ".writers"]
    assert archive.repaired == []
    archive.close()


def test_killed_while_mending_the_next_start_indexes_what_was_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Archive(tmp_path)
    first.keep(exchange(1), facts(1))
    die(first)

    def killed(path: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(archive_module.recover, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            Archive(tmp_path)
    archive = Archive(tmp_path)
    assert len(archive.repaired) == 1
    assert [row["url"] for row in archive.catalogue.rows("SELECT url FROM capture")] == [exchange(1).url]
    archive.close()


def test_killed_after_a_file_is_full_its_rows_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "ROTATE_AT", 1)
    archive = Archive(tmp_path)
    for number in range(3):
        archive.keep(exchange(number), facts(number))
    die(archive)
    again = Archive(tmp_path)
    assert len(list(again.catalogue.rows("SELECT * FROM capture"))) == 3
    assert again.unindexed == 0
    again.close()


def test_damage_among_what_was_acknowledged_costs_nothing_that_follows_it(tmp_path: Path) -> None:
    """A bit that turned in a dead writer's file is no sign of where the writer was."""
    archive = Archive(tmp_path)
    rows = [archive.keep(exchange(number), facts(number)) for number in range(6)]
    archive.commit()
    die(archive)
    (path,) = (tmp_path / "warc").glob("*.open")
    data = bytearray(path.read_bytes())
    data[rows[2]["offset"] + rows[2]["length"] // 2] ^= 0xFF
    path.write_bytes(data)
    again = Archive(tmp_path)
    for number in (0, 1, 3, 4, 5):
        assert again.response(rows[number]) == bytes(exchange(number).response)
    with pytest.raises(DamagedRecordError):
        again.response(rows[2])
    again.close()
    found = [finding for finding in verify(tmp_path) if not finding.is_note]
    assert {finding.offset for finding in found if finding.kind == "gzip"} == {rows[2]["offset"]}


@pytest.mark.parametrize("taken", [20, 500, 900])  # bytes: within the response, the request, the metadata
def test_an_exchange_that_the_disk_takes_in_part_is_taken_back_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    archive = Archive(tmp_path)
    archive.keep(exchange(1), facts(1))
    archive.commit()
    (path,) = archive.warc_folder.glob("*.open")
    before, write, calls = path.read_bytes(), os.pwrite, []

    def full(descriptor: int, data: bytes, offset: int) -> int:
        calls.append(offset)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return write(descriptor, data[:taken], offset)

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with pytest.raises(ArchiveError, match="No space left"):
            archive.keep(exchange(2), facts(2))
    assert path.read_bytes() == before
    assert len(calls) == 2
    row = archive.keep(exchange(3), facts(3))
    archive.commit()
    assert archive.stored(row).id == row["id"]
    assert [r.type for r in records(path)] == ["warcinfo"] + ["response", "request", "metadata"] * 2
    archive.close()


def test_when_the_last_commit_fails_the_next_start_indexes_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(tmp_path)
    archive.keep(exchange(1), facts(1))

    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.catalogue, "commit", full)
    with pytest.raises(ArchiveError, match="No space left"):
        archive.close()
    again = Archive(tmp_path)
    assert [row["url"] for row in again.catalogue.rows("SELECT url FROM capture")] == [exchange(1).url]
    again.close()


def test_hand_over_lines_of_a_living_run_are_left_alone(tmp_path: Path) -> None:
    """Whoever writes them holds the file locked: no process id has to be asked for, which containers share."""
    archive = Archive(tmp_path)
    archive.catalogue.put("run", {"id": "r1", "handover_bytes": 0})
    archive.hand_over("r1", {"n": 1})
    archive.commit()
    archive.hand_over("r1", {"n": 2})
    archive.hand_over("x-parse", {"n": 3})
    for file in archive._handovers.values():
        file.flush()
    together(lambda: Archive(tmp_path).close())
    assert (tmp_path / "handover" / "r1.jsonl").read_text() == '{"n": 1}\n{"n": 2}\n'
    assert (tmp_path / "handover" / "x-parse.jsonl").read_text() == '{"n": 3}\n'
    archive.close()


def test_hand_over_lines_of_a_killed_run_are_cut_off(tmp_path: Path) -> None:
    def crash() -> None:
        archive = Archive(tmp_path)
        archive.catalogue.put("run", {"id": "r1", "handover_bytes": 0})
        archive.hand_over("r1", {"n": 1})
        archive.commit()
        archive.hand_over("r1", {"n": 2})
        archive._handovers["r1"].flush()
        os.kill(os.getpid(), signal.SIGKILL)

    process = fork.Process(target=crash)
    process.start()
    process.join()
    assert (tmp_path / "handover" / "r1.jsonl").read_text() == '{"n": 1}\n{"n": 2}\n'
    Archive(tmp_path).close()
    assert (tmp_path / "handover" / "r1.jsonl").read_text() == '{"n": 1}\n'


@pytest.mark.parametrize(
    ("found", "left"),
    [
        (b"", b""),
        (b'{"n": 1}\n', b'{"n": 1}\n'),
        (b'{"n": 1}\n{"n', b'{"n": 1}\n'),
        (b'{"n": 1}\n{"n' + b"x" * 10_000, b'{"n": 1}\n'),
        (b"x" * 10_000, b""),
    ],
)
def test_a_torn_last_line_of_a_killed_parse_is_cut_off(tmp_path: Path, found: bytes, left: bytes) -> None:
    """`nianbao parse` hands over under an id that no run row has."""
    Archive(tmp_path).close()
    path = tmp_path / "handover" / "20261121T000000000000Z-parse.jsonl"
    path.write_bytes(found)
    Archive(tmp_path).close()
    assert path.read_bytes() == left


def test_finished_files_that_the_catalogue_does_not_know_are_counted(tmp_path: Path) -> None:
    for number in range(3):
        archive = Archive(tmp_path / str(number))
        assert archive.unindexed == 0
        archive.keep(exchange(number), facts(number))
        archive.close()
    for number in (1, 2):
        for path in (tmp_path / str(number) / "warc").glob("*.warc.gz"):
            shutil.copy(path, tmp_path / "0" / "warc")
    archive = Archive(tmp_path / "0")
    assert archive.unindexed == 2
    archive.close()


def test_a_folder_that_lost_its_catalogue_is_not_taken_for_a_new_one(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.keep(exchange(1), facts(1))
    archive.close()
    for path in tmp_path.glob("catalogue.db*"):
        path.unlink()
    with pytest.raises(ArchiveError, match="nianbao rebuild"):
        Archive(tmp_path)
    assert not (tmp_path / "catalogue.db").exists()


def test_a_row_is_committed_only_after_its_record_is_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """kill -9 cannot tell: what was written survives it without being on disk. So the order itself is looked at."""
    archive = Archive(tmp_path)
    archive.keep(exchange(0), facts(0))
    archive.commit()
    happened: list[str] = []
    write, sync = os.pwrite, os.fsync
    monkeypatch.setattr(os, "pwrite", lambda *words: (happened.append("write"), write(*words))[1])
    monkeypatch.setattr(os, "fsync", lambda descriptor: (happened.append("sync"), sync(descriptor))[1])
    archive.catalogue.connection.set_trace_callback(
        lambda sql: happened.append("COMMIT") if sql.startswith("COMMIT") else None
    )
    archive.catalogue.put("portal", {"name": "shiyan", "site_name": "a"})  # a row that the journal tells
    archive.keep(exchange(1), facts(1))
    archive.commit()
    assert happened == ["write", "write", "sync", "COMMIT"], "the exchange, the journal, both on disk, then the rows"
    archive.close()


def test_after_a_sync_that_failed_nothing_is_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system tells of it once; asked again it says that all is well (fsync(2))."""
    archive = Archive(tmp_path)
    archive.keep(exchange(1), facts(1))
    archive.commit()
    archive.keep(exchange(2), facts(2))
    sync, failed = os.fsync, []

    def fail_once(descriptor: int) -> None:
        if not failed:
            failed.append(descriptor)
            raise OSError(5, "Input/output error")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", fail_once)
    for _ in range(2):
        with pytest.raises(ArchiveError, match="Input/output error"):
            archive.commit()
    with pytest.raises(ArchiveError):
        archive.close()
    catalogue = Catalogue(tmp_path / "catalogue.db")
    assert [row["url"] for row in catalogue.rows("SELECT url FROM capture")] == [exchange(1).url]
    catalogue.close()
    again = Archive(tmp_path)
    assert len(list(again.catalogue.rows("SELECT url FROM capture"))) == 2
    again.close()


def test_nothing_is_written_behind_a_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(tmp_path)
    archive.keep(exchange(1), facts(1))
    archive.commit()
    commit, calls = archive.catalogue.commit, []

    def locked() -> None:
        calls.append(1)
        if len(calls) == 2:  # the one after the file is sealed
            raise sqlite3.OperationalError("database is locked")
        commit()

    with monkeypatch.context() as patch:
        patch.setattr(archive.catalogue, "commit", locked)
        with pytest.raises(ArchiveError, match="locked"):
            archive._finish()
    archive.keep(exchange(2), facts(2))
    archive.close()
    Archive(tmp_path).close()
    assert [str(finding) for finding in verify(tmp_path)] == []
    assert len(list((tmp_path / "warc").glob("*.warc.gz"))) == 2


def test_what_another_process_wrote_after_a_kill_is_not_overwritten_by_the_dead_ones_journal(tmp_path: Path) -> None:
    living = Archive(tmp_path)
    dead = Archive(tmp_path)
    dead.catalogue.put("document", {"id": "d", "url": "u", "gone_since": "2026-01-01"})
    dead.commit()
    die(dead)
    living.catalogue.put("document", {"id": "d", "gone_since": None})
    living.commit()
    third = Archive(tmp_path)
    assert third.catalogue.row("SELECT gone_since FROM document") == {"gone_since": None}
    third.close()
    living.close()


def test_damage_in_the_last_records_cuts_off_no_acknowledged_journal(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    row = archive.keep(exchange(1), facts(1))
    archive.commit()
    for number in range(3):
        archive.catalogue.put("document", {"id": f"d{number}", "url": "u"})
        archive.commit()
    die(archive)
    (path,) = (tmp_path / "warc").glob("*.open")
    *_, metadata, _, _, _ = records(path)
    data = bytearray(path.read_bytes())
    data[metadata.offset + metadata.length // 2] ^= 0xFF
    path.write_bytes(data)
    Archive(tmp_path).close()
    (path,) = (tmp_path / "warc").glob("*.warc.gz")
    assert sum(r.uri == "urn:nianbao:journal" for r in recover.whole_records(path.open("rb"), path)) == 3
    assert row["warc_file"] == path.name
