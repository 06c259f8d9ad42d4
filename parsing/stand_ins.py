"""Elements that show a report's words in another way than as text: as a form's fields, as pictures of words, on buttons.

They become text before the form's parts and the pictures are thrown away.
"""

from __future__ import annotations

import re

from lxml import etree

from parsing import markers
from parsing.normalise import squash

_FIELDS = ("", "text", "number", "textarea")  # types of <input>; a search box or a check box shows no report's words
_HANZI = re.compile("[一-鿿]")
_FILE = re.compile(r"\.(?:gif|jpe?g|png|bmp|webp)$", re.I)
MOST = 60  # characters of a heading
_CELLS = ("td", "th")


def to_text(root: etree._Element) -> None:
    """Turns what stands in for words into the words."""
    for element in list(root.iter("input", "textarea", "button", "img")):
        if (words := _words(element)) is not None:
            tail = element.tail
            element.clear()
            element.tag, element.text, element.tail = "span", words, tail


def _words(element: etree._Element) -> str | None:
    if element.tag == "input":
        return element.get("value") if _fixed(element) and (element.get("type") or "") in _FIELDS else None
    if element.tag == "textarea":
        return element.text if _fixed(element) and "<" not in (element.text or "") else None
    if element.tag == "button":
        return _on_button(element)
    return _in_picture(element)


def _fixed(field: etree._Element) -> bool:
    """Whether nobody is to write there: a form that shows what was filled in (JEECMS)."""
    return field.get("readonly") is not None or field.get("disabled") is not None


def _on_button(button: etree._Element) -> str | None:
    """The heading of a section that opens when it is pressed (Bootstrap's accordion)."""
    if "collapse" not in (button.get("data-toggle"), button.get("data-bs-toggle")):
        return None
    words = "".join(button.itertext()).strip()
    return words if len(words) < MOST and _HANZI.search(words) else None


def _in_picture(picture: etree._Element) -> str | None:
    """A statutory heading that is a picture, or the words of a table's head, as the page itself says them."""
    said = (picture.get("alt") or "").strip()
    if not _HANZI.search(said) or len(said) > MOST or _FILE.search(said):
        return None
    if markers.HEADING.match(squash(said)):
        return said
    cell = picture.getparent()
    return said if cell is not None and cell.tag in _CELLS and _in_row_of_pictures(cell) else None


def _in_row_of_pictures(cell: etree._Element) -> bool:
    """Whether each cell of a row holds nothing but a picture with its words, as a table's head does and a gallery does not."""
    row = cell.getparent()
    cells = [other for other in row if other.tag in _CELLS] if row is not None and len(row) < MOST else []
    return len(cells) >= 2 and all(map(_shows_a_picture, cells))


def _shows_a_picture(cell: etree._Element) -> bool:
    """Whether a cell holds a picture with words and nothing else; one that was turned into its words already counts."""
    if len(cell) != 1 or (cell.text or "").strip():
        return False
    return bool(cell[0].get("alt")) if cell[0].tag == "img" else cell[0].tag == "span"
