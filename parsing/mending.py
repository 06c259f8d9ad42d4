"""Puts right what went wrong before the bytes reached us, where the bytes still prove what was meant.

Three kinds, each with its flag: a byte lost, added or overwritten in a double-byte text, which shifts every character
up to the next mark (`damaged_bytes`); an included file in another charset than its page (`mixed_charsets`); text that
was read with a wrong charset and saved again (`encoded_twice`). Where nothing is sure nothing is changed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from parsing.likeness import likeness, points
from parsing.normalise import simplify

WIDE = re.compile("[\u0800-\uffff\U00010000-\U0010ffff]")
# Bytes that are never part of a character of two or four bytes in GB18030 or Big5: what lies between stands alone.
_STRETCH = re.compile(rb"[^\x00-\x2f\x3a-\x3f]+")
_ISLAND = re.compile(rb"[\xe4-\xe9][\x80-\xbf]{2}(?:[\xe4-\xe9][\x80-\xbf]{2}){2}")
LONGEST = 4_000  # bytes of a stretch that is searched for the shift; a paragraph has some hundred
SEARCHED = 30_000  # bytes of all stretches together: what is beyond stays as it was decoded
JUDGED = 2_000  # stretches that are held against another charset
_LOST_BYTE, _LOST_BYTES = -6.0, -8.0  # points that passing over one byte costs, or all that is left of a character
# Windows-1252 as browsers read it: 0x80-0x9F, with the five holes read as C1 controls.
_CP1252 = {
    bytes([byte]).decode("cp1252"): byte for byte in range(0x80, 0xA0) if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_LATIN = re.compile("[\x80-\xff" + "".join(_CP1252) + "]{6,}")
_SHORT_LATIN = re.compile("[\x80-\xff" + "".join(_CP1252) + "]{4,5}")  # two characters: only beside longer ones
_ACCENTED = re.compile("[\u00c0-\u00ff]")
_ACCENTS = b"\xc3"  # what these begin with in UTF-8, and nothing else does
# What the commonest beginnings of UTF-8 Hanzi look like when they are read as GBK (domain.md 4): 的 信 在 公 政 、 ，
_GBK_MARKS = re.compile("[鐨淇鍦鍏鏀銆锛骞]")


def mend(text: str, content: bytes, charset: str) -> tuple[str, list[str]]:
    """The text with what can be put right put right, and a flag for each kind."""
    flags: list[str] = []
    if charset in ("utf-8", "gb18030", "big5") and (
        "\ufffd" in text or (charset != "utf-8" and _ISLAND.search(content))
    ):
        text, flags = _by_stretches(text, content, charset)
    if charset in ("utf-8", "cp1252", "iso8859-1", "gb18030"):
        again = _twice(text, accented=bool(flags) or charset != "utf-8" or _ACCENTS in content)
        if again != text:
            text, flags = again, [*flags, "encoded_twice"]
    return text, flags


def _twice(text: str, accented: bool) -> str:
    """Text that was read as Latin-1 or as GBK and saved as UTF-8, read as what it was. `accented`: À to ÿ may be in it."""
    if accented and _ACCENTED.search(text):
        again = _LATIN.sub(_from_latin, text)
        text = _SHORT_LATIN.sub(_from_latin, again) if again != text else text
    marks = _GBK_MARKS.findall(text[:20_000])
    if len(marks) >= 3 and likeness(text) < 1.5:
        text = "\n".join(map(_from_gbk, text.split("\n")))
    return text


def _from_latin(run: re.Match[str]) -> str:
    if len(_ACCENTED.findall(run[0])) < 2:
        return run[0]
    raw = bytes(_CP1252.get(char, ord(char) & 0xFF) for char in run[0])
    for codec in ("utf-8", "gb18030"):
        try:
            meant = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        if len(set(meant)) >= 2 and likeness(meant) >= 2 - 0.8 * (codec == "utf-8"):
            return meant
    return run[0]


def _from_gbk(line: str) -> str:
    meant = line.encode("gb18030", "replace").decode("utf-8", "replace")
    return meant if likeness(meant) > likeness(line) + 0.5 else line


def _by_stretches(text: str, content: bytes, charset: str) -> tuple[str, list[str]]:
    """The bytes decoded again, a stretch at a time; the first way to read a stretch that is sure is taken."""
    codec = "big5hkscs" if charset == "big5" else charset
    kinds: set[str] = set()
    budget, judged = SEARCHED, 0

    def again(stretch: re.Match[bytes]) -> bytes:
        nonlocal budget, judged
        raw = stretch[0]
        if raw.isascii():
            return raw
        read, strict = _read(raw, codec)
        if strict and codec == "utf-8":
            return raw
        foreign, sound = _read(raw, "gb18030" if codec == "utf-8" else "utf-8")
        judged += sound
        if sound and len(foreign) >= 2 and judged <= JUDGED and likeness(foreign) > likeness(read) + 0.5:
            kinds.add("mixed_charsets")
            return foreign.encode("utf-8")
        if not strict:
            kinds.add("damaged_bytes")
        if not strict and codec != "utf-8" and len(raw) <= min(LONGEST, budget):
            budget -= len(raw)
            read = _realign(raw, codec)
        return read.encode("utf-8")

    if codec == "utf-8" and content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
    # What lies between the stretches is ASCII, in every charset of these.
    mended = _STRETCH.sub(again, content).decode("utf-8", "replace")
    return mended, sorted(kinds)


def aligned(raw: bytes, codec: str) -> str:
    """A double-byte text, damaged places put right as far as they can be: what it is compared by."""
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return _STRETCH.sub(lambda found: _realign(found[0][:LONGEST], codec).encode(), raw).decode("utf-8", "replace")


def _read(raw: bytes, codec: str) -> tuple[str, bool]:
    try:
        return raw.decode(codec), True
    except UnicodeDecodeError:
        return raw.decode(codec, "replace"), False


class _Way(NamedTuple):
    """The best reading of a stretch up to some byte: its points, the character it ends with, where that begins."""

    points: float
    char: str
    begins: int


def _realign(raw: bytes, codec: str) -> str:
    """The likeliest division of damaged bytes into characters; each byte that belongs to none is one U+FFFD.

    One pass from left to right; at each byte a character of 1, 2 or 4 bytes may begin, or the byte is passed over.
    """
    best: list[_Way | None] = [_Way(0.0, "", 0), *[None] * len(raw)]
    known: dict[bytes, tuple[str, float]] = {}
    for at in range(len(raw)):
        here = best[at]
        if here is None:
            continue
        first = raw[at]
        ways = [(1, chr(first), 1.0) if first < 0x80 else (1, "\ufffd", _LOST_BYTE)]
        if first > 0x80 and at + 1 < len(raw):
            size = 4 if 0x30 <= raw[at + 1] <= 0x39 and codec == "gb18030" else 2
            piece = raw[at : at + size]
            if piece not in known:
                char, strict = _read(piece, codec)
                known[piece] = (char, points(simplify(char))) if strict and len(char) == 1 else ("", 0.0)
            if known[piece][0]:
                ways.append((size, *known[piece]))
            lost = 3 if size == 4 else 2
            if at + lost <= len(raw):
                ways.append((lost, "\ufffd", _LOST_BYTES))
        for size, char, value in ways:
            there = best[at + size]
            if there is None or here.points + value > there.points:
                best[at + size] = _Way(here.points + value, char, at)
    chars: list[str] = []
    at = len(raw)
    while at:
        way = best[at]
        assert way is not None  # a byte can always be passed over
        chars.append(way.char)
        at = way.begins
    return "".join(reversed(chars))
