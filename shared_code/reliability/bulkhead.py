"""How many calls may be under way at once, so that a rush waits here and not at the provider."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared_code.errors import TimeoutError as DeadlineError


class Bulkhead:
    """Lets ``limit`` callers through at once, the others in the order of their coming.

    Belongs to one event loop.
    """

    def __init__(self, limit: int) -> None:
        self._places = asyncio.Semaphore(limit)

    @asynccontextmanager
    async def place(self, max_wait_seconds: float) -> AsyncIterator[None]:
        """Hold a place.

        Args:
            max_wait_seconds: What the caller's deadline leaves.

        Raises:
            TimeoutError: No place came free in time.
        """
        if self._places.locked():
            try:
                async with asyncio.timeout(max_wait_seconds):
                    await self._places.acquire()
            except TimeoutError:
                raise DeadlineError(
                    "The deadline passed while the call waited for a free place "
                    "(OPENAI_MAX_CONCURRENT_REQUESTS)."
                ) from None
        else:
            await self._places.acquire()
        try:
            yield
        finally:
            self._places.release()
