"""Attacks at hand, each in a reader of its own: what they take, open and leave, by the kernel's word."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest

from benchmarks.support import reader_probe
from benchmarks.support.reader_files import MOST_MB, MOST_SECONDS, readings
from benchmarks.support.reader_probe import SOCKETS, read_and_probe, told
from shared_code.documents import DEFAULT_LIMITS, DocumentText
from shared_code.documents.reader_child import Bounds
from shared_code.documents.reader_link import ReaderProcess
from shared_code.documents.reader_protocol import Outcome, encode_request
from shared_code.errors import DocumentError
from shared_code.settings import IntakeSettings
from tests.integration.reader_pools import HONEST, HOSTILE, read, running_pool

MB = 1 << 20
NOBODY = 65534
ROOT = Path(__file__).parents[2]
ATTACKS = ROOT.parent / "shared" / "cvs" / "attacks"
HAS_ATTACKS = pytest.mark.skipif(not ATTACKS.is_dir(), reason="needs the CV collections in ../shared/cvs")
UNBOUNDED = Bounds(seconds=10, memory_mb=512)  # that each attack is read to its end


async def test_no_file_takes_more_than_the_default_allows() -> None:
    """By the kernel's word: whatever a file does, its fork and what stays take less than 200 MB together."""
    settings = IntakeSettings()
    process = ReaderProcess(Bounds(settings.reader_seconds, settings.reader_memory_mb), reader=HOSTILE)
    try:
        reply = process.ask(*encode_request(b"allocate natively", None, None, DEFAULT_LIMITS))
        assert reply.outcome is Outcome.SIGNALLED
        assert 100 * MB < reply.peak_bytes < 180 * MB
    finally:
        process.end()


@HAS_ATTACKS
def test_no_attack_costs_much() -> None:
    """Two seconds and 200 MB, for supervisor and fork, are enough for all within the default bounds."""
    settings = IntakeSettings()
    bounds = Bounds(settings.reader_seconds, settings.reader_memory_mb)
    found = list(readings(_attacks(), bounds))
    assert len(found) == 50
    for reading in found:
        assert reading.tree_mb < MOST_MB, reading.path.name
        assert reading.processor_seconds < MOST_SECONDS, reading.path.name


@HAS_ATTACKS
def test_no_attack_has_anything_open_or_could_open_it() -> None:
    """Told from inside the reader, after the attack: no socket, no file, and none to be had."""
    paths = [path for path in _attacks() if path.stat().st_size]
    found = list(readings(paths, UNBOUNDED, reader=f"{reader_probe.__name__}:read_and_probe"))
    assert len(found) == 49
    for reading in found:
        assert isinstance(reading.result, DocumentText), reading.path.name
        assert set(told(reading.result).values()) == {0}, reading.path.name


def test_a_reader_with_rights_would_tell_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The probe of the test above finds what is open and what could be opened, where there is something."""
    monkeypatch.setattr(reader_probe, "PLACES", (tmp_path,))
    with (tmp_path / "open").open("wb"), socket.socket():
        found = told(read_and_probe(HONEST))
    assert found["sockets_possible"] == len(SOCKETS)
    assert found["files_possible"] == 1
    assert min(found.values()) >= 1


@HAS_ATTACKS
@pytest.mark.skipif(os.geteuid() != 0, reason="without root, a reader's files are not told from anybody's")
async def test_attacks_leave_no_file_behind() -> None:
    """Neither in the work folder nor where everybody may write, by names, sizes and times."""
    async with running_pool(UNBOUNDED) as pool:
        await read(pool, HONEST)
        before = _files_of_nobody()
        for path in _attacks():
            with suppress(DocumentError):
                await read(pool, path.read_bytes(), path.name)
        assert _files_of_nobody() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_that_a_reader_left_would_be_found() -> None:
    """The test above looks where it would be, and at whose it is."""
    with NamedTemporaryFile(dir="/tmp") as left:
        assert Path(left.name) not in _files_of_nobody()
        os.chown(left.name, NOBODY, NOBODY)
        assert Path(left.name) in _files_of_nobody()


def _files_of_nobody() -> dict[Path, tuple[int, int]]:
    """What readers that root started would have written: path, size and time."""
    places = [ROOT, *(path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))]
    found = {}
    for place in (*places, *map(Path, ("/", "/tmp", "/var/tmp", "/dev/shm"))):
        for path in place.iterdir():
            with suppress(OSError):  # somebody else's, gone meanwhile
                status = path.lstat()
                if status.st_uid == NOBODY:
                    found[path] = status.st_size, status.st_mtime_ns
    return found


def _attacks() -> list[Path]:
    return [path for path in sorted(ATTACKS.glob("*.*")) if path.suffix != ".json"]
