"""ZIP, RAR and 7z: what is in them is read like any file, within limits; nothing is ever written under a name from them.

RAR and 7z are turned into a stream by bsdtar (libarchive) where that is installed.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from parsing import media
from parsing.document import Block
from parsing.files.body import NEEDS_OCR, Body, UnreadableError
from parsing.files.limits import DEPTH, MEMBERS, UNPACKED
from parsing.files.packed import pieces
from parsing.files.scans import scan
from parsing.titles import classify

IGNORED = frozenset(("application/octet-stream", media.EMPTY))
LEAST = 5_000  # bytes of a picture of a page; an icon has fewer
Reader = Callable[[bytes, str, int], Body]  # bytes, media type, depth


class Member(NamedTuple):
    name: str
    content: bytes


def read(content: bytes, kind: str, depth: int, reader: Reader) -> Body:
    """What an archive holds, one file after the other: first those that are called annual reports.

    Pictures are read where there is nothing else: they are the pages of a report then.
    """
    if depth >= DEPTH:
        raise UnreadableError("nested_too_deep")
    members = _members(content, kind)
    members.sort(key=lambda member: classify(_stem(member)).kind != "annual_report")
    found: list[Block] = []
    flags: list[str] = []
    names: list[str] = []
    for member in members:
        sort = media.sniff(member.content)
        if sort in IGNORED or sort.startswith("image/"):
            continue
        try:
            body = reader(member.content, sort, depth + 1)
        except UnreadableError as error:
            body = Body.unread(error.flag)
        if body.blocks:
            found += body.blocks
            names.append(_stem(member))
        flags += [f"member_{flag}" if flag != NEEDS_OCR else "member_scanned" for flag in body.flags]
    if not found and not flags and pages(members):
        return scan([]) if depth == 0 else Body.unread("member_scanned", scanned=True)
    if not found and not flags:
        raise UnreadableError("nothing_to_read_in_it")
    if len(names) > 1:
        flags.append("several_files")
    return Body(blocks=found, flags=list(dict.fromkeys(flags)), title=names[0] if names else None)


def pictures(content: bytes, kind: str) -> list[bytes]:
    """The pictures in an archive, by the numbers in their names."""
    return pages(_members(content, kind))


def pages(members: list[Member]) -> list[bytes]:
    """Those of the members that are pictures of pages, by the numbers in their names: 第2页.jpg stands before 第10页.jpg."""
    shown = [each for each in members if len(each.content) >= LEAST and media.sniff(each.content).startswith("image/")]
    return [each.content for each in sorted(shown, key=lambda each: [int(n) for n in re.findall("[0-9]+", each.name)])]


def _members(content: bytes, kind: str) -> list[Member]:
    return list(_zipped(content) if kind == "application/zip" else _streamed(content))


def _stem(member: Member) -> str:
    return PurePosixPath(member.name.replace("\\", "/")).stem


def _zipped(content: bytes) -> Iterator[Member]:
    room = UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            infos = [info for info in container.infolist() if not info.is_dir()]
            if len(infos) > MEMBERS:
                raise UnreadableError("too_many_members")
            for info in infos:
                whole = b"".join(pieces(container, info, room))
                room -= len(whole)
                yield Member(_name(info), whole)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise UnreadableError("corrupt_file") from error


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name. Without the flag for UTF-8 it is in the writer's code page: here GBK, mostly."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _streamed(content: bytes) -> Iterator[Member]:
    program = shutil.which("bsdtar")
    if program is None:
        raise UnreadableError("needs_bsdtar")
    Path("packed").write_bytes(content)
    room, members = UNPACKED, 0
    with subprocess.Popen(
        [program, "-c", "-f", "-", "--format=pax", "@packed"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            with tarfile.open(fileobj=process.stdout, mode="r|") as stream:
                for info in stream:
                    if not info.isfile():
                        continue
                    members += 1
                    room -= info.size
                    if room < 0 or members > MEMBERS:
                        raise UnreadableError("zip_bomb" if room < 0 else "too_many_members")
                    file = stream.extractfile(info)
                    yield Member(info.name, file.read() if file is not None else b"")
            if not members and process.wait(10):
                raise tarfile.TarError("bsdtar read nothing")
        except (tarfile.TarError, EOFError, OSError, subprocess.TimeoutExpired) as error:
            process.kill()
            said = process.stderr.read(4000).lower()
            raise UnreadableError(
                "encrypted" if b"encrypt" in said or b"passphrase" in said else "corrupt_file"
            ) from error
        finally:
            process.kill()
