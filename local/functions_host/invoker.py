"""Runs a handler once: context, time limit, log lines, and the account of what runs for the shutdown."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

from local.functions_host.app_loader import LoadedFunction
from local.functions_host.invocation_context import InvocationContext, trace_context
from local.functions_host.threads import HandlerThreads

_log = logging.getLogger("functions_host")

T = TypeVar("T")

_OWN_FOLDER = str(Path(__file__).parent)


class InvocationTimeoutError(Exception):
    """The handler took longer than `functionTimeout` of `host.json`."""


class HandlerExitError(Exception):
    """The handler tried to end the whole process; only its invocation ends."""


class Invoker:
    """Invokes functions.

    Args:
        threads: Where sync handlers run.
        timeout_seconds: Limit of one invocation, None for none.
        shows_messages: Whether the messages of handlers' exceptions are logged. They may quote what the
            handler was working on, so they are not unless a person asks for it.
    """

    def __init__(
        self, threads: HandlerThreads, timeout_seconds: float | None, *, shows_messages: bool = False
    ) -> None:
        self._threads = threads
        self._timeout_seconds = timeout_seconds
        self._shows_messages = shows_messages
        self._running: set[asyncio.Task[Any]] = set()

    async def invoke(
        self,
        function: LoadedFunction,
        argument: object,
        reason: str,
        headers: Mapping[str, str] | None = None,
    ) -> object:
        """Run a function's handler and return what it returns; failures are logged and raised.

        Args:
            function: The function.
            argument: What its trigger's parameter gets.
            reason: For the log line: what woke it, without any content.
            headers: The request's headers, for the trace context.
        """
        context = InvocationContext(function.name, str(function.directory), trace_context(headers or {}))
        _log.info("Executing '%s' (Reason='%s', Id=%s)", function.id, reason, context.invocation_id)
        started = time.perf_counter()
        try:
            result = await self._limited(function, argument, context)
        except asyncio.CancelledError:
            _log.warning("Executed '%s' (Cancelled, Id=%s)", function.id, context.invocation_id)
            raise
        except Exception as error:
            _log.error(
                "Executed '%s' (Failed, Id=%s, Duration=%dms)\n%s",
                function.id,
                context.invocation_id,
                (time.perf_counter() - started) * 1000,
                self._description(error),
            )
            raise
        duration_ms = (time.perf_counter() - started) * 1000
        _log.info(
            "Executed '%s' (Succeeded, Id=%s, Duration=%dms)", function.id, context.invocation_id, duration_ms
        )
        return result

    def start(
        self,
        function: LoadedFunction,
        argument: object,
        reason: str,
        headers: Mapping[str, str] | None = None,
    ) -> asyncio.Task[object]:
        """Begin `invoke` in a task of its own, which the shutdown waits for."""
        return self.begin(self.invoke(function, argument, reason, headers))

    def begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin any work in a task that the shutdown waits for."""
        task = asyncio.create_task(work)
        self.watch(task)
        return task

    def watch(self, task: asyncio.Task[Any]) -> None:
        """Count a task among what the shutdown waits for."""
        self._running.add(task)
        task.add_done_callback(self._forget)

    async def drain(self, grace_seconds: float) -> int:
        """Wait for what is running, then cancel the rest.

        Returns:
            How many tasks had to be cancelled.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + grace_seconds
        # What is running may begin more: a batch of messages just taken is seen through as well.
        while self._running and loop.time() < end:
            await asyncio.wait(set(self._running), timeout=end - loop.time())
        late = set(self._running)
        for task in late:
            task.cancel()
        if late:
            # A cancelled handler may still put things in order, but not for ever.
            await asyncio.wait(late, timeout=2)
        return len(late)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            # Already logged where it happened; reading it keeps asyncio from reporting it once more.
            task.exception()

    async def _limited(
        self, function: LoadedFunction, argument: object, context: InvocationContext
    ) -> object:
        try:
            async with asyncio.timeout(self._timeout_seconds) as limit:
                return await self._call(function, argument, context)
        except TimeoutError:
            if limit.expired():
                raise InvocationTimeoutError(
                    f"longer than functionTimeout ({self._timeout_seconds:g} s)"
                ) from None
            raise

    async def _call(self, function: LoadedFunction, argument: object, context: InvocationContext) -> object:
        arguments: dict[str, object] = {function.trigger.argument: argument}
        if function.takes_context:
            arguments["context"] = context
        if function.is_async:
            try:
                return await function.handler(**arguments)
            except SystemExit as error:
                raise HandlerExitError from error

        def call() -> object:
            context.thread_local_storage.invocation_id = context.invocation_id
            try:
                return function.handler(**arguments)
            except (SystemExit, StopIteration) as error:
                # Neither can travel through a future.
                raise HandlerExitError from error

        return await self._threads.run(f"handler-{function.name}", call)

    def _description(self, error: Exception) -> str:
        if self._shows_messages:
            return "".join(traceback.format_exception(error)).rstrip()
        # The host's own frames say nothing about the app's mistake.
        frames = [
            f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(_OWN_FOLDER)
        ]
        lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        kinds = [type(error).__qualname__]
        cause = error.__cause__ or error.__context__
        while cause is not None and len(kinds) < 5:
            kinds.append(type(cause).__qualname__)
            cause = cause.__cause__ or cause.__context__
        lines.append(f"{' from '.join(kinds)} (message withheld; start with --show-errors to see it)")
        return "\n".join(lines)
