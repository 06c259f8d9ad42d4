"""Damage to files as a whole and to the catalogue."""

from __future__ import annotations

from tests.damage.kinds import KINDS, Injury, kind
from tests.damage.patient import Patient, Place

# Files


@kind("a file renamed")
def renamed(p: Patient) -> list[set[Place]]:
    path, _ = p.draw()
    new = path.with_name(path.name.replace("nianbao-2", "nianbao-3"))
    path.rename(new)
    return [{(new.name, 0)}, {(path.name, None)}]


@kind("a file missing")
def missing(p: Patient) -> list[set[Place]]:
    path, _ = p.draw()
    path.unlink()
    return [{(path.name, None)}]


@kind("a file from elsewhere")
def unknown(p: Patient) -> list[set[Place]]:
    path, _ = p.draw()
    p.sql("DELETE FROM file WHERE name = ?", path.name)
    return [{(path.name, None)}]


# The catalogue


def off_by_one(column: str) -> Injury:
    def injury(p: Patient) -> list[set[Place]]:
        row = p.row()
        p.sql(f"UPDATE capture SET [{column}] = [{column}] + ? WHERE id = ?", p.rng.choice([1, -1]), row["id"])
        return [{(row["warc_file"], row["offset"])}]

    return injury


for _column in ("offset", "length", "status"):
    KINDS[f"a catalogue row's {_column} off by one"] = off_by_one(_column)


@kind("another value in a catalogue row")
def another_value(p: Patient) -> list[set[Place]]:
    row = p.row()
    column = p.rng.choice([name for name in row if name not in ("id", "offset", "length", "status")])
    p.sql(f"UPDATE capture SET [{column}] = coalesce([{column}], '') || 'x' WHERE id = ?", row["id"])
    return [{(row["warc_file"], row["offset"])}]


@kind("a catalogue row removed")
def row_removed(p: Patient) -> list[set[Place]]:
    row = p.row()
    p.sql("DELETE FROM capture WHERE id = ?", row["id"])
    return [{(row["warc_file"], row["offset"])}]


@kind("a catalogue row of no record")
def row_invented(p: Patient) -> list[set[Place]]:
    row = p.row()
    p.sql("UPDATE capture SET id = '<urn:uuid:00000000-0000-4000-8000-000000000000>' WHERE id = ?", row["id"])
    return [{(row["warc_file"], row["offset"])}]


@kind("an entry or a document of no capture")
def pointing_nowhere(p: Patient) -> list[set[Place]]:
    table = p.rng.choice(["entry", "document"])
    p.sql(f"UPDATE [{table}] SET capture = 'x' WHERE rowid IN (SELECT rowid FROM [{table}] ORDER BY random() LIMIT 1)")
    return [{("catalogue.db", None)}]


@kind("another value in a file's row")
def file_row(p: Patient) -> list[set[Place]]:
    path, _ = p.draw()
    how = p.rng.choice(["bytes = bytes + 1", "records = records - 1", "sha256 = 'f' || substr(sha256, 2) || ' '"])
    p.sql(f"UPDATE file SET {how} WHERE name = ?", path.name)
    return [{(path.name, None)}]
