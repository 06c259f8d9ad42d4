"""Pages with what a careful person would copy from them: the farm's, or those of a folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.portals.farm import Farm
from tests.portals.platforms import PLATFORMS, SKINNED
from tests.reading.gold import Label, gold_text


class Sample(NamedTuple):
    """A page as served, its real charset, and the truth."""

    name: str
    content: bytes
    headers: list[tuple[str, str]]
    url: str | None
    charset: str
    truth: str
    title: str = ""


def farm_samples(seeds: Iterable[int], each: int) -> Iterator[Sample]:
    """Report pages of portals on every platform in every skin: `each` of a portal, spread over its years and bodies."""
    skins = list(SKINNED)
    for seed in seeds:
        farms = (
            Farm(len(skins) * max(site.variants for site in SKINNED.values()), seed, platforms=skins),
            Farm(len(PLATFORMS) * 2, seed),
        )
        for farm in farms:
            for portal in farm.portals:
                reports = farm.reports_of(portal)
                step = max(len(reports) // each, 1)
                for report in reports[portal.index % step :: step][:each]:  # not the oldest alone
                    parts = urlsplit(report.url)
                    target = parts.path + (f"?{parts.query}" if parts.query else "")
                    reply = farm.reply("GET", parts.hostname or "", target, {}, b"")
                    kind = dict(reply.headers).get("Content-Type", "")
                    if reply.status == 200 and "html" in kind and portal.platform != "scripted":
                        name = f"{seed} {portal.platform} {portal.variant} {report.url} {' '.join(report.blemishes)}"
                        charset = "gb18030" if portal.charset == "gbk" else "utf-8-sig"
                        yield Sample(
                            name, reply.body, list(reply.headers), report.url, charset, report.text, report.title
                        )


def folder_samples(folder: Path, labels: Path | None = None) -> Iterator[Sample]:
    """Pages of a folder: those that `labels` (a file as real.jsonl) names, else each NAME.html that has a NAME.txt.

    UTF-8 is tried first; a page in another charset is taken for GB18030.
    """
    if labels is not None:
        for line in labels.read_text(encoding="utf-8").splitlines():
            label: Label = json.loads(line)
            content = (folder / label["page"]).read_bytes()
            charset = _charset(content)
            yield Sample(
                label["page"], content, [], None, charset, gold_text(content.decode(charset, "replace"), label)
            )
        return
    for path in sorted(folder.glob("*.htm*")):
        if (gold := path.with_suffix(".txt")).exists():
            content = path.read_bytes()
            yield Sample(path.name, content, [], None, _charset(content), gold.read_text(encoding="utf-8"))


def _charset(content: bytes) -> str:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"
