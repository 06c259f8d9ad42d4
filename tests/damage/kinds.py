"""The table of kinds of damage.

A kind is a function that injures a copy of a sound data folder and says where: groups of places (file, byte), one of
each group being the right one to name. Byte None: only the file can be named.
"""

from __future__ import annotations

from collections.abc import Callable

from archive.reader import StoredRecord
from tests.damage.patient import Patient, Place

Injury = Callable[[Patient], list[set[Place]]]
KINDS: dict[str, Injury] = {}


def kind(name: str) -> Callable[[Injury], Injury]:
    """Enter a function into the table."""

    def enter(injury: Injury) -> Injury:
        KINDS[name] = injury
        return injury

    return enter


def is_not_manifest(record: StoredRecord) -> bool:
    return "urn:nianbao:manifest" not in record.uri
