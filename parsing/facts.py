"""Facts about a page besides its text: titles, dates, site, breadcrumb, signature, neighbours;
each from several witnesses.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from lxml import etree

from parsing import dates, labels, normalise
from parsing.document import Neighbours, Witness
from parsing.headline import is_site_name
from parsing.organs import ORGAN
from parsing.sharing import NOT_SHARED, Shared
from parsing.titles import classify, title_parts
from parsing.tree import Page, inner_text

_SITE_LINE = re.compile(r"(?:人民政府|政府网|门户网站|网站|信息网)$")
_SITE_CODE = re.compile(r"(?:网站)?标识码\s*[:：]?\s*(bm\d{8}|N\d{9}|\d{10})(?!\d)", re.I)
_CODE = re.compile(r"bm\d{8}|N\d{9}|\d{10}", re.I)
_DATE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:date|time|pbtime|ivs_date|pubtime|publishtime|article_time|info|sj|riqi|fbsj|source|xxgk_info|"
    r"article[_-]?info)(?:$|[\s_-]|\d)",
    re.I,
)
_DATED = frozenset(("span", "div", "p", "em", "i", "td", "h5", "li"))
_NEIGHBOUR = re.compile(
    r"(上一|前一|下一|后一)\s*(?:条|篇|页|则)(?:新闻|文章|信息)?\s*[】\]]?\s*[:>]\s*(.*?)(?=\s*[▪•【\[]?\s*(?:下一|"
    r"后一)(?:条|篇|页|则)|$)"
)
_NEIGHBOURING = re.compile(r"[上前下后]一\s*[条篇页则]")
_NOTHING = re.compile(r"^(?:无|没有了?|暂无|已是(?:第|最).*|没有(?:上|下)一.*|已经没有.*)?[。.!]?$")
_PLACE_NAMES = re.compile(r"breadcrumb|crumb|position|location|dqwz|weizhi|wz_nav|bread|mianbao|where|curmb", re.I)
_CRUMBS = 100  # elements that may be a breadcrumb; a page with more of them has the word in every line
_SIGN_DATE = re.compile(r"[(]?\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*[)]?")


def date_witnesses(found: list[labels.Fact], page: Page | None, url: str | None, signed: str | None) -> list[Witness]:
    """Publication date:
    what the page shows beats the URL and the meta tag (wrong on 6 of 69 pages), a signature is the last resort.
    """
    result: list[Witness] = []
    counts: dict[str, int] = {}
    for fact in found:
        if fact.field == "date" and (day := dates.first_date(fact.value[:40])):
            counts[fact.label] = counts.get(fact.label, 0) + 1
            if counts[fact.label] <= 2:
                weight = fact.weight if counts[fact.label] == 1 else 0.5
                result.append(Witness(value=day, source=f"page:{fact.label}", weight=weight))
    if page is not None:
        for name in ("pubdate", "publishdate", "article:published_time", "publish_date", "createdate"):
            if (value := page.metas.get(name)) and (day := dates.first_date(value)):
                result.append(Witness(value=day, source="meta:PubDate", weight=3.0))
                break
        if not any(witness.source.startswith("page:") for witness in result):
            result.extend(_dated_elements(page))
    if url and (day := dates.url_date(url)):
        result.append(Witness(value=day, source="url", weight=1.4))
    if signed:
        result.append(Witness(value=signed, source="signature", weight=0.4))
    return result


def _dated_elements(page: Page) -> list[Witness]:
    for node, name, identity in page.named:
        if node.tag in ("publishtime", "time") or (node.tag in _DATED and _names_date(name, identity)):
            text = inner_text(node, 1000) if len(node) < 15 else ""
            if 8 <= len(text.strip()) < 120 and (day := dates.first_date(text)) and not _in_list(node):
                return [Witness(value=day, source="page:element", weight=3.5)]
    return []


@lru_cache(maxsize=4096)
def _names_date(name: str | None, identity: str | None) -> bool:
    return _DATE_NAMES.search(f"{name or ''} {identity or ''}") is not None


def _in_list(node: etree._Element) -> bool:
    """A date in a list's line is another article's."""
    parent = node.getparent()
    return parent is not None and parent.tag in ("li", "a")


def site_codes(page: Page | None, lines: list[str]) -> list[Witness]:
    """网站标识码 from the meta tag, the footer's words and the 找错 link (which has it when the footer is an image)."""
    found: list[Witness] = []
    if page is not None:
        if _CODE.fullmatch(value := page.metas.get("siteidcode", "")):
            found.append(Witness(value=value, source="meta:SiteIDCode", weight=4.0))
        for link in page.site_code_links[:2]:
            if hit := re.search(r"site_code=(bm\d{8}|N\d{9}|\d{10})", link, re.I):
                found.append(Witness(value=hit[1], source="link:site_code", weight=2.5))
    for line in lines:
        if "标识码" in line and (hit := _SITE_CODE.search(line)):
            found.append(Witness(value=hit[1], source="footer", weight=3.0))
            break
    return found


def breadcrumb(page: Page) -> list[str]:
    """The page's place in its site, outermost first, without 首页 labels' arrows; [] when the page shows none."""
    tried = 0
    for node in page.root.iter(etree.Element):
        text, name, identity = node.text, node.get("class"), node.get("id")
        if (text and "位置" in text) or ((name or identity) and _names_place(name, identity)):
            tried += 1
            if tried > _CRUMBS:
                break
            holder: etree._Element | None = node
            for _ in range(3):
                if holder is None:
                    break
                links = [normalise.tidy(inner_text(link, 200)) for link in islice(holder.iter("a"), 10)]
                if 1 < len(links) <= 9:
                    return [link for link in links if link and len(link) <= 30]
                holder = holder.getparent()
    return []


@lru_cache(maxsize=4096)
def _names_place(name: str | None, identity: str | None) -> bool:
    return _PLACE_NAMES.search(f"{name or ''} {identity or ''}") is not None


def breadcrumb_line(lines: list[str]) -> list[str]:
    """The same from lines in comparing form: 首页 >> 乡镇信息公开 >> 柳湾镇."""
    for line in lines:
        if len(line) > 400:
            continue
        hit = re.match(
            r"(?:\d+\. ?)?(?:您|你)?(?:现在|当前)?(?:所在|的)?(?:的)?位置\s*:?\s*(.*)|((?:网站)?首页\s*(?:>|»|->|"
            r"›).*)",
            line,
        )
        if hit:
            parts = [part.strip() for part in re.split(r"\s*(?:>+|»|->|›|/|·)\s*", hit[1] or hit[2] or "")]
            parts = [part for part in parts if 1 < len(part) <= 30]
            if len(parts) > 1:
                return parts
    return []


def neighbours(lines: list[str]) -> Neighbours:
    """Titles of the previous and next article, from lines in comparing form; a label alone takes the next line."""
    previous = following = None
    for at, line in enumerate(lines):
        if "一" not in line or len(line) > 300 or not _NEIGHBOURING.search(line):
            continue
        for hit in _NEIGHBOUR.finditer(line):
            value = hit[2].strip(" 】]>")
            if not value and at + 1 < len(lines) and not _NEIGHBOUR.search(lines[at + 1]) and len(lines[at + 1]) > 5:
                value = lines[at + 1].strip()
            if _NOTHING.match(value) or len(value) > 120:
                continue
            if hit[1] in ("上一", "前一"):
                previous = previous or value
            else:
                following = following or value
    return Neighbours(previous=previous, next=following)


def signature(lines: list[str]) -> tuple[str | None, str | None]:
    """落款: (organ, ISO date) from the last pair of an organ's line and a date's line; lines are in comparing form."""
    for at in range(len(lines) - 1, -1, -1):
        if len(lines[at]) > 150:
            continue
        line = dates.arabic_years(lines[at]).replace(" ", "")
        hit = _SIGN_DATE.search(line)
        if not hit or len(line) > 45:
            continue
        day = dates.iso(hit[1], hit[2], hit[3])
        if not day:
            continue
        before = line[: hit.start()].strip("(,，、:")
        if before and _signs(before) and hit.end() >= len(line) - 1:
            return before, day
        if not before and hit.end() >= len(line) - 1:
            above = next(
                (lines[up].replace(" ", "") for up in range(at - 1, max(at - 3, -1), -1) if lines[up].strip()), ""
            )
            if _signs(above) and at > 0:
                return above, day
    return None, None


def _signs(name: str) -> bool:
    name = name.strip("()")
    return len(name) <= 32 and ORGAN.match(name) is not None and classify(name).kind == "unknown"


def site_witnesses(page: Page | None, lines: list[str], shared: Shared = NOT_SHARED) -> list[Witness]:
    """Name of the site: meta tag, tail of <title>, first line above a breadcrumb, footer;
    on sharing sites what they call themselves.
    """
    found: list[Witness] = []
    if shared.is_copy:
        if shared.engine:
            found.append(Witness(value=shared.engine, source="engine", weight=2.0))
        for line in lines:
            if hit := re.search(
                r"[,，。归由](?P<name>[一-鿿]{2,5}(?:网|文库|文档|文阁))(?:负责|整理|仅|不|将|平台|对|为)", line
            ):
                found.append(Witness(value=hit["name"], source="notice", weight=4.0))
                break
            if hit := re.search(r"欢迎来到(?P<name>[^!！,，]{2,12})[!！]", line):
                found.append(Witness(value=hit["name"], source="notice", weight=4.0))
                break
        return found
    if page is not None:
        if value := page.metas.get("sitename"):
            found.append(Witness(value=value, source="meta:SiteName", weight=5.0))
        parts = title_parts(page.title)
        if parts and is_site_name(parts[-1]):
            found.append(Witness(value=parts[-1], source="title", weight=2.5))
    elif len(lines) > 1 and len(lines[0]) <= 24 and _SITE_LINE.search(lines[0]) and re.search(r"首页|位置", lines[1]):
        found.append(Witness(value=lines[0], source="line:first", weight=4.0))
    for line in lines:
        if "网站" in line and (hit := re.search(r"^(?P<name>[一-鿿·]{3,20}(?:门户网站|政府网站))(?:提示|\s|$)", line)):
            found.append(Witness(value=hit["name"], source="footer", weight=1.5))
            break
    for line in lines:
        if "版权所有" in line and (
            hit := re.search(r"版权所有\s*[:：]?\s*(?P<name>[一-鿿]{3,24})(?=\s|$|[,，。]|[A-Za-z])", line)
        ):
            found.append(Witness(value=hit["name"], source="footer:copyright", weight=1.2))
            break
    return found
