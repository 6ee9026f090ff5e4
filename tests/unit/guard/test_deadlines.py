"""Deadlines, attempts and silence: no call ends late, asks too often, too early or in vain."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings

from shared_code.accounting.budget import DailyBudget
from shared_code.errors import AuthenticationError, ModelConnectionError, ModelServerError
from tests.unit.guard.callers import Ended, crowd
from tests.unit.guard.provider import CountingLimiter, Provider, Step, guarded_client
from tests.unit.guard.troubles import ARRIVALS, DEADLINES, EXAMPLES, LIMITS, STEPS
from tests.unit.guard.virtual_time import in_virtual_time

LATE_SECONDS = 0.5


@settings(max_examples=EXAMPLES, deadline=None)
@given(steps=STEPS, limits=LIMITS, arrivals=ARRIVALS, deadline_seconds=DEADLINES)
def test_no_call_ends_late_nor_tries_too_often(
    steps: list[Step], limits: dict[str, Any], arrivals: list[float], deadline_seconds: float
) -> None:
    """Deadline plus half a second, whatever happens; and never more requests than attempts allowed."""
    provider = Provider(list(steps))

    async def work() -> list[Ended]:
        return await crowd(guarded_client(provider, **limits), arrivals, deadline_seconds)

    for ended in in_virtual_time(work):
        requests = sum(known is ended.request for known, _, _ in provider.asked)
        assert ended.late_seconds <= LATE_SECONDS
        assert requests <= limits["max_attempts"]
        assert ended.result.attempts == requests


UNSENT = Step(0.0, ModelConnectionError, was_sent=False)
BROKEN = Step(0.0, ModelServerError)
IMPATIENT: dict[str, Any] = {
    "max_attempts": 3,
    "backoff_seconds": 1.0,
    "attempt_timeout_seconds": 0.5,
    "breaker_failure_threshold": 1,
    "breaker_timeout_seconds": 0.5,
    "requests_per_minute": 5,
    "jitter": 0.5,
}


@settings(max_examples=EXAMPLES, deadline=None)
@given(steps=STEPS, limits=LIMITS, arrivals=ARRIVALS, deadline_seconds=DEADLINES)
@example(  # both have failed twice, and the first was silent
    steps=[replace(UNSENT, seconds=1.0), BROKEN, replace(BROKEN, seconds=1.0), UNSENT, BROKEN, BROKEN],
    limits={**IMPATIENT, "max_attempts": 4},
    arrivals=[0.0, 1.25],
    deadline_seconds=4.0,
)
@example(  # the other one is left alone when the wait for the limiter begins, and ready when it ends
    steps=[
        replace(UNSENT, seconds=1.0),
        Step(0.0, AuthenticationError),
        BROKEN,
        replace(BROKEN, seconds=1.0),
        UNSENT,
        BROKEN,
        BROKEN,
    ],
    limits=IMPATIENT,
    arrivals=[0.0, 0.0, 1.0, 2.0, 3.0, 3.0],
    deadline_seconds=61.0,
)
def test_nobody_asks_too_early_or_where_it_was_silent_with_another_at_hand(
    steps: list[Step], limits: dict[str, Any], arrivals: list[float], deadline_seconds: float
) -> None:
    """``not_before`` binds every caller, and a silent deployment is not asked again by the same call."""
    provider = Provider(list(steps))
    options = {**limits, "enable_fallback": True}

    async def work() -> list[Ended]:
        return await crowd(guarded_client(provider, **options), arrivals, deadline_seconds)

    in_virtual_time(work)
    assert [text for text in provider.objections if "probes" not in text] == []


@pytest.mark.parametrize("enable_fallback", [False, True], ids=["alone", "with-fallback"])
def test_a_deadline_that_has_passed_ends_the_call_at_once(enable_fallback: bool) -> None:
    """Nobody is asked, and no other deployment is a reason to go round and round."""
    provider = Provider([])

    async def work() -> list[Ended]:
        limiter = CountingLimiter(requests_per_minute=1_000)
        client = guarded_client(provider, enable_fallback=enable_fallback, limiter=limiter)
        return await crowd(client, [0.0], deadline_seconds=0.0)

    [ended] = in_virtual_time(work)
    assert type(ended.result).__name__ == "TimeoutError"
    assert provider.asked == []


def test_a_slow_reading_of_the_budget_does_not_outlive_the_deadline() -> None:
    """The call log's storage may hang for minutes; the caller's deadline holds all the same."""
    provider = Provider([])

    async def slow(_: date) -> int:
        await asyncio.sleep(300.0)
        return 0

    async def work() -> list[Ended]:
        budget = DailyBudget(1_000_000, slow, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
        return await crowd(guarded_client(provider, budget=budget), [0.0], deadline_seconds=10.0)

    [ended] = in_virtual_time(work)
    assert ended.late_seconds <= LATE_SECONDS
