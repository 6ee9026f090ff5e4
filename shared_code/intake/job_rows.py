"""How jobs stand in tables: rows of ``CVJobs``, rows of ``CVJobIndex``, and a page's cursor; pure.

A job's own row, and the only truth about it, is ``{document id}`` / ``job_{job id}`` in ``CVJobs``. The
index leads to it by state and time: ``{group}`` / ``{inverted ms of received_at}_{job id}``, newest first.
All open states share a group, so that moving among them never moves a row. The index holds no blob's
name: that may be a person's.
"""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from shared_code.errors import RequestError
from shared_code.intake.job import Job
from shared_code.intake.states import OPEN_STATES, JobState
from shared_code.storage import Condition, Entity, StoredEntity

JOBS_TABLE = "CVJobs"
INDEX_TABLE = "CVJobIndex"
JOB_PREFIX = "job_"
OPEN_GROUP = "open"
# Open before finished: a job that is finished while groups are read in turn is met again, not missed.
GROUPS = (OPEN_GROUP, JobState.DONE.value, JobState.REJECTED.value, JobState.FAILED.value)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS = 10**14 - 1
_INDEX_KEY = re.compile(r"\d{14}_[\w-]{1,64}", re.ASCII)
_OPTIONAL_COLUMNS = {"due_at": "dueAt", "version": "version", "reason_code": "reasonCode", "reason": "reason"}


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A row of the index as it was read; ``written_at`` is the writer's clock."""

    group: str
    key: str
    document_id: str
    job_id: str
    state: str
    written_at: datetime
    etag: str

    def says_of(self, job: Job) -> bool:
        """Whether this is the row that the job should have."""
        return (self.group, self.key, self.state) == (group_of(job.state), index_key(job), job.state)


def group_of(state: JobState) -> str:
    """The index's partition for a state."""
    return OPEN_GROUP if state in OPEN_STATES else state.value


def job_key(job_id: str) -> str:
    """The row key of a job within its document's partition."""
    return f"{JOB_PREFIX}{job_id}"


def index_key(job: Job) -> str:
    """The row key of a job in whichever group; it never changes while the job lives."""
    return f"{_inverted_ms(job.received_at):014d}_{job.job_id}"


def job_entity(job: Job, write_id: str) -> Entity:
    """The job's own row. ``write_id`` tells one's own write from anybody else's."""
    return {
        "PartitionKey": job.document_id,
        "RowKey": job_key(job.job_id),
        "jobId": job.job_id,
        "blobName": job.blob_name,
        "state": job.state.value,
        "receivedAt": job.received_at,
        "changedAt": job.changed_at,
        "attempts": job.attempts,
        "tries": job.tries,
        "waits": job.waits,
        "turn": job.turn,
        "writeId": write_id,
        **{column: getattr(job, name) for name, column in _OPTIONAL_COLUMNS.items()},
    }


def job_of(stored: StoredEntity) -> Job:
    """The job that a row of ``CVJobs`` holds."""
    values: dict[str, Any] = stored.values
    return Job(
        document_id=values["PartitionKey"],
        job_id=values["jobId"],
        blob_name=values["blobName"],
        state=JobState(values["state"]),
        received_at=values["receivedAt"],
        changed_at=values["changedAt"],
        attempts=values["attempts"],
        tries=values["tries"],
        waits=values["waits"],
        turn=values["turn"],
        etag=stored.etag,
        **{name: values.get(column) for name, column in _OPTIONAL_COLUMNS.items()},
    )


def index_entity(job: Job, written_at: datetime) -> Entity:
    """The index row that the job should have, written at that moment."""
    return {
        "PartitionKey": group_of(job.state),
        "RowKey": index_key(job),
        "documentId": job.document_id,
        "jobId": job.job_id,
        "state": job.state.value,
        "changedAt": written_at,
    }


def index_row_of(stored: StoredEntity) -> IndexRow:
    """A row of the index."""
    values: dict[str, Any] = stored.values
    return IndexRow(
        group=values["PartitionKey"],
        key=values["RowKey"],
        document_id=values["documentId"],
        job_id=values["jobId"],
        state=values["state"],
        written_at=values["changedAt"],
        etag=stored.etag,
    )


def index_conditions(
    group: str,
    *,
    state: JobState | None = None,
    after: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
) -> Sequence[Condition]:
    """The index rows of a group: after a key, received since a moment and before another.

    Moments count to the millisecond: what was received in the same one as ``before`` is left out, and
    what was received in the same one as ``since`` is in.
    """
    conditions = [Condition("PartitionKey", "eq", group)]
    if state in OPEN_STATES:
        conditions.append(Condition("state", "eq", str(state)))
    if after is not None:
        conditions.append(Condition("RowKey", "gt", after))
    if since is not None and since > _EPOCH:  # before, a key would have more digits than the rows'
        conditions.append(Condition("RowKey", "lt", f"{_inverted_ms(since) + 1:014d}"))
    if before is not None:
        conditions.append(Condition("RowKey", "ge", f"{_inverted_ms(before) + 1:014d}"))
    return conditions


def cursor_of(key: str) -> str:
    """The index key after which the next page begins, as a caller carries it."""
    return urlsafe_b64encode(key.encode()).decode().rstrip("=")


def key_of(cursor: str) -> str:
    """The index key that a cursor names.

    Raises:
        RequestError: No page ended in this cursor.
    """
    try:
        key = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (ValueError, binascii.Error):
        key = ""
    # Compared again, because decoding passes over characters that no cursor has.
    if not _INDEX_KEY.fullmatch(key) or cursor_of(key) != cursor:
        raise RequestError("The cursor is none that a page gave. Start again without one.")
    return key


def _inverted_ms(moment: datetime) -> int:
    return _LAST_MS - (moment - _EPOCH) // timedelta(milliseconds=1)
