"""One crawl by nianbao over hostile servers: plain and TLS, direct and through a proxy, at the same time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.archive import Archive
from tests.hostile.server import HostileServer, PassingProxy

ROOT = Path(__file__).resolve().parents[2]
WAYS = ("http", "https", "http-proxy", "https-proxy")


@dataclass
class Crawled:
    """One way to the server: straight or through a proxy, and the data folder that the crawl filled."""

    server: HostileServer
    proxy: PassingProxy | None
    data: Path


def start_spider(spider: Path, data: Path, *args: str) -> subprocess.Popen[str]:
    """`scrapy runspider` under the project's settings, with loopback allowed and no delay."""
    env = os.environ | {
        "NIANBAO_DATA": str(data),
        "NIANBAO_ALLOW_PRIVATE_HOSTS": "127.0.0.0/8",
        "NIANBAO_DELAY_FLOOR": "0",
        "SCRAPY_SETTINGS_MODULE": "crawler.settings",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "scrapy", "runspider", str(spider), *args]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def wait_for(process: subprocess.Popen[str]) -> str:
    """What a spider logged, when it is through. Raises RuntimeError when it ended with an error."""
    try:
        log = process.communicate(timeout=120)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    if process.returncode:
        raise RuntimeError(f"expected the crawl to end well, got exit code {process.returncode}:\n{log[-2000:]}")
    return log


@contextmanager
def crawled(folder: Path) -> Iterator[dict[str, Crawled]]:
    """Crawl all shapes in all ways, a data folder below `folder` for each. The servers live while the block runs."""
    ways = {}
    for way in WAYS:
        proxy = PassingProxy() if way.endswith("proxy") else None
        ways[way] = Crawled(HostileServer(way.partition("-")[0]), proxy, folder / way)
    try:
        args = {
            way: ["-a", f"base={c.server.url('')}", "-a", f"proxy={c.proxy.url if c.proxy else ''}"]
            for way, c in ways.items()
        }
        runs = [start_spider(ROOT / "tests/hostile/spider.py", each.data, *args[way]) for way, each in ways.items()]
        for run in runs:
            wait_for(run)
        yield ways
    finally:
        for each in ways.values():
            each.server.close()
            if each.proxy:
                each.proxy.close()


def rows_of(data: Path) -> list[dict[str, Any]]:
    """The capture rows of a data folder, in the order asked."""
    archive = Archive(data)
    try:
        return [dict(row) for row in archive.catalogue.rows("SELECT * FROM capture ORDER BY requested_at")]
    finally:
        archive.close()
