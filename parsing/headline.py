"""The title of a publication, from several witnesses: meta tags, headings, <title>, lines of the body, a file's name.

Names of the site and of its columns stand in the same places and are never a title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from lxml import etree

from parsing import dates, normalise
from parsing.document import Witness
from parsing.titles import EXTENSION, SITE_WORD, classify, is_column_name, title_parts
from parsing.tree import Page, inner_text
from parsing.witness import weigh

_TITLE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:article[_-]?title|arc[_-]?title|xl[_-]?title|info[_-]?title|con[_-]?title|news[_-]?title|"
    r"newstitle|detail[_-]?title|titlestyle\d*|ivs_title|ewb-article-tt|ewb-article-title|"
    r"main[_-]?title|bt[_-]?title|content[_-]?title|wz[_-]?title|xxgk[_-]?title|page[_-]?title|zw[_-]?title|"
    r"article-tit|art_title|artitle|title|tit|bt|biaoti|heading)(?:$|[\s_-])",
    re.I,
)
_TITLE_TAGS = frozenset(("div", "p", "h2", "h3", "span", "td", "strong", "li", "section", "font"))
LOOKED = 50  # elements named as a title are looked at: a list has one in every line
RAW_TITLE = 2000  # characters of an element that are looked at for a title: layout blanks, and what is cut off behind
_MAY_ANNOUNCE = re.compile(r"[报報]|自[查评評]|[息公开開工作年度](?:\.{2,}|…+)?$")
_ENDS = ("。", "：", ":", "；")


class Titles(NamedTuple):
    """Title chosen (as on the page) and all that were considered."""

    value: str | None
    witnesses: list[Witness]


@lru_cache(maxsize=1024)  # head, heading and body mostly have the same one
def _clean_title(text: str) -> str:
    text = normalise.tidy(re.sub(r"(?<=[一-鿿])\t+(?=[一-鿿])", "", text.replace("\xa0", " ")))
    text = EXTENSION.sub("", re.sub(r"<[^>]{1,40}>", "", text))
    text = re.sub(r"\s*(?:发布时间|发布日期|信息来源|来源|作者|日期|时间|浏览次数)\s*[:：].*$", "", text)
    text = re.sub(r"(?<=[一-鿿）)])\s*(?:19|20)\d\d-\d{1,2}-\d{1,2}\s+\d{1,2}:\d\d(?::\d\d)?\s*$", "", text)
    return re.sub(r"(?:\s*[\[【(]\s*(?:字体|打印|关闭|大\s*中\s*小).*)$", "", text).strip(" \t:：|>-_·")


def html_titles(page: Page, region: etree._Element | None, first_lines: list[str], site: str | None) -> Titles:
    """Title witnesses of an HTML page. Names of the site and of columns are never a title."""
    column = page.metas.get("columnname", "")
    raw: list[tuple[str, str, float]] = []
    if value := page.metas.get("articletitle"):
        raw.append((value, "meta:ArticleTitle", 4.0))
    for tag, weight in (("ucaptitle", 4.0), ("h1", 3.5)):
        marked = (one.element for one in page.named if one.element.tag == tag)
        raw.extend((inner_text(node, RAW_TITLE), tag, weight) for node in islice(marked, 3))
    named = 0
    around = region if region is not None and len(region) < 40 else None
    looked = 0
    for node, name, identity in page.named:
        if named > 5:
            break
        if node.tag in ("h2", "h3") or (node.tag in _TITLE_TAGS and _names_title(name, identity)):
            text = _clean_title(inner_text(node, RAW_TITLE)) if len(node) < 12 and len(node.findall(".//a")) < 2 else ""
            if not 4 <= len(text) <= 120:
                continue
            looked += 1
            if looked > LOOKED:
                break
            if around is None or (node is not around and around not in node.iterancestors()):
                named += 1
                raw.append(_named_title(text, node.tag, first=named == 1))
    parts = title_parts(page.title)
    if parts:
        raw.append((parts[0], "title", 2.0))
        if len(parts) > 1 and len(page.title) < 80:
            raw.append((page.title, "title:whole", 0.1))
    listed = sum(_announces(line, ("annual_report",)) for line in first_lines[:12])
    for at, line in enumerate(first_lines[:4] if listed < 3 else []):
        if _announces(line, ("annual_report", "self_check")):
            raw.append((line, "body", 2.5 if at < 2 else 2.0))
        elif at == 0 and 8 <= len(line) <= 50 and not line.endswith(_ENDS) and not dates.first_date(line):
            raw.append((line, "body:first", 0.8))
    if not any(classify(value).kind == "annual_report" for value, _, _ in raw):
        raw.extend(_unmarked(page.root))
    return _choose(raw, site, column, page.title)


def _announces(line: str, kinds: tuple[str, ...]) -> bool:
    """Whether a line of the body reads like a title of one of the kinds; what none of their kernels can be in is not asked."""
    return len(line) < 70 and _MAY_ANNOUNCE.search(line) is not None and classify(line).kind in kinds


def marks_title(element: etree._Element) -> bool:
    """Whether an element is the page's own for its title, by its tag or its name."""
    return element.tag in ("h1", "h2", "ucaptitle") or _names_title(element.get("class"), element.get("id"))


@lru_cache(maxsize=4096)
def _names_title(name: str | None, identity: str | None) -> bool:
    return _TITLE_NAMES.search(f"{name or ''} {identity or ''}") is not None


def _unmarked(root: etree._Element) -> Iterator[tuple[str, str, float]]:
    """The first line of its own, outside any link, that reads like a report's title: old portals mark it by size alone."""
    for node in root.iter("td", "center", "b", "strong", "font", "p", "div", "span"):
        if len(node) > 2 or node.find(".//a") is not None or next(node.iterancestors("a"), None) is not None:
            continue
        text = _clean_title(inner_text(node, RAW_TITLE))
        if len(text) < 70 and classify(text).kind == "annual_report":
            yield text, "visible", 1.5
            return


def text_titles(lines: list[str], docshare: bool, named: str | None = None) -> Titles:
    """Title witnesses of a plain text: lines near the top that match the grammar, two lines in one, a file's name.

    `named` is what the properties of a file say, which often are another file's.
    """
    raw: list[tuple[str, str, float]] = []
    for at, line in enumerate(lines[:25]):
        text = re.sub(r"(?<![|\s])[|\s]+$", "", line.strip())
        if (
            not text
            or len(text) > 80
            or text.startswith(("附件", "附表"))
            or re.match(r"\W*(?:上一|下一|.{0,10}位置|首页)", normalise.key(text))
        ):
            continue
        stem = re.sub(r"\.(?:docx?|pdf|wps)$", "", text, flags=re.I)
        if stem != text:
            raw.append((stem, "file-name", 2.5))
        following = next((other.strip() for other in lines[at + 1 : at + 3] if other.strip()), "")
        kind = classify(text).kind
        whole = classify(text + following) if len(following) < 40 and len(text) < 40 else None
        halves = re.search(r"(?:年|年度|的|政府|局|关于)$", text) and classify(following).kind == "annual_report"
        if whole and whole.kind == "annual_report" and whole.organ and halves:
            raw.append((text + following, "lines", 3.5))
        elif kind in ("annual_report", "self_check"):
            raw.append((text, "line", 3.0))
        elif "范文" in text and "信息公开" in text:
            raw.append((text, "line:sample", 2.0))
        elif at == 0 and kind == "neighbour" and len(text) <= 50 and not text.endswith(("。", ";", "；", ":", "：")):
            raw.append((text, "line:first", 1.5))
    if named:
        stem = re.sub(r"^Microsoft Word - |\.(?:docx?|pdf|wps|xlsx?)$", "", named, flags=re.I)
        raw.insert(0, (stem, "properties", 0.5))
    return _choose(raw[:12], None, "", "")


def _named_title(text: str, tag: str, first: bool) -> tuple[str, str, float]:
    """A witness that its element names: what is called a title is one rather than a heading, which stands in any box."""
    if tag in ("h2", "h3"):
        return text, tag, 2.0 if first else 1.6
    return text, "class:title", 2.2


def _choose(raw: list[tuple[str, str, float]], site: str | None, column: str, head: str) -> Titles:
    witnesses: list[Witness] = []
    for value, source, weight in raw:
        text = _clean_title(value)
        if not text or len(text) > 150:
            continue
        flat = normalise.squash(text)
        kind = classify(text).kind
        names = (normalise.squash(site or ""), normalise.squash(column))
        if flat in names or is_site_name(flat) or (is_column_name(text) and kind != "annual_report"):
            weight = 0.0
        elif kind in ("annual_report", "self_check"):
            weight += 2.0
        elif text.endswith(("…", "...")):
            weight *= 0.3
        if weight > 0 and head and source != "title" and flat in normalise.squash(head):
            weight += 1.3 if source == "body:first" and normalise.squash(head).startswith(flat) else 1.0
        if source == "class:title" and len(text) < 6:
            weight = 0.0
        witnesses.append(Witness(value=text, source=source, weight=weight))
    best, _, marked = weigh(witnesses, normalise.squash)
    return Titles(best, marked)


def is_site_name(flat: str) -> bool:
    return (
        len(flat) <= 24
        and SITE_WORD.search(flat) is not None
        and "公开" not in flat[:-4]
        and not re.search(r"关于|通知|公告|报告", flat)
    )
