"""Files are read in processes of their own: what they do to one (hang, swell, crash) ends there, within limits.

A server imports the readers once. Whoever wants a file read sends it one end of a socket pair; the server forks a child
that takes the file from there, at most as many at a time as there are cores. The child forks another under limits of
memory, processor time and file size (setrlimit), in a process group of its own, so that programs that it starts end with
it, and waits for its one JSON answer; whatever else happens to it becomes a flag. A reading changes nothing outside a
folder for the file, which is removed.

The first file starts the server, or `start` does: what a process forks afterwards (crawler/runs.py, crawler/readers.py)
has the same one, and so do dozens of crawls. It ends when the last of them has ended.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import json
import logging
import os
import resource
import selectors
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from parsing.files.body import NEEDS_OCR, Body, UnreadableError
from parsing.files.limits import ANSWER, GRACE, OCR, Limits, cores, limits_of

ROOT = Path(__file__).resolve().parents[2]
_START = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from parsing.files.worker import serve; serve()"
_HEAD = struct.Struct("!IQ")  # bytes of the media type, bytes of the file
_ANSWER = struct.Struct("!Q")
PR_SET_PDEATHSIG = 1  # prctl(2)
_TURN = b"."  # what a child says first: there is a core for this file now
Reader = Callable[[bytes, str], Body]
_lock = threading.Lock()
_door: socket.socket | None = None  # where the server takes connections; forks of this process use it too
_server: subprocess.Popen[bytes] | None = None
_folder = ""  # where it works; removed by whoever ends last
_owner = 0  # the process that started the server


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
    try:
        with _turn() as server:
            return Body.model_validate_json(_ask(server, content, kind, limits))
    except TimeoutError:
        return Body.unread("out_of_time")
    except (OSError, EOFError):
        return Body.unread("reader_crashed")


def start() -> None:
    """Start the server unless it runs. Returns at once; the server needs half a second until it reads its first file."""
    with _lock:
        _opened()


def stop() -> None:
    """End the server that this process has started, if any, with what it is reading, and remove its folder."""
    with _lock:
        _close()


atexit.register(stop)


def _opened() -> socket.socket:
    """The door of a server: of the one there is, else of a new one."""
    global _door, _server, _folder, _owner
    if _door is None:
        _owner, _folder = os.getpid(), tempfile.mkdtemp(prefix="nianbao-")
        _door, theirs = socket.socketpair()
        with theirs:
            _server = subprocess.Popen(
                [sys.executable, "-I", "-c", _START, str(theirs.fileno()), _folder],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
    return _door


def _close() -> None:
    global _door, _server
    if _door is not None:
        _door.close()
    if _server is not None and _owner == os.getpid():
        if _server.poll() is None:  # else its children go on, for those who still ask
            os.killpg(_server.pid, signal.SIGKILL)
            _server.wait()
        shutil.rmtree(_folder, ignore_errors=True)
    _door = _server = None


def _turn() -> socket.socket:
    """A connection to a child of the server that waits for one file. Waits as long as all cores are at other files.

    Raises EOFError when the server is gone, and a new one as well.
    """
    for _ in range(2):
        with _lock:
            door = _opened()
            ours, theirs = socket.socketpair()
            with theirs, suppress(BrokenPipeError, ConnectionResetError):
                socket.send_fds(door, [_TURN], [theirs.fileno()])
        if ours.recv(1):
            return ours
        ours.close()
        with _lock:
            if _door is door:
                _close()
    raise EOFError("the worker is gone")


def _ask(server: socket.socket, content: bytes, kind: str, limits: Limits) -> bytes:
    name = kind.encode()
    server.sendall(_HEAD.pack(len(name), len(content)) + name)
    server.sendall(content)
    answer = bytearray()
    for piece in _pieces(
        server.fileno(), time.monotonic() + limits.seconds + 3 * GRACE
    ):  # the other side gives up before
        answer += piece
        if len(answer) >= _ANSWER.size and len(answer) >= _ANSWER.size + _ANSWER.unpack_from(answer)[0]:
            return bytes(answer[_ANSWER.size :])
    raise EOFError("the worker is gone")


def _pieces(pipe: int, deadline: float, asker: int | None = None) -> Iterator[bytes]:
    """What comes through a pipe or socket until the other side closes it. Raises TimeoutError when the deadline passes, and
    EOFError as soon as something stirs at `asker`, who has said all: nobody waits for the answer any more.
    """
    with selectors.DefaultSelector() as selector:
        for each in (pipe, asker):
            if each is not None:
                selector.register(each, selectors.EVENT_READ)
        while ready := selector.select(max(0.0, deadline - time.monotonic())):
            if any(key.fd == asker for key, _ in ready):
                raise EOFError("whoever asked is gone")
            piece = os.read(pipe, 1 << 20)
            if not piece:
                return
            yield piece
    raise TimeoutError("the worker did not answer in time")


# The server's side


def serve() -> None:
    """Take connections until nobody is left who could ask, and fork a child for each."""
    from parsing.files import pdf, readers  # imported once, before any fork

    pdf.warm()
    logging.disable(logging.CRITICAL)  # what parsers say of a broken file; the flag says it shorter
    os.dup2(2, 1)  # whatever a library prints
    gc.collect()
    gc.freeze()  # the children's as well
    door, folder = socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2])
    children: set[int] = set()
    try:
        while True:
            message, asked, _, _ = socket.recv_fds(door, 1, 1)
            if not message:
                return
            while children and (ended := os.waitpid(-1, 0 if len(children) >= cores() else os.WNOHANG)[0]):
                children.discard(ended)
            child = os.fork()
            if child == 0:
                door.close()  # else whoever asks would not see that the server is gone
                _serve_one(readers.read, socket.socket(fileno=asked[0]), folder)
            children.add(child)
            os.close(asked[0])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve_one(read: Reader, asker: socket.socket, folder: Path) -> None:
    """The life of a child of the server: one file, one answer."""
    try:
        asker.sendall(_TURN)
        with asker.makefile("rb") as told:
            names, length = _HEAD.unpack(told.read(_HEAD.size))
            kind, content = told.read(names).decode(), told.read(length)
        if len(content) == length:
            scratch = Path(tempfile.mkdtemp(dir=folder))
            try:
                answer = _in_child(read, content, kind, scratch, asker.fileno())
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
            asker.sendall(_ANSWER.pack(len(answer)) + answer)
    except (EOFError, struct.error, BrokenPipeError, ConnectionResetError):
        pass  # whoever asked is gone
    except Exception:  # noqa: BLE001  no room for the folder, say: the asker sees an end without an answer, this says why
        traceback.print_exc()
    finally:
        os._exit(0)


def _in_child(read: Reader, content: bytes, kind: str, scratch: Path, asker: int) -> bytes:
    """The answer of a child that reads the file, or one that says how the child ended. Raises EOFError with `_pieces`."""
    limits = limits_of(kind)
    inward, outward = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(inward)
        os.close(asker)
        _child(read, content, kind, scratch, limits, outward)
    os.close(outward)
    answer, in_time = bytearray(), True
    try:
        with open(inward, "rb", buffering=0) as pipe:
            for piece in _pieces(pipe.fileno(), time.monotonic() + limits.seconds + GRACE, asker):
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
        if sys.platform == "linux":  # nobody else ends it when the server is killed
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
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
