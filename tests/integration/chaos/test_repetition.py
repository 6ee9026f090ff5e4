"""A queue may deliver a message as often as it likes: the work is done, and paid for, once."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from shared_code.accounting.call_log import calls_between
from shared_code.candidate_data_service import find_result
from shared_code.intake.job import INBOX_CONTAINER, JOB_QUEUE, Job, job_id_of
from shared_code.intake.states import JobState
from tests.integration.chaos.cvs import readable_cv
from tests.integration.chaos.system import System, running_system

COPIES = 5
PATIENCE_SECONDS = 30.0
# Long enough that all copies are in work before the first answer comes.
LATENCY = "400"


async def test_five_copies_at_once_cost_one_analysis(tmp_path: Path) -> None:
    """Three calls of the model, one result, one attempt; five more copies afterwards cost nothing."""
    cv = readable_cv(1, Random(1))
    async with running_system(tmp_path, {}, latency=LATENCY) as system:
        now = datetime.now(UTC)
        job_id = job_id_of(cv.document_id, cv.name)
        # As it stands once it was announced, so that the copies are the only messages.
        job = Job(cv.document_id, job_id, cv.name, JobState.QUEUED, now, now, turn=1)
        assert await system.desk.jobs.add(job) is not None
        await system.account.blobs.put_bytes(INBOX_CONTAINER, cv.name, cv.content, "text/plain")
        for _ in range(2):
            await asyncio.gather(
                *(system.account.queues.send(JOB_QUEUE, job.message()) for _ in range(COPIES))
            )
            finished = await _finished(system, job)
            assert (finished.state, finished.attempts) == (JobState.DONE, 1)
            asked = Counter(entry["schema"] for entry in (await system.ledger())["entries"])
            assert set(asked.values()) == {1}, asked
            assert len(asked) == 3
        assert await find_result(system.account.blobs, cv.document_id) is not None
        rows = [row async for row in calls_between(system.account.tables, now, datetime.now(UTC))]
        assert [row.outcome for row in rows] == ["success"] * 3


async def _finished(system: System, job: Job) -> Job:
    """The job, once it is finished and every copy of its message is gone."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = await system.desk.jobs.get(job.document_id, job.job_id)
            waiting = await system.account.queues.approximate_length(JOB_QUEUE)
            if found is not None and not found.is_open and waiting == 0:
                return found
            await asyncio.sleep(0.1)
