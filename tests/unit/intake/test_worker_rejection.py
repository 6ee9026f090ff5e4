"""A file that cannot become a result leaves its reason and its original, whatever happens meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_code import errors
from shared_code.candidate_data_service import REJECTED_CONTAINER, document_id_of
from shared_code.intake.job import INBOX_CONTAINER, Job
from shared_code.intake.states import JobState
from shared_code.intake.submission import rejected_blob_name, rejection_blob_name
from tests.unit.intake.intake_world import CV, LIMIT, DiedError, Fate, World
from tests.unit.intake.test_worker import failing

BROKEN = b"%PDF-1.7 nothing"
DOCUMENT = document_id_of(BROKEN)
KEPT = [f"{DOCUMENT}/broken.pdf", f"{DOCUMENT}/reason.json"]


async def dropped(content: bytes = BROKEN, name: str = "broken.pdf") -> World:
    """A world with that file in its inbox."""
    world = World()
    await world.drop(name, content)
    return world


async def assert_rejected(world: World, code: str = "corrupt") -> Job:
    """Reason and original are kept, the inbox is empty, the job says so, and nobody was paid."""
    job = await world.job("broken.pdf", BROKEN)
    assert (job.state, job.reason_code) == (JobState.REJECTED, code)
    assert await world.files(REJECTED_CONTAINER) == KEPT
    assert await world.files(INBOX_CONTAINER) == []
    reason = await world.blobs.get_json(REJECTED_CONTAINER, rejection_blob_name(DOCUMENT))
    assert reason is not None
    assert reason["reason"] == {"code": job.reason_code, "message": job.reason}
    assert world.model.asked == 0
    return job


async def test_a_broken_file_is_rejected_at_once() -> None:
    """With its original beside the reason."""
    world = await dropped()
    assert await world.deliver() == JobState.REJECTED
    await assert_rejected(world)


@pytest.mark.parametrize("happened", [False, True], ids=["before", "answer-lost"])
@pytest.mark.parametrize("is_outage", [False, True], ids=["crash", "outage"])
async def test_an_interruption_between_any_two_steps_is_mended_by_the_next_try(
    happened: bool, is_outage: bool
) -> None:
    """Before and after the reason, the move and the row."""
    for at in range(1, 40):
        world = await dropped()
        fate = Fate(at, happened, is_outage)
        await world.deliver(world.process(fate))
        if fate.operations < at:
            break
        await world.settle()
        job = await assert_rejected(world)
        assert job.tries <= (0 if is_outage else 1)
    else:
        raise AssertionError("The worker never came through")


async def test_a_file_that_was_dropped_again_begins_anew() -> None:
    """And its old reason is gone before the new analysis."""
    world = await dropped(CV.encode(), "cv.txt")
    assert await world.deliver(failing(world, lambda: errors.RefusalError("-"))) == JobState.REJECTED
    await world.drop()
    assert await world.deliver() == JobState.DONE
    assert rejection_blob_name(document_id_of(CV.encode())) not in await world.files(REJECTED_CONTAINER)
    job = await world.job()
    assert (job.state, job.tries, job.waits, job.reason) == (JobState.DONE, 0, 0, None)


async def test_a_file_over_the_limit_is_rejected_without_being_fetched() -> None:
    """And moved all the same."""
    content = b"x" * (LIMIT + 1)
    world = await dropped(content, "large.txt")
    assert await world.deliver() == JobState.REJECTED
    assert (await world.job("large.txt", content)).reason_code == "tooLarge"
    assert f"{document_id_of(content)}/large.txt" in await world.files(REJECTED_CONTAINER)


async def test_a_file_that_was_taken_away_fails() -> None:
    """Nobody can analyse it; dropped again, it begins anew."""
    world = await dropped(CV.encode(), "cv.txt")
    await world.blobs.delete(INBOX_CONTAINER, "cv.txt")
    assert await world.deliver() == JobState.FAILED
    assert (await world.job()).reason_code == "fileMissing"
    await world.drop()
    assert await world.deliver() == JobState.DONE


async def test_a_file_that_was_replaced_fails_and_the_new_one_is_analysed() -> None:
    """The new one has a job of its own."""
    world = await dropped(b"An earlier CV", "cv.txt")
    await world.drop("cv.txt")
    await world.settle()
    assert (await world.job("cv.txt", b"An earlier CV")).reason_code == "replaced"
    assert (await world.job("cv.txt")).state is JobState.DONE


async def test_a_file_that_is_replaced_while_it_is_rejected_stays() -> None:
    """The new file is not moved away under the old one's name."""
    world = await dropped(CV.encode(), "cv.txt")
    other = b"Another CV"

    def refuse() -> BaseException:
        world.blobs._blobs[INBOX_CONTAINER, "cv.txt"] = other
        return errors.RefusalError("-")

    assert await world.deliver(failing(world, refuse)) == JobState.REJECTED
    assert await world.blobs.get_bytes(INBOX_CONTAINER, "cv.txt", LIMIT) == other
    assert await world.files(REJECTED_CONTAINER) == [rejection_blob_name(document_id_of(CV.encode()))]


async def test_the_original_never_takes_the_reasons_place() -> None:
    """A file may be called as the reason is."""
    world = await dropped(BROKEN, "inbox/reason.json")
    assert await world.deliver() == JobState.REJECTED
    job = await world.job("inbox/reason.json", BROKEN)
    assert len({rejection_blob_name(DOCUMENT), rejected_blob_name(job)}) == 2
    assert await world.files(REJECTED_CONTAINER) == [f"{DOCUMENT}/file/reason.json", KEPT[1]]
    assert rejected_blob_name(replace(job, blob_name="a/b.pdf")) == f"{DOCUMENT}/b.pdf"


async def test_a_second_name_of_a_rejected_content_is_rejected_with_the_same_reason() -> None:
    """Each has a job; both can be put back."""
    world = await dropped()
    await world.drop("second.pdf", BROKEN)
    await world.settle()
    reasons = {(await world.job(name, BROKEN)).reason for name in ("broken.pdf", "second.pdf")}
    assert len(reasons) == 1
    assert await world.files(REJECTED_CONTAINER) == [*KEPT, f"{DOCUMENT}/second.pdf"]


async def test_a_dead_workers_moved_file_is_no_missing_file() -> None:
    """It died between the move and the job's row."""
    world = await dropped()
    message = world.queues.take()
    assert message is not None
    with pytest.raises(DiedError):
        await world.process(Fate(on="move", happened=True)).worker.work_on(message)
    assert (await world.job("broken.pdf", BROKEN)).state is JobState.PROCESSING
    await world.settle()
    await assert_rejected(world)


@pytest.mark.parametrize("operation", ["put_json", "move"])
async def test_a_rejection_that_storage_refuses_waits_like_anything_else(operation: str) -> None:
    """The host's few deliveries are not spent on it."""
    world = await dropped()
    assert await world.deliver(world.process(Fate(on=operation, is_outage=True))) == JobState.WAITING
    assert (await world.job("broken.pdf", BROKEN)).reason_code == "storage"
    await world.settle()
    await assert_rejected(world)
