"""One sample portal: its identity (cheap) and its plan of columns and articles (made when first looked at)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from . import blemishes
from .draw import draw, number
from .model import SampleReport
from .traits import GBK, draw_traits

if TYPE_CHECKING:
    from .plan import Plan
    from .platforms import Site

# One cycle of platforms; the document-sharing site copies from the portals before it.
CYCLE = [
    "trs",
    "hanweb",
    "vsb",
    "ucap",
    "gkmlpt",
    "tables",
    "docshare",
    "trs",
    "hanweb",
    "vsb",
    "ucap",
    "gkmlpt",
    "tables",
    "trs",
]
STRUCTURES = ["body_tree", "single", "year_tree", "hub", "single", "group_tree"]


class SamplePortal:
    """What tests read of a portal, and the choices that its pages are drawn from."""

    def __init__(
        self,
        index: int,
        seed: int,
        place: tuple[str, str],
        siblings: list[SamplePortal],
        platform: str = "",
        variant: int | None = None,
    ) -> None:
        self.index, self.seed = index, seed
        self.place, self.name = place
        self.siblings = siblings
        self.platform = platform or CYCLE[index % len(CYCLE)]
        rng = draw(seed, self.name, "portal")
        self.level = "" if self.platform == "docshare" else "prefecture" if index % 3 == 0 else "county"
        suffix = "市" if self.level == "prefecture" else rng.choice(["县", "县", "区", "市"])
        self.division = self.place + suffix
        self.organ = "" if self.platform == "docshare" else f"{self.division}人民政府"
        self.site_name = f"{self.place}文库" if self.platform == "docshare" else self.organ
        self.site_id_code = "" if self.platform == "docshare" else self._site_code()
        domain = f"{self.name}.portal.test"
        self.host = f"www.{domain}"
        separate = self.platform in ("trs", "hanweb", "ucap") and (index % 4 == 1 or rng.random() < 0.15)
        self.openness_host = f"{rng.choice(['gk', 'xxgk', 'zwgk', 'zfxxgk'])}.{domain}" if separate else self.host
        self.file_host = f"file.{domain}" if self.platform in ("trs", "ucap") and index % 5 == 3 else self.openness_host
        self.hosts = list(dict.fromkeys([self.host, self.openness_host, self.file_host]))
        self.home_url = f"http://{self.host}/"
        self.structure = STRUCTURES[(index + index // 7) % len(STRUCTURES)] if self.platform != "scripted" else "single"
        self.blemishes = blemishes.draw_portal(rng, self.platform)
        self.validators = (
            index % 13 in (2, 8) and self.platform != "scripted"
        )  # most portals give none (field notes: 22 of 22 pages of one had none)
        if self.validators and "hit_counter" in self.blemishes:  # a page that changes each time cannot have a validator
            self.blemishes.remove("hit_counter")
        self.charset = "gbk" if self.platform == "tables" or (self.platform == "docshare" and index % 2) else "utf-8"
        self.rows = 6 if self.platform == "scripted" else rng.choice([8, 10, 12, 15])
        self.skin = rng.randint(0, 999_999)
        self._options: dict[str, int] = {}
        self.variant = variant or 0
        self.traits = draw_traits(self) if variant is not None else None
        if self.traits:
            self.structure = self.traits.structure
            self.hosts = list(dict.fromkeys([*self.hosts, *self.traits.sub_hosts]))
            self.charset = "gbk" if (self.platform, variant) in GBK else "utf-8"

    def _site_code(self) -> str:
        """A 网站标识码 of the official shape in provinces 96-98, which do not exist."""
        city = number(1, 70, self.seed, self.name, "city")
        county = 0 if self.level == "prefecture" else number(2, 29, self.seed, self.name, "county")
        return f"{96 + self.index % 3}{city:02d}{county:02d}{number(1, 60, self.seed, self.name, 'serial'):04d}"

    @cached_property
    def plan(self) -> Plan:
        from .layout import make_layout
        from .plan import make_plan
        from .sharing import make_share_plan

        if self.traits:
            return make_layout(self)
        return make_share_plan(self) if self.platform == "docshare" else make_plan(self)

    @cached_property
    def site(self) -> Site:
        """The plan with addresses and pages."""
        from .platforms import PLATFORMS, SKINNED

        return (SKINNED if self.traits else PLATFORMS)[self.platform](self, self.plan)

    @property
    def reports(self) -> list[SampleReport]:
        """The portal's share of the ground truth, withdrawn reports left out."""
        return [report for report in self.site.plan.reports if not report.withdrawn]

    def option(self, name: str, count: int) -> int:
        """A small choice of the portal's skin, 0..count-1, by name."""
        if name not in self._options:
            self._options[name] = number(0, count - 1, self.skin, name)
        return self._options[name]

    def row(self) -> dict[str, object]:
        """The portal as `--list` tells of it."""
        years = [report.year for report in self.reports]
        return {
            "name": self.name, "host": self.host, "platform": self.platform, "variant": self.variant, "level": self.level,
            "structure": self.structure, "reports": len(years), "years": f"{min(years)}-{max(years)}" if years else "",
            "bodies": len({report.organ for report in self.reports}), "site": self.site_name,
            "validators": self.validators, "pages": len(self.plan.articles) + sum(1 for _ in self.plan.columns()),
        }  # fmt: skip
