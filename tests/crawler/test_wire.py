"""The bytes on the wire: what a raw socket sent is what the archive holds, and what it read is what the request record holds."""

from __future__ import annotations

import importlib
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from scrapy.core.downloader.handlers import http11
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.test import get_crawler
from twisted.web import _newclient
from twisted.web.client import HTTPConnectionPool

from archive.archive import Archive
from tests.evaluate import ROOT

GBK = "年报".encode("gbk")
REPLIES: dict[str, bytes] = {
    "plain": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "odd-case": b"HTTP/1.1 200 \xba\xc3\r\ncOnTeNt-LeNgTh: 2\r\nX-b: 1\r\nx-A: 2\r\nX-b: 3\r\n"
    b"Set-Cookie: a=1\r\nset-cookie: b=2\r\n\r\nok",
    "gbk-header": b"HTTP/1.1 200 OK\r\nX-Title: "
    + GBK
    + b"\r\nX-Folded: a\r\n b\r\nno colon here\r\nContent-Length: 2\r\n\r\nok",
    "bare-lf": b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n",
    "no-content": b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n",
    "to-the-end": b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the connection ends",
    "not-found": b"HTTP/1.1 404 " + GBK + b"\r\nContent-Length: 0\r\n\r\n",
    "early-hints": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
}
CUT: dict[str, bytes] = {
    "short": b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nonly this",
    "cut-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
}


def certificate(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate that it signed itself, as many portals have."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
    made = builder.sign(key, hashes.SHA256())
    pem = made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


class RawServer:
    """Answers each path with prepared bytes and closes the connection; keeps what it read."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.scheme = "https" if context else "http"
        self.listener = socket.create_server(("127.0.0.1", 0))
        if context:
            self.listener = context.wrap_socket(self.listener, server_side=True)
        self.port = self.listener.getsockname()[1]
        self.read: dict[str, bytes] = {}
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            data = b""
            while b"\r\n\r\n" not in data:
                piece = connection.recv(65536)
                if not piece:
                    return
                data += piece
            name = data.split(b" ")[1].decode().lstrip("/")
            self.read[name] = data
            connection.sendall((REPLIES | CUT).get(name, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))


@pytest.fixture(scope="module", params=["http", "https"])
def captured(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RawServer, Archive]]:
    folder = tmp_path_factory.mktemp("wire")
    server = RawServer(certificate(folder) if request.param == "https" else None)
    spider = folder / "hostile.py"
    spider.write_text(
        "import scrapy\n"
        "class Hostile(scrapy.Spider):\n"
        "    name = 'hostile'\n"
        "    custom_settings = {'RETRY_ENABLED': False, 'HTTPERROR_ALLOW_ALL': True}\n"
        f"    start_urls = ['{server.scheme}://127.0.0.1:{server.port}/' + n for n in {sorted(REPLIES | CUT)!r}]\n"
        "    def parse(self, response):\n"
        "        pass\n"
    )
    env = os.environ | {
        "NIANBAO_DATA": str(folder / "data"),
        "NIANBAO_ALLOW_PRIVATE_HOSTS": "127.0.0.0/8",
        "NIANBAO_DELAY_FLOOR": "0",
        "SCRAPY_SETTINGS_MODULE": "crawler.settings",
    }
    command = [sys.executable, "-m", "scrapy", "runspider", str(spider)]
    subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=True, timeout=120)
    archive = Archive(folder / "data")
    yield server, archive
    archive.close()
    server.listener.close()


def row_of(archive: Archive, server: RawServer, name: str) -> dict[str, object]:
    row = archive.catalogue.row(
        "SELECT * FROM capture WHERE url = ?", f"{server.scheme}://127.0.0.1:{server.port}/{name}"
    )
    assert row is not None
    return row


@pytest.mark.parametrize("name", sorted(REPLIES))
def test_a_whole_reply_is_kept_byte_for_byte(captured: tuple[RawServer, Archive], name: str) -> None:
    server, archive = captured
    row = row_of(archive, server, name)
    sent = REPLIES[name]
    if name == "early-hints":
        sent = sent[sent.index(b"HTTP/1.1 200") :]
    assert archive.response(row) == sent
    assert row["truncated"] is None


@pytest.mark.parametrize("name", sorted(CUT))
def test_a_cut_reply_is_kept_as_far_as_it_came_and_marked(captured: tuple[RawServer, Archive], name: str) -> None:
    server, archive = captured
    row = row_of(archive, server, name)
    assert archive.response(row) == CUT[name]
    assert row["truncated"] == "disconnect"
    assert row["error"]


def test_requests_are_kept_as_the_server_read_them(captured: tuple[RawServer, Archive]) -> None:
    server, archive = captured
    from archive.reader import records

    sent = {}
    for path in archive.warc_folder.iterdir():
        for record in records(path):
            if record.type == "request":
                sent[record.headers["WARC-Target-URI"].rsplit("/", 1)[1]] = record.block
    assert {name: sent[name] for name in server.read} == server.read


def test_the_private_names_that_the_seam_stands_on_are_still_there() -> None:
    """When this fails Scrapy or Twisted moved something: mend the file of crawler/ that is named, and nothing else."""
    factory = http11._LenientHTTP11ClientFactory(lambda protocol: None, repr)
    robots = RobotsTxtMiddleware(get_crawler(settings_dict={"ROBOTSTXT_OBEY": True}))
    for file, owner, names in (
        ("wire.py", http11._LenientHTTP11ClientProtocol, ("request", "dataReceived", "_finishResponse", "_state")),
        ("wire.py", factory, ("buildProtocol", "_quiescentCallback")),
        ("wire.py", HTTPConnectionPool, ("_factory",)),
        ("wire.py", _newclient.Request, ("writeTo",)),
        ("politeness.py", robots, ("process_request_2", "_parse_robots", "_robots_error", "_parsers", "_parserimpl")),
        ("loader.py", SpiderLoader, ("_load_all_spiders", "_load_spiders", "_check_name_duplicates")),
    ):
        for name in names:
            assert hasattr(owner, name), f"{owner!r} has no {name} any more: see crawler/{file}"


def test_the_capture_is_what_the_settings_use() -> None:
    settings = importlib.import_module("crawler.settings")
    assert set(settings.DOWNLOAD_HANDLERS.values()) == {"crawler.wire.WireDownloadHandler", None}
