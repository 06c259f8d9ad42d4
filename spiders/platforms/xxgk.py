"""Hanweb's openness module: one address per unit and year, `xxgkAnnualReport.jsp`."""

from __future__ import annotations

from typing import ClassVar

from crawler.fingerprint import Fingerprint
from spiders.platforms.hanweb import Hanweb


class Xxgk(Hanweb):
    """Hanweb's module for the annual reports of all units (信息公开, xxgkAnnualReport).

    1. Recognise it: `/module/xxgk/xxgkAnnualReport.jsp?area=001008003014001&fbtime=2012`: `area` is a unit, `fbtime` a year.
       There is no list of titles: units stand in a tree or a menu, years in a row of links or in a `<select>`, and the page
       of a unit and a year is the report itself.
    2. Supply: nothing.
    3. Units are read from links, from `onclick` and from the nodes of a tree in the script; years from links and options.
       The other lists of such a portal are Hanweb's: see that class.
    4. Watch when it breaks: the names `area` and `fbtime`, and the form of the tree's nodes.
    """

    platform = "xxgk"
    fingerprints: ClassVar[tuple[Fingerprint, ...]] = (
        Fingerprint(
            r"/module/xxgk/xxgkAnnualReport\.jsp(?:\?(?:[^'\"\s]*?\barea=(?P<area>\d+))?)?",
            "/module/xxgk/xxgkAnnualReport.jsp?area=001008003014001&fbtime=2012",
        ),
        Fingerprint(
            r"/module/xxgk/\w+\.jsp",
            "http://h/module/xxgk/xxgkAnnualReport.jsp?area=001008&fbtime=2019",
            where="address",
        ),
        Fingerprint(r"/module/xxgk/(?:search|tree|subjectinfo)\w*\.jsp", "/module/xxgk/search.jsp?area=001008", 3),
    )
