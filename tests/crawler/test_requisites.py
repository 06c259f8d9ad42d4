"""Which addresses pages and style sheets need: each habit of portals with an example, and nothing breaks it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request

from crawler.discovery import tree_of
from crawler.requisites import ATTRIBUTES, KINDS, PRELOADED, RELATIONS, SETS, of_page, of_sheet

PAGE = "http://www.qinghe.example/zwgk/nb/t1.html"


def needed(html: str, charset: str = "utf-8") -> list[tuple[str, str]]:
    found = of_page(tree_of(f"<html><body>{html}</body></html>"), PAGE, charset)
    return [(each.kind, each.url.removeprefix("http://www.qinghe.example")) for each in found]


def asked_by(css: str) -> list[tuple[str, str]]:
    return [
        (each.kind, each.url.removeprefix("http://a.example/")) for each in of_sheet(css, "http://a.example/css/x.css")
    ]


@pytest.mark.parametrize(("tag", "attribute", "kind"), ATTRIBUTES)
def test_each_line_of_the_table_finds_its_address(tag: str, attribute: str, kind: str) -> None:
    tag = "td" if tag == "*" else tag
    wrapped = f'<table><tr><{tag} {attribute}="a.x"></{tag}></tr></table>'
    assert (kind, "/zwgk/nb/a.x") in needed(wrapped if tag == "td" else f'<{tag} {attribute}="a.x"></{tag}>')


@pytest.mark.parametrize(("relation", "kind"), RELATIONS.items())
def test_each_relation_of_a_link_finds_its_address(relation: str, kind: str) -> None:
    assert needed(f'<link href="/a.x" rel="Nonsense {relation.upper()}">') == [(kind, "/a.x")]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<link rel=preload as=font href="f.woff2" crossorigin>', [("font", "/zwgk/nb/f.woff2")]),
        ('<link rel=preload as=fetch href="data.json">', []),
        ('<link rel="alternate" type="application/rss+xml" href="/rss">', []),
        ('<link rel="canonical" href="/">', []),
        ('<input type=IMAGE src=go.gif><input type=text src=no.gif>', [("image", "/zwgk/nb/go.gif")]),
        ('<object><param name="Movie" value="/a.swf"><param name=play value=true></object>', [("object", "/a.swf")]),
        ('<img src=" /a\n b.png ">', [("image", "/a%20b.png")]),
        ('<img src="..\\images\\logo.png?a">', [("image", "/zwgk/images/logo.png?a")]),
        ('<img src="/a.png#x"><img src="/a.png">', [("image", "/a.png")]),
        ('<script src="//cdn.example/j.js"></script>', [("script", "http://cdn.example/j.js")]),
        ('<img srcset="a,b.png 1x, c.png 2x,d.png" src="e.png">',
         [("image", f"/zwgk/nb/{name}.png") for name in ("e", "a,b", "c", "d")]),
        ('<p style="color:red">', []),
        ('<p style="background:#fff URL(\'bg.png\')">', [("image", "/zwgk/nb/bg.png")]),
        ('<style>@import "a.css";p{background:url(b.png)}</style>',
         [("stylesheet", "/zwgk/nb/a.css"), ("image", "/zwgk/nb/b.png")]),
        ("<img src='" + "a" * 5000 + "'>", []),
        ("<!-- <img src=a.png> --><a href=b.png>b</a><meta http-equiv=refresh content='0;url=c.html'>", []),
        ("".join(f'<img src="{scheme}">' for scheme in
                 ("data:image/png;base64,AA", "javascript:void(0)", "blob:x", "about:blank", "mailto:a@b.c", "#top", "", " ",
                  "file:///etc/passwd", "http://", "http://[broken", "http://a:99999/", "ftp://a/b")), []),
    ],
)  # fmt: skip
def test_what_markup_asks_for(html: str, found: list[tuple[str, str]]) -> None:
    assert needed(html) == found


@pytest.mark.parametrize(
    ("css", "found"),
    [
        ('@import "a.css";@import \'b.css\' print;', [("stylesheet", "css/a.css"), ("stylesheet", "css/b.css")]),
        ("@IMPORT url(a.css) screen and (min-width:1px);", [("stylesheet", "css/a.css")]),
        ('@import url("a.css") layer(x) supports(background:url(no.png));', [("stylesheet", "css/a.css")]),
        ('@charset "gbk";@namespace url(http://n.example/);@namespace s "http://s.example/";', []),
        ('p{content:"no.png";background:url(../i/a.png) , url( "b.png" )}', [("image", "i/a.png"), ("image", "css/b.png")]),
        ("@media print{p{background:url(a.png)}}", [("image", "css/a.png")]),
        ('@font-face{src:local("L"),url(f.eot?#iefix) format("eot"),url("f.ttf")}p{cursor:url(c.cur)}',
         [("font", "css/f.eot"), ("font", "css/f.ttf"), ("image", "css/c.cur")]),
        ('p{background:image-set("a.png" 1x, url(b.png) type("image/png") 2x)}',
         [("image", "css/a.png"), ("image", "css/b.png")]),
        ("p{filter:url(#blur);background:url(data:image/gif;base64,AA)} /* url(no.png) */", []),
        ("p{background:url(a\\).png)}", [("image", "css/a).png")]),
        ("@import url(a.css", [("stylesheet", "css/a.css")]),
    ],
)  # fmt: skip
def test_what_a_style_sheet_asks_for(css: str, found: list[tuple[str, str]]) -> None:
    assert asked_by(css) == found


def test_a_base_moves_what_is_relative() -> None:
    root = tree_of('<html><head><base href="http://b.example/x/"></head><body><img src=a.png></body></html>')
    assert [each.url for each in of_page(root, PAGE)] == ["http://b.example/x/a.png"]


def test_the_query_is_in_the_pages_charset_and_the_path_in_utf_8() -> None:
    """As browsers ask, whatever the server makes of it."""
    assert needed('<img src="/图.png?n=图">', "gb18030") == [("image", "/%E5%9B%BE.png?n=%CD%BC")]
    assert needed('<img src="/图.png?n=图">') == [("image", "/%E5%9B%BE.png?n=%E5%9B%BE")]
    assert needed('<img src="/a?n=中é">', "latin-1") == [("image", "/a?n=%26%2320013%3B%E9")]
    assert needed('<img src="/a?n=%D6%D0+%zz">', "gb18030") == [("image", "/a?n=%D6%D0+%zz")]


def test_a_sheet_in_gbk_is_decoded_as_it_says() -> None:
    sheet = '@charset "gb2312"; p{background:url(图.png)}'.encode("gbk")
    assert [each.url for each in of_sheet(sheet, "http://a.example/")] == ["http://a.example/%E5%9B%BE.png"]


def test_nothing_but_kinds_that_are_listed() -> None:
    named = [kind for _, _, kind in ATTRIBUTES] + [*RELATIONS.values(), *PRELOADED.values()]
    assert set(named) | {"image"} == set(KINDS)
    assert {tag for tag, _ in SETS} == {"img", "source"}


PIECES = st.sampled_from(
    ["<img src=", "'", '"', ">", "<style>", "</style>", "@import ", "url(", ")", "{", "}", "\\", "http://", "[", "]", "//", ":",
     "@font-face", "<base href=", "<link rel=stylesheet href=", " srcset=", ",", " 2x", "?", "#", "%", "é", "图", "\x00",
     "\ud800", "<svg><use xlink:href=", "<iframe src=", "@", ";", "(", "/*", "é.test", "xn--",
     ":80", "\r\n", "style='background:url("]
)  # fmt: skip
SOUP = st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join)


@given(SOUP, st.sampled_from(["utf-8", "gb18030", "utf-16-le", "latin-1", "no-such-charset"]))
def test_broken_markup_never_raises_and_every_address_can_be_asked(text: str, charset: str) -> None:
    root = tree_of(text.encode("utf-8", "replace").decode())
    for each in of_page(root, PAGE, charset):
        assert Request(each.url).url == each.url
        assert each.url.startswith(("http://", "https://"))
        assert "#" not in each.url
        assert each.kind in KINDS


@given(SOUP | st.binary(max_size=200))
def test_a_broken_sheet_never_raises(sheet: str | bytes) -> None:
    for each in of_sheet(sheet, "http://a.example/x.css"):
        assert Request(each.url).url == each.url


HOSTILE_SHEETS = (
    "(",
    "{",
    "@import ",
    "url(",
    "url( ",
    "/*",
    "'\\",
    "\\",
    "u",
    "a{b:url(x)}",
    "@media a{",
    "image-set('a'",
)
HOSTILE_SETS = (",", " ", "a ", "a (", "a, ", "a,")


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of the fastest of three."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize("piece", HOSTILE_SHEETS)
def test_time_grows_with_the_sheet_and_no_faster(piece: str) -> None:
    small, large = (seconds(lambda n=n: list(of_sheet(piece * n, PAGE))) for n in (1_000, 8_000))  # type: ignore[misc]
    assert large < 20 * small + 0.1


@pytest.mark.parametrize("piece", HOSTILE_SETS)
def test_time_grows_with_the_set_and_no_faster(piece: str) -> None:
    root = [tree_of(f'<html><body><img srcset="{piece * n}"></body></html>') for n in (5_000, 40_000)]
    small, large = (seconds(lambda tree=tree: list(of_page(tree, PAGE))) for tree in root)  # type: ignore[misc]
    assert large < 20 * small + 0.1


def test_brackets_nested_deeply_are_no_trouble() -> None:
    for mark in ("(", "{", "[", "a(", "@media x{"):
        assert list(of_sheet(mark * 50_000 + "url(a.png)", "http://a.example/")) != []
