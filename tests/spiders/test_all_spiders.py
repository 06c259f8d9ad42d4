"""One test over all spiders: what each must declare, and that none is less polite than the project; and the size of
their platforms. Folders that NIANBAO_SPIDERS names are looked through as well.
"""

from __future__ import annotations

import asyncio
import inspect
import pkgutil
import re
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler

from crawler.adding import MOST_LINES, PLACES, UNPLACED
from crawler.loader import PatientLoader
from crawler.spider import PortalSpider
from crawler.verdict import Expect

SETTINGS = Settings({"SPIDER_MODULES": ["spiders"], "PLATFORM_MODULES": ["spiders.platforms"]})
LOADER = PatientLoader(SETTINGS)
PLATFORM_LINES = 120  # of a class: beyond that ask what the second subject is
OLDEST, NEWEST = 2008, 2100  # the regulation on open government information is of May 2008
# What is the project's and the operator's to set, and no spider's.
POLITE = {
    "ALLOW_PRIVATE_HOSTS",
    "CONCURRENT_REQUESTS_PER_DOMAIN",
    "DELAY_FLOOR",
    "DOWNLOADER_MIDDLEWARES",
    "DOWNLOAD_DELAY",
    "DOWNLOAD_HANDLERS",
    "DOWNLOAD_SLOTS",
    "EXTENSIONS",
    "ROBOTSTXT_OBEY",
    "TWISTED_DNS_RESOLVER",
    "USER_AGENT",
}


def modules_of(package: str) -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(import_module(package).__path__):
        yield import_module(f"{package}.{found.name}")


PLATFORMS = {
    each.platform: each
    for module in modules_of("spiders.platforms")
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, PortalSpider) and each.__module__ == module.__name__
}


def test_every_module_can_be_loaded() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert PatientLoader(SETTINGS).list()


@pytest.mark.parametrize("name", LOADER.list())
def test_spider(name: str) -> None:
    cls = LOADER.load(name)
    assert issubclass(cls, PortalSpider)
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    assert cls.site_name
    assert re.match(r"https?://[^/]+/", cls.home_url)
    for day in (cls.checked_live, cls.reviewed):
        assert day == "never" or re.fullmatch(r"\d{4}-\d\d-\d\d", day)
    assert cls.division_code is None or re.fullmatch(r"\d{6}", cls.division_code)
    assert cls.level in (None, "province", "prefecture", "county", "township")
    assert cls.scripts <= {"home", "hub", "list", "entry"}, "roles of pages: see the recipe of PortalSpider"
    lowered = POLITE & set(cls.custom_settings or {})
    assert not lowered, f"{name} sets {lowered}: politeness is the project's, see crawler/politeness.py"
    assert getattr(cls, "download_delay", None) is None, "delays are the project's, see crawler/politeness.py"
    assert cls.platform in {*PLATFORMS, PortalSpider.platform}, f"no class in spiders/platforms/ is {cls.platform}"

    async def first() -> str:
        spider = cls.from_crawler(get_crawler(cls))
        return (await anext(spider.start())).url

    assert asyncio.run(first()) == cls.home_url


@pytest.mark.parametrize("name", LOADER.list())
def test_what_a_spider_expects_can_fail(name: str) -> None:
    expect: Expect = LOADER.load(name).expect
    least, most = expect.reports
    assert least >= 1, "a portal of which nothing is expected cannot be found broken"
    assert most is None or most >= least
    assert all(OLDEST <= year <= NEWEST for year in expect.years)
    assert len(set(expect.years)) == len(expect.years)


@pytest.mark.parametrize("name", LOADER.list())
def test_a_spider_s_module_is_where_and_what_one_expects(name: str) -> None:
    cls = LOADER.load(name)
    file = Path(inspect.getsourcefile(cls) or "")
    assert file.stem == name, "the file is named as the spider is, so that it can be found"
    assert inspect.getmodule(cls).__doc__, "one line on the portal stands at the top of its module"  # type: ignore[union-attr]
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MOST_LINES, f"{file}: what does not fit belongs into the platform's class"
    province, _ = PLACES.get((cls.division_code or "")[:2], (None, ""))
    places = {province} if province else {UNPLACED, *(folder for folder, _ in PLACES.values()), "docshare"}
    if cls.__module__.startswith("spiders."):
        assert file.parent.name in places


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_a_platform_fits_on_two_screens_and_says_how_it_is_recognised(platform: str) -> None:
    cls = PLATFORMS[platform]
    assert len(inspect.getsource(cls).splitlines()) <= PLATFORM_LINES
    assert cls.__doc__


def test_no_two_spiders_share_a_home_page() -> None:
    homes = [LOADER.load(name).home_url for name in LOADER.list()]
    assert len(homes) == len(set(homes))
