"""Files that a page links to or embeds, as absolute addresses (domain.md 3.8, 4)."""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import parse_qs, unquote, urlsplit

from lxml import etree

from parsing import address
from parsing.document import Attachment
from parsing.embedded import FILES as EXTENSIONS
from parsing.embedded import LONGEST, MOST, PICTURES, in_chrome, pictures, viewed
from parsing.normalise import tidy
from parsing.region import Region, is_container
from parsing.tree import Page

_DOWNLOAD = re.compile(
    r"download\.jsp|downfile|/download/|DownloadAttachUrl|virtual_attach_file|filedown|file_cz|/attach(?:ment)?s?/|"
    r"fileId=|attachid=|wbfileid=",
    re.I,
)
_MAY_DOWNLOAD = ("down", "attach", "file")  # asked first
_MAY_BE_FILE = re.compile(rf"\.(?:{'|'.join(sorted(EXTENSIONS))})(?![A-Za-z0-9])", re.I)
_FILED = re.compile(r"down|file|attach|/dl", re.I)
_STATIC = re.compile(r"\.s?html?$", re.I)
_PAGE = re.compile(r"\.(?:s?html?|aspx?|jsp|php)$", re.I)  # a page named like a file: 年度报告.docx on a sharing site
_END = 300  # characters of a path that are looked at: its end


def extension_of(url: str, name: str = "", known: frozenset[str] = EXTENSIONS) -> str:
    """The extension that the path, a query value or the link's text has; "" when none does."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    candidates = [unquote(parts.path), *(value for values in parse_qs(parts.query).values() for value in values), name]
    for text in candidates:
        if (ending := address.ending(text)) in known:
            return ending
    return ""


def is_page(url: str) -> bool:
    """Whether an address in a frame is a page's and no file's, by its look: /nb/2022.html, /nb/frame/; not /down?id=3."""
    path = address.path(url)[-_END:]
    name = path.rpartition("/")[2]
    if extension_of(url, known=EXTENSIONS | PICTURES):
        return False
    if _STATIC.search(name):  # a page wherever it stands: /files/2022.html, /attach/0/2022.htm
        return True
    if _DOWNLOAD.search(url):
        return False
    if _PAGE.search(name):  # a program is what it is called: /down.aspx?id=3, but /profile/show.aspx?id=3
        return not _FILED.search(name)
    return "." not in path and not _FILED.search(path)


def collect(root: etree._Element, embedded: list[str], base: str | None) -> list[Attachment]:
    """Attachments in the order of the page, each address once. Links in header, footer and menus are passed over."""
    found: dict[str, Attachment] = {}
    for link in root.iter("a"):
        href = (link.get("href") or "").strip()
        low = href.lower()
        if not href or len(href) > LONGEST or low.startswith(("javascript:", "mailto:", "#", "tel:", "data:")):
            continue
        shown = "".join(link.itertext())
        downloads = any(word in low for word in _MAY_DOWNLOAD) and _DOWNLOAD.search(href) is not None
        if not (downloads or _MAY_BE_FILE.search(f"{href} {shown} {link.get('title') or ''}")):
            continue
        name = tidy(shown) or (link.get("title") or "").strip()
        extension = extension_of(href, name or link.get("title", ""))
        if not downloads and (not extension or _PAGE.search(href)):
            continue
        if in_chrome(link):
            continue
        _add(found, viewed(href) or href, base, name, extension)
    for href in embedded:
        _add(found, href, base, _last(href), extension_of(href, known=EXTENSIONS | PICTURES))
    return list(found.values())


def in_place(page: Page, region: Region | None, base: str | None) -> tuple[str, list[Attachment], list[bytes]]:
    """What a page without a text of its own shows in its place: the flag that says so, addresses, bytes in the page.

    `page` links to no file. Frames of the same site come first: their pages are the article. Else pictures, those of the
    body's container where there is one.
    """
    found: dict[str, Attachment] = {}
    for href in page.embedded.frames:
        url = address.join(base, href)
        if url and (base is None or address.domain(url) == address.domain(base)):
            _add(found, href, base, _last(href), extension_of(href, known=PICTURES) or "html")
    if found or page.embedded.within:
        framed = not found or any(each.extension == "html" for each in found.values())
        return "body_in_frame" if framed else "body_in_images", list(found.values()), page.embedded.within
    within: list[bytes] = []
    known = region.element if region is not None and region.how.startswith("cms:") else None
    bodies = [known] if known is not None else [one.element for one in page.named if is_container(one.element)]
    for scope, strict in (*((body, False) for body in bodies[:MOST]), (page.root, True)):
        for each in islice(pictures(scope, strict), MOST):
            if isinstance(each, bytes):
                within.append(each)
            else:
                href, name = each
                _add(found, href, base, name or _last(href), extension_of(href, known=PICTURES))
        if found or within:
            break
    return "body_in_images", list(found.values()), list(dict.fromkeys(within))


def _last(href: str) -> str:
    return href.rsplit("/", 1)[-1].split("?")[0]


def _add(found: dict[str, Attachment], href: str, base: str | None, name: str, extension: str) -> None:
    url = address.join(base, href)
    if url and url not in found:
        found[url] = Attachment(url=url, name=name[:200], extension=extension)
