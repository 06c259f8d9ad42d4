"""One extractor over a folder of pages, in a process of its own: READERS says with which settings.

Run as a file by the Python that has the extractor, so that none of theirs comes into our environment:
python readers.py NAME FOLDER. The folder holds pages.jsonl: {"file", "url", "charset", "headers"} a line. Texts go
to FOLDER/NAME.json, with the CPU seconds they took. Ours is given the bytes as they came; the others get the
page decoded as it really is, which is no part of their time.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

WARM = 10  # pages
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    ]
)


class Asked(NamedTuple):
    """A page as a reader is given it."""

    content: bytes
    text: str
    headers: list[tuple[str, str]]
    url: str | None


Reader = Callable[[Asked], str]


def nianbao() -> Reader:
    from parsing import read

    return lambda page: read(page.content, page.headers, page.url).text


def trafilatura() -> Reader:
    from trafilatura import extract

    return lambda page: extract(page.text, include_comments=False, include_tables=True) or ""


def trafilatura_recall() -> Reader:
    from trafilatura import extract

    return lambda page: extract(page.text, include_comments=False, include_tables=True, favor_recall=True) or ""


def resiliparse() -> Reader:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    return lambda page: extract_plain_text(HTMLTree.parse(page.text), main_content=True, alt_texts=False)


def readability() -> Reader:
    """Its summary is HTML; it is written out a line a block and with a tab between cells, so that no row is lost here."""
    from lxml import html
    from readability import Document  # type: ignore[import-not-found,unused-ignore]

    def read(page: Asked) -> str:
        tree = html.fromstring(Document(page.text).summary())
        for element in tree.iter():
            if element.tag in ("td", "th"):
                element.tail = "\t" + (element.tail or "")
            elif element.tag in BLOCKS:
                element.text = "\n" + (element.text or "")
                element.tail = "\n" + (element.tail or "")
        return str(tree.text_content())

    return read


def justext() -> Reader:
    """It has no Chinese word list: without one, and with the lengths that fit Chinese (reading.md 1.2)."""
    from justext import justext as classify  # type: ignore[import-untyped,unused-ignore]

    def read(page: Asked) -> str:
        found = classify(page.text, frozenset(), 20, 60, 0, 0)
        return "\n".join(paragraph.text for paragraph in found if not paragraph.is_boilerplate)

    return read


def newspaper4k() -> Reader:
    import newspaper  # type: ignore[import-not-found,unused-ignore]

    def read(page: Asked) -> str:
        article = newspaper.Article(page.url or "http://page.test/", language="zh", fetch_images=False)
        article.download(input_html=page.text)
        article.parse()
        return str(article.text)

    return read


READERS: dict[str, Callable[[], Reader]] = {
    "nianbao": nianbao,
    "trafilatura": trafilatura,
    "trafilatura, recall": trafilatura_recall,
    "resiliparse": resiliparse,
    "readability-lxml": readability,
    "jusText": justext,
    "newspaper4k": newspaper4k,
}


def run(name: str, folder: Path) -> dict[str, Any]:
    """Texts by file, CPU seconds, and what was raised (its page then counts as empty). The first pages are read twice: what
    a reader loads or compiles on first use is no part of its time."""
    pages = []
    for line in (folder / "pages.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        content = (folder / row["file"]).read_bytes()
        asked = Asked(
            content, content.decode(row["charset"], "replace"), [tuple(h) for h in row["headers"]], row["url"]
        )
        pages.append((row["file"], asked))
    reader = READERS[name]()
    texts: dict[str, str] = {}
    errors: dict[str, str] = {}
    seconds = 0.0
    warm = pages[:WARM]
    for at, (file, asked) in enumerate([*warm, *pages]):
        before = time.process_time()
        try:
            texts[file] = reader(asked)
        except Exception as error:  # noqa: BLE001 - a rival may fail on a page; the others still count
            texts[file], errors[file] = "", f"{type(error).__name__}: {error}"[:200]
        seconds += time.process_time() - before if at >= len(warm) else 0.0
    return {"texts": texts, "seconds": seconds, "errors": errors}


if __name__ == "__main__":
    found = run(sys.argv[1], Path(sys.argv[2]))
    (Path(sys.argv[2]) / f"{sys.argv[1]}.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
