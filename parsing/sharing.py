"""Document-sharing sites: which engine a page is of, and pages of a preview stitched together again (domain.md 5.3).

What such sites write around a text is in rules.py (DOCSHARE). Here is what tells one engine from another, a line each, and
what stands between two pages of a preview: an offer to download, a page's number, an advertisement.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from parsing import address, markers, normalise
from parsing.clean import Line
from parsing.document import Removal
from parsing.rules import BY_ID, DOCSHARE, Table


class Engine(NamedTuple):
    """A site, or sites with one software. `hosts` is looked for in a host, `marks` match a whole line (comparing form)."""

    name: str
    hosts: re.Pattern[str]
    marks: re.Pattern[str]
    example: str  # of a line that no other engine writes


def _engine(name: str, hosts: str, marks: str, example: str) -> Engine:
    return Engine(name, re.compile(hosts), re.compile(rf"(?:{marks})$", re.I), example)


NONE = r"(?!)"  # no line is known that this engine alone writes
ENGINES: tuple[Engine, ...] = (
    _engine("汇文网", r"huiwenwang", r"此文档下载收益归作者所有|.{0,60}汇文网.{0,60}", "此文档下载收益归作者所有"),
    _engine(
        "人人文库",
        r"renrendoc",
        r"版权说明:本文档由用户提供并上传.{0,80}|已阅读\d+页,?还剩\d+页未读.{0,20}|.{0,40}人人文库.{0,40}",
        "已阅读5页,还剩3页未读",
    ),
    _engine(
        "文库网",
        r"wenkunet",
        r"亲,该文档总共\d+页,到这儿已超出免费预览范围.{0,40}",
        "亲,该文档总共8页,到这儿已超出免费预览范围",
    ),
    _engine(
        "金锄头文库",  # and its kin: one software under many names
        r"31doc|taowenge|mayiwenku|jinchutou|zhuangpeitu|taodocs|wendangku|doczj",
        r"游客一键下载|会员登录下载|三方登录下载.{0,20}|加入VIP免费专享|ImageVerifierCode.{0,20}|.{0,40}金锄头.{0,40}",
        "三方登录下载: 微信",
    ),
    _engine(
        "360文档", r"360docs|docx\.baby", r"文本预览下载声明|.{0,20}约[\d.]+万?字\s?共\d+页.{0,10}", "文本预览下载声明"
    ),
    _engine(
        "原创力文档",
        r"book118",
        r"原创力(?:文档)?.{0,60}|本文档共\s*\d+\s*页.{0,12}可阅读全部内容.{0,20}",
        "原创力文档创建于2008年",
    ),
    _engine("道客巴巴", r"doc88", r"(?:道客巴巴|DOC88).{0,60}", "道客巴巴"),
    _engine("豆丁网", r"docin", r".{0,60}(?:豆丁网|DOCIN).{0,20}", "年度报告 - 豆丁网Docin"),
    _engine("百度文库", r"wenku\.", r"百度文库.{0,40}|.{0,20}(?:VIP专享文档|用券下载|续费VIP).{0,20}", "VIP专享文档"),
    _engine("经管之家", r"pinggu\.org", NONE, ""),
    _engine("范文网", r"xuexila|fanwen|oh100|unjs|diyifanwen|wenmi", NONE, ""),
)


class Shared(NamedTuple):
    """Whether a page is a sharing site's, of which engine as far as that is known, and what shows it."""

    is_copy: bool
    engine: str | None
    evidence: list[str]


NOT_SHARED = Shared(False, None, [])
_COMMON = frozenset(("doc.file-name", "doc.keywords", "doc.time", "doc.labels", "doc.buttons", "doc.seam", "doc.essay"))
_PROOFS = Table(entry for entry in DOCSHARE if entry.id not in _COMMON)  # what other pages hardly ever have
ENOUGH = 3  # lines that prove a sharing site whose host nobody knows


def told(url: str | None, forms: list[str]) -> Shared:
    """What host and lines (comparing form) say. A government's own host is no sharing site."""
    host = address.host(url)
    if host.endswith(".gov.cn"):
        return NOT_SHARED
    by_host = next((engine for engine in ENGINES if engine.hosts.search(host)), None) if host else None
    hits = sum(1 for form in forms if len(form) < 200 and _PROOFS.first(form) is not None)
    if by_host is None and hits < ENOUGH:
        return NOT_SHARED
    lines = [form for form in forms if 3 < len(form) <= 120]
    by_line = next(((e, line) for line in lines for e in ENGINES if e.marks.match(line)), None)
    engine = by_host or (by_line[0] if by_line else None)
    evidence = [f"rules:{hits}", *([f"host:{host}"] if host else [])]
    evidence += [f"engine:{engine.name}"] if engine else []
    return Shared(True, engine.name if engine else None, evidence)


# Lines that stand between two pages of a preview and never in a report: a subset, for a report may say 价格 or 资源.
SEAM = Table(BY_ID[name] for name in ("doc.buttons", "doc.pages", "doc.income", "doc.site", "doc.login", "doc.seam"))
_SITES = Table(DOCSHARE)
_MOST = 6  # lines of such between two pages
_CUT = re.compile(r"[㐀-鿿\d,、，）)”》%]")  # behind which a sentence has no end yet
_END = re.compile(r"[。;；!！]")
_BEGINS_ANEW = re.compile(
    r"\W{0,2}(?:\d{1,2}[.、．]|[(（]\d{1,2}[)）]|第[一二三四五六七八九十]|附件|[一二三四五六七八九十]是)"
)


def stitched(lines: list[Line]) -> tuple[list[Line], list[Removal]]:
    """Lines of a copy without what stands between its pages, sentences that were cut there whole again.

    The number of lines stays: what went and what was joined to an earlier line leaves an empty one. `at` of a removal is
    the number of its line. Only what stands between two lines of prose goes: above and below, `clean` decides.
    """
    forms = normalise.keys([line.text for line in lines])
    prose = [not line.table and len(form) >= markers.LONG for line, form in zip(lines, forms, strict=True)]
    ends = [is_prose or form.endswith("。") for is_prose, form in zip(prose, forms, strict=True)]
    within = range(prose.index(True), len(lines) - ends[::-1].index(True)) if any(prose) else range(0)
    found = [None if line.table else SEAM.first(form) for line, form in zip(lines, forms, strict=True)]
    whole, removed = list(lines), []
    pages: list[str] = []  # the line above and what was joined to it
    above = -1
    seams: list[int] = []
    for at in within:
        if found[at] is not None or not forms[at]:
            seams += [at] if found[at] else []
            continue
        joined = False
        if above >= 0 and 0 < len(seams) <= _MOST:
            for gone in seams:
                whole[gone] = whole[gone]._replace(text="")
                if (rule := found[gone]) is not None:
                    removed.append(Removal(text=lines[gone].text.strip(), rule=rule.id, at=gone))
            joined = not lines[above].table and not lines[at].table and _goes_on(pages[-1], forms[at], prose[above])
        if joined:
            pages.append(whole[at].text.strip())
            whole[at] = whole[at]._replace(text="")
        else:
            if len(pages) > 1:
                whole[above] = whole[above]._replace(text="".join(pages))
            above, pages = at, [whole[at].text.rstrip()]
        seams = []
    if len(pages) > 1:
        whole[above] = whole[above]._replace(text="".join(pages))
    return whole, removed


def _goes_on(above: str, form: str, is_prose: bool) -> bool:
    """Whether a line (comparing form) is the rest of the sentence that the page before it ended in."""
    if not _CUT.search(above[-1:]) or markers.NUMBERED.match(form) or _BEGINS_ANEW.match(form):
        return False
    if _SITES.first(form) is not None:
        return False
    last = _END.split(above[-200:])[-1]
    return is_prose or len(last) > 20 or "，" in last or "," in last
