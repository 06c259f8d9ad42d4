"""The report's own words:
headings, table labels and preambles by which a line is known to be body (domain.md 1.2-1.8).
"""

from __future__ import annotations

import re

# Headings: 一、… with a statutory word behind; and any numbered heading, which only proves that the body has begun.
STATUTORY_WORDS = (
    r"总体情况|概述|概况|基本情况|工作情况|主动公开|公开政府信息|申请公开|收到和处理|申请(?:的)?办理|行政复议|行政诉讼|"
    r"复议、诉讼|复议诉讼|存在的?(?:主要)?问题|改进(?:情况|措施)|其他需要报告|需要报告的其[他它]|"
    r"需要说明|收费(?:及|和|情况)|费用|保密审查|组织领导|平台建设|监督保障|举报|不予公开|附表|统计表"
)
NUMBERED = re.compile(
    r"^\W{0,2}(?:第?[一二三四五六七八九十]{1,3}(?:部分|章)?[、.,:． ]|\([一二三四五六七八九十]{1,3}\))"
)
HEADING = re.compile(
    rf"^\W{{0,3}}(?:第?[一二三四五六七八九十]{{1,3}}(?:部分|章)?[、.,:． ]).{{0,24}}?(?:{STATUTORY_WORDS}).{{0,24}}$"
)
SIX = (
    "总体情况",
    "主动公开政府信息",
    "收到和处理政府信息公开申请",
    "行政复议、行政诉讼",
    "存在的",
    "其他需要报告的事项",
)

TABLE_2021 = ("本年制发件数", "本年废止件数", "现行有效件数", "本年收费金额", "逾期不补正", "未按收费通知")
TABLE_2019 = (
    "本年新制作数量",
    "本年新公开数量",
    "对外公开总数量",
    "上一年项目数量",
    "本年增/减",
    "其他对外管理服务事项",
    "政府集中采购",
)
TABLE_BOTH = (
    "信息内容",
    "第二十条第",
    "勾稽关系",
    "本年新收政府信息公开申请",
    "上年结转政府信息公开申请",
    "结转下年度继续办理",
    "未经复议直接起诉",
    "予以公开",
    "申请人情况",
    "科研机构",
)
TABLE_2014 = (
    "统计指标",
    "主动公开政府信息数",
    "不同渠道和方式",
    "申请办结数",
    "被依法纠错数",
    "政府信息公开专项经费",
    "收到申请数",
)
TABLE_OLD = ("受理依申请公开", "否决公开", "免予公开范围", "历年累计", "网站专栏页面访问量")
TABLE_LABELS = (*TABLE_2021, *TABLE_2019, *TABLE_BOTH, *TABLE_2014, *TABLE_OLD)

PREAMBLE = re.compile(
    r"(?:本|该|现)(?:年度)?(?:年报|报告)(?:是|系)?.{0,6}(?:根据|依据|按照|由|依照|包括|中)|编制(?:的)?(?:本|"
    r"《).{0,8}报告|(?:统计|起止)(?:数据)?(?:期限|时间|时限)|"
    r"(?:根据|依据|按照|依照).{0,20}(?:政府|政务)信息公开(?:条例|工作).{0,90}(?:报告|公布|公开|编制)|(?:公布|"
    r"向社会公开|"
    r"编制).{0,40}信息公开(?:工作)?.{0,6}(?:年报|报告)|电子版(?:可|可以|请)?.{0,40}下载"
)
LONG = 45  # characters: a sentence of this length is never chrome unless a rule names it (measured on news pages)


def table_labels(squashed: str) -> int:
    """How many labels of statutory tables a squashed text holds (0 to about 30)."""
    return sum(label in squashed for label in TABLE_LABELS)


def is_row(line: str) -> bool:
    """Whether a line of plain text is a table row: cells parted by | or tabs."""
    return "|" in line or "\t" in line.strip()


def opens_body(form: str) -> bool:
    """Whether a line (comparing form) is the report's own: a heading, a preamble or a long sentence."""
    if HEADING.match(form) or (NUMBERED.match(form) and len(form) < 60):
        return True
    return (len(form) >= LONG and "。" in form) or (len(form) > 20 and PREAMBLE.search(form) is not None)
