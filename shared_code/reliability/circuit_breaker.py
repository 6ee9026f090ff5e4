"""When a failing deployment is left alone, and who may try whether it is back."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from shared_code.reliability.deadline import Clock

# What others are told to wait while a probe is under way: how long it takes is not known.
PROBE_PATIENCE_SECONDS = 1.0


class BreakerState(StrEnum):
    """CLOSED lets calls through, OPEN none, HALF_OPEN exactly one: the probe."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


@dataclass(frozen=True, slots=True)
class FailureRatio:
    """Opens also where ``ratio`` of the calls of the last ``window_seconds`` failed.

    ``minimum_calls`` keeps one failure in a quiet minute from being 100 %.
    """

    ratio: float
    minimum_calls: int = 20
    window_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Turn:
    """Permission for one call. ``epoch`` tells late results of calls from before the breaker opened."""

    is_probe: bool
    epoch: int


class CircuitBreaker:
    """Opens after ``failure_threshold`` failures in a row; after ``timeout`` seconds one probe decides.

    Whoever was let through reports with ``record_success``, ``record_failure`` or, where the call was
    cancelled or proved nothing, ``give_turn_back``. With the ``Turn`` of ``enter`` in hand, a report
    that comes after the breaker has opened counts no more: only the probe decides then. The lock
    guards a few assignments and is never held across I/O.
    """

    def __init__(
        self,
        failure_threshold: int = 5,
        timeout: float = 60.0,
        *,
        failure_ratio: FailureRatio | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self.failure_threshold = failure_threshold
        self.timeout = timeout
        self._failure_ratio = failure_ratio
        self._clock = clock
        self._lock = threading.Lock()
        self._state = BreakerState.CLOSED
        self._failure_count = 0
        self._outcomes: deque[tuple[float, bool]] = deque()
        self._opened_at = 0.0
        self._probe_is_out = False
        self._is_open_for_good = False
        self._epoch = 0

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

    @property
    def is_open_for_good(self) -> bool:
        """Whether no probe will ever be let through: there is nothing behind it any more."""
        with self._lock:
            return self._is_open_for_good

    def can_proceed(self) -> bool:
        """Whether this caller may send a request; in HALF_OPEN it takes the probe's turn."""
        return self.enter() is not None

    def enter(self) -> Turn | None:
        """As ``can_proceed``; the turn says to which time a later report belongs."""
        with self._lock:
            if self._state is BreakerState.CLOSED:
                return Turn(False, self._epoch)
            if self._state is BreakerState.OPEN:
                if self._seconds_until_probe() > 0.0:
                    return None
                self._state = BreakerState.HALF_OPEN
                self._probe_is_out = False
            if self._probe_is_out:
                return None
            self._probe_is_out = True
            self._epoch += 1
            return Turn(True, self._epoch)

    def wait_seconds(self) -> float:
        """Seconds until it is worth asking again: 0.0 now, infinity never."""
        with self._lock:
            if self._state is BreakerState.OPEN:
                return self._seconds_until_probe()
            return PROBE_PATIENCE_SECONDS if self._probe_is_out else 0.0

    def record_success(self, turn: Turn | None = None) -> None:
        """A call was answered: the deployment works."""
        with self._lock:
            if self._is_late(turn):
                return
            self._note(failed=False)
            self._state = BreakerState.CLOSED
            self._failure_count = 0
            self._probe_is_out = False
            self._is_open_for_good = False

    def record_failure(self, turn: Turn | None = None) -> None:
        """A call failed in a way that speaks against the deployment."""
        with self._lock:
            if self._is_late(turn):
                return
            self._note(failed=True)
            self._failure_count += 1
            probe_failed = self._state is BreakerState.HALF_OPEN
            if probe_failed or self._failure_count >= self.failure_threshold or self._fails_too_often():
                self._open()

    def give_turn_back(self, turn: Turn | None = None) -> None:
        """The call ended without saying anything about the deployment's health."""
        with self._lock:
            if not self._is_late(turn):
                self._probe_is_out = False

    def open_for_good(self) -> None:
        """The deployment is gone: no probe is let through until a call succeeds all the same."""
        with self._lock:
            self._open()
            self._is_open_for_good = True

    def _is_late(self, turn: Turn | None) -> bool:
        return turn is not None and turn.epoch != self._epoch

    def _open(self) -> None:
        self._state = BreakerState.OPEN
        self._epoch += 1
        self._opened_at = self._clock()
        self._probe_is_out = False
        self._outcomes.clear()

    def _note(self, *, failed: bool) -> None:
        if self._failure_ratio is None:
            return
        now = self._clock()
        self._outcomes.append((now, failed))
        while self._outcomes[0][0] < now - self._failure_ratio.window_seconds:
            self._outcomes.popleft()

    def _fails_too_often(self) -> bool:
        rule = self._failure_ratio
        if rule is None:
            return False
        failures = sum(failed for _, failed in self._outcomes)
        calls = len(self._outcomes)
        return calls >= rule.minimum_calls and failures >= rule.ratio * calls

    def _seconds_until_probe(self) -> float:
        if self._is_open_for_good:
            return math.inf
        return max(0.0, self._opened_at + self.timeout - self._clock())
