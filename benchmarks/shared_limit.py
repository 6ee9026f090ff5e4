"""``python -m benchmarks.shared_limit``: one limit shared by 1 to 100 instances, per call and in batches.

The limiter is the real one; only time and the table are made up. An event loop whose clock jumps to the
next thing that happens runs minutes in seconds, and the table answers after a random time, like a real
one. The same seed gives the same table.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import selectors
import statistics
import sys
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from shared_code.errors import RateLimitError, StorageError
from shared_code.shared_limiter import SharedLimiter
from shared_code.storage.protocols import Condition, Entity, StoredEntity, UpsertMode

# Each instance brings its share of the limit, so the row's traffic grows with the instances.
LIMIT_PER_INSTANCE = 60
WINDOW_SECONDS = 60.0
PATIENCE_SECONDS = 200.0
WARM_UP_SECONDS = 65.0
MEASURED_SECONDS = 62.0
STORAGE_SECONDS = (0.004, 0.012)
SKEW_SECONDS = 0.4
BELOW, ABOVE = 0.7, 1.2
SPANS = {BELOW: (10.0, 30.0), ABOVE: (WARM_UP_SECONDS, MEASURED_SECONDS)}
START = 1_800_000_000.0
ResultT = TypeVar("ResultT")


class _NextEventSelector(selectors.SelectSelector):
    """Instead of waiting, moves the loop's clock on."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Whatever is ready on real sockets; time passes at once."""
        if timeout is None:
            raise RuntimeError("everybody waits for something that will never happen")
        self.now += max(0.0, timeout)
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop in which a sleep takes no time, and everything happens in the right order."""

    def __init__(self) -> None:
        self._virtual = _NextEventSelector()
        super().__init__(self._virtual)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._virtual.now

    def wall_clock(self) -> float:
        """Virtual seconds since the epoch."""
        return START + self._virtual.now


def run_virtually(main: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run a coroutine in virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)


def virtual_clock(offset_seconds: float = 0.0) -> float:
    """The running loop's wall clock, as an instance sees it whose clock is off."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualTimeLoop):
        raise TypeError("virtual time passes only in a VirtualTimeLoop")
    return loop.wall_clock() + offset_seconds


@dataclass(slots=True)
class OneRow:
    """A table of one row with ETags, as slow as a table service. ``is_down`` makes it fail."""

    dice: random.Random = field(default_factory=lambda: random.Random(1))
    seconds: tuple[float, float] = STORAGE_SECONDS
    is_down: bool = False
    row: StoredEntity | None = None
    writes: int = 0
    loses_answers: bool = False

    async def get(self, table: str, partition_key: str, row_key: str) -> StoredEntity | None:
        """The row as it is half-way through the request."""
        await self._travel()
        row = self.row
        await self._travel()
        return row

    async def insert(self, table: str, entity: Entity) -> str | None:
        """Only the first."""
        return await self._replace(entity, None)

    async def replace_if_unchanged(self, table: str, entity: Entity, etag: str) -> str | None:
        """Only with the ETag of the last write."""
        return await self._replace(entity, etag)

    async def upsert(self, table: str, entity: Entity, *, mode: UpsertMode = "replace") -> None:
        """Not needed by a limiter."""
        raise NotImplementedError

    def query(
        self,
        table: str,
        conditions: Sequence[Condition] = (),
        *,
        select: Sequence[str] | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[StoredEntity]:
        """Not needed by a limiter."""
        raise NotImplementedError

    async def delete(self, table: str, partition_key: str, row_key: str) -> None:
        """Not needed by a limiter."""
        raise NotImplementedError

    async def delete_if_unchanged(self, table: str, partition_key: str, row_key: str, etag: str) -> bool:
        """Not needed by a limiter."""
        raise NotImplementedError

    async def _replace(self, entity: Entity, etag: str | None) -> str | None:
        await self._travel()
        written = None
        if etag == (self.row.etag if self.row else None):
            self.writes += 1
            written = str(self.writes)
            self.row = StoredEntity(dict(entity), written)
            if self.loses_answers:
                self.loses_answers = False
                raise StorageError("the answer got lost")
        await self._travel()
        return written

    async def _travel(self) -> None:
        await asyncio.sleep(self.dice.uniform(*self.seconds) / 2)
        if self.is_down:
            raise StorageError("down")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a simulated run came to. Waits are seconds, shares are of 1."""

    instances: int
    limit: int
    load: float
    batch: int
    conflict_share: float
    changes_per_permit: float
    wait_p50: float
    wait_p99: float
    utilisation: float
    most_in_a_window: int
    refused: int


def most_in_any_window(times: Sequence[float], window_seconds: float) -> int:
    """The most events in any half-open window of that length."""
    ordered = sorted(times)
    ends = (bisect_left(ordered, start + window_seconds) for start in ordered)
    return max((end - index for index, end in enumerate(ends)), default=0)


async def _simulate(
    instances: int, load: float, batch: int, seed: int, warm_up_seconds: float, seconds: float
) -> Outcome:
    dice = random.Random(seed)
    row = OneRow(random.Random(seed + 1))
    limit = LIMIT_PER_INSTANCE * instances
    loop = asyncio.get_running_loop()
    limiters: list[SharedLimiter] = []
    admitted: list[tuple[float, float]] = []
    refused: list[float] = []

    async def call(limiter: SharedLimiter) -> None:
        came_at = loop.time()
        try:
            await limiter.admit(0, PATIENCE_SECONDS)
        except RateLimitError:
            refused.append(loop.time())
        else:
            admitted.append((loop.time(), loop.time() - came_at))

    async def instance(offset_seconds: float, own: random.Random) -> None:
        limiter = SharedLimiter(
            row,
            "simulation",
            limit,
            largest_batch=batch,
            clock=lambda: virtual_clock(offset_seconds),
            monotonic=loop.time,
            jitter=own.random,
        )
        limiters.append(limiter)
        per_second = load * limit / WINDOW_SECONDS / instances
        calls = []
        while loop.time() < seconds:
            await asyncio.sleep(own.expovariate(per_second))
            calls.append(asyncio.create_task(call(limiter)))
        for waiting in calls:
            waiting.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    await asyncio.gather(
        *(
            instance(dice.uniform(-SKEW_SECONDS, SKEW_SECONDS), random.Random(dice.random()))
            for _ in range(instances)
        )
    )
    times = [at for at, _ in admitted if at < seconds]
    measured = [(at, wait) for at, wait in admitted if warm_up_seconds <= at < seconds]
    waits = sorted(wait for _, wait in measured)
    possible = limit * (seconds - warm_up_seconds) / WINDOW_SECONDS
    changes = sum(limiter.exchanges for limiter in limiters)
    conflicts = sum(limiter.conflicts for limiter in limiters)
    return Outcome(
        instances,
        limit,
        load,
        batch,
        conflicts / max(1, changes),
        changes / max(1, len(times)),
        statistics.median(waits),
        waits[int(0.99 * (len(waits) - 1))],
        len(measured) / possible,
        most_in_any_window(times, WINDOW_SECONDS),
        len(refused),
    )


def simulate(
    instances: int,
    load: float,
    batch: int,
    *,
    seed: int = 7,
    warm_up_seconds: float = WARM_UP_SECONDS,
    measured_seconds: float = MEASURED_SECONDS,
) -> Outcome:
    """Let instances call at random for some minutes.

    Args:
        instances: How many share the limit of 60 a minute each.
        load: Calls offered, as a share of the limit.
        batch: The most permits leased at once; 1 is one change of the row per call.
        seed: Of all randomness.
        warm_up_seconds: How long to run before waits and use are measured, virtually.
        measured_seconds: How long to measure, virtually.
    """
    seconds = warm_up_seconds + measured_seconds
    return run_virtually(_simulate(instances, load, batch, seed, warm_up_seconds, seconds))


HEADER = (
    "           load  instances  limit/min  conflicts  changes/call  wait p50   wait p99  used  most in 60 s"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; fails if any window held more than the limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shared_limit", description=__doc__)
    parser.add_argument("--all", action="store_true", help="also the rows that take a minute each")
    given = parser.parse_args(arguments)
    began = time.perf_counter()
    print(HEADER)
    kept = True
    for load in (BELOW, ABOVE):
        for batch in (1, 10):
            for instances in (1, 8, 20, 100):
                is_slow = batch == 1 and instances * load >= 20
                if is_slow and load == ABOVE and not given.all:
                    continue
                # Below the limit nothing changes after the first seconds.
                warm_up, measured = (10.0, 10.0) if is_slow and not given.all else SPANS[load]
                outcome = simulate(instances, load, batch, warm_up_seconds=warm_up, measured_seconds=measured)
                kept = kept and outcome.most_in_a_window <= outcome.limit
                print(
                    f"{'per call' if batch == 1 else 'batches':9}{load:6.0%}{instances:11}{outcome.limit:11}"
                    f"{outcome.conflict_share:11.0%}{outcome.changes_per_permit:14.2f}"
                    f"{outcome.wait_p50 * 1000:7.0f} ms{outcome.wait_p99 * 1000:8.0f} ms"
                    f"{outcome.utilisation:6.0%}{outcome.most_in_a_window:14}",
                    flush=True,
                )
    print(
        f"Load and use are shares of the limit. {STORAGE_SECONDS[0] * 1000:.0f} to "
        f"{STORAGE_SECONDS[1] * 1000:.0f} ms per table request, clocks up to "
        f"{2 * SKEW_SECONDS:.1f} s apart, {time.perf_counter() - began:.0f} s of real time."
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
