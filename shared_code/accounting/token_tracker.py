"""Running totals of tokens and money of this process, for health."""

from __future__ import annotations

import threading
from typing import TypedDict

MICRO_USD_PER_USD = 1_000_000


class UsageSummary(TypedDict):
    """Totals since the process started. Costs are US dollars; calls of unknown price are not in them."""

    total_input_tokens: int
    total_output_tokens: int
    total_tokens: int
    total_cost: float
    call_count: int
    calls_with_unknown_cost: int
    average_cost_per_call: float


class TokenTracker:
    """Adds up what calls used. Money is kept in integer micro-USD, so nothing is lost in rounding."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._input_tokens = 0
        self._output_tokens = 0
        self._cost_micro_usd = 0
        self._calls = 0
        self._calls_with_unknown_cost = 0

    def record_usage(self, input_tokens: int, output_tokens: int, cost: float | None) -> None:
        """Add one call; ``cost`` in US dollars, None where the model's price is not known."""
        with self._lock:
            self._input_tokens += input_tokens
            self._output_tokens += output_tokens
            self._calls += 1
            if cost is None:
                self._calls_with_unknown_cost += 1
            else:
                self._cost_micro_usd += round(cost * MICRO_USD_PER_USD)

    def get_usage_summary(self) -> UsageSummary:
        """The totals so far."""
        with self._lock:
            priced_calls = self._calls - self._calls_with_unknown_cost
            return UsageSummary(
                total_input_tokens=self._input_tokens,
                total_output_tokens=self._output_tokens,
                total_tokens=self._input_tokens + self._output_tokens,
                total_cost=self._cost_micro_usd / MICRO_USD_PER_USD,
                call_count=self._calls,
                calls_with_unknown_cost=self._calls_with_unknown_cost,
                average_cost_per_call=round(
                    self._cost_micro_usd / MICRO_USD_PER_USD / max(1, priced_calls), 6
                ),
            )
