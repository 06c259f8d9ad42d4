"""Markup as a tree: the one way in which all of the reading parses HTML."""

from __future__ import annotations

from lxml import etree


def tree_of(text: str) -> etree._Element | None:
    """Markup as a tree without comments; None when there is none in it. Never raises."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
