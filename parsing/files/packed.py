"""Zip containers within limits: number of members, size unpacked, ratio. No path is ever written from a name in one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from parsing.files.body import UnreadableError
from parsing.files.limits import MB, MEMBERS, RATIO, UNPACKED

OFFICE_MEMBERS = 20 * MEMBERS  # a Word file has a member for each picture
_CHUNK = MB


def check(content: bytes) -> None:
    """Raises UnreadableError for a container that is broken, encrypted, or would unpack to too much.

    Sizes in the directory may lie: members are unpacked once, to nowhere, and counted.
    """
    members = 0
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            for info in container.infolist():
                members += 1
                if members > OFFICE_MEMBERS:
                    raise UnreadableError("too_many_members")
                if not info.is_dir():
                    total += sum(len(piece) for piece in pieces(container, info, UNPACKED - total))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise UnreadableError("corrupt_file") from error


def pieces(container: zipfile.ZipFile, info: zipfile.ZipInfo, room: int) -> Iterator[bytes]:
    """A member's bytes, as far as they go. Raises UnreadableError beyond `room` bytes, or the ratio of a bomb."""
    if info.flag_bits & 1:
        raise UnreadableError("encrypted")
    done = 0
    try:
        with container.open(info) as member:
            while piece := member.read(_CHUNK):
                done += len(piece)
                if done > room or (done > 10 * MB and done > RATIO * max(info.compress_size, 1)):
                    raise UnreadableError("zip_bomb")
                yield piece
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise UnreadableError("corrupt_file") from error
