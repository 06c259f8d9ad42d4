"""Ways of turning the page, as a list of addresses and the number of the page shown (from 1) -> markup."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

Pager = Callable[[list[str], int], str]


def words(urls: list[str], page: int) -> str:
    def link(text: str, target: int, live: bool) -> str:
        return f'<a href="{urls[target - 1]}">{text}</a>' if live else f"<span>{text}</span>"

    last = len(urls)
    return (
        f'<div class="fy">共{last}页 第{page}页 {link("首页", 1, page > 1)} {link("上一页", page - 1, page > 1)} '
        f"{link('下一页', page + 1, page < last)} {link('尾页', last, page < last)}</div>"
    )


def numbers(urls: list[str], page: int) -> str:
    inner = "".join(f"<b>{n}</b>" if n == page else f'<a href="{url}">{n}</a>' for n, url in enumerate(urls, 1))
    return f'<div class="nums">{inner}</div>'


def arrows(urls: list[str], page: int) -> str:
    before = f'<a href="{urls[page - 2]}">‹</a>' if page > 1 else ""
    after = f'<a href="{urls[page]}">›</a>' if page < len(urls) else ""
    return f'<p class="turn">{before} <em>{page} / {len(urls)}</em> {after}</p>'


def more(urls: list[str], page: int) -> str:
    return (
        f'<div class="load"><a href="{urls[page]}" rel="nofollow">加载更多</a></div>'
        if page < len(urls)
        else '<div class="load">没有更多了</div>'
    )


def select(urls: list[str], page: int) -> str:
    options = "".join(
        f'<option value="{url}"{" selected" if n == page else ""}>第{n}页</option>' for n, url in enumerate(urls, 1)
    )
    return f'<div class="jump">转到 <select onchange="location.href=this.value">{options}</select></div>'


def scripted(urls: list[str], page: int) -> str:
    after = f'<a href="javascript:;" onclick="location.href=\'{urls[page]}\'">后页</a>' if page < len(urls) else "后页"
    before = f'<a href="javascript:;" onclick="location.href=\'{urls[page - 2]}\'">前页</a>' if page > 1 else "前页"
    return f'<div class="pg">{before}　{after}　页次 {page}/{len(urls)}</div>'


def encoded(urls: list[str], page: int) -> str:
    """The markup is in the page as base64 of its percent-encoding; a script unpacks it (domain.md 3.7, Yunnan)."""
    packed = b64encode(quote(words(urls, page)).encode()).decode()
    script = 'var p=document.getElementById("pages");p.innerHTML=decodeURIComponent(window.atob(p.innerHTML));'
    return f'<div id="pages" style="display:none">{packed}</div><script>{script}</script>'


PAGERS: Final[dict[str, Pager]] = {
    "words": words, "numbers": numbers, "arrows": arrows, "more": more, "select": select, "scripted": scripted,
    "encoded": encoded,
}  # fmt: skip
