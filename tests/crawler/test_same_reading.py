"""What is read from the archive is what was read live, byte for byte of its JSON, for every page that the farm serves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import parsing
from archive.catalogue import Catalogue
from archive.retrieve import Retriever
from tests.conftest import Field
from tests.evaluate import ROOT, environment

SPIDER = """
import json
import parsing
import scrapy

class Reader(scrapy.Spider):
    name = "reader"
    custom_settings = {"HTTPERROR_ALLOW_ALL": True, "RETRY_ENABLED": False}

    async def start(self):
        for url in open(self.urls).read().split():
            yield scrapy.Request(url, dont_filter=True)

    def parse(self, response):
        headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, vs in response.headers.items() for v in vs]
        document = parsing.read(response.body, headers, response.url)
        with open(self.out, "a") as out:
            out.write(json.dumps([response.meta["capture"]["id"], document.model_dump_json()]) + "\\n")
"""


def test_every_page_reads_the_same_from_the_archive(first_crawl: Field, tmp_path: Path) -> None:
    urls = [row["url"] for row in first_crawl.rows("SELECT DISTINCT url FROM capture WHERE status IN (200, 404)")]
    (tmp_path / "urls").write_text("\n".join([*urls, *urls[:50]]))  # some twice: these become revisits
    (tmp_path / "reader.py").write_text(SPIDER)
    data, out = tmp_path / "data", tmp_path / "out.jsonl"
    words = ["runspider", str(tmp_path / "reader.py"), "-a", f"urls={tmp_path / 'urls'}", "-a", f"out={out}"]
    env = environment(first_crawl.server, first_crawl.farm, data)
    subprocess.run([sys.executable, "-m", "scrapy", *words], cwd=ROOT, env=env, check=True, capture_output=True)
    live = dict(map(json.loads, out.read_text().splitlines()))
    catalogue = Catalogue(data / "catalogue.db", read_only=True)
    archived = Retriever(data / "warc", catalogue)
    assert len(live) >= len(urls)
    for identity, said in live.items():
        capture = catalogue.row("SELECT * FROM capture WHERE id = ?", identity)
        body, headers = archived.page(capture)
        assert parsing.read(body, headers, capture["url"]).model_dump_json() == said, capture["url"]
    kinds = {row["record_type"] for row in catalogue.rows("SELECT DISTINCT record_type FROM capture")}
    assert {"response", "revisit"} <= kinds
    catalogue.close()
