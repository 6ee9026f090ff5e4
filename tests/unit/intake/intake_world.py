"""A whole intake in memory: one storage, workers that may die at any of its operations, and a clock."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from local.openai_emulator.cv_reader import answer as read_cv
from shared_code.accounting.usage import Usage
from shared_code.audited_call import KeptAnswers
from shared_code.backends.contract import ChatAnswer, ChatRequest
from shared_code.candidate_data_service import CandidateDataService, Cv, analysis_version, document_id_of
from shared_code.documents import DocumentLimits, read_document
from shared_code.errors import StorageError
from shared_code.intake.erasure import Erasure
from shared_code.intake.job import INBOX_CONTAINER, JOB_QUEUE, Job, job_id_of
from shared_code.intake.job_store import JobStore
from shared_code.intake.retention import Retention
from shared_code.intake.submission import Submission
from shared_code.intake.sweep import Sweep, SweepLimits
from shared_code.intake.work_store import WorkStore
from shared_code.intake.worker import JobWorker, WorkerLimits
from shared_code.openai_client import OpenAIClient
from shared_code.openai_service import AsyncOpenAIService
from shared_code.settings import OpenAISettings
from tests.fakes import FakeClock
from tests.unit.intake.eventful_tables import WallClock
from tests.unit.storage.in_memory_storage import InMemoryBlobs, InMemoryQueues, InMemoryTables

LEASE = 60.0
LIMIT = 100_000
REDELIVERY_SECONDS = 30.0
CV = """Robin Example
Site Manager
robin.example@example.com | +44 7700 900321 | Leeds, United Kingdom

Experience

Site Manager, Fernwood Builders, Leeds
03/2019 - present
- Led a team of 12.

Skills
Scheduling, AutoCAD
"""


class HostQueue(InMemoryQueues):
    """The queue as the host reads it: messages show when their time has come, and stay until worked off."""

    def __init__(self, clock: WallClock) -> None:
        super().__init__()
        self._clock = clock
        self.waiting: list[tuple[datetime, dict[str, Any]]] = []
        self.in_work = 0

    async def send(
        self, queue: str, message: Mapping[str, Any], *, visibility_timeout_seconds: int | None = None
    ) -> None:
        await super().send(queue, message, visibility_timeout_seconds=visibility_timeout_seconds)
        self.show(dict(message), visibility_timeout_seconds or 0)

    async def approximate_length(self, queue: str) -> int:
        assert queue == JOB_QUEUE
        return len(self.waiting) + self.in_work

    def show(self, message: dict[str, Any], seconds: float) -> None:
        """Let a message show after some time."""
        self.waiting.append((self._clock() + timedelta(seconds=seconds), message))

    def take(self) -> dict[str, Any] | None:
        """The first message that shows by now."""
        due = [entry for entry in sorted(self.waiting, key=lambda e: e[0]) if entry[0] <= self._clock()]
        if not due:
            return None
        self.waiting.remove(due[0])
        return due[0][1]


class DiedError(BaseException):
    """The process is gone: nothing of it happens after this."""


@dataclass
class Fate:
    """When a process dies, or storage fails it: at its n-th operation, before it or after it happened.

    Or at the first operation called ``on``.
    """

    at: int = 0
    happened: bool = False
    is_outage: bool = False
    on: str = ""
    operations: int = 0
    is_dead: bool = False
    log: list[str] = field(default_factory=list)

    async def meet(self, name: str, operation: Callable[[], Any]) -> Any:
        """Let an operation happen, or not."""
        await asyncio.sleep(0)
        if self.is_dead:
            raise DiedError
        self.operations += 1
        self.log.append(name)
        is_fatal = self.operations == self.at or name == self.on
        if not is_fatal or self.happened:
            result = await operation()
            if self.is_dead:
                raise DiedError
        if not is_fatal:
            return result
        if self.is_outage:
            raise StorageError("scripted")
        self.is_dead = True
        raise DiedError


class Mortal:
    """A store as one process sees it."""

    def __init__(self, store: Any, fate: Fate) -> None:
        self._store = store
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name in {"query", "names"}:
            return lambda *args, **keywords: self._listed(name, lambda: method(*args, **keywords))
        return lambda *args, **keywords: self._fate.meet(name, lambda: method(*args, **keywords))

    async def _listed(self, name: str, listing: Callable[[], AsyncIterator[Any]]) -> AsyncIterator[Any]:
        async def all_of() -> list[Any]:
            return [entry async for entry in listing()]

        for entry in await self._fate.meet(name, all_of):
            yield entry


class InlineReader(CandidateDataService):
    """Reads files without a thread, so that what happens at once happens in the same order each time."""

    async def read(
        self,
        content: bytes,
        *,
        media_type: str | None = None,
        filename: str | None = None,
        kept: KeptAnswers | None = None,
    ) -> Cv:
        document = read_document(content, media_type=media_type, filename=filename, limits=DocumentLimits())
        return Cv(document_id_of(content), document)


class Model:
    """Reads the CV; counts what it was paid for; fails as it is told."""

    name = "reading"

    def __init__(self, failure: Callable[[], BaseException | None] = lambda: None) -> None:
        self.failure = failure
        self.asked = 0
        self.paid: Counter[str] = Counter()
        self.on_call: Callable[[], Any] | None = None

    async def complete(self, request: ChatRequest, deployment: str, timeout_seconds: float) -> ChatAnswer:
        assert request.output_schema is not None
        self.asked += 1
        if self.on_call is not None:
            await self.on_call()
        await asyncio.sleep(0)
        if (failure := self.failure()) is not None:
            raise failure
        mark = re.search(r"Mark (\w+)", request.messages[1].content)
        self.paid[f"{mark[1] if mark else ''} {request.output_schema.name}"] += 1
        content = json.dumps(read_cv(request.output_schema.name, CV))
        return ChatAnswer(content, "stop", False, Usage(1000, 0, 100), "gpt-4.1-mini", None)

    async def aclose(self) -> None:
        return None


async def passed_by(is_so: Callable[[], object]) -> None:
    """Let everybody else go on until something is so."""
    while not is_so():  # noqa: ASYNC110  (it is others' steps that are counted, not events)
        await asyncio.sleep(0)


async def never(_: float) -> None:
    """A sleep that only a cancellation ends."""
    await asyncio.Event().wait()


@dataclass
class Process:
    """One instance of the app."""

    fate: Fate
    jobs: JobStore
    work: WorkStore
    submission: Submission
    worker: JobWorker
    sweep: Sweep
    erasure: Erasure
    retention: Retention


class World:
    """One storage account, its clock, and the processes that share it."""

    def __init__(
        self,
        tables: InMemoryTables | None = None,
        *,
        blobs: InMemoryBlobs | None = None,
        max_tries: int = 5,
        max_age: timedelta | None = None,
    ) -> None:
        self.clock = WallClock()
        self.tables = tables or InMemoryTables()
        self.blobs = blobs or InMemoryBlobs()
        self.queues = HostQueue(self.clock)
        self.model = Model()
        self.max_tries = max_tries
        self.max_age = max_age
        self.here = self.process()

    def process(
        self,
        fate: Fate | None = None,
        *,
        candidates: CandidateDataService | None = None,
        sleep: Callable[[float], Awaitable[None]] = never,
    ) -> Process:
        """Another instance of the app, with its own fate and its own guards."""
        fate = fate or Fate()
        # Any: a Mortal has the methods of the store it stands for.
        tables, blobs, queues = _seen_by(fate, self.tables, self.blobs, self.queues)
        jobs = JobStore(tables, self.clock)
        work = WorkStore(tables, blobs, self.clock)
        clock = _ProcessClock(self.clock)
        settings = OpenAISettings(
            endpoint="http://127.0.0.1:9", max_attempts=1, enable_fallback=False, requests_per_minute=1000
        )
        client = OpenAIClient(settings, _MortalModel(self.model, fate), clock=clock, sleep=clock.sleep)
        candidates = candidates or InlineReader(
            AsyncOpenAIService(client=client), today=lambda: date(2026, 11, 15)
        )
        limits = WorkerLimits(LIMIT, self.max_tries, self.max_age, LEASE, keeping_pauses_seconds=())
        submission = Submission(jobs, blobs, queues, analysis_version(), clock=self.clock)
        erasure = Erasure(jobs, work, blobs, LIMIT)
        return Process(
            fate,
            jobs,
            work,
            submission,
            JobWorker(
                jobs,
                work,
                candidates,
                blobs,
                queues,
                limits,
                clock=self.clock,
                sleep=sleep,
                uniform=lambda: 0.5,
            ),
            Sweep(
                jobs,
                work,
                queues,
                submission,
                SweepLimits(self.max_tries, timedelta(seconds=LEASE), timedelta(seconds=2 * LEASE)),
                clock=self.clock,
            ),
            erasure,
            Retention(
                jobs,
                erasure,
                blobs,
                tables,
                max_document_bytes=LIMIT,
                keep_documents=timedelta(days=180),
                keep_audit_rows=timedelta(days=730),
                clock=self.clock,
            ),
        )

    # -- files ------------------------------------------------------------------------------------

    async def drop(self, name: str = "cv.txt", content: bytes = CV.encode()) -> Job:
        """A file in the inbox, registered."""
        await self.blobs.put_bytes(INBOX_CONTAINER, name, content, "text/plain")
        self.blobs.changed[INBOX_CONTAINER, name] = self.clock()
        return await self.here.submission.register(document_id_of(content), name)

    async def job(self, name: str = "cv.txt", content: bytes = CV.encode()) -> Job:
        """The job as it is stored; it must be there."""
        document_id = document_id_of(content)
        found = await self.here.jobs.get(document_id, job_id_of(document_id, name))
        assert found is not None
        return found

    async def files(self, container: str) -> list[str]:
        """What a container holds."""
        return [entry.name async for entry in self.blobs.names(container)]

    # -- the queue --------------------------------------------------------------------------------

    async def deliver(self, process: Process | None = None) -> str | None:
        """Work off one message as the host does; None where there is none, or its worker died."""
        message = self.queues.take()
        if message is None:
            return None
        self.queues.in_work += 1
        try:
            return await (process or self.here).worker.work_on(message)
        except (StorageError, DiedError):
            self.queues.show(message, REDELIVERY_SECONDS)
            return None
        finally:
            self.queues.in_work -= 1

    async def settle(self, rounds: int = 60) -> None:
        """Let time pass, work off what shows and sweep, until every job is finished."""
        for _ in range(rounds):
            while await self.deliver() is not None:
                pass
            if not [job async for job in self.here.jobs.open_jobs()]:
                return
            self.clock.advance(121)
            with suppress(StorageError):
                await self.here.sweep.run()
            self.clock.advance(1)
        raise AssertionError("A job is stuck")


class _ProcessClock(FakeClock):
    """A process's own seconds, which pass with the time of day as well: a breaker closes again."""

    def __init__(self, wall: WallClock) -> None:
        super().__init__()
        self._wall, self._began = wall, wall()

    def __call__(self) -> float:
        return self.now + (self._wall() - self._began).total_seconds()


def _seen_by(fate: Fate, *stores: Any) -> list[Any]:
    return [Mortal(store, fate) for store in stores]


class _MortalModel:
    """The model as one process sees it: whoever is dead asks nobody."""

    name = "reading"

    def __init__(self, model: Model, fate: Fate) -> None:
        self._model = model
        self._fate = fate

    async def complete(self, request: ChatRequest, deployment: str, timeout_seconds: float) -> ChatAnswer:
        if self._fate.is_dead:
            raise DiedError
        answer = await self._model.complete(request, deployment, timeout_seconds)
        if self._fate.is_dead:
            raise DiedError
        return answer

    async def aclose(self) -> None:
        return None
