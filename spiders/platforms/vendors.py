"""The platforms that are products. What they are sure of is theirs, before any class for lists of a general form."""

from __future__ import annotations

from scrapy.http import Response

from crawler.spider import PortalSpider
from spiders.platforms.epoint import Epoint
from spiders.platforms.gkmlpt import Gkmlpt
from spiders.platforms.hanweb import Hanweb
from spiders.platforms.hashed import Hashed
from spiders.platforms.jpaas import Jpaas
from spiders.platforms.lonsun import Lonsun
from spiders.platforms.tables import Tables
from spiders.platforms.trs import Trs
from spiders.platforms.ucap import Ucap
from spiders.platforms.vsb import Vsb
from spiders.platforms.xxgk import Xxgk

VENDORS: tuple[type[PortalSpider], ...] = (
    Trs, Hanweb, Jpaas, Xxgk, Ucap, Vsb, Gkmlpt, Lonsun, Epoint, Hashed, Tables,
)  # fmt: skip


def is_of_a_vendor(response: Response) -> bool:
    """Whether a page is surely of one of them."""
    return any(vendor.matches(response) is not None for vendor in VENDORS)
