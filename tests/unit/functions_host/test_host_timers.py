"""Timers on a clock of the test's own: schedule, start-up, missed runs, records and time zones."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from local.functions_host.app_loader import LoadedFunction
from local.functions_host.schedules import parse_schedule
from local.functions_host.timers import TimerRunner, next_run
from local.functions_host.trigger_inputs import ScheduleStatus
from local.functions_host.triggers import TimerTrigger

START = datetime(2024, 5, 1, 12, 0, 30, tzinfo=UTC)


class StopTestError(Exception):
    """Ends a timer's endless loop once the test has seen enough."""


@dataclass
class World:
    """Clock, record and handler of one timer."""

    now: datetime = START
    stored: ScheduleStatus | None = None
    handler_takes: timedelta = timedelta(0)
    fails: bool = False
    until: datetime = START + timedelta(minutes=5)
    runs: list[tuple[datetime, bool]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    writes: list[ScheduleStatus] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        if self.now >= self.until:
            raise StopTestError

    async def invoke(self, function: LoadedFunction, argument: Any, reason: str) -> object:
        self.runs.append((self.now, argument.past_due))
        self.statuses.append(argument.schedule_status)
        self.now += self.handler_takes
        if self.fails:
            raise RuntimeError
        return None

    async def read(self, function_id: str) -> ScheduleStatus | None:
        return self.stored

    async def write(self, function_id: str, status: ScheduleStatus) -> None:
        self.writes.append(status)
        if self.now >= self.until:
            raise StopTestError

    async def play(
        self, schedule: str, *, run_on_startup: bool = False, use_monitor: bool = True
    ) -> list[str]:
        """Run the timer to the test's end and return the times of its runs."""
        trigger = TimerTrigger("timer", parse_schedule(schedule), schedule, run_on_startup, use_monitor)
        function = LoadedFunction("tick", trigger, print, Path(), takes_context=False, is_async=False)
        timer = TimerRunner(
            function,
            trigger,
            invoke=self.invoke,
            watch=lambda task: None,
            store=self,
            zone=UTC,
            now=lambda: self.now,
            sleep=self.sleep,
        )
        with pytest.raises(StopTestError):
            await asyncio.wait_for(timer.run(), 5)
        return [moment.strftime("%H:%M:%S") for moment, _ in self.runs]


async def test_it_runs_when_the_schedule_says() -> None:
    """Every minute, on the minute."""
    runs = [f"12:0{minute}:00" for minute in range(1, 6)]
    assert await World().play("0 * * * * *") == runs


async def test_a_long_run_is_followed_by_the_next_at_once_but_not_by_all_it_missed() -> None:
    """150 seconds at one run a minute: begun anew straight after the end, once."""
    world = World(handler_takes=timedelta(seconds=150), until=START + timedelta(minutes=6))
    assert await world.play("0 * * * * *") == ["12:01:00", "12:03:30", "12:06:00"]


async def test_an_interval_counts_from_the_start() -> None:
    """Ninety seconds apart."""
    assert await World().play("00:01:30") == ["12:02:00", "12:03:30", "12:05:00"]


async def test_run_on_startup_runs_at_once_and_then_on_schedule() -> None:
    """The run at the start is not past due."""
    world = World(until=START + timedelta(minutes=2))
    assert await world.play("0 * * * * *", run_on_startup=True) == ["12:00:30", "12:01:00", "12:02:00"]
    assert [past_due for _, past_due in world.runs] == [False, False, False]


async def test_a_failure_does_not_end_the_timer() -> None:
    """The next run comes all the same."""
    world = World(fails=True, until=START + timedelta(minutes=2))
    assert await world.play("0 * * * * *") == ["12:01:00", "12:02:00"]


async def test_a_run_missed_while_the_host_was_off_is_made_up_for_once() -> None:
    """Yesterday's record and a daily schedule: one run at the start, past due, then as scheduled."""
    yesterday = START - timedelta(days=3)
    world = World(stored=ScheduleStatus(yesterday, yesterday, yesterday))
    assert await world.play("0 0 3 * * *", run_on_startup=True) == ["12:00:30"]
    assert [past_due for _, past_due in world.runs] == [True]


async def test_nothing_is_made_up_for_when_nothing_was_missed() -> None:
    """The last run was this morning, and the next is tomorrow."""
    last = START.replace(hour=3)
    world = World(stored=ScheduleStatus(last, START, last))
    assert await world.play("0 0 3 * * *") == []


async def test_runs_are_recorded() -> None:
    """First when it will run, then when it ran; the handler sees the record."""
    world = World(until=START + timedelta(minutes=1, seconds=10))
    await world.play("0 * * * * *")
    first, second = world.writes
    assert (first.last, first.next) == (None, START.replace(minute=1, second=0))
    assert (second.last, second.next) == (
        START.replace(minute=1, second=0),
        START.replace(minute=2, second=0),
    )
    assert world.statuses[0]["Next"] == "2024-05-01T12:01:00+00:00"


@pytest.mark.parametrize(
    ("schedule", "use_monitor"), [("0 * * * * *", False), ("*/20 * * * * *", True), ("00:00:30", True)]
)
async def test_some_timers_keep_no_record(schedule: str, use_monitor: bool) -> None:
    """Those that ask for none, and those that fire more than once a minute."""
    past = START - timedelta(days=1)
    world = World(stored=ScheduleStatus(past, past, past), until=START + timedelta(minutes=1, seconds=1))
    await world.play(schedule, use_monitor=use_monitor)
    assert world.writes == []
    assert not any(past_due for _, past_due in world.runs)
    assert world.statuses[0] == {}


@pytest.mark.parametrize(
    ("schedule", "moment", "expected"),
    [
        pytest.param("0 0 3 * * *", "2024-01-10T00:00", "2024-01-10T02:00", id="winter"),
        pytest.param("0 0 3 * * *", "2024-07-10T00:00", "2024-07-10T01:00", id="summer"),
        pytest.param("0 30 2 * * *", "2024-03-31T00:00", "2024-03-31T01:30", id="hour-that-is-left-out"),
        pytest.param("0 30 2 * * *", "2024-10-27T00:00", "2024-10-27T00:30", id="repeated-hour-first"),
        pytest.param("0 30 2 * * *", "2024-10-27T00:30", "2024-10-28T01:30", id="repeated-hour-once"),
    ],
)
def test_schedules_follow_the_zones_clock(schedule: str, moment: str, expected: str) -> None:
    """Berlin's wall clock, told in UTC."""
    found = next_run(
        parse_schedule(schedule),
        datetime.fromisoformat(moment).replace(tzinfo=UTC),
        ZoneInfo("Europe/Berlin"),
    )
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)
