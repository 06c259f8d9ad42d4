"""Pictures of pages: scanned PDF and images, read by rapidocr where the extra `ocr` is installed.

Each character comes with its box, so that a page is put together as a printed one is: by its ruling lines, which are
seen in the picture. The page is first turned upright by the slope of its lines; a cell that has ink and no text (the
detector passes over single digits) is read once more by itself.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from importlib.util import find_spec
from math import atan2, cos, degrees, radians, sin
from statistics import median
from typing import Any, NamedTuple

import pypdfium2
from PIL import Image, UnidentifiedImageError

from parsing.blocks import table_block
from parsing.document import Block
from parsing.files import layout
from parsing.files.body import NEEDS_OCR, Body, UnreadableError
from parsing.files.layout import Box, Glyph, Page, Stroke
from parsing.files.limits import OCR_PAGES, OCR_PIXELS

DPI = 150
POINT = 72 / DPI  # points in a pixel
ACROSS, DOWN = 50, 26  # pixels: the shortest ruling line; no stroke of a character of the text is as long
INK, LINE = 12, 150  # dark pixels of a digit at least, and of a line of a few characters
PADDING = 0.2  # share of a box's height above and below its characters
LOOK_ALIKE = {
    "I": "1",
    "l": "1",
    "|": "1",
    "i": "1",
    "!": "1",
    "O": "0",
    "o": "0",
    "○": "0",
    "〇": "0",
    "Q": "0",
    "D": "0",
}
UPRIGHT, LEAN = frozenset("1Il|!ij/"), 0.18
SURE = 0.5  # confidence below which a reading is noise


def installed() -> bool:
    """Whether pip install nianbao[ocr] was done."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def scan(flags: list[str], title: str | None = None) -> Body:
    """What the first reading says of a scan: to be read again by OCR, or why that cannot be."""
    return Body(flags=[*flags, NEEDS_OCR if installed() else "ocr_not_installed"], title=title, scanned=True)


def read(contents: list[bytes], kind: str) -> Body:
    """The text of a scanned PDF, or of images. Raises UnreadableError for one that is broken or too large."""
    from rapidocr import RapidOCR  # slow to import, and only here

    logging.disable(logging.CRITICAL)
    reader = Reader(RapidOCR())
    flags = ["read_by_ocr"]
    pages = []
    for at, picture in enumerate(each for content in contents for each in _pictures(content, kind)):
        if at >= OCR_PAGES:
            flags.append("pages_cut")
            break
        pages.append(reader.page(picture))
    found, removed = layout.to_blocks(pages)
    if sum(_mend(block.rows or []) for block in found):
        flags.append("ocr_digits_mended")
        found = [
            b if b.rows is None else table_block(b.rows).model_copy(update={"confidence": b.confidence}) for b in found
        ]
    sure = [(glyph.confidence, len(glyph.text)) for page in pages for glyph in page.glyphs]
    mean = sum(each * count for each, count in sure) / max(sum(count for _, count in sure), 1)
    if not found:
        raise UnreadableError("nothing_recognised")
    if any(_is_doubtful(block) for block in found):
        flags.append("ocr_doubtful")
    return Body(blocks=found, removed=removed, flags=flags, scanned=True, confidence=round(mean, 4))


def _mend(rows: list[list[str]]) -> int:
    """Letters that stand alone in a cell between numbers are the digits that they look like. Returns how many."""
    mended = 0
    for row in rows:
        if sum(text.isdigit() for text in row) >= 2:
            for at, text in enumerate(row):
                if text in LOOK_ALIKE:
                    row[at] = LOOK_ALIKE[text]
                    mended += 1
    return mended


def _is_doubtful(block: Block) -> bool:
    return block.confidence is not None and block.confidence < 0.6


def _pictures(content: bytes, kind: str) -> Iterator[Image.Image]:
    if kind == "application/pdf":
        pdf = pypdfium2.PdfDocument(content)
        for page in pdf:
            scale = min(DPI / 72, (OCR_PIXELS / max(page.get_width() * page.get_height(), 1)) ** 0.5)
            yield page.render(scale=scale, grayscale=True).to_pil()
        return
    Image.MAX_IMAGE_PIXELS = OCR_PIXELS * 4
    try:
        with Image.open(io.BytesIO(content)) as opened:
            picture = opened.convert("L")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise UnreadableError("corrupt_file") from error
    if picture.width * picture.height > OCR_PIXELS:
        picture.thumbnail((int(OCR_PIXELS**0.5), int(OCR_PIXELS**0.5)))
    yield picture


class Seen(NamedTuple):
    """A character as the OCR gives it: its confidence, and the four corners of its box in pixels."""

    text: str
    confidence: float
    corners: list[tuple[float, float]]


class Reader:
    """Reads pictures of pages with one engine."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine

    def page(self, picture: Image.Image) -> Page:
        """The picture as a page of glyphs and strokes, in points."""
        import numpy

        seen, slope = self._characters(numpy.asarray(picture.convert("RGB")))
        upright = (
            picture.rotate(slope, resample=Image.Resampling.BICUBIC, fillcolor=255) if abs(slope) > 0.05 else picture
        )
        dark = _dark(upright)
        strokes = list(_strokes(dark))
        glyphs = [_glyph(each, picture, slope if upright is not picture else 0.0) for each in seen]
        page = Page(picture.width * POINT, picture.height * POINT, glyphs, strokes)
        page.glyphs = [*glyphs, *self._missed(page, upright, dark)]
        page.glyphs = _with_slashes(page, dark)
        return page

    def _characters(self, pixels: Any) -> tuple[list[Seen], float]:
        """All characters, and by how many degrees the lines fall to the right (positive: turn left to mend)."""
        # All four are said: the engine keeps for the next call what this one said.
        found = self.engine(pixels, use_det=True, use_cls=True, use_rec=True, return_word_box=True)
        if found is None or not found.txts:
            return [], 0.0
        slopes = []
        for corners, text in zip(found.boxes, found.txts, strict=True):
            (x0, y0), (x1, y1) = corners[0], corners[1]
            if len(text) >= 6 and x1 - x0 > 100:
                slopes.append(_degrees(x1 - x0, y1 - y0))
        words = [word for line in found.word_results or () for word in line]
        seen = [Seen(text, score, [(x, y) for x, y in box]) for text, score, box in words if score >= SURE and box]
        return seen, median(slopes) if slopes else 0.0

    def _missed(self, page: Page, picture: Image.Image, dark: Any) -> Iterator[Glyph]:
        """What stands in cells of tables that have ink where no glyph is: single digits, a line of several."""
        for box in layout.cells_of(page.strokes):
            x0, top, x1, bottom = (round(value / POINT) for value in box)
            if x1 - x0 < 12 or bottom - top < 12:
                continue
            ink = dark[top + 5 : bottom - 5, x0 + 5 : x1 - 5].copy()
            inside = [glyph for glyph in page.glyphs if _is_in(glyph, box)]
            for glyph in inside:
                left, up, right, down = (
                    round(value / POINT) for value in (glyph.x0, glyph.top, glyph.x1, glyph.bottom)
                )
                ink[max(up - top - 10, 0) : down - top, max(left - x0 - 8, 0) : right - x0 - 2] = 0
            if ink.sum() < (LINE if inside else INK):
                continue
            if inside:  # a band of the cell, as high as what is left over
                rows = ink.nonzero()[0]
                top, bottom = top + 5 + int(rows.min()) - 6, top + 5 + int(rows.max()) + 7
                if not 12 <= bottom - top <= 45:
                    continue
            text, score = self._line(picture.crop((x0 + 4, top + 1, x1 - 4, bottom - 1)))
            if (not text or score < SURE) and not inside and _lean(ink) > LEAN:
                text, score = "/", SURE
            if text and score >= SURE:
                middle, height = (top + bottom) / 2 * POINT, min((bottom - top) * POINT, 12.0)
                yield Glyph(text, box[0] + 2, middle - height / 2, box[2] - 2, middle + height / 2, height, score)

    def _line(self, picture: Image.Image) -> tuple[str, float]:
        """The text of a picture of one line, and its confidence."""
        import numpy

        found = self.engine(numpy.asarray(picture.convert("RGB")), use_det=False, use_cls=False, use_rec=True)
        return (found.txts[0].strip(), float(found.scores[0])) if found is not None and found.txts else ("", 0.0)


def _with_slashes(page: Page, dark: Any) -> list[Glyph]:
    """The page's glyphs, with a / where a cell holds nothing but what was read as 1 and leans as no 1 does.

    A stroke through a cell says that there is nothing to report: taken for a 1 it would be a number that nobody wrote.
    """
    glyphs = list(page.glyphs)
    for box in layout.cells_of(page.strokes):
        inside = [at for at, glyph in enumerate(glyphs) if _is_in(glyph, box)]
        if len(inside) != 1 or glyphs[inside[0]].text.strip() not in UPRIGHT:
            continue
        x0, top, x1, bottom = (round(value / POINT) for value in box)
        if _lean(dark[top + 5 : bottom - 5, x0 + 5 : x1 - 5]) > LEAN:
            glyphs[inside[0]] = glyphs[inside[0]]._replace(text="/")
    return glyphs


def _lean(dark: Any) -> float:
    """How far the top third of the ink stands to the right of its bottom third, in heights of the ink."""
    ys, xs = dark.nonzero()
    if len(ys) < 8:
        return 0.0
    low, height = ys.min(), max(int(ys.max() - ys.min()), 1)
    above, below = xs[ys < low + height / 3], xs[ys > low + 2 * height / 3]
    return float((above.mean() - below.mean()) / height) if len(above) and len(below) else 0.0


def _is_in(glyph: Glyph, box: Box) -> bool:
    return box[0] <= (glyph.x0 + glyph.x1) / 2 <= box[2] and box[1] <= (glyph.top + glyph.bottom) / 2 <= box[3]


def _degrees(across: float, down: float) -> float:
    return degrees(atan2(float(down), float(across)))


def _glyph(seen: Seen, picture: Image.Image, slope: float) -> Glyph:
    """A character on the page turned upright about its middle, in points."""
    angle, middle_x, middle_y = radians(slope), picture.width / 2, picture.height / 2
    turned = []
    for x, y in seen.corners:
        dx, dy = x - middle_x, y - middle_y
        turned.append((middle_x + dx * cos(angle) + dy * sin(angle), middle_y - dx * sin(angle) + dy * cos(angle)))
    x0, x1 = min(x for x, _ in turned), max(x for x, _ in turned)
    top, bottom = (turned[0][1] + turned[1][1]) / 2, (turned[2][1] + turned[3][1]) / 2
    height = bottom - top
    top, bottom = top + PADDING * height, bottom - PADDING * height
    return Glyph(
        seen.text, x0 * POINT, top * POINT, x1 * POINT, bottom * POINT, (bottom - top) * POINT, float(seen.confidence)
    )


def _dark(picture: Image.Image) -> Any:
    """1 where a pixel is darker than its surroundings, else 0."""
    import cv2
    import numpy

    return cv2.adaptiveThreshold(numpy.asarray(picture), 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 18)


def _strokes(dark: Any) -> Iterator[Stroke]:
    """Ruling lines: runs of dark pixels, level or upright, that are longer than any stroke of a character."""
    import cv2
    import numpy

    for size, thick in (((ACROSS, 1), (1, 3)), ((1, DOWN), (3, 1))):
        near = cv2.dilate(dark, numpy.ones(thick[::-1], numpy.uint8))  # a line that leans steps from row to row
        lines = cv2.morphologyEx(near, cv2.MORPH_OPEN, numpy.ones(size[::-1], numpy.uint8))
        count, _, boxes, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
        for x, y, width, height, _ in boxes[1:count]:
            if size[0] > 1 and height < 16:
                middle = (y + height / 2) * POINT
                yield Stroke(x * POINT, middle, (x + width) * POINT, middle)
            elif size[1] > 1 and width < 16:
                middle = (x + width / 2) * POINT
                yield Stroke(middle, y * POINT, middle, (y + height) * POINT)
