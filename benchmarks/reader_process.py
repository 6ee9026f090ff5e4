"""``make bench-reader``: what reading a file in a process of its own costs, beside reading it in the app.

Every honest file is read by turns in a process and in a thread, with a pause before each, as CVs arrive: once
as busy as the machine is, and once beside work for every core. The overhead is the difference of a file's two
medians, and its median over the files. ``python -m benchmarks.reader_process FOLDER`` takes other files.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.support.reader_probe import read_and_clock, told
from shared_code.documents import DEFAULT_LIMITS, DocumentText, read_document
from shared_code.documents.reader_child import Bounds
from shared_code.documents.reader_process import DocumentReader, ReaderPool, ThreadReader
from shared_code.errors import DocumentError
from shared_code.settings import IntakeSettings

ROOT = Path(__file__).parents[1]
COLD_STARTS = 5
ROUNDS = 8
PAUSE_SECONDS = 0.05
FILES_IN_A_ROW = 100
BAR_MS = 5.0
POLL_SECONDS = 0.001
READY_WITHIN_SECONDS = 60.0
_CLOCK = f"{read_and_clock.__module__}:{read_and_clock.__name__}"
_TICKS = os.sysconf("SC_CLK_TCK")

File = tuple[bytes, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """One file, read in a process and in a thread; milliseconds."""

    in_process: float
    in_thread: float
    way_there: float
    reading: float
    way_back: float
    app_processor: float
    reading_processor: float
    thread_processor: float


def _bounds() -> Bounds:
    settings = IntakeSettings()
    return Bounds(settings.reader_seconds, settings.reader_memory_mb)


async def until(is_true: Callable[[], object]) -> None:
    """Wait for what a thread brings about.

    Raises:
        TimeoutError: It did not come.
    """
    for _ in range(round(READY_WITHIN_SECONDS / POLL_SECONDS)):
        if is_true():
            return
        await asyncio.sleep(POLL_SECONDS)
    raise TimeoutError


async def cold_start_ms() -> float:
    """From nothing to a process that waits for its first file."""
    pool = ReaderPool(_bounds(), processes=1)
    started = time.perf_counter()
    pool.warm_up()
    await until(pool.pids)
    taken = time.perf_counter() - started
    await pool.aclose()
    return taken * 1000


async def read(reader: DocumentReader, file: File) -> DocumentText:
    """One file's text."""
    return await reader.read(file[0], media_type=None, filename=file[1], limits=DEFAULT_LIMITS)


async def pair(pool: DocumentReader, thread: DocumentReader, file: File) -> Pair:
    """One file in a process and in a thread, each after a pause."""
    await asyncio.sleep(PAUSE_SECONDS)
    asked, before = time.monotonic(), time.process_time()
    document = await read(pool, file)
    got, after = time.monotonic(), time.process_time()
    times = told(document)
    await asyncio.sleep(PAUSE_SECONDS)
    started, thread_before = time.monotonic(), time.process_time()
    await read(thread, file)
    ended, thread_after = time.monotonic(), time.process_time()
    seconds = (
        got - asked,
        ended - started,
        times["entered"] - asked,
        times["left"] - times["entered"],
        got - times["left"],
        after - before,
        times["processor"],
        thread_after - thread_before,
    )
    return Pair(*(1000 * each for each in seconds))


def overhead_ms(rounds: Sequence[Sequence[Pair]]) -> float:
    """The median over the files of the differences of each one's medians."""
    by_file: list[tuple[Pair, ...]] = list(zip(*rounds, strict=True))
    return statistics.median(
        statistics.median(each.in_process for each in pairs)
        - statistics.median(each.in_thread for each in pairs)
        for pairs in by_file
    )


def processor_ms(pid: int) -> float:
    """Processor time of a supervisor and of all the forks that it buried (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(float(ticks) for ticks in fields[11:15]) * 1000 / _TICKS


@contextmanager
def work_for_every_core() -> Iterator[None]:
    """Somebody else's, as busy as can be."""
    loop = [sys.executable, "-S", "-c", "while True: pass"]
    others = [subprocess.Popen(loop) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


async def measure_overhead(files: Sequence[File], label: str) -> bool:
    """Print what a process costs, by step; whether it is under the bar."""
    pool, thread = ReaderPool(_bounds(), processes=1, reader=_CLOCK), ThreadReader()
    pool.warm_up()
    await until(pool.pids)
    [pid] = pool.pids()
    for file in files:  # what is made once, on either side
        await pair(pool, thread, file)
    before = processor_ms(pid)
    rounds = [[await pair(pool, thread, file) for file in files] for _ in range(ROUNDS)]
    await asyncio.sleep(PAUSE_SECONDS)
    process = (processor_ms(pid) - before) / (ROUNDS * len(files))
    await pool.aclose()
    every = [each for pairs in rounds for each in pairs]

    def usual(name: str) -> float:
        return statistics.median(float(getattr(each, name)) for each in every)

    def mean(name: str) -> float:
        return statistics.fmean(float(getattr(each, name)) for each in every)

    overhead = overhead_ms(rounds)
    is_met = overhead < BAR_MS
    verdict = f"bar {BAR_MS:.0f} ms: {'met' if is_met else 'MISSED'}"
    aside = process - mean("reading_processor")
    more = mean("app_processor") + mean("reading_processor") - mean("thread_processor")
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"  overhead a file, {label:<29}{overhead:5.1f} ms; {verdict} ({load})")
    print(
        f"    by the clock: to the fork {usual('way_there'):.1f}, reading {usual('reading'):.1f}, back"
        f" {usual('way_back'):.1f}, in all {usual('in_process'):.1f} ms; in the app {usual('in_thread'):.1f}"
    )
    print(
        f"    processor time (means): app {mean('app_processor'):.1f}, fork {mean('reading_processor'):.1f};"
        f" in the app {mean('thread_processor'):.1f}, so {more:.1f} more; while nobody waits {aside:.1f} ms"
    )
    return is_met


def memory_mb(pid: int) -> tuple[float, float]:
    """Resident memory of a supervisor, and its share together with the fork that waits (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    shares = [_kib(each, "smaps_rollup", "Pss:") for each in (pid, *map(int, children))]
    return _kib(pid, "status", "VmRSS:") / 1024, sum(shares) / 1024


def _kib(pid: int, file: str, label: str) -> int:
    return int(Path(f"/proc/{pid}/{file}").read_text().split(label)[1].split()[0])


async def measure_memory(files: Sequence[File]) -> None:
    """Print what a process holds, and what files leave in it."""
    pool = ReaderPool(_bounds(), processes=1)
    await read(pool, files[0])
    await asyncio.sleep(PAUSE_SECONDS)
    before, shared = memory_mb(pool.pids()[0])
    for file in (list(files) * FILES_IN_A_ROW)[:FILES_IN_A_ROW]:
        await read(pool, file)
    await asyncio.sleep(PAUSE_SECONDS)
    after, _ = memory_mb(pool.pids()[0])
    await pool.aclose()
    print(f"  idle process          {before:7.1f} MB; {shared:.1f} MB with its fork, shared pages shared out")
    print(f"  after {FILES_IN_A_ROW} files more  {after:7.1f} MB")


async def measure(files: Sequence[File]) -> bool:
    """Print all figures; whether the overhead is under the bar, in quiet and beside other work."""
    cold = [await cold_start_ms() for _ in range(COLD_STARTS)]
    print(f"  cold start            {statistics.median(cold):7.0f} ms, best {min(cold):.0f}")
    is_met = await measure_overhead(files, "as busy as it is here now")
    with work_for_every_core():
        is_met = await measure_overhead(files, "beside work for every core") and is_met
    await measure_memory(files)
    return is_met


def readable(paths: Sequence[Path]) -> Iterator[File]:
    """Files that hold text; of the others a process has nothing to tell."""
    for path in paths:
        try:
            read_document(path.read_bytes(), filename=path.name)
        except DocumentError:
            continue
        yield path.read_bytes(), path.name


def main() -> int:
    """Measure; 1 where the bar is missed."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "samples"
    paths = [path for path in sorted(folder.glob("*.*")) if path.suffix not in {".py", ".json"}]
    files = list(readable(paths))
    print(f"Reading in a process of its own, {len(files)} files of {folder.name}/")
    return 0 if asyncio.run(measure(files)) else 1


if __name__ == "__main__":
    sys.exit(main())
