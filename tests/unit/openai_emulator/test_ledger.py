"""What the ledger remembers."""

from __future__ import annotations

from local.openai_emulator.ledger import Ledger, LedgerEntry, TokenUse


class Clock:
    """Seconds that pass on demand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def _record(ledger: Ledger, use: TokenUse | None = None, *, status: int | None = 200) -> LedgerEntry:
    entry = ledger.open(method="POST", path="/openai/v1/embeddings", credential="api-key")
    entry.status = status
    entry.deployment = "gpt-4.1-mini"
    if use is not None:
        entry.bill(use)
    ledger.close(entry)
    return entry


def test_totals_add_up_billed_tokens_and_outcomes() -> None:
    """What was billed counts, whether or not it arrived."""
    ledger = Ledger(Clock())
    _record(ledger, TokenUse(prompt=100, cached=64, completion=20))
    _record(ledger, TokenUse(prompt=10, completion=5))
    _record(ledger, status=503)
    _record(ledger, status=None)
    totals = ledger.as_json()["totals"]
    assert (totals["requests"], totals["billed"], totals["delivered"]) == (4, 2, 0)
    assert (totals["billed_prompt_tokens"], totals["billed_completion_tokens"]) == (110, 25)
    assert totals["billed_cached_tokens"] == 64
    assert totals["by_status"] == {"200": 2, "503": 1, "None": 1}
    assert totals["by_deployment"] == {"gpt-4.1-mini": 4}


def test_memory_is_bounded_and_totals_are_not_forgotten() -> None:
    """The oldest entries go; their sums stay."""
    ledger = Ledger(Clock(), capacity=3)
    for _ in range(10):
        _record(ledger)
    shown = ledger.as_json()
    assert [entry["seq"] for entry in shown["entries"]] == [8, 9, 10]
    assert shown["totals"]["requests"] == 10


def test_entries_can_be_read_on_from_a_number() -> None:
    """So that a watcher asks for what is new."""
    ledger = Ledger(Clock())
    for _ in range(5):
        _record(ledger)
    assert [entry["seq"] for entry in ledger.as_json(after=2, limit=2)["entries"]] == [3, 4]


def test_the_time_is_the_walls_and_the_duration_the_steady_clocks() -> None:
    """A jump of the wall clock does not make a request last for hours."""
    clock, wall = Clock(), Clock()
    wall.now = 1_700_000_000.0
    ledger = Ledger(clock, wall)
    entry = ledger.open(method="GET", path="/openai/v1/models", credential="none")
    clock.now, wall.now = 0.25, 1_700_003_600.0
    ledger.close(entry)
    assert (entry.time, entry.duration_ms) == (1_700_000_000.0, 250.0)


def test_requests_under_way_count_as_in_flight_and_not_after_clearing() -> None:
    """A request that ends after the clearing belongs to the time before it."""
    ledger = Ledger(Clock())
    entry = ledger.open(method="GET", path="/x", credential="none")
    ledger.open(method="GET", path="/x", credential="none")
    assert ledger.as_json()["in_flight"] == 2
    assert ledger.as_json()["totals"]["most_in_flight"] == 2
    ledger.clear()
    ledger.close(entry)
    assert ledger.as_json() == Ledger(Clock()).as_json()
