"""Readers that read and then tell of it: what they could do besides, or when they began and ended."""

from __future__ import annotations

import json
import os
import socket
import stat
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

from shared_code.documents import DocumentText, Finding, Severity, read_document, text_document
from shared_code.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable

SOCKETS = (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX)
PLACES = tuple(
    dict.fromkeys(
        (*map(Path, ("/", "/dev/shm", "/var/tmp", gettempdir())), Path.home(), Path(__file__).parent)  # noqa: S108
    )
)
_MOST_DESCRIPTORS = 1024
_PADDING = " (twenty letters at least, please)"


def read_and_probe(content: bytes, **question: Any) -> DocumentText:
    """Read the file, and tell instead of its text what is open after it, and what could be opened."""
    with suppress(DocumentError):
        read_document(content, **question)
    modes = [mode for descriptor in range(_MOST_DESCRIPTORS) if (mode := _mode(descriptor))]
    found = {
        "sockets_open": sum(map(stat.S_ISSOCK, modes)),
        "sockets_possible": sum(_works(partial(_open_socket, family)) for family in SOCKETS),
        "files_open": sum(map(stat.S_ISREG, modes)),
        "files_possible": sum(_works(partial(_write_into, place)) for place in PLACES),
    }
    return text_document(json.dumps(found) + _PADDING)


def read_and_clock(content: bytes, **question: Any) -> DocumentText:
    """The document, with a finding that tells when reading it began and ended, and what it took."""
    entered, processor = time.monotonic(), time.process_time()
    document = read_document(content, **question)
    times = {
        "entered": entered,
        "processor": time.process_time() - processor,
        "left": time.monotonic(),
    }
    clock = Finding("clock", Severity.MINOR, json.dumps(times))
    return replace(document, findings=(*document.findings, clock))


def told(document: DocumentText) -> dict[str, Any]:
    """What such a reader told."""
    text = next((found.message for found in document.findings if found.code == "clock"), document.text)
    found: dict[str, Any] = json.JSONDecoder().raw_decode(text)[0]
    return found


def _mode(descriptor: int) -> int:
    try:
        return os.fstat(descriptor).st_mode
    except OSError:
        return 0


def _works(deed: Callable[[], None]) -> bool:
    try:
        deed()
    except OSError:
        return False
    return True


def _open_socket(family: int) -> None:
    socket.socket(family, socket.SOCK_DGRAM).close()


def _write_into(folder: Path) -> None:
    path = folder / "a-reader-was-here"
    path.write_bytes(b"x")
    path.unlink()
