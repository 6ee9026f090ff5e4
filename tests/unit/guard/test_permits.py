"""Permits: each is used or given back, and nobody is admitted whose time has not come."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared_code.admission import limit_reached
from shared_code.errors import RateLimitError
from tests.unit.guard.callers import Ended, crowd, some_leave
from tests.unit.guard.provider import CountingLimiter, Provider, Step, guarded_client
from tests.unit.guard.troubles import ARRIVALS, DEADLINES, EXAMPLES, LIMITS, STEPS
from tests.unit.guard.virtual_time import in_virtual_time


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

    async def work() -> CountingLimiter:
        limiter = CountingLimiter(limits["requests_per_minute"])
        client = guarded_client(provider, **limits, limiter=limiter)
        await some_leave([crowd(client, [at], deadline_seconds) for at in arrivals], leaves)
        return limiter

    limiter = in_virtual_time(work)
    assert len(limiter.admitted) == len(provider.asked) - provider.unsent + len(limiter.given_back)


def test_a_throttle_that_begins_during_the_wait_for_the_limiter_binds_too() -> None:
    """Whoever was admitted meanwhile looks again before asking, and gives the place back until then."""
    provider = Provider([Step(10.0, RateLimitError, retry_after=100.0)])

    async def work() -> tuple[list[Ended], CountingLimiter]:
        limiter = CountingLimiter(requests_per_minute=1)
        client = guarded_client(provider, limiter=limiter, max_attempts=2)
        return await crowd(client, [0.0, 1.0], deadline_seconds=400.0), limiter

    results, limiter = in_virtual_time(work)
    assert provider.objections == []
    assert [ended.result.attempts for ended in results] == [2, 1]
    assert len(limiter.given_back) == len(limiter.admitted) - len(provider.asked) > 0


def test_a_full_limiter_refuses_within_the_deadline() -> None:
    """Nobody is asked for a call that could not start in time."""
    provider = Provider([])

    async def work() -> list[Ended]:
        return await crowd(guarded_client(provider, requests_per_minute=1), [0.0, 1.0], deadline_seconds=10.0)

    first, second = in_virtual_time(work)
    assert first.result.attempts == len(provider.asked) == 1
    assert type(second.result) is type(limit_reached(0.0))
    assert second.late_seconds < 0
