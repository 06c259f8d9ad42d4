"""`nianbao replay`: pywb in an environment of its own, made on first use and never shared with Scrapy.

pywb wants brotlipy, which shadows the brotli that Scrapy needs (field-notes/archive.md, 6). So it gets a virtual
environment under the user's cache folder, and this process becomes that environment's Python.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

APP = Path(__file__).parent / "replay_app"
REQUIREMENTS = APP / "requirements.txt"
SETTING_UP = "setting up the replay environment, once (some ten seconds) …"


class ReplayError(RuntimeError):
    """The replay cannot be started; the message says why and what to do next."""


def environment_folder() -> Path:
    """Where the environment belongs: XDG_CACHE_HOME/nianbao/pywb-VERSION-KEY; KEY is of the pinned versions and this Python."""
    text = REQUIREMENTS.read_text(encoding="utf-8")
    version = next(line.split("==")[1] for line in text.splitlines() if line.startswith("pywb=="))
    key = hashlib.sha256(f"{text}{sys.version}{sys.base_prefix}".encode()).hexdigest()[:8]
    return _cache() / "nianbao" / f"pywb-{version}-{key}"


def environment(say: Callable[[str], None]) -> Path:
    """The Python of the replay environment, which is made if it is not there. Raises ReplayError.

    It is made under another name and renamed when it is whole: a half-made one is never used. `say` gets a progress word.
    """
    folder = environment_folder()
    python = folder / "bin" / "python"
    if python.exists():
        return python
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with folder.with_name(f"{folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another `nianbao replay` may be making it
            if not python.exists():
                say(SETTING_UP)
                _make(folder)
    except OSError as error:
        raise ReplayError(
            f"{folder}: expected a cache folder that can be written, got “{error.strerror}”. Free space, correct the "
            "permissions, or name another with XDG_CACHE_HOME."
        ) from error
    return python


def run(data: Path, bind: str, port: int, say: Callable[[str], None]) -> NoReturn:
    """Become the replay server of a data folder. Raises ReplayError when its environment cannot be made."""
    python = environment(say)
    command = [str(python), "-I", str(APP / "launcher.py")]
    command += ["--data", str(data.absolute()), "--bind", bind, "--port", str(port)]
    sys.stdout.flush()
    os.execv(python, command)


def _make(folder: Path) -> None:
    new = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)  # what a killed process left
    try:
        venv.EnvBuilder(with_pip=True, symlinks=True).create(new)
    except subprocess.CalledProcessError as error:
        shutil.rmtree(new, ignore_errors=True)
        raise ReplayError(
            f"{new}: expected a virtual environment with pip, got “{_last_line(error.output)}”. Install Python's venv "
            "(the package python3-venv on Debian and Ubuntu) and run the same command again."
        ) from error
    pip = [str(new / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "--requirement", str(REQUIREMENTS)], capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(new, ignore_errors=True)
        raise ReplayError(
            f"pip could not install pywb: “{_last_line(done.stderr)}”. It takes packages from where `pip config list` says: "
            "go online or name a mirror (PIP_INDEX_URL), and run the same command again. Nothing half-made is left."
        )
    os.rename(new, folder)


def _cache() -> Path:
    named = os.environ.get("XDG_CACHE_HOME", "")
    return (
        Path(named) if os.path.isabs(named) else Path.home() / ".cache"
    )  # a relative one is invalid (XDG Base Directory)


def _last_line(output: str | bytes | None) -> str:
    text = output.decode("utf-8", "replace") if isinstance(output, bytes) else output or ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["no word"])[-1].removeprefix("ERROR: ")
