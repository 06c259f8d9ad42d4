"""The judges' tools, pinned, each set in an environment of its own that is made on first use in the user's cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INDEXERS = ("cdxj-indexer==1.5.0", "wacz==0.6.0")
PYWB = ("pywb==2.10.0",)  # its brotlipy breaks Scrapy's brotli: never in the project's environment
EXTRACTORS = (  # those that python -m tests.reading is measured beside
    "trafilatura==2.3.1",
    "resiliparse==2.0.1",
    "readability-lxml==0.9",
    "jusText==3.0.2",
    "newspaper4k==0.9.6",
    "jieba==0.42.1",  # newspaper4k asks for it where a page is Chinese
    "lxml_html_clean==0.4.6",
)
REPLAYWEB = "replaywebpage@2.4.6"


class MissingToolError(RuntimeError):
    """A tool cannot be had on this machine; the message says what was tried."""


def cache() -> Path:
    """The folder that keeps them."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nianbao" / "judges"


def environment(*requirements: str) -> Path:
    """The bin folder of an environment that has these packages. Raises MissingToolError."""
    key = hashlib.sha256(" ".join((sys.version, *requirements)).encode()).hexdigest()[:12]
    folder = cache() / f"{requirements[0].split('=')[0]}-{key}"
    bin_folder = folder / "bin"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        print(f"setting up {', '.join(requirements)} in {folder} (once)", flush=True)
        venv.create(folder, with_pip=True, upgrade_deps=True)  # pip 23.2 fails on an extra that two packages ask for
        install = [bin_folder / "pip", "install", "-qq", "--disable-pip-version-check", *requirements]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            raise MissingToolError(f"pip install {' '.join(requirements)}: {done.stderr.strip()[-300:]}")
        (folder / "ready").touch()
    return bin_folder


@contextmanager
def running(command: list[str | Path], cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server of theirs for the time of the block."""
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
