"""Which hosts belong to a portal: its own domain, those that its spider names, and those that evidence admits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scrapy.http import Response

from crawler import discovery
from crawler.discovery import Link

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
    refused: set[str] = field(default_factory=set)

    def owns(self, url: str) -> bool:
        """Whether an address is on the portal's domains: no evidence is needed."""
        host = urlsplit(url).hostname or ""
        return any(host == own or host.endswith(f".{own}") for own in (domain_of(self.home_url), *self.hosts) if own)

    def introduce(self, response: Response) -> None:
        """Learn from the home page what the portal calls itself."""
        names, codes = marks_of(discovery.source_text(response))
        self.names |= names
        self.codes |= codes

    def admits(self, link: Link, from_home: bool) -> bool:
        """Whether a column or hub may be asked where it is: on another host only with enough that speaks for it."""
        host = urlsplit(link.url).hostname or ""
        if self.owns(link.url) or host in self.admitted:
            return True
        if host in self.refused:
            return False
        said = dict(self._witnesses(link, host, from_home))
        if sum(said.values()) < ADMITTED:
            return False
        self.admitted[host] = f"linked as “{link.text}”: {', '.join(said)}"
        return True

    def facts(self, url: str) -> dict[str, str]:
        """What the archive is told of a request's host: why it was admitted; {} on the portal's own."""
        why = self.admitted.get(urlsplit(url).hostname or "")
        return {"host": why} if why else {}

    def _witnesses(self, link: Link, host: str, from_home: bool) -> Iterator[tuple[str, int]]:
        yield "named as openness", 2
        if from_home:
            yield "on the home page", 1
        if OPENNESS_HOST.search(host):
            yield "a host of openness", 2
        if shared := labels(host) & labels(urlsplit(self.home_url).hostname or ""):
            yield f"shares {max(shared, key=len)}", 2
        if OTHERS.search(link.text):
            yield "another government's", -4

    def confirms(self, response: Response) -> bool:
        """Whether a page on an admitted host is the portal's own; when it is not, its host is asked no more."""
        host = urlsplit(response.url).hostname or ""
        if self.owns(response.url):
            return True
        if host not in self.admitted:
            return False
        source = discovery.source_text(response)
        names, codes = marks_of(source)
        score = 3 * bool(names & self.names) + (3 if codes & self.codes else -3 if codes and self.codes else 0)
        score += (
            2 * (domain_of(self.home_url) in source) + (not names and any(name in source for name in self.names)) * 2
        )
        if score >= CONFIRMED:
            return True
        self.refused.add(host)
        del self.admitted[host]
        return False


def marks_of(source: str) -> tuple[set[str], set[str]]:
    """(names, codes) by which a page says whose it is: its site's name, and its 网站标识码."""
    title = [re.sub(r".*[-_|—]", "", found) for found in _TITLE.findall(source)]
    names = {short for name in (*_NAME.findall(source), *title) if len(short := short_name(name)) > 1}
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
