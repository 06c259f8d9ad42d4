"""Pictures of pages: scanned PDF and images, read by OCR where the extra `ocr` is installed."""

from __future__ import annotations

from importlib.util import find_spec

from parsing.files.body import NEEDS_OCR, Body


def installed() -> bool:
    """Whether pip install nianbao[ocr] was done."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def scan(flags: list[str], title: str | None = None) -> Body:
    """What the first reading says of a scan: to be read again by OCR, or why that cannot be."""
    return Body(flags=[*flags, NEEDS_OCR if installed() else "ocr_not_installed"], title=title, scanned=True)


def read(content: bytes, kind: str) -> Body:
    raise NotImplementedError
