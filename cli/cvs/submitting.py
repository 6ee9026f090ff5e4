"""``submit``: the files of a folder become jobs, a few at a time; those that are jobs already stay."""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.cvs.exit_code import ExitCode
from cli.cvs.folder import CvFile, UnfitFileError, files_of
from cli.cvs.interruption import stopping_on_interrupt
from cli.cvs.session import Session
from cli.cvs.terminal import shown
from shared_code.candidate_data_service import document_id_of
from shared_code.errors import StorageError
from shared_code.intake.job import job_id_of
from shared_code.intake.states import JobState


async def submit(session: Session, options: argparse.Namespace) -> ExitCode:
    """Submit what is new in a folder, and say what became of every file.

    Raises:
        StorageError: Storage does not answer; what was submitted before that was said.
    """
    folder: Path = options.folder
    total = sum(1 for _ in files_of(folder, recursive=options.recursive))
    stop = asyncio.Event()
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(
        *columns, console=session.notes, disable=not session.notes.is_terminal, transient=True
    ) as bar:
        submitting = Submitting(session, options.limit, bar, total)
        with stopping_on_interrupt(stop):
            await submitting.run(files_of(folder, recursive=options.recursive), options.concurrency, stop)
            was_interrupted = stop.is_set()
    session.out.print(submitting.summary())
    if submitting.failure is not None:
        session.notes.print("Run the same command again: it goes on where it stopped.")
        raise submitting.failure
    if was_interrupted:
        session.notes.print("Interrupted. Run the same command again: it goes on where it stopped.")
        return ExitCode.INTERRUPTED
    if total == 0:
        session.notes.print(f"There are no files in {shown(str(folder))}.")
    return ExitCode.ATTENTION if submitting.skipped or total == 0 else ExitCode.DONE


class Submitting:
    """One run over the files of a folder.

    Args:
        session: Where to, and who is told.
        limit: How many files are submitted at most; None for all.
        progress: Is moved on by one for each file.
        total: How many files there are.
    """

    def __init__(self, session: Session, limit: int | None, progress: Progress, total: int) -> None:
        self.submitted = 0
        self.skipped = 0
        self.already: Counter[JobState] = Counter()
        self.failure: StorageError | None = None
        self._session = session
        self._limit = limit
        self._begun = 0
        self._progress = progress
        self._task = progress.add_task("submitting", total=total)

    async def run(self, files: Iterator[CvFile], concurrency: int, stop: asyncio.Event) -> None:
        """Submit the files, ``concurrency`` at a time; no more are begun after ``stop`` or a failure."""
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(self._work(files, stop))

    async def _work(self, files: Iterator[CvFile], stop: asyncio.Event) -> None:
        while not stop.is_set() and self.failure is None:
            if (file := next(files, None)) is None:
                return
            try:
                if not await self._submit(file):
                    return
            except UnfitFileError as error:
                self.skipped += 1
                self._session.notes.print(f"skipped  {shown(file.blob_name)}: {error}", style="yellow")
            except StorageError as error:
                # The others would wait as long to meet the same.
                self.failure = error
                return
            self._progress.advance(self._task)

    async def _submit(self, file: CvFile) -> bool:
        """Submit a file unless it is a job; False where the limit leaves no room for it."""
        content = await asyncio.to_thread(file.read, self._session.max_document_bytes)
        document_id = await asyncio.to_thread(document_id_of, content)
        desk = self._session.desk
        job = await desk.jobs.get(document_id, job_id_of(document_id, file.blob_name))
        # One that was only received has no message yet: an earlier run ended between the two.
        if job is not None and job.state is not JobState.RECEIVED:
            self.already[job.state] += 1
            return True
        if self._limit is not None and self._begun >= self._limit:
            return False
        self._begun += 1
        await desk.submission.submit(content, document_id, file.blob_name, file.media_type)
        self.submitted += 1
        return True

    def summary(self) -> str:
        """One line: how many files were submitted, were there already, or stay out."""
        states = ", ".join(f"{self.already[state]} {state}" for state in JobState if self.already[state])
        parts = [f"{self.submitted} submitted"]
        parts += [f"{self.already.total()} already there ({states})"] if states else []
        parts += [f"{self.skipped} skipped"] if self.skipped else []
        if self._limit is not None and self._begun >= self._limit:
            parts.append("the limit is reached")
        return ", ".join(parts)
