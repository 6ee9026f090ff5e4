"""Running totals."""

from __future__ import annotations

from shared_code.accounting.token_tracker import TokenTracker


def test_adds_up_tokens_and_cost() -> None:
    """Totals and the average are over what was recorded."""
    tracker = TokenTracker()
    tracker.record_usage(100, 50, 0.0002)
    tracker.record_usage(300, 150, 0.0004)
    summary = tracker.get_usage_summary()
    assert summary["total_input_tokens"] == 400
    assert summary["total_output_tokens"] == 200
    assert summary["total_tokens"] == 600
    assert summary["total_cost"] == 0.0006
    assert summary["call_count"] == 2
    assert summary["average_cost_per_call"] == 0.0003


def test_unknown_costs_are_counted_not_added() -> None:
    """A call of unknown price neither costs nothing nor drags the average down."""
    tracker = TokenTracker()
    tracker.record_usage(10, 10, 0.001)
    tracker.record_usage(10, 10, None)
    summary = tracker.get_usage_summary()
    assert summary["calls_with_unknown_cost"] == 1
    assert summary["call_count"] == 2
    assert summary["average_cost_per_call"] == 0.001


def test_thousands_of_tiny_costs_lose_nothing() -> None:
    """Money is integer micro-dollars, so sums are exact."""
    tracker = TokenTracker()
    for _ in range(10_000):
        tracker.record_usage(1, 1, 0.000001)
    assert tracker.get_usage_summary()["total_cost"] == 0.01
