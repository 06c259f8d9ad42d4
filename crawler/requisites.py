"""Which addresses a page needs to look as it did: style sheets, pictures, scripts, fonts, frames, media.

Pure functions over a tree and over the bytes of a style sheet. They never raise on broken markup, take linear time, and
give addresses as a browser would ask for them: resolved, without fragment, the path in UTF-8 and the query in the
page's own charset (URL Standard, “percent-encode after encoding”).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import tinycss2
from lxml.html import HtmlElement
from w3lib.url import safe_url_string


@dataclass(frozen=True)
class Requisite:
    """An absolute http(s) address that a page needs, and what for: one of KINDS."""

    url: str
    kind: str


KINDS = ("stylesheet", "script", "font", "image", "frame", "media", "object", "icon", "manifest")

# Which attribute of which element names what. * is any element; a new line is all that a new habit of portals takes.
ATTRIBUTES = (
    ("script", "src", "script"),
    ("img", "src", "image"),
    ("img", "data-src", "image"),  # from here to lowsrc: where scripts that load pictures late keep the address
    ("img", "data-original", "image"),
    ("img", "data-lazy", "image"),
    ("img", "data-lazy-src", "image"),
    ("img", "data-lazyload", "image"),
    ("img", "data-echo", "image"),
    ("img", "data-url", "image"),
    ("img", "data-img", "image"),
    ("img", "lazy-src", "image"),
    ("img", "_src", "image"),
    ("img", "original", "image"),
    ("img", "lowsrc", "image"),
    ("*", "data-background", "image"),
    ("*", "data-bg", "image"),
    ("*", "background", "image"),  # body, table, td of old portals
    ("iframe", "src", "frame"),
    ("iframe", "data-src", "frame"),
    ("frame", "src", "frame"),
    ("embed", "src", "object"),
    ("object", "data", "object"),
    ("video", "src", "media"),
    ("video", "poster", "image"),
    ("audio", "src", "media"),
    ("bgsound", "src", "media"),
    ("source", "src", "media"),
    ("track", "src", "media"),
    ("image", "href", "image"),  # SVG
    ("image", "xlink:href", "image"),
    ("feimage", "href", "image"),
    ("feimage", "xlink:href", "image"),
    ("use", "href", "image"),
    ("use", "xlink:href", "image"),
)
SETS = (("img", "srcset"), ("img", "data-srcset"), ("source", "srcset"), ("source", "data-srcset"))
# What <link> brings, by a word of its rel. preload says in `as` what it loads.
RELATIONS = {
    "stylesheet": "stylesheet",
    "icon": "icon",  # also in rel="shortcut icon"
    "apple-touch-icon": "icon",
    "apple-touch-icon-precomposed": "icon",
    "mask-icon": "icon",
    "modulepreload": "script",
    "manifest": "manifest",
}
PRELOADED = {"style": "stylesheet", "script": "script", "font": "font", "image": "image", "video": "media"}
MOVIES = ("movie", "src", "filename", "url")  # names of <param> that hold the address of an <object>

_BY_TAG: dict[str, list[tuple[str, str]]] = {}
for _tag, _attribute, _kind in ATTRIBUTES:
    _BY_TAG.setdefault(_tag, []).append((_attribute, _kind))
_SET_OF: dict[str, list[str]] = {}
for _tag, _attribute in SETS:
    _SET_OF.setdefault(_tag, []).append(_attribute)


def of_page(root: HtmlElement | None, url: str, charset: str = "utf-8") -> Iterator[Requisite]:
    """What a page needs, each address once, in the order of the page.

    `root` is its tree (None: no markup), `url` where it was had, `charset` what it is encoded in.
    """
    if root is None:
        return
    resolve = _resolver(_base(root, url), charset)
    yield from _once(found for element in root.iter() for found in _of_element(element, resolve))


def of_sheet(sheet: bytes | str, url: str, declared: str | None = None) -> Iterator[Requisite]:
    """What a style sheet needs: sheets it imports, fonts, pictures. `declared` is the charset that its header names."""
    if isinstance(sheet, bytes):
        sheet = _decoded(sheet, declared)
    yield from _once(_of_css(sheet, _resolver(url, "utf-8")))


# Markup

_Resolve = Callable[[str, str], Iterator[Requisite]]


def _of_element(element: HtmlElement, resolve: _Resolve) -> Iterator[Requisite]:
    tag = element.tag
    if not isinstance(tag, str):
        return  # a comment, a processing instruction
    tag = tag.lower()
    attributes: dict[str, str] = dict(element.attrib)
    for name, kind in (*_BY_TAG.get(tag, ()), *_BY_TAG["*"]):
        if value := attributes.get(name):
            yield from resolve(value, kind)
    for name in _SET_OF.get(tag, ()):
        for value in _candidates(attributes.get(name, "")):
            yield from resolve(value, "image")
    style = attributes.get("style", "")
    if "url" in style.lower() or "image-set" in style.lower():  # rarely: Word puts a style on each of its spans
        yield from _of_css(style, resolve)
    if tag == "link":
        yield from _of_link(attributes, resolve)
    elif tag == "style":
        yield from _of_css("".join(element.itertext()), resolve)
    elif tag == "input" and attributes.get("type", "").strip().lower() == "image":
        yield from resolve(attributes.get("src", ""), "image")
    elif tag == "param" and attributes.get("name", "").strip().lower() in MOVIES:
        yield from resolve(attributes.get("value", ""), "object")


def _of_link(attributes: dict[str, str], resolve: _Resolve) -> Iterator[Requisite]:
    relations = attributes.get("rel", "").lower().split()
    kind = next((RELATIONS[word] for word in relations if word in RELATIONS), None)
    if kind is None and "preload" in relations:
        kind = PRELOADED.get(attributes.get("as", "").strip().lower())
    if kind is None:
        return
    if href := attributes.get("href"):
        yield from resolve(href, kind)
    for value in _candidates(attributes.get("imagesrcset", "")):
        yield from resolve(value, "image")


_CANDIDATE = re.compile(r"[\s,]*([^\s,]\S*)")
_DESCRIPTORS = re.compile(r"(?:[^,(]|\([^)]*\)?)*")


def _candidates(srcset: str) -> Iterator[str]:
    """The addresses in a srcset (HTML Standard, “parse a srcset attribute”): a comma may stand inside an address."""
    at = 0
    while found := _CANDIDATE.match(srcset, at):
        at = found.end()
        if not found[1].endswith(","):
            at = (_DESCRIPTORS.match(srcset, at) or found).end()
        yield found[1].rstrip(",")


def _base(root: HtmlElement, url: str) -> str:
    """The address that relative ones hang on: the first <base> with an href, if that is one for the web."""
    for element in root.iter("base"):
        if (href := element.get("href")) is not None:
            try:
                base = urljoin(url, _trimmed(href))
                return base if base.lower().startswith(("http://", "https://")) else url
            except ValueError:
                return url
    return url


# Style sheets

_NESTING = ("() block", "[] block", "{} block", "function")
_IMAGE_SETS = ("image-set", "-webkit-image-set")  # functions whose strings are addresses
_NO_ADDRESSES = ("namespace", "charset", "import, named")  # at-rules whose url() or string is nothing to fetch


def _of_css(css: str, resolve: _Resolve) -> Iterator[Requisite]:
    """Addresses among the component values of a sheet, a rule or a style attribute (CSS Syntax 3, §5.4.9)."""
    # A stack rather than recursion: brackets may be nested as deep as a hostile sheet likes.
    stack: list[tuple[Iterator[Any], str, bool]] = [(iter(tinycss2.parse_component_value_list(css)), "image", False)]
    rule = ""  # the at-rule whose prelude we are in
    while stack:
        nodes, kind, strings = stack[-1]
        node = next(nodes, None)
        if node is None:
            stack.pop()
            continue
        name = node.lower_name if node.type == "function" else ""
        address = None
        if node.type == "url" or (node.type == "string" and (strings or rule == "import")):
            address = node.value
        elif name == "url":  # with a quoted address
            address = next((each.value for each in node.arguments if each.type == "string"), None)
        elif node.type == "at-keyword":
            rule = node.lower_value
        elif node.type == "literal" and node.value == ";":
            rule = ""
        elif node.type in _NESTING:
            if node.type == "{} block":
                kind, rule = "font" if rule == "font-face" else "image", ""
            inner = node.arguments if name else node.content
            stack.append((iter(inner), kind, name in _IMAGE_SETS))
        if address is not None and rule not in _NO_ADDRESSES:
            yield from resolve(address, "stylesheet" if rule == "import" else kind)
            rule = "import, named" if rule == "import" else rule  # media, layer() and supports() may follow


def _decoded(sheet: bytes, declared: str | None) -> str:
    """A sheet's text: mark, header, @charset, UTF-8 (CSS Syntax 3, §3.2)."""
    from tinycss2.bytes import decode_stylesheet_bytes

    text, _ = decode_stylesheet_bytes(sheet, declared)
    return str(text)


# Addresses

_UNKNOWN = "nianbao-query"  # characters that the charset lacks (URL Standard, “percent-encode after encoding”)
codecs.register_error(_UNKNOWN, lambda e: ("".join(f"%26%23{ord(c)}%3B" for c in e.object[e.start : e.end]), e.end))  # type: ignore[attr-defined]
LONGEST = 4096  # characters of an address: a longer one is a quote that was never closed
_SAFE = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"  # all that is printable in ASCII: safe_url_string looks after those


def _resolver(base: str, charset: str) -> _Resolve:
    """A function from what an attribute says to the requisite, none when it is no address for the web."""
    encoding = "utf-8" if charset.lower().startswith("utf") else charset

    def resolve(value: str, kind: str) -> Iterator[Requisite]:
        value = _trimmed(value)
        if not value or value.startswith("#") or len(value) > LONGEST:
            return
        try:
            path, mark, query = value.partition("#")[0].partition("?")
            path = path.replace("\\", "/")  # as browsers take it
            before = urlsplit(path)
            if not before.netloc and (before.scheme or path.startswith("//")):
                return  # data:, javascript:, about:, mailto:, http: alone
            query = quote(query.encode(encoding, _UNKNOWN), safe=_SAFE)
            joined = urljoin(base, path + mark + query)
            address = str(safe_url_string(joined.partition("#")[0]))
            parts = urlsplit(address)
            if parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port):
                yield Requisite(address, kind)
        except (ValueError, LookupError):
            return  # no address (http://[broken), or a charset that Python has not

    return resolve


def _trimmed(value: str) -> str:
    """Without the white space and line breaks that browsers drop from an address."""
    return re.sub(r"[\t\r\n\x00]", "", value).strip(" \x0b\x0c\x1c\x1d\x1e\x1f")


def _once(found: Iterable[Requisite]) -> Iterator[Requisite]:
    seen: set[str] = set()
    for each in found:
        if each.url not in seen:
            seen.add(each.url)
            yield each
