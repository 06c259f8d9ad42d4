"""Which reader takes which file: a table by media type. Runs in the worker (parsing/files/worker.py)."""

from __future__ import annotations

from collections.abc import Callable

from parsing.files import docx, pdf
from parsing.files.body import Body

Read = Callable[[bytes], Body]

READERS: dict[str, Read] = {
    "application/pdf": pdf.read,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": docx.read,
}


def read(content: bytes, kind: str) -> Body:
    """The file's content, by its media type. Raises UnreadableError, or whatever a parser does on hostile bytes."""
    reader = READERS.get(kind)
    return Body.unread("no_reader") if reader is None else reader(content)
