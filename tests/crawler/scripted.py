"""What the tests of the browser share: a portal that scripts draw, and hooks to change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from archive.reader import records
from crawler.browser import executable
from crawler.runs import project_settings
from tests.conftest import Field
from tests.portals.farm import Farm
from tests.portals.platforms import Page, Request
from tests.portals.server import serve

SEED = 3
NEEDS_CHROMIUM = pytest.mark.skipif(
    executable(project_settings({})) is None, reason="no Chromium on the PATH: apt-get install chromium"
)


@contextmanager
def scripted(data: Path, portals: int = 0) -> Iterator[Field]:
    """A farm whose last portal is drawn by scripts."""
    farm = Farm(portals, SEED, scripted=1)
    with serve(farm) as server:
        yield Field(farm, server, data)


def add_script(field: Field, url: str, script: str) -> None:
    """Put a script at the end of a page of the farm."""
    site = field.farm.site(field.farm.portals[-1])
    key = url.removeprefix("http://")
    maker = site.routes[key]

    def with_script(request: Request) -> Page:
        page = maker(request)
        return Page(page.body.replace(b"</body>", f"<script>{script}</script></body>".encode()), page.content_type)

    site.routes[key] = with_script


def serve_at(field: Field, path: str, maker: Callable[[Request], Page]) -> str:
    """Let the scripted portal answer at a path; returns its address."""
    portal = field.farm.portals[-1]
    field.farm.site(portal).routes[portal.host + path] = maker
    return f"http://{portal.host}{path}"


def list_url(field: Field) -> str:
    portal = field.farm.portals[-1]
    return portal.site.column_url(portal.plan.annual)


def path_of(url: str) -> str:
    return url.partition("portal.test")[2]


def facts_of(field: Field, capture: str) -> dict[str, Any]:
    """The metadata record of a capture."""
    for path in (field.data / "warc").glob("*.warc.gz"):
        for record in records(path):
            if record.type == "metadata" and record.headers.get("WARC-Concurrent-To") == capture:
                return record.facts
    raise AssertionError(f"no metadata record of {capture}")


def dom_of(field: Field, url: str) -> dict[str, Any]:
    (row,) = field.rows("SELECT * FROM capture WHERE url = ?", f"urn:dom:{url}")
    return row
