"""The call log's rows: one per model call, the truth about what was spent, and how they are read.

A row is keyed ``{yyyymmdd}_{shard}`` and ``{inverted ms}_{correlation id}_{assistant id}``: the shard
keeps a busy day from being one hot partition, the inverted time puts the newest row first, and the
assistant tells apart calls that one document makes at the same moment. No row holds a word of a CV.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, TypeAlias, TypeVar, cast

from shared_code.accounting.usage import DeploymentUsage, Usage
from shared_code.storage.entities import table_key
from shared_code.storage.protocols import Condition, Int64, Tables, TableValue

CALL_LOG_TABLE = "AICallLogs"
SHARDS = 16
# Bounds what a reader keeps in memory and how much of the connection pool it takes.
SHARDS_READ_AT_ONCE = 4
MAX_TEXT_CHARACTERS = 256
MAX_ERROR_MESSAGE_CHARACTERS = 500

Outcome: TypeAlias = Literal["started", "success", "failure"]
ResultT = TypeVar("ResultT")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS = 10**14 - 1
_TEXT_COLUMNS = {
    "documentId": "document_id",
    "assistantVersion": "assistant_version",
    "schemaName": "schema_name",
    "backend": "backend",
    "deployment": "deployment",
    "model": "model",
    "priceDate": "price_date",
    "finishReason": "finish_reason",
    "errorCode": "error_code",
    "errorClass": "error_class",
}
_USAGE_COLUMNS = {
    "inputTokens": "input_tokens",
    "cachedInputTokens": "cached_input_tokens",
    "outputTokens": "output_tokens",
    "reasoningTokens": "reasoning_tokens",
}


@dataclass(frozen=True, slots=True)
class CallDetails:
    """What is known of a call besides its text.

    ``started_at`` carries a time zone. ``usage`` and ``cost_micro_usd`` are the sums over all attempts
    and re-asks, None meaning an unknown price; where a call used several deployments,
    ``usage_by_deployment`` splits them, and ``deployment`` and ``model`` name the one that answered.
    """

    started_at: datetime
    document_id: str | None = None
    assistant_version: str | None = None
    schema_name: str | None = None
    backend: str = ""
    deployment: str | None = None
    model: str | None = None
    attempts: int = 0
    reasks: int = 0
    fallback_used: bool = False
    usage: Usage = field(default_factory=Usage)
    cost_micro_usd: int | None = None
    price_date: str | None = None
    finish_reason: str | None = None
    error_code: str | None = None
    error_class: str | None = None
    usage_by_deployment: tuple[DeploymentUsage, ...] = ()

    def __post_init__(self) -> None:
        if self.started_at.tzinfo is None:
            raise ValueError("started_at needs a time zone")


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call as it stands in the log. ``started`` that stays is a call whose process died."""

    correlation_id: str
    assistant_id: str
    outcome: Outcome
    details: CallDetails
    prompt_length: int | None = None
    call_duration_ms: float | None = None
    error_message: str | None = None

    @property
    def day(self) -> date:
        """The UTC day the call belongs to: the one it started on."""
        return self.details.started_at.astimezone(UTC).date()

    @property
    def charges(self) -> tuple[DeploymentUsage, ...]:
        """Who is to be charged with what; the split, where there is one, is the truth."""
        own = self.details
        if own.usage_by_deployment:
            return own.usage_by_deployment
        return (DeploymentUsage(own.deployment, own.model, own.usage, own.cost_micro_usd),)

    @property
    def known_cost_micro_usd(self) -> int:
        """The part of the cost whose price is known."""
        return sum(charge.cost_micro_usd or 0 for charge in self.charges)


def entity_of(row: CallRow) -> dict[str, TableValue]:
    """A call's row as it is written. The day in its key is the UTC day of the start."""
    details = row.details
    shard = zlib.crc32(row.correlation_id.encode("utf-8", "surrogatepass")) % SHARDS
    identity = f"{table_key(row.correlation_id)}_{table_key(row.assistant_id)}"
    return {
        "PartitionKey": _partition_key(row.day, shard),
        "RowKey": f"{_inverted_ms(details.started_at):014d}_{identity}",
        "correlationId": _clean(row.correlation_id),
        "assistantId": _clean(row.assistant_id),
        "outcome": row.outcome,
        "startedAt": details.started_at,
        "promptLength": row.prompt_length,
        "callDurationMs": None if row.call_duration_ms is None else float(row.call_duration_ms),
        "errorMessage": _clean(row.error_message, MAX_ERROR_MESSAGE_CHARACTERS),
        **{column: _clean(getattr(details, name)) for column, name in _TEXT_COLUMNS.items()},
        "attempts": details.attempts,
        "reasks": details.reasks,
        "fallbackUsed": details.fallback_used,
        **usage_columns(details.usage),
        "costMicroUsd": None if details.cost_micro_usd is None else Int64(details.cost_micro_usd),
        "usageByDeployment": _split_text(details.usage_by_deployment),
    }


def row_of(values: Mapping[str, TableValue]) -> CallRow:
    """A call from the columns of its row."""
    known: dict[str, Any] = {name: values.get(column) for column, name in _TEXT_COLUMNS.items()}
    known["backend"] = known["backend"] or ""
    cost = values.get("costMicroUsd")
    return CallRow(
        correlation_id=str(values["correlationId"]),
        assistant_id=str(values["assistantId"]),
        outcome=cast("Outcome", values["outcome"]),
        details=CallDetails(
            started_at=cast("datetime", values["startedAt"]),
            attempts=integer(values, "attempts"),
            reasks=integer(values, "reasks"),
            fallback_used=bool(values.get("fallbackUsed")),
            usage=usage_from(values),
            cost_micro_usd=None if cost is None else cast("int", cost),
            usage_by_deployment=_split_from(values),
            **known,
        ),
        prompt_length=cast("int | None", values.get("promptLength")),
        call_duration_ms=cast("float | None", values.get("callDurationMs")),
        error_message=cast("str | None", values.get("errorMessage")),
    )


def usage_columns(usage: Usage) -> dict[str, TableValue]:
    """The four counts of a usage as columns; 64 bits wide, because sums of them share the names."""
    return {column: Int64(getattr(usage, name)) for column, name in _USAGE_COLUMNS.items()}


def usage_from(values: Mapping[str, Any]) -> Usage:
    """The usage in a row's four columns; a column that is not there counts nothing."""
    return Usage(**{name: integer(values, column) for column, name in _USAGE_COLUMNS.items()})


def integer(values: Mapping[str, Any], column: str) -> int:
    """A whole number from a row; 0 where the column is empty."""
    return int(values.get(column) or 0)


async def calls_of_day(tables: Tables, day: date) -> AsyncIterator[CallRow]:
    """All calls that started on a UTC day; newest first within a shard, the shards one after the other."""
    async for row in _rows_of_day(tables, day, ()):
        yield row


async def calls_between(tables: Tables, start: datetime, end: datetime) -> AsyncIterator[CallRow]:
    """All calls with ``start`` <= their start < ``end``, day by day.

    Raises:
        ValueError: One of the two has no time zone.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("start and end need a time zone")
    # Row keys run backwards in whole milliseconds, so the window is cut generously and then exactly.
    conditions = (
        Condition("RowKey", "ge", f"{_inverted_ms(end):014d}"),
        Condition("RowKey", "lt", f"{_inverted_ms(start) + 1:014d}"),
    )
    day, last = start.astimezone(UTC).date(), end.astimezone(UTC).date()
    while day <= last:
        async for row in _rows_of_day(tables, day, conditions):
            if start <= row.details.started_at < end:
                yield row
        day += timedelta(days=1)


async def known_costs_of_day(tables: Tables, day: date) -> AsyncIterator[int]:
    """What each call of a UTC day cost in micro-USD, as far as prices are known; fetches nothing else."""
    async for values in _values_of_day(tables, day, (), ("costMicroUsd", "usageByDeployment")):
        charges = _split_from(values)
        yield sum(c.cost_micro_usd or 0 for c in charges) if charges else integer(values, "costMicroUsd")


async def erase_calls_before(tables: Tables, day: date, *, dry_run: bool = False) -> int:
    """Erase the rows of all UTC days before ``day``, or with ``dry_run`` only count them.

    Raises:
        StorageError: What was erased until then is; call it again.
    """
    erased = 0
    older = (Condition("PartitionKey", "lt", f"{day:%Y%m%d}"),)
    async for found in tables.query(CALL_LOG_TABLE, older, select=("outcome",)):
        erased += 1
        if not dry_run:
            keys = found.values
            await tables.delete(CALL_LOG_TABLE, str(keys["PartitionKey"]), str(keys["RowKey"]))
    return erased


async def _rows_of_day(
    tables: Tables, day: date, conditions: tuple[Condition, ...]
) -> AsyncIterator[CallRow]:
    async for values in _values_of_day(tables, day, conditions, None):
        yield row_of(values)


async def _values_of_day(
    tables: Tables, day: date, conditions: tuple[Condition, ...], select: tuple[str, ...] | None
) -> AsyncIterator[dict[str, TableValue]]:
    """The day's rows, a few shards at a time: at most ``SHARDS_READ_AT_ONCE`` of them are in memory."""

    async def read(shard: int) -> list[dict[str, TableValue]]:
        partition = Condition("PartitionKey", "eq", _partition_key(day, shard))
        found = tables.query(CALL_LOG_TABLE, (partition, *conditions), select=select)
        return [entity.values async for entity in found]

    for first in range(0, SHARDS, SHARDS_READ_AT_ONCE):
        wave = range(first, min(first + SHARDS_READ_AT_ONCE, SHARDS))
        for rows in await _all_of(*(read(shard) for shard in wave)):
            for values in rows:
                yield values


async def _all_of(*reads: Coroutine[Any, Any, ResultT]) -> list[ResultT]:
    """All results in order; the first failure ends the other reads and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(read) for read in reads]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


def _partition_key(day: date, shard: int) -> str:
    return f"{day:%Y%m%d}_{shard:02d}"


def _inverted_ms(moment: datetime) -> int:
    return _LAST_MS - (moment - _EPOCH) // timedelta(milliseconds=1)


def _clean(text: str | None, limit: int = MAX_TEXT_CHARACTERS) -> str | None:
    """Text that any column takes: cut, and without halves of surrogate pairs."""
    return None if text is None else text[:limit].encode("utf-8", "replace").decode("utf-8")


def _split_text(charges: tuple[DeploymentUsage, ...]) -> str | None:
    if not charges:
        return None
    return json.dumps(
        [
            {
                "deployment": _clean(charge.deployment),
                "model": _clean(charge.model),
                **usage_columns(charge.usage),
                "costMicroUsd": charge.cost_micro_usd,
            }
            for charge in charges
        ],
        separators=(",", ":"),
    )


def _split_from(values: Mapping[str, TableValue]) -> tuple[DeploymentUsage, ...]:
    text = values.get("usageByDeployment")
    return tuple(
        DeploymentUsage(charge["deployment"], charge["model"], usage_from(charge), charge["costMicroUsd"])
        for charge in json.loads(cast("str", text) if text else "[]")
    )
