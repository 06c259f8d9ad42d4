"""A small data folder with one of everything that the archive writes, made without a crawl."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from archive.archive import Archive, utc_now
from archive.exchange import Exchange, Wire

SITE = "http://www.yunhe.portal.test"
FILES = 3


def exchange(path: str, head: bytes = b"", body: bytes = b"", method: str = "GET", **more: Any) -> Exchange:
    """A whole exchange of ours; `head` are further header lines of the reply."""
    status = more.pop("status", b"200 OK")
    request = f"{method} {path} HTTP/1.1\r\nHost: www.yunhe.portal.test\r\nAccept-Encoding: gzip, deflate\r\n\r\n"
    reply = b"HTTP/1.1 " + status + b"\r\nServer: nginx\r\n" + head + b"\r\n" + body
    more = {"complete": True, "ip": "127.0.0.1", "protocol": ["http/1.1"], "response": Wire(reply)} | more
    return Exchange(SITE + path, method, request=Wire(request.encode()), **more)


def report(number: int, rng: random.Random) -> bytes:
    """A page of a few kilobytes that no other number has."""
    lines = (
        f"<p>第{n}项：收到申请{rng.randrange(1000)}件，结转{rng.randrange(99)}件。</p>"
        for n in range(rng.randrange(20, 90))
    )
    return f"<html><body><h1>云河市{2000 + number}年度报告</h1>{''.join(lines)}</body></html>".encode("gb18030")


def chunked(body: bytes) -> bytes:
    """The body in chunks of a thousand bytes, one with an extension, and a trailer."""
    pieces = [body[at : at + 1000] for at in range(0, len(body), 1000)]
    framed = [b"%x%s\r\n%s\r\n" % (len(p), b";n=1" * (not i), p) for i, p in enumerate(pieces)]
    return b"".join(framed) + b"0\r\nX-Sum: 1\r\n\r\n"


def fill(folder: Path, seed: int = 1, large: int = 0) -> None:
    """FILES finished WARC files and their catalogue: pages, repeats in and over files, a 304, chunks, a HEAD, a cut
    reply, a failure, an early hint, a page as a browser drew it, and `large` bytes of an attachment.
    """
    rng = random.Random(seed)
    html, inchunks = b"Content-Type: text/html; charset=gbk\r\n", b"transfer-encoding: Chunked\r\n"
    pages = [report(n, rng) for n in range(4)]
    for number in range(FILES):
        archive = Archive(folder, {"software": "nianbao sample"})
        run = f"r{number}"
        archive.catalogue.put("portal", {"name": "yunhe", "home_url": SITE, "last_seen": utc_now()})
        archive.catalogue.put("run", {"id": run, "portal": "yunhe", "started_at": utc_now()})
        fresh = report(10 + number, rng)
        kept = [
            exchange(f"/年报/{n}.html", html, page) for n, page in enumerate(pages)
        ]  # repeated from the second file on
        kept += [
            exchange(f"/copy/{number}.html", html, pages[0]),
            exchange("/changed.html", html, fresh),
            exchange("/changed.html", html, fresh),  # repeated at once
            exchange("/chunked.html", html + inchunks, chunked(pages[1])),
            exchange(f"/fresh/{number}.html", html + inchunks, chunked(report(20 + number, rng))),
            exchange(f"/head/{number}", html + b"Content-Length: 4096\r\n", method="HEAD"),
            exchange("/年报/0.html", b'ETag: "1"\r\n', status=b"304 Not Modified"),
            exchange("/moved", b"Location: /changed.html\r\n", status=b"302 Found"),
            exchange(f"/cut/{number}.html", html, fresh[:700], complete=False, truncated="disconnect"),
            exchange(f"/slow/{number}", response=Wire(), complete=False, error="DownloadTimeoutError: 60 s"),
            exchange(f"/hint/{number}", html, b"<p>1</p>", interim=b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        ]
        if large:
            kept.append(exchange(f"/files/{number}.pdf", b"Content-Type: application/pdf\r\n", rng.randbytes(large)))
        for each in kept:
            row = archive.keep(
                each, {"url": each.url, "method": each.method, "run": run, "portal": "yunhe", "role": "page"}
            )
            said = {"portal": "yunhe", "url": each.url, "capture": row["id"]}
            archive.catalogue.put("entry", {"run": run, "title": "年度报告", **said})
            if row["status"] == 200 and row["record_type"] == "response":
                archive.catalogue.put("document", {"id": row["id"], "title": "年度报告", **said})
            archive.commit()
        drawn = f"<html>{number}</html>".encode()
        archive.keep_resource(f"urn:dom:{SITE}/", "text/html", drawn, {"run": run, "portal": "yunhe"}, row["id"])
        archive.close()
