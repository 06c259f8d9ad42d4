"""python -m tests.lookup: how long it takes to find one capture among a million catalogue rows.

The catalogue is nianbao's own, filled in bulk; the questions go through `Catalogue.row`, as the crawl and the replay ask
them. Printed are median and 99th percentile, and the plan that SQLite follows.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from archive.archive import ORIGINAL
from archive.catalogue import Catalogue, Row
from archive.urlkey import urlkey

MOST = 1.0  # milliseconds, the median
TIMES = 5  # captures of each URL
DAYS = [f"20{20 + year}-03-0{day}T02:11:08.000000Z" for year, day in enumerate((3, 4, 5, 6, 7))]
EVERYWHERE = (
    "sha1:" + "E" * 32
)  # the digest of a picture that every fiftieth fetch repeats: one response, all else revisits
ASKED = 500

BY_URL = "SELECT * FROM capture WHERE url = ? ORDER BY requested_at DESC LIMIT 1"
BY_KEY = "SELECT * FROM capture WHERE urlkey = ? AND requested_at >= ? ORDER BY requested_at LIMIT 1"
BY_DIGEST = "SELECT * FROM capture WHERE payload_digest = ? LIMIT 1"
BY_ID = "SELECT * FROM capture WHERE id = ?"


def url_of(number: int) -> str:
    return f"http://www.p{number % 3000:04d}.portal.test/zfxxgk/gknb/{2008 + number % 18}/t{number:08d}.html"


def id_of(page: int, visit: int) -> str:
    return f"<urn:uuid:{page * 2654435761 % 2**32:08x}-0000-4000-8000-{page:08x}{visit:04x}>"


def digest_of(page: int, visit: int) -> str:
    return f"sha1:{page * 2654435761 % 2**32:08X}{page:016X}{visit:08X}"


def rows(count: int) -> Iterator[Row]:
    """Each URL was fetched TIMES times, with another page nearly every time."""
    for number in range(count):
        page, visit = divmod(number, TIMES)
        url, repeats = url_of(page), number % 50 == 0
        digest, kind = (
            (EVERYWHERE, "revisit" if number else "response") if repeats else (digest_of(page, visit), "response")
        )
        yield {
            "id": id_of(page, visit), "run": f"run-{visit}", "portal": f"p{page % 3000:04d}", "role": "entry", "url": url,
            "urlkey": urlkey(url), "method": "GET", "requested_at": DAYS[visit], "status": 200, "media_type": "text/html",
            "payload_digest": digest, "truncated": None, "error": None, "record_type": kind,
            "refers_to": None, "warc_file": f"nianbao-{number // 40_000:05d}.warc.gz", "offset": number % 40_000 * 8000,
            "length": 7000,
        }  # fmt: skip


def fill(catalogue: Catalogue, count: int) -> None:
    for number, row in enumerate(rows(count)):
        catalogue.put("capture", row)
        if number % 50_000 == 49_999:
            catalogue.commit()
    catalogue.commit()


def questions() -> dict[str, tuple[str, Callable[[int], tuple[Any, ...]]]]:
    """By name: the SQL, and what it is asked with for a page."""
    return {
        "a URL's newest": (BY_URL, lambda n: (url_of(n),)),
        "a key's first at or after a time": (BY_KEY, lambda n: (urlkey(url_of(n)), DAYS[2])),
        "a payload digest's": (BY_DIGEST, lambda n: (digest_of(n, 1),)),
        "a record id's": (BY_ID, lambda n: (id_of(n, 3),)),
        "what a payload repeats": (ORIGINAL, lambda n: (digest_of(n, 1), url_of(n))),
        "what a payload repeats, for the 20,000th time": (ORIGINAL, lambda n: (EVERYWHERE, url_of(n))),
    }


def measure(
    catalogue: Catalogue, sql: str, values: Callable[[int], tuple[Any, ...]], pages: int
) -> tuple[float, float]:
    """Median and 99th percentile in milliseconds over random pages; every answer must be there."""
    draw, took = random.Random(7), []
    for _ in range(ASKED):
        page = draw.randrange(pages)
        start = time.perf_counter()
        answer = catalogue.row(sql, *values(page))
        took.append(1000 * (time.perf_counter() - start))
        if answer is None:
            raise RuntimeError(f"{sql}: expected a capture of {url_of(page)}, found none")
    took.sort()
    return took[ASKED // 2], took[ASKED * 99 // 100]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.lookup", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    passed = True
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.db"
        start = time.perf_counter()
        writing = Catalogue(path)
        fill(writing, options.rows)
        writing.close()
        size = path.stat().st_size / 1e6
        print(
            f"{options.rows:,} captures, {size:.0f} MB, made in {time.perf_counter() - start:.0f} s; {ASKED} look-ups each"
        )
        catalogue = Catalogue(path, read_only=True)
        print(f"{'':<46} median ms  99 % below  plan")
        for name, (sql, values) in questions().items():
            median, most = measure(catalogue, sql, values, options.rows // TIMES)
            plan = "; ".join(row["detail"] for row in catalogue.rows(f"EXPLAIN QUERY PLAN {sql}", *values(1)))
            print(f"{name:<46} {median:9.3f}  {most:10.3f}  {plan}")
            passed = passed and median < MOST and "SCAN" not in plan
        catalogue.close()
    print(
        f"{'holds' if passed else 'FAILS'}  a look-up among {options.rows:,} captures takes less than {MOST:.0f} ms (median)"
    )
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
