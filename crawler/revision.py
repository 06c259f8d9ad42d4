"""Which code did it: short hashes over source, kept beside what the code made."""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Iterable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from scrapy import Spider

import parsing

PARSERS = "nianbao.parsers"  # the entry-point group


def of_spider(spider: type[Spider]) -> str:
    """A hash over the source of the spider's module and its platforms': which code walked."""
    digest = hashlib.sha256()
    for cls in spider.__mro__:
        if cls.__module__.startswith(("scrapy", "builtins")):
            continue
        try:
            digest.update(inspect.getsource(sys.modules[cls.__module__]).encode())
        except (OSError, TypeError, KeyError):
            digest.update(cls.__qualname__.encode())  # a class made at run time has no file
    return digest.hexdigest()[:12]


@cache
def of_reading() -> str:
    """A hash over the code and the rules of the parsing package, what makes rows of a reading, and the registered parsers."""
    package = Path(parsing.__file__).parent
    return of_sources([package, Path(__file__).parent / "handover.py"], entry_points(group=PARSERS))


def of_sources(places: Iterable[Path], parsers: Iterable[EntryPoint]) -> str:
    """A hash over files and folders of source and tables, and over parsers by name and the source of their modules."""
    digest = hashlib.sha256()
    for place in places:
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.suffix in (".py", ".csv"):
                digest.update(file.read_bytes())
    for point in sorted(parsers):
        digest.update(f"{point.name}={point.value}\n".encode() + _source(point.module))
    return digest.hexdigest()[:12]


def _source(module: str) -> bytes:
    """The source of a parser's module; empty when it cannot be found, which handover.parsers tells of."""
    try:
        found = find_spec(module)
    except Exception:  # noqa: BLE001 - a plugin's package runs its own code; handover.parsers tells of it
        return b""
    return Path(found.origin).read_bytes() if found and found.origin and Path(found.origin).is_file() else b""
