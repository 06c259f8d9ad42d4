"""What is mutated: the farm's pages and files, pages in every charset, pages built to hurt, and any folder that is named.

A new kind of seed is a function that yields (name, bytes), and a line in SEEDS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from tests import charsets
from tests.parsing.test_linear import HOSTILE
from tests.parsing.test_rules import BODY
from tests.portals.farm import Farm
from tests.portals.platforms import SKINNED

LARGEST = 150_000  # bytes of a seed: larger ones say nothing that smaller ones do not, and take the time of ten


class Seed(NamedTuple):
    """One input to start from."""

    name: str
    content: bytes


def _asked(farm: Farm, url: str) -> bytes:
    parts = urlsplit(url)
    reply = farm.reply("GET", parts.hostname or "", parts.path + (f"?{parts.query}" if parts.query else ""), {}, b"")
    return reply.body if reply.status == 200 else b""


def farm_pages() -> Iterator[Seed]:
    """Home pages, and two reports of each portal, of every platform in several skins."""
    platforms = sorted(SKINNED)
    farm = Farm(3 * len(platforms), seed=17, platforms=platforms)
    for portal in farm.portals:
        yield Seed(f"farm {portal.platform} home", _asked(farm, portal.home_url))
        for report in portal.reports[::11][:2]:
            row = report.as_row()
            yield Seed(f"farm {portal.platform} {row['url']}", _asked(farm, row["url"]))
            for file in row.get("attachments") or ():
                url = file if isinstance(file, str) else file.get("url", "")
                yield Seed(f"farm file {url}", _asked(farm, url))


def charset_cases() -> Iterator[Seed]:
    """The pages of tests/charsets.py."""
    return (Seed(f"charset {case.name}", case.content) for case in charsets.CASES)


def plain_report() -> Iterator[Seed]:
    """A report as plain text, as data sets have it."""
    yield Seed("plain report", BODY.encode())


def hostile_pages() -> Iterator[Seed]:
    """The beginnings of the pages that tests/parsing/test_linear.py reads."""
    return (Seed(f"hostile {name}", made().encode()[:4_000]) for name, made in HOSTILE.items())


SEEDS: tuple[Callable[[], Iterator[Seed]], ...] = (farm_pages, charset_cases, plain_report, hostile_pages)


def folder(path: Path) -> Iterator[Seed]:
    """Every file of a folder."""
    return (Seed(str(file), file.read_bytes()) for file in sorted(path.rglob("*")) if file.is_file())


def collected(folders: list[Path]) -> list[Seed]:
    """All seeds, each content once, in an order that does not change."""
    made = [seed for source in SEEDS for seed in source()] + [seed for path in folders for seed in folder(path)]
    return list({seed.content: seed for seed in made if 0 < len(seed.content) <= LARGEST}.values())
