"""``costs``: the cost records by day, after deriving them anew if asked."""

from __future__ import annotations

import argparse
from datetime import date, timedelta

from rich.table import Table

from cli.cvs.exit_code import ExitCode
from cli.cvs.session import Session
from cli.cvs.terminal import plain_table
from shared_code.accounting.usage_report import UsageRow, rebuild_cost_records, usage_report

USUAL_DAYS = 30
_FIGURES = ("calls", "failures", "unfinished", "input tokens", "output tokens", "USD")


async def costs(session: Session, options: argparse.Namespace) -> ExitCode:
    """Show the days that had calls, and their sum.

    Raises:
        StorageError: Storage does not answer; a rebuild can be run again.
    """
    tables = session.desk.storage.tables
    last: date = options.last or max(session.clock().date(), options.first or date.min)
    first: date = options.first or last - timedelta(days=USUAL_DAYS - 1)
    if options.rebuild:
        rebuilt = await rebuild_cost_records(tables, first, last)
        session.out.print(
            f"derived {rebuilt.days} days anew: {rebuilt.records} records, {rebuilt.changed} of them changed"
        )
        session.out.print()
    report = await usage_report(tables, first, last, "day")
    if not report.rows:
        session.out.print(f"No calls are recorded from {first} to {last}.")
        return ExitCode.DONE
    table = plain_table("day", *_FIGURES, numbers=_FIGURES)
    for row in report.rows:
        _add(table, row.key or "", row)
    _add(table, "total", report.totals)
    session.out.print(table)
    unknown = report.totals.calls_with_unknown_price
    if unknown:
        session.notes.print(
            f"{unknown} calls have no known price and are not in the sum; "
            "add their models to shared_code/accounting/model_catalogue.json.",
            style="yellow",
        )
    return ExitCode.DONE


def _add(table: Table, label: str, row: UsageRow) -> None:
    table.add_row(
        label,
        str(row.calls),
        str(row.failures),
        str(row.unfinished),
        str(row.usage.input_tokens),
        str(row.usage.output_tokens),
        f"{row.cost_usd:f}",
    )
