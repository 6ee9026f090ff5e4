"""``Turns``: how a message and its job's row find together, whichever of the two is ahead."""

from __future__ import annotations

from shared_code.errors import StorageError
from shared_code.intake.job import Job
from shared_code.intake.job_store import JobStore
from shared_code.intake.states import JobState

_MOST_ROUNDS = 10


def is_meant(job: Job, turn: int) -> bool:
    """Whether a message's turn is the job's, or one that its row has yet to follow.

    A finished job begins anew with exactly the next turn.
    """
    return turn >= job.turn if job.is_open else turn == job.turn + 1


class Turns:
    """Takes jobs up for messages.

    A message is sent before its row is changed, and may be faster than that, or outlive a sender that
    died in between. Then the row follows the message, and the sender finds it done. Who loses the row
    to somebody else looks again, because the message at hand may be the only one there is.

    Args:
        jobs: Where jobs are kept.
        version: Of the assistants that work here.
    """

    def __init__(self, jobs: JobStore, version: str) -> None:
        self._jobs = jobs
        self._version = version

    async def caught_up(self, job: Job | None, turn: int) -> Job | None:
        """The open job in the message's turn; None where the message is outdated.

        Raises:
            StorageError: Storage failed, or the job changed ten times while it was looked at.
        """
        for _ in range(_MOST_ROUNDS):
            if job is None or not is_meant(job, turn):
                return None
            if job.turn == turn and job.state is not JobState.RECEIVED:
                return job
            followed = await self._jobs.change(
                job,
                JobState.QUEUED,
                turn=turn,
                tries=job.tries + (job.state is JobState.PROCESSING) if job.is_open else 0,
                waits=job.waits if job.is_open else 0,
                due_at=None,
                reason_code=None,
                reason=None,
            )
            if followed is not None:
                return followed
            job = await self._jobs.get(job.document_id, job.job_id)
        raise StorageError("The job changes hands too fast. Try again.")

    async def begun(self, job: Job, turn: int) -> Job | None:
        """The job, now being worked on; None where the message is outdated by now.

        A job that was being worked on already, though nobody holds its document, has cost a worker its
        life, which uses up a try.

        Raises:
            StorageError: Storage failed, or the job changed ten times while it was looked at.
        """
        found: Job | None = job
        for _ in range(_MOST_ROUNDS):
            caught_up = await self.caught_up(found, turn)
            if caught_up is None:
                return None
            begun = await self._jobs.change(
                caught_up,
                JobState.PROCESSING,
                attempts=caught_up.attempts + 1,
                tries=caught_up.tries + (caught_up.state is JobState.PROCESSING),
                due_at=None,
                version=self._version,
            )
            if begun is not None:
                return begun
            found = await self._jobs.get(job.document_id, job.job_id)
        raise StorageError("The job changes hands too fast. Try again.")
