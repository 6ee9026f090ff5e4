"""Jobs are added once, changed by one writer, listed newest first, and told apart from other rows."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared_code.errors import RequestError
from shared_code.intake.job import Job, job_id_of
from shared_code.intake.job_rows import INDEX_TABLE, JOBS_TABLE
from shared_code.intake.job_store import JobPage, JobStore
from shared_code.intake.states import FINISHED_STATES, OPEN_STATES, TRANSITIONS, JobState
from shared_code.intake.work_store import WorkStore
from tests.unit.intake.eventful_tables import NOON, ForgetfulTables, WallClock
from tests.unit.storage.in_memory_storage import InMemoryBlobs, InMemoryTables

DOCUMENT = "d" * 64
NAME = "Ada Example.pdf"


def job(number: int = 0, state: JobState = JobState.RECEIVED, document_id: str = DOCUMENT) -> Job:
    """A job that arrived ``number`` seconds after noon."""
    received = NOON + timedelta(seconds=number)
    return Job(document_id, job_id_of(document_id, str(number)), NAME, state, received, received)


async def added(store: JobStore, wanted: Job) -> Job:
    """The job as it is stored."""
    stored = await store.add(wanted)
    assert stored is not None
    return stored


@pytest.fixture
def tables() -> InMemoryTables:
    """New and empty."""
    return InMemoryTables()


@pytest.fixture
def clock() -> WallClock:
    """Noon."""
    return WallClock()


@pytest.fixture
def store(tables: InMemoryTables, clock: WallClock) -> JobStore:
    """Over these tables."""
    return JobStore(tables, clock)


class TestOneJob:
    async def test_a_job_comes_back_as_it_was_added(self, store: JobStore) -> None:
        """Every field survives, set or not, and the ETag is that of the row."""
        full = replace(
            job(),
            attempts=1,
            tries=2,
            waits=3,
            turn=4,
            due_at=NOON,
            version="v1",
            reason_code="rateLimited",
            reason="Throttled.",
        )
        for wanted in (full, job(1)):
            stored = await added(store, wanted)
            assert stored.etag
            assert replace(stored, etag="") == wanted
            assert await store.get(wanted.document_id, wanted.job_id) == stored
        assert await store.get(DOCUMENT, "nothing") is None

    async def test_a_job_announced_twice_is_added_once(self, store: JobStore, tables: InMemoryTables) -> None:
        """A later announcement changes neither the job nor its place in the listing."""
        first = await added(store, job())
        later = NOON + timedelta(hours=1)
        assert await store.add(replace(job(), received_at=later)) is None
        assert await store.add(job()) is None
        assert await store.get(DOCUMENT, first.job_id) == first
        assert len(tables.rows(INDEX_TABLE)) == 1
        assert [found async for found in store.open_jobs()] == [first]

    async def test_of_concurrent_announcements_one_adds(
        self, store: JobStore, tables: InMemoryTables
    ) -> None:
        """Each delivery is told whether it was the one, at its own time of arrival."""
        arrivals = (replace(job(), received_at=NOON + timedelta(seconds=n)) for n in range(5))
        results = await asyncio.gather(*(store.add(arrival) for arrival in arrivals))
        assert sum(result is not None for result in results) == 1
        assert [found async for found in store.open_jobs()] == [r for r in results if r is not None]
        assert len(tables.rows(INDEX_TABLE)) == 1

    async def test_a_documents_jobs_are_listed_without_its_work(
        self, store: JobStore, tables: InMemoryTables, clock: WallClock
    ) -> None:
        """The work's row shares the partition, and is no job; neither is another document's."""
        first, second = await added(store, job(1)), await added(store, job(2))
        await added(store, job(3, document_id="e" * 64))
        await WorkStore(tables, InMemoryBlobs(), clock).claim(DOCUMENT, "v1", first.job_id, 60)
        found = await store.jobs_of(DOCUMENT)
        assert sorted(found, key=lambda j: j.received_at) == [first, second]

    async def test_a_change_writes_the_state_the_fields_and_the_moment(
        self, store: JobStore, clock: WallClock
    ) -> None:
        """What is not named stays."""
        before = await added(store, replace(job(), attempts=2))
        clock.advance(5)
        after = await store.change(before, JobState.QUEUED, turn=1, reason="Throttled.")
        assert after is not None
        assert after == replace(
            before,
            state=JobState.QUEUED,
            turn=1,
            reason="Throttled.",
            changed_at=clock.now,
            etag=after.etag,
        )
        assert after.etag != before.etag
        assert await store.get(DOCUMENT, before.job_id) == after

    async def test_of_concurrent_changes_one_wins(self, store: JobStore) -> None:
        """The others learn that the row changed, even at the same microsecond with the same values."""
        before = await added(store, job())
        results = await asyncio.gather(*(store.change(before, JobState.QUEUED, turn=1) for _ in range(5)))
        (winner,) = (result for result in results if result is not None)
        assert await store.get(DOCUMENT, before.job_id) == winner

    async def test_a_removed_job_cannot_be_changed(self, store: JobStore, tables: InMemoryTables) -> None:
        """Erasure wins over a worker, and leaves no row behind."""
        before = await added(store, job())
        queued = await store.change(before, JobState.QUEUED)
        assert queued is not None
        await store.remove(before)
        await store.remove(before)
        assert await store.change(queued, JobState.PROCESSING) is None
        assert await store.get(DOCUMENT, before.job_id) is None
        assert tables.rows(JOBS_TABLE) == tables.rows(INDEX_TABLE) == []

    @pytest.mark.parametrize("start", list(JobState))
    async def test_only_the_transitions_that_exist_are_made(
        self, store: JobStore, tables: InMemoryTables, start: JobState
    ) -> None:
        """A refused one writes nothing."""
        for number, target in enumerate(JobState):
            before = await added(store, job(number, start))
            if target in TRANSITIONS[start]:
                after = await store.change(before, target)
                assert after is not None
                assert after.state == target
                continue
            writes = tables.writes
            with pytest.raises(ValueError, match=f"is {start} does not become {target}"):
                await store.change(before, target)
            assert tables.writes == writes

    @pytest.mark.parametrize("field", ["document_id", "job_id", "received_at"])
    async def test_a_change_keeps_the_jobs_identity(self, store: JobStore, field: str) -> None:
        """Under another key it would be another job, and the old one would be lost."""
        before = await added(store, job())
        value = NOON + timedelta(days=1) if field == "received_at" else "other"
        with pytest.raises(ValueError, match="keeps"):
            await store.change(before, JobState.QUEUED, **{field: value})

    async def test_a_response_that_was_lost_does_not_lose_the_race(self, clock: WallClock) -> None:
        """The SDK repeats the request and finds its own row in the way."""
        tables = ForgetfulTables()
        store = JobStore(tables, clock)
        before = await added(store, job())
        assert before.etag
        after = await store.change(before, JobState.QUEUED)
        assert after is not None
        assert await store.change(after, JobState.PROCESSING) is not None
        assert await store.change(before, JobState.PROCESSING) is None
        assert {"insert", "replace_if_unchanged"} <= set(tables.sent_twice)

    async def test_a_name_is_in_the_jobs_own_row_alone(self, store: JobStore, tables: InMemoryTables) -> None:
        """It may be a person's."""
        before = await added(store, job())
        await added(store, job(1))
        with pytest.raises(ValueError, match="become") as caught:
            await store.change(before, JobState.DONE)
        page = await store.page(None, limit=1)
        assert "Ada" not in f"{tables.rows(INDEX_TABLE)}{caught.value}{page.cursor}"
        assert "Ada" in str(tables.rows(JOBS_TABLE))


class TestPages:
    async def _all_states(self, store: JobStore) -> list[Job]:
        """Four jobs in each state, mixed, newest first."""
        states = list(JobState)
        return [await added(store, job(n, states[n % len(states)])) for n in range(4 * len(states))][::-1]

    async def _walk(self, store: JobStore, limit: int, state: JobState | None = None) -> list[JobPage]:
        pages = [await store.page(state, limit=limit)]
        while pages[-1].cursor is not None:
            pages.append(await store.page(state, cursor=pages[-1].cursor, limit=limit))
        return pages

    @pytest.mark.parametrize("limit", [1, 4, 5, 27, 28, 29, 100])
    @pytest.mark.parametrize("state", [None, *JobState])
    async def test_the_pages_hold_every_job_once_newest_first(
        self, store: JobStore, limit: int, state: JobState | None
    ) -> None:
        """Full pages until the last, which alone has no cursor."""
        jobs = [found for found in await self._all_states(store) if state in (None, found.state)]
        pages = await self._walk(store, limit, state)
        assert [found for page in pages for found in page.jobs] == jobs
        assert len(pages) == -(-len(jobs) // limit)
        assert all(len(page.jobs) == limit for page in pages[:-1])

    async def test_nothing_makes_an_empty_page(self, store: JobStore) -> None:
        """Without a table too."""
        assert await store.page(None, limit=5) == JobPage((), None)

    @pytest.mark.parametrize(("since", "expected"), [(0, 28), (20, 8), (27, 1), (28, 0)])
    async def test_since_is_inclusive(self, store: JobStore, since: int, expected: int) -> None:
        """A job received at that very moment belongs to the page, one a microsecond earlier does not."""
        await self._all_states(store)
        moment = NOON + timedelta(seconds=since)
        assert len((await store.page(None, since=moment, limit=50)).jobs) == expected
        later = moment + timedelta(microseconds=1)
        assert len((await store.page(None, since=later, limit=50)).jobs) == max(0, expected - 1)

    @pytest.mark.parametrize("year", [1, 1677, 1969])
    async def test_long_ago_means_always(self, store: JobStore, year: int) -> None:
        """No day is too early to ask for."""
        await self._all_states(store)
        page = await store.page(None, since=datetime(year, 1, 1, tzinfo=UTC), limit=50)
        assert len(page.jobs) == 28

    async def test_what_arrives_while_paging_moves_nothing(self, store: JobStore) -> None:
        """A cursor is a place in time, not a count."""
        jobs = await self._all_states(store)
        first = await store.page(None, limit=10)
        await added(store, job(1_000))
        await store.remove(jobs[2])
        second = await store.page(None, cursor=first.cursor, limit=10)
        assert list(first.jobs + second.jobs) == jobs[:20]

    @pytest.mark.parametrize(
        "cursor",
        [
            "",
            "x",
            "Ada",
            "💥",
            "a" * 10_000,
            urlsafe_b64encode(b"' or PartitionKey ne '").decode(),
            urlsafe_b64encode(b"12345678901234_").decode().rstrip("="),
            urlsafe_b64encode(b"1234567890123_abc").decode().rstrip("="),
            urlsafe_b64encode(b"12345678901234_abc\n").decode().rstrip("="),
            urlsafe_b64encode(b"12345678901234_abcd").decode(),  # with padding
            urlsafe_b64encode(b"\xff" * 20).decode().rstrip("="),
        ],
        ids=[
            "empty",
            "short",
            "word",
            "emoji",
            "long",
            "filter",
            "no-id",
            "digits",
            "line",
            "padded",
            "bytes",
        ],
    )
    async def test_a_cursor_that_no_page_gave_is_refused(self, store: JobStore, cursor: str) -> None:
        """As the caller's mistake, and without repeating it."""
        with pytest.raises(RequestError, match="cursor") as caught:
            await store.page(None, cursor=cursor, limit=5)
        assert "Ada" not in str(caught.value)

    async def test_a_page_has_room_for_a_job(self, store: JobStore) -> None:
        """No room would mean no progress."""
        with pytest.raises(ValueError, match="room"):
            await store.page(None, limit=0)

    @pytest.mark.parametrize("state", [None, JobState.QUEUED, JobState.DONE])
    async def test_a_page_costs_the_same_however_many_jobs_there_are(
        self, store: JobStore, tables: InMemoryTables, state: JobState | None
    ) -> None:
        """The same requests and the same rows for 60 jobs as for 600."""
        costs = []
        for start, end in ((0, 60), (60, 600)):
            for number in range(start, end):
                await added(store, job(number, (JobState.QUEUED, JobState.DONE)[number % 2]))
            tables.requests.clear()
            tables.rows_read = 0
            assert len((await store.page(state, limit=20)).jobs) == 20
            costs.append((dict(tables.requests), tables.rows_read))
        assert costs[0] == costs[1]
        assert costs[0][1] <= 42

    async def test_jobs_are_counted_up_to_a_bound(self, store: JobStore, tables: InMemoryTables) -> None:
        """A dashboard says "over 1,000" without reading the rest."""
        await self._all_states(store)
        for state in JobState:
            assert await store.count(state, at_most=100) == 4
            tables.rows_read = 0
            assert await store.count(state, at_most=3) == 3
            assert tables.rows_read == 3

    async def test_open_jobs_are_those_to_be_worked_on(self, store: JobStore) -> None:
        """In all four states, and none that is finished."""
        jobs = await self._all_states(store)
        assert [found async for found in store.open_jobs()] == [j for j in jobs if j.state in OPEN_STATES]

    async def test_retention_finds_what_is_older_in_any_state(self, store: JobStore) -> None:
        """A job received at the very moment is not older; removing while iterating skips nothing."""
        jobs = await self._all_states(store)
        moment = NOON + timedelta(seconds=20)
        older = {found.job_id async for found in store.older_than(moment)}
        assert older == {found.job_id for found in jobs if found.received_at < moment}
        async for found in store.older_than(moment):
            await store.remove(found)
        assert [found async for found in store.older_than(moment)] == []
        left = (await store.page(None, limit=50)).jobs
        assert list(left) == jobs[:8]
        assert {found.state for found in left} >= FINISHED_STATES
