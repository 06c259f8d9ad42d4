"""The catalogue: complete for whoever looks, what is asked often uses an index, damage is told from trouble."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from threading import Timer

import pytest

from archive import catalogue as catalogue_module
from archive.catalogue import Catalogue, CatalogueError


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT url, max(status = 200) AS kept FROM capture WHERE portal = ? AND status IS NOT NULL GROUP BY url",
        "SELECT * FROM entry WHERE document = ?",
        "SELECT 1 FROM capture WHERE warc_file = ? LIMIT 1",
        "SELECT id FROM document WHERE text_sha256 = ?",
    ],
)
def test_what_is_asked_often_uses_an_index(tmp_path: Path, sql: str) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.db")
    plan = [row["detail"] for row in catalogue.rows(f"EXPLAIN QUERY PLAN {sql}", "x")]
    assert "SEARCH" in plan[0]
    assert "INDEX" in plan[0]
    catalogue.close()


def test_a_catalogue_of_the_first_version_gets_the_indexes(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.db"
    Catalogue(path).close()
    with sqlite3.connect(path) as connection:
        added = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'idx_%'")]
        before = {name for name in added if "warc_file" in name or "sha256" in name or "status" in name}
        assert len(before) == 3
        for name in before:
            connection.execute(f"DROP INDEX {name}")
        connection.execute("DROP INDEX idx_entry_document")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm002_indexes'")
    connection.close()
    catalogue = Catalogue(path)
    again = {row["name"] for row in catalogue.rows("SELECT name FROM sqlite_master WHERE name LIKE 'idx_%'")}
    assert again == set(added)
    catalogue.close()


@pytest.mark.parametrize("writing", [True, False])
def test_who_only_looks_waits_for_the_one_that_makes_the_tables(tmp_path: Path, writing: bool) -> None:
    path = tmp_path / "catalogue.db"
    held = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    held.execute("PRAGMA journal_mode = WAL")
    if writing:  # as another process does that has just begun; the file is there, its tables are not
        held.execute("BEGIN IMMEDIATE")
        Timer(0.3, held.execute, ["COMMIT"]).start()
    looked = Catalogue(path, read_only=True)
    assert list(looked.rows("SELECT * FROM run")) == []
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        looked.connection.execute("DELETE FROM run")
    looked.close()
    held.close()


def filled(path: Path) -> None:
    catalogue = Catalogue(path)
    for number in range(3000):
        catalogue.put("problem", {"id": f"{number:05d}", "run": "r", "got": "x" * 200})
    catalogue.commit()
    catalogue.close()


def damage(path: Path) -> None:
    """Overwrite the second half of the pages; the first ones stay well."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2 :] = b"\xff" * (len(data) - len(data) // 2)
    path.write_bytes(data)


def test_advice_for_a_damaged_catalogue_names_the_folder_as_a_shell_takes_it(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    (folder / "catalogue.db").write_bytes(b"garbage" * 1000)
    for read_only in (True, False):
        with pytest.raises(CatalogueError, match="nianbao rebuild") as caught:
            Catalogue(folder / "catalogue.db", read_only)
        assert f"--data '{folder}'" in str(caught.value)


def test_damage_inside_a_small_catalogue_stops_writing_at_once(tmp_path: Path) -> None:
    filled(tmp_path / "catalogue.db")
    damage(tmp_path / "catalogue.db")
    with pytest.raises(CatalogueError, match="nianbao rebuild"):
        Catalogue(tmp_path / "catalogue.db")


def test_damage_inside_a_large_catalogue_is_named_where_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path / "catalogue.db")
    damage(tmp_path / "catalogue.db")
    monkeypatch.setattr(catalogue_module, "CHECKED_BELOW", 0)
    for read_only in (True, False):
        catalogue = Catalogue(tmp_path / "catalogue.db", read_only)
        with pytest.raises(CatalogueError, match="nianbao rebuild"):
            list(catalogue.rows("SELECT sum(length(got)) FROM problem"))
        catalogue.close()


def test_a_large_catalogue_that_was_not_closed_is_checked_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "catalogue.db"
    filled(path)
    damage(path)
    monkeypatch.setattr(catalogue_module, "CHECKED_BELOW", 0)
    Path(f"{path}-wal").write_bytes(b"\0" * 100)
    with pytest.raises(CatalogueError, match="nianbao rebuild"):
        Catalogue(path)


def test_looking_does_not_read_the_whole_catalogue(tmp_path: Path) -> None:
    filled(tmp_path / "catalogue.db")
    asked: list[str] = []
    connect = sqlite3.connect

    def traced(*args: object, **options: object) -> sqlite3.Connection:
        connection = connect(*args, **options)
        connection.set_trace_callback(asked.append)
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", traced)
        Catalogue(tmp_path / "catalogue.db", read_only=True).close()
    assert asked
    assert not any("quick_check" in sql for sql in asked)
