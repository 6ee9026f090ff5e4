"""The sliding window: never more than the limit in any 60 seconds, first come, first served."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.reliability.rate_limiter import WINDOW_SECONDS, RateLimiter
from tests.fakes import FakeClock


def test_grants_up_to_the_limit_then_refuses() -> None:
    """The twenty-first request of a minute is not granted."""
    limiter = RateLimiter(clock=FakeClock())
    assert [limiter.acquire() for _ in range(21)] == [True] * 20 + [False]
    assert limiter.requests_remaining() == 0


def test_wait_time_is_zero_while_requests_remain_and_counts_down_after() -> None:
    """The wait is until a request can start, not until the oldest is forgotten."""
    clock = FakeClock()
    limiter = RateLimiter(2, clock=clock)
    limiter.acquire()
    assert limiter.get_wait_time() == 0.0
    clock.advance(10)
    limiter.acquire()
    assert limiter.get_wait_time() == pytest.approx(50.0)
    clock.advance(50)
    assert limiter.get_wait_time() == 0.0
    assert limiter.acquire()


def test_waiting_requests_start_in_the_order_in_which_they_came() -> None:
    """Reservations beyond the limit get later and later starts."""
    limiter = RateLimiter(2, clock=FakeClock(now=0.0))
    waits = [limiter.reserve().wait_seconds for _ in range(6)]
    assert waits == [0.0, 0.0, 60.0, 60.0, 120.0, 120.0]


def test_a_refused_reservation_takes_no_place() -> None:
    """Asking with too little patience leaves the window as it was."""
    limiter = RateLimiter(1, clock=FakeClock())
    limiter.acquire()
    refused = limiter.reserve(max_wait_seconds=59.0)
    assert not refused.granted
    assert refused.wait_seconds == pytest.approx(60.0)
    assert limiter.reserve(max_wait_seconds=60.0).granted


def test_a_start_that_was_given_back_can_be_taken_again() -> None:
    """A request that never left costs nothing."""
    limiter = RateLimiter(1, clock=FakeClock())
    limiter.give_back(limiter.reserve())
    assert limiter.acquire()


def test_refuses_a_limit_below_one() -> None:
    """A limit of nothing would make every caller wait for ever."""
    with pytest.raises(ValueError, match="at least 1"):
        RateLimiter(0)


@given(
    limit=st.integers(1, 5),
    steps=st.lists(st.tuples(st.floats(0, 90), st.floats(0, 200), st.booleans()), min_size=1, max_size=60),
)
def test_no_window_ever_holds_more_than_the_limit(limit: int, steps: list[tuple[float, float, bool]]) -> None:
    """Whatever callers do, any 60 seconds hold at most ``limit`` starts, in the order of arrival."""
    clock = FakeClock(now=0.0)
    limiter = RateLimiter(limit, clock=clock)
    starts: list[float] = []
    for pause, patience, gives_back in steps:
        clock.advance(pause)
        reservation = limiter.reserve(max_wait_seconds=patience)
        if reservation.granted and gives_back:
            limiter.give_back(reservation)
        elif reservation.granted:
            starts.append(reservation.starts_at)
    assert starts == sorted(starts)
    for first, later in zip(starts, starts[limit:], strict=False):
        assert later - first >= WINDOW_SECONDS - 1e-6
