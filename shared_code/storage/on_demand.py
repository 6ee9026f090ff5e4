"""Tables, containers and queues come into being when a write misses them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

ResultT = TypeVar("ResultT")


async def creating_on_demand(
    write: Callable[[], Awaitable[ResultT]], create: Callable[[], Awaitable[object]]
) -> ResultT:
    """Write; where the place to write to is missing, create it and write again.

    Creating only what is missed costs nothing on all other days, and mends a deleted one too.
    """
    from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

    try:
        return await write()
    except ResourceNotFoundError:
        # Another instance may have been quicker. One still being deleted fails the second write.
        with suppress(ResourceExistsError):
            await create()
        return await write()
