"""The grammar of titles: which links and headings announce an annual report, whose, and for which year (domain.md
1.1, 2.4, 2.5).

Used by the crawler to choose entries and by the reading to weigh titles. Tables, not code: add a line with an example.
Patterns see every link of every page, so each must run in linear time (tests/parsing/test_linear.py): a repeated group
is possessive, `(?:…)*+`, and its branches never begin alike.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal, NamedTuple

from parsing.dates import arabic_years
from parsing.normalise import simplify

RAW = 300  # characters of a link or a line that are looked at; scripts leave whole articles in a title attribute
LONGEST = 120  # characters of it, white space taken out, that the patterns see: the longest real title has about 70

Kind = Literal["annual_report", "self_check", "neighbour", "unknown"]
REPORT_KINDS: tuple[Kind, ...] = ("annual_report", "self_check")


class TitleFacts(NamedTuple):
    """What a title says. `organ` is as written (no place is added); `rule` is the id of the pattern that decided."""

    kind: Kind
    organ: str | None
    year: int | None
    rule: str


class Pattern(NamedTuple):
    """One line of a table.

    `pattern` is searched in the title after NFKC, t2s, digits for Chinese numerals, no white space.
    """

    id: str
    pattern: re.Pattern[str]
    example: str
    reason: str


def _p(name: str, pattern: str, example: str, reason: str) -> Pattern:
    return Pattern(name, re.compile(pattern, re.I), example, reason)


# Other publications that stand in the same columns. Asked first: many of them hold the words 政府信息公开工作年度报告.
NEIGHBOURS: tuple[Pattern, ...] = (
    _p(
        "neg.website-report",
        r"(?:政府)?网站.{0,12}(?:年度?报表|年度报告|年报|监管年度)",
        "某市政府网站工作年度报表（2022年度）",
        "国办发〔2017〕47号: the website's own yearly table",
    ),
    _p(
        "neg.new-media",
        r"政务新媒体.{0,8}(?:年度?报表|年度报告|年报)",
        "某县政务新媒体年度报告",
        "the yearly table of social media accounts",
    ),
    _p(
        "neg.rule-of-law",
        r"法治政府建设|依法行政.{0,8}(?:报告|情况|总结)|法治建设",
        "某局2022年度法治政府建设年度报告",
        "a report under another law",
    ),
    _p(
        "neg.system",
        r"(?:报告|年报|公开)(?:工作)?(?:的)?(?:编制|发布|公布|审核)?(?:制度|办法|规定|规范|流程|程序|"
        r"细则)(?:[(（].*)?$",
        "某县政府信息公开年度报告编制办法",
        "the rule about reports, not a report",
    ),
    _p(
        "neg.format",
        r"(?:报告|年报)(?:格式|模板|样本|编写|提纲|填报)",
        "某县政府信息公开年报模板",
        "the form, not a filled one",
    ),
    _p(
        "neg.notice",
        r"(?:通知|通报|通告|函|意见|批复|答复)(?:[(（].*)?$|^(?:关于)?(?:做好|开展|印发|转发|报送)|关于(?:做好|开展|"
        r"印发|转发|编制|报送|征求|组织|加强|召开)",
        "关于做好2022年政府信息公开工作年度报告编制的通知",
        "an instruction to write reports",
    ),
    _p(
        "neg.guide",
        r"公开(?:工作)?(?:指南|目录|条例|规定|流程图?|申请表|标准|清单|事项|要点|方案|计划|制度|机构|须知|收费)",
        "某县政府信息公开指南",
        "other parts of the platform",
    ),
    _p(
        "neg.affairs-work",
        r"政务公开.{0,8}(?:要点|方案|考核|安排|计划|台账|培训|会议|清单)",
        "2022年政务公开工作培训安排",
        "plans and drills",
    ),
    _p(
        "neg.interpretation",
        r"(?:年度报告|年报|情况).{0,3}(?:的)?解读|解读[:：《]",
        "《2022年政府信息公开工作年度报告》解读",
        "about a report",
    ),
    _p(
        "neg.survey",
        r"(?:发布情况|公开情况).{0,6}(?:评估|通报|检查|督查)|第三方评估|评估报告|测评|绩效(?:自评|评价|目标)",
        "某区政府信息公开年报发布情况评估",
        "research about reports",
    ),
    _p(
        "neg.news",
        r"召开|举办|举行|组织开展|培训班|培训会|工作会|推进会|约谈|顺利完成",
        "某区召开政府信息公开年报编制培训会",
        "news",
    ),
    _p(
        "neg.budget",
        r"预算|决算|三公经费|财务(?:年度)?报告|财务年报|审计(?![局厅署处])",
        "某局2022年度部门决算公开",
        "money",
    ),
    _p(
        "neg.work-report",
        r"政府工作报告|工作总结|工作计划|述职|述法|年度计划|统计(?:年报|公报|年鉴)|年鉴|企业年报|企业年度|公报$",
        "某县2022年政府工作报告",
        "other yearly papers",
    ),
    _p(
        "neg.party",
        r"党务公开|厂务公开|村务公开|校务公开|院务公开|司法公开|检务公开|警务公开",
        "某镇2022年村务公开年度报告",
        "another kind of openness",
    ),
)
# A self-check is of the same family and is kept when it carries the statistics (domain.md 1.1, the case of 2017).
SELF_CHECKS: tuple[Pattern, ...] = (
    _p(
        "self.check",
        r"(?:政务|信息)公开.{0,16}(?:自查|自评)",
        "某委2017年度政务公开工作自查报告",
        "self-examination of the year's work",
    ),
    _p(
        "self.check-first",
        r"(?:自查|自评).{0,12}(?:政务|信息)公开",
        "关于自查2017年政务公开工作的报告",
        "the words the other way round",
    ),
)
# What makes a title an annual report's. The match is the kernel: what stands before it is organ and year.
REPORTS: tuple[Pattern, ...] = (
    _p(
        "pos.full",
        r"(?:政府|政务)?信息公开(?:工作|情况|的|\d{4}|本?年(?!报(?!告))度?|[(（]\d{4}年?度?[)）])*+(?:报告|年报)书?",
        "某市人民政府2022年政府信息公开工作年度报告",
        "the name in 条例 Art. 49-50 and its short forms",
    ),
    _p(
        "pos.affairs",
        r"政务公开(?>工作|情况|的|\d{4}年度?|年度(?!报告))*+(?:年度报告|年报)",
        "某镇2016年政务公开年度报告",
        "政务公开年报 is used for the same report",
    ),
    _p(
        "pos.column",
        r"^\d{4}年?度?(?:(?:信息|政务)?公开)?(?:工作)?(?:年报|年度(?:工作)?报告)$",
        "2022年年报",
        "within a 年报 column the name is cut to this",
    ),
    _p(
        "pos.statistics",
        r"(?:政府|政务)?信息公开(?:工作)?(?:年度)?(?:情况)?统计表",
        "2016年政府信息公开情况统计表",
        "the table of 国办发〔2014〕32号 published alone",
    ),
    _p(
        "pos.work-situation",
        r"(?:政府|政务)?信息公开工作情况(?:汇报|总结|说明)?$",
        "某局2010年政府信息公开工作情况",
        "free-form years",
    ),
)
CARRIERS = re.compile(
    r"[(（【\[]?(?:图片版|图解版?|图文版|图表版|一图读懂|一图看懂|一张图看懂|超链版|长图|PDF版?|OFD版?|Word版?|"
    r"WORD版?|文字版|全真版|汇总版|全市|本级|全文|转载|最新|原文下载)[)）】\]]?[:：|丨]?",
    re.I,
)
# Of a file whose name is the title: sharing sites show it.
EXTENSION = re.compile(r"\.(?:docx?|pdf|wps|ofd|xlsx?|pptx?|html?|shtml|txt)$", re.I)
_TRUNCATED = re.compile(r"(?:\.{2,}|…+|\.\.\.)$")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:年年度|年度?份?|度|(?=[)）\]】])|(?!\d))")
_BARE_YEAR = re.compile(r"(?<![\d〔\[])((?:19|20)\d{2})(?!\d)")
_EDGE = re.compile(
    r"^(?:关于|公布|发布|公开|的|度|年度|年|[、,，:：\-—_·《〈\"“”(（\s])++|(?:关于|公布|发布|公开|的|度|年度|年|"
    r"[、,，:：\-—_·》〉\"“”)）\s])++$"
)
# A list cuts its titles: what the kernel begins with, at the end of a title with a year, is enough.
_CUT_KERNELS = (
    "政府信息公开工作年度报告",
    "政府信息公开年度报告",
    "政府信息公开年报",
    "信息公开工作年度报告",
    "信息公开年度报告",
)
_CUT_LEAST = 4

# Names of the column that lists annual reports (61号: 政府信息公开年报); compared after squashing, whole.
COLUMN_NAMES: tuple[str, ...] = (
    "政府信息公开年报",
    "政府信息公开年度报告",
    "政府信息公开工作年度报告",
    "信息公开年报",
    "信息公开年度报告",
    "公开年报",
    "公开年度报告",
    "年度报告",
    "年报",
    "政务公开年报",
    "政务公开年度报告",
    "工作年度报告",
    "信息公开工作年度报告",
    "政府信息公开工作年报",
    "信息公开工作年报",
    "公开工作年度报告",
    "政府年报",
    "年度工作报告",
    "信息公开年度工作报告",
    "政府信息公开年度工作报告",
    "法定年报",
    "政务公开工作年度报告",
    "政务公开工作年报",
    "政府信息公开报告",
    "信息公开报告",
    "政府信息年报",
    "年报公开",
    "年度信息公开报告",
    "政府信息公开工作报告",
    "信息公开工作报告",
    "年度公开报告",
    "信息年报",
    "政府信息年度报告",
)
# What is written around such a name: 历年政府信息公开年报汇总(2008-2023).
_BEFORE = re.compile(r"^(?:历年|往年|往期|历史|本机关|本单位|本部门|各(?=[部单乡镇街县区市级地]))")
_BEHIND = re.compile(
    r"(?:[(【\[][^)】\]]{0,14}[)】\]]|专栏|专区|栏目|汇总|列表|目录|汇编|查看|查询|下载|一览|展示|发布|归档|存档|档案)$"
)
_COLUMN = re.compile(
    r"^(?:(?:19|20)\d{2}年?度?)?.{0,14}?(?:(?:政府|政务)?信息公开|政务公开|公开)(?:工作)?(?:年度?)?(?:工作)?(?:年报|"
    r"年度报告|年度工作报告)(?:专栏|汇总|列表)?$"
    r"|^.{0,12}(?:政府|[镇乡县区市旗厅局委办署院站所]|街道|苏木|镇街|部门|单位|机关|机构|系统|中心|委员会|管委会|办公室|分局|[省市区县]级|本级)"
    r"[)]?(?:年报|年度报告)$"
)
_NOT_COLUMN = re.compile(
    r"年鉴|年度计划|企业|统计|财务|网站|报表|制度|格式|通知|解读|办法|规定|法治|预算|决算|年检|公报|审计|绩效|要点|"
    r"上市|董事|基金|社会责任|业绩|诚信|信用|环境|安全|质量|监测"
)
# A body may be called after what is no matter of ours: 市统计局年报 is a column, 统计年报 is none.
_CALLED_AFTER = re.compile(
    r"(?:年鉴|企业|统计|财务|法治|审计|信用|环境|安全|质量|监测|基金)[\u4e00-\u9fff]{0,8}?(?:局|厅|委员会|委|办公室|办|总队|支队|中心|站)"
)


_SINCE = re.compile(
    r"[自从]?(?:19|20)\d{2}年?度?(?:以来|以后|之后|至今|起(?!草|诉|步|重))的?"
)  # no year of its own: 2019年以来政府信息公开年报


def _normal(title: str) -> str:
    text = re.sub(r"\s+", "", simplify(unicodedata.normalize("NFKC", title)))
    return _SINCE.sub("", arabic_years(EXTENSION.sub("", text.replace("\u200b", ""))))


def classify(title: str) -> TitleFacts:
    """What kind of publication a title announces, its organ as written and its year. Any string is accepted."""
    return _classify(title[:RAW])


@lru_cache(maxsize=4096)
def _classify(title: str) -> TitleFacts:
    text = CARRIERS.sub("", _normal(title)[:LONGEST])
    cut = _TRUNCATED.search(text) is not None
    text = _TRUNCATED.sub("", text)
    year = _year(text)
    for rule in SELF_CHECKS:
        if (found := rule.pattern.search(text)) and not NEIGHBOURS[5].pattern.search(text):
            return TitleFacts("self_check", _organ(text[: found.start()]), year, rule.id)
    for rule in NEIGHBOURS:
        if rule.pattern.search(text):
            return TitleFacts("neighbour", None, year, rule.id)
    for rule in REPORTS:
        matches = list(rule.pattern.finditer(text))
        if not matches:
            continue
        kernel = matches[-1]
        after = text[kernel.end() :]
        if not _is_annual(text, kernel[0]) or not _tail_is_fine(after):
            continue
        return TitleFacts("annual_report", _organ(text[: kernel.start()]) or _organ_in_tail(after), year, rule.id)
    if year and (begun := _begun_kernel(text, _CUT_LEAST if cut else 7)):
        return TitleFacts("annual_report", _organ(text[: -len(begun)]), year, "pos.truncated")
    return TitleFacts("unknown", None, year, "none")


def _begun_kernel(text: str, least: int) -> str:
    """The longest beginning (of at least `least` characters) of a kernel that the text ends with."""
    heads = (kernel[:n] for kernel in _CUT_KERNELS for n in range(len(kernel), least - 1, -1))
    return max((head for head in heads if text.endswith(head)), key=len, default="")


def _is_annual(text: str, kernel: str) -> bool:
    """政府信息公开报告 alone may be anything: a year, or the word 年, makes it the yearly one."""
    return "年" in kernel or _BARE_YEAR.search(text) is not None


def _tail_is_fine(after: str) -> bool:
    """After the kernel only a year, a bracket, an attachment's mark or nothing may follow."""
    after = _YEAR.sub("", after)
    after = re.sub(r"[(（【\[][^)）】\]]{0,24}[)）】\]]?", "", after)
    return (
        re.fullmatch(
            r"(?:附件?表?|及附表|全文|公示|公告|发布|正文|[:：\-—_,，。.、》〉\"”)）\s\d]|年度?|版|之一|一|二)*+", after
        )
        is not None
    )


def _year(text: str) -> int | None:
    """The year with 年 behind it that stands nearest to the kernel; else a bare one."""
    dated = [int(found[1]) for found in re.finditer(r"(?<!\d)((?:19|20)\d{2})年", text)]
    if dated:
        return dated[-1] if len(set(dated)) == 1 else max(set(dated), key=lambda y: (dated.count(y), dated.index(y)))
    bare = [int(found[1]) for found in _BARE_YEAR.finditer(text)]
    return bare[-1] if bare else None


def _organ(prefix: str) -> str | None:
    """What is left before the kernel when year and connecting words are taken off;
    None when nothing that names a body is left.
    """
    text = re.sub(r"^(?:\[|【|\(|（)[^\]】)）]{1,12}(?:\]|】|\)|）)", "", prefix)
    text = re.sub(r"^(?:附件?\d*[:：.、]?|\d{1,2}[.、)](?!\d))", "", text)
    text = _YEAR.sub("", text)
    text = re.sub(r"[(（]\s*[)）]", "", text)
    for _ in range(3):
        text = _EDGE.sub("", text)
    if "关于" in text:
        text = text.split("关于")[0]
    if "-" in text or "—" in text or ":" in text:  # 某市教育局:政府信息公开…, 某市教育局-…
        text = re.split(r"[-—:：]+", text)[-1] or text
    text = _EDGE.sub("", text)
    if text in {"本级", "本机关", "本单位", "我局", "区本级", "市本级", "县本级"}:
        return None
    return text if 2 <= len(text) <= 40 else None


def _organ_in_tail(after: str) -> str | None:
    """2022年政府信息公开工作年度报告(某市教育局): the organ behind, in brackets."""
    found = re.search(
        r"[(（【\[—-]+([^)）】\]\d]{2,24}(?:局|委|厅|办|府|镇|乡|街道|办事处|委员会|中心|处|院|署|部))[)）】\]]?$",
        after,
    )
    return found[1] if found else None


@lru_cache(maxsize=4096)
def is_column_name(text: str) -> bool:
    """Whether a link's text names a column of annual reports: 政府信息公开年报 yes;
    统计年鉴, 网站年报表, 年报制度 no.
    """
    name = re.sub(r"[\s>》»·•|:：]+", "", _normal(text[:RAW]))
    if not name or len(name) > 30 or _NOT_COLUMN.search(_CALLED_AFTER.sub("", name)):
        return False
    name = _BEHIND.sub("", _BEHIND.sub("", _BEFORE.sub("", name)))
    return name in COLUMN_NAMES or _COLUMN.search(name) is not None


SITE_WORD = re.compile(
    r"(?:人民政府|政府网|政府网站|门户网站|门户|网站|信息网|公开网|政务网|官网|管委会|局|委员会|厅|网)$"
)


def title_parts(title: str) -> list[str]:
    """A page's <title> without the names of site and column behind it:
    parts at _ and |, and at a - before a site's name.
    """
    parts = [part.strip() for part in re.split(r"[_|]|\s[-–—]\s", title) if part.strip()]
    cut = re.search(r"^(.{4,})[-–—]+([^-–—]{2,24})$", parts[-1]) if parts else None
    if cut and SITE_WORD.search(cut[2]) and not cut[1][-1].isdigit():
        parts[-1:] = [cut[1].strip(), cut[2].strip()]
    return parts
