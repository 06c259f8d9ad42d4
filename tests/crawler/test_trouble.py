"""Wrong input and bad days: each ends in a clear word, the right verdict and a true exit code, and loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Field
from tests.evaluate import ROOT, environment, handed_over


def test_an_unknown_spider_is_named_with_the_nearest(field: Field) -> None:
    known = field.farm.portals[0].name
    done = field.run("crawl", known + "x")
    assert done.returncode == 2
    assert known in done.stderr
    assert "Did you mean" in done.stderr
    assert not field.data.exists()


def test_names_with_brackets_are_no_markup(field: Field) -> None:
    done = field.run("crawl", "[/x]")
    assert done.returncode == 2
    assert "[/x]: expected the name of a spider" in done.stderr


def test_nothing_named_is_a_question_not_a_crawl(field: Field) -> None:
    done = field.run("crawl")
    assert done.returncode == 2
    assert "--all" in done.stderr


@pytest.mark.parametrize(
    ("how", "verdict", "words"),
    [
        ("unreachable", "broken", "home page"),
        ("server_error", "broken", "home page"),
        ("empty_list", "empty", "no report"),
        ("dead_links", "degraded", "missing"),
        ("challenge", "blocked", "no machine"),
        ("moved_column", "ok", "reports listed"),
    ],
)
def test_a_bad_day_of_a_portal(field: Field, how: str, verdict: str, words: str) -> None:
    name = field.name("ucap")
    field.farm.break_portal(name, how)
    outcomes = field.crawl(name)
    assert (outcomes[name]["verdict"], outcomes["exit"]) == (verdict, 0 if verdict == "ok" else 1)
    assert words in outcomes[name]["reason"]
    if verdict != "ok":
        assert name in outcomes[name]["advice"] or "browser" in outcomes[name]["advice"]
        assert all(p["advice"] and p["expected"] and p["got"] for p in outcomes[name]["problems"])
    field.farm.mend_portal(name)
    moved_back = how == "moved_column"  # which is a move as well, from where the good run had found it
    assert field.crawl(name)["exit"] == moved_back


def test_one_broken_portal_does_not_cost_the_others(field: Field) -> None:
    broken = field.name("vsb")
    field.farm.break_portal(broken, "unreachable")
    outcomes = field.crawl("--all")
    assert outcomes.pop("exit") == 1
    assert {name for name, o in outcomes.items() if o["verdict"] != "ok"} == {broken}


def test_half_the_reports_gone_is_no_good_run(crawled: Field) -> None:
    portal = next(p for p in crawled.farm.portals if p.validators)
    for report in portal.reports[::2]:
        report.withdrawn = True
    crawled.farm._forget(portal.name, rebuild=True)
    outcome = crawled.crawl(portal.name)[portal.name]
    assert outcome["verdict"] == "degraded"
    assert crawled.rows("SELECT id FROM document WHERE gone_since IS NOT NULL") == [], "a broken list withdraws nothing"


RAISING = """
from tests.portals.spiders import *
from tests.portals.spiders import _farm, spider_for

class Raising(spider_for(_farm.portals[0])):
    name = "raising"
    def parse_list(self, response, trail):
        raise KeyError("a callback with a mistake in it")

class Quiet(spider_for(_farm.portals[0])):
    name = "quiet"
    def start_requests(self):
        return []
    async def start(self):
        raise RuntimeError("start has a mistake in it")
        yield
"""


def with_spiders(field: Field, tmp_path: Path, source: str) -> dict[str, str]:
    (tmp_path / "otherspiders.py").write_text(source)
    (tmp_path / "othersettings.py").write_text(
        "from tests.portals.settings import *\nSPIDER_MODULES = ['otherspiders']\n"
    )
    return environment(field.server, field.farm, field.data) | {
        "SCRAPY_SETTINGS_MODULE": "othersettings",
        "PYTHONPATH": f"{tmp_path}:{ROOT}",
    }


@pytest.mark.parametrize(("name", "words"), [("raising", "a callback with a mistake"), ("quiet", "start() to run")])
def test_a_spider_that_raises_is_broken_and_says_where(field: Field, tmp_path: Path, name: str, words: str) -> None:
    env = with_spiders(field, tmp_path, RAISING)
    command = [sys.executable, "-m", "crawler.cli", "crawl", name]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert field.rows("SELECT verdict FROM run") == [{"verdict": "broken"}]
    (problem,) = field.rows("SELECT expected, got, advice FROM problem WHERE kind = 'exception' LIMIT 1")
    assert words in problem["got"] + problem["expected"]
    assert "nianbao crawl" in problem["advice"]


def test_a_data_folder_that_cannot_be_written(field: Field, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = field.run("crawl", "--all", "--data", str(tmp_path / "file" / "data"))
    assert done.returncode == 2
    assert "--data DIR" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(field.server.requests) == 0


def test_a_corrupt_catalogue(crawled: Field) -> None:
    (crawled.data / "catalogue.db").write_bytes(b"garbage" * 1000)
    for path in crawled.data.glob("catalogue.db-*"):
        path.unlink()
    for words in (["crawl", "--all"], ["status"], ["export", "csv"]):
        done = crawled.run(*words)
        assert done.returncode == 2, words
        assert "nianbao rebuild" in done.stderr
        assert "Traceback" not in done.stderr
    assert len(crawled.server.requests) == 0
    assert crawled.run("rebuild").returncode == 0, "as the message says"
    assert crawled.run("status").returncode == 0


def test_a_full_disk_in_mid_run(field: Field) -> None:
    """ulimit -f stands in for the disk: a write beyond it fails as on a full one."""
    command = f"trap '' XFSZ; ulimit -f 400; exec {sys.executable} -m crawler.cli crawl --all"
    env = environment(field.server, field.farm, field.data)
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "run the same command again" in done.stderr
    assert "Traceback" not in done.stderr
    kept = {row["id"] for row in field.rows("SELECT id FROM document")}
    outcomes = field.crawl("--all")
    assert outcomes.pop("exit") == 0
    assert kept <= {row["id"] for row in field.rows("SELECT id FROM document")}


def test_ctrl_c_stops_cleanly_and_says_how_to_go_on(field: Field) -> None:
    command = [sys.executable, "-m", "crawler.cli", "crawl", "--all"]
    env = environment(field.server, field.farm, field.data) | {"NIANBAO_DELAY_FLOOR": "0.05"}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while len(field.server.requests) < 60 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "nianbao crawl --all" in err
    assert not list((field.data / "warc").glob("*.open"))
    kept = len(field.rows("SELECT id FROM capture"))
    assert kept == len(field.server.requests)
    assert field.crawl("--all")["exit"] == 0


def test_limits_stop_a_portal_and_say_so(field: Field) -> None:
    name = field.name("trs")
    outcome = field.crawl(name, "--max-pages", "8")[name]
    assert outcome["verdict"] == "degraded"
    assert "as many pages as were allowed" in outcome["reason"]
    assert outcome["requests"] <= 12, "eight pages, robots.txt, and what was under way"
    outcome = field.crawl(name, "--max-bytes", "30000")[name]
    assert outcome["verdict"] == "degraded"
    assert "run_max_bytes" in outcome["reason"] or "not_fetched" in outcome["reason"]
    assert field.crawl(name)["exit"] == 0


def test_two_runs_never_crawl_one_host(field: Field) -> None:
    name = field.name("trs")
    env = environment(field.server, field.farm, field.data) | {"NIANBAO_DELAY_FLOOR": "0.1"}
    command = [sys.executable, "-m", "crawler.cli", "crawl", name]
    first = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(field.server.requests) < 3:
        time.sleep(0.05)
    outcome = field.crawl(name)[name]
    assert outcome["verdict"] == "not-run"
    assert outcome["requests"] == 0
    assert first.wait(timeout=60) == 0
    assert field.rows("SELECT verdict FROM run") == [{"verdict": "ok"}], "the refused run must not hide the real one"


def test_private_addresses_are_refused_unless_named(tmp_path: Path, field: Field) -> None:
    spider = tmp_path / "one.py"
    spider.write_text(
        "import scrapy\n"
        "class One(scrapy.Spider):\n"
        "    name = 'one'\n"
        f"    start_urls = ['http://127.0.0.1:{field.server.port}/__farm__/truth', "
        f"'http://localhost:{field.server.port}/__farm__/requests']\n"
        "    def parse(self, response):\n"
        "        yield {'n': len(response.body)}\n"
    )
    command = [sys.executable, "-m", "scrapy", "runspider", str(spider), "-o", str(tmp_path / "out.jsonl")]
    plain = {k: v for k, v in os.environ.items() if not k.startswith("NIANBAO")} | {"NIANBAO_DATA": str(field.data)}
    plain.pop("SCRAPY_SETTINGS_MODULE", None)
    done = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, text=True, check=False)
    assert "NIANBAO_ALLOW_PRIVATE_HOSTS=127.0.0.1" in done.stderr
    assert field.rows("SELECT url FROM capture WHERE status IS NOT NULL") == []
    named = plain | {"NIANBAO_ALLOW_PRIVATE_HOSTS": "127.0.0.1, localhost", "NIANBAO_DELAY_FLOOR": "0"}
    subprocess.run(command, cwd=ROOT, env=named, capture_output=True, text=True, check=True)
    kept = {row["url"] for row in field.rows("SELECT url FROM capture WHERE status = 200")}
    assert {
        f"http://127.0.0.1:{field.server.port}/__farm__/truth",
        f"http://localhost:{field.server.port}/__farm__/requests",
    } <= kept


def test_a_module_with_a_mistake_in_it_costs_only_itself(field: Field, tmp_path: Path) -> None:
    package = tmp_path / "otherspiders"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "good.py").write_text(
        "from tests.portals.spiders import *\nfrom tests.portals.spiders import _farm, spider_for\n"
        "class Good(spider_for(_farm.portals[0])):\n    name = 'good'\n"
    )
    (package / "bad.py").write_text("class Bad(:\n")
    (tmp_path / "othersettings.py").write_text(
        "from tests.portals.settings import *\nSPIDER_MODULES = ['otherspiders']\n"
    )
    env = environment(field.server, field.farm, field.data) | {
        "SCRAPY_SETTINGS_MODULE": "othersettings",
        "PYTHONPATH": f"{tmp_path}:{ROOT}",
    }
    command = [sys.executable, "-m", "crawler.cli", "crawl", "--all"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert "bad.py" in done.stderr
    assert "SyntaxError" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 1, "not all portals were crawled"
    assert field.rows("SELECT portal, verdict FROM run") == [{"portal": "good", "verdict": "ok"}]


def test_a_parser_from_elsewhere_gets_every_document_and_may_fail(field: Field, tmp_path: Path) -> None:
    (tmp_path / "theirs.py").write_text(
        "def count(document):\n    return len(document.text)\n"
        "def fail(document):\n    raise ValueError('their mistake')\n"
    )
    info = tmp_path / "theirs-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[nianbao.parsers]\ncount = theirs:count\nfail = theirs:fail\ngone = nowhere:parse\n"
    )
    env = environment(field.server, field.farm, field.data) | {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    name = field.name("vsb")
    command = [sys.executable, "-m", "crawler.cli", "crawl", name]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    lines = list(handed_over(field.data))
    assert len(lines) == len(field.rows("SELECT id FROM document")) > 0
    assert all(line["parsers"]["count"] == len(line["document"]["text"]) for line in lines)
    assert all("statutory" in line["parsers"] for line in lines)
    told = {row["got"] for row in field.rows("SELECT got FROM problem WHERE kind = 'parser'")}
    assert any("their mistake" in text for text in told)
    assert any("nowhere" in text for text in told)


def test_a_second_ctrl_c_stops_at_once_and_keeps_what_was_fetched(field: Field) -> None:
    command = [sys.executable, "-m", "crawler.cli", "crawl", "--all"]
    env = environment(field.server, field.farm, field.data) | {"NIANBAO_DELAY_FLOOR": "0.3"}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while len(field.server.requests) < 40:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert "once more to stop at once" in out
    assert "To go on" in err
    assert not list((field.data / "warc").glob("*.open"))
    assert field.crawl("--all")["exit"] == 0
