"""What a page shows in the place of a text: files in viewers and plugins, pages in frames, pictures, bytes of its own.

domain.md 4 (iframe body, PDF.js viewer, image report); 3.4 (VSB). Addresses are as the page has them, not joined yet.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote, urljoin

from lxml import etree

from parsing.address import ending
from parsing.normalise import words

FILES = words("pdf ofd doc docx wps xls xlsx et csv zip rar 7z ppt pptx rtf")
PICTURES = words("jpg jpeg png bmp tif tiff webp gif")
LONGEST = 8000  # characters of an address: what is longer is data (servers refuse such a request line)
MOST = 60  # pictures, or files within the page, that are told
LEAST = 120  # pixels: what is declared smaller, on either side, is no page of a report
LEAST_BYTES = 5_000  # of a picture within the page: an icon has fewer
CHROME = re.compile(r"(?:^|[\s_-])(?:nav|footer|foot|header|menu|sidebar|copyright)(?:$|[\s_-])", re.I)
# Scripts that show a file: a word that they have, how its address stands there, or that of the viewer it is for; an example.
SCRIPTS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    (
        "showVsbpdfIframe",
        re.compile(r"showVsbpdfIframe\(\s*[\"']([^\"']{3,400})[\"']"),
        'showVsbpdfIframe("/__local/A/1.pdf","100%")',
    ),
    (
        "viewer.html?file=",
        re.compile(r"[\"'`(=]([^\"'`(=\s<>]{0,300}viewer\.html\?file=(?!blob:|data:)[^\"'`&#\s<>]{3,400})"),
        '$("#show").attr("src", "/pdfjs/web/viewer.html?file=../../a/b.pdf")',
    ),
    ("PDFObject.embed", re.compile(r"PDFObject\.embed\(\s*[\"']([^\"']{3,400})[\"']"), 'PDFObject.embed("/a.pdf")'),
    (
        "getDocument",
        re.compile(r"getDocument\(\s*(?:\{\s*url\s*:\s*)?[\"']([^\"']{3,400})[\"']"),
        "pdfjsLib.getDocument({url: '/a.pdf'})",
    ),
    ("getDocument", re.compile(r"[\"']([^\"']{1,400}\.pdf)[\"']"), 'var url = "/a.pdf"; pdfjsLib.getDocument(url)'),
    ("pdfUrl", re.compile(r"\bpdfUrl\s*[:=]\s*[\"']([^\"']{3,400})[\"']"), 'var pdfUrl = "/a.pdf"'),
)
_DATA = re.compile(r"\bpdfData\s*=\s*(?:atob\(\s*)?[\"']([A-Za-z0-9+/=]{400,})[\"']")  # var pdfData = atob("JVBERi0…")
_MAY_HOLD = re.compile(rb"base64,|pdfData|srcdoc", re.I)  # what `embedded` and `pictures` find a file in a page by
_VIEWER = re.compile(r"view|pdf|ofd|reader", re.I)
_NAMES = words("file url src path pdf pdfurl fileurl filepath")  # of the file, in a viewer's query
_PLUGINS = {  # elements that show something else, and where they name it
    "iframe": ("src", "data-src"),
    "frame": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "param": ("value",),
}
_PARAMS = words("src movie filename url file")  # names of <param> that hold an address
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazyload", "data-echo", "original", "_src", "src")
_PIXELS = re.compile(r"(\d{1,5})(?:\.\d{1,5})?(?:px)?")
_ICON = re.compile(  # names of pictures that are furniture: logo.png, ico_01.png, pdf.png; not doc001.jpg, which is a scan
    r"(?:logo|icon?|erweima|ewm|weixin|weibo|jiucuo|dzjg|blank|loading|spacer|banner|arrow|btn|close|search)"
    r"[\w-]{0,12}\.|(?:share|print)[a-z_-]{0,12}\.|(?:(?:qr|wx|wb|red|dot|bg|tel)\d?|pdf|docx?|xlsx?|zip|rar|line|top)\.",
    re.I,
)


class Embedded(NamedTuple):
    """Addresses of files, of framed pages and pictures; files that stand in the page itself."""

    files: list[str]
    frames: list[str]
    within: list[bytes]


def embedded(root: etree._Element, text: str) -> Embedded:
    """What the page embeds, by its tree and its source. For most pages: nothing, at once."""
    found = Embedded([], [], [])
    for element in root.iter(*_PLUGINS):
        if element.tag == "param" and (element.get("name") or "").lower() not in _PARAMS:
            continue
        if element.get("srcdoc"):
            found.within.append(b"<!doctype html>" + element.get("srcdoc", "").encode("utf-8", "replace"))
            continue
        named = next((value for name in _PLUGINS[str(element.tag)] if (value := (element.get(name) or "").strip())), "")
        if data := _bytes_of(named):
            found.within.append(data)
        elif named.partition(":")[0].lower() in ("javascript", "about", "blob", "data") or not 0 < len(named) < LONGEST:
            continue
        elif file := viewed(named):
            found.files.append(file)
        elif _ending(named) in FILES or "pdf" in (element.get("type") or ""):
            found.files.append(named.partition("#")[0])
        elif (element.tag in ("iframe", "frame") or _ending(named) in PICTURES) and not (
            is_small(element) or in_chrome(element)
        ):
            found.frames.append(named)
    scripted = (href for word, how, _ in SCRIPTS if word in text for href in how.findall(text))
    found.files.extend(viewed(href) or unquote(href) for href in scripted)
    if "pdfData" in text:
        found.within.extend(data for each in _DATA.findall(text) if (data := _decoded(each)))
    return Embedded(*(list(dict.fromkeys(each))[:MOST] for each in found))  # type: ignore[arg-type]


def may_hold_files(content: bytes) -> bool:
    """Whether files may stand in a page itself: then reading it may take as long as reading these."""
    return _MAY_HOLD.search(content) is not None


def viewed(href: str) -> str | None:
    """The file that a viewer's address names: viewer.html?file=%2Fa%2Fb.pdf; None for any other address."""
    path, _, query = href.partition("?")
    if not query or not _VIEWER.search(path):
        return None
    for part in query.partition("#")[0].split("&"):
        name, _, value = part.partition("=")
        value = unquote(value).strip()
        if name.lower() not in _NAMES or value.partition(":")[0].lower() in ("blob", "data", "javascript"):
            continue
        if (name == "file" and value) or _ending(value) in FILES:
            return _from(path, value)
    return None


def _from(viewer: str, file: str) -> str:
    """A file's address as the viewer takes it: from its own."""
    try:
        return urljoin(viewer, file)
    except ValueError:  # such as http://[broken, which is refused where addresses are joined
        return file


def pictures(scope: etree._Element, strict: bool) -> Iterator[tuple[str, str] | bytes]:
    """(address, name) of each picture below an element that may be a page of a report, or its bytes; links to pictures as
    well. `strict`: the element is no body container, and what leads elsewhere or stands in the chrome is none of them.
    """
    for element in scope.iter("img", "a"):
        href = (element.get("href") or "").strip()
        if element.tag == "a":
            if _ending(href) in PICTURES and not (strict and in_chrome(element)):
                yield href, "".join(element.itertext()).strip()
            continue
        named = next((value for name in _LAZY if (value := (element.get(name) or "").strip())), "")
        above = element.getparent()
        while above is not None and above.tag not in ("a", "p", "div", "td", "body"):
            above = above.getparent()
        link = (above.get("href") or "").strip() if above is not None and above.tag == "a" else ""
        if _ending(link) in PICTURES or is_small(element) or (strict and (link or in_chrome(element))):
            continue  # the link was told, or leads to another page
        if data := _bytes_of(named):
            if len(data) >= LEAST_BYTES:
                yield data
        elif _is_page(named, strict):
            yield named, (element.get("alt") or element.get("title") or "").strip()


def _is_page(address: str, strict: bool) -> bool:
    """Whether a picture may be a page of a report, by its address."""
    name, extension = address.partition("?")[0].rpartition("/")[2][-100:], _ending(address)
    if not 0 < len(address) < LONGEST or _ICON.match(name) or address.lower().startswith(("data:", "javascript:")):
        return False
    return extension in PICTURES - {"gif"} or (not strict and extension in ("", "gif"))


def is_small(element: etree._Element) -> bool:
    """Whether an element says that it is smaller than anybody could read a page in."""
    sizes = (_PIXELS.fullmatch((element.get(name) or "").strip()[:20]) for name in ("width", "height"))
    return any(size is not None and int(size[1]) < LEAST for size in sizes)


def in_chrome(element: etree._Element) -> bool:
    """Whether an element stands in the page's header, footer or menus."""
    return any(
        CHROME.search(f"{up.get('class', '')} {up.get('id', '')}") or up.tag in ("nav", "footer", "header")
        for up in element.iterancestors()
    )


def _ending(href: str) -> str:
    """The ending of an address's path."""
    return ending(re.split("[?#]", href, maxsplit=1)[0])


def _bytes_of(address: str) -> bytes | None:
    """What a data: address holds (RFC 2397); None for any other, and for data that is not in base64."""
    head, comma, data = address.partition(",") if address[:5].lower() == "data:" else ("", "", "")
    return _decoded(unquote(data)) if comma and head.lower().endswith("base64") else None


def _decoded(data: str) -> bytes | None:
    try:
        return binascii.a2b_base64(data.encode("ascii", "ignore"))
    except binascii.Error:
        return None
