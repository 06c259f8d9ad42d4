"""The ready-to-use parts of docs/scheduled-crawls.md are what their programs take."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler import metrics
from crawler.cli import main
from crawler.report import WORST_FIRST

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "scheduled-crawls.md").read_text(encoding="utf-8")
UNITS = dict(re.findall(r"`/etc/systemd/system/(nianbao\.\w+)`:\n\n```ini\n(.*?)```", TEXT, re.S))
CRON = re.findall(r"```cron\n(.*?)```", TEXT, re.S)


def test_there_are_a_service_and_a_timer() -> None:
    assert sorted(UNITS) == ["nianbao.service", "nianbao.timer"]
    for unit in UNITS.values():
        parsed = configparser.ConfigParser(interpolation=None)
        parsed.optionxform = str  # type: ignore[assignment,method-assign]
        parsed.read_string(unit)
        assert "Unit" in parsed


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on the PATH")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for name, unit in UNITS.items():
        unit = re.sub(r"/srv/nianbao/\.venv/bin/nianbao", shutil.which("true") or "/bin/true", unit)
        (tmp_path / name).write_text(unit.replace("User=nianbao", "User=root"))
    files = [str(tmp_path / name) for name in sorted(UNITS)]
    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False)
    told = [line for line in done.stderr.splitlines() if "nianbao" in line]
    assert told == [], done.stderr
    assert done.returncode == 0 or "nianbao" not in done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on the PATH")
def test_the_timer_fires_each_night() -> None:
    (when,) = re.findall(r"^OnCalendar=(.*)$", UNITS["nianbao.timer"], re.M)
    done = subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_command_in_the_page_is_one() -> None:
    lines = re.findall(r"(?:^    |ExecStart=\S*/|\.venv/bin/)nianbao (crawl [^`\n]*)", TEXT, re.M)
    assert len(lines) >= 6
    for line in lines:
        words = shlex.split(re.split(r"  |>>", line)[0])
        options = {word for word in words if word.startswith("--")}
        shown = CliRunner().invoke(main, ["crawl", "--help"]).output
        assert all(option in shown for option in options), line
    for lines in CRON:
        for line in lines.strip().splitlines():
            assert re.fullmatch(r"[A-Z_]+=\S+|(?:[\d*/,-]+ ){5}\S.*", line), line


def test_every_metric_is_documented() -> None:
    portal = dict.fromkeys(("reports", "documents", "requests", "bytes"), 1) | {
        "name": "qinghe", "verdict": "ok", "last_run": "2026-11-22T03:00:00Z", "last_good": None,
    }  # fmt: skip
    made = {
        "portals": [portal],
        "totals": dict.fromkeys(("crawled", "new_documents", "changed", "disappeared"), 1),
        "seconds": 1.0,
        "finished_at": "2026-11-22T03:00:00+00:00",
    }
    text = metrics.render(made)
    assert text.count("nianbao_verdict{") == len(WORST_FIRST)
    assert set(re.findall(r"# TYPE (\w+)", text)) == set(re.findall(r"`(nianbao_\w+)`", TEXT)) | set()
