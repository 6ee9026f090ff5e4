"""One call of the model on its way to its audit row: what it cost so far, how it ended, what it answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Protocol

from shared_code.accounting.token_tracker import MICRO_USD_PER_USD
from shared_code.accounting.usage import DeploymentUsage, total_cost_micro_usd, total_usage
from shared_code.ai_call_logger import CallDetails
from shared_code.errors import OpenAIServiceError

if TYPE_CHECKING:
    from shared_code.backends.contract import ChatRequest
    from shared_code.openai_client import ChatResult, OpenAIClient
    from shared_code.reliability.deadline import Deadline


class CallLogger(Protocol):
    """Where calls are logged. Methods may be plain or async; ``AICallLogger`` is the real one."""

    def log_call_start(
        self, *, correlation_id: str, assistant_id: str, prompt_length: int, details: CallDetails
    ) -> Awaitable[None] | None:
        """A call begins."""

    def log_call_success(
        self,
        *,
        correlation_id: str,
        assistant_id: str,
        input_tokens: int,
        output_tokens: int,
        call_duration_ms: float,
        estimated_cost: float | None,
        details: CallDetails,
    ) -> Awaitable[None] | None:
        """A call ended with a valid answer; ``estimated_cost`` in US dollars, None where unknown."""

    def log_call_failure(
        self,
        *,
        correlation_id: str,
        assistant_id: str,
        error_message: str,
        call_duration_ms: float,
        details: CallDetails,
    ) -> Awaitable[None] | None:
        """A call ended without a valid answer."""


@dataclass(frozen=True, slots=True)
class AssistantAnswer:
    """A checked answer and what it took, re-asks included; ``page`` where it is about one page alone."""

    value: dict[str, Any]
    correlation_id: str
    assistant: str
    assistant_version: str
    details: CallDetails
    duration_ms: float
    page: int | None = None


class KeptAnswers(Protocol):
    """Answers that were paid for already, by document, who was asked, and in which version."""

    async def kept_answer(self, document_id: str, asked: str, version: str) -> AssistantAnswer | None:
        """The answer, or None where there is none."""

    async def keep_answer(self, document_id: str, asked: str, version: str, answer: AssistantAnswer) -> None:
        """Keep an answer, replacing one of the same key."""


class Asked(Protocol):
    """Who is asked: an assistant, or whoever has instructions alone."""

    @property
    def name(self) -> str:
        """By which its calls are found in the log."""

    @property
    def version(self) -> str:
        """Of what it is told."""


class AuditedCall:
    """A call that may take several requests, and leaves one audit row however it ends.

    Args:
        client: The guarded client.
        logger: Where the row goes; None logs nowhere.
        asked: Who is asked.
        correlation_id: Stands in the row; with the name of who is asked it is the row's alone.
        document_id: What the call is about.
        schema_name: Of the answer, where it has one.
        page: The page it is about, where it is one.
    """

    def __init__(
        self,
        client: OpenAIClient,
        logger: CallLogger | None,
        asked: Asked,
        correlation_id: str,
        *,
        document_id: str | None = None,
        schema_name: str | None = None,
        page: int | None = None,
    ) -> None:
        self._client = client
        self._logger = logger
        self._asked = asked
        self._correlation_id = correlation_id
        self._document_id = document_id
        self._schema_name = schema_name
        self._page = page
        self._attempts = 0
        self._fallback_used = False
        self._charges: list[DeploymentUsage] = []
        self._started_at = datetime.now(UTC)
        self._started = time.perf_counter()
        self.reasks = 0
        """How often the answer had to be asked for again."""

    @asynccontextmanager
    async def opened(self, prompt_length: int) -> AsyncIterator[None]:
        """Open the row, and close it where the call fails; ``answered`` closes that of a success.

        Args:
            prompt_length: In characters.

        Raises:
            OpenAIServiceError: As it was raised within; ``usage`` holds what the call cost all the same.
        """
        await self._log_start(prompt_length)
        try:
            yield
        except OpenAIServiceError as error:
            error.usage = total_usage(self._charges)
            error.attempts = self._attempts
            error.correlation_id = self._correlation_id
            await self._log_failure(str(error), error.deployment, error.code, error)
            raise
        except BaseException as error:
            # Cancelled, or unforeseen: the row must still be closed, with what was spent until then.
            await asyncio.shield(
                self._log_failure("The call ended before its answer came.", None, "interrupted", error)
            )
            raise

    async def chat(self, request: ChatRequest, deadline: Deadline) -> ChatResult:
        """One request of the call, with what it cost in the books.

        Raises:
            OpenAIServiceError: See ``OpenAIClient.chat``.
        """
        try:
            result = await self._client.chat(request, deadline=deadline)
        except OpenAIServiceError as error:
            self._attempts += error.attempts
            self._charges += error.charges
            raise
        self._attempts += result.attempts
        self._fallback_used |= result.fallback_used
        self._charges += result.charges
        return result

    async def answered(self, value: dict[str, Any], result: ChatResult) -> AssistantAnswer:
        """Close the row of a call that ended with a valid answer, given by ``result``'s deployment."""
        details = self._details(deployment=result.deployment, model=result.model)
        await self._log_success(details)
        return self._answer(value, details)

    def made_do_with(self, value: dict[str, Any], error: OpenAIServiceError) -> AssistantAnswer:
        """What stands in for the answer of a call that failed, and whose row says so; it cost as much."""
        return self._answer(value, self._failure_details(error.deployment, error.code, error))

    def _answer(self, value: dict[str, Any], details: CallDetails) -> AssistantAnswer:
        return AssistantAnswer(
            value,
            self._correlation_id,
            self._asked.name,
            self._asked.version,
            details,
            self._duration_ms(),
            self._page,
        )

    async def _log_start(self, prompt_length: int) -> None:
        if self._logger is not None:
            await _settle(
                self._logger.log_call_start(
                    correlation_id=self._correlation_id,
                    assistant_id=self._asked.name,
                    prompt_length=prompt_length,
                    details=self._details(),
                )
            )

    async def _log_success(self, details: CallDetails) -> None:
        if self._logger is not None:
            cost = details.cost_micro_usd
            await _settle(
                self._logger.log_call_success(
                    correlation_id=self._correlation_id,
                    assistant_id=self._asked.name,
                    input_tokens=details.usage.input_tokens,
                    output_tokens=details.usage.output_tokens,
                    call_duration_ms=self._duration_ms(),
                    estimated_cost=None if cost is None else cost / MICRO_USD_PER_USD,
                    details=details,
                )
            )

    async def _log_failure(
        self, message: str, deployment: str | None, error_code: str, error: BaseException
    ) -> None:
        if self._logger is not None:
            await _settle(
                self._logger.log_call_failure(
                    correlation_id=self._correlation_id,
                    assistant_id=self._asked.name,
                    error_message=message,
                    call_duration_ms=self._duration_ms(),
                    details=self._failure_details(deployment, error_code, error),
                )
            )

    def _failure_details(self, deployment: str | None, error_code: str, error: BaseException) -> CallDetails:
        return self._details(
            deployment=deployment,
            model=self._client.settings.model_of(deployment) if deployment else None,
            error_code=error_code,
            error_class=type(error).__name__,
        )

    def _details(
        self,
        *,
        deployment: str | None = None,
        model: str | None = None,
        error_code: str | None = None,
        error_class: str | None = None,
    ) -> CallDetails:
        return CallDetails(
            started_at=self._started_at,
            document_id=self._document_id,
            assistant_version=self._asked.version,
            schema_name=self._schema_name,
            backend=self._client.backend.name,
            deployment=deployment,
            model=model,
            attempts=self._attempts,
            reasks=self.reasks,
            fallback_used=self._fallback_used,
            usage=total_usage(self._charges),
            cost_micro_usd=total_cost_micro_usd(self._charges),
            price_date=self._client.catalogue.price_date.isoformat(),
            error_code=error_code,
            error_class=error_class,
            usage_by_deployment=tuple(self._charges),
        )

    def _duration_ms(self) -> float:
        return (time.perf_counter() - self._started) * 1000.0


async def _settle(logged: object) -> None:
    """Wait for a logger's method, whether it is plain or async."""
    if isawaitable(logged):
        await logged
