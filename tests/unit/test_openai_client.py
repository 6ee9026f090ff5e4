"""The guarded client: which errors are tried again, where, when, and what is accounted."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared_code.accounting.budget import DailyBudget
from shared_code.accounting.usage import Usage
from shared_code.admission import Sleep
from shared_code.backends.contract import ChatRequest, Message
from shared_code.errors import (
    AttemptTimeoutError,
    AuthenticationError,
    BudgetExceededError,
    CircuitBreakerError,
    ContentFilterError,
    DeploymentNotFoundError,
    EmptyAnswerError,
    InvalidModelRequestError,
    ModelConnectionError,
    ModelServerError,
    OpenAIServiceError,
    PromptTooLongError,
    RateLimitError,
    RefusalError,
    TimeoutError,
    TruncatedAnswerError,
)
from shared_code.openai_client import OpenAIClient
from shared_code.reliability.circuit_breaker import BreakerState
from shared_code.reliability.deadline import Deadline
from shared_code.reliability.retry import RetryPolicy
from shared_code.settings import OpenAISettings
from tests.fakes import FakeClock, ScriptedBackend, Step, answer, fresh

REQUEST = ChatRequest((Message("user", "hello"),), max_output_tokens=100)


def _settings(**changes: Any) -> OpenAISettings:
    return OpenAISettings(endpoint="http://127.0.0.1:9", **{"requests_per_minute": 1000, **changes})


def _client(
    *steps: Step,
    clock: FakeClock | None = None,
    seconds_each: float = 0.0,
    sleep: Sleep | None = None,
    budget: DailyBudget | None = None,
    **changes: Any,
) -> tuple[OpenAIClient, ScriptedBackend, FakeClock]:
    clock = clock or FakeClock()
    backend = ScriptedBackend(*steps, clock=clock, seconds_each=seconds_each)
    settings = _settings(**changes)
    policy = RetryPolicy(settings.max_attempts, settings.backoff_seconds, uniform=lambda: 0.5)
    client = OpenAIClient(
        settings, backend, budget=budget, retry_policy=policy, clock=clock, sleep=sleep or clock.sleep
    )
    return client, backend, clock


async def test_one_good_answer_costs_one_request() -> None:
    """Nothing is asked twice, and the answer says what it cost and who gave it."""
    client, backend, clock = _client(answer("{}", usage=Usage(1000, 200, 100)))
    result = await client.chat(REQUEST)
    assert len(backend.requests) == 1
    assert clock.sleeps == []
    assert (result.deployment, result.attempts, result.fallback_used) == ("gpt-4.1-mini", 1, False)
    assert result.cost_micro_usd == 500
    assert client.token_tracker.get_usage_summary()["total_cost"] == 0.0005


@pytest.mark.parametrize("error", [ModelServerError, ModelConnectionError, RateLimitError])
async def test_passing_trouble_is_tried_again(error: type[OpenAIServiceError]) -> None:
    """Server errors, lost connections and throttling are retried, and the answer counts the attempts."""
    client, backend, _ = _client(fresh(error), fresh(error), answer())
    result = await client.chat(REQUEST)
    assert result.attempts == len(backend.requests) == 3


@pytest.mark.parametrize("error", [AuthenticationError, InvalidModelRequestError, ContentFilterError])
async def test_permanent_trouble_is_not(error: type[OpenAIServiceError]) -> None:
    """What fails for good is raised at once and does not speak against the deployment."""
    client, backend, _ = _client(fresh(error))
    with pytest.raises(error) as caught:
        await client.chat(REQUEST)
    assert len(backend.requests) == caught.value.attempts == 1
    assert client.deployments[0].breaker.failure_count == 0


async def test_a_retired_deployment_is_never_asked_again() -> None:
    """The second call fails without a request, and still says what to mend."""
    client, backend, clock = _client(fresh(DeploymentNotFoundError))
    with pytest.raises(DeploymentNotFoundError):
        await client.chat(REQUEST)
    clock.advance(100_000)
    with pytest.raises(DeploymentNotFoundError, match="OPENAI_CHAT_DEPLOYMENT"):
        await client.chat(REQUEST)
    assert len(backend.requests) == 1


async def test_gives_up_after_the_allowed_attempts() -> None:
    """OPENAI_MAX_ATTEMPTS counts the first attempt too, and no sleep follows the last."""
    client, backend, clock = _client(*[fresh(ModelServerError) for _ in range(3)], max_attempts=3)
    with pytest.raises(ModelServerError) as caught:
        await client.chat(REQUEST)
    assert caught.value.attempts == len(backend.requests) == 3
    assert clock.sleeps == [0.5, 1.0]


async def test_the_providers_word_on_retrying_is_obeyed() -> None:
    """``x-should-retry: false`` ends a call that would have been retried."""
    client, backend, _ = _client(fresh(ModelServerError, retry_advised=False))
    with pytest.raises(ModelServerError):
        await client.chat(REQUEST)
    assert len(backend.requests) == 1


async def test_retry_after_is_waited_for_and_holds_everybody_back() -> None:
    """The server's time is a floor for this call and for every other one."""
    client, _, clock = _client(fresh(RateLimitError, retry_after_seconds=8.0), answer(), answer())
    first = asyncio.create_task(client.chat(REQUEST))
    await asyncio.sleep(0)
    await first
    assert sum(clock.sleeps) >= 8.0
    assert client.deployments[0].throttle.wait_seconds() == 0.0
    assert client.deployments[0].breaker.state is BreakerState.CLOSED


async def test_a_retry_after_beyond_the_deadline_fails_at_once() -> None:
    """No sleep is begun that the deadline would cut off, and the error says when to come again."""
    client, backend, clock = _client(fresh(RateLimitError, retry_after_seconds=500.0))
    with pytest.raises(RateLimitError) as caught:
        await client.chat(REQUEST, deadline=Deadline.after(100, clock))
    assert len(backend.requests) == 1
    assert clock.sleeps == []
    assert (caught.value.retry_after or 0.0) >= 500.0


async def test_each_attempt_gets_what_the_deadline_leaves() -> None:
    """An attempt's timeout is the smaller of its own and what remains."""
    client, backend, _ = _client(
        fresh(ModelServerError),
        answer(),
        seconds_each=12.0,
        attempt_timeout_seconds=30.0,
        deadline_seconds=40.0,
    )
    await client.chat(REQUEST)
    assert [timeout for _, _, timeout in backend.requests] == [30.0, pytest.approx(27.5)]


async def test_a_passed_deadline_asks_nobody() -> None:
    """A call that comes too late costs nothing."""
    client, backend, clock = _client()
    with pytest.raises(TimeoutError):
        await client.chat(REQUEST, deadline=Deadline.after(0, clock))
    assert backend.requests == []


async def test_waiting_for_the_limiter_is_no_attempt() -> None:
    """A full window delays the call and leaves its retries alone."""
    client, backend, clock = _client(answer(), answer(), requests_per_minute=1, max_attempts=1)
    await client.chat(REQUEST)
    result = await client.chat(REQUEST)
    assert clock.sleeps == [60.0]
    assert result.attempts == 1
    assert len(backend.requests) == 2


async def test_a_limiter_wait_beyond_the_deadline_is_refused() -> None:
    """The caller learns at once how long it would have taken."""
    client, _, clock = _client(answer(), requests_per_minute=1)
    await client.chat(REQUEST)
    with pytest.raises(RateLimitError, match="OPENAI_REQUESTS_PER_MINUTE") as caught:
        await client.chat(REQUEST, deadline=Deadline.after(10, clock))
    assert caught.value.retry_after == pytest.approx(60.0)
    assert clock.sleeps == []


async def test_five_failures_open_the_breaker_and_nobody_is_asked() -> None:
    """An open breaker fails fast and says for how long."""
    client, backend, _ = _client(*[fresh(ModelServerError) for _ in range(5)], max_attempts=5)
    with pytest.raises(ModelServerError):
        await client.chat(REQUEST)
    with pytest.raises(CircuitBreakerError) as caught:
        await client.chat(REQUEST)
    assert len(backend.requests) == 5
    assert caught.value.retry_after == pytest.approx(60.0)
    assert client.deployments[0].breaker.state == "OPEN"


async def test_a_cancelled_call_gives_the_probes_turn_back() -> None:
    """A probe that is cancelled must not block the next."""
    clock = FakeClock()
    client, _, _ = _client(
        *[fresh(ModelServerError) for _ in range(5)],
        asyncio.CancelledError(),
        answer(),
        clock=clock,
        max_attempts=5,
    )
    with pytest.raises(ModelServerError):
        await client.chat(REQUEST)
    clock.advance(60)
    with pytest.raises(asyncio.CancelledError):
        await client.chat(REQUEST)
    await client.chat(REQUEST)
    assert client.deployments[0].breaker.state is BreakerState.CLOSED


async def test_a_cancelled_wait_gives_its_start_back() -> None:
    """Whoever leaves the queue frees the place."""

    async def cancelled(seconds: float) -> None:
        raise asyncio.CancelledError

    client, _, _ = _client(answer(), requests_per_minute=1, sleep=cancelled)
    await client.chat(REQUEST)
    with pytest.raises(asyncio.CancelledError):
        await client.chat(REQUEST)
    assert client.limiter.status()["reset_time"] == pytest.approx(60.0)


async def test_a_request_that_never_left_frees_its_place() -> None:
    """A refused connection is not booked against the limit; a request that was sent is."""
    client, _, _ = _client(
        fresh(ModelConnectionError, was_sent=False),
        fresh(ModelConnectionError),
        answer(),
        requests_per_minute=10,
    )
    await client.chat(REQUEST)
    assert client.limiter.status()["requests_remaining"] == 8


async def test_tokens_are_reserved_as_the_provider_counts_and_settled_as_it_bills() -> None:
    """Prompt and longest answer are held until the usage is known."""
    client, _, clock = _client(
        answer(usage=Usage(60, 0, 40)), answer(), tokens_per_minute=250, requests_per_minute=1000
    )
    await client.chat(REQUEST)
    assert client.limiter.status()["tokens_remaining"] == 150
    await client.chat(REQUEST)
    assert clock.sleeps == []


async def test_a_spent_budget_refuses_before_asking() -> None:
    """The budget's own error, and no request."""

    async def spent(day: date) -> int:
        return 5_000_000

    now = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
    budget = DailyBudget(5_000_000, spent, now=lambda: now)
    client, backend, _ = _client(answer(), budget=budget)
    with pytest.raises(BudgetExceededError, match="AI_DAILY_BUDGET_USD") as caught:
        await client.chat(REQUEST)
    assert caught.value.retry_after == 6 * 3600
    assert backend.requests == []


class TestFallback:
    """A second deployment, where OPENAI_ENABLE_FALLBACK allows it."""

    async def test_is_asked_without_waiting_when_the_first_fails(self) -> None:
        """A deployment that keeps failing gives way to the other as soon as its breaker opens."""
        client, backend, clock = _client(
            fresh(ModelServerError), answer(), enable_fallback=True, breaker_failure_threshold=1
        )
        result = await client.chat(REQUEST)
        assert backend.deployments_asked == ["gpt-4.1-mini", "gpt-4o-mini"]
        assert (result.deployment, result.attempts) == ("gpt-4o-mini", 2)
        assert clock.sleeps == []

    async def test_is_asked_after_two_failures(self) -> None:
        """What can pass gets a second try, after a pause, and then the fallback its turn at once."""
        client, backend, clock = _client(
            fresh(ModelServerError), fresh(ModelServerError), answer(), enable_fallback=True
        )
        result = await client.chat(REQUEST)
        assert backend.deployments_asked == ["gpt-4.1-mini", "gpt-4.1-mini", "gpt-4o-mini"]
        assert result.fallback_used
        assert clock.sleeps == [0.5]

    async def test_is_passed_over_while_its_own_breaker_is_open(self) -> None:
        """A failing deployment that may answer is better than one that is left alone."""
        client, backend, _ = _client(
            *[fresh(ModelServerError) for _ in range(3)], answer(), enable_fallback=True
        )
        for _ in range(5):
            client.deployments[1].breaker.record_failure()
        assert (await client.chat(REQUEST)).attempts == 4
        assert backend.deployments_asked == ["gpt-4.1-mini"] * 4

    async def test_gets_the_last_attempt(self) -> None:
        """However few attempts are allowed, they are not all spent on a failing deployment."""
        client, backend, _ = _client(fresh(ModelServerError), answer(), enable_fallback=True, max_attempts=2)
        await client.chat(REQUEST)
        assert backend.deployments_asked == ["gpt-4.1-mini", "gpt-4o-mini"]

    async def test_is_not_asked_where_a_short_throttle_can_be_waited_for(self) -> None:
        """Two seconds are a small price for the better model's answer."""
        client, backend, clock = _client(
            fresh(RateLimitError, retry_after_seconds=1.5), answer(), enable_fallback=True
        )
        await client.chat(REQUEST)
        assert backend.deployments_asked == ["gpt-4.1-mini", "gpt-4.1-mini"]
        assert sum(clock.sleeps) >= 1.5

    async def test_takes_what_is_too_long_for_the_first(self) -> None:
        """A larger context is worth a try; a smaller one is not."""
        client, backend, _ = _client(
            fresh(PromptTooLongError),
            answer(),
            enable_fallback=True,
            chat_deployment="gpt-4o-mini",
            fallback_deployment="gpt-4.1-mini",
        )
        await client.chat(REQUEST)
        assert backend.deployments_asked == ["gpt-4o-mini", "gpt-4.1-mini"]
        client, backend, _ = _client(fresh(PromptTooLongError), enable_fallback=True)
        with pytest.raises(PromptTooLongError):
            await client.chat(REQUEST)
        assert backend.deployments_asked == ["gpt-4.1-mini"]

    async def test_answers_for_a_retired_deployment(self) -> None:
        """404 and 410 are not tried again where they came from, now or later, but elsewhere at once."""
        client, backend, clock = _client(
            fresh(DeploymentNotFoundError), answer(), answer(), enable_fallback=True
        )
        await client.chat(REQUEST)
        clock.advance(100_000)
        await client.chat(REQUEST)
        assert backend.deployments_asked == ["gpt-4.1-mini", "gpt-4o-mini", "gpt-4o-mini"]

    async def test_takes_over_from_a_throttled_deployment(self) -> None:
        """A 429 with a long Retry-After goes to the other deployment at once."""
        client, backend, clock = _client(
            fresh(RateLimitError, retry_after_seconds=60.0), answer(), enable_fallback=True
        )
        result = await client.chat(REQUEST)
        assert backend.deployments_asked == ["gpt-4.1-mini", "gpt-4o-mini"]
        assert (result.deployment, result.fallback_used) == ("gpt-4o-mini", True)
        assert clock.sleeps == []

    async def test_a_silent_deployment_is_not_asked_again(self) -> None:
        """After a read timeout only the other deployment is tried, and after its timeout none."""
        client, backend, _ = _client(
            fresh(AttemptTimeoutError), fresh(AttemptTimeoutError), enable_fallback=True
        )
        with pytest.raises(AttemptTimeoutError):
            await client.chat(REQUEST)
        assert backend.deployments_asked == ["gpt-4.1-mini", "gpt-4o-mini"]

    async def test_without_a_fallback_silence_is_answered_by_one_more_try(self) -> None:
        """Once more if the deadline allows, then no more."""
        client, backend, _ = _client(fresh(AttemptTimeoutError), fresh(AttemptTimeoutError))
        with pytest.raises(AttemptTimeoutError):
            await client.chat(REQUEST)
        assert len(backend.requests) == 2

    async def test_takes_over_while_the_breaker_is_open(self) -> None:
        """An open breaker closes one door, not all."""
        client, backend, _ = _client(answer(), enable_fallback=True)
        for _ in range(5):
            client.deployments[0].breaker.record_failure()
        await client.chat(REQUEST)
        assert backend.deployments_asked == ["gpt-4o-mini"]


@pytest.mark.parametrize(
    ("incomplete", "error"),
    [
        pytest.param(answer("{", finish_reason="length"), TruncatedAnswerError, id="length"),
        pytest.param(answer("", finish_reason="content_filter"), ContentFilterError, id="filter"),
        pytest.param(answer("", refused=True), RefusalError, id="refusal"),
        pytest.param(answer("  "), EmptyAnswerError, id="empty"),
    ],
)
async def test_an_incomplete_answer_is_an_error_that_carries_its_cost(
    incomplete: Step, error: type[OpenAIServiceError]
) -> None:
    """What was paid for is accounted even when it cannot be used; it is not tried again here."""
    client, backend, _ = _client(incomplete)
    with pytest.raises(error) as caught:
        await client.chat(REQUEST)
    assert caught.value.usage.total_tokens == 1100
    assert caught.value.deployment == "gpt-4.1-mini"
    assert client.token_tracker.get_usage_summary()["total_tokens"] == 1100
    assert len(backend.requests) == 1
