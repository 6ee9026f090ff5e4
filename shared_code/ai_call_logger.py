"""``AICallLogger``: writes the call log, and never stands between a paid answer and its caller."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared_code.accounting.call_log import (
    CALL_LOG_TABLE,
    CallDetails,
    CallRow,
    calls_between,
    calls_of_day,
    entity_of,
)
from shared_code.accounting.usage import DeploymentUsage, Usage
from shared_code.errors import EngineError, StorageError
from shared_code.storage.protocols import Entity, Tables

__all__ = ["AICallLogger", "CallDetails", "CallRow", "DeploymentUsage", "calls_between", "calls_of_day"]

logger = logging.getLogger(__name__)
# Between two tries to write a row.
REWRITE_SECONDS = 1.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


class AICallLogger:
    """Writes the call log: the start inserts a row, the end replaces it.

    Logging never raises and never takes longer than its budget: an answer that was paid for is not lost
    to an audit row. What could not be written is counted, and told to the ordinary log.

    Args:
        tables: Where the rows go.
        clock: The wall clock; aware datetimes.
        max_pending: How many calls in flight are remembered. The end of a forgotten one finds its row
            through ``details.started_at``.
        write_budget_seconds: The time one row may take, the SDK's retries included.
    """

    def __init__(
        self,
        tables: Tables,
        *,
        clock: Callable[[], datetime] = _utc_now,
        max_pending: int = 10_000,
        write_budget_seconds: float = 15.0,
    ) -> None:
        self._tables = tables
        self._clock = clock
        self._max_pending = max_pending
        self._write_budget_seconds = write_budget_seconds
        self._pending: OrderedDict[tuple[str, str], tuple[datetime, int]] = OrderedDict()
        self.lost_rows = 0
        """Ended calls without their row: what they cost is missing in the log."""
        self.lost_starts = 0
        """Starts that were not written; the row still comes when the call ends."""

    @property
    def pending_calls(self) -> int:
        """How many calls are in flight."""
        return len(self._pending)

    async def log_call_start(
        self,
        correlation_id: str,
        assistant_id: str,
        prompt_length: int,
        *,
        details: CallDetails | None = None,
    ) -> None:
        """Insert the row of a call that is about to be made. ``prompt_length`` is in characters."""
        details = details or CallDetails(self._clock())
        self._pending[correlation_id, assistant_id] = (details.started_at, prompt_length)
        if len(self._pending) > self._max_pending:
            self._pending.popitem(last=False)
        row = CallRow(correlation_id, assistant_id, "started", details, prompt_length)
        if not await self._is_written(row, lambda entity: self._tables.insert(CALL_LOG_TABLE, entity)):
            self.lost_starts += 1

    async def log_call_success(
        self,
        correlation_id: str,
        assistant_id: str,
        input_tokens: int,
        output_tokens: int,
        call_duration_ms: float,
        estimated_cost: float | None,
        *,
        details: CallDetails | None = None,
    ) -> None:
        """Replace a call's row by that of its success.

        Args:
            correlation_id: As at the start.
            assistant_id: As at the start.
            input_tokens: Used where ``details`` counts no tokens.
            output_tokens: Used where ``details`` counts no tokens.
            call_duration_ms: The whole call, waiting and retries included.
            estimated_cost: US dollars, used where ``details`` names no cost; None where unknown.
            details: What else is known by now.
        """
        known = details or CallDetails(self._started_before(call_duration_ms))
        if not known.usage.total_tokens:
            known = replace(known, usage=Usage(input_tokens=input_tokens, output_tokens=output_tokens))
        if known.cost_micro_usd is None and not known.usage_by_deployment:
            known = replace(known, cost_micro_usd=_micro_usd(estimated_cost))
        await self._log_end(CallRow(correlation_id, assistant_id, "success", known, None, call_duration_ms))

    async def log_call_failure(
        self,
        correlation_id: str,
        assistant_id: str,
        error_message: str,
        call_duration_ms: float,
        *,
        details: CallDetails | None = None,
    ) -> None:
        """Replace a call's row by that of its failure.

        ``error_message`` is one of our own errors', which hold no CV text; 500 characters are kept.
        """
        known = details or CallDetails(self._started_before(call_duration_ms))
        await self._log_end(
            CallRow(correlation_id, assistant_id, "failure", known, None, call_duration_ms, error_message)
        )

    async def _log_end(self, row: CallRow) -> None:
        remembered = self._pending.pop((row.correlation_id, row.assistant_id), None)
        if remembered is not None:
            started_at, prompt_length = remembered
            row = replace(
                row, details=replace(row.details, started_at=started_at), prompt_length=prompt_length
            )

        async def upsert(entity: Entity) -> None:
            await _until_written(lambda: self._tables.upsert(CALL_LOG_TABLE, entity))

        if not await self._is_written(row, upsert):
            self.lost_rows += 1

    async def _is_written(self, row: CallRow, write: Callable[[Entity], Coroutine[Any, Any, object]]) -> bool:
        try:
            async with asyncio.timeout(self._write_budget_seconds):
                await write(entity_of(row))
        except (EngineError, TimeoutError, ValueError, TypeError) as error:
            logger.error(  # noqa: TRY400  (a traceback would repeat itself through a whole outage)
                "A row of the call log could not be written",
                extra={
                    "outcome": row.outcome,
                    "correlation_id": row.correlation_id,
                    "assistant_id": row.assistant_id,
                    "total_tokens": row.details.usage.total_tokens,
                    "cost_micro_usd": row.known_cost_micro_usd,
                    "error_class": type(error).__name__,
                    # Our own messages name the setting to check and nothing personal.
                    "reason": error.message if isinstance(error, EngineError) else None,
                },
            )
            return False
        return True

    def _started_before(self, call_duration_ms: float) -> datetime:
        return self._clock() - timedelta(milliseconds=call_duration_ms)


async def _until_written(write: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Write again while storage is away: its own retries end long before the row's budget does."""
    while True:
        try:
            await write()
        except StorageError:
            await asyncio.sleep(REWRITE_SECONDS)
        else:
            return


def _micro_usd(cost_usd: float | None) -> int | None:
    return None if cost_usd is None or not math.isfinite(cost_usd) else round(cost_usd * 1_000_000)
