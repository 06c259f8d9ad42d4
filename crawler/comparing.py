"""Two catalogues held against each other, row by row: what `nianbao rebuild --compare` tells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.catalogue import Catalogue
from archive.schema import KEYS

SHOWN = 80  # characters of a value
_BEFORE = 20  # of them, how many before the place where two values part
_ABSENT = "no such column"

Key = tuple[Any, ...]  # table, and the values of its key columns


def differences(before: Path, after: Path) -> tuple[int, list[str]]:
    """How many rows the catalogue `before` has, and a text for each row that is not the same in both.

    A text is the row's table and key, and a line for each column: `column: old → new`.
    """
    old = dict(_lines(before))
    count, found = len(old), []
    for key, line in _lines(after):
        was = old.pop(key, None)
        if was is None:
            found.append(f"{_name(key)}: in the new catalogue only")
        elif was != line:
            found.append(_told(key, json.loads(was)[1], json.loads(line)[1]))
    found += [f"{_name(key)}: in the present catalogue only" for key in old]
    return count, sorted(found)


def _lines(path: Path) -> Iterator[tuple[Key, str]]:
    catalogue = Catalogue(path, read_only=True)
    try:
        for line in catalogue.dump():
            table, row = json.loads(line)
            yield (table, *(row[name] for name in KEYS[table])), line
    finally:
        catalogue.close()


def _name(key: Key) -> str:
    return " ".join(map(str, key))


def _told(key: Key, old: dict[str, Any], new: dict[str, Any]) -> str:
    lines = [_name(key)]
    for column in sorted({*old, *new}):
        values = [json.dumps(row[column], ensure_ascii=False) if column in row else _ABSENT for row in (old, new)]
        if values[0] != values[1]:
            start = max(0, _same(*values) - _BEFORE)
            lines.append(f"    {column}: {' → '.join(_short(value, start) for value in values)}")
    return "\n".join(lines)


def _same(old: str, new: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))


def _short(text: str, start: int) -> str:
    """SHOWN characters of a text from a place on; where it is short, all of it."""
    if len(text) <= SHOWN:
        return text
    return ("…" if start else "") + text[start : start + SHOWN] + ("…" if start + SHOWN < len(text) else "")
