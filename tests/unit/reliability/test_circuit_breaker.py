"""The breaker's states, and that half-open lets exactly one through."""

from __future__ import annotations

import threading

from shared_code.reliability.circuit_breaker import CircuitBreaker
from tests.fakes import FakeClock


def _opened(clock: FakeClock) -> CircuitBreaker:
    breaker = CircuitBreaker(failure_threshold=3, timeout=60.0, clock=clock)
    for _ in range(3):
        assert breaker.can_proceed()
        breaker.record_failure()
    return breaker


def test_opens_at_the_threshold_and_not_before() -> None:
    """Failures in a row count; a success in between starts the count anew."""
    breaker = CircuitBreaker(failure_threshold=3, clock=FakeClock())
    breaker.record_failure()
    breaker.record_failure()
    breaker.record_success()
    breaker.record_failure()
    breaker.record_failure()
    assert breaker.state == "CLOSED"
    breaker.record_failure()
    assert breaker.state == "OPEN"
    assert not breaker.can_proceed()


def test_lets_a_probe_through_after_the_timeout() -> None:
    """OPEN becomes HALF_OPEN when the timeout is over and somebody asks."""
    clock = FakeClock()
    breaker = _opened(clock)
    clock.advance(59.9)
    assert not breaker.can_proceed()
    assert 0.0 < breaker.wait_seconds() <= 0.2
    clock.advance(0.1)
    assert breaker.can_proceed()
    assert breaker.state == "HALF_OPEN"


def test_fifty_callers_at_once_get_one_probe() -> None:
    """However many threads ask in the same moment, one is let through."""
    clock = FakeClock()
    breaker = _opened(clock)
    clock.advance(60)
    start = threading.Barrier(50)
    verdicts: list[bool] = []

    def ask() -> None:
        start.wait()
        verdicts.append(breaker.can_proceed())

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdicts.count(True) == 1


def test_a_successful_probe_closes() -> None:
    """One good answer is enough to trust the deployment again."""
    clock = FakeClock()
    breaker = _opened(clock)
    clock.advance(60)
    assert breaker.can_proceed()
    breaker.record_success()
    assert breaker.state == "CLOSED"
    assert breaker.can_proceed()
    assert breaker.failure_count == 0


def test_a_failed_probe_opens_for_a_whole_timeout_again() -> None:
    """The clock of the timeout starts anew with the failed probe."""
    clock = FakeClock()
    breaker = _opened(clock)
    clock.advance(60)
    assert breaker.can_proceed()
    breaker.record_failure()
    clock.advance(59)
    assert not breaker.can_proceed()
    clock.advance(1)
    assert breaker.can_proceed()


def test_a_cancelled_probe_gives_its_turn_back() -> None:
    """A probe that proved nothing must not block the next one for ever."""
    clock = FakeClock()
    breaker = _opened(clock)
    clock.advance(60)
    assert breaker.can_proceed()
    assert not breaker.can_proceed()
    breaker.give_turn_back()
    assert breaker.can_proceed()
