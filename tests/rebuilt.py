"""python -m tests.rebuilt: a catalogue made again from the WARC files alone says what the first one says.

Before that the farm was crawled three times, with edits and a withdrawal between, a portal that only a browser can read,
attachments, and pages that came back unchanged.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from tests.evaluate import nianbao
from tests.portals.farm import Farm
from tests.portals.server import serve

COUNTS = {
    "captures": "SELECT count(*) FROM capture",
    "revisits": "SELECT count(*) FROM capture WHERE record_type = 'revisit'",
    "pages that a browser drew": "SELECT count(*) FROM capture WHERE url LIKE 'urn:dom:%'",
    "attachments": "SELECT count(*) FROM capture WHERE role = 'attachment'",
    "requisites": "SELECT count(*) FROM capture WHERE role = 'requisite'",
    "documents that changed": "SELECT count(*) FROM document WHERE supersedes IS NOT NULL",
    "documents withdrawn": "SELECT count(*) FROM document WHERE gone_since IS NOT NULL",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.rebuilt", description=__doc__)
    parser.add_argument("--portals", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    farm = Farm(options.portals, options.seed, scripted=1)
    with tempfile.TemporaryDirectory() as scratch, serve(farm) as server:
        data = Path(scratch) / "data"
        for run in range(3):
            if run == 2:
                farm.edit_reports(3)
                farm.withdraw_reports(2)
            nianbao(server, farm, data, "crawl", "--all", "--json")
        with closing(sqlite3.connect(data / "catalogue.db")) as connection:
            found = {what: connection.execute(sql).fetchone()[0] for what, sql in COUNTS.items()}
        print(", ".join(f"{count} {what}" for what, count in found.items()))
        done = nianbao(server, farm, data, "rebuild", "--into", str(Path(scratch) / "again"), "--compare")
        print(done.stdout.strip())
    return done.returncode or not all(found.values())


if __name__ == "__main__":
    sys.exit(main())
