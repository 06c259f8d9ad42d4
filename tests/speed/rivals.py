"""Other archivers over the same URLs, each with the documented settings that make it fastest while its WARC stays gzip.

wget: no other output (-O /dev/null), no log record, URLs sorted by host, so that it keeps its one connection open.
warcprox: no deduplication and no statistics (both are databases), quiet. Scrapy in front of it as in the other crawls.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from archive.reader import records
from tests.hostile.rivals import NotThereError, warcprox_program, wget_version


def wget(core: int, urls: Path, folder: Path) -> dict[str, float]:
    """Pages, wall and CPU seconds of one process, from its start to its end. Raises NotThereError."""
    wget_version()
    folder.mkdir()
    by_host = folder / "urls"
    lines = urls.read_text().splitlines()
    by_host.write_text("".join(f"{line}\n" for line in sorted(lines, key=lambda url: url.split("/")[2])))
    command = ["wget", "--no-config", "--quiet", "--no-proxy", "--no-hsts", "--output-document=/dev/null"]
    command += ["--warc-file=pages", "--no-warc-keep-log", f"--input-file={by_host}"]
    before, start = _children(), time.perf_counter()
    subprocess.run(["taskset", "-c", str(core), *command], cwd=folder, check=True)
    wall, cpu = time.perf_counter() - start, _children() - before
    return {"pages": _responses(folder / "pages.warc.gz"), "wall": wall, "cpu": cpu}


def through_warcprox(core: int, urls: Path, folder: Path) -> dict[str, float]:
    """Plain Scrapy through warcprox, both on the core. The clock runs until the last record is in its file."""
    folder.mkdir()
    with _running(core, warcprox_program(), folder) as (process, port):
        before = _cpu(process.pid)
        command = [sys.executable, "-m", "tests.speed.crawl", "plain", str(core), str(urls), str(folder / "data")]
        done = subprocess.run([*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True)
        figures: dict[str, float] = json.loads(done.stdout)
        start = time.perf_counter()
        size = -1
        while size != (size := _size(folder)):  # it has a queue; a quarter of a second without a byte ends the wait …
            time.sleep(0.25)
        figures["wall"] += max(0.0, time.perf_counter() - start - 0.5)  # … and is not counted
        figures["cpu"] += _cpu(process.pid) - before
    return figures


@contextmanager
def _running(core: int, warcprox: Path, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        "taskset",
        "-c",
        str(core),
        str(warcprox),
        "--address=127.0.0.1",
        f"--port={port}",
        "--dir=warcs",
        "--gzip",
    ]
    command += ["--dedup-db-file=", "--stats-db-file=", "--quiet"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        else:
            raise NotThereError("it did not listen within twenty seconds")
        yield process, port
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
    finally:
        process.kill()
        process.wait()


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _cpu(pid: int) -> float:
    """CPU seconds of a living process (proc(5), stat: fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / "warcs").glob("*"))


def _responses(path: Path) -> int:
    return sum(record.type == "response" for record in records(path))
