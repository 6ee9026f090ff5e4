"""Finds jobs that nobody works on any more, and puts them back; run every minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared_code.candidate_data_service import analysis_version
from shared_code.intake.job import JOB_QUEUE, Job
from shared_code.intake.job_store import JobStore
from shared_code.intake.states import JobState
from shared_code.intake.submission import Submission
from shared_code.intake.work_store import Finished, Held, WorkStore
from shared_code.storage import Queues
from shared_code.telemetry.logging import get_logger

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SweepLimits:
    """When a job counts as forgotten.

    Attributes:
        max_tries: As ``WorkerLimits.max_tries``: a worker that died on a job used one up.
        unannounced_after: How long the sender of a first message may take.
        overdue_after: How long after its time a job may stay untouched while the queue is empty.
    """

    max_tries: int
    unannounced_after: timedelta
    overdue_after: timedelta


@dataclass(frozen=True, slots=True)
class SweepResult:
    """How many open jobs there were, and how many were put back or given up."""

    open_jobs: int
    put_back: int
    given_up: int


class Sweep:
    """Looks through the open jobs; their number bounds its cost, not that of the finished ones.

    Three things can have happened to one: its sender died before the first message, its worker died, or
    its message was lost. A message too many does no harm: all but the latest are dropped.
    """

    def __init__(
        self,
        jobs: JobStore,
        work: WorkStore,
        queues: Queues,
        submission: Submission,
        limits: SweepLimits,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._jobs = jobs
        self._work = work
        self._queues = queues
        self._submission = submission
        self._limits = limits
        self._version = analysis_version()
        self._clock = clock

    async def run(self) -> SweepResult:
        """Look once.

        Raises:
            StorageError: What was done until then stays done.
        """
        # Hidden messages count too, so zero means that no open job has one.
        queue_is_empty = await self._queues.approximate_length(JOB_QUEUE) == 0
        seen = put_back = given_up = 0
        async for job in self._jobs.open_jobs():
            seen += 1
            if not await self._is_forgotten(job, queue_is_empty=queue_is_empty):
                continue
            died = job.state is JobState.PROCESSING
            if died and await self._is_finished(job):
                # It died between the marker and the job's row.
                await self._settle(job, JobState.DONE, version=self._version)
                continue
            if died and job.tries + 1 >= self._limits.max_tries:
                given_up += await self._settle(
                    job,
                    JobState.FAILED,
                    tries=job.tries + 1,
                    reason_code="workerDied",
                    reason="The worker ended several times while it had this file.",
                )
                continue
            await self._submission.announce(replace(job, tries=job.tries + died))
            put_back += 1
        if put_back or given_up:
            logger.warning("jobs_recovered", open_jobs=seen, put_back=put_back, given_up=given_up)
        return SweepResult(seen, put_back, given_up)

    async def _settle(self, job: Job, state: JobState, **fields: Any) -> bool:
        # The next turn: a message that the dead worker sent before it could say so is outdated now.
        settled = await self._jobs.change(job, state, turn=job.turn + 1, due_at=None, waits=0, **fields)
        return settled is not None

    async def _is_finished(self, job: Job) -> bool:
        """Whether the work is done: what a claim would be told."""
        return isinstance(await self._work.standing(job.document_id, self._version), Finished)

    async def _is_forgotten(self, job: Job, *, queue_is_empty: bool) -> bool:
        now = self._clock()
        if job.state is JobState.RECEIVED:
            return now - job.changed_at > self._limits.unannounced_after
        if job.state is JobState.PROCESSING:
            # While a new version of the app is rolled out, workers of both are alive.
            standing = await self._work.standing(job.document_id, job.version or self._version)
            return not isinstance(standing, Held)
        due_at = job.due_at or job.changed_at
        return queue_is_empty and now - due_at > self._limits.overdue_after
