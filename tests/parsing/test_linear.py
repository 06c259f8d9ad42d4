"""A page cannot make the reading slow: every pattern runs in linear time, and pages built to hurt are read in seconds.

Patterns are collected, not listed: those in the modules of the package and in their tables, and those that stand in
a call of `re` (a call whose pattern is made from local names is passed over).
"""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

import parsing
from parsing import clean, completeness, normalise, reading, rules, titles

SIZE = 20_000
BOUND = 0.5  # seconds of processor time for SIZE characters; the slowest pattern needs about a tenth of that
SLOWER = 12.0  # times longer for four times the text: 4 is linear, 16 quadratic
NOISE = 0.02  # seconds below which a ratio says nothing

# Patterns that only see short strings: where they stand, the longest string they get, and what sees to that.
CAPS: dict[str, tuple[int, str]] = {
    "parsing.titles": (titles.LONGEST, "classify and is_column_name cut titles"),
    "parsing.headline": (500, "tree.MAX_FACT cuts <title> and metas; other candidates are squeezed and end at 150"),
    "parsing.labels": (400, "facts() passes longer lines over"),
    "parsing.facts._NEIGHBOUR": (300, "neighbours() passes longer lines over"),
    "parsing.facts._SIGN_DATE": (150, "signature() passes longer lines over"),
    "parsing.facts.breadcrumb_line": (400, "longer lines are passed over"),
    "parsing.grid._span": (20, "the beginning of the attribute is enough"),
    "parsing.address._ENDING": (300, "the end of a path or a name is enough"),
    "parsing.genre.report_evidence": (1500, "looked for in the head of the text"),
    "parsing.organs._OFFICE": (90, "labelled values are shorter"),
    "parsing.organs.of_office": (90, "labelled values are shorter"),
    "parsing.organs.page_witnesses": (90, "labelled values are shorter"),
    "parsing.organs._ANNOUNCED": (1200, "looked for in the head of the text"),
    "parsing.statutory.bodies": (60, "names of bodies and sites"),
    "parsing.sharing.ENGINES": (120, "told() passes longer lines over, and hosts are shorter"),
    "parsing.clean._SIGNED": (rules.LONGEST, "short by its own bounds"),
}
# Where a pattern is made of names that only the function knows: one that it makes; None when the collection has them.
MADE: dict[str, re.Pattern[str] | None] = {
    "parsing.reading.own_address": reading.own_address("yuntang.com"),
    "parsing.rules.rule": None,
    "parsing.sharing._engine": None,
    "parsing.tampering._kind": None,
    "parsing.titles._p": None,
    "parsing.rules._either": None,  # the rules one after the other, each matched at the start
    "parsing.rules.Table.__init__": None,  # words, one after the other
    "parsing.statutory.bodies._in_full": re.compile("云棠市(?:人民政府|办事处|管理委员会|管委会)"),
}
UNITS = normalise.words(
    "1 2022年 2022年度 一 二〇 年 月 乡镇 市 人民政府 | < <a > / -> - . 。 、 , : ( ) a 1. // 政府信息公开 工作 报告 年报 "
    "根据 公布 <a/> 乡镇年 工作的2022年 年度 []"
)
BLANKS = (" ", "\n", " \n", "\t", "\u3000", "| ", ". ", "字\n", "字 \n ", "年 ")


def _inside(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list, set, frozenset)):
        for item in value:
            yield from _inside(item)
    elif isinstance(value, dict):
        yield from _inside(list(value.values()))


def _modules() -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(parsing.__path__, "parsing."):
        yield importlib.import_module(info.name)


def _calls(node: ast.AST, place: str) -> Iterator[tuple[str, ast.Call]]:
    """(module, class and function, call) of every call like re.search(…) below a node."""
    for child in ast.iter_child_nodes(node):
        inner = f"{place}.{child.name}" if isinstance(child, ast.FunctionDef | ast.ClassDef) else place
        called = ast.unparse(child.func) if isinstance(child, ast.Call) else ""
        if isinstance(child, ast.Call) and called.startswith("re.") and called != "re.escape" and child.args:
            yield inner, child
        yield from _calls(child, inner)


def _pattern_of(call: ast.Call, module: ModuleType) -> str | bytes | None:
    """The pattern that a call of re is given; None when it is made from names that only the function knows."""
    try:
        pattern = eval(ast.unparse(call.args[0]), dict(vars(module)))
    except NameError:
        return None
    return pattern if isinstance(pattern, str | bytes) else None


def _called(module: ModuleType) -> Iterator[tuple[str, re.Pattern[str]]]:
    """(name of the function, pattern) of every call like re.search(r"…", text) in a module."""
    for place, call in _calls(ast.parse(inspect.getsource(module)), ""):
        pattern = _pattern_of(call, module)
        if pattern is not None and place:
            begins = " (at the start)" if call.func.attr in ("match", "fullmatch") else ""  # type: ignore[attr-defined]
            yield place[1:] + begins, re.compile(pattern, re.I if "re.I" in ast.unparse(call) else 0)  # type: ignore[type-var]


def _start(name: str, source: str) -> str:
    """A module's own pattern that only .match and .fullmatch are asked of never looks further than the start."""
    ways = set(re.findall(rf"(?<![\w.]){name}\.(\w+)\(", source))
    return " (at the start)" if ways and ways <= {"match", "fullmatch"} else ""


def collected() -> dict[str, re.Pattern[str]]:
    """Name -> pattern, each pattern once."""
    found: dict[tuple[str | bytes, int], tuple[str, re.Pattern[str]]] = {}
    for rule in rules.RULES:
        found[rule.pattern.pattern, rule.pattern.flags] = (f"rule {rule.id}", rule.pattern)
    for module in _modules():
        source = inspect.getsource(module)
        named = [
            (name + _start(name, source), pattern) for name, value in vars(module).items() for pattern in _inside(value)
        ]
        for number, (name, pattern) in enumerate([*named, *_called(module)]):
            if name == "PIECES":
                continue  # below, by the function that asks them
            found.setdefault((pattern.pattern, pattern.flags), (f"{module.__name__}.{name} {number}", pattern))
    return dict(found.values()) | {place: pattern for place, pattern in MADE.items() if pattern is not None}


PATTERNS = collected()


def _cap(name: str) -> int:
    if name.startswith("rule "):
        return SIZE if name[5:] in rules.ANY_LENGTH else rules.LONGEST
    place = name.split(" ")[0]
    known = [key for key in CAPS if place == key or place.startswith(f"{key}.")]
    return CAPS[max(known, key=len)][0] if known else SIZE


def _units(pattern: re.Pattern[str]) -> list[str]:
    """What is repeated: the table above, and the pattern's own words, alone, in pairs and with a mark behind."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else str(pattern.pattern, "ascii")
    own = list(dict.fromkeys(re.findall(r"[一-鿿]+|[A-Za-z_]{2,}", source)))[:60]
    pairs = [a + b for a, b in itertools.pairwise(own)]
    marked = [word + mark for word in own[:12] for mark in (":", "|", "1", " ", "年")]
    return list(dict.fromkeys([*sorted(UNITS), *BLANKS, *own, *pairs, *marked]))


def _asked(name: str, pattern: re.Pattern[str]) -> Callable[[str], object]:
    """How the code asks it: a rule is matched against a line in comparing form, all else is searched."""
    ask = pattern.match if name.startswith("rule ") or "(at the start)" in name else pattern.search
    return (lambda text: ask(text.encode())) if isinstance(pattern.pattern, bytes) else ask  # type: ignore[arg-type]


def _seconds(ask: Callable[[str], object], text: str) -> float:
    begun = time.process_time()
    ask(text)
    return time.process_time() - begun


def _hostile(name: str, unit: str, size: int) -> str:
    text = (unit * (size // len(unit) + 1))[:size] + "\x01"
    return normalise.key(text) if name.startswith("rule ") else text


def _slowness(name: str, pattern: re.Pattern[str]) -> str | None:
    """Where a pattern takes too long, or longer than its text grows; None when it does nowhere."""
    ask = _asked(name, pattern)
    cap = _cap(name)
    for unit in _units(pattern):
        last = 0.0
        # Small ones first: an exponential pattern is caught before it hangs.
        for size in (24, 40, 150, 600, 5_000, SIZE):
            if size > cap and last:
                break
            took = _seconds(ask, _hostile(name, unit, min(size, cap)))
            if took >= BOUND:
                return f"{took:.2f} s for {min(size, cap)} characters of {unit!r}"
            if size == SIZE and took > NOISE:
                took = min(took, _seconds(ask, _hostile(name, unit, SIZE)))
                if took >= SLOWER * max(last, NOISE / 4):
                    return f"not linear on {unit!r}: {last:.4f} -> {took:.4f}"
            last = took
    return None


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_a_pattern_is_linear(name: str) -> None:
    assert _slowness(name, PATTERNS[name]) is None


@pytest.mark.timeout(60)
@pytest.mark.parametrize("pattern", [r"[^|]*公开", r"a.*1.*x"])
def test_the_test_can_fail(pattern: str) -> None:
    trials = (_slowness("somebody's rule", re.compile(pattern)) for _ in range(3))  # a busy machine blurs one
    assert any(said is not None for said in trials)


def test_every_cap_is_of_a_pattern_that_there_is() -> None:
    places = {name.split(" ")[0] for name in PATTERNS}
    assert all(any(place == cap or place.startswith(f"{cap}.") for place in places) for cap in CAPS)


def test_every_call_of_re_is_covered() -> None:
    """Every re.compile, re.search, … in the package has its pattern in the collection, or stands in a table here."""
    known = {pattern.pattern for pattern in PATTERNS.values()} | {piece.pattern.pattern for piece in rules.PIECES}
    missed = []
    for module in _modules():
        for place, call in _calls(ast.parse(inspect.getsource(module)), module.__name__):
            pattern = _pattern_of(call, module)
            if pattern not in known and (pattern is not None or place not in MADE):
                missed.append(f"{place}: {ast.unparse(call)[:80]}")
    assert missed == []


def test_the_collection_knows_the_tables() -> None:
    assert len(PATTERNS) > 200
    assert {f"rule {rule.id}" for rule in rules.RULES} <= set(PATTERNS)


@pytest.mark.parametrize(
    "title",
    [
        "信息公开" + "工作的2022年" * 40,
        "年度" * 150 + "x信息公开年报",
        "政务公开" + "2022年度" * 60,
        "(" * 300,
        "信息公开2022年" * 40,
    ],
    ids=lambda title: title[:8],
)
def test_a_hostile_title_is_classified_at_once(title: str) -> None:
    assert _seconds(titles.classify, title) < 0.1
    assert _seconds(titles.is_column_name, title) < 0.1


@pytest.mark.parametrize(
    "unit", ["|", "| ", " |", "|  ", "\t", "字(a)", "字(", "。 ", "。 1", "|" * 24 + " ", "|" * 24 + "x"]
)
def test_injected_pieces_are_found_in_linear_time(unit: str) -> None:
    for text in ("x" + unit * 20_000, unit * 20_000 + "x", "x|" + " " * 100_000 + unit * 20_000):
        assert _seconds(lambda line: clean.without_pieces([clean.Line(line)], docshare=True), text) < BOUND


def test_runs_of_blanks_are_joined_in_one_go() -> None:
    assert _seconds(normalise.tidy, "\n" + "  " * 1_000_000 + "x") < 0.5
    assert _seconds(normalise.tidy, "字" + "\n " * 1_000_000 + "x") < 0.5


REPORT = (
    "<h1>云棠市2022年政府信息公开工作年度报告</h1><p>一、总体情况</p><p>全年主动公开政府信息12条，按时答复申请人。</p>"
)
HOSTILE: dict[str, Callable[[], str]] = {
    "title of 2 MB": lambda: f"<title>{'标 题-' * 500_000}</title>{REPORT}",
    "title of blanks": lambda: f"<title>x{'  ' * 1_000_000}x</title>{REPORT}",
    "meta of 2 MB": lambda: f"<meta name=ArticleTitle content='{'- ' * 1_000_000}'>{REPORT}",
    "100k nested div": lambda: "<div class=title>" * 100_000 + REPORT,
    "100k nested div with text": lambda: "<div>字，" * 100_000 + REPORT,
    "100k nested span": lambda: "<span class=info>" * 100_000 + REPORT,
    "20k nested tables": lambda: "<table><tr><td>a<td>" * 20_000 + REPORT,
    "200k cells": lambda: REPORT + "<table>" + f"<tr>{'<td>1</td>' * 200}</tr>" * 1000 + "</table>",
    "100k cells in one row": lambda: REPORT + "<table><tr>" + "<td>1</td>" * 100_000 + "</tr></table>",
    "100k spans": lambda: REPORT + "<table>" + "<tr><td rowspan=60 colspan=60>1<td>2" * 50_000 + "</table>",
    "one line of 5 MB": lambda: f"{REPORT}<p>{'政府信息公开工作，' * 190_000}</p>",
    "one line of 5 MB, no sentence": lambda: f"<html><body><p>{'根据2022年公布附件' * 190_000}</p>",
    "50k links": lambda: REPORT + "<a href='/a/1.html'>2022年政府信息公开年报</a>" * 50_000,
    "50k files": lambda: REPORT + "".join(f"<a href='/a/{n}.pdf'>位置{n}.pdf</a>" for n in range(50_000)),
    "50k places": lambda: REPORT + "<span class=position>位置</span>" * 50_000,
    "5 MB of <": lambda: "<html><body>" + "<" * 5_000_000,
    "3 MB of &nbsp;": lambda: f"{REPORT}<p>x{'&nbsp;' * 500_000}x</p>",
    "3 MB of pipes": lambda: f"<html><body>{REPORT}<p>x{'|' * 3_000_000}x</p><p>{'| ' * 100_000}</p>",
    "100k lines alike": lambda: f"<html><body>{'<p>- 社会发展</p>' * 100_000}{REPORT}",
    "30k lines twice": lambda: (
        "<html><body>" + "<p>全年主动公开政府信息十二条，按时答复申请人。</p><p>另一行，与前一行不同。</p>" * 15_000
    ),
    "a list of lines twice": lambda: (
        "<html><body>"
        + "".join(
            f"<p>全年主动公开政府信息十二条，按时答复申请人。</p><p>第{n}行，与前一行不同。</p>" for n in range(15_000)
        )
    ),
    "half tags": lambda: "<html><body>" + "<body " * 500_000 + "<iframe src='" * 100_000,
    "plain text": lambda: "政府信息公开工作年度报告\n" + "- 公开\n" * 200_000 + "根据" * 500_000 + "|" * 500_000 + "x",
    "plain text of blanks": lambda: "年报\n" + "\u200b\n" * 200_000 + " " * 1_000_000 + "x\n" + "| " * 300_000 + "x",
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_read_in_seconds(name: str) -> None:
    content = HOSTILE[name]().encode()
    begun = time.process_time()
    parsing.read(content, {}, "http://www.yuntang.test/a.html")
    assert time.process_time() - begun < 10


def test_sentences_left_out_are_counted_in_a_time_that_does_not_depend_on_the_text() -> None:
    text = "".join(f"{'依照条例编写的很长的一句话，' * 10_000}第{n}句到此结束。" for n in range(20))
    many = "".join(f"第{n}句写在菜单里，和正文一点关系都没有。" for n in range(10_000))
    begun = time.process_time()
    assert completeness.left_out(f"<nav>{many}</nav><p>{text}</p>", text, []) == 10_000
    assert time.process_time() - begun < 4 * BOUND
