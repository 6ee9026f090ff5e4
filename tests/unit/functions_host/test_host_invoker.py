"""Running handlers: limits, threads, exits and the wait at shutdown."""

from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from local.functions_host.app_loader import LoadedFunction
from local.functions_host.invoker import HandlerExitError, InvocationTimeoutError, Invoker
from local.functions_host.threads import HandlerThreads
from local.functions_host.triggers import QueueTrigger

if TYPE_CHECKING:
    from collections.abc import Callable


def _function(handler: Callable[..., Any], *, is_async: bool) -> LoadedFunction:
    trigger = QueueTrigger("message", "jobs", "")
    return LoadedFunction("job", trigger, handler, Path(), takes_context=False, is_async=is_async)


def _invoker(timeout_seconds: float | None = None, *, threads: int = 2, shows: bool = False) -> Invoker:
    return Invoker(HandlerThreads(threads), timeout_seconds, shows_messages=shows)


async def test_both_kinds_of_handlers_return_their_result() -> None:
    """Async on the loop, sync in a thread."""

    async def on_loop(message: str) -> tuple[str, bool]:
        return message, threading.current_thread() is threading.main_thread()

    def in_thread(message: str) -> tuple[str, bool]:
        return message, threading.current_thread() is threading.main_thread()

    invoker = _invoker()
    assert await invoker.invoke(_function(on_loop, is_async=True), "a", "test") == ("a", True)
    assert await invoker.invoke(_function(in_thread, is_async=False), "b", "test") == ("b", False)


async def test_no_more_threads_than_allowed_run_at_once() -> None:
    """Four handlers, two places: the third begins when one of the first two has ended."""
    gate, running, most = threading.Event(), set[int](), list[int]()
    lock, begun = threading.Lock(), threading.Semaphore(0)

    def handler(message: int) -> None:
        with lock:
            running.add(message)
            most.append(len(running))
        begun.release()
        gate.wait(5)
        with lock:
            running.remove(message)

    invoker = _invoker(threads=2)
    tasks = [invoker.start(_function(handler, is_async=False), number, "test") for number in range(4)]
    for _ in range(2):
        await asyncio.to_thread(begun.acquire, timeout=5)
    gate.set()
    await asyncio.gather(*tasks)
    assert len(most) == 4
    assert max(most) <= 2


async def test_functions_timeout_ends_an_async_handler() -> None:
    """The handler is cancelled and the invocation fails with a class of its own."""
    ended = list[str]()

    async def handler(message: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(message)

    with pytest.raises(InvocationTimeoutError):
        await _invoker(0.01).invoke(_function(handler, is_async=True), "x", "test")
    assert ended == ["x"]


async def test_a_handlers_own_timeout_stays_its_own() -> None:
    """A TimeoutError of the handler is not taken for the host's limit."""

    async def handler(message: str) -> NoReturn:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await _invoker(5).invoke(_function(handler, is_async=True), "x", "test")


@pytest.mark.parametrize("error", [SystemExit, StopIteration])
async def test_a_handler_cannot_end_the_host(error: type[BaseException]) -> None:
    """`sys.exit` in a handler fails its invocation and nothing else."""

    def handler(message: str) -> NoReturn:
        raise error

    with pytest.raises(HandlerExitError):
        await _invoker().invoke(_function(handler, is_async=False), "x", "test")


@pytest.mark.parametrize(("shows", "expected"), [(False, False), (True, True)])
async def test_messages_of_errors_are_logged_only_on_request(
    caplog: pytest.LogCaptureFixture, shows: bool, expected: bool
) -> None:
    """By default class and place only: the message may quote what was worked on."""

    async def handler(message: str) -> NoReturn:
        raise ValueError("jane.roe@example.com")

    with caplog.at_level(logging.INFO), pytest.raises(ValueError, match="jane"):
        await _invoker(shows=shows).invoke(_function(handler, is_async=True), "x", "test")
    assert "ValueError" in caplog.text
    assert Path(__file__).name in caplog.text
    assert ("jane.roe@example.com" in caplog.text) is expected


async def test_draining_waits_for_what_runs_and_for_what_it_begins() -> None:
    """Work that begins more work is seen through to the last."""
    invoker, done = _invoker(), list[str]()

    async def second() -> None:
        await asyncio.sleep(0)
        done.append("second")

    async def first() -> None:
        await asyncio.sleep(0)
        invoker.begin(second())
        done.append("first")

    invoker.begin(first())
    assert await invoker.drain(5) == 0
    assert done == ["first", "second"]


async def test_draining_cancels_what_outlasts_the_grace() -> None:
    """It is counted, and it may still clean up."""
    invoker, cleaned = _invoker(), list[bool]()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(True)

    invoker.begin(endless())
    assert await invoker.drain(0.01) == 1
    assert cleaned == [True]
