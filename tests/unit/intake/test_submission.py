"""A file gets in once, however often it is announced, and anew when it was dropped again."""

from __future__ import annotations

import asyncio

import pytest

from shared_code.candidate_data_service import document_id_of
from shared_code.errors import StorageError
from shared_code.intake.job import INBOX_CONTAINER, JOB_QUEUE
from shared_code.intake.states import JobState
from shared_code.intake.submission import posted_blob_name
from tests.unit.intake.intake_world import CV, LIMIT, Fate, World

DOCUMENT = document_id_of(CV.encode())


@pytest.fixture
def world() -> World:
    """New and empty."""
    return World()


async def test_a_file_becomes_one_job_and_one_message(world: World) -> None:
    """The message names the job and its turn."""
    job = await world.drop()
    assert job == await world.job()
    assert (job.state, job.turn, job.attempts) == (JobState.QUEUED, 1, 0)
    assert [message for _, message in world.queues.waiting] == [job.message()]


async def test_announcing_a_file_again_changes_nothing(world: World) -> None:
    """Neither while it waits nor once it is done."""
    queued = await world.drop()
    assert await world.drop() == queued
    assert len(world.queues.waiting) == 1
    await world.deliver()
    done = await world.job()
    assert await world.drop() == done
    assert await world.queues.approximate_length(JOB_QUEUE) == 0


async def test_five_announcements_at_once_are_one_job_and_one_analysis(world: World) -> None:
    """Whoever finds it without a message may send one too many."""
    await world.blobs.put_bytes(INBOX_CONTAINER, "cv.txt", CV.encode(), "text/plain")
    await asyncio.gather(*(world.process().submission.register(DOCUMENT, "cv.txt") for _ in range(5)))
    assert len(await world.here.jobs.jobs_of(DOCUMENT)) == 1
    await world.settle()
    assert (world.model.asked, (await world.job()).attempts) == (3, 1)


@pytest.mark.parametrize("state", [JobState.REJECTED, JobState.FAILED, JobState.DONE])
async def test_a_finished_job_begins_anew_when_its_file_is_dropped_again(
    world: World, state: JobState
) -> None:
    """Rejected, given up, or done by earlier assistants: with new counters and without the old reason."""
    await world.drop()
    message = world.queues.take()
    assert message is not None
    begun = await world.here.jobs.change(await world.job(), JobState.PROCESSING, attempts=3, tries=4)
    assert begun is not None
    await world.here.jobs.change(begun, state, version="earlier", reason_code="-", reason="-")
    job = await world.drop()
    assert (job.state, job.turn) == (JobState.QUEUED, 2)
    assert (job.tries, job.waits, job.reason_code, job.reason) == (0, 0, None, None)
    assert await world.deliver() == JobState.DONE


async def test_a_job_that_was_never_announced_is_announced(world: World) -> None:
    """Its sender died after it had added it."""
    fate = Fate(on="send", is_outage=True)
    await world.blobs.put_bytes(INBOX_CONTAINER, "cv.txt", CV.encode(), "text/plain")
    with pytest.raises(StorageError):
        await world.process(fate).submission.register(DOCUMENT, "cv.txt")
    assert (await world.job()).state is JobState.RECEIVED
    await world.drop()
    assert await world.deliver() == JobState.DONE


async def test_a_posted_file_stands_in_the_inbox_before_it_is_registered(world: World) -> None:
    """Interrupted anywhere, posting it again gives one result."""
    name = posted_blob_name(DOCUMENT, ".TXT")
    assert name == f"posted/{DOCUMENT}.txt"
    for at in range(1, 40):
        world = World()
        fate = Fate(at, is_outage=True)
        try:
            await world.process(fate).submission.submit(CV.encode(), DOCUMENT, name, "text/plain")
        except StorageError:
            await world.here.submission.submit(CV.encode(), DOCUMENT, name, "text/plain")
        assert await world.blobs.get_bytes(INBOX_CONTAINER, name, LIMIT) == CV.encode()
        await world.settle()
        assert (await world.job(name)).state is JobState.DONE
        assert world.model.asked == 3
        if fate.operations < at:
            break
    else:
        raise AssertionError("The submission never came through")


async def test_posting_what_is_known_writes_no_file(world: World) -> None:
    """The inbox keeps what it has; a job that ended badly gets its file back."""
    name = posted_blob_name(DOCUMENT, ".txt")
    await world.here.submission.submit(CV.encode(), DOCUMENT, name, "text/plain")
    await world.blobs.delete(INBOX_CONTAINER, name)
    await world.here.submission.submit(CV.encode(), DOCUMENT, name, "text/plain")
    assert await world.files(INBOX_CONTAINER) == []
    assert await world.deliver() == JobState.FAILED
    await world.here.submission.submit(CV.encode(), DOCUMENT, name, "text/plain")
    assert await world.deliver() == JobState.DONE
