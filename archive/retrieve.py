"""Getting captures back: the record, the response message, and the page as a reader takes it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.http import entity, framed, parse_response, payload
from archive.reader import StoredRecord, record_at, records
from archive.warc import IDENTICAL

if TYPE_CHECKING:  # the replay's own environment has no sqlite-utils; its index stands in for the catalogue
    from archive.catalogue import Catalogue, Row


class ArchiveError(RuntimeError):
    """The data folder cannot be used, or took no more; the message says what to do next."""

    kind = "not_fetched"  # of the request that it came for


class Retriever:
    """The captures of a data folder, by their catalogue rows."""

    def __init__(self, warc_folder: Path, catalogue: Catalogue) -> None:
        self.warc_folder = warc_folder
        self.catalogue = catalogue

    def response(self, capture: Row) -> bytes:
        """The response message of a capture row, byte for byte; a revisit's is put together from its head and its original.

        Empty when nothing came. Raises ArchiveError, DamagedRecordError.
        """
        if capture["record_type"] not in ("response", "revisit"):
            return b""
        record = self.stored(capture)
        if capture["record_type"] == "response" or not record.headers["WARC-Profile"].endswith(IDENTICAL):
            return record.block
        data = entity(parse_response(self.stored(self._original_of(capture)).block))
        parts = self.facts(capture).get("framing")
        return record.block + (framed(data, parts) if parts else data)

    def _original_of(self, capture: Row) -> Row:
        found = self.catalogue.row("SELECT * FROM capture WHERE id = ?", capture["refers_to"])
        if found is None:
            raise ArchiveError(
                f"{capture['url']}: expected {capture['refers_to']}, whose payload its capture of "
                f"{capture['requested_at']} repeats, found none. Put its WARC file back and run `nianbao rebuild`."
            )
        return found

    def facts(self, capture: Row) -> dict[str, Any]:
        """The crawl facts of a capture, from the metadata record that follows it; empty when a crash cut that off."""
        for record in islice(records(self.file(capture["warc_file"]), capture["offset"]), 3):
            if record.type == "metadata" and capture["id"] in (record.id, record.headers.get("WARC-Concurrent-To")):
                return record.facts
        return {}

    def page(self, capture: Row) -> tuple[bytes, list[tuple[str, str]]]:
        """Decoded body and headers of a capture: what `parsing.read` takes, live and years later.

        Raises ArchiveError, DamagedRecordError, DecodeError, ValueError.
        """
        if capture["record_type"] == "resource":
            record = self.stored(capture)
            return record.block, [("Content-Type", record.headers.get("Content-Type", ""))]
        message = parse_response(self.response(capture))
        return payload(message), message.headers

    def stored(self, capture: Row) -> StoredRecord:
        """The record that a capture row points to, in a finished file or in one still being written."""
        return record_at(self.file(capture["warc_file"]), capture["offset"])

    def file(self, name: str) -> Path:
        """Path of a WARC file by its final name. Raises ArchiveError when it is not there."""
        for suffix in ("", ".open", ""):  # the last, because it may be finished while we look
            path = self.warc_folder / f"{name}{suffix}"
            if path.exists():
                return path
        raise ArchiveError(
            f"{self.warc_folder}: expected {name}, which the catalogue points to, got no such file. "
            "Put it back from a copy; nothing else holds its records."
        )
