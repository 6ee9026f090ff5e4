"""One call of an assistant: ask, parse, check, ask again, account, log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Protocol

from shared_code.accounting.token_tracker import MICRO_USD_PER_USD
from shared_code.accounting.usage import DeploymentUsage, Usage, total_cost_micro_usd, total_usage
from shared_code.ai_call_logger import CallDetails
from shared_code.assistants.parsing import parse_object, violations
from shared_code.assistants.registry import Assistant, check_for, configured_id, validator_for
from shared_code.backends.contract import ChatRequest, Message
from shared_code.errors import OpenAIServiceError, PromptTooLongError, ValidationError

if TYPE_CHECKING:
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
    """A checked answer and what it took, re-asks included."""

    value: dict[str, Any]
    correlation_id: str
    assistant: str
    assistant_version: str
    details: CallDetails
    duration_ms: float


@dataclass(slots=True)
class _Ledger:
    """What one call has cost so far, over all its attempts and re-asks."""

    attempts: int = 0
    reasks: int = 0
    fallback_used: bool = False
    charges: list[DeploymentUsage] = field(default_factory=list)

    @property
    def usage(self) -> Usage:
        return total_usage(self.charges)


class AssistantCall:
    """One call of an assistant, from its first prompt to its audit row."""

    def __init__(
        self,
        client: OpenAIClient,
        logger: CallLogger | None,
        assistant: Assistant,
        schema_name: str,
        document_id: str | None,
        correlation_id: str,
        deadline: Deadline,
    ) -> None:
        self._client = client
        self._settings = client.settings
        self._logger = logger
        self._assistant = assistant
        self._schema_name = schema_name
        self._document_id = document_id
        self._correlation_id = correlation_id
        self._deadline = deadline
        self._ledger = _Ledger()
        self._started_at = datetime.now(UTC)
        self._started = time.perf_counter()

    async def run(self, prompt: str) -> AssistantAnswer:
        """Make the call; it leaves one audit row, however it ends.

        Raises:
            OpenAIServiceError: Its subclass says why; ``usage`` holds what the call cost all the same.
        """
        await self._log_start(len(prompt))
        try:
            value, result = await self._ask_until_valid(prompt)
        except OpenAIServiceError as error:
            error.usage = self._ledger.usage
            error.attempts = self._ledger.attempts
            error.correlation_id = self._correlation_id
            await self._log_failure(str(error), error.deployment, error.code, error)
            raise
        except BaseException as error:
            # Cancelled, or unforeseen: the row must still be closed, with what was spent until then.
            await asyncio.shield(
                self._log_failure("The call ended before its answer came.", None, "interrupted", error)
            )
            raise
        details = self._details(deployment=result.deployment, model=result.model)
        await self._log_success(details)
        return AssistantAnswer(
            value,
            self._correlation_id,
            self._assistant.name,
            self._assistant.version,
            details,
            self._duration_ms(),
        )

    async def _ask_until_valid(self, prompt: str) -> tuple[dict[str, Any], ChatResult]:
        """Ask; where the answer breaks the schema, say where and ask again, within the same deadline."""
        if len(prompt) > self._settings.max_prompt_characters:
            raise PromptTooLongError(
                f"The document has more than {self._settings.max_prompt_characters:,} characters "
                "(OPENAI_MAX_PROMPT_CHARACTERS)."
            )
        opening = (Message("system", self._assistant.instructions), Message("user", prompt))
        conversation: tuple[Message, ...] = opening
        while True:
            result = await self._chat(conversation)
            value = parse_object(result.content)
            broken = ["/: not a JSON object"] if value is None else self._violations(value)
            if value is not None and not broken:
                return value, result
            if self._ledger.reasks >= self._settings.max_reasks:
                raise ValidationError(
                    f"The answer of {self._assistant.name} is not valid against {self._schema_name}: "
                    f"{'; '.join(broken)}",
                    deployment=result.deployment,
                )
            self._ledger.reasks += 1
            self._client.observer.asked_again(self._assistant.name)
            conversation = (*opening, Message("assistant", result.content), _reask(broken))

    async def _chat(self, conversation: tuple[Message, ...]) -> ChatResult:
        request = ChatRequest(
            conversation,
            self._settings.max_output_tokens,
            output_schema=self._assistant.output_schema,
            assistant_id=configured_id(self._assistant.name, self._settings),
        )
        try:
            result = await self._client.chat(request, deadline=self._deadline)
        except OpenAIServiceError as error:
            self._ledger.attempts += error.attempts
            self._ledger.charges += error.charges
            raise
        self._ledger.attempts += result.attempts
        self._ledger.fallback_used |= result.fallback_used
        self._ledger.charges += result.charges
        return result

    def _violations(self, value: dict[str, Any]) -> list[str]:
        """Where the answer breaks the schema; most do not, and are through before jsonschema is asked."""
        if check_for(self._schema_name)(value):
            return []
        return violations(value, validator_for(self._schema_name))

    def _duration_ms(self) -> float:
        return (time.perf_counter() - self._started) * 1000.0

    def _details(
        self,
        *,
        deployment: str | None = None,
        model: str | None = None,
        error_code: str | None = None,
        error_class: str | None = None,
    ) -> CallDetails:
        ledger = self._ledger
        return CallDetails(
            started_at=self._started_at,
            document_id=self._document_id,
            assistant_version=self._assistant.version,
            schema_name=self._schema_name,
            backend=self._client.backend.name,
            deployment=deployment,
            model=model,
            attempts=ledger.attempts,
            reasks=ledger.reasks,
            fallback_used=ledger.fallback_used,
            usage=ledger.usage,
            cost_micro_usd=total_cost_micro_usd(ledger.charges),
            price_date=self._client.catalogue.price_date.isoformat(),
            error_code=error_code,
            error_class=error_class,
            usage_by_deployment=tuple(ledger.charges),
        )

    async def _log_start(self, prompt_length: int) -> None:
        if self._logger is not None:
            await _settle(
                self._logger.log_call_start(
                    correlation_id=self._correlation_id,
                    assistant_id=self._assistant.name,
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
                    assistant_id=self._assistant.name,
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
            model = self._settings.model_of(deployment) if deployment else None
            await _settle(
                self._logger.log_call_failure(
                    correlation_id=self._correlation_id,
                    assistant_id=self._assistant.name,
                    error_message=message,
                    call_duration_ms=self._duration_ms(),
                    details=self._details(
                        deployment=deployment,
                        model=model,
                        error_code=error_code,
                        error_class=type(error).__name__,
                    ),
                )
            )


def _reask(broken: list[str]) -> Message:
    rules = "\n".join(f"- {violation}" for violation in broken)
    return Message("user", f"Your answer breaks the schema here:\n{rules}\nAnswer again with the whole JSON.")


async def _settle(logged: object) -> None:
    """Wait for a logger's method, whether it is plain or async."""
    if isawaitable(logged):
        await logged
