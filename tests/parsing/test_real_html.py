"""Saved pages of real portals: reading never fails, is the same twice, and finds what a person sees there."""

from __future__ import annotations

from pathlib import Path

import pytest

from parsing import read
from parsing.document import DocType
from parsing.statutory import parse
from tests.parsing.shared import PAGES, SHARED, WHY

pytestmark = pytest.mark.skipif(not PAGES, reason=WHY)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_reads_without_failing_and_the_same_twice(page: Path) -> None:
    content = page.read_bytes()
    document = read(content)
    assert document == read(content)
    assert document.media_type == "text/html"
    parse(document)


@pytest.mark.parametrize(
    ("name", "site_code", "published"),
    [
        ("bayannur_2022_trs", "1508000002", "2022-02-11"),
        ("neimenggu_2022_trs", "1500000001", "2022-02-11"),
        ("pingtan_2023_annual_report", "3590000001", "2024-03-08"),
        ("zhejiang_fgw_2016_hanweb", "3300000020", "2016-11-22"),
        ("nfra_2024_rendered", "bm55000001", "2024-07-12"),
        ("university_vsb", None, "2018-05-17"),
    ],
)
def test_metadata(name: str, site_code: str | None, published: str) -> None:
    document = read((SHARED / "real" / "html" / f"{name}.html").read_bytes())
    assert document.site_id_code == site_code
    assert document.publication_date == published
    assert document.text_status == "full"


@pytest.mark.parametrize(
    ("name", "year"), [("pingtan_2023_annual_report", 2023), ("shanghai_2019_annual_report", 2019)]
)
def test_reports(name: str, year: int) -> None:
    document = read((SHARED / "real" / "html" / f"{name}.html").read_bytes())
    assert document.doc_type is DocType.annual_report
    assert parse(document).report_year == year
    tables = [block.rows for block in document.blocks if block.rows]
    assert len(tables) >= 3
    assert len(tables[-1][-1]) == 15  # table 4 has 15 values in its last row (domain.md 1.5)


def test_a_list_of_reports_is_not_a_report() -> None:
    document = read((SHARED / "real" / "html" / "pingtan_report_list.html").read_bytes())
    assert document.doc_type is DocType.other
