"""How a file that is no text is changed: bit by bit, and from within, where readers get further than the first checksum.

A mutation takes (chance, the file, another seed's bytes) and gives the changed one. A new one is a function and a line in
OF_BYTES, or in WITHIN for a format that has an inside.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from copy import deepcopy
from random import Random

from lxml import etree

LARGEST = 200_000  # characters or bytes of an input: growth beyond that is tests/parsing/test_linear.py's
MOST_WITHIN = 0.9  # share of the changes that are made within a file that has an inside
WELL_FORMED = 0.75  # share of the changed parts of XML that are XML still
MOST_ELEMENTS = 5_000  # of a part that still grows
PUT = (
    "",
    "0",
    "-1",
    "1",
    "99999999999",
    "1e9",
    "x",
    "65536",
    "rId1",
    "一、",
    "2147483648 -3",
    "//",
    "%00",
    "\u3000" * 30,
)
OfText = Callable[[Random, str, str, int], str]
NUMBERS = (b"0", b"-1", b"1", b"99999999999", b"1e9", b"0.0001", b"65536", b"2147483648", b"-0.5", b"")
_STREAM = re.compile(rb"(stream\r?\n)(.*?)(endstream)", re.S)
_TOKEN = re.compile(rb"-?\d+\.?\d*")
_NAME = re.compile(rb"/[A-Za-z][A-Za-z0-9]*")
_RTF = re.compile(rb"\\[a-z]+-?\d*|[{}]")


def span(chance: Random, size: int, most: int = 20_000) -> tuple[int, int]:
    """Where a piece begins and ends; short ones are the most likely."""
    begins = chance.randrange(size + 1)
    return begins, min(size, begins + int(most ** chance.random()))


def flip(chance: Random, content: bytes, other: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(int(len(changed) ** (chance.random() * 0.6)) if changed else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def overwrite(chance: Random, content: bytes, other: bytes) -> bytes:
    at = chance.randrange(len(content) + 1)
    put = chance.choice(
        (b"\xff" * 4, b"\x00" * 8, b"\x7f\xff\xff\xff", b"\x80", bytes(chance.randrange(256) for _ in range(6)))
    )
    return content[:at] + put + content[at + len(put) * chance.randrange(2) :]


def cut(chance: Random, content: bytes, other: bytes) -> bytes:
    begins, ends = span(chance, len(content))
    return content[:begins] if chance.random() < 0.4 else content[:begins] + content[ends:]


def splice(chance: Random, content: bytes, other: bytes) -> bytes:
    begins, ends = span(chance, len(other))
    at = chance.randrange(len(content) + 1)
    return content[:at] + other[begins:ends] + content[at:]


def repeat(chance: Random, content: bytes, other: bytes) -> bytes:
    begins, ends = span(chance, len(content), 500)
    return content[:begins] + content[begins:ends] * chance.randint(2, 40) + content[ends:]


OF_BYTES: tuple[Callable[[Random, bytes, bytes], bytes], ...] = (flip, overwrite, cut, splice, repeat)


def in_zip(chance: Random, content: bytes, other: bytes, of_text: OfText) -> bytes:
    """A member of a ZIP file (DOCX, XLSX, OFD) changed, left out or doubled."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as before:
            members = [(name, before.read(name)) for name in before.namelist()]
    except Exception:  # noqa: BLE001 - zipfile raises whatever it likes at a ZIP that an earlier change broke
        return flip(chance, content, other)
    if not members:
        return content
    (at,) = chance.choices(range(len(members)), [len(inner) ** 0.5 + 1 for _, inner in members])
    name, inner = members[at]
    if chance.random() < 0.1:
        del members[at]
    elif inner.lstrip()[:1] == b"<" and chance.random() < WELL_FORMED:
        members[at] = name, in_xml(chance, inner)
    elif inner.lstrip()[:1] == b"<":
        members[at] = name, of_text(chance, inner.decode("utf-8", "replace"), "", 2).encode("utf-8", "replace")
    else:
        members[at] = name, changed(chance, inner, other, 1, of_text)
    return packed(members)


def in_xml(chance: Random, content: bytes) -> bytes:
    """A few elements of an XML part moved, doubled, left out, renamed, or with another's text or attribute: well formed still,
    and nothing that its schema allows.
    """
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return content
    for _ in range(int(12 ** chance.random())):
        elements = list(root.iter("*"))
        one, another = chance.choice(elements), chance.choice(elements)
        above = one.getparent()
        how = chance.randrange(6)
        if how == 0 and above is not None:
            above.remove(one)
        elif how == 1:
            another.append(deepcopy(one) if len(elements) < MOST_ELEMENTS else etree.Element(one.tag))
        elif how == 2 and above is not None and not any(up is one for up in (another, *another.iterancestors())):
            another.append(one)
        elif how == 3:
            one.tag = another.tag
        elif how == 4:
            one.text = chance.choice((another.text, *PUT))
        else:
            one.attrib.update(another.attrib)
            for name in chance.sample(list(one.attrib), min(1, len(one.attrib))):
                one.set(name, chance.choice(PUT))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def packed(members: list[tuple[str, bytes]]) -> bytes:
    """A ZIP file that is the same from run to run."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name, inner in members:
            after.writestr(zipfile.ZipInfo(name), inner, zipfile.ZIP_DEFLATED, 1)
    return out.getvalue()


def in_pdf(chance: Random, content: bytes, other: bytes, of_text: OfText) -> bytes:
    """A number, a name or a stream of a PDF changed; a compressed stream is opened first."""
    how = chance.random()
    if how < 0.35:
        share, put = chance.random() ** 3, chance.choice(NUMBERS)
        return _TOKEN.sub(lambda old: put if chance.random() < share else old[0], content)
    if how < 0.6:
        share, names = chance.random() ** 3, _NAME.findall(content) or [b"/Type"]
        return _NAME.sub(lambda old: chance.choice(names) if chance.random() < share else old[0], content)
    streams = list(_STREAM.finditer(content))
    if not streams:
        return flip(chance, content, other)
    stream = chance.choice(streams)
    inner = stream[2]
    try:
        inner = zlib.decompress(inner)
    except zlib.error:
        return content[: stream.start(2)] + chance.choice(OF_BYTES)(chance, inner, other) + content[stream.end(2) :]
    if chance.random() < 0.5:
        share, put = chance.random() ** 3, chance.choice(NUMBERS)
        inner = _TOKEN.sub(lambda old: put if chance.random() < share else old[0], inner)
    else:
        inner = chance.choice(OF_BYTES)(chance, inner, other)
    return content[: stream.start(2)] + zlib.compress(inner[:LARGEST], 1) + content[stream.end(2) :]


def in_rtf(chance: Random, content: bytes, other: bytes, of_text: OfText) -> bytes:
    """Control words and braces of an RTF changed for each other."""
    share, words = chance.random() ** 3, _RTF.findall(content) or [b"{"]
    return _RTF.sub(lambda old: chance.choice(words) if chance.random() < share else old[0], content)


WITHIN: tuple[tuple[bytes, Callable[[Random, bytes, bytes, OfText], bytes]], ...] = (  # how the file begins
    (b"PK", in_zip),
    (b"%PDF", in_pdf),
    (b"{\\rtf", in_rtf),
)


def changed(chance: Random, content: bytes, other: bytes, most: int, of_text: OfText) -> bytes:
    """The bytes after one to `most` mutations; `of_text` is how a text in them is changed."""
    for _ in range(chance.randint(1, most)):
        within = next((how for begins, how in WITHIN if content.startswith(begins)), None)
        if within is not None and chance.random() < MOST_WITHIN:
            content = within(chance, content, other, of_text)[:LARGEST]
        else:
            content = chance.choice(OF_BYTES)(chance, content, other)[:LARGEST]
    return content
