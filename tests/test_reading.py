"""Reading held against the truth: the farm in every skin, the labelled real pages; and what measures it can fail."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from parsing import read
from tests.parsing.shared import PAGES, SHARED, WHY
from tests.reading.__main__ import BARS, REAL_BARS, Score
from tests.reading.gold import gold_text
from tests.reading.measure import boilerplate, characters, left_in, number_rows, rows_intact
from tests.reading.samples import Sample, farm_samples, folder_samples

LABELS = Path(__file__).parent / "reading" / "real.jsonl"


def score(samples: list[Sample]) -> Score:
    mine = Score(seconds=1.0)
    for sample in samples:
        page = sample.content.decode(sample.charset, "replace")
        text = read(sample.content, sample.headers, sample.url).text
        mine.add(sample, text, number_rows(sample.truth), boilerplate(page, sample.truth, sample.title))
    return mine


def test_the_farm_in_every_skin() -> None:
    found = score(list(farm_samples([41], 1)))
    figures = found.figures()
    assert figures["F1 mean"] >= BARS["F1 mean"], found.losses
    assert figures["F1 min"] >= BARS["F1 min"], found.losses
    assert figures["rows"] == BARS["rows"], found.losses
    assert figures["left"] <= BARS["left"], found.losses
    assert found.rows_there > 1500
    assert found.phrases > 1500


@pytest.mark.skipif(not PAGES, reason=WHY)
def test_the_real_pages() -> None:
    found = score(list(folder_samples(SHARED / "real" / "html", LABELS)))
    figures = found.figures()
    assert len(found.f1) == 12
    assert figures["F1 mean"] >= REAL_BARS["F1 mean"], found.losses
    assert figures["F1 min"] >= REAL_BARS["F1 min"], found.losses
    assert figures["rows"] == 1.0, found.losses
    assert figures["left"] == 0.0, found.losses


@pytest.mark.skipif(not PAGES, reason=WHY)
def test_a_label_knows_its_page() -> None:
    label = json.loads(LABELS.read_text(encoding="utf-8").splitlines()[0])
    page = (SHARED / "real" / "html" / label["page"]).read_text(encoding="utf-8")
    assert gold_text(page, label)
    with pytest.raises(ValueError, match="is it the same page"):
        gold_text(page.replace("2018", "2019"), label)
    with pytest.raises(ValueError, match="expected XPath"):
        gold_text("<p>other</p>", label)


def test_characters() -> None:
    assert characters("标题\n甲乙丙丁", "甲乙丙丁", "标题") == (1.0, 1.0, 1.0)
    assert characters("甲乙", "甲乙丙丁") == (1.0, 0.5, pytest.approx(2 / 3))
    assert characters("甲乙丙丁戊己", "甲乙丙丁").precision == pytest.approx(2 / 3)
    assert characters("", "甲").f1 == 0.0


TRUTH = "一、总体情况\n规章 | 1 | 12 | 3\n许可 | 1 | 1\n许可 | 1 | 1\n结果 | 维持"


@pytest.mark.parametrize(
    ("text", "intact"),
    [
        (TRUTH, 3),
        ("规章\n1\n12\n3\n许可\n1\n1\n许可\t1\t1", 3),  # a cell a line, as some readers have it
        ("规章 | 12 | 1 | 3\n许可 | 1 | 1", 1),  # the order is wrong; one of two alike
        ("规章1123\n许可 11\n许可 1 1", 1),  # numbers run together
        ("1 | 12 | 3\n | 1 | 1", 0),  # without labels
        ("规章 | 1 | 12 | 34", 0),  # a digit more
    ],
)
def test_rows_intact(text: str, intact: int) -> None:
    rows = number_rows(TRUTH)
    assert rows == Counter({("规章", "1", "12", "3"): 1, ("许可", "1", "1"): 2})
    assert rows_intact(text, rows) == intact


def test_boilerplate_is_what_the_truth_does_not_hold() -> None:
    page = (
        "<title>年度报告</title><a>政务公开首页</a><p>本年公开信息<b>218</b>条。</p>"
        "<script>var 变量甲乙;</script><i>打印本页</i><i>1234</i>"
    )
    phrases = boilerplate(page, "本年公开信息218条。")
    assert phrases == {"政务公开首页", "打印本页"}
    assert left_in("本年公开信息218条。 打印 本页", phrases) == {"打印本页"}
