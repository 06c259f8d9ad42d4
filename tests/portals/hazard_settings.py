"""Settings for the hazards: SCRAPY_SETTINGS_MODULE=tests.portals.hazard_settings. Limits are small, to be quick."""

from __future__ import annotations

from tests.portals.settings import *  # noqa: F403  what the farm changes, and below what hazards need

SPIDER_MODULES = ["tests.portals.hazard_spiders"]
TWISTED_DNS_RESOLVER = "tests.portals.hazard_resolver.HazardResolver"  # names that lead inward, and one that changes
ALLOW_PRIVATE_HOSTS = ".hazard.portal.test, 127.0.0.2"  # the latter stands for a public address
DOWNLOAD_TIMEOUT = 5  # seconds
PAGE_MAXSIZE = 4 << 20  # bytes; the bombs are 256 MiB
DOWNLOAD_MAXSIZE = 8 << 20
LONGEST_WAIT = 1.5  # seconds
MOST_BARREN_LISTS = 20
MOST_PAGES_OF_A_LIST = 12
