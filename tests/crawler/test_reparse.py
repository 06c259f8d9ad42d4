"""`nianbao parse` in pieces: what is to be read again, by how many processes, and what is left when one of them is killed."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterable
from importlib.metadata import EntryPoint
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

import parsing
from archive.archive import Archive
from archive.retrieve import ArchiveError
from crawler import cli_read, handover, reparse, revision, show, sources
from crawler.readers import readers
from crawler.reparse import Again, Group
from tests.conftest import Field

FEW = 12  # documents that are to be read again


@pytest.fixture
def data(first_crawl: Field, tmp_path: Path) -> Path:
    """A copy of the data after a first crawl, of which other code has read FEW pages of HTML."""
    shutil.copytree(first_crawl.data, tmp_path / "data")
    archive = Archive(tmp_path / "data")
    older = (
        "SELECT d.id FROM document d JOIN capture c ON c.id = d.capture WHERE media_type = 'text/html' ORDER BY d.id"
    )
    archive.catalogue.queue(f"UPDATE document SET parsed_with = 'older' WHERE id IN ({older} LIMIT {FEW})")
    archive.close()
    return tmp_path / "data"


def flat(phases: Iterable[Iterable[Group]]) -> list[str]:
    return [document for phase in phases for group in phase for document in group]


def handed_over(data: Path) -> Counter[str]:
    """How often each document was handed over by passes of `parse`."""
    files = (data / "handover").glob("*-parse.jsonl")
    return Counter(json.loads(line)["document_id"] for file in files for line in file.read_text().splitlines())


def test_a_killed_pass_goes_on_where_it_was_and_hands_nothing_over_twice(data: Path) -> None:
    def killed() -> None:
        archive = Archive(data)
        count = 0

        def told() -> None:
            nonlocal count
            count += 1
            if count == 5:
                archive.commit()
            if count == 8:
                archive._handovers.popitem()[1].flush()  # lines that reach the disk before the catalogue's rows
                os.kill(os.getpid(), signal.SIGKILL)

        reparse.parse(archive, reparse.stale(archive.catalogue), reparse.in_turn(archive), told)

    process = multiprocessing.get_context("fork").Process(target=killed)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    archive = Archive(data)
    before = handed_over(data)
    todo = reparse.stale(archive.catalogue)
    assert len(flat(todo)) == FEW - 5
    done = reparse.parse(archive, todo, reparse.in_turn(archive))
    assert (done.read, done.changed) == (FEW - 5, 0)
    assert flat(reparse.stale(archive.catalogue)) == []
    archive.close()
    assert (len(before), len(handed_over(data)), max(handed_over(data).values())) == (5, FEW, 1)


def test_several_processes_read_what_one_reads_and_in_its_order(data: Path) -> None:
    def comparable(found: Iterable[Again]) -> list[Again]:
        return [Again(again.rows, [json.loads(line) for line in again.lines], again.done) for again in found]

    with readers(data / "warc", data / "catalogue.db", 2, "") as read:
        archive = Archive(data)
        groups = [group for phase in reparse.stale(archive.catalogue) for group in phase]
        assert len(groups) == FEW
        assert len(multiprocessing.active_children()) == 2
        assert comparable(read(groups, "r")) == comparable(reparse.in_turn(archive)(groups, "r"))
        archive.close()
    assert multiprocessing.active_children() == []


def test_when_a_reading_process_dies_the_error_says_how_to_go_on(data: Path) -> None:
    def read_after_a_death() -> None:
        with readers(data / "warc", data / "catalogue.db", 1, cli_read.DIED) as read:
            (child,) = multiprocessing.active_children()
            os.kill(child.pid or 0, signal.SIGKILL)
            list(read([("nobody",)], None))

    with pytest.raises(ArchiveError, match="goes on from there"):
        read_after_a_death()


def test_what_changes_the_reading_changes_its_hash(tmp_path: Path) -> None:
    package, module = tmp_path / "parsing", tmp_path / "somebodys.py"
    shutil.copytree(Path(parsing.__file__).parent, package)
    module.write_text("def parse(document): return 1\n")
    seen = [revision.of_sources([package], [])]
    (package / "rules.py").write_text((package / "rules.py").read_text().replace("下载文档", "下载文件"))
    seen.append(revision.of_sources([package], []))
    with (package / "data" / "divisions.csv").open("a") as file:
        file.write("990000,云棠市\n")
    seen.append(revision.of_sources([package], []))
    parser = EntryPoint("counting", "nothing_to_report:parse", revision.PARSERS)
    seen.append(revision.of_sources([package], [parser]))
    assert len(set(seen)) == 4
    (package / "rules.pyc").write_bytes(b"1")
    assert revision.of_sources([package], [parser]) == seen[-1]


def test_the_source_of_a_parser_is_part_of_the_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    parser = EntryPoint("counting", "counting_nianbao:parse", revision.PARSERS)
    seen = set()
    for source in ("def parse(document): return 1", "def parse(document): return 2"):
        (tmp_path / "counting_nianbao.py").write_text(source)
        seen.add(revision.of_sources([], [parser]))
    assert len(seen) == 2


def test_a_document_that_a_parser_failed_on_is_read_again(data: Path, first_crawl: Field) -> None:
    def fail(document: parsing.Document) -> None:
        raise ValueError("not today")

    page = first_crawl.farm.portals[0].reports[0]
    reading = handover.read_page("2023年政府信息公开工作年度报告".encode(), [], page.url, {"mine": fail})
    assert [failure.parser for failure in reading.failures] == ["mine"]
    archive = Archive(data)
    (known, *_) = archive.catalogue.rows("SELECT * FROM document WHERE parsed_with <> 'older'")
    row = handover.document_rows("p", page.url, reading, "mark", None, None)["document"]
    archive.catalogue.put("document", {"id": known["id"], "parsed_with": row["parsed_with"]})
    archive.commit()
    assert known["id"] in flat(reparse.stale(archive.catalogue))
    archive.close()


def test_progress_is_lines_where_there_is_no_terminal() -> None:
    out = StringIO()
    with show.pages_done(Console(file=out), "reading", 2, every=0.0) as advance:
        advance()
        advance()
    assert [line.split(",")[0] for line in out.getvalue().splitlines()] == ["[1/2] pages", "[2/2] pages"]


@pytest.mark.parametrize(
    ("changes", "proposed"),
    [
        ({}, True),
        ({"organ": None, "report_year": None, "report": None}, True),  # told by its words alone
        ({"report_year": 1999, "report": "another"}, False),  # next year's report is as like, and is no source
        ({"organ": "别处市人民政府", "report": "another"}, False),
        ({"provenance": "official"}, False),
        ({"sketch": None}, False),
    ],
)
def test_body_and_year_rule_out_what_the_words_propose(data: Path, changes: dict[str, object], proposed: bool) -> None:
    archive = Archive(data)
    copy = archive.catalogue.row("SELECT * FROM document WHERE provenance = 'docshare' AND part_of IS NULL ORDER BY id")
    assert copy is not None
    source = sources.propose(archive.catalogue, copy | changes)
    archive.close()
    assert (source is not None) == proposed
    if source is not None:
        assert (source.organ, source.report_year) == (copy["organ"], copy["report_year"])
        assert source.decided == ("organ" not in changes)
        assert source.resemblance > 0.9
        assert source.shared_sentences > 0.9


def test_files_that_no_run_had_read_become_documents_of_a_pass_and_not_of_a_rebuild(data: Path) -> None:
    archive = Archive(data)
    (part, *_) = archive.catalogue.rows("SELECT * FROM document WHERE part_of IS NOT NULL ORDER BY id")
    archive.catalogue.queue("DELETE FROM document WHERE id = ?", part["id"])
    archive.commit()
    made = [
        [
            row["id"]
            for table, row in reparse.again(archive, (part["part_of"],), None, parts).rows
            if table == "document"
        ]
        for parts in (True, False)
    ]
    archive.close()
    assert part["id"] in made[0]
    assert made[1] == [part["part_of"]]
