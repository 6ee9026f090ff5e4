"""``SharedLimiter``: one limit for all instances, kept in one table row that is changed by ETag.

What may be leased is decided by ``reliability.permit_pool``, who uses it by ``reliability.permit_holder``;
this room carries the record to and fro. One exchange reports what was used since the last and leases a
batch for the callers who wait, so the row is changed once per batch, not once per call.

Where the table does not answer, calls go on: this instance then keeps to the limit divided by the
number of instances last seen, what it used meanwhile is booked when the table is back, and ``status``
says ``degraded``. In the window in which that begins or ends the sum may pass the limit.
"""

from __future__ import annotations

import asyncio
import math
import random
import secrets
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from shared_code.admission import InstanceLimiter, limit_reached
from shared_code.errors import StorageError
from shared_code.limit_row import LimitRow
from shared_code.reliability.deadline import Clock
from shared_code.reliability.permit_holder import Permit, PermitHolder
from shared_code.reliability.permit_pool import MAX_WINDOWS_AHEAD, PermitPool
from shared_code.reliability.permits import Ask, Grant, PoolTerms, Report
from shared_code.reliability.rate_limiter import WINDOW_SECONDS, RateLimiter, Reservation
from shared_code.storage.protocols import Tables

# Cloud machines agree on the time to some milliseconds; this is how far apart they may be.
SKEW_SECONDS = 1.0
SMALLEST_LARGEST_BATCH = 10
REQUESTS_PER_BATCH = 600
EXCHANGE_TIMEOUT_SECONDS = 5.0
STORAGE_PAUSE_SECONDS = 5.0
BACKOFF_SECONDS = 0.01
BACKOFF_CAP_SECONDS = 0.5
# So long may callers be refused by what the record said last.
REFUSAL_SECONDS = 0.5


@dataclass(slots=True, eq=False)
class _Waiter:
    """A caller in the queue. Its turn is a permit, or None where the table is out of reach."""

    tokens: int
    latest_start: int
    turn: asyncio.Future[Permit | None]


@dataclass(slots=True, eq=False)
class _Sleeper:
    """A caller whose permit is not good yet."""

    permit: Permit
    has_moved_up: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A change of the row that may or may not have been written."""

    sequence: int
    report: Report
    grant: Grant


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What the record said of a request of so many tokens: it could not start before ``start``."""

    start: int
    tokens: int
    known_until: int


class SharedLimiter:
    """Admits requests within a limit that all instances share; a ``Limiter``.

    One per process and event loop.

    Args:
        tables: Where the record is.
        name: Which limit, the same for all who share it: ``limit_key(endpoint)``.
        requests_per_minute: All instances together may start so many in a window.
        tokens_per_minute: The same for tokens; None where they are not limited.
        window_seconds: The window, a minute unless a test is in a hurry.
        skew_seconds: How far apart the instances' clocks may be.
        largest_batch: How many permits one exchange leases at most; by default at least 10, and more
            for limits over 6,000.
        clock: Wall-clock seconds, because instances share no other clock.
        monotonic: Monotonic seconds, for this instance's own limit while the table is out of reach.
        jitter: A random number from 0 to 1.
    """

    def __init__(
        self,
        tables: Tables,
        name: str,
        requests_per_minute: int,
        tokens_per_minute: int | None = None,
        *,
        window_seconds: float = WINDOW_SECONDS,
        skew_seconds: float = SKEW_SECONDS,
        largest_batch: int | None = None,
        clock: Clock = time.time,
        monotonic: Clock = time.monotonic,
        jitter: Clock = random.random,
    ) -> None:
        if requests_per_minute < 1:
            raise ValueError("requests_per_minute must be at least 1")
        self._terms = PoolTerms(
            requests_per_minute,
            tokens_per_minute,
            round(window_seconds * 1000),
            round(skew_seconds * 1000),
            largest_batch or max(SMALLEST_LARGEST_BATCH, requests_per_minute // REQUESTS_PER_BATCH),
        )
        self._row = LimitRow(tables, name)
        self._clock = clock
        self._jitter = jitter
        self._instance = secrets.token_hex(4)
        self._holder = PermitHolder(self._terms)
        self._pool = PermitPool(self._terms)
        self._waiters: deque[_Waiter] = deque()
        self._sleepers: dict[_Sleeper, None] = {}
        self._exchanging: asyncio.Task[None] | None = None
        self._exchange: _Exchange | None = None
        self._sequence = 0
        self._grace_ms = self._terms.grace_ms
        self._arrivals_per_ms = 0.0
        self._arrived_at = 0
        self._refused: _Refusal | None = None
        self._trouble_until = 0.0
        self._own_limiter = RateLimiter(
            requests_per_minute, tokens_per_minute, window_seconds=window_seconds, clock=monotonic
        )
        self._own = InstanceLimiter(self._own_limiter)
        self.is_degraded = False
        self.exchanges = 0
        self.conflicts = 0

    # -- the Limiter -----------------------------------------------------------------------------

    async def admit(self, tokens: int, max_wait_seconds: float) -> Permit | Reservation:
        """See ``Limiter.admit``."""
        counted = 0 if self._terms.tokens is None else tokens
        now = self._note_arrival()
        horizon_ms = MAX_WINDOWS_AHEAD * self._terms.window_ms
        latest_start = now + int(min(max(0.0, max_wait_seconds) * 1000, horizon_ms))
        came_too_late = False
        while True:
            permit = await self._turn(counted, latest_start, ahead=came_too_late)
            if permit is None:
                own = await self._own.admit(counted, max(0, latest_start - self._now_ms()) / 1000)
                self._holder.book(counted, self._now_ms())
                return own
            permit = await self._start_of(permit)
            if self._holder.use(permit, self._now_ms()):
                # Also counted here, so that this instance's own limit knows it when the table fails.
                self._own_limiter.reserve(counted, max_wait_seconds=0.0)
                return permit
            came_too_late = True

    def settle(self, permit: Permit | Reservation, tokens: int) -> None:
        """See ``Limiter.settle``."""
        if isinstance(permit, Permit):
            self._holder.settle(permit, tokens)
        else:
            self._own.settle(permit, tokens)

    def give_back(self, permit: Permit | Reservation) -> None:
        """See ``Limiter.give_back``."""
        if isinstance(permit, Permit):
            self._holder.give_back(permit)
            self._hand_out()
        else:
            self._own.give_back(permit)

    def observe(self, remaining_requests: int | None, remaining_tokens: int | None) -> None:
        """See ``Limiter.observe``; heeded only where tokens are limited, so where quotas were looked up."""
        if self._terms.tokens is not None:
            self._holder.observe(remaining_requests, remaining_tokens, self._now_ms())

    def status(self) -> dict[str, Any]:
        """See ``Limiter.status``; as the record was when this instance last read it."""
        now, terms = self._now_ms(), self._terms
        taken = self._pool.taken(now)
        return {
            "requests_remaining": max(0, terms.requests - taken.requests),
            "tokens_remaining": None if terms.tokens is None else max(0, terms.tokens - taken.tokens),
            "reset_time": max(0, self._pool.earliest_start(now) - now) / 1000,
            "scope": "shared",
            "degraded": self.is_degraded,
            "instances": max(1, self._pool.instances(now)),
            "exchanges": self.exchanges,
            "conflicts": self.conflicts,
        }

    # -- callers ---------------------------------------------------------------------------------

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)

    def _note_arrival(self) -> int:
        """Keep a decaying average of how fast callers come; returns the time."""
        now = self._now_ms()
        memory_ms = self._terms.lease_ms
        silence_ms = max(0, now - self._arrived_at)
        self._arrivals_per_ms = self._arrivals_per_ms * math.exp(-silence_ms / memory_ms) + 1 / memory_ms
        self._arrived_at = now
        return now

    async def _turn(self, tokens: int, latest_start: int, *, ahead: bool) -> Permit | None:
        """A permit for the next in the queue; None where this instance is on its own."""
        now = self._now_ms()
        if not self._waiters and (permit := self._holder.claim(tokens, now, latest_start)):
            return permit
        if self._clock() < self._trouble_until:
            return None
        refused = self._refused
        if (
            refused
            and now < refused.known_until
            and latest_start < refused.start
            and tokens >= refused.tokens
        ):
            raise limit_reached((refused.start - now) / 1000)
        waiter = _Waiter(tokens, latest_start, asyncio.get_running_loop().create_future())
        if ahead:
            self._waiters.appendleft(waiter)
        else:
            self._waiters.append(waiter)
        if self._exchanging is None:
            self._exchanging = asyncio.create_task(self._exchange_while_asked())
        return await self._in_time(waiter)

    async def _in_time(self, waiter: _Waiter) -> Permit | None:
        try:
            async with asyncio.timeout(max(0, waiter.latest_start - self._now_ms()) / 1000):
                return await waiter.turn
        except TimeoutError:
            self._withdraw(waiter)
            now = self._now_ms()
            raise limit_reached(
                max(self._terms.grain_ms, self._pool.earliest_start(now, waiter.tokens) - now) / 1000
            ) from None
        except asyncio.CancelledError:
            self._withdraw(waiter)
            raise

    def _withdraw(self, waiter: _Waiter) -> None:
        """A caller went away: the next in the queue gets its permit."""
        turn = waiter.turn
        if waiter in self._waiters:
            self._waiters.remove(waiter)
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            permit = turn.result()
            if permit is not None:
                self.give_back(permit)

    async def _start_of(self, permit: Permit) -> Permit:
        """Sleep until the permit is good, or until one that was freed meanwhile is."""
        sleeper = _Sleeper(permit)
        self._sleepers[sleeper] = None
        try:
            while (early_ms := sleeper.permit.starts_at - self._now_ms()) > 0:
                sleeper.has_moved_up.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(early_ms / 1000):
                        await sleeper.has_moved_up.wait()
        except asyncio.CancelledError:
            del self._sleepers[sleeper]
            self.give_back(sleeper.permit)
            raise
        del self._sleepers[sleeper]
        return sleeper.permit

    def _hand_out(self) -> None:
        """Give permits out in the order in which callers came: those who have a later one already move up."""
        now = self._now_ms()
        for sleeper in self._sleepers:
            later = sleeper.permit
            sooner = self._holder.claim(later.tokens, now, later.starts_at - 1)
            if sooner is not None:
                sleeper.permit = sooner
                sleeper.has_moved_up.set()
                self._holder.give_back(later)
        while self._waiters:
            waiter = self._waiters[0]
            if not waiter.turn.done():
                permit = self._holder.claim(waiter.tokens, now, waiter.latest_start)
                if permit is None:
                    return
                waiter.turn.set_result(permit)
            self._waiters.popleft()

    # -- the record ------------------------------------------------------------------------------

    async def _exchange_while_asked(self) -> None:
        """Change the row until nobody waits: the one place that does, so local callers never compete."""
        refusals = 0
        try:
            while self._waiters:
                async with asyncio.timeout(EXCHANGE_TIMEOUT_SECONDS):
                    is_written = await self._change()
                self._hand_out()
                refusals = 0 if is_written else refusals + 1
                if refusals:
                    self.conflicts += 1
                    longest = min(BACKOFF_CAP_SECONDS, BACKOFF_SECONDS * 2**refusals)
                    await asyncio.sleep(longest * self._jitter())
        except (StorageError, TimeoutError):
            self.is_degraded = True
            self._trouble_until = self._clock() + STORAGE_PAUSE_SECONDS
        finally:
            self._exchanging = None
            while self._waiters:
                waiter = self._waiters.popleft()
                if not waiter.turn.done():
                    waiter.turn.set_result(None)

    async def _change(self) -> bool:
        """Report, lease and write; False where another instance changed the row meanwhile."""
        began = self._now_ms()
        text = await self._row.read()
        now = self._now_ms()
        pool = PermitPool.from_text(text, self._terms, now)
        self._learn_fate(pool)
        self._hand_out()
        asks = [Ask(waiter.tokens, waiter.latest_start) for waiter in self._waiters]
        exchange = self._prepare(pool, asks, now)
        self._note(pool, now)
        self._refuse(exchange.grant, now)
        if not exchange.grant.batches and not exchange.report.uses:
            self._holder.undelivered(exchange.report)
            return True
        self._exchange = exchange
        self.exchanges += 1
        if not await self._row.replace(pool.to_text(now)):
            return False
        self._adopt(exchange)
        self._grace_ms = min(
            self._terms.lease_ms, max(self._terms.grace_ms, 4 * (self._now_ms() - began), self._grace_ms // 2)
        )
        return True

    def _learn_fate(self, pool: PermitPool) -> None:
        """Was the last change written after all? The SDK may have repeated it, or its answer got lost."""
        exchange = self._exchange
        if exchange is None:
            return
        if pool.sequence_of(self._instance) == exchange.sequence:
            self._adopt(exchange)
        else:
            self._exchange = None
            self._holder.undelivered(exchange.report)

    def _adopt(self, exchange: _Exchange) -> None:
        self._exchange = None
        self._holder.add(exchange.grant.batches)

    def _prepare(self, pool: PermitPool, asks: list[Ask], now: int) -> _Exchange:
        self._sequence += 1
        report = self._holder.draw_report(now)
        pool.report(self._instance, self._sequence, report, now)
        grant = pool.lease(
            self._instance, asks, now, arrivals_per_ms=self._arrivals_per_ms, grace_ms=self._grace_ms
        )
        return _Exchange(self._sequence, report, grant)

    def _note(self, pool: PermitPool, now: int) -> None:
        """The table answers, and this is what it says."""
        self.is_degraded = False
        self._pool = pool
        instances = max(1, pool.instances(now))
        self._own_limiter.requests_per_minute = max(1, self._terms.requests // instances)
        if self._terms.tokens is not None:
            self._own_limiter.tokens_per_minute = max(1, self._terms.tokens // instances)

    def _refuse(self, grant: Grant, now: int) -> None:
        """Tell those whose turn would come after their deadline."""
        looked_at = list(zip(list(self._waiters), grant.starts, strict=False))
        for waiter, (start, is_granted) in looked_at:
            if is_granted:
                continue
            self._waiters.remove(waiter)
            self._refused = _Refusal(start, waiter.tokens, now + int(REFUSAL_SECONDS * 1000))
            if not waiter.turn.done():
                waiter.turn.set_exception(limit_reached((start - now) / 1000))
