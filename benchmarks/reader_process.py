"""``python -m benchmarks.reader_process [FOLDER]``: what reading a file in a process of its own costs.

Every honest file is read by turns in a process and in a thread, with a pause before each, as CVs arrive.
The overhead is the difference of each file's best two, because three processes take turns here and a
machine that is busy with something else makes each of them wait. The folder, ``samples`` by default, holds
the files.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from shared_code.documents import DEFAULT_LIMITS
from shared_code.documents.reader_child import Bounds
from shared_code.documents.reader_process import DocumentReader, ReaderPool, ThreadReader
from shared_code.errors import DocumentError

ROOT = Path(__file__).parents[1]
COLD_STARTS = 5
ROUNDS = 8
PAUSE_SECONDS = 0.05
FILES_IN_A_ROW = 100
BAR_MS = 5.0
POLL_SECONDS = 0.001
READY_WITHIN_SECONDS = 60.0


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
    pool = ReaderPool(Bounds(10, 512), processes=1)
    started = time.perf_counter()
    pool.warm_up()
    await until(pool.pids)
    taken = time.perf_counter() - started
    await pool.aclose()
    return taken * 1000


async def reading_ms(reader: DocumentReader, content: bytes, filename: str) -> float:
    """One file, from the call to its text."""
    started = time.perf_counter()
    with suppress(DocumentError):
        await reader.read(content, media_type=None, filename=filename, limits=DEFAULT_LIMITS)
    return (time.perf_counter() - started) * 1000


async def pair_ms(
    pool: DocumentReader, thread: DocumentReader, content: bytes, filename: str
) -> tuple[float, float]:
    """One file in a process and in a thread, each after a pause."""
    await asyncio.sleep(PAUSE_SECONDS)
    in_process = await reading_ms(pool, content, filename)
    await asyncio.sleep(PAUSE_SECONDS)
    return in_process, await reading_ms(thread, content, filename)


def overhead_ms(rounds: Sequence[Sequence[tuple[float, float]]]) -> tuple[float, float]:
    """Medians over the files: of each one's best readings, which nothing disturbed, and of all."""
    best = [
        min(pair[0] for pair in readings) - min(pair[1] for pair in readings)
        for readings in zip(*rounds, strict=True)
    ]
    usual = [in_process - in_thread for pairs in rounds for in_process, in_thread in pairs]
    return statistics.median(best), statistics.median(usual)


def memory_mb(pid: int) -> tuple[float, float]:
    """Resident memory of a supervisor, and its share together with the fork that waits (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    shares = [_kib(each, "smaps_rollup", "Pss:") for each in (pid, *map(int, children))]
    return _kib(pid, "status", "VmRSS:") / 1024, sum(shares) / 1024


def _kib(pid: int, file: str, label: str) -> int:
    return int(Path(f"/proc/{pid}/{file}").read_text().split(label)[1].split()[0])


async def measure(files: Sequence[Path]) -> bool:
    """Print all figures; whether the overhead is under the bar."""
    cold = [await cold_start_ms() for _ in range(COLD_STARTS)]
    print(f"  cold start            {statistics.median(cold):7.0f} ms, best {min(cold):.0f}")
    pool, thread = ReaderPool(Bounds(10, 512), processes=1), ThreadReader()
    pool.warm_up()
    await until(pool.pids)
    contents = [(path.read_bytes(), path.name) for path in files]
    rounds = [[await pair_ms(pool, thread, *file) for file in contents] for _ in range(ROUNDS)]
    overhead, usual = overhead_ms(rounds)
    print(
        f"  overhead a file, warm {overhead:7.1f} ms on a machine of its own; bar {BAR_MS:.0f} ms"
        f" ({usual:.1f} ms beside all else that runs here now)"
    )
    await asyncio.sleep(PAUSE_SECONDS)
    before, shared = memory_mb(pool.pids()[0])
    for content, name in (contents * FILES_IN_A_ROW)[:FILES_IN_A_ROW]:
        await reading_ms(pool, content, name)
    await asyncio.sleep(PAUSE_SECONDS)
    after, _ = memory_mb(pool.pids()[0])
    print(f"  idle process          {before:7.1f} MB; {shared:.1f} MB with its fork, shared pages shared out")
    print(f"  after {FILES_IN_A_ROW} files more  {after:7.1f} MB")
    await pool.aclose()
    return overhead < BAR_MS


def main() -> int:
    """Measure; 1 where the bar is missed."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "samples"
    files = [path for path in sorted(folder.glob("*.*")) if path.suffix not in {".py", ".json"}]
    print(f"Reading in a process of its own, {len(files)} files of {folder.name}/")
    return 0 if asyncio.run(measure(files)) else 1


if __name__ == "__main__":
    sys.exit(main())
