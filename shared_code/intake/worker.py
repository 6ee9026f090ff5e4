"""What happens to one message of the queue: claim, read, ask, keep; and what an error makes of the job."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared_code.candidate_data_service import (
    REJECTED_CONTAINER,
    RESULTS_CONTAINER,
    CandidateDataService,
    analysis_version,
    document_id_of,
    rejection,
)
from shared_code.errors import EngineError, StorageError
from shared_code.intake.erasure import Erasure
from shared_code.intake.job import INBOX_CONTAINER, JOB_QUEUE, Job
from shared_code.intake.job_store import JobStore
from shared_code.intake.paid_answers import PaidAnswers
from shared_code.intake.shift import RENEWALS_PER_LEASE, LostClaimError, Shift
from shared_code.intake.states import Disposition, JobState, delay_seconds, disposition_of
from shared_code.intake.submission import rejected_blob_name, rejection_blob_name
from shared_code.intake.turns import Turns, is_meant
from shared_code.intake.work_store import Claim, Finished, Held, WorkStore
from shared_code.storage import Blobs, Queues
from shared_code.telemetry.logging import get_logger, log_unexpected

logger = get_logger(__name__)
STALE = "stale"
"""The message was outdated, or somebody else has the job now."""


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """How hard and how long a job is tried.

    Attributes:
        max_document_bytes: Larger files are rejected without being fetched.
        max_tries: Failures that cost something before a job is given up.
        max_age: How old a job may become while it waits for what passes; None or 0 for ever.
        keeping_pauses_seconds: Between tries to keep a paid answer while storage is away.
        lease_seconds: How long a worker that ended without a word keeps others away.
    """

    max_document_bytes: int
    max_tries: int = 5
    max_age: timedelta | None = timedelta(hours=24)
    lease_seconds: float = 60.0
    keeping_pauses_seconds: tuple[float, ...] = (1.0, 2.0, 4.0)


class JobWorker:
    """Sees one job's message through. Safe to run any number of times for the same message.

    Args:
        jobs: Where jobs are kept.
        work: Who works on which document, and what was answered already.
        candidates: Reads and analyses.
        blobs: Where files and results are kept.
        queues: Where a job that has to wait is put back.
        limits: How hard to try.
        clock: The wall clock; aware datetimes.
        sleep: Waits between renewals of a lease.
        uniform: Draws from [0, 1) for jitter.
    """

    def __init__(
        self,
        jobs: JobStore,
        work: WorkStore,
        candidates: CandidateDataService,
        blobs: Blobs,
        queues: Queues,
        limits: WorkerLimits,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        uniform: Callable[[], float] = random.random,
    ) -> None:
        self._jobs = jobs
        self._work = work
        self._candidates = candidates
        self._blobs = blobs
        self._queues = queues
        self._limits = limits
        self._paid = PaidAnswers(work, limits.keeping_pauses_seconds)
        self._erasure = Erasure(jobs, work, blobs, limits.max_document_bytes)
        self._version = analysis_version()
        self._turns = Turns(jobs, self._version)
        self._clock = clock
        self._sleep = sleep
        self._uniform = uniform

    async def work_on(self, message: Mapping[str, Any]) -> str:
        """Do what a message asks for, unless it is outdated.

        Returns:
            The job's new state, or ``stale`` where the message was outdated or another worker has it.

        Raises:
            StorageError: The job could not even be put back; the host's own retry has to do it.
        """
        document_id, job_id, turn = str(message["documentId"]), str(message["jobId"]), int(message["turn"])
        job = await self._jobs.get(document_id, job_id)
        if job is None:
            # Erased, perhaps under a worker that died before it could clear away what it had kept since.
            await self._withdraw_if_erased(document_id)
            return STALE
        if not is_meant(job, turn):
            return STALE
        claim = await self._claim(job)
        if isinstance(claim, Claim):
            shift = Shift(self._work, claim, self._limits.lease_seconds, self._sleep)
            return await self._with_claim(shift, job, turn)
        if isinstance(claim, Finished):
            return await self._conclude(job, turn)
        if claim.job_id == job_id:
            return await self._leave_to_holder(claim, message)
        caught_up = await self._turns.caught_up(job, turn)
        if caught_up is None:
            return STALE
        # Work takes seconds; its lease is only for the case that the other worker is dead.
        return await self._put_back(caught_up, "sameContent", "The same content is being analysed.", None)

    async def give_up(self, message: Mapping[str, Any]) -> None:
        """Mark the job of a message that the host gave up on, unless a worker has it or the work is done.

        Raises:
            StorageError: The host's own retry has to do it.
        """
        job, turn = await self._jobs.get(str(message["documentId"]), str(message["jobId"])), message["turn"]
        if job is None or not job.is_open or not is_meant(job, int(turn)):
            return
        claim = await self._claim(job)
        if isinstance(claim, Finished):
            await self._conclude(job, int(turn))
            return
        if isinstance(claim, Held) and claim.job_id == job.job_id and job.state is JobState.PROCESSING:
            return  # its worker decides, or the sweep
        await self._finish(
            job, JobState.FAILED, "poisoned", "The host gave up on it; the app's log says why."
        )
        if isinstance(claim, Claim):
            await self._work.release(claim)

    # -- from the message to the work -------------------------------------------------------------

    async def _claim(self, job: Job) -> Claim | Held | Finished:
        return await self._work.claim(job.document_id, self._version, job.job_id, self._limits.lease_seconds)

    async def _conclude(self, job: Job, turn: int) -> str:
        """The work was finished by an earlier attempt, or by another job of the same content."""
        begun = await self._turns.begun(job, turn)
        return STALE if begun is None else await self._done(begun)

    async def _leave_to_holder(self, held: Held, message: Mapping[str, Any]) -> str:
        """Another attempt has this very job.

        Once its row says so, the sweep looks after it. Until then the message is the only thing that
        does, so it goes round again for the case that the other attempt is dead.
        """
        job = await self._jobs.get(str(message["documentId"]), held.job_id)
        turn = int(message["turn"])
        if job is not None and is_meant(job, turn) and (job.state, job.turn) != (JobState.PROCESSING, turn):
            seconds = max(self._rest_of(held), self._limits.lease_seconds / RENEWALS_PER_LEASE)
            await self._queues.send(JOB_QUEUE, message, visibility_timeout_seconds=max(1, round(seconds)))
        return STALE

    def _rest_of(self, held: Held) -> float:
        return max(1.0, (held.until - self._clock()).total_seconds())

    # -- the work ---------------------------------------------------------------------------------

    async def _with_claim(self, shift: Shift, job: Job, turn: int) -> str:
        document_id = job.document_id
        try:
            try:
                outcome = await self._attempt(shift, job, turn)
            except LostClaimError:
                logger.warning("job_lost", document_id=document_id, job_id=job.job_id)
                outcome = STALE
            with contextlib.suppress(StorageError):  # else the lease ends by itself
                await shift.release()
            if outcome == STALE:
                await self._withdraw_if_erased(document_id)
        except BaseException:
            # The host is going, or storage failed even for putting the job back.
            await asyncio.shield(self._give_back(shift, job))
            raise
        return outcome

    async def _attempt(self, shift: Shift, job: Job, turn: int) -> str:
        shift.job = begun = await self._turns.begun(job, turn)
        if begun is None:
            return STALE
        if begun.tries >= self._limits.max_tries:
            return await self._finish(
                begun, JobState.FAILED, "workerDied", "The worker ended several times while it had this file."
            )
        async with shift.kept_alive():
            try:
                return await self._analyse(begun, shift)
            except LostClaimError:
                raise
            except Exception as error:  # noqa: BLE001  (an unforeseen error is one of the dispositions)
                return await self._dispose(begun, error, shift)

    async def _analyse(self, job: Job, shift: Shift) -> str:
        content = await self._content_of(job)
        if content is None:
            return await self._missing(job)
        if document_id_of(content) != job.document_id:
            return await self._finish(
                job,
                JobState.FAILED,
                "replaced",
                "Another file was put in its place before it was analysed; that one has a job of its own.",
            )
        cv = await self._candidates.read(content, filename=job.blob_name, kept=self._paid)
        result = await self._candidates.analyse(cv, kept=self._paid)
        await shift.confirm()
        await self._blobs.put_json(RESULTS_CONTAINER, f"{job.document_id}.json", result)
        await shift.finish()
        return await self._done(job)

    async def _content_of(self, job: Job) -> bytes | None:
        return await self._blobs.get_bytes(INBOX_CONTAINER, job.blob_name, self._limits.max_document_bytes)

    async def _give_back(self, shift: Shift, job: Job) -> None:
        """Let the next worker begin at once; what fails here is mended when the lease ends.

        The message comes again: back in the queue, the job has not lost a try.
        """
        begun = shift.job
        with contextlib.suppress(Exception):
            # While the claim is held: afterwards it might be the next worker's.
            begun = begun or await self._jobs.get(job.document_id, job.job_id)
        with contextlib.suppress(Exception):
            await shift.release()
        with contextlib.suppress(Exception):
            if begun is not None and (begun.state is not JobState.PROCESSING or begun.etag == job.etag):
                return  # this worker has not begun it
            if begun is None or await self._jobs.change(begun, JobState.QUEUED) is None:
                await self._withdraw_if_erased(job.document_id)

    async def _withdraw_if_erased(self, document_id: str) -> None:
        """A document that was erased while it was analysed must leave nothing behind."""
        if not await self._jobs.jobs_of(document_id):
            await self._erasure.erase(document_id)

    async def _missing(self, job: Job) -> str:
        """The file is not in the inbox: it was moved by an attempt that died then, or taken away."""
        kept = await self._blobs.get_json(REJECTED_CONTAINER, rejection_blob_name(job.document_id))
        if kept is not None:
            reason = kept["reason"]
            return await self._finish(job, JobState.REJECTED, str(reason["code"]), str(reason["message"]))
        return await self._finish(
            job, JobState.FAILED, "fileMissing", "The file is no longer in the inbox. Drop it again."
        )

    # -- what an error makes of a job -------------------------------------------------------------

    async def _dispose(self, job: Job, error: Exception, shift: Shift) -> str:
        if not isinstance(error, EngineError):
            log_unexpected(logger, "job_crashed", error, document_id=job.document_id, job_id=job.job_id)
        known = error if isinstance(error, EngineError) else EngineError("An unforeseen error; see the log.")
        disposition = disposition_of(error)
        if disposition is Disposition.REJECT:
            try:
                return await self._reject(job, known, shift)
            except StorageError as failure:  # the document's fate is clear, only to write it down has to wait
                known = failure
        elif disposition is Disposition.TRY_AGAIN:
            job = replace(job, tries=job.tries + 1)
            if job.tries >= self._limits.max_tries:
                return await self._finish(job, JobState.FAILED, known.code, known.message, tries=job.tries)
        elif self._is_too_old(job):
            return await self._finish(
                job, JobState.FAILED, known.code, f"Given up after waiting too long. {known.message}"
            )
        return await self._put_back(job, known.code, known.message, known.retry_after_seconds)

    async def _reject(self, job: Job, error: EngineError, shift: Shift) -> str:
        """Keep the reason, then the original beside it; a repetition finds either and goes on."""
        await shift.confirm()
        reason = rejection(job.document_id, error)
        await self._blobs.put_json(REJECTED_CONTAINER, rejection_blob_name(job.document_id), reason)
        if await self._erasure.is_in_its_place(job):
            await self._blobs.move(
                INBOX_CONTAINER, job.blob_name, REJECTED_CONTAINER, rejected_blob_name(job)
            )
        return await self._finish(job, JobState.REJECTED, error.code, error.message)

    async def _put_back(self, job: Job, code: str, reason: str, retry_after_seconds: float | None) -> str:
        """Send the job round again later. The message goes first: see ``Submission.announce``."""
        seconds = delay_seconds(job.waits, retry_after_seconds, uniform=self._uniform)
        turned = replace(job, turn=job.turn + 1)
        await self._queues.send(
            JOB_QUEUE, turned.message(), visibility_timeout_seconds=max(1, round(seconds))
        )
        waiting = await self._jobs.change(
            job,
            JobState.WAITING,
            turn=turned.turn,
            waits=job.waits + 1,
            tries=job.tries,
            due_at=self._clock() + timedelta(seconds=seconds),
            reason_code=code,
            reason=reason,
        )
        if waiting is None:
            return STALE
        logger.info(
            "job_waits",
            document_id=job.document_id,
            job_id=job.job_id,
            code=code,
            waits=job.waits + 1,
            seconds=round(seconds, 1),
        )
        return JobState.WAITING

    def _is_too_old(self, job: Job) -> bool:
        """Whether it has waited for too long, and not only in vain: put back late, it may wait some too."""
        max_age = self._limits.max_age
        return (
            max_age is not None
            and self._clock() - job.received_at > max_age
            and job.waits >= fewest_waits(max_age)
        )

    async def _done(self, job: Job) -> str:
        return await self._finish(job, JobState.DONE, None, None, version=self._version)

    async def _finish(
        self, job: Job, state: JobState, code: str | None, reason: str | None, **changes: Any
    ) -> str:
        # The next turn: a message that was sent for it without its row being changed is outdated now.
        finished = await self._jobs.change(
            job, state, turn=job.turn + 1, reason_code=code, reason=reason, due_at=None, waits=0, **changes
        )
        if finished is None:
            return STALE
        logger.info(
            "job_finished",
            document_id=job.document_id,
            job_id=job.job_id,
            state=state.value,
            code=code,
            attempts=job.attempts,
        )
        return state


def fewest_waits(max_age: timedelta) -> int:
    """How many waits in a row a job is granted however old it is: ``max_age`` of them, an hour's at most."""
    waits, waited = 0, timedelta()
    while waited < min(max_age, timedelta(hours=1)):
        waited += timedelta(seconds=delay_seconds(waits, uniform=lambda: 0.5))
        waits += 1
    return waits
