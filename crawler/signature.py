"""The signature of a run: a small sheet of facts on how a portal looks, kept as JSON, once for all runs that saw the same.

What noise there is on an unchanged portal is kept out of it (crawler/observing.py); crawler/changes.py compares two.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

VERSION = 2  # of the facts' meaning: sheets of another are not compared
MOST = 300  # addresses of lists in a sheet
_SESSION = re.compile(r";jsessionid=[^?#]*|(?<=[?&])(?:jsessionid|_|t|ts|timestamp|rand|random|r|spm)=[^&#]*&?", re.I)


def stable(url: str) -> str:
    """An address without what is another each time: session, moment of asking, fragment."""
    return _SESSION.sub("", url.partition("#")[0]).rstrip("?&")


@dataclass(frozen=True)
class Home:
    """The home page: where it was had in the end, how the site calls itself, digests of its links' paths."""

    url: str = ""
    title: str = ""
    site: str = ""  # meta SiteName
    code: str = ""  # 网站标识码
    shape: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signature:
    """Facts of one run of one portal. Empty means that nobody knows, and is compared with nothing."""

    home: Home = Home()
    columns: dict[str, str] = field(default_factory=dict)  # address -> name, of the 年报 columns above all lists
    lists: dict[str, int] = field(
        default_factory=dict
    )  # address of each list's first page -> reports on it, or on the first answer that fills it
    rows: dict[str, int] = field(default_factory=dict)  # path of tags and classes of the links to reports -> how many
    further: int = 0  # pages of lists after the first
    failed: int = 0  # such pages that did not come
    lost: int = 0  # all pages on the way to reports that did not come
    repeats: int = 0  # pages of lists that show what another shows
    reports: int = 0
    listed: int = 0  # rows of lists that are reports
    dated: int = 0  # of them, with a date
    charsets: dict[str, int] = field(default_factory=dict)  # charset -> home and list pages
    platforms: dict[str, int] = field(default_factory=dict)  # platform -> pages with its fingerprints
    hosts: dict[str, dict[str, Any]] = field(default_factory=dict)  # scheme://host -> protocol, cipher, certificate
    bodies: tuple[str, ...] = ()
    years: tuple[int, ...] = ()

    def as_json(self) -> str:
        return json.dumps({"version": VERSION, **asdict(self)}, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str | None) -> Self | None:
        """A sheet as it was kept; None when there is none, or its facts mean something else today."""
        facts = json.loads(text) if text else {}
        if facts.pop("version", None) != VERSION or set(facts) != {each.name for each in fields(cls)}:
            return None
        facts["home"] = Home(**{**facts["home"], "shape": tuple(facts["home"]["shape"])})
        facts |= {name: tuple(facts[name]) for name in ("bodies", "years")}
        return cls(**facts)
