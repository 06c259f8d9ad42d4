"""What a reader of files gives: the body's blocks in reading order, and what is to be known about the reading."""

from __future__ import annotations

from pydantic import Field

from parsing.document import Block, Removal, Strict

NEEDS_OCR = "needs_ocr"  # what the first reading says of a scan, when OCR is installed; never handed on


class Body(Strict):
    """A file's content. Without blocks, `flags` says why (the table is docs/attachments.md)."""

    blocks: list[Block] = Field(default_factory=list)
    removed: list[Removal] = Field(default_factory=list)
    flags: list[str] = Field(default_factory=list)
    title: str | None = Field(default=None, description="As the file's own properties have it: often a leftover")
    scanned: bool = Field(default=False, description="The text stands in pictures, read or not")
    confidence: float | None = Field(default=None, description="Mean confidence of the OCR over characters, 0-1")

    @classmethod
    def unread(cls, flag: str, scanned: bool = False) -> Body:
        """A file that gives nothing, and the flag that says why."""
        return cls(flags=[flag], scanned=scanned)


class UnreadableError(Exception):
    """A file cannot be read; `flag` names why."""

    def __init__(self, flag: str) -> None:
        super().__init__(flag)
        self.flag = flag
