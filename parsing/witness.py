"""Weighing evidence: every fact has witnesses, those that agree add up, the losing ones are kept beside the winner."""

from __future__ import annotations

from collections.abc import Callable

from parsing.document import Witness


def weigh(witnesses: list[Witness], same: Callable[[str], str] = str) -> tuple[str | None, str | None, list[Witness]]:
    """(value, source, witnesses) of the best supported value. `same` maps spellings that agree to one string.

    Weights of agreeing witnesses add up; between equals the first stands. Witnesses of weight 0 or less never win.
    """
    totals: dict[str, float] = {}
    for witness in witnesses:
        totals[same(witness.value)] = totals.get(same(witness.value), 0.0) + max(witness.weight, 0.0)
    if not totals or max(totals.values()) <= 0:
        return None, None, witnesses
    best = max(totals, key=lambda value: totals[value])
    backers = [witness for witness in witnesses if same(witness.value) == best and witness.weight > 0]
    leader = max(backers, key=lambda witness: witness.weight)
    marked = [witness.model_copy(update={"chosen": witness is leader}) for witness in witnesses]
    return leader.value, leader.source, marked
