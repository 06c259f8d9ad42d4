"""Structures that hypothesis makes: trees of elements and grids of cells with spans, of any shape but well formed.

Mutations of real pages rarely make a table in a cell of a table whose spans overlap; these do, and what fails is
brought down to the smallest that does.
"""

from __future__ import annotations

from html import escape

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from parsing import normalise
from tests.fuzz.mutations import ATTRIBUTES, SPECIAL, TAGS, URLS, Input
from tests.fuzz.trial import SECONDS, ask, limited

WORDS = normalise.words(
    "一、总体情况 二、主动公开政府信息情况 第二十条第（一）项 信息内容 本年制发件数 规章 0 3 — 总计 自然人 行政复议 结果维持 "
    "云棠市人民政府办公室 2023年1月18日 全年主动公开政府信息120条，办理申请3件。 首页 附件：年报.docx 【打印】 索引号："
)
text = st.one_of(st.sampled_from(sorted(WORDS)), st.sampled_from(SPECIAL), st.text(max_size=12)).map(escape)
span = st.sampled_from(["", "", "", " rowspan=2", " colspan=2", " rowspan=3 colspan=7", " rowspan=0", " colspan=99999"])


def _element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = st.lists(inner, max_size=5).map("".join)
    put = st.one_of(st.just(""), st.sampled_from(ATTRIBUTES).map(lambda put: f" {put}"))
    return st.one_of(
        st.tuples(st.sampled_from(sorted(TAGS)), put, parts).map(lambda of: f"<{of[0]}{of[1]}>{of[2]}</{of[0]}>"),
        _table(inner),
    )


def _table(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    cell = st.tuples(span, inner).map(lambda of: f"<td{of[0]}>{of[1]}</td>")
    row = st.lists(cell, max_size=8).map(lambda cells: f"<tr>{''.join(cells)}</tr>")
    return st.lists(row, max_size=8).map(lambda rows: f"<table>{''.join(rows)}</table>")


pages = st.recursive(text, _element, max_leaves=60).map(lambda body: f"<html><body>{body}</body></html>")
inputs = st.tuples(pages, st.sampled_from(("utf-8", "gb18030")), st.sampled_from(URLS))


def fuzz(run: int, count: int) -> str | None:
    """Reads `count` structures; the traceback with the smallest one that fails, or None."""

    @seed(run)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(inputs)
    def trial(each: tuple[str, str, str | None]) -> None:
        page, codec, url = each
        with limited(SECONDS):
            ask(Input(page.encode(codec, "replace"), {}, url), again=False)

    try:
        trial()
    except Exception as error:  # noqa: BLE001 - any exception is what is looked for; hypothesis notes its input in it
        return "\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", [])])
    return None
