"""One instance's side of a shared limit: the permits that it holds, and what it has to report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shared_code.reliability.permits import NOTHING, Amount, Batch, PoolTerms, Remaining, Report

# An observation of the provider's is of no use once others have called it again.
OBSERVATION_MS = 5_000
# Three windows of cells: while the record is out of reach, older ones are forgotten.
MAX_UNREPORTED_CELLS = 360


@dataclass(slots=True, eq=False)
class _HeldBatch:
    """What is left of a batch: free, or claimed by callers who wait for its start."""

    starts_at: int
    ends_at: int
    free: Amount
    claimed: Amount = NOTHING


@dataclass(slots=True, eq=False)
class Permit:
    """One request's permission. ``used_at`` is the grid cell in which its use is booked."""

    batch: _HeldBatch
    tokens: int
    used_at: int | None = None
    drawn: int = 0

    @property
    def starts_at(self) -> int:
        """From when it may be used, in milliseconds of the wall clock."""
        return self.batch.starts_at


class PermitHolder:
    """Hands out what was leased, at the right time and only once, and keeps account of it.

    All times are milliseconds of the wall clock.
    """

    def __init__(self, terms: PoolTerms) -> None:
        self._terms = terms
        self._batches: list[_HeldBatch] = []
        self._uses: dict[int, Amount] = {}
        self._remaining: Remaining | None = None
        self._drawn = 0

    # -- permits ---------------------------------------------------------------------------------

    def add(self, batches: Iterable[Batch]) -> None:
        """These were leased."""
        self._batches += [
            _HeldBatch(batch.starts_at, batch.ends_at, Amount(batch.requests, batch.tokens))
            for batch in batches
        ]
        self._batches.sort(key=lambda held: held.starts_at)

    def claim(self, tokens: int, now_ms: int, latest_start: int) -> Permit | None:
        """The soonest free permit that covers ``tokens`` and starts in time; None where there is none."""
        for batch in self._batches:
            if batch.starts_at > latest_start:
                return None
            if now_ms < batch.ends_at and batch.free.requests > 0 and self._covers(batch, tokens):
                batch.free = batch.free.plus(-1, -tokens)
                batch.claimed = batch.claimed.plus(1, tokens)
                return Permit(batch, tokens)
        return None

    def use(self, permit: Permit, now_ms: int) -> bool:
        """The request leaves now; False where the permit is not good at this time, and lost."""
        batch = permit.batch
        batch.claimed = batch.claimed.plus(-1, -permit.tokens)
        if not batch.starts_at <= now_ms < batch.ends_at:
            return False
        permit.used_at = self._terms.grid_end(now_ms)
        permit.drawn = self._drawn
        self._book(permit.used_at, 1, permit.tokens)
        return True

    def give_back(self, permit: Permit) -> None:
        """The request never left: another may, if the record does not know of the use yet."""
        batch = permit.batch
        if permit.used_at is None:
            batch.claimed = batch.claimed.plus(-1, -permit.tokens)
            batch.free = batch.free.plus(1, permit.tokens)
            return
        self._book(permit.used_at, -1, -permit.tokens)
        if permit.drawn == self._drawn:
            batch.free = batch.free.plus(1, permit.tokens)

    def settle(self, permit: Permit, tokens: int) -> None:
        """The request counted ``tokens`` instead of its estimate."""
        if permit.used_at is not None and self._terms.tokens is not None:
            self._book(permit.used_at, 0, tokens - permit.tokens)
            permit.tokens = tokens

    def book(self, tokens: int, now_ms: int) -> None:
        """A request left without a permit of the record."""
        self._book(self._terms.grid_end(now_ms), 1, tokens)

    def observe(self, requests: int | None, tokens: int | None, now_ms: int) -> None:
        """The provider's word on what is left, to be compared with the record at the next report."""
        self._remaining = Remaining(requests, tokens, now_ms)

    def _covers(self, batch: _HeldBatch, tokens: int) -> bool:
        return self._terms.tokens is None or batch.free.tokens >= tokens

    def _book(self, at_ms: int, requests: int, tokens: int) -> None:
        self._uses[at_ms] = self._uses.get(at_ms, NOTHING).plus(requests, tokens)
        if len(self._uses) > MAX_UNREPORTED_CELLS:
            oldest = max(self._uses) - self._terms.hold_ms
            self._uses = {at: used for at, used in self._uses.items() if at >= oldest}

    # -- reports ---------------------------------------------------------------------------------

    def draw_report(self, now_ms: int) -> Report:
        """What the record does not know yet; hand it back with ``undelivered`` if it did not arrive."""
        for batch in self._batches:
            if now_ms >= batch.ends_at:
                batch.ends_at = 0  # the record will not know it any more, even if the clock is set back
        self._batches = [
            batch for batch in self._batches if batch.ends_at and batch.free.requests + batch.claimed.requests
        ]
        held = tuple(
            Batch(
                batch.starts_at,
                batch.ends_at,
                batch.free.requests + batch.claimed.requests,
                batch.free.tokens + batch.claimed.tokens,
            )
            for batch in self._batches
        )
        remaining = self._remaining
        if remaining is not None and now_ms - remaining.observed_at > OBSERVATION_MS:
            remaining = None
        report = Report(self._uses, held, remaining)
        self._uses, self._remaining = {}, None
        self._drawn += 1
        return report

    def undelivered(self, report: Report) -> None:
        """The record never got this report: tell it again next time."""
        for at_ms, (requests, tokens) in report.uses.items():
            self._book(at_ms, requests, tokens)
        self._remaining = self._remaining or report.remaining
