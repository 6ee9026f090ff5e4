"""What is erased is gone: completely, repeatedly, and under the hands of whoever works on it."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from shared_code import errors
from shared_code.accounting.call_log import CALL_LOG_TABLE
from shared_code.candidate_data_service import document_id_of
from shared_code.intake.erasure import Erased
from shared_code.intake.job import INBOX_CONTAINER
from shared_code.intake.job_rows import INDEX_TABLE, JOBS_TABLE
from shared_code.intake.retention import CONTAINERS
from shared_code.intake.states import JobState
from shared_code.intake.worker import STALE
from tests.unit.intake.intake_world import CV, LIMIT, DiedError, Fate, World, passed_by
from tests.unit.intake.test_worker import failing

DOCUMENT = document_id_of(CV.encode())


async def traces(world: World) -> list[str]:
    """What is left of anything."""
    files = [f"{container}/{name}" for container in CONTAINERS for name in await world.files(container)]
    return files + [str(row) for table in (JOBS_TABLE, INDEX_TABLE) for row in world.tables.rows(table)]


async def full() -> World:
    """A document at two places, one done and one rejected, with everything a document may have."""
    world = World()
    await world.drop("a.txt")
    await world.deliver(failing(world, lambda: errors.RefusalError("-")))
    await world.drop("b.txt")
    await world.deliver()
    return world


async def test_everything_is_erased_and_counted() -> None:
    """Twice is as good as once, and says that there was nothing."""
    world = await full()
    erased = await world.here.erasure.erase(DOCUMENT)
    assert erased == Erased(DOCUMENT, jobs=2, originals=2, results=1, rejections=1, answers=3)
    assert not erased.is_nothing
    assert await traces(world) == []
    again = await world.here.erasure.erase(DOCUMENT)
    assert again == Erased(DOCUMENT)
    assert again.is_nothing
    assert erased.as_json()["erased"] == {
        "jobs": 2,
        "originals": 2,
        "results": 1,
        "rejections": 1,
        "answers": 3,
    }


@pytest.mark.parametrize("happened", [False, True], ids=["before", "answer-lost"])
async def test_an_interrupted_erasure_that_is_repeated_leaves_nothing(happened: bool) -> None:
    """Wherever it was interrupted; only index rows that lead nowhere may wait for their reader."""
    for at in range(1, 60):
        world = await full()
        fate = Fate(at, happened)
        try:
            await world.process(fate).erasure.erase(DOCUMENT)
        except DiedError:
            await world.here.erasure.erase(DOCUMENT)
        left = [trace for trace in await traces(world) if "'PartitionKey'" not in trace]
        assert left == []
        assert world.tables.rows(JOBS_TABLE) == []
        world.clock.advance(3600)
        assert [job async for job in world.here.jobs.older_than(world.clock())] == []
        assert await traces(world) == []
        if not fate.is_dead:
            return
    raise AssertionError("The erasure never came through")


async def test_another_document_and_the_audit_rows_stay() -> None:
    """Audit rows hold no personal data."""
    world = await full()
    other = b"Another CV of nobody"
    await world.drop("other.txt", other)
    await world.tables.insert(
        CALL_LOG_TABLE, {"PartitionKey": f"{date(2026, 11, 21):%Y%m%d}_00", "RowKey": "1"}
    )
    await world.here.erasure.erase(DOCUMENT)
    assert await world.files(INBOX_CONTAINER) == ["other.txt"]
    assert (await world.job("other.txt", other)).state is JobState.QUEUED
    assert len(world.tables.rows(CALL_LOG_TABLE)) == 1


async def test_a_file_that_was_replaced_is_not_the_documents_any_more() -> None:
    """Another CV stands in its place."""
    world = World()
    await world.drop()
    other = b"Another CV of nobody"
    await world.blobs.put_bytes(INBOX_CONTAINER, "cv.txt", other, "text/plain")
    erased = await world.here.erasure.erase(DOCUMENT)
    assert (erased.jobs, erased.originals) == (1, 0)
    assert await world.blobs.get_bytes(INBOX_CONTAINER, "cv.txt", LIMIT) == other


async def test_a_file_over_the_limit_is_erased_unread() -> None:
    """It was rejected for its size, or will be."""
    world = World()
    content = b"x" * (LIMIT + 1)
    await world.drop("large.txt", content)
    assert (await world.here.erasure.erase(document_id_of(content))).originals == 1
    assert await traces(world) == []


@pytest.mark.parametrize("at", range(1, 18))
@pytest.mark.parametrize("ending", ["success", "refusal", "throttled", "crash", "cancelled"])
async def test_a_document_that_is_erased_while_it_is_analysed_leaves_nothing(at: int, ending: str) -> None:
    """At whichever operation of the worker it is erased, and however the work ends."""
    world = World()
    await world.drop()
    message = world.queues.take()
    assert message is not None
    failure = {"refusal": errors.RefusalError("-"), "throttled": errors.RateLimitError("-")}.get(ending)
    asked = 0

    def fail() -> BaseException | None:
        nonlocal asked
        asked += 1
        return failure if asked == 3 else None

    world.model.failure = fail
    process = world.process()
    working = asyncio.create_task(process.worker.work_on(message))
    await passed_by(lambda: process.fate.operations >= at or working.done())
    await world.here.erasure.erase(DOCUMENT)
    if ending == "crash":
        for _ in range(12):
            await asyncio.sleep(0)
        process.fate.is_dead = True
    if ending == "cancelled":
        working.cancel()
    [outcome] = await asyncio.gather(working, return_exceptions=True)
    if ending == "crash" or isinstance(outcome, BaseException):
        assert await world.here.worker.work_on(message) == STALE
    assert await traces(world) == []
    while await world.deliver() is not None or world.queues.waiting:
        world.clock.advance(60)
    assert await traces(world) == []
