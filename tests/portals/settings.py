"""The project's settings with the farm's portals switched on: SCRAPY_SETTINGS_MODULE=tests.portals.settings."""

from __future__ import annotations

import os

from crawler.settings import *  # noqa: F403  everything the project sets, and below what the farm changes
from crawler.settings import number_from_environment

SPIDER_MODULES = ["tests.portals.spiders"]
TWISTED_DNS_RESOLVER = "tests.portals.resolver.FarmResolver"  # *.portal.test is on loopback
ALLOW_PRIVATE_HOSTS = os.environ.get("NIANBAO_ALLOW_PRIVATE_HOSTS", ".portal.test")
DELAY_FLOOR = number_from_environment("NIANBAO_DELAY_FLOOR", 0.0)  # nobody is disturbed on this machine
BROWSER_QUIET = 0.5  # seconds; the farm's scripts wait for nothing
RETRY_TIMES = 1
DOWNLOAD_TIMEOUT = 15  # seconds
