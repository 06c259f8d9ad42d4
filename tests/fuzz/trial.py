"""One input is read, and what has to hold for any bytes is asked: no exception, in time, the same again, JSON.

Files are read as in production, in the worker's process: it must not die of them, nor need its time out. What it takes
for a broken file (`corrupt_file`) is read once more in this process: the exception must be a parser's, not our own.
"""

from __future__ import annotations

import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import parsing
from parsing.files import office, readers
from parsing.files.body import UnreadableError
from parsing.statutory import parse
from tests.fuzz.mutations import Input

SECONDS = 10.0  # for one input: of processor time in this process, on the clock in the worker's
FAULTS = frozenset(("reader_crashed", "out_of_time"))
HERE = frozenset(kind for kind in readers.READERS if readers.READERS[kind] is not office.read)
OURS = Path(parsing.__file__).parent


class Failure(NamedTuple):
    """What went wrong: `where` is the same for failures that have the same cause."""

    kind: str
    where: str
    detail: str


class TooSlowError(Exception):
    """An input took more than SECONDS."""


def _too_slow(*_: Any) -> None:
    raise TooSlowError


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooSlowError after so much processor time; other people's work on the machine does not count."""
    before = signal.signal(signal.SIGPROF, _too_slow)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def ask(each: Input, again: bool) -> None:
    """Raises what reading raises, and AssertionError when a promise is broken."""
    begun = time.monotonic()
    document = parsing.read(each.content, each.headers, each.url)
    if time.monotonic() - begun > SECONDS:  # in the worker's process; perhaps others kept the machine busy
        begun = time.monotonic()
        parsing.read(each.content, each.headers, each.url)
        if time.monotonic() - begun > SECONDS:
            raise TooSlowError
    assert not FAULTS.intersection(document.flags), document.flags
    if "corrupt_file" in document.flags and document.media_type in HERE:
        _not_by_us(each.content, document.media_type)
    report = parse(document)
    document.model_dump_json()
    report.model_dump_json()
    if again:
        assert parsing.read(each.content, each.headers, each.url) == document, "read twice, read differently"


def _not_by_us(content: bytes, kind: str) -> None:
    """Raises what a reader raises in our own code; what a third party's parser raises on a broken file is its way to say so."""
    try:
        readers.read(content, kind)
    except (UnreadableError, MemoryError, RecursionError):
        return
    except Exception as error:
        innermost = traceback.extract_tb(error.__traceback__)[-1].filename
        if Path(innermost).is_relative_to(OURS):
            raise


def tried(each: Input, again: bool) -> Failure | None:
    """The failure of one input, if there is one."""
    try:
        with limited(SECONDS):
            ask(each, again)
    except TooSlowError:
        return Failure("slow", _place(), traceback.format_exc())
    except Exception as error:  # noqa: BLE001 - any exception is what is looked for
        return Failure(type(error).__name__, _place(), traceback.format_exc())
    return None


def _place() -> str:
    """The innermost line of the project's own code in the exception that is being handled."""
    frames = [line for line in traceback.format_exc().split("\n") if "/parsing/" in line]
    return frames[-1].split("/parsing/")[-1].strip() if frames else "outside parsing"
