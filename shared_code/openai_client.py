"""The one guarded way to reach the model.

    deadline ► limiter ► breaker ► attempt, and round again where another attempt can help

Each guard is a policy of ``shared_code.reliability``; this room only applies them in order, and
accounts for what every answered attempt cost.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from shared_code.accounting.pricing import ModelCatalogue, load_catalogue
from shared_code.accounting.token_tracker import MICRO_USD_PER_USD, TokenTracker
from shared_code.accounting.usage import Usage
from shared_code.backends.contract import Backend, ChatAnswer, ChatRequest
from shared_code.errors import (
    AttemptTimeoutError,
    CircuitBreakerError,
    ContentFilterError,
    EmptyAnswerError,
    ModelNotAllowedError,
    OpenAIServiceError,
    RateLimitError,
    RefusalError,
    TimeoutError,
    TruncatedAnswerError,
    ValidationError,
)
from shared_code.reliability.circuit_breaker import BreakerState, CircuitBreaker
from shared_code.reliability.deadline import Clock, Deadline
from shared_code.reliability.rate_limiter import RateLimiter, Reservation
from shared_code.reliability.retry import RetryPolicy
from shared_code.reliability.throttle import Throttle
from shared_code.settings import OpenAISettings

Sleep = Callable[[float], Awaitable[None]]

# How long a deployment is left alone after a 429 that names no time.
UNNAMED_THROTTLE_SECONDS = 1.0


@dataclass(slots=True)
class Deployment:
    """One deployment of a model, with what is known of its state."""

    name: str
    model: str
    breaker: CircuitBreaker
    throttle: Throttle
    last_error_code: str | None = None

    def wait_seconds(self) -> float:
        """Seconds until a request may be welcome; 0.0 now."""
        return max(self.throttle.wait_seconds(), self.breaker.wait_seconds())


@dataclass(frozen=True, slots=True)
class ChatResult:
    """A complete answer, and what it took. ``cost_micro_usd`` is None where the price is unknown."""

    content: str
    deployment: str
    model: str
    usage: Usage
    cost_micro_usd: int | None
    attempts: int
    fallback_used: bool


@dataclass(slots=True)
class _Call:
    """One call on its way: where it may go, and how often it was tried."""

    request: ChatRequest
    deadline: Deadline
    candidates: list[Deployment]
    attempts: int = 0
    silent: set[str] = field(default_factory=set)


class OpenAIClient:
    """Chat with the model under a deadline, a limiter, breakers and a retry budget.

    One per process and event loop; close it when the app ends.
    """

    def __init__(
        self,
        settings: OpenAISettings,
        backend: Backend,
        *,
        catalogue: ModelCatalogue | None = None,
        retry_policy: RetryPolicy | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.settings = settings
        self.backend = backend
        self.catalogue = catalogue or load_catalogue()
        self.limiter = RateLimiter(settings.requests_per_minute, clock=clock)
        self.token_tracker = TokenTracker()
        self.deployments = [self._deployment(name, clock) for name in settings.deployments]
        self._retry_policy = retry_policy or RetryPolicy(settings.max_attempts, settings.backoff_seconds)
        self._clock = clock
        self._sleep = sleep

    async def chat(self, request: ChatRequest, *, deadline: Deadline | None = None) -> ChatResult:
        """Ask until there is a complete answer, or no further attempt can help.

        Raises:
            OpenAIServiceError: Its subclass says why; ``usage`` holds what the call cost all the same.
        """
        call = _Call(
            request,
            deadline or Deadline.after(self.settings.deadline_seconds, self._clock),
            list(self.deployments),
        )
        while True:
            deployment = await self._admit(call)
            try:
                answer = await self._attempt(call, deployment)
            except OpenAIServiceError as error:
                error.attempts = call.attempts
                error.deployment = deployment.name
                await self._make_ready_to_retry(call, deployment, error)
            else:
                return self._accept(call, deployment, answer)

    async def aclose(self) -> None:
        """Close the backend's connections."""
        await self.backend.aclose()

    # -- admission -------------------------------------------------------------------------------

    async def _admit(self, call: _Call) -> Deployment:
        """Wait until a deployment may be asked; takes a start from the limiter and the breaker's turn."""
        while True:
            deployment = self._most_welcome(call)
            if deployment.breaker.wait_seconds() > 0.0:
                raise CircuitBreakerError(
                    f"Deployment {deployment.name} keeps failing and is left alone for a while.",
                    retry_after_seconds=deployment.breaker.wait_seconds(),
                    attempts=call.attempts,
                    deployment=deployment.name,
                )
            throttled_seconds = deployment.throttle.wait_seconds()
            if throttled_seconds > 0.0:
                await self._wait(call, throttled_seconds, "The provider throttles this deployment")
                continue
            reservation = await self._wait_for_limiter(call)
            if deployment.throttle.wait_seconds() == 0.0 and deployment.breaker.can_proceed():
                return deployment
            self.limiter.give_back(reservation)

    def _most_welcome(self, call: _Call) -> Deployment:
        """The first candidate that may be asked now, else the one that may be asked soonest."""
        return min(
            call.candidates, key=lambda candidate: (candidate.name in call.silent, candidate.wait_seconds())
        )

    async def _wait_for_limiter(self, call: _Call) -> Reservation:
        reservation = self.limiter.reserve(max_wait_seconds=call.deadline.remaining_seconds())
        if not reservation.granted:
            raise RateLimitError(
                "The limit of requests per minute is used up (OPENAI_REQUESTS_PER_MINUTE).",
                retry_after_seconds=reservation.wait_seconds,
                attempts=call.attempts,
            )
        if reservation.wait_seconds > 0.0:
            try:
                await self._sleep(reservation.wait_seconds)
            except asyncio.CancelledError:
                self.limiter.give_back(reservation)
                raise
        return reservation

    async def _wait(self, call: _Call, seconds: float, why: str) -> None:
        if not call.deadline.leaves_room_for(seconds):
            raise RateLimitError(
                f"{why}, for longer than the call's deadline.",
                retry_after_seconds=seconds,
                attempts=call.attempts,
            )
        await self._sleep(seconds)

    # -- attempts --------------------------------------------------------------------------------

    async def _attempt(self, call: _Call, deployment: Deployment) -> ChatAnswer:
        """Send the request once, and tell the guards how it went."""
        timeout_seconds = min(self.settings.attempt_timeout_seconds, call.deadline.remaining_seconds())
        if timeout_seconds <= 0.0:
            deployment.breaker.give_turn_back()
            raise TimeoutError("The deadline passed while the call waited for its turn.")
        call.attempts += 1
        try:
            answer = await self.backend.complete(call.request, deployment.name, timeout_seconds)
        except OpenAIServiceError as error:
            deployment.last_error_code = error.code
            if error.counts_as_failure:
                deployment.breaker.record_failure()
            else:
                deployment.breaker.give_turn_back()
            if isinstance(error, RateLimitError):
                deployment.throttle.hold_for(error.retry_after_seconds or UNNAMED_THROTTLE_SECONDS)
            raise
        except BaseException:
            deployment.breaker.give_turn_back()
            raise
        deployment.breaker.record_success()
        return answer

    async def _make_ready_to_retry(
        self, call: _Call, deployment: Deployment, error: OpenAIServiceError
    ) -> None:
        """Return when the next attempt may begin, or raise ``error`` where none can help."""
        can_help = error.is_retryable if error.retry_advised is None else error.retry_advised
        if not can_help or call.attempts >= self._retry_policy.max_attempts:
            raise error
        elsewhere = [other for other in call.candidates if other is not deployment]
        elsewhere = [other for other in elsewhere if other.name not in call.silent]
        if isinstance(error, AttemptTimeoutError):
            asked_for_the_last_time = deployment.name in call.silent or len(call.candidates) > 1
            call.silent.add(deployment.name)
            if asked_for_the_last_time and not elsewhere:
                raise error
        if any(other.wait_seconds() == 0.0 for other in elsewhere):
            return
        delay = self._retry_policy.delay_seconds(call.attempts, error.retry_after_seconds)
        if not call.deadline.leaves_room_for(delay):
            error.retry_after_seconds = delay
            raise error
        await self._sleep(delay)

    # -- answers ---------------------------------------------------------------------------------

    def _accept(self, call: _Call, deployment: Deployment, answer: ChatAnswer) -> ChatResult:
        """Account for an answer, and refuse one that is not complete."""
        cost_micro_usd = self.catalogue.cost_micro_usd(deployment.model, answer.usage)
        self.token_tracker.record_usage(
            answer.usage.input_tokens,
            answer.usage.output_tokens,
            None if cost_micro_usd is None else cost_micro_usd / MICRO_USD_PER_USD,
        )
        problem = _incompleteness(answer, deployment.name)
        if problem is not None:
            problem.usage = answer.usage
            problem.attempts = call.attempts
            problem.deployment = deployment.name
            deployment.last_error_code = problem.code
            raise problem
        return ChatResult(
            content=answer.content,
            deployment=deployment.name,
            model=deployment.model,
            usage=answer.usage,
            cost_micro_usd=cost_micro_usd,
            attempts=call.attempts,
            fallback_used=deployment is not self.deployments[0],
        )

    def _deployment(self, name: str, clock: Clock) -> Deployment:
        model = self.settings.model_of(name)
        if model not in self.settings.allowed_models:
            raise ModelNotAllowedError(
                f"Model {model} of deployment {name} is not allowed. Choose one of "
                f"{', '.join(self.settings.allowed_models)}, widen OPENAI_ALLOWED_MODELS, or name the "
                "deployment's model in OPENAI_DEPLOYMENT_MODELS.",
                deployment=name,
            )
        breaker = CircuitBreaker(
            self.settings.breaker_failure_threshold, self.settings.breaker_timeout_seconds, clock=clock
        )
        return Deployment(name, model, breaker, Throttle(clock=clock))

    def cost_micro_usd(self, deployment: str | None, usage: Usage) -> int | None:
        """What ``usage`` costs on a deployment; None where its price is unknown."""
        return (
            self.catalogue.cost_micro_usd(self.settings.model_of(deployment), usage) if deployment else None
        )

    def is_impaired(self) -> bool:
        """Whether any deployment's breaker is not closed."""
        return any(entry.breaker.state is not BreakerState.CLOSED for entry in self.deployments)


def _incompleteness(answer: ChatAnswer, deployment: str) -> ValidationError | None:
    """Why an answer cannot be used, None where it is whole."""
    if answer.finish_reason == "content_filter":
        return ContentFilterError(f"The content filter of deployment {deployment} stopped the answer.")
    if answer.refused:
        return RefusalError(f"The model of deployment {deployment} declined to answer.")
    if answer.finish_reason == "length":
        return TruncatedAnswerError(
            f"The answer of deployment {deployment} was cut off; raise OPENAI_MAX_OUTPUT_TOKENS."
        )
    if not answer.content.strip():
        return EmptyAnswerError(f"Deployment {deployment} answered without content.")
    return None
