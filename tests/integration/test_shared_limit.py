"""Four real processes share one limit through a real table: never more in any window, hardly less."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.shared_limit import most_in_any_window
from local.azurite import FREE_PORTS, Azurite, running_azurite
from shared_code.shared_limiter import SharedLimiter
from shared_code.storage import StorageAccount, StorageTarget

PROCESSES = 4
CALLERS = 20
LIMIT = 100
WINDOW_SECONDS = 3.0
RUN_SECONDS = 10.2
# All processes read the same clock here.
SKEW_SECONDS = 0.02
READY = "ready\n"


@pytest.fixture(scope="module")
def azurite() -> Iterator[Azurite]:
    with running_azurite(None, ports=FREE_PORTS) as running:
        yield running


async def hammer(connection_string: str, starts_at: float) -> list[float]:
    """Ask for permits as fast as they come; the wall-clock times at which they were given."""
    admitted: list[float] = []
    ends_at = starts_at + RUN_SECONDS
    async with StorageAccount(StorageTarget(connection_string=connection_string)) as storage:
        limiter = SharedLimiter(
            storage.tables,
            "processes",
            LIMIT,
            window_seconds=WINDOW_SECONDS,
            skew_seconds=SKEW_SECONDS,
        )

        async def caller() -> None:
            while time.time() < ends_at:
                await limiter.admit(0, 60.0)
                admitted.append(time.time())

        await asyncio.sleep(max(0.0, starts_at - time.time()))
        callers = [asyncio.create_task(caller()) for _ in range(CALLERS)]
        await asyncio.wait(callers, timeout=RUN_SECONDS)
        for task in callers:
            task.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
        if limiter.is_degraded or limiter.exchanges == 0:
            raise RuntimeError(f"the table was out of reach: {limiter.status()}")
    return admitted


def test_four_processes_never_pass_the_limit_and_use_nearly_all_of_it(azurite: Azurite) -> None:
    """In no window of that length more than the limit, and over the run at least 90 % of it."""
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.integration.test_shared_limit", azurite.connection_string],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    logs: list[list[float]] = []
    try:
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == READY
        starts_at = time.time() + 0.2
        for child in children:
            assert child.stdin is not None
            child.stdin.write(f"{starts_at}\n")
            child.stdin.flush()
        for child in children:
            output, _ = child.communicate(timeout=RUN_SECONDS + 40.0)
            assert child.returncode == 0
            logs.append(json.loads(output))
    finally:
        for child in children:
            if child.poll() is None:
                child.kill()
                child.communicate()
    times = sorted(at for log in logs for at in log)
    assert most_in_any_window(times, WINDOW_SECONDS) <= LIMIT
    assert all(logs), "a process got nothing"
    # So many permits need at least this many whole windows after the first burst, which comes at once.
    least_seconds = WINDOW_SECONDS * ((len(times) - 1) // LIMIT)
    used = least_seconds / (times[-1] - times[0])
    assert used >= 0.9, (
        f"{len(times)} permits, {used:.1%} of the limit, per process {[len(log) for log in logs]}"
    )
    assert starts_at + RUN_SECONDS - times[-1] <= WINDOW_SECONDS / 0.9, "it came to a halt"
    assert len(times) >= 3 * LIMIT


async def serve(connection_string: str) -> list[float]:
    """Get everything ready, say so, and hammer from the moment that is told."""
    async with StorageAccount(StorageTarget(connection_string=connection_string)) as storage:
        await storage.ping(timeout_seconds=60.0)  # which imports the SDK
    print(READY, end="", flush=True)  # noqa: T201  (the parent waits for it)
    return await hammer(connection_string, float(sys.stdin.readline()))


if __name__ == "__main__":
    json.dump(asyncio.run(serve(sys.argv[1])), sys.stdout)
