"""Callers of the client: when they come, when they leave, and how late their calls end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass
from typing import Any

from shared_code.backends.contract import ChatRequest
from shared_code.errors import OpenAIServiceError
from shared_code.openai_client import OpenAIClient
from shared_code.reliability.deadline import Deadline
from tests.unit.guard.provider import a_request
from tests.unit.guard.virtual_time import now


@dataclass(frozen=True, slots=True)
class Ended:
    """One call: how late against its deadline, and what it became."""

    request: ChatRequest
    late_seconds: float
    result: Any


async def outcome(call: Awaitable[Any]) -> Any:
    """The result, or the error: both are an end."""
    try:
        return await call
    except OpenAIServiceError as error:
        return error


async def crowd(client: OpenAIClient, arrivals: list[float], deadline_seconds: float) -> list[Ended]:
    """Calls that arrive at these times, each with its own deadline."""

    async def caller(arrival: float) -> Ended:
        await asyncio.sleep(arrival)
        request = a_request()
        deadline = Deadline.after(deadline_seconds, now)
        result = await outcome(client.chat(request, deadline=deadline))
        return Ended(request, now() - deadline.expires_at, result)

    return list(await asyncio.gather(*(caller(arrival) for arrival in arrivals)))


async def some_leave(calls: list[Coroutine[Any, Any, Any]], leaves: list[float]) -> None:
    """Run calls together; the first ones are cancelled at these times."""
    callers = [asyncio.create_task(call) for call in calls]
    for caller, leave in zip(callers, leaves, strict=False):
        asyncio.get_running_loop().call_later(leave, caller.cancel)
    for result in await asyncio.gather(*callers, return_exceptions=True):
        if isinstance(result, Exception):
            raise result
