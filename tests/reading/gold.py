"""Truth by pointer: which elements of a page are the article, and the digest of their text, instead of the text itself.

A label is a line of a file such as tests/reading/real.jsonl. Its XPaths may select elements or text nodes; scripts and
styles are never text. The digest (of `measure.squash`) tells a changed page from a changed reading.
"""

from __future__ import annotations

import hashlib
from typing import Any, TypedDict

from lxml import html

from tests.reading.measure import squash


class Label(TypedDict):
    page: str
    article: list[str]  # XPaths
    without: list[str]  # XPaths of what stands inside and is not the article
    sha256: str
    note: str  # what is worth knowing of the page


def gold_text(page: str, label: Label) -> str:
    """The labelled text, a line a node. Raises ValueError when an XPath finds nothing or the digest is another."""
    root = html.document_fromstring(page.encode("utf-8", "replace"), html.HTMLParser(encoding="utf-8"))
    tree = root.getroottree()
    doomed = [*tree.xpath("//script | //style"), *(node for path in label["without"] for node in _select(tree, path))]
    chosen = [node for path in label["article"] for node in _select(tree, path)]
    for element in doomed:
        if element.getparent() is not None:
            element.drop_tree()
    text = "\n".join(str(node) if isinstance(node, str) else _lines(node) for node in chosen)
    if label["sha256"] and (found := digest(text)) != label["sha256"]:
        raise ValueError(
            f"{label['page']}: expected text with SHA-256 {label['sha256']}, got {found}: is it the same page?"
        )
    return text


def _lines(top: html.HtmlElement) -> str:
    """Its text; a row of a table is a line, its cells parted by " | "."""
    for row in top.iter("tr"):
        row.tail = "\n"
        for cell in row[:-1]:
            cell.tail = " | "
        for cell in row:
            for inner in cell.iter():
                inner.text, inner.tail = (" ".join((part or "").split("\n")) for part in (inner.text, inner.tail))
    return "".join(top.itertext())


def _select(tree: Any, path: str) -> list[html.HtmlElement]:
    found = tree.xpath(path)
    if not found:
        raise ValueError(f"expected XPath {path} to select something, got nothing")
    return list(found)


def digest(text: str) -> str:
    return hashlib.sha256(squash(text).encode()).hexdigest()
