"""What repeats is written once: revisits, what they refer to, and how the message they stand for is put together again."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.archive import Archive
from archive.catalogue import Row
from archive.exchange import IN_MEMORY, Exchange, Wire
from archive.reader import records

BODY = "<html><body>二〇二四年度政府信息公开工作年度报告</body></html>".encode("gb18030") * 20
HEAD = b"HTTP/1.1 200 OK\r\nserver: one\r\n\r\n"


def exchange(response: bytes, url: str = "http://www.sample.portal.test/a.html", **facts: object) -> Exchange:
    request = Wire(b"GET /a.html HTTP/1.1\r\nHost: www.sample.portal.test\r\n\r\n")
    return Exchange(url, request=request, response=Wire(response), complete=True, **facts)  # type: ignore[arg-type]


def chunked(body: bytes, *sizes: int) -> bytes:
    """A body in chunks of these sizes, with extensions and a trailer."""
    out, at = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", 0
    for size in (*sizes, len(body)):
        part = body[at : at + size]
        at += len(part)
        out += b"%X;note=y\r\n%b\r\n" % (len(part), part) if part else b""
    return out + b"0\r\nX-Trailer: 1\r\n\r\n"


@pytest.fixture
def archive(tmp_path: Path):
    opened = Archive(tmp_path / "data", {"software": "nianbao test"})
    yield opened
    opened.close()


def keep(archive: Archive, given: Exchange) -> Row:
    return archive.keep(given, {"url": given.url, "run": "r1", "portal": "sample"})


def test_a_payload_that_is_in_the_archive_is_written_once(archive: Archive) -> None:
    first = keep(archive, exchange(HEAD + BODY))
    archive.commit()
    again = exchange(b"HTTP/1.1 200 Fine\r\nServer: two\r\n\r\n" + BODY)
    second = keep(archive, again)
    assert (first["record_type"], second["record_type"]) == ("response", "revisit")
    assert (second["refers_to"], second["status"]) == (first["id"], 200)
    assert second["payload_digest"] == first["payload_digest"]
    headers = archive.stored(second).headers
    assert headers["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert headers["WARC-Truncated"] == "length"  # the record's block is cut, the reply was not
    assert second["truncated"] is None
    assert headers["WARC-Refers-To"] == first["id"]
    assert headers["WARC-Refers-To-Target-URI"] == first["url"]
    assert headers["WARC-Refers-To-Date"] == first["requested_at"]
    assert archive.response(second) == bytes(again.response)
    assert archive.page(second)[0] == BODY


@pytest.mark.parametrize("sizes", [(), (1,), (300, 7, 511), (len(BODY),)])
def test_a_repeat_in_other_chunks_is_put_together_byte_for_byte(archive: Archive, sizes: tuple[int, ...]) -> None:
    keep(archive, exchange(HEAD + BODY))
    archive.commit()
    again = exchange(chunked(BODY, *sizes))
    row = keep(archive, again)
    assert row["record_type"] == "revisit"
    assert archive.response(row) == bytes(again.response)


def test_a_repeat_at_another_address_names_the_address_of_the_first(archive: Archive) -> None:
    first = keep(archive, exchange(HEAD + BODY, "http://www2.sample.portal.test/年报.css"))
    archive.commit()
    row = keep(archive, exchange(HEAD + BODY))
    assert row["refers_to"] == first["id"]
    assert archive.stored(row).headers["WARC-Refers-To-Target-URI"] == (
        "http://www2.sample.portal.test/%E5%B9%B4%E6%8A%A5.css"
    )


@pytest.mark.parametrize(
    ("why", "earlier", "later"),
    [
        ("not committed", exchange(HEAD + BODY), exchange(HEAD + BODY)),
        ("a cut reply", exchange(HEAD + BODY, truncated="length"), exchange(HEAD + BODY)),
        ("a cut repeat", exchange(HEAD + BODY), exchange(HEAD + BODY, truncated="disconnect")),
        ("no success", exchange(b"HTTP/1.1 404 No\r\n\r\n" + BODY), exchange(b"HTTP/1.1 404 No\r\n\r\n" + BODY)),
        ("too little to save", exchange(HEAD + b"ok"), exchange(HEAD + b"ok")),
        ("other bytes", exchange(HEAD + BODY), exchange(HEAD + BODY + b"\n")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_repeat_is_written_whole(archive: Archive, why: str, earlier: Exchange, later: Exchange) -> None:
    keep(archive, earlier)
    if why != "not committed":
        archive.commit()
    row = keep(archive, later)
    assert row["record_type"] == "response"
    assert archive.response(row) == bytes(later.response)


def test_when_the_first_is_no_longer_there_the_repeat_is_written_whole(archive: Archive, tmp_path: Path) -> None:
    """Found is not trusted: a digest in the catalogue is not the payload."""
    first = keep(archive, exchange(HEAD + BODY))
    archive.close()
    (tmp_path / "data" / "warc" / first["warc_file"]).unlink()
    archive.__init__(tmp_path / "data", {"software": "nianbao test"})
    assert keep(archive, exchange(HEAD + BODY))["record_type"] == "response"


def conditional(answer: bytes, etag: str) -> Exchange:
    """A 304 to a question that named a validator."""
    given = exchange(answer)
    given.request = Wire(
        f"GET /a.html HTTP/1.1\r\nHost: www.sample.portal.test\r\nIf-None-Match: {etag}\r\n\r\n".encode()
    )
    return given


def with_etag(etag: str, body: bytes) -> Exchange:
    return exchange(f"HTTP/1.1 200 OK\r\nETag: {etag}\r\n\r\n".encode() + body)


def test_an_answer_that_nothing_changed_refers_to_the_capture_whose_validator_was_sent(archive: Archive) -> None:
    first = keep(archive, with_etag('"one"', BODY))
    archive.commit()
    keep(archive, with_etag('"one"', BODY))  # a revisit: what refers to it refers to the first
    archive.commit()
    keep(
        archive, exchange(HEAD + b"prove that you are no machine" * 40)
    )  # a page, but not the one that was asked about
    archive.commit()
    answer = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"
    row = keep(archive, conditional(answer, '"one"'))
    headers = archive.stored(row).headers
    assert (row["record_type"], row["status"], row["refers_to"]) == ("revisit", 304, first["id"])
    assert headers["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert headers["WARC-Refers-To-Date"] == first["requested_at"]
    assert headers["WARC-Payload-Digest"] == first["payload_digest"]
    assert archive.response(row) == answer
    assert keep(archive, conditional(answer, '"two"'))["record_type"] == "response", "nobody knows what it speaks of"


def test_an_answer_of_304_to_nobody_is_a_response(archive: Archive) -> None:
    row = keep(archive, exchange(b"HTTP/1.1 304 Not Modified\r\n\r\n"))
    assert (row["record_type"], row["refers_to"]) == ("response", None)


def test_a_body_of_megabytes_goes_through_a_file_and_comes_back(archive: Archive) -> None:
    given = exchange(HEAD + bytes(range(256)) * (3 * IN_MEMORY // 256))
    given.response.drop(4)
    given.response += b"the end"
    row = keep(archive, given)
    archive.commit()
    assert archive.response(row) == bytes(given.response)
    assert len(given.response) > 3 * IN_MEMORY
    assert keep(archive, exchange(bytes(given.response)))["record_type"] == "response", "its head was cut off"


def test_heads_that_came_before_the_answer_are_kept_beside_it(archive: Archive) -> None:
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    row = keep(archive, exchange(HEAD + BODY, interim=hint))
    assert archive.facts(row)["interim"].encode("latin-1") == hint


def test_a_fetch_that_never_left_leaves_a_record(archive: Archive) -> None:
    row = keep(archive, Exchange("http://nowhere.portal.test/", error="CannotResolveHostError: no such host"))
    assert (row["record_type"], row["status"]) == ("metadata", None)
    assert row["error"] == "CannotResolveHostError: no such host"
    archive.commit()
    assert archive.response(row) == b""
    assert archive.facts(row)["fetch-error"] == row["error"]


def test_a_page_as_a_browser_drew_it_is_a_resource_beside_the_reply(archive: Archive) -> None:
    page = keep(archive, exchange(HEAD + BODY))
    dom = archive.keep_resource(
        f"urn:dom:{page['url']}", "text/html; charset=utf-8", "<p>年报</p>".encode(), {"role": "dom"}, page["id"]
    )
    assert (dom["record_type"], dom["media_type"], dom["status"]) == ("resource", "text/html", None)
    assert archive.page(dom) == ("<p>年报</p>".encode(), [("Content-Type", "text/html; charset=utf-8")])
    assert archive.stored(dom).headers["WARC-Concurrent-To"] == page["id"]


def test_what_the_connection_knew_stands_in_the_record(archive: Archive) -> None:
    given = exchange(
        HEAD + BODY, ip="192.0.2.1", protocol=["http/1.1", "tls/1.3"], cipher_suite="TLS_AES_128_GCM_SHA256"
    )
    row = keep(archive, given)
    archive.close()
    (path,) = archive.warc_folder.glob("*.warc.gz")
    response = next(r for r in records(path) if r.id == row["id"])
    assert [value for name, value in response.fields if name == "WARC-Protocol"] == ["http/1.1", "tls/1.3"]
    assert response.headers["WARC-IP-Address"] == "192.0.2.1"
    assert response.headers["WARC-Cipher-Suite"] == "TLS_AES_128_GCM_SHA256"
    archive.__init__(archive.folder)


def test_half_a_character_from_a_server_costs_nobody_a_commit(archive: Archive) -> None:
    half = "年报\ud83d"
    row = archive.keep(exchange(HEAD + BODY), {"url": exchange(b"").url, "entry": {"title": half}})
    archive.catalogue.put("problem", {"id": "p1", "got": half})
    archive.hand_over("r1", {"title": half})
    archive.commit()
    assert archive.facts(row)["entry"] == {"title": half}
    assert archive.catalogue.row("SELECT got FROM problem") == {"got": "年报\\ud83d"}


def test_a_repeat_in_chunks_that_are_damaged_is_written_whole(archive: Archive) -> None:
    damaged = b"zz\r\n" + BODY
    keep(archive, exchange(HEAD + damaged))
    archive.commit()
    given = exchange(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + damaged)
    assert archive.response(keep(archive, given)) == bytes(given.response)
