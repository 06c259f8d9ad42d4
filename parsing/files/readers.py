"""Which reader takes which file: a table by media type. Runs in the worker (parsing/files/worker.py)."""

from __future__ import annotations

from collections.abc import Callable

from parsing.files import archives, docx, ofd, office, pdf, scans, sheets, webpages
from parsing.files.body import Body
from parsing.files.limits import OCR

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
    "application/ofd": ofd.read,
    "multipart/related": webpages.read_mhtml,
    "text/html": webpages.read_html,  # within archives
    "text/plain": webpages.read_text,
}
ARCHIVES = frozenset(("application/zip", "application/vnd.rar", "application/x-7z-compressed"))


def read(content: bytes, kind: str, depth: int = 0) -> Body:
    """The file's content, by its media type. Raises UnreadableError, or whatever a parser does on hostile bytes."""
    if kind.endswith(OCR):
        kind = kind.removesuffix(OCR)
        return scans.read(archives.pictures(content, kind) if kind in ARCHIVES else [content], kind)
    if kind in ARCHIVES:
        return archives.read(content, kind, depth, read)
    if kind.startswith("image/"):
        return scans.scan([])
    reader = READERS.get(kind)
    return Body.unread("no_reader") if reader is None else reader(content)
