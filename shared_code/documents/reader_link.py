"""One reader process, seen from the app: started without secrets, asked file by file, ended for certain."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shared_code.documents.reader_protocol import MOST_ANSWER_BYTES, READY, REPLY, STOP, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

START_TIMEOUT_SECONDS = 30.0
GRACE_SECONDS = 5.0  # for the supervisor to report what it bounds itself
END_TIMEOUT_SECONDS = 1.0

_MODULE = "shared_code.documents.reader_child"
# What an interpreter needs to run at all; keys and connection strings are in none of them.
_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "PYTHONHOME", "SYSTEMROOT")
_CHUNK_BYTES = 1 << 18


class NotStartedError(Exception):
    """The platform does not let a reader process start."""


class LostProcessError(Exception):
    """The reader process ended, or answered out of turn; whatever it was asked is unanswered."""


@dataclass(frozen=True, slots=True)
class Reply:
    """How one reading went: ``code`` is the signal or exit code that ended it."""

    outcome: Outcome
    code: int
    peak_bytes: int
    answer: bytes


def reader_environment() -> Mapping[str, str]:
    """All the variables that a reader process gets: where modules are found, and no setting of the app."""
    paths = (os.path.abspath(path or os.curdir) for path in sys.path)  # noqa: PTH100  (keeps links)
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "MALLOC_ARENA_MAX": "1"}


class ReaderProcess:
    """A running reader. Used by one thread, but for ``leave``; that thread has to outlive it.

    Args:
        arguments: What ``reader_child`` takes, without the parent's id.
        seconds: How long a file may take before the process is given up.
        start_timeout_seconds: How long it may take to get ready.

    Raises:
        NotStartedError: It did not start or did not get ready.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        seconds: float,
        *,
        start_timeout_seconds: float = START_TIMEOUT_SECONDS,
    ) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._is_reading = False
        self._process = _started(arguments)
        self._requests, self._replies = _ends_of(self._process)
        try:
            self._expect_ready(time.monotonic() + start_timeout_seconds)
        except LostProcessError as error:
            self.end()
            raise NotStartedError(str(error)) from error

    @property
    def pid(self) -> int:
        """The process that supervises the forks."""
        return self._process.pid

    def ask(self, *request: bytes) -> Reply:
        """Have one file read; blocks.

        Raises:
            LostProcessError: The process is of no use any more.
        """
        give_up_at = time.monotonic() + self._seconds + GRACE_SECONDS
        with self._lock:
            self._is_reading = True
        try:
            for part in request:
                self._send(part, give_up_at)
            outcome, code, peak_kib, length = REPLY.unpack(self._receive(REPLY.size, give_up_at))
            if length > MOST_ANSWER_BYTES:
                raise LostProcessError("too_long_a_reply")
            answer = self._receive(length, give_up_at)
            return Reply(Outcome(outcome), code, peak_kib * 1024, answer)
        except ValueError as error:
            raise LostProcessError("not_a_reply") from error
        finally:
            with self._lock:
                self._is_reading = False

    def leave(self) -> None:
        """Call off the file that is being read, if there is one; from any thread."""
        with self._lock, suppress(OSError):
            if self._is_reading:
                os.write(self._requests, STOP)

    def end(self) -> None:
        """End the process and what it started."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END_TIMEOUT_SECONDS)  # the pipe's end tells it
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _expect_ready(self, give_up_at: float) -> None:
        if self._receive(len(READY), give_up_at) != READY:
            raise LostProcessError("not_ready")

    def _send(self, content: bytes, give_up_at: float) -> None:
        rest = memoryview(content)
        while rest:
            _wait_for(self._requests, select.POLLOUT, give_up_at)
            try:
                rest = rest[os.write(self._requests, rest[:_CHUNK_BYTES]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise LostProcessError(type(error).__name__) from error

    def _receive(self, length: int, give_up_at: float) -> bytes:
        received = bytearray()
        while len(received) < length:
            _wait_for(self._replies, select.POLLIN, give_up_at)
            part = os.read(self._replies, length - len(received))
            if not part:
                raise LostProcessError("ended")
            received += part
        return bytes(received)


def _started(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    # -P and -S: modules come from the paths that are passed on, and from nowhere else.
    options = ["-P", "-S", "-B", "-X", "utf8", "-m", _MODULE, "--parent", str(os.getpid())]
    try:
        return subprocess.Popen(  # noqa: S603  (this very interpreter, and the pool's own arguments)
            [sys.executable, *options, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=Path(sys.executable).anchor,
            env=dict(reader_environment()),
            start_new_session=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise NotStartedError(type(error).__name__) from error


def _ends_of(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """Where requests are written and replies are read, neither of which blocks."""
    if process.stdin is None or process.stdout is None:
        raise NotStartedError("no_pipes")
    ends = process.stdin.fileno(), process.stdout.fileno()
    for end in ends:
        os.set_blocking(end, False)
    return ends


def _wait_for(descriptor: int, event: int, give_up_at: float) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    if not poll.poll(max(0.0, give_up_at - time.monotonic()) * 1000):
        raise LostProcessError("silent")
