"""The reader process: it loads what reading needs, and gives every file a fork of its own to be read in.

The supervisor, which is this program, never sees a file: it makes a fork ahead, hands the ends of the
fork's pipes to the parent, and kills and buries the fork when it is told to. The fork reads one file and
ends, so nothing that a file does to its reader is there when the next one comes, and no memory stays.

Before it sees a byte of the file, a fork has given up what it does not need: it opens no file and no
socket, starts no process, writes nothing, and where it ran as root it is nobody now. It ends when its
supervisor does, and the supervisor when its parent does.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared_code.documents.reader_protocol import (
    ANSWER,
    BROKEN_EXIT,
    CLEAR_AWAY,
    ENDED,
    FORKED,
    HOW_IT_ENDED,
    OUT_OF_MEMORY_EXIT,
    REQUEST,
    STOP,
    Outcome,
    decode_question,
    encode_document,
    encode_error,
    encode_unforeseen,
)
from shared_code.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from resource import struct_rusage

    from shared_code.documents.model import DocumentText

    ReadDocument = Callable[..., DocumentText]

DEFAULT_READER = "shared_code.documents.reading:read_document"
WALL_TIMES = 3  # a file that waits for the processor gets this many times its seconds

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_NOBODY = 65534
_CHUNK_BYTES = 1 << 20
_F_SETPIPE_SZ = 1031
_HARD_CRASH_SECONDS = 1  # between the signal that a file out of time can catch and the one it cannot
_FIRST_BYTES = 2 << 20  # what most CVs take beyond what the rehearsals do
_POLL_SECONDS = 0.001
_LAST_BREATH_SECONDS = 1.0  # between a fork's pipe and its end, unless it means to outlive the pipe


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one file may cost: seconds of processor time, and mebibytes of address space."""

    seconds: float
    memory_mb: int


@dataclass(frozen=True, slots=True)
class Fork:
    """A process that waits for its one file, and the other ends of its pipes."""

    pid: int
    questions: int
    answers: int


def main() -> None:
    """Serve the parent through the socket on the standard input until it closes that."""
    import argparse

    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--memory-mb", type=int, required=True)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--reader", default=DEFAULT_READER)
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at a terminal is the parent's to handle
    _die_with(arguments.parent)
    parent = socket.socket(fileno=os.dup(0))
    _silence((0, 1, 2))
    read = _warmed_up(arguments.reader)
    bounds = Bounds(arguments.seconds, arguments.memory_mb)
    with suppress(ConnectionError):  # the parent is gone
        while _has_served_a_file(_fork(read, bounds, parent), parent, bounds):
            pass


# Supervisor


def _has_served_a_file(fork: Fork, parent: socket.socket, bounds: Bounds) -> bool:
    """Hand over a fork and see to its end; False where the parent ended first, or spoke out of turn."""
    socket.send_fds(parent, [FORKED], [fork.questions, fork.answers])
    os.close(fork.questions)  # only the parent holds them now, so its end is the fork's
    os.close(fork.answers)
    while (told := parent.recv(1)) == STOP:
        os.kill(fork.pid, signal.SIGKILL)
    if told not in {CLEAR_AWAY, HOW_IT_ENDED}:
        return False
    parent.sendall(_end_of(fork.pid, bounds, is_waited_for=told == HOW_IT_ENDED))
    return True


def _end_of(pid: int, bounds: Bounds, *, is_waited_for: bool) -> bytes:
    """How a fork ended, and what it took; it has by then."""
    ended = _buried_within(pid, _LAST_BREATH_SECONDS) if is_waited_for else None
    outlives_its_pipe = is_waited_for and ended is None
    if ended is None:
        os.kill(pid, signal.SIGKILL)
        ended = os.wait4(pid, 0)
    _, status, usage = ended
    code = 0 if outlives_its_pipe else os.waitstatus_to_exitcode(status)
    outcome = Outcome.EXITED
    if code < 0:
        is_late = code == -signal.SIGXCPU or (code == -signal.SIGKILL and usage.ru_utime >= bounds.seconds)
        outcome = Outcome.OUT_OF_TIME if is_late else Outcome.SIGNALLED
    peak_kib = usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    return ENDED.pack(outcome, abs(code), peak_kib, round((usage.ru_utime + usage.ru_stime) * 1000))


def _buried_within(pid: int, seconds: float) -> tuple[int, int, struct_rusage] | None:
    """What ``wait4`` says of a fork that is about to end by itself: its pipe closes a moment before that."""
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        ended = os.wait4(pid, os.WNOHANG)
        if ended[0]:
            return ended
        time.sleep(_POLL_SECONDS)
    return None


def _fork(read: ReadDocument, bounds: Bounds, parent: socket.socket) -> Fork:
    """A process made ahead of the file it will read."""
    questions_end, questions = os.pipe()
    answers, answers_end = os.pipe()
    _widen(questions)
    _widen(answers_end)
    supervisor = os.getpid()
    pid = os.fork()
    if pid:
        os.close(questions_end)
        os.close(answers_end)
        return Fork(pid, questions, answers)
    code = BROKEN_EXIT
    try:
        for descriptor in (questions, answers, parent.detach()):
            os.close(descriptor)
        _give_up_rights(bounds, supervisor)
        _rehearse(questions_end)
        code = _read_one_file(read, questions_end, answers_end)
    except MemoryError:
        code = OUT_OF_MEMORY_EXIT
    finally:
        os._exit(code)  # neither clean-up nor a word, whatever happened


# Fork


def _rehearse(questions: int) -> None:
    """Touch, before the file is there, the memory that reading writes to: a fork is given it page by page."""
    from shared_code.documents.reader_warmth import rehearsals

    for rehearse in rehearsals():
        if select.select([questions], [], [], 0)[0]:  # poll counts its descriptors against the limit of none
            return
        with suppress(Exception):  # its file shall show it, and be told
            encode_document(rehearse())
    bytearray(_FIRST_BYTES)


def _read_one_file(read: ReadDocument, questions: int, answers: int) -> int:
    head = _read(questions, REQUEST.size)
    if len(head) < REQUEST.size:
        return 0  # the app ended
    question_bytes, content_bytes = REQUEST.unpack(head)
    question = decode_question(_read(questions, question_bytes))
    content = _read(questions, content_bytes)
    try:
        answer = encode_document(read(content, **question))
    except DocumentError as error:
        answer = encode_error(error)
    except MemoryError:
        return OUT_OF_MEMORY_EXIT
    except Exception as error:  # noqa: BLE001  (its class is told, and the parent raises)
        answer = encode_unforeseen(error)
    except SystemExit:
        return 1
    _write(answers, ANSWER.pack(len(answer)) + answer)
    _read(questions, 1)  # ending takes a millisecond, during which whoever waits for the answer may run
    return 0


def _give_up_rights(bounds: Bounds, supervisor: int) -> None:
    """All that reading does without. Each may be refused by a platform; the next is tried all the same."""
    import resource

    if os.geteuid() == 0:
        with suppress(OSError):
            os.setgroups([])
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
    seconds = max(1, -int(-bounds.seconds // 1))
    memory = bounds.memory_mb * 1024 * 1024
    limits: list[tuple[str, int, int]] = [
        ("RLIMIT_AS", memory, memory),
        ("RLIMIT_CPU", seconds, seconds + _HARD_CRASH_SECONDS),
        ("RLIMIT_FSIZE", 0, 0),
        ("RLIMIT_NPROC", 0, 0),
        ("RLIMIT_CORE", 0, 0),
        ("RLIMIT_NOFILE", 0, 0),
    ]
    for name, soft, hard in limits:
        with suppress(AttributeError, OSError, ValueError):
            resource.setrlimit(getattr(resource, name), (soft, hard))
    _process_control(_PR_SET_NO_NEW_PRIVS, 1)
    _die_with(supervisor)  # last, because becoming nobody forgets it


# Both


def _die_with(parent: int) -> None:
    """End when the parent does, also where it was killed (Linux; elsewhere the pipe's end tells)."""
    _process_control(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _process_control(_PR_SET_DUMPABLE, 0)  # no other process of this user looks into it
    if os.getppid() != parent:
        os._exit(0)


def _process_control(option: int, value: int) -> None:
    if sys.platform == "linux":
        _libc().prctl(option, value, 0, 0, 0)


def _libc() -> Any:
    import ctypes

    return ctypes.CDLL(None)


def _silence(streams: tuple[int, ...]) -> None:
    """No library may write between the frames, nor a word about a file anywhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in streams:
        os.dup2(nowhere, stream)
    os.close(nowhere)


def _widen(pipe: int) -> None:
    """A CV should fit into the pipe at once."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(pipe, _F_SETPIPE_SZ, _CHUNK_BYTES)


def _read(descriptor: int, length: int) -> bytes:
    """As many bytes, or fewer where the other side ended."""
    parts = bytearray()
    while len(parts) < length:
        part = os.read(descriptor, min(length - len(parts), _CHUNK_BYTES))
        if not part:
            break
        parts += part
    return bytes(parts)


def _write(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _warmed_up(reader: str) -> ReadDocument:
    """The reader, with all loaded that any file may need: a fork cannot open a file any more."""
    from shared_code.documents.reader_warmth import warm_up

    module, _, name = reader.partition(":")
    read: ReadDocument = getattr(importlib.import_module(module), name)
    _libc()
    importlib.import_module("resource")
    warm_up()
    gc.collect()
    gc.freeze()  # what a collection in a fork would touch, it would have to copy
    return read


if __name__ == "__main__":
    main()
