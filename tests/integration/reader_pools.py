"""Pools of reader processes for tests, and how to look at the processes (Linux)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from shared_code.documents import DEFAULT_LIMITS, DocumentText
from shared_code.documents.reader_child import DEFAULT_READER, Bounds
from shared_code.documents.reader_process import ReaderPool

HOSTILE = "tests.integration.hostile_readers:read"
PATIENT = Bounds(seconds=30, memory_mb=512)
HASTY = Bounds(seconds=1, memory_mb=160)
HONEST = b"Robin Example, site manager, nineteen years of experience"
GONE_WITHIN_SECONDS = 5.0


@asynccontextmanager
async def running_pool(
    bounds: Bounds = PATIENT, *, processes: int = 1, reader: str = DEFAULT_READER
) -> AsyncIterator[ReaderPool]:
    pool = ReaderPool(bounds, processes=processes, reader=reader)
    try:
        yield pool
        assert pool.isolation == "process"
    finally:
        await pool.aclose()


async def read(pool: ReaderPool, content: bytes, filename: str | None = None) -> DocumentText:
    return await pool.read(content, media_type=None, filename=filename, limits=DEFAULT_LIMITS)


def told(document: DocumentText) -> object:
    """What a telling reader said."""
    return json.JSONDecoder().raw_decode(document.text)[0]


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def are_gone(pids: list[int]) -> bool:
    """Whether the processes ended; one that nobody has buried yet has."""
    stats = (Path(f"/proc/{pid}/stat") for pid in pids)
    return all(not stat.exists() or ") Z " in stat.read_text() for stat in stats)


async def until(condition: Callable[[], object], seconds: float = GONE_WITHIN_SECONDS) -> bool:
    for _ in range(round(seconds / 0.01)):
        if condition():
            return True
        await asyncio.sleep(0.01)
    return False
