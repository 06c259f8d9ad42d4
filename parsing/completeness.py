"""Whether a page says more than its reading has: asked of the source itself, by no tree, no region and no rule.

Each run of text between two tags that ends a sentence is looked for in the text that was read and in what was taken out of
it. What is in neither was left outside the region: disclaimers and other articles' beginnings, as a rule, and a part of the
article where the region was found wrong. A disagreement is flagged, never decided.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from parsing.normalise import keys, squash, squashed_key
from parsing.rules import RULES, Table

_PIECE = re.compile(r"<(/?)(?:(script|style|textarea|noscript|template|select|title|svg)\b)?[^<>]*>([^<]*)", re.I)
_KNOWN = Table(RULES)
PROBE = 14  # characters before a full stop by which a sentence is known; shorter sentences come again anywhere
SHARE, FEW = 0.2, 2  # of the sentences of the text, and so many at least, are a disagreement


def left_out(source: str, text: str, removed: list[str]) -> int:
    """Sentences that a page's source has and neither its text nor what was taken out of it; 0 when they are too few to
    matter."""
    there = text.count("。") + sum(each.count("。") for each in removed)
    bound = max(FEW, SHARE * text.count("。"))
    if source.count("。") - there <= bound:
        return 0
    said = "".join([text, *removed])
    ends = _ends(said)
    if sum(end not in ends for end in _each_end(source)) <= bound:
        return 0  # copies, as a rule
    runs = list(_runs(source))
    ends = _ends(squash(said))
    missing: set[str] = set()
    for run, form in zip(runs, keys(runs), strict=True):
        if len(run) < 200 and _KNOWN.first(form) is not None:
            continue
        for sentence in squashed_key(form).split("。")[:-1]:
            if len(sentence) >= PROBE and sentence[-PROBE:] not in ends:
                missing.add(sentence)
    return len(missing) if len(missing) > bound else 0


def _each_end(text: str) -> Iterator[str]:
    return (part[-PROBE:].strip() for part in text.split("。")[:-1])


def _ends(text: str) -> set[str]:
    """What stands before each full stop: sentences are looked for by it, however many there are."""
    return set(_each_end(text))


def _runs(source: str) -> Iterator[str]:
    """Runs of text that end a sentence, between two tags, outside what is never shown."""
    within = ""
    for closes, name, run in _PIECE.findall(source):
        if name and not within and not closes:
            within = name.lower()
        elif name and closes and name.lower() == within:
            within = ""
        if "。" in run and not within:
            yield " ".join(html.unescape(run).split())
