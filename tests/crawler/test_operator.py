"""What a new operator stumbled over, on a little portal with a gap, a file, a report at two addresses, and short names."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from scrapy.exceptions import CannotResolveHostError
from scrapy.settings import Settings

from crawler import show_portals, status
from crawler.advice import ADVICE
from crawler.checking import Check
from crawler.handover import Reading, whose
from crawler.listed import count
from crawler.loader import PatientLoader
from crawler.runs import UnknownSpiderError, choose
from crawler.verdict import Case, Expect, Tally, judge
from crawler.words import kind_of, plain
from parsing.document import Document
from parsing.report import Report
from tests.evaluate import ROOT

TEXT = """<html><head><meta name="SiteName" content="青垣区人民政府"><title>{title}</title></head><body><div id="zoom">
<h1>{title}</h1><h3>一、总体情况</h3><p>{said}</p><h3>二、主动公开政府信息情况</h3><p>公开规章0件。</p>
<h3>三、收到和处理政府信息公开申请情况</h3><p>没有收到申请。</p><h3>四、政府信息公开行政复议、行政诉讼情况</h3><p>未发生。</p>
</div></body></html>"""
ROWS = (  # address, title, what its text says; no year 2021
    ("2019.html", "青垣区人民政府2019年政府信息公开工作年度报告", "本年度公开信息19条。"),
    ("2020.html", "青垣区人民政府2020年政府信息公开工作年度报告", "本年度公开信息20条。"),
    ("again.html", "青垣区人民政府2020年政府信息公开工作年度报告", "本年度公开信息二十条。"),
    ("2022.pdf", "青垣区人民政府2022年政府信息公开工作年度报告", ""),
    ("tj2022.html", "区统计局2022年政府信息公开工作年度报告", "统计局公开信息22条。"),
    ("tj2023.html", "青垣区统计局2023年政府信息公开工作年度报告", "统计局公开信息23条。"),
    ("own.html", "2023年政府信息公开工作年度报告", "青垣区人民政府公开信息23条。"),
)
REPORTS = len(ROWS) - 1


@dataclass
class Operator:
    """A data folder and a folder of spiders with a space in their names, after `add`, `check` and `crawl`."""

    data: Path
    spiders: Path
    added: str
    checked: Any

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return nianbao(*words, "--data", str(self.data), "--spiders", str(self.spiders), **more)


def nianbao(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`nianbao WORDS` at 80 columns, as on a terminal of its own."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("NIANBAO", "SCRAPY"))}
    env |= {"COLUMNS": "80", "NIANBAO_ALLOW_PRIVATE_HOSTS": "127.0.0.1", "NIANBAO_DELAY_FLOOR": "0"} | more
    command = [sys.executable, "-m", "crawler.cli", *words]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    scratch = tmp_path_factory.mktemp("an operator")
    column = scratch / "www" / "gknb"
    column.mkdir(parents=True)
    home = '<meta name="SiteName" content="青垣区人民政府"><a href="/gknb/">政府信息公开年报</a>'
    (column.parent / "index.html").write_text(home, encoding="utf-8")
    for file, title, said in ROWS:
        made = TEXT.format(title=title, said=said) if said else "%PDF-1.4\n%%EOF\n"
        (column / file).write_text(made, encoding="utf-8")
    rows = "".join(f'<li><a href="{file}">{title}</a><span>2024-01-20</span></li>' for file, title, _ in ROWS)
    (column / "index.html").write_text(f"<html><body><ul>{rows}</ul></body></html>", encoding="utf-8")
    handler = partial(SimpleHTTPRequestHandler, directory=str(column.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made = Operator(scratch / "the data", scratch / "my spiders", "", None)
        where = ("--name", "qingyuan", "--into", str(made.spiders), "--data", str(made.data))
        done = nianbao("add", f"127.0.0.1:{server.server_port}", *where)
        assert done.returncode == 0, done.stdout + done.stderr
        made.added = done.stdout
        made.checked = json.loads(made.run("check", "qingyuan", "--json").stdout)[0]
        done = made.run("crawl", "qingyuan")
        assert "1 page in files that cannot be read" in done.stdout, done.stdout + done.stderr
        server.shutdown()
    return made


def test_the_grid_shows_files_and_years_without_a_report(operator: Operator) -> None:
    shown = operator.run("status", "qingyuan").stdout.splitlines()
    head = next(line for line in shown if line.startswith("body"))
    last = status.columns([{"report_year": 2019}], datetime.now(UTC))[-1]
    assert head.split()[1:] == [f"{year % 100:02d}" for year in range(2019, last + 1)]
    marks = {line.split()[0]: line.split()[1:6] for line in shown if line[-2:].strip() in ("●", "·")}
    assert marks["青垣区人民政府"] == ["●", "●", "·", "◐", "●"]
    assert marks["青垣区统计局"] == ["·", "·", "·", "●", "●"], "the same body, with and without its place's name"
    assert len(marks) == 2
    assert "\n青垣区统计局" in operator.added
    assert "\n区统计局" not in operator.added, "a probe knows the place, too"
    page = (operator.data / "reports" / "latest.html").read_text(encoding="utf-8")
    row = page[page.index("<tr><th>青垣区人民政府<td") :]
    assert re.findall("<td class=(.)>", row)[:5] == list("ppnap")


def test_what_the_last_good_run_listed_and_a_later_one_did_not_is_named(operator: Operator) -> None:
    with status.reading(operator.data) as catalogue:
        (row,) = status.portals(catalogue, {})
        lost = status.unlisted(catalogue, {"id": "a run that listed nothing"}, row["good"])
        assert status.unlisted(catalogue, row["run"], row["good"]) == []
    assert {each["organ"]: each["years"] for each in lost} == {
        "青垣区人民政府": "2019, 2020, 2022, 2023",
        "青垣区统计局": "2022, 2023",
    }


def test_a_report_at_two_addresses_counts_once(operator: Operator) -> None:
    assert f"reports     {REPORTS} at {len(ROWS)} addresses" in operator.added
    assert f"expect     seen: {REPORTS} reports" in operator.added
    (row,) = json.loads(operator.run("status", "qingyuan", "--json").stdout)["portals"]
    assert row["run"]["reports"] == REPORTS


def test_check_before_the_first_crawl_compares_what_the_sample_knew(operator: Operator) -> None:
    seen = {name: operator.checked[name] for name in ("before", "now", "added", "removed", "changed", "missing")}
    assert seen == {"before": REPORTS, "now": REPORTS, "added": [], "removed": [], "changed": [], "missing": []}


def test_what_expect_refuses_is_not_accepted_unless_it_is_proposed_anew(operator: Operator) -> None:
    module = operator.spiders / "qingyuan.py"
    proposed = module.read_text(encoding="utf-8")
    module.write_text(
        re.sub(r"Expect\(.*\)", "Expect(reports=(30, None), years=(2010, 2023))", proposed), encoding="utf-8"
    )
    asked = module.read_text(encoding="utf-8")
    done = operator.run("check", "qingyuan", "--accept")
    assert (done.returncode, module.read_text(encoding="utf-8")) == (1, asked)
    assert re.search(r"qingyuan +refused", done.stdout)
    assert f"{REPORTS} reports listed, the spider expects at least 30; no report for 2010. → " in done.stdout
    done = operator.run("check", "qingyuan", "--accept", "--expect")
    assert done.returncode == 0, done.stdout + done.stderr
    today = date.today().isoformat()
    assert module.read_text(encoding="utf-8") == proposed.replace('reviewed = "never"', f'reviewed = "{today}"')


def test_what_is_broken_says_why_and_is_not_accepted(operator: Operator) -> None:
    """The server is gone."""
    source = (operator.spiders / "qingyuan.py").read_text(encoding="utf-8")
    done = operator.run("check", "qingyuan", "--live", "--accept")
    assert "qingyuan: broken: the home page could not be had: " in done.stdout
    assert "qingyuan is not accepted" in done.stdout
    assert (done.returncode, (operator.spiders / "qingyuan.py").read_text(encoding="utf-8")) == (1, source)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("http://127.0.0.1/gknb", "the address of qingyuan"),
        ("qinyuan", "you mean qingyuan"),
        ("x", "NIANBAO_SPIDERS or"),
    ],
)
def test_who_writes_no_spiders_name_is_told_what_may_be_meant(operator: Operator, name: str, meant: str) -> None:
    loader = PatientLoader(Settings({"SPIDER_MODULES": [], "SPIDER_FOLDERS": [str(operator.spiders)]}))
    with pytest.raises(UnknownSpiderError, match=meant):
        choose(loader, [name], False)


def test_a_copied_hint_works_as_it_is(operator: Operator) -> None:
    """The server is gone: the portal is broken, and says so in the terminal and in the report."""
    done = operator.run("crawl", "qingyuan")
    assert done.returncode == 1
    page = (operator.data / "reports" / "latest.html").read_text(encoding="utf-8")
    hints = re.findall("`(nianbao [^`]*)`", done.stdout) + re.findall("<code>(nianbao [^<]*)</code>", page)
    hints = [hint.replace("&#x27;", "'") for hint in hints]
    assert len(hints) > 1
    for hint in set(hints):
        words = shlex.split(hint)
        assert words[words.index("--data") + 1] == str(operator.data)
        assert words[words.index("--spiders") + 1] == str(operator.spiders)
    assert nianbao(*shlex.split(hints[0])[1:]).returncode == 1, "not 2: it could be tried"


@pytest.mark.parametrize("words", [("status", "qingyuan"), ("status",), ("check", "qingyuan")])
def test_tables_cut_nothing_off_at_80_columns(operator: Operator, words: tuple[str, ...]) -> None:
    assert "…" not in operator.run(*words).stdout


@pytest.mark.parametrize(
    ("live", "words"),
    [
        (False, "today's code over the archived pages (7 requests, none of which left this machine)"),
        (True, "2 live portals, asked just now with 7 requests"),
    ],
)
def test_a_check_says_what_was_compared_with_what(live: bool, words: str) -> None:
    done = [Check("a", "20261122T1-a", live, requests=3), Check("b", "20261120T1-b", live, requests=4)]
    out = Console(file=StringIO(), width=80)
    show_portals.checks(out, [*done, Check("c", live=live, error="no run")], str)
    head = out.file.getvalue().splitlines()[0]  # type: ignore[attr-defined]
    assert head == f"Compared: {words}, against the runs of 2026-11-20 to 2026-11-22."
    out = Console(file=StringIO(), width=80)
    show_portals.checks(out, [Check("a", "20261122T183433796811Z-a", live)], str)
    head = out.file.getvalue().splitlines()[0]  # type: ignore[attr-defined]
    assert head.endswith("against the run of 2026-11-22 18:34 UTC.")


@pytest.mark.parametrize(
    ("variable", "words"), [("NIANBAO_SPIDERS", ("status",)), ("NIANBAO_CHROMIUM", ("probe", "127.0.0.1:9"))]
)
def test_a_variable_that_names_nothing_is_an_error_with_a_name(tmp_path: Path, variable: str, words: Any) -> None:
    nothing = str(tmp_path / "nothing")
    done = nianbao(*words, "--data", str(tmp_path), **{variable: nothing})
    assert done.returncode == 2
    for what in (nothing, variable, "expected", "unset it"):
        assert what in done.stderr


def test_a_private_address_is_refused_in_one_sentence(tmp_path: Path) -> None:
    said = nianbao("probe", "127.0.0.2:9", "--data", str(tmp_path)).stdout
    reason = (
        "not asked: 127.0.0.2, an address of this machine or of a private network. → If it is yours to crawl, name it"
    )
    assert f"is broken: {reason} in NIANBAO_ALLOW_PRIVATE_HOSTS" in said


def test_a_name_without_an_address_is_told_in_one_sentence() -> None:
    error = CannotResolveHostError("DNS lookup failed: no results for hostname lookup: www.x.gov.cn.")
    verdict = judge(Case("x", Tally(home_kind=kind_of(error), home_problem=plain(error)), Expect(), None))
    assert verdict.reason == "not found: www.x.gov.cn, a name for which DNS has no address"
    assert "spelled right" in verdict.advice
    assert "spelled right" in ADVICE[kind_of(error)]


def test_years_before_the_law_stand_by_themselves() -> None:
    cells = [{"report_year": year} for year in (1949, 2008, 2010, None)]
    assert status.columns(cells, datetime(2011, 3, 31, tzinfo=UTC)) == [1949, 2008, 2009, 2010]
    assert status.columns(cells, datetime(2013, 4, 1, tzinfo=UTC)) == [1949, *range(2008, 2013)]
    assert status.columns(cells[:1], datetime(2013, 4, 1, tzinfo=UTC)) == [1949]


@pytest.mark.parametrize(
    ("page", "listed", "whole"),
    [
        ("市统计局", "菱榭市统计局", "菱榭市统计局"),
        ("市统计局", "楚雄州统计局", "市统计局"),
        ("菱榭市统计局", "岚江省菱榭市统计局", "菱榭市统计局"),
        ("柳湾镇人民政府", "菱榭市柳湾镇人民政府", "柳湾镇人民政府"),
        (None, "菱榭市统计局", "菱榭市统计局"),
    ],
)
def test_a_short_name_is_completed_by_the_same_bodys_only(page: str | None, listed: str, whole: str) -> None:
    document = Document.model_construct()
    assert whose(Reading(document, Report(organ=page), {}, []), listed, 2020) == (whole, 2020)


def test_reports_that_nobody_names_are_not_taken_for_one() -> None:
    row = {
        "organ": "菱榭市人民政府",
        "year": 2020,
        "found_by": "政府信息公开年报",
        "title": "2020年政府信息公开工作年度报告",
    }
    assert count([row | {"url": "http://h/1"}, row | {"url": "http://h/2"}]) == 2
    named = row | {"title": "菱榭市人民政府2020年政府信息公开工作年度报告"}
    assert count([named | {"url": "http://h/1"}, named | {"url": "http://h/2"}]) == 1
