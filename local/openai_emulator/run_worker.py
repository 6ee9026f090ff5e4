"""The life of runs after the request that created them: one task each, until it ends or the emulator does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from local.openai_emulator.faults import Fault
from local.openai_emulator.messages import Message
from local.openai_emulator.operation import Job, Operation
from local.openai_emulator.problems import ApiError
from local.openai_emulator.run_endings import (
    Ending,
    ending_before_answer,
    ending_of_answer,
    failed_ending,
    ordered_ending,
)
from local.openai_emulator.run_orders import ENDLESS_STATUSES, RunOrder
from local.openai_emulator.runs import EXPIRES_AFTER_SECONDS, Run
from local.openai_emulator.state import EmulatorState
from local.openai_emulator.threads import Thread

# What an order of an incomplete run does to the answer; the third reason ends it before there is one.
SPOILED_BY = {"max_completion_tokens": "finish_length", "content_filter": "content_filter_output"}


@dataclass(slots=True)
class RunWorker:
    """Works on runs by the chat API, so that the same messages get the same answer.

    ``pause`` waits for seconds; it is the seam for tests of what takes minutes.
    """

    state: EmulatorState
    chat: Operation
    pause: Callable[[float], Awaitable[None]]
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def start(self, run: Run, thread: Thread, job: Job, fault: Fault | None) -> None:
        """Let a run begin; the caller sees it queued."""
        task = asyncio.create_task(self._live(run, thread, job, fault), name=run.id)
        self._tasks[run.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(run.id, None))

    def cancel(self, run: Run) -> dict[str, Any]:
        """Stop a run, and show it while it is being cancelled.

        Raises:
            ApiError: 400 where it is over already.
        """
        run.cancel()
        self._tasks[run.id].cancel()
        return run.as_json()

    async def close(self) -> None:
        """Drop every run that is not over."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _live(self, run: Run, thread: Thread, job: Job, fault: Fault | None) -> None:
        try:
            ending = await self._worked(run, job, fault)
        except asyncio.CancelledError:
            if run.status != "cancelling":
                raise
            ending = ending_before_answer("cancelled", job.prompt_tokens)
        if self.state.stopping.is_set():
            return  # the pauses were cut short: nothing of this happened
        run.end(ending)
        if ending.content is not None:
            thread.messages.append(
                Message(
                    thread.id,
                    "assistant",
                    ending.content,
                    assistant_id=run.request.assistant.id,
                    run_id=run.id,
                    incomplete_reason=ending.incomplete_reason,
                )
            )
        self.state.ledger.end_run(run.entry, ending.status, ending.use)

    async def _worked(self, run: Run, job: Job, fault: Fault | None) -> Ending:
        order = RunOrder.parse(fault.body) if fault is not None and fault.kind == "run_ends" else None
        if order is not None and order.status == "queued":
            return await self._expired(job)
        loop = asyncio.get_running_loop()
        began = loop.time()
        run.begin()
        ending = await self._ending(run, job, fault, order)
        tokens = ending.use.completion if ending.use is not None else 0
        seconds = self.state.latency.seconds(tokens, self.state.latency_randomness)
        await self.pause(seconds - (loop.time() - began))
        if order is not None and order.status == "requires_action":
            run.require_action()
        if order is not None and order.status in {*ENDLESS_STATUSES, "requires_action"}:
            return await self._expired(job)
        return ending

    async def _expired(self, job: Job) -> Ending:
        await self.pause(EXPIRES_AFTER_SECONDS)
        return ending_before_answer("expired", job.prompt_tokens)

    async def _ending(self, run: Run, job: Job, fault: Fault | None, order: RunOrder | None) -> Ending:
        limit = run.request.max_prompt_tokens
        if limit is not None and job.prompt_tokens > limit:
            # The service would first leave out the oldest messages; with one CV there is nothing to leave.
            return ending_before_answer("incomplete", limit, reason="max_prompt_tokens")
        if fault is not None and fault.kind == "content_filter_prompt":
            return failed_ending(
                "invalid_prompt", "The content filter refused the prompt.", job.prompt_tokens
            )
        if order is not None:
            if order.status != "incomplete" or order.reason not in SPOILED_BY:
                return ordered_ending(order, job.prompt_tokens)
            fault = Fault(SPOILED_BY[order.reason])
        try:
            answer = await job.run()
        except ApiError as error:
            return failed_ending("server_error", error.message, job.prompt_tokens)
        return ending_of_answer(self.chat.spoil(answer, fault) if fault is not None else answer)
