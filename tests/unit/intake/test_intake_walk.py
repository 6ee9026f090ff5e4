"""Whatever happens in whatever order, every file ends once: a walk through drops, crashes and erasures."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shared_code import errors
from shared_code.candidate_data_service import REJECTED_CONTAINER, RESULTS_CONTAINER, document_id_of
from shared_code.errors import StorageError
from shared_code.intake.job import INBOX_CONTAINER, Job
from shared_code.intake.job_rows import JOB_PREFIX, JOBS_TABLE
from shared_code.intake.retention import CONTAINERS
from shared_code.intake.states import FINISHED_STATES, TRANSITIONS, JobState
from shared_code.intake.submission import rejected_blob_name
from shared_code.intake.work_store import ANSWERS_CONTAINER
from shared_code.storage import Entity
from tests.unit.intake.intake_world import CV, LIMIT, DiedError, Fate, World
from tests.unit.storage.in_memory_storage import InMemoryBlobs, InMemoryTables

CONTENTS = (f"{CV}\nMark one\n".encode(), f"{CV}\nMark two\n".encode(), b"%PDF-1.7 nothing")
NAMES = ("a.txt", "b.txt")
MOODS = {
    "well": lambda: None,
    "throttled": lambda: errors.RateLimitError("scripted", retry_after_seconds=20),
    "down": lambda: errors.ModelServerError("scripted"),
    "confused": lambda: errors.TruncatedAnswerError("scripted"),
    "refusing": lambda: errors.RefusalError("scripted"),
}
AT = st.integers(1, 20)


@dataclass
class WatchedTables(InMemoryTables):
    """Notes every step of every job, and every marker."""

    steps: set[tuple[JobState, JobState]] = field(default_factory=set)
    markers: Counter[str] = field(default_factory=Counter)

    async def replace_if_unchanged(self, table: str, entity: Entity, etag: str) -> str | None:
        key = str(entity["PartitionKey"]), str(entity["RowKey"])
        before = next((row for row in self.rows(table) if (row["PartitionKey"], row["RowKey"]) == key), None)
        written = await super().replace_if_unchanged(table, entity, etag)
        if table == JOBS_TABLE and written is not None and before is not None:
            if key[1].startswith(JOB_PREFIX):
                self.steps.add((JobState(before["state"]), JobState(str(entity["state"]))))
            elif entity["state"] == "finished" != before["state"]:
                self.markers[key[0]] += 1
        return written


@dataclass
class WatchedBlobs(InMemoryBlobs):
    """Notes how often each answer was kept."""

    kept: Counter[str] = field(default_factory=Counter)

    async def put_json(self, container: str, name: str, value: Mapping[str, Any]) -> None:
        await super().put_json(container, name, value)
        if container == ANSWERS_CONTAINER:
            self.kept[name] += 1


class IntakeWalk(RuleBasedStateMachine):
    """A few files, a few names, and everything that may happen to them."""

    @initialize()
    def open(self) -> None:
        self.runner = asyncio.Runner()
        self.tables = WatchedTables()
        self.blobs = WatchedBlobs()
        self.world = World(self.tables, blobs=self.blobs, max_tries=3)
        self.erasures: Counter[str] = Counter()
        self.faults = 0
        self.sent: list[dict[str, Any]] = []

    def run(self, *steps: Coroutine[Any, Any, Any]) -> list[Any]:
        """Do things at once; deaths and outages are part of life, anything else is a fault of the code."""

        async def together() -> list[Any]:
            return await asyncio.gather(*steps, return_exceptions=True)

        outcomes = self.runner.run(together())
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, (DiedError, StorageError)):
                raise outcome
        self.sent += [message for _, message in self.world.queues.waiting if message not in self.sent]
        return outcomes

    def fate(self, at: int, kind: str) -> Fate:
        """Of a process that something happens to."""
        self.faults += 1
        return Fate(at, happened=kind.endswith("after"), is_outage=kind.startswith("outage"))

    @rule(content=st.sampled_from(CONTENTS), name=st.sampled_from(NAMES))
    def drop(self, content: bytes, name: str) -> None:
        self.run(self.world.drop(name, content))

    @rule(
        content=st.sampled_from(CONTENTS),
        name=st.sampled_from(NAMES),
        at=st.integers(1, 10),
        kind=st.sampled_from(["crash before", "crash after", "outage before", "outage after"]),
    )
    def drop_with_a_fault(self, content: bytes, name: str, at: int, kind: str) -> None:
        """The host announces the file again."""
        process = self.world.process(self.fate(at, kind))
        self.run(self.world.blobs.put_bytes(INBOX_CONTAINER, name, content, "text/plain"))
        self.run(process.submission.register(document_id_of(content), name))
        self.run(self.world.here.submission.register(document_id_of(content), name))

    @rule(workers=st.integers(1, 3))
    def deliver(self, workers: int) -> None:
        self.run(*(self.world.deliver(self.world.process()) for _ in range(workers)))

    @rule(at=AT, kind=st.sampled_from(["crash before", "crash after", "outage before", "outage after"]))
    def deliver_with_a_fault(self, at: int, kind: str) -> None:
        self.run(self.world.deliver(self.world.process(self.fate(at, kind))))

    @rule(steps=st.integers(1, 60))
    def cancel(self, steps: int) -> None:
        """The host ends a worker, and shows its message again."""
        message = self.world.queues.take()
        if message is None:
            return
        self.faults += 1

        async def cancelled() -> None:
            working = asyncio.create_task(self.world.process().worker.work_on(message))
            for _ in range(steps):
                await asyncio.sleep(0)
            working.cancel()
            [outcome] = await asyncio.gather(working, return_exceptions=True)
            if isinstance(outcome, BaseException):
                self.world.queues.show(message, 30)
                if not isinstance(outcome, asyncio.CancelledError):
                    raise outcome

        self.run(cancelled())

    @rule(number=st.integers(0, 20))
    def redeliver(self, number: int) -> None:
        """A message of long ago, or one that still waits, shows once more."""
        if self.sent:
            self.world.queues.show(self.sent[number % len(self.sent)], 0)

    @rule(number=st.integers(0, 20))
    def lose(self, number: int) -> None:
        """A message is lost for good."""
        if waiting := self.world.queues.waiting:
            waiting.pop(number % len(waiting))

    @rule(sweeps=st.integers(1, 2))
    def sweep(self, sweeps: int) -> None:
        self.run(*(self.world.process().sweep.run() for _ in range(sweeps)), self.world.deliver())

    @rule(at=AT, kind=st.sampled_from(["crash before", "crash after", "outage before"]))
    def sweep_with_a_fault(self, at: int, kind: str) -> None:
        self.run(self.world.process(self.fate(at, kind)).sweep.run())

    @rule(mood=st.sampled_from(sorted(MOODS)))
    def turn(self, mood: str) -> None:
        """The model's side changes."""
        self.world.model.failure = MOODS[mood]

    @rule(seconds=st.sampled_from([1, 30, 91, 400, 4000]))
    def advance(self, seconds: int) -> None:
        self.world.clock.advance(seconds)

    @rule(content=st.sampled_from(CONTENTS), is_under_a_worker=st.booleans())
    def erase(self, content: bytes, is_under_a_worker: bool) -> None:
        """Alone, or while workers are at it."""
        document_id = document_id_of(content)
        self.erasures[document_id] += 1
        self.run(
            *([self.world.deliver(), self.world.deliver()] if is_under_a_worker else []),
            self.world.process().erasure.erase(document_id),
        )

    @rule(content=st.sampled_from(CONTENTS), at=AT, is_after=st.booleans())
    def erase_with_a_fault(self, content: bytes, at: int, is_after: bool) -> None:
        """A person repeats it until it says that it is done."""
        self.erasures[document_id_of(content)] += 2
        fate = self.fate(at, "crash after" if is_after else "crash before")
        self.run(self.world.process(fate).erasure.erase(document_id_of(content)))
        self.run(self.world.here.erasure.erase(document_id_of(content)))

    @rule(content=st.sampled_from(CONTENTS), name=st.sampled_from(NAMES))
    def retry(self, content: bytes, name: str) -> None:
        """A person puts a job back, as the command line does."""

        async def put_back() -> None:
            for job in await self.world.here.jobs.jobs_of(document_id_of(content)):
                if job.blob_name == name and job.state in {JobState.FAILED, JobState.REJECTED}:
                    if not await self.world.blobs.exists(INBOX_CONTAINER, name):
                        await self.world.blobs.move(
                            REJECTED_CONTAINER, rejected_blob_name(job), INBOX_CONTAINER, name
                        )
                    await self.world.here.submission.announce(job)

        self.run(put_back())

    @invariant()
    def every_step_is_allowed(self) -> None:
        for before, after in getattr(self, "tables", WatchedTables()).steps:
            assert after in TRANSITIONS[before], (before, after)

    @invariant()
    def nothing_is_done_or_paid_twice(self) -> None:
        """But after an erasure, and for answers that a fault kept from being kept."""
        if not hasattr(self, "world"):
            return
        for name, times in self.blobs.kept.items():
            assert times <= 1 + self.erasures[name.partition("/")[0]], name
        for document_id, times in self.tables.markers.items():
            assert times <= 1 + self.erasures[document_id]
        lost = self.world.model.paid.total() - self.blobs.kept.total()
        assert lost <= 3 * self.faults

    def teardown(self) -> None:
        """Faults end, time goes on: every job ends, and what is done has its one result."""
        if not hasattr(self, "world"):
            return
        self.world.model.failure = MOODS["well"]
        try:
            self.run(self.world.settle())
            self.runner.run(self._check_the_end())
        finally:
            self.runner.close()

    async def _check_the_end(self) -> None:
        with suppress(StopAsyncIteration):
            await anext(self.world.here.jobs.open_jobs())
            raise AssertionError("A job is open")
        results = await self.world.files(RESULTS_CONTAINER)
        for content in CONTENTS:
            document_id = document_id_of(content)
            jobs: list[Job] = await self.world.here.jobs.jobs_of(document_id)
            assert all(job.state in FINISHED_STATES for job in jobs)
            if any(job.state is JobState.DONE for job in jobs):
                assert f"{document_id}.json" in results
            if not jobs:
                await self._check_nothing_is_left(document_id)
            for job in jobs:
                if job.state is JobState.REJECTED:
                    assert job.reason_code

    async def _check_nothing_is_left(self, document_id: str) -> None:
        for container in CONTAINERS:
            for name in await self.world.files(container):
                assert not name.startswith(document_id), name
                if container == INBOX_CONTAINER:
                    content = await self.world.blobs.get_bytes(container, name, LIMIT)
                    assert content is None or document_id_of(content) != document_id


TestIntakeWalk = IntakeWalk.TestCase
TestIntakeWalk.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
