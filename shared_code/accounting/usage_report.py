"""Usage reports: the cost records of a range of UTC days by day, assistant or model, and their rebuilding."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias, cast, get_args

from shared_code.accounting.call_log import integer, usage_columns, usage_from
from shared_code.accounting.cost_records import COST_RECORD_TABLE, derive_cost_records
from shared_code.accounting.usage import Usage
from shared_code.spreadsheet_text import as_text_cell
from shared_code.storage.protocols import Condition, StoredEntity, Tables, TableValue

Grouping: TypeAlias = Literal["day", "assistant", "model"]
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)

MICRO_USD_DECIMALS = 6

_COUNTS = {
    "calls": "calls",
    "failures": "failures",
    "unfinished": "unfinished",
    "attempts": "attempts",
    "callsWithUnknownPrice": "calls_with_unknown_price",
}
_COLUMNS = ("assistantId", "model", *_COUNTS, *usage_columns(Usage()), "costMicroUsd")


@dataclass(frozen=True, slots=True)
class UsageRow:
    """What one day, assistant or model used, or all of them together.

    ``key`` is the day as YYYY-MM-DD, the assistant's id or the model's name; None for calls that reached
    no model, and for totals. The figures mean what they mean in ``CostRecord``: a call counts where it
    was answered, tokens and cost where they arose. A call that used several deployments or models of
    unknown price counts once for each in ``calls_with_unknown_price``.
    """

    key: str | None
    calls: int = 0
    failures: int = 0
    unfinished: int = 0
    attempts: int = 0
    usage: Usage = field(default_factory=Usage)
    cost_micro_usd: int = 0
    calls_with_unknown_price: int = 0

    @property
    def cost_usd(self) -> Decimal:
        """The known cost in US dollars: exact, with six decimals."""
        return Decimal(self.cost_micro_usd).scaleb(-MICRO_USD_DECIMALS)

    def plus(self, other: UsageRow) -> UsageRow:
        """Both together, under the key of this one."""
        return UsageRow(
            key=self.key,
            usage=self.usage + other.usage,
            cost_micro_usd=self.cost_micro_usd + other.cost_micro_usd,
            **{name: getattr(self, name) + getattr(other, name) for name in _COUNTS.values()},
        )

    def figures(self) -> dict[str, Any]:
        """Everything but the key, by its name outside; dollars as decimal text, which no reader rounds."""
        return {
            **{column: getattr(self, name) for column, name in _COUNTS.items()},
            **usage_columns(self.usage),
            "costUsd": f"{self.cost_usd:f}",
            "costMicroUsd": self.cost_micro_usd,
        }


@dataclass(frozen=True, slots=True)
class UsageReport:
    """The days from ``first_day`` to ``last_day``, both included, in rows sorted by key.

    What was not used has no row; the row of calls that reached no model comes first.
    """

    first_day: date
    last_day: date
    by: Grouping
    rows: tuple[UsageRow, ...]

    @property
    def totals(self) -> UsageRow:
        """The sum of all rows."""
        totals = UsageRow(None)
        for row in self.rows:
            totals = totals.plus(row)
        return totals

    def as_json(self) -> dict[str, Any]:
        """The report as a JSON object."""
        return {
            "from": self.first_day.isoformat(),
            "to": self.last_day.isoformat(),
            "by": self.by,
            "rows": [{"key": row.key, **row.figures()} for row in self.rows],
            "totals": self.totals.figures(),
        }

    def as_csv(self) -> str:
        r"""The rows as CSV (RFC 4180): a header, ``\r\n`` after every line, no totals, which would be summed.

        Keys are quoted, and one that a spreadsheet could take for a formula begins with an apostrophe.
        """
        text = io.StringIO()
        text.write(",".join(("key", *UsageRow(None).figures())) + "\r\n")
        lines = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        for row in self.rows:
            numbers = {**row.figures(), "costUsd": row.cost_usd}
            lines.writerow((as_text_cell(row.key or ""), *numbers.values()))
        return text.getvalue()


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What deriving ``days`` days anew gave: the ``records`` there are, and how many rows were wrong.

    ``changed`` counts rows that were added, corrected or removed.
    """

    days: int
    records: int
    changed: int


async def usage_report(tables: Tables, first_day: date, last_day: date, by: Grouping) -> UsageReport:
    """Sum up the cost records of a range of UTC days as they were last derived.

    One query over a range of partitions, whatever the number of days; records outside are not touched.

    Raises:
        ValueError: ``last_day`` lies before ``first_day``.
        StorageError: The records could not be read.
    """
    rows: dict[str | None, UsageRow] = {}
    async for found in _records_between(tables, first_day, last_day, _COLUMNS):
        row = _row_of(found.values, by)
        known = rows.get(row.key)
        rows[row.key] = known.plus(row) if known else row
    ordered = sorted(rows.values(), key=lambda row: row.key or "")
    return UsageReport(first_day, last_day, by, tuple(ordered))


async def rebuild_cost_records(tables: Tables, first_day: date, last_day: date) -> Rebuild:
    """Derive the records of a range of UTC days from the call log once more; right ones are not written.

    Takes as long as reading the calls of all these days. A failure leaves the days before it rebuilt;
    run it again.

    Raises:
        ValueError: ``last_day`` lies before ``first_day``.
        StorageError: The log could not be read or a record not written.
    """
    before = await _stored_values(tables, first_day, last_day)
    days = (last_day - first_day).days + 1
    for number in range(days):
        await derive_cost_records(tables, first_day + timedelta(days=number))
    after = await _stored_values(tables, first_day, last_day)
    changed = sum(before.get(keys) != after.get(keys) for keys in before.keys() | after.keys())
    return Rebuild(days, len(after), changed)


def _records_between(
    tables: Tables, first_day: date, last_day: date, select: Sequence[str] | None = None
) -> AsyncIterator[StoredEntity]:
    if last_day < first_day:
        raise ValueError("The last day lies before the first")
    days = (
        Condition("PartitionKey", "ge", f"{first_day:%Y%m%d}"),
        Condition("PartitionKey", "le", f"{last_day:%Y%m%d}"),
    )
    return tables.query(COST_RECORD_TABLE, days, select=select)


async def _stored_values(
    tables: Tables, first_day: date, last_day: date
) -> dict[tuple[TableValue, TableValue], Mapping[str, TableValue]]:
    return {
        (found.values["PartitionKey"], found.values["RowKey"]): found.values
        async for found in _records_between(tables, first_day, last_day)
    }


def _row_of(values: Mapping[str, TableValue], by: Grouping) -> UsageRow:
    return UsageRow(
        key=_key_of(values, by),
        usage=usage_from(values),
        cost_micro_usd=integer(values, "costMicroUsd"),
        **{name: integer(values, column) for column, name in _COUNTS.items()},
    )


def _key_of(values: Mapping[str, TableValue], by: Grouping) -> str | None:
    if by == "day":
        return date.fromisoformat(str(values["PartitionKey"])).isoformat()
    return cast("str | None", values.get("assistantId" if by == "assistant" else "model"))
