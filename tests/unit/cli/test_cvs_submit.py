"""``cli.cvs submit``: every file becomes a job once, and nothing is left half."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cli.cvs.exit_code import ExitCode
from cli.cvs.folder import CvFile, UnfitFileError, files_of, media_type_of
from shared_code.candidate_data_service import document_id_of
from shared_code.errors import StorageError
from shared_code.intake.job import Job, job_id_of
from shared_code.intake.states import JobState
from tests.unit.cli.operator import MAX_BYTES, Operator
from tests.unit.storage.in_memory_storage import InMemoryBlobs, InMemoryQueues


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three CVs, one of them in a folder of its own, and files that are none."""
    folder = tmp_path / "cvs"
    (folder / "north" / ".hidden").mkdir(parents=True)
    (folder / "ada.pdf").write_bytes(b"%PDF ada")
    (folder / "ben.txt").write_bytes(b"ben")
    (folder / "north" / "cleo.docx").write_bytes(b"cleo")
    for name in (".DS_Store", "~$ada.docx", "north/.hidden/dan.txt"):
        (folder / name).write_bytes(b"none")
    return folder


def test_every_file_becomes_a_job_under_its_path(folder: Path) -> None:
    """Content, media type and a name relative to the folder, with slashes; one message for each."""
    operator = Operator()
    run = operator.run("submit", str(folder), "--recursive")
    assert (run.exit_code, run.out) == (ExitCode.DONE, "3 submitted\n")
    assert operator.inbox() == {"ada.pdf": b"%PDF ada", "ben.txt": b"ben", "north/cleo.docx": b"cleo"}
    assert operator.job(b"cleo").state is JobState.QUEUED
    assert operator.blobs.content_types["cv-inbox", "north/cleo.docx"].endswith(".document")
    assert operator.messages == 3


def test_folders_stay_out_unless_asked_for(folder: Path) -> None:
    """Without ``--recursive`` only what lies right inside; hidden and lock files never."""
    assert [file.blob_name for file in files_of(folder, recursive=False)] == ["ada.pdf", "ben.txt"]
    assert [file.blob_name for file in files_of(folder, recursive=True)][2:] == ["north/cleo.docx"]


def test_a_folder_that_cannot_be_listed_is_not_passed_over_in_silence(folder: Path) -> None:
    """It stands for its files, and is skipped with the reason."""
    files = files_of(folder, recursive=True)
    assert next(files).blob_name == "ada.pdf"
    shutil.rmtree(folder / "north")
    last = list(files)[-1]
    assert last.blob_name == "north"
    with pytest.raises(UnfitFileError, match="No such file"):
        last.read(MAX_BYTES)


@dataclass
class CountingBlobs(InMemoryBlobs):
    """Counts uploads."""

    uploads: int = 0

    async def put_bytes(self, container: str, name: str, data: bytes, content_type: str) -> None:
        self.uploads += 1
        await super().put_bytes(container, name, data, content_type)


def test_a_second_run_uploads_and_announces_nothing(folder: Path) -> None:
    """What is there is counted by its state, whatever became of it."""
    blobs = CountingBlobs()
    operator = Operator(blobs=blobs)
    operator.run("submit", str(folder))
    job = operator.job(b"ben")
    operator.do(operator.desk.jobs.change(job, JobState.FAILED))
    uploads = blobs.uploads
    run = operator.run("submit", str(folder))
    assert run == type(run)(ExitCode.DONE, "0 submitted, 2 already there (1 queued, 1 failed)\n", "")
    assert (blobs.uploads, operator.messages) == (uploads, 2)


@pytest.mark.parametrize(
    ("name", "content"),
    [("ben.txt", b"ben, revised"), ("ben (2).txt", b"ben")],
    ids=["new content, same name", "same content, new name"],
)
def test_another_content_or_another_name_is_another_job(folder: Path, name: str, content: bytes) -> None:
    """Only the same content at the same name is there already."""
    operator = Operator()
    operator.run("submit", str(folder))
    (folder / name).write_bytes(content)
    assert operator.run("submit", str(folder)).out.startswith("1 submitted, ")
    assert name in {job.blob_name for job in operator.jobs(content)}


class DeafQueues(InMemoryQueues):
    """Takes no message while ``is_deaf``."""

    is_deaf = True

    async def send(
        self, queue: str, message: Mapping[str, Any], *, visibility_timeout_seconds: int | None = None
    ) -> None:
        if self.is_deaf:
            raise StorageError("Sending to queue cv-jobs failed.")
        await super().send(queue, message, visibility_timeout_seconds=visibility_timeout_seconds)


def test_what_a_failure_left_without_a_message_is_announced_by_the_next_run(folder: Path) -> None:
    """A job that was only received is no reason to pass a file over."""
    queues = DeafQueues()
    operator = Operator(queues=queues)
    run = operator.run("submit", str(folder), "--concurrency", "1")
    assert (run.exit_code, run.out) == (ExitCode.IMPOSSIBLE, "0 submitted\n")
    assert "goes on where it stopped" in run.notes
    queues.is_deaf = False
    assert operator.run("submit", str(folder)).out == "2 submitted\n"
    assert {operator.job(content).state for content in (b"%PDF ada", b"ben")} == {JobState.QUEUED}


class FullBlobs(InMemoryBlobs):
    """Takes every file but one."""

    async def put_bytes(self, container: str, name: str, data: bytes, content_type: str) -> None:
        if name == "00.txt":
            raise StorageError("Writing a blob of container cv-inbox failed.")
        await super().put_bytes(container, name, data, content_type)


def test_a_failure_of_storage_stops_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The other files would wait as long to meet the same; those on their way are finished and counted."""
    for number in range(100):
        (tmp_path / f"{number:02}.txt").write_text(f"CV {number}")
    operator = Operator(blobs=FullBlobs())
    run = operator.run("submit", str(tmp_path), "--concurrency", "2")
    assert run.exit_code is ExitCode.IMPOSSIBLE
    assert len(operator.inbox()) < 50
    assert run.out == f"{len(operator.inbox())} submitted\n"
    assert "container cv-inbox failed" in capsys.readouterr().err


def test_a_file_over_the_limit_is_named_and_skipped(folder: Path) -> None:
    """The limit itself still fits; the mend is the setting's name."""
    (folder / "big.pdf").write_bytes(b"x" * (MAX_BYTES + 1))
    (folder / "full.pdf").write_bytes(b"x" * MAX_BYTES)
    operator = Operator()
    run = operator.run("submit", str(folder))
    assert (run.exit_code, run.out) == (ExitCode.ATTENTION, "3 submitted, 1 skipped\n")
    assert "big.pdf" in run.notes
    assert "CV_MAX_DOCUMENT_BYTES" in run.notes
    assert "big.pdf" not in operator.inbox()
    assert operator.inbox()["full.pdf"] == b"x" * MAX_BYTES


@pytest.mark.parametrize(
    "name",
    ["line\nfeed.txt", "caf\udce9.txt", "last.", "d/" * 254 + "deep.txt", "x" * 1025],
    ids=["control", "not UTF-8", "last dot", "too deep", "too long"],
)
def test_a_name_that_no_blob_can_have_is_refused(name: str) -> None:
    """Before anything is read or uploaded."""
    with pytest.raises(UnfitFileError, match=r"rename|move"):
        CvFile(Path("/nowhere"), name).read(MAX_BYTES)


def test_a_file_that_is_gone_is_skipped(tmp_path: Path) -> None:
    """Between the listing and the reading, say."""
    with pytest.raises(UnfitFileError, match="No such file"):
        CvFile(tmp_path / "gone.txt", "gone.txt").read(MAX_BYTES)


def test_names_cannot_steer_the_terminal(folder: Path) -> None:
    """An escape sequence is shown as characters that do nothing."""
    (folder / "\x1b[2Jeve.txt").write_bytes(b"eve")
    run = Operator().run("submit", str(folder))
    assert "\ufffd[2Jeve.txt" in run.notes
    assert "\x1b" not in run.notes


def test_the_limit_counts_new_files(folder: Path) -> None:
    """So that one run after the other comes to an end of the folder."""
    operator = Operator()
    assert operator.run("submit", str(folder), "--limit", "1").out == "1 submitted, the limit is reached\n"
    second = operator.run("submit", str(folder), "--limit", "1").out
    assert second == "1 submitted, 1 already there (1 queued), the limit is reached\n"
    assert len(operator.inbox()) == 2


@dataclass
class CrowdedBlobs(InMemoryBlobs):
    """Finishes uploads only once ``crowd`` of them are under way."""

    crowd: asyncio.Barrier = field(default_factory=lambda: asyncio.Barrier(1))
    under_way: int = 0
    most_under_way: int = 0

    async def put_bytes(self, container: str, name: str, data: bytes, content_type: str) -> None:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        async with asyncio.timeout(10), self.crowd:
            await super().put_bytes(container, name, data, content_type)
        self.under_way -= 1


@pytest.mark.parametrize("concurrency", [1, 3])
def test_no_more_files_are_held_than_are_worked_on(tmp_path: Path, concurrency: int) -> None:
    """Memory is bounded by the concurrency, not by the folder; and so many do go at once."""
    for number in range(12):
        (tmp_path / f"{number:02}.txt").write_text(f"CV {number}")
    blobs = CrowdedBlobs(crowd=asyncio.Barrier(concurrency))
    run = Operator(blobs=blobs).run("submit", str(tmp_path), "--concurrency", str(concurrency))
    assert run.out == "12 submitted\n"
    assert blobs.most_under_way == concurrency


@dataclass
class InterruptingBlobs(InMemoryBlobs):
    """Somebody presses Ctrl-C during an upload, once or more often."""

    presses: int = 1

    async def put_bytes(self, container: str, name: str, data: bytes, content_type: str) -> None:
        for _ in range(self.presses):
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(0.01)  # the signal comes through the loop's own socket
        await super().put_bytes(container, name, data, content_type)


def test_an_interruption_finishes_what_was_begun_and_begins_nothing(folder: Path) -> None:
    """The file on its way becomes a whole job, the next is untouched, and a second run takes it."""
    operator = Operator(blobs=InterruptingBlobs())
    run = operator.run("submit", str(folder), "--concurrency", "1")
    assert (run.exit_code, run.out) == (ExitCode.INTERRUPTED, "1 submitted\n")
    assert list(operator.inbox()) == ["ada.pdf"]
    assert operator.job(b"%PDF ada").state is JobState.QUEUED
    operator.blobs = InMemoryBlobs()
    assert operator.run("submit", str(folder)).out == "1 submitted, 1 already there (1 queued)\n"


def test_a_second_interruption_breaks_off(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody waits for storage that does not answer."""
    operator = Operator(blobs=InterruptingBlobs(presses=2))
    assert operator.run("submit", str(folder), "--concurrency", "1").exit_code is ExitCode.INTERRUPTED
    assert operator.inbox() == {}
    assert capsys.readouterr().err == "interrupted\n"


def test_an_empty_folder_is_worth_a_look(tmp_path: Path) -> None:
    """Most likely it is the wrong one."""
    run = Operator().run("submit", str(tmp_path))
    assert (run.exit_code, run.out) == (ExitCode.ATTENTION, "0 submitted\n")
    assert "no files" in run.notes


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.PDF", "application/pdf"),
        ("a.md", "text/markdown"),
        ("a.png", "image/png"),
        ("a", "application/octet-stream"),
    ],
)
def test_the_media_type_follows_from_the_name(name: str, expected: str) -> None:
    """The same on every machine for what the engine reads."""
    assert media_type_of(name) == expected


def test_the_job_is_the_one_the_app_would_register(folder: Path) -> None:
    """The app's blob trigger sees the same file, and must find this job instead of adding another."""
    operator = Operator()
    operator.run("submit", str(folder))
    job: Job = operator.job(b"ben")
    assert job.job_id == job_id_of(document_id_of(b"ben"), "ben.txt")
