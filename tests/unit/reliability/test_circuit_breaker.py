"""The breaker's states, and that half-open lets exactly one through."""

from __future__ import annotations

import threading

from shared_code.reliability.circuit_breaker import CircuitBreaker, FailureRatio
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


def test_opens_for_good_when_there_is_nothing_behind_it() -> None:
    """No probe, however long ago; a success that comes all the same is believed."""
    clock = FakeClock()
    breaker = CircuitBreaker(clock=clock)
    breaker.open_for_good()
    clock.advance(10**9)
    assert not breaker.can_proceed()
    assert breaker.wait_seconds() == float("inf")
    breaker.record_success()
    assert breaker.can_proceed()
    assert not breaker.is_open_for_good


def test_opens_when_too_many_of_the_recent_calls_failed() -> None:
    """With a ratio set, scattered failures count too, once there were enough calls."""
    clock = FakeClock()
    breaker = CircuitBreaker(failure_ratio=FailureRatio(0.5, minimum_calls=10), clock=clock)
    for _ in range(4):
        breaker.record_failure()
        breaker.record_success()
    assert breaker.state == "CLOSED"
    breaker.record_success()
    breaker.record_failure()
    assert breaker.state == "OPEN"


def test_old_failures_do_not_count_towards_the_ratio() -> None:
    """Only the window's calls are looked at."""
    clock = FakeClock()
    breaker = CircuitBreaker(failure_ratio=FailureRatio(0.5, minimum_calls=4), clock=clock)
    for _ in range(2):
        breaker.record_failure()
        breaker.record_success()
    clock.advance(61)
    for _ in range(3):
        breaker.record_success()
    breaker.record_failure()
    assert breaker.state == "CLOSED"


def test_what_comes_late_decides_nothing() -> None:
    """Calls from before the breaker opened neither close it, nor open it anew, nor free the probe's turn."""
    clock = FakeClock()
    breaker = CircuitBreaker(failure_threshold=1, timeout=60.0, clock=clock)
    late = [breaker.enter() for _ in range(4)]
    breaker.record_failure(late[0])
    breaker.record_success(late[1])
    assert breaker.state == "OPEN"
    clock.advance(60)
    probe = breaker.enter()
    assert probe is not None
    assert probe.is_probe
    breaker.give_turn_back(late[2])
    breaker.record_failure(late[3])
    assert breaker.state == "HALF_OPEN"
    assert breaker.enter() is None
    breaker.record_success(probe)
    assert breaker.state == "CLOSED"
