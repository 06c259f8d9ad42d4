"""The content systems that portals of the farm run on, by name.

PLATFORMS have one skin each and make up the default farm; SKINNED have several and come by Farm(platforms=…).
"""

from __future__ import annotations

from .base import Page, Request, Site
from .docshare import DocShare
from .epoint import Epoint
from .gkmlpt import Gkmlpt
from .gkmlpt_skins import GkmlptSkins
from .hanweb import Hanweb
from .hanweb_skins import HanwebSkins
from .hashed import Hashed
from .homemade import Homemade
from .jpaas import Jpaas
from .lonsun import Lonsun
from .scripted import Scripted
from .skinned import Skinned
from .static import Static
from .tables import Tables
from .tables_skins import TablesSkins
from .trs import Trs
from .trs_skins import TrsSkins
from .ucap import Ucap
from .ucap_skins import UcapSkins
from .vsb import Vsb
from .vsb_skins import VsbSkins
from .xxgk import Xxgk
from .yearbook import Yearbook

PLATFORMS: dict[str, type[Site]] = {
    "trs": Trs,
    "hanweb": Hanweb,
    "vsb": Vsb,
    "ucap": Ucap,
    "gkmlpt": Gkmlpt,
    "tables": Tables,
    "docshare": DocShare,
    "scripted": Scripted,
}
SKINNED: dict[str, type[Skinned]] = {
    "trs": TrsSkins,
    "hanweb": HanwebSkins,
    "jpaas": Jpaas,
    "ucap": UcapSkins,
    "vsb": VsbSkins,
    "gkmlpt": GkmlptSkins,
    "lonsun": Lonsun,
    "xxgk": Xxgk,
    "epoint": Epoint,
    "hashed": Hashed,
    "static": Static,
    "yearbook": Yearbook,
    "tables": TablesSkins,
    "homemade": Homemade,
}
ALL = [name for name in SKINNED if name != "homemade"]

__all__ = ["ALL", "PLATFORMS", "SKINNED", "Page", "Request", "Site"]
