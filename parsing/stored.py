"""Articles that a page keeps as text until its script shows them, put into the tree as elements."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from parsing.address import ending
from parsing.embedded import FILES
from parsing.markup import tree_of
from parsing.normalise import printable

OPENNESS = "公开"  # a dialog, or a hijacker's text, says nothing of it
OPENNESS_WRITTEN = (OPENNESS, "\\u516c\\u5f00", "\\u516C\\u5F00")  # in a script
FEW_SENTENCES = 3  # an article has more
_MARKUP = re.compile(r"<(?:p|br|div|span|table|section)\b", re.I)
_TEMPLATE = re.compile(r"text/(?:html|\S{0,9}template)", re.I)
_DATA = re.compile(r"(?:text/javascript|application/(?:x-)?(?:javascript|json)|module|)$", re.I)
_HREF = re.compile(r"<a\b[^<>]{0,2000}\bhref\s*=\s*['\"]?([^<>'\"\s]{1,2000})", re.I)
# A string of a script with its name: "content": "…", title: '…', DETAIL.date = "…".
_STRING = re.compile(r"\b(\w{1,30})['\"]?\s{0,4}[:=]\s{0,4}(?:\"((?:[^\"\\\n]|\\.)*+)\"|'((?:[^'\\\n]|\\.)*+)')")
_TEXTS = ("p", "div", "span", "td", "li", "font", "strong", "b", "section", "article", "br", "body")
_BYTE = re.compile(r"\\x([0-9a-fA-F]{2})")
_QUOTE = re.compile(r"\\?(['\"])")
_ESCAPED = re.compile(r"<|\\u003c|\\x3c", re.I)  # what markup begins with, in a script
# What such objects call the facts of their article, as the meta tags of 国办发〔2019〕19号 are called.
NAMES = {
    "title": "articletitle",
    "date": "pubdate",
    "pubdate": "pubdate",
    "publishdate": "pubdate",
    "publishtime": "pubdate",
    "publish_time": "pubdate",
    "publisher": "contentsource",
    "source": "contentsource",
}


class Stored(NamedTuple):
    """An element that was text, and what the page says of it: by the names of meta tags."""

    element: etree._Element
    facts: dict[str, str]


def unpack(root: etree._Element) -> list[Stored]:
    """Markup that a page keeps as text becomes hidden elements: where nothing else is the article, these are.

    It stands in `<textarea id="nr" style="display:none">&lt;p&gt;…`, in `<script type="text/template">`, or as a string of
    a script, with its title beside it: `_CONFIG = {"DETAIL": {"title": "…", "content": "\\u003Cp>…"}}` (gkmlpt). One that
    holds only links to files is shown where the page itself has no article and no link to a file.
    """
    found: list[Stored] = []
    says: bool | None = None  # whether the page shows a sentence; asked when it matters
    strings: list[tuple[etree._Element, str, dict[str, str]]] = []
    for store in list(root.iter("textarea", "script")):
        text = store.text or ""
        if store.tag == "script" and not _TEMPLATE.match(store.get("type", "")):
            speaks = any(word in text for word in OPENNESS_WRITTEN)
            if speaks and _DATA.match(store.get("type", "")) and _ESCAPED.search(text):
                strings.extend((store, markup, facts) for markup, facts in _articles(text))
            continue
        if store.tag == "textarea" and says is not True and "。" in text and _MARKUP.search(text):
            says = _says_anything(root) if says is None else says
            if not says:
                found.extend(_put(store, text, {}, hidden=False))  # a notice of any kind
                says = True
                continue
        if _is_article(text):
            found.extend(_put(store, text, {}, hidden=True))
    for store, markup, facts in strings if len(strings) == 1 else []:  # several are rows of a list
        if _is_article(markup) or not _has_its_own(root):
            found.extend(_put(store, markup, facts, hidden=_is_article(markup)))
    return found


def _has_its_own(root: etree._Element) -> bool:
    """Whether a page shows an article, or leads to a file, without its scripts."""
    said = sum(text.count("。") for text in root.itertext(*_TEXTS, with_tail=True))
    return said > FEW_SENTENCES or any(_is_file(link.get("href", "")) for link in root.iter("a"))


def _is_file(href: str) -> bool:
    return ending(href.split("?")[0]) in FILES


def _says_anything(root: etree._Element) -> bool:
    return any("。" in text for text in root.itertext(*_TEXTS, with_tail=True))


def _is_article(text: str) -> bool:
    return text.count("。") > FEW_SENTENCES and OPENNESS in text and _MARKUP.search(text) is not None


def _put(store: etree._Element, markup: str, facts: dict[str, str], hidden: bool) -> Iterator[Stored]:
    """The markup as an element behind the one that kept it."""
    tree = tree_of(f"<div{' hidden=hidden' if hidden else ''}>{markup}</div>")
    for shown in tree.iterfind("body/div") if tree is not None else ():
        store.addnext(shown)
        yield Stored(shown, facts)


def _articles(script: str) -> Iterator[tuple[str, dict[str, str]]]:
    """(markup, facts) of the objects in a script that have a title, and markup that is an article or leads to its file."""
    markup, facts, end, inside = "", dict[str, str](), 0, False
    for string in _STRING.finditer(script):
        between = script[end : string.start()]
        if re.search(r"[{}]", between):  # another object
            yield from [(markup, facts)] if markup and "articletitle" in facts else []
            markup, facts, inside = "", {}, between.rfind("{") > between.rfind("}")
        end = string.end()
        if not inside:  # document.title = "…"; var tip = "<div>…"
            continue
        if name := NAMES.get(string[1].lower()):
            facts.setdefault(name, _value(string).strip())
        elif not markup and _ESCAPED.search(string[0]):
            value = _value(string)
            markup = (
                value
                if _MARKUP.search(value) and (_is_article(value) or any(map(_is_file, _HREF.findall(value))))
                else ""
            )
    yield from [(markup, facts)] if markup and "articletitle" in facts else []


def _value(string: re.Match[str]) -> str:
    """What a string of JavaScript means; "" for what JSON cannot say."""
    text = _QUOTE.sub(lambda quote: "'" if quote[1] == "'" else '\\"', string[2] or string[3] or "")
    in_json = _BYTE.sub(r"\\u00\1", text)
    try:
        value = str(json.loads(f'"{in_json}"', strict=False))
    except ValueError:
        return ""  # an escape of JavaScript's own
    return printable(value.encode("utf-8", "replace").decode())  # halves of a surrogate pair are no text
