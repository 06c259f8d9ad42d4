"""python -m tests.writing: WARC records per second, ours beside warcio's writer at its defaults, on the same pages.

Both make response records with block and payload digest, each a gzip member of its own, into one file. Ours does what the
archive does besides: digest of every member for the manifest, digest of the file; with and without syncing to disk. CPU
seconds count, the best of several rounds in turn.

Two sets of pages: the farm's, and real ones where ../shared/real is. The farm's text repeats itself more than any real
one, which zlib at level 9 passes over quickly; so the bound is judged on real pages where there are some.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path

from warcio.statusandheaders import StatusAndHeadersParser
from warcio.warcwriter import WARCWriter

from archive.exchange import Exchange, Wire
from archive.files import WarcFile
from archive.warc import HTTP, Reply, make, warc_date
from tests.parsing.shared import PAGES, WHY
from tests.speed.pages import reports
from tests.speed.server import reply

LEAST = 4.0  # times warcio's records per second
SYNC_EVERY = 300  # records: half a second's at the speed that a crawl reaches on one core
Pages = list[tuple[str, bytes]]


def with_warcio(pages: Pages, folder: Path) -> Path:
    """As its documentation shows it (“Writing WARC Records”)."""
    path = folder / "warcio.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        parser = StatusAndHeadersParser(["HTTP/1.1"])
        for url, message in pages:
            stream = BytesIO(message)
            head = parser.parse(stream)
            writer.write_record(writer.create_warc_record(url, "response", payload=stream, http_headers=head))
    return path


def with_ours(pages: Pages, folder: Path, sync: bool = False) -> Path:
    """As `Archive.keep` does it, response records alone."""
    file = WarcFile(folder, {"software": "nianbao"})
    for number, (url, message) in enumerate(pages):
        exchange = Exchange(url, response=Wire(message), complete=True)
        looked_into = Reply(exchange)
        headers: dict[str, str | list[str] | None] = {
            "WARC-Date": warc_date(exchange.started_at),
            "WARC-Payload-Digest": looked_into.payload_digest,
        }
        file.write(make("response", url, f"{HTTP}response", looked_into.block, headers))
        if sync and number % SYNC_EVERY == SYNC_EVERY - 1:
            file.sync()
    if sync:
        file.seal()
    file.close()
    return folder / file.name


WAYS: dict[str, Callable[[Pages, Path], Path]] = {
    "warcio, its defaults": with_warcio,
    "ours": with_ours,
    "ours, synced and sealed": lambda pages, folder: with_ours(pages, folder, sync=True),
}


def measure(write: Callable[[Pages, Path], Path], pages: Pages) -> tuple[float, float, int]:
    """CPU seconds, wall seconds, bytes of the file."""
    with tempfile.TemporaryDirectory() as folder:
        wall, cpu = time.perf_counter(), time.process_time()
        path = write(pages, Path(folder))
        return time.process_time() - cpu, time.perf_counter() - wall, path.stat().st_size


def compare(what: str, pages: Pages, rounds: int) -> float:
    """Print a table. Returns how many times warcio's records per CPU second ours are, synced and sealed."""
    best = {name: (float("inf"), float("inf"), 0) for name in WAYS}
    for _ in range(rounds):
        for name, write in WAYS.items():
            best[name] = min(best[name], measure(write, pages))
    mean = sum(len(message) for _, message in pages) / len(pages)
    print(f"\n{len(pages)} responses with {what}, {mean / 1000:.1f} kB each, best of {rounds} rounds")
    print(f"{'':<24} records/CPU s  records/s  times   file")
    base_cpu, _, base_size = best["warcio, its defaults"]
    for name, (cpu, wall, size) in best.items():
        times, larger = base_cpu / cpu, size / base_size
        print(f"{name:<24} {len(pages) / cpu:13.0f}  {len(pages) / wall:9.0f}  {times:5.2f}  {larger:.3f}")
    return base_cpu / best["ours, synced and sealed"][0]


def addressed(messages: list[bytes]) -> Pages:
    return [(f"http://www.qinghe.portal.test/gknb/{number}.html", message) for number, message in enumerate(messages)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.writing", description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    farm = addressed([reply(*page) for page in reports(options.pages)])
    times, judged = compare("pages of the farm", farm, options.rounds), "pages of the farm"
    if PAGES:
        bodies = islice(cycle([path.read_bytes() for path in PAGES]), options.pages // 2)
        judged = f"{len(PAGES)} real pages in turn"
        times = compare(judged, addressed([reply(b"text/html", body) for body in bodies]), options.rounds)
    else:
        print(f"\nreal pages: skipped: {WHY}")
    holds = "holds" if times >= LEAST else "FAILS"
    print(f"\n{holds}  at least {LEAST:.0f} times warcio's records per CPU second on {judged}: {times:.2f}")
    return 0 if times >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
