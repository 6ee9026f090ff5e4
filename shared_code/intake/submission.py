"""How a file gets in: registered as a job, announced in the queue, put back by a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from shared_code.candidate_data_service import REJECTED_CONTAINER
from shared_code.intake.job import INBOX_CONTAINER, JOB_QUEUE, Job, job_id_of
from shared_code.intake.job_store import JobStore
from shared_code.intake.states import JobState
from shared_code.storage import Blobs, Queues


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Submission:
    """Registers files as jobs. Announcing the same file again changes nothing.

    Args:
        jobs: Where jobs are kept.
        blobs: Where files are kept.
        queues: Where jobs are announced.
        version: Of the assistants that work on new jobs.
        clock: The wall clock; aware datetimes.
    """

    def __init__(
        self,
        jobs: JobStore,
        blobs: Blobs,
        queues: Queues,
        version: str,
        *,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._jobs = jobs
        self._blobs = blobs
        self._queues = queues
        self._version = version
        self._clock = clock

    async def submit(self, content: bytes, document_id: str, blob_name: str, media_type: str) -> Job:
        """Keep a file in the inbox and register it.

        Raises:
            StorageError: Nothing is lost: submit it again.
        """
        job_id = job_id_of(document_id, blob_name)
        job = await self._jobs.get(document_id, job_id)
        if job is None or not (job.is_open or self._is_up_to_date(job)):
            await self._blobs.put_bytes(INBOX_CONTAINER, blob_name, content, media_type)
        return await self.register(document_id, blob_name)

    async def register(self, document_id: str, blob_name: str) -> Job:
        """Make a file of the inbox a job and announce it.

        A job that is under way, or done by the present assistants, is left as it is; one that was
        rejected, given up or done by earlier assistants begins anew, because the file was dropped again.

        Raises:
            StorageError: Register it again; a job without a message is also found by the sweep.
        """
        now = self._clock()
        job = Job(document_id, job_id_of(document_id, blob_name), blob_name, JobState.RECEIVED, now, now)
        added = await self._jobs.add(job)
        if added is not None:
            return await self.announce(added)
        known = await self._jobs.get(document_id, job.job_id)
        if known is None:  # erased in between
            return job
        if known.state is JobState.REJECTED and not await self._blobs.exists(INBOX_CONTAINER, blob_name):
            return known  # told late of the very file that was rejected, and moved away, meanwhile
        if known.state is JobState.RECEIVED or not (known.is_open or self._is_up_to_date(known)):
            return await self.announce(known)
        return known

    async def announce(self, job: Job, *, delay_seconds: float = 0.0) -> Job:
        """Send a job's message, and say so in its row; its counters begin anew.

        The message goes first: a job without one would be lost, a message too many is dropped, and one
        that is faster than the row takes the row along (see ``JobWorker``).
        """
        if job.state is JobState.REJECTED:
            await self._blobs.delete(REJECTED_CONTAINER, rejection_blob_name(job.document_id))
        turned = replace(job, turn=job.turn + 1)
        await self._queues.send(
            JOB_QUEUE, turned.message(), visibility_timeout_seconds=round(delay_seconds) or None
        )
        changed = await self._jobs.change(
            job,
            JobState.QUEUED,
            turn=turned.turn,
            tries=job.tries if job.is_open else 0,
            waits=0,
            due_at=None,
            reason_code=None,
            reason=None,
        )
        return changed or turned  # a worker may have it already

    def _is_up_to_date(self, job: Job) -> bool:
        return job.state is JobState.DONE and job.version == self._version


def posted_blob_name(document_id: str, suffix: str) -> str:
    """Where a posted file is kept: by its content, because a given name may be a person's."""
    return f"posted/{document_id}{suffix.lower()}"


def rejection_blob_name(document_id: str) -> str:
    """Where the reason is kept for which a document was rejected."""
    return f"{document_id}/reason.json"


def rejected_blob_name(job: Job) -> str:
    """Where the original of a rejected file is kept."""
    name = f"{job.document_id}/{PurePosixPath(job.blob_name).name}"
    return name if name != rejection_blob_name(job.document_id) else f"{job.document_id}/file/reason.json"
