"""Which code did it: short hashes over source, kept beside what the code made."""

from __future__ import annotations

import hashlib
import inspect
import sys
from functools import cache
from pathlib import Path

from scrapy import Spider

import parsing


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
def of_parsing() -> str:
    """A hash over the source of the parsing package: which code read a document."""
    digest = hashlib.sha256()
    for file in sorted(Path(parsing.__file__).parent.rglob("*")):
        if file.suffix in (".py", ".csv"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
