"""Runs sync handlers beside the event loop, no more than a limit at once, without holding up the exit."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

from local.functions_host.errors import HostStartError

T = TypeVar("T")

_SETTING = "PYTHON_THREADPOOL_THREAD_COUNT"


def thread_limit(environ: Mapping[str, str]) -> int:
    """Return how many sync handlers may run at once.

    ``PYTHON_THREADPOOL_THREAD_COUNT`` decides, else Python's own default for thread pools.

    Raises:
        HostStartError: The setting is no number from 1 to 32, the range Functions allows.
    """
    text = environ.get(_SETTING, "").strip()
    if not text:
        return min(32, (os.cpu_count() or 1) + 4)
    if not text.isdigit() or not 1 <= int(text) <= 32:
        raise HostStartError(f"{_SETTING} must be a number from 1 to 32")
    return int(text)


class HandlerThreads:
    """A thread for every running sync handler.

    The threads are daemons, unlike those of ``ThreadPoolExecutor``: a handler that never returns cannot be
    stopped, and must not keep the host from ending.
    """

    def __init__(self, limit: int) -> None:
        self._free = asyncio.Semaphore(limit)

    async def run(self, name: str, call: Callable[[], T]) -> T:
        """Run a callable in a thread and return what it returns; its exception is raised here.

        Where the caller is cancelled, the callable runs on and keeps its place until it ends.
        """
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = loop.create_future()
        context = contextvars.copy_context()

        def settle(result: T | None, error: BaseException | None) -> None:
            self._free.release()
            if outcome.cancelled():
                return
            if error is not None:
                outcome.set_exception(error)
            else:
                outcome.set_result(result)  # type: ignore[arg-type]  # without an error there is a result

        def work() -> None:
            result: T | None = None
            error: BaseException | None = None
            try:
                result = context.run(call)
            except BaseException as raised:  # noqa: BLE001 - handed to the caller, whatever it is
                error = raised
            # The loop is closed where the host ended in the meantime: nobody waits for the outcome.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(settle, result, error)

        threading.Thread(target=work, name=name, daemon=True).start()
        return await outcome
