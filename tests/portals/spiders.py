"""A spider per sample portal, made from what an operator would see of it: name, address, platform, footer.

NIANBAO_FARM_PORTALS, NIANBAO_FARM_SEED, NIANBAO_FARM_SCRIPTED and NIANBAO_FARM_PLATFORMS say which farm, NIANBAO_FARM_SCHEME
how its home pages are asked for; the address of its server is the resolver's business.
"""

from __future__ import annotations

import os

from crawler.spider import PortalSpider
from crawler.verdict import Expect
from spiders.platforms.docshare import DocShare
from spiders.platforms.epoint import Epoint
from spiders.platforms.generic import Generic
from spiders.platforms.gkmlpt import Gkmlpt
from spiders.platforms.hanweb import Hanweb
from spiders.platforms.hashed import Hashed
from spiders.platforms.jpaas import Jpaas
from spiders.platforms.lonsun import Lonsun
from spiders.platforms.static import Static
from spiders.platforms.tables import Tables
from spiders.platforms.trs import Trs
from spiders.platforms.ucap import Ucap
from spiders.platforms.vsb import Vsb
from spiders.platforms.xxgk import Xxgk
from spiders.platforms.yearbook import Yearbook

from .farm import Farm, SamplePortal


class Scripted(PortalSpider):
    """A portal of no platform that we know, whose lists and articles need a browser."""

    platform = "scripted"
    scripts = frozenset({"list", "entry"})


PLATFORMS: dict[str, type[PortalSpider]] = {
    cls.platform: cls
    for cls in (
        Trs, Hanweb, Jpaas, Vsb, Ucap, Gkmlpt, Lonsun, Xxgk, Epoint, Hashed, Static, Yearbook, Tables, DocShare, Scripted,
    )
} | {"homemade": Generic}  # fmt: skip
SCHEME = os.environ.get("NIANBAO_FARM_SCHEME", "http")


def spider_for(portal: SamplePortal) -> type[PortalSpider]:
    """The spider an operator would write for a portal."""
    return type(
        portal.name.title().replace("_", ""),
        (PLATFORMS[portal.platform],),
        {
            "__module__": __name__,
            "name": portal.name,
            "site_name": portal.site_name,
            "home_url": f"{SCHEME}://{portal.host}/",
            "organ": portal.organ,
            "level": portal.level,
            "site_id_code": portal.site_id_code,
            "expect": Expect(reports=(len(portal.reports) * 8 // 10, len(portal.reports) * 2)),
        },
    )


_farm = Farm(
    int(os.environ.get("NIANBAO_FARM_PORTALS", "14")),
    int(os.environ.get("NIANBAO_FARM_SEED", "1")),
    int(os.environ.get("NIANBAO_FARM_SCRIPTED", "0")),
    list(filter(None, os.environ.get("NIANBAO_FARM_PLATFORMS", "").split(","))),
)
for _portal in _farm.portals:
    globals()[f"{_portal.name}_spider"] = spider_for(_portal)
