"""The probe itself: one short question and one vector, asked through the shared client."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Protocol

from cli.diagnostics.findings import (
    milliseconds,
    rate_limit_waits,
    target_of,
    timestamp,
    token_counts,
    trouble_of,
    versions,
)
from cli.diagnostics.report import ProbeOutcome, Report
from cli.diagnostics.warnings import warnings_of
from shared_code.accounting.token_tracker import MICRO_USD_PER_USD
from shared_code.admission import Sleep
from shared_code.backends.contract import Backend, ChatRequest, EmbeddingBackend, Message
from shared_code.deployment import Deployment
from shared_code.errors import EngineError
from shared_code.observation import AttemptRecord, CallRecord, Observer, Operation
from shared_code.openai_client import OpenAIClient
from shared_code.reliability.deadline import Clock
from shared_code.settings import OpenAISettings

if TYPE_CHECKING:
    from collections.abc import Sequence

# A model that thinks needs room to do so; an answer of one word costs one word all the same.
MAX_ANSWER_TOKENS = 512
CHAT_REQUEST = ChatRequest(
    messages=(
        Message("system", "You confirm that a service can be reached. Answer with one word."),
        Message("user", "Are you ready? Answer: ready"),
    ),
    max_output_tokens=MAX_ANSWER_TOKENS,
)
EMBEDDED_TEXT = "A short text about nobody, sent to see whether vectors can be made."


class Backends(Protocol):
    """The provider's APIs that a probe asks."""

    @property
    def chat(self) -> Backend:
        """For conversations."""

    @property
    def embeddings(self) -> EmbeddingBackend:
        """For vectors."""


class Metrics(Observer, Protocol):
    """Counts what the client does, and shows the breakers of its deployments."""

    def watch(self, deployments: Sequence[Deployment]) -> None:
        """Show these deployments' breakers."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask, and the day by which retirements are judged; None for today (UTC)."""

    asks_chat: bool = True
    asks_embeddings: bool = True
    as_of: date | None = None


@dataclass(slots=True)
class Recorder:
    """Remembers what the client tells its observers."""

    attempts: list[AttemptRecord] = field(default_factory=list)
    calls: list[CallRecord] = field(default_factory=list)

    def attempt_ended(self, attempt: AttemptRecord) -> None:
        """See ``Observer.attempt_ended``."""
        self.attempts.append(attempt)

    def call_ended(self, call: CallRecord) -> None:
        """See ``Observer.call_ended``."""
        self.calls.append(call)

    def asked_again(self, assistant: str) -> None:
        """See ``Observer.asked_again``; a probe asks once."""


@dataclass(frozen=True, slots=True)
class Prober:
    """Probes one target. ``clock`` is monotonic seconds, ``now`` the wall clock in UTC."""

    settings: OpenAISettings
    plan: Plan
    backends: Backends
    metrics: Metrics
    clock: Clock = time.monotonic
    sleep: Sleep = asyncio.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def report(self) -> Report:
        """Ask what is wanted, both at once, and put together what came of it; raises nothing foreseeable."""
        started, checked_at = self.clock(), self.now()
        as_of = self.plan.as_of or checked_at.date()
        recorder = Recorder()
        try:
            client = OpenAIClient(
                self.settings,
                self.backends.chat,
                self.backends.embeddings,
                observers=(self.metrics, recorder),
                clock=self.clock,
                sleep=self.sleep,
                today=lambda: as_of,
            )
        except EngineError as error:
            return failed_report(error, self.plan, checked_at, self.settings)
        self.metrics.watch([*client.deployments, client.embedding_deployment])
        chat, embeddings = await asyncio.gather(
            self._chat(client, recorder), self._embeddings(client, recorder)
        )
        return Report(
            checked_at=timestamp(checked_at),
            as_of=as_of.isoformat(),
            duration_ms=milliseconds(self.clock() - started),
            target=target_of(self.settings),
            chat=chat,
            embeddings=embeddings,
            warnings=warnings_of(client, chat, embeddings, as_of),
            versions=versions(),
        )

    async def _chat(self, client: OpenAIClient, recorder: Recorder) -> ProbeOutcome:
        if not self.plan.asks_chat:
            return ProbeOutcome("skipped")

        async def ask() -> None:
            await client.chat(CHAT_REQUEST)

        return await self._outcome("chat", client.deployments[0], recorder, ask)

    async def _embeddings(self, client: OpenAIClient, recorder: Recorder) -> ProbeOutcome:
        if not self.plan.asks_embeddings:
            return ProbeOutcome("skipped")

        async def ask() -> int:
            return (await client.embed([EMBEDDED_TEXT])).dimensions

        return await self._outcome("embeddings", client.embedding_deployment, recorder, ask)

    async def _outcome(
        self,
        operation: Operation,
        requested: Deployment,
        recorder: Recorder,
        ask: Callable[[], Awaitable[int | None]],
    ) -> ProbeOutcome:
        dimensions, trouble = None, None
        try:
            dimensions = await ask()
        except Exception as error:  # noqa: BLE001  (a readiness check reports whatever stands in the way)
            attempts = sum(attempt.operation == operation for attempt in recorder.attempts)
            variable = "OPENAI_CHAT_DEPLOYMENT" if operation == "chat" else "OPENAI_EMBEDDING_DEPLOYMENT"
            trouble = trouble_of(error, self.settings, variable, requested.name, attempts)
        attempts_made = [attempt for attempt in recorder.attempts if attempt.operation == operation]
        call = next((call for call in recorder.calls if call.operation == operation), None)
        if call is None:  # refused before anything was sent
            return ProbeOutcome(
                "failed",
                requested_deployment=requested.name,
                deployment=requested.name,
                model=requested.model,
                cost_usd=0.0,
                error=trouble,
            )
        return ProbeOutcome(
            status="passed" if trouble is None else "failed",
            requested_deployment=requested.name,
            deployment=call.deployment,
            model=call.model,
            response_model=call.response_model,
            attempts=call.attempts,
            latency_ms=milliseconds(attempts_made[-1].duration_seconds) if attempts_made else None,
            duration_ms=milliseconds(call.duration_seconds),
            usage=token_counts(call.usage),
            cost_usd=None if call.cost_micro_usd is None else call.cost_micro_usd / MICRO_USD_PER_USD,
            fallback_used=call.fallback_used,
            dimensions=dimensions,
            rate_limit=rate_limit_waits(attempts_made, call),
            error=trouble,
        )


def failed_report(
    error: Exception, plan: Plan, checked_at: datetime, settings: OpenAISettings | None = None
) -> Report:
    """The report of a probe that could not ask anything; ``settings`` None where those are what is wrong."""
    return Report(
        checked_at=timestamp(checked_at),
        as_of=(plan.as_of or checked_at.date()).isoformat(),
        duration_ms=0.0,
        target=None if settings is None else target_of(settings),
        chat=ProbeOutcome("not_run" if plan.asks_chat else "skipped"),
        embeddings=ProbeOutcome("not_run" if plan.asks_embeddings else "skipped"),
        warnings=(),
        versions=versions(),
        error=trouble_of(error, settings, "OPENAI_CHAT_DEPLOYMENT", "", 0),
    )
