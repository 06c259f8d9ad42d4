"""What `parsing.read` returns: one published page, read. Names follow domain.md part 7.

Everything here is JSON by way of pydantic; the schema is published in docs/document.schema.json.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class DocType(StrEnum):
    """What kind of publication a page is."""

    annual_report = "annual_report"
    statistics_table = "statistics_table"
    self_check = "self_check"
    infographic = "infographic"
    pdf_version = "pdf_version"
    other = "other"


class Provenance(StrEnum):
    """Who published the copy that was read."""

    official = "official"
    official_other = "official_other"
    official_uncertified = "official_uncertified"
    mirror = "mirror"
    docshare = "docshare"
    media_repost = "media_repost"
    law_database = "law_database"
    web_archive = "web_archive"
    dataset_text = "dataset_text"
    unknown = "unknown"


class LanguageVariant(StrEnum):
    """Script of the text as published."""

    zh_hans = "zh-Hans"
    zh_hant = "zh-Hant"
    zh_hant_pseudo = "zh-Hant-pseudo"
    mixed = "mixed"
    minority = "minority"


class TextStatus(StrEnum):
    """How much of the publication the clean text holds."""

    full = "full"
    partial = "partial"
    image_only = "image_only"
    scanned_pdf = "scanned_pdf"
    attachment_only = "attachment_only"
    blocked = "blocked"
    missing = "missing"


class TextIntegrity(StrEnum):
    """Whether somebody damaged the words."""

    clean = "clean"
    damaged = "damaged"
    spun = "spun"
    injected = "injected"


class BlockKind(StrEnum):
    heading = "heading"
    paragraph = "paragraph"
    table = "table"


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Block(Strict):
    """A piece of the body in reading order.

    A table is a grid of cell texts: a spanned cell has its text at the top left only.
    """

    kind: BlockKind
    text: str = Field(
        description="The block as lines of clean text; a table's rows are lines, its cells joined by ' | '"
    )
    rows: list[list[str]] | None = None
    confidence: float | None = Field(
        default=None, description="Lowest confidence (0-1) of OCR; null: it was no picture"
    )


class Removal(Strict):
    """A line or a piece of one that was taken out, the rule (an id in parsing/rules.py) that did it, and its place."""

    text: str
    rule: str
    at: int | None = Field(
        default=None,
        description="The line of `text` (from 0) that it stood before, or that a piece stood in; null: behind them all",
    )
    column: int | None = Field(default=None, description="A piece only: the character of that line it stood before")


class Witness(Strict):
    """One piece of evidence for one fact. Losing witnesses are kept beside the winner."""

    value: str
    source: str = Field(description="Where it was seen: meta:PubDate, h1, url, signature, title, preamble, …")
    weight: float
    chosen: bool = False


class Attachment(Strict):
    """A file the page links to or embeds."""

    url: str
    name: str
    extension: str = Field(
        description="Lower case, without the dot, from the URL or the link's text; '' when neither says"
    )


class Neighbours(Strict):
    """Titles of the previous and the next article, as the page links them: hints for discovery."""

    previous: str | None = None
    next: str | None = None


class Document(Strict):
    """A page as read: what it says, where each fact comes from, and what was removed to get there."""

    schema_version: str = "1"
    url: str | None = None
    media_type: str = Field(description="What the bytes are, by their look: text/html, text/plain, application/pdf, …")
    charset: str | None = None
    content_sha256: str = Field(description="SHA-256 of the bytes read, hex")
    title: str | None = None
    doc_type: DocType = DocType.other
    publication_date: str | None = Field(default=None, description="ISO date, YYYY-MM-DD")
    publication_date_source: str | None = None
    author: str | None = None
    content_source: str | None = None
    publisher_text: str | None = Field(default=None, description="发布机构 as the page's metadata block has it")
    index_number: str | None = None
    document_number: str | None = None
    site: str | None = None
    site_id_code: str | None = Field(default=None, description="网站标识码: 10 digits, bm + 8 digits, or N + 9 digits")
    column_path: list[str] = []
    signature: str | None = Field(default=None, description="落款: the organ that signed below the text")
    signature_date: str | None = None
    language_variant: LanguageVariant = LanguageVariant.zh_hans
    provenance: Provenance = Provenance.unknown
    provenance_evidence: list[str] = []
    text_status: TextStatus = TextStatus.full
    text_integrity: TextIntegrity = TextIntegrity.clean
    links: Neighbours = Neighbours()
    attachments: list[Attachment] = []
    blocks: list[Block] = []
    text: str = Field(default="", description="Clean text in the original script, a line per paragraph or table row")
    text_simplified: str | None = Field(default=None, description="The same in simplified characters, when it differs")
    text_sha256: str = Field(
        default="", description="SHA-256 over NFKC, simplified, whitespace-free text: equal means unchanged"
    )
    removed: list[Removal] = []
    witnesses: dict[str, list[Witness]] = Field(
        default_factory=dict, description="Evidence by fact: title, publication_date, organ, report_year, charset, …"
    )
    flags: list[str] = []
