"""Deadlines run out once, and throttles only move later."""

from __future__ import annotations

import pytest

from shared_code.reliability.deadline import Deadline
from shared_code.reliability.throttle import Throttle
from tests.fakes import FakeClock


def test_a_deadline_counts_down_to_zero_and_stays_there() -> None:
    """What remains is never negative."""
    clock = FakeClock()
    deadline = Deadline.after(10, clock)
    clock.advance(4)
    assert deadline.remaining_seconds() == pytest.approx(6)
    assert deadline.leaves_room_for(5.9)
    assert not deadline.leaves_room_for(6.0)
    clock.advance(100)
    assert deadline.remaining_seconds() == 0.0


def test_a_throttle_never_moves_earlier() -> None:
    """A shorter hold that comes later does not shorten the one before."""
    clock = FakeClock()
    throttle = Throttle(clock=clock)
    assert throttle.wait_seconds() == 0.0
    throttle.hold_for(30)
    throttle.hold_for(5)
    assert throttle.wait_seconds() == pytest.approx(30)
    clock.advance(31)
    assert throttle.wait_seconds() == 0.0
