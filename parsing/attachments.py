"""Files that a page links to or embeds, as absolute addresses (domain.md 3.8, 4)."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

from lxml import etree

from parsing import address
from parsing.document import Attachment
from parsing.normalise import tidy, words

EXTENSIONS = words("pdf ofd doc docx wps xls xlsx et csv zip rar 7z ppt pptx rtf")
_DOWNLOAD = re.compile(
    r"download\.jsp|downfile|/download/|DownloadAttachUrl|virtual_attach_file|filedown|file_cz|/attach(?:ment)?s?/|"
    r"fileId=|attachid=|wbfileid=",
    re.I,
)
_MAY_BE_FILE = re.compile(rf"\.(?:{'|'.join(sorted(EXTENSIONS))})(?![A-Za-z0-9])", re.I)
_PAGE = re.compile(r"\.(?:s?html?|aspx?|jsp|php)$", re.I)  # a page named like a file: 年度报告.docx on a sharing site
_NAME = 300  # characters at the end of a path or a link's text in which an extension is looked for
_ADDRESS = 8000  # characters: what is longer is data, not an address (servers refuse such a request line)
_CHROME = re.compile(r"(?:^|[\s_-])(?:nav|footer|foot|header|menu|sidebar|copyright)(?:$|[\s_-])", re.I)


def extension_of(url: str, name: str = "") -> str:
    """The extension that the path, a query value or the link's text has; "" when none does."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    candidates = [unquote(parts.path), *(value for values in parse_qs(parts.query).values() for value in values), name]
    for text in candidates:
        found = re.search(r"\.([A-Za-z0-9]{1,5})(?:[)）\]】\s].*)?$", text.strip()[-_NAME:])
        if found and found[1].lower() in EXTENSIONS:
            return found[1].lower()
    return ""


def collect(root: etree._Element, embedded: list[str], base: str | None) -> list[Attachment]:
    """Attachments in the order of the page, each address once. Links in header, footer and menus are passed over."""
    found: dict[str, Attachment] = {}
    for link in root.iter("a"):
        href = (link.get("href") or "").strip()
        if (
            not href
            or len(href) > _ADDRESS
            or href.lower().startswith(("javascript:", "mailto:", "#", "tel:", "data:"))
        ):
            continue
        shown = "".join(link.itertext())
        if not (
            _MAY_BE_FILE.search(href)
            or _MAY_BE_FILE.search(shown)
            or _MAY_BE_FILE.search(link.get("title") or "")
            or _DOWNLOAD.search(href)
        ):
            continue
        name = tidy(shown) or (link.get("title") or "").strip()
        extension = extension_of(href, name or link.get("title", ""))
        if not _DOWNLOAD.search(href) and (not extension or _PAGE.search(href)):
            continue
        if any(
            _CHROME.search(f"{up.get('class', '')} {up.get('id', '')}") or up.tag in ("nav", "footer", "header")
            for up in link.iterancestors()
        ):
            continue
        _add(found, href, base, name, extension)
    for href in embedded:
        _add(found, unquote(href), base, unquote(href).rsplit("/", 1)[-1].split("?")[0], extension_of(unquote(href)))
    return list(found.values())


def _add(found: dict[str, Attachment], href: str, base: str | None, name: str, extension: str) -> None:
    url = address.join(base, href)
    if url and url not in found:
        found[url] = Attachment(url=url, name=name[:200], extension=extension)
