"""An operator at a desk whose stores are in memory: runs the command and reads what it prints."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any, TypeVar, cast

from rich.console import Console

from cli.cvs.command_line import main
from cli.cvs.session import Session
from shared_code.candidate_data_service import (
    REJECTED_CONTAINER,
    RESULTS_CONTAINER,
    analysis_version,
    document_id_of,
)
from shared_code.intake.desk import Desk, open_desk
from shared_code.intake.job import INBOX_CONTAINER, JOB_QUEUE, Job
from shared_code.intake.states import JobState
from shared_code.intake.submission import Submission, rejected_blob_name
from shared_code.settings import IntakeSettings
from shared_code.storage import StorageAccount
from tests.unit.storage.in_memory_storage import InMemoryBlobs, InMemoryQueues, InMemoryTables

MAX_BYTES = 1000
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the command left."""

    exit_code: int
    out: str
    notes: str


@dataclass
class Operator:
    """Storage, answers to the command's questions, and a clock that runs ahead by ``ahead``."""

    tables: InMemoryTables = field(default_factory=InMemoryTables)
    blobs: InMemoryBlobs = field(default_factory=InMemoryBlobs)
    queues: InMemoryQueues = field(default_factory=InMemoryQueues)
    answers: list[bool] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    ahead: timedelta = timedelta()
    slept: list[float] = field(default_factory=list)
    meanwhile: list[Coroutine[Any, Any, Any]] = field(default_factory=list)
    last_received: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(seconds=1))

    @property
    def desk(self) -> Desk:
        return open_desk(cast("StorageAccount", self), IntakeSettings(max_document_bytes=MAX_BYTES))

    def run(self, *arguments: str) -> Run:
        """One run of ``python -m cli.cvs``."""
        out, notes = StringIO(), StringIO()

        @asynccontextmanager
        async def session(_: argparse.Namespace) -> AsyncIterator[Session]:
            yield Session(
                desk=self.desk,
                max_document_bytes=MAX_BYTES,
                out=Console(file=out, width=200, markup=False, highlight=False, emoji=False),
                notes=Console(file=notes, width=200, markup=False, highlight=False, emoji=False),
                confirm=self._confirm,
                clock=lambda: datetime.now(UTC) + self.ahead,
                sleep=self._sleep,
            )

        return Run(main(arguments, open_session=session), out.getvalue(), notes.getvalue())

    def do(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Await something between two runs."""
        return asyncio.run(work)

    def jobs(self, content: bytes) -> list[Job]:
        """The jobs of a document."""
        return self.do(self.desk.jobs.jobs_of(document_id_of(content)))

    def job(self, content: bytes) -> Job:
        """The only job of a document."""
        [job] = self.jobs(content)
        return job

    @property
    def messages(self) -> int:
        """How many messages were sent to the workers."""
        return len(self.queues.sent.get(JOB_QUEUE, ()))

    def inbox(self) -> dict[str, bytes]:
        """What is in the inbox."""
        return {
            name: data
            for (container, name), data in self.blobs._blobs.items()
            if container == INBOX_CONTAINER
        }

    def has(self, content: bytes, name: str, state: JobState, **fields: Any) -> Job:
        """Make a job that came as far as ``state``, with its files where a worker leaves them."""
        return self.do(self._bring(content, name, state, fields))

    def has_result(self, content: bytes, result: dict[str, Any]) -> str:
        """Keep a result; the document's id."""
        document_id = document_id_of(content)
        self.do(
            self.blobs.put_json(
                RESULTS_CONTAINER, f"{document_id}.json", {"documentId": document_id, **result}
            )
        )
        return document_id

    async def _bring(self, content: bytes, name: str, state: JobState, fields: dict[str, Any]) -> Job:
        desk, document_id = self.desk, document_id_of(content)
        # Jobs of the same millisecond have no order.
        self.last_received += timedelta(milliseconds=2)
        submission = Submission(
            desk.jobs, self.blobs, self.queues, analysis_version(), clock=lambda: self.last_received
        )
        job: Job | None = await submission.submit(content, document_id, name, "text/plain")
        if state is not JobState.QUEUED:
            assert job is not None
            job = await desk.jobs.change(job, JobState.PROCESSING, attempts=1)
        if state not in (JobState.QUEUED, JobState.PROCESSING):
            assert job is not None
            job = await desk.jobs.change(job, state, **fields)
        assert job is not None
        if state is JobState.REJECTED:
            await self.blobs.put_json(REJECTED_CONTAINER, f"{document_id}/reason.json", {"state": "rejected"})
            await self.blobs.move(INBOX_CONTAINER, name, REJECTED_CONTAINER, rejected_blob_name(job))
        return job

    def _confirm(self, question: str) -> bool:
        self.questions.append(question)
        return self.answers.pop(0)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await self.meanwhile.pop(0)
