"""HTML text to a tree that holds only what a reader sees:
one root, no scripts, nothing hidden, no Word litter (reading.md 1.3, 7).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from parsing import markers, stand_ins
from parsing.embedded import embedded
from parsing.markup import tree_of
from parsing.normalise import squash, words
from parsing.stored import FEW_SENTENCES, OPENNESS, unpack

# A premature </html> or a second <body> makes libxml2 build a second root; without these tags it builds one.
_SHELL = re.compile(r"</?(?:html|body)\b[^>]{0,2000}>", re.I)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_DROP = words(
    "script style noscript template svg canvas audio video object embed map button select option input textarea "
    "iframe frame frameset link meta base head applet"
)
MANY = 100  # hidden elements that are no panes any more
MAX_FACT = 500  # characters of <title> or of a meta tag that are kept: descriptions are longer, and nobody reads them
# Classes that hide the second copy of an article on a wide screen (seen on real pages). Those that hide on a phone only,
# am-hide-sm-only, are the copy that is shown.
_HIDDEN_CLASSES = words(
    "ng-hide visible-xs visible-xs-block visible-print visible-print-block hidden d-none hide sr-only visually-hidden "
    "am-show-sm-only show_sm none_md none_lg mobile-only m-only layui-hide is-hidden uk-hidden"
)
_HIDING = ("one", "idden", "ONE", "IDDEN", ":-", ": -")
_TITLES = frozenset(("h1", "h2", "h3", "ucaptitle", "ucapcontent", "publishtime", "time"))
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?<![\w-])(?:left|top|text-indent)\s*:\s*-\d{4,}", re.I
)
INLINE = words(
    "a abbr acronym b bdo big cite code del dfn em font i ins kbd label mark q s samp small span strike strong sub "
    "sup tt u var time wbr ruby rt rp nobr st1 img bdi data meter o"
)


def inline(tag: object) -> bool:
    """Whether a tag does not end a line; Word's namespaced tags (o:p, st1:chsdate) do not either."""
    return tag in INLINE or (isinstance(tag, str) and ":" in tag)


class Page:
    """A parsed page: `root` (cleaned, never None), and what was read from the head before it was thrown away.

    Its text is printable (normalise.printable): libxml2 lets control characters in, and lxml then refuses to move them.
    """

    def __init__(self, text: str) -> None:
        text = _SHELL.sub(" ", _XML_DECLARATION.sub("", text))
        root = tree_of(text)
        self.root: etree._Element = root if root is not None else etree.Element("html")
        self.metas: dict[str, str] = {}  # by lower-case name; the first with a content
        self.title = ""
        self.base: str | None = None
        self._read_head()
        stand_ins.to_text(self.root)
        stored = unpack(self.root)
        self.embedded = embedded(self.root, text)
        self.site_code_links = re.findall(r"site_code=\w{10}", text) if "site_code=" in text else []
        # What is left of elements that have a name, or are a title by their tag; whether hidden parts were shown.
        self.named, self.in_parts = _prune(self.root)
        for element, facts in stored:
            if element.getparent() is not None:  # shown: nothing else is the article
                self.metas = {name: fact[:MAX_FACT] for name, fact in facts.items() if fact} | self.metas

    def _read_head(self) -> None:
        for element in self.root.iter("meta", "title", "base"):
            if element.tag == "title":
                self.title = self.title or "".join(element.itertext()).strip()[:MAX_FACT].strip()
            elif element.tag == "base":
                self.base = self.base or element.get("href")
            else:
                name = (
                    (element.get("name") or element.get("property") or element.get("http-equiv") or "").strip().lower()
                )
                content = (element.get("content") or "").strip()[:MAX_FACT]
                if name and content and content.lower() not in ("null", "无", "undefined"):
                    self.metas.setdefault(name, content)


class Named(NamedTuple):
    """An element with its class and id."""

    element: etree._Element
    name: str | None
    identity: str | None


def _prune(root: etree._Element) -> tuple[list[Named], bool]:
    """Takes out what is not shown, keeping every tail: what is left, and whether parts were hidden that a click shows.
    One look at each element's attributes: a page has a thousand.
    """
    etree.strip_elements(root, *_DROP, with_tail=False)
    named: list[Named] = []
    hidden: list[etree._Element] = []
    for element in root.iter("*"):
        name = identity = None
        for key, value in element.items():
            if key == "class":
                name = value
                if _hides(value):
                    hidden.append(element)
            elif key == "id":
                identity = value
            elif key == "style":
                if _styled_away(value):
                    hidden.append(element)
            elif key == "hidden" and value != "false":
                hidden.append(element)
        if name or identity or element.tag in _TITLES:
            named.append(Named(element, name, identity))
    hidden, in_parts = _without_article(root, hidden) if hidden else ([], False)
    if not hidden:
        return named, in_parts
    gone: set[etree._Element] = set()
    for element in hidden:
        if element not in gone:  # else it is in a hidden one
            gone.update(element.iter("*"))
    for element in hidden:
        parent = element.getparent()
        if parent is not None:
            _keep_tail(element, parent)
            parent.remove(element)
    return [one for one in named if one.element not in gone], in_parts


def _without_article(root: etree._Element, hidden: list[etree._Element]) -> tuple[list[etree._Element], bool]:
    """The hidden elements but those around an article that stands nowhere else: it is shown by a script, or by nobody.
    So are the parts of one that a click shows in turn; whether there are such comes as well.
    """
    inside, shown = _sentences(root, hidden)
    most = max(inside.values(), default=0)
    if most > max(FEW_SENTENCES, shown):
        article = _around_openness([element for element in hidden if inside[element] == most])
        hidden = [element for element in hidden if element not in article]
    panes = _panes(hidden) if len(hidden) < MANY else set()
    return [element for element in hidden if element not in panes], bool(panes)


def _around_openness(hidden: list[etree._Element]) -> set[etree._Element]:
    """Those that speak of openness. They are nested, as a rule: what the inner one says, the outer one says."""
    wanted, found = set(hidden), set[etree._Element]()
    for element in hidden[::-1][:MANY]:
        if element not in found and OPENNESS in "".join(element.itertext()):
            found.update(around for around in (element, *element.iterancestors()) if around in wanted)
    return found


def _panes(hidden: list[etree._Element]) -> set[etree._Element]:
    """Elements that are shown in turn with one beside them of their own kind: they hold headings or labels of the report
    that are in none of the others. A copy, an older text and an advertisement do not.
    """
    unseen = set(hidden)
    groups: dict[tuple[etree._Element, tuple[str, str]], list[etree._Element]] = {}
    for element in hidden:
        around, kind = element.getparent(), _kind(element)
        if around is not None and kind is not None:
            groups.setdefault((around, kind), []).append(element)
    found: set[etree._Element] = set()
    for (around, kind), members in groups.items():
        shown = [other for other in around if other not in unseen and _kind(other) == kind]
        there = {word for other in shown for word in _report_words(other)}
        for element in members if shown else ():
            words = _report_words(element)
            if words and not words & there:
                found.add(element)
                there |= words
    return found


def _report_words(element: etree._Element) -> set[str]:
    """Statutory headings, and labels of the statutory tables, that an element holds."""
    lines = (squash(text) for text in element.itertext() if 4 <= len(text) < MAX_FACT)
    return {line for line in lines if markers.HEADING.match(line) or line in markers.TABLE_LABELS}


def _kind(element: etree._Element) -> tuple[str, str] | None:
    """Tag and first class: what the panes of a page have in common. None without a class."""
    name = (element.get("class") or "").split()
    return (str(element.tag), name[0]) if name else None


def _sentences(root: etree._Element, hidden: list[etree._Element]) -> tuple[dict[etree._Element, int], int]:
    """(sentences in each hidden element, sentences that are shown), in one walk."""
    wanted, depth, seen, shown = set(hidden), 0, 0, 0
    inside: dict[etree._Element, int] = {}
    for event, element in etree.iterwalk(root, events=("start", "end")):
        here = element.text if event == "start" else element.tail
        if event == "start" and element in wanted:
            inside[element] = -seen
            depth += 1
        elif event == "end" and element in wanted:
            inside[element] += seen
            depth -= 1
        if here and (count := here.count("。")):
            seen += count
            shown += count if not depth else 0
    return inside, shown


@lru_cache(maxsize=4096)
def _hides(classes: str) -> bool:
    return not _HIDDEN_CLASSES.isdisjoint(classes.split())


@lru_cache(maxsize=4096)
def _styled_away(style: str) -> bool:  # Word styles every span, with the same few styles
    return any(word in style for word in _HIDING) and _HIDDEN_STYLE.search(style) is not None


def _keep_tail(element: etree._Element, parent: etree._Element) -> None:
    if not element.tail:
        return
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + element.tail
    else:
        parent.text = (parent.text or "") + element.tail
    element.tail = None


def inner_text(element: etree._Element, limit: int) -> str:
    """The text inside an element as it stands, its first `limit` characters: an element may hold the whole page."""
    parts: list[str] = []
    left = limit
    for part in element.itertext():
        parts.append(str(part[:left]))
        left -= len(part)
        if left <= 0:
            break
    return "".join(parts)
