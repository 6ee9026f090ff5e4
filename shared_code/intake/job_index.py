"""``JobIndex``: the table ``CVJobIndex``, which finds jobs by state and time, and mends itself.

A row of the index is a hint; the job's own row decides. Whoever reads a row that its job contradicts (a
writer was interrupted between the two) leaves it out and mends it: first the right row is added, then the
wrong one removed, each only if nobody wrote it meanwhile. Rows that lead nowhere, or to another state,
may belong to a writer that is still at work, so they are removed only after ``GRACE``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from shared_code.intake.job import Job
from shared_code.intake.job_rows import (
    GROUPS,
    INDEX_TABLE,
    JOBS_TABLE,
    IndexRow,
    group_of,
    index_conditions,
    index_entity,
    index_key,
    index_row_of,
    job_key,
    job_of,
)
from shared_code.intake.states import JobState
from shared_code.storage import StoredEntity, Tables

# Far longer than a storage operation may take, with the difference of two machines' clocks on top.
GRACE = timedelta(minutes=10)
CONCURRENT_READS = 16


@dataclass(frozen=True, slots=True)
class Lead:
    """All index rows of one key, and the job they lead to; None where there is none."""

    rows: tuple[IndexRow, ...]
    job: Job | None

    @property
    def key(self) -> str:
        """Where it stands in a listing."""
        return self.rows[0].key


class JobIndex:
    """Reads, writes and mends the index. ``clock`` tells wall time with its zone."""

    def __init__(self, tables: Tables, clock: Callable[[], datetime]) -> None:
        self._tables = tables
        self._clock = clock

    async def announce(self, job: Job) -> str | None:
        """Add the row of a job that is about to be; its ETag, or None where there is one already."""
        return await self._tables.insert(INDEX_TABLE, index_entity(job, self._clock()))

    async def show(self, job: Job) -> None:
        """Write the row that the job should have, whether there is one or not."""
        await self._tables.upsert(INDEX_TABLE, index_entity(job, self._clock()))

    async def hide(self, job: Job, groups: Sequence[str]) -> None:
        """Remove the job's rows from these groups."""
        key = index_key(job)
        await asyncio.gather(*(self._tables.delete(INDEX_TABLE, group, key) for group in groups))

    async def withdraw(self, job: Job, etag: str) -> None:
        """Remove a row that was announced, unless somebody has written it since."""
        await self._tables.delete_if_unchanged(INDEX_TABLE, group_of(job.state), index_key(job), etag)

    async def leads(
        self, state: JobState | None, *, after: str | None, since: datetime | None, limit: int
    ) -> list[Lead]:
        """The first ``limit`` leads after a key, newest first, mended; without a state, of all groups."""
        groups = GROUPS if state is None else (group_of(state),)
        lists = await asyncio.gather(
            *(self._rows(group, state=state, after=after, since=since, limit=limit) for group in groups)
        )
        rows = sorted((row for rows in lists for row in rows), key=attrgetter("key"))
        by_key = [tuple(same) for _, same in groupby(rows, key=attrgetter("key"))]
        return await self._follow(by_key[:limit])

    async def leads_of(self, group: str, before: datetime | None = None) -> AsyncIterator[Lead]:
        """Every lead of a group, newest first, mended; those received before a moment."""
        batch: list[tuple[IndexRow]] = []
        async for stored in self._tables.query(INDEX_TABLE, index_conditions(group, before=before)):
            batch.append((index_row_of(stored),))
            if len(batch) == CONCURRENT_READS:
                for lead in await self._follow(batch):
                    yield lead
                batch = []
        for lead in await self._follow(batch):
            yield lead

    async def count(self, state: JobState, at_most: int) -> int:
        """How many rows say so, up to ``at_most``."""
        conditions = index_conditions(group_of(state), state=state)
        found = self._tables.query(INDEX_TABLE, conditions, select=["state"], limit=at_most)
        return sum([1 async for _ in found])

    async def _rows(
        self, group: str, *, state: JobState | None, after: str | None, since: datetime | None, limit: int
    ) -> list[IndexRow]:
        conditions = index_conditions(group, state=state, after=after, since=since)
        return [index_row_of(row) async for row in self._tables.query(INDEX_TABLE, conditions, limit=limit)]

    async def _follow(self, batch: Sequence[tuple[IndexRow, ...]]) -> list[Lead]:
        leads: list[Lead] = []
        for start in range(0, len(batch), CONCURRENT_READS):
            leads += await asyncio.gather(*map(self._lead, batch[start : start + CONCURRENT_READS]))
        return leads

    async def _lead(self, rows: tuple[IndexRow, ...]) -> Lead:
        stored = await self._tables.get(JOBS_TABLE, rows[0].document_id, job_key(rows[0].job_id))
        job = _job_at(stored, rows[0].key)
        for row in rows:
            if job is None or not row.says_of(job):
                await self._mend(row, job)
        return Lead(rows, job)

    async def _mend(self, row: IndexRow, job: Job | None) -> None:
        """Bring a contradicted row into agreement; what changed since it was read is left alone."""
        if job is not None:
            right = index_entity(job, self._clock())
            if row.group == group_of(job.state):
                await self._tables.replace_if_unchanged(INDEX_TABLE, right, row.etag)
                return
            await self._tables.insert(INDEX_TABLE, right)
        if self._clock() - row.written_at > GRACE:
            await self._tables.delete_if_unchanged(INDEX_TABLE, row.group, row.key, row.etag)


def _job_at(stored: StoredEntity | None, key: str) -> Job | None:
    """The job, unless it stands elsewhere in the index: then it was announced twice."""
    job = None if stored is None else job_of(stored)
    return job if job is not None and index_key(job) == key else None
