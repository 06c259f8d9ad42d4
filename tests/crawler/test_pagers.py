"""Further pages of a list, in every form in which a page shows them."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import discovery, pagers

PACKED = base64.b64encode(
    quote('<div><a href="index_2.html">下一页</a><a href="index_3.html">尾页</a></div>').encode()
).decode()
LIST = "http://h/nb/list.html"
CASES = [
    ("next", '<a href="list_2.html">下一页</a><a href="list_9.html">尾页</a>', LIST, ["list_2.html"]),
    ("next page, other words", '<a href="10.htm">[后页]</a>', LIST, ["10.htm"]),
    ("an arrow", '<a href="list_1.html">«</a><a href="list_2.html">»</a>', LIST, ["list_2.html"]),
    ("a narrow arrow", '<a href="list_2.html">›</a>', LIST, ["list_2.html"]),
    ("a class", '<a class="page-next" href="list_2.html"><i></i></a>', LIST, ["list_2.html"]),
    ("a title", '<a title="下一页" href="list_2.html"><i></i></a>', LIST, ["list_2.html"]),
    (
        "the script goes on",
        '<a href="javascript:;" onclick="location.href=\'list.html?from=10\'">后页</a>',
        LIST,
        ["list.html?from=10"],
    ),
    (
        "a function goes on",
        "<script>function go(n){location.href='list_'+n+'.html'}</script><a onclick='go(2)'>下一页</a>",
        LIST,
        ["list_2.html"],
    ),
    ("more", '<div data-url="list_2.html">加载更多</div>', LIST, ["list_2.html"]),
    (
        "numbers",
        '<a href="list.html">1</a><a href="list_2.html">2</a><a href="list_3.html">3</a>',
        LIST,
        ["list_2.html", "list_3.html"],
    ),
    (
        "options",
        '<select><option value="list.html">第1页</option><option value="list.html?p=2">第2页</option></select>',
        LIST,
        ["list.html?p=2"],
    ),
    ("only the last", '<a href="list_3.html">尾页</a>共3页', LIST, ["list_2.html", "list_3.html"]),
    ("only the last, counted from 0", '<a href="list_2.html">末页</a>共3页', LIST, ["list_1.html", "list_2.html"]),
    ("a parameter", "<p>共 <b>3</b> 页</p>", "http://h/nb/list.jsp?id=7&pageNo=2", ["list.jsp?id=7&pageNo=3"]),
    ("a parameter at the end", "<p>共3页</p>", "http://h/nb/list.jsp?page=3", []),
    ("the page says which it is", "<p>第1页/共3页</p>", "http://h/nb/1.html", ["2.html"]),
    ("nobody knows the base", "<p>共3页</p>", "http://h/nb/index_1.html", []),
    (
        "packed by a script",
        f"<div id='p'>{PACKED}</div><script>p.innerHTML=decodeURIComponent(window.atob(x))</script>",
        "http://h/nb/",
        ["index_2.html"],
    ),
    ("a calendar", "".join(f'<a href="/day/{n}">{n}</a>' for n in range(1, 32)), LIST, []),
    ("itself", '<a href="list.html">下一页</a>', LIST, []),
    ("nothing", "<p>1</p>", LIST, []),
]


@pytest.mark.parametrize(("markup", "url", "pages"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_list_goes_on_where_its_page_says(markup: str, url: str, pages: list[str]) -> None:
    source = f"<html><body>{markup}</body></html>"
    assert pagers.further(discovery.tree_of(source), url, source) == [f"http://h/nb/{page}" for page in pages]


@given(st.text(alphabet="<a href='list_12.html?p=3'>下页尾共第/>»›</a>\n", max_size=200))
def test_any_page_has_further_pages_or_none(text: str) -> None:
    assert LIST not in pagers.further(discovery.tree_of(text), LIST, text)
