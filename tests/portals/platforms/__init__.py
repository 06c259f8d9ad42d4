"""The content systems that portals of the farm run on, by name.

PLATFORMS have one skin each and make up the default farm; SKINNED have several and come by Farm(platforms=…).
"""

from __future__ import annotations

from .base import Page, Request, Site
from .docshare import DocShare
from .epoint import Epoint
from .gkmlpt import Gkmlpt
from .hanweb import Hanweb
from .homemade import Homemade
from .jpaas import Jpaas
from .lonsun import Lonsun
from .scripted import Scripted
from .skinned import Skinned
from .static import Static
from .tables import Tables
from .trs import Trs
from .ucap import Ucap
from .vsb import Vsb

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
    "jpaas": Jpaas,
    "lonsun": Lonsun,
    "epoint": Epoint,
    "static": Static,
    "homemade": Homemade,
}
ALL = [name for name in SKINNED if name != "homemade"]

__all__ = ["ALL", "PLATFORMS", "SKINNED", "Page", "Request", "Site"]
