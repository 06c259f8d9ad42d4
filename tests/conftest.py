"""What tests share: a small farm served on loopback, the command run against it, and a data folder after a first crawl."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.evaluate import nianbao
from tests.portals.farm import Farm
from tests.portals.server import Server, serve

PORTALS, SEED = 7, 3  # one of each platform


@dataclass
class Field:
    """A farm, its server, and a data folder to crawl it into."""

    farm: Farm
    server: Server
    data: Path
    said: str = ""  # what the first crawl printed

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        """`nianbao ARGS` against the farm."""
        return nianbao(self.server, self.farm, self.data, *args)

    def crawl(self, *args: str) -> dict[str, Any]:
        """`nianbao crawl ARGS --json`: outcomes by portal, and the exit code as `exit`."""
        done = self.run("crawl", *args, "--json")
        assert done.stdout, done.stderr
        outcomes: dict[str, Any] = {row["portal"]: row for row in json.loads(done.stdout)}
        outcomes["exit"] = done.returncode
        return outcomes

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of the catalogue."""
        connection = sqlite3.connect(self.data / "catalogue.db")
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(sql, values)]
        finally:
            connection.close()

    def write(self, sql: str, *values: Any) -> None:
        """Change the catalogue behind everybody's back."""
        with sqlite3.connect(self.data / "catalogue.db") as connection:
            connection.execute(sql, values)
        connection.close()

    def name(self, platform: str) -> str:
        """The portal of a platform."""
        return next(portal.name for portal in self.farm.portals if portal.platform == platform)


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    """A farm of one's own and an empty data folder."""
    farm = Farm(PORTALS, SEED)
    with serve(farm) as server:
        yield Field(farm, server, tmp_path / "data")


@pytest.fixture(scope="session")
def first_crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """All portals crawled once. Shared: look, do not change."""
    farm = Farm(PORTALS, SEED)
    with serve(farm) as server:
        shared = Field(farm, server, tmp_path_factory.mktemp("first") / "data")
        done = shared.run("crawl", "--all")
        assert done.returncode == 0, done.stdout + done.stderr
        shared.said = done.stdout
        yield shared


@pytest.fixture
def crawled(first_crawl: Field, tmp_path: Path) -> Iterator[Field]:
    """A copy of the data after a first crawl, and a farm that may be changed."""
    shutil.copytree(first_crawl.data, tmp_path / "data")
    farm = Farm(PORTALS, SEED)
    with serve(farm) as server:
        yield Field(farm, server, tmp_path / "data")
