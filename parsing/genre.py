"""What kind of publication a text is, in which script, how sound its words are, and who published the copy (domain.md
2.5, 4, 5.3, 7)."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Sequence

from parsing import address, markers, tampering
from parsing.document import DocType, LanguageVariant, Provenance, TextIntegrity, Witness
from parsing.normalise import traditional_share
from parsing.sharing import Shared
from parsing.titles import TitleFacts, classify

# Words that a synonym table put in (domain.md 5.3): as such they stand in no official text, or hardly ever in this
# density.
SPUN = (
    "原那么",
    "催促检查",
    "播送",
    "效劳",
    "根底",
    "建全",
    "局部组成",
    "平安保密",
    "乐观",
    "细心组织",
    "生疏",
    "赐予",
    "特地",
    "准时",
    "选购",
    "公开名目",
    "支配",
    "宣扬",
    "觉察",
    "便利群众",
    "宽敞群众",
    "开掘",
    "大事",
    "进展规划",
    "供应",
    "询问处理",
    "〞",
    "严格依据",
    "督查状况",
    "信息状况",
)
SPUN_PER_1000 = 3.0
# Hosts that are known by what they are. The name of a portal has no place here: only kinds of publisher.
MEDIA_HOSTS = re.compile(
    r"(?:people\.com\.cn|xinhuanet|news\.cn|sina\.com|sohu\.com|163\.com|qq\.com|ifeng|thepaper|chinanews|"
    r"china\.com\.cn|wiki|baike)"
)
# A newspaper names itself in its host: news.yuntang-paper.com, yuntang-news.com, www.ytrb-xinwen.com, wanbao.example.com
_NEWS_HOST = re.compile(r"(?:^|[.-])(?:news|paper|epaper|xinwen|ribao|wanbao|chenbao|kuaibao)(?:[.-]|\d*\.)")
LAW_HOSTS = re.compile(
    r"(?:pkulaw|fsou|chinalawinfo|lawtime|faxin|wkinfo|falvbang|66law|findlaw|(?:^|[.-])(?:fabao|falv|fagui|flfg|law-?lib)\w{0,6}\.)"
)
# What databases of laws write above a text, in lines of their own: no portal has two of these labels.
_LAW_LABEL = re.compile(
    r"[【\[](时效性|效力级别|效力等级|法规类别|法律分类|法宝引证码|发布部门|颁布单位|颁布日期|批准部门|实施日期|施行日期)[】\]]"
    r"|^(效力级别|效力等级|法宝引证码)\s?[:\s]"
)
# A newspaper's breadcrumb begins with its name: 云棠日报网首页 > 新闻 > 国内
_NEWS_CRUMB = re.compile(
    r"[^<>»|。;:]{2,10}(?:日报|晚报|晨报|早报|快报|都市报|商报|时报|新闻|新闻网|传媒)(?:网|在线|社)?(?:首页)?\s?(?:>|»)"
)
# Bodies that publish reports and have no place on a government's host: schools, hospitals, utilities (公共企事业单位).
_SERVICE = re.compile(r"(?:大学|学院|学校|中学|小学|幼儿园|医院|卫生院|公司|集团)$")
# Of such a body's name what others do not have in theirs.
_CORE = re.compile(r"^.{2,3}[省市](?=.{4})|(?:股份)?(?:有限)?(?:责任)?公司$|集团$")
_FOOT = re.compile(r".{0,40}(?:版权所有|copyright|©|ICP\s*备|主办|承办|版权归)", re.I)
_SITE_NAME = re.compile(r"^.{2,24}(?:官网|官方网站|网站|门户|首页)\s*(?:>.{0,80})?$")
WEB_ARCHIVES = re.compile(r"(?:web\.archive\.org|archive\.today|archive\.ph|perma\.cc)")
_HEAD_LINES = 12  # above a text
# Folders of official systems: on a foreign host they mark a copied path (cms-shapes.md 1).
_OFFICIAL_PATH = re.compile(
    r"/t20\d{6}_|/art/20\d\d/|/art_\d+_\d+|/20\d{4}/[0-9a-f]{32}|/zfxxgk|/xxgk|ndbg|xxgknb|/zwgk|/gknb|"
    r"/content/post_\d+|/20\d\d-\d\d/\d\d/content_\d+|/doc/20\d\d/\d\d/\d\d/",
    re.I,
)


def language(text: str) -> LanguageVariant:
    """Script of the text. Pseudo-traditional = converted character by character: 于 范 后 系 制 stay (domain.md 4)."""
    if traditional_share(text) < 0.02:
        if len(re.findall(r"[\u1800-\u18af\u0f00-\u0fff\u0600-\u06ff\uac00-\ud7af\ua000-\ua4cf]", text)) > max(
            40, len(text) * 0.3
        ):
            return LanguageVariant.minority
        return LanguageVariant.zh_hans
    real = sum(text.count(c) for c in "於範後係製佈麵臺複瞭裡裏衝")
    kept = sum(text.count(c) for c in "于范后系制布面复了里")
    if tampering.is_converted(text) or re.search(tampering.GLOSS, text):
        return LanguageVariant.zh_hant_pseudo
    return LanguageVariant.zh_hant if real >= 1 or kept == 0 else LanguageVariant.zh_hant_pseudo


def integrity(simplified: str, gloss: bool, hijacked: bool) -> tuple[TextIntegrity, list[Witness]]:
    """Whether somebody changed the words, and what shows it. Spun = at least three swapped words in 1,000 characters."""
    found: list[Witness] = []

    def add(kind: TextIntegrity, source: str, weight: float) -> None:
        found.append(
            Witness(value=kind.value, source=source, weight=round(weight, 1), chosen=kind is TextIntegrity(said))
        )

    spun = Counter(_SPUN.findall(simplified))
    density = sum(spun.values()) * 1000 / max(len(simplified), 1)
    blanks = tampering.blanked(simplified)
    said = TextIntegrity.clean
    if gloss or hijacked:
        said = TextIntegrity.injected
    elif len(spun) >= 5 and density >= SPUN_PER_1000:
        said = TextIntegrity.spun
    elif blanks or tampering.is_wrecked(simplified):
        said = TextIntegrity.damaged
    if said is TextIntegrity.clean:
        return said, []
    if gloss:
        add(TextIntegrity.injected, "glosses", 1.0)
    if hijacked:
        add(TextIntegrity.injected, "spam", 1.0)
    if len(spun) >= 5:
        most = sorted(spun, key=lambda token: -spun[token])[:5]
        add(TextIntegrity.spun, f"swapped words: {'、'.join(most)}", density)
    if blanks:
        add(TextIntegrity.damaged, f"blanked: {'、'.join(blanks[:5])}", len(blanks))
    if tampering.is_wrecked(simplified):
        add(TextIntegrity.damaged, "lost characters", 1.0)
    return said, found


_SPUN = re.compile("|".join(SPUN))
_WORDS = re.compile(markers.STATUTORY_WORDS)
# A journalist speaks, and tells of a report: 本报讯(记者某某)昨日从市政府获悉. What is posted in full has its own first words.
_SENDS = re.compile(r"关于(?:报送|上报|呈报|公布|公开|发布).{0,60}(?:年度报告|年报)的?(?:报告|公告|函)$")
_NEWS = re.compile(r"本[报网台刊]讯|[㐀-鿿]讯[(]?(?:通讯员|记者)|记者.{0,14}(?:获悉|了解到)")
# The last four of the form's six headings with their own numbers (domain.md 1.2): no other paper has two of them.
_OWN_HEADING = re.compile(
    r"\W{0,2}(三、收到和处理政府信息公开申请情况|四、(?:因)?政府信息公开(?:工作)?(?:被)?(?:申请|提起)?行政复议[、和及](?:提起)?行政诉讼情况|"
    r"五、(?:政府信息公开工作)?存在的(?:主要)?问题(?:及|和|与)改进(?:情况|措施)|六、其[他它]需要报告的事项)[。:]?"
)


def report_evidence(squashed: str, lines: list[str], titled: bool = False) -> tuple[float, list[str]]:
    """How much the body itself speaks for an annual report: points and their names. 3 points are enough without a
    title.

    `squashed` is the whole text squashed, `lines` the lines in comparing form; `titled`: a report's title stands above it,
    which need not say 信息公开 again.
    """
    points = 0.0
    names: list[str] = []

    def add(name: str, value: float) -> None:
        nonlocal points
        points += value
        names.append(name)

    head = squashed[:1500]
    form = {hit[1] for line in lines if (hit := _OWN_HEADING.fullmatch(line))}
    if len(form) < 2 and "六、其" in squashed:  # a text that was run together has no line of its own for a heading
        form = {hit[1] for hit in _OWN_HEADING.finditer(squashed)}
    openness = sum(squashed.count(word) for word in ("信息公开", "政务公开", "公开政府信息"))
    if (
        (squashed.count("公开") < 2 if titled else openness < 1)
        and len(form) < 2
        and not any(label in squashed for label in markers.TABLE_2021 + markers.TABLE_2019)
    ):
        return 0.0, []
    if re.search(
        r"(?:根据|依据|按照|依照|遵照).{0,60}信息公开条例.{0,240}?(?:本报告|本年度报告|本年报|年度报告|年报|"
        r"工作报告|公布|报告如下|编制)|(?:本报告|本年度报告|本年报|年度报告).{0,30}(?:根据|依据|"
        r"按照).{0,60}(?:信息公开|政务公开)",
        head,
    ):
        add("preamble", 2.0)
    if re.search(
        r"统计(?:数据)?(?:的)?(?:期限|时间|时限)|(?:自|从)?(?:\d{4})?年1月1日(?:起)?(?:至|到)|截[至止]到?20\d\d年12月",
        head,
    ):
        add("period", 1.0)
    headings = {word for line in lines if markers.NUMBERED.match(line) for word in _WORDS.findall(line[:26])}
    if len(form) > 1:
        add("headings of the form", 1.8)
    inline = {
        word
        for word in ("主动公开政府信息", "依申请公开", "行政复议", "存在的主要问题", "其他需要报告")
        if word in squashed
    }
    if headings:
        add("headings", min(len(headings), 4) * 0.6)
    if re.search(
        r"(?:编制|公布|公开|发布)(?:的)?.{0,24}20\d\d年.{0,12}信息公开(?:工作)?(?:年度)?(?:工作)?报告|"
        r"20\d\d年度?(?:政府|政务)?信息公开工作(?:进行)?了?总结.{0,40}(?:公布|年报)",
        head,
    ):
        add("names itself", 1.2)
    if len(inline) >= 3 and re.search(r"[一二三四五六]、", squashed):
        add("sections", 1.0)
    labels = markers.table_labels(squashed)
    if labels >= 3:
        add("tables", 2.0)
    if re.search(
        r"(?:主动|累计|共)公开.{0,12}信息.{0,8}\d+(?:余)?(?:条|件)|公开信息\d+条|受理.{0,12}申请\d*件|收到.{0,14}申请",
        squashed,
    ):
        add("counts", 0.8)
    return points, names


def doc_type(title: str | None, squashed: str, lines: list[str], official: bool) -> tuple[DocType, list[str]]:
    """Title and body together decide, never one of them alone. Returns the kind and the evidence."""
    facts = classify(title) if title else None
    kind = facts.kind if facts else "unknown"
    points, names = report_evidence(squashed, lines, titled=kind == "annual_report")
    evidence = [f"title:{facts.rule}"] if facts and facts.rule != "none" else []
    evidence += [f"body:{name}" for name in names]
    statistics = sum(label in squashed for label in markers.TABLE_2014) >= 3
    opening = squashed[:1200]
    if kind == "self_check" or (
        kind == "unknown"
        and re.search(r"自查(?:工作|情况|报告)|自查评分", opening)
        and "考核" in squashed
        and "本年度报告" not in opening
    ):
        if statistics or points >= 1:
            return DocType.self_check, evidence
        return DocType.other, evidence
    if kind == "neighbour" and not (title and _SENDS.search(title) and points >= 2 and "preamble" in names):
        return DocType.other, evidence  # what sends a report on may have it in full behind it
    if points < 3 and _NEWS.search(squashed[:300]):
        return DocType.other, [*evidence, "body:news"]
    if (kind == "unknown" or (facts and facts.year is None)) and points < 4 and _lists_reports(lines):
        return DocType.other, [*evidence, "body:list of reports"]
    if kind == "annual_report":
        if len(squashed) < 150 and title and re.search(r"图解|一图|图片版|长图", title):
            return DocType.infographic, evidence
        if title and "统计表" in title and statistics and points < 3:
            return DocType.statistics_table, evidence
        if len(squashed) < 150 or points >= (0.8 if official or _serves(facts) else 1.8):
            return DocType.annual_report, evidence
        return DocType.other, [*evidence, "body:nothing statutory"]
    if statistics and points < 3 and not title:
        return DocType.statistics_table, evidence
    return (DocType.annual_report if points >= (2 if kind == "neighbour" else 3) else DocType.other), evidence


def _serves(facts: TitleFacts | None) -> bool:
    """Whether a title names a school, a hospital, a utility: its own host is as official as it has one."""
    return facts is not None and facts.organ is not None and _SERVICE.search(facts.organ) is not None


def _lists_reports(lines: list[str]) -> bool:
    """Whether three lines or more are titles of reports: a column's page, whose own title names no year."""
    titles = {line for line in lines if 8 < len(line) < 60 and "公开" in line}
    return sum(classify(line).kind == "annual_report" for line in titles) >= 3


def provenance(
    url: str | None,
    site_code: str | None,
    shared: Shared,
    script: LanguageVariant,
    damaged: bool,
    official_text: bool,
    head: str,
    forms: Sequence[str] = (),
    organ: str | None = None,
) -> tuple[Provenance, list[str]]:
    """Who published this copy, and why one thinks so. `official_text`: the text is a government's report; `forms`: all
    lines of the page in comparing form; `organ`: the body that the title names.
    """
    host = address.host(url)
    if WEB_ARCHIVES.search(host):
        return Provenance.web_archive, [f"host:{host}"]
    if shared.is_copy:
        return Provenance.docshare, shared.evidence
    if not host:
        return Provenance.dataset_text, ["no address"]
    if host.endswith(".gov.cn") or host == "gov.cn":
        return Provenance.official, [f"host:{host}"]
    if LAW_HOSTS.search(host):
        return Provenance.law_database, [f"host:{host}"]
    if len(found := _law_labels(forms)) > 1:
        return Provenance.law_database, [f"labels:{', '.join(sorted(found))}"]
    if kinds := tampering.spam(head):
        return Provenance.mirror, [f"spam on top: {', '.join(kinds)}"]
    if MEDIA_HOSTS.search(host):
        return Provenance.media_repost, [f"host:{host}"]
    if _is_address(host):
        return Provenance.unknown, [f"address without a name:{host}"]
    if damaged or script == LanguageVariant.zh_hant_pseudo:
        return Provenance.mirror, [f"host:{host}", "converted or injected text"]
    if site_code:
        return Provenance.official_uncertified, [f"host:{host}", f"site code:{site_code}"]
    if host.endswith(".edu.cn"):
        return Provenance.official_uncertified, [f"host:{host}", "the domain is registered to schools alone"]
    serves = organ is not None and _SERVICE.search(organ) is not None
    copied = official_text and _OFFICIAL_PATH.search(address.path(url)) is not None
    if organ and serves and not copied and _is_own_site(organ, forms):
        return Provenance.official_uncertified, [f"host:{host}", f"a body without a government's host:{organ}"]
    # Asked after the state of the text: many a hijacked site was a newspaper's; a paper mill's host has a paper's name.
    if _NEWS_HOST.search(host) and not serves:
        return Provenance.media_repost, [f"host:{host}"]
    if crumb := next((form for form in forms[:_HEAD_LINES] if len(form) < 80 and _NEWS_CRUMB.match(form)), None):
        return Provenance.media_repost, [f"breadcrumb:{crumb}"]
    if copied:
        return Provenance.mirror, [f"host:{host}", "path of an official system on a foreign host"]
    return Provenance.unknown, [f"host:{host}"]


def _is_own_site(organ: str, forms: Sequence[str]) -> bool:
    """Whether the site says in its foot, or in its first lines, that it is the body's own."""
    core = _CORE.sub("", organ)
    core = core[2:] if len(core) > 5 else core  # the place before it, which the foot leaves out
    mine = [form for form in forms if len(form) < 200 and core in form] if len(core) > 1 else []
    return any(_FOOT.match(form) or _SITE_NAME.search(form) for form in mine)


def _law_labels(forms: Sequence[str]) -> set[str]:
    """Labels of a database of laws among a page's lines (comparing form)."""
    likely = (
        form for form in forms if len(form) < 200 and ("效力" in form or "法宝" in form or "【" in form or "[" in form)
    )
    return {hit[1] or hit[2] for form in likely for hit in _LAW_LABEL.finditer(form)}


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
