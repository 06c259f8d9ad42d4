"""Seeded chance: every choice of the farm comes from a generator named after what is chosen."""

from __future__ import annotations

import hashlib
import random


def draw(*keys: object) -> random.Random:
    """A generator that depends on `keys` only, so that adding a draw in one place moves nothing elsewhere."""
    return random.Random("/".join(str(key) for key in keys))


def hexed(*keys: object, length: int = 32) -> str:
    """A stable hexadecimal name, for addresses that content systems make out of a random id."""
    return hashlib.sha256("/".join(str(key) for key in keys).encode()).hexdigest()[:length]


def number(low: int, high: int, *keys: object) -> int:
    """A stable whole number from low to high inclusive."""
    return low + int(hexed(*keys, length=12), 16) % (high - low + 1)
