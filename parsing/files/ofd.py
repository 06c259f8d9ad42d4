"""OFD (GB/T 33190-2016): the pages' text objects and paths, to be put together by parsing.files.layout.

A zip of XML: OFD.xml names the document, that its pages, each of which has layers of objects. Positions are millimetres.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator

from lxml import etree

from parsing.files import layout
from parsing.files.body import Body, UnreadableError
from parsing.files.layout import Glyph, Page, Stroke
from parsing.files.limits import PAGES
from parsing.files.packed import check

POINT = 72 / 25.4  # points in a millimetre
THIN = 3.5  # points
_STEP = re.compile(r"([MLBQACSZ])\s*((?:-?[\d.]+(?:[eE]-?\d+)?[\s,]*)*)")
Matrix = tuple[float, float, float, float, float, float]


def read(content: bytes) -> Body:
    """The text of an OFD file. Raises UnreadableError for one that is broken, encrypted or a bomb."""
    check(content)
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        parts = _Parts(container)
        pages: list[Page] = []
        pictures = cut = False
        title = None
        main = parts.xml("OFD.xml")
        if parts.has("Encryptions.xml") or main is None:
            raise UnreadableError("corrupt_file" if main is None else "encrypted")
        for body in _all(main, "DocBody"):
            title = title or _text(body, "Title")
            root = parts.find("OFD.xml", _text(body, "DocRoot") or "")
            document = parts.xml(root)
            if document is None:
                continue
            templates = {t.get("ID"): parts.find(root, t.get("BaseLoc") or "") for t in _all(document, "TemplatePage")}
            size = _box(_text(document, "PhysicalBox"))
            for page in _all(document, "Page"):
                if len(pages) >= PAGES:
                    cut = True
                    break
                where = parts.find(root, page.get("BaseLoc") or "")
                element = parts.xml(where)
                if element is None:
                    continue
                used = [t.get("TemplateID") for t in _all(element, "Template")]
                layers = [element, *(x for t in used if (x := parts.xml(templates.get(t, ""))) is not None)]
                pages.append(_page(layers, _box(_text(element, "PhysicalBox")) or size or (0, 0, 210, 297)))
                pictures |= any(True for _ in _all(element, "ImageObject"))
    if not pages:
        raise UnreadableError("corrupt_file")
    if pictures and not any(page.glyphs for page in pages):
        return Body.unread("scanned_ofd", scanned=True)
    flags = [*(["pages_cut"] if cut else []), *layout.mended(pages)]
    found, removed = layout.to_blocks(pages)
    return Body(blocks=found, removed=removed, flags=flags, title=title)


class _Parts:
    """The members of the container, by the paths that its XML gives."""

    def __init__(self, container: zipfile.ZipFile) -> None:
        self.container = container
        self.names = {name.lstrip("/").lower(): name for name in container.namelist()}

    def find(self, base: str, path: str) -> str:
        """A path that stands in the part `base`: from the root with a slash, else from that part's folder."""
        path = path.strip().replace("\\", "/")
        return posixpath.normpath(path if path.startswith("/") else posixpath.join(posixpath.dirname(base), path))

    def has(self, path: str) -> bool:
        return path.lstrip("/").lower() in self.names

    def xml(self, path: str) -> etree._Element | None:
        """The root element of a part, None when it is not there or no XML. Entities are not resolved, nothing is fetched."""
        name = self.names.get(path.lstrip("/").lower())
        if name is None:
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            return etree.fromstring(self.container.read(name), parser)
        except (etree.XMLSyntaxError, ValueError):
            return None


def _all(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return element.iter(f"{{*}}{name}")


def _text(element: etree._Element, name: str) -> str | None:
    return next((found.text for found in _all(element, name) if found.text), None)


def _numbers(text: str | None) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:[eE]-?\d+)?|-?\.\d+", text or "")]


def _box(text: str | None) -> tuple[float, float, float, float] | None:
    numbers = _numbers(text)
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if len(numbers) == 4 else None


def _page(layers: list[etree._Element], box: tuple[float, float, float, float]) -> Page:
    page = Page(box[2] * POINT, box[3] * POINT, [], [])
    for layer in layers:
        for element in layer.iter("{*}TextObject", "{*}PathObject"):
            if etree.QName(element).localname == "TextObject":
                page.glyphs += _glyphs(element)
            else:
                page.strokes += _strokes(element)
    return page


def _place(element: etree._Element) -> Matrix:
    """From an object's own coordinates to points on the page."""
    boundary = _box(element.get("Boundary")) or (0, 0, 0, 0)
    matrix = _numbers(element.get("CTM"))
    a, b, c, d, e, f = matrix if len(matrix) == 6 else (1, 0, 0, 1, 0, 0)
    return a * POINT, b * POINT, c * POINT, d * POINT, (e + boundary[0]) * POINT, (f + boundary[1]) * POINT


def _at(place: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = place
    return a * x + c * y + e, b * x + d * y + f


def _glyphs(element: etree._Element) -> Iterator[Glyph]:
    """The characters of a text object. DeltaX has the steps from each to the next: 3.5 3.5, or g 2 3.5 for two of them."""
    place = _place(element)
    size = next(iter(_numbers(element.get("Size"))), 3.5)
    scale = abs(place[3]) or POINT
    for code in _all(element, "TextCode"):
        x, y = (next(iter(_numbers(code.get(name))), 0.0) for name in ("X", "Y"))
        across, down = _deltas(code.get("DeltaX")), _deltas(code.get("DeltaY"))
        for at, character in enumerate(code.text or ""):
            step = next(across, size if ord(character) > 0x2E7F else size / 2)
            left, base = _at(place, x, y)
            width = min(step or size, size) * abs(place[0] or POINT)
            yield Glyph(
                character, left, base - 0.88 * size * scale, left + width, base + 0.12 * size * scale, size * scale
            )
            x, y = x + step, y + next(down, 0.0)
            if at > 20_000:
                return


def _deltas(text: str | None) -> Iterator[float]:
    words = iter((text or "").replace(",", " ").split())
    for word in words:
        if word == "g":
            count, step = next(words, "0"), next(words, "0")
            numbers = _numbers(step)
            for _ in range(min(int(count), 20_000) if count.isdigit() else 0):
                yield numbers[0] if numbers else 0.0
        else:
            yield next(iter(_numbers(word)), 0.0)


def _strokes(element: etree._Element) -> Iterator[Stroke]:
    """The straight, level or upright parts of a path; a thin filled rectangle gives its two long sides."""
    place = _place(element)
    data = next((found.text for found in _all(element, "AbbreviatedData")), None) or ""
    start = here = (0.0, 0.0)
    for letter, given in _STEP.findall(data[:100_000]):
        numbers = _numbers(given)
        there = start if letter in "CZ" else (numbers[-2], numbers[-1]) if len(numbers) >= 2 else here
        if letter in "MS":
            start = there
        elif letter in "LCZ":
            (x0, y0), (x1, y1) = _at(place, *here), _at(place, *there)
            if abs(x1 - x0) > THIN >= abs(y1 - y0):
                yield Stroke(min(x0, x1), (y0 + y1) / 2, max(x0, x1), (y0 + y1) / 2)
            elif abs(y1 - y0) > THIN >= abs(x1 - x0):
                yield Stroke((x0 + x1) / 2, min(y0, y1), (x0 + x1) / 2, max(y0, y1))
        here = there
