"""Stock pywb: the WARC files are added as its manual says, and every capture is asked for and compared, body and time."""

from __future__ import annotations

import http.client
import socket
import subprocess
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

from archive.catalogue import Row
from archive.http import DecodeError, Message, payload
from archive.urlkey import target_uri
from tests.judges import tools
from tests.judges.verdict import Material, Verdict

COLLECTION = "reports"
START = 60.0  # seconds that it may take to answer first
WAIT = 10.0  # seconds for one answer


def pywb(material: Material) -> Verdict:
    """wb-manager add, wayback, and each capture in its `id_` form: the decoded body is ours."""
    bin_folder = tools.environment(*tools.PYWB)
    for words in (["init", COLLECTION], ["add", COLLECTION, *map(str, material.files)]):
        subprocess.run([bin_folder / "wb-manager", *words], cwd=material.scratch, capture_output=True, check=True)
    port = free_port()
    verdict = Verdict("pywb", material.name, "captures")
    wayback: list[str | Path] = [bin_folder / "wayback", "-b", "127.0.0.1", "-p", str(port)]
    with tools.running(wayback, material.scratch):
        await_port(port)
        ours: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in material.captures():
            ours[target_uri(row["url"]), timestamp(row)].append(row)
        for (url, at), rows in ours.items():
            _compare(verdict, material, port, url, at, rows)
    return verdict


def _compare(verdict: Verdict, material: Material, port: int, url: str, at: str, rows: list[Row]) -> None:
    """One address at one second. When several captures share it, pywb serves one: any of them is right."""
    verdict.asked += len(rows)
    status, headers, body = _get(port, f"/{COLLECTION}/{at}id_/{url}")
    wanted = []
    for row in rows:
        try:
            wanted.append(material.archive.page(row)[0])
        except (DecodeError, ValueError):
            wanted.append(None)
    record = material.record(rows[0]["id"])
    where = f"{at} {url}"
    try:
        got: bytes | None = payload(Message("HTTP/1.1", status, "", headers, b"", body))
    except DecodeError:
        got = None
    if got in wanted:
        return
    said = f"{status}, {len(body)} bytes {body[:60]!r} for {[w and len(w) for w in wanted]} bytes {(wanted[0] or b'')[:60]!r}"
    verdict.against("replay", where, said, record)


def timestamp(row: Row) -> str:
    """WARC-Date as 14 digits."""
    return "".join(c for c in row["requested_at"][:19] if c.isdigit())


def _get(port: int, path: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body as far as it came: pywb may promise more than it has."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
    body = bytearray()
    try:
        connection.putrequest("GET", path, skip_accept_encoding=True)
        connection.putheader("Accept-Encoding", "gzip, deflate, br, zstd")
        connection.putheader("Connection", "close")
        connection.endheaders()
        response = connection.getresponse()
        with suppress(http.client.IncompleteRead, TimeoutError):
            while piece := response.read1():
                body += piece
        headers = [(name, value) for name, value in response.getheaders() if name.lower() != "transfer-encoding"]
        return response.status, headers, bytes(body)
    except (http.client.HTTPException, OSError) as error:
        return 0, [], repr(error).encode()
    finally:
        connection.close()


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def await_port(port: int) -> None:
    """Return when somebody listens. Raises TimeoutError."""
    end = time.monotonic() + START
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"port {port}: expected a server within {START:.0f} s, got none")
