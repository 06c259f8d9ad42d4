"""Elements that show a report's words in another way than as text: as a form's fields, as pictures of words, on buttons.

They become text before the form's parts and the pictures are thrown away. What is for the visitor to fill in, to copy or to
look at says nothing of the report and stays what it is.
"""

from __future__ import annotations

import re

from lxml import etree

from parsing import markers
from parsing.normalise import key, squash

_FIELDS = ("", "text", "number")  # types of <input>; a search box or a check box shows no report's words
_FOR_THE_VISITOR = re.compile(r"请(?:选择|输入|填写)|验证码|关键[词字]|https?://|复制")
_HANZI = re.compile("[一-鿿]")
_LOOKED_AT = re.compile(r"(?:图|图片|照片|横幅|二维码|标志|\.(?:gif|jpe?g|png|bmp|webp))$", re.I)
MOST = 60  # characters of a heading; cells of a row of pictures
_CELLS = ("td", "th")


def to_text(root: etree._Element) -> None:
    """Turns what stands in for words into the words."""
    heads: dict[etree._Element, bool] = {}  # rows with pictures: whether they are a table's head
    for element in list(root.iter("input", "textarea", "button", "img")):
        words = _in_picture(element, heads) if element.tag == "img" else _WORDS[str(element.tag)](element)
        if words is not None:
            tail = element.tail
            element.clear()
            element.tag, element.text, element.tail = "p" if len(words) > MOST else "span", words, tail


def _in_field(field: etree._Element) -> str | None:
    """A figure in a table's cell that nobody is to change: a form that shows what was filled in (JEECMS)."""
    value = field.get("value") or ""
    shown = _fixed(field) and (field.get("type") or "") in _FIELDS and _cell_of(field) is not None
    return value if shown and not _FOR_THE_VISITOR.search(value) else None


def _in_area(field: etree._Element) -> str | None:
    """A paragraph in such a form."""
    text = field.text or ""
    shown = _fixed(field) and "<" not in text and _HANZI.search(text) is not None
    return text if shown and not _FOR_THE_VISITOR.search(text[:MOST]) else None


def _fixed(field: etree._Element) -> bool:
    return field.get("readonly") is not None or field.get("disabled") is not None


def _on_button(button: etree._Element) -> str | None:
    """The heading of a section that opens when it is pressed (Bootstrap's accordion)."""
    if "collapse" not in (button.get("data-toggle"), button.get("data-bs-toggle")):
        return None
    words = "".join(button.itertext()).strip()
    return words if len(words) < MOST and markers.NUMBERED.match(key(words)) else None


_WORDS = {"input": _in_field, "textarea": _in_area, "button": _on_button}


def _cell_of(element: etree._Element) -> etree._Element | None:
    around = element.getparent()
    for _ in range(3):
        if around is None or around.tag in _CELLS:
            break
        around = around.getparent()
    return around if around is not None and around.tag in _CELLS else None


def _in_picture(picture: etree._Element, heads: dict[etree._Element, bool]) -> str | None:
    """A statutory heading that is a picture, or the words of a table's head, as the page itself says them."""
    said = (picture.get("alt") or "").strip()
    if not _HANZI.search(said) or len(said) > MOST or _LOOKED_AT.search(said):
        return None
    if markers.HEADING.match(squash(said)):
        return said
    cell = picture.getparent()
    row = cell.getparent() if cell is not None and cell.tag in _CELLS else None
    if row is None or row.tag != "tr":
        return None
    if row not in heads:
        heads[row] = _is_head(row)
    return said if heads[row] else None


def _is_head(row: etree._Element) -> bool:
    """Whether each cell of a row holds a picture with words and nothing else, above a row of as many cells with figures."""
    cells = [cell for cell in row if cell.tag in _CELLS]
    below = row.getnext()
    if not 2 <= len(cells) < MOST or below is None or len(below) != len(cells):
        return False
    figures = any(any(char.isdigit() for char in "".join(cell.itertext())) for cell in below)
    return figures and all(
        len(cell) == 1 and cell[0].tag == "img" and cell[0].get("alt") and not (cell.text or "").strip()
        for cell in cells
    )
