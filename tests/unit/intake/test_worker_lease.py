"""A worker works while its claim lasts: what it does when it loses it, or is cancelled."""

from __future__ import annotations

import asyncio

import pytest

from shared_code.candidate_data_service import RESULTS_CONTAINER, analysis_version, document_id_of
from shared_code.intake.job_rows import JOBS_TABLE
from shared_code.intake.shift import LostClaimError, Shift
from shared_code.intake.states import JobState
from shared_code.intake.work_store import ANSWERS_CONTAINER, Claim, Held
from shared_code.intake.worker import STALE
from tests.unit.intake.intake_world import CV, LEASE, Fate, World, passed_by

DOCUMENT = document_id_of(CV.encode())


class Alarm:
    """A sleep that ends when it is told to."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self.naps: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.naps.append(seconds)
        await self._rung.wait()
        self._rung.clear()

    def ring(self) -> None:
        self._rung.set()


async def turn_over(times: int = 30) -> None:
    """Let everybody else come to the point where they wait."""
    for _ in range(times):
        await asyncio.sleep(0)


async def claimed(world: World) -> Claim:
    """The document's claim, won by nobody in particular."""
    claim = await world.here.work.claim(DOCUMENT, analysis_version(), "somebody", LEASE)
    assert isinstance(claim, Claim)
    return claim


class Scene:
    """A shift in which a worker waits for something that never comes."""

    def __init__(self, world: World, claim: Claim) -> None:
        self.alarm = Alarm()
        self.shift = Shift(world.here.work, claim, LEASE, self.alarm)
        self.outcome: BaseException | str = "none"
        self.leftover_cancellations = -1

    async def play(self) -> None:
        try:
            async with self.shift.kept_alive():
                await asyncio.Event().wait()
        except BaseException as error:
            self.outcome = error
            task = asyncio.current_task()
            assert task is not None
            self.leftover_cancellations = task.cancelling()
            if isinstance(error, asyncio.CancelledError):
                raise


class TestShift:
    async def test_a_claim_is_renewed_three_times_per_lease(self) -> None:
        """However long the work takes, nobody else gets it."""
        world = World()
        scene = Scene(world, await claimed(world))
        playing = asyncio.create_task(scene.play())
        for _ in range(9):
            await turn_over()
            world.clock.advance(LEASE / 3)
            scene.alarm.ring()
        await turn_over()
        assert set(scene.alarm.naps) == {LEASE / 3}
        assert isinstance(await world.here.work.claim(DOCUMENT, analysis_version(), "other", LEASE), Held)
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)

    async def test_a_lost_claim_ends_the_work_and_leaves_no_cancellation_behind(self) -> None:
        """What the worker does afterwards is not cancelled."""
        world = World()
        scene = Scene(world, await claimed(world))
        playing = asyncio.create_task(scene.play())
        await turn_over()
        await world.here.work.forget(DOCUMENT)
        scene.alarm.ring()
        await playing
        assert isinstance(scene.outcome, LostClaimError)
        assert scene.leftover_cancellations == 0

    @pytest.mark.parametrize("is_host_first", [True, False])
    async def test_a_cancellation_that_coincides_with_the_loss_is_not_swallowed(
        self, is_host_first: bool
    ) -> None:
        """Both cancel the task before it runs again: the host's counts."""
        world = World()
        scene = Scene(world, await claimed(world))
        playing = asyncio.create_task(scene.play())
        await turn_over()
        await world.here.work.forget(DOCUMENT)
        if is_host_first:
            playing.cancel()
            scene.alarm.ring()
        else:
            scene.alarm.ring()
            await passed_by(playing.cancelling)
            playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing
        assert playing.cancelled()

    async def test_a_cancellation_while_the_shift_ends_is_not_swallowed(self) -> None:
        """The renewal takes its time to end, and the host cancels just then."""
        world = World()
        ending = asyncio.Event()

        async def slow_to_end(_: float) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ending.set()
                await turn_over(5)

        shift = Shift(world.here.work, await claimed(world), LEASE, slow_to_end)

        async def work() -> str:
            async with shift.kept_alive():
                await turn_over(3)
            return "done"

        working = asyncio.create_task(work())
        await ending.wait()
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working

    async def test_a_timeout_around_the_shift_still_is_one(self) -> None:
        """The host's ``asyncio.timeout`` recognises its own cancellation."""
        world = World()
        scene = Scene(world, await claimed(world))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await scene.play()

    async def test_a_loss_within_an_outer_cancellation_is_told_apart(self) -> None:
        """A task that works on after an earlier cancellation still learns of the loss."""
        world = World()
        scene = Scene(world, await claimed(world))

        async def stubborn() -> None:
            with pytest.raises(asyncio.CancelledError):
                await asyncio.Event().wait()
            await scene.play()

        playing = asyncio.create_task(stubborn())
        await turn_over()
        playing.cancel()
        await turn_over()
        await world.here.work.forget(DOCUMENT)
        scene.alarm.ring()
        await playing
        assert isinstance(scene.outcome, LostClaimError)

    async def test_a_renewal_that_fails_is_tried_again(self) -> None:
        """The lease lasts for two more."""
        world = World()
        claim = await claimed(world)
        fate = Fate(at=1, is_outage=True)
        process = world.process(fate)
        alarm = Alarm()
        shift = Shift(process.work, claim, LEASE, alarm)
        async with shift.kept_alive():
            for _ in range(3):
                await turn_over()
                alarm.ring()
            await turn_over()
        assert fate.operations == 3

    async def test_a_renewal_meets_a_marker_without_harm(self) -> None:
        """The finished claim is not lost: the work goes to its end."""
        world = World()
        alarm = Alarm()
        shift = Shift(world.here.work, await claimed(world), LEASE, alarm)
        async with shift.kept_alive():
            await turn_over()
            await shift.finish()
            alarm.ring()
            await turn_over()
        assert shift.is_finished


class TestWorker:
    async def test_a_cancelled_worker_gives_its_document_back_at_once(self) -> None:
        """Before the lease ends, and without having used up a try; the cancellation goes on."""
        world = World()
        await world.drop()
        message = world.queues.take()
        assert message is not None
        reached = asyncio.Event()

        async def hang() -> None:
            reached.set()
            await asyncio.Event().wait()

        world.model.on_call = hang
        working = asyncio.create_task(world.process().worker.work_on(message))
        await reached.wait()
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
        world.model.on_call = None
        assert not [row for row in world.tables.rows(JOBS_TABLE) if row["RowKey"].startswith("work_")]
        assert await world.here.worker.work_on(message) == JobState.DONE
        assert (await world.job()).tries == 0

    @pytest.mark.parametrize("at", range(1, 18))
    async def test_a_cancellation_at_any_operation_leaves_a_job_that_is_done_once(self, at: int) -> None:
        """Whether it came before the claim, or after the marker."""
        world = World()
        await world.drop()
        message = world.queues.take()
        assert message is not None
        process = world.process()
        working = asyncio.create_task(process.worker.work_on(message))
        await passed_by(lambda: process.fate.operations >= at or working.done())
        working.cancel()
        [outcome] = await asyncio.gather(working, return_exceptions=True)
        assert isinstance(outcome, asyncio.CancelledError) or outcome == JobState.DONE
        lost = world.model.paid.total() - len(await world.files(ANSWERS_CONTAINER))
        world.queues.show(message, 0)
        await world.settle()
        job = await world.job()
        assert (job.state, job.tries) == (JobState.DONE, 0)
        assert world.model.paid.total() == 3 + lost

    async def test_a_worker_that_was_overtaken_leaves_the_job_to_the_other(self) -> None:
        """It stood still for longer than its lease; one result, one marker, no error."""
        world = World()
        await world.drop()
        message = world.queues.take()
        assert message is not None
        overtaking = asyncio.Lock()

        async def overtake() -> None:
            world.model.on_call = None
            async with overtaking:
                world.clock.advance(200)
                assert await world.process().worker.work_on(message) == JobState.DONE

        world.model.on_call = overtake
        slow = world.process()
        assert await slow.worker.work_on(message) == STALE
        assert (await world.job()).state is JobState.DONE
        assert "finished" in [row["state"] for row in world.tables.rows(JOBS_TABLE)]
        written = [call for call in slow.fate.log if call == "put_json"]
        assert len(written) == 3, "answers, and no second result"
        assert await world.files(RESULTS_CONTAINER) == [f"{DOCUMENT}.json"]
