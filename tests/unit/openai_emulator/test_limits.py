"""Requests and tokens per minute, on a clock that only moves when told."""

from __future__ import annotations

import pytest

from local.openai_emulator.limits import RateLimits


class Clock:
    """Seconds that pass on demand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_requests_are_refused_beyond_the_minutes_limit_and_admitted_when_the_window_moved() -> None:
    """The oldest request leaves the window after 60 s, not earlier, and makes room for one."""
    clock = Clock()
    limits = RateLimits(2, 1_000, clock=clock)
    assert limits.admit(1).is_admitted
    clock.now += 10
    assert limits.admit(1).is_admitted
    clock.now += 10
    refused = limits.admit(1)
    assert not refused.is_admitted
    assert refused.exceeded == "requests"
    assert refused.retry_after_seconds == pytest.approx(40)
    clock.now += 39.9
    assert not limits.admit(1).is_admitted
    clock.now += 0.1
    assert limits.admit(1).is_admitted
    assert not limits.admit(1).is_admitted


def test_tokens_are_reserved_up_front_and_the_wait_ends_when_enough_of_them_left_the_window() -> None:
    """The wait is that for the reservation which frees enough, not for the first one."""
    clock = Clock()
    limits = RateLimits(100, 1_000, clock=clock)
    for amount in (100, 700, 200):
        assert limits.admit(amount).is_admitted
        clock.now += 5
    refused = limits.admit(500)
    assert refused.exceeded == "tokens"
    assert refused.retry_after_seconds == pytest.approx(50)
    assert refused.remaining_tokens == 0


def test_a_refused_request_spends_nothing() -> None:
    """Asking in vain does not push the next admission further away."""
    clock = Clock()
    limits = RateLimits(1, 1_000, clock=clock)
    assert limits.admit(1).is_admitted
    for _ in range(50):
        clock.now += 1
        assert not limits.admit(1).is_admitted
    clock.now += 10
    assert limits.admit(1).is_admitted


def test_a_request_larger_than_the_whole_limit_is_told_to_wait_the_window() -> None:
    """It never fits; the service answers 429 all the same."""
    limits = RateLimits(10, 100, clock=Clock())
    assert limits.admit(101).retry_after_seconds == 60


def test_a_shorter_window_carries_its_share_of_the_minutes_requests() -> None:
    """60 a minute in windows of 10 s are 10 per window."""
    clock = Clock()
    limits = RateLimits(60, 1_000, clock=clock, requests_window_seconds=10)
    admitted = sum(limits.admit(1).is_admitted for _ in range(20))
    assert admitted == 10
    clock.now += 10
    assert limits.admit(1).is_admitted


def test_headers_tell_limits_remainders_and_both_retry_after_forms_only_on_refusal() -> None:
    """Whole seconds are rounded up, so that a client that waits them is not refused again."""
    clock = Clock()
    limits = RateLimits(1, 50, clock=clock)
    admitted = limits.admit(20).headers()
    assert admitted["x-ratelimit-limit-requests"] == "1"
    assert admitted["x-ratelimit-remaining-requests"] == "0"
    assert admitted["x-ratelimit-remaining-tokens"] == "30"
    assert admitted["x-ratelimit-reset-requests"] == "60s"
    assert "retry-after" not in admitted
    clock.now += 58.75
    refused = limits.admit(20).headers()
    assert (refused["retry-after"], refused["retry-after-ms"]) == ("2", "1250")
    assert refused["x-ratelimit-reset-tokens"] == "1.25s"
