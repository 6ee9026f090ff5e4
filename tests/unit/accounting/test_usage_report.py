"""Usage reports say what the call log says, however grouped, and rebuilding changes only mistakes."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_code.accounting.call_log import CALL_LOG_TABLE, CallDetails, CallRow, Outcome, entity_of
from shared_code.accounting.cost_records import COST_RECORD_TABLE, derive_cost_records
from shared_code.accounting.usage import DeploymentUsage, Usage
from shared_code.accounting.usage_report import (
    GROUPINGS,
    Grouping,
    Rebuild,
    UsageReport,
    UsageRow,
    rebuild_cost_records,
    usage_report,
)
from shared_code.errors import StorageError
from shared_code.spreadsheet_text import as_text_cell
from shared_code.storage.protocols import Condition, StoredEntity
from tests.unit.storage.in_memory_storage import InMemoryTables

FIRST = date(2026, 2, 27)
LAST = date(2026, 3, 2)
NOON = datetime(2026, 2, 27, 12, tzinfo=UTC)
OUTCOMES: list[Outcome] = ["started", "success", "failure"]

counts = st.integers(0, 2**33)
usages = st.builds(Usage, counts, counts, counts, counts)
deployments = st.sampled_from([None, "mini", "backup"])
models = st.sampled_from([None, "gpt-4.1-mini", "=1+1", "a,b"])
costs = st.none() | st.integers(0, 2**40)
charges = st.builds(DeploymentUsage, deployments, models, usages, costs)
keys = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@st.composite
def calls(draw: st.DrawFn) -> CallRow:
    """Any call within the range, on the day before it or on the day after it."""
    split = tuple(draw(st.lists(charges, max_size=3)))
    details = CallDetails(
        started_at=NOON + timedelta(days=draw(st.integers(-1, 4))),
        deployment=draw(deployments),
        model=draw(models),
        attempts=draw(st.integers(0, 9)),
        usage=sum((charge.usage for charge in split), Usage()) if split else draw(usages),
        cost_micro_usd=draw(costs),
        usage_by_deployment=split,
    )
    assistant = draw(st.sampled_from(["cv_data_extractor", "cv_pii_identifier", "@sum"]))
    return CallRow(draw(st.uuids()).hex, assistant, draw(st.sampled_from(OUTCOMES)), details)


rows_of_reports = st.builds(UsageRow, keys, *[counts] * 4, usages, st.integers(0, 2**62), counts)
reports = st.builds(
    UsageReport,
    st.just(FIRST),
    st.just(LAST),
    st.sampled_from(GROUPINGS),
    st.lists(rows_of_reports, max_size=5, unique_by=lambda row: row.key).map(tuple),
)


async def _derived(*rows: CallRow) -> InMemoryTables:
    tables = InMemoryTables()
    for row in rows:
        await tables.upsert(CALL_LOG_TABLE, entity_of(row))
    for day in {row.day for row in rows}:
        await derive_cost_records(tables, day)
    return tables


def _call(number: int = 0, day: date = FIRST, assistant: str = "extractor", **details: Any) -> CallRow:
    """One call on gpt-4.1-mini that cost 7 micro-dollars, unless told otherwise."""
    usual = CallDetails(
        datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
        deployment="mini",
        model="gpt-4.1-mini",
        attempts=1,
        usage=Usage(100, 10, 20, 5),
        cost_micro_usd=7,
    )
    return CallRow(f"c-{number}", assistant, "success", replace(usual, **details))


async def _etags(tables: InMemoryTables) -> list[str]:
    return [found.etag async for found in tables.query(COST_RECORD_TABLE)]


@settings(max_examples=60, deadline=None)
@given(st.lists(calls(), max_size=10))
async def test_every_grouping_sums_up_to_what_the_log_says(log: list[CallRow]) -> None:
    """By day, by assistant and by model, in total and key by key; days outside do not count."""
    tables = await _derived(*log)
    inside = [call for call in log if FIRST <= call.day <= LAST]
    reports = {by: await usage_report(tables, FIRST, LAST, by) for by in GROUPINGS}
    for report in reports.values():
        totals = report.totals
        assert totals == reports["day"].totals
        assert totals.calls == len(inside)
        assert totals.failures == sum(call.outcome == "failure" for call in inside)
        assert totals.unfinished == sum(call.outcome == "started" for call in inside)
        assert totals.attempts == sum(call.details.attempts for call in inside)
        assert totals.usage == sum((call.details.usage for call in inside), Usage())
        assert totals.cost_micro_usd == sum(call.known_cost_micro_usd for call in inside)
        report_keys = [row.key or "" for row in report.rows]
        assert report_keys == sorted(set(report_keys))
    calls_by_day = {row.key: row.calls for row in reports["day"].rows}
    assert calls_by_day == Counter(call.day.isoformat() for call in inside)
    calls_by_assistant = {row.key: row.calls for row in reports["assistant"].rows}
    assert calls_by_assistant == Counter(call.assistant_id for call in inside)
    cost_by_model: Counter[str | None] = Counter()
    for charge in (charge for call in inside for charge in call.charges):
        cost_by_model[charge.model] += charge.cost_micro_usd or 0
    assert {
        row.key: row.cost_micro_usd for row in reports["model"].rows if row.cost_micro_usd
    } == +cost_by_model


@given(reports)
def test_csv_reads_back_as_the_report(report: UsageReport) -> None:
    """Every figure to the micro-dollar, and every key as a cell that is text."""
    text = report.as_csv()
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(lines) == len(report.rows)
    for line, row in zip(lines, report.rows, strict=True):
        assert line.pop("key") == as_text_cell(row.key or "")
        assert Decimal(line.pop("costUsd")) * 1_000_000 == row.cost_micro_usd
        assert line == {name: str(value) for name, value in row.figures().items() if name != "costUsd"}


@given(reports)
def test_json_reads_back_as_the_report(report: UsageReport) -> None:
    """Money is a text with six decimals and a whole number of micro-dollars, and both say the same."""
    content = json.loads(json.dumps(report.as_json()))
    assert (content["from"], content["to"], content["by"]) == ("2026-02-27", "2026-03-02", report.by)
    assert [row.pop("key") for row in content["rows"]] == [row.key for row in report.rows]
    for shown, row in zip([*content["rows"], content["totals"]], [*report.rows, report.totals], strict=True):
        assert re.fullmatch(r"\d+\.\d{6}", shown["costUsd"])
        assert int(shown["costUsd"].replace(".", "")) == shown["costMicroUsd"] == row.cost_micro_usd
        assert shown == row.figures()
    for name in ("calls", "inputTokens", "costMicroUsd", "callsWithUnknownPrice"):
        assert content["totals"][name] == sum(shown[name] for shown in content["rows"])


async def test_a_report_reads_like_this() -> None:
    """The names and the order of the columns are what people's spreadsheets rely on."""
    tables = await _derived(
        _call(1),
        _call(2, cost_micro_usd=None),
        _call(3, model=None, deployment=None, attempts=0, usage=Usage(), cost_micro_usd=None),
    )
    report = await usage_report(tables, FIRST, LAST, "model")
    assert report.as_csv() == (
        "key,calls,failures,unfinished,attempts,callsWithUnknownPrice,"
        "inputTokens,cachedInputTokens,outputTokens,reasoningTokens,costUsd,costMicroUsd\r\n"
        '"",1,0,0,0,1,0,0,0,0,0.000000,0\r\n'
        '"gpt-4.1-mini",2,0,0,2,1,200,20,40,10,0.000007,7\r\n'
    )


@pytest.mark.parametrize(
    ("key", "cell"),
    [
        pytest.param("gpt-4.1-mini", "gpt-4.1-mini", id="harmless"),
        pytest.param("=1+1", "'=1+1", id="formula"),
        pytest.param("\tx", "'\tx", id="tab"),
        pytest.param('=HYPERLINK("x","y")', '\'=HYPERLINK("x","y")', id="quotes-and-comma"),
        pytest.param("a;=1", "a;=1", id="other-separator-is-quoted"),
    ],
)
def test_no_key_is_taken_for_a_formula(key: str, cell: str) -> None:
    """The names of models and assistants come from outside; a spreadsheet must show them, not run them."""
    text = UsageReport(FIRST, LAST, "model", (UsageRow(key),)).as_csv()
    _, line = csv.reader(io.StringIO(text, newline=""))
    assert line[0] == cell
    assert text.split("\r\n", 1)[1].startswith('"')


@pytest.mark.parametrize(
    ("micro_usd", "usd"),
    [(0, "0.000000"), (1, "0.000001"), (1_000_000, "1.000000"), (2**62 + 1, "4611686018427.387905")],
)
def test_dollars_are_exact(micro_usd: int, usd: str) -> None:
    """No float comes between the ledger and the reader."""
    row = UsageRow("x", cost_micro_usd=micro_usd)
    assert row.cost_usd == Decimal(usd)
    assert row.figures()["costUsd"] == usd


@dataclass
class WatchedTables(InMemoryTables):
    """Tables that remember what was asked of them."""

    queries: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)

    def query(
        self, table: str, conditions: Sequence[Condition] = (), **options: Any
    ) -> AsyncIterator[StoredEntity]:
        self.queries.append((table, [(condition.column, condition.operator) for condition in conditions]))
        return super().query(table, conditions, **options)


@pytest.mark.parametrize("days", [1, 366])
@pytest.mark.parametrize("by", GROUPINGS)
async def test_a_range_is_one_query_over_its_partitions(days: int, by: Grouping) -> None:
    """A year costs no more requests than a day, apart from pages, and the call log is left alone."""
    tables = WatchedTables()
    await usage_report(tables, LAST - timedelta(days=days - 1), LAST, by)
    assert tables.queries == [(COST_RECORD_TABLE, [("PartitionKey", "ge"), ("PartitionKey", "le")])]


async def test_without_records_there_is_an_empty_report() -> None:
    """Neither a missing table nor calls that are not derived yet are an error."""
    tables = InMemoryTables()
    await tables.upsert(CALL_LOG_TABLE, entity_of(_call()))
    report = await usage_report(tables, FIRST, LAST, "day")
    assert report == UsageReport(FIRST, LAST, "day", ())
    assert report.totals == UsageRow(None)
    assert report.as_csv().count("\r\n") == 1


async def test_rebuilding_an_unchanged_log_changes_nothing() -> None:
    """No write, and every row keeps its ETag."""
    tables = await _derived(_call(1), _call(2, LAST), _call(3, LAST, "pii"), _call(4, LAST, model=None))
    etags, writes = await _etags(tables), tables.writes
    assert await rebuild_cost_records(tables, FIRST, LAST) == Rebuild(days=4, records=4, changed=0)
    assert await _etags(tables) == etags
    assert tables.writes == writes


async def test_rebuilding_counts_what_it_mends() -> None:
    """One row was lost, one is wrong, one is stale; the row of another day is not its business."""
    after = LAST + timedelta(days=1)
    tables = await _derived(_call(1), _call(2, LAST), _call(3, LAST, "pii"), _call(4, after))
    expected = tables.rows(COST_RECORD_TABLE)
    lost, wrong, _, outside = expected
    await tables.delete(COST_RECORD_TABLE, lost["PartitionKey"], lost["RowKey"])
    await tables.upsert(COST_RECORD_TABLE, {**wrong, "costMicroUsd": 1_000_000})
    await tables.upsert(COST_RECORD_TABLE, {**wrong, "RowKey": "gone|gone|gone"})
    await tables.upsert(COST_RECORD_TABLE, {**outside, "calls": 99})
    assert await rebuild_cost_records(tables, FIRST, LAST) == Rebuild(days=4, records=3, changed=3)
    assert tables.rows(COST_RECORD_TABLE) == [*expected[:3], {**outside, "calls": 99}]
    assert (await rebuild_cost_records(tables, after, after)).changed == 1
    assert tables.rows(COST_RECORD_TABLE) == expected


async def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    """Silence would look like a range without calls."""
    with pytest.raises(ValueError, match="before"):
        await usage_report(InMemoryTables(), LAST, FIRST, "day")
    with pytest.raises(ValueError, match="before"):
        await rebuild_cost_records(InMemoryTables(), LAST, FIRST)


async def test_a_failing_store_is_reported() -> None:
    """Half a sum must not look like the whole."""
    tables = await _derived(_call())
    tables.failure = StorageError("down")
    with pytest.raises(StorageError):
        await usage_report(tables, FIRST, LAST, "day")
    with pytest.raises(StorageError):
        await rebuild_cost_records(tables, FIRST, LAST)
