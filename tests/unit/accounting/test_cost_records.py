"""Cost records are the call log summed up: to the micro-dollar, and the same however often."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.accounting.call_log import Outcome
from shared_code.accounting.cost_records import (
    COST_RECORD_TABLE,
    CostRecord,
    aggregate,
    cost_records_of_day,
    derive_cost_records,
    spent_micro_usd,
)
from shared_code.accounting.usage import Usage
from shared_code.ai_call_logger import AICallLogger, CallDetails, CallRow, DeploymentUsage
from shared_code.errors import StorageError
from tests.unit.storage.in_memory_storage import InMemoryTables

NINE = datetime(2026, 11, 21, 9, tzinfo=UTC)
DAY = date(2026, 11, 21)

OUTCOMES: list[Outcome] = ["started", "success", "failure"]

counts = st.integers(0, 2**33)
usages = st.builds(Usage, counts, counts, counts, counts)
names = st.sampled_from([None, "gpt-4.1-mini", "gpt-4o-mini", "a|b"])
costs = st.none() | st.integers(0, 2**40)
charges = st.builds(DeploymentUsage, names, names, usages, costs)


@st.composite
def calls(draw: st.DrawFn) -> CallRow:
    """Any call; where it is split over deployments, its sums are those of the split."""
    split = tuple(draw(st.lists(charges, max_size=3)))
    prices = [charge.cost_micro_usd for charge in split]
    known = [price for price in prices if price is not None]
    details = CallDetails(
        started_at=NINE + timedelta(hours=draw(st.integers(0, 30))),
        deployment=draw(names),
        model=draw(names),
        attempts=draw(st.integers(0, 9)),
        usage=sum((charge.usage for charge in split), Usage()) if split else draw(usages),
        cost_micro_usd=(sum(known) if len(known) == len(prices) else None) if split else draw(costs),
        usage_by_deployment=split,
    )
    assistant = draw(st.sampled_from(["cv_data_extractor", "cv_pii_identifier", "a|b"]))
    outcome = draw(st.sampled_from(OUTCOMES))
    return CallRow(draw(st.uuids()).hex, assistant, outcome, details, call_duration_ms=1.0)


@given(st.lists(calls(), max_size=12))
def test_records_sum_up_to_exactly_what_the_rows_say(rows: list[CallRow]) -> None:
    """Money, tokens, calls, failures and attempts: nothing is lost and nothing counted twice."""
    records = aggregate(rows)
    assert sum(r.cost_micro_usd for r in records) == sum(row.known_cost_micro_usd for row in rows)
    priced = [row.details.cost_micro_usd for row in rows]
    if None not in priced:
        assert sum(r.cost_micro_usd for r in records) == sum(price or 0 for price in priced)
    assert sum((r.usage for r in records), Usage()) == sum((row.details.usage for row in rows), Usage())
    assert sum(r.calls for r in records) == len(rows)
    assert sum(r.attempts for r in records) == sum(row.details.attempts for row in rows)
    for count, outcome in (("failures", "failure"), ("unfinished", "started")):
        assert sum(getattr(r, count) for r in records) == sum(row.outcome == outcome for row in rows)
    identities = [(r.day, r.assistant_id, r.deployment, r.model) for r in records]
    assert len(set(identities)) == len(identities)


@given(st.lists(calls(), max_size=8))
def test_the_order_of_the_log_does_not_matter(rows: list[CallRow]) -> None:
    """Shards come in any order."""
    assert aggregate(rows) == aggregate(reversed(rows))


def call(outcome: Outcome = "success", **details: Any) -> CallRow:
    """One call of the extractor on gpt-4.1-mini, unless told otherwise."""
    usual = CallDetails(
        NINE,
        deployment="mini",
        model="gpt-4.1-mini",
        attempts=1,
        usage=Usage(100, 10, 20, 0),
        cost_micro_usd=7,
    )
    return CallRow("c-1", "extractor", outcome, replace(usual, **details))


def test_a_call_over_two_deployments_charges_both_and_counts_once() -> None:
    """The fallback answered; the first deployment's truncated answer was paid for as well."""
    split = (
        DeploymentUsage("mini", "gpt-4.1-mini", Usage(100, 0, 50, 0), 5),
        DeploymentUsage("backup", "gpt-4o-mini", Usage(100, 0, 10, 0), 2),
    )
    row = call(deployment="backup", model="gpt-4o-mini", attempts=2, usage_by_deployment=split)
    assert aggregate([row]) == [
        CostRecord(DAY, "extractor", "mini", "gpt-4.1-mini", 0, 0, 0, 0, Usage(100, 0, 50, 0), 5),
        CostRecord(DAY, "extractor", "backup", "gpt-4o-mini", 1, 0, 0, 2, Usage(100, 0, 10, 0), 2),
    ]


@pytest.mark.parametrize(
    ("row", "unpriced"),
    [
        pytest.param(call(), 0, id="priced"),
        pytest.param(call(cost_micro_usd=0), 0, id="free"),
        pytest.param(call(cost_micro_usd=None), 1, id="unknown-model"),
        pytest.param(call(cost_micro_usd=None, usage=Usage()), 1, id="answer-without-usage"),
        pytest.param(call("failure", cost_micro_usd=None), 1, id="failed-after-tokens"),
        pytest.param(call("failure", cost_micro_usd=None, usage=Usage()), 0, id="never-got-through"),
        pytest.param(call("started", cost_micro_usd=None, usage=Usage()), 0, id="unfinished"),
        pytest.param(
            call(usage_by_deployment=(DeploymentUsage("mini", "gpt-4.1-mini", Usage(1), None),) * 2),
            1,
            id="twice-in-one-call",
        ),
    ],
)
def test_calls_of_unknown_price_are_counted(row: CallRow, unpriced: int) -> None:
    """Unknown is never $0: the record says for how many calls its cost is too low."""
    assert [record.calls_with_unknown_price for record in aggregate([row])] == [unpriced]


@pytest.fixture
async def tables() -> InMemoryTables:
    """A day's log of three calls on two models, and one of the day before."""
    tables = InMemoryTables()
    log = AICallLogger(tables)
    for number, (model, minutes) in enumerate(
        [("gpt-4.1-mini", 0), ("gpt-4o-mini", 1), ("gpt-4.1-mini", 2), ("gpt-4.1-mini", -24 * 60)]
    ):
        details = replace(call().details, model=model, started_at=NINE + timedelta(minutes=minutes))
        await log.log_call_success(f"c-{number}", "extractor", 0, 0, 1.0, None, details=details)
    return tables


async def test_deriving_twice_changes_nothing(tables: InMemoryTables) -> None:
    """Not even a row's ETag: unchanged records are not written again."""
    first = await derive_cost_records(tables, DAY)
    assert [(record.model, record.calls, record.cost_micro_usd) for record in first] == [
        ("gpt-4.1-mini", 2, 14),
        ("gpt-4o-mini", 1, 7),
    ]
    writes = tables.writes
    assert await derive_cost_records(tables, DAY) == first
    assert tables.writes == writes
    assert await cost_records_of_day(tables, DAY) == first


async def test_only_records_that_changed_are_written(tables: InMemoryTables) -> None:
    """One more call on one model is one more write."""
    await derive_cost_records(tables, DAY)
    await AICallLogger(tables).log_call_success("c-9", "extractor", 0, 0, 1.0, None, details=call().details)
    writes = tables.writes
    records = await derive_cost_records(tables, DAY)
    assert tables.writes == writes + 1
    assert sum(record.calls for record in records) == 4


async def test_wrong_and_stale_records_are_mended(tables: InMemoryTables) -> None:
    """The log is the truth; other days stay as they are."""
    other_day = await derive_cost_records(tables, DAY - timedelta(days=1))
    expected = await derive_cost_records(tables, DAY)
    (_, wrong, _) = tables.rows(COST_RECORD_TABLE)
    await tables.upsert(COST_RECORD_TABLE, {**wrong, "costMicroUsd": 1_000_000})
    await tables.upsert(COST_RECORD_TABLE, {**wrong, "RowKey": "gone|gone|gone"})
    assert await cost_records_of_day(tables, DAY) != expected
    assert await derive_cost_records(tables, DAY) == expected
    assert await cost_records_of_day(tables, DAY) == expected
    assert await cost_records_of_day(tables, DAY - timedelta(days=1)) == other_day


async def test_records_without_deployment_or_model_come_back_as_such(tables: InMemoryTables) -> None:
    """A call that failed before it reached any deployment."""
    unreached = CallDetails(NINE, error_code="circuitOpen")
    await AICallLogger(tables).log_call_failure("c-9", "extractor", "open", 1.0, details=unreached)
    derived = await derive_cost_records(tables, DAY)
    assert CostRecord(DAY, "extractor", None, None, calls=1, failures=1) in derived
    assert await cost_records_of_day(tables, DAY) == derived
    writes = tables.writes
    assert await derive_cost_records(tables, DAY) == derived
    assert tables.writes == writes


async def test_the_days_spending_is_known_without_any_record(tables: InMemoryTables) -> None:
    """The budget sees what other instances spent a moment ago."""
    assert await spent_micro_usd(tables, DAY) == 21
    assert tables.rows(COST_RECORD_TABLE) == []
    split = (
        DeploymentUsage("mini", "gpt-4.1-mini", Usage(1), 5),
        DeploymentUsage("new", "gpt-unknown", Usage(1), None),
    )
    details = replace(call().details, cost_micro_usd=None, usage_by_deployment=split)
    await AICallLogger(tables).log_call_success("c-9", "extractor", 0, 0, 1.0, None, details=details)
    assert await spent_micro_usd(tables, DAY) == 26


async def test_a_failing_store_is_reported(tables: InMemoryTables) -> None:
    """A half-read day must not become a record."""
    tables.failure = StorageError("down")
    with pytest.raises(StorageError):
        await derive_cost_records(tables, DAY)
    with pytest.raises(StorageError):
        await spent_micro_usd(tables, DAY)
