"""The spider that asks for every shape, to be run with `scrapy runspider` under the project's settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import scrapy

from tests.hostile.shapes import MOST, SHAPES


class HostileSpider(scrapy.Spider):
    """-a base=ADDRESS [-a proxy=ADDRESS]: all shapes of one server, one after the other."""

    name = "hostile"
    custom_settings = {  # noqa: RUF012  Scrapy's way
        "RETRY_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "DOWNLOAD_MAXSIZE": MOST,
    }

    def __init__(self, base: str, proxy: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.base, self.proxy = base, proxy

    async def start(self) -> AsyncIterator[Any]:
        for at, shape in enumerate(shape for shape in SHAPES if shape.asked):
            meta = {**shape.meta, "proxy": self.proxy} if self.proxy else dict(shape.meta)
            yield scrapy.Request(
                self.base + shape.name, self.parse, shape.method, meta=meta, priority=-at, errback=self.failed
            )

    def parse(self, response: Any) -> None:
        """What came is in the archive."""

    def failed(self, failure: Any) -> None:
        """So is what did not come."""
