"""The replay's environment, where it can be made."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from archive import replay
from tests.replaying import CHROMIUM


@pytest.fixture(scope="session")
def replay_environment() -> Path:
    """The Python of the replay's environment; skips where pip finds no pywb."""
    try:
        return replay.environment(lambda word: print(word, file=sys.stderr))
    except replay.ReplayError as error:
        pytest.skip(f"no replay environment: {error}")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The system's Chromium; skips where there is none."""
    if not CHROMIUM:
        pytest.skip("no browser: Chromium is not on the PATH, nor named in NIANBAO_CHROMIUM")
    return CHROMIUM
