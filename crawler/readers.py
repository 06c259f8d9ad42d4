"""Processes that read archived documents for one that writes: as many as there are cores for it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from archive.catalogue import Catalogue
from archive.retrieve import ArchiveError, Retriever
from crawler.reparse import Again, Group, Reader, again
from crawler.warm import warm_reading
from crawler.worker import die_with
from parsing.files import worker

AHEAD = 16  # groups per process that are asked for before they are needed: a scanned file takes as long as many pages
_archive: Retriever | None = None  # of a reading process


@contextmanager
def readers(warc_folder: Path, catalogue: Path, count: int, then: str, parts: bool = True) -> Iterator[Reader]:
    """Processes that read documents of a data folder, in the order in which they are asked for.

    They are forked here: nothing may be open yet that a second process must not have (SQLite, locks). The catalogue they
    open when they are first asked. Raises ArchiveError when one of them dies, which ends in `then`: what is left, what to do.
    """
    if count > 1:
        worker.start()  # for all of them
    warm_reading()
    gc.freeze()  # what is loaded is shared as long as nobody touches it
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("fork"), _begin, (os.getpid(),))
    pool.submit(os.getpid).result()  # forks all of them
    try:
        yield lambda groups, run: _read(pool, AHEAD * count, (warc_folder, catalogue, parts), groups, run)
    except BrokenProcessPool as error:
        raise ArchiveError(
            f"A process that reads documents died: it was killed, or the machine has too little memory. {then}"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()


def _read(
    pool: ProcessPoolExecutor, ahead: int, where: tuple[Path, Path, bool], groups: Iterable[Group], run: str | None
) -> Iterator[Again]:
    asked = (pool.submit(_again, *where, group, run) for group in groups)
    waiting: deque[Future[Again]] = deque(islice(asked, ahead))
    while waiting:
        yield waiting.popleft().result()
        waiting.extend(islice(asked, 1))


def _begin(parent: int) -> None:
    """What a reading process does first. Ctrl-C in a terminal is for the one that writes, which ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with(parent)


def _again(warc_folder: Path, catalogue: Path, parts: bool, group: Group, run: str | None) -> Again:
    global _archive
    if _archive is None or _archive.catalogue.path != catalogue:
        _archive = Retriever(warc_folder, Catalogue(catalogue, read_only=True))
    return again(_archive, group, run, parts)
