"""How many requests may start in any window of sixty seconds, in the order in which callers came."""

from __future__ import annotations

import math
import threading
import time
from bisect import bisect_left
from dataclasses import dataclass

from shared_code.reliability.deadline import Clock

WINDOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Reservation:
    """The verdict of one request to start: whether, and after how long.

    Verdict and wait come from one look at the window, because asking twice would read a state that
    may have moved in between.
    """

    granted: bool
    wait_seconds: float
    starts_at: float


class RateLimiter:
    """A sliding window over start times: at most ``requests_per_minute`` in any 60 seconds.

    A reservation takes its place in the window at once, possibly in the future, and the caller
    sleeps until then. That makes waiting first come, first served without a queue or a lock held
    across a wait. Invariant: the ``n + limit``-th start is at least 60 s after the ``n``-th.
    """

    def __init__(self, requests_per_minute: int = 20, *, clock: Clock = time.monotonic) -> None:
        if requests_per_minute < 1:
            raise ValueError("requests_per_minute must be at least 1")
        self.requests_per_minute = requests_per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._starts: list[float] = []

    def acquire(self) -> bool:
        """Take permission to start now; False where the window is full."""
        return self.reserve(max_wait_seconds=0.0).granted

    def get_wait_time(self) -> float:
        """Seconds until a request could start, 0.0 where one could start now."""
        with self._lock:
            now = self._clock()
            return self._earliest_start(now) - now

    def requests_remaining(self) -> int:
        """Requests that could start now."""
        with self._lock:
            self._forget_before(self._clock() - WINDOW_SECONDS)
            return max(0, self.requests_per_minute - len(self._starts))

    def reserve(self, *, max_wait_seconds: float = math.inf) -> Reservation:
        """Take the next free start, if it is no further away than ``max_wait_seconds``."""
        with self._lock:
            now = self._clock()
            starts_at = self._earliest_start(now)
            wait_seconds = starts_at - now
            if wait_seconds > max_wait_seconds:
                return Reservation(False, wait_seconds, starts_at)
            self._starts.append(starts_at)
            return Reservation(True, wait_seconds, starts_at)

    def give_back(self, reservation: Reservation) -> None:
        """Free the start of a request that was never sent."""
        with self._lock:
            index = bisect_left(self._starts, reservation.starts_at)
            if index < len(self._starts) and self._starts[index] == reservation.starts_at:
                del self._starts[index]

    def _earliest_start(self, now: float) -> float:
        self._forget_before(now - WINDOW_SECONDS)
        if len(self._starts) < self.requests_per_minute:
            return max(now, self._starts[-1]) if self._starts else now
        return max(now, self._starts[-self.requests_per_minute] + WINDOW_SECONDS, self._starts[-1])

    def _forget_before(self, moment: float) -> None:
        while self._starts and self._starts[0] <= moment:
            self._starts.pop(0)
