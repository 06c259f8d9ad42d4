"""One page taken apart: lines of the body region, lines of the whole page, and the tree when there is one."""

from __future__ import annotations

import re
from itertools import accumulate, pairwise

from parsing import blocks, normalise, region, tree
from parsing.clean import Line, is_own
from parsing.document import Attachment, BlockKind, Removal, TextStatus
from parsing.files.body import Body
from parsing.titles import classify

TITLE_AMONG = 6  # blocks at the head of a file
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
        self.is_marked_up = True  # what is a table's row is known, not guessed from bars and tabs
        self.region: region.Region | None = None
        self.removed: list[Removal] = []
        self.flags: list[str] = []


def plain(text: str) -> Source:
    source = Source()
    source.is_marked_up = False
    lines = [line.rstrip() for line in normalise.printable(text).split("\n")]
    source.body = [Line(line) for line in lines if line.strip()]
    source.everything = [line.text for line in source.body]
    return source


def of_file(body: Body) -> Source:
    """What a file that is no web page gives."""
    source = Source()
    source.pieces = _with_whole_title([blocks.Piece(**dict(block)) for block in body.blocks])
    source.flags, source.removed = list(body.flags), list(body.removed)
    for at, piece in enumerate(source.pieces):
        is_table = piece.kind is BlockKind.table
        source.body.extend(Line(line, is_table, at) for line in (piece.text.split("\n") if is_table else [piece.text]))
    source.everything = [line.text for line in source.body]
    return source


def _with_whole_title(pieces: list[blocks.Piece]) -> list[blocks.Piece]:
    """A title that is set in two lines as one: 云棠市人民政府 / 2023年政府信息公开工作年度报告. The first is no site's name."""
    for at, (first, second) in enumerate(pairwise(pieces[:TITLE_AMONG])):
        texts = (first.text, second.text)
        if BlockKind.table in (first.kind, second.kind) or max(map(len, texts)) > 40:
            continue
        whole, rest = classify("".join(texts)), classify(second.text)
        if whole.kind == rest.kind == "annual_report" and whole.organ and not rest.organ:
            joined = first.model_copy(update={"text": "".join(texts)})
            return [*pieces[:at], joined, *pieces[at + 2 :]]
    return pieces


def html(text: str) -> Source:
    source = Source()
    source.page = page = tree.Page(text)
    source.region = region.find(page.root)
    grids: blocks.Grids = {}
    source.everything = blocks.all_lines(page.root, grids)
    top = source.region.element
    pieces = blocks.serialise(top, grids) if top is not None else []
    if top is not None and source.region.marks < 2 and source.region.how == "core":
        pieces = _second_opinion(text, pieces, source)
    source.pieces = _one_copy(pieces, source)
    for at, piece in enumerate(source.pieces):
        if piece.kind is BlockKind.table:
            source.body.extend(Line(line, True, at) for line in piece.text.split("\n"))
        else:
            source.body.append(Line(piece.text, False, at))
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
    return [blocks.Piece(kind=BlockKind.paragraph, text=line.strip()) for line in found.split("\n") if line.strip()]


def _one_copy(pieces: list[blocks.Piece], source: Source) -> list[blocks.Piece]:
    """When the article stands twice in the region (a copy for telephones), the first copy stays."""
    texts = [piece.text for piece in pieces]
    first_at: dict[str, int] = {}
    known = [0] * (len(texts) + 1)  # known[at]: how many of all texts stand somewhere in texts[:at]
    for at, text in enumerate(texts):
        known[first_at.setdefault(text, at) + 1] += 1
    known = list(accumulate(known))
    for at in range(1, len(texts)):
        if len(texts[at]) >= 20 and texts[at] in texts[: min(at, 4)]:
            first = texts.index(texts[at])
            rest = texts[at:]
            if len(rest) >= 0.6 * (at - first) and len(rest) > 2 and known[at] - at >= 0.9 * len(rest):
                source.removed.extend(Removal(text=text, rule="copy.second") for text in rest)
                source.flags.append("second_copy_dropped")
                return pieces[:at]
    return pieces


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
