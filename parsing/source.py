"""One page taken apart: lines of the body region, lines of the whole page, and the tree when there is one."""

from __future__ import annotations

import re
from itertools import pairwise

from lxml import etree

from parsing import blocks, copies, lookalikes, normalise, region, tree
from parsing.clean import Line, is_own, is_signed
from parsing.document import Attachment, BlockKind, Removal, TextStatus
from parsing.files.body import Body
from parsing.headline import marks_title
from parsing.titles import classify

TITLE_AMONG = 6  # blocks at the head of a file
A_SENTENCE = 200  # squashed characters above which pictures are beside the text, not in its place (domain.md 4)
_SECOND = re.compile("[二两2][、.．]")  # the second section of a report, however short
ROWS = 3  # of a table, which are a body without a sentence
_FIGURE = re.compile(r"\d\s?(?:条|件|次|人|篇|万|元|份|个|项|%)|^表\s?[\d一二三四五六]|^单位\s?:|^附[件:]")
BOX = 600  # characters that a box of advertisements or of other articles holds at most
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
        self.markup = ""  # of a web page, as it came
        self.is_marked_up = True  # what is a table's row is known, not guessed from bars and tabs
        self.region: region.Region | None = None
        self.removed: list[Removal] = []
        self.flags: list[str] = []

    def take(self, body: Body) -> None:
        """A file's content goes below what is there."""
        pieces, flags = _pieces(body)
        lines = [line for at, piece in enumerate(pieces, len(self.pieces)) for line in _lines(piece, at)]
        self.pieces += pieces
        self.body += lines
        self.everything += [line.text for line in lines]
        self.removed += body.removed
        self.flags += dict.fromkeys([*body.flags, *flags])


def plain(text: str) -> Source:
    source = Source()
    source.is_marked_up = False
    lines = [line.rstrip() for line in text.split("\n")]
    source.body = [Line(line) for line in lines if line.strip()]
    source.everything = [line.text for line in source.body]
    return source


def of_file(body: Body) -> Source:
    """What a file that is no web page gives."""
    source = Source()
    source.take(body)
    return source


def _pieces(body: Body) -> tuple[list[blocks.Piece], list[str]]:
    """The blocks of a file, with the characters that were meant; flags for those that were not."""
    undone: dict[str, None] = {}

    def meant(text: str) -> str:
        text, flags = lookalikes.meant(text)
        undone.update(dict.fromkeys(flags))
        return text

    pieces = _with_whole_title(
        [
            blocks.Piece(
                block.kind,
                meant(block.text),
                block.rows and [[meant(text) for text in row] for row in block.rows],
                confidence=block.confidence,
            )
            for block in body.blocks
        ]
    )
    return pieces, list(undone)


def _with_whole_title(pieces: list[blocks.Piece]) -> list[blocks.Piece]:
    """A title that is set in two lines as one: 云棠市人民政府 / 2023年政府信息公开工作年度报告. The first is no site's name."""
    for at, (first, second) in enumerate(pairwise(pieces[:TITLE_AMONG])):
        texts = (first.text, second.text)
        if BlockKind.table in (first.kind, second.kind) or max(map(len, texts)) > 40:
            continue
        whole, rest = classify("".join(texts)), classify(second.text)
        if whole.kind == rest.kind == "annual_report" and whole.organ and not rest.organ:
            joined = first._replace(text="".join(texts))
            return [*pieces[:at], joined, *pieces[at + 2 :]]
    return pieces


def html(text: str) -> Source:
    source = Source()
    source.markup = text
    source.page = page = tree.Page(text)
    if page.in_parts:
        source.flags.append("hidden_parts_shown")
    outline = blocks.outlined(page.root)
    source.region = region.find(page, outline)
    source.everything = blocks.all_lines(outline)
    top = source.region.element
    lines = blocks.inside(outline, top) if top is not None else []
    pieces = blocks.pieces(lines)
    if top is not None and source.region.marks < 2 and source.region.how == "core":
        pieces = _second_opinion(text, pieces, source)
    outside = len(lines) == len(pieces) and not source.region.how.startswith("cms:")
    homes: list[etree._Element | None] = [None] * len(pieces)
    if len(lines) == len(pieces):
        homes = [line.holder.getparent() for line in lines]
    titled = [marks_title(line.holder) for line in lines] if outside else [False] * len(pieces)
    boxed = _boxed(lines, top) if len(lines) == len(pieces) else [False] * len(pieces)
    if doubled := copies.second_copy([piece.text for piece in pieces]):
        source.removed.extend(Removal(text=pieces[at].text, rule="copy.second") for at in sorted(doubled))
        source.flags.append("second_copy_dropped")
    source.pieces = pieces
    for at, piece in enumerate(pieces):
        if at not in doubled:
            found = _lines(piece, at)
            marked = (
                {"home": homes[at]}
                if piece.kind is BlockKind.table
                else {"home": homes[at], "outside": outside, "titled": titled[at], "boxed": boxed[at]}
            )
            source.body.extend(line._replace(**marked) for line in found)
    return source


def _boxed(lines: list[blocks.Text], top: etree._Element | None) -> list[bool]:
    """For each line whether it stands in a box of something else: called one, inside the article, small, without a sentence
    of its own, a table, a figure, a signature or a caption."""
    by_box: dict[etree._Element, list[blocks.Text]] = {}
    for line in lines:
        if line.box is not None:
            by_box.setdefault(line.box, []).append(line)
    around = {top, *top.iterancestors()} if by_box and top is not None else set()
    of_others = {
        box
        for box, inside in by_box.items()
        if box not in around
        and sum(len(line.text) for line in inside) < BOX
        and not any(line.table is not None or _may_be_own(normalise.key(line.text)) for line in inside)
    }
    return [line.box in of_others for line in lines]


def _may_be_own(form: str) -> bool:
    return is_own(form, False) or _FIGURE.search(form) is not None or is_signed(form)


def _lines(piece: blocks.Piece, at: int) -> list[Line]:
    """A piece as lines of the body."""
    if piece.kind is BlockKind.table:
        return [Line(line, True, at) for line in piece.text.split("\n")]
    return [Line(piece.text, False, at, piece.linked)]


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
        kept: list[Line] = []
        for at, line in enumerate(source.body):
            if line.block in marked and at < first:
                source.removed.append(Removal(text=line.text, rule="head.sheet-table", at=len(kept)))
            else:
                kept.append(line)
        source.body = kept


def is_elsewhere(source: Source, title: str | None) -> bool:
    """Whether a page's text is no report, a sentence at most before the pictures or the frame that may hold it."""
    if sum(len(line.text) for line in source.body) > 4 * A_SENTENCE:
        return False
    squashed = normalise.squash("".join(line.text for line in source.body))
    said = _SECOND.search(squashed) or sum(line.table for line in source.body) >= ROWS
    known = source.region is not None and source.region.how.startswith("cms:")  # else pictures anywhere would count
    thin = len(squashed) < THIN or (known and len(squashed) < A_SENTENCE and not said)
    return thin and source.page is not None and (not _challenge(source) or classify(title or "").kind != "unknown")


def status_of(squashed: str, files: list[Attachment], where: str, source: Source) -> tuple[TextStatus, list[str]]:
    """How much of the publication is in the text, and in what the rest is: `files`, which are what the flag `where` says."""
    if len(squashed) >= 300 or (len(squashed) >= THIN and not files):
        return TextStatus.full, []
    if files or where:
        where = where or "body_in_attachment"
        return TextStatus.image_only if where == "body_in_images" else TextStatus.attachment_only, [where]
    if _challenge(source):
        return TextStatus.blocked, ["challenge"]
    return (TextStatus.missing, ["no_text"]) if len(squashed) < 20 else (TextStatus.full, ["short"])


def _challenge(source: Source) -> bool:
    return (
        source.page is not None
        and len(source.everything) < 3
        and not re.search(r"[一-鿿]{6}", "".join(source.everything))
    )


def around(source: Source) -> tuple[list[str], list[str]] | None:
    """The page's lines above and below the region that was read; None where no region of the page was taken whole."""
    if source.region is None or source.region.element is None or "region_by_trafilatura" in source.flags:
        return None
    inside = blocks.all_lines(blocks.outlined(source.region.element))
    size = len(inside)
    for at in range(len(source.everything) - size + 1):
        if source.everything[at] == inside[0] and source.everything[at : at + size] == inside:
            return source.everything[:at], source.everything[at + size :]
    return None
