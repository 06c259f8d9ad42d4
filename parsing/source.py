"""One page taken apart: lines of the body region, lines of the whole page, and the tree when there is one."""

from __future__ import annotations

import re

from parsing import blocks, copies, normalise, region, tree
from parsing.clean import Line, is_own
from parsing.document import Attachment, BlockKind, Removal, TextStatus
from parsing.headline import marks_title

THIN = 60  # squashed characters below which a body is no report: look for a file, a frame or pictures instead


class Source:
    """What one page gives to the facts:
    lines of the body region, lines of the whole page, and the tree when there is one.
    """

    def __init__(self) -> None:
        self.pieces: list[blocks.Piece] = []
        self.body: list[Line] = []
        self.everything: list[str] = []
        self.page: tree.Page | None = None
        self.region: region.Region | None = None
        self.removed: list[Removal] = []
        self.flags: list[str] = []


def plain(text: str) -> Source:
    source = Source()
    lines = [line.rstrip() for line in normalise.printable(text).split("\n")]
    source.body = [Line(line) for line in lines if line.strip()]
    source.everything = [line.text for line in source.body]
    return source


def html(text: str) -> Source:
    source = Source()
    source.page = page = tree.Page(text)
    outline = blocks.outlined(page.root)
    source.region = region.find(page, outline)
    source.everything = blocks.all_lines(outline)
    top = source.region.element
    lines = blocks.inside(outline, top) if top is not None else []
    pieces = blocks.pieces(lines)
    if top is not None and source.region.marks < 2 and source.region.how == "core":
        pieces = _second_opinion(text, pieces, source)
    outside = len(lines) == len(pieces) and not source.region.how.startswith("cms:")
    homes = [line.holder.getparent() for line in lines] if len(lines) == len(pieces) else [None] * len(pieces)
    titled = [marks_title(line.holder) for line in lines] if outside else [False] * len(pieces)
    if doubled := copies.second_copy([piece.text for piece in pieces]):
        source.removed.extend(Removal(text=pieces[at].text, rule="copy.second") for at in sorted(doubled))
        source.flags.append("second_copy_dropped")
    source.pieces = pieces
    for at, piece in enumerate(pieces):
        if at in doubled:
            continue
        if piece.kind is BlockKind.table:
            source.body.extend(Line(line, True, at, home=homes[at]) for line in piece.text.split("\n"))
        else:
            source.body.append(Line(piece.text, False, at, piece.linked, homes[at], outside, titled[at]))
    return source


def _second_opinion(text: str, pieces: list[blocks.Piece], source: Source) -> list[blocks.Piece]:
    """No known container and nothing statutory: ask trafilatura, and believe it when our region is mostly chrome."""
    ours = sum(len(piece.text) for piece in pieces)
    sentences = sum(len(piece.text) for piece in pieces if "。" in piece.text or piece.kind is BlockKind.table)
    if ours and (sentences < 100 or sentences >= 0.6 * ours):
        return pieces
    import trafilatura  # slow to import, and only this path needs it

    try:
        found = trafilatura.extract(text, include_comments=False, include_tables=True, favor_recall=True) or ""
    except Exception:  # noqa: BLE001 - a third party's parser on hostile bytes; our own region is the answer then
        return pieces
    theirs = sum(len(line) for line in found.split("\n") if "。" in line and "|" not in line)
    if theirs < 0.8 * sentences or theirs < (sentences / max(ours, 1) + 0.2) * len(found):
        return pieces
    source.flags.append("region_by_trafilatura")
    return [blocks.Piece(BlockKind.paragraph, line.strip()) for line in found.split("\n") if line.strip()]


def drop_sheets(source: Source) -> None:
    """Takes metadata sheets (索引号 | … tables) off the head of the region."""
    marked = {at for at, piece in enumerate(source.pieces) if piece.sheet}
    if marked:
        first = next(
            (at for at, line in enumerate(source.body) if not line.table and is_own(normalise.key(line.text), False)),
            len(source.body),
        )
        kept = []
        for at, line in enumerate(source.body):
            if line.block in marked and at < first:
                source.removed.append(Removal(text=line.text, rule="head.sheet-table"))
            else:
                kept.append(line)
        source.body = kept


def status_of(squashed: str, files: list[Attachment], source: Source) -> tuple[TextStatus, list[str]]:
    """How much of the publication is in the text: files, frames or pictures may hold the rest."""
    if len(squashed) >= 300 or (len(squashed) >= THIN and not files):
        return TextStatus.full, []
    pictures = 0
    if source.page is not None and source.region is not None and source.region.element is not None:
        pictures = sum(1 for _ in source.region.element.iter("img"))
    if files:
        return TextStatus.attachment_only, ["body_in_attachment"]
    if pictures:
        return TextStatus.image_only, ["body_in_images"]
    if _challenge(source):
        return TextStatus.blocked, ["challenge"]
    return (TextStatus.missing, ["no_text"]) if len(squashed) < 20 else (TextStatus.full, ["short"])


def _challenge(source: Source) -> bool:
    return (
        source.page is not None
        and len(source.everything) < 3
        and not re.search(r"[一-鿿]{6}", "".join(source.everything))
    )
