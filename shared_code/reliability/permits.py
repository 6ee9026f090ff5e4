"""What instances that share a limit tell each other: its terms, asks and grants, batches and reports.

Times are whole milliseconds of the wall clock, the only clock that instances share.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Amount(NamedTuple):
    """Requests and the tokens that they count."""

    requests: int
    tokens: int

    def plus(self, requests: int, tokens: int) -> Amount:
        """This and that."""
        return Amount(self.requests + requests, self.tokens + tokens)


NOTHING = Amount(0, 0)


@dataclass(frozen=True, slots=True)
class PoolTerms:
    """The limit and how it is shared.

    ``skew_ms`` is how far two instances' clocks may be apart without harm to the guarantee.
    """

    requests: int
    tokens: int | None = None
    window_ms: int = 60_000
    skew_ms: int = 1_000
    largest_batch: int = 10

    @property
    def hold_ms(self) -> int:
        """How long a place stays taken after the last moment at which it may have been used."""
        return self.window_ms + self.skew_ms

    @property
    def grain_ms(self) -> int:
        """Uses are booked, and future batches start, on a grid of this width."""
        return max(1, self.window_ms // 120)

    @property
    def lease_ms(self) -> int:
        """How long a batch is good that holds permits for calls still to come."""
        return self.window_ms // 6

    @property
    def grace_ms(self) -> int:
        """How long a batch is good whose callers all wait already."""
        return self.window_ms // 30

    def grid_end(self, at_ms: int) -> int:
        """The end of the grid's cell that holds ``at_ms``."""
        return (at_ms // self.grain_ms + 1) * self.grain_ms


class Batch(NamedTuple):
    """Permits that may be used at or after ``starts_at`` and before ``ends_at``."""

    starts_at: int
    ends_at: int
    requests: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Ask:
    """One caller who waits: its tokens, and the latest start that its deadline allows."""

    tokens: int
    latest_start: int


@dataclass(frozen=True, slots=True)
class Remaining:
    """What the provider said was left of its own limits, and when."""

    requests: int | None
    tokens: int | None
    observed_at: int


@dataclass(slots=True)
class Report:
    """What a holder did since its last report, and which batches it still holds, whole.

    ``uses`` are changes by grid cell, negative where an estimate was too high.
    """

    uses: dict[int, Amount] = field(default_factory=dict)
    held: tuple[Batch, ...] = ()
    remaining: Remaining | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """The batches leased, and for each ask that was looked at, in order, its start and whether it got it."""

    batches: tuple[Batch, ...]
    starts: tuple[tuple[int, bool], ...]
