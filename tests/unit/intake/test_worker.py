"""One message, one analysis: what a worker does with messages, and what an error makes of a job."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared_code import errors
from shared_code.audited_call import KeptAnswers
from shared_code.candidate_data_service import CandidateDataService, Cv, document_id_of
from shared_code.errors import EngineError
from shared_code.intake.job import JOB_QUEUE
from shared_code.intake.states import LONGEST_DELAY_SECONDS, JobState
from shared_code.intake.work_store import ANSWERS_CONTAINER
from shared_code.intake.worker import STALE, fewest_waits
from shared_code.openai_service import AsyncOpenAIService
from shared_code.settings import OpenAISettings
from tests.unit.intake.intake_world import CV, LEASE, DiedError, Fate, Process, World

RESULT = f"{document_id_of(CV.encode())}.json"


class Failing(CandidateDataService):
    """Reads as ever, and fails to analyse as told."""

    def __init__(self, failure: Callable[[], BaseException]) -> None:
        super().__init__(AsyncOpenAIService(settings=OpenAISettings(endpoint="http://127.0.0.1:9")))
        self._failure = failure

    async def analyse(
        self, cv: Cv, *, correlation_id: str | None = None, kept: KeptAnswers | None = None
    ) -> dict[str, Any]:
        raise self._failure()


def failing(world: World, failure: Callable[[], BaseException]) -> Process:
    """A process whose analyses fail."""
    return world.process(candidates=Failing(failure))


class TestMessages:
    async def test_a_dropped_file_becomes_one_result(self) -> None:
        """Three calls, a job that is done, and an empty queue."""
        world = World()
        await world.drop()
        assert await world.deliver() == JobState.DONE
        job = await world.job()
        assert (job.state, job.attempts, job.tries) == (JobState.DONE, 1, 0)
        assert await world.files("cv-results") == [RESULT]
        assert world.model.asked == 3
        assert await world.queues.approximate_length(JOB_QUEUE) == 0

    async def test_five_deliveries_at_once_are_one_analysis(self) -> None:
        """The others stop, and nothing is left of them once the first is done."""
        world = World()
        await world.drop()
        message = world.queues.take()
        assert message is not None
        outcomes = await asyncio.gather(*(world.process().worker.work_on(message) for _ in range(5)))
        assert sorted(outcomes) == [JobState.DONE, *[STALE] * 4]
        assert world.model.asked == 3
        await world.settle()
        world.clock.advance(600)
        assert await world.deliver() in {None, STALE}
        assert (await world.job()).attempts == 1

    async def test_a_message_that_was_worked_off_is_outdated(self) -> None:
        """However often the host delivers it again."""
        world = World()
        await world.drop()
        message = world.queues.take()
        assert message is not None
        await world.here.worker.work_on(message)
        done = await world.job()
        assert await world.here.worker.work_on(message) == STALE
        assert await world.job() == done

    async def test_two_names_of_one_content_are_two_jobs_and_one_analysis(self) -> None:
        """One analyses; the other waits for it, and is done without paying."""
        world = World()
        await world.drop("a.txt")
        await world.drop("b.txt")
        outcomes = await asyncio.gather(world.deliver(world.process()), world.deliver(world.process()))
        assert sorted(map(str, outcomes)) == [JobState.DONE, JobState.WAITING]
        [waiting] = [job async for job in world.here.jobs.open_jobs()]
        assert (waiting.reason_code, waiting.tries) == ("sameContent", 0)
        await world.settle()
        assert {(await world.job(name)).state for name in ("a.txt", "b.txt")} == {JobState.DONE}
        assert world.model.asked == 3

    async def test_a_waiting_job_goes_on_when_the_other_died(self) -> None:
        """It takes over after the lease, and uses what was answered."""
        world = World()
        await world.drop("a.txt")
        await world.drop("b.txt")
        await world.deliver(world.process(Fate(on="replace_if_unchanged", at=0)))
        world.queues.waiting = [entry for entry in world.queues.waiting if entry[1]["turn"] == 1][-1:]
        await world.settle()
        assert {(await world.job(name)).state for name in ("a.txt", "b.txt")} == {JobState.DONE}
        assert world.model.asked == 3

    @pytest.mark.parametrize("state", [JobState.RECEIVED, JobState.FAILED, JobState.DONE])
    async def test_a_message_that_is_faster_than_its_row_is_not_lost(self, state: JobState) -> None:
        """The worker takes the row along, and its sender finds it done."""
        world = World()
        await world.drop()
        world.queues.waiting.clear()
        outcomes = []
        if state is not JobState.RECEIVED:
            job = await world.here.jobs.change(await world.job(), JobState.PROCESSING)
            assert job is not None
            job = await world.here.jobs.change(job, state, turn=job.turn + 1, version="earlier", tries=4)
        send = world.queues.send

        class Fast:
            """A queue whose messages are worked off before its sender goes on."""

            async def send(self, *args: Any, **keywords: Any) -> None:
                await send(*args, **keywords)
                outcomes.append(await world.deliver())

        world.queues.send = Fast().send  # type: ignore[method-assign]  # the stand-in's own seam
        if state is JobState.RECEIVED:
            await world.drop("new.txt")
            job = await world.job("new.txt")
        else:
            await world.drop()
            job = await world.job()
        assert JobState.DONE in outcomes
        assert (job.state, job.tries) == (JobState.DONE, 0)

    @pytest.mark.parametrize("is_noted", [False, True], ids=["received", "queued"])
    async def test_a_row_that_changes_while_it_is_taken_up_is_looked_at_again(self, is_noted: bool) -> None:
        """The sender writes its row between the worker's look and its claim: the message is the only one."""
        world = World()
        await world.blobs.put_bytes("cv-inbox", "cv.txt", CV.encode(), "text/plain")
        fate = Fate(on="send", happened=True)
        with pytest.raises(DiedError):
            await world.process(fate).submission.register(document_id_of(CV.encode()), "cv.txt")
        if is_noted:
            await world.here.jobs.change(await world.job(), JobState.QUEUED, turn=1)
        insert = world.tables.insert

        async def late_sender(*args: Any) -> Any:
            world.tables.insert = insert  # type: ignore[method-assign]  # the stand-in's own seam
            await world.here.jobs.change(await world.job(), JobState.QUEUED, turn=1)
            return await insert(*args)

        world.tables.insert = late_sender  # type: ignore[method-assign, assignment]  # its own seam
        assert await world.deliver(world.process()) == JobState.DONE

    async def test_a_job_without_row_yet_waits_for_the_same_content(self) -> None:
        """Received, not announced in its row, and its content being analysed by another job."""
        world = World()
        await world.drop("a.txt")
        await world.drop("b.txt")
        first, second = world.queues.take(), world.queues.take()
        assert first is not None
        assert second is not None
        await world.here.jobs.remove(await world.job("b.txt"))
        fate = Fate(on="send", happened=True)
        with pytest.raises(DiedError):
            await world.process(fate).submission.register(document_id_of(CV.encode()), "b.txt")
        assert (await world.job("b.txt")).state is JobState.RECEIVED
        outcomes = await asyncio.gather(world.here.worker.work_on(first), world.here.worker.work_on(second))
        assert tuple(outcomes) == (JobState.DONE, JobState.WAITING)
        await world.settle()
        assert world.model.asked == 3

    async def test_a_repeated_message_of_a_dead_worker_goes_round_until_the_lease_ends(self) -> None:
        """It died after its claim and before its row said so: only the message knows."""
        world = World()
        await world.drop()
        await world.deliver(world.process(Fate(at=2, happened=True)))
        assert (await world.job()).state is JobState.QUEUED
        world.clock.advance(31)
        assert await world.deliver() == STALE
        assert await world.queues.approximate_length(JOB_QUEUE) == 1
        for _ in range(5):
            world.clock.advance(LEASE)
            await world.deliver()
        assert (await world.job()).state is JobState.DONE


WAITS = ("waiting", True)
TRIES = ("waiting", False)
REJECTED = ("rejected", None)


class TestErrors:
    @pytest.mark.parametrize(
        ("failure", "outcome", "code"),
        [
            pytest.param(failure, outcome, code, id=type(failure).__name__)
            for failure, outcome, code in [
                (errors.RateLimitError("-", retry_after_seconds=40), WAITS, "rateLimited"),
                (errors.BudgetExceededError("-", retry_after_seconds=9000), WAITS, "budgetExceeded"),
                (errors.TimeoutError("-"), WAITS, "deadlineExceeded"),
                (errors.AttemptTimeoutError("-"), WAITS, "attemptTimeout"),
                (errors.CircuitBreakerError("-"), WAITS, "circuitOpen"),
                (errors.ModelConnectionError("-"), WAITS, "modelConnection"),
                (errors.ModelServerError("-"), WAITS, "modelServerError"),
                (errors.StorageError("-"), WAITS, "storage"),
                (errors.AuthenticationError("-"), WAITS, "modelAuthentication"),
                (errors.SettingsError("-"), WAITS, "settings"),
                (errors.ModelRetiredError("-"), WAITS, "modelRetired"),
                (errors.DeploymentNotFoundError("-"), WAITS, "deploymentNotFound"),
                (errors.InvalidModelRequestError("-"), TRIES, "modelRejectedRequest"),
                (errors.ValidationError("-"), TRIES, "invalidAnswer"),
                (errors.TruncatedAnswerError("-"), TRIES, "truncatedAnswer"),
                (KeyError("Robin Example"), TRIES, "internal"),
                (errors.RefusalError("-"), REJECTED, "refused"),
                (errors.ContentFilterError("-"), REJECTED, "contentFiltered"),
                (errors.PromptTooLongError("-"), REJECTED, "promptTooLong"),
                (errors.NoTextError("-"), REJECTED, "noText"),
            ]
        ],
    )
    async def test_an_error_decides_over_state_counters_and_delay(
        self, failure: Exception, outcome: tuple[str, bool | None], code: str
    ) -> None:
        """What passes waits for nothing but time; what costs uses up a try; what lies in the file ends."""
        world = World()
        await world.drop()
        state, is_free = outcome
        assert await world.deliver(failing(world, lambda: failure)) == state
        job = await world.job()
        assert (job.state, job.reason_code) == (JobState(state), code)
        assert job.reason
        if is_free is None:
            assert await world.queues.approximate_length(JOB_QUEUE) == 0
            return
        assert (job.tries, job.waits, job.turn) == (0 if is_free else 1, 1, 2)
        retry_after = getattr(failure, "retry_after_seconds", None)
        expected = min(LONGEST_DELAY_SECONDS, 1.05 * retry_after) if retry_after else 3.75
        [(shows_at, message)] = world.queues.waiting
        assert (shows_at - world.clock()).total_seconds() == round(expected)
        assert message == job.message()
        assert job.due_at == world.clock() + timedelta(seconds=expected)

    async def test_waiting_never_uses_up_tries_and_grows_to_an_hour(self) -> None:
        """A night of throttling ends as soon as it is over, with all tries left."""
        world = World()
        await world.drop()
        process, delays = failing(world, lambda: errors.RateLimitError("-")), []
        for _ in range(30):
            assert await world.deliver(process) == JobState.WAITING
            [(shows_at, _)] = world.queues.waiting
            delays.append((shows_at - world.clock()).total_seconds())
            world.clock.now = shows_at
        assert delays == sorted(delays)
        assert delays[0] == 4
        assert delays[-1] == 0.75 * LONGEST_DELAY_SECONDS
        assert await world.deliver() == JobState.DONE
        assert ((await world.job()).tries, (await world.job()).waits) == (0, 0)

    @pytest.mark.parametrize("hours", [24.0, 1.0, None], ids=["day", "hour", "never"])
    async def test_a_job_that_waited_too_long_fails_with_its_reason(self, hours: float | None) -> None:
        """None never gives up."""
        world = World(max_age=None if hours is None else timedelta(hours=hours))
        await world.drop()
        began, process = world.clock(), failing(world, lambda: errors.ModelServerError("Server down."))
        for _ in range(100):
            if await world.deliver(process) != JobState.WAITING:
                break
            world.clock.now = world.queues.waiting[0][0]
        job = await world.job()
        if hours is None:
            assert (job.state, job.waits) == (JobState.WAITING, 100)
            return
        assert (job.state, job.reason_code) == (JobState.FAILED, "modelServerError")
        assert job.reason == "Given up after waiting too long. Server down."
        assert 0 < (world.clock() - began) / timedelta(hours=1) - hours < 1

    async def test_an_old_job_that_a_person_put_back_may_wait_again(self) -> None:
        """Its age is not held against it before it has waited for an hour."""
        world = World(max_age=timedelta(hours=24))
        await world.drop()
        world.clock.advance(3 * 24 * 3600)
        process, began = failing(world, lambda: errors.RateLimitError("-")), world.clock()
        while await world.deliver(process) == JobState.WAITING:
            world.clock.now = world.queues.waiting[0][0]
        assert (await world.job()).state is JobState.FAILED
        assert timedelta(minutes=45) < world.clock() - began < timedelta(minutes=120)
        assert fewest_waits(timedelta(seconds=10)) == 2

    async def test_what_costs_each_time_is_given_up_after_a_few_tries(self) -> None:
        """With the last error as the reason."""
        world = World(max_tries=3)
        await world.drop()
        process = failing(world, lambda: errors.TruncatedAnswerError("Cut off."))
        outcomes = []
        while (outcome := await world.deliver(process)) is not None:
            outcomes.append(outcome)
            world.clock.advance(3600)
        assert outcomes == [JobState.WAITING, JobState.WAITING, JobState.FAILED]
        job = await world.job()
        assert (job.tries, job.reason_code, job.reason) == (3, "truncatedAnswer", "Cut off.")
        assert world.tables.rows("CVJobs")[-1]["RowKey"].startswith("job_"), "the claim is given back"

    async def test_an_unforeseen_error_is_logged_without_its_message(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It may quote the CV."""
        world = World()
        await world.drop()
        await world.deliver(failing(world, lambda: KeyError("Robin Example")))
        assert "KeyError" in caplog.text
        assert "Robin" not in caplog.text
        assert "Robin" not in str((await world.job()).reason)

    async def test_storage_that_fails_while_putting_back_is_the_hosts_to_repeat(self) -> None:
        """The claim is given back, so that the host's next delivery goes on at once, with all tries."""
        world = World()
        await world.drop()
        message = world.queues.take()
        assert message is not None
        process = world.process(
            Fate(on="send", is_outage=True), candidates=Failing(lambda: errors.RateLimitError("-"))
        )
        with pytest.raises(EngineError):
            await process.worker.work_on(message)
        assert (await world.job()).state is JobState.QUEUED
        assert await world.here.worker.work_on(message) == JobState.DONE
        assert (await world.job()).tries == 0

    async def test_a_message_left_over_from_putting_back_does_not_revive_a_finished_job(self) -> None:
        """It was sent, its row was not changed, and the job has ended meanwhile."""
        world = World(max_tries=1)
        await world.drop()
        message = world.queues.take()
        assert message is not None
        fate = Fate(at=7, is_outage=True)
        with pytest.raises(EngineError):
            await world.process(fate, candidates=Failing(lambda: errors.RateLimitError("-"))).worker.work_on(
                message
            )
        assert fate.log[5:7] == ["send", "replace_if_unchanged"], fate.log
        await failing(world, lambda: errors.ValidationError("-")).worker.work_on(message)
        assert (await world.job()).state is JobState.FAILED
        world.clock.advance(60)
        assert await world.deliver() == STALE
        assert (await world.job()).state is JobState.FAILED


class TestGivingUp:
    async def test_a_poisoned_message_marks_its_job(self) -> None:
        """For a person to see, and with a reason."""
        world = World()
        await world.drop()
        message = world.queues.take()
        assert message is not None
        await world.here.worker.give_up(message)
        job = await world.job()
        assert (job.state, job.reason_code) == (JobState.FAILED, "poisoned")
        await world.drop()
        await world.settle()
        assert (await world.job()).state is JobState.DONE
        await world.here.worker.give_up(message)
        assert (await world.job()).state is JobState.DONE

    async def test_a_worker_that_has_the_job_is_not_disturbed(self) -> None:
        """The poisoned message was one too many."""
        world = World()
        await world.drop()
        message = world.queues.take()
        assert message is not None

        async def poison() -> None:
            await world.here.worker.give_up(message)

        world.model.on_call = poison
        assert await world.process().worker.work_on(message) == JobState.DONE

    async def test_finished_work_is_not_given_up(self) -> None:
        """The worker died between the marker and the job's row."""
        world = World()
        await world.drop()
        message = world.queues.take()
        assert message is not None
        with pytest.raises(DiedError):
            await world.process(Fate(at=15)).worker.work_on(message)
        assert (await world.job()).state is JobState.PROCESSING
        await world.here.worker.give_up(message)
        assert (await world.job()).state is JobState.DONE
        assert len(await world.files(ANSWERS_CONTAINER)) == 3
