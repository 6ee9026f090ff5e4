"""The limiter as the client sees it: wait for a turn, then say what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from shared_code.errors import RateLimitError
from shared_code.reliability.rate_limiter import RateLimiter, Reservation

Sleep = Callable[[float], Awaitable[None]]


class Limiter(Protocol):
    """Admits requests within a limit, first come, first served."""

    async def admit(self, tokens: int, max_wait_seconds: float) -> Any:
        """Wait for a turn and return a permit.

        Args:
            tokens: An estimate of what the request will count: prompt and longest answer.
            max_wait_seconds: What the caller's deadline leaves.

        Raises:
            RateLimitError: The turn would come later than that; ``retry_after`` says when.
        """
        ...

    def settle(self, permit: Any, tokens: int) -> None:
        """The request was answered, and counted ``tokens``."""
        ...

    def give_back(self, permit: Any) -> None:
        """The request was never sent."""
        ...

    def observe(self, remaining_requests: int | None, remaining_tokens: int | None) -> None:
        """The provider's own word on what is left of its limits."""
        ...

    def status(self) -> dict[str, Any]:
        """For health: at least ``requests_remaining`` and ``reset_time`` in seconds."""
        ...


class InstanceLimiter:
    """One process's own limit."""

    def __init__(self, limiter: RateLimiter, sleep: Sleep = asyncio.sleep) -> None:
        self._limiter = limiter
        self._sleep = sleep

    async def admit(self, tokens: int, max_wait_seconds: float) -> Reservation:
        """See ``Limiter.admit``."""
        reservation = self._limiter.reserve(tokens, max_wait_seconds=max_wait_seconds)
        if not reservation.granted:
            raise limit_reached(reservation.wait_seconds)
        if reservation.wait_seconds > 0.0:
            try:
                await self._sleep(reservation.wait_seconds)
            except asyncio.CancelledError:
                self._limiter.give_back(reservation)
                raise
        return reservation

    def settle(self, permit: Reservation, tokens: int) -> None:
        """See ``Limiter.settle``."""
        self._limiter.settle(permit, tokens)

    def give_back(self, permit: Reservation) -> None:
        """See ``Limiter.give_back``."""
        self._limiter.give_back(permit)

    def observe(self, remaining_requests: int | None, remaining_tokens: int | None) -> None:
        """See ``Limiter.observe``; heeded only where tokens are limited, so where quotas were looked up."""
        if self._limiter.tokens_per_minute is not None:
            self._limiter.observe(remaining_requests, remaining_tokens)

    def status(self) -> dict[str, Any]:
        """See ``Limiter.status``."""
        return {
            "requests_remaining": self._limiter.requests_remaining(),
            "tokens_remaining": self._limiter.tokens_remaining(),
            "reset_time": self._limiter.get_wait_time(),
        }


def limit_reached(wait_seconds: float) -> RateLimitError:
    """The error of a call whose turn would come after its deadline."""
    return RateLimitError(
        "The limit of requests or tokens per minute is used up "
        "(OPENAI_REQUESTS_PER_MINUTE, OPENAI_TOKENS_PER_MINUTE).",
        retry_after_seconds=wait_seconds,
    )
