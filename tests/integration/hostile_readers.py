"""Readers that do what a hostile file could make a reader do; a reader process is told to use them.

The file names the deed, so that one process meets them in any order.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import socket
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared_code.documents import DocumentText, read_document, text_document
from shared_code.documents.reader_protocol import ANSWER
from shared_code.errors import NoTextError

_PADDING = " (twenty letters at least, please)"


def read(content: bytes, **question: Any) -> DocumentText:
    """Do what the file says, or read it where it says nothing of the kind."""
    deed = _DEEDS.get(content.decode("latin-1"))
    return deed() if deed is not None else read_document(content, **question)


def _loop() -> DocumentText:
    while True:
        pass


def _sleep() -> DocumentText:
    time.sleep(3600)
    raise AssertionError


def _allocate() -> DocumentText:
    hoard = []
    while True:
        hoard.append(bytes(1 << 20))


def _allocate_natively() -> DocumentText:
    """As libraries do: until there is no more, and then abort."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    while block := libc.malloc(1 << 20):
        ctypes.memset(block, 1, 1 << 20)
    os.abort()


def _segfault() -> DocumentText:
    ctypes.string_at(0)
    raise AssertionError


def _kill_itself() -> DocumentText:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def _write_everywhere(content: bytes) -> DocumentText:
    for descriptor in range(64):
        try:
            os.write(descriptor, content)
        except OSError:
            continue
    os._exit(0)


def _write_for_ever() -> DocumentText:
    while True:
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, bytes(1 << 16))
            except OSError:
                continue


def _forge() -> DocumentText:
    """Two answers: the second would be the next file's."""
    answer = json.dumps({"text": "forged"}).encode()
    return _write_everywhere(2 * (ANSWER.pack(len(answer)) + answer))


def _outlive_its_pipe() -> DocumentText:
    """As if it had ended, to the app; to keep the machine busy behind its back."""
    os.closerange(3, 64)
    return _sleep()


def _fail() -> DocumentText:
    raise LookupError("Robin Example, 1 Example Street")


def _refuse() -> DocumentText:
    raise NoTextError("a reason\nwith a line break")


def _leave_a_trace() -> DocumentText:
    sys.modules["trace"] = sys
    return _tell_trace()


def _tell_trace() -> DocumentText:
    return text_document(f"trace: {sys.modules.get('trace') is sys}" + _PADDING)


def _tell_environment() -> DocumentText:
    return text_document(json.dumps(sorted(os.environ)) + _PADDING)


def _tell_limits() -> DocumentText:
    limits = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in _LIMITS}
    return text_document(json.dumps(limits) + _PADDING)


def _tell_rights() -> DocumentText:
    """Names of the deeds that worked."""
    worked = [name for name, deed in _FORBIDDEN.items() if _works(deed)]
    return text_document(json.dumps(worked) + _PADDING)


def _tell_descriptors() -> DocumentText:
    """Kinds of what is open."""
    kinds = []
    for descriptor in range(1024):
        try:
            mode = os.fstat(descriptor).st_mode
        except OSError:
            continue
        names = [("device", stat.S_ISCHR), ("pipe", stat.S_ISFIFO), ("other", bool)]
        kinds.append(next(name for name, is_it in names if is_it(mode)))
    return text_document(json.dumps(sorted(kinds)) + _PADDING)


def _works(deed: Callable[[], object]) -> bool:
    try:
        deed()
    except (OSError, ValueError):
        return False
    return True


def _fork_a_child() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


_FORBIDDEN: dict[str, Callable[[], object]] = {
    "read a file": lambda: Path("/etc/hostname").read_bytes(),
    "read its supervisor's environment": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
    "write a file": lambda: Path("/tmp/cv-reader-was-here").write_bytes(b"x"),
    "open a socket": socket.socket,
    "make a pipe": os.pipe,
    "start a process": _fork_a_child,
    "take more descriptors": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
    "become root": lambda: os.setuid(0),
}
_LIMITS = ("AS", "CORE", "CPU", "FSIZE", "NOFILE", "NPROC")
_DEEDS: dict[str, Callable[[], DocumentText]] = {
    "loop": _loop,
    "sleep": _sleep,
    "allocate": _allocate,
    "allocate natively": _allocate_natively,
    "segfault": _segfault,
    "abort": os.abort,
    "kill itself": _kill_itself,
    "rubbish": lambda: _write_everywhere(b"rubbish\n" * 9),
    "half an answer": lambda: _write_everywhere(ANSWER.pack(1000) + b'{"text": "Rob'),
    "no JSON": lambda: _write_everywhere(ANSWER.pack(4) + b"null"),
    "forge": _forge,
    "write for ever": _write_for_ever,
    "outlive its pipe": _outlive_its_pipe,
    "exit": lambda: os._exit(0),
    "exit with 1": lambda: sys.exit(1),
    "fail": _fail,
    "refuse": _refuse,
    "leave a trace": _leave_a_trace,
    "tell trace": _tell_trace,
    "tell environment": _tell_environment,
    "tell limits": _tell_limits,
    "tell rights": _tell_rights,
    "tell descriptors": _tell_descriptors,
}
