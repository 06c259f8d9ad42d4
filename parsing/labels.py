"""Labelled facts in lines: 日期:2018年01月30日 作者:某乡 来源: 点击:[] -> fields (domain.md 5.1: read first, then
drop).

Lines are given in comparing form, so `:` stands for every colon. A table of labels, not code.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# (field, weight, labels). "none": labels that only end the value before them.
LABELS: tuple[tuple[str, float, str], ...] = (
    ("date", 5.0, "发布日期 发布时间 公开日期 公开时间 发稿时间 信息时间"),
    ("date", 4.5, "生成日期 生成时间 日期 时间"),
    ("date", 4.0, "录入时间 上网时间 发文日期 发文时间"),
    ("date", 3.5, "成文日期 更新日期 更新时间"),
    ("date", 3.0, "发布"),
    ("index_number", 5.0, "信息索取号 信息索引号 索引号"),
    ("index_number", 4.0, "索取号 索引码"),
    ("document_number", 5.0, "发文字号 发布文号"),
    ("document_number", 4.0, "文件编号 文号"),
    ("publisher", 5.0, "发布机构"),
    ("publisher", 4.5, "发布单位 发布部门"),
    ("publisher", 4.0, "发文机关 发文机构 发文单位 制发机关 公开单位 公开主体"),
    ("publisher", 3.0, "责任部门 责任单位 所属机构"),
    ("source", 4.5, "信息来源 文章来源"),
    ("source", 4.0, "稿源 来源"),
    ("author", 4.0, "作者"),
    ("date", 2.0, "上传时间 上传日期"),
    ("author", 2.0, "撰稿 供稿"),
    ("sheet_title", 3.0, "信息名称"),
    ("sheet_title", 2.0, "名称 标题"),
    ("host", 4.0, "主办单位 主办"),
    ("host", 3.0, "版权所有 开办"),
    ("none", 0, "承办单位 承办 点击数 点击量 点击 浏览次数 浏览量 浏览 访问量 访问次数 阅读次数 阅读量"),
    ("none", 0, "阅读 字号 字体大小 字体 文字大小 分享到 分享 责任编辑 编辑 审核 主题分类 组配分类"),
    ("none", 0, "体裁分类 信息分类 信息类别 公开类别 公开方式 公开时限 公开范围 公开程度 公开形式"),
    ("none", 0, "关键词 主题词 内容概述 有效性 时效性 时效 生效日期 失效日期 废止日期 主题导航 服务对象"),
    ("none", 0, "文章类型 语种 打印 有效期 地址 邮编 电话 联系电话 网站标识码 技术支持 视力保护色 大小"),
    ("none", 0, "格式 页数"),
)
_BY_LABEL = {label: (field, weight) for field, weight, group in LABELS for label in group.split()}
_ANY = re.compile(
    r"(?:(?<=^)|(?<=[\s|>)\]】(【\[\-·•*;,。年月日0-9A-Za-z]))(?:政府)?("
    + "|".join(r"\s{0,4}".join(label) for label in sorted(_BY_LABEL, key=len, reverse=True))
    + r")\s*(?:[】\])]?\s*[:](?!//)[\s|:]*|[\s|]*\|[\s|]*|[】\])][\s|:]*)"
)
# The line under a title without a label for its date; a time alone may be the clock of the page, or when it was printed.
_DAY = r"^[\[【(]?((?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?)(?!\d)"
_TIME = r"\s*\d{1,2}:\d\d(?::\d\d)?(?!\d)"
UNLABELLED: tuple[tuple[str, float, re.Pattern[str], str], ...] = (
    (
        "line",
        3.3,
        re.compile(rf"{_DAY}(?:{_TIME})?[\s|]*(?:作者|来源|信息来源|点击|浏览|阅读|字号|字体|责任编辑|编辑)"),
        "2018年02月01日 08:40 作者: 点击:[]",
    ),
    (
        "line",
        3.2,
        re.compile(
            rf"(?:责任编辑|编辑|作者|来源|发布者?|录入者?)\s*:\s*[^\s:]{{1,16}}\s+{_DAY[1:]}(?:{_TIME})?[\s|]*(?:作者|来源|信息来源|点击|浏览|阅读|[【\[(]?字)"
        ),
        "编辑:某某 2023-01-06 来源:某乡 【字体:大 中 小】",
    ),
    ("time", 2.4, re.compile(rf"{_DAY}{_TIME}[\]】)]?\s*$"), "[2023-01-16 09:12:01]"),
)
_DAY_ALONE = re.compile(rf"{_DAY}[\]】)]?\s*$")
HEAD = 8  # lines above a text that are looked at for such a day
_EMPTY = re.compile(r"^[\W_]*$")
_JOINED = re.compile(r"\s*(?:关联导读|【|\[|\|).*$")


class Fact(NamedTuple):
    """A labelled value: field, value as written, the label it stood behind, the weight of that label."""

    field: str
    value: str
    label: str
    weight: float


def facts(lines: list[str], in_order: bool = False) -> list[Fact]:
    """All labelled values in the lines, in order. A label alone on its line takes the next line as its value.

    `in_order`: the lines are what stood around one text, no boxes beside it: a line that is a day alone is that text's.
    """
    found: list[Fact] = []
    if in_order and (day := next((bare[1] for line in lines[:HEAD] if (bare := _DAY_ALONE.match(line))), None)):
        found.append(Fact("date", day, "day", 2.0))
    for at, line in enumerate(lines):
        for name, weight, pattern, _ in UNLABELLED:
            if (bare := pattern.match(line)) and not any(fact.label == name for fact in found):
                found.append(Fact("date", bare[1], name, weight))
        if len(line) > 400 or (":" not in line and "|" not in line and "】" not in line):
            continue
        hits = list(_ANY.finditer(line))
        for n, hit in enumerate(hits):
            label = re.sub(r"\s", "", hit[1])
            field, weight = _BY_LABEL[label]
            if field == "none" or (n == 0 and hit.start() > 24 and field != "host"):
                continue
            end = hits[n + 1].start() if n + 1 < len(hits) else len(line)
            value = _JOINED.sub("", line[hit.end() : end]).strip(" |;,()[]【】-")
            following = lines[at + 1] if at + 1 < len(lines) else ""
            if not value and n + 1 == len(hits) and len(following) < 60 and not _ANY.match(following):
                value = following.strip(" |")
            if value and not _EMPTY.match(value) and len(value) < 90:
                found.append(Fact(field, value, label, weight))
    return found
