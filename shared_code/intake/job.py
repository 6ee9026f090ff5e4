"""A job: one file's way through the engine, as the table ``CVJobs`` keeps it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from shared_code.intake.states import JobState

JOB_QUEUE = "cv-jobs"
INBOX_CONTAINER = "cv-inbox"


@dataclass(frozen=True, slots=True)
class Job:
    """One file by its content (``document_id``, SHA-256) and its place (``blob_name``).

    ``attempts`` counts how often a worker began, ``tries`` how many of a few tries are used up, ``waits``
    how often in a row it was put back. Only the message that carries the present ``turn`` may work on
    it. ``due_at`` is when a waiting job may go on. ``version`` names the assistants that
    last worked on it.
    ``reason_code`` and ``reason`` say why it waits, was rejected or failed; neither holds a word of the CV.
    Times carry a time zone. ``etag`` is that of the row it was read from, "" for one not written yet.
    """

    document_id: str
    job_id: str
    blob_name: str = field(repr=False)
    state: JobState
    received_at: datetime
    changed_at: datetime
    attempts: int = 0
    tries: int = 0
    waits: int = 0
    turn: int = 0
    due_at: datetime | None = None
    version: str | None = None
    reason_code: str | None = None
    reason: str | None = None
    etag: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it still has to be worked on."""
        return self.state not in (JobState.DONE, JobState.REJECTED, JobState.FAILED)

    def message(self) -> dict[str, str | int]:
        """What the queue carries: ids only."""
        return {"documentId": self.document_id, "jobId": self.job_id, "turn": self.turn}


def job_id_of(document_id: str, blob_name: str) -> str:
    """The same file at the same place is the same job, however often it is announced. 40 hex digits."""
    return hashlib.sha256(f"{document_id}/{blob_name}".encode("utf-8", "surrogatepass")).hexdigest()[:40]
