"""One reader process, seen from the app: started without secrets, asked file by file, ended for certain."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shared_code.documents.reader_child import DEFAULT_READER, WALL_TIMES, Bounds
from shared_code.documents.reader_protocol import (
    ANSWER,
    CLEAR_AWAY,
    ENDED,
    FORKED,
    HOW_IT_ENDED,
    MOST_ANSWER_BYTES,
    STOP,
    Outcome,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

START_TIMEOUT_SECONDS = 30.0
GRACE_SECONDS = 5.0  # for the supervisor, beyond what a file may take
END_TIMEOUT_SECONDS = 1.0

_MODULE = "shared_code.documents.reader_child"
# What an interpreter needs to run at all; keys and connection strings are in none of them.
_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "PYTHONHOME", "SYSTEMROOT")
# For glibc: memory that a fork was once given stays with it, also for the picture of a page.
_MALLOC = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(4 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}
_CHUNK_BYTES = 1 << 18
_NOT_INHERITED = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


class NotStartedError(Exception):
    """The platform does not let a reader process start."""


class LostProcessError(Exception):
    """The reader process ended, or answered out of turn; whatever it was asked is unanswered."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a fork ended, by which signal or exit code, and what it took."""

    outcome: Outcome
    code: int
    peak_bytes: int
    processor_ms: int


@dataclass(frozen=True, slots=True)
class Reply:
    """How one reading went: with an answer, or with what ended it and what it took."""

    outcome: Outcome
    code: int
    peak_bytes: int
    answer: bytes
    processor_ms: int = 0


class _Pipes:
    """The app's ends of a fork's pipes."""

    def __init__(self, questions: int, answers: int) -> None:
        self.questions, self.answers = questions, answers
        os.set_blocking(questions, False)

    def close(self) -> None:
        os.close(self.questions)
        os.close(self.answers)


def reader_environment() -> Mapping[str, str]:
    """All the variables that a reader process gets: where modules are found, and no setting of the app."""
    paths = (os.path.abspath(path or os.curdir) for path in sys.path)  # noqa: PTH100  (keeps links)
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), **_MALLOC}


class ReaderProcess:
    """A running reader. Used by one thread, but for ``leave``; that thread has to outlive it.

    Args:
        bounds: What one file may cost; by the clock it may take ``WALL_TIMES`` the seconds.
        reader: What it reads with, as ``module:function``.
        start_timeout_seconds: How long it may take to get ready.

    Raises:
        NotStartedError: It did not start or did not get ready.
    """

    def __init__(
        self,
        bounds: Bounds,
        *,
        reader: str = DEFAULT_READER,
        start_timeout_seconds: float = START_TIMEOUT_SECONDS,
    ) -> None:
        self._seconds = WALL_TIMES * bounds.seconds
        self._lock = threading.Lock()
        self._is_reading = self._is_left = self._is_to_be_settled = False
        self._fork: _Pipes | None = None
        self._supervisor, self._process = _started(bounds, reader)
        try:
            self._fork = self._next_fork(start_timeout_seconds)
        except LostProcessError as error:
            self.end()
            raise NotStartedError(str(error)) from error

    @property
    def pid(self) -> int:
        """The process that supervises the forks."""
        return self._process.pid

    def ask(self, *request: bytes) -> Reply:
        """Have one file read; blocks. An answer is there before its fork has ended: ``settle`` sees to that.

        Raises:
            LostProcessError: The process is of no use any more.
        """
        self.settle()
        fork = self._fork or self._next_fork(self._seconds + GRACE_SECONDS)
        self._fork = fork
        with self._lock:
            self._is_reading, self._is_left = True, False
        try:
            with _lost_where_it_fails():
                outcome, answer = _exchange(fork, request, time.monotonic() + self._seconds)
        finally:
            with self._lock:
                self._is_reading = False
            self._is_to_be_settled = True
        if outcome is Outcome.ANSWERED:  # its fork ends when its pipes do: not while this is waited for
            return Reply(outcome, 0, 0, answer)
        ending = self._ending(HOW_IT_ENDED if outcome is Outcome.EXITED else CLEAR_AWAY)
        if self._is_left:
            outcome = Outcome.STOPPED
        elif outcome is Outcome.EXITED:
            outcome = ending.outcome
        return Reply(outcome, ending.code, ending.peak_bytes, b"", ending.processor_ms)

    def settle(self) -> Ending | None:
        """Have the fork cleared away that answered last, if there is one, and another made; blocks.

        Raises:
            LostProcessError: The process is of no use any more.
        """
        return self._ending(CLEAR_AWAY) if self._is_to_be_settled else None

    def leave(self) -> None:
        """Call off the file that is being read, if there is one; from any thread."""
        with self._lock, suppress(OSError):
            if self._is_reading:
                self._is_left = True
                self._supervisor.send(STOP)

    def end(self) -> None:
        """End the process and what it started."""
        self._close_fork()
        self._supervisor.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END_TIMEOUT_SECONDS)  # the socket's end tells it
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _next_fork(self, timeout_seconds: float) -> _Pipes:
        mark, ends = b"", list[int]()
        with _lost_where_it_fails():
            self._supervisor.settimeout(timeout_seconds)
            mark, ends, _, _ = socket.recv_fds(self._supervisor, len(FORKED), 2, _NOT_INHERITED)
        if mark != FORKED or len(ends) != 2:
            for end in ends:
                os.close(end)
            raise LostProcessError("no_fork")
        return _Pipes(*ends)

    def _ending(self, command: bytes) -> Ending:
        self._is_to_be_settled = False
        self._close_fork()
        packed = b""
        with _lost_where_it_fails():
            self._supervisor.settimeout(GRACE_SECONDS)
            self._supervisor.sendall(command)
            while len(packed) < ENDED.size:
                if not (part := self._supervisor.recv(ENDED.size - len(packed))):
                    raise LostProcessError("ended")
                packed += part
            outcome, code, peak_kib, processor_ms = ENDED.unpack(packed)
            return Ending(Outcome(outcome), code, peak_kib * 1024, processor_ms)

    def _close_fork(self) -> None:
        fork, self._fork = self._fork, None
        if fork is not None:
            fork.close()


def _exchange(fork: _Pipes, request: Sequence[bytes], give_up_at: float) -> tuple[Outcome, bytes]:
    """The answer of one file's reading, or why there is none."""
    if not _is_sent(fork.questions, request, give_up_at):
        return Outcome.OUT_OF_TIME, b""
    poll = select.poll()
    poll.register(fork.answers, select.POLLIN)
    answer = bytearray()
    while poll.poll(_ms_until(give_up_at)):
        part = os.read(fork.answers, _CHUNK_BYTES)
        if not part:
            return Outcome.EXITED, b""
        answer += part
        if len(answer) < ANSWER.size:
            continue
        (length,) = ANSWER.unpack_from(answer)
        if max(length, len(answer) - ANSWER.size) > MOST_ANSWER_BYTES:
            return Outcome.TOO_MUCH_ANSWERED, b""
        if len(answer) == ANSWER.size + length:
            return Outcome.ANSWERED, bytes(memoryview(answer)[ANSWER.size :])
    return Outcome.OUT_OF_TIME, b""


def _is_sent(questions: int, request: Sequence[bytes], give_up_at: float) -> bool:
    """Whether the fork took the request in time, or else ended, which its answer will show."""
    poll = select.poll()
    poll.register(questions, select.POLLOUT)
    rest = [memoryview(part) for part in request]
    with suppress(BrokenPipeError):
        while rest:
            try:
                sent = os.writev(questions, rest)
            except BlockingIOError:
                if not poll.poll(_ms_until(give_up_at)):
                    return False
                continue
            while rest and sent >= len(rest[0]):
                sent -= len(rest.pop(0))
            if rest:
                rest[0] = rest[0][sent:]
    return True


def _ms_until(moment: float) -> float:
    return max(0.0, moment - time.monotonic()) * 1000


@contextmanager
def _lost_where_it_fails() -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise LostProcessError(
            "silent" if isinstance(error, TimeoutError) else type(error).__name__
        ) from error


def _started(bounds: Bounds, reader: str) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """The app's end of a socket, and the process that has the other as its standard input."""
    # -P and -S: modules come from the paths that are passed on, and from nowhere else.
    options = ["-P", "-S", "-B", "-X", "utf8", "-m", _MODULE]
    seconds, memory_mb = str(bounds.seconds), str(bounds.memory_mb)
    arguments = ["--seconds", seconds, "--memory-mb", memory_mb, "--reader", reader]
    ours = None
    try:
        ours, theirs = socket.socketpair()
        with theirs:
            return ours, subprocess.Popen(  # noqa: S603  (this very interpreter, and the pool's own arguments)
                [sys.executable, *options, "--parent", str(os.getpid()), *arguments],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=Path(sys.executable).anchor,
                env=dict(reader_environment()),
                start_new_session=True,
            )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        if ours is not None:
            ours.close()
        raise NotStartedError(type(error).__name__) from error
