"""python -m tests.kills: a writer is killed at random instants, and what it had acknowledged must be there afterwards.

The writer keeps all that a crawl keeps: replies of many sizes, repeats, failures, browser pages, the journal, hand-over
lines, in files that are finished every few records. After each kill the folder is opened as the next crawl opens it; then
every acknowledged exchange is read back byte for byte, `verify` passes, and a rebuild says what the catalogue says.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from archive import archive as archive_module
from archive.archive import Archive
from archive.catalogue import Catalogue
from archive.exchange import Exchange, Wire
from archive.rebuild import rebuild
from archive.verify import verify

LIVES = 10  # kills that one data folder goes through
SMALL = 60_000  # bytes after which a file is finished here, so that kills also hit that
LONGEST = 0.25  # seconds before a kill


@dataclass
class Tale:
    """What came of the kills. `failures` says what was not as it should be."""

    kills: int = 0
    acknowledged: int = 0
    repaired: int = 0
    failures: list[str] = field(default_factory=list)


def exchanges(life: int, rng: random.Random) -> Iterator[Exchange]:
    """What the writer of one life keeps: a third of the bodies repeat, some are chunked, some never came."""
    bodies = [rng.randbytes(rng.randrange(10, 6000)) for _ in range(40)]
    for number in range(100_000):
        url = f"http://www.sample.portal.test/{life}/{number}.html"
        request = Wire(b"GET / HTTP/1.1\r\nHost: www.sample.portal.test\r\n\r\n")
        body = bodies[number % 40] if number % 3 else rng.randbytes(rng.randrange(1, 20_000))
        match number % 7:
            case 5:
                yield Exchange(url, request=request, error="DownloadTimeoutError: 60 s")
            case 3:
                half = len(body) // 2
                chunks = b"".join(
                    b"%x;n=%d\r\n%b\r\n" % (len(part), number, part) for part in (body[:half], body[half:]) if part
                )
                head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n"
                yield Exchange(url, request=request, response=Wire(head + chunks + b"0\r\n\r\n"), complete=True)
            case _:
                yield Exchange(url, request=request, response=Wire(b"HTTP/1.1 200 OK\r\n\r\n" + body), complete=True)


def write(folder: Path, life: int, seed: int, acknowledge: Connection) -> None:
    """The writer: tells the exchanges of each commit once it has returned. Never ends by itself."""
    archive_module.ROTATE_AT = SMALL
    rng = random.Random(seed)
    archive = Archive(folder, {"software": "nianbao"})
    run = f"20261122T0000{life:02d}000000Z-sample"
    archive.catalogue.put("run", {"id": run, "portal": "sample", "handover_bytes": 0})
    waiting: list[tuple[str, bytes]] = []
    for number, exchange in enumerate(exchanges(life, rng)):
        response = bytes(exchange.response)
        row = archive.keep(exchange, {"url": exchange.url, "run": run, "portal": "sample"})
        if number % 11 == 0:
            archive.keep_resource(f"urn:dom:{exchange.url}", "text/html", response, {"run": run}, row["id"])
        archive.catalogue.put("document", {"id": f"{life}-{number}", "url": exchange.url, "capture": row["id"]})
        archive.hand_over(run, {"document": f"{life}-{number}"})
        waiting.append((row["id"], response))
        if rng.random() < 0.3:
            archive.commit()
            acknowledge.send(waiting)
            waiting = []


def lives(folder: Path, count: int, rng: random.Random, tale: Tale) -> None:
    """Kill `count` writers on one folder, and look after each."""
    context = multiprocessing.get_context("fork")
    kept: dict[str, bytes] = {}
    for life in range(count):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=write, args=(folder, life, rng.getrandbits(32), theirs))
        process.start()
        theirs.close()
        deadline = time.monotonic() + rng.uniform(0, LONGEST)
        try:
            while (left := deadline - time.monotonic()) > 0:
                if ours.poll(left):
                    kept.update(ours.recv())
        finally:
            if process.pid:
                os.kill(process.pid, signal.SIGKILL)
        process.join()
        with suppress(EOFError, OSError):  # it died while it was telling: that commit counts as not acknowledged
            while ours.poll():
                kept.update(ours.recv())
        tale.kills += 1
        tale.failures += [f"life {life}: {what}" for what in look(folder, kept, tale)]
    tale.acknowledged += len(kept)


def look(folder: Path, kept: dict[str, bytes], tale: Tale) -> Iterator[str]:
    """What is wrong with a folder after a kill, in words."""
    archive = Archive(folder, {"software": "nianbao"})
    tale.repaired += len(archive.repaired)
    rows = {row["id"]: row for row in archive.catalogue.rows("SELECT * FROM capture")}
    documents = {row["capture"] for row in archive.catalogue.rows("SELECT capture FROM document")}
    for identity, response in kept.items():
        if identity not in rows:
            yield f"{identity} was acknowledged and is not in the catalogue"
        elif archive.response(rows[identity]) != response:
            yield f"{identity} is not what was kept"
        if identity not in documents:
            yield f"{identity} has lost its document"
    archive.close()
    yield from (str(finding) for finding in verify(folder) if not finding.is_note)
    yield from differences(folder)


def differences(folder: Path) -> Iterator[str]:
    """Lines of the catalogue's canonical form that a rebuild says differently."""
    present = Catalogue(folder / "catalogue.db", read_only=True)
    path = folder / "again.db"
    again = Catalogue(path)
    rebuild(folder / "warc", again)
    said: list[set[str]] = [set(each.dump()) for each in (present, again)]
    present.close()
    again.close()
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    yield from (f"catalogue and files disagree: {line[:300]}" for line in sorted(said[0] ^ said[1]))


def kill(times: int, seed: int, say: Any = lambda tale: None) -> Tale:
    """So many kills, over as many folders as it takes."""
    rng, tale = random.Random(seed), Tale()
    while tale.kills < times:
        with tempfile.TemporaryDirectory() as scratch:
            lives(Path(scratch) / "data", min(LIVES, times - tale.kills), rng, tale)
        say(tale)
    return tale


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.monotonic()

    def say(tale: Tale) -> None:
        print(
            f"{tale.kills} kills, {tale.acknowledged} exchanges acknowledged, {len(tale.failures)} failures", flush=True
        )

    tale = kill(options.times, options.seed, say)
    print("\n".join(tale.failures[:20]))
    print(
        f"{tale.kills} × kill -9 in {time.monotonic() - started:.0f} s: {tale.acknowledged} acknowledged exchanges read back, "
        f"{tale.repaired} files repaired, {len(tale.failures)} failures"
    )
    return 1 if tale.failures else 0


if __name__ == "__main__":
    sys.exit(main())
