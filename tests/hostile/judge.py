"""Is what a WARC file holds what went over the socket? One measure for ours and for others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.hostile.shapes import SHAPES, Shape
from tests.hostile.warcs import Record

REPLIES = [shape for shape in SHAPES if shape.reply]  # the others leave nothing that a response record could hold


@dataclass(frozen=True)
class Verdict:
    """`why` is empty when the bytes are right; `marked` says whether WARC-Truncated is, too."""

    why: str
    marked: bool


def exactly(shape: Shape, block: bytes) -> bool:
    """The reply and nothing else; of one that the client cut itself, an exact beginning with at least the head."""
    if shape.cut_by_limit:
        return shape.reply.startswith(block) and b"\r\n\r\n" in block
    return block == shape.reply


def fairly(shape: Shape, block: bytes) -> bool:
    """The same, or as much of what was sent besides: interim heads before it, junk behind it. For tools with other aims."""
    return exactly(shape, block) or block in (shape.sent, shape.interim + shape.reply)


def judge(shape: Shape, records: Iterable[Record], strictly: bool) -> Verdict:
    """The verdict on one reply, from the records of its URL."""
    replies = [record for record in records if record.type in ("response", "revisit")]
    if not replies:
        return Verdict("no record", False)
    block, truncated = replies[0].block, replies[0].get("WARC-Truncated")
    marked = truncated == shape.truncated
    if len(replies) > 1:
        return Verdict(f"{len(replies)} records", marked)
    right = exactly if strictly else fairly
    return Verdict("" if right(shape, block) else difference(shape, block), marked)


def difference(shape: Shape, block: bytes) -> str:
    """In a word, what is wrong with a block that is not the reply."""
    if shape.interim and block and shape.interim.startswith(block):
        return "the interim head instead of the reply"
    if shape.reply.startswith(block):
        return f"{len(shape.reply) - len(block)} bytes missing at the end"
    if block.startswith(shape.reply):
        return f"{len(block) - len(shape.reply)} bytes too many at the end"
    same = next((at for at, pair in enumerate(zip(block, shape.reply, strict=False)) if pair[0] != pair[1]), 0)
    return f"other bytes from byte {same} on"
