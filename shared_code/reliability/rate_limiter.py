"""How many requests, and how many tokens, may start in any window of sixty seconds.

Both are sliding windows over start times. A reservation takes its place at once, possibly in the
future, and the caller sleeps until then: waiting is first come, first served without a queue, and
without a lock held across a wait.
"""

from __future__ import annotations

import math
import threading
import time
from bisect import insort
from collections import deque
from dataclasses import dataclass

from shared_code.reliability.deadline import Clock

WINDOW_SECONDS = 60.0
NEVER = -math.inf


@dataclass(slots=True, eq=False)
class _Place:
    """What one start takes of a window. ``at`` is ``NEVER`` once it was given back."""

    at: float
    amount: int


class _Window:
    """A sliding sum: looking for room costs as many steps as there are starts to wait for."""

    def __init__(self, seconds: float) -> None:
        self.total = 0
        self._seconds = seconds
        self._places: deque[_Place] = deque()
        self._forgotten_until = NEVER

    @property
    def latest(self) -> float:
        """The latest start, which may lie in the future."""
        return self._places[-1].at if self._places else NEVER

    def forget(self, now: float) -> None:
        """Drop what no window that ends now or later can hold."""
        self._forgotten_until = max(self._forgotten_until, now - self._seconds)
        while self._places and self._places[0].at <= self._forgotten_until:
            self.total -= self._places.popleft().amount

    def earliest(self, amount: int, limit: int) -> float:
        """When ``amount`` more fits; an amount over the limit waits for an empty window."""
        excess = self.total + amount - limit
        earliest = NEVER
        for place in self._places:
            if excess <= 0:
                break
            excess -= place.amount
            earliest = place.at + self._seconds
        return earliest

    def take(self, at: float, amount: int) -> _Place:
        """Book an amount, in the order of starts."""
        place = _Place(at, amount)
        if at >= self.latest:
            self._places.append(place)
        else:
            insort(self._places, place, key=lambda other: other.at)
        self.total += amount
        return place

    def change(self, place: _Place, amount: int) -> None:
        """Correct an amount, unless its time has passed."""
        if place.at > self._forgotten_until:
            self.total += amount - place.amount
            place.amount = amount

    def give_back(self, place: _Place) -> None:
        """Free a place; one at the end no longer holds up those who come after it."""
        self.change(place, 0)
        while self._places and self._places[-1].amount == 0:
            self._places.pop().at = NEVER


@dataclass(slots=True, eq=False)
class Reservation:
    """The verdict on one request, and its places in the windows where it was granted.

    Verdict and wait come from one look, because asking twice would read a state that may have moved.
    """

    granted: bool
    wait_seconds: float
    starts_at: float
    tokens: int
    request_place: _Place | None = None
    token_place: _Place | None = None


class RateLimiter:
    """At most ``requests_per_minute`` starts, and ``tokens_per_minute`` tokens, in any 60 seconds.

    Tokens are reserved as an estimate and settled when the provider has said what it counted. A
    request that alone is larger than the limit of tokens waits for an empty window. Both limits may be
    changed while it works; what is reserved already stays.
    """

    def __init__(
        self,
        requests_per_minute: int = 20,
        tokens_per_minute: int | None = None,
        *,
        window_seconds: float = WINDOW_SECONDS,
        clock: Clock = time.monotonic,
    ) -> None:
        if requests_per_minute < 1:
            raise ValueError("requests_per_minute must be at least 1")
        self.requests_per_minute = requests_per_minute
        self.tokens_per_minute = tokens_per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._requests = _Window(window_seconds)
        self._tokens = _Window(window_seconds)

    def acquire(self) -> bool:
        """Take permission to start now; False where the window is full."""
        return self.reserve(max_wait_seconds=0.0).granted

    def get_wait_time(self) -> float:
        """Seconds until a request could start, 0.0 where one could start now."""
        with self._lock:
            now = self._now()
            return self._earliest_start(now, 0) - now

    def requests_remaining(self) -> int:
        """Requests that could start now."""
        with self._lock:
            self._now()
            return max(0, self.requests_per_minute - self._requests.total)

    def tokens_remaining(self) -> int | None:
        """Tokens that could be asked for now; None where they are not limited."""
        if self.tokens_per_minute is None:
            return None
        with self._lock:
            self._now()
            return max(0, self.tokens_per_minute - self._tokens.total)

    def reserve(self, tokens: int = 0, *, max_wait_seconds: float = math.inf) -> Reservation:
        """Take the next free start, if it is no further away than ``max_wait_seconds``."""
        with self._lock:
            now = self._now()
            starts_at = self._earliest_start(now, tokens)
            wait_seconds = starts_at - now
            reservation = Reservation(wait_seconds <= max_wait_seconds, wait_seconds, starts_at, tokens)
            if reservation.granted:
                reservation.request_place = self._requests.take(starts_at, 1)
                if tokens:
                    reservation.token_place = self._tokens.take(starts_at, tokens)
            return reservation

    def give_back(self, reservation: Reservation) -> None:
        """Free the place of a request that was never sent."""
        with self._lock:
            self._now()
            if reservation.request_place is not None:
                self._requests.give_back(reservation.request_place)
            if reservation.token_place is not None:
                self._tokens.give_back(reservation.token_place)
            reservation.request_place = reservation.token_place = None

    def settle(self, reservation: Reservation, tokens: int) -> None:
        """Replace a request's estimate by the tokens that the provider counted."""
        with self._lock:
            now = self._now()
            reservation.tokens = tokens
            if reservation.token_place is not None:
                self._tokens.change(reservation.token_place, tokens)
            elif reservation.request_place is not None and tokens:
                reservation.token_place = self._tokens.take(reservation.starts_at, tokens)
                self._tokens.forget(now)

    def observe(self, remaining_requests: int | None, remaining_tokens: int | None) -> None:
        """Give way to others: the provider says that less is left than these windows think.

        Somebody else uses the same quota, so what they took is booked here as well, from now on.
        """
        with self._lock:
            now = self._now()
            if remaining_requests is not None:
                taken = self.requests_per_minute - self._requests.total - remaining_requests
                if taken > 0:
                    self._requests.take(now, taken)
            if remaining_tokens is not None and self.tokens_per_minute is not None:
                taken = self.tokens_per_minute - self._tokens.total - remaining_tokens
                if taken > 0:
                    self._tokens.take(now, taken)

    def _now(self) -> float:
        now = self._clock()
        self._requests.forget(now)
        self._tokens.forget(now)
        return now

    def _earliest_start(self, now: float, tokens: int) -> float:
        # Never before somebody who came earlier, even where only the earlier one waits for tokens.
        earliest = max(now, self._requests.latest, self._requests.earliest(1, self.requests_per_minute))
        if self.tokens_per_minute is not None and tokens:
            earliest = max(earliest, self._tokens.earliest(tokens, self.tokens_per_minute))
        return earliest
