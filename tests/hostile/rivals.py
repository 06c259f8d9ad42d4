"""Other archivers on the same replies, each with the settings that let it keep most.

Every reply has a server of its own: warcprox refuses a host and port for a minute after a reply that it cannot parse.
Nothing here is a dependency: wget is the system's, warcprox gets an environment of its own in the user's cache folder.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.hostile.server import HostileServer
from tests.hostile.shapes import MOST, Shape
from tests.hostile.warcs import Record, records_in

WARCPROX = "2.13.1"
TIMEOUT = 2  # seconds that each waits for a silent server
AT_ONCE = 4
Targets = list[tuple[HostileServer, Shape]]


class NotThereError(RuntimeError):
    """The rival cannot be run here; the message says why, in words for the scoreboard."""


def wget_version() -> str:
    """Its version. Raises NotThereError without wget, or with one that cannot write WARC."""
    if shutil.which("wget") is None:
        raise NotThereError("wget is not installed")
    first = subprocess.run(["wget", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    if "--warc" not in subprocess.run(["wget", "--help"], capture_output=True, text=True, check=True).stdout:
        raise NotThereError(f"{first} was built without WARC")
    return first.split()[2]


def wget(targets: Targets, folder: Path) -> list[Record]:
    """A process and a WARC file per reply, so that one that ends it costs no other. Returns all records."""
    folder.mkdir()

    def fetch(server: HostileServer, shape: Shape) -> None:
        command = ["wget", "--no-config", "--quiet", "--no-proxy", "--no-hsts", "--no-check-certificate", "--tries=1"]
        command += [f"--timeout={TIMEOUT}", "--content-on-error", "--max-redirect=0", f"--method={shape.method}"]
        command += [
            "--output-document=/dev/null",
            f"--warc-file={folder}/{server.scheme}-{shape.name}",
            server.url(shape.name),
        ]
        subprocess.run(
            command, cwd=folder, capture_output=True, timeout=60
        )  # its exit code tells of 404 and the like too

    _each(fetch, targets)
    return records_in(folder)


def warcprox_program() -> Path:
    """The program, after making its environment when that is not there. Raises NotThereError when it cannot be made."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "nianbao" / f"warcprox-{WARCPROX}"
    program = folder / "bin" / "warcprox"
    with suppress(OSError, subprocess.CalledProcessError):
        subprocess.run([program, "--version"], capture_output=True, check=True)
        return program
    print(f"making an environment for warcprox {WARCPROX} in {folder}", flush=True)
    try:
        for command in (
            [sys.executable, "-m", "venv", "--clear", folder],
            [folder / "bin" / "python", "-m", "pip", "install", "--quiet", f"warcprox=={WARCPROX}"],
        ):
            subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        raise NotThereError(f"its environment could not be made ({said[-1] if said else error})") from error
    return program


@contextmanager
def _running(program: Path, folder: Path) -> Iterator[int]:
    """warcprox on a free port, which is given. It has written everything when the block is over."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [program, "--address=127.0.0.1", f"--port={port}", f"--dir={folder}/warcs", "--gzip"]
    command += [
        "--dedup-db-file=",
        "--stats-db-file=",
        f"--cacert={folder}/ca.pem",
        f"--certs-dir={folder}/certs",
        "--quiet",
    ]
    command += [f"--fetch-timeout={TIMEOUT}", f"--max-resource-size={MOST}"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        else:
            raise NotThereError("it did not listen within ten seconds")
        yield port
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
    finally:
        process.kill()
        process.wait()


def warcprox(targets: Targets, folder: Path) -> list[Record]:
    """Every reply asked for through the proxy by a client that takes whatever comes. Returns all records."""
    folder.mkdir()
    with _running(warcprox_program(), folder) as port:

        def fetch(server: HostileServer, shape: Shape) -> None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), TIMEOUT * 2) as connection:
                _ask(connection, server, shape)

        _each(fetch, targets)
    return records_in(folder / "warcs")


def _ask(connection: socket.socket, server: HostileServer, shape: Shape) -> None:
    host, target = f"{server.host}:{server.port}", server.url(shape.name)
    if server.scheme == "https":
        connection.sendall(f"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        while not connection.recv(65536).endswith(b"\r\n\r\n"):
            pass
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE  # its certificate is of its own making
        connection, target = trusting.wrap_socket(connection), f"/{shape.name}"
    request = f"{shape.method} {target} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip, deflate\r\nConnection: close\r\n\r\n"
    connection.sendall(request.encode())
    while connection.recv(65536):
        pass


def _each(fetch: Callable[[HostileServer, Shape], None], targets: Targets) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(fetch, *target) for target in targets]:
            done.result()
