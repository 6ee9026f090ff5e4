"""The stores of the intake against Azurite: real ETags, real races, and the speed of a listing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest
from azure.data.tables.aio import TableServiceClient

from local.azurite import FREE_PORTS, running_azurite
from shared_code.intake.job import Job, job_id_of
from shared_code.intake.job_rows import INDEX_TABLE, JOBS_TABLE
from shared_code.intake.job_store import JobStore
from shared_code.intake.states import JobState
from shared_code.intake.work_store import CLOCK_MARGIN, Claim, Finished, Held, WorkStore
from shared_code.storage import StorageAccount, StorageTarget

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DOCUMENT = "d" * 64


@pytest.fixture(scope="module")
def connection_string() -> Iterator[str]:
    """An Azurite of this module's own, in memory."""
    with running_azurite(None, ports=FREE_PORTS) as azurite:
        yield azurite.connection_string


@pytest.fixture
async def account(connection_string: str) -> AsyncIterator[StorageAccount]:
    """The account, on the test's event loop; its tables, whose names are fixed, go with the test."""
    async with StorageAccount(StorageTarget(connection_string)) as account:
        yield account
    async with TableServiceClient.from_connection_string(connection_string) as service:
        for name in [table.name async for table in service.list_tables()]:
            await service.delete_table(name)


def _job(number: int, state: JobState = JobState.RECEIVED) -> Job:
    received = NOON + timedelta(seconds=number, microseconds=123_456)
    document_id = f"{number:064x}"
    return Job(document_id, job_id_of(document_id, "cv"), f"cv {number}.pdf", state, received, received)


async def _add_all(store: JobStore, jobs: list[Job]) -> list[Job]:
    stored = []
    for start in range(0, len(jobs), 32):
        stored += await asyncio.gather(*(store.add(job) for job in jobs[start : start + 32]))
    return [job for job in stored if job is not None]


async def test_of_five_concurrent_claims_one_wins(account: StorageAccount) -> None:
    """On a new row, on an expired lease, and on the marker none."""
    now = NOON
    work = WorkStore(account.tables, account.blobs, lambda: now)
    for _ in range(2):
        answers = await asyncio.gather(*(work.claim(DOCUMENT, "v1", str(n), 60) for n in range(5)))
        (winner,) = (answer for answer in answers if isinstance(answer, Claim))
        assert answers.count(Held(winner.job_id, winner.until)) == 4
        now = winner.until + CLOCK_MARGIN
    renewed = await work.renew(winner, 60)
    assert renewed is not None
    assert await work.finish(winner) is True
    answers = await asyncio.gather(*(work.claim(DOCUMENT, "v1", str(n), 60) for n in range(5)))
    assert answers == [Finished(winner.job_id)] * 5
    await work.release(renewed)
    await work.forget(DOCUMENT)
    reclaimed = await work.claim(DOCUMENT, "v1", "a", 60)
    assert isinstance(reclaimed, Claim)
    await work.release(reclaimed)
    assert [row async for row in account.tables.query(JOBS_TABLE)] == []


async def test_answers_are_kept_and_forgotten(account: StorageAccount) -> None:
    """As JSON, until the document is erased."""
    work = WorkStore(account.tables, account.blobs)
    assert await work.kept_answer(DOCUMENT, "cv_data_extractor", "v1") is None
    await work.forget_answers(DOCUMENT)
    await work.keep_answer(DOCUMENT, "cv_data_extractor", "v1", {"name": "Ünï Example"})
    assert await work.kept_answer(DOCUMENT, "cv_data_extractor", "v1") == {"name": "Ünï Example"}
    await work.forget_answers(DOCUMENT)
    assert await work.kept_answer(DOCUMENT, "cv_data_extractor", "v1") is None


async def test_a_job_lives_and_is_erased(account: StorageAccount) -> None:
    """From received to done and back to the queue, with every field and ETag from the service."""
    store = JobStore(account.tables)
    job = await store.add(_job(1))
    assert job is not None
    assert await store.add(_job(1)) is None
    results = await asyncio.gather(*(store.change(job, JobState.QUEUED, turn=1) for _ in range(5)))
    (queued,) = (result for result in results if result is not None)
    for state in (JobState.PROCESSING, JobState.DONE, JobState.QUEUED):
        changed = await store.change(queued, state, due_at=NOON, reason="Throttled.")
        assert changed is not None
        queued = changed
        assert await store.get(job.document_id, job.job_id) == queued
        assert (await store.page(state, limit=5)).jobs == (queued,)
        assert await store.count(state, at_most=5) == 1
    assert await store.jobs_of(job.document_id) == [queued]
    await store.remove(queued)
    for table in (JOBS_TABLE, INDEX_TABLE):
        assert [row async for row in account.tables.query(table)] == []


async def test_the_pages_of_three_hundred_jobs_hold_each_once(account: StorageAccount) -> None:
    """Newest first over all states, as many as there are, by the service's own order of keys."""
    store = JobStore(account.tables)
    states = list(JobState)
    jobs = (await _add_all(store, [_job(n, states[n % len(states)]) for n in range(300)]))[::-1]
    for state in (None, JobState.WAITING, JobState.DONE):
        found: list[Job] = []
        page = await store.page(state, limit=50)
        found += page.jobs
        while page.cursor is not None:
            page = await store.page(state, cursor=page.cursor, limit=50)
            found += page.jobs
        assert found == [job for job in jobs if state in (None, job.state)]
    since = jobs[99].received_at
    assert (await store.page(None, since=since, limit=200)).jobs == tuple(jobs[:100])
    open_jobs = [job async for job in store.open_jobs()]
    assert open_jobs == [job for job in jobs if job.is_open]
    older = {job.job_id async for job in store.older_than(since)}
    assert older == {job.job_id for job in jobs[100:]}


async def test_a_page_is_as_fast_over_a_thousand_jobs(
    account: StorageAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    """Seventeen times the jobs, and less than five times the time: nobody reads what a page leaves out."""
    store = JobStore(account.tables)
    medians = []
    for start, end in ((0, 60), (60, 1_000)):
        await _add_all(store, [_job(n, JobState.DONE) for n in range(start, end)])
        last = (await store.page(JobState.DONE, limit=end - 50 - 1)).cursor
        for cursor in (None, last):
            took = []
            for _ in range(7):
                began = time.perf_counter()
                page = await store.page(JobState.DONE, cursor=cursor, limit=50)
                took.append(time.perf_counter() - began)
                assert len(page.jobs) == 50
            medians.append(median(took) * 1_000)
    first_60, last_60, first_1000, last_1000 = medians
    with capsys.disabled():
        print(  # noqa: T201  # the figures are the point
            f"\npage(50) over 60 jobs: {first_60:.0f} ms first, {last_60:.0f} ms last; "
            f"over 1,000: {first_1000:.0f} ms first, {last_1000:.0f} ms last"
        )
    assert max(first_1000, last_1000) < 5 * max(first_60, last_60)
