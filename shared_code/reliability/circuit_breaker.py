"""When a failing deployment is left alone, and who may try whether it is back."""

from __future__ import annotations

import threading
import time
from enum import StrEnum

from shared_code.reliability.deadline import Clock

# What others are told to wait while a probe is under way: how long it takes is not known.
PROBE_PATIENCE_SECONDS = 1.0


class BreakerState(StrEnum):
    """CLOSED lets calls through, OPEN none, HALF_OPEN exactly one: the probe."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


class CircuitBreaker:
    """Opens after ``failure_threshold`` failures in a row; after ``timeout`` seconds one probe decides.

    The probe's turn is taken by ``can_proceed`` and must end in ``record_success``,
    ``record_failure`` or, where the probe was cancelled or proved nothing, ``give_turn_back``.
    The lock guards a few assignments and is never held across I/O.
    """

    def __init__(
        self, failure_threshold: int = 5, timeout: float = 60.0, *, clock: Clock = time.monotonic
    ) -> None:
        self.failure_threshold = failure_threshold
        self.timeout = timeout
        self._clock = clock
        self._lock = threading.Lock()
        self._state = BreakerState.CLOSED
        self._failure_count = 0
        self._opened_at = 0.0
        self._probe_is_out = False

    @property
    def state(self) -> BreakerState:
        """The state as of the last call that asked or reported."""
        with self._lock:
            return self._state

    @property
    def failure_count(self) -> int:
        """Failures in a row."""
        with self._lock:
            return self._failure_count

    def can_proceed(self) -> bool:
        """Whether this caller may send a request; in HALF_OPEN it takes the probe's turn."""
        with self._lock:
            if self._state is BreakerState.CLOSED:
                return True
            if self._state is BreakerState.OPEN:
                if self._seconds_until_probe() > 0.0:
                    return False
                self._state = BreakerState.HALF_OPEN
                self._probe_is_out = False
            if self._probe_is_out:
                return False
            self._probe_is_out = True
            return True

    def wait_seconds(self) -> float:
        """Seconds until it is worth asking again; 0.0 where a caller may be let through now."""
        with self._lock:
            if self._state is BreakerState.OPEN:
                return self._seconds_until_probe()
            return PROBE_PATIENCE_SECONDS if self._probe_is_out else 0.0

    def record_success(self) -> None:
        """A call was answered: the deployment works."""
        with self._lock:
            self._state = BreakerState.CLOSED
            self._failure_count = 0
            self._probe_is_out = False

    def record_failure(self) -> None:
        """A call failed in a way that speaks against the deployment."""
        with self._lock:
            self._failure_count += 1
            if self._state is BreakerState.HALF_OPEN or self._failure_count >= self.failure_threshold:
                self._state = BreakerState.OPEN
                self._opened_at = self._clock()
                self._probe_is_out = False

    def give_turn_back(self) -> None:
        """The call ended without saying anything about the deployment's health."""
        with self._lock:
            self._probe_is_out = False

    def _seconds_until_probe(self) -> float:
        return max(0.0, self._opened_at + self.timeout - self._clock())
