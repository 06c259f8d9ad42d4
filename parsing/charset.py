"""Which characters the bytes are: by the bytes themselves, never by what a header or a meta tag claims.

Order: byte order mark; UTF-16 by its zero bytes; strict UTF-8 over the whole body; UTF-8 with a few damaged places;
else the reading that looks most like Chinese, among GB18030, Big5, the detector's and the declared ones (resiliparse
alone is wrong on titles and one-line pages). GB2312 and GBK are always decoded as GB18030: Python's gb2312 codec maps
the middle dot wrongly, and pages that say gb2312 use characters outside it. What was declared is kept as losing
evidence. What a single damaged byte shifts, what an included file wrote in another charset, and what was encoded
twice is put right (`mending`) and flagged.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from resiliparse.parse.encoding import detect_encoding

from parsing import mending
from parsing.document import Witness
from parsing.likeness import likeness

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GB = {"gb2312", "gbk", "gb18030", "cp936", "hz-gb-2312", "x-gbk", "gb_2312-80", "euc-cn", "euccn", "gb18030-2000"}
_BIG5 = {"big5", "big5-hkscs", "big5hkscs", "cp950", "x-x-big5", "cn-big5"}
_OF_PAGES = re.compile(r"cp125\d|cp866|cp932|cp949|iso8859-\d+|koi8-[ru]|euc_(?:jp|kr)|shift_jis|utf-8")
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:\-]{2,30})""", re.I)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:\-]{2,30})""", re.I)
_DETECT_BYTES = 400_000  # the detector is linear; more bytes than this never changed its mind
_COMPARED = 10_000  # bytes by which the readings are compared
_WIDE_SAMPLE = 8_000  # bytes in which the zeros of UTF-16 are counted
SURE = 2.2  # likeness from which GB18030 needs no comparison: no other charset read as GB18030 comes near it
DAMAGE = 0.25  # share of the characters beyond ASCII that may be damaged before UTF-8 is given up


class Decoded(NamedTuple):
    """Text, the codec that made it, all evidence (the chosen one has `chosen=True`), and what was put right."""

    text: str
    charset: str
    witnesses: list[Witness]
    flags: tuple[str, ...] = ()


def decode(content: bytes, content_type: str | None = None) -> Decoded:
    """Bytes to text. Never raises: what cannot be decoded becomes U+FFFD. `content_type` is the HTTP header's value."""
    declared: list[Witness] = []
    if content_type and (found := _HEADER.search(content_type)):
        declared.append(Witness(value=found[1].lower(), source="header", weight=0.5))
    if meta := _META.search(content[:8192]):
        declared.append(Witness(value=meta[1].decode("ascii", "replace").lower(), source="meta", weight=0.5))
    text, name, source, weight = _by_bytes(content, [witness.value for witness in declared])
    text, flags = mending.mend(text, content, name)
    chosen = Witness(value=name, source=source, weight=weight, chosen=True)
    return Decoded(text, name, [chosen, *declared], tuple(flags))


def _by_bytes(content: bytes, declared: list[str]) -> tuple[str, str, str, float]:
    strict = "strict-utf-8"
    for mark, name in _BOMS:
        if content.startswith(mark):
            if name != "utf-8":
                return content[len(mark) :].decode(name, "replace"), name, "bom", 3.0
            content, strict = content[len(mark) :], "bom"  # editors put it before GBK too: the rest has to be UTF-8
    if wide := _utf16(content):
        return content.decode(wide, "replace"), wide, "zero bytes", 2.5
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        # A body cut in the middle of its last character is still UTF-8.
        if error.start >= len(content) - 3 and error.start > 0 and likeness(content[: error.start].decode()) > 1:
            return content[: error.start].decode(), "utf-8", "truncated-utf-8", 2.5
        around = content[max(error.start - _COMPARED, 0) : error.start + _COMPARED].decode("utf-8", "replace")
        damaged = around.count("\ufffd")
        if damaged <= DAMAGE * (len(mending.WIDE.findall(around)) - damaged):
            return content.decode("utf-8", "replace"), "utf-8", "damaged-utf-8", 2.0
        return _likeliest(content, declared)
    if not text.isascii() and not mending.WIDE.search(text) and re.search("[\u0100-\u07ff]", text):
        # Two-byte characters only: a GBK title of a few characters may be valid UTF-8 by chance.
        gb = content[:_DETECT_BYTES].decode("gb18030", "replace")
        if likeness(gb) > likeness(text) + 1:
            return _likeliest(content, declared)
    return text, "utf-8", strict, 3.0


def _utf16(content: bytes) -> str | None:
    """UTF-16 without a mark, told by where the zero bytes of its markup stand."""
    sample = content[:_WIDE_SAMPLE]
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if max(odd, even) < 4 or max(odd, even) < len(sample) // 50 or min(odd, even) > max(odd, even) // 4:
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    return name if likeness(sample[: len(sample) // 2 * 2].decode(name, "replace")) > 1 else None


def codec_of(name: str) -> str | None:
    """Python's codec for a charset's name on the web; None for what is no charset of a page (idna, hex, undefined)."""
    if name in _GB:
        return "gb18030"
    if name in _BIG5:
        return "big5hkscs"
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return None
    return codec if _OF_PAGES.fullmatch(codec) else None


def _likeliest(content: bytes, declared: list[str]) -> tuple[str, str, str, float]:
    """The reading that looks most like Chinese. A charset that the detector or the page names is believed if it ties."""
    try:
        if likeness(text := content.decode("gb18030")) > SURE:
            return text, "gb18030", "detected", 2.0
    except UnicodeDecodeError:
        pass  # damaged, or another charset: all are asked
    sample = content[:_DETECT_BYTES]
    detected = codec_of((detect_encoding(sample, from_html_meta=False) or "").lower())
    named = [codec for name in declared if (codec := codec_of(name))]
    scores: dict[str, float] = {}
    for codec in dict.fromkeys(["gb18030", "big5hkscs", *([detected] if detected else []), *named, "cp1252"]):
        bonus = 0.3 * (codec == detected) + 0.2 * (codec in named)
        double = codec in ("gb18030", "big5hkscs")
        read = mending.aligned(sample[:_COMPARED], codec) if double else sample[:_COMPARED].decode(codec, "replace")
        scores[codec] = likeness(read) + bonus
    best = max(scores, key=lambda codec: scores[codec])
    return content.decode(best, "replace"), "big5" if best == "big5hkscs" else best, "detected", 2.0
