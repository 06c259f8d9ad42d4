"""The judges' table: a disagreement is excused only by what is in the record, and readers find all of it in the documents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from archive.archive import Archive
from archive.exchange import Exchange, Wire
from archive.reader import StoredRecord
from tests.judges.known import KINDS, kind_of
from tests.judges.replayweb import recipe
from tests.judges.verdict import UNKNOWN, Case

ROOT = Path(__file__).resolve().parents[2]
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"


def record(folder: Path, response: bytes) -> StoredRecord:
    archive = Archive(folder)
    url = "http://www.shiyan.portal.test/"
    exchange = Exchange(url, request=Wire(b"GET / HTTP/1.1\r\n\r\n"), response=Wire(response), complete=True)
    kept = archive.stored(archive.keep(exchange, {"url": url}))
    archive.close()
    return kept


def complaint(topic: str, found: StoredRecord, tool: str = "warcio check") -> Case:
    return Case(tool, topic, "somewhere", "something", found)


def test_a_complaint_about_a_plain_reply_is_excused_by_nothing(tmp_path: Path) -> None:
    plain = record(tmp_path, PLAIN)
    for topic in {topic for kind in KINDS for topic in kind.topics} | {"block digest", "key", "validation"}:
        for tool in ("warcio check", "fastwarc check", "cdxj-indexer", "pywb", "ReplayWeb.page"):
            assert kind_of(complaint(topic, plain, tool)) == UNKNOWN, (topic, tool)


def test_a_payload_digest_is_excused_only_when_it_is_that_of_the_dechunked_payload(tmp_path: Path) -> None:
    chunked = record(tmp_path, CHUNKED)
    assert kind_of(complaint("payload digest", chunked)) == "digest of the de-chunked payload"
    assert kind_of(complaint("block digest", chunked)) == UNKNOWN
    wrong = tuple((name, "sha1:WRONG" if name == "WARC-Payload-Digest" else value) for name, value in chunked.fields)
    assert kind_of(complaint("payload digest", replace(chunked, fields=wrong))) == UNKNOWN


def test_every_known_disagreement_is_told_to_readers() -> None:
    told = " ".join((ROOT / "docs" / "archive.md").read_text().split())
    for kind in KINDS:
        assert f"**{kind.name}** ({kind.tools}): {kind.does}." in told
        assert f"Whose mistake: {kind.whose}. Why ours is right: {kind.why.rstrip('.')}." in told


def test_the_recipe_in_the_readme_can_be_run() -> None:
    commands, address = recipe()
    assert commands[0].startswith("npm pack replaywebpage@")
    assert "http.server" in commands[-1]
    assert address.startswith("http://127.0.0.1:")
