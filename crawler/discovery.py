"""Reading links and lists off a page, by what they say rather than where they stand. Pure functions over a response."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement, document_fromstring
from scrapy.http import Response

from parsing import titles
from parsing.charset import decode

# What names of hubs and groups are made of (国办公开办函〔2019〕61号, domain.md 2.4): of these characters only, and at least
# one of these words. Characters rather than words: a class is matched in linear time.
_CHARACTERS = "各地本全省市县区旗州直属级所辖工作人民部门单位机构关委办局乡镇街道基层开发园和及与以、/·()"
_BODIES = "部门|单位|机关|委办局|乡镇|镇乡|街道|镇街|街镇|镇\\(街|乡\\(镇|基层|开发区|本级|[省市县区旗]政府|人民政府"
HUB_NAMES = re.compile(
    rf"^(?=.*(?:公开|部门|乡镇|镇乡|街道|镇街|街镇))[{_CHARACTERS}政府务信息公开平台专栏目录网站窗口导航链接子分]+$"
)
GROUP_NAMES = re.compile(rf"^(?=.*(?:{_BODIES}))[{_CHARACTERS}政府室]+(?:(?:政府)?(?:信息公开)?(?:年报|年度报告))?$")
YEAR_NAME = re.compile(r"^(?:(?:19|20)\d\d)年?(?:度)?(?:年报|年度报告|政府信息公开年报|信息公开年报)?$")
BODY_NAME = re.compile(
    r"^[\u4e00-\u9fff()]{2,24}(?:县|区|市|旗|镇|乡|街道|街道办事处|苏木|局|委|委员会|厅|办|办公室|院|署|中心|人民政府|管委会|站|分局)$"
)
# Parts of a portal that are named like a body: 新闻中心, 办事服务中心.
NOT_BODIES = re.compile(
    r"首页|大厅|中心$|新闻|资讯|办事(?!处)|便民|下一|上一|互动|个人|法人|下载|视频|图片|用户|会员|帮助|搜索|导航|专区$|网站"
)
NEXT_PAGE = re.compile(r"^(?:下一?页|后一?页|后页|下页>|>|»|›|››|→|>>|next)\s*[>»]*$", re.IGNORECASE)
DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
# href values that are scripts, and the only ones we understand; everything else of that kind is passed over.
SCRIPTED = re.compile(r"(?:window\.open|location(?:\.href)?\s*=|openInfo|goUrl)\s*\(?\s*['\"]([^'\"]+)['\"]")


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


def squeeze(text: str | None) -> str:
    """Whitespace collapsed, full-width brackets made half-width, leading bullets dropped."""
    text = re.sub(r"[\s\u3000\u200b\ufeff]+", " ", text or "").strip(" ·•-—>»|[]【】")
    return text.replace("（", "(").replace("）", ")")


def role(text: str) -> Role:
    """What a link of that text leads to."""
    text = squeeze(text).replace(" ", "")
    if not text or len(text) > 40:
        return Role.other
    if titles.is_column_name(text):
        facts = titles.classify(text)
        return Role.other if facts.year and facts.organ else Role.column  # one body's, of one year: a report
    if YEAR_NAME.match(text) or GROUP_NAMES.match(text):
        return Role.group
    if HUB_NAMES.match(text):
        return Role.hub
    if BODY_NAME.match(text) and not NOT_BODIES.search(text):
        return Role.body
    return Role.other


def tree(response: Response) -> HtmlElement | None:
    """The page as a tree, decoded from evidence rather than from its headers. None when there is no markup in it."""
    return tree_of(source_text(response))


def tree_of(text: str) -> HtmlElement | None:
    """A tree from text, None when there is no markup in it."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).replace("\x00", "")
    if "<" not in text:
        return None
    try:
        return document_fromstring(text)
    except (etree.ParserError, ValueError):
        return None


def links(root: HtmlElement | None, url: str) -> Iterator[Link]:
    """Every link of a page in reading order, frames and scripted links that we understand included."""
    if root is None:
        return
    base = _base(root, url)
    for element in root.iter("a", "area", "iframe", "frame", "li", "option"):
        target = _target(element)
        if not target:
            continue
        try:
            absolute = urljoin(base, target.strip())
            parts = urlsplit(absolute)
        except ValueError:
            continue  # an address that is none, such as http://[broken
        if parts.scheme in ("http", "https") and "/../" not in parts.path:  # a path that climbs leads nowhere
            yield Link(absolute.partition("#")[0], _label(element), _row_date(element))


def _base(root: HtmlElement, url: str) -> str:
    href = root.xpath("string(//base[@href][1]/@href)")
    return urljoin(url, str(href).strip()) if href else url


def _target(element: HtmlElement) -> str | None:
    if element.tag in ("iframe", "frame"):
        return element.get("src")
    href = (element.get("href") or element.get("data-url") or "").strip()
    if href and not href.lower().startswith(("javascript:", "#", "mailto:", "tel:")):
        return href
    scripted = SCRIPTED.search(f"{href} {element.get('onclick') or ''}")
    return scripted.group(1) if scripted else element.get("data-url")


def _label(element: HtmlElement) -> str:
    text, title = squeeze(element.text_content()), squeeze(element.get("title"))
    if not text or (
        title and text.rstrip(".… ") and title.startswith(text.rstrip(".… ")[:6]) and len(title) > len(text)
    ):
        return title or text
    if text.endswith(("…", "...")) and title:
        return title
    without_date = squeeze(DATE.sub("", text))
    return without_date or text


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


def next_links(found: list[Link]) -> list[str]:
    """Addresses behind 下一页."""
    return [link.url for link in found if NEXT_PAGE.match(squeeze(link.text) or link.text)]


def source_text(response: Response) -> str:
    """The page's source as text: also for pagers and lists that live in scripts."""
    return decode(response.body, (response.headers.get(b"Content-Type") or b"").decode("latin-1")).text
