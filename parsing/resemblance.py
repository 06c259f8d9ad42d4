"""How alike two texts are: MinHash over the shingles of their prose (Broder 1997), and the share of their sentences.

Statutory tables are left out: two reports of nothing would be the same by them. Spun copies resemble their source by 0.4
to 0.8 and share hardly a sentence; next year's report resembles it more (field-notes/reading.md 4). So resemblance never
says whose report a text is, it only proposes where the text was taken from.
"""

from __future__ import annotations

import re
from heapq import nsmallest
from struct import unpack
from zlib import crc32

from parsing.document import BlockKind, Document
from parsing.normalise import squash

SHINGLE = 5  # characters
SIZE = 128  # least hashes that are kept: the estimate's standard error is 0.04 at most
LEAST = 200  # characters of prose: of less nothing can be told
ALIKE = 0.4  # from here on one text may be the other's source; unrelated reports have 0.04 at most
_BYTES = 2 * SHINGLE
_MIX = 0x9E3779B1  # crc32 is linear: without this the least hashes would be those of like shingles
_WORD = 0xFFFFFFFF
_NOT_PROSE = re.compile(r"[^㐀-䶿一-鿿]+")  # figures and years differ from year to year, marks from copy to copy
_END = re.compile(r"[。;；!！?？\n]")
SENTENCE = 10  # Hanzi: shorter ones stand in every report


def prose(document: Document) -> str:
    """The Hanzi of a document's headings and paragraphs, simplified."""
    text = "".join(block.text for block in document.blocks if block.kind is not BlockKind.table)
    return _NOT_PROSE.sub("", squash(text))


def sketch(document: Document) -> str | None:
    """A document's prose as SIZE least hashes of its shingles (a bottom-k MinHash), hex; None when it has too little."""
    text = prose(document)
    if len(text) < LEAST:
        return None
    data = text.encode("utf-16-le", "surrogatepass")
    hashes = {crc32(data[at : at + _BYTES]) for at in range(0, len(data) - _BYTES + 2, 2)}
    least = nsmallest(SIZE, {(value ^ value >> 15) * _MIX & _WORD for value in hashes})
    return "".join(f"{value:08x}" for value in least)


def opened(hexed: str) -> frozenset[int]:
    """A sketch as numbers, ready to be compared."""
    return frozenset(unpack(f">{len(hexed) // 8}I", bytes.fromhex(hexed)))


def resemblance(one: frozenset[int], other: frozenset[int]) -> float:
    """Estimated share of common shingles among all of two texts (Jaccard), 0 to 1."""
    common, size = one & other, max(len(one), len(other))
    if len(common) < ALIKE / 2 * size:
        return len(common) / size  # more than it is, and too little for anybody to ask how much
    least = nsmallest(size, one | other)
    return sum(value in common for value in least) / size


def sentences(text: str) -> set[str]:
    """The sentences of a text, each by its Hanzi alone."""
    found = (_NOT_PROSE.sub("", squash(part)) for part in _END.split(text))
    return {part for part in found if len(part) >= SENTENCE}


def shared_sentences(copy: str, source: str) -> float:
    """Share (0 to 1) of the copy's sentences that stand in the source word for word, figures aside."""
    whole = _NOT_PROSE.sub("", squash(source))
    kept = [part in whole for part in sentences(copy)]
    return sum(kept) / len(kept) if kept else 0.0
