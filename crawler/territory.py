"""Which hosts belong to a portal: its own domain, those that its spider names, and those that evidence admits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from scrapy.http import Response

from crawler import discovery, targets
from crawler.discovery import Link, Role

# Labels of hosts that carry a government's openness platform: zfxxgk.qinghe.gov.cn, qinghe-xxgk.gov.cn.
OPENNESS_HOST = re.compile(
    r"(?:^|[.-])(?:zf|zw)?(?:xxgk|gk|zwgk|zfgk|info|public|open)\d?(?:[.-]|$)|xxgk|zwgk", re.IGNORECASE
)
OTHERS = re.compile(r"国务院|中国政府|中央|国家|全国|省|自治区|上级")  # whose platform a county's page links as well
ADMITTED, CONFIRMED = 4, 2  # weights that a host needs: to be asked at all, and to be believed when its page is seen
_GENERAL = re.compile(r"^(?:www|gov|com|org|net|cn|test|edu|local)$", re.IGNORECASE)
_CODE = re.compile(
    r"SiteIDCode[^>]{0,40}content=[\"']?(\w{10})|site_code=(\w{10})|标识码\D{0,4}(\d{10})", re.IGNORECASE
)
_NAME = re.compile(r"SiteName[^>]{0,40}content=[\"']([^\"'>]{2,40})", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>([^<]{1,200})", re.IGNORECASE)


def domain_of(url: str) -> str:
    """The domain a portal may use: its host without `www.`, so that its sub-hosts belong to it."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def place_of(url: str) -> str:
    """What may be one body's: a host by its name whatever the port, a bare address only with its port.

    A name is registered by somebody. An address is a machine, and its ports may be of several bodies.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    return f"{host}:{port}" if is_bare(host) and port not in (None, 80, 443) else host


def is_bare(host: str) -> bool:
    """Whether a host is an address rather than a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@dataclass
class Territory:
    """The hosts that belong to a portal: its own domain, those that its spider names, and those that evidence admits.

    `admitted` says why, by host; it goes into the facts of every request there.
    """

    home_url: str
    hosts: tuple[str, ...] = ()
    names: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    admitted: dict[str, str] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)  # admitted hosts of which a page was seen that is the portal's
    refused: set[str] = field(default_factory=set)

    def owns(self, url: str) -> bool:
        """Whether an address is on the portal's domains: no evidence is needed."""
        place = place_of(url)
        own = (place_of(self.home_url).removeprefix("www."), *self.hosts)
        return any(place == each or place.endswith(f".{each}") for each in own if each)

    def includes(self, url: str) -> bool:
        """Whether an address is on the portal's domains, or on a host that has shown itself to be the portal's."""
        return self.owns(url) or place_of(url) in self.confirmed

    def shares_machine(self, url: str) -> bool:
        """Whether an address is another port of the bare address that the home page is at."""
        host = urlsplit(url).hostname or ""
        return is_bare(host) and host == urlsplit(self.home_url).hostname and not self.owns(url)

    def is_named_in(self, title: str) -> bool:
        """Whether a report is of the portal or of one of its bodies: 云棠市教育局 on 云棠市's, and not its neighbour's."""
        return any(re.search(rf"(?:^|[\W省市州盟区县旗年度]){re.escape(name)}", title) for name in self.names)

    def introduce(self, response: Response) -> None:
        """Learn from the home page what the portal calls itself."""
        names, codes = marks_of(discovery.source_text(response))
        self.names |= names
        self.codes |= codes

    def admits(self, link: Link, from_home: bool) -> bool:
        """Whether a column or hub may be asked where it is: on another host only with enough that speaks for it."""
        place = place_of(link.url)
        if self.owns(link.url) or place in self.admitted:
            return True
        if place in self.refused:
            return False
        said = dict(self._witnesses(link, urlsplit(link.url).hostname or "", from_home))
        if sum(said.values()) < ADMITTED:
            return False
        self.admitted[place] = f"linked as “{link.text}”: {', '.join(said)}"
        return True

    def facts(self, url: str) -> dict[str, str]:
        """What the archive is told of a request's host: why it was admitted; {} on the portal's own."""
        why = self.admitted.get(place_of(url))
        return {"host": why} if why else {}

    def _witnesses(self, link: Link, host: str, from_home: bool) -> Iterator[tuple[str, int]]:
        old = discovery.OLD_SITE.match(link.text)
        yield ("named as its old site", 3) if old else ("named as openness", 2)
        if from_home:
            yield "on the home page", 1
        if OPENNESS_HOST.search(host):
            yield "a host of openness", 2
        if self.shares_machine(link.url):
            yield "another port of the same machine", 2
        if shared := labels(host) & labels(urlsplit(self.home_url).hostname or ""):
            yield f"shares {max(shared, key=len)}", 2
        others = OTHERS.search(link.text)
        if others and not any(name.endswith(others[0]) for name in self.names):  # 省信访局 is a province's own
            yield "another government's", -4

    def confirms(self, response: Response) -> bool:
        """Whether a page on an admitted host is the portal's own; when it is not, its host is asked no more."""
        place = place_of(response.url)
        if self.owns(response.url):
            return True
        if place not in self.admitted:
            return False
        source = discovery.source_text(response)
        names, codes = marks_of(source)
        of_ours = any(theirs.startswith(name) for theirs in names for name in self.names)  # 清禾县教育局 on 清禾县's
        score = 3 * bool(names & self.names) + 2 * of_ours + _agree(codes, self.codes)
        score -= bool(names) and not of_ours  # it names somebody else: a link back to us is a neighbour's courtesy
        score += 2 * (place_of(self.home_url).removeprefix("www.") in source)
        score += 2 * (not names and any(name in source for name in self.names))
        if not names and self.shares_machine(response.url):  # a frameset, or a jump to the page that tells
            score += CONFIRMED * (targets.refresh(discovery.tree(response), source) is None)
            if score < CONFIRMED:
                return True
        if score >= CONFIRMED:
            self.confirmed.add(place)
            return True
        self.refused.add(place)
        del self.admitted[place]
        return False


def _agree(codes: set[str], own: set[str]) -> int:
    """What 网站标识码 say: the same site or one of a division within (3), sites of one division (0), of two (-3)."""
    if not codes or not own:
        return 0
    whole = {code[:6].removesuffix("00").removesuffix("00") for code in own}  # 4211 of 421100, 42 of 420000
    if codes & own or any(code.startswith(each) for code in codes for each in whole if len(each) < len("421100")):
        return 3
    return 0 if {code[:6] for code in codes} & {code[:6] for code in own} else -3


def marks_of(source: str) -> tuple[set[str], set[str]]:
    """(names, codes) by which a page says whose it is: its site's name, and its 网站标识码."""
    title = [re.sub(r".*[-_|—]", "", found) for found in _TITLE.findall(source)]
    names = {short for name in (*_NAME.findall(source), *title) if len(short := short_name(name)) > 1}
    names = {name for name in names if discovery.role(name) in (Role.body, Role.other)}  # 乡镇信息公开 is nobody's name
    return names, {code for found in _CODE.findall(source) for code in found if code}


def short_name(site: str) -> str:
    """青垣区 of 青垣区人民政府门户网站: what its pages have in common with those of its openness platform."""
    site = re.sub(r"\s+|^(?:中国|首页|欢迎访问)[·.]?", "", site)
    return re.sub(r"(?:人民政府|政府|政务|信息公开|门户|网站|网|平台|专栏|首页)++$", "", site)


def labels(host: str) -> set[str]:
    """The telling parts of a host's name: qinghe of www.qinghe-zfxxgk.gov.cn."""
    return {
        part for part in re.split(r"[.-]", host) if len(part) > 2 and not part.isdigit() and not _GENERAL.match(part)
    }
