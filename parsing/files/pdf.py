"""PDF by pdfplumber: glyphs and ruling lines of each page, to be put together by parsing.files.layout.

A page without text is a scan. Text whose characters have no meaning (fonts without a map) is asked of pdfium.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pdfplumber
import pypdfium2
from pdfminer.cmapdb import CMapDB
from pdfminer.pdfdocument import PDFNoPageLabels, PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from parsing import lookalikes
from parsing.files import layout
from parsing.files.body import Body, UnreadableError
from parsing.files.layout import Glyph, Page, Stroke
from parsing.files.limits import PAGES
from parsing.files.scans import scan

THIN = 3.5  # points: a filled rectangle that is no higher, or no wider, is a ruling line
_UNMAPPED = re.compile(r"\(cid:\d+\)|[\ue000-\uf8ff\ufffd]")
__all__ = ["PDFNoPageLabels", "read"]


def warm() -> None:
    """Loads the tables of Adobe-GB1, which PDF whose fonts are not embedded ask for: once, before any child is forked."""
    CMapDB.get_unicode_map("Adobe-GB1")
    for name in ("UniGB-UCS2-H", "UniGB-UTF16-H", "GBK-EUC-H"):
        CMapDB.get_cmap(name)


def read(content: bytes) -> Body:
    """The text of a PDF. Raises UnreadableError for one that is encrypted, broken or empty."""
    flags: list[str] = []
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            count = len(pdf.pages)
            title = _title(pdf.metadata.get("Title"))
            pages, behind = [], 0
            for page in pdf.pages[:PAGES]:
                behind += _is_behind_a_picture(page)
                pages.append(_page(page))
    except (PDFPasswordIncorrect, PdfminerException) as error:
        raise UnreadableError(_why(error)) from error
    if not pages:
        raise UnreadableError("corrupt_file")
    if count > PAGES:
        flags.append("pages_cut")
    if behind > len(pages) / 2:
        flags.append("text_of_a_scan")
    flags += layout.mended(pages)
    bare = [at for at, page in enumerate(pages) if not any(g.text.strip() for g in page.glyphs)]
    unmapped = sum(len(_UNMAPPED.findall(g.text)) for page in pages for g in page.glyphs)
    if unmapped > 0.2 * sum(len(page.glyphs) for page in pages):
        flags.append("unmapped_characters")
        bare = list(range(len(pages)))
    try:
        pictured = bool(bare) and _pictures(content, bare)
    except pypdfium2.PdfiumError as error:  # which refuses what pdfminer has read; no other page is lost by that
        if len(bare) == len(pages):
            raise UnreadableError("corrupt_file") from error
        pictured = True
    if pictured:
        if len(bare) == len(pages):
            return scan(flags, title)
        flags.append("pages_without_text")
    found, removed = layout.to_blocks(pages)
    return Body(blocks=found, removed=removed, flags=flags, title=title)


def _title(value: Any) -> str | None:
    """The title of the file's properties, when it is one."""
    known = isinstance(value, str) and value.strip() and not re.fullmatch(r"\W*(?:anonymous|untitled)\W*", value)
    return lookalikes.meant(value)[0] if known else None


def _why(error: Exception) -> str:
    """What is wrong with a PDF that pdfminer does not open."""
    text = f"{error!r} {error.__cause__!r}"
    if "MemoryError" in text:
        return "out_of_memory"
    return "encrypted" if "Password" in text or "Encryption" in text else "corrupt_file"


def _page(page: Any) -> Page:
    glyphs = [_glyph(char) for char in page.chars if char["upright"]]
    read = Page(float(page.width), float(page.height), glyphs, list(_strokes(page)))
    page.close()  # its objects are not asked for again
    return read


def _is_behind_a_picture(page: Any) -> bool:
    """Whether a page with text is a scan that somebody's OCR has put its text behind: its lines are in the picture."""
    area = float(page.width) * float(page.height)
    return bool(page.chars) and any(each["width"] * each["height"] > 0.8 * area for each in page.images)


def _glyph(char: dict[str, Any]) -> Glyph:
    return Glyph(char["text"], char["x0"], char["top"], char["x1"], char["bottom"], char["bottom"] - char["top"])


def _strokes(page: Any) -> Iterator[Stroke]:
    """Straight lines, and thin or outlined rectangles."""
    for edge in page.edges:
        x0, x1, top, bottom = edge["x0"], edge["x1"], edge["top"], edge["bottom"]
        if x1 - x0 > THIN >= bottom - top:
            yield Stroke(x0, (top + bottom) / 2, x1, (top + bottom) / 2)
        elif bottom - top > THIN >= x1 - x0:
            yield Stroke((x0 + x1) / 2, top, (x0 + x1) / 2, bottom)


def _pictures(content: bytes, bare: list[int]) -> bool:
    """Whether pdfium, too, finds no text on the bare pages, and finds something there: a picture of a page."""
    pdf = pypdfium2.PdfDocument(content)
    try:
        return any(next(pdf[at].get_objects(max_depth=3), None) is not None for at in bare[:10])
    finally:
        pdf.close()
