"""A small TrueType font of our own: three signs in the private use area, drawn with straight lines (OpenType 1.9)."""

from __future__ import annotations

import struct
from functools import cache
from itertools import pairwise

UNITS = 1000  # to the em
FIRST = 0xE001  # code point of the first sign; the others follow
_SIGNS = (  # each a closed contour, clockwise, in font units
    [(100, 0), (100, 700), (800, 350)],  # ▶
    [(100, 100), (100, 600), (700, 600), (700, 100)],  # ■
    [(400, 0), (100, 350), (400, 700), (700, 350)],  # ◆
)
_BOX = [(50, 0), (50, 700), (450, 700), (450, 0)]  # .notdef
_ADVANCE = 900


def _glyph(points: list[tuple[int, int]]) -> bytes:
    """A simple glyph: header, end of the one contour, no instructions, flags (all on the curve), x and y steps."""
    xs, ys = zip(*points, strict=True)
    out = struct.pack(">hhhhh", 1, min(xs), min(ys), max(xs), max(ys))
    out += struct.pack(">HH", len(points) - 1, 0) + b"\x01" * len(points)
    for values in (xs, ys):
        steps = [values[0], *(b - a for a, b in pairwise(values))]
        out += struct.pack(f">{len(steps)}h", *steps)
    return out + b"\0" * (-len(out) % 4)


def _cmap(count: int) -> bytes:
    """Format 4, one segment for the signs and the one that ends the table."""
    last = FIRST + count - 1
    segments = struct.pack(">HHHHH", last, 0xFFFF, 0, FIRST, 0xFFFF)
    segments += struct.pack(">HHHH", (1 - FIRST) & 0xFFFF, 1, 0, 0)
    body = struct.pack(">HHHHHHH", 4, 14 + len(segments), 0, 4, 4, 1, 0) + segments
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + body


def _name(family: str) -> bytes:
    """Family, style, unique name, full name, version, PostScript name; Windows, Unicode, English."""
    words = {1: family, 2: "Regular", 3: f"{family} 1", 4: family, 5: "Version 1.0", 6: family.replace(" ", "")}
    records, strings = b"", b""
    for number, word in words.items():
        text = word.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x409, number, len(text), len(strings))
        strings += text
    return struct.pack(">HHH", 0, len(words), 6 + len(records)) + records + strings


def _os2(count: int) -> bytes:
    head = struct.pack(">HhHHH", 4, _ADVANCE, 400, 5, 0)
    scripts = struct.pack(">hhhhhhhhhhh", 650, 600, 0, 75, 650, 600, 0, 350, 50, 250, 0)
    ranges = struct.pack(">IIII", 0, 1 << 28, 0, 0)  # bit 60: private use area
    tail = struct.pack(">HHHhhhHHII", 0x40, FIRST, FIRST + count - 1, 800, -200, 100, 900, 200, 1, 0)
    return head + scripts + bytes(10) + ranges + b"NIAN" + tail + struct.pack(">hhHHH", 500, 700, 0, 32, 1)


@cache
def ttf(family: str = "Sample Signs") -> bytes:
    """The bytes of the font file, with checksums."""
    glyphs = [_glyph(points) for points in (_BOX, *_SIGNS)]
    offsets = [sum(map(len, glyphs[:i])) for i in range(len(glyphs) + 1)]
    count = len(glyphs)
    created = 3_660_000_000  # seconds since 1904, in 2019: the same on every day
    head = struct.pack(">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, UNITS, created, created, 50, 0, 800, 700,
                       0, 8, 2, 1, 0)  # fmt: skip
    tables = {
        b"OS/2": _os2(count - 1),
        b"cmap": _cmap(count - 1),
        b"glyf": b"".join(glyphs),
        b"head": head,
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 800, -200, 100, _ADVANCE, 50, 100, 800, 1, 0, 0, 0, 0, 0, 0, 0,
                             count),
        b"hmtx": struct.pack(">Hh", _ADVANCE, 50) + struct.pack(">Hh", _ADVANCE, 100) * (count - 1),
        b"loca": struct.pack(f">{count + 1}I", *offsets),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, count, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": _name(family),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }  # fmt: skip
    power = 1 << (len(tables).bit_length() - 1)
    out = struct.pack(">IHHHH", 0x10000, len(tables), power * 16, power.bit_length() - 1, (len(tables) - power) * 16)
    at, body = len(out) + 16 * len(tables), b""
    for tag, data in tables.items():
        out += tag + struct.pack(">III", _checksum(data), at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    whole = bytearray(out + body)
    place = whole.index(head[:12], len(out)) + 8
    whole[place : place + 4] = struct.pack(">I", (0xB1B0AFBA - _checksum(bytes(whole))) & 0xFFFFFFFF)
    return bytes(whole)


def _checksum(data: bytes) -> int:
    data += b"\0" * (-len(data) % 4)
    return sum(struct.unpack(f">{len(data) // 4}I", data)) & 0xFFFFFFFF
