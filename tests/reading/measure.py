"""What is measured of a text that was read: characters, rows of numbers, boilerplate.

Characters are compared as NFKC without white space and table bars, the title taken out on both sides (half of the farm's
skins type it inside the body); P, R and F are of their longest common subsequence.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from lxml import html
from rapidfuzz.distance import LCSseq

_NUMBER = re.compile(r"[-+]?\d[\d.,]*%?$")
_UNSEEN = ("script", "style", "noscript", "template", "title", "head", "textarea", "option")


class Characters(NamedTuple):
    """Shares from 0 to 1."""

    precision: float
    recall: float
    f1: float


def squash(text: str) -> str:
    """What is compared: NFKC, without white space and bars."""
    return "".join(unicodedata.normalize("NFKC", text).replace("|", "").split())


def characters(text: str, truth: str, title: str = "") -> Characters:
    """How much of a text is the truth's, and how much of the truth it has."""
    a, b = (squash(side).replace(squash(title), "", 1) for side in (text, truth))
    if not a or not b:
        return Characters(*(3 * [float(a == b)]))
    common = LCSseq.similarity(a, b)
    return Characters(common / len(a), common / len(b), 2 * common / (len(a) + len(b)))


def number_rows(truth: str) -> Counter[tuple[str, ...]]:
    """Rows with a number: their filled cells in order, and how often each row stands in the truth."""
    rows = [
        tuple(cell for part in line.split(" | ") if (cell := squash(part)))
        for line in truth.split("\n")
        if " | " in line
    ]
    return Counter(row for row in rows if any(_NUMBER.match(cell) for cell in row))


def rows_intact(text: str, rows: Counter[tuple[str, ...]]) -> int:
    """How many of the rows stand in a text with label and numbers in order.

    Between two numbers there must be a mark (white space or a bar), and no digit may touch the row's ends; a label may be
    broken, and a reader may put each cell on a line of its own.
    """
    flat, ends = [], {0}
    count = 0
    for part in re.split(r"[\s|]+", unicodedata.normalize("NFKC", text)):
        flat.append(part)
        count += len(part)
        ends.add(count)
    whole = "".join(flat)
    found = 0
    for row, times in rows.items():
        joined = "".join(row)
        inner, offset = [], 0
        for left, right in pairwise(row):
            offset += len(left)
            if left[-1].isdigit() and right[0] in "-+0123456789":
                inner.append(offset)
        hits, at = 0, whole.find(joined)
        while at >= 0 and hits < times:
            stop = at + len(joined)
            if (
                all(at + cut in ends for cut in inner)
                and (at in ends or not (joined[0].isdigit() and whole[at - 1].isdigit()))
                and (stop in ends or not (joined[-1].isdigit() and whole[stop].isdigit()))
            ):
                hits += 1
            at = whole.find(joined, at + 1)
        found += hits
    return found


def boilerplate(page: str, truth: str, title: str = "") -> set[str]:
    """The page's phrases that are not the report's: text nodes of two Hanzi and four characters or more that the truth
    (with its title) does not hold. Known by the truth alone, by no list of phrases."""
    own = squash(truth) + "\n" + squash(title)
    found = set()
    tree = html.document_fromstring(page.encode("utf-8", "replace"), html.HTMLParser(encoding="utf-8"))
    for element in tree.iter():
        texts: Iterable[str | None] = (element.text, element.tail)
        if not isinstance(element.tag, str) or element.tag in _UNSEEN:
            texts = (element.tail,)
        for text in texts:
            phrase = squash(text or "")
            if len(phrase) >= 4 and len(re.findall(r"[一-鿿]", phrase)) >= 2 and phrase not in own:
                found.add(phrase)
    return found


def left_in(text: str, phrases: set[str]) -> set[str]:
    """Those of the phrases that a text still has."""
    flat = squash(text)
    return {phrase for phrase in phrases if phrase in flat}
