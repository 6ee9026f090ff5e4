"""The daily budget: what counts, for how long, and what a silent call log does to it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from shared_code.accounting.budget import REFRESH_SECONDS, DailyBudget
from shared_code.errors import BudgetExceededError, StorageError


class Log:
    """What the call log would say, and how often it was asked."""

    def __init__(self) -> None:
        self.spent: dict[date, int] = {}
        self.reads = 0
        self.is_silent = False

    async def read(self, day: date) -> int:
        self.reads += 1
        if self.is_silent:
            raise StorageError("silent")
        return self.spent.get(day, 0)


class Calendar:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


async def test_refuses_once_the_days_calls_have_cost_it(log: Log, calendar: Calendar) -> None:
    """All instances' calls count, and the error says when the next day begins."""
    budget = DailyBudget(1_000_000, log.read, now=calendar)
    await budget.check()
    log.spent[calendar.now.date()] = 1_000_000
    calendar.advance(REFRESH_SECONDS)
    with pytest.raises(BudgetExceededError, match=r"\$1\.00") as caught:
        await budget.check()
    assert caught.value.retry_after == pytest.approx(12 * 3600 - REFRESH_SECONDS)


async def test_own_calls_count_at_once(log: Log, calendar: Calendar) -> None:
    """Between two reads of the log nothing slips through."""
    budget = DailyBudget(1_000_000, log.read, now=calendar)
    await budget.check()
    budget.add(1_000_000)
    with pytest.raises(BudgetExceededError):
        await budget.check()


async def test_a_new_day_has_a_new_budget(log: Log, calendar: Calendar) -> None:
    """Midnight is in UTC, as the log's days are."""
    log.spent[calendar.now.date()] = 2_000_000
    budget = DailyBudget(1_000_000, log.read, now=calendar)
    with pytest.raises(BudgetExceededError):
        await budget.check()
    calendar.advance(12 * 3600)
    await budget.check()


async def test_the_log_is_read_now_and_then_only(log: Log, calendar: Calendar) -> None:
    """A thousand calls are not a thousand queries."""
    budget = DailyBudget(1_000_000, log.read, now=calendar)
    for _ in range(1000):
        await budget.check()
    assert log.reads == 1


async def test_a_silent_log_stops_nobody_and_forgets_nothing(log: Log, calendar: Calendar) -> None:
    """The last known figure and the own calls count on."""
    log.spent[calendar.now.date()] = 900_000
    budget = DailyBudget(1_000_000, log.read, now=calendar)
    await budget.check()
    log.is_silent = True
    calendar.advance(REFRESH_SECONDS)
    await budget.check()
    budget.add(100_000)
    with pytest.raises(BudgetExceededError):
        await budget.check()
