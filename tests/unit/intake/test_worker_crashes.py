"""A worker that dies, or loses storage, at any of its operations leaves a job that is done once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared_code.candidate_data_service import RESULTS_CONTAINER, document_id_of
from shared_code.errors import RateLimitError
from shared_code.intake.job import JOB_QUEUE
from shared_code.intake.job_rows import JOBS_TABLE
from shared_code.intake.states import JobState
from shared_code.intake.work_store import ANSWERS_CONTAINER
from tests.unit.intake.intake_world import CV, DiedError, Fate, World

MOST_OPERATIONS = 40
BOTH_WAYS = pytest.mark.parametrize("happened", [False, True], ids=["before", "answer-lost"])
PROMPTLY = pytest.mark.parametrize("seconds", [5.0, 600.0], ids=["redelivered-at-once", "redelivered-late"])


async def assert_done_once(world: World, lost_answers: int) -> None:
    """One result, one marker, the job done, and every assistant paid once but for what was lost."""
    await world.settle()
    job = await world.job()
    assert job.state is JobState.DONE, job
    assert await world.files(RESULTS_CONTAINER) == [f"{document_id_of(CV.encode())}.json"]
    work_rows = [row for row in world.tables.rows(JOBS_TABLE) if row["RowKey"].startswith("work_")]
    assert [row["state"] for row in work_rows] == ["finished"]
    assert world.model.paid.total() == 3 + lost_answers
    assert len(await world.files(ANSWERS_CONTAINER)) == 3


async def clean_run() -> list[str]:
    """The operations of a run in which nothing happens."""
    world = World()
    await world.drop()
    process = world.process()
    assert await world.deliver(process) == JobState.DONE
    return process.fate.log


async def test_a_clean_run_takes_seventeen_operations() -> None:
    """What the crash tests count up to: a run that grows is noticed."""
    assert len(await clean_run()) == 17


@BOTH_WAYS
@PROMPTLY
@pytest.mark.parametrize("at", range(1, 18))
async def test_a_crash_anywhere_costs_at_most_the_answers_in_flight(
    at: int, happened: bool, seconds: float
) -> None:
    """Of the work of a worker that died, whatever was kept is used."""
    world = World()
    await world.drop()
    message = world.queues.take()
    assert message is not None
    fate = Fate(at, happened)
    with pytest.raises(DiedError):
        await world.process(fate).worker.work_on(message)
    kept, paid = len(await world.files(ANSWERS_CONTAINER)), world.model.paid.total()
    world.queues.show(message, seconds)
    if fate.log[-1] not in {"get_json", "put_json"}:
        assert paid == kept, "only answers that are on their way can be lost"
    await assert_done_once(world, lost_answers=paid - kept)
    assert (await world.job()).tries <= 1


@BOTH_WAYS
@pytest.mark.parametrize("at", range(1, 18))
async def test_a_crash_whose_message_is_lost_as_well_is_found_by_the_sweep(at: int, happened: bool) -> None:
    """The queue being empty, nothing but the table knows of the job."""
    world = World()
    await world.drop()
    message = world.queues.take()
    assert message is not None
    with pytest.raises(DiedError):
        await world.process(Fate(at, happened)).worker.work_on(message)
    await assert_done_once(world, world.model.paid.total() - len(await world.files(ANSWERS_CONTAINER)))


@BOTH_WAYS
@pytest.mark.parametrize("at", range(1, 18))
async def test_storage_that_fails_once_is_waited_for(at: int, happened: bool) -> None:
    """One failed operation neither uses up a try nor is paid twice, but for an answer that was not kept."""
    world = World()
    await world.drop()
    await world.deliver(world.process(Fate(at, happened, is_outage=True)))
    lost = max(0, world.model.paid.total() - len(await world.files(ANSWERS_CONTAINER)))
    await assert_done_once(world, lost)
    assert (await world.job()).tries == 0


@BOTH_WAYS
@pytest.mark.parametrize("first", range(1, 18))
async def test_a_second_crash_on_the_way_back_loses_nothing_either(first: int, happened: bool) -> None:
    """Two workers in a row die, the second at any operation of what was left to do."""
    for second in range(1, MOST_OPERATIONS):
        world = World()
        await world.drop()
        await world.deliver(world.process(Fate(first, happened)))
        lost = world.model.paid.total() - len(await world.files(ANSWERS_CONTAINER))
        world.clock.advance(100)
        fate = Fate(second, happened)
        await world.deliver(world.process(fate))
        if not fate.is_dead:
            break
        lost = max(lost, world.model.paid.total() - len(await world.files(ANSWERS_CONTAINER)))
        await assert_done_once(world, lost)
    else:
        raise AssertionError("The second worker never came through")


@BOTH_WAYS
async def test_a_sender_that_dies_while_it_announces_loses_no_file(happened: bool) -> None:
    """The host announces the file again, or the sweep finds it."""
    for is_announced_again in (True, False):
        for at in range(1, MOST_OPERATIONS):
            world = World()
            await world.blobs.put_bytes("cv-inbox", "cv.txt", CV.encode(), "text/plain")
            fate = Fate(at, happened)
            try:
                await world.process(fate).submission.register(document_id_of(CV.encode()), "cv.txt")
            except DiedError:
                pass
            else:
                break
            known = await world.here.jobs.jobs_of(document_id_of(CV.encode()))
            if is_announced_again or not known:  # without a job, only the host knows of the file
                await world.drop()
            await assert_done_once(world, 0)


@BOTH_WAYS
async def test_a_throttled_worker_that_dies_while_it_puts_back_loses_nothing(happened: bool) -> None:
    """Between the message and the row, too: whichever is ahead, the other follows."""
    for at in range(1, MOST_OPERATIONS):
        world = World()
        await world.drop()
        world.model.failure = lambda: RateLimitError("scripted")
        fate = Fate(at, happened)
        await world.deliver(world.process(fate))
        world.model.failure = lambda: None
        if not fate.is_dead:
            break
        await assert_done_once(world, 0)
    else:
        raise AssertionError("The worker never came through")


@BOTH_WAYS
async def test_a_sweep_that_dies_anywhere_is_made_good_by_the_next(happened: bool) -> None:
    """A job that its worker left behind is put back all the same."""
    for at in range(1, MOST_OPERATIONS):
        world = World()
        await world.drop()
        message = world.queues.take()
        assert message is not None
        with pytest.raises(DiedError):
            await world.process(Fate(6)).worker.work_on(message)
        world.clock.advance(100)
        fate = Fate(at, happened)
        try:
            await world.process(fate).sweep.run()
        except DiedError:
            await assert_done_once(world, 0)
        else:
            break
    else:
        raise AssertionError("The sweep never came through")


async def test_a_file_that_kills_its_worker_each_time_is_given_up() -> None:
    """After as many lives as there are tries, whoever notices: the sweep, or the next worker."""
    for is_swept in (True, False):
        world = World(max_tries=3)
        await world.drop()
        deaths = 0
        for _ in range(20):
            fate = Fate(on="get_bytes")
            await world.deliver(world.process(fate))
            deaths += fate.is_dead
            if is_swept:
                world.queues.waiting.clear()
            world.clock.advance(timedelta(minutes=3).total_seconds())
            if is_swept:
                await world.here.sweep.run()
        job = await world.job()
        assert (job.state, job.reason_code, job.tries, deaths) == (JobState.FAILED, "workerDied", 3, 3)
        assert await world.queues.approximate_length(JOB_QUEUE) == 0
