"""How much a file may cost to read, by its media type. A line per kind; what is not listed has the last line's."""

from __future__ import annotations

import os
from typing import NamedTuple

MB = 1 << 20
ANSWER = 64 * MB  # bytes of JSON that a reading may give: a hundred large reports
GRACE = 5  # seconds between a limit and the next harder one
PAGES = 200  # of a PDF or an OFD; the longest report seen has 60
OCR_PAGES = 30
OCR_PIXELS = 12_000_000  # of a page; A4 at 150 dpi has 2.2 million
MEMBERS = 100  # files of a zip or an OFD that are looked at
UNPACKED = 200 * MB  # bytes of all members together
RATIO = 200  # a member that unpacks to more than so many times its size, and is large, is a bomb
DEPTH = 2  # archives within archives


class Limits(NamedTuple):
    """`size`: bytes of the file; `seconds`: of the processor, and on the clock; `memory`: bytes of address space."""

    size: int
    seconds: float
    memory: int
    written: int = 256 * MB  # bytes of any file written, for the programs that convert


OCR = ";ocr"  # behind a media type: read by OCR
_PROGRAM = Limits(64 * MB, 90, 4096 * MB)  # LibreOffice asks for much address space and little memory
_OCR = Limits(64 * MB, 900, 6144 * MB)  # so does onnxruntime; 2 to 20 s a page on one or two cores
_OTHER = Limits(64 * MB, 60, 1024 * MB)
_LIMITS: dict[str, Limits] = {
    "application/msword": _PROGRAM,
    "application/rtf": _PROGRAM,
    "application/vnd.ms-word.xml": _PROGRAM,
    "application/zip": _PROGRAM,  # which may hold any of these
    "application/vnd.rar": _PROGRAM,
    "application/x-7z-compressed": _PROGRAM,
}


def limits_of(kind: str) -> Limits:
    """The limits for a media type."""
    return _OCR if kind.endswith(OCR) else _LIMITS.get(kind, _OTHER)


def cores() -> int:
    """How many processes may run at once here: less than the machine has where a container or taskset says so."""
    return len(os.sched_getaffinity(0))
