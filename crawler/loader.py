"""Scrapy's spider loader, with two differences: a module that cannot be imported costs itself and not its neighbours,
and spiders may also lie in plain folders (SPIDER_FOLDERS), where `nianbao add --into` writes them.
"""

from __future__ import annotations

import hashlib
import os
import pkgutil
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.misc import load_object

from crawler.spider import PortalSpider


class NoSpiderFolderError(NotADirectoryError):
    """A folder that spiders are to be loaded from is not there: without them everything would look well."""


class PatientLoader(SpiderLoader):
    """Loads every module below SPIDER_MODULES and in SPIDER_FOLDERS by itself; one that fails is warned of."""

    def __init__(self, settings: BaseSettings) -> None:
        folders = [*settings.getlist("SPIDER_FOLDERS"), *named_folders()]  # now: `--spiders` puts it there
        self.folders = list(dict.fromkeys(Path(folder).resolve() for folder in folders))
        for folder in self.folders:
            if not folder.is_dir():
                raise NoSpiderFolderError(
                    f"{folder}: expected a folder with spider modules, as NIANBAO_SPIDERS (SPIDER_FOLDERS) says, found none. "
                    "Make it (`nianbao add URL` does, and writes there), or correct the variable, or unset it."
                )
        super().__init__(settings)

    def _load_all_spiders(self) -> None:
        for name in self.spider_modules:
            for module in _modules(name):
                self._load_spiders(module)
        for folder in self.folders:
            for file in sorted(folder.glob("*.py")):
                loaded = _or_warned(str(file), partial(module_of_file, file))
                if loaded is not None:
                    self._load_spiders(loaded)
        self._check_name_duplicates()


def named_folders() -> list[str]:
    """The folders that NIANBAO_SPIDERS names, there or not."""
    return [each for each in os.environ.get("NIANBAO_SPIDERS", "").split(os.pathsep) if each]


def module_of_file(file: Path) -> ModuleType:
    """The module in a file that belongs to no package. Raises whatever its code raises."""
    file = file.resolve()
    name = f"_spider_{hashlib.sha256(str(file).encode()).hexdigest()[:8]}_{file.stem}"
    spec = spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file}: expected a Python module")
    module = module_from_spec(spec)
    sys.modules[name] = module  # where `revision.of_spider` finds its source
    spec.loader.exec_module(module)
    return module


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


def generic(settings: BaseSettings) -> type[PortalSpider]:
    """The class that walks a portal whose platform is not known: GENERIC_PLATFORM."""
    found: type[PortalSpider] = load_object(settings["GENERIC_PLATFORM"])
    return found


def _modules(name: str) -> Iterator[ModuleType]:
    module = _or_warned(name, lambda: import_module(name))
    if module is None:
        return
    yield module
    for found in pkgutil.iter_modules(getattr(module, "__path__", [])):
        yield from _modules(f"{name}.{found.name}")


def _or_warned(name: str, load: Callable[[], ModuleType]) -> ModuleType | None:
    try:
        return load()
    except Exception as error:  # noqa: BLE001  whatever is wrong with it, the others are to be loaded
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = error if isinstance(error, SyntaxError) else last
        message = f"{name} ({where.filename}, line {where.lineno}): {type(error).__name__}: {error}"
        warnings.warn(message, RuntimeWarning, stacklevel=3)
        return None
