"""Where a copy was taken from: for a report on a sharing site, a mirror or a stranger's page, an official one is proposed.

Body and year alone decide whose report a text is (handover.whose). Resemblance only proposes the source, and never one
of another body or year than the copy's, where these are known: next year's report and the neighbour town's resemble more
than a spun copy does (field-notes/reading.md 4). What is proposed is not kept: it depends on what the catalogue knows now.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archive.catalogue import Catalogue, Row
from parsing.document import Provenance
from parsing.resemblance import ALIKE, opened, resemblance, shared_sentences
from parsing.statutory.bodies import is_whole

OFFICIAL = (Provenance.official, Provenance.official_other, Provenance.official_uncertified)
QUOTED = ", ".join(f"'{each}'" for each in OFFICIAL)
_LIKELY = f"SELECT id, sketch FROM document WHERE provenance IN ({QUOTED}) AND sketch IS NOT NULL AND portal IS NOT ?"
_COPIES = (
    f"SELECT * FROM document WHERE provenance NOT IN ({QUOTED}) AND sketch IS NOT NULL AND part_of IS NULL "
    "AND (? IS NULL OR portal = ?) ORDER BY portal, organ, report_year, url"
)


class Source(NamedTuple):
    """The official document that a copy resembles most.

    `resemblance` (0 to 1) is of their prose, `shared_sentences` the share of the copy's sentences that stand in the source;
    `decided` says that body and year are the same in both, else that the copy does not tell them.
    """

    document: str
    portal: str
    url: str
    organ: str | None
    report_year: int | None
    resemblance: float
    shared_sentences: float
    decided: bool


def propose(catalogue: Catalogue, copy: Row) -> Source | None:
    """The source of a document row (committed or not); None for an official one, and where nothing resembles it.

    None as well when the catalogue is of an older version, which has no sketches yet.
    """
    if copy["provenance"] in OFFICIAL or not copy.get("sketch") or not _has_sketches(catalogue):
        return None
    mine = opened(copy["sketch"])
    scores = [(resemblance(mine, opened(row["sketch"])), row["id"]) for row in _likely(catalogue, copy)]
    score, best = max(scores, default=(0.0, ""))
    if score < ALIKE:
        return None
    row = catalogue.row("SELECT * FROM document WHERE id = ?", best)
    assert row is not None
    same = copy["report"] is not None and copy["report"] == row["report"]
    shared = shared_sentences(copy["text"], row["text"])
    where = row["id"], row["portal"], row["url"], row["organ"], row["report_year"]
    return Source(*where, round(score, 2), round(shared, 2), same)


def _likely(catalogue: Catalogue, copy: Row) -> Iterator[Row]:
    """Official documents of another portal that the copy's body and year do not rule out."""
    organ, year = copy["organ"], copy["report_year"]
    same_year = "AND report_year = ?" if year else "AND ? IS NULL"
    same_organ = "AND ? IS NULL" if not organ else "AND organ = ?" if is_whole(organ) else "AND organ LIKE '%' || ?"
    return catalogue.rows(f"{_LIKELY} {same_year} {same_organ}", copy["portal"], year, organ)


def copies(catalogue: Catalogue, portal: str | None = None) -> Iterator[tuple[Row, Source]]:
    """Documents of a portal, or of all, that are copies, with the sources proposed for them."""
    for row in catalogue.rows(_COPIES, portal, portal) if _has_sketches(catalogue) else ():
        if source := propose(catalogue, row):
            yield row, source


def _has_sketches(catalogue: Catalogue) -> bool:
    """Whether the catalogue is of this version: an older one in a folder that cannot be written is not brought up to date."""
    return any(row["name"] == "sketch" for row in catalogue.rows("PRAGMA table_info(document)"))
