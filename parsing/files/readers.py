"""Which reader takes which file: a table by media type. Runs in the worker (parsing/files/worker.py)."""

from __future__ import annotations

from collections.abc import Callable

from parsing.files import docx, office, pdf, sheets
from parsing.files.body import Body

Read = Callable[[bytes], Body]

_OOXML = "application/vnd.openxmlformats-officedocument."
READERS: dict[str, Read] = {
    "application/pdf": pdf.read,
    f"{_OOXML}wordprocessingml.document": docx.read,
    "application/msword": office.read,
    "application/rtf": office.read,
    "application/vnd.ms-word.xml": office.read,
    f"{_OOXML}spreadsheetml.sheet": sheets.read,
    "application/vnd.ms-excel": sheets.read,
}


def read(content: bytes, kind: str) -> Body:
    """The file's content, by its media type. Raises UnreadableError, or whatever a parser does on hostile bytes."""
    reader = READERS.get(kind)
    return Body.unread("no_reader") if reader is None else reader(content)
