"""A page cannot make the platforms slow: every pattern of theirs answers in time on text that is made to hurt it."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator

import pytest

import crawler.answers
import crawler.dialects
import spiders.platforms

from .test_platforms import CLASSES

SIZE = 20_000
BOUND = 1.0  # seconds of processor time for SIZE characters; the slowest pattern needs about a fifth of that
UNITS = [
    "=", "'", '"', "/", "<", "<a ", '<a href="', "<div class=", "<div class='x ", "{a:", "jpage({a:'", "createPageHTML(",
    "createPageHTML(1,", "<h3>2023年", "<b id=2023 ", "id='pages'>AAAA", "queryData={", "_CONFIG={", "/20240101/", "list.jsp?a=",
    "1", " ", "a=b/c=d", "__doPostBack('a','", "{labelName:'publicInfoList',", "<record><![CDATA[", "$.ajax({", "<div data-url=",
    "var countPage=3;'index_'+", "x.asp?id=", "{id:'001008',",
]  # fmt: skip


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for cls in CLASSES.values():
        for number, fingerprint in enumerate(cls.fingerprints):
            yield f"{cls.platform}[{number}]", fingerprint.compiled
    names = [f"spiders.platforms.{each.name}" for each in pkgutil.iter_modules(spiders.platforms.__path__)]
    for module in [*map(importlib.import_module, names), crawler.answers, crawler.dialects, crawler.targets]:
        for name, value in vars(module).items():
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, re.Pattern):
                    yield f"{module.__name__}.{name}", each


@pytest.mark.parametrize("unit", UNITS)
def test_no_pattern_is_slow(unit: str) -> None:
    text = unit * (SIZE // len(unit))
    slow = []
    for name, pattern in dict(patterns()).items():
        before = time.process_time()
        pattern.search(text)
        if (spent := time.process_time() - before) > BOUND:
            slow.append(f"{name}: {spent:.1f} s")
    assert not slow
