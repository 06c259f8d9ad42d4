"""An entry: a link seen on a list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from archive.catalogue import Row
from parsing import titles


@dataclass(frozen=True)
class Entry:
    """A link seen on a list: what the list says of it, and how it was found. Not trusted: the page itself is read."""

    url: str
    title: str
    date: str | None
    organ: str | None
    year: int | None
    list_url: str
    found_by: str
    kind: str
    evidence: dict[str, Any] = field(default_factory=dict)  # the witnesses for body and year, losing ones too

    @property
    def promises(self) -> bool:
        """Whether the list calls it a report. A title that the list cut short may go on as anything."""
        return self.kind != "unknown" and titles.classify(self.title).rule != "pos.truncated"

    def is_told_by(self, row: Row | None) -> bool:
        """Whether an earlier run's row says the same: then the archive has it, with its witnesses, and is not told again."""
        return row is not None and all(row[column] == getattr(self, name) for name, column in _COLUMNS.items())


_COLUMNS = {name: name for name in ("url", "title", "organ", "year", "list_url", "found_by", "kind")} | {
    "date": "listed_date"
}
