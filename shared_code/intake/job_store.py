"""``JobStore``: the jobs in their table, each found by its document, by its state and by its age.

A job has two rows, and no transaction spans them. Their order is such that an interruption anywhere
leaves an open job in the index of open jobs, and every job somewhere in the index: it is announced there
before it is added or put back, and leaves a group only after it stands in the next. What an interruption
leaves over is mended by whoever reads it next (see ``job_index``).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shared_code.intake.job import Job
from shared_code.intake.job_index import GRACE, JobIndex
from shared_code.intake.job_rows import (
    GROUPS,
    JOB_PREFIX,
    JOBS_TABLE,
    OPEN_GROUP,
    cursor_of,
    group_of,
    index_key,
    job_entity,
    job_key,
    job_of,
    key_of,
)
from shared_code.intake.states import TRANSITIONS, JobState
from shared_code.storage import Condition, Tables

# The character after the prefix's last one ends the range of keys that begin with the prefix.
_AFTER_JOB_KEYS = JOB_PREFIX[:-1] + chr(ord(JOB_PREFIX[-1]) + 1)


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs, newest first, and the cursor for what comes after them; None at the end."""

    jobs: tuple[Job, ...]
    cursor: str | None


def _utc_now() -> datetime:
    return datetime.now(UTC)


class JobStore:
    """Adds, finds, changes and removes jobs.

    Every method raises ``StorageError`` where storage fails. A change that raised may have happened all
    the same: read the job again.
    """

    def __init__(self, tables: Tables, clock: Callable[[], datetime] = _utc_now) -> None:
        self._tables = tables
        self._clock = clock
        self._index = JobIndex(tables, clock)

    async def add(self, job: Job) -> Job | None:
        """Add a new job; as it is stored (with its ETag), or None where its key is taken."""
        began, write_id = self._clock(), uuid4().hex
        announced = await self._index.announce(job)
        etag = await self._tables.insert(JOBS_TABLE, job_entity(job, write_id))
        if etag is None:
            etag = await self._etag_of_own(job, write_id)
        if etag is not None:
            if announced is None:
                # What was there was left over from an interrupted try; a reader may be about to remove it.
                await self._index.show(job)
            await self._keep_in_sight(job, began)
            return replace(job, etag=etag)
        if announced is not None:
            await self._settle(job, announced)
        return None

    async def get(self, document_id: str, job_id: str) -> Job | None:
        """One job, or None."""
        stored = await self._tables.get(JOBS_TABLE, document_id, job_key(job_id))
        return None if stored is None else job_of(stored)

    async def jobs_of(self, document_id: str) -> list[Job]:
        """All jobs of a document: one for each place it was found at."""
        conditions = [
            Condition("PartitionKey", "eq", document_id),
            Condition("RowKey", "ge", JOB_PREFIX),
            Condition("RowKey", "lt", _AFTER_JOB_KEYS),
        ]
        return [job_of(stored) async for stored in self._tables.query(JOBS_TABLE, conditions)]

    async def change(self, job: Job, state: JobState, **fields: Any) -> Job | None:
        """Move a job to a state, with new values for its other fields; ``changed_at`` is now.

        Args:
            job: As it was read: nothing happens unless its row still has that ETag.
            state: Where it goes; ``TRANSITIONS`` must hold it.
            fields: Fields of ``Job`` by name.

        Returns:
            The job as it is stored now, or None where somebody changed or removed it before.

        Raises:
            ValueError: No such transition, or a field that tells which job it is.
        """
        if state not in TRANSITIONS[job.state]:
            raise ValueError(f"A job that is {job.state} does not become {state}")
        changed = replace(job, state=state, changed_at=self._clock(), **fields)
        if (changed.document_id, index_key(changed)) != (job.document_id, index_key(job)):
            raise ValueError("A job keeps its document, its id and the moment it was received")
        began, left, entered = self._clock(), group_of(job.state), group_of(state)
        if left != entered == OPEN_GROUP:
            await self._index.show(changed)
        etag = await self._replace(changed)
        if etag is None:
            return None
        if entered != OPEN_GROUP or left == OPEN_GROUP:
            await self._index.show(changed)
        if left != entered:
            await self._keep_in_sight(changed, began)
            await self._index.hide(changed, [left])
        return replace(changed, etag=etag)

    async def remove(self, job: Job) -> None:
        """Remove a job, whatever became of it since it was read."""
        await self._tables.delete(JOBS_TABLE, job.document_id, job_key(job.job_id))
        await self._index.hide(job, GROUPS)

    async def page(
        self,
        state: JobState | None = None,
        *,
        since: datetime | None = None,
        cursor: str | None = None,
        limit: int,
    ) -> JobPage:
        """At most ``limit`` jobs, the newest first.

        Args:
            state: Only jobs in this state; None for all.
            since: Only jobs received at this moment or later.
            cursor: That of the page before, or None for the first.
            limit: At least 1.

        Raises:
            RequestError: No page gave this cursor.
            ValueError: ``limit`` is below 1.
        """
        if limit < 1:
            raise ValueError("A page has room for one job at least")
        after = None if cursor is None else key_of(cursor)
        jobs: list[Job] = []
        while True:
            wanted = limit - len(jobs)
            # One more than wanted tells whether there is a next page.
            leads = await self._index.leads(state, after=after, since=since, limit=wanted + 1)
            for lead in leads[:wanted]:
                if lead.job is not None and _is_wanted(lead.job, state, since):
                    jobs.append(lead.job)
                after = lead.key
            if len(leads) <= wanted or after is None:
                return JobPage(tuple(jobs), None)
            if len(jobs) == limit:
                return JobPage(tuple(jobs), cursor_of(after))

    async def open_jobs(self) -> AsyncIterator[Job]:
        """Every job that still has to be worked on, newest first."""
        async for lead in self._index.leads_of(OPEN_GROUP):
            if lead.job is not None and lead.job.is_open:
                yield lead.job

    async def older_than(self, moment: datetime) -> AsyncIterator[Job]:
        """Every job received before ``moment`` (to the millisecond), in whatever state; open ones first."""
        for group in GROUPS:
            async for lead in self._index.leads_of(group, before=moment):
                # A row in the wrong group has led to a row in the right one: an earlier or a later group.
                if lead.job is not None and group_of(lead.job.state) == group:
                    yield lead.job

    async def count(self, state: JobState, at_most: int) -> int:
        """How many jobs are in a state, counted no further than ``at_most``.

        The index is counted, which an interrupted writer may leave wrong by one until it is read.
        """
        return await self._index.count(state, at_most)

    async def _replace(self, changed: Job) -> str | None:
        write_id = uuid4().hex
        etag = await self._tables.replace_if_unchanged(
            JOBS_TABLE, job_entity(changed, write_id), changed.etag
        )
        return etag if etag is not None else await self._etag_of_own(changed, write_id)

    async def _etag_of_own(self, job: Job, write_id: str) -> str | None:
        """The ETag, where the row holds this very write.

        A connection that broke after the write makes the SDK write again, which then finds its own row
        in the way: what looks like a lost race was won.
        """
        stored = await self._tables.get(JOBS_TABLE, job.document_id, job_key(job.job_id))
        return None if stored is None or stored.values.get("writeId") != write_id else stored.etag

    async def _settle(self, job: Job, announced: str) -> None:
        """Take back a row that was announced for a job that existed, unless the job lacked just that."""
        present = await self.get(job.document_id, job.job_id)
        place = group_of(job.state), index_key(job)
        if present is not None and (group_of(present.state), index_key(present)) == place:
            await self._index.show(present)
        else:
            await self._index.withdraw(job, announced)

    async def _keep_in_sight(self, job: Job, began: datetime) -> None:
        """Write an announced row once more if it took so long that a reader may have removed it."""
        if self._clock() - began > GRACE / 2:
            await self._index.show(job)


def _is_wanted(job: Job, state: JobState | None, since: datetime | None) -> bool:
    return (state is None or job.state == state) and (since is None or job.received_at >= since)
