"""Starting `nianbao replay` on a data folder, and looking at pages in headless Chromium: live and in the replay."""

from __future__ import annotations

import base64
import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Frame, Page, sync_playwright
from scrapy.settings import Settings

from crawler.browser import executable

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = executable(Settings({"BROWSER_EXECUTABLE": os.environ.get("NIANBAO_CHROMIUM", "")})) or ""  # as the crawler
WIDTH, HEIGHT, BAR = 1280, 900, 34  # pixels; BAR is the height of the replay's bar
TALLEST = 6000  # pixels of a page that are looked at
WAIT = 20_000  # milliseconds for a page to load


@dataclass
class Replay:
    """A running `nianbao replay`; `home` is the origin of its pages, `content` that of archived ones."""

    home: str
    process: subprocess.Popen[str]

    @property
    def content(self) -> str:
        found = re.search(r"frame-src (\S+)", self.get("/")[1]["Content-Security-Policy"])
        assert found
        return found.group(1)

    def get(
        self, path: str, headers: dict[str, str] | None = None, method: str = "GET", body: bytes | None = None
    ) -> Any:
        """Status, headers and body of one request; redirects are not followed. `path` may be an address."""
        parts = urlsplit(path if "://127.0.0.1:" in path[:20] else self.home + path)
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        try:
            connection.request(method, path.removeprefix(f"http://{parts.netloc}"), body, headers or {})
            reply = connection.getresponse()
            return reply.status, reply.headers, reply.read()
        finally:
            connection.close()


@contextmanager
def replaying(data: Path, *args: str) -> Iterator[Replay]:
    """`nianbao replay` on a free port until the block ends; makes its environment on first use."""
    command = [sys.executable, "-m", "crawler.cli", "replay", "--data", str(data), "--port", "0", *args]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(process.stderr.read())
        yield Replay(line.split("/ replays")[0], process)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


@dataclass
class Seen:
    """What Chromium showed of a page."""

    text: str = ""
    charset: str = ""
    images: list[list[Any]] = field(default_factory=list)  # [path, complete, natural width, natural height]
    styles: list[list[Any]] = field(default_factory=list)  # [tag, colours, font, box] of its elements in order
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    height: int = 0
    picture: bytes = field(default=b"", repr=False)


LOOK = """() => {
  const shown = (e) => !["SCRIPT", "STYLE", "LINK", "META", "HEAD", "TITLE", "BASE", "NOSCRIPT"].includes(e.tagName);
  const place = (address) => address.replace(/^https?:\\/\\/127\\.0\\.0\\.1:\\d+\\/replay\\/\\d+[a-z]{2}_\\//, "");
  return {
    text: document.body.innerText,
    charset: document.characterSet,
    height: document.documentElement.scrollHeight,
    images: [...document.images].map((i) => [place(i.currentSrc || i.src), i.complete, i.naturalWidth, i.naturalHeight]),
    styles: [...document.querySelectorAll("body, body *")].filter(shown).slice(0, 600).map((e) => {
      const s = getComputedStyle(e), b = e.getBoundingClientRect();
      return [e.tagName, s.color, s.backgroundColor, s.fontSize, s.fontFamily, s.display, s.borderTopWidth, s.textAlign,
              ...[b.x, b.y, b.width, b.height].map(Math.round)];
    }),
  };
}"""


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
    """Headless Chromium of the system."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *arguments])
        try:
            yield browser
        finally:
            browser.close()


def look(browser: Browser, address: str, framed: bool) -> Seen:
    """Open a page by itself, or the replay's frame around it, and note what is shown, asked for and complained of."""
    seen = Seen()
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT + (BAR if framed else 0)})
    context.on("request", lambda request: seen.requests.append(request.url))
    page = context.new_page()
    page.on("websocket", lambda socket: seen.requests.append(socket.url))
    page.on(
        "console", lambda said: seen.errors.append(_said(said.text, said.location)) if said.type == "error" else None
    )
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    try:
        page.goto(address, wait_until="load", timeout=WAIT)
        page.wait_for_load_state("networkidle", timeout=WAIT)
        inner = _content(page) if framed else page.main_frame
        height = min(max(inner.evaluate("document.documentElement.scrollHeight"), HEIGHT), TALLEST)
        page.set_viewport_size({"width": WIDTH, "height": height + (BAR if framed else 0)})
        for name, value in inner.evaluate(LOOK).items():
            setattr(seen, name, value)
        clip = {"x": 0, "y": BAR if framed else 0, "width": WIDTH, "height": height}
        seen.picture = page.screenshot(clip=clip, animations="disabled")  # type: ignore[arg-type]
    finally:
        context.close()
    return seen


def _content(page: Page) -> Frame:
    frame = page.frame(name="___wb_replay_top_frame")
    assert frame is not None, page.content()
    frame.wait_for_load_state("load", timeout=WAIT)
    return frame


def _said(text: str, location: Any) -> str:
    """A console message with addresses as the archive's page would know them."""
    where = location.get("url", "") if text.startswith("Failed to load resource") else ""
    return re.sub(r"https?://127\.0\.0\.1:\d+/replay/\d+(?:[a-z]{2}_)?/", "", f"{text} {where}".strip())


def strangers(requests: list[str], replay: Replay, content: str) -> list[str]:
    """Requests that went anywhere but to the replay."""
    mine = (f"{replay.home}/", f"{content}/", "data:", "blob:", "about:")
    return [url for url in requests if not url.startswith(mine)]


DIFFERENCE = """async ([first, second]) => {
  const read = async (data) => {
    const image = new Image();
    image.src = "data:image/png;base64," + data;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
  };
  const [a, b] = [await read(first), await read(second)];
  if (a.width !== b.width || a.height !== b.height) return 1;
  let other = 0;
  for (let at = 0; at < a.data.length; at += 4)
    if (Math.max(...[0, 1, 2].map((i) => Math.abs(a.data[at + i] - b.data[at + i]))) > 8) other++;
  return other / (a.width * a.height);
}"""


def difference(judge: Page, first: bytes, second: bytes) -> float:
    """The share of pixels that differ by more than 8 of 255 in a colour; 1 when the pictures' sizes differ."""
    return float(judge.evaluate(DIFFERENCE, [base64.b64encode(first).decode(), base64.b64encode(second).decode()]))
