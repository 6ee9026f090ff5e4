"""Usage over real storage: a year of records in time, a rebuild that rests."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from azure.data.tables.aio import TableServiceClient

from local.azurite import FREE_PORTS, running_azurite
from shared_code.accounting.call_log import CALL_LOG_TABLE, CallDetails, CallRow, entity_of
from shared_code.accounting.cost_records import COST_RECORD_TABLE, derive_cost_records
from shared_code.accounting.usage import Usage
from shared_code.accounting.usage_report import Rebuild, rebuild_cost_records, usage_report
from shared_code.storage import StorageAccount, StorageTarget
from shared_code.storage.entities import to_service
from shared_code.storage.protocols import Int64, Tables, TableValue
from tests.unit.storage.in_memory_storage import InMemoryTables

LAST = date(2026, 11, 21)
DAYS = 366
ASSISTANTS = ("cv_data_extractor", "cv_pii_identifier", "cv_skills_analyst")
MODELS = ("gpt-4.1-mini", "gpt-5-mini")
COST_MICRO_USD = 3_000_000_000
# An emulator on a busy machine; a report takes a few hundred milliseconds on two idle cores.
PATIENCE_SECONDS = 15.0


@pytest.fixture(scope="module")
def connection_string() -> Iterator[str]:
    """An Azurite of this module's own, in memory."""
    with running_azurite(None, ports=FREE_PORTS) as azurite:
        yield azurite.connection_string


@pytest.fixture
async def tables(connection_string: str) -> AsyncIterator[Tables]:
    """Its tables, on the test's event loop."""
    async with StorageAccount(StorageTarget(connection_string)) as account:
        yield account.tables


def _call(number: int, day: date, assistant: str, model: str) -> CallRow:
    details = CallDetails(
        datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + timedelta(seconds=number),
        deployment=model,
        model=model,
        attempts=1,
        usage=Usage(1000, 100, 50, 10),
        cost_micro_usd=COST_MICRO_USD,
    )
    return CallRow(f"call-{number}", assistant, "success", details)


def _day_of_calls(day: date) -> list[CallRow]:
    pairs = [(assistant, model) for assistant in ASSISTANTS for model in MODELS]
    return [_call(number, day, assistant, model) for number, (assistant, model) in enumerate(pairs)]


async def _records_of_a_day() -> list[dict[str, TableValue]]:
    """The rows that a day's calls become; sums are wide, as the derivation writes them."""
    derived = InMemoryTables()
    for call in _day_of_calls(LAST):
        await derived.upsert(CALL_LOG_TABLE, entity_of(call))
    await derive_cost_records(derived, LAST)
    wide = ("Tokens", "MicroUsd")
    return [
        {name: Int64(value) if name.endswith(wide) else value for name, value in row.items()}
        for row in derived.rows(COST_RECORD_TABLE)
    ]


async def _fill(connection_string: str, days: list[date]) -> None:
    """Write the same records for every day, a day in one transaction."""
    records = await _records_of_a_day()
    async with TableServiceClient.from_connection_string(connection_string) as service:
        table = await service.create_table_if_not_exists(COST_RECORD_TABLE)
        for day in days:
            midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
            rows = [{**row, "PartitionKey": f"{day:%Y%m%d}", "day": midnight} for row in records]
            await table.submit_transaction([("upsert", to_service(row)) for row in rows])


async def _etags(tables: Tables) -> list[str]:
    return [found.etag async for found in tables.query(COST_RECORD_TABLE)]


async def test_a_year_is_reported_in_time(tables: Tables, connection_string: str) -> None:
    """366 days of 6 records, exact beyond 32 bits; a day before and a day after are left out."""
    days = [LAST - timedelta(days=back) for back in range(-1, DAYS + 1)]
    await _fill(connection_string, days)
    first = LAST - timedelta(days=DAYS - 1)
    await usage_report(tables, LAST, LAST, "day")  # the first request of a connection imports and connects
    began = time.perf_counter()
    one_day = await usage_report(tables, LAST, LAST, "model")
    one_day_seconds = time.perf_counter() - began
    began = time.perf_counter()
    report = await usage_report(tables, first, LAST, "model")
    seconds = time.perf_counter() - began
    figures = (
        f"{one_day_seconds * 1000:.0f} ms for a day, {seconds * 1000:.0f} ms for {DAYS} days of 6 records"
    )
    print(f"usage report: {figures}")  # noqa: T201  (pytest shows it with -s or -rP)
    assert [row.key for row in report.rows] == sorted(MODELS)
    assert {row.calls for row in one_day.rows} == {len(ASSISTANTS)}
    totals = report.totals
    records = DAYS * len(ASSISTANTS) * len(MODELS)
    assert (totals.calls, totals.usage) == (records, Usage(*(records * n for n in (1000, 100, 50, 10))))
    assert totals.cost_usd == records * Decimal(COST_MICRO_USD) / 1_000_000
    assert seconds < PATIENCE_SECONDS


async def test_a_rebuild_rests_where_nothing_changed(tables: Tables) -> None:
    """Not one ETag of the service moves; a row that was spoilt is put right and counted."""
    first, last = date(2024, 2, 28), date(2024, 3, 1)
    for day in (first, last):
        for call in _day_of_calls(day):
            await tables.upsert(CALL_LOG_TABLE, entity_of(call))
    assert await rebuild_cost_records(tables, first, last) == Rebuild(days=3, records=12, changed=12)
    etags = await _etags(tables)
    assert await rebuild_cost_records(tables, first, last) == Rebuild(days=3, records=12, changed=0)
    assert await _etags(tables) == etags
    spoilt = (await anext(tables.query(COST_RECORD_TABLE))).values
    await tables.upsert(COST_RECORD_TABLE, {**spoilt, "costMicroUsd": Int64(1)})
    assert (await rebuild_cost_records(tables, first, last)).changed == 1
    assert (await usage_report(tables, first, last, "day")).totals.cost_micro_usd == 12 * COST_MICRO_USD
