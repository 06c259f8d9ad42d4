"""One input is read, and what has to hold for any bytes is asked: no exception, in time, the same again, JSON."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import parsing
from parsing.statutory import parse
from tests.fuzz.mutations import Input

SECONDS = 10.0  # of processor time for one input


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
    document = parsing.read(each.content, each.headers, each.url)
    report = parse(document)
    document.model_dump_json()
    report.model_dump_json()
    if again:
        assert parsing.read(each.content, each.headers, each.url) == document, "read twice, read differently"


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
