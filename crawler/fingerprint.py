"""Which content management system serves a page: tables of fingerprints, read off plain HTML.

A platform class (spiders/platforms/) holds a table of these. What a pattern's named groups catch are the parameters
that a spider of that platform would need.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from urllib.parse import urlsplit

from scrapy.http import Response

from crawler import discovery

AGAINST = -99  # a mark of another platform that serves the same kind of pages
SURE = 3  # weights that make a platform certain; one decisive mark, or several that others have too

Where = Literal["source", "address", "header"]


@dataclass(frozen=True)
class Fingerprint:
    """A mark of a platform: a regular expression, where it is looked for, how much it says, and one real-looking example.

    `where`: "source" is the page's text with its markup, in which links to the page's own host begin with `/` however they
    were written, so that what still begins with `http` leads elsewhere; "address" the page's own URL, "header" the response
    headers as `Name: value` lines. `weight`: 3 decides by itself, 2 needs one more, 1 is a hint; AGAINST rules it out.
    """

    pattern: str
    example: str
    weight: int = SURE
    where: Where = "source"

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE)


@dataclass(frozen=True)
class Mark:
    """A fingerprint that was found: the text that matched, and the parameters that it carries."""

    fingerprint: Fingerprint
    text: str
    parameters: dict[str, str]


def marks(table: Iterable[Fingerprint], response: Response) -> Iterator[Mark]:
    """The fingerprints of a table that a page shows, each once."""
    own = re.compile(rf"(?:https?:)?//{re.escape(urlsplit(response.url).netloc)}/", re.IGNORECASE)
    places = {"source": own.sub("/", discovery.source_text(response)), "address": response.url}
    places["header"] = "\n".join(
        f"{name.decode('latin-1')}: {value.decode('latin-1')}"
        for name, values in response.headers.items()
        for value in values
    )
    for fingerprint in table:
        if found := fingerprint.compiled.search(places[fingerprint.where]):
            groups = {name: value for name, value in found.groupdict().items() if value}
            yield Mark(fingerprint, found[0], groups)


def weight(found: Iterable[Mark]) -> int:
    """What the marks say together; SURE or more is certain."""
    return sum(mark.fingerprint.weight for mark in found)
