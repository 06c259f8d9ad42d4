"""One HTTP exchange as it went over the wire: what capture hands to the archive."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from mmap import ACCESS_READ, mmap
from typing import IO, Self

IN_MEMORY = 1 << 20  # bytes of a message beyond which it goes on in a temporary file
_PIECE = 1 << 18


class Wire:
    """The bytes of one message: in memory while small, in a temporary file beyond IN_MEMORY."""

    def __init__(self, data: bytes = b"") -> None:
        self._memory = bytearray()
        self._file: IO[bytes] | None = None
        self._dropped = self._size = 0  # bytes of the file: taken off the front, and in all
        self += data

    def __iadd__(self, data: bytes | bytearray) -> Self:
        if self._file is None and len(self._memory) + len(data) > IN_MEMORY:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed by `close`, or with the last reference
            self._file.write(self._memory)
            self._size = len(self._memory)
            self._memory.clear()
        if self._file is None:
            self._memory += data
        else:
            self._file.seek(0, os.SEEK_END)
            self._size += self._file.write(data)
        return self

    def __len__(self) -> int:
        return len(self._memory) if self._file is None else self._size - self._dropped

    def __bytes__(self) -> bytes:
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """The bytes from the first to the last, some at a time."""
        if self._file is None:
            if self._memory:
                yield bytes(self._memory)
            return
        at = self._dropped
        while at < self._size:
            self._file.seek(at)
            piece = self._file.read(_PIECE)
            at += len(piece)
            yield piece

    def buffer(self) -> bytes | mmap:
        """All of it to look into: bytes, or the temporary file mapped into memory."""
        if self._file is None or not len(self):
            return bytes(self._memory)
        self._file.flush()
        if self._dropped:
            self._rewrite()
        return mmap(self._file.fileno(), self._size, access=ACCESS_READ)

    def _rewrite(self) -> None:
        """A file without what was taken off its front: a map begins where a file begins."""
        fresh = tempfile.TemporaryFile()  # noqa: SIM115  takes the place of the other
        for piece in self.pieces():
            fresh.write(piece)
        fresh.flush()
        size = len(self)
        self.close()
        self._file, self._size = fresh, size

    def head(self, size: int = 65536) -> bytes:
        """The first `size` bytes, or all when there are fewer."""
        if self._file is None:
            return bytes(self._memory[:size])
        self._file.seek(self._dropped)
        return self._file.read(min(size, len(self)))

    def truncate(self, size: int) -> None:
        """Keep the first `size` bytes."""
        if self._file is None:
            del self._memory[size:]
        else:
            self._size = min(self._size, self._dropped + size)
            self._file.truncate(self._size)

    def drop(self, size: int) -> None:
        """Take `size` bytes off the front."""
        if self._file is None:
            del self._memory[:size]
        else:
            self._dropped = min(self._size, self._dropped + size)

    def clear(self) -> None:
        """Empty it."""
        self._memory.clear()
        self.close()

    def close(self) -> None:
        """Give the temporary file back; what was in it is gone."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._dropped = self._size = 0


@dataclass
class Exchange:
    """Bytes sent and bytes received for one request, with what only the connection knew.

    `request` and `response` are the messages byte for byte (head and body, transfer coding and content coding as on the
    wire); `response` is empty when nothing came. `interim` is the 1xx heads that came before the response. `truncated` is
    a WARC-Truncated reason (WARC 1.1 §5.15: length, time, disconnect, unspecified) when the reply was cut; `error` says in
    words why there is no whole reply.
    """

    url: str
    method: str = "GET"
    request: Wire = field(default_factory=Wire)
    response: Wire = field(default_factory=Wire)
    interim: bytes = b""
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    ip: str | None = None
    protocol: list[str] = field(default_factory=list)
    cipher_suite: str | None = None
    complete: bool = False
    truncated: str | None = None
    error: str | None = None
