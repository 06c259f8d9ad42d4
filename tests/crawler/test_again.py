"""Again and again: later runs ask only for what may have changed, and see what did."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

from crawler.revisit import BASE, GRACE, LONGEST, PageState, due_at, interval
from tests.conftest import Field
from tests.crawler.test_gathering import kept, wanted
from tests.evaluate import ROOT, environment, handed_over


def test_the_second_run_asks_little_and_adds_nothing(crawled: Field) -> None:
    first = crawled.rows("SELECT sum(requests) AS n FROM run")[0]["n"]
    before = crawled.rows("SELECT id FROM document ORDER BY id")
    outcomes = crawled.crawl("--all")
    assert outcomes.pop("exit") == 0
    assert sum(o["requests"] for o in outcomes.values()) == len(crawled.server.requests)
    assert len(crawled.server.requests) <= 0.35 * first
    assert crawled.rows("SELECT id FROM document ORDER BY id") == before
    conditional = [r for r in crawled.server.requests if r.conditional]
    assert conditional
    assert all(r.status == 304 for r in conditional)


def test_edits_become_new_documents_and_withdrawals_are_noticed(crawled: Field) -> None:
    edited = crawled.farm.edit_reports(2)
    withdrawn = crawled.farm.withdraw_reports(1)
    before = {row["id"]: row for row in crawled.rows("SELECT * FROM document")}
    outcomes = crawled.crawl("--all")
    assert outcomes.pop("exit") == 0
    after = {row["id"]: row for row in crawled.rows("SELECT * FROM document")}
    assert set(before) <= set(after)
    added = [row for name, row in after.items() if name not in before]
    assert {row["url"] for row in added} == {report.url for report in edited}
    assert all(before[row["supersedes"]]["url"] == row["url"] for row in added)
    gone = [row for row in after.values() if row["gone_since"]]
    assert [row["url"] for row in gone] == [report.url for report in withdrawn]
    told = crawled.rows("SELECT url, kind FROM problem WHERE kind = 'disappeared'")
    assert told == [{"url": withdrawn[0].url, "kind": "disappeared"}]
    assert sum(o["disappeared"] for o in outcomes.values()) == 1
    crawled.crawl("--all")
    assert len(crawled.rows("SELECT url FROM problem WHERE kind = 'disappeared'")) == 1, "told once, not on every run"


def test_a_page_without_validators_is_asked_again_when_it_comes_due(crawled: Field) -> None:
    past = (datetime.now(UTC) - timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    import sqlite3

    with sqlite3.connect(crawled.data / "catalogue.db") as connection:
        connection.execute("UPDATE entry SET due_at = ? WHERE due_at IS NOT NULL", (past,))
    documents = crawled.rows("SELECT id FROM document ORDER BY id")
    crawled.crawl("--all")
    asked = {f"http://{r.host}{r.target}" for r in crawled.server.requests}
    assert all(asked & {row["url"], *row["also_at"]} for row in crawled.farm.truth())
    assert crawled.rows("SELECT id FROM document ORDER BY id") == documents
    checks = crawled.rows("SELECT unchanged_checks AS n, etag, last_modified FROM entry WHERE outcome = 'unchanged'")
    assert {row["n"] for row in checks} == {1}


def test_the_interval_doubles_and_has_an_end() -> None:
    assert [interval(n, False) / BASE for n in range(4)] == [1, 2, 4, 8]
    assert interval(GRACE - 1, True) == timedelta(0)
    assert interval(GRACE, True) == BASE
    assert interval(99, False) == LONGEST


def test_a_row_that_reads_differently_is_due_at_once() -> None:
    now = datetime.now(UTC)
    state = PageState("u", due_at=due_at(3, False, now), title="a", listed_date=None, outcome="fetched")
    assert not state.is_due(now, "a", None)
    assert state.is_due(now, "a (修订)", None)
    assert state.is_due(now, "a", "2024-01-01")
    assert state.is_due(now + LONGEST, "a", None)


def test_killed_at_any_instant_nothing_is_lost_and_nothing_doubled(field: Field) -> None:
    """kill -9 at random instants, then on: what the catalogue acknowledged stays, and the end is as if nothing happened."""
    rng = random.Random(11)
    command = [sys.executable, "-m", "crawler.cli", "crawl", "--all"]
    env = environment(field.server, field.farm, field.data)
    known: set[str] = set()
    for _ in range(12):
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.7, 3.0))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        if (field.data / "catalogue.db").exists() and field.rows("SELECT 1 FROM sqlite_master WHERE name = 'document'"):
            now = {row["id"] for row in field.rows("SELECT id FROM document")}
            assert known <= now
            known = now
    outcomes = field.crawl("--all")
    assert outcomes.pop("exit") == 0
    assert {o["verdict"] for o in outcomes.values()} == {"ok"}
    files = {a["url"] for row in field.farm.truth() for a in row["attachments"]}
    assert files <= {row["url"] for row in field.rows("SELECT url FROM capture WHERE status = 200")}
    had = kept(field)
    assert not [url for url in wanted(field) if not had[url]], "style sheets and pictures too"
    documents = field.rows("SELECT id, url FROM document")
    assert known <= {row["id"] for row in documents}
    assert len({row["url"] for row in documents}) == len(documents)
    lines = [line["document_id"] for line in handed_over(field.data)]
    assert sorted(lines) == sorted(row["id"] for row in documents)
    found = {row["url"] for row in documents}
    assert all(found & {row["url"], *row["also_at"]} for row in field.farm.truth())
    assert not list((field.data / "warc").glob("*.open"))
