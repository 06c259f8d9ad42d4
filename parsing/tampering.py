"""What others put into a report or made of it: spam, swapped addresses, glosses, converted script, lost characters.

Each table's line has an example. What stands alone in a line is taken out by a rule (rules.py: x.spam), what stands
inside a sentence by a piece; all of it is flagged, and the text's integrity says so (domain.md 4, 5.3).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from parsing import address


class Kind(NamedTuple):
    """One kind of spam: words that no report has; 彩票, 赌博, 棋牌室 are not among them, police and lottery offices have them.

    Each of the patterns begins with a letter as it is: a search then passes over all places where none of these stands.
    """

    id: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]  # of a text in lower case: the engine leaps only to letters that have no other case
    example: str


def _kind(name: str, words: tuple[str, ...], example: str) -> Kind:
    return Kind(name, words, re.compile("|".join(words)), example)


def _each(heads: str, behind: str) -> tuple[str, ...]:
    """A pattern for each of the heads, with what must stand behind it."""
    return tuple(f"{head}{behind}" for head in heads.split())


# 在线娱乐 is spam, 注册娱乐场所 and 线上娱乐活动 are not.
_NO_TRADE = "(?!场|经营|服务|企业|业|活动|单位|机构|公司|消费|文化|设施|项目|许可)"
# What an office does about it: a police report speaks of such things.
FOUGHT = "(?:查处|打击|整治|取缔|查获|捣毁|涉赌|侦破|举报|清理|监管|审批|违法|违规|案件)"
_FOUGHT = re.compile(FOUGHT)

SPAM: tuple[Kind, ...] = (
    _kind(
        "gambling",
        (
            *_each(
                "真人 线上 在线 注册",
                f"(?:百家乐|娱乐{_NO_TRADE}|(?:棋牌|彩票)(?:平台|网站|官网|app|入口|游戏|娱乐|下载|投注))",
            ),
            "真人(?:棋牌|彩票)",
            *_each("棋牌 彩票 体育 电竞", "(?:下载|平台注册|官网入口)"),
            *_each("棋牌 彩票 体育 电竞", "投注(?:平台|官网|网址|网站|app|入口|技巧|$)"),
            *(
                "博彩(?:公司|平台|网|官网|娱乐)",
                "娱乐城",
                "百家乐",
                "老虎机(?:游戏|平台)",
                "时时彩",
                "开户送",
                "首存送",
                "彩金",
                "澳彩",
                "六合彩",
                "彩票app",
                "管家婆[一二三]",
                "一肖一码",
            ),
        ),
        "百家乐在线娱乐城 开户送88元",
    ),
    _kind(
        "gambling-brands",
        (
            *_each(
                "开云 乐鱼 亚博 爱游戏 华体会 必威 万博 米乐 星空 九游 皇冠 澳博",
                "(?:体育|娱乐|app|官网|官方|登录|平台)",
            ),
            *_each("半岛体育 半岛娱乐 半岛", "(?:app|官网|平台|登录|在线|入口|下载)"),  # 半岛 alone is a place
            *(f"{brand}(?<![a-z]{brand})(?:电子|真人|娱乐)" for brand in ("pg", "jdb", "cq9", "mg", "ag")),
            *("威尼斯人", "新葡京", r"bet(?<![a-z]bet) ?365(?!\d)", "澳门(?:金沙|银河|永利|太阳城|六合)"),
        ),
        "开云体育app官网入口",
    ),
    _kind(
        "adult",
        (
            *("av在线", "麻豆传媒", "一本道"),
            *_each("无码", "(?:视频|影片|高清|专区|电影|在线|精品|中文|一区|二区|毛片|片|av)"),
            *_each("亚洲 日韩 欧美 国产 高清", "无码"),
            *("久久(?:精品|热|爱)", "国产(?:精品|自拍)", "成人(?:影院|视频|小说)"),
        ),
        "久久精品国产自拍",
    ),
    _kind(
        "trade",
        ("代开.{0,4}发票", "办证刻章", "刻章办证", "私服发布", "网站快速排名", "外链代发", "刷单兼职"),
        "代开各类发票 办证刻章",
    ),
)
_WORDS = "|".join(word for kind in SPAM for word in kind.words)
SPAM_WORDS = rf"(?=[{''.join(sorted({word[0] for kind in SPAM for word in kind.words}))}])(?:{_WORDS})"
# What each of the words begins with, as it is: an alternative of its own for each of a group's.
SPAM_BEGINS = "|".join(sorted({word[:2] for kind in SPAM for word in kind.words}))
_SPAM = re.compile(_WORDS)
# Hosts of gambling sites that stand where an office's address stood: 登录门户网站（www.yabo-188.com）查阅.
_SPAM_HOST = re.compile(r"(?:bet\d|casino|yabo|kaiyun|leyu|jiuyou|huatihui|bwin|lottery|vns\d|xpj\d|porn)", re.I)
_ADDRESS = re.compile(r"(?:https?://|(?<![\w.@])(?=www\.))([a-z0-9][a-z0-9.-]{2,80})", re.I)
_HINT = re.compile(r"www\.|https?://|WWW\.|HTTPS?://")  # asked first: most texts have no address
_OWN_SITE = re.compile(r"(?:门户网站?|政府网站?|政务网|信息网|公开网|网址|网站)[^。]{0,10}$")
_OFFICIAL = (".gov.cn", ".edu.cn", ".org.cn", ".政务", ".公益", ".test")

# Pinyin that mirror sites put behind characters: always with a tone mark, or one of the syllables that have no tone.
_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ\u0300\u0301\u0304\u030c"
_TONED = rf"(?=[a-zü]{{0,5}}[{_TONES}])[a-zü '{_TONES}]{{1,24}}"
# 開(kāi)  的(de)  公开(gōng kāi)
GLOSS = rf"[(（\[](?<=[㐀-鿿].)(?:{_TONED}|de|le|zhe|zi|men|ma|ne|ba|me|tou)[)）\]]"

# (what a character-by-character converter makes, what people write): the first without the second is no real
# traditional text.
CONVERTED: tuple[tuple[str, str], ...] = (
    ("關于", "關於"),
    ("由于", "由於"),
    ("對于", "對於"),
    ("屬于", "屬於"),
    ("范圍", "範圍"),
    ("規范", "規範"),
    ("模范", "模範"),
    ("之后", "之後"),
    ("以后", "以後"),
    ("后續", "後續"),
    ("里面", "裡面"),
    ("干部", "幹部"),
    ("征求", "徵求"),
    ("制發", "製發"),
    ("編制的年度報告", "編製的年度報告"),
)

# What is left of characters that went through a wrong charset and cannot be had back.
WRECKS: tuple[tuple[str, str], ...] = (
    ("锟斤拷", "UTF-8's U+FFFD read as GBK: 信锟斤拷公开"),
    ("ï¿½", "the same read as Latin-1: ï¿½ï¿½公开"),
    ("烫烫烫", "memory that nobody had written to, read as GBK"),
    ("屯屯屯", "the same, another compiler's"),
)

# Places where a figure must stand and none does: sharing sites blank years, for a copy that fits any year. With no year
# before it 年 begins a clause in no sentence that people write.
_CLAUSE = (
    r"(?<![\d〇○零一二三四五六七八九\s]\s)(?<=[\s。；;，,、])"  # 2023 年 is a year, also where the line was broken
)
BLANKED: tuple[tuple[str, str], ...] = (
    (r"[自从至止]年\d{1,2}月", "自年1月1日起至年12月31日"),
    (_CLAUSE + r"年[,，]", "一、概述 年,我市认真贯彻"),
    (_CLAUSE + r"年(?:度(?=在|我|全|共)|\d{1,2}月\d{1,2}日)", "，年1月1日至"),
    (r"[〔(（\[]\s{0,3}[〕)）\]]\s{0,3}\d{1,4}号", "云工信网信()1007号"),
)
_BLANKED = re.compile("|".join(f"(?:{pattern})" for pattern, _ in BLANKED))
_MAY_BE_BLANKED = re.compile(
    r"年(?<=[自从至止\s。；;，,、]年)(?:[,，\d]|度[在我全共])|[〔(（\[]\s{0,3}[〕)）\]]\s{0,3}\d"
)  # asked first: most have none
_ONCE = re.compile(BLANKED[0][0])  # proof enough; of the others two are asked for

# A question mark where a non-breaking space or © was before a charset without them; real ones are ？ or end a sentence.
LOST_SPACE = re.compile(
    r"^[?\ufffd][?\ufffd ]{0,15}(?=[㐀-鿿\d])"  # ?二、主动公开   ? 0
    r"|\| ?[?\ufffd]{1,4} ?(?=\d)"  # | ? 0
    r"|(?:^|\| )\d{1,9}[?\ufffd](?= |$)"  # 9? | 0
    r"|(?<=[㐀-鿿]) [?\ufffd](?= [㐀-鿿])"  # 办公室 ? 版权所有
)
LOST_SPACES = 2  # from so many on they are flagged: a single one may be a slip of the keyboard


def spam(text: str) -> list[str]:
    """Ids of the kinds of spam in a simplified text, an address of a gambling site included."""
    low = text.lower()
    found = [kind.id for kind in SPAM if _written(kind, low)] if _SPAM.search(low) else []
    hosts = [match[1] for match in _ADDRESS.finditer(text)] if _HINT.search(text) else []
    return [*found, "address"] if any(_SPAM_HOST.search(host) for host in hosts) else found


def _written(kind: Kind, low: str) -> bool:
    """Whether the words stand somewhere but in a clause that says what was done about them. A brand's name is in none."""
    if kind.id == "gambling-brands":
        return kind.pattern.search(low) is not None
    for hit in kind.pattern.finditer(low):
        before = low[max(hit.start() - 16, 0) : hit.start()].rpartition("\n")[2]
        after = low[hit.end() : hit.end() + 12].partition("\n")[0]
        if _FOUGHT.search(before) is None and _FOUGHT.search(after) is None:
            return True
    return False


def swapped_addresses(text: str, url: str | None) -> list[str]:
    """Hosts that a text gives as an office's own site and that are neither official ones nor the page's own."""
    mine = address.host(url).removeprefix("www.")
    found = []
    for match in _ADDRESS.finditer(text) if _HINT.search(text) else ():
        host = match[1].lower().rstrip(".-")
        if host.endswith(_OFFICIAL) or (mine and host.removeprefix("www.").endswith(mine)):
            continue
        if _OWN_SITE.search(text[max(match.start() - 30, 0) : match.start()].split("\n")[-1]):
            found.append(host)
    return list(dict.fromkeys(found))


def is_converted(text: str) -> bool:
    """Whether a traditional text was converted character by character from simplified."""
    made = sum(text.count(converted) for converted, _ in CONVERTED)
    return made > sum(text.count(proper) for _, proper in CONVERTED)


def is_wrecked(text: str) -> bool:
    """Whether characters were lost beyond recall."""
    return text.count("\ufffd") > 3 or any(wreck in text for wreck, _ in WRECKS)


def blanked(text: str) -> list[str]:
    """Places of a simplified text where a year was taken out, as they read now; [] when a slip may have made them."""
    if _MAY_BE_BLANKED.search(text) is None:
        return []
    found = list(dict.fromkeys(hit[0] for hit in _BLANKED.finditer(text)))
    return found if len(found) > 1 or _ONCE.search(text) else []


def lost_spaces(lines: list[str]) -> bool:
    """Whether non-breaking spaces have become question marks."""
    return sum(len(LOST_SPACE.findall(line)) for line in lines if "?" in line or "\ufffd" in line) >= LOST_SPACES
