"""A portal's own search: which it is, and how it is asked."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from crawler import discovery
from crawler.resorts import Look
from crawler.search import INTERFACES, WORD, Interface, searches

HOME = "http://www.qinghe.gov.cn/"


def first(markup: str, charset: str = "utf-8") -> Look | None:
    """The first page of results of the first search that a page offers."""
    source = f"<html><body>{markup}</body></html>"
    found = next(searches(discovery.tree_of(source), source, HOME, charset), None)
    return found.first()[0] if found else None


@pytest.mark.parametrize("interface", INTERFACES, ids=lambda interface: interface.name)
def test_every_product_is_told_by_its_example_and_asked_for_titles(interface: Interface) -> None:
    look = first(interface.example)
    assert look is not None
    assert look.what == f"search: {interface.name}"
    assert urlsplit(look.url).netloc == "www.qinghe.gov.cn"
    asked = dict(parse_qsl(urlsplit(look.url).query))
    asked |= {} if look.body is None else json.loads(look.body) if look.body[0] == "{" else dict(parse_qsl(look.body))
    assert WORD in asked.values()
    assert "{" not in look.url


def test_the_irs_interface_is_asked_with_all_that_it_insists_on() -> None:
    look = first(
        '<a href="https://search.qinghe.gov.cn/irs-c-web/search.shtml?code=181936c3700&amp;dataTypeId=12">搜索</a>'
    )
    assert look is not None
    assert look.url == "https://search.qinghe.gov.cn/irs/front/search"
    asked = json.loads(look.body or "")
    assert (asked["code"], asked["dataTypeId"], asked["pageNo"]) == ("181936c3700", "12", 1)
    assert asked["searchBy"]
    assert asked["orderBy"]


def test_what_a_form_keeps_in_hidden_fields_is_found() -> None:
    hidden = '<input type="hidden" name="code" value="183f883089d"><input type="hidden" name="dataTypeId" value="7">'
    look = first(f'<form action="/irs-c-web/search.shtml">{hidden}<input name="searchWord"></form>')
    assert look is not None
    assert json.loads(look.body or "")["dataTypeId"] == "7"


def test_a_plain_form_speaks_the_charset_of_its_page() -> None:
    form = '<form action="/so/index.php"><input type="hidden" name="t" value="2"><input type="text" name="q"></form>'
    look = first(form, "gb18030")
    assert look is not None
    assert urlsplit(look.url).path == "/so/index.php"
    assert dict(parse_qsl(urlsplit(look.url).query, encoding="gb18030")) == {"t": "2", "q": WORD}


@pytest.mark.parametrize(
    "form",
    [
        '<form action="/login"><input name="q"></form>',
        '<form action="/search" method="post"><input name="q"></form>',
        '<form action="/search"><input name="phone"></form>',
        "<p>没有搜索</p>",
    ],
)
def test_other_forms_are_left_alone(form: str) -> None:
    assert first(form) is None
