"""Requests and tokens per minute of one deployment, counted in sliding windows as Azure does."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

MINUTE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class LimitDecision:
    """The verdict on one request, with the figures that its headers tell."""

    is_admitted: bool
    exceeded: str | None
    retry_after_seconds: float
    limit_requests: int
    limit_tokens: int
    remaining_requests: int
    remaining_tokens: int
    reset_requests_seconds: float
    reset_tokens_seconds: float

    def headers(self) -> dict[str, str]:
        """The ``x-ratelimit-*`` headers, and both ``retry-after`` ones on a refusal."""
        headers = {
            "x-ratelimit-limit-requests": str(self.limit_requests),
            "x-ratelimit-limit-tokens": str(self.limit_tokens),
            "x-ratelimit-remaining-requests": str(self.remaining_requests),
            "x-ratelimit-remaining-tokens": str(self.remaining_tokens),
            "x-ratelimit-reset-requests": _duration(self.reset_requests_seconds),
            "x-ratelimit-reset-tokens": _duration(self.reset_tokens_seconds),
        }
        if not self.is_admitted:
            headers["retry-after"] = str(self.retry_after_whole_seconds)
            headers["retry-after-ms"] = str(math.ceil(self.retry_after_seconds * 1000))
        return headers

    @property
    def retry_after_whole_seconds(self) -> int:
        """The wait rounded up, as ``retry-after`` tells it."""
        return max(1, math.ceil(self.retry_after_seconds))


class SlidingWindow:
    """Amounts spent within the last ``seconds``, against one limit."""

    def __init__(self, limit: int, seconds: float = MINUTE_SECONDS) -> None:
        self.limit = limit
        self.seconds = seconds
        self._spent: deque[tuple[float, int]] = deque()
        self._total = 0

    def remaining(self, now: float) -> int:
        """What can still be spent."""
        self._forget(now)
        return max(0, self.limit - self._total)

    def wait_for(self, amount: int, now: float) -> float:
        """Seconds until ``amount`` fits; the whole window where it never will."""
        self._forget(now)
        missing = self._total + amount - self.limit
        if missing <= 0:
            return 0.0
        for at, spent in self._spent:
            missing -= spent
            if missing <= 0:
                return at + self.seconds - now
        return self.seconds

    def spend(self, amount: int, now: float) -> None:
        """Count an admitted amount."""
        self._spent.append((now, amount))
        self._total += amount

    def seconds_until_empty(self, now: float) -> float:
        """Seconds until everything spent is forgotten."""
        self._forget(now)
        return self._spent[-1][0] + self.seconds - now if self._spent else 0.0

    def _forget(self, now: float) -> None:
        while self._spent and self._spent[0][0] + self.seconds <= now:
            self._total -= self._spent.popleft()[1]


class RateLimits:
    """Both limits of one deployment.

    Tokens are reserved before the work begins: prompt plus the requested completion limit, and never
    given back, which is how Azure counts. A refused request spends nothing. A shorter
    ``requests_window_seconds`` (Azure looks at 1 to 10 s) carries its share of the minute's requests.
    """

    def __init__(
        self,
        requests_per_minute: int,
        tokens_per_minute: int,
        *,
        clock: Callable[[], float],
        requests_window_seconds: float = MINUTE_SECONDS,
    ) -> None:
        share = max(1, round(requests_per_minute * requests_window_seconds / MINUTE_SECONDS))
        self._requests = SlidingWindow(share, requests_window_seconds)
        self._tokens = SlidingWindow(tokens_per_minute)
        self._requests_per_minute = requests_per_minute
        self._clock = clock

    def admit(self, tokens: int) -> LimitDecision:
        """Reserve one request and its tokens, or say how long to wait."""
        now = self._clock()
        waits = {"requests": self._requests.wait_for(1, now), "tokens": self._tokens.wait_for(tokens, now)}
        exceeded = max(waits, key=lambda name: waits[name])
        wait = waits[exceeded]
        if wait <= 0:
            self._requests.spend(1, now)
            self._tokens.spend(tokens, now)
        return LimitDecision(
            is_admitted=wait <= 0,
            exceeded=exceeded if wait > 0 else None,
            retry_after_seconds=wait,
            limit_requests=self._requests_per_minute,
            limit_tokens=self._tokens.limit,
            remaining_requests=self._requests.remaining(now),
            remaining_tokens=self._tokens.remaining(now),
            reset_requests_seconds=self._requests.seconds_until_empty(now),
            reset_tokens_seconds=self._tokens.seconds_until_empty(now),
        )


def _duration(seconds: float) -> str:
    """A duration as the service writes it: ``120ms``, ``1.5s``."""
    if seconds < 1:
        return f"{math.ceil(seconds * 1000)}ms"
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"
