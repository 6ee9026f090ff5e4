"""Cost records: the call log summed up per day, assistant, deployment and model.

The call log is the truth. Records are derived from it, as often as one likes with the same result, and
can be thrown away and rebuilt.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import cast

from shared_code.accounting.call_log import (
    CallRow,
    calls_of_day,
    integer,
    known_costs_of_day,
    usage_columns,
    usage_from,
)
from shared_code.accounting.usage import DeploymentUsage, Usage
from shared_code.storage.entities import table_key
from shared_code.storage.protocols import Condition, Int64, StoredEntity, Tables, TableValue

COST_RECORD_TABLE = "AICostRecords"


@dataclass(frozen=True, slots=True)
class CostRecord:
    """One day of one assistant on one deployment and model.

    A call that used several deployments is counted once, with its attempts, where it was answered; its
    tokens and cost stand with the deployment that caused them. ``calls`` includes ``failures`` and
    ``unfinished`` calls (still running, or their process died). ``cost_micro_usd`` is the known part:
    ``calls_with_unknown_price`` says how many calls would add to it.
    """

    day: date
    assistant_id: str
    deployment: str | None
    model: str | None
    calls: int = 0
    failures: int = 0
    unfinished: int = 0
    attempts: int = 0
    usage: Usage = field(default_factory=Usage)
    cost_micro_usd: int = 0
    calls_with_unknown_price: int = 0


def aggregate(rows: Iterable[CallRow]) -> list[CostRecord]:
    """Sum up calls; to the micro-dollar, in the order of the records' keys."""
    records: dict[tuple[str, str], CostRecord] = {}

    def record_for(row: CallRow, deployment: str | None, model: str | None) -> CostRecord:
        empty = CostRecord(row.day, row.assistant_id, deployment, model)
        return records.setdefault(_keys(empty), empty)

    for row in rows:
        answered = record_for(row, row.details.deployment, row.details.model)
        records[_keys(answered)] = replace(
            answered,
            calls=answered.calls + 1,
            failures=answered.failures + (row.outcome == "failure"),
            unfinished=answered.unfinished + (row.outcome == "started"),
            attempts=answered.attempts + row.details.attempts,
        )
        unpriced: set[tuple[str, str]] = set()
        for charge in row.charges:
            record = record_for(row, charge.deployment, charge.model)
            records[_keys(record)] = replace(
                record,
                usage=record.usage + charge.usage,
                cost_micro_usd=record.cost_micro_usd + (charge.cost_micro_usd or 0),
            )
            if _is_unpriced(row, charge):
                unpriced.add(_keys(record))
        for keys in unpriced:
            counted = records[keys].calls_with_unknown_price + 1
            records[keys] = replace(records[keys], calls_with_unknown_price=counted)
    return [records[keys] for keys in sorted(records)]


async def derive_cost_records(tables: Tables, day: date) -> list[CostRecord]:
    """Make the stored records of a UTC day agree with its calls, and return them.

    Only rows that differ are written and only stale ones removed, so a second run changes nothing. Two
    instances deriving at the same moment may leave the older sum; the next run mends it.

    Raises:
        StorageError: The log could not be read or a record not written; run it again.
    """
    records = aggregate([row async for row in calls_of_day(tables, day)])
    stored = {str(found.values["RowKey"]): found.values async for found in _stored(tables, day)}
    for record in records:
        entity = _entity_of(record)
        if stored.pop(str(entity["RowKey"]), None) != _without_nulls(entity):
            await tables.upsert(COST_RECORD_TABLE, entity)
    for row_key in stored:
        await tables.delete(COST_RECORD_TABLE, _partition_key(day), row_key)
    return records


async def cost_records_of_day(tables: Tables, day: date) -> list[CostRecord]:
    """The records of a UTC day as they were last derived."""
    return [_record_of(found.values) async for found in _stored(tables, day)]


async def spent_micro_usd(tables: Tables, day: date) -> int:
    """What the calls of a UTC day cost so far, as far as their prices are known.

    Summed over the call log and not over the records: a budget must see what other instances spent since
    the last derivation. It fetches two columns, one request per shard and thousand calls.
    """
    spent = 0
    async for cost in known_costs_of_day(tables, day):
        spent += cost
    return spent


def _is_unpriced(row: CallRow, charge: DeploymentUsage) -> bool:
    """Whether money was spent that nobody knows the amount of; a call that never got through cost none."""
    return charge.cost_micro_usd is None and (charge.usage.total_tokens > 0 or row.outcome == "success")


def _stored(tables: Tables, day: date) -> AsyncIterator[StoredEntity]:
    return tables.query(COST_RECORD_TABLE, (Condition("PartitionKey", "eq", _partition_key(day)),))


def _partition_key(day: date) -> str:
    return f"{day:%Y%m%d}"


def _keys(record: CostRecord) -> tuple[str, str]:
    parts = (record.assistant_id, record.model or "", record.deployment or "")
    return _partition_key(record.day), "|".join(table_key(part) for part in parts)


def _entity_of(record: CostRecord) -> dict[str, TableValue]:
    partition_key, row_key = _keys(record)
    return {
        "PartitionKey": partition_key,
        "RowKey": row_key,
        "day": datetime(record.day.year, record.day.month, record.day.day, tzinfo=UTC),
        "assistantId": record.assistant_id,
        "deployment": record.deployment,
        "model": record.model,
        "calls": record.calls,
        "failures": record.failures,
        "unfinished": record.unfinished,
        "attempts": record.attempts,
        **usage_columns(record.usage),
        "costMicroUsd": Int64(record.cost_micro_usd),
        "callsWithUnknownPrice": record.calls_with_unknown_price,
    }


def _without_nulls(entity: dict[str, TableValue]) -> dict[str, TableValue]:
    return {name: value for name, value in entity.items() if value is not None}


def _record_of(values: dict[str, TableValue]) -> CostRecord:
    return CostRecord(
        day=cast("datetime", values["day"]).date(),
        assistant_id=str(values["assistantId"]),
        deployment=cast("str | None", values.get("deployment")),
        model=cast("str | None", values.get("model")),
        calls=integer(values, "calls"),
        failures=integer(values, "failures"),
        unfinished=integer(values, "unfinished"),
        attempts=integer(values, "attempts"),
        usage=usage_from(values),
        cost_micro_usd=integer(values, "costMicroUsd"),
        calls_with_unknown_price=integer(values, "callsWithUnknownPrice"),
    )
