"""Where on a page the report stands (domain.md 3.8, field-notes/reading.md 1.2 and 7).

Every line of text is weighed: statutory headings and tables most, sentences by their length, links not at all; a line
that was seen before (a copy for telephones) counts once. The smallest element that holds most of the weight is the
core. A container that the content systems are known for is taken when it is the core, just around it, or just inside
it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree

from parsing import markers
from parsing.normalise import squash, words
from parsing.tree import inline

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
_CHROME_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|footer|foot|header|breadcrumb|crumbs?|sidebar|copyright|share|bdshare|related|"
    r"recommend|friendlink|pagination)(?:$|[\s_-])",
    re.I,
)
_BREAK = "\x1e"  # stands for a <br>: no such character is left in a page's text
_CELLS = ("td", "th")
_DISCLAIMER = re.compile(r"\d?[.、]?凡本[站网]|版权与免责|用微信扫一扫|您访问的链接即将离开|为确保最佳浏览效果")
_SENTENCE = re.compile(r"[。；，、：！？;,:]")
CORE = 0.8  # share of the weight that the core must hold: lower cuts signatures, higher takes the chrome in
LEAST, SIDE = 0.35, 0.15  # a known container below the core: share it must hold; share that makes another its rival
HEADING_WEIGHT = 120  # in characters of prose


class Region(NamedTuple):
    """The element, how it was found (cms:…, core, none), and the weight of report markers in it."""

    element: etree._Element | None
    how: str
    marks: int


def find(root: etree._Element) -> Region:
    """The element that holds the page's article; `element` is None when there is hardly a sentence on the page."""
    weights, total, marks = _weigh(root)
    if total < 8:
        bare = _best_container(root, weights, 0)
        return Region(bare, f"cms:{_name(bare)}" if bare is not None else "none", marks)
    core = _core(root, weights, total)
    container = _container_around(core)
    container = container if container is not None else _best_container(core, weights, total)
    if container is not None:
        return Region(container, f"cms:{_name(container)}", marks)
    return Region(core, "core", marks)


def _weigh(root: etree._Element) -> tuple[dict[etree._Element, float], float, int]:
    """Weight below every element, the total, and the number of statutory headings and tables."""
    weights: dict[etree._Element, float] = {}
    seen: set[str] = set()
    total = 0.0
    marks = 0
    for holder, line in _lines(root):
        if line in seen:
            continue
        seen.add(line)
        weight = _line_weight(line)
        if holder.tag in _CELLS or ((parent := holder.getparent()) is not None and parent.tag in _CELLS):
            weight = max(weight, len(line) * 0.5)  # a table of names and numbers has no sentences
        if weight >= HEADING_WEIGHT:
            marks += 1
        if weight <= 0:
            continue
        total += weight
        node: etree._Element | None = holder
        while node is not None:
            weights[node] = weights.get(node, 0.0) + weight
            node = node.getparent()
    return weights, total, marks


def _lines(root: etree._Element) -> list[tuple[etree._Element, str]]:
    """(block element, its own text without links and without its blocks' text). Chrome by name is passed over."""
    found: dict[etree._Element, list[str]] = {}
    stack: list[tuple[etree._Element, etree._Element, bool]] = [(root, root, False)]
    while stack:
        element, holder, linked = stack.pop()
        tag = element.tag
        if tag in ("nav", "footer", "header", "aside") or (
            (element.get("class") or element.get("id")) and _is_chrome(element)
        ):
            continue
        if tag == "br":
            found.setdefault(holder, []).append(_BREAK)
        elif not inline(tag):
            holder = element
        linked = linked or tag == "a"
        if element.text and not linked and not element.text.isspace():
            found.setdefault(holder, []).append(element.text)
        for child in reversed(element):
            if isinstance(child.tag, str):
                stack.append((child, holder, linked))
            if child.tail and not linked and not child.tail.isspace():
                found.setdefault(holder, []).append(child.tail)
    broken = ((holder, part) for holder, parts in found.items() for part in "".join(parts).split(_BREAK))
    return [(holder, line) for holder, part in broken if (line := "".join(part.split()))]


def _is_chrome(element: etree._Element) -> bool:
    return _CHROME_NAME.search(
        f"{element.get('class', '')} {element.get('id', '')}"
    ) is not None and element.tag not in ("body", "html", "form")


def _line_weight(line: str) -> float:
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
    commas = len(_SENTENCE.findall(line))
    if not commas:
        return 1.0 if length < 20 else length * 0.3
    return length * (1.0 if "。" in line or length > 30 else 0.4)


def _core(root: etree._Element, weights: dict[etree._Element, float], total: float) -> etree._Element:
    node = root
    while True:
        heavy = max((child for child in node if child in weights), key=lambda child: weights[child], default=None)
        if heavy is None or weights[heavy] < CORE * total or inline(heavy.tag) or heavy.tag == "p":
            return _out_of_table(node)
        node = heavy


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
    identity = (element.get("id") or "").lower()
    if identity and (identity in STRONG_IDS or identity.startswith("vsb_content")):
        return True
    classes = element.get("class")
    return classes is not None and not STRONG_CLASSES.isdisjoint(classes.lower().split())


def _container_around(core: etree._Element) -> etree._Element | None:
    """The outermost known container within three levels above the core that adds little; None when there is none."""
    best: etree._Element | None = None
    inside = len(squash("".join(core.itertext())))
    for level, node in enumerate([core, *core.iterancestors()]):
        if level > 6 or node.tag in ("body", "html"):
            break
        if is_container(node):
            if level and len("".join("".join(node.itertext()).split())) > inside * 1.25 + 300:
                break
            best = node
            if node.tag in STRONG_TAGS or level == 0:
                break
    return best


def _best_container(top: etree._Element, weights: dict[etree._Element, float], total: float) -> etree._Element | None:
    """Below the core:
    the innermost of the known containers that hold most of its weight, unless the article is in several.
    """
    found = [node for node in top.iter() if isinstance(node.tag, str) and is_container(node)]
    if not total:
        return next((node for node in found if "".join(node.itertext()).strip()), None)
    heavy = [node for node in found if weights.get(node, 0.0) >= SIDE * total]
    if not heavy:
        return None
    best = max(heavy, key=lambda node: (round(weights[node] / total, 1), len(list(node.iterancestors()))))
    rivals = [
        node
        for node in heavy
        if node is not best and best not in node.iterancestors() and node not in best.iterancestors()
    ]
    return best if weights[best] >= (LEAST if not rivals else CORE) * total else None


def _name(element: etree._Element) -> str:
    return (element.get("id") or element.get("class") or str(element.tag)).split()[0] if element is not None else ""
