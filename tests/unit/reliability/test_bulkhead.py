"""No more callers at once than allowed, none forgotten, and none kept longer than its deadline."""

from __future__ import annotations

import asyncio

import pytest

from shared_code.errors import TimeoutError as DeadlineError
from shared_code.reliability.bulkhead import Bulkhead


async def test_no_more_are_inside_than_there_are_places() -> None:
    """Twenty come at once, three are inside at any moment, and all get through in order."""
    bulkhead, inside, most, order = Bulkhead(3), 0, 0, []

    async def caller(number: int) -> None:
        nonlocal inside, most
        async with bulkhead.place(60.0):
            inside += 1
            most = max(most, inside)
            order.append(number)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*map(caller, range(20)))
    assert most == 3
    assert order == list(range(20))


async def test_who_waits_too_long_is_told_and_takes_no_place() -> None:
    """The place goes to the next one once it comes free."""
    bulkhead = Bulkhead(1)
    async with bulkhead.place(60.0):
        with pytest.raises(DeadlineError, match="OPENAI_MAX_CONCURRENT_REQUESTS"):
            async with bulkhead.place(0.0):
                pytest.fail("there was no place")
    async with bulkhead.place(0.0):
        pass


async def test_a_place_comes_free_however_its_holder_ends() -> None:
    """An error and a cancellation give it back."""
    bulkhead = Bulkhead(1)
    with pytest.raises(ZeroDivisionError):
        async with bulkhead.place(60.0):
            raise ZeroDivisionError

    async def holder() -> None:
        async with bulkhead.place(60.0):
            await asyncio.Event().wait()

    task = asyncio.create_task(holder())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with bulkhead.place(0.0):
        pass
