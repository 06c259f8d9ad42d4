"""How one portal of the new kinds is built: its tree, its menus, and the way that leads to the reports.

A table says what each platform can show; the rest is drawn from the portal's name, so that all mixtures occur.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from . import names
from .draw import draw

if TYPE_CHECKING:
    from .portal import SamplePortal

STRUCTURES: Final = ("single", "body_tree", "year_tree", "hub", "group_tree", "year_group", "sub_hosts")
MENUS: Final = ("links", "links", "links", "data-url", "onclick")
FRAMES: Final = ("", "", "", "iframe", "xhr")
ENTRIES: Final = ("home", "openness", "openness", "openness", "sitemap", "search")

# What a platform's search is; others answer with a page of results.
SEARCHES: Final = {
    "trs": ("irs", "igs"), "hanweb": ("jsearch",), "jpaas": ("jsearch",), "xxgk": ("jsearch",), "ucap": ("ucap",),
}  # fmt: skip

# Only these have lists that another page can bring in.
FRAMED: Final = ("trs", "vsb", "static", "hashed", "tables", "homemade")
# Their reports stand in one place by nature.
ONE_PLACE: Final = ("yearbook", "xxgk")
# Their tree is data of a script: nothing to hide, no menu of ours, one host.
OWN_TREE: Final = ("gkmlpt",)
GBK: Final = (("tables", 0), ("tables", 1), ("homemade", 4))  # (platform, skin) that serve GBK


@dataclass(frozen=True)
class Traits:
    """`entry` is where the 年报 column is first linked: home page, openness page, site map, or nowhere but the search."""

    structure: str
    menu: str
    frame: str
    entry: str
    search: str
    titles: str  # "full", or the column's word left out: "yearless" under a year, "organless" under a body
    files: bool  # rows that lead to a file, with no page between
    twice: bool  # the newest reports stand in a second column, under other addresses
    look: int
    sub_hosts: tuple[str, ...]


def draw_traits(portal: SamplePortal) -> Traits:
    rng = draw(portal.seed, portal.name, portal.platform, portal.variant, "traits")
    platform = portal.platform
    structure = rng.choice(STRUCTURES)
    menu, frame, entry = rng.choice(MENUS), rng.choice(FRAMES), rng.choice(ENTRIES)
    search = rng.choice(SEARCHES.get(platform, ("html",)))
    titles = rng.choice(["full", "full", "short"])
    files, twice = rng.random() < 0.4, rng.random() < 0.3
    if platform in ONE_PLACE:
        structure, twice = "single", False
    if platform == "yearbook":
        files = True
    if platform in OWN_TREE:
        menu, entry, files = "links", "openness", False
        structure = "hub" if structure == "sub_hosts" else structure
    if platform not in FRAMED:
        frame = ""
    short = "yearless" if structure in ("year_tree", "year_group") else "organless"
    if titles == "full" or structure in ("single", "group_tree"):
        short = "full"
    tokens = [token for _, token, _ in names.DEPARTMENTS]
    tokens += ["xq1", *(token for _, _, token in names.towns(portal.name, portal.seed))]
    domain = portal.host.removeprefix("www.")
    return Traits(
        structure, menu, frame, entry, search, short, files, twice, rng.randint(0, 4),
        tuple(f"{token}.{domain}" for token in tokens) if structure == "sub_hosts" else (),
    )  # fmt: skip
