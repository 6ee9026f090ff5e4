"""The one guarded way to reach the model.

    deadline ► budget ► limiter ► breaker ► attempt, and round again where another attempt can help

Each guard is a policy of ``shared_code.reliability``; this room only applies them in order, and
accounts for what every answered attempt cost.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from shared_code.accounting.budget import DailyBudget
from shared_code.accounting.pricing import ModelCatalogue, load_catalogue
from shared_code.accounting.token_tracker import MICRO_USD_PER_USD, TokenTracker
from shared_code.accounting.usage import Usage
from shared_code.admission import InstanceLimiter, Limiter, Sleep
from shared_code.backends.contract import Backend, ChatAnswer, ChatRequest
from shared_code.errors import (
    AttemptTimeoutError,
    CircuitBreakerError,
    ContentFilterError,
    DeploymentNotFoundError,
    EmptyAnswerError,
    ModelConnectionError,
    ModelNotAllowedError,
    ModelServerError,
    OpenAIServiceError,
    PromptTooLongError,
    RateLimitError,
    RefusalError,
    TimeoutError,
    TruncatedAnswerError,
    ValidationError,
)
from shared_code.reliability.circuit_breaker import CircuitBreaker, FailureRatio, Turn
from shared_code.reliability.deadline import Clock, Deadline
from shared_code.reliability.rate_limiter import RateLimiter
from shared_code.reliability.retry import RetryPolicy
from shared_code.reliability.throttle import Throttle
from shared_code.settings import OpenAISettings

# A deployment gets this many tries in a call before the fallback is asked, if it answers at all.
FAILURES_BEFORE_FALLBACK = 2
# A throttle as short as this is waited for, though the fallback could answer at once.
THROTTLE_PATIENCE_SECONDS = 2.0
# English and German prose has some four characters to a token.
CHARACTERS_PER_TOKEN = 4


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
    estimated_tokens: int
    attempts: int = 0
    permit: Any = None
    turn: Turn | None = None
    silent: set[str] = field(default_factory=set)
    failures: Counter[str] = field(default_factory=Counter)


class OpenAIClient:
    """Chat with the model under a deadline, a budget, a limiter, breakers and a retry policy.

    One per process and event loop; close it when the app ends.

    Args:
        settings: How hard to try.
        backend: The provider's API.
        limiter: By default this process's own; see ``shared_limiter.py`` for one that instances share.
        budget: What a day may cost; None for no limit.
        catalogue: What models cost and accept.
        retry_policy: By default from the settings.
        clock: Monotonic seconds.
        sleep: How to wait.
    """

    def __init__(
        self,
        settings: OpenAISettings,
        backend: Backend,
        *,
        limiter: Limiter | None = None,
        budget: DailyBudget | None = None,
        catalogue: ModelCatalogue | None = None,
        retry_policy: RetryPolicy | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.settings = settings
        self.backend = backend
        self.catalogue = catalogue or load_catalogue()
        self.limiter = limiter or InstanceLimiter(
            RateLimiter(settings.requests_per_minute, settings.tokens_per_minute, clock=clock), sleep
        )
        self.token_tracker = TokenTracker()
        self.deployments = [self._deployment(name, clock) for name in settings.deployments]
        self._budget = budget
        self._retry_policy = retry_policy or RetryPolicy(settings.max_attempts, settings.backoff_seconds)
        self._clock = clock
        self._sleep = sleep

    async def chat(self, request: ChatRequest, *, deadline: Deadline | None = None) -> ChatResult:
        """Ask until there is a complete answer, or no further attempt can help.

        Raises:
            OpenAIServiceError: Its subclass says why; ``usage`` holds what the call cost all the same.
        """
        deadline = deadline or Deadline.after(self.settings.deadline_seconds, self._clock)
        call = _Call(request, deadline, _estimated_tokens(request))
        try:
            while True:
                deployment = await self._admit(call)
                try:
                    answer = await self._attempt(call, deployment)
                except OpenAIServiceError as error:
                    error.deployment = deployment.name
                    await self._make_ready_to_retry(call, deployment, error)
                else:
                    return self._accept(call, deployment, answer)
        except OpenAIServiceError as error:
            error.attempts = call.attempts
            raise

    async def aclose(self) -> None:
        """Close the backend's connections."""
        await self.backend.aclose()

    # -- admission -------------------------------------------------------------------------------

    async def _admit(self, call: _Call) -> Deployment:
        """Wait until a deployment may be asked; takes a permit of the limiter and the breaker's turn."""
        while True:
            deployment = self._most_welcome(call)
            if deployment.breaker.wait_seconds() > 0.0:
                raise _left_alone(deployment)
            throttled_seconds = deployment.throttle.wait_seconds()
            if throttled_seconds > 0.0:
                await self._wait_out_throttle(call, deployment, throttled_seconds)
                continue
            if self._budget is not None:
                await self._budget.check(call.deadline.remaining_seconds())
            permit = await self.limiter.admit(call.estimated_tokens, call.deadline.remaining_seconds())
            if deployment.throttle.wait_seconds() == 0.0 and (turn := deployment.breaker.enter()):
                call.permit, call.turn = permit, turn
                return deployment
            self.limiter.give_back(permit)

    def _most_welcome(self, call: _Call) -> Deployment:
        """The first deployment that has nothing against it, else the one that is ready soonest.

        A second try and a short wait are better than the fallback's model; silence, two failures, an
        open breaker or a long throttle are not. The last attempt is never spent on a failing one.
        """
        patience = min(FAILURES_BEFORE_FALLBACK, max(1, self._retry_policy.max_attempts - 1))

        def reluctance(candidate: Deployment) -> tuple[bool, bool, bool, float]:
            wait_seconds = candidate.wait_seconds()
            left_alone = candidate.breaker.wait_seconds() > 0.0
            out_of_reach = left_alone or not call.deadline.leaves_room_for(wait_seconds)
            given_up = call.failures[candidate.name] >= patience
            throttled = candidate.throttle.wait_seconds() > THROTTLE_PATIENCE_SECONDS
            return (out_of_reach, given_up, throttled, wait_seconds if out_of_reach or throttled else 0.0)

        return min(self.deployments, key=reluctance)

    async def _wait_out_throttle(self, call: _Call, deployment: Deployment, seconds: float) -> None:
        # Spread, because everybody who waits was told the same moment.
        seconds = self._retry_policy.delay_seconds(call.attempts, seconds)
        if not call.deadline.leaves_room_for(seconds):
            raise RateLimitError(
                f"The provider throttles deployment {deployment.name} for longer than the call's deadline.",
                retry_after_seconds=seconds,
                deployment=deployment.name,
            )
        await self._sleep(seconds)

    # -- attempts --------------------------------------------------------------------------------

    async def _attempt(self, call: _Call, deployment: Deployment) -> ChatAnswer:
        """Send the request once, and tell the guards how it went."""
        timeout_seconds = min(self.settings.attempt_timeout_seconds, call.deadline.remaining_seconds())
        if timeout_seconds <= 0.0:
            deployment.breaker.give_turn_back(call.turn)
            self.limiter.give_back(call.permit)
            raise TimeoutError("The deadline passed while the call waited for its turn.")
        call.attempts += 1
        try:
            answer = await self.backend.complete(call.request, deployment.name, timeout_seconds)
        except OpenAIServiceError as error:
            self._note_failure(call, deployment, error)
            raise
        except BaseException:
            deployment.breaker.give_turn_back(call.turn)
            raise  # the request may have left, so its permit stays taken
        deployment.breaker.record_success(call.turn)
        self.limiter.settle(call.permit, answer.usage.total_tokens)
        self.limiter.observe(answer.remaining_requests, answer.remaining_tokens)
        return answer

    def _note_failure(self, call: _Call, deployment: Deployment, error: OpenAIServiceError) -> None:
        deployment.last_error_code = error.code
        if isinstance(error, DeploymentNotFoundError):
            deployment.breaker.open_for_good()
        elif error.counts_as_failure:
            deployment.breaker.record_failure(call.turn)
        else:
            deployment.breaker.give_turn_back(call.turn)
        if isinstance(error, RateLimitError):
            backoff_seconds = self._retry_policy.delay_seconds(call.attempts)
            deployment.throttle.hold_for(
                backoff_seconds if error.retry_after_seconds is None else error.retry_after_seconds
            )
        if not error.was_sent:
            self.limiter.give_back(call.permit)

    async def _make_ready_to_retry(
        self, call: _Call, deployment: Deployment, error: OpenAIServiceError
    ) -> None:
        """Return when the next attempt may begin, or raise ``error`` where none can help."""
        was_silent_before = deployment.name in call.silent
        if isinstance(error, AttemptTimeoutError):
            call.silent.add(deployment.name)
        call.failures[deployment.name] += self._weight(error)
        following = self._most_welcome(call)
        is_elsewhere = following is not deployment
        if not self._can_help(error, deployment, following):
            raise error
        if call.attempts >= self._retry_policy.max_attempts:
            raise error
        if following.name in call.silent and (was_silent_before or len(self.deployments) > 1):
            raise error
        if isinstance(error, RateLimitError) or (is_elsewhere and following.wait_seconds() == 0.0):
            return  # the throttle, or another deployment, decides when
        delay = self._retry_policy.delay_seconds(call.attempts, error.retry_after_seconds)
        if not call.deadline.leaves_room_for(delay):
            error.retry_after_seconds = delay
            raise error
        await self._sleep(delay)

    def _weight(self, error: OpenAIServiceError) -> int:
        """How much a failure counts towards asking elsewhere: what can pass gets a second try."""
        passes = isinstance(error, (RateLimitError, ModelServerError, ModelConnectionError))
        return 1 if passes else FAILURES_BEFORE_FALLBACK

    def _can_help(self, error: OpenAIServiceError, deployment: Deployment, following: Deployment) -> bool:
        """Whether another attempt, there or elsewhere, may succeed where this one failed."""
        if isinstance(error, DeploymentNotFoundError):
            return following is not deployment
        if isinstance(error, PromptTooLongError):
            return self._context_tokens(following) > self._context_tokens(deployment)
        return error.is_retryable if error.retry_advised is None else error.retry_advised

    def _context_tokens(self, deployment: Deployment) -> int:
        model = self.catalogue.find(deployment.model)
        return model.context_tokens if model else 0

    # -- answers ---------------------------------------------------------------------------------

    def _accept(self, call: _Call, deployment: Deployment, answer: ChatAnswer) -> ChatResult:
        """Account for an answer, and refuse one that is not complete."""
        cost_micro_usd = self.cost_micro_usd(deployment.name, answer.usage)
        if self._budget is not None and cost_micro_usd is not None:
            self._budget.add(cost_micro_usd)
        self.token_tracker.record_usage(
            answer.usage.input_tokens,
            answer.usage.output_tokens,
            None if cost_micro_usd is None else cost_micro_usd / MICRO_USD_PER_USD,
        )
        problem = _incompleteness(answer, deployment.name)
        if problem is not None:
            problem.usage = answer.usage
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
        settings = self.settings
        ratio = settings.breaker_failure_ratio
        breaker = CircuitBreaker(
            settings.breaker_failure_threshold,
            settings.breaker_timeout_seconds,
            failure_ratio=FailureRatio(ratio, settings.breaker_minimum_calls) if ratio else None,
            clock=clock,
        )
        return Deployment(name, model, breaker, Throttle(clock=clock))

    def cost_micro_usd(self, deployment: str | None, usage: Usage) -> int | None:
        """What ``usage`` costs on a deployment; None where its price, or the usage itself, is unknown."""
        if deployment is None or not usage.total_tokens:
            return None
        return self.catalogue.cost_micro_usd(self.settings.model_of(deployment), usage)


def _estimated_tokens(request: ChatRequest) -> int:
    """What the provider counts up front: the prompt, roughly, and the longest answer allowed."""
    characters = sum(len(message.content) for message in request.messages)
    return characters // CHARACTERS_PER_TOKEN + request.max_output_tokens


def _left_alone(deployment: Deployment) -> OpenAIServiceError:
    if deployment.breaker.is_open_for_good:
        return DeploymentNotFoundError(
            f"Deployment {deployment.name} is gone (404 or 410). Check OPENAI_CHAT_DEPLOYMENT and "
            "OPENAI_FALLBACK_DEPLOYMENT; the model may be retired. Restart the app after mending it.",
            deployment=deployment.name,
        )
    return CircuitBreakerError(
        f"Deployment {deployment.name} keeps failing and is left alone for a while.",
        retry_after_seconds=deployment.breaker.wait_seconds(),
        deployment=deployment.name,
    )


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
