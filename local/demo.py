"""``make demo``: CVs through the whole engine on this machine, and a table of what came out."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from local.azurite import AzuriteError
from local.child import ChildError
from local.demo_endpoints import EndpointCall, billed_answers_of, call_every_endpoint
from local.demo_report import print_endpoints, print_results, print_totals
from local.stack import ROOT, WORK_DIR, Stack, running_stack
from shared_code.ai_call_logger import CallRow, calls_of_day
from shared_code.candidate_data_service import document_id_of, find_result
from shared_code.intake.desk import Desk, open_desk
from shared_code.intake.job import INBOX_CONTAINER
from shared_code.intake.states import JobState
from shared_code.settings import IntakeSettings, load_settings
from shared_code.storage import StorageAccount, StorageTarget

SAMPLES = ROOT / "samples"
OUT_DIR = ROOT / "out" / "demo"
# The demo fails when nothing at all has happened for this long.
PATIENCE_SECONDS = 120.0
# Columns where the output is no terminal.
PLAIN_WIDTH = 184
_POLL_SECONDS = 0.2
_MEDIA_TYPES = {".pdf": "application/pdf", ".txt": "text/plain", ".html": "text/html", ".md": "text/markdown"}


@dataclass(slots=True)
class Submission:
    """One file on its way through: dropped, then done, rejected or failed."""

    path: Path
    document_id: str
    kept: dict[str, Any] | None = None
    failure: str | None = None
    seconds: float = 0.0

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.kept is not None or self.failure is not None

    @property
    def has_result(self) -> bool:
        """Whether it became an analysis."""
        return self.kept is not None and "reason" not in self.kept


def main() -> int:
    """Parse the command line and run the demo."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=SAMPLES, help="folder with CV files")
    parser.add_argument("--picture", type=Path, help="also save what is printed as an SVG picture")
    options = parser.parse_args()
    folder: Path = options.folder
    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, record=bool(options.picture))
    paths = cv_files(folder)
    if not paths:
        console.print(f"No files in {folder}. Name a folder with CVs: make demo CVS=some/folder")
        return 2
    try:
        exit_code = asyncio.run(_run(paths, console, may_reject=folder.resolve() != SAMPLES))
    except (AzuriteError, ChildError) as error:
        console.print(str(error), markup=False)
        return 1
    if options.picture:
        console.save_svg(str(options.picture), title="make demo")
    return exit_code


def cv_files(folder: Path) -> list[Path]:
    """The files right inside a folder; hidden ones and Python sources are not CVs."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".py"
    )


async def _run(paths: list[Path], console: Console, *, may_reject: bool) -> int:
    started = time.monotonic()
    work_dir = WORK_DIR / "demo"
    shutil.rmtree(work_dir, ignore_errors=True)
    with console.status("Starting storage, model and app ..."):
        context = running_stack(work_dir=work_dir)
        stack = await context.__aenter__()
    try:
        console.print(f"Ready after {time.monotonic() - started:.1f} s at {stack.url}")
        async with StorageAccount(StorageTarget(stack.backends.connection_string)) as storage:
            submissions = await _drop(paths, storage)
            await _watch(submissions, open_desk(storage, load_settings(IntakeSettings)), console)
            endpoint_calls = await _call_endpoints(submissions, stack)
            rows = await _audit_rows(storage)
        billed_answers = await billed_answers_of(stack.backends.emulator_url)
    finally:
        await context.__aexit__(None, None, None)
    _write_results(submissions)
    print_results(console, submissions)
    print_endpoints(console, endpoint_calls)
    complaints = _complaints(submissions, endpoint_calls, rows, billed_answers, may_reject=may_reject)
    print_totals(console, submissions, rows, time.monotonic() - started, OUT_DIR.relative_to(ROOT))
    for complaint in complaints:
        console.print(f"[bold red]{complaint}")
    return 1 if complaints else 0


async def _drop(paths: list[Path], storage: StorageAccount) -> list[Submission]:
    """Put every file into the inbox, as a recruiter's tool would."""
    submissions = []
    for path in paths:
        content = path.read_bytes()
        media_type = _MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")
        await storage.blobs.put_bytes(INBOX_CONTAINER, path.name, content, media_type)
        submissions.append(Submission(path, document_id_of(content)))
    return submissions


async def _watch(submissions: list[Submission], desk: Desk, console: Console) -> None:
    """Show progress until every file is settled, or nothing has happened for too long."""
    began = last_change = time.monotonic()
    columns = (TextColumn("Analysing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("CVs", total=len(submissions))
        while time.monotonic() - last_change < PATIENCE_SECONDS:
            for submission in submissions:
                if not submission.is_settled and await _is_settled_now(submission, desk):
                    last_change = time.monotonic()
                    submission.seconds = last_change - began
            progress.update(task, completed=sum(entry.is_settled for entry in submissions))
            if all(entry.is_settled for entry in submissions):
                return
            await asyncio.sleep(_POLL_SECONDS)


async def _is_settled_now(submission: Submission, desk: Desk) -> bool:
    """Look at the file's job, and take over what came of it."""
    for job in await desk.jobs.jobs_of(submission.document_id):
        reason = {"code": job.reason_code, "message": job.reason}
        if job.state is JobState.DONE:
            submission.kept = await find_result(desk.storage.blobs, job.document_id)
        elif job.state is JobState.REJECTED:
            submission.kept = {"documentId": job.document_id, "state": "rejected", "reason": reason}
        elif job.state is JobState.FAILED:
            submission.failure = str(job.reason)
    return submission.is_settled


async def _call_endpoints(submissions: list[Submission], stack: Stack) -> list[EndpointCall]:
    analysed = next((entry for entry in submissions if entry.has_result), None)
    if analysed is None:
        return []
    return await call_every_endpoint(stack.url, stack.key, analysed.path, analysed.document_id)


async def _audit_rows(storage: StorageAccount) -> list[CallRow]:
    today: date = datetime.now(UTC).date()
    return [row async for row in calls_of_day(storage.tables, today)]


def _write_results(submissions: list[Submission]) -> None:
    shutil.rmtree(OUT_DIR, ignore_errors=True)
    OUT_DIR.mkdir(parents=True)
    for submission in submissions:
        if submission.kept is not None:
            text = json.dumps(submission.kept, ensure_ascii=False, indent=2)
            (OUT_DIR / f"{submission.path.name}.json").write_text(text + "\n", encoding="utf-8")


def _complaints(
    submissions: list[Submission],
    endpoint_calls: list[EndpointCall],
    rows: list[CallRow],
    billed_answers: int | None,
    *,
    may_reject: bool,
) -> list[str]:
    """What keeps the demo from having succeeded."""
    complaints = []
    wanting = [entry for entry in submissions if not (entry.has_result or (may_reject and entry.kept))]
    if wanting:
        complaints.append(f"{len(wanting)} of {len(submissions)} files have no result.")
    bad_calls = [call for call in endpoint_calls if not call.succeeded]
    if bad_calls:
        complaints.append(
            f"{len(bad_calls)} of {len(endpoint_calls)} endpoints did not answer as they should."
        )
    unclosed = sum(row.outcome == "started" for row in rows)
    if unclosed:
        complaints.append(f"{unclosed} of {len(rows)} audit rows were never closed.")
    logged_answers = sum(row.details.attempts for row in rows)
    if billed_answers is not None and billed_answers != logged_answers:
        complaints.append(f"The model gave {billed_answers} answers, the audit log has {logged_answers}.")
    return complaints


if __name__ == "__main__":
    raise SystemExit(main())
