"""Files are read in a process of their own: what they do to it (hang, swell, crash) ends there, within limits.

A server process imports the readers once; for each file it forks a child under limits of memory, processor time and
file size (setrlimit), in a process group of its own, so that programs that the child starts end with it. The child
writes one JSON answer; whatever else happens to it becomes a flag. A reading changes nothing outside a folder for the
file, which the server removes.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import resource
import selectors
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from parsing.files.body import NEEDS_OCR, Body, UnreadableError
from parsing.files.limits import ANSWER, GRACE, OCR, Limits, limits_of

ROOT = Path(__file__).resolve().parents[2]
_START = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from parsing.files.worker import serve; serve()"
_HEAD = struct.Struct("!IQ")  # bytes of the media type, bytes of the file
_ANSWER = struct.Struct("!Q")
Reader = Callable[[bytes, str], Body]
_lock = threading.Lock()
_server: subprocess.Popen[bytes] | None = None
_folder = ""  # where it works; removed by whoever ends last
_owner = 0  # the process that started the server: a fork of it must start its own


def read_file(content: bytes, kind: str) -> Body:
    """Read a file of media type `kind` in the worker. Never raises on any bytes: a flag says what went wrong."""
    body = _read(content, kind)
    if NEEDS_OCR in body.flags:  # asked for apart, as it may cost a hundred times as much
        body = _read(content, kind + OCR)
    return body


def _read(content: bytes, kind: str) -> Body:
    limits = limits_of(kind)
    if len(content) > limits.size:
        return Body.unread("too_large")
    with _lock:
        try:
            return Body.model_validate_json(_ask(content, kind, limits))
        except (OSError, EOFError) as error:  # the server died or was silent: the next file gets a new one
            stop()
            return Body.unread("out_of_time" if isinstance(error, TimeoutError) else "reader_crashed")


def stop() -> None:
    """End the server, if there is one, with whatever it has started, and remove its folder."""
    global _server
    if _server is not None and _owner == os.getpid():
        with suppress(ProcessLookupError):
            os.killpg(_server.pid, signal.SIGKILL)
        _server.wait()
        for pipe in (_server.stdin, _server.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        shutil.rmtree(_folder, ignore_errors=True)
    _server = None


atexit.register(stop)


def _ask(content: bytes, kind: str, limits: Limits) -> bytes:
    server = _running()
    assert server.stdin is not None
    assert server.stdout is not None
    name = kind.encode()
    server.stdin.write(_HEAD.pack(len(name), len(content)) + name)
    server.stdin.write(content)
    server.stdin.flush()
    answer = bytearray()
    for piece in _pieces(server.stdout, time.monotonic() + limits.seconds + 3 * GRACE):  # the server gives up before
        answer += piece
        if len(answer) >= _ANSWER.size and len(answer) >= _ANSWER.size + _ANSWER.unpack_from(answer)[0]:
            return bytes(answer[_ANSWER.size :])
    raise EOFError("the worker is gone")


def _running() -> subprocess.Popen[bytes]:
    global _server, _owner, _folder
    if _server is None or _owner != os.getpid() or _server.poll() is not None:
        stop()
        _owner, _folder = os.getpid(), tempfile.mkdtemp(prefix="nianbao-")
        _server = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, _folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
    return _server


def _pieces(pipe: IO[bytes], deadline: float) -> Iterator[bytes]:
    """What comes through a pipe until the other side closes it. Raises TimeoutError when the deadline passes."""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while selector.select(max(0.0, deadline - time.monotonic())):
            piece = os.read(pipe.fileno(), 1 << 20)
            if not piece:
                return
            yield piece
    raise TimeoutError("the worker did not answer in time")


# The server's side


def serve() -> None:
    """Read files from standard input until it ends, one child for each, and answer on standard output."""
    from parsing.files import pdf, readers  # imported once, before any fork

    pdf.warm()
    logging.disable(logging.CRITICAL)  # what parsers say of a broken file; the flag says it shorter

    jobs, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    folder = sys.argv[1]
    try:
        while head := jobs.read(_HEAD.size):
            names, length = _HEAD.unpack(head)
            kind = jobs.read(names).decode()
            content = jobs.read(length)
            if len(content) < length:
                return
            scratch = Path(folder) / "file"
            scratch.mkdir(exist_ok=True)
            answer = _in_child(readers.read, content, kind, scratch)
            shutil.rmtree(scratch, ignore_errors=True)
            answers.write(_ANSWER.pack(len(answer)) + answer)
            answers.flush()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _in_child(read: Reader, content: bytes, kind: str, scratch: Path) -> bytes:
    """The answer of a child that reads the file, or one that says how the child ended."""
    limits = limits_of(kind)
    inward, outward = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(inward)
        _child(read, content, kind, scratch, limits, outward)
    os.close(outward)
    answer, in_time = bytearray(), True
    try:
        with open(inward, "rb", buffering=0) as pipe:
            for piece in _pieces(pipe, time.monotonic() + limits.seconds + GRACE):
                answer += piece
                if len(answer) > ANSWER:
                    break
    except TimeoutError:
        in_time = False
    finally:
        try:
            os.killpg(child, signal.SIGKILL)
        except ProcessLookupError:
            os.kill(child, signal.SIGKILL)  # it died before it had a group: not reaped yet, so the id is still its own
        _, status = os.waitpid(child, 0)
    if len(answer) > ANSWER:
        return _unread("too_large")
    ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if not in_time or ended_by in (signal.SIGXCPU, signal.SIGALRM):
        return _unread("out_of_time")
    try:
        json.loads(answer)
    except ValueError:  # abort() is what C++ and Rust do when they get no memory
        return _unread("out_of_memory" if ended_by in (signal.SIGABRT, signal.SIGKILL) else "reader_crashed")
    return bytes(answer)


def _unread(flag: str) -> bytes:
    return Body.unread(flag).model_dump_json().encode()


def _child(read: Reader, content: bytes, kind: str, scratch: Path, limits: Limits, outward: int) -> None:
    """Reads the file under its limits, writes the answer, and ends without going back to the server's loop."""
    code = 1
    try:
        os.setpgid(0, 0)
        os.chdir(scratch)
        said = os.fdopen(os.dup(2), "w")
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)  # backtraces of a third party's
        os.environ["TMPDIR"] = os.environ["HOME"] = str(scratch)
        tempfile.tempdir = str(scratch)
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
        seconds = int(limits.seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + GRACE))
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits.written, limits.written))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.alarm(seconds + GRACE)  # should the server be killed meanwhile, nobody else ends this one
        answer = _answer(read, content, kind, said)
        with os.fdopen(outward, "wb") as pipe:
            pipe.write(answer)
        code = 0
    finally:
        os._exit(code)


def _answer(read: Reader, content: bytes, kind: str, said: IO[str]) -> bytes:
    try:
        body = read(content, kind)
        return bytes(body.model_dump_json().encode("utf-8", "surrogatepass"))
    except UnreadableError as error:
        return _unread(error.flag)
    except MemoryError:
        return _unread("out_of_memory")
    except RecursionError:
        return _unread("nested_too_deep")
    except Exception as error:  # noqa: BLE001  a third party's parser on hostile bytes: what it raises is the answer
        print(f"parsing.files: {kind}: {type(error).__name__}: {error}", file=said, flush=True)
        return _unread("corrupt_file")
