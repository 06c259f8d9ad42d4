"""Fixtures of the crawler's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Field
from tests.crawler.scripted import scripted


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Field]:
    """A scripted portal of one's own. Its robots.txt forbids /private/."""
    with scripted(tmp_path / "data", portals=1) as field:
        yield field
