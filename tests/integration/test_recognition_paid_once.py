"""What recognition costs, from the picture to the usage report: paid once, kept, counted once, and erased."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.azurite import FREE_PORTS, running_azurite
from local.openai_emulator.faults import Fault
from local.openai_emulator.server import Emulator, EmulatorConfig, running_emulator
from shared_code.accounting.cost_records import derive_cost_records
from shared_code.accounting.usage_report import usage_report
from shared_code.ai_call_logger import AICallLogger, CallRow, calls_of_day
from shared_code.assistants.published import envelope_validator
from shared_code.assistants.registry import PAGE_TRANSCRIBER
from shared_code.backends.opening import open_backends
from shared_code.candidate_data_service import RESULTS_CONTAINER, CandidateDataService, document_id_of
from shared_code.documents.ocr import PictureReader
from shared_code.intake.desk import Desk, open_desk
from shared_code.intake.job import INBOX_CONTAINER, Job
from shared_code.intake.retention import Retention
from shared_code.intake.states import JobState
from shared_code.intake.work_store import ANSWERS_CONTAINER
from shared_code.intake.worker import JobWorker, WorkerLimits
from shared_code.openai_client import OpenAIClient
from shared_code.openai_service import AsyncOpenAIService
from shared_code.page_transcription import PageTranscriber
from shared_code.settings import IntakeSettings
from shared_code.storage import StorageAccount, StorageTarget
from tests.integration.backend_provider import CV, KEY, settings_for
from tests.integration.seeing_model import SeeingModel, seeing
from tests.unit.documents.scans import bars_in, bound, scan_with_bars

BY_BARS = {
    1: "Certificate of Project Management\nLeeds City College, 2021",
    2: "Reference\nRobin Example was with Oakridge Homes until 02/2019",
}
MIXED = bound(CV, scan_with_bars(1), scan_with_bars(2))
DOCUMENT = document_id_of(MIXED)
NAME = "cv.pdf"


@dataclass
class Intake:
    """A worker on real storage, and the model it asks."""

    account: StorageAccount
    model: SeeingModel
    desk: Desk
    worker: JobWorker
    candidates: CandidateDataService

    async def drop(self) -> Job:
        """Put the file into the inbox, as a sender does."""
        await self.account.blobs.put_bytes(INBOX_CONTAINER, NAME, MIXED, "application/pdf")
        return await self.desk.submission.announce(await self.desk.submission.register(DOCUMENT, NAME))

    async def deliver(self) -> str:
        """Work on the job's latest message, as the host does."""
        [job] = await self.desk.jobs.jobs_of(DOCUMENT)
        return await self.worker.work_on(job.message())

    async def rows(self) -> list[CallRow]:
        """All audit rows of the document."""
        today = datetime.now(UTC).date()
        return [
            row
            for day in (today - timedelta(days=1), today)
            async for row in calls_of_day(self.account.tables, day)
            if row.details.document_id == DOCUMENT
        ]

    async def kept(self) -> list[str]:
        """Who is kept with an answer, by name; the page beside the transcriber's."""
        names = [entry.name async for entry in self.account.blobs.names(ANSWERS_CONTAINER)]
        return sorted(name.partition("/")[2].split(".json")[0] for name in names)

    async def result(self) -> dict[str, Any]:
        """What was published."""
        found = await self.account.blobs.get_json(RESULTS_CONTAINER, f"{DOCUMENT}.json")
        assert found is not None
        return found


@pytest.fixture
def connection_string() -> Iterator[str]:
    with running_azurite(None, ports=FREE_PORTS) as azurite:
        yield azurite.connection_string


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with running_emulator(EmulatorConfig(api_keys=(KEY,))) as running:
        yield running


@pytest.fixture
async def intake(connection_string: str, emulator: Emulator) -> AsyncIterator[Intake]:
    async with (
        seeing(emulator, lambda picture: BY_BARS[bars_in(picture)]) as model,
        StorageAccount(StorageTarget(connection_string)) as account,
    ):
        settings = settings_for(emulator, "chat", endpoint=model.url, max_attempts=1, requests_per_minute=600)
        backends = open_backends(settings)
        client = OpenAIClient(settings, backends.chat, backends.embeddings)
        logger = AICallLogger(account.tables)
        candidates = CandidateDataService(
            AsyncOpenAIService(logger, client=client),
            picture_reader=PictureReader(lambda: PageTranscriber(client, logger)),
        )
        desk = open_desk(account, IntakeSettings())
        limits = WorkerLimits(max_document_bytes=10_000_000)
        worker = JobWorker(desk.jobs, desk.work, candidates, account.blobs, account.queues, limits)
        yield Intake(account, model, desk, worker, candidates)
        await client.aclose()


def _cost_micro_usd(rows: list[CallRow]) -> int:
    return sum(row.known_cost_micro_usd for row in rows)


async def test_a_retried_job_pays_for_its_pages_once(intake: Intake, emulator: Emulator) -> None:
    """The second try, after the extractor was away, shows nobody a picture; the result counts all of it."""
    emulator.state.faults.add(Fault("status", status=503, match_schema="candidate_profile_schema"))
    await intake.drop()
    assert await intake.deliver() == JobState.WAITING
    assert sorted(intake.model.seen) == sorted(BY_BARS.values())
    assert [name for name in await intake.kept() if name.startswith(PAGE_TRANSCRIBER)] != []
    assert await intake.deliver() == JobState.DONE
    assert len(intake.model.seen) == 2
    rows = await intake.rows()
    pages = [row for row in rows if row.assistant_id == PAGE_TRANSCRIBER]
    assert [row.outcome for row in pages] == ["success"] * 2
    result = await intake.result()
    envelope_validator().validate(result)
    assert "ocr" in {warning["code"] for warning in result["warnings"]}
    meta = result["meta"]
    assert [(call["assistant"], call.get("page")) for call in meta["calls"]] == [
        (PAGE_TRANSCRIBER, 2),
        (PAGE_TRANSCRIBER, 3),
        ("cv_data_extractor", None),
        ("cv_pii_identifier", None),
        ("cv_skills_analyst", None),
    ]
    assert round(meta["estimatedCostUsd"] * 1_000_000) == _cost_micro_usd(rows) > 0
    assert meta["usage"]["inputTokens"] == sum(row.details.usage.input_tokens for row in rows)
    assert meta["usage"]["outputTokens"] == sum(row.details.usage.output_tokens for row in rows)


async def test_a_redelivered_message_and_a_new_drop_pay_nothing(intake: Intake) -> None:
    """Neither while the result is kept, nor after it went and the answers stayed."""
    await intake.drop()
    assert await intake.deliver() == JobState.DONE
    rows = await intake.rows()
    await intake.desk.work.forget(DOCUMENT)  # as if the marker had never been written
    await intake.account.blobs.delete(RESULTS_CONTAINER, f"{DOCUMENT}.json")
    [job] = await intake.desk.jobs.jobs_of(DOCUMENT)
    assert await intake.desk.jobs.change(job, JobState.QUEUED, turn=job.turn + 1) is not None
    assert await intake.deliver() == JobState.DONE
    assert len(intake.model.seen) == 2
    assert await intake.rows() == rows
    assert round((await intake.result())["meta"]["estimatedCostUsd"] * 1_000_000) == _cost_micro_usd(rows)


async def test_only_the_missing_page_is_asked_for_again(intake: Intake) -> None:
    """A page that was answered while another was not is kept at once."""
    intake.model.blinks = 1
    await intake.drop()
    assert await intake.deliver() == JobState.WAITING
    assert len(intake.model.seen) == 1
    assert len(await intake.kept()) == 1
    assert await intake.deliver() == JobState.DONE
    assert sorted(intake.model.seen) == sorted(BY_BARS.values())


async def test_the_usage_report_counts_a_page_once(intake: Intake, emulator: Emulator) -> None:
    """However often the job was tried: the report's sums are the audit rows', and the provider's bill."""
    emulator.state.faults.add(Fault("status", status=503, match_schema="skills_analysis_schema"))
    await intake.drop()
    assert await intake.deliver() == JobState.WAITING
    assert await intake.deliver() == JobState.DONE
    today = datetime.now(UTC).date()
    yesterday = today - timedelta(days=1)
    for day in (yesterday, today):
        await derive_cost_records(intake.account.tables, day)
    report = await usage_report(intake.account.tables, yesterday, today, "assistant")
    [pages] = [row for row in report.rows if row.key == PAGE_TRANSCRIBER]
    assert (pages.calls, pages.failures) == (2, 0)
    rows = await intake.rows()
    assert report.totals.cost_micro_usd == _cost_micro_usd(rows)
    assert report.totals.usage.input_tokens == emulator.ledger()["totals"]["billed_prompt_tokens"]


async def test_transcriptions_go_with_the_document(intake: Intake) -> None:
    """They are personal data: erased with it on demand, and when its time is over."""
    for erase in (_erased, _expired):
        await intake.drop()
        assert await intake.deliver() == JobState.DONE
        assert len([name for name in await intake.kept() if name.startswith(PAGE_TRANSCRIBER)]) == 2
        await erase(intake)
        assert await intake.kept() == []
    assert len(intake.model.seen) == 4


async def _erased(intake: Intake) -> None:
    await intake.desk.erasure.erase(DOCUMENT)


async def _expired(intake: Intake) -> None:
    retention = Retention(
        intake.desk.jobs,
        intake.desk.erasure,
        intake.account.blobs,
        intake.account.tables,
        max_document_bytes=10_000_000,
        keep_documents=timedelta(days=180),
        keep_audit_rows=timedelta(days=730),
        clock=lambda: datetime.now(UTC) + timedelta(days=181),
    )
    assert (await retention.run()).documents == 1


async def test_a_callers_result_counts_its_pages_too(intake: Intake) -> None:
    """Where nothing is kept, each request pays for itself, and says so."""
    cv = await intake.candidates.read(MIXED, filename=NAME)
    meta = (await intake.candidates.extract_profile(cv, correlation_id="c-1"))["meta"]
    assert round(meta["estimatedCostUsd"] * 1_000_000) == _cost_micro_usd(await intake.rows()) > 0
    assert len(meta["calls"]) == 3
    assert await intake.kept() == []
