"""Pictures drawn by code: PNG files of 2-40 KB in a portal's own colours, the same from run to run."""

from __future__ import annotations

import colorsys
import struct
import zlib

from .draw import draw

Colour = tuple[int, int, int]


def colours(skin: int) -> tuple[Colour, Colour]:
    """A portal's two colours: the deep one of its banner and the light one of its boxes."""
    hue = draw(skin, "hue").random()
    deep, light = colorsys.hls_to_rgb(hue, 0.35, 0.7), colorsys.hls_to_rgb(hue, 0.93, 0.5)
    return tuple(int(c * 255) for c in deep), tuple(int(c * 255) for c in light)  # type: ignore[return-value]


def css_colour(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def png(width: int, height: int, skin: int, name: str) -> bytes:
    """A slope from the light colour to the deep one with some grain, and bars and boxes upon it, by `name`.

    A palette of 256 colours, one byte a pixel: rows are made by slicing, so that a banner takes a few milliseconds.
    """
    rng = draw(skin, name)
    deep, light = colours(skin)
    palette = bytes(round(a + (b - a) * i / 255) for i in range(256) for a, b in zip(light, deep, strict=True))
    slope = bytes(x * 254 // width for x in range(width))
    grain = bytes(i & 1 for i in range(256))
    boxes = [_box(rng.random(), rng.random(), width, height) for _ in range(max(3, width // 60))]
    rows = bytearray()
    for y in range(height):
        row = bytearray(map(int.__add__, slope, rng.randbytes(width).translate(grain)))
        for left, top, right, bottom, shade in boxes:
            if top <= y < bottom:
                row[left:right] = bytes([shade]) * (right - left)
        rows += b"\0" + row
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(bytes(rows), 6)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _box(a: float, b: float, width: int, height: int) -> tuple[int, int, int, int, int]:
    """Left, top, right, bottom and shade of a bar, all inside the picture."""
    left, top = int(a * width * 0.9), int(b * height * 0.8)
    right, bottom = min(width, left + 4 + int(b * width / 6)), min(height, top + 2 + int(a * height / 4))
    return left, top, right, bottom, int(a * 255)
