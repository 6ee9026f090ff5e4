"""Another project's server as a child process: started, waited for until ready, stopped for certain."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

READY_TIMEOUT_SECONDS = 120.0
STOP_TIMEOUT_SECONDS = 5.0
LOOK_EVERY_SECONDS = 0.05
# Nothing that the shell says about accounts, proxies or other endpoints reaches a server under test.
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "TMPDIR")


class ServerError(RuntimeError):
    """A server ended or stayed silent instead of getting ready; the message holds the end of its log."""


@contextmanager
def running_server(
    command: Sequence[str], *, log: Path, environment: Mapping[str, str], is_ready: Callable[[], bool]
) -> Iterator[None]:
    """Run ``command`` for the length of a ``with`` block. Its stdin ends when this process is gone.

    Raises:
        ServerError: It did not get ready.
    """
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            env={**kept, **environment},
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, log, is_ready)
        yield
    finally:
        _stop(process)


def answers(url: str) -> bool:
    """Whether a GET of ``url`` is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path, is_ready: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + READY_TIMEOUT_SECONDS
    while process.poll() is None and time.monotonic() < give_up_at:
        if is_ready():
            return
        time.sleep(LOOK_EVERY_SECONDS)
    tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise ServerError(f"{process.args!r} did not get ready. The end of {log}:\n{tail}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_TIMEOUT_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin is not None:
        process.stdin.close()
