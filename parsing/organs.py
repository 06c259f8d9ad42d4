"""Names of issuing bodies:
what looks like one, where a text names its own, and for which year it reports (domain.md 1.8, 2.5).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from parsing.dates import url_date
from parsing.document import Witness
from parsing.labels import Fact
from parsing.normalise import squash
from parsing.titles import classify

_HANZI = r"[㐀-鿿]"
SUFFIX = (
    r"人民政府|市政府|县政府|区政府|管理委员会|管委会|委员会|办事处|人民银行|税务局|海关|总局|分局|局|厅|委|办公室|"
    r"办公厅|街道|苏木|镇|乡|中心|研究院|大队|支队|总队|公司|站|署|院|所|社|部|处"
)
ORGAN = re.compile(rf"^{_HANZI}{{1,28}}(?:{SUFFIX})$")
BODY = re.compile(rf"(?:{SUFFIX}|[省市县区旗盟州镇乡]|政府)$")
_NAME = rf"({_HANZI}{{2,26}}?)"
# Where a report names its own body. (id, pattern on squashed text, weight, example)
SELF_NAMED: tuple[tuple[str, re.Pattern[str], float, str], ...] = (
    (
        "filled-by",
        re.compile(rf"填报单位(?:[(（]盖章[)）])?[:：]{_NAME}(?=统计|单位|[^㐀-鿿]|$)"),
        5.0,
        "填报单位(盖章):云棠市民委",
    ),
    (
        "announces",
        re.compile(
            rf"(?:现|特)(?:予以|将|向社会)*(?:公布|公开|发布|编制){_NAME}(?:20\d\d)年(?:度)?(?:政府|政务)?信息公开"
        ),
        4.5,
        "现公布云棠区统计局2023年政府信息公开",
    ),
    (
        "announces-year",
        re.compile(rf"(?:公布|公开|发布|编制)(?:20\d\d)年度?{_NAME}(?:政府)?信息公开(?:工作)?年度"),
        4.0,
        "公布2012年度云棠市卫生局政府信息公开年度报告",
    ),
    (
        "compiled-by",
        re.compile(rf"由{_NAME}(?:组织|负责)?(?:根据|依据|依照|遵照|按照|编制|编写|编撰|撰写|汇总|综合)"),
        4.5,
        "由云棠县人民政府编制的2012年",
    ),
    (
        "compiles",
        re.compile(
            rf"(?:规定|要求|精神|[,，。])[,，]?(?!由){_NAME}(?:组织|负责)?(?:编制|编写|撰写|公布|发布)(?:了|完成)?(?:本|(?:20\d\d年度?)?(?:政府)?信息公开|20\d\d年)"
        ),
        3.5,
        "依照条例的规定,云棠县水利局编制了2022年度报告",
    ),
    (
        "opens",
        re.compile(rf"^(?:20\d\d年度?)?{_NAME}(?:20\d\d年度?)?(?:政府)?信息公开(?:工作)?(?:年报|年度报告|情况)[,，]"),
        4.0,
        "柳湾街道办事处2023年政府信息公开工作情况,依据条例予以公布",
    ),
    (
        "figures-of",
        re.compile(rf"(?:结合|汇总|综合){_NAME}(?:政府|政务)?(?:信息公开)(?:工作)?(?:有关|相关|统计|情况|实际)"),
        4.0,
        "结合云棠市水利局信息公开工作有关数字写成",
    ),
    (
        "contact",
        re.compile(
            rf"(?:与|请联系|联系|向)[:：]?{_NAME}(?:政府信息公开|政务公开|信息公开|党政|综合|秘书|办公室|办公厅|联系|"
            rf"[(（,，。])"
        ),
        3.0,
        "请与柳湾镇人民政府办公室联系",
    ),
    (
        "own-year",
        re.compile(
            rf"(?:^|[。；;,，])(?:20\d\d)年度?[,，]?{_NAME}(?:认真|严格|共|主动|未收取|坚持|以习近平|深入|全面|按照|在)"
        ),
        2.0,
        "2021年,柳湾街道认真",
    ),
    (
        "own-fee",
        re.compile(rf"[。]{_NAME}(?:20\d\d)年度?未(?:收取|产生)"),
        2.5,
        "。云棠市2023年度未收取费用",
    ),
)
_NOT_ORGAN = re.compile(
    r"^(?:我|本|各|全|该|其|有关|相关|上级|国务院|中华人民共和国|省级?|市级?|县级?|区级?|政府|办公室|综合|党政|社会|"
    r"群众|公众|申请人|行政机关|机关|单位|部门|信息公开|政务公开|中共中央|党中央|市委|区委|县委|省委|人大|政协|公民|"
    r"法人)$|"
    r"^(?:我|本|各|全(?:市|县|区|省|镇|乡|局|委)|该|其|以|对|为|在|于|通过|进一步|不断|继续|加强|积极|主动|认真|"
    r"严格|依法|及时|按照|根据|围绕|推进|有|县委|市委|区委|省委|党)|情况|工作|信息|报告|条例|数据|内容|方面|问题|"
    r"制度|网站|平台|组织|领导|以上|精神|要求|规定|部署|主任|局长|公众号|以公开|年度|联系|电话"
)
# What bodies are called though such a word is in it: taken out of a name first. Not centres, which publish for others.
_IN_NAMES = re.compile(
    r"(?:信息化|大数据)(?=.{0,8}[局厅委办会]$)|信息(?:产业|技术)(?=.{0,8}[局厅委院会]$)|数据(?:资源)?(?:管理)?局$|社会工作[部委]$|组织部$"
)
_OFFICE = re.compile(
    r"(?:党政(?:综合)?办(?:公室)?|综合办(?:公室)?|政府信息公开(?:工作)?(?:领导小组)?(?:办公室)?|"
    r"政务公开(?:工作)?(?:领导小组)?(?:办公室|办)?|信息公开(?:工作)?(?:领导小组)?(?:办公室)?|秘书科?)+$"
)


def is_organ(name: str) -> bool:
    """Whether a string can be the name of a body: Hanzi, an organ's suffix or a place's, none of a sentence's words."""
    said = _IN_NAMES.sub("", name)
    return 2 <= len(name) <= 32 and _NOT_ORGAN.search(said) is None and re.fullmatch(rf"{_HANZI}+", name) is not None


def of_office(name: str) -> str:
    """The body behind an office that signs or answers the telephone: 柳湾镇人民政府办公室 -> 柳湾镇人民政府."""
    name = _OFFICE.sub("", name)
    return re.sub(
        r"(?<=人民政府)(?:办公室|办公厅|办)$|(?<=管委会)(?:办公室|办)$|(?<=管理委员会)(?:办公室|办)$|"
        r"(?<=[局厅镇乡])(?:办公室)$|(?<=办事处)办公室$",
        "",
        name,
    )


def self_named(squashed: str) -> list[Witness]:
    """Witnesses from the text itself (squashed, simplified): preamble, contact sentence, 填报单位, first sentences."""
    head = squashed[:2600]
    found: list[Witness] = []
    for name, pattern, weight, _ in SELF_NAMED:
        where = squashed if name in ("filled-by", "own-fee") else head
        for hit in list(pattern.finditer(where))[:2]:
            organ = of_office(hit[1])
            organ = re.sub(r"^(?:的|和|了|将|由|与)", "", organ)
            if is_organ(organ) and (
                name in ("filled-by", "announces", "compiled-by")
                or ORGAN.match(organ)
                or re.search(r"[省市县区旗]$", organ)
            ):
                found.append(Witness(value=organ, source=f"text:{name}", weight=weight))
                break
    mentions = Counter(_mentioned(squashed))
    if mentions:
        organ, count = mentions.most_common(1)[0]
        if count > 1 and is_organ(organ):
            found.append(Witness(value=organ, source="text:mentions", weight=0.8))
    return found


_ACTS = re.compile(r"[市县区旗](?:人民政府)?(?=认真|严格|坚持|共收|政府信息公开|\d)")
_BEFORE = re.compile(rf"(?<!{_HANZI}){_HANZI}{{2,6}}$")


def _mentioned(squashed: str) -> Iterator[str]:
    """Places of which the text says that they act, where a clause begins with them: what they do is looked for first."""
    for hit in _ACTS.finditer(squashed):
        if name := _BEFORE.search(squashed[max(hit.start() - 7, 0) : hit.start()]):
            yield name[0] + hit[0]


_PERIOD = re.compile(r"(?:期限|时间|时限|期间|起止|数据|年报|报告|自|从|为|[:：]).{0,14}?(?<!\d)(20\d\d)年1月1日")
_UNTIL = re.compile(r"截[至止](?:到)?(20\d\d)年12月(?:31日|底)")
_ANNOUNCED = re.compile(
    r"(?:公布|公开|发布|编制|报告|现将).{0,24}?(?<!\d)(20\d\d)年(?:度)?.{0,12}(?:信息公开|年度报告)"
)
_FOLDER = re.compile(
    r"/(?:\w*?(?:nb|gknb|ndbg))?_?(20\d\d)(?:n|nd|nb|ndbg|年)?(?:\d{0,2})?/|fbtime=(20\d\d)|/(20\d\d)n(?:b|d)?|"
    r"nb_?(20\d\d)|[?&]year=(20\d\d)",
    re.I,
)


def year_witnesses(
    title: str | None,
    squashed: str,
    published: str | None,
    published_source: str | None,
    signed: str | None,
    url: str | None,
    trusted: bool,
) -> list[Witness]:
    """Evidence for the report's year with the weights of domain.md 1.8.

    `trusted` is False for a copy that was tampered with.
    """
    found: list[Witness] = []

    def add(year: int, source: str, weight: float) -> None:
        if 2000 <= year <= 2099:
            found.append(Witness(value=str(year), source=source, weight=weight))

    facts = classify(title) if title else None
    if facts and facts.year:
        add(facts.year, "title", 5.0 if trusted else 1.0)
    head = squashed[:3000]
    if hit := _PERIOD.search(head):
        add(int(hit[1]), "period", 5.0)
    if hit := _ANNOUNCED.search(head[:1200]):
        add(int(hit[1]), "preamble", 3.0)
    if hit := _UNTIL.search(squashed):
        add(int(hit[1]), "until", 3.0)
    if published and trusted:
        year, month = int(published[:4]), int(published[5:7])
        weight = {"url": 1.5, "signature": 0.0}.get(published_source or "", 3.0)
        add(
            year - 1 if month <= 6 else year if month == 12 else year - 1,
            "publication_date",
            weight if month <= 6 or month == 12 else weight / 3,
        )
    if signed:
        year, month = int(signed[:4]), int(signed[5:7])
        add(year if month == 12 else year - 1, "signature_date", 2.0)
    if url and not url_date(url) and (hit := _FOLDER.search(url)):
        add(int(next(group for group in hit.groups() if group)), "url", 1.5)
    body = squashed.replace(squash(title), "") if title else squashed
    years = Counter(int(year) for year in re.findall(r"(20\d\d)(?<!\d....)年", body))
    if years:
        add(years.most_common(1)[0][0], "body", 1.0 if len(years) == 1 or years.most_common(1)[0][1] > 1 else 0.6)
    return found


def page_witnesses(
    title: str | None,
    squashed: str,
    signed: str | None,
    publisher: str | None,
    origin: str | None,
    author: str | None,
    path: list[str],
    site: str | None,
    labelled: list[Fact],
    docshare: bool,
) -> list[Witness]:
    """Everything that names a body, with its source and weight; parsing.statutory decides."""
    found: list[Witness] = []

    def add(value: str | None, source: str, weight: float) -> None:
        flat = squash(value or "")
        if is_organ(flat) and (source == "title" or BODY.search(flat)):
            found.append(Witness(value=flat, source=source, weight=weight))

    if title:
        add(classify(title).organ, "title", 6.0)
    found.extend(self_named(squashed))
    if docshare:
        return found
    add(signed, "signature", 1.0 if signed and signed.startswith("中共") else 4.0)
    add(publisher, "publisher", 3.5)
    add(origin, "content_source", 3.0)
    add(author, "author", 2.0)
    for name in reversed(path[1:]):
        if ORGAN.match(squash(name)):
            add(name, "breadcrumb", 1.5)
            break
    for fact in labelled:
        if fact.field == "host":
            add(of_office(re.sub(r"\s*(?:版权所有|\?).*$", "", fact.value).strip()), "host", 1.2)
            break
    if site:
        add(re.sub(r"(?:门户网站|政府网站|网站|门户|网)$", "", site), "site", 1.5)
    return found
