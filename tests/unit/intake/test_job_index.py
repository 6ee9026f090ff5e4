"""Whatever interrupts a writer, and whoever reads meanwhile: no open job is lost from sight."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_code.errors import StorageError
from shared_code.intake.job import Job
from shared_code.intake.job_index import GRACE, JobIndex
from shared_code.intake.job_rows import INDEX_TABLE, JOBS_TABLE, group_of, index_key
from shared_code.intake.job_store import JobStore
from shared_code.intake.states import TRANSITIONS, JobState
from tests.unit.intake.eventful_tables import NOON, EventfulTables, WallClock
from tests.unit.intake.test_job_store import added, job

FAR_FUTURE = NOON + timedelta(days=10_000)
PAST_GRACE = GRACE.total_seconds() + 1


class World:
    """One storage, with a writer's store and a reader's."""

    def __init__(self) -> None:
        self.clock = WallClock()
        self.tables = EventfulTables()
        self.writer = JobStore(self.tables, self.clock)
        self.reader = JobStore(self.tables, self.clock)

    async def stored(self) -> list[Job]:
        """All jobs by their own rows."""
        keys = [(row["PartitionKey"], row["jobId"]) for row in self.tables.rows(JOBS_TABLE)]
        found = [await self.reader.get(*key) for key in keys]
        return [one for one in found if one is not None]

    async def read(self) -> None:
        """Read every listing, as a sweep does; what is contradicted is mended."""
        async for _ in self.reader.open_jobs():
            pass
        async for _ in self.reader.older_than(FAR_FUTURE):
            pass

    async def assert_open_jobs_are_in_sight(self) -> None:
        seen = {found.job_id async for found in self.reader.open_jobs()}
        assert seen == {found.job_id for found in await self.stored() if found.is_open}

    async def assert_agreement_once_mended(self) -> None:
        """After the grace and one reading, the index says what the jobs say and nothing else."""
        self.tables.before_write = None
        self.clock.advance(PAST_GRACE)
        await self.read()
        index = [(r["PartitionKey"], r["RowKey"], r["state"]) for r in self.tables.rows(INDEX_TABLE)]
        expected = [(group_of(one.state), index_key(one), one.state) for one in await self.stored()]
        assert index == sorted(expected)


Act = Callable[[World, Job | None], Awaitable[object]]


def _add(world: World, _: Job | None) -> Awaitable[object]:
    return world.writer.add(job())


def _remove(world: World, before: Job | None) -> Awaitable[object]:
    assert before is not None
    return world.writer.remove(before)


def _change(state: JobState) -> Act:
    def change(world: World, before: Job | None) -> Awaitable[object]:
        assert before is not None
        return world.writer.change(before, state)

    return change


ACTS = [
    pytest.param(None, _add, id="add"),
    pytest.param(JobState.QUEUED, _change(JobState.PROCESSING), id="among-open-states"),
    pytest.param(JobState.PROCESSING, _change(JobState.DONE), id="finish"),
    pytest.param(JobState.PROCESSING, _change(JobState.REJECTED), id="reject"),
    pytest.param(JobState.FAILED, _change(JobState.QUEUED), id="put-back"),
    pytest.param(JobState.PROCESSING, _remove, id="remove"),
]


async def _world(start: JobState | None) -> tuple[World, Job | None]:
    world = World()
    before = None if start is None else await added(world.writer, job(0, start))
    world.clock.advance(PAST_GRACE)
    return world, before


@pytest.mark.parametrize(("start", "act"), ACTS)
async def test_no_interruption_hides_an_open_job(start: JobState | None, act: Act) -> None:
    """The writer dies before its first, second, third … write; then reading mends what is left."""
    for writes in range(10):
        world, before = await _world(start)
        world.tables.stop_after(writes)
        interrupted = True
        with suppress(StorageError):
            await act(world, before)
            interrupted = False
        world.tables.before_write = None
        await world.assert_open_jobs_are_in_sight()
        await world.assert_agreement_once_mended()
        await world.assert_open_jobs_are_in_sight()
        if not interrupted:
            break
    assert 2 <= writes <= 5, f"{writes} writes"


@pytest.mark.parametrize("pause", [0.0, PAST_GRACE], ids=["quick", "slower-than-the-grace"])
@pytest.mark.parametrize(("start", "act"), ACTS)
async def test_a_reader_between_two_writes_does_no_harm(
    start: JobState | None, act: Act, pause: float
) -> None:
    """It takes the half-done for left over, at most; the writer's next write puts it right."""
    for writes in range(10):
        world, before = await _world(start)
        happened = 0

        async def read(_: str, world: World = world, at: int = writes) -> None:
            nonlocal happened
            if happened == at:
                world.clock.advance(pause)
                await world.read()
            happened += 1

        world.tables.before_write = read
        await act(world, before)
        world.tables.before_write = None
        await world.assert_open_jobs_are_in_sight()
        listed = {found.job_id for found in (await world.reader.page(None, limit=9)).jobs}
        assert listed == {found.job_id for found in await world.stored()}
        await world.assert_agreement_once_mended()
        if happened <= writes:
            break


@pytest.mark.parametrize("leftovers", [[JobState.QUEUED], list(JobState)], ids=["open", "everywhere"])
@pytest.mark.parametrize(("start", "act"), ACTS)
async def test_a_writer_between_a_readers_look_and_its_mending_does_no_harm(
    start: JobState | None, act: Act, leftovers: list[JobState]
) -> None:
    """The reader's judgement is out of date by then, and its write must not happen."""
    world, before = await _world(start)
    for state in leftovers:  # rows at this job's place, older than the grace
        await JobIndex(world.tables, world.clock).show(job(0, state))
    world.clock.advance(PAST_GRACE)
    acted = False

    async def act_now(_: str) -> None:
        nonlocal acted
        if not acted:
            acted = True
            await act(world, before)

    world.tables.before_write = act_now
    async for _ in world.reader.open_jobs():
        pass
    world.tables.before_write = None
    assert acted or start in {JobState.QUEUED, JobState.PROCESSING}  # where the leftover is right
    await world.assert_open_jobs_are_in_sight()
    await world.assert_agreement_once_mended()


async def test_an_add_repeated_after_an_interruption_adds() -> None:
    """The redelivered file finds the announcement of the first try, at the same time or at another."""
    for later in (0, 60):
        world, _ = await _world(None)
        world.tables.stop_after(1)
        with suppress(StorageError):
            await world.writer.add(job())
        world.tables.before_write = None
        assert await world.stored() == []
        again = replace(job(), received_at=NOON + timedelta(seconds=later))
        assert await world.writer.add(again) is not None
        await world.assert_open_jobs_are_in_sight()
        await world.assert_agreement_once_mended()


async def test_an_add_gives_back_a_lost_index_row() -> None:
    """A job that lacks its row is announced again with its file; then it is listed as what it is."""
    world = World()
    stored = await added(world.writer, job(0, JobState.WAITING))
    for row in world.tables.rows(INDEX_TABLE):
        await world.tables.delete(INDEX_TABLE, row["PartitionKey"], row["RowKey"])
    assert await world.writer.add(job()) is None
    assert (await world.reader.page(JobState.WAITING, limit=5)).jobs == (stored,)


async def test_a_page_leaves_out_what_its_job_contradicts_and_mends_it() -> None:
    """A stale state is put right at once; a full page is filled from what follows."""
    world = World()
    jobs = [await added(world.writer, job(n, JobState.QUEUED)) for n in range(4)][::-1]
    world.tables.stop_after(1)
    with suppress(StorageError):
        await world.writer.change(jobs[1], JobState.WAITING)
    world.tables.before_write = None
    page = await world.reader.page(JobState.QUEUED, limit=2)
    assert page.jobs == (jobs[0], jobs[2])
    assert [found.job_id for found in (await world.reader.page(JobState.WAITING, limit=2)).jobs] == [
        jobs[1].job_id
    ]
    assert (await world.reader.page(JobState.QUEUED, cursor=page.cursor, limit=2)).jobs == (jobs[3],)


async def test_a_row_that_leads_nowhere_is_removed_only_after_the_grace() -> None:
    """Before that it may announce a job that is being added at this moment."""
    world, _ = await _world(None)
    world.tables.stop_after(1)
    with suppress(StorageError):
        await world.writer.add(job())
    world.tables.before_write = None
    for seconds, rows in ((GRACE.total_seconds(), 1), (1.0, 0)):
        world.clock.advance(seconds)
        assert (await world.reader.page(None, limit=5)).jobs == ()
        assert len(world.tables.rows(INDEX_TABLE)) == rows


STEPS = st.lists(
    st.tuples(
        st.integers(0, 1),  # which job
        st.integers(0, 9),  # where it goes: an index into what is possible
        st.sampled_from([None, None, 0, 1, 2, 3]),  # after how many writes the writer dies
        st.sampled_from([0, 1, 300, 601]),  # seconds that pass
        st.booleans(),  # whether somebody reads all listings then
    ),
    max_size=25,
)


@given(steps=STEPS)
@settings(max_examples=150, deadline=None)
def test_any_life_with_any_interruptions_ends_in_agreement(
    steps: list[tuple[int, int, int | None, int, bool]],
) -> None:
    """Open jobs are in sight after every step, and index and jobs agree once they are read."""

    async def live() -> None:
        world = World()
        for number, choice, stop_after, seconds, is_read in steps:
            if stop_after is not None:
                world.tables.stop_after(stop_after)
            with suppress(StorageError):
                await _step(world.writer, job(number), choice)
            world.tables.before_write = None
            world.clock.advance(seconds)
            await world.assert_open_jobs_are_in_sight()
            if is_read:
                await world.read()
        await world.assert_agreement_once_mended()

    asyncio.run(live())


async def _step(store: JobStore, wanted: Job, choice: int) -> None:
    present = await store.get(wanted.document_id, wanted.job_id)
    if present is None:
        await store.add(wanted)
    elif choice == 9:
        await store.remove(present)
    else:
        targets = sorted(TRANSITIONS[present.state])
        await store.change(present, targets[choice % len(targets)])
