"""ReplayWeb.page, as README.md says: its recipe is run line by line, and reports are opened in headless Chromium."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from archive import wacz
from tests.judges import tools
from tests.judges.pywb import await_port, free_port
from tests.judges.verdict import Material, Verdict

README = Path(__file__).resolve().parents[2] / "README.md"
PORT = "8000"  # the recipe's, which another program may have here
EACH = 3  # report pages opened for each portal
LETTERS = 60  # of a report's text that must be on its page, white space left out
PATIENCE = 20.0  # seconds for a page to show


def recipe() -> tuple[list[str], str]:
    """README's lines for ReplayWeb.page: commands, of which the last goes on running, and the address to open."""
    block = re.search(r"(?m)^((?: {4}.*\n)* {4}npm pack (?: {4}.*\n|.*\n)*?) {4}# (http\S+)\n", README.read_text())
    if block is None:
        raise LookupError("README.md: expected a block of commands that begins with `npm pack` and ends in `# http…`")
    return [line.strip() for line in block[1].splitlines()], block[2]


def replayweb(material: Material) -> Verdict:
    """The WACZ file of the folder, opened as the recipe says: each page shows the text that we read from it."""
    npm, chromium = shutil.which("npm"), shutil.which("chromium") or shutil.which("chromium-browser")
    if not npm or not chromium:
        raise tools.MissingToolError(f"expected npm and chromium on the path, got {npm} and {chromium}")
    home = material.scratch / "replayweb"
    (home / "data" / "export").mkdir(parents=True)
    catalogue = material.archive.catalogue
    wacz.write(catalogue, material.files, home / "data/export/archive.wacz", "nianbao, judged")
    commands, address = recipe()
    for command in commands[:-1]:
        done = subprocess.run(command, shell=True, cwd=home, capture_output=True, text=True, check=False)
        if done.returncode:
            raise tools.MissingToolError(f"{command}: {done.stderr.strip()[-300:]}")
    port = free_port()
    verdict = Verdict("ReplayWeb.page", material.name, "pages")
    with tools.running(["sh", "-c", f"exec {commands[-1].replace(PORT, str(port))}"], home):
        await_port(port)
        _open(verdict, material, address.replace(PORT, str(port)), chromium, _chosen(material))
    return verdict


def _chosen(material: Material) -> list[dict[str, Any]]:
    """Some pages with text of every portal, with their captures. A file is no page: a browser shows it without text."""
    sql = """SELECT d.portal, d.title, d.text, c.id, c.url, c.requested_at FROM document d JOIN capture c ON c.id = d.capture
             WHERE d.text <> '' AND d.supersedes IS NULL AND c.media_type = 'text/html' ORDER BY d.portal, d.id"""
    by_portal: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in material.archive.catalogue.rows(sql):
        by_portal[row["portal"]].append(row)
    return [row for rows in by_portal.values() for row in rows[:EACH]]


def _plain(text: str) -> str:
    return re.sub(r"[\s|]+", "", text)


def _open(verdict: Verdict, material: Material, address: str, chromium: str, rows: list[dict[str, Any]]) -> None:
    """Find the first report by its title, then open each and look for its text."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        box = page.get_by_placeholder("Search by Page URL, Title, or Text")
        box.wait_for(timeout=PATIENCE * 1000)
        box.fill(rows[0]["title"])
        page.locator("wr-page-entry").filter(has_text=rows[0]["url"]).first.wait_for(timeout=PATIENCE * 1000)
        for row in rows:
            verdict.asked += 1
            at = "".join(c for c in row["requested_at"][:19] if c.isdigit())
            page.goto("about:blank")
            page.goto(f"{address}#view=resources&url={row['url']}&ts={at}")
            wanted, seen = _plain(row["text"])[:LETTERS], ""
            end = time.monotonic() + PATIENCE
            while wanted not in seen and time.monotonic() < end:
                page.wait_for_timeout(100)
                frames = [frame for frame in page.frames if frame.url.endswith(row["url"])]
                seen = _plain("".join(frame.locator("body").inner_text() for frame in frames))
            if wanted not in seen:
                said = f"{wanted[:30]!r} not in {len(seen)} letters {seen[:60]!r}"
                verdict.against("text", row["url"], said, material.record(row["id"]))
        browser.close()
