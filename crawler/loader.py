"""Scrapy's spider loader, with one difference: a module that cannot be imported costs itself and not its neighbours."""

from __future__ import annotations

import pkgutil
import traceback
import warnings
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from crawler.spider import PortalSpider


class PatientLoader(SpiderLoader):
    """Loads every module below SPIDER_MODULES by itself; one that fails is warned of with its file and its error."""

    def _load_all_spiders(self) -> None:
        for name in self.spider_modules:
            for module in _modules(name):
                self._load_spiders(module)
        self._check_name_duplicates()


def platforms(settings: BaseSettings) -> list[type[PortalSpider]]:
    """The platform classes below PLATFORM_MODULES: those that have fingerprints, by name of module."""
    found: dict[str, type[PortalSpider]] = {}
    for package in settings.getlist("PLATFORM_MODULES"):
        for module in _modules(package):
            for each in vars(module).values():
                own = isinstance(each, type) and issubclass(each, PortalSpider) and each.__module__ == module.__name__
                if own and each.fingerprints:
                    found[f"{each.__module__}.{each.__name__}"] = each
    return [found[name] for name in sorted(found)]


def _modules(name: str) -> Iterator[ModuleType]:
    try:
        module = import_module(name)
    except Exception as error:  # noqa: BLE001  whatever is wrong with it, the others are to be loaded
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = error if isinstance(error, SyntaxError) else last
        message = f"{name} ({where.filename}, line {where.lineno}): {type(error).__name__}: {error}"
        warnings.warn(message, RuntimeWarning, stacklevel=2)
        return
    yield module
    for found in pkgutil.iter_modules(getattr(module, "__path__", [])):
        yield from _modules(f"{name}.{found.name}")
