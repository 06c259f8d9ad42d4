"""Reading links and lists off a page, by what they say rather than where they stand. Pure functions over a response."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement, document_fromstring
from scrapy.http import Response

from crawler import identity, targets
from parsing import media, titles
from parsing.charset import decode
from parsing.normalise import simplify

# What names of hubs and groups are made of (国办公开办函〔2019〕61号, domain.md 2.4): of these characters only, and at least
# one of these words. Characters rather than words: a class is matched in linear time.
_CHARACTERS = (
    "各地本全省市县区旗州盟直属级所辖下工作人民部门单位机构关委办局"
    "乡镇场街道事处苏木基层开发园和及与以垂管驻派出双重分系统地方厅林、/·()"
)
_BODIES = (
    "部门|单位|机关|机构|委办局|分局|系统|乡镇|镇乡|街道|镇街|街镇|镇\\(街|乡\\(镇|苏木|基层|开发区|园区|本级|[省市县区旗]政府|人民政府|"
    "各[县区市旗镇乡]|县区|区县|县市|市县|旗县|市\\(县|县\\(市|县\\(区|区\\(县|市\\(州|下辖|市州|州市|地市|盟市"
)
HUB_NAMES = re.compile(
    rf"^(?=.*(?:公开|部门|乡镇|镇乡|街道|镇街|街镇))[{_CHARACTERS}政府务信息公开平台专栏目录网站窗口导航链接子分]+$"
)
GROUP_NAMES = re.compile(rf"^(?=.*(?:{_BODIES}))[{_CHARACTERS}政府室]+(?:(?:政府)?(?:信息公开)?(?:年报|年度报告))?$")
_YEARLY = "(?:年报|年度报告|(?:政府)?信息公开(?:工作)?(?:年报|年度报告))"
YEAR_NAME = re.compile(rf"^(?:19|20)\d\d年?度?{_YEARLY}?$")
YEARS_NAME = re.compile(  # several years in one list: 2008-2012年, 2012年及以前, 历年年报
    rf"^(?:(?:19|20)\d\d年?度?(?:及|以|之)?(?:以|之)?前(?:年度)?|(?:19|20)\d\d年?度?(?:[-—~～–]+|至|到)(?:19|20)\d\d年?度?|(?:历年|历史|往年|往期|以前年度|更早|更多年份){_YEARLY}?){_YEARLY}?$"
)
# Parts of a column that are named like nothing in particular; groups when they stand within one.
INNER_NAMES = re.compile(
    r"^(?:政府|本级|[省市县区旗]级|(?:管理)?委员会|管委会|厅局|[省市县区旗]?政府办(?:公室)?|其他|其它|综合|全部|(?:公共)?企?事业单位|垂直管理|旧版(?:网站)?(?:存档)?|历史(?:存档|归档|档案)|往期存档)(?:年报|年度报告)?$"
)
# Where the column hides when no link is called after it: asked for only when everything else has led nowhere.
LAST_RESORTS = re.compile(
    r"^(?:政务|政府|政府信息|公开|信息|主动公开|法定主动公开(?:内容)?|公开(?:内容|目录|事项|专栏|平台)|政务(?:要闻|之窗|中心)|走进政府|"
    r"(?:政府)?信息公开(?:内容|事项|栏目)|重点(?:领域)?(?:信息)?公开|信息公开与?政务服务|专题专栏|法定公开|其他公开)$"
)
ENTRANCE = re.compile(r"^(?:点击|请)?进入(?:网站|首页|主页|主站|门户|本站)*$|^(?:简体)?中文版?$|^enter$", re.IGNORECASE)
# The site that a portal had before it was built anew, and kept: its reports are often on no list of the new one.
OLD_SITE = re.compile(
    r"^(?:返回|回到|进入|访问|查看|浏览)?(?:政府|门户)*(?:网站|网|站)?\(?"
    r"(?:(?:旧版?|老版?|原|历史)(?:政府|门户)*(?:网站|站点?)|[旧老]版(?:首页|主页)?)\)?(?:入口|回顾|存档|归档|链接)?$"
)
SITE_MAP = re.compile(r"^(?:网站|站点|本站)?(?:地图|导航)$|^site ?map$", re.IGNORECASE)
BODY_NAME = re.compile(
    r"^[\u4e00-\u9fff()]{2,24}?(?:县|区|市|旗|镇|乡|街道|街道办事处|苏木|局|委|委员会|厅|办|办公室|院|署|中心|政府|管委会|站|分局|街道办|供销社|总工会|妇联|残联|科协|大队|支队|总队"
    r"|馆|卫生所|派出所|研究所|管理所|学校|中学|小学|大学|幼儿园|电视台|气象台|林场|农场|公司|集团|文联|侨联|工商联|联合会|红十字会)"
    r"(?:\([\u4e00-\u9fff、]{2,16}\))?$"  # 县政府(办公室), 财政局(国资局): with its second name
)
# Parts of a portal that are named like a body: 新闻中心, 办事服务中心.
NOT_BODIES = re.compile(
    r"首页|^关于|[本全]站$|大厅|"
    r"^(?:服务|数据|信息|监督|发布|活动|文化|学习|消息|我的|政策|政务|公开)?中心$|政务(?:服务|公开)?中心$|新闻|资讯|办事(?!处)|便民|[场展]馆$|(?:网上|数字).{0,4}馆$|下一|上一|互动|个人|法人|下载|视频|图片|用户|会员|帮助|搜索|导航|专区$|网站"
)
DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")


class Role(StrEnum):
    """What a link's text says that it leads to."""

    column = "column"  # the 年报 column
    hub = "hub"  # a page on the way to it
    group = "group"  # a set of bodies, or a year, within it
    body = "body"  # one issuing body
    other = "other"


@dataclass(frozen=True)
class Link:
    """A link as a reader sees it: absolute URL, the fuller of its text and its title, and the date of its row if any."""

    url: str
    text: str
    date: str | None = None
    under: str | None = None  # the column whose heading, itself no link, stands over this part of it in the menu


def squeeze(text: str | None) -> str:
    """Whitespace collapsed, full-width brackets made half-width, leading bullets dropped."""
    text = re.sub(r"[\s\u3000\u200b\ufeff]+", " ", text or "").strip(" ·•-—>»|[]【】")
    return text.replace("（", "(").replace("）", ")")


@lru_cache(maxsize=4096)
def role(text: str) -> Role:
    """What a link of that text leads to."""
    text = _MORE_BEHIND.sub("", simplify(squeeze(text).replace(" ", "")))
    if not text or len(text) > 40:
        return Role.other
    if titles.is_column_name(text):
        facts = titles.classify(text)
        return Role.other if facts.year and facts.organ else Role.column  # one body's, of one year: a report
    if YEAR_NAME.match(text) or YEARS_NAME.match(text) or GROUP_NAMES.match(text):
        return Role.group
    if HUB_NAMES.match(text) or _is_bodys_platform(text):
        return Role.hub
    if BODY_NAME.match(text) and not NOT_BODIES.search(text):
        return Role.body
    return Role.other


def is_of_years(text: str) -> bool:
    """Whether a link is called after a year or several: 2021年, 2012年以前年报."""
    text = squeeze(text)
    return YEAR_NAME.match(text) is not None or YEARS_NAME.match(text) is not None


def _is_bodys_platform(text: str) -> bool:
    """Whether a link leads to one body's openness: 高新区信息公开."""
    body, found, _ = text.partition("信息公开")
    return bool(found) and bool(PLATFORM.search(text)) and BODY_NAME.match(body.removesuffix("政府")) is not None


PLATFORM = re.compile(r"信息公开(?:平台|专栏|目录|网)?$")


def tree(response: Response) -> HtmlElement | None:
    """The page as a tree, decoded from evidence rather than from its headers. None when there is no markup in it."""
    return tree_of(source_text(response))


def tree_of(text: str) -> HtmlElement | None:
    """A tree from text, None when there is no markup in it. What stands behind </html> belongs to it, as in browsers."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>|</(?:html|body)\s*>", "", text, flags=re.IGNORECASE).replace("\x00", "")
    if "<" not in text:
        return None
    try:
        return document_fromstring(text)
    except (etree.ParserError, ValueError):
        return None


def links(root: HtmlElement | None, url: str, source: str = "", library: str = "") -> Iterator[Link]:
    """Every link of a page in reading order, frames and scripted links that we understand included.

    `source` is the page's text, `library` that of scripts beside it: what they define is needed for links that call it.
    """
    if root is None:
        return
    base, own = base_of(root, url), targets.functions(library) | targets.functions(source)
    for element in root.iter(etree.Element):
        if not element.attrib or element.tag in _NO_LINKS:
            continue
        target = targets.of_element(element, own)
        absolute = absolute_of(base, target) if target else None
        if absolute and not targets.is_mobile(absolute, url) and not _is_trap(element) and not _is_box(element):
            label, date = _label(element), _row_date(element)
            yield Link(absolute, label, date, _column_above(element, label) if date is None else None)
    for label, target in targets.menu(source):
        if absolute := absolute_of(base, target):
            yield Link(absolute, squeeze(label))


def unresolved(root: HtmlElement | None, source: str, library: str) -> bool:
    """Whether a link that is called as a column, a part of one or a report calls a function that is not known yet."""
    if root is None:
        return False
    own = targets.functions(library) | targets.functions(source)
    scripted = (each for each in root.iter("a", "li", "span") if targets.calls_unknown(each, own))
    return any(
        titles.classify(text).kind in titles.REPORT_KINDS or role(text) not in (Role.other, Role.hub)
        for text in (_label(each) for each in islice(scripted, MOST_SCRIPTED))
    )


MOST_SCRIPTED = 200  # links of a page


def _is_trap(element: HtmlElement) -> bool:
    """Whether a link alone stands in a box that no reader sees. Rows of a list are hidden too, and shown by a button."""
    box = element.getparent()
    hidden = (
        box is not None
        and box.tag in ("div", "p", "span")
        and "display:none" in (box.get("style") or "").replace(" ", "")
    )
    return hidden and box is not None and len(box) == 1


def _is_box(element: HtmlElement) -> bool:
    """Whether an element holds links to several places: its own address is where its script has them from."""
    if element.tag in ("a", "option", "area"):
        return False
    inner = (str(each.get("href") or "") for each in islice(element.iter("a"), LINKS_LOOKED_AT))
    return len({href for href in inner if href and not href.lower().startswith(targets.NO_ADDRESS)}) > 1


LINKS_LOOKED_AT = 20  # of a box; headings and links at the head of a block
MOST_LINKS = 20_000  # of a page; a site map has a few thousand
_NO_LINKS = ("link", "script", "style", "img", "base", "form", "source", "video", "audio", "embed", "object", "use")


def askable(found: Iterator[Link], response: Response) -> Iterator[Link]:
    """Links with their addresses as a browser would ask for them; without those that are no address of the web."""
    charset = ""
    for link in found:
        if not charset and not link.url.isascii():
            charset = decode(response.body, (response.headers.get(b"Content-Type") or b"").decode("latin-1")).charset
        if url := identity.askable(identity.sessionless(link.url), charset or "utf-8"):
            yield link if url == link.url else replace(link, url=url)


def absolute_of(base: str, target: str) -> str | None:
    """The address that a page at `base` means, without its fragment; None when it is none of the web's."""
    try:
        absolute = urljoin(base, target.strip())
        parts = urlsplit(absolute)
        web = parts.scheme in ("http", "https") and "/../" not in parts.path  # a path that climbs leads nowhere
    except ValueError:
        return None  # such as http://[broken
    return absolute.partition("#")[0] if web else None


def inner(response: Response) -> list[str]:
    """Where a page that shows nothing itself has it: where it sends its reader on, behind its entrance, in its frames, in
    the parts that its scripts load. Each address once.
    """
    root, source = tree(response), source_text(response)
    base = response.url if root is None else base_of(root, response.url)
    onward = [to] if (to := targets.refresh(root, source)) else []
    entrances = [link.url for link in links(root, response.url, source) if ENTRANCE.match(link.text)]
    written = (*onward, *entrances, *targets.frames(root), *targets.parts(source), *targets.told(root, source))
    return list(dict.fromkeys(url for each in written if (url := absolute_of(base, each)) and url != response.url))


def own_scripts(response: Response) -> list[str]:
    """Addresses of the scripts beside a page that are no library's; each once, the last first: pages load theirs last."""
    root = tree(response)
    base = response.url if root is None else base_of(root, response.url)
    written = [] if root is None else [str(each.get("src") or "") for each in root.iter("script")]
    found = (absolute_of(base, each) for each in reversed(written) if each and not LIBRARIES.search(each))
    return list(dict.fromkeys(url for url in found if url))


# Scripts that hold no call of the page's own.
LIBRARIES = re.compile(
    r"jquery|bootstrap|swiper|layui|layer|vue|element-ui|axios|echarts|require|polyfill|base64|md5|crypto|encrypt|datepicker|"
    r"wdatepicker|slick|superslide|tongji|baidu|hm\.js|share|barrier|wza|font|analy|stat|count|captcha|min\.js|html5|respond|"
    r"resize|rem\.js|flash|player|video|lazyload|animate|wow|modernizr|pinyin|qrcode|print",
    re.IGNORECASE,
)


def base_of(root: HtmlElement, url: str) -> str:
    """What a page's relative addresses are relative to."""
    href = root.xpath("string(//base[@href][1]/@href)")
    return urljoin(url, str(href).strip()) if href else url


def _label(element: HtmlElement) -> str:
    text, title = squeeze(_text_of(element)), squeeze(element.get("title"))
    if not text:
        pictures = [element] if element.tag == "area" else element.iter("img")
        text = next((alt for picture in pictures if (alt := squeeze(picture.get("alt") or picture.get("title")))), "")
    if not text or (
        title and text.rstrip(".… ") and title.startswith(text.rstrip(".… ")[:6]) and len(title) > len(text)
    ):
        return title or text
    if title and (text.endswith(("…", "...")) or (len(title) > SHORTEST_NAME and title in text)):
        return title
    if MORE.match(text):
        return _named_by_its_block(element) or text
    if NAMELESS.match(text):
        return _named_by_its_row(element) or _named_by_its_sentence(element, text) or text
    if VAGUE.search(text):
        return _named_by_its_sentence(element, text) or text
    without_date = squeeze(DATE.sub("", text))
    return _headline_of(element, without_date) or without_date or text


def _named_by_its_block(element: HtmlElement) -> str | None:
    """What a 更多 leads to more of: what its block is called, and 年报 where that says nothing, and the block shows reports."""
    heading = _heading_above(element)
    unsaid = heading is None or role(heading) is Role.other
    return f"{heading or ''}年报" if unsaid and _shows_reports(element) else heading


def _shows_reports(more: HtmlElement) -> bool:
    """Whether at least half of the rows in the block of a 更多 are reports."""
    for node in islice(more.iterancestors(), BLOCK_DEPTH):
        texts = (
            squeeze(each.get("title")) or squeeze(_text_of(each)) for each in islice(node.iter("a"), LINKS_LOOKED_AT)
        )
        kinds = [titles.classify(text).kind for text in texts if len(text) >= SHORTEST_ROW]
        if kinds:
            return 2 * sum(kind in titles.REPORT_KINDS for kind in kinds) >= len(kinds)
    return False


def _heading_above(element: HtmlElement) -> str | None:
    """What stands at the head of the block that a 更多 belongs to: “街道” of <h4>街道</h4><a>更多</a>. None without one."""
    for node in islice(element.iterancestors(), BLOCK_DEPTH):
        for piece in islice(node.iter(*_HEADINGS), LINKS_LOOKED_AT):
            if piece is element:
                break
            text = squeeze("".join(islice(piece.itertext(), MOST_PIECES)))
            if piece in element.iterancestors():  # <h3>街道 <a>更多</a></h3>
                text = squeeze(text.replace(squeeze(_text_of(element)), ""))
            if 1 < len(text) <= LONGEST_HEADING and not MORE.match(text):
                return text
    return None


def _column_above(element: HtmlElement, text: str) -> str | None:
    """The column that a part of the menu belongs to: <li><span>信息公开年报</span><ul><li><a>管委会</a>. None for all else."""
    if not PART.match(text) or NOT_BODIES.search(text) or role(text) in (Role.column, Role.hub):
        return None
    for node in islice((element, *element.iterancestors()), BLOCK_DEPTH + 1):
        for before in islice(node.itersiblings(preceding=True), MOST_PARTS):
            if before.tag in _HEADS and not _leads(before):
                said = squeeze("".join(islice(before.itertext(), MOST_PIECES)))
                if said:
                    return said if role(said) is Role.column else None
        parent = node.getparent()
        if parent is not None and parent.tag == "li" and (said := squeeze(parent.text)):
            return said if role(said) is Role.column else None
        if parent is not None and parent.tag == "li" and node.tag in _MENUS and role(text) in (Role.group, Role.body):
            head = next(parent.iterchildren("*"))  # a link too: what it leads to may show these parts in its menu alone
            said = squeeze(_text_of(head))
            return said if role(said) is Role.column else None
    return None


def _leads(element: HtmlElement) -> bool:
    """Whether an element is a link, or holds one, that goes somewhere."""
    inner = [element] if element.tag == "a" else islice(element.iter("a"), LINKS_LOOKED_AT)
    return any(not str(each.get("href") or "#").lower().startswith(targets.NO_ADDRESS) for each in inner)


def _named_by_its_row(element: HtmlElement) -> str | None:
    """What the row says of a link called 查看 or 下载: a report's title or a year, of the row's first such link alone."""
    row = next((each for each in islice(element.iterancestors(), BLOCK_DEPTH) if each.tag in _ROWS), None)
    links_of_row = list(islice(row.iter("a"), MOST_LINKS_OF_A_ROW + 1)) if row is not None else []
    if row is None or not links_of_row or links_of_row[0] is not element or len(links_of_row) > MOST_LINKS_OF_A_ROW:
        return None
    texts = (squeeze(DATE.sub("", piece)) for piece in islice(row.itertext(), MOST_PIECES))
    named = (text for text in texts if titles.classify(text).kind in titles.REPORT_KINDS or YEAR_NAME.match(text))
    return next(named, None)


def _named_by_its_sentence(element: HtmlElement, text: str) -> str | None:
    """The column that a sentence names and its one link leads to: 省信访局年报见<a>省信访局网站</a>. None where it names none."""
    around = element.getparent()
    if around is None or around.tag not in _SENTENCES or len(list(islice(around.iter("a"), 2))) > 1:
        return None
    said = squeeze("".join(islice(around.itertext(), MOST_PIECES)))
    named = re.split(r"[,，。;；:：]|请?(?:详?见|点击|登录|访问|查看|前往|进入)", said.replace(text, "", 1))[0].strip(
        "请可 "
    )
    return named if len(said) <= LONGEST_SENTENCE and titles.is_column_name(named) else None


def _headline_of(element: HtmlElement, text: str) -> str | None:
    """The title in a link that is a whole row, with its date and its body in elements of their own; else None."""
    if len(element) < 2 or titles.classify(text).kind != "unknown":
        return None
    pieces = (squeeze(piece) for piece in islice(element.itertext(), MOST_PIECES))
    return next((piece for piece in pieces if titles.classify(piece).kind != "unknown"), None)


def _text_of(element: HtmlElement) -> str:
    """The text of a link; of a frame's content, which is for those who see no frames, none."""
    return "" if element.tag in ("iframe", "frame") else "".join(islice(element.itertext(), LONGEST_ROW))


_MORE_BEHIND = re.compile(r"(?<=\w)(?:查看)?更多[>›».…]*$")  # 镇街年报更多>>
NAMELESS = re.compile(
    r"^(?:点击)?(?:查看|阅读|下载|打开|浏览)?(?:全文|详情|详细|报告|年报|年度报告|正文|附件)?(?:下载|查看)?[>»]*$"
)
PART = re.compile(r"^[\u4e00-\u9fff()、·—0-9]{2,16}$")
_MENUS = ("ul", "ol", "dl")
_HEADS = ("h1", "h2", "h3", "h4", "h5", "h6", "dt", "strong", "b", "span", "a", "p", "div", "em", "i")
MOST_PARTS = 40  # of a column's menu
VAGUE = re.compile(r"^(?:请?点击)?(?:此处|这里|进入|链接|查看)|网站$|官网$|专栏$")
_SENTENCES = ("p", "li", "td", "div", "span", "dd", "strong")
LONGEST_SENTENCE = 60  # characters
MORE = re.compile(r"^(?:(?:查看|点击|浏览)?更多(?:内容|信息)?|more)[.…>»+]*$", re.IGNORECASE)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "dt", "legend", "caption", "th", "strong", "b", "span", "a")
BLOCK_DEPTH, LONGEST_HEADING = 3, 20  # ancestors of a 更多; characters
SHORTEST_NAME, SHORTEST_ROW = 6, 10  # characters
MOST_PIECES = 12  # texts of a link that are looked at one by one
MOST_LINKS_OF_A_ROW = 4
LONGEST_ROW = 600  # characters
_ROWS = ("li", "tr", "dl", "dd")  # a row may hold one more link: its category, or its issuing body


def _row_date(element: HtmlElement) -> str | None:
    """The date written in the link's own row: the nearest of four ancestors that holds a date and hardly another link."""
    node: HtmlElement | None = element
    for _ in range(5):
        if node is None or node.tag in ("body", "html", "table", "tbody", "ul", "form"):
            return None
        inner = list(islice(node.iter("a"), MOST_LINKS_OF_A_ROW + 1))
        if len(inner) > MOST_LINKS_OF_A_ROW:
            return None  # a whole list, not a row
        match = DATE.search(" ".join(node.itertext())[:LONGEST_ROW])
        if match:
            addresses = {a.get("href") for a in inner} - {element.get("href")}
            return iso_date(match) if len(addresses) <= (1 if node.tag in _ROWS else 0) else None
        node = node.getparent()
    return None


def iso_date(match: re.Match[str]) -> str | None:
    """ISO date of a DATE match, None when it is no date of the calendar."""
    year, month, day = (int(part) for part in match.groups())
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else None


NEXT_PAGE = re.compile(r"^(?:下一?页|后一?页|后页|下页>|>|»|›|››|→|>>|next)\s*[>»]*$", re.IGNORECASE)


def next_links(found: list[Link]) -> list[str]:
    """Addresses behind 下一页."""
    return [link.url for link in found if NEXT_PAGE.match(squeeze(link.text) or link.text)]


def source_text(response: Response) -> str:
    """The page's source as text: also for pagers and lists that live in scripts. A file has none: it may be large."""
    if media.sniff(response.body) not in (media.HTML, media.PLAIN, "application/octet-stream"):
        return ""
    return decode(response.body, (response.headers.get(b"Content-Type") or b"").decode("latin-1")).text


def charset_of(response: Response) -> str:
    """The charset that a page's source was read in: what its forms send is in the same."""
    return decode(response.body, (response.headers.get(b"Content-Type") or b"").decode("latin-1")).charset
