"""A spider per sample portal, made from what an operator would see of it: name, address, platform, footer.

NIANBAO_FARM_PORTALS, NIANBAO_FARM_SEED and NIANBAO_FARM_SCRIPTED say which farm; the address of its server is the
resolver's business.
"""

from __future__ import annotations

import os

from crawler.spider import PortalSpider
from crawler.verdict import Expect
from spiders.platforms.docshare import DocShare
from spiders.platforms.gkmlpt import Gkmlpt
from spiders.platforms.hanweb import Hanweb
from spiders.platforms.tables import Tables
from spiders.platforms.trs import Trs
from spiders.platforms.ucap import Ucap
from spiders.platforms.vsb import Vsb

from .farm import Farm, SamplePortal


class Scripted(PortalSpider):
    """A portal of no platform that we know, whose lists and articles need a browser."""

    platform = "scripted"
    scripts = frozenset({"list", "entry"})


PLATFORMS: dict[str, type[PortalSpider]] = {
    cls.platform: cls for cls in (Trs, Hanweb, Vsb, Ucap, Gkmlpt, Tables, DocShare, Scripted)
}


def spider_for(portal: SamplePortal) -> type[PortalSpider]:
    """The spider an operator would write for a portal."""
    return type(
        portal.name.title().replace("_", ""),
        (PLATFORMS[portal.platform],),
        {
            "__module__": __name__,
            "name": portal.name,
            "site_name": portal.site_name,
            "home_url": portal.home_url,
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
)
for _portal in _farm.portals:
    globals()[f"{_portal.name}_spider"] = spider_for(_portal)
