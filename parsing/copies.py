"""The article that stands on its page more than once: for telephones, for the elderly, to be read aloud (reading.md 7)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

GIANT = 150  # characters: a line that may be a whole article run together
MANY = 2000  # lines: among more than these, and for more than GIANTS long ones, nobody looks
GIANTS = 20


def run_together(text: str, lines: Sequence[str]) -> bool:
    """Whether a long text is nothing but three or more of the lines (all without white space)."""
    if len(text) < GIANT or len(lines) > MANY:
        return False
    probes = (text[len(text) * n // 8 :][:6] for n in range(1, 8))  # asked first: most long texts are paragraphs
    if sum(any(probe in line for line in lines) for probe in probes) < 3:
        return False
    rest, used = text, 0
    for line in sorted({line for line in lines if 2 < len(line) < len(text)}, key=len, reverse=True):
        if line in rest:
            rest = rest.replace(line, "", 1)
            used += 1
    return used >= 3 and len(rest) <= 0.05 * len(text)


def second_copy(texts: list[str]) -> set[int]:
    """Which of the texts, in reading order, repeat an article that stands there already."""
    if len(set(texts)) == len(texts) and all(len(text) < GIANT for text in texts):
        return set()
    flat = ["".join(text.split()) for text in texts]
    long = sorted((at for at, text in enumerate(flat) if len(text) >= GIANT), key=lambda at: -len(flat[at]))[:GIANTS]
    giants = {at for at in long if run_together(flat[at], flat[:at] + flat[at + 1 :])}
    rest = [at for at in range(len(texts)) if at not in giants]
    start = _start_of_second([texts[at] for at in rest])
    return giants | set(rest[start:])


def _start_of_second(texts: list[str]) -> int:
    """Where the article begins anew; the number of texts when it does not."""
    first_at: dict[str, int] = {}
    known = [0] * (len(texts) + 1)  # known[at]: how many of all texts stand somewhere in texts[:at]
    for at, text in enumerate(texts):
        known[first_at.setdefault(text, at) + 1] += 1
    known = list(accumulate(known))
    for at in range(1, len(texts)):
        if len(texts[at]) >= 20 and texts[at] in texts[: min(at, 4)]:
            first = texts.index(texts[at])
            rest = len(texts) - at
            if rest >= 0.6 * (at - first) and rest > 2 and known[at] - at >= 0.9 * rest:
                return at
    return len(texts)
