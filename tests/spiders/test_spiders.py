"""One test over all spiders: what each must declare, and that none is less polite than the project."""

from __future__ import annotations

import asyncio
import inspect
import re

import pytest
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.test import get_crawler

from crawler.spider import PortalSpider

LOADER = SpiderLoader(Settings({"SPIDER_MODULES": ["spiders"]}))
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


@pytest.mark.parametrize("name", LOADER.list())
def test_spider(name: str) -> None:
    cls = LOADER.load(name)
    assert issubclass(cls, PortalSpider)
    assert re.fullmatch(r"[a-z0-9_]+", name)
    assert cls.site_name
    assert re.match(r"https?://[^/]+/", cls.home_url)
    assert cls.checked_live == "never" or re.fullmatch(r"\d{4}-\d\d-\d\d", cls.checked_live)
    assert cls.division_code is None or re.fullmatch(r"\d{6}", cls.division_code)
    assert cls.expect.reports[0] >= 1, "a portal of which nothing is expected cannot be found broken"
    assert cls.scripts <= {"home", "hub", "list", "entry"}, "roles of pages: see the recipe of PortalSpider"
    assert inspect.getmodule(cls).__doc__, "one line on the portal stands at the top of its module"
    lowered = POLITE & set(cls.custom_settings or {})
    assert not lowered, f"{name} sets {lowered}: politeness is the project's, see crawler/politeness.py"

    async def first() -> str:
        spider = cls.from_crawler(get_crawler(cls))
        return (await anext(spider.start())).url

    assert asyncio.run(first()) == cls.home_url


def test_no_two_spiders_share_a_home_page() -> None:
    homes = [LOADER.load(name).home_url for name in LOADER.list()]
    assert len(homes) == len(set(homes))
