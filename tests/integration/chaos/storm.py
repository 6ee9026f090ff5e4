"""A storm over the intake: what is handed in, what is done to the system meanwhile, and what is left."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, Final

import aiohttp

from shared_code.accounting.call_log import calls_between
from shared_code.accounting.cost_records import COST_RECORD_TABLE, derive_cost_records
from shared_code.ai_call_logger import CallRow
from shared_code.candidate_data_service import REJECTED_CONTAINER, RESULTS_CONTAINER
from shared_code.errors import StorageError
from shared_code.intake.job import INBOX_CONTAINER, JOB_QUEUE, Job
from shared_code.intake.states import JobState
from shared_code.intake.submission import posted_blob_name
from shared_code.storage import Condition, StorageAccount
from tests.integration.chaos.cvs import CvFile, cv_files
from tests.integration.chaos.system import Disturbance, System, running_system

HOST_KILLED, STORAGE_AWAY, MODEL_AWAY = "host killed", "storage away", "model away"
LATENCY = "600:0:300"
# Each request draws at most one; together they are a third.
WEATHER: Final[tuple[Mapping[str, Any], ...]] = (
    {"rate": 0.04, "kind": "status", "status": 429, "headers": {"retry-after": "1"}},
    {"rate": 0.07, "kind": "status", "status": 500},
    {"rate": 0.05, "kind": "status", "status": 503},
    {"rate": 0.03, "kind": "silence"},
    {"rate": 0.05, "kind": "close_before_headers"},
    {"rate": 0.05, "kind": "reset_before_headers"},
    {"rate": 0.04, "kind": "close_mid_body"},
)
# Short leases and delays, so that what was interrupted goes on within seconds.
SETTINGS: Final[Mapping[str, str]] = {
    "CV_LEASE_SECONDS": "5",
    "CV_SWEEP_SCHEDULE": "*/2 * * * * *",
    # The storm kills more often than any job deserves.
    "CV_MAX_TRIES": "50",
    "LOCAL_FUNCTIONS_LEASE_SECONDS": "5",
    "AzureFunctionsJobHost__extensions__queues__visibilityTimeout": "00:00:02",
    "AzureFunctionsJobHost__extensions__queues__maxPollingInterval": "00:00:01",
    "OPENAI_ATTEMPT_TIMEOUT_SECONDS": "2",
    "OPENAI_DEADLINE_SECONDS": "20",
    "OPENAI_BACKOFF_SECONDS": "0.2",
    "OPENAI_BREAKER_TIMEOUT_SECONDS": "2",
}
LOOK_EVERY_SECONDS = 0.5
RETRY_SENDING_SECONDS = 0.5
POISON_QUEUE = f"{JOB_QUEUE}-poison"


@dataclass(frozen=True, slots=True)
class StormPlan:
    """How bad it gets. The same seed gives the same files, events and moments."""

    files: int
    seed: int
    kills: int
    storage_restarts: int
    model_outages: int = 1
    calm_seconds: tuple[float, float] = (0.3, 3.0)
    # Long enough that there is work on its way whenever something happens.
    between_files_seconds: tuple[float, float] = (0.0, 0.7)
    storage_away_seconds: float = 1.0
    model_away_seconds: float = 4.0
    settle_within_seconds: float = 120.0

    def events(self, randomness: Random) -> list[str]:
        """What happens, in order; the host is killed last, so that nothing runs on from before."""
        events = [HOST_KILLED] * (self.kills - 1)
        events += [STORAGE_AWAY] * self.storage_restarts + [MODEL_AWAY] * self.model_outages
        randomness.shuffle(events)
        return [*events, HOST_KILLED]


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that was taken in: where its original was put."""

    file: CvFile
    blob_name: str


@dataclass(frozen=True, slots=True)
class Aftermath:
    """Everything there is to see once nothing is open any more, or patience ended."""

    handed: tuple[Handed, ...]
    jobs: Mapping[str, tuple[Job, ...]]
    results: tuple[str, ...]
    inbox: frozenset[str]
    rejected: Mapping[str, Mapping[str, Any]]
    rejected_originals: frozenset[str]
    queue_lengths: Mapping[str, int]
    rows: tuple[CallRow, ...]
    ledger: Mapping[str, Any]
    disturbances: tuple[Disturbance, ...]
    record_etags: tuple[tuple[str, ...], tuple[str, ...]]
    recorded_micro_usd: int
    seconds: float
    settled_after_seconds: float


async def weather_a_storm(plan: StormPlan, work_dir: Path) -> Aftermath:
    """Hand everything in while the storm goes over the system; look once it has passed."""
    began = datetime.now(UTC)
    randomness = Random(plan.seed)
    files, events = cv_files(plan.files, plan.seed), plan.events(randomness)
    async with running_system(work_dir, SETTINGS, latency=LATENCY) as system:
        await system.set_weather(mix=[dict(part) for part in WEATHER], seed=plan.seed)
        storm = asyncio.create_task(_rage(system, plan, events, randomness))
        handed = await _hand_in_all(system, plan, files, storm)
        await storm
        await system.set_weather(mix=[])
        passed = time.monotonic()
        await _settle(system, handed, plan.settle_within_seconds)
        settled_after = time.monotonic() - passed
        return await _look(system, handed, began, settled_after)


async def _rage(system: System, plan: StormPlan, events: list[str], randomness: Random) -> None:
    for event in events:
        await asyncio.sleep(randomness.uniform(*plan.calm_seconds))
        if event == HOST_KILLED:
            await system.kill_host()
            await system.start_host()
        elif event == STORAGE_AWAY:
            await system.restart_azurite(plan.storage_away_seconds)
        else:
            began = time.time()
            await system.set_weather(
                down=True,
                down_seconds=plan.model_away_seconds,
                down_fault={"kind": "close_before_headers"},
                mix=[dict(part) for part in WEATHER],
                seed=plan.seed + 2,
            )
            await asyncio.sleep(plan.model_away_seconds)
            system.disturbances.append(Disturbance(MODEL_AWAY, began, time.time()))


async def _hand_in_all(
    system: System, plan: StormPlan, files: list[CvFile], storm: asyncio.Task[None]
) -> tuple[Handed, ...]:
    """Hand one file in after the other, spread over the storm; half are dropped and half posted."""
    randomness = Random(plan.seed + 1)
    handed = []
    for file in files:
        by_post = randomness.random() < 0.5
        handed.append(await (_post(system, file) if by_post else _drop(system, file)))
        await asyncio.sleep(0.0 if storm.done() else randomness.uniform(*plan.between_files_seconds))
    return tuple(handed)


async def _post(system: System, file: CvFile) -> Handed:
    """Post until it is answered with 202: until then nobody promised anything."""
    headers = {"x-functions-key": system.key, "content-type": "text/plain" if file.is_readable else ""}
    suffix = ".txt" if file.is_readable else ""
    while True:
        try:
            async with system.http.post(
                f"{system.url}/api/cv",
                data=file.content,
                headers={name: value for name, value in headers.items() if value},
                timeout=aiohttp.ClientTimeout(10),
            ) as response:
                if response.status == 202:
                    return Handed(file, posted_blob_name(file.document_id, suffix))
                if response.status < 500:
                    raise AssertionError(f"POST /api/cv answered {response.status}")
        except (aiohttp.ClientError, TimeoutError):
            pass
        await asyncio.sleep(RETRY_SENDING_SECONDS)


async def _drop(system: System, file: CvFile) -> Handed:
    while True:
        try:
            await system.account.blobs.put_bytes(INBOX_CONTAINER, file.name, file.content, "text/plain")
        except StorageError:
            await asyncio.sleep(RETRY_SENDING_SECONDS)
        else:
            return Handed(file, file.name)


async def _settle(system: System, handed: tuple[Handed, ...], within_seconds: float) -> None:
    """Wait until every file's job is finished and both queues are empty; in vain ends it, too."""
    wanted = {(one.file.document_id, one.blob_name) for one in handed}
    give_up_at = time.monotonic() + within_seconds
    while time.monotonic() < give_up_at:
        for document_id, blob_name in sorted(wanted):
            jobs = await system.desk.jobs.jobs_of(document_id)
            if not any(job.blob_name == blob_name and not job.is_open for job in jobs):
                break
            wanted.discard((document_id, blob_name))
        else:
            if not any((await _queue_lengths(system.account)).values()):
                return
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _queue_lengths(account: StorageAccount) -> dict[str, int]:
    queues = (JOB_QUEUE, POISON_QUEUE, "webjobs-blobtrigger-poison")
    return {queue: await account.queues.approximate_length(queue) for queue in queues}


async def _look(
    system: System, handed: tuple[Handed, ...], began: datetime, settled_after_seconds: float
) -> Aftermath:
    account, now = system.account, datetime.now(UTC)
    documents = sorted({one.file.document_id for one in handed})
    rejected = {name: entry async for name, entry in _json_of_rejected(account, documents)}
    days = sorted({began.date(), now.date()})
    etags, micro_usd = [], 0
    for _ in range(2):
        records = [record for day in days for record in await derive_cost_records(account.tables, day)]
        micro_usd = sum(record.cost_micro_usd for record in records)
        every = (Condition("PartitionKey", "ge", "0"),)
        etags.append(tuple([row.etag async for row in account.tables.query(COST_RECORD_TABLE, every)]))
    return Aftermath(
        handed=handed,
        jobs={document: tuple(await system.desk.jobs.jobs_of(document)) for document in documents},
        results=tuple([entry.name async for entry in account.blobs.names(RESULTS_CONTAINER)]),
        inbox=frozenset([entry.name async for entry in account.blobs.names(INBOX_CONTAINER)]),
        rejected=rejected,
        rejected_originals=frozenset([e.name async for e in account.blobs.names(REJECTED_CONTAINER)]),
        queue_lengths=await _queue_lengths(account),
        rows=tuple([row async for row in calls_between(account.tables, began, now)]),
        ledger=await system.ledger(),
        disturbances=tuple(system.disturbances),
        record_etags=(etags[0], etags[1]),
        recorded_micro_usd=micro_usd,
        seconds=(now - began).total_seconds(),
        settled_after_seconds=settled_after_seconds,
    )


async def _json_of_rejected(account: StorageAccount, documents: list[str]) -> Any:
    for document in documents:
        found = await account.blobs.get_json(REJECTED_CONTAINER, f"{document}/reason.json")
        if found is not None:
            yield document, found


def states_of(aftermath: Aftermath) -> dict[JobState, int]:
    """How many jobs ended in which state."""
    jobs = [job for jobs in aftermath.jobs.values() for job in jobs]
    return {state: sum(job.state is state for job in jobs) for state in JobState}
