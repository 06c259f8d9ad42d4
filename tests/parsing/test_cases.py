"""The five real documents: every body line kept, every noise line dropped, every expected field."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from parsing import read
from parsing.statutory import parse
from tests.parsing.shared import CASES, WHY, expected, lines

pytestmark = pytest.mark.skipif(not CASES, reason=WHY)
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@every_case
def test_keeps_the_body_and_drops_the_noise(case: Path) -> None:
    kept = Counter(line.strip() for line in read((case / "input.txt").read_bytes()).text.split("\n"))
    body = Counter(lines(case / "body.txt"))
    assert not body - kept
    assert not [line for line in lines(case / "noise.txt") if kept[line] > body[line]]


@every_case
def test_fields(case: Path) -> None:
    document = read((case / "input.txt").read_bytes())
    report = parse(document)
    wanted = expected(case)
    for part, found in (("document", document), ("report", report), ("links", document.links)):
        got = found.model_dump(mode="json")
        assert {name: got[name] for name in wanted.get(part, {})} == wanted.get(part, {})


@every_case
def test_every_removal_names_its_rule(case: Path) -> None:
    document = read((case / "input.txt").read_bytes())
    noise = set(lines(case / "noise.txt"))
    assert noise <= {removal.text for removal in document.removed}
    assert all(removal.rule for removal in document.removed)


def test_excerpts_of_real_pages() -> None:
    """Agreement with a person's labels on the 26 excerpts;
    the floor is what was reached when this was written, less one.
    """
    from tests.parsing.shared import SHARED, labels

    hits: Counter[str] = Counter()
    for label in labels():
        text = (SHARED / "real" / "text" / label["file"]).read_text(encoding="utf-8").split("\n", 1)[1]
        document = read(text.encode(), None, label["url"])
        report = parse(document)
        is_report = document.doc_type.value in ("annual_report", "self_check", "statistics_table")
        hits["is_report"] += is_report == label["is_report"]
        hits["title"] += document.title in [label["title"], *label["title_accept"]]
        hits["organ"] += not label["is_report"] or report.organ in [label["organ"], *label["organ_accept"]]
        hits["year"] += not label["is_report"] or report.report_year == label["report_year"]
        hits["noise"] += not any(noise in document.text.split("\n") for noise in label["noise_lines"])
    assert hits["is_report"] >= 25
    assert hits["title"] >= 25
    assert hits["organ"] >= 23
    assert hits["year"] >= 25
    assert hits["noise"] >= 25
