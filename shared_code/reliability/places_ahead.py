"""When the next place of a shared limit becomes free: a walk forward in time over those that are taken."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from typing import TypeAlias

from shared_code.reliability.permits import PoolTerms

Place: TypeAlias = tuple[int, int, int]
"""The moment at which it becomes free, and the requests and tokens that it holds until then."""


class PlacesAhead:
    """The places of one limit from ``now_ms`` on, as they become free and are taken again.

    ``requests`` is how many are taken at the moment to which it has walked. Moments are milliseconds of
    the wall clock and only move forward: a place is never taken before one that was taken earlier.
    """

    def __init__(self, terms: PoolTerms, places: Iterable[Place], now_ms: int) -> None:
        self._terms = terms
        self._places = sorted(places)
        self._next = 0
        self._start = now_ms
        self._tokens = sum(tokens for _, _, tokens in self._places)
        self.requests = sum(requests for _, requests, _ in self._places)
        self._walk(now_ms)

    def look(self, tokens: int) -> int:
        """When one more request fits, on the grid where that is not now."""
        requests, counted = self.requests, self._tokens
        start, index = self._start, self._next
        while not self._fits(requests, counted, tokens, index):
            frees_at, freed_requests, freed_tokens = self._places[index]
            index += 1
            requests -= freed_requests
            counted -= freed_tokens
            start = max(start, frees_at)
        if start == self._start:
            return start
        grain_ms = self._terms.grain_ms
        return -(-start // grain_ms) * grain_ms

    def take(self, tokens: int, length_ms: int) -> None:
        """Take the place that ``look`` found."""
        start = self.look(tokens)
        self._walk(start)
        frees_at = start + length_ms + self._terms.hold_ms
        insort(self._places, (frees_at, 1, tokens), lo=self._next)
        self.requests += 1
        self._tokens += tokens

    def _walk(self, start: int) -> None:
        self._start = start
        while self._next < len(self._places) and self._places[self._next][0] <= start:
            self.requests -= self._places[self._next][1]
            self._tokens -= self._places[self._next][2]
            self._next += 1

    def _fits(self, requests: int, counted: int, tokens: int, index: int) -> bool:
        if index == len(self._places):
            return True
        limit = self._terms.tokens
        return requests < self._terms.requests and (limit is None or not tokens or counted + tokens <= limit)
