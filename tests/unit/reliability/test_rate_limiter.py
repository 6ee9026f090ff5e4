"""The sliding window: never more than the limit in any 60 seconds, first come, first served."""

from __future__ import annotations

from bisect import bisect_left

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


class TestTokens:
    """The second limit, reserved as estimates and settled as facts."""

    def test_tokens_hold_a_request_back_though_requests_remain(self) -> None:
        """The third request fits once the first is a minute old."""
        clock = FakeClock()
        limiter = RateLimiter(100, 1_000, clock=clock)
        limiter.reserve(600)
        clock.advance(10)
        limiter.reserve(400)
        assert limiter.tokens_remaining() == 0
        assert limiter.reserve(500).wait_seconds == pytest.approx(50.0)

    def test_tokens_are_not_counted_where_they_are_not_limited(self) -> None:
        """Only requests are."""
        limiter = RateLimiter(2, clock=FakeClock())
        assert limiter.reserve(10**9).wait_seconds == limiter.reserve(10**9).wait_seconds == 0.0
        assert limiter.tokens_remaining() is None

    def test_settling_frees_what_was_estimated_too_high(self) -> None:
        """And takes what was estimated too low."""
        limiter = RateLimiter(100, 1_000, clock=FakeClock())
        first = limiter.reserve(900)
        limiter.settle(first, 100)
        assert limiter.tokens_remaining() == 900
        limiter.settle(first, 700)
        assert limiter.tokens_remaining() == 300

    def test_settling_an_unestimated_request_counts_it(self) -> None:
        """A request reserved without tokens may turn out to have cost some."""
        limiter = RateLimiter(100, 1_000, clock=FakeClock())
        limiter.settle(limiter.reserve(), 400)
        assert limiter.tokens_remaining() == 600

    def test_settling_after_the_window_changes_nothing(self) -> None:
        """A slow answer's tokens belong to a minute that is over."""
        clock = FakeClock()
        limiter = RateLimiter(100, 1_000, clock=clock)
        estimated, bare = limiter.reserve(900), limiter.reserve()
        clock.advance(WINDOW_SECONDS)
        limiter.settle(estimated, 100)
        limiter.settle(bare, 100)
        assert limiter.tokens_remaining() == 1_000
        assert limiter.requests_remaining() == 100

    def test_giving_back_frees_request_and_tokens_once(self) -> None:
        """A second time, or settling afterwards, changes nothing."""
        limiter = RateLimiter(10, 1_000, clock=FakeClock())
        kept, returned = limiter.reserve(100), limiter.reserve(900)
        for _ in range(2):
            limiter.give_back(returned)
        limiter.settle(returned, 500)
        assert limiter.tokens_remaining() == 900
        assert limiter.requests_remaining() == 9
        limiter.give_back(kept)
        assert limiter.tokens_remaining() == 1_000

    def test_a_returned_place_at_the_end_of_the_queue_holds_nobody_up(self) -> None:
        """The next in line takes its turn, not one after it."""
        limiter = RateLimiter(1, clock=FakeClock())
        limiter.acquire()
        second, third = limiter.reserve(), limiter.reserve()
        limiter.give_back(second)
        limiter.give_back(third)
        assert limiter.reserve().wait_seconds == pytest.approx(60.0)

    def test_a_request_over_the_limit_waits_for_an_empty_window(self) -> None:
        """It is not refused for ever, and nobody starts beside it."""
        limiter = RateLimiter(10, 100, clock=FakeClock())
        limiter.reserve(10)
        assert limiter.reserve(500).wait_seconds == pytest.approx(60.0)
        assert limiter.reserve(10).wait_seconds == pytest.approx(120.0)

    def test_a_small_request_does_not_overtake_a_large_one(self) -> None:
        """First come, first served, though the small one would fit now."""
        limiter = RateLimiter(10, 100, clock=FakeClock())
        limiter.reserve(90)
        large = limiter.reserve(50)
        assert limiter.reserve(1).starts_at >= large.starts_at

    def test_a_lowered_limit_holds_from_then_on(self) -> None:
        """Limits are read with every request."""
        limiter = RateLimiter(10, clock=FakeClock())
        limiter.acquire()
        limiter.requests_per_minute = 1
        assert not limiter.acquire()
        assert limiter.requests_remaining() == 0


class TestObserving:
    """The provider's own word on what is left."""

    def test_what_others_took_is_booked_for_a_window(self) -> None:
        """Requests and tokens that this limiter did not admit."""
        clock = FakeClock()
        limiter = RateLimiter(10, 1_000, clock=clock)
        limiter.reserve(100)
        limiter.observe(4, 300)
        assert limiter.requests_remaining() == 4
        assert limiter.tokens_remaining() == 300
        clock.advance(WINDOW_SECONDS)
        assert limiter.requests_remaining() == 10
        assert limiter.tokens_remaining() == 1_000

    def test_settling_a_request_leaves_what_others_took(self) -> None:
        """The foreign tokens are nobody's estimate."""
        limiter = RateLimiter(10, 1_000, clock=FakeClock())
        own = limiter.reserve(500)
        limiter.observe(None, 100)
        limiter.settle(own, 200)
        assert limiter.tokens_remaining() == 400
        limiter.give_back(own)
        assert limiter.tokens_remaining() == 600

    def test_others_are_given_way_to_in_an_empty_window_too(self) -> None:
        """Nothing of ours needs to be in it."""
        limiter = RateLimiter(10, 1_000, clock=FakeClock())
        limiter.observe(None, 100)
        assert limiter.tokens_remaining() == 100

    def test_more_left_than_known_changes_nothing(self) -> None:
        """The provider's quota may be larger than our limit."""
        limiter = RateLimiter(10, 1_000, clock=FakeClock())
        limiter.reserve(500)
        limiter.observe(900, 90_000)
        assert limiter.requests_remaining() == 9
        assert limiter.tokens_remaining() == 500


@given(
    limit=st.integers(1, 6),
    token_limit=st.integers(50, 150),
    steps=st.lists(
        st.tuples(
            st.floats(0, 40),
            st.floats(0, 200),
            st.integers(0, 120),
            st.sampled_from(["keep", "keep", "give back", "settle lower"]),
        ),
        min_size=1,
        max_size=60,
    ),
)
def test_no_window_holds_more_than_either_limit(
    limit: int, token_limit: int, steps: list[tuple[float, float, int, str]]
) -> None:
    """Unless one request alone is over the limit of tokens, which then starts alone."""
    clock = FakeClock(now=0.0)
    limiter = RateLimiter(limit, token_limit, clock=clock)
    kept = []
    for pause, patience, tokens, fate in steps:
        clock.advance(pause)
        reservation = limiter.reserve(tokens, max_wait_seconds=patience)
        if not reservation.granted:
            continue
        if fate == "give back":
            limiter.give_back(reservation)
            continue
        if fate == "settle lower":
            limiter.settle(reservation, tokens // 2)
        kept.append(reservation)
    starts = [reservation.starts_at for reservation in kept]
    assert starts == sorted(starts)
    for index, start in enumerate(starts):
        window = kept[index : bisect_left(starts, start + WINDOW_SECONDS - 1e-6)]
        counted = [reservation.tokens for reservation in window if reservation.tokens]
        assert len(window) <= limit
        assert sum(counted) <= token_limit or len(counted) == 1
