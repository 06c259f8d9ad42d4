"""Labelled facts in lines: 日期:2018年01月30日 作者:某乡 来源: 点击:[] -> fields (domain.md 5.1: read first, then drop).

Lines are given in comparing form, so `:` stands for every colon. A table of labels, not code.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# (field, label, weight). A label that stands higher in its group wins; spaces between the characters are allowed.
LABELS: tuple[tuple[str, str, float], ...] = (
    ("date", "发布日期", 5.0), ("date", "发布时间", 5.0), ("date", "公开日期", 5.0), ("date", "公开时间", 5.0), ("date", "发稿时间", 5.0), ("date", "信息时间", 5.0),
    ("date", "录入时间", 4.0), ("date", "上网时间", 4.0), ("date", "生成日期", 4.5), ("date", "生成时间", 4.5), ("date", "发文日期", 4.0), ("date", "发文时间", 4.0), ("date", "成文日期", 3.5),
    ("date", "更新日期", 3.5), ("date", "更新时间", 3.5), ("date", "发布", 3.0), ("date", "日期", 4.5), ("date", "时间", 4.5),
    ("index_number", "信息索取号", 5.0), ("index_number", "信息索引号", 5.0), ("index_number", "索取号", 4.0), ("index_number", "索引号", 5.0), ("index_number", "索引码", 4.0),
    ("document_number", "发文字号", 5.0), ("document_number", "发布文号", 5.0), ("document_number", "文件编号", 4.0), ("document_number", "文号", 4.0),
    ("publisher", "发布机构", 5.0), ("publisher", "发文机关", 4.0), ("publisher", "发文机构", 4.0), ("publisher", "发文单位", 4.0), ("publisher", "制发机关", 4.0), ("publisher", "公开单位", 4.0),
    ("publisher", "发布单位", 4.5), ("publisher", "发布部门", 4.5), ("publisher", "责任部门", 3.0), ("publisher", "责任单位", 3.0), ("publisher", "公开主体", 4.0), ("publisher", "所属机构", 3.0),
    ("source", "信息来源", 4.5), ("source", "文章来源", 4.5), ("source", "稿源", 4.0), ("source", "来源", 4.0),
    ("author", "作者", 4.0), ("author", "撰稿", 2.0), ("author", "供稿", 2.0),
    ("sheet_title", "信息名称", 3.0), ("sheet_title", "名称", 2.0), ("sheet_title", "标题", 2.0),
    ("host", "主办单位", 4.0), ("host", "主办", 4.0), ("host", "版权所有", 3.0), ("host", "开办", 3.0),
    ("none", "承办单位", 0), ("none", "承办", 0), ("none", "点击数", 0), ("none", "点击量", 0), ("none", "点击", 0), ("none", "浏览次数", 0), ("none", "浏览量", 0), ("none", "浏览", 0), ("none", "访问量", 0),
    ("none", "访问次数", 0), ("none", "阅读次数", 0), ("none", "阅读量", 0), ("none", "阅读", 0), ("none", "字号", 0), ("none", "字体大小", 0), ("none", "字体", 0), ("none", "文字大小", 0), ("none", "分享到", 0), ("none", "分享", 0),
    ("none", "责任编辑", 0), ("none", "编辑", 0), ("none", "审核", 0), ("none", "主题分类", 0), ("none", "组配分类", 0), ("none", "体裁分类", 0), ("none", "信息分类", 0), ("none", "信息类别", 0), ("none", "公开类别", 0),
    ("none", "公开方式", 0), ("none", "公开时限", 0), ("none", "公开范围", 0), ("none", "公开程度", 0), ("none", "公开形式", 0), ("none", "关键词", 0), ("none", "主题词", 0), ("none", "内容概述", 0), ("none", "有效性", 0), ("none", "时效性", 0),
    ("none", "时效", 0), ("none", "生效日期", 0), ("none", "失效日期", 0), ("none", "废止日期", 0), ("none", "主题导航", 0), ("none", "服务对象", 0), ("none", "文章类型", 0), ("none", "语种", 0), ("none", "打印", 0), ("none", "有效期", 0),
    ("none", "地址", 0), ("none", "邮编", 0), ("none", "电话", 0), ("none", "联系电话", 0), ("none", "网站标识码", 0), ("none", "技术支持", 0), ("none", "视力保护色", 0), ("none", "大小", 0), ("none", "格式", 0), ("none", "页数", 0),
)
_BY_LABEL = {label: (field, weight) for field, label, weight in LABELS}
_ANY = re.compile(
    r"(?:(?<=^)|(?<=[\s|>)\]】(【\[\-·•*;,。年月日0-9A-Za-z]))(?:政府)?("
    + "|".join(r"\s{0,4}".join(label) for label in sorted(_BY_LABEL, key=len, reverse=True))
    + r")\s*(?:[】\])]?\s*[:](?!//)[\s|:]*|[\s|]*\|[\s|]*|[】\])][\s|:]*)"
)
_EMPTY = re.compile(r"^[\W_]*$")
_JOINED = re.compile(r"\s*(?:关联导读|【|\[|\|).*$")


class Fact(NamedTuple):
    """A labelled value: field, value as written, the label it stood behind, the weight of that label."""

    field: str
    value: str
    label: str
    weight: float


def facts(lines: list[str]) -> list[Fact]:
    """All labelled values in the lines, in order. A label alone on its line takes the next line as its value."""
    found: list[Fact] = []
    for at, line in enumerate(lines):
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
            if not value and n + 1 == len(hits) and at + 1 < len(lines) and not _ANY.match(lines[at + 1]) and len(lines[at + 1]) < 60:
                value = lines[at + 1].strip(" |")
            if value and not _EMPTY.match(value) and len(value) < 90:
                found.append(Fact(field, value, label, weight))
    return found
