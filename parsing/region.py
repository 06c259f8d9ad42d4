"""Where on a page the report stands (domain.md 3.8, field-notes/reading.md 1.2 and 7).

Every line of text is weighed: statutory headings and tables most, sentences by their length, links not at all; a line
that was seen before (a copy for telephones) counts once. The smallest element that holds most of the weight is the
core. A container that the content systems are known for is taken when it is the core, just around it, or just inside
it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from parsing import copies, markers
from parsing.blocks import Outline, Text
from parsing.grid import own_rows
from parsing.normalise import key, squash, words
from parsing.rules import RULES, Table
from parsing.tree import Page, inline

# Containers that hold a body and nothing else on the systems named in domain.md 3 and cms-shapes.md 7.
STRONG_IDS = words(
    "ivs_content zoom zoomcon fontzoom ucap-content bodylabel vsb_content js_content maintext article_content "
    "articlecontent articlewrap detailcontent easysitetext cmsarticlecontent info_content wenzhang-content "
    "czfxcontent textbody downloadcontent tdcontent con_con printcontent webeditorview news_content contentzoom "
    "article-content nr_zw artibody contenttext"
)
STRONG_CLASSES = words(
    "trs_editor trs_ueditor trs_editor_view custom_unionstyle v_news_content article_zoom ewb-article-content "
    "article-content article_content articlecontent article-con article_con arc_cont news_cont_d_wrap xxgk_content "
    "xxgk_content_nr zw-content wzzw-article xlxlcont wenzhang infocontent_info nr_p content-detail detail-content "
    "main-txt conttxt bt_content pages_content j-fontcontent contt_cont szf_lfnewsdetail mm_all_article detail_info "
    "gp-article xl-nr article-body article_body news_con news-content newscontent newscontnet detail_con text_con"
)
STRONG_TAGS = frozenset(("ucapcontent",))
_CELLS = ("td", "th")
_UNLINKED = etree.XPath(".//text()[not(ancestor::a)]")
_SHORT = 40  # characters: shorter lines come again on page after page
_DISCLAIMER = re.compile(r"\d?[.、]?凡本[站网]|版权与免责|用微信扫一扫|您访问的链接即将离开|为确保最佳浏览效果")
_CHROME = Table(  # a bare date is what the lines of a list have that no link holds: it tells where the list is
    entry for entry in RULES if entry.zone not in ("docshare", "foot") and entry.run == 1 and entry.id != "head.date-line"
)
_SENTENCE = re.compile(r"[。；，、：！？;,:]")
CORE = 0.8  # share of the weight that the core must hold: lower cuts signatures, higher takes the chrome in
LEAST, SIDE = 0.35, 0.15  # a known container below the core: share it must hold; share that makes another its rival
NAMES = 0.15  # of the sentences' weight: more than this names without a sentence, of columns mostly, never weigh
HEADING_WEIGHT = 120  # in characters of prose


class Region(NamedTuple):
    """The element, how it was found (cms:…, core, none), and the weight of report markers in it."""

    element: etree._Element | None
    how: str
    marks: int


def find(page: Page, outline: Outline) -> Region:
    """The element that holds the page's article; `element` is None when there is hardly a sentence on the page."""
    own, weights, marks = _weigh(outline)
    total = sum(own.values())
    containers = [one.element for one in page.named if one.element.tag in STRONG_TAGS or _named(one.name, one.identity)]
    if total < 8:
        bare = next((node for node in containers if "".join(node.itertext()).strip()), None)
        return Region(bare, f"cms:{_name(bare)}" if bare is not None else "none", marks)
    core = _with_tail(_core(page.root, weights, total), own)
    container = _container_around(core, outline)
    container = container if container is not None else _best_container(core, containers, weights, total)
    if container is not None:
        return Region(container, f"cms:{_name(container)}", marks)
    return Region(core, "core", marks)


def _weigh(outline: Outline) -> tuple[dict[etree._Element, float], dict[etree._Element, float], int]:
    """Weight of the lines that stand in an element itself, weight below every element, and the number of statutory
    headings and tables. Chrome weighs nothing; what has no sentence in it never outweighs what has."""
    sentences: dict[etree._Element, float] = {}
    names: dict[etree._Element, float] = {}
    seen: set[str] = set()
    long: list[str] = []
    marks = 0
    for line in outline.lines:
        if line.chrome or (line.table is not None and line.table.sheet):
            continue
        holder = line.holder
        if line.table is not None:
            texts, in_cell = _cells(line), True
        else:
            texts = ["".join(line.text.split()) if line.free is None else line.free]
            parent = holder.getparent()
            in_cell = holder.tag in _CELLS or (parent is not None and parent.tag in _CELLS)
        for text in texts:
            if not text or text in seen:
                continue
            if len(text) >= copies.GIANT:
                if copies.run_together(text, list(seen)):
                    continue
                long.append(text)
            elif len(text) >= 12 and long and any(text in other for other in long):
                continue
            seen.add(text)
            weight = _line_weight(text) if len(text) > _SHORT else _short_weight(text)
            if in_cell:
                weight = max(weight, len(text) * 0.5)  # a table of names and numbers has no sentences
            marks += weight >= HEADING_WEIGHT
            held = names if len(text) < 20 and weight <= 10 and line.table is None else sentences
            held[holder] = held.get(holder, 0.0) + weight
    scale = min(1.0, NAMES * sum(sentences.values()) / (sum(names.values()) or 1.0)) if sum(sentences.values()) >= 15 else 1.0
    own = dict(sentences)
    for holder, weight in names.items():
        own[holder] = own.get(holder, 0.0) + weight * scale
    weights: dict[etree._Element, float] = {}
    for holder, weight in own.items():
        node: etree._Element | None = holder
        while node is not None:
            weights[node] = weights.get(node, 0.0) + weight
            node = node.getparent()
    return own, weights, marks


def _cells(line: Text) -> list[str]:
    """Texts of a table's cells without white space and without what links hold."""
    if line.table is None or line.table.rows is None:
        return ["".join(line.text.split())]
    if line.holder.find(".//a") is None:
        return ["".join(cell.split()) for row in line.table.rows for cell in row if cell]
    return ["".join("".join(_UNLINKED(cell)).split()) for row in own_rows(line.holder) for cell in row if cell.tag in _CELLS]


def _line_weight(line: str) -> float:
    """What a line (without white space) says for an article: 0 or more, in characters of prose.

    Chrome that a rule knows says nothing, nor does the title: both stand outside the article as often as in it.
    """
    length = len(line)
    if _DISCLAIMER.match(line):
        return 0.0
    if length < 4:
        return 0.5 if length else 0.0
    if length < 40:
        flat = squash(line)
        if markers.HEADING.match(flat):
            return float(HEADING_WEIGHT)
        if any(label in flat for label in markers.TABLE_LABELS):
            return 30.0
        if flat.endswith(("报告", "年报")) and "公开" in flat and not _SENTENCE.search(flat):
            return 0.0
    if length < 120 and "。" not in line and _CHROME.first(key(line)) is not None:
        return 0.0
    commas = len(_SENTENCE.findall(line))
    if not commas:
        return 1.0 if length < 20 else length * 0.3
    return length * (1.0 if "。" in line or length > 30 else 0.4)


_short_weight = lru_cache(maxsize=8192)(_line_weight)


def _core(root: etree._Element, weights: dict[etree._Element, float], total: float) -> etree._Element:
    node = root
    while True:
        heavy = max((child for child in node if child in weights), key=lambda child: weights[child], default=None)
        if heavy is None or weights[heavy] < CORE * total or inline(heavy.tag) or heavy.tag == "p":
            return _out_of_table(node)
        node = heavy


def _with_tail(core: etree._Element, own: dict[etree._Element, float]) -> etree._Element:
    """The core, or what is around it when that goes on in bare text, outside any element of its own."""
    around = core.getparent()
    if around is None or around.tag in ("body", "html") or own.get(around, 0.0) < 15:
        return core
    return around


def _out_of_table(node: etree._Element) -> etree._Element:
    """A core that is a data table is widened to what surrounds the table:
    its caption and the lines around belong to it.
    """
    while node.tag in ("table", "tbody", "thead", "tr") and (parent := node.getparent()) is not None:
        node = parent
    return node


def is_container(element: etree._Element) -> bool:
    """Whether an element is one of the known body containers."""
    if element.tag in STRONG_TAGS:
        return True
    identity, classes = element.get("id"), element.get("class")
    return (identity is not None or classes is not None) and _named(classes, identity)


@lru_cache(maxsize=4096)
def _named(classes: str | None, identity: str | None) -> bool:
    if identity and ((low := identity.lower()) in STRONG_IDS or low.startswith("vsb_content")):
        return True
    return classes is not None and not STRONG_CLASSES.isdisjoint(classes.lower().split())


def _container_around(core: etree._Element, outline: Outline) -> etree._Element | None:
    """The outermost known container within three levels above the core that adds little; None when there is none."""
    best: etree._Element | None = None
    inside = outline.size(core)
    for level, node in enumerate([core, *core.iterancestors()]):
        if level > 6 or node.tag in ("body", "html"):
            break
        if is_container(node):
            if level and outline.size(node) > inside * 1.25 + 300:
                break
            best = node
            if node.tag in STRONG_TAGS or level == 0:
                break
    return best


def _best_container(
    core: etree._Element, containers: list[etree._Element], weights: dict[etree._Element, float], total: float
) -> etree._Element | None:
    """Below the core:
    the innermost of the known containers that hold most of its weight, unless the article is in several.
    """
    heavy = [node for node in containers if weights.get(node, 0.0) >= SIDE * total and _within(node, core)]
    if not heavy:
        return None
    best = max(heavy, key=lambda node: (round(weights[node] / total, 1), len(list(node.iterancestors()))))
    rivals = [node for node in heavy if not _within(node, best) and not _within(best, node)]
    return best if weights[best] >= (LEAST if not rivals else CORE) * total else None


def _within(node: etree._Element, top: etree._Element) -> bool:
    return node is top or any(up is top for up in node.iterancestors())


def _name(element: etree._Element) -> str:
    return (element.get("id") or element.get("class") or str(element.tag)).split()[0] if element is not None else ""
