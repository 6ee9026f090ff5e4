"""A deadline: the one time budget that a call carries through every wait and every attempt."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on a monotonic clock by which the caller must have an answer or an error."""

    expires_at: float
    clock: Clock = time.monotonic

    @classmethod
    def after(cls, seconds: float, clock: Clock = time.monotonic) -> Deadline:
        """The deadline ``seconds`` from now."""
        return cls(clock() + seconds, clock)

    def remaining_seconds(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.expires_at - self.clock())

    def leaves_room_for(self, seconds: float) -> bool:
        """Whether a wait of ``seconds`` ends before the deadline."""
        return seconds < self.remaining_seconds()
