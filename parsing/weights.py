"""How much each line of a page says for an article's standing there (field-notes/reading.md 1.2 and 7).

Statutory headings and tables say most, sentences as much as they are long, links nothing; a line that was seen before (a
copy for telephones) counts once. Lines above the page's title say little, the block around a footer's ICP number nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from parsing import copies, markers
from parsing.blocks import Outline, Text
from parsing.grid import own_rows
from parsing.normalise import key, keys, squash, squashed_key
from parsing.rules import BY_ID, RULES, Table
from parsing.titles import title_parts
from parsing.tree import Page

_CELLS = ("td", "th")
_INFO = re.compile(r"\W*(?:发布|发文|更新|公开)?(?:时间|日期)\s*[:：]\s*\d{4}")
_UNLINKED = etree.XPath(".//text()[not(ancestor::a)]")
_SHORT = 40  # characters: shorter lines come again on page after page
_DISCLAIMER = re.compile(r"\d?[.、]?凡本[站网]|版权与免责|用微信扫一扫|您访问的链接即将离开|为确保最佳浏览效果")
_CHROME = Table(  # a bare date is what the lines of a list have that no link holds: it tells where the list is
    entry
    for entry in RULES
    if entry.zone not in ("docshare", "foot") and entry.run == 1 and entry.id != "head.date-line"
)
_FOOTER = ("ICP备", "网站标识码", "公网安备", "版权所有")  # one of them proves a footer …
FOOTER_SIZE = 700  # … and what stands around it in an element of so many characters at most is the footer's
_OTHERS = Table(BY_ID[name] for name in ("t.related", "t.comments"))
_MAY_BE_OTHERS = re.compile(r"[【\[]?(?:相关|推荐|热点|热门|延伸|猜你|信息|最新|网友|我要|发表|评论)")
OTHERS_SIZE = 1500  # characters behind 相关链接 in its element that are other articles'
_SENTENCE = re.compile(r"[。；，、：！？;,:]")
HEADING_WEIGHT = 120  # in characters of prose
NAMES = 0.15  # of the sentences' weight: more than this names without a sentence, of columns mostly, never weigh
ABOVE, ENOUGH = 0.005, 8  # what is left of a line's weight above the title, when there is as much as this below it
TITLE_LINES = 4  # lines that a title may be broken into
KNOWN = 2.0  # how much more a line says in a container that the content systems are known for


class Weights(NamedTuple):
    own: dict[etree._Element, float]  # of the lines that stand in an element itself
    below: dict[etree._Element, float]  # of those in the elements inside as well
    total: float
    marks: int  # statutory headings and long paragraphs
    titled: bool  # whether it is known where the title stands


def weigh(page: Page, outline: Outline, containers: list[etree._Element]) -> Weights:
    """What speaks for which element. `containers` are those that are known by their names."""
    keys([line.text for line in outline.lines if line.table is None])  # known from here on, at the price of one call
    title_at = _title_at(page, outline.lines)
    factors = _factors(outline, containers)
    said: list[tuple[etree._Element, float, bool, bool]] = []  # element, weight, above the title, a mere name
    seen: set[str] = set()
    long: list[str] = []
    marks = 0
    for at, (line, factor) in enumerate(zip(outline.lines, factors, strict=True)):
        if not factor:
            continue
        holder = line.holder
        if line.table is not None:
            texts, in_cell = _cells(line), True
        else:
            texts = ["".join(line.text.split()) if line.free is None else line.free]
            parent = holder.getparent()
            in_cell = holder.tag in _CELLS or (parent is not None and parent.tag in _CELLS)
        for text in texts:
            if not text or text in seen or _is_copy(text, seen, long):
                continue
            seen.add(text)
            weight = _line_weight(text) if len(text) > _SHORT else _short_weight(text)
            if at == title_at:
                weight = 0.0
            elif in_cell and (weight or line.table is not None):
                weight = max(weight, len(text) * 0.5)  # a table of names and numbers has no sentences
            marks += weight >= HEADING_WEIGHT
            name = factor < KNOWN and len(text) < 20 and weight <= 10 and line.table is None
            name = name and (at < title_at or not title_at or _among_links(outline.lines, at))
            said.append((holder, weight * factor, at < title_at, name))
    own = _balanced(said)
    below: dict[etree._Element, float] = {}
    for holder, weight in own.items():
        node: etree._Element | None = holder
        while node is not None:
            below[node] = below.get(node, 0.0) + weight
            node = node.getparent()
    return Weights(own, below, sum(own.values()), marks, title_at > 0)


def _among_links(lines: list[Text], at: int) -> bool:
    """Whether half of the lines around one are links: it is a menu's or a list's."""
    return sum(line.linked for line in lines[max(at - 2, 0) : at + 3]) >= 2


def _is_copy(text: str, seen: set[str], long: list[str]) -> bool:
    """Whether a line is a part, or the whole, of an article that was seen in another form; `long` grows."""
    if len(text) >= copies.GIANT and len(long) < copies.GIANTS:
        if copies.run_together(text, list(seen) if len(seen) <= copies.MANY else []):
            return True
        long.append(text)
        return False
    return len(text) >= 12 and any(text in other for other in long)


def _balanced(said: list[tuple[etree._Element, float, bool, bool]]) -> dict[etree._Element, float]:
    """By element: what stands above the title says little when there is enough below it, names no more than sentences."""
    below_title = sum(weight for _, weight, above, _ in said if not above)
    above_factor = ABOVE if below_title >= ENOUGH else 1.0
    sentences = sum(weight * (above_factor if above else 1.0) for _, weight, above, name in said if not name)
    names = sum(weight * (above_factor if above else 1.0) for _, weight, above, name in said if name)
    name_factor = min(1.0, NAMES * sentences / (names or 1.0)) if sentences >= 15 else 1.0
    own: dict[etree._Element, float] = {}
    for holder, weight, above, name in said:
        own[holder] = own.get(holder, 0.0) + weight * (above_factor if above else 1.0) * (name_factor if name else 1.0)
    return own


def _factors(outline: Outline, containers: list[etree._Element]) -> list[float]:
    """By line: 0 for chrome and footers, KNOWN in a known container, else 1."""
    lines = outline.lines
    named = any("。" in line.text for line in lines if not line.chrome)  # else it is the article that is called so
    factors = [
        0.0 if (named and line.chrome) or (line.table is not None and line.table.sheet) else 1.0 for line in lines
    ]
    starts = Counter(outline.spans[container][0] for container in containers if container in outline.spans)
    ends = Counter(outline.spans[container][1] for container in containers if container in outline.spans)
    depth = 0
    for at, factor in enumerate(factors):
        depth += starts[at] - ends[at]
        if depth and factor:
            factors[at] = KNOWN
    for at, line in enumerate(lines):
        if line.table is not None or not factors[at]:
            continue
        if len(line.text) < FOOTER_SIZE and any(mark in line.text for mark in _FOOTER):
            first, end = _footer(outline, line, at)
            factors[first:end] = [0.0] * (end - first)
        elif len(line.text) < 12 and _MAY_BE_OTHERS.match(line.text) and _OTHERS.first(key(line.text)) is not None:
            around = line.holder.getparent()
            end = outline.spans.get(around, (at, at + 1))[1] if around is not None else at + 1
            if _size(lines, at, end) < OTHERS_SIZE:
                factors[at:end] = [0.0] * (end - at)
    return factors


def _title_at(page: Page, lines: list[Text]) -> int:
    """Where the article's title stands as a line of its own, outside links: the page's title, else a first heading, else
    the line, or the sheet, of date and source; 0 when there is none of them."""
    return _said_title(page, lines) or _marked_title(lines) or _info_line(lines)


def _marked_title(lines: list[Text]) -> int:
    return next(
        (at for at, line in enumerate(lines) if line.holder.tag == "h1" and line.free is None and len(line.text) >= 6),
        0,
    )


def _info_line(lines: list[Text]) -> int:
    for at, line in enumerate(lines):
        if line.table is not None:
            if line.table.sheet:
                return at
        elif not line.chrome and 8 <= len(line.text) < 120 and _INFO.match(line.text):
            return at
    return 0


def _said_title(page: Page, lines: list[Text]) -> int:
    parts = title_parts(page.title)
    wanted = {squash(title) for title in (page.metas.get("articletitle", ""), *parts[:1]) if len(title) >= 6}
    if not wanted:
        return 0
    for at, line in enumerate(lines):
        if line.free is None and not line.chrome and line.table is None and len(line.text) < 120:
            flat = squashed_key(key(line.text))
            begun = {title for title in wanted if title.startswith(flat)}
            for following in lines[at + 1 : at + TITLE_LINES]:
                if not begun or begun & {flat}:
                    break
                flat += squashed_key(key(following.text[:120]))
                begun = {title for title in begun if title.startswith(flat)}
            if flat in wanted:
                return at
    return 0


def _footer(outline: Outline, line: Text, at: int) -> tuple[int, int]:
    """First and end of the lines of a footer, of which `line` is one: the largest element around it without a sentence
    of prose."""
    found = (at, at + 1)
    for node in (line.holder, *line.holder.iterancestors()):
        if node.tag in ("body", "html") or node not in outline.spans:
            break
        first, end = outline.spans[node]
        if _size(outline.lines, first, end) > FOOTER_SIZE or any(_prose(other) for other in outline.lines[first:end]):
            break
        found = (first, end)
    return found


def _size(lines: list[Text], first: int, end: int) -> int:
    """Characters of some lines, or as many as make the rest pointless to count."""
    count = 0
    for at in range(first, end):
        count += len(lines[at].text)
        if count > OTHERS_SIZE:
            break
    return count


def _prose(line: Text) -> bool:
    return line.table is not None or (
        "。" in line.text
        and len(line.text) >= 15
        and _CHROME.first(key(line.text)) is None
        and not _DISCLAIMER.match(line.text)
    )


def _cells(line: Text) -> list[str]:
    """Texts of a table's cells without white space and without what links hold."""
    if line.table is None or line.table.rows is None:
        return ["".join(line.text.split())]
    if line.holder.find(".//a") is None:
        return ["".join(cell.split()) for cell in dict.fromkeys(cell for row in line.table.rows for cell in row)]
    return [
        "".join("".join(_UNLINKED(cell)).split()) for row in own_rows(line.holder) for cell in row if cell.tag in _CELLS
    ]


def _line_weight(line: str) -> float:
    """What a line (without white space) says for an article: 0 or more, in characters of prose.

    Chrome that a rule knows says nothing, nor does the title: both stand outside the article as often as in it.
    """
    length = len(line)
    if _DISCLAIMER.match(line):
        return 0.0
    if length < 4:
        return 0.5 if length else 0.0
    if length < _SHORT:
        flat = squashed_key(key(line))
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
