"""A page with all that was taken out of it, each piece at its place and with its rule: for a person to judge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from parsing import media, normalise
from parsing.document import Block, BlockKind, Document, Removal
from parsing.reading import Headers, opened, read
from parsing.rules import BY_ID, PIECES
from parsing.source import around

# What goes by other reasons than a line of rules.py, as a person would say it.
OTHER_REASONS = {
    "head.sheet-table": "the metadata sheet above an article, as a table; read before it is dropped",
    "copy.second": "the article again, for telephones or for printing",
    "t.attachment-link": "nothing but the link to a file, which is among the attachments",
    "head.links": "nothing but links above the body: a menu",
    "head.title": "the title, which `title` has",
    "head.above-title": "what stands above the title: the page's own names",
    "t.links": "nothing but links below the body: a menu or related articles",
    "x.box": "a box of advertisements, of other articles or of buttons to share, by its name; it has no sentence",
    "piece.hijacker": "the address of the copy's own host, written over the body's name",
}
PIECE_REASONS = {piece.id: piece.reason for piece in PIECES}


BELOW = "below such a line: "


class Out(NamedTuple):
    """What was taken out: a line, or a piece that stood at `column` of the line that it is shown in."""

    text: str
    rule: str
    reason: str
    column: int | None = None


class Shown(NamedTuple):
    """A line that stays, or one that went (`out`). `block`: which block it is of; `pieces` went from within it."""

    text: str
    block: Block | None = None
    out: Out | None = None
    pieces: tuple[Out, ...] = ()


class Explained(NamedTuple):
    """The document, its lines in reading order, and the page's lines above and below the region that was read."""

    document: Document
    lines: list[Shown]
    region: str | None
    above: list[str]
    below: list[str]


def explain(content: bytes, headers: Headers | None = None, url: str | None = None) -> Explained:
    """Read one page as `parsing.read` does, and say what became of each of its lines."""
    document = read(content, headers, url)
    region: str | None = None
    above: list[str] = []
    below: list[str] = []
    sort = media.sniff(content)
    if sort == media.HTML:
        source, _ = opened(content, sort, headers)
        if (parts := around(source)) and source.region is not None:
            region, (above, below) = source.region.how, parts
    return Explained(document, list(_lines(document)), region, above, below)


def reason_of(removal: Removal) -> str:
    """Why a line or a piece went. A line that its rule does not know stood below one that the rule knows."""
    if (rule := BY_ID.get(removal.rule)) is not None:
        return rule.reason if rule.matches(normalise.key(removal.text)) else f"{BELOW}{rule.reason}"
    return PIECE_REASONS.get(removal.rule) or OTHER_REASONS.get(removal.rule, "")


def _lines(document: Document) -> Iterator[Shown]:
    blocks = [block for block in document.blocks for _ in block.text.split("\n")]
    text = document.text.split("\n") if document.text else []
    whole: dict[int, list[Out]] = {}
    pieces: dict[int, list[Out]] = {}
    for removal in document.removed:
        out = Out(removal.text, removal.rule, reason_of(removal), removal.column)
        at = len(text) if removal.at is None else removal.at
        (whole if removal.column is None else pieces).setdefault(at, []).append(out)
    fits = len(blocks) == len(text)
    for at, line in enumerate(text):
        yield from map(_gone, _joined(whole.get(at, [])))
        within = sorted(pieces.get(at, ()), key=lambda out: out.column or 0)
        yield Shown(line, blocks[at] if fits else None, pieces=tuple(within))
    yield from map(_gone, _joined(whole.get(len(text), [])))


def _gone(out: Out) -> Shown:
    return Shown(out.text, out=out)


def _joined(outs: list[Out]) -> list[Out]:
    """Pieces of lines that went themselves: those of one rule together, before these lines."""
    pieces: dict[str, Out] = {}
    for out in outs:
        if out.rule in PIECE_REASONS:
            before = pieces.get(out.rule)
            pieces[out.rule] = out._replace(text=f"{before.text} {out.text}") if before else out
    return [*pieces.values(), *(out for out in outs if out.rule not in PIECE_REASONS)]


def is_heading(shown: Shown) -> bool:
    """Whether a line that stays is a heading."""
    return shown.block is not None and shown.block.kind is BlockKind.heading
