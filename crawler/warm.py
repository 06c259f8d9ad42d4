"""What every child of a batch needs is loaded once, before the first fork: then it costs no child time, and all share it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object

from crawler import handover, revision

COMPONENTS = (
    "MIDDLEWARES",
    "EXTENSIONS",
    "HANDLERS",
    "_CLASS",
    "_QUEUE",
    "SCHEDULER",
    "RESOLVER",
    "_PARSER",
    "DOWNLOADER",
)
LAZY = (  # loaded in the course of a crawl by those who need them
    "scrapy.core.downloader.handlers.http11",
    "scrapy.core.downloader.contextfactory",
    "scrapy.pqueues",
    "scrapy.squeues",
    "twisted.internet.asyncioreactor",
    "twisted.internet.endpoints",
    "twisted.web.client",
    "tldextract",
    "trafilatura",
    "justext",
    "encodings.gb18030",
    "encodings.idna",
)
SAMPLE = "<title>云棠市2023年政府信息公开工作年度报告</title><p>一、总体情况</p><table><tr><td>规章</td><td>1</td></tr></table>"


def warm(settings: BaseSettings) -> None:
    """Import what a crawl imports and read a page. Installs no reactor, starts no thread."""
    for path in _paths(settings):
        load_object(path)
    for name in LAZY:
        import_module(name)
    warm_reading()
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError(
            "expected no reactor before the portals are forked, found one: a component installs it on import"
        )


def warm_reading() -> None:
    """Read a page, so that tables are made, and hash the code that does it."""
    handover.read_page(SAMPLE.encode(), [], "http://www.example.com/")
    revision.of_reading()


def _paths(settings: BaseSettings) -> Iterator[str]:
    """Paths of the components that settings name, one by one or as keys and values of tables."""
    for name in settings:
        if any(part in name for part in COMPONENTS):
            yield from _strings(settings[name])


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if "." in value and value.replace(".", "").replace("_", "").isalnum():
            yield value
    elif hasattr(value, "items"):
        for key, each in value.items():
            if each is not None:
                yield from _strings(key)
                yield from _strings(each)
