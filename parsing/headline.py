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
from parsing.markers import LONG, NUMBERED, opens_body, table_labels
from parsing.rules import DOCSHARE, HEAD, SITE_LINE, TAIL, Table
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
_CHROME = Table((*HEAD, *TAIL))
_SHARED = Table(DOCSHARE)
_FORUM = ("x.forum", "x.forum-edited", "x.forum-posted", "x.forum-tools", "x.forum-reply")
_UNDER = ("head.info", "head.info-date", "head.date-line", "head.law-database", *_FORUM, "head.poster", "doc.facts")
_NO_TITLE = (
    "head.position",
    "head.breadcrumb",
    "head.crumbs",
    "head.menu",
    "head.info",
    "head.sheet",
    "head.index-number",
    "t.neighbours",
    *_FORUM,
)
_LABELLED = re.compile(r"^[-·•*]?\s*(?:信息名称|文件名称|文件标题|名\s*称|标\s*题)\s*[:：]\s*(?=\S)")
# What papers call themselves at the end of their titles; news is told by the line of date and source below it.
_PAPER = re.compile(
    r"(?:通知|通报|通告|公告|公示|函|意见|批复|答复|复函|决定|命令?|办法|规定|细则|制度|规则|条例|方案|计划|要点|清单|目录|指南|须知|"
    r"解读|说明|问答|报告|总结|汇报|年报|简报|纪要|讲话|致辞|情况|表|书|解析|观察|分析|研究)"
    r"(?:[(（\[【〔].{1,20})?$|^《.{6,60}》.{0,8}$"
)
_WORDS = re.compile(r"(?:\S{2,8}\s){3,}\S{2,8}$")  # a menu in one line; a headline has a blank or two
_FIGURED = re.compile(r"[(]?\d{1,2}\s?[.、)](?!\d)")  # 1.总体情况
_FIELD = re.compile(
    r"\(|[^,。《]{0,6}(?:人|机关|机构|单位|部门|类别|电话|地址|日期|时间|号|方式)\s?:"
)  # 签发人: (2023年度)
_DOCUMENT_NUMBER = re.compile(
    r"[^\s,。;:]{1,14}\s?[〔\[(](?:19|20)\d{2}[〕\])]\s?\d{1,5}\s?号$"
)  # 云政办函〔2023〕12号
_LONGEST_TITLE = 71
_ISSUER = re.compile(r"(?:人民政府|办公室|办公厅|委员会|[局厅委院])$")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_LISTED = 4  # bodies and years whose reports' titles stand near the top: a page that lists them
_NO_SHARED_TITLE = ("doc.labels", "doc.keywords", "doc.site", "doc.samples", "doc.facts")
_MENUS = 80  # lines, blank ones not counted, that menus may take above a title


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
    begun = False
    for at, line in enumerate(lines[:_MENUS]):
        begun = begun or opens_body(normalise.key(line[:200]))
        if at >= 25 and begun:
            break
        text = re.sub(r"(?<![|\s])[|\s]+$", "", line.strip())
        form = normalise.key(text)
        if (
            not text
            or len(text) > 80
            or text.startswith(("附件", "附表"))
            or re.match(r"\W*(?:上一|下一|.{0,10}位置|首页)|[>»›]", form)
        ):
            continue
        if label := _LABELLED.match(text):
            raw.append((text[label.end() :], "sheet", 3.0))
            continue
        if ((entry := _CHROME.first(form)) and entry.id in _NO_TITLE) or (NUMBERED.match(form) and form.endswith("。")):
            continue
        if docshare and (entry := _SHARED.first(form)) and entry.id in _NO_SHARED_TITLE:
            continue
        stem = re.sub(r"\.(?:docx?|pdf|wps)$", "", text, flags=re.I)
        if stem != text:
            raw.append((stem, "file-name", 2.5))
            continue
        following = next((other.strip() for other in lines[at + 1 : at + 3] if other.strip()), "")
        kind = "unknown" if text.endswith("。") and re.search("[，,]", text) else classify(text).kind  # a sentence
        whole = classify(text + following) if len(following) < 40 and len(text) < 40 else None
        halves = re.search(r"(?:年|年度|的|政府|局|关于)$", text) and classify(following).kind == "annual_report"
        if halves and following.startswith((">", "»", "›")):
            halves = None  # parts of a breadcrumb, a line each
        if halves and text.endswith(("政府", "局")) and classify(following).organ:
            halves = None  # a whole title below the name of a site
        if whole and whole.kind == "annual_report" and whole.organ and halves:
            raw.append((text + following, "lines", 3.5))
        elif kind in ("annual_report", "self_check"):
            bare = is_column_name(text) and not _YEAR.search(form)  # a menu's item rather than a title
            raw.append((text, "line", 1.0 if bare else 3.0))
        elif "范文" in text and "信息公开" in text:
            raw.append((text, "line:sample", 2.0))
    listed = {
        (facts.organ, facts.year)
        for facts in (classify(text) for text, source, _ in raw if source == "line")
        if facts.year
    }
    if len(listed) >= _LISTED:
        raw = [
            witness for witness in raw if witness[1] != "line"
        ]  # entries of a list: none of them is the page's title
    elif opening := _opening(lines, docshare):
        raw.insert(0, (opening, "line:first", 3.5 if classify(opening).kind == "neighbour" else 1.5))
    if named:
        stem = re.sub(r"^Microsoft Word - |\.(?:docx?|pdf|wps|xlsx?)$", "", named, flags=re.I)
        raw.insert(0, (stem, "properties", 0.5))
    return _choose(raw[:12], None, "", "")


def _opening(lines: list[str], docshare: bool) -> str | None:
    """The title of a text that may be no report: the first line that is neither chrome nor body, when what stands around
    it says so: the page's furniture above, the line of date and source below, or a paper's own word at its end.
    """
    whole = [line.strip() for line in lines if line.strip()][: _MENUS + 1]
    forms = normalise.keys(whole)
    below_chrome = False
    for at, form in enumerate(forms[:_MENUS]):
        if _DOCUMENT_NUMBER.match(form):
            continue
        if _CHROME.first(form) or SITE_LINE.matches(form) or (docshare and _SHARED.first(form)):
            below_chrome = True
            continue
        kind = classify(form).kind
        if kind in ("annual_report", "self_check") and _YEAR.search(form):
            return None
        if opens_body(form) or len(form) >= _LONGEST_TITLE or form.endswith("。"):
            return None
        if not _may_open(form):
            continue
        following = forms[at + 1] if at + 1 < len(forms) else ""
        entry = _CHROME.first(following)
        if entry is not None and entry.id in _UNDER:
            return _with_body(whole, at)
        if table_labels(normalise.squashed_key(form)):
            continue
        if at == 0 and kind == "neighbour" and len(form) <= 50:
            return _with_body(whole, at)
        paper = _PAPER.search(form) is not None
        goes_on = len(following) >= LONG or following.endswith(_ENDS) or NUMBERED.match(following) is not None
        if (goes_on and (below_chrome or paper)) or ((below_chrome or at < 3) and paper and _YEAR.search(form)):
            return _with_body(whole, at)
    return None


def _with_body(whole: list[str], at: int) -> str:
    """A title whose first half, the body's name, stands in the line above: 云棠县人民政府 / 关于印发某办法的通知."""
    above = whole[at - 1] if at else ""
    halves = whole[at].startswith(("关于", "關於")) and len(above) <= 24 and _ISSUER.search(above) is not None
    if halves and at > 1 and len(whole[at - 2]) <= 24 and _ISSUER.search(whole[at - 2]):
        return whole[at]  # several bodies, a line each: the last of them alone is not whose paper it is
    return above + whole[at] if halves and "：" not in above and ":" not in above else whole[at]


def _may_open(form: str) -> bool:
    """Whether a line (comparing form) may be a title: no sentence, no heading, no row, no name of a column."""
    return (
        6 <= len(form) < _LONGEST_TITLE
        and not form.endswith(_ENDS)
        and not form.endswith((",", ";", "、"))
        and NUMBERED.match(form) is None
        and _FIGURED.match(form) is None
        and _WORDS.match(form) is None
        and _FIELD.match(form) is None
        and "|" not in form
        and "\t" not in form
        and not dates.first_date(form[:24])
        and (not is_column_name(form) or _YEAR.search(form) is not None)
    )


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
        if (
            flat in names
            or is_site_name(flat)
            or (is_column_name(text) and kind != "annual_report" and source != "line:first")
        ):
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
