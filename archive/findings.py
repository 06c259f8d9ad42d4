"""What an audit finds: one shape for all of it, and a table of what to do about each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_RESTORE = "Put the file back from a copy. Without one, the records that are not named here can still be read."
_REBUILD = "If the files are whole, make the catalogue anew: `nianbao rebuild`."

# kind -> what to do next
KINDS: Mapping[str, str] = {
    "gzip": _RESTORE,
    "not-gzip": "Something was put between the records, or overwrote the beginning of one. " + _RESTORE,
    "cut": "The file's end is missing. " + _RESTORE,
    "left-open": "Nothing to do: a process was killed while writing, and the next start cuts, indexes and finishes the file.",
    "member": "Write the file anew with a gzip member for each record: `warcio recompress OLD NEW`.",
    "head": _RESTORE,
    "header": _RESTORE,
    "length": _RESTORE,
    "block-digest": _RESTORE,
    "payload-digest": _RESTORE,
    "payload-digest-raw": "Nothing to do: the writer's digest is over the chunked body, WARC 1.1 means the payload (§5.9).",
    "digest-unknown": "Nothing to do, or check it with a tool that knows the algorithm.",
    "book-keeping": _RESTORE,
    "duplicate": "A record was copied, or a file put in twice. Remove the copy, or put the files back as they were.",
    "concurrent": "The record that this one came with is missing. " + _RESTORE,
    "companion": "A record of this exchange is missing. Of a file's last exchange a killed process may leave it so. "
    + _RESTORE,
    "revisit": "The payload that this record repeats must be found elsewhere: put the file that held it back from a copy.",
    "manifest": "The file is not what its writer sealed. " + _RESTORE,
    "manifest-missing": "The file's end is missing, or was never written. " + _RESTORE,
    "name": "Give the file the name that it was written under.",
    "file": "The file is not the one that was finished, or its row is wrong: compare it with a copy. " + _REBUILD,
    "file-missing": "Put it back from a copy: nothing else holds its records. If it was removed on purpose: `nianbao rebuild`.",
    "file-unknown": "If it belongs here, `nianbao rebuild` takes it into the catalogue; else move it away.",
    "capture": _REBUILD,
    "capture-missing": _REBUILD,
    "record-missing": "Put the file that held the record back from a copy. " + _REBUILD,
    "row-dangling": _REBUILD,
    "catalogue": "Make it anew from the WARC files: `nianbao rebuild`.",
}


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be: where, what was expected there and what was found.

    `file` is a WARC file's name or the catalogue's, `offset` where the record's gzip member begins (bytes), `record`
    its WARC-Record-ID; None where there is none to name. A note is worth knowing and no damage.
    """

    kind: str
    file: str
    offset: int | None
    record: str | None
    expected: str
    got: str
    is_note: bool = False

    def __post_init__(self) -> None:
        for name in ("file", "record", "expected", "got"):  # what stands in a damaged file may be anything
            object.__setattr__(self, name, printable(getattr(self, name)))

    @property
    def advice(self) -> str:
        return KINDS[self.kind]

    def __str__(self) -> str:
        where = [self.file, *([] if self.offset is None else [f"byte {self.offset}"]), *filter(None, [self.record])]
        return f"{': '.join(where)}: {'note, ' if self.is_note else ''}{self.kind}: expected {self.expected}, got {self.got}"


def printable(text: str | None) -> str | None:
    """The text with what is no character to print, such as a terminal's control codes, written out."""
    if text is None or text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
