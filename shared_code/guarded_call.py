"""How one call is guarded, whatever it asks for.

    deadline ► budget ► limiter ► breaker ► attempt, and round again where another attempt can help

Each guard is a policy of ``shared_code.reliability``; this room only applies them in order, and
accounts for what every billed attempt cost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

from shared_code.accounting.budget import DailyBudget
from shared_code.accounting.pricing import ModelCatalogue
from shared_code.accounting.token_tracker import MICRO_USD_PER_USD, TokenTracker
from shared_code.accounting.usage import DeploymentUsage, Usage, total_cost_micro_usd, total_usage
from shared_code.admission import Limiter, Sleep
from shared_code.deployment import Deployment
from shared_code.errors import (
    AttemptTimeoutError,
    AuthenticationError,
    DeploymentNotFoundError,
    EngineError,
    ModelConnectionError,
    ModelServerError,
    OpenAIServiceError,
    PromptTooLongError,
    RateLimitError,
    TimeoutError,
    ValidationError,
)
from shared_code.observation import SUCCESS, AttemptRecord, CallRecord, Observer, Operation
from shared_code.reliability.circuit_breaker import Turn
from shared_code.reliability.deadline import Clock, Deadline
from shared_code.reliability.retry import RetryPolicy

# A deployment gets this many tries in a call before the fallback is asked, if it answers at all.
FAILURES_BEFORE_FALLBACK = 2
# A throttle as short as this is waited for, though the fallback could answer at once.
THROTTLE_PATIENCE_SECONDS = 2.0


class Answered(Protocol):
    """What the guards read of an answer, whichever API gave it."""

    @property
    def usage(self) -> Usage:
        """What was billed."""

    @property
    def model(self) -> str:
        """The model that answered, by its own word."""

    @property
    def remaining_requests(self) -> int | None:
        """What is left of the provider's limit of requests."""

    @property
    def remaining_tokens(self) -> int | None:
        """What is left of the provider's limit of tokens."""


AnswerT = TypeVar("AnswerT", bound=Answered)


@dataclass(slots=True)
class GuardedCall(Generic[AnswerT]):
    """One call on its way: what it sends, where it may go, and what became of it so far.

    ``send`` takes a deployment and the attempt's timeout in seconds; ``problem_of`` says why an answer
    of a deployment cannot be used, None where it can.
    """

    operation: Operation
    deployments: Sequence[Deployment]
    deadline: Deadline
    estimated_tokens: int
    send: Callable[[str, float], Awaitable[AnswerT]]
    problem_of: Callable[[AnswerT, str], ValidationError | None]
    attempts: int = 0
    limited_seconds: float = 0.0
    charges: list[DeploymentUsage] = field(default_factory=list)
    permit: Any = None
    turn: Turn | None = None
    asked: Deployment | None = None
    response_model: str | None = None
    silent: set[str] = field(default_factory=set)
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def fallback_used(self) -> bool:
        """Whether the last deployment asked is not the first choice."""
        return self.asked is not None and self.asked is not self.deployments[0]


@dataclass(frozen=True, slots=True)
class Guards:
    """What a client's calls have in common. Immutable itself; the policies in it have their own state.

    ``today`` gives the UTC date, by which a model may have retired.
    """

    limiter: Limiter
    budget: DailyBudget | None
    retry_policy: RetryPolicy
    catalogue: ModelCatalogue
    token_tracker: TokenTracker
    observer: Observer
    attempt_timeout_seconds: float
    clock: Clock
    sleep: Sleep
    today: Callable[[], date]

    async def run(self, call: GuardedCall[AnswerT]) -> tuple[AnswerT, Deployment]:
        """Ask until there is a usable answer, or no further attempt can help.

        Raises:
            OpenAIServiceError: Its subclass says why; ``usage`` and ``charges`` hold what was billed.
        """
        started = self.clock()
        outcome = "interrupted"
        try:
            answered = await self._until_answered(call)
        except OpenAIServiceError as error:
            error.attempts = call.attempts
            error.charges = tuple(call.charges)
            error.usage = total_usage(call.charges)
            outcome = error.code
            raise
        except EngineError as error:
            outcome = error.code
            raise
        else:
            outcome = SUCCESS
            return answered
        finally:
            self._report(call, outcome, self.clock() - started)

    async def _until_answered(self, call: GuardedCall[AnswerT]) -> tuple[AnswerT, Deployment]:
        while True:
            deployment = await self._admit(call)
            try:
                answer = await self._attempt(call, deployment)
            except OpenAIServiceError as error:
                error.deployment = deployment.name
                await self._make_ready_to_retry(call, deployment, error)
                continue
            problem = call.problem_of(answer, deployment.name)
            if problem is not None:
                problem.deployment = deployment.name
                deployment.last_error_code = problem.code
                raise problem
            return answer, deployment

    # -- admission -------------------------------------------------------------------------------

    async def _admit(self, call: GuardedCall[AnswerT]) -> Deployment:
        """Wait until a deployment may be asked; takes a permit of the limiter and the breaker's turn."""
        while True:
            deployment = self._most_welcome(call)
            left_alone = deployment.why_left_alone(self.today())
            if left_alone is not None:
                raise left_alone
            throttled_seconds = deployment.throttle.wait_seconds()
            if throttled_seconds > 0.0:
                await self._wait_out_throttle(call, deployment, throttled_seconds)
                continue
            if self.budget is not None:
                await self.budget.check(call.deadline.remaining_seconds())
            started_waiting = self.clock()
            permit = await self.limiter.admit(call.estimated_tokens, call.deadline.remaining_seconds())
            call.limited_seconds += self.clock() - started_waiting
            deployment = self._most_welcome(call)  # another one may be, after a long wait
            is_ready = (
                deployment.throttle.wait_seconds() == 0.0 and deployment.why_left_alone(self.today()) is None
            )
            if is_ready and (turn := deployment.breaker.enter()):
                call.permit, call.turn = permit, turn
                return deployment
            self.limiter.give_back(permit)

    def _most_welcome(self, call: GuardedCall[AnswerT]) -> Deployment:
        """The first deployment that has nothing against it, else the one that is ready soonest.

        A second try and a short wait are better than the fallback's model; silence, two failures, an
        open breaker or a long throttle are not. The last attempt is never spent on a failing one.
        """
        patience = min(FAILURES_BEFORE_FALLBACK, max(1, self.retry_policy.max_attempts - 1))
        today = self.today()

        def reluctance(candidate: Deployment) -> tuple[bool, bool, bool, bool, bool, float]:
            wait_seconds = candidate.wait_seconds()
            left_alone = candidate.breaker.wait_seconds() > 0.0
            out_of_reach = left_alone or not call.deadline.leaves_room_for(wait_seconds)
            given_up = call.failures[candidate.name] >= patience
            throttled = candidate.throttle.wait_seconds() > THROTTLE_PATIENCE_SECONDS
            counted_wait = wait_seconds if out_of_reach or throttled else 0.0
            was_silent = candidate.name in call.silent  # what it was asked may still be answered, and billed
            return (candidate.is_retired(today), out_of_reach, given_up, was_silent, throttled, counted_wait)

        return min(call.deployments, key=reluctance)

    async def _wait_out_throttle(
        self, call: GuardedCall[AnswerT], deployment: Deployment, seconds: float
    ) -> None:
        # Spread, because everybody who waits was told the same moment.
        seconds = self.retry_policy.delay_seconds(call.attempts, seconds)
        if not call.deadline.leaves_room_for(seconds):
            raise RateLimitError(
                f"The provider throttles deployment {deployment.name} for longer than the call's deadline.",
                retry_after_seconds=seconds,
                deployment=deployment.name,
            )
        await self.sleep(seconds)

    # -- attempts --------------------------------------------------------------------------------

    async def _attempt(self, call: GuardedCall[AnswerT], deployment: Deployment) -> AnswerT:
        """Send the request once, and tell the guards how it went."""
        timeout_seconds = min(self.attempt_timeout_seconds, call.deadline.remaining_seconds())
        if timeout_seconds <= 0.0:
            deployment.breaker.give_turn_back(call.turn)
            self.limiter.give_back(call.permit)
            raise TimeoutError("The deadline passed while the call waited for its turn.")
        call.attempts += 1
        call.asked = deployment
        started = self.clock()
        try:
            answer = await call.send(deployment.name, timeout_seconds)
        except OpenAIServiceError as error:
            duration_seconds = self.clock() - started
            self._note_failure(call, deployment, error)
            cost = self._account(call, deployment, error.usage) if error.usage.total_tokens else None
            self.observer.attempt_ended(_failed_attempt(call, deployment, error, duration_seconds, cost))
            raise
        except BaseException:
            deployment.breaker.give_turn_back(call.turn)
            raise  # the request may have left, so its permit stays taken
        deployment.breaker.record_success(call.turn)
        self.limiter.settle(call.permit, answer.usage.total_tokens)
        self.limiter.observe(answer.remaining_requests, answer.remaining_tokens)
        call.response_model = answer.model
        cost = self._account(call, deployment, answer.usage)
        self.observer.attempt_ended(
            AttemptRecord(
                operation=call.operation,
                deployment=deployment.name,
                model=deployment.model,
                outcome=SUCCESS,
                duration_seconds=self.clock() - started,
                usage=answer.usage,
                cost_micro_usd=cost,
                response_model=answer.model,
            )
        )
        return answer

    def _note_failure(
        self, call: GuardedCall[AnswerT], deployment: Deployment, error: OpenAIServiceError
    ) -> None:
        deployment.last_error_code = error.code
        if isinstance(error, DeploymentNotFoundError):
            deployment.breaker.open_for_good()
        elif error.counts_as_failure:
            deployment.breaker.record_failure(call.turn)
        else:
            deployment.breaker.give_turn_back(call.turn)
        if isinstance(error, RateLimitError):
            backoff_seconds = self.retry_policy.delay_seconds(call.attempts)
            deployment.throttle.hold_for(
                backoff_seconds if error.retry_after_seconds is None else error.retry_after_seconds
            )
        if not error.was_sent:
            self.limiter.give_back(call.permit)

    async def _make_ready_to_retry(
        self, call: GuardedCall[AnswerT], deployment: Deployment, error: OpenAIServiceError
    ) -> None:
        """Return when the next attempt may begin, or raise ``error`` where none can help."""
        was_silent_before = deployment.name in call.silent
        if isinstance(error, AttemptTimeoutError):
            call.silent.add(deployment.name)
        call.failures[deployment.name] += _weight(error)
        following = self._most_welcome(call)
        is_elsewhere = following is not deployment
        if not self._can_help(error, deployment, following):
            raise error
        if call.attempts >= self.retry_policy.max_attempts:
            raise error
        if following.name in call.silent and (was_silent_before or len(call.deployments) > 1):
            raise error
        if isinstance(error, RateLimitError) or (is_elsewhere and following.wait_seconds() == 0.0):
            return  # the throttle, or another deployment, decides when
        delay = self.retry_policy.delay_seconds(call.attempts, error.retry_after_seconds)
        if not call.deadline.leaves_room_for(delay):
            error.retry_after_seconds = delay
            raise error
        await self.sleep(delay)

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

    # -- accounts --------------------------------------------------------------------------------

    def _account(self, call: GuardedCall[AnswerT], deployment: Deployment, usage: Usage) -> int | None:
        """Book one billed attempt; its cost in micro-USD, None where the price or the usage is unknown."""
        cost_micro_usd = (
            self.catalogue.cost_micro_usd(deployment.model, usage) if usage.total_tokens else None
        )
        if self.budget is not None and cost_micro_usd is not None:
            self.budget.add(cost_micro_usd)
        self.token_tracker.record_usage(
            usage.input_tokens,
            usage.output_tokens,
            None if cost_micro_usd is None else cost_micro_usd / MICRO_USD_PER_USD,
        )
        call.charges.append(DeploymentUsage(deployment.name, deployment.model, usage, cost_micro_usd))
        return cost_micro_usd

    def _report(self, call: GuardedCall[AnswerT], outcome: str, duration_seconds: float) -> None:
        deployment = call.asked or call.deployments[0]
        self.observer.call_ended(
            CallRecord(
                operation=call.operation,
                deployment=deployment.name,
                model=deployment.model,
                outcome=outcome,
                duration_seconds=duration_seconds,
                limited_seconds=call.limited_seconds,
                attempts=call.attempts,
                fallback_used=call.fallback_used,
                usage=total_usage(call.charges),
                cost_micro_usd=total_cost_micro_usd(call.charges),
                response_model=call.response_model,
            )
        )


def _weight(error: OpenAIServiceError) -> int:
    """How much a failure counts towards asking elsewhere: what can pass gets a second try."""
    passes = (RateLimitError, ModelServerError, ModelConnectionError, AuthenticationError)
    return 1 if isinstance(error, passes) else FAILURES_BEFORE_FALLBACK


def _failed_attempt(
    call: GuardedCall[AnswerT],
    deployment: Deployment,
    error: OpenAIServiceError,
    duration_seconds: float,
    cost_micro_usd: int | None,
) -> AttemptRecord:
    return AttemptRecord(
        operation=call.operation,
        deployment=deployment.name,
        model=deployment.model,
        outcome=error.code,
        duration_seconds=duration_seconds,
        usage=error.usage,
        cost_micro_usd=cost_micro_usd,
        retry_after_seconds=error.retry_after_seconds if isinstance(error, RateLimitError) else None,
    )
