"""Run by the replay environment's Python: python -I launcher.py --data DIR --bind ADDRESS --port N."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402  gevent has to come first
import errno  # noqa: E402
import importlib.util  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import sqlite3  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent.event  # noqa: E402
from gevent.pywsgi import WSGIHandler, WSGIServer  # noqa: E402


class Handler(WSGIHandler):  # type: ignore[misc]
    """Keeps the request target as it was sent: the archive's addresses are exact."""

    def get_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environ()
        environ["REQUEST_URI"] = self.path
        return environ


def lend_archive() -> None:
    """Make the package `archive` importable by its path, without what lies beside it: that may be Scrapy's environment."""
    folder = Path(__file__).resolve().parent.parent
    spec = importlib.util.spec_from_file_location(
        "archive", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["archive"] = module
    spec.loader.exec_module(module)


def listen(bind: str, port: int) -> WSGIServer:
    """A server that listens already. Leaves with a clear word when it cannot."""
    server = WSGIServer((bind, port), log=None, error_log=sys.stderr, handler_class=Handler)
    try:
        server.init_socket()
    except OSError as error:
        why = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            fail(
                f"--bind {bind}: expected an address of this machine, such as 127.0.0.1 or 0.0.0.0, got “{error.strerror}”."
            )
        fail(
            f"port {port} of {bind} {why}. Name another with --port N (N and N + 1 are used), or 0 for any that are free."
        )
    return server


def fail(what: str) -> None:
    print(f"nianbao: {what}", file=sys.stderr, flush=True)
    sys.exit(2)


def main() -> None:
    parser = argparse.ArgumentParser(prog="nianbao replay")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--bind", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    lend_archive()
    from archive.replay_app.front import Front
    from archive.replay_app.index import Index

    index = Index(options.data)
    try:
        index.row("SELECT urlkey, record_type FROM capture LIMIT 1")
    except (OSError, sqlite3.Error) as error:
        fail(
            f"{index.path}: expected a catalogue of this version, got “{error}”. `nianbao rebuild` makes it from the WARC files."
        )
    front = Front(index, options.data)
    servers = [listen(options.bind, options.port), listen(options.bind, options.port and options.port + 1)]
    front.ports = (servers[0].address[1], servers[1].address[1])
    for server in servers:
        server.application = front
        server.start()
    stopped = gevent.event.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(each, stopped.set)
    print(f"http://{options.bind}:{front.ports[0]}/ replays {options.data} (Ctrl-C stops)", flush=True)
    stopped.wait()
    for server in servers:
        server.stop(timeout=1)


if __name__ == "__main__":
    main()
