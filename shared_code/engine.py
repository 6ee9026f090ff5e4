"""One process's engine: storage, call log, service and analyses, each made when it is first needed."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from shared_code.accounting.budget import DailyBudget
from shared_code.accounting.cost_records import spent_micro_usd
from shared_code.accounting.token_tracker import MICRO_USD_PER_USD
from shared_code.ai_call_logger import AICallLogger
from shared_code.backends.opening import open_backends
from shared_code.candidate_data_service import CandidateDataService
from shared_code.documents import DocumentLimits
from shared_code.documents.ocr import open_picture_reader
from shared_code.documents.reader_process import open_reader
from shared_code.errors import EngineError, SettingsError, StorageError
from shared_code.intake.desk import Desk, open_desk
from shared_code.intake.states import OPEN_STATES, JobState
from shared_code.intake.sweep import Sweep, SweepLimits
from shared_code.intake.worker import JobWorker, WorkerLimits
from shared_code.limit_row import limit_key
from shared_code.openai_client import OpenAIClient
from shared_code.openai_service import AsyncOpenAIService
from shared_code.page_transcription import PageTranscriber
from shared_code.reliability.deadline import Clock
from shared_code.settings import (
    IntakeSettings,
    OpenAISettings,
    StorageSettings,
    TelemetrySettings,
    load_settings,
)
from shared_code.shared_limiter import SharedLimiter
from shared_code.storage import StorageAccount, StorageTarget
from shared_code.telemetry.logging import get_logger

if TYPE_CHECKING:
    from shared_code.observation import Observer
    from shared_code.telemetry.metrics import OpenAIMetrics

logger = get_logger(__name__)
# Health is anonymous: storage is not asked more often than this, however often health is.
STORAGE_PULSE_SECONDS = 5.0
STORAGE_PING_TIMEOUT_SECONDS = 2.0
# Jobs of one state are counted no further than this.
MOST_JOBS_COUNTED = 1_000


class Engine:
    """Ties the rooms together from the settings; nothing is connected before it is used."""

    def __init__(self, *, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._storage_state = "unknown"
        self._storage_checked_at: float | None = None

    @cached_property
    def storage(self) -> StorageAccount:
        """The storage account.

        Raises:
            SettingsError: No account is named.
        """
        settings = load_settings(StorageSettings)
        connection_string = settings.connection_string
        return StorageAccount(
            StorageTarget(
                connection_string=connection_string.get_secret_value() if connection_string else None,
                account_name=settings.account_name,
                blob_service_uri=settings.blob_service_uri,
                queue_service_uri=settings.queue_service_uri,
                table_service_uri=settings.table_service_uri,
                client_id=settings.client_id,
            )
        )

    @cached_property
    def call_logger(self) -> AICallLogger:
        """The audit log."""
        return AICallLogger(self.storage.tables)

    @cached_property
    def service(self) -> AsyncOpenAIService:
        """The assistants, guarded as the settings say.

        Raises:
            SettingsError: A variable is missing or wrong.
        """
        settings = load_settings(OpenAISettings)
        backends = open_backends(settings)
        client = OpenAIClient(
            settings,
            backends.chat,
            backends.embeddings,
            limiter=self._shared_limiter(settings),
            budget=self._budget(settings),
            observers=self._observers(settings),
        )
        self.metrics.watch([*client.deployments, client.embedding_deployment])
        return AsyncOpenAIService(self.call_logger, client=client)

    @cached_property
    def metrics(self) -> OpenAIMetrics:
        """This process's figures of the model's use."""
        from shared_code.telemetry.metrics import OpenAIMetrics

        return OpenAIMetrics()

    def _observers(self, settings: OpenAISettings) -> list[Observer]:
        from shared_code.telemetry.app_insights import start_exporting
        from shared_code.telemetry.tracing import GenAITelemetry

        try:
            exporting = start_exporting(
                load_settings(TelemetrySettings), self.metrics, endpoint=settings.endpoint
            )
        except SettingsError as error:
            # A mistake in telemetry's settings must not keep a CV from being read.
            logger.warning("telemetry_not_exported", reason=error)
            exporting = None
        return [self.metrics, exporting.observer if exporting else GenAITelemetry(settings.endpoint)]

    def _shared_limiter(self, settings: OpenAISettings) -> SharedLimiter | None:
        if settings.rate_limit_scope == "instance":
            return None
        return SharedLimiter(
            self.storage.tables,
            limit_key(settings.endpoint),
            settings.requests_per_minute,
            settings.tokens_per_minute,
        )

    def _budget(self, settings: OpenAISettings) -> DailyBudget | None:
        if settings.daily_budget_usd is None:
            return None
        limit = round(settings.daily_budget_usd * MICRO_USD_PER_USD)
        return DailyBudget(limit, lambda day: spent_micro_usd(self.storage.tables, day))

    @cached_property
    def candidates(self) -> CandidateDataService:
        """The analyses."""
        settings = load_settings(IntakeSettings)
        limits = DocumentLimits(max_bytes=settings.max_document_bytes, max_pages=settings.max_document_pages)
        return CandidateDataService(
            self.service,
            limits=limits,
            reader=open_reader(settings),
            picture_reader=open_picture_reader(
                settings, lambda: PageTranscriber(self.service.client, self.call_logger)
            ),
            rejects_non_cvs=settings.reject_non_cvs,
        )

    @cached_property
    def desk(self) -> Desk:
        """The intake without the model."""
        return open_desk(self.storage, load_settings(IntakeSettings))

    @cached_property
    def worker(self) -> JobWorker:
        """Works on the intake's jobs."""
        settings, desk = load_settings(IntakeSettings), self.desk
        limits = WorkerLimits(
            max_document_bytes=settings.max_document_bytes,
            max_tries=settings.max_tries,
            max_age=timedelta(hours=settings.max_age_hours) if settings.max_age_hours else None,
            lease_seconds=settings.lease_seconds,
        )
        return JobWorker(
            desk.jobs, desk.work, self.candidates, self.storage.blobs, self.storage.queues, limits
        )

    @cached_property
    def sweep(self) -> Sweep:
        """Finds the intake's forgotten jobs."""
        settings, desk = load_settings(IntakeSettings), self.desk
        limits = SweepLimits(
            max_tries=settings.max_tries,
            unannounced_after=timedelta(seconds=settings.lease_seconds),
            overdue_after=timedelta(seconds=2 * settings.lease_seconds),
        )
        return Sweep(desk.jobs, desk.work, self.storage.queues, desk.submission, limits)

    async def health(self) -> dict[str, Any]:
        """``get_service_health`` of the model's side, with the state of the settings and of storage."""
        try:
            health = self.service.get_service_health()
        except EngineError as error:
            return {
                "service_status": "unhealthy",
                "components": {"settings": "wrong", "model": "unknown", "storage": "unknown"},
                "problem": error.message,
            }
        storage_state = await self._storage_pulse()
        model_state = "ok" if health["service_status"] == "healthy" else health["service_status"]
        if storage_state != "ok":
            health["service_status"] = "unhealthy"
        elif self.call_logger.lost_rows:
            health["service_status"] = "degraded"
        health["components"] = {"settings": "ok", "model": model_state, "storage": storage_state}
        health["audit_log"] = {
            "lost_rows": self.call_logger.lost_rows,
            "lost_starts": self.call_logger.lost_starts,
            "pending_calls": self.call_logger.pending_calls,
        }
        return health

    async def job_counts(self) -> dict[str, int]:
        """How many jobs are in each state that asks for attention, each up to ``MOST_JOBS_COUNTED``.

        Raises:
            StorageError: They could not be counted.
        """
        states = (*sorted(OPEN_STATES), JobState.FAILED)
        counts = await asyncio.gather(*(self.desk.jobs.count(state, MOST_JOBS_COUNTED) for state in states))
        return {state.value: count for state, count in zip(states, counts, strict=True)}

    async def _storage_pulse(self) -> str:
        checked_at = self._storage_checked_at
        if checked_at is None or self._clock() - checked_at > STORAGE_PULSE_SECONDS:
            try:
                await self.storage.ping(STORAGE_PING_TIMEOUT_SECONDS)
                self._storage_state = "ok"
            except StorageError:
                self._storage_state = "unreachable"
            self._storage_checked_at = self._clock()
        return self._storage_state


@cache
def get_engine() -> Engine:
    """The engine of this process."""
    return Engine()
