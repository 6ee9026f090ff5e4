"""``python -m cli.cvs`` as processes of its own against Azurite, without the app."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest

from local.azurite import FREE_PORTS, Azurite, running_azurite
from shared_code.candidate_data_service import REJECTED_CONTAINER, RESULTS_CONTAINER, document_id_of
from shared_code.intake.desk import Desk, open_desk
from shared_code.intake.job import INBOX_CONTAINER, JOB_QUEUE, Job
from shared_code.intake.states import JobState
from shared_code.intake.submission import rejected_blob_name
from shared_code.settings import IntakeSettings
from shared_code.storage import StorageAccount, StorageTarget

ROOT = Path(__file__).parents[3]
ResultT = TypeVar("ResultT")
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the command left."""

    exit_code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Command:
    """The command, its storage, and a folder to work in."""

    connection_string: str
    folder: Path

    def start(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return subprocess.Popen(
            [sys.executable, "-m", "cli.cvs", *arguments],
            cwd=self.folder,
            env={
                **kept,
                "PYTHONPATH": str(ROOT),
                "AzureWebJobsStorage": self.connection_string,
                "CV_MAX_DOCUMENT_BYTES": "20000",
            },
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> Run:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        return Run(process.returncode, out, err)

    def at_the_desk(self, work: Callable[[Desk], Awaitable[ResultT]]) -> ResultT:
        """What happens to the same storage meanwhile."""

        async def go() -> ResultT:
            async with StorageAccount(StorageTarget(self.connection_string)) as storage:
                return await work(open_desk(storage, IntakeSettings()))

        return asyncio.run(go())

    def job(self, content: bytes) -> Job:
        [job] = self.at_the_desk(lambda desk: desk.jobs.jobs_of(document_id_of(content)))
        return job

    def status(self, *arguments: str) -> dict[str, Any]:
        shown: dict[str, Any] = json.loads(self.run("status", "--json", *arguments).out)
        return shown


@pytest.fixture(scope="module")
def azurite() -> Iterator[Azurite]:
    """One storage emulator for all tests, which therefore use contents of their own."""
    with running_azurite(None, ports=FREE_PORTS) as azurite:
        yield azurite


@pytest.fixture
def command(azurite: Azurite, tmp_path: Path) -> Command:
    """With an empty folder ``cvs``."""
    (tmp_path / "cvs").mkdir()
    return Command(azurite.connection_string, tmp_path)


def cv(command: Command, name: str) -> bytes:
    """Put a CV that no other test has into the folder; its content."""
    content = f"Ada Example, {uuid4()}".encode()
    path = command.folder / "cvs" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return content


async def finish(desk: Desk, content: bytes, state: JobState, **fields: Any) -> None:
    """Do what a worker does, without the model."""
    [job] = await desk.jobs.jobs_of(document_id_of(content))
    begun = await desk.jobs.change(job, JobState.PROCESSING, attempts=1)
    assert begun is not None
    if state is JobState.REJECTED:
        await desk.storage.blobs.move(
            INBOX_CONTAINER, job.blob_name, REJECTED_CONTAINER, rejected_blob_name(job)
        )
    assert await desk.jobs.change(begun, state, **fields) is not None


def test_submit_uploads_registers_and_goes_on(command: Command) -> None:
    """Real blobs, rows and messages; the second run finds the first one's work and adds the new file."""
    ada, ben = cv(command, "ada.txt"), cv(command, "north/Bénédicte #1 100%.txt")
    (command.folder / "cvs" / "big.pdf").write_bytes(b"x" * 20_001)
    before = command.at_the_desk(lambda desk: desk.storage.queues.approximate_length(JOB_QUEUE))
    first = command.run("submit", "cvs", "--recursive")
    assert (first.exit_code, first.out) == (1, "2 submitted, 1 skipped\n")
    assert "big.pdf: has 0.02 MB" in first.err
    assert {command.job(ada).state, command.job(ben).state} == {JobState.QUEUED}
    name = command.job(ben).blob_name
    kept = command.at_the_desk(lambda desk: desk.storage.blobs.get_bytes(INBOX_CONTAINER, name, 1000))
    assert (name, kept) == ("north/Bénédicte #1 100%.txt", ben)
    (command.folder / "cvs" / "big.pdf").unlink()
    cv(command, "cleo.txt")
    second = command.run("submit", "cvs", "--recursive")
    assert (second.exit_code, second.out) == (0, "1 submitted, 2 already there (2 queued)\n")
    after = command.at_the_desk(lambda desk: desk.storage.queues.approximate_length(JOB_QUEUE))
    assert after - before == 3


def test_an_interrupted_submit_leaves_whole_jobs_and_is_taken_up_again(command: Command) -> None:
    """Every blob in the inbox has its job and its message, and a second run submits just the rest."""
    contents = [cv(command, f"{number:03}.txt") for number in range(120)]
    process = command.start("submit", "cvs", "--concurrency", "2")
    deadline = time.monotonic() + 60
    while not command.at_the_desk(lambda desk: desk.jobs.jobs_of(document_id_of(contents[5]))):
        assert time.monotonic() < deadline
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, (out, err)
    submitted = int(re.match(r"(\d+) submitted", out)[1])  # type: ignore[index]
    assert 5 <= submitted < 120

    async def look(desk: Desk) -> tuple[int, set[JobState]]:
        jobs = [job for content in contents for job in await desk.jobs.jobs_of(document_id_of(content))]
        return len(jobs), {job.state for job in jobs}

    assert command.at_the_desk(look) == (submitted, {JobState.QUEUED})
    rest = command.run("submit", "cvs", "--concurrency", "16")
    assert rest.out == f"{120 - submitted} submitted, {submitted} already there ({submitted} queued)\n"


def test_status_shows_a_job_by_file_and_by_id(command: Command) -> None:
    """Its state, its reason, and whether there is a result; for people and for programs."""
    content = cv(command, "ada.txt")
    command.run("submit", "cvs")
    reason = {"reason_code": "noText", "reason": "No text in it."}
    command.at_the_desk(lambda desk: finish(desk, content, JobState.REJECTED, **reason))
    document_id = document_id_of(content)
    shown = command.status("cvs/ada.txt")
    assert (shown["documentId"], shown["hasResult"]) == (document_id, False)
    assert shown["jobs"][0]["reason"] == {"code": "noText", "message": "No text in it."}
    assert command.status(document_id[:16])["jobs"] == shown["jobs"]
    [row] = [line for line in command.run("status", "--state", "rejected").out.splitlines() if "ada" in line]
    assert row.split()[:4] == ["ada.txt", document_id[:12], "rejected", "1"]
    assert "\x1b" not in row
    assert command.status("--state", "rejected", "--since", "1h")["counts"]["rejected"] >= 1


def test_retry_moves_a_rejected_original_back_and_announces_it(command: Command) -> None:
    """A worker finds the file in the inbox and a message that names the job's turn."""
    content = cv(command, "north/ada.txt")
    command.run("submit", "cvs", "--recursive")
    command.at_the_desk(lambda desk: finish(desk, content, JobState.REJECTED))
    run = command.run("retry", document_id_of(content), "--yes")
    assert (run.exit_code, run.out) == (0, "1 of 1 put back\n")
    job = command.job(content)
    assert (job.state, job.turn) == (JobState.QUEUED, 2)
    kept = command.at_the_desk(
        lambda desk: desk.storage.blobs.get_bytes(INBOX_CONTAINER, "north/ada.txt", 1000)
    )
    assert kept == content


def test_erase_needs_a_yes_and_leaves_nothing(command: Command) -> None:
    """Without a terminal and without the flag it is an error, and nothing is erased."""
    content = cv(command, "ada.txt")
    command.run("submit", "cvs")
    refused = command.run("erase", "cvs/ada.txt")
    assert refused.exit_code == 64
    assert "--yes" in refused.err
    assert command.job(content).state is JobState.QUEUED
    run = command.run("erase", "cvs/ada.txt", "--yes")
    assert run.exit_code == 0
    assert "jobs 1, originals 1" in run.out
    assert command.at_the_desk(lambda desk: desk.jobs.jobs_of(document_id_of(content))) == []
    assert command.run("erase", "cvs/ada.txt", "--yes").exit_code == 1


@pytest.mark.parametrize(
    ("typed", "code"), [(b"y\n", 0), (b"n\n", 1), (b"\x03", 130)], ids=["y", "n", "ctrl-c"]
)
def test_a_person_is_asked_on_the_terminal(command: Command, typed: bytes, code: int) -> None:
    """Yes erases, no does not, and Ctrl-C at the question ends the command at once."""
    content = cv(command, "ada.txt")
    command.run("submit", "cvs")
    ours, theirs = pty.openpty()
    process = command.start("erase", "cvs/ada.txt", stdin=theirs)
    assert process.stderr is not None
    asked = ""
    while not asked.endswith("[y/N] "):
        asked += process.stderr.read(1)
    assert "(ada.txt)" in asked
    if typed == b"\x03":
        process.send_signal(signal.SIGINT)  # this terminal is not the process's own
    else:
        os.write(ours, typed)
    process.communicate(timeout=30)
    os.close(ours)
    os.close(theirs)
    jobs = command.at_the_desk(lambda desk: desk.jobs.jobs_of(document_id_of(content)))
    assert (process.returncode, bool(jobs)) == (code, code != 0)


def test_results_come_back_out_of_csv_xlsx_and_json(command: Command) -> None:
    """What was put into storage is read back from the files, as text and as numbers."""
    contents = [cv(command, f"{number}.txt") for number in range(20)]
    command.run("submit", "cvs")

    async def work(desk: Desk) -> None:
        for number, content in enumerate(contents):
            name = "=1+1" if number == 0 else f"Candidate {number} Ünlü"
            profile = {"candidateName": name, "totalExperienceYears": number, "industrySectors": ["A", "B"]}
            result = {"documentId": document_id_of(content), "candidateProfile": profile}
            await desk.storage.blobs.put_json(RESULTS_CONTAINER, f"{document_id_of(content)}.json", result)

    command.at_the_desk(work)
    ids = [document_id_of(content) for content in contents]
    for form in ("csv", "xlsx", "json"):
        output = command.folder / "out" / f"all.{form}"
        run = command.run("results", "--format", form, "--output", str(output), "--since", "1h")
        assert (run.exit_code, run.out) == (0, f"20 results in {output}\n"), run.err
        assert [path.name for path in output.parent.glob(".*")] == []
    with (command.folder / "out" / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["documentId"]: row for row in csv.DictReader(file)}
    assert set(rows) == set(ids)
    assert rows[ids[0]]["candidateName"] == "'=1+1"
    assert (rows[ids[7]]["candidateName"], rows[ids[7]]["files"]) == ("Candidate 7 Ünlü", "7.txt")
    cells = sheet(command.folder / "out" / "all.xlsx")
    assert cells[ids[0]]["C"] == "=1+1"
    assert (cells[ids[7]]["C"], cells[ids[7]]["G"], cells[ids[7]]["N"]) == ("Candidate 7 Ünlü", "7", "A; B")
    array = json.loads((command.folder / "out" / "all.json").read_bytes())
    assert {result["documentId"] for result in array} == set(ids)


def sheet(path: Path) -> dict[str, dict[str, str]]:
    """A workbook's rows by what their first cell says, as text by column letter; no cell is a formula."""
    with zipfile.ZipFile(path) as workbook:
        assert workbook.testzip() is None
        root = ET.fromstring(workbook.read("xl/worksheets/sheet1.xml"))
    assert not list(root.iter(f"{SHEET}f"))
    rows = [
        {(cell.get("r") or "").rstrip("0123456789"): "".join(cell.itertext()) for cell in row}
        for row in root.iter(f"{SHEET}row")
    ]
    return {row["A"]: row for row in rows}


def test_watch_ends_with_the_last_open_job(command: Command) -> None:
    """It follows while jobs are open, and its exit code tells whether all went well."""
    # Of the jobs that other tests left open it must not hear.
    since = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 1))
    time.sleep(2)
    ada, ben = cv(command, "ada.txt"), cv(command, "ben.txt")
    command.run("submit", "cvs")
    process = command.start("watch", "--interval", "0.2", "--since", since)
    assert process.stdout is not None
    assert "queued 2" in process.stdout.readline()
    command.at_the_desk(lambda desk: finish(desk, ada, JobState.DONE))
    command.at_the_desk(lambda desk: finish(desk, ben, JobState.FAILED))
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "done 1" in out.splitlines()[-1]
    assert "failed 1" in out.splitlines()[-1]
    assert "status --state failed" in err


def test_costs_and_retention_run_on_real_tables(command: Command) -> None:
    """Tables that do not exist yet are empty, not errors."""
    assert command.run("costs", "--rebuild", "--from", "2026-01-01", "--to", "2026-01-02").out.startswith(
        "derived 2 days anew: 0 records, 0 of them changed\n"
    )
    dry = command.run("retention", "--dry-run")
    assert (dry.exit_code, dry.out) == (
        0,
        "would erase  documents 0, files without a job 0, audit rows 0\n",
    )


def test_storage_that_does_not_answer_is_told_with_the_setting(command: Command) -> None:
    """No trace, no address with a name in it, and the code for: not possible."""
    closed = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:9", command.connection_string)
    run = command.run("status", "--connection-string", closed)
    assert (run.exit_code, run.out) == (2, "")
    assert run.err.startswith("error: ")
    assert "Check AzureWebJobsStorage" in run.err
    assert "Traceback" not in run.err


def test_whoever_stops_reading_is_no_error(command: Command) -> None:
    """As in ``… | head -1``."""
    process = command.start("status", "--json", "--limit", "5000")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    assert (process.wait(60), err) == (0, "")
