"""Where on a page the report stands (domain.md 3.8): the smallest element that holds most of what speaks for one.

A container that the content systems are known for is taken when it is that element, just around it, or just inside it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from parsing.blocks import Outline
from parsing.normalise import words
from parsing.tree import Page, inline
from parsing.weights import HEADING_WEIGHT, weigh

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
CORE = 0.8  # share of the weight that the core must hold: lower cuts signatures, higher takes the chrome in
MOST_BEHIND = 20  # elements in what goes on behind the core
INNERMOST = 50  # known containers that are compared: one in the other by the thousand is no page
LEAST, SIDE = 0.35, 0.15  # a known container below the core: share it must hold; share that makes another its rival


class Region(NamedTuple):
    """The element, how it was found (cms:…, titled, core, none), and the weight of report markers in it."""

    element: etree._Element | None
    how: str
    marks: int


def find(page: Page, outline: Outline) -> Region:
    """The element that holds the page's article; `element` is None when there is hardly a sentence on the page."""
    containers = [one.element for one in page.named if one.element.tag in STRONG_TAGS or _named(one.name, one.identity)]
    own, below, total, marks, titled = weigh(page, outline, containers)
    if total < 8:
        bare = next((node for node in containers if "".join(node.itertext()).strip()), None)
        return Region(bare, f"cms:{_name(bare)}" if bare is not None else "none", marks)
    core = _with_tail(_out_of_line(_core(page.root, below, total), outline), own)
    container = _container_around(core, outline)
    container = container if container is not None else _best_container(core, containers, below, total)
    if container is not None:
        return Region(_with_tail(container, own), f"cms:{_name(container)}", marks)
    return Region(core, "titled" if titled else "core", marks)


def _core(root: etree._Element, weights: dict[etree._Element, float], total: float) -> etree._Element:
    node = root
    while True:
        heavy = max((child for child in node if child in weights), key=lambda child: weights[child], default=None)
        if heavy is None or weights[heavy] < CORE * total or inline(heavy.tag) or heavy.tag == "p":
            return _out_of_table(node)
        if any(weights.get(other, 0.0) >= HEADING_WEIGHT and _alike(other, heavy) for other in node):
            return _out_of_table(node)
        node = heavy


def _alike(other: etree._Element, heavy: etree._Element) -> bool:
    """Whether two neighbours are pages of one article: of the same tag and the same class."""
    return other is not heavy and other.tag == heavy.tag and other.get("class") == heavy.get("class") is not None


def _out_of_line(core: etree._Element, outline: Outline) -> etree._Element:
    """A core that is one line of text without a name of its own is a paragraph: what is around it is the article."""
    while core.tag not in ("td", "th", "body", "html") and not core.get("class") and not core.get("id"):
        first, end = outline.spans.get(core, (0, 2))
        around = core.getparent()
        if end - first > 1 or around is None or around.tag in ("body", "html"):
            break
        core = around
    return core


def _with_tail(core: etree._Element, own: dict[etree._Element, float]) -> etree._Element:
    """The core, or what is around it when that goes on in bare text, outside any element of its own, or in the element
    behind it: Word's footnotes, a signature in a container of the same kind."""
    around = core.getparent()
    if around is None or around.tag in ("body", "html"):
        return core
    if own.get(around, 0.0) >= 15:
        return around
    alone = core  # a container in a container: vsb_content around v_news_content
    while (
        is_container(alone) and (around := alone.getparent()) is not None and is_container(around) and len(around) == 1
    ):
        alone = around
    around = alone.getparent()
    return around if around is not None and around.tag not in ("body", "html") and _goes_on(alone) else core


def _goes_on(core: etree._Element) -> bool:
    """Whether the element behind the core holds its end. It is short, else it would weigh as much as the core's own."""
    behind = core.getnext()
    if behind is None or len(behind) > MOST_BEHIND or not "".join(behind.itertext()).strip():
        return False
    if "footnote-list" in (behind.get("style") or ""):
        return True
    first = behind[0] if len(behind) else behind
    return is_container(core) and (is_container(behind) or is_container(first))


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
    heavy = [node for node in containers if weights.get(node, 0.0) >= SIDE * total and _within(node, core)][-INNERMOST:]
    if not heavy:
        return None
    best = max(heavy, key=lambda node: (round(weights[node] / total, 1), len(list(node.iterancestors()))))
    rivals = [node for node in heavy if not _within(node, best) and not _within(best, node)]
    return best if weights[best] >= (LEAST if not rivals else CORE) * total else None


def _within(node: etree._Element, top: etree._Element) -> bool:
    return node is top or any(up is top for up in node.iterancestors())


def _name(element: etree._Element) -> str:
    return (element.get("id") or element.get("class") or str(element.tag)).split()[0] if element is not None else ""
