"""What a portal says of itself, in meta tags and footers: its name, code, organ and level. For the spider that `add` writes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scrapy.http import Response

from crawler.discovery import source_text
from parsing import blocks, divisions, facts, labels, normalise
from parsing.document import Witness
from parsing.organs import ORGAN
from parsing.tree import Page
from parsing.witness import weigh

PORTAL = re.compile(r"(?:门户网站|政府网站|政务网|信息网|网站|官网|网)$")
LEVELS = (  # names of governments: 青垣县人民政府
    ("province", re.compile(r"(?:省|自治区)人民政府$")),
    ("prefecture", re.compile(r"(?:自治州|盟|地区)(?:人民政府|行政公署|行署)$")),
    ("county", re.compile(r"(?:县|旗)人民政府$")),
    ("township", re.compile(r"(?:镇|乡|苏木)人民政府$|街道办事处$")),
)
TOWNSHIP = re.compile(r"(?:镇|乡|街道|街道办事处|苏木)(?:人民政府)?$")
GOVERNMENT = re.compile(r"(?:省|自治区|市|自治州|盟|地区|县|自治县|区|旗|自治旗)$")


@dataclass(frozen=True)
class SiteFacts:
    """None is unknown."""

    site_name: str | None = None
    organ: str | None = None
    level: str | None = None
    division_code: str | None = None
    site_id_code: str | None = None


def site_facts(home: Response | None, samples: Sequence[Response] = ()) -> SiteFacts:
    """What most pages say, each witness with its weight."""
    pages = [_lines(page) for page in (home, *samples) if page is not None]
    name = _best(witness for page, lines in pages for witness in facts.site_witnesses(page, lines))
    code = _best(witness for page, lines in pages for witness in facts.site_codes(page, lines))
    organ = _organ(name, [fact for _, lines in pages for fact in labels.facts(lines)])
    division = (divisions.of_site_code(code) if code else None) or (divisions.head(organ)[0] if organ else None)
    level = _level_of(organ) or _level_of_code(code) or (division.level if division else None)
    return SiteFacts(name, organ, level, division.code if division else None, code)


def _level_of(organ: str | None) -> str | None:
    """What the name of a government says of its level. A 市 may be of any, a 区 is of a county's or a new area."""
    return next((level for level, pattern in LEVELS if organ and pattern.search(organ)), None)


def _level_of_code(code: str | None) -> str | None:
    """The level in a 网站标识码 of ten digits: it begins with the division's code, whose last digits are zeros above a county."""
    if code is None or not re.fullmatch(r"\d{10}", code):
        return None
    return "province" if code[2:6] == "0000" else "prefecture" if code[4:6] == "00" else "county"


def _lines(response: Response) -> tuple[Page, list[str]]:
    page = Page(normalise.printable(source_text(response)))
    return page, normalise.keys(blocks.all_lines(blocks.outlined(page.root)))


def _best(witnesses: Iterable[Witness]) -> str | None:
    return weigh(list(witnesses), normalise.squash)[0]


def _organ(site_name: str | None, found: Iterable[labels.Fact]) -> str | None:
    """The organ that runs the site: what its name says without 门户网站, else who is named as 主办单位."""
    hosts = Counter(fact.value for fact in found if fact.field == "host")
    for name in _organ_names(site_name, [value for value, _ in hosts.most_common()]):
        if ORGAN.match(name):
            return name
    return None


def _organ_names(site_name: str | None, hosts: Iterable[str]) -> Iterator[str]:
    for name in (site_name, *hosts):
        bare = PORTAL.sub("", name or "").strip()
        if GOVERNMENT.search(bare) or TOWNSHIP.search(bare):
            yield f"{bare.removesuffix('人民政府')}人民政府"  # 青垣区门户网站 is its government's
        yield bare
