"""What every platform class must be: a recipe, a table of fingerprints that hold, and no claim to another's pages."""

from __future__ import annotations

import inspect
import re

import pytest
from scrapy.http import HtmlResponse
from scrapy.settings import Settings

from crawler.fingerprint import AGAINST, Fingerprint, marks
from crawler.loader import platforms
from crawler.spider import PortalSpider

from .platform_pages import HOST, PAGES, page

CLASSES = {cls.platform: cls for cls in platforms(Settings({"PLATFORM_MODULES": ["spiders.platforms"]}))}
NAMES = ["trs", "hanweb", "jpaas", "ucap", "vsb", "gkmlpt", "lonsun", "xxgk", "epoint", "hashed", "static", "yearbook"]
FINGERPRINTS = [(cls, mark) for cls in CLASSES.values() for mark in cls.fingerprints]
MOST_LINES = 120


def _shown(fingerprint: Fingerprint) -> HtmlResponse:
    """A page that shows nothing but a fingerprint's example, in the place where it is looked for."""
    if fingerprint.where == "address":
        return HtmlResponse(fingerprint.example, body=b"<html></html>")
    headers = {}
    if fingerprint.where == "header":
        name, _, value = fingerprint.example.partition(": ")
        headers = {name: value}
    return HtmlResponse(f"{HOST}/", body=f"<html>{fingerprint.example}</html>".encode(), headers=headers)


def test_there_is_a_class_for_every_platform() -> None:
    assert set(NAMES) <= set(CLASSES)


@pytest.mark.parametrize("cls", CLASSES.values(), ids=lambda cls: cls.platform)
def test_a_class_is_a_recipe_that_fits_on_two_screens(cls: type[PortalSpider]) -> None:
    steps = re.findall(r"^\s*(\d)\. ", cls.__doc__ or "", re.MULTILINE)
    assert steps == [str(number) for number in range(1, len(steps) + 1)], "steps are numbered from 1"
    assert len(steps) >= 3
    assert "Recognise it" in (cls.__doc__ or "")
    assert len(inspect.getsource(cls).splitlines()) <= MOST_LINES


@pytest.mark.parametrize(("cls", "fingerprint"), FINGERPRINTS, ids=lambda each: getattr(each, "platform", None))
def test_a_fingerprint_matches_its_own_example(cls: type[PortalSpider], fingerprint: Fingerprint) -> None:
    assert [mark.fingerprint for mark in marks((fingerprint,), _shown(fingerprint))] == [fingerprint]


@pytest.mark.parametrize(("cls", "fingerprint"), FINGERPRINTS, ids=lambda each: getattr(each, "platform", None))
def test_no_other_platform_is_sure_by_an_example(cls: type[PortalSpider], fingerprint: Fingerprint) -> None:
    if fingerprint.weight == AGAINST:
        return  # the example is another platform's, that is what it is for
    sure = {other.platform for other in CLASSES.values() if other.matches(_shown(fingerprint)) is not None}
    assert sure <= {cls.platform}


CASES = [(name, response) for name, responses in PAGES.items() for response in responses]


@pytest.mark.parametrize(("name", "response"), CASES, ids=lambda each: each if isinstance(each, str) else each.url)
def test_home_list_and_article_are_told_apart(name: str, response: HtmlResponse) -> None:
    sure = {cls.platform for cls in CLASSES.values() if cls.matches(response) is not None}
    assert sure == {name}


def test_links_to_other_portals_are_no_marks() -> None:
    bare = page("/", "<h1>青垣区人民政府</h1>")  # its footer links to portals on TRS and Hanweb
    assert [cls.platform for cls in CLASSES.values() if cls.matches(bare) is not None] == []


def test_links_written_in_full_are_marks() -> None:
    full = page("/", f'<a href="{HOST}/zwyw/202401/t20240125_31.html">要闻</a><a href="//www.qingyuan.gov.cn/x">x</a>')
    assert [cls.platform for cls in CLASSES.values() if cls.matches(full) is not None] == ["trs"]


def test_parameters_come_by_name() -> None:
    assert CLASSES["gkmlpt"].matches(PAGES["gkmlpt"][1]) == {"sid": "755031"}
    assert CLASSES["xxgk"].matches(PAGES["xxgk"][0]) == {"area": "001008"}
