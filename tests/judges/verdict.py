"""What is judged, and what a judge says of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from archive import cdxj
from archive.archive import Archive
from archive.catalogue import Row
from archive.http import Message, parse_response
from archive.reader import StoredRecord, records

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Case:
    """One thing that a tool says against us, with the record it is about (None: about a whole file)."""

    tool: str
    topic: str
    where: str
    said: str
    record: StoredRecord | None = None
    original: StoredRecord | None = None  # of a revisit

    @cached_property
    def message(self) -> Message | None:
        """The HTTP response in the record, if it is one."""
        if self.record is None or self.record.type not in ("response", "revisit"):
            return None
        try:
            return parse_response(self.record.block)
        except ValueError:
            return None


@dataclass
class Verdict:
    """What one tool says of one data folder: of `asked` things it agrees with all but the cases."""

    tool: str
    material: str
    what: str
    asked: int = 0
    cases: list[Case] = field(default_factory=list)

    def against(
        self,
        topic: str,
        where: str,
        said: str,
        record: StoredRecord | None = None,
        original: StoredRecord | None = None,
    ) -> None:
        self.cases.append(Case(self.tool, topic, where, said, record, original))


class Material:
    """A data folder to be judged: its finished WARC files, and its captures that lie in them."""

    def __init__(self, name: str, archive: Archive, scratch: Path) -> None:
        self.name, self.archive, self.scratch = name, archive, scratch
        self.files = cdxj.finished(archive.warc_folder)

    def captures(self) -> Iterator[Row]:
        """Those that an index lists."""
        sql = (
            "SELECT * FROM capture WHERE record_type IN ('response', 'revisit', 'resource') ORDER BY warc_file, offset"
        )
        finished = {path.name for path in self.files}
        return (row for row in self.archive.catalogue.rows(sql) if row["warc_file"] in finished)

    @cached_property
    def places(self) -> dict[str, tuple[Path, int]]:
        """File and offset of every record, by its id."""
        return {record.id: (path, record.offset) for path in self.files for record in records(path)}

    def record(self, record_id: str) -> StoredRecord | None:
        """A record by its id."""
        path, offset = self.places.get(record_id, (None, 0))
        return next(records(path, offset)) if path else None


@contextmanager
def opened(name: str, data: Path, scratch: Path) -> Iterator[Material]:
    """A data folder as material. Opening it finishes what a killed run left."""
    archive = Archive(data.resolve())  # the tools run in folders of their own
    folder = scratch / f"judged {name}"
    folder.mkdir()
    try:
        yield Material(name, archive, folder)
    finally:
        archive.close()
