"""The record of one limit that many instances share: what was used, what is leased, what may be leased.

The guarantee: no window holds more than the limit. A batch of permits may be used from ``starts_at``
until ``ends_at`` on its holder's clock, so its place stays taken for a window (and the clocks' skew)
after ``ends_at``. Two things keep that from wasting the limit. Holders report each use, which then
takes its place only until a window after the use itself. And where nothing is free now, a batch is
leased for the moment at which something will be: callers know their turn at once, need not ask again,
and use the permits the moment that the batch starts.

Why that is enough: take any window, and of the batches used in it the one leased last. Every other use
in the window came less than a window before it or comes after it, so its batch still took its place
when the last one was leased, and was counted.

Times are whole milliseconds of the wall clock, the only clock that instances share.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared_code.reliability.permits import NOTHING, Amount, Ask, Batch, Grant, PoolTerms, Remaining, Report
from shared_code.reliability.places_ahead import Place, PlacesAhead

# What keeps the record below the 32,768 characters of a table's column.
MAX_BATCHES = 400
MAX_HOLDERS = 400
MAX_WINDOWS_AHEAD = 10
HOLDER_WINDOWS = 3


@dataclass(frozen=True, slots=True)
class _Holder:
    sequence: int
    seen_at: int
    batches: tuple[Batch, ...]


class PermitPool:
    """The record as one instance read it; changed in memory, then written back if nobody else was faster."""

    def __init__(self, terms: PoolTerms) -> None:
        self._terms = terms
        self._uses: dict[int, Amount] = {}
        self._holders: dict[str, _Holder] = {}

    # -- the record ------------------------------------------------------------------------------

    @classmethod
    def from_text(cls, text: str | None, terms: PoolTerms, now_ms: int) -> PermitPool:
        """Read a record; None is an empty one.

        One that cannot be read counts as a limit just used up, because it may have been.
        """
        pool = cls(terms)
        if text is None:
            return pool
        try:
            pool._read(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError):
            pool = cls(terms)
            pool._uses[terms.grid_end(now_ms)] = Amount(terms.requests, terms.tokens or 0)
        pool._forget(now_ms)
        return pool

    def _read(self, record: Mapping[str, Any]) -> None:
        base = int(record["at"])
        for offset, requests, tokens in record["uses"]:
            self._uses[base + int(offset)] = Amount(int(requests), int(tokens))
        for name, (sequence, seen, batches) in record["holders"].items():
            self._holders[name] = _Holder(
                int(sequence),
                base + int(seen),
                tuple(
                    Batch(base + int(start), base + int(start) + int(length), int(requests), int(tokens))
                    for start, length, requests, tokens in batches
                ),
            )

    def to_text(self, now_ms: int) -> str:
        """The record as JSON, times relative to ``now_ms``."""
        record = {
            "at": now_ms,
            "uses": [[at - now_ms, *amount] for at, amount in sorted(self._uses.items())],
            "holders": {
                name: [
                    holder.sequence,
                    holder.seen_at - now_ms,
                    [
                        [b.starts_at - now_ms, b.ends_at - b.starts_at, b.requests, b.tokens]
                        for b in holder.batches
                    ],
                ]
                for name, holder in self._holders.items()
            },
        }
        return json.dumps(record, separators=(",", ":"))

    def _forget(self, now_ms: int) -> None:
        terms = self._terms
        # Beyond the horizon lies only what a badly wrong clock wrote.
        horizon = now_ms + (MAX_WINDOWS_AHEAD + 1) * terms.window_ms
        self._uses = {
            at: used for at, used in self._uses.items() if now_ms < at + terms.hold_ms and at < horizon
        }
        for name, holder in list(self._holders.items()):
            batches = tuple(
                batch
                for batch in holder.batches
                if now_ms < batch.ends_at + terms.hold_ms and batch.starts_at < horizon
            )
            if not batches and holder.seen_at < now_ms - HOLDER_WINDOWS * terms.window_ms:
                del self._holders[name]
            elif len(batches) < len(holder.batches):
                self._holders[name] = _Holder(holder.sequence, holder.seen_at, batches)
        for name in sorted(self._holders, key=lambda name: self._holders[name].seen_at)[:-MAX_HOLDERS]:
            for batch in self._holders.pop(name).batches:
                self._use(batch.ends_at, batch.requests, batch.tokens)

    # -- what is left ----------------------------------------------------------------------------

    def sequence_of(self, holder: str) -> int | None:
        """The number of the last change by a holder that the record contains."""
        known = self._holders.get(holder)
        return None if known is None else known.sequence

    def instances(self, now_ms: int) -> int:
        """How many instances touched the record within the last window."""
        return sum(1 for holder in self._holders.values() if holder.seen_at > now_ms - self._terms.window_ms)

    def taken(self, now_ms: int) -> Amount:
        """What is used or leased and still counts at ``now_ms``."""
        requests = tokens = 0
        for frees_at, place_requests, place_tokens in self._places():
            if frees_at > now_ms:
                requests += place_requests
                tokens += place_tokens
        return Amount(requests, tokens)

    def earliest_start(self, now_ms: int, tokens: int = 0) -> int:
        """When one more request could start."""
        return PlacesAhead(self._terms, self._places(), now_ms).look(tokens)

    def _places(self) -> list[Place]:
        hold_ms = self._terms.hold_ms
        places: list[Place] = [(at + hold_ms, *amount) for at, amount in self._uses.items()]
        places += [
            (batch.ends_at + hold_ms, batch.requests, batch.tokens)
            for holder in self._holders.values()
            for batch in holder.batches
        ]
        return places

    # -- changes ---------------------------------------------------------------------------------

    def report(self, holder: str, sequence: int, report: Report, now_ms: int) -> None:
        """Book what a holder used, and replace what it holds."""
        for at, (requests, tokens) in report.uses.items():
            if now_ms < at + self._terms.hold_ms:
                self._use(at, requests, tokens)
        self._holders[holder] = _Holder(sequence, now_ms, report.held)
        if report.remaining is not None:
            self._give_way(report.remaining, now_ms)

    def _use(self, at_ms: int, requests: int, tokens: int) -> None:
        used = self._uses.get(at_ms, NOTHING).plus(requests, tokens)
        self._uses[at_ms] = Amount(max(0, used.requests), max(0, used.tokens))

    def _give_way(self, remaining: Remaining, now_ms: int) -> None:
        """Book what others took of the provider's quota: the difference to what this record knows."""
        taken, terms = self.taken(now_ms), self._terms
        requests = tokens = 0
        if remaining.requests is not None:
            requests = max(0, terms.requests - taken.requests - remaining.requests)
        if remaining.tokens is not None and terms.tokens is not None:
            tokens = max(0, terms.tokens - taken.tokens - remaining.tokens)
        if requests or tokens:
            self._use(terms.grid_end(remaining.observed_at), requests, tokens)

    def lease(
        self,
        holder: str,
        asks: Sequence[Ask],
        now_ms: int,
        *,
        arrivals_per_ms: float = 0.0,
        grace_ms: int | None = None,
    ) -> Grant:
        """Lease a batch for those who wait, and where there is room for those soon to come.

        Args:
            holder: Who leases; it must have reported in this change.
            asks: The callers in the order in which they came.
            now_ms: The holder's clock.
            arrivals_per_ms: How fast callers come to this holder.
            grace_ms: How long those who wait may take until they use their permits.
        """
        terms = self._terms
        grace_ms = terms.grace_ms if grace_ms is None else grace_ms
        instances = max(1, self.instances(now_ms))
        share = max(1, min(terms.largest_batch, terms.requests // (4 * instances)))
        room = PlacesAhead(terms, self._places(), now_ms)
        places: list[tuple[int, int]] = []  # start and tokens of each permit
        starts: list[tuple[int, bool]] = []
        is_full = sum(len(known.batches) for known in self._holders.values()) + share > MAX_BATCHES
        latest = now_ms + MAX_WINDOWS_AHEAD * terms.window_ms
        for ask in asks:
            if len(places) == share:
                break
            start = max(room.look(ask.tokens), now_ms + terms.grace_ms if is_full else now_ms)
            is_granted = start <= min(ask.latest_start, latest) and not is_full
            if is_granted:
                room.take(ask.tokens, grace_ms)
                places.append((start, ask.tokens))
            starts.append((start, is_granted))
        length_ms = grace_ms
        if places:
            spare = self._spare(room, places, share, now_ms, arrivals_per_ms, instances)
            if spare and places[-1][0] == now_ms:
                length_ms = max(grace_ms, terms.lease_ms)
            places += spare
        batches = _batches(places, length_ms)
        known = self._holders[holder]
        self._holders[holder] = _Holder(known.sequence, known.seen_at, (*known.batches, *batches))
        return Grant(batches, tuple(starts))

    def _spare(
        self,
        room: PlacesAhead,
        places: Sequence[tuple[int, int]],
        share: int,
        now_ms: int,
        arrivals_per_ms: float,
        instances: int,
    ) -> list[tuple[int, int]]:
        """Permits for calls still to come.

        Where there is room now they are for the calls of the next seconds, but never so many that the
        other instances could not do the same. Where the batch starts later, they are for the calls that
        come until then.
        """
        terms, last_start = self._terms, places[-1][0]
        if last_start == now_ms:
            free = terms.requests - room.requests
            wanted = min(int(arrivals_per_ms * terms.lease_ms), free // (2 * instances))
        else:
            wanted = int(arrivals_per_ms * min(last_start - now_ms, terms.lease_ms))
        tokens = sum(count for _, count in places) // len(places)
        spare: list[tuple[int, int]] = []
        while len(spare) < min(wanted, share - len(places)):
            start = room.look(tokens)
            if start > last_start + terms.grace_ms or (last_start == now_ms and start > now_ms):
                break
            room.take(tokens, terms.lease_ms)
            spare.append((start, tokens))
        return spare


def _batches(places: Sequence[tuple[int, int]], length_ms: int) -> tuple[Batch, ...]:
    """The permits of equal start as one batch each."""
    by_start: dict[int, Amount] = {}
    for start, tokens in places:
        by_start[start] = by_start.get(start, NOTHING).plus(1, tokens)
    return tuple(
        Batch(start, start + length_ms, amount.requests, amount.tokens)
        for start, amount in sorted(by_start.items())
    )
