"""The catalogue is derived: made again from the WARC files alone it says what it said."""

from __future__ import annotations

from pathlib import Path

from archive.archive import Archive
from archive.catalogue import Catalogue
from archive.exchange import Exchange, Wire
from archive.rebuild import rebuild
from tests.conftest import Field


def dump(path: Path) -> list[str]:
    catalogue = Catalogue(path, read_only=True)
    try:
        return list(catalogue.dump())
    finally:
        catalogue.close()


def test_after_edits_repeats_and_a_withdrawal_a_rebuild_says_the_same(crawled: Field, tmp_path: Path) -> None:
    crawled.farm.edit_reports(2)
    crawled.farm.withdraw_reports(1)
    crawled.crawl("--all")
    kinds = {row["record_type"] for row in crawled.rows("SELECT DISTINCT record_type FROM capture")}
    assert {"response", "revisit"} <= kinds
    assert crawled.rows("SELECT 1 FROM document WHERE supersedes IS NOT NULL")
    assert crawled.rows("SELECT 1 FROM document WHERE gone_since IS NOT NULL")
    done = crawled.run("rebuild", "--into", str(tmp_path / "again"), "--compare")
    assert done.returncode == 0, done.stdout
    assert "0 differ" in done.stdout
    said = dump(crawled.data / "catalogue.db")
    assert len(said) > 500
    assert said == dump(tmp_path / "again" / "catalogue.db")


def test_a_difference_is_told_and_is_no_success(crawled: Field, tmp_path: Path) -> None:
    catalogue = Catalogue(crawled.data / "catalogue.db")
    catalogue.connection.execute("UPDATE document SET gone_since = '2026-01-01' WHERE rowid = 1")
    catalogue.close()
    done = crawled.run("rebuild", "--into", str(tmp_path / "again"), "--compare")
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if "2026-01-01" in line]
    assert line == '    gone_since: "2026-01-01" → null'
    assert max(map(len, done.stdout.splitlines())) < 250, "columns are shown, not whole rows"


def test_without_a_catalogue_to_compare_with_nothing_is_done(crawled: Field) -> None:
    for path in crawled.data.glob("catalogue.db*"):
        path.unlink()
    done = crawled.run("rebuild", "--compare")
    assert done.returncode == 2
    assert "There is no catalogue in" in done.stderr
    assert list(crawled.data.glob("catalogue.db*")) == []


def test_a_lost_file_is_named_with_what_it_held_and_its_documents_are_counted(crawled: Field) -> None:
    first = {path.name for path in (crawled.data / "warc").glob("*.warc.gz")}
    crawled.farm.edit_reports(1)
    crawled.crawl("--all")
    known = {row["name"]: row["records"] for row in crawled.rows("SELECT name, records FROM file")}
    for name in first:
        (crawled.data / "warc" / name).unlink()
    done = crawled.run("rebuild")
    assert done.returncode == 1
    for name in first:
        assert f"The catalogue that was here knew {name} ({known[name]} records): it is not there." in done.stdout
    assert "None" not in done.stdout
    halves = crawled.rows("SELECT 1 FROM document WHERE url IS NULL OR capture IS NULL")
    assert halves
    assert f"{len(halves)} documents are only half told" in done.stdout


def test_a_lost_catalogue_is_made_again_and_the_next_crawl_finds_nothing_new(crawled: Field) -> None:
    for path in crawled.data.glob("catalogue.db*"):
        path.unlink()
    assert crawled.run("rebuild").returncode == 0
    outcomes = crawled.crawl("--all")
    assert outcomes.pop("exit") == 0
    assert sum(o["new_documents"] for o in outcomes.values()) == 0
    assert sum(o["requests"] for o in outcomes.values()) < len(crawled.rows("SELECT 1 FROM capture")) / 2


def test_the_catalogue_that_was_there_is_kept_beside_the_new_one(crawled: Field) -> None:
    before = dump(crawled.data / "catalogue.db")
    assert crawled.run("rebuild").returncode == 0
    assert dump(crawled.data / "catalogue.db.before-rebuild") == before


def test_what_is_damaged_is_named_and_the_rest_is_indexed(crawled: Field) -> None:
    captures = crawled.rows("SELECT * FROM capture ORDER BY offset")
    victim = captures[len(captures) // 2]
    path = crawled.data / "warc" / victim["warc_file"]
    data = bytearray(path.read_bytes())
    data[victim["offset"] + victim["length"] // 2] ^= 0xFF
    path.write_bytes(data)
    done = crawled.run("rebuild")
    assert done.returncode == 1
    assert victim["warc_file"] in done.stdout
    assert f"byte {victim['offset']}" in done.stdout
    left = {row["id"] for row in crawled.rows("SELECT id FROM capture")}
    assert {row["id"] for row in captures} - left == {victim["id"]}


def test_without_warc_files_there_is_a_clear_word(tmp_path: Path, field: Field) -> None:
    done = field.run("rebuild", "--data", str(tmp_path))
    assert done.returncode == 2
    assert "expected WARC files" in done.stderr


def test_while_a_crawl_writes_nothing_is_rebuilt(tmp_path: Path, field: Field) -> None:
    archive = Archive(tmp_path / "data")
    archive.keep(Exchange("http://a.test/", response=Wire(b"HTTP/1.1 200 OK\r\n\r\n"), complete=True), {})
    archive.commit()
    done = field.run("rebuild", "--data", str(tmp_path / "data"))
    archive.close()
    assert done.returncode == 2
    assert "Wait for it to end" in done.stderr


def test_a_crawl_that_has_written_nothing_yet_is_not_pulled_the_catalogue_from_under(crawled: Field) -> None:
    idle = Archive(crawled.data)
    assert crawled.run("rebuild").returncode == 2
    idle.close()
    assert crawled.run("rebuild").returncode == 0


def test_the_journal_is_told_in_the_order_of_its_dates_over_all_files(tmp_path: Path) -> None:
    """Names of files begin with the time when they were opened, which is not when each was written to."""
    first, second = Archive(tmp_path / "data"), Archive(tmp_path / "data")
    for archive, text in ((first, "one"), (second, "two"), (first, "three")):
        archive.catalogue.put("portal", {"name": "sample", "site_name": text})
        archive.commit()
    first.close()
    second.close()
    again = Catalogue(tmp_path / "again.db")
    assert rebuild(tmp_path / "data" / "warc", again).journal == 3
    assert again.row("SELECT site_name FROM portal") == {"site_name": "three"}
    again.close()
