"""The clock of these tests."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.guard.virtual_time import in_virtual_time, now


def test_virtual_time_passes_without_waiting() -> None:
    """A day of sleep and a timeout within it, at once."""

    async def work() -> float:
        began = now()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.sleep(86_400)
        await asyncio.sleep(86_400)
        return now() - began

    assert in_virtual_time(work) == pytest.approx(86_405)
