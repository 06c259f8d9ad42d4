"""Many portals in one process tree: what one of them, or the whole, may suffer without the others, or a host, suffering."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from crawler import report_page
from crawler.runs import death
from tests.conftest import Field
from tests.evaluate import ROOT, environment


def start(field: Field, *words: str, floor: float = 0.05) -> subprocess.Popen[str]:
    """`nianbao crawl` under way."""
    env = environment(field.server, field.farm, field.data) | {"NIANBAO_DELAY_FLOOR": str(floor)}
    command = [sys.executable, "-m", "crawler.cli", "crawl", *words]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for(field: Field, requests: int) -> None:
    deadline = time.monotonic() + 30
    while len(field.server.requests) < requests and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(field.server.requests) >= requests


def children(pid: int) -> list[int]:
    """The processes that crawl a portal: forks, with the command line of the command; the one that reads files is none."""
    named = Path(f"/proc/{pid}/cmdline").read_bytes()
    found = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [child for child in found if Path(f"/proc/{child}/cmdline").read_bytes() == named]


def test_a_child_that_is_killed_costs_itself_only(field: Field) -> None:
    names = [field.name("trs"), field.name("vsb"), field.name("docshare")]
    process = start(field, *names, "--json", floor=0.03)
    wait_for(field, 20)
    os.kill(children(process.pid)[0], signal.SIGKILL)
    out, err = process.communicate(timeout=90)
    assert process.returncode == 1, err
    rows = {row["portal"]: row for row in json.loads(out)}
    (killed,) = (row for row in rows.values() if row["verdict"] != "ok")
    assert killed["verdict"] == "degraded"
    assert "signal 9" in killed["reason"]
    assert f"nianbao crawl {killed['portal']}" in killed["advice"]
    assert len(rows) == 3
    told = field.rows("SELECT verdict, reason FROM run WHERE portal = ?", killed["portal"])
    assert told == [{"verdict": "degraded", "reason": killed["reason"]}], "the catalogue says the same"
    assert not list((field.data / "warc").glob("*.open"))
    assert field.run("verify").returncode == 0


def test_no_orphan_crawls_on(field: Field) -> None:
    process = start(field, "--all", floor=0.2)
    wait_for(field, 20)
    orphans = children(process.pid)
    assert orphans
    process.kill()
    process.wait()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in orphans) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(Path(f"/proc/{pid}").exists() for pid in orphans)
    seen = len(field.server.requests)
    time.sleep(0.5)
    assert len(field.server.requests) == seen


def test_two_crawls_at_the_same_moment_share_the_work(field: Field) -> None:
    half = ("--due", "--shard", "1/2", "--json", "--jobs", "2")
    both = [start(field, *half, floor=0.05) for _ in range(2)]
    said = [each.communicate(timeout=120) for each in both]
    assert all(out for out, _ in said), [err for _, err in said]
    rows = [row for out, _ in said for row in json.loads(out)]
    plan = json.loads(field.run("crawl", "--all", "--shard", "1/2", "--dry-run", "--json").stdout)
    assert {row["portal"] for row in rows if row["verdict"] == "ok"} == {row["portal"] for row in plan}
    assert all("another run" in row["reason"] for row in rows if row["verdict"] != "ok")
    again = field.rows("SELECT portal FROM run GROUP BY portal HAVING count(*) > 1")
    assert again == [], "nobody is crawled twice"
    by_host: dict[str, list[tuple[float, float]]] = {}
    for each in field.server.requests:
        by_host.setdefault(each.host, []).append((each.start, each.end))
    for host, spans in by_host.items():
        spans.sort()
        gaps = [later[0] - earlier[0] for earlier, later in pairwise(spans)]
        assert min(gaps, default=1.0) >= 0.05, host


def test_due_says_what_it_would_do_and_does_it_once(crawled: Field) -> None:
    said = crawled.run("crawl", "--due").stdout
    plans = json.loads(crawled.run("crawl", "--all", "--dry-run", "--json").stdout)
    first, *_ = sorted(plans, key=lambda plan: plan["due"])
    assert f"Nothing is due. The next is {first['portal']}, on {first['due'][:10]} " in said
    assert crawled.run("crawl", "--due", "--dry-run").stdout == said
    assert len(crawled.server.requests) == 0
    killed = crawled.name("trs")
    data = crawled.rows("SELECT id FROM run WHERE portal = ?", killed)
    crawled.write("UPDATE run SET verdict = NULL WHERE id = ?", data[0]["id"])
    plan = json.loads(crawled.run("crawl", "--due", "--dry-run", "--json").stdout)
    assert [(row["portal"], row["reason"]) for row in plan] == [(killed, "its last run was cut short")]
    assert len(crawled.server.requests) == 0
    everything = json.loads(crawled.run("crawl", "--all", "--dry-run", "--json").stdout)
    assert everything[0]["portal"] == killed, "what did not finish is first"
    part = json.loads(crawled.run("crawl", "--all", "--dry-run", "--json", "--shard", "1/2").stdout)
    assert 0 < len(part) < len(everything)
    assert crawled.run("crawl", "--due", "--shard", "4/3").returncode == 2


def test_the_time_for_all_is_kept(field: Field) -> None:
    began = time.monotonic()
    out, _ = (process := start(field, "--all", "--for", "0.05", "--jobs", "2", "--json", floor=0.3)).communicate(
        timeout=60
    )
    assert time.monotonic() - began < 45
    assert process.returncode == 1
    rows = json.loads(out)
    assert "not-run" in {row["verdict"] for row in rows} <= {"degraded", "not-run"}
    assert all("time" in row["reason"] for row in rows)


class Outside(HTMLParser):
    """Whatever a browser would fetch by itself, and the texts."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {"src", "srcset", "background", "data", "action"} | ({"href"} if tag != "a" else set())
        self.fetched += [f"{tag} {name}={value}" for name, value in attrs if name in names]
        if tag in ("script", "link", "iframe", "img"):
            self.fetched.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_tells_what_broke_and_fetches_nothing(crawled: Field) -> None:
    broken = crawled.name("trs")
    crawled.farm.break_portal(broken, "unreachable")
    edited = crawled.farm.edit_reports(1)[0]
    done = crawled.run("crawl", broken, edited.portal)
    assert "latest.html" in done.stdout
    folder = crawled.data / "reports"
    path = max(folder.glob("2*.json"))
    made = json.loads(path.read_text())
    first = made["portals"][0]
    assert (first["name"], first["verdict"], first["before"]["verdict"]) == (broken, "broken", "ok")
    assert made["totals"]["portals"] == len(crawled.farm.portals)
    assert made["totals"]["crawled"] == 2
    changed = next(p for p in made["portals"] if p["name"] == edited.portal)["drift"]["changed"]
    assert [d["url"] for d in changed["documents"]] == [edited.url]
    for p in made["portals"]:
        assert {len(body["marks"]) for body in p["coverage"]["bodies"]} == {len(p["coverage"]["years"])}
    page = Outside()
    page.feed((folder / "latest.html").read_text())
    assert page.fetched == []
    for words in (broken, first["reason"], edited.organ, "1 broke", "Coverage"):
        assert words in page.text
    assert not list(folder.glob(".*")), "nothing half-written is left"
    told = metrics((crawled.data / "metrics" / "nianbao.prom").read_text())
    assert told["nianbao_verdict", ("portal", broken), ("verdict", "broken")] == 1
    assert told["nianbao_verdict", ("portal", broken), ("verdict", "ok")] == 0
    assert told["nianbao_crawl_portals",] == 2
    assert (
        told["nianbao_last_good_timestamp_seconds", ("portal", broken)]
        < told["nianbao_crawl_finished_timestamp_seconds",]
    )


def metrics(text: str) -> dict[tuple[object, ...], float]:
    """A strict reading of the text exposition format 0.0.4: HELP and TYPE once before a family's samples, no gap, no repeat."""
    assert text.endswith("\n")
    found: dict[tuple[object, ...], float] = {}
    families: list[str] = []
    helped = ""
    for line in text.splitlines():
        if match := re.fullmatch(r"# HELP ([a-z_:][a-z0-9_:]*) (\S.*)", line):
            helped = match[1]
        elif match := re.fullmatch(r"# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge)", line):
            assert match[1] == helped
            assert match[1] not in families
            families.append(match[1])
        else:
            match = re.fullmatch(
                r'([a-z_:][a-z0-9_:]*)(?:\{(\w+="(?:[^"\\]|\\[\\"n])*"(?:,\w+="(?:[^"\\]|\\[\\"n])*")*)\})? (\S+)', line
            )
            assert match, line
            assert match[1] == families[-1]
            key = (match[1], *re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or ""))
            assert key not in found, line
            found[key] = float(match[3])
    return found


def test_what_portals_say_is_text_and_not_markup() -> None:
    nasty = "<script>alert(1)</script>&\"'"
    portal = {
        "name": "qinghe", "site_name": nasty, "home_url": "javascript:alert(1)", "crawled": True, "verdict": "broken",
        "reason": nasty, "advice": f"`nianbao status qinghe` {nasty}", "before": None, "last_run": None, "last_good": None,
        "seconds": None, "reports": None, "new_documents": 1, "changed": 0, "disappeared": 0, "documents": 1,
        "next": {"at": "2026-11-22T03:00+00:00", "why": nasty},
        "drift": {"new": {"count": 1, "documents": [{"title": nasty, "organ": nasty, "report_year": 2020, "url": nasty}]}},
        "problems": [{"kind": "missing", "url": nasty, "expected": nasty, "got": nasty, "advice": nasty}],
        "coverage": {"years": [2020], "bodies": [{"organ": nasty, "marks": "●"}]},
    }  # fmt: skip
    made = {
        "run": "x", "command": nasty, "jobs": 1, "started_at": "2026-11-22T03:00:00+00:00", "seconds": 3.0,
        "finished_at": "2026-11-22T03:00:00+00:00", "verdicts": {"broken": 1}, "portals": [portal],
        "totals": dict.fromkeys(("portals", "crawled", "ok", "new_documents", "changed", "disappeared", "requests"), 1),
    }  # fmt: skip
    page = Outside()
    text = report_page.render(made)
    page.feed(text)
    assert page.fetched == []
    assert "javascript:" not in text
    assert page.text.count(nasty) >= 6


@pytest.mark.parametrize(
    ("code", "requests", "word"), [(-9, 5, "degraded"), (-9, 0, "broken"), (-11, 3, "degraded"), (1, 0, "broken")]
)
def test_a_death_has_words(code: int, requests: int, word: str) -> None:
    verdict = death("qinghe", code, requests)
    assert verdict.word == word
    assert ("memory" in verdict.advice) == (code == -9)
