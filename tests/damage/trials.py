"""One damage, one `verify`, and the count of what it found and named."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.catalogue import Catalogue
from archive.findings import Finding, printable
from archive.reader import StoredRecord, scan
from archive.verify import verify
from tests.damage import bits, moves, whole
from tests.damage.kinds import KINDS
from tests.damage.patient import Patient, Place

__all__ = ["KINDS", "Score", "bits", "moves", "trial", "whole"]  # importing the modules fills the table


@dataclass
class Score:
    """How often a kind was tried, found, and named right."""

    trials: int = 0
    found: int = 0
    named: int = 0
    records: int = 0  # trials in which the record's id was told as well
    example: str = ""

    def count(self, findings: list[Finding], places: list[set[Place]], ids: dict[Place, set[str]]) -> bool:
        """Take a trial in. `places`: one of each group has to be named, and no wrong id there (`ids`: what lies and lay
        at a place). Returns whether all was well.
        """
        there: set[Place] = {(f.file, at) for f in findings for at in (f.offset, None)}
        told = [f for f in findings if f.record and any((f.file, f.offset) in group for group in places)]
        wrong = [f for f in told if f.offset is not None and f.record not in ids.get((f.file, f.offset), set())]
        found, named = bool(findings), all(group & there for group in places) and not wrong
        self.trials, self.found, self.named = self.trials + 1, self.found + found, self.named + (found and named)
        self.records += bool(told)
        if not found or not named:
            self.example = self.example or f"{places}: {[str(f) for f in findings[:4]]}"
        return found and named


def lying(folder: Path) -> Iterator[tuple[Place, str]]:
    """The place and the id of each record that can be read, and of each that the catalogue has."""
    catalogue = Catalogue(folder / "catalogue.db", read_only=True)
    yield from (((r["warc_file"], r["offset"]), r["id"]) for r in catalogue.rows("SELECT * FROM capture"))
    catalogue.close()
    for path in folder.glob("warc/*.warc.gz"):
        yield from (((path.name, r.offset), r.id) for r in scan(path) if isinstance(r, StoredRecord))


def trial(
    name: str, seed: int, sound: Path, scratch: Path
) -> tuple[list[Finding], list[set[Place]], dict[Place, set[str]]]:
    """Do one damage to a copy of `sound`. What `verify` found, what was to be named, and which ids are right where."""
    folder = scratch / "patient"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sound, folder)
    places = KINDS[name](Patient(folder, random.Random(f"{name} {seed}")))
    ids: dict[Place, set[str]] = {}
    for place, identity in (*lying(sound), *lying(folder)):
        ids.setdefault(place, set()).add(str(printable(identity)))  # a flipped bit may make it unprintable
    return [finding for finding in verify(folder) if not finding.is_note], places, ids
