"""Reading WARC files without the archive's own reader, so that it is not its own judge: zlib, and Content-Length."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Record:
    """One record: its header lines in order, and its block."""

    headers: list[tuple[str, str]]
    block: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def get(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)

    @property
    def type(self) -> str | None:
        return self.get("WARC-Type")

    @property
    def uri(self) -> str:
        return (self.get("WARC-Target-URI") or "").strip(
            "<>"
        )  # wget's brackets: WARC 1.0's grammar against its examples

    def facts(self) -> dict[str, Any]:
        """What one of our metadata records says: the field json-metadata of its warc-fields."""
        fields = dict(line.split(": ", 1) for line in self.block.decode("utf-8").splitlines())
        facts: dict[str, Any] = json.loads(fields["json-metadata"])
        return facts


def plain(data: bytes) -> bytes:
    """A file's bytes with all gzip members unpacked; a cut last one as far as it goes."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    out = b""
    while data:
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        out += inflater.decompress(data)
        data = inflater.unused_data
    return out


def records(path: Path) -> Iterator[Record]:
    """The records of one WARC file."""
    data, at = plain(path.read_bytes()), 0
    while at < len(data):
        end = data.index(b"\r\n\r\n", at)
        lines = data[at:end].decode("utf-8").split("\r\n")[1:]
        headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        size = int(next(value for name, value in headers if name.lower() == "content-length"))
        yield Record(headers, data[end + 4 : end + 4 + size])
        at = end + 4 + size + 4  # two line ends close a record (WARC 1.1 §4)


def records_in(folder: Path) -> list[Record]:
    """The records of all WARC files below a folder, also of those that somebody still had open."""
    return [record for path in sorted(folder.rglob("*.warc*")) for record in records(path)]


def by_uri(data: Path) -> dict[tuple[str, str], list[Record]]:
    """The records of one of our data folders by target URI and type."""
    found = defaultdict(list)
    for record in records_in(data / "warc"):
        found[record.uri, record.type or ""].append(record)
    return dict(found)
