"""The main job, first time: portals walked, every exchange kept, every report read and handed over."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from archive.catalogue import Catalogue
from archive.reader import record_at
from archive.retrieve import Retriever
from crawler import status
from crawler.handover import read_page
from tests.conftest import Field
from tests.evaluate import ROOT, environment, handed_over, score
from tests.reading.measure import characters


def test_every_report_is_found_read_and_handed_over(first_crawl: Field) -> None:
    result = score(first_crawl.farm, first_crawl.data)
    assert result.passes(), (result.figures(), result.misses[:5])


def test_every_entry_became_a_fetched_page_or_a_recorded_problem(first_crawl: Field) -> None:
    unsettled = first_crawl.rows("SELECT url FROM entry WHERE outcome IS NULL")
    assert unsettled == []
    refused = first_crawl.rows("SELECT url FROM entry WHERE outcome = 'problem'")
    problems = {row["url"] for row in first_crawl.rows("SELECT url FROM problem")}
    assert {row["url"] for row in refused} <= problems


def test_the_summary_says_what_it_counts(first_crawl: Field) -> None:
    (found,) = first_crawl.rows("SELECT count(*) AS n, count(part_of) AS files FROM document")
    words = f"{found['n'] - found['files']} new pages and {found['files']} files that reports link to, 0 changed"
    assert words in first_crawl.said
    assert found["files"] > 1


def test_neighbours_are_written_down_and_not_fetched(first_crawl: Field) -> None:
    skipped = {row["url"] for row in first_crawl.rows("SELECT url FROM entry WHERE outcome = 'skipped'")}
    fetched = {row["url"] for row in first_crawl.rows("SELECT url FROM capture")}
    assert skipped
    assert not skipped & fetched, [r for r in first_crawl.rows("SELECT * FROM entry") if r["url"] in skipped & fetched][
        :2
    ]


def test_every_request_the_farm_saw_is_in_the_archive(first_crawl: Field) -> None:
    seen = sorted(f"http://{r.host}{r.target}" for r in first_crawl.server.requests)
    kept = sorted(row["url"] for row in first_crawl.rows("SELECT url FROM capture"))
    assert kept == seen


def test_warcio_accepts_every_file(first_crawl: Field) -> None:
    files = list((first_crawl.data / "warc").glob("*.warc.gz"))
    assert files
    for words in (["check"], ["index"]):
        for path in files:
            done = subprocess.run([sys.executable, "-m", "warcio.cli", *words, path], capture_output=True, check=False)
            assert done.returncode == 0, done.stdout[-500:]


def test_a_document_leads_back_to_the_bytes_it_was_read_from(first_crawl: Field) -> None:
    """Reading the archived record gives the JSON that the live run handed over."""
    lines = list(handed_over(first_crawl.data))
    assert lines
    catalogue = Catalogue(first_crawl.data / "catalogue.db", read_only=True)
    archived = Retriever(first_crawl.data / "warc", catalogue)
    for line in lines:
        capture = catalogue.row("SELECT * FROM capture WHERE id = ?", line["capture"]["id"])
        body, headers = archived.page(capture)
        again = read_page(body, headers, line["document"]["url"])
        assert again.document.model_dump(mode="json") == line["document"]


def test_the_request_record_holds_what_was_sent(first_crawl: Field) -> None:
    row = first_crawl.rows("SELECT * FROM capture WHERE status = 200 LIMIT 1")[0]
    response = record_at(first_crawl.data / "warc" / row["warc_file"], row["offset"])
    request = record_at(first_crawl.data / "warc" / row["warc_file"], response.offset + response.length)
    assert request.headers["WARC-Concurrent-To"] == response.id
    head = request.block.decode()
    assert head.startswith("GET /")
    assert "User-Agent: nianbao/" in head
    assert "Accept-Encoding: gzip, deflate\r\n" in head
    assert "nianbao-exchange" not in head.lower()


def test_attachments_are_fetched_once_and_kept(first_crawl: Field) -> None:
    wanted = {a["url"] for row in first_crawl.farm.truth() for a in row["attachments"]}
    kept = [row["url"] for row in first_crawl.rows("SELECT url FROM capture WHERE status = 200")]
    assert wanted <= set(kept)
    assert all(kept.count(url) == 1 for url in wanted)


def test_a_report_that_is_only_an_attachment_is_read_from_it(first_crawl: Field) -> None:
    """The page's document says that the text is elsewhere; the file's own has it, and the coverage is no longer half."""
    wanted = {row["url"]: row for row in first_crawl.farm.truth() if row["attached"]}
    sql = "SELECT p.url, d.text, d.report, d.organ, d.report_year FROM document d JOIN document p ON p.id = d.part_of"
    parts = {row["url"]: row for row in first_crawl.rows(sql)}
    assert wanted.keys() <= parts.keys()
    for url, row in wanted.items():
        assert characters(parts[url]["text"], row["attached"], row["title"]).f1 >= 0.98, url
        assert (parts[url]["organ"], parts[url]["report_year"]) == (row["organ"], row["year"])
    pages = {row["report"] for row in first_crawl.rows("SELECT * FROM document WHERE text_status = 'attachment_only'")}
    assert {parts[url]["report"] for url in wanted} <= pages
    with status.reading(first_crawl.data) as catalogue:
        assert {status.mark(cell) for cell in status.coverage(catalogue)} == {"published"}


def test_robots_is_obeyed(first_crawl: Field) -> None:
    assert not [r for r in first_crawl.server.requests if r.target.startswith("/private/")]


def test_politeness_one_request_at_a_time_per_host(first_crawl: Field) -> None:
    by_host: dict[str, list[tuple[float, float]]] = {}
    for r in first_crawl.server.requests:
        by_host.setdefault(r.host, []).append((r.start, r.end))
    for spans in by_host.values():
        spans.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_status_shows_coverage_by_body_and_year(first_crawl: Field) -> None:
    shown = json.loads(first_crawl.run("status", "--json").stdout)
    assert {row["verdict"] for row in shown["portals"]} == {"ok"}
    covered = {(cell["organ"], cell["report_year"]) for cell in shown["coverage"]}
    truth = {(row["organ"], row["year"]) for row in first_crawl.farm.truth()}
    assert len(covered & truth) >= 0.99 * len(truth)


def test_export_has_a_row_per_document_with_its_place(first_crawl: Field, tmp_path: Path) -> None:
    for words in ("jsonl", "csv"):
        done = first_crawl.run("export", words, str(tmp_path))
        assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "documents.jsonl").read_text().splitlines()]
    documents = first_crawl.rows("SELECT id FROM document")
    assert sorted(r["document_id"] for r in rows) == sorted(d["id"] for d in documents)
    assert all(r["warc_file"] and r["offset"] is not None and r["content_sha256"] for r in rows)
    csv = (tmp_path / "documents.csv").read_bytes()
    assert csv.startswith(b"\xef\xbb\xbfdocument_id,")
    assert len(csv.decode("utf-8-sig").splitlines()) == len(documents) + 1


def test_read_takes_a_url_from_the_archive(first_crawl: Field) -> None:
    url = first_crawl.farm.portals[0].reports[0].url
    done = first_crawl.run("read", url, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["document"]["url"] == url


def test_parse_reads_the_archive_again_to_the_same_result(crawled: Field) -> None:
    before = crawled.rows("SELECT * FROM document ORDER BY id")
    done = crawled.run("parse", "--anew")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 of them read differently" in done.stdout
    assert crawled.rows("SELECT * FROM document ORDER BY id") == before
    (again,) = (crawled.data / "handover").glob("*-parse.jsonl")
    lines = [json.loads(line) for line in again.read_text().splitlines()]
    assert sorted(line["document_id"] for line in lines) == [row["id"] for row in before]
    copies = [line for line in lines if line["portal"] == crawled.name("docshare")]
    originals = {row["url"]: {urlsplit(url).hostname for url in row["also_at"]} for row in crawled.farm.truth()}
    assert copies
    for line in copies:
        source = line["proposed_source"]
        assert urlsplit(source["url"]).hostname in originals[line["document"]["url"]]
        assert (source["organ"], source["report_year"]) == (line["report"]["organ"], line["report"]["report_year"])
        assert source["decided"]
        assert source["resemblance"] > 0.9
    assert not [
        line for line in lines if line["document"]["provenance"].startswith("official") and line["proposed_source"]
    ]


def test_parse_stale_leaves_what_todays_code_has_read(crawled: Field) -> None:
    assert "0 documents read" in crawled.run("parse", "--all").stdout


def test_scrapy_list_and_crawl_work_from_the_root(field: Field) -> None:
    env = environment(field.server, field.farm, field.data)
    scrapy = [sys.executable, "-m", "scrapy"]
    names = subprocess.run(
        [*scrapy, "list"], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    ).stdout.split()
    assert names == sorted(p.name for p in field.farm.portals)
    project = {k: v for k, v in os.environ.items() if not k.startswith("NIANBAO") and k != "SCRAPY_SETTINGS_MODULE"}
    names = subprocess.run(
        [*scrapy, "list"], cwd=ROOT, env=project, capture_output=True, text=True, check=True
    ).stdout.split()
    assert {"linfen", "xunyang", "lufeng", "wuhai_mzw", "huiwen"} <= set(names)
    done = subprocess.run(
        [*scrapy, "crawl", field.name("trs")], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert field.rows("SELECT verdict FROM run") == [{"verdict": "ok"}]


def test_parse_reads_files_that_older_code_kept_unread(crawled: Field) -> None:
    with sqlite3.connect(crawled.data / "catalogue.db") as connection:
        before = sorted(connection.execute("SELECT id, report, part_of, text FROM document WHERE part_of IS NOT NULL"))
        connection.execute("DELETE FROM document WHERE part_of IS NOT NULL")
        connection.execute("UPDATE document SET parsed_with = 'older'")
    assert before
    done = crawled.run("parse")
    assert done.returncode == 0, done.stdout + done.stderr
    after = crawled.rows("SELECT id, report, part_of, text FROM document WHERE part_of IS NOT NULL ORDER BY id")
    assert [tuple(row.values()) for row in after] == before
    assert crawled.run("parse").stdout.startswith("0 documents read")
