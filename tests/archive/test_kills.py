"""A few of the kills that `python -m tests.kills` makes two hundred of."""

from __future__ import annotations

from tests.kills import kill


def test_what_was_acknowledged_survives_kill_9_at_any_instant() -> None:
    tale = kill(12, seed=7)
    assert tale.failures == []
    assert tale.kills == 12
    assert tale.acknowledged > 50
    assert tale.repaired > 3
