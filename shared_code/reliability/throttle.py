"""Until when a throttled deployment must be left alone."""

from __future__ import annotations

import threading
import time

from shared_code.reliability.deadline import Clock


class Throttle:
    """Remembers the latest ``not_before`` that the provider asked for; it only ever moves later."""

    def __init__(self, *, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._not_before = 0.0

    def hold_for(self, seconds: float) -> None:
        """The provider wants no request within the next ``seconds``."""
        with self._lock:
            self._not_before = max(self._not_before, self._clock() + seconds)

    def wait_seconds(self) -> float:
        """Seconds until a request is welcome again."""
        with self._lock:
            return max(0.0, self._not_before - self._clock())
