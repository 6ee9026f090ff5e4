"""The sweep finds what nobody works on, and leaves alone what somebody does."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from shared_code.candidate_data_service import document_id_of
from shared_code.intake.job import INBOX_CONTAINER, JOB_QUEUE
from shared_code.intake.states import JobState
from shared_code.intake.sweep import SweepResult
from tests.unit.intake.intake_world import CV, LEASE, DiedError, Fate, World

NOTHING_DONE = SweepResult(1, 0, 0)
PUT_BACK = SweepResult(1, 1, 0)


async def dead_in(operation: str, *, happened: bool = False, **world_limits: int) -> World:
    """A world whose only worker died in that operation; its message is gone too."""
    world = World(**world_limits)  # type: ignore[arg-type]  # only max_tries is used here
    await world.drop()
    message = world.queues.take()
    assert message is not None
    with suppress(DiedError):
        await world.process(Fate(on=operation, happened=happened)).worker.work_on(message)
    return world


async def test_a_job_without_a_message_is_announced_once_its_sender_had_time() -> None:
    """Its sender died between the row and the message."""
    world = World()
    await world.blobs.put_bytes(INBOX_CONTAINER, "cv.txt", CV.encode(), "text/plain")
    with pytest.raises(DiedError):
        await world.process(Fate(on="send")).submission.register(document_id_of(CV.encode()), "cv.txt")
    world.clock.advance(LEASE)
    assert await world.here.sweep.run() == NOTHING_DONE
    world.clock.advance(1)
    assert await world.here.sweep.run() == PUT_BACK
    assert await world.deliver() == JobState.DONE


async def test_a_dead_workers_job_is_put_back_after_its_lease() -> None:
    """Not before: it might be alive. A death uses up a try."""
    world = await dead_in("get_bytes")
    world.clock.advance(LEASE + 29)
    assert await world.here.sweep.run() == NOTHING_DONE
    world.clock.advance(2)
    assert await world.here.sweep.run() == PUT_BACK
    assert (await world.job()).tries == 1
    assert await world.deliver() == JobState.DONE


async def test_a_live_worker_is_never_disturbed() -> None:
    """However long it takes, as long as it renews its claim, and whatever version of the app it is."""
    world = World()
    await world.drop()
    message = world.queues.take()
    assert message is not None
    rings: asyncio.Queue[None] = asyncio.Queue()

    async def alarm(_: float) -> None:
        await rings.get()

    async def hour() -> None:
        world.model.on_call = None
        for _ in range(60):
            world.clock.advance(LEASE)
            rings.put_nowait(None)
            for _ in range(20):
                await asyncio.sleep(0)
            assert await world.here.sweep.run() == NOTHING_DONE

    world.model.on_call = hour
    assert await world.process(sleep=alarm).worker.work_on(message) == JobState.DONE
    assert (await world.job()).attempts == 1


async def test_a_live_worker_of_an_earlier_version_is_not_disturbed() -> None:
    """While a new version is rolled out, both are there."""
    world = World()
    job = await world.drop()
    await world.here.work.claim(job.document_id, "earlier", job.job_id, 600)
    await world.here.jobs.change(job, JobState.PROCESSING, version="earlier")
    world.clock.advance(300)
    assert await world.here.sweep.run() == NOTHING_DONE
    world.clock.advance(400)
    assert await world.here.sweep.run() == PUT_BACK


async def test_a_lost_message_is_noticed_once_the_queue_is_empty() -> None:
    """While there are messages, the job's may be among them."""
    world = World()
    await world.drop()
    world.clock.advance(3600)
    assert await world.here.sweep.run() == NOTHING_DONE
    world.queues.waiting.clear()
    assert await world.here.sweep.run() == PUT_BACK
    assert await world.deliver() == JobState.DONE


async def test_a_waiting_job_whose_time_has_not_come_is_left_alone() -> None:
    """It is late by its own time, not by when it was put back."""
    world = World()
    await world.drop()
    job = await world.here.jobs.change(
        await world.job(), JobState.WAITING, due_at=world.clock.now.replace(hour=13)
    )
    assert job is not None
    world.queues.waiting.clear()
    world.clock.advance(3600 + 2 * LEASE)
    assert await world.here.sweep.run() == NOTHING_DONE
    world.clock.advance(1)
    assert await world.here.sweep.run() == PUT_BACK


async def test_several_sweeps_at_once_put_a_job_back_once() -> None:
    """Their messages may be several; the job is worked on once."""
    world = await dead_in("get_bytes")
    world.clock.advance(LEASE + 31)
    await asyncio.gather(*(world.process().sweep.run() for _ in range(4)))
    assert (await world.job()).tries == 1
    outcomes = [await world.deliver() for _ in range(4)]
    assert outcomes.count(JobState.DONE) == 1
    assert world.model.asked == 3


async def test_a_job_that_kills_its_worker_each_time_is_given_up() -> None:
    """The last death decides, and says why."""
    world = await dead_in("get_bytes", max_tries=1)
    world.clock.advance(LEASE + 31)
    assert await world.here.sweep.run() == SweepResult(1, 0, 1)
    job = await world.job()
    assert (job.state, job.reason_code, job.tries) == (JobState.FAILED, "workerDied", 1)
    assert await world.queues.approximate_length(JOB_QUEUE) == 0


async def test_finished_work_is_not_given_up_with_its_last_worker() -> None:
    """It died between the marker and the job's row: the result is there."""
    world = World(max_tries=1)
    await world.drop()
    message = world.queues.take()
    assert message is not None
    with pytest.raises(DiedError):
        await world.process(Fate(at=14, happened=True)).worker.work_on(message)
    world.clock.advance(LEASE + 31)
    assert await world.here.sweep.run() == NOTHING_DONE
    job = await world.job()
    assert (job.state, job.reason) == (JobState.DONE, None)
    assert await world.drop() == job, "done by the present assistants"


async def test_the_cost_is_bounded_by_the_open_jobs() -> None:
    """Finished ones cost nothing, however many there are."""
    world = World()
    for number in range(30):
        await world.drop(f"{number}.txt")
    await world.settle()
    process = world.process()
    assert await process.sweep.run() == SweepResult(0, 0, 0)
    assert process.fate.operations == 2
