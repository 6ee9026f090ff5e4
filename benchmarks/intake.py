"""``python -m benchmarks.intake [--cvs 1000]``: the intake at full load, through the real stack.

CVs are dropped into the inbox and go all the way: blob trigger, queue, worker, three calls of a model that
takes two seconds, results. The first hundred warm the app up and fill a page of the list; what follows is
measured: its wall time against the ideal (calls / concurrency x latency), the host's memory and the answers
to a list and to the usage before and after, and the CPU time of each process. 1 where a bar is missed. The
three processes need two cores for themselves.

The usage is read from cost records, which a timer derives every five minutes: one row per day, assistant and
model, however many CVs there were. A young app has none, and to read none is faster than to read three. So
the timer's work is done before both moments, which then read the same rows and differ by the load alone; the
answer as it was found, with no record or some, is printed beside them without a bar.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import psutil  # type: ignore[import-untyped]

from shared_code.accounting.cost_records import cost_records_of_day, derive_cost_records
from shared_code.intake.job import INBOX_CONTAINER
from shared_code.intake.states import JobState
from tests.integration.chaos.cvs import CvFile, readable_cv
from tests.integration.chaos.system import System, running_system

CVS = 1_000
CALLS_PER_CV = 3
LATENCY_SECONDS = 2.0
CONCURRENCY = 32
MOST_TIMES_THE_IDEAL = 1.15
MOST_GROWTH_MB = 50.0
MOST_TIMES_SLOWER = 1.5
# The host has warmed up by then: the first figures are taken here, and the load begins.
EARLY_CVS = 100
GETS = 25
DROPS_AT_ONCE = 8
LOOK_EVERY_SECONDS = 0.25
MIB = 1024 * 1024
SETTINGS = {
    "OPENAI_MAX_CONCURRENT_REQUESTS": str(CONCURRENCY),
    # Enough CVs in work that a call is always waiting for its turn.
    "AzureFunctionsJobHost__extensions__queues__batchSize": "32",
    "AzureFunctionsJobHost__extensions__queues__newBatchThreshold": "32",
    "AzureFunctionsJobHost__extensions__queues__maxPollingInterval": "00:00:01",
    "LOCAL_FUNCTIONS_BLOB_POLL_SECONDS": "2",
}
USAGE = "/api/usage"
PAGES = {"GET /api/cv?limit=50": "/api/cv?limit=50", f"GET {USAGE}": USAGE}


@dataclass(frozen=True, slots=True)
class Moment:
    """How things stood between two loads. Latencies are medians in milliseconds.

    ``records`` are today's cost records when ``latencies_ms`` were taken; ``records_found`` those before
    the timer's work was done, when ``usage_found_ms`` was.
    """

    rss_mb: float
    latencies_ms: dict[str, float]
    records: int
    records_found: int
    usage_found_ms: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The load between the early moment and the late one; ``cpu_seconds`` of it by process."""

    cvs: int
    wall_seconds: float
    most_in_flight: int
    early: Moment
    late: Moment
    cpu_seconds: dict[str, float]

    @property
    def ideal_seconds(self) -> float:
        """What the model alone would take."""
        return self.cvs * CALLS_PER_CV / CONCURRENCY * LATENCY_SECONDS


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; ``bar`` None where nothing is demanded."""

    name: str
    value: float
    unit: str
    bar: float | None = None

    @property
    def is_missed(self) -> bool:
        """Whether the bar is missed."""
        return self.bar is not None and self.value > self.bar

    def __str__(self) -> str:
        verdict = (
            "" if self.bar is None else f"  {'MISS' if self.is_missed else 'pass'}  (at most {self.bar:g})"
        )
        return f"{self.name:44} {self.value:9.2f} {self.unit:4}{verdict}"


async def measure(cvs: int, work_dir: Path) -> Measured:
    """Start everything, run so many CVs through it, and look at it early and late."""
    latency = f"{LATENCY_SECONDS * 1000:g}"
    async with running_system(work_dir, SETTINGS, latency=latency) as system:
        first = min(EARLY_CVS, cvs // 2)
        await _drop(system, range(first))
        await _until_done(system, first)
        processes = _processes(system)
        early = await _moment(system, processes["host"])
        before = {name: _cpu_seconds(process) for name, process in processes.items()}
        began = time.monotonic()
        dropping = asyncio.create_task(_drop(system, range(first, cvs)))
        await _until_done(system, cvs)
        wall_seconds = time.monotonic() - began
        await dropping
        cpu = {name: _cpu_seconds(process) - before[name] for name, process in processes.items()}
        late = await _moment(system, processes["host"])
        in_flight = (await system.totals())["most_in_flight"]
        return Measured(cvs - first, wall_seconds, in_flight, early, late, cpu)


def _processes(system: System) -> dict[str, psutil.Process]:
    children = psutil.Process().children()
    emulator = next(child for child in children if "local.openai_emulator" in child.cmdline())
    return {
        "host": psutil.Process(system.host_pid),
        "azurite": psutil.Process(system.azurite.pid),
        "emulator": emulator,
        "benchmark": psutil.Process(),
    }


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def _drop(system: System, numbers: range) -> None:
    """Put CVs into the inbox, a few at a time."""
    randomness, slots = Random(numbers.start), asyncio.Semaphore(DROPS_AT_ONCE)

    async def drop(cv: CvFile) -> None:
        async with slots:
            await system.account.blobs.put_bytes(INBOX_CONTAINER, cv.name, cv.content, "text/plain")

    await asyncio.gather(*(drop(readable_cv(number, randomness)) for number in numbers))


async def _until_done(system: System, count: int) -> None:
    """Wait until so many jobs are done; the model's answers are counted first, which costs nothing."""
    await _until_answered(system, CALLS_PER_CV * count)
    while await system.desk.jobs.count(JobState.DONE, at_most=count) < count:  # noqa: ASYNC110  (another process)
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _until_answered(system: System, answers: int) -> None:
    while await _answered(system) < answers:  # noqa: ASYNC110  (another process)
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _answered(system: System) -> int:
    return int((await system.totals())["billed"])


async def _moment(system: System, host: psutil.Process) -> Moment:
    rss_mb = float(host.memory_info().rss) / MIB
    tables, today = system.account.tables, datetime.now(UTC).date()
    records_found = len(await cost_records_of_day(tables, today))
    usage_found_ms = await _median_ms(system, USAGE)
    records = len(await derive_cost_records(tables, today))
    latencies_ms = {name: await _median_ms(system, path) for name, path in PAGES.items()}
    return Moment(rss_mb, latencies_ms, records, records_found, usage_found_ms)


async def _median_ms(system: System, path: str) -> float:
    taken = []
    for _ in range(GETS):
        began = time.perf_counter()
        async with system.http.get(system.url + path, headers={"x-functions-key": system.key}) as response:
            response.raise_for_status()
            await response.read()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def rows_of(measured: Measured) -> list[Row]:
    """The table."""
    early, late = measured.early, measured.late
    rows = [
        Row("wall time", measured.wall_seconds, "s"),
        Row("ideal: calls / concurrency x latency", measured.ideal_seconds, "s"),
        Row("wall time / ideal", measured.wall_seconds / measured.ideal_seconds, "x", MOST_TIMES_THE_IDEAL),
        Row("most calls in flight", measured.most_in_flight, ""),
        Row("host's memory early", early.rss_mb, "MiB"),
        Row("host's memory at the end", late.rss_mb, "MiB"),
        Row("growth", late.rss_mb - early.rss_mb, "MiB", MOST_GROWTH_MB),
    ]
    for name in PAGES:
        rows += [
            Row(f"{name} early", early.latencies_ms[name], "ms"),
            Row(f"{name} late", late.latencies_ms[name], "ms"),
            Row(
                f"{name} late / early",
                late.latencies_ms[name] / early.latencies_ms[name],
                "x",
                MOST_TIMES_SLOWER,
            ),
        ]
    usage_late_ms = late.latencies_ms[f"GET {USAGE}"]
    rows += [
        Row("cost records read early", early.records, ""),
        Row("cost records read late", late.records, ""),
        Row("cost records as found early", early.records_found, ""),
        Row(f"GET {USAGE} as found early", early.usage_found_ms, "ms"),
        Row(f"GET {USAGE} late / as found early", usage_late_ms / early.usage_found_ms, "x"),
        *(
            Row(f"CPU per CV: {name}", 1000 * s / measured.cvs, "ms")
            for name, s in measured.cpu_seconds.items()
        ),
        Row("CPU per CV: all", 1000 * sum(measured.cpu_seconds.values()) / measured.cvs, "ms"),
    ]
    return rows


def main() -> int:
    """Print the table; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description="The intake at full load.")
    parser.add_argument("--cvs", type=int, default=CVS, help="how many (default: %(default)s)")
    cvs: int = parser.parse_args().cvs
    with tempfile.TemporaryDirectory() as folder:
        measured = asyncio.run(measure(cvs, Path(folder) / "work"))
    print(
        f"{measured.cvs} CVs after {cvs - measured.cvs}, "
        f"{CONCURRENCY} concurrent calls of {LATENCY_SECONDS:g} s each"
    )
    rows = rows_of(measured)
    for row in rows:
        print(row)
    missed = [row.name for row in rows if row.is_missed]
    print(f"missed: {', '.join(missed)}" if missed else "every bar is met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
