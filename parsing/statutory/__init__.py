"""Whose report a document is, for which year, in which format: by weighed evidence (domain.md 1.8, 2.3, 2.5)."""

from __future__ import annotations

import re
from collections import Counter

from parsing import divisions, markers, normalise
from parsing.document import DocType, Document, Provenance, TextIntegrity, Witness
from parsing.report import Confidence, FormatVersion, Report
from parsing.statutory.bodies import Body, choose, level_of
from parsing.titles import classify

__all__ = ["parse"]


def parse(document: Document) -> Report:
    """The document's report. Every field may be None: then the page does not say, or says too little to be believed."""
    squashed = normalise.squash(document.text_simplified or document.text)
    claimed = classify(document.title).year if document.title else None
    if document.doc_type is DocType.other:
        return Report(claimed_year=claimed, portal=_portal(document))
    year, confidence = _year(document)
    body = _body(document)
    return Report(
        organ=body.name if body else None,
        report_year=year,
        year_confidence=confidence,
        claimed_year=claimed,
        format_version=format_of(squashed, year, document.doc_type),
        division_code=body.division.code if body and body.division else None,
        admin_level=level_of(body, squashed),
        portal=_portal(document),
    )


def _tampered(document: Document) -> bool:
    return document.provenance is Provenance.docshare or document.text_integrity is TextIntegrity.spun


def _portal(document: Document) -> str | None:
    """The portal it was published on: the site's name, in simplified characters. A sharing site is no portal."""
    if not document.site or document.provenance is Provenance.docshare:
        return None
    return normalise.simplify(document.site)


def _year(document: Document) -> tuple[int | None, Confidence]:
    """Report year by summed weights. A tampered copy needs a witness besides its title (domain.md 0.6)."""
    witnesses = document.witnesses.get("report_year", [])
    totals: Counter[int] = Counter()
    for witness in witnesses:
        totals[int(witness.value)] += round(witness.weight * 10)
    if not totals:
        return None, Confidence.low
    best, score = max(totals.items(), key=lambda item: (item[1], item[0]))
    sources = {witness.source for witness in witnesses if int(witness.value) == best}
    if _tampered(document) and not sources & {"period", "until", "preamble", "signature_date", "body"}:
        return None, Confidence.low
    if score < 5:
        return None, Confidence.low
    conflict = max((points for year, points in totals.items() if abs(year - best) > 1), default=0)
    if conflict * 2 > score or conflict >= 30:
        return best, Confidence.low
    if score >= 70 or (score >= 50 and len(sources) > 1):
        return best, Confidence.high
    return best, Confidence.medium if score >= 30 else Confidence.low


def _body(document: Document) -> Body | None:
    witnesses: list[Witness] = document.witnesses.get("organ", [])
    code = divisions.of_site_code(document.site_id_code or "")
    return choose(witnesses, code, normalise.simplify(document.site or ""), _tampered(document))


def format_of(squashed: str, year: int | None, kind: DocType) -> FormatVersion:
    """The statutory format, by labels;
    the notice that a preamble cites decides only when no label is left and the year agrees.
    """
    new = sum(label in squashed for label in markers.TABLE_2021)
    old = sum(label in squashed for label in markers.TABLE_2019)
    if new and old and min(new, old) >= 2:
        return FormatVersion.mixed
    if new or old:
        return FormatVersion.fmt_2021 if new >= old else FormatVersion.fmt_2019
    if sum(label in squashed for label in markers.TABLE_2014) >= 3:
        return FormatVersion.stat_2014
    if sum(label in squashed for label in markers.TABLE_OLD) >= 2:
        return FormatVersion.pre2014_table
    if kind not in (DocType.annual_report, DocType.self_check):
        return FormatVersion.unknown
    if re.search(r"公开办函〔2021〕30号|报告格式[》〉>]的通知", squashed) and (year is None or year >= 2021):
        return FormatVersion.fmt_2021
    if year in (2019, 2020) and re.search(r"公开办函〔2019〕6[01]号|年度报告有关事项的通知", squashed):
        return FormatVersion.fmt_2019
    if year is not None:
        return FormatVersion.freeform if year <= 2018 else FormatVersion.unknown
    return (
        FormatVersion.freeform
        if re.search(r"概述|收费(?:及|和)减免|不予公开政府信息", squashed) and "第五十条" not in squashed
        else FormatVersion.unknown
    )
