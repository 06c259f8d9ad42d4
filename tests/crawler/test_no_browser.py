"""Where there is no Chromium, or none is needed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Field
from tests.crawler.scripted import list_url, path_of
from tests.evaluate import ROOT


def test_without_a_browser_each_page_is_a_problem_that_says_what_to_do(
    own: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANBAO_CHROMIUM", "/nowhere/chromium")
    name = own.farm.portals[-1].name
    outcome = own.crawl(name)
    assert outcome["exit"] == 1
    assert outcome[name]["verdict"] == "broken"
    assert "needs Chromium, and there is none" in outcome[name]["reason"]
    assert "`apt-get install chromium`" in outcome[name]["advice"]
    (problem, *_) = own.rows("SELECT * FROM problem WHERE kind = 'no_browser'")
    assert "/nowhere/chromium" in problem["got"]
    assert "apt-get install chromium" in problem["advice"]
    asked = [r.target for r in own.server.requests]
    assert path_of(list_url(own)) not in asked, "what cannot be drawn is not asked"


def test_a_browser_that_does_not_start_is_a_problem_too(own: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_CHROMIUM", shutil.which("false") or "/bin/false")
    name = own.farm.portals[-1].name
    assert own.crawl(name)["exit"] == 1
    (problem, *_) = own.rows("SELECT * FROM problem WHERE kind = 'no_browser'")
    assert "does not start" in problem["got"]


def test_a_crawl_without_scripted_portals_does_not_even_load_playwright(tmp_path: Path) -> None:
    code = (
        "import sys; from crawler import cli, browser, spider, runs, settings\n"
        "assert not [m for m in sys.modules if 'playwright' in m]"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
