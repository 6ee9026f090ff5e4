"""The call log: one row per call, whatever happens to storage."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from shared_code.accounting.call_log import CALL_LOG_TABLE, SHARDS
from shared_code.accounting.usage import Usage
from shared_code.ai_call_logger import (
    AICallLogger,
    CallDetails,
    CallRow,
    DeploymentUsage,
    calls_between,
    calls_of_day,
)
from shared_code.errors import StorageError
from tests.unit.storage.in_memory_storage import InMemoryTables

NINE = datetime(2026, 11, 21, 9, 0, 0, 500_000, tzinfo=UTC)
DAY = date(2026, 11, 21)
DETAILS = CallDetails(
    started_at=NINE,
    document_id="9f86d081884c",
    assistant_version="3",
    schema_name="candidate_profile_schema",
    backend="chat_completions",
    deployment="fallback",
    model="gpt-4o-mini",
    attempts=3,
    reasks=1,
    fallback_used=True,
    usage=Usage(3_000, 500, 300, 20),
    cost_micro_usd=1_234,
    price_date="2026-11-01",
    finish_reason="stop",
    usage_by_deployment=(
        DeploymentUsage("first", "gpt-4.1-mini", Usage(1_000, 0, 100, 0), 1_000),
        DeploymentUsage("fallback", "gpt-4o-mini", Usage(2_000, 500, 200, 20), 234),
    ),
)


class Clock:
    """A wall clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = NINE

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def tables() -> InMemoryTables:
    """An empty storage account."""
    return InMemoryTables()


@pytest.fixture
def clock() -> Clock:
    """Nine o'clock."""
    return Clock()


async def only_row(tables: InMemoryTables) -> CallRow:
    """The day's only call, read back."""
    (row,) = [row async for row in calls_of_day(tables, DAY)]
    return row


async def test_a_start_is_seen_before_the_call_ends(tables: InMemoryTables, clock: Clock) -> None:
    """A call whose process died stays visible."""
    await AICallLogger(tables, clock=clock).log_call_start("c-1", "cv_data_extractor", 4_000)
    row = await only_row(tables)
    assert row == CallRow("c-1", "cv_data_extractor", "started", CallDetails(NINE), 4_000)


async def test_success_replaces_the_start_with_all_that_is_known(tables: InMemoryTables) -> None:
    """Nothing of the details gets lost on the way through the table."""
    log = AICallLogger(tables)
    await log.log_call_start("c-1", "cv_data_extractor", 4_000, details=CallDetails(NINE))
    await log.log_call_success("c-1", "cv_data_extractor", 3_000, 300, 812.5, 0.001234, details=DETAILS)
    assert await only_row(tables) == CallRow("c-1", "cv_data_extractor", "success", DETAILS, 4_000, 812.5)
    assert log.pending_calls == 0


async def test_failure_replaces_the_start_and_keeps_what_it_cost(tables: InMemoryTables) -> None:
    """Attempts that failed are paid for, too."""
    failed = replace(DETAILS, error_code="invalidAnswer", error_class="ValidationError", finish_reason=None)
    log = AICallLogger(tables)
    await log.log_call_start("c-1", "a", 10, details=CallDetails(NINE))
    await log.log_call_failure("c-1", "a", "The answer is no JSON.", 90.0, details=failed)
    assert await only_row(tables) == CallRow(
        "c-1", "a", "failure", failed, 10, 90.0, "The answer is no JSON."
    )


async def test_without_details_the_plain_figures_are_kept(tables: InMemoryTables, clock: Clock) -> None:
    """Whoever calls with the six promised arguments gets a full row, too."""
    log = AICallLogger(tables, clock=clock)
    await log.log_call_start("c-1", "a", 10)
    clock.now += timedelta(seconds=2)
    await log.log_call_success("c-1", "a", 1_000, 100, 2_000.0, 0.000_56)
    details = CallDetails(NINE, usage=Usage(input_tokens=1_000, output_tokens=100), cost_micro_usd=560)
    assert await only_row(tables) == CallRow("c-1", "a", "success", details, 10, 2_000.0)


@pytest.mark.parametrize(
    ("cost_usd", "cost_micro_usd"),
    [
        pytest.param(None, None, id="unknown"),
        pytest.param(0.0, 0, id="free"),
        pytest.param(0.000_000_6, 1, id="rounded"),
        pytest.param(4_294.967_297, 4_294_967_297, id="over-32-bits"),
        pytest.param(float("nan"), None, id="nonsense"),
    ],
)
async def test_an_unknown_price_is_not_zero(
    tables: InMemoryTables, cost_usd: float | None, cost_micro_usd: int | None
) -> None:
    """A price nobody knows must not look like a free call."""
    log = AICallLogger(tables)
    await log.log_call_success("c-1", "a", 1, 1, 1.0, cost_usd, details=CallDetails(NINE))
    row = await only_row(tables)
    assert row.details.cost_micro_usd == cost_micro_usd


async def test_columns_are_camel_case_and_keys_follow_the_scheme(tables: InMemoryTables) -> None:
    """Day and shard, then inverted milliseconds, correlation id and assistant."""
    await AICallLogger(tables).log_call_success("c-1", "a|b", 1, 1, 1.0, None, details=DETAILS)
    (row,) = tables.rows(CALL_LOG_TABLE)
    day, shard = row["PartitionKey"].split("_")
    assert day == "20261121"
    assert 0 <= int(shard) < SHARDS
    inverted, correlation_id, assistant = row["RowKey"].split("_")
    assert len(inverted) == 14
    assert 10**14 - 1 - int(inverted) == int(NINE.timestamp() * 1000)
    assert (correlation_id, assistant) == ("c-1", "a~007cb")
    assert all(name[0].islower() and "_" not in name for name in row if not name.endswith("Key"))
    assert (row["costMicroUsd"], row["cachedInputTokens"], row["fallbackUsed"]) == (1_234, 500, True)


async def test_the_newest_row_of_a_shard_comes_first(tables: InMemoryTables) -> None:
    """Who opens the table sees what happened last."""
    log = AICallLogger(tables)
    for minutes in (0, 2, 1):
        details = CallDetails(NINE + timedelta(minutes=minutes))
        await log.log_call_success("same", "a", 1, 1, 1.0, None, details=details)
    rows = [row.details.started_at.minute async for row in calls_of_day(tables, DAY)]
    assert rows == [2, 1, 0]


async def test_a_call_belongs_to_the_utc_day_it_started_on(tables: InMemoryTables, clock: Clock) -> None:
    """Also where it ends after midnight, or the caller's clock is in another zone."""
    log = AICallLogger(tables, clock=clock)
    before_midnight = datetime(2026, 11, 22, 0, 59, tzinfo=timezone(timedelta(hours=1)))
    await log.log_call_start("c-1", "a", 1, details=CallDetails(before_midnight))
    clock.now = datetime(2026, 11, 22, 0, 1, tzinfo=UTC)
    await log.log_call_success("c-1", "a", 1, 1, 20_000.0, None)  # 20 s ago was another day
    row = await only_row(tables)
    assert (row.outcome, row.day) == ("success", DAY)
    assert [row async for row in calls_of_day(tables, DAY + timedelta(days=1))] == []


async def test_assistants_asked_at_the_same_moment_have_rows_of_their_own(tables: InMemoryTables) -> None:
    """The three analyses of one CV may share a correlation id and a millisecond."""
    log = AICallLogger(tables)

    async def call(assistant: str) -> None:
        await log.log_call_start("c-1", assistant, 1, details=CallDetails(NINE))
        await log.log_call_success("c-1", assistant, 1, 1, 1.0, None, details=CallDetails(NINE))

    await asyncio.gather(*(call(assistant) for assistant in ("extractor", "identifier", "analyst")))
    rows = [row async for row in calls_of_day(tables, DAY)]
    assert sorted(row.assistant_id for row in rows) == ["analyst", "extractor", "identifier"]


async def test_a_forgotten_call_finds_its_row_by_its_start(tables: InMemoryTables) -> None:
    """What is remembered is bounded; the end of an old call still replaces its start."""
    log = AICallLogger(tables, max_pending=1)
    await log.log_call_start("old", "a", 1, details=DETAILS)
    await log.log_call_start("new", "a", 1, details=DETAILS)
    assert log.pending_calls == 1
    await log.log_call_success("old", "a", 1, 1, 1.0, None, details=DETAILS)
    outcomes = {row.correlation_id: row.outcome async for row in calls_of_day(tables, DAY)}
    assert outcomes == {"old": "success", "new": "started"}
    await log.log_call_success("new", "a", 1, 1, 1.0, None)
    outcomes = {row.correlation_id: row.outcome async for row in calls_of_day(tables, DAY)}
    assert outcomes == {"old": "success", "new": "success"}


@pytest.mark.parametrize(
    "breakage",
    [
        pytest.param(lambda tables: setattr(tables, "failure", StorageError("down")), id="fails"),
        pytest.param(lambda tables: setattr(tables, "failure", TimeoutError()), id="times-out"),
        pytest.param(lambda tables: setattr(tables, "hangs", True), id="hangs"),
    ],
)
async def test_a_lost_row_is_counted_and_told_but_never_raised(
    tables: InMemoryTables, caplog: pytest.LogCaptureFixture, breakage: Callable[[InMemoryTables], None]
) -> None:
    """The answer was paid for: the caller gets it, and the operator learns what the log lacks."""
    breakage(tables)
    log = AICallLogger(tables, write_budget_seconds=0.0 if tables.hangs else 0.05)
    await log.log_call_start("c-1", "a", 10, details=DETAILS)
    assert (log.lost_starts, log.lost_rows) == (1, 0)
    await log.log_call_success("c-1", "a", 1, 1, 1.0, None, details=DETAILS)
    await log.log_call_failure("c-2", "a", "Ada Example's CV", 1.0, details=DETAILS)
    assert (log.lost_starts, log.lost_rows, log.pending_calls) == (1, 2, 0)
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 3
    told = vars(caplog.records[1])
    assert (told["correlation_id"], told["outcome"], told["cost_micro_usd"]) == ("c-1", "success", 1_234)
    assert "Ada" not in "".join(str(vars(record)) for record in caplog.records)


async def test_a_lost_start_does_not_lose_the_row(tables: InMemoryTables) -> None:
    """Storage was back by the time the call ended."""
    tables.failure = StorageError("down")
    log = AICallLogger(tables)
    await log.log_call_start("c-1", "a", 4_000, details=DETAILS)
    tables.failure = None
    await log.log_call_success("c-1", "a", 1, 1, 1.0, None, details=DETAILS)
    assert (await only_row(tables)).prompt_length == 4_000
    assert (log.lost_starts, log.lost_rows) == (1, 0)


async def test_texts_are_cut_to_what_a_row_should_hold(tables: InMemoryTables) -> None:
    """A provider's message may be long, and half a character would be refused."""
    details = replace(DETAILS, error_code="x" * 300)
    log = AICallLogger(tables)
    await log.log_call_failure("c" * 900, "a" * 900, "\ud800" + "m" * 40_000, 1.0, details=details)
    row = await only_row(tables)
    assert row.error_message == "?" + "m" * 499
    assert row.details.error_code == "x" * 256
    assert log.lost_rows == 0


def test_a_start_without_time_zone_is_refused() -> None:
    """Nobody could say which day it belongs to."""
    with pytest.raises(ValueError, match="time zone"):
        CallDetails(datetime(2026, 11, 21, 9))


async def test_a_window_takes_its_start_and_leaves_its_end(tables: InMemoryTables) -> None:
    """Cut to the microsecond, across days."""
    log = AICallLogger(tables)
    start, end = NINE, NINE + timedelta(days=2)
    tick = timedelta(microseconds=1)
    moments = {
        "before": start - tick,
        "first": start,
        "same-millisecond": start + tick,
        "middle": start + timedelta(days=1),
        "last": end - tick,
        "after": end,
    }
    for name, moment in moments.items():
        await log.log_call_success(name, "a", 1, 1, 1.0, None, details=CallDetails(moment))
    found = [row.correlation_id async for row in calls_between(tables, start, end)]
    assert sorted(found) == ["first", "last", "middle", "same-millisecond"]


async def test_a_window_without_time_zone_is_refused(tables: InMemoryTables) -> None:
    """The rows' times have one."""
    with pytest.raises(ValueError, match="time zone"):
        await anext(calls_between(tables, datetime(2026, 11, 21), NINE))


async def test_reading_a_day_asks_every_shard_once(tables: InMemoryTables) -> None:
    """No call may hide in a shard that nobody reads."""
    log = AICallLogger(tables)
    for number in range(200):
        await log.log_call_success(f"c-{number}", "a", 1, 1, 1.0, None, details=DETAILS)
    assert len({row["PartitionKey"] for row in tables.rows(CALL_LOG_TABLE)}) == SHARDS
    tables.requests.clear()
    rows = [row.correlation_id async for row in calls_of_day(tables, DAY)]
    assert sorted(rows) == sorted(f"c-{number}" for number in range(200))
    assert tables.requests == {"query": SHARDS}


async def test_a_failure_while_reading_is_raised_as_it_is(tables: InMemoryTables) -> None:
    """Not as a group of failures, one per shard."""
    tables.failure = StorageError("down")
    with pytest.raises(StorageError, match="down"):
        await only_row(tables)
