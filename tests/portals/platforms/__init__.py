"""The content systems that portals of the farm run on, by name."""

from __future__ import annotations

from .base import Page, Request, Site
from .docshare import DocShare
from .gkmlpt import Gkmlpt
from .hanweb import Hanweb
from .scripted import Scripted
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

__all__ = ["PLATFORMS", "Page", "Request", "Site"]
