"""What must hold of the guarded client whatever the provider does, over generated faults.

Deadline, attempts, silence, throttle, probes, permits, money. Time is virtual: the event loop's clock
jumps to the next timer whenever nothing else is to be done.
"""

from __future__ import annotations

import asyncio
import json
import selectors
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared_code.accounting.budget import DailyBudget
from shared_code.accounting.call_log import CallDetails
from shared_code.accounting.pricing import load_catalogue
from shared_code.accounting.usage import Usage
from shared_code.admission import InstanceLimiter, limit_reached
from shared_code.assistants.registry import PII_IDENTIFIER
from shared_code.backends.contract import ChatAnswer, ChatRequest, Message
from shared_code.errors import (
    AttemptTimeoutError,
    AuthenticationError,
    ContentFilterError,
    DeploymentNotFoundError,
    InvalidModelRequestError,
    ModelConnectionError,
    ModelServerError,
    OpenAIServiceError,
    PromptTooLongError,
    RateLimitError,
)
from shared_code.openai_client import OpenAIClient
from shared_code.openai_service import AsyncOpenAIService
from shared_code.reliability.circuit_breaker import BreakerState
from shared_code.reliability.deadline import Deadline
from shared_code.reliability.rate_limiter import RateLimiter, Reservation
from shared_code.reliability.retry import RetryPolicy
from shared_code.settings import OpenAISettings

PRIMARY, FALLBACK = "gpt-4.1-mini", "gpt-4o-mini"
EXAMPLES = 150
ROUNDING_SECONDS = 1e-6
LATE_SECONDS = 0.5
MANY_ADMISSIONS = 1_000
GOOD = json.dumps({"pii_entities": []})
BAD = json.dumps({"pii_entities": [{"original_value": "x"}]})
ResultT = TypeVar("ResultT")


# -- virtual time --------------------------------------------------------------------------------


class _Selector(selectors.DefaultSelector):
    """Skips the wait for the next timer, and counts it as passed."""

    skipped_seconds = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise RuntimeError("everybody waits for something that no timer brings")
            self.skipped_seconds += timeout
        return ready


class _VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._skipping = _Selector()
        super().__init__(self._skipping)

    def time(self) -> float:
        return 1_000.0 + self._skipping.skipped_seconds


def in_virtual_time(work: Callable[[], Coroutine[Any, Any, ResultT]]) -> ResultT:
    """Run to the end, on a clock that waits for nothing."""
    with asyncio.Runner(loop_factory=_VirtualTimeLoop) as runner:
        return runner.run(work())


def now() -> float:
    return asyncio.get_running_loop().time()


def test_virtual_time_passes_without_waiting() -> None:
    """A day of sleep and a timeout within it, at once."""

    async def work() -> float:
        began = now()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.sleep(86_400)
        await asyncio.sleep(86_400)
        return now() - began

    assert in_virtual_time(work) == pytest.approx(86_405)


# -- what the provider may do --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One response: after ``seconds`` an error, or an answer that is billed."""

    seconds: float
    error: type[OpenAIServiceError] | None = None
    retry_after: float | None = None
    advised: bool | None = None
    was_sent: bool = True
    answer: ChatAnswer | None = None


def answered(seconds: float = 0.1, content: str = GOOD, usage: Usage | None = None, **more: Any) -> Step:
    """A step that answers."""
    usage = usage or Usage(1_000, 0, 100)
    details = {"finish_reason": "stop", "refused": False, **more}
    return Step(seconds, answer=ChatAnswer(content, usage=usage, model="m", request_id=None, **details))


@dataclass
class Provider:
    """A backend that follows a script, then answers; and that watches who asks it, and when."""

    steps: list[Step]
    name: str = "scripted"
    client: OpenAIClient | None = None
    asked: list[tuple[ChatRequest, str, float]] = field(default_factory=list)
    not_before: dict[str, float] = field(default_factory=dict)
    probes_out: Counter[str] = field(default_factory=Counter)
    silent: list[tuple[ChatRequest, str]] = field(default_factory=list)
    unsent: int = 0
    billed_micro_usd: int = 0
    objections: list[str] = field(default_factory=list)

    async def complete(self, request: ChatRequest, deployment: str, timeout_seconds: float) -> ChatAnswer:
        self._look_at(request, deployment)
        is_probe = self._state_of(deployment) is BreakerState.HALF_OPEN
        self.asked.append((request, deployment, now()))
        step = self.steps.pop(0) if self.steps else answered()
        self.probes_out[deployment] += is_probe
        if self.probes_out[deployment] > 1:
            self.objections.append(f"{self.probes_out[deployment]} probes are out at {deployment}")
        try:
            return await self._follow(step, request, deployment, timeout_seconds)
        finally:
            self.probes_out[deployment] -= is_probe

    async def aclose(self) -> None:
        return None

    async def _follow(
        self, step: Step, request: ChatRequest, deployment: str, timeout_seconds: float
    ) -> ChatAnswer:
        if step.seconds >= timeout_seconds or step.error is AttemptTimeoutError:
            await asyncio.sleep(timeout_seconds)
            self.silent.append((request, deployment))
            raise AttemptTimeoutError("scripted", deployment=deployment)
        await asyncio.sleep(step.seconds)
        if step.error is not None:
            self.unsent += not step.was_sent
            if step.error is RateLimitError and step.retry_after is not None:
                until = now() + step.retry_after
                self.not_before[deployment] = max(until, self.not_before.get(deployment, 0.0))
            raise step.error(
                "scripted",
                retry_after_seconds=step.retry_after,
                deployment=deployment,
                retry_advised=step.advised,
                was_sent=step.was_sent,
            )
        assert step.answer is not None
        self.billed_micro_usd += load_catalogue().cost_micro_usd(deployment, step.answer.usage) or 0
        return step.answer

    def _look_at(self, request: ChatRequest, deployment: str) -> None:
        early = self.not_before.get(deployment, 0.0) - now()
        if early > ROUNDING_SECONDS:
            self.objections.append(f"{deployment} was asked {early:.3f} s before the time it named")
        if any(known is request and silent == deployment for known, silent in self.silent):
            self.objections.append(f"{deployment} was asked again after its silence")

    def _state_of(self, deployment: str) -> BreakerState:
        assert self.client is not None
        return next(entry.breaker.state for entry in self.client.deployments if entry.name == deployment)


def _request(content: str = "hello") -> ChatRequest:
    return ChatRequest((Message("user", content),), max_output_tokens=100)


def _client(provider: Provider, *, jitter: float = 0.5, **changes: Any) -> OpenAIClient:
    more = {key: changes.pop(key) for key in ("limiter", "budget") if key in changes}
    options = OpenAISettings(endpoint="http://127.0.0.1:9", **{"requests_per_minute": 1_000, **changes})
    policy = RetryPolicy(options.max_attempts, options.backoff_seconds, uniform=lambda: jitter)
    client = OpenAIClient(options, provider, retry_policy=policy, clock=now, **more)
    provider.client = client
    return client


class _CountingLimiter(InstanceLimiter):
    """The real limiter, with the fate of every permit written down."""

    def __init__(self, requests_per_minute: int) -> None:
        super().__init__(RateLimiter(requests_per_minute, clock=now))
        self.admitted: list[Reservation] = []
        self.given_back: list[Reservation] = []

    async def admit(self, tokens: int, max_wait_seconds: float) -> Reservation:
        assert len(self.admitted) < MANY_ADMISSIONS, "a call goes round and round"
        permit = await super().admit(tokens, max_wait_seconds)
        self.admitted.append(permit)
        return permit

    def give_back(self, permit: Reservation) -> None:
        assert permit not in self.given_back, "given back twice"
        self.given_back.append(permit)
        super().give_back(permit)


async def _outcome(call: Awaitable[Any]) -> Any:
    """The result, or the error: both are an end."""
    try:
        return await call
    except OpenAIServiceError as error:
        return error


# -- generated input -----------------------------------------------------------------------------

LATENCIES = st.floats(0.0, 40.0)
RETRY_AFTERS = st.none() | st.floats(0.0, 120.0)
TROUBLES = st.one_of(
    st.builds(
        Step,
        LATENCIES,
        st.sampled_from([ModelServerError, RateLimitError]),
        RETRY_AFTERS,
        st.sampled_from([None, None, None, True, False]),
    ),
    st.builds(Step, LATENCIES, st.just(ModelConnectionError), was_sent=st.booleans()),
    st.builds(Step, LATENCIES, st.just(AttemptTimeoutError)),
    st.builds(
        Step,
        LATENCIES,
        st.sampled_from(
            [
                AuthenticationError,
                ContentFilterError,
                DeploymentNotFoundError,
                InvalidModelRequestError,
                PromptTooLongError,
            ]
        ),
    ),
)
USAGES = st.builds(
    lambda prompt, cached, completion, reasoning: Usage(
        prompt, min(cached, prompt), completion, min(reasoning, completion)
    ),
    st.integers(1, 5_000),
    st.integers(0, 5_000),
    st.integers(0, 2_000),
    st.integers(0, 2_000),
)
ANSWERS = st.builds(
    answered,
    st.floats(0.0, 20.0),
    st.sampled_from([GOOD, GOOD, BAD, "no json", ""]),
    USAGES,
    finish_reason=st.sampled_from(["stop", "stop", "stop", "length", "content_filter"]),
    refused=st.sampled_from([False, False, False, True]),
)
# Mostly trouble: a call that is answered at once shows little.
STEPS = st.lists(st.one_of(TROUBLES, TROUBLES, ANSWERS), max_size=12)
LIMITS = st.fixed_dictionaries(
    {
        "enable_fallback": st.booleans(),
        "max_attempts": st.integers(1, 6),
        "backoff_seconds": st.floats(0.01, 20.0),
        "attempt_timeout_seconds": st.floats(0.5, 40.0),
        "breaker_failure_threshold": st.integers(1, 6),
        "breaker_timeout_seconds": st.floats(0.5, 90.0),
        "requests_per_minute": st.sampled_from([1, 2, 5, 1_000]),
        "jitter": st.floats(0.0, 0.999),
    }
)
ARRIVALS = st.lists(st.floats(0.0, 90.0), min_size=1, max_size=8)
DEADLINES = st.floats(0.1, 120.0)


@dataclass(frozen=True, slots=True)
class Ended:
    """One call: how late against its deadline, and what it became."""

    request: ChatRequest
    late_seconds: float
    result: Any


async def _crowd(client: OpenAIClient, arrivals: list[float], deadline_seconds: float) -> list[Ended]:
    """Calls that arrive at these times, each with its own deadline."""

    async def caller(arrival: float) -> Ended:
        await asyncio.sleep(arrival)
        request = _request()
        deadline = Deadline.after(deadline_seconds, now)
        result = await _outcome(client.chat(request, deadline=deadline))
        return Ended(request, now() - deadline.expires_at, result)

    return list(await asyncio.gather(*(caller(arrival) for arrival in arrivals)))


async def _some_leave(calls: list[Coroutine[Any, Any, Any]], leaves: list[float]) -> None:
    """Run calls together; the first ones are cancelled at these times."""
    callers = [asyncio.create_task(call) for call in calls]
    for caller, leave in zip(callers, leaves, strict=False):
        asyncio.get_running_loop().call_later(leave, caller.cancel)
    for result in await asyncio.gather(*callers, return_exceptions=True):
        if isinstance(result, Exception):
            raise result


@settings(max_examples=EXAMPLES, deadline=None)
@given(steps=STEPS, limits=LIMITS, arrivals=ARRIVALS, deadline_seconds=DEADLINES)
def test_no_call_ends_late_nor_tries_too_often(
    steps: list[Step], limits: dict[str, Any], arrivals: list[float], deadline_seconds: float
) -> None:
    """Deadline plus half a second, whatever happens; and never more requests than attempts allowed."""
    provider = Provider(list(steps))

    async def work() -> list[Ended]:
        return await _crowd(_client(provider, **limits), arrivals, deadline_seconds)

    for ended in in_virtual_time(work):
        requests = sum(known is ended.request for known, _, _ in provider.asked)
        assert ended.late_seconds <= LATE_SECONDS
        assert requests <= limits["max_attempts"]
        assert ended.result.attempts == requests


@settings(max_examples=EXAMPLES, deadline=None)
@given(steps=STEPS, limits=LIMITS, arrivals=ARRIVALS, deadline_seconds=DEADLINES)
def test_nobody_asks_too_early_or_where_it_was_silent_with_another_at_hand(
    steps: list[Step], limits: dict[str, Any], arrivals: list[float], deadline_seconds: float
) -> None:
    """``not_before`` binds every caller, and a silent deployment is not asked again by the same call."""
    provider = Provider(list(steps))
    options = {**limits, "enable_fallback": True}

    async def work() -> list[Ended]:
        return await _crowd(_client(provider, **options), arrivals, deadline_seconds)

    in_virtual_time(work)
    assert [text for text in provider.objections if "probes" not in text] == []


@pytest.mark.parametrize("enable_fallback", [False, True], ids=["alone", "with-fallback"])
def test_a_deadline_that_has_passed_ends_the_call_at_once(enable_fallback: bool) -> None:
    """Nobody is asked, and no other deployment is a reason to go round and round."""
    provider = Provider([])

    async def work() -> list[Ended]:
        limiter = _CountingLimiter(requests_per_minute=1_000)
        client = _client(provider, enable_fallback=enable_fallback, limiter=limiter)
        return await _crowd(client, [0.0], deadline_seconds=0.0)

    [ended] = in_virtual_time(work)
    assert type(ended.result).__name__ == "TimeoutError"
    assert provider.asked == []


def test_a_throttle_that_begins_during_the_wait_for_the_limiter_binds_too() -> None:
    """Whoever was admitted meanwhile looks again before asking, and gives the place back until then."""
    provider = Provider([Step(10.0, RateLimitError, retry_after=100.0)])

    async def work() -> tuple[list[Ended], _CountingLimiter]:
        limiter = _CountingLimiter(requests_per_minute=1)
        client = _client(provider, limiter=limiter, max_attempts=2)
        return await _crowd(client, [0.0, 1.0], deadline_seconds=400.0), limiter

    results, limiter = in_virtual_time(work)
    assert provider.objections == []
    assert [ended.result.attempts for ended in results] == [2, 1]
    assert len(limiter.given_back) == len(limiter.admitted) - len(provider.asked) > 0


# Close enough together that calls from before an outage, its probe and later callers overlap.
OVERLAPPING_STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from([0.1, 1.0, 4.0, 8.0, 20.0]),
        st.sampled_from(
            [
                ModelServerError,
                ModelServerError,
                InvalidModelRequestError,
                RateLimitError,
                AttemptTimeoutError,
            ]
        ),
    )
    | st.builds(answered, st.sampled_from([0.1, 4.0, 8.0])),
    min_size=3,
    max_size=10,
)
OVERLAPPING_ARRIVALS = st.lists(
    st.sampled_from([0.0, 0.0, 2.0, 3.0, 5.0, 6.0, 9.0, 12.0]), min_size=3, max_size=10
)


@settings(max_examples=4 * EXAMPLES, deadline=None)
@given(
    steps=OVERLAPPING_STEPS,
    arrivals=OVERLAPPING_ARRIVALS,
    breaker_timeout=st.sampled_from([1.0, 2.5, 30.0]),
    leaves=st.lists(st.sampled_from([1.5, 4.5, 7.5, 90.0]), max_size=10),
    max_attempts=st.integers(1, 3),
)
@example(  # a failure from before the outage ends while the probe is out
    steps=[Step(4.0, ModelServerError), Step(0.1, ModelServerError), Step(8.0, ModelServerError)],
    arrivals=[0.0, 0.0, 2.0, 6.0],
    breaker_timeout=1.0,
    leaves=[],
    max_attempts=1,
)
@example(  # the same with a refusal, which says nothing about health
    steps=[Step(4.0, InvalidModelRequestError), Step(0.1, ModelServerError), Step(8.0, ModelServerError)],
    arrivals=[0.0, 0.0, 2.0, 6.0],
    breaker_timeout=1.0,
    leaves=[],
    max_attempts=1,
)
@example(  # and with a caller who leaves
    steps=[Step(20.0, ModelServerError), Step(0.1, ModelServerError), Step(8.0, ModelServerError)],
    arrivals=[0.0, 0.0, 2.0, 6.0],
    breaker_timeout=1.0,
    leaves=[4.5],
    max_attempts=1,
)
def test_never_are_two_probes_out(
    steps: list[Step],
    arrivals: list[float],
    breaker_timeout: float,
    leaves: list[float],
    max_attempts: int,
) -> None:
    """Also where calls from before the outage end late, or callers leave."""
    provider = Provider(list(steps))

    async def work() -> None:
        client = _client(
            provider,
            breaker_failure_threshold=1,
            breaker_timeout_seconds=breaker_timeout,
            max_attempts=max_attempts,
        )
        await _some_leave([_crowd(client, [at], deadline_seconds=200.0) for at in arrivals], leaves)

    in_virtual_time(work)
    assert [text for text in provider.objections if "probes" in text] == []


# -- permits -------------------------------------------------------------------------------------


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    steps=STEPS,
    limits=LIMITS,
    arrivals=ARRIVALS,
    leaves=st.lists(st.floats(0.0, 60.0), max_size=8),
    deadline_seconds=DEADLINES,
)
def test_every_permit_is_used_or_given_back(
    steps: list[Step],
    limits: dict[str, Any],
    arrivals: list[float],
    leaves: list[float],
    deadline_seconds: float,
) -> None:
    """Admitted requests are those that were sent and those whose place is free again."""
    provider = Provider(list(steps))

    async def work() -> _CountingLimiter:
        limiter = _CountingLimiter(limits["requests_per_minute"])
        client = _client(provider, **limits, limiter=limiter)
        await _some_leave([_crowd(client, [at], deadline_seconds) for at in arrivals], leaves)
        return limiter

    limiter = in_virtual_time(work)
    assert len(limiter.admitted) == len(provider.asked) - provider.unsent + len(limiter.given_back)


def test_a_full_limiter_refuses_within_the_deadline() -> None:
    """Nobody is asked for a call that could not start in time."""
    provider = Provider([])

    async def work() -> list[Ended]:
        return await _crowd(_client(provider, requests_per_minute=1), [0.0, 1.0], deadline_seconds=10.0)

    first, second = in_virtual_time(work)
    assert first.result.attempts == len(provider.asked) == 1
    assert type(second.result) is type(limit_reached(0.0))
    assert second.late_seconds < 0


def test_a_slow_reading_of_the_budget_does_not_outlive_the_deadline() -> None:
    """The call log's storage may hang for minutes; the caller's deadline holds all the same."""
    provider = Provider([])

    async def slow(_: date) -> int:
        await asyncio.sleep(300.0)
        return 0

    async def work() -> list[Ended]:
        budget = DailyBudget(1_000_000, slow, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
        return await _crowd(_client(provider, budget=budget), [0.0], deadline_seconds=10.0)

    [ended] = in_virtual_time(work)
    assert ended.late_seconds <= LATE_SECONDS


# -- money ---------------------------------------------------------------------------------------


class _Rows:
    """The ends of calls as they were logged."""

    def __init__(self) -> None:
        self.details: list[CallDetails] = []

    def log_call_start(self, **_: Any) -> None:
        return None

    def log_call_success(self, *, details: CallDetails, **_: Any) -> None:
        self.details.append(details)

    def log_call_failure(self, *, details: CallDetails, **_: Any) -> None:
        self.details.append(details)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    steps=st.lists(st.one_of(TROUBLES, ANSWERS, ANSWERS), max_size=16),
    limits=LIMITS,
    arrivals=ARRIVALS,
    max_reasks=st.integers(0, 3),
)
def test_the_rows_sum_is_what_was_billed(
    steps: list[Step], limits: dict[str, Any], arrivals: list[float], max_reasks: int
) -> None:
    """To the micro-dollar: cut off, filtered, refused, re-asked and failed-over answers included."""
    provider = Provider(list(steps))
    rows = _Rows()
    options = {**limits, "enable_fallback": True, "max_reasks": max_reasks, "requests_per_minute": 1_000}

    async def work() -> tuple[float, list[Any]]:
        client = _client(provider, **options)
        service = AsyncOpenAIService(rows, client=client)

        async def caller(arrival: float) -> Any:
            await asyncio.sleep(arrival)
            deadline = Deadline.after(150.0, now)
            return await _outcome(service.ask(PII_IDENTIFIER, "a CV", deadline=deadline))

        results = await asyncio.gather(*(caller(arrival) for arrival in arrivals))
        return client.token_tracker.get_usage_summary()["total_cost"], list(results)

    tracked_usd, results = in_virtual_time(work)
    assert len(rows.details) == len(arrivals)
    assert sum(row.cost_micro_usd or 0 for row in rows.details) == provider.billed_micro_usd
    assert round(tracked_usd * 1_000_000) == provider.billed_micro_usd
    split = [charge for row in rows.details for charge in row.usage_by_deployment]
    assert sum(charge.cost_micro_usd or 0 for charge in split) == provider.billed_micro_usd
    told = sum(
        (
            result.usage if isinstance(result, OpenAIServiceError) else result.details.usage
            for result in results
        ),
        Usage(),
    )
    assert told == sum((row.usage for row in rows.details), Usage())
