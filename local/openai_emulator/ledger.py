"""What came in and what it cost: one entry per request in bounded memory, and running totals.

A run of the Assistants API is billed when it ends, on the entry of the request that created it; the
totals of billed tokens are therefore also the sums over all runs (and over the requests that were
refused after their prompt was read). Its answer counts as delivered once its message was fetched after
it completed: ``is_run_answer_delivered``; ``is_delivered`` stays the word for the request itself.
An entry holds hashes, sizes and counts; never a key, a prompt or an answer. ``cv_sha256`` is that of the
text between the fences alone: the same for every request about a CV, whose fences are new each time.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

REMEMBERED_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class TokenUse:
    """Tokens of one answer; ``cached`` is part of ``prompt``, ``reasoning`` part of ``completion``."""

    prompt: int = 0
    cached: int = 0
    completion: int = 0
    reasoning: int = 0


@dataclass(slots=True)
class LedgerEntry:
    """One request. ``time`` is in epoch seconds; ``status`` is None where no headers were sent."""

    seq: int
    time: float
    method: str
    path: str
    credential: str
    deployment: str | None = None
    schema: str | None = None
    status: int | None = None
    code: str | None = None
    fault: str | None = None
    prompt_sha256: str | None = None
    cv_sha256: str | None = None
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    is_delivered: bool = False
    is_billed: bool = False
    duration_ms: float = 0.0
    run_id: str | None = None
    run_status: str | None = None
    is_run_answer_delivered: bool = False

    def bill(self, use: TokenUse) -> None:
        """Note that the provider would charge these tokens, whether or not they arrive."""
        self.is_billed = True
        self.prompt_tokens = use.prompt
        self.cached_tokens = use.cached
        self.completion_tokens = use.completion
        self.reasoning_tokens = use.reasoning


@dataclass(slots=True)
class _Totals:
    requests: int = 0
    delivered: int = 0
    billed: int = 0
    billed_prompt_tokens: int = 0
    billed_cached_tokens: int = 0
    billed_completion_tokens: int = 0
    most_in_flight: int = 0
    by_status: dict[str, int] = field(default_factory=dict)
    by_fault: dict[str, int] = field(default_factory=dict)
    by_deployment: dict[str, int] = field(default_factory=dict)
    by_run_status: dict[str, int] = field(default_factory=dict)
    run_answers_delivered: int = 0


class Ledger:
    """Entries of the latest requests; totals of all since the start or the last clearing."""

    def __init__(
        self,
        clock: Callable[[], float],
        wall_clock: Callable[[], float] = time.time,
        capacity: int = REMEMBERED_ENTRIES,
    ) -> None:
        self._clock = clock
        self._wall_clock = wall_clock
        self._entries: deque[LedgerEntry] = deque(maxlen=capacity)
        self._open: dict[int, tuple[LedgerEntry, float]] = {}
        self._totals = _Totals()
        self._last_seq = 0
        self._cleared_at_seq = 0

    def open(self, *, method: str, path: str, credential: str) -> LedgerEntry:
        """Note that a request came in."""
        self._last_seq += 1
        entry = LedgerEntry(self._last_seq, self._wall_clock(), method, path, credential)
        self._open[entry.seq] = (entry, self._clock())
        self._totals.requests += 1
        self._totals.most_in_flight = max(self._totals.most_in_flight, len(self._open))
        return entry

    def close(self, entry: LedgerEntry) -> None:
        """Note that a request is done with, well or not."""
        opened = self._open.pop(entry.seq, None)
        if opened is None:
            return  # the ledger was cleared meanwhile
        entry.duration_ms = round((self._clock() - opened[1]) * 1000, 3)
        self._entries.append(entry)
        totals = self._totals
        totals.delivered += entry.is_delivered
        _count(totals.by_status, str(entry.status))
        _count(totals.by_fault, entry.fault)
        _count(totals.by_deployment, entry.deployment)
        if entry.is_billed:
            self._add_billed(entry)

    def end_run(self, entry: LedgerEntry, status: str, use: TokenUse | None) -> None:
        """Note how the run of a request ended, and bill it where ``use`` is given, once."""
        if not self._remembers(entry):
            return
        entry.run_status = status
        _count(self._totals.by_run_status, status)
        if use is not None:
            entry.bill(use)
            if entry.seq not in self._open:  # otherwise closing adds it
                self._add_billed(entry)

    def deliver_run_answer(self, entry: LedgerEntry) -> None:
        """Note that the answer of a request's completed run was fetched; only the first time counts."""
        if self._remembers(entry) and not entry.is_run_answer_delivered:
            entry.is_run_answer_delivered = True
            self._totals.run_answers_delivered += 1

    def clear(self) -> None:
        """Start over; requests still under way are not counted when they end."""
        self._entries.clear()
        self._open.clear()
        self._totals = _Totals()
        self._cleared_at_seq = self._last_seq

    def _remembers(self, entry: LedgerEntry) -> bool:
        return entry.seq > self._cleared_at_seq

    def _add_billed(self, entry: LedgerEntry) -> None:
        totals = self._totals
        totals.billed += 1
        totals.billed_prompt_tokens += entry.prompt_tokens
        totals.billed_cached_tokens += entry.cached_tokens
        totals.billed_completion_tokens += entry.completion_tokens

    def as_json(self, *, after: int = 0, limit: int | None = None) -> dict[str, Any]:
        """Totals, and the entries with a number above ``after``, oldest first."""
        chosen = [asdict(entry) for entry in self._entries if entry.seq > after]
        return {
            "entries": chosen[:limit] if limit is not None else chosen,
            "in_flight": len(self._open),
            "totals": asdict(self._totals),
        }


def _count(counts: dict[str, int], key: str | None) -> None:
    if key is not None:
        counts[key] = counts.get(key, 0) + 1
