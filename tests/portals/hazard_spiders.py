"""A spider for each hazard: the plainest portal there is."""

from __future__ import annotations

from crawler.spider import PortalSpider
from crawler.verdict import Expect

from .dangers.base import Hazard
from .hazards import ALL
from .little import BODY


def spider_for(hazard: Hazard) -> type[PortalSpider]:
    """The spider an operator would have written while the portal was well."""
    return type(
        hazard.name.title().replace("-", ""),
        (PortalSpider,),
        {
            "__module__": __name__,
            "name": hazard.name,
            "site_name": BODY,
            "home_url": hazard.home_url,
            "expect": Expect(reports=(1, None)),
        },
    )


for _hazard in ALL:
    globals()[f"spider_{_hazard.name}"] = spider_for(_hazard)
