"""The daily budget: refuse calls once the day's calls have cost what it allows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

from shared_code.errors import BudgetExceededError, StorageError

# The call log is read this often; between reads the own calls are added to what it said.
REFRESH_SECONDS = 30.0
# A log that takes longer than this counts as silent.
REFRESH_TIMEOUT_SECONDS = 5.0

logger = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class DailyBudget:
    """Counts what a UTC day's calls cost, of all instances as the call log has them, and its own at once.

    Calls of unknown price are not in it. While storage does not answer, the last known figure and the
    own calls count: an outage of the log must not stop CVs that the budget would have let through.

    Args:
        limit_micro_usd: What one day may cost.
        spent_micro_usd: Reads what a day's calls cost so far; may raise ``StorageError``.
        now: The wall clock, aware.
    """

    def __init__(
        self,
        limit_micro_usd: int,
        spent_micro_usd: Callable[[date], Awaitable[int]],
        *,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._limit = limit_micro_usd
        self._read_spent = spent_micro_usd
        self._now = now
        self._day: date | None = None
        self._read_at: datetime | None = None
        self._spent = 0

    async def check(self, max_wait_seconds: float = REFRESH_TIMEOUT_SECONDS) -> None:
        """Return where there is budget left.

        Args:
            max_wait_seconds: What the caller's deadline leaves for reading the log.

        Raises:
            BudgetExceededError: There is none; ``retry_after`` is the time to midnight UTC.
        """
        now = self._now()
        if self._day != now.date():
            self._day, self._read_at, self._spent = now.date(), None, 0
        if self._read_at is None or (now - self._read_at).total_seconds() >= REFRESH_SECONDS:
            self._read_at = now
            await self._refresh(now.date(), min(max_wait_seconds, REFRESH_TIMEOUT_SECONDS))
        if self._spent >= self._limit:
            midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
            raise BudgetExceededError(
                f"Today's budget of ${self._limit / 1_000_000:.2f} is spent (AI_DAILY_BUDGET_USD).",
                retry_after_seconds=(midnight - now).total_seconds(),
            )

    def add(self, cost_micro_usd: int) -> None:
        """Count one of this process's own calls at once."""
        self._spent += cost_micro_usd

    async def _refresh(self, day: date, timeout_seconds: float) -> None:
        try:
            async with asyncio.timeout(timeout_seconds):
                spent = await self._read_spent(day)
        except (StorageError, TimeoutError):
            logger.warning("The day's cost could not be read; the last known figure counts on")
        else:
            # The own calls of the last moments may not be in the log yet, so the figure never falls.
            self._spent = max(self._spent, spent)
