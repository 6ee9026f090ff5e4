"""Takes messages from one queue and sees each through: lease, renewal, deletion, retry, poison queue."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.storage.queue import QueueMessage as StoredMessage
from azure.storage.queue.aio import QueueClient

from local.functions_host.host_json import QueueOptions
from local.functions_host.queue_policy import AfterFailure, PollingBackoff, after_failure, decode_body
from local.functions_host.trigger_inputs import QueueInput

_log = logging.getLogger("functions_host")

Handle = Callable[[QueueInput], Awaitable[None]]
PoisonQueue = Callable[[QueueInput | None], QueueClient | None]


@dataclass(slots=True)
class _Lease:
    """A message in work and the receipt that currently holds it; every renewal changes the receipt."""

    message: StoredMessage
    pop_receipt: str


class QueueListener:
    """Listens to one queue until it is cancelled.

    A handler that raises has failed; the message then waits, or goes to the poison queue (`queue_policy`).

    Args:
        queue: The queue; it may come into being later.
        poison_queue: Names the poison queue for a message (None where its body cannot be decoded), or None.
        options: From `host.json`.
        lease_seconds: For how long a message is invisible unless renewed; renewed at half of it.
        handle: Does the work for one message.
        watch: Told of every task that must be seen through at shutdown.
        jitter: Randomness of the polling.
    """

    def __init__(
        self,
        queue: QueueClient,
        *,
        poison_queue: PoisonQueue,
        options: QueueOptions,
        lease_seconds: float,
        handle: Handle,
        watch: Callable[[asyncio.Task[Any]], None],
        jitter: random.Random | None = None,
    ) -> None:
        self._queue = queue
        self._poison_queue = poison_queue
        self._options = options
        self._lease_seconds = max(1, round(lease_seconds))
        self._handle = handle
        self._watch = watch
        self._backoff = PollingBackoff(options.max_polling_interval_seconds, jitter or random.Random())
        self._in_work: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._is_failing = False

    def wake(self) -> None:
        """Look into the queue now instead of at the next poll: something was just put there."""
        self._wake.set()

    async def run(self) -> None:
        """Take and dispatch messages until cancelled; tasks already begun go on by themselves."""
        while True:
            while len(self._in_work) > self._options.new_batch_threshold:
                await asyncio.wait(self._in_work, return_when=asyncio.FIRST_COMPLETED)
            self._wake.clear()
            # Shielded: messages taken from the queue are seen through even if listening ends meanwhile.
            batch = asyncio.create_task(self._take_batch())
            self._watch(batch)
            if await asyncio.shield(batch):
                self._backoff.reset()
                continue
            await _set_within(self._wake, self._backoff.next_wait_seconds())

    async def _take_batch(self) -> int:
        taken = 0
        size = self._options.batch_size
        try:
            messages = self._queue.receive_messages(
                messages_per_page=size, max_messages=size, visibility_timeout=self._lease_seconds
            )
            async for message in messages:
                taken += 1
                task = asyncio.create_task(self._see_through(message))
                self._in_work.add(task)
                task.add_done_callback(self._in_work.discard)
                self._watch(task)
        except ResourceNotFoundError:
            # The queue comes into being with its first message.
            return taken
        except AzureError as error:
            if not self._is_failing:
                _log.warning("queue '%s' does not answer (%s)", self._queue.queue_name, type(error).__name__)
            self._is_failing = True
            return taken
        if self._is_failing:
            _log.info("queue '%s' answers again", self._queue.queue_name)
        self._is_failing = False
        return taken

    async def _see_through(self, message: StoredMessage) -> None:
        lease = _Lease(message, message.pop_receipt or "")
        try:
            await self._work_on(lease)
        except AzureError as error:
            # The lease ends by itself and the message comes back: at least once, as promised.
            _log.warning(
                "message %s of queue '%s' could not be settled (%s)",
                message.id,
                self._queue.queue_name,
                type(error).__name__,
            )

    async def _work_on(self, lease: _Lease) -> None:
        message = lease.message
        try:
            item = _queue_input(message, base64_encoded=self._options.base64)
        except ValueError:
            _log.warning("message %s cannot be decoded (see messageEncoding)", message.id)
            await self._to_poison(lease, None)
            return
        if item.dequeue_count > self._options.max_dequeue_count and self._poison_queue(item) is not None:
            await self._to_poison(lease, item)
            return
        done = asyncio.Event()
        renewal = asyncio.create_task(self._renew(lease, done))
        try:
            await self._handle(item)
        except asyncio.CancelledError:
            await self._end_renewal(renewal, done)
            await self._release(lease, 0)
            raise
        except Exception:  # noqa: BLE001 - the invoker has logged it; here it only means "try again"
            await self._end_renewal(renewal, done)
            await self._after_failure(lease, item)
        else:
            await self._end_renewal(renewal, done)
            await self._delete(lease)

    @staticmethod
    async def _end_renewal(renewal: asyncio.Task[None], done: asyncio.Event) -> None:
        # Not by cancelling: a renewal cut off on its way would leave a receipt nobody knows, and the
        # finished message could not be deleted.
        done.set()
        await renewal

    async def _renew(self, lease: _Lease, done: asyncio.Event) -> None:
        while not await _set_within(done, self._lease_seconds / 2):
            try:
                await self._set_visibility(lease, self._lease_seconds)
            except AzureError as error:
                _log.warning("message %s: lease not renewed (%s)", lease.message.id, type(error).__name__)

    async def _after_failure(self, lease: _Lease, item: QueueInput) -> None:
        decision = after_failure(
            item.dequeue_count,
            self._options.max_dequeue_count,
            has_poison_queue=self._poison_queue(item) is not None,
        )
        if decision is AfterFailure.POISON:
            await self._to_poison(lease, item)
        elif decision is AfterFailure.RELEASE:
            await self._release(lease, self._options.visibility_timeout_seconds)
            if self._options.visibility_timeout_seconds < 1:
                self.wake()

    async def _to_poison(self, lease: _Lease, item: QueueInput | None) -> None:
        poison = self._poison_queue(item)
        if poison is None:
            return
        _log.warning(
            "Message %s has reached MaxDequeueCount of %d or cannot be read. Moving it to queue '%s'.",
            lease.message.id,
            self._options.max_dequeue_count,
            poison.queue_name,
        )
        try:
            await poison.send_message(lease.message.content, time_to_live=-1)
        except ResourceNotFoundError:
            with contextlib.suppress(HttpResponseError):
                await poison.create_queue()
            await poison.send_message(lease.message.content, time_to_live=-1)
        await self._delete(lease)

    async def _delete(self, lease: _Lease) -> None:
        # Gone already, or taken over after an expired lease: either way no longer ours to delete.
        with contextlib.suppress(ResourceNotFoundError):
            await self._queue.delete_message(lease.message.id, lease.pop_receipt)

    async def _release(self, lease: _Lease, seconds: float) -> None:
        with contextlib.suppress(ResourceNotFoundError):
            await self._set_visibility(lease, round(seconds))

    async def _set_visibility(self, lease: _Lease, seconds: int) -> None:
        updated = await self._queue.update_message(
            lease.message.id, lease.pop_receipt, visibility_timeout=seconds
        )
        lease.pop_receipt = updated.pop_receipt or lease.pop_receipt


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event; tell whether it came in time."""
    # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the event.
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


def _queue_input(message: StoredMessage, *, base64_encoded: bool) -> QueueInput:
    return QueueInput(
        id=message.id,
        body=decode_body(str(message.content), base64_encoded=base64_encoded),
        dequeue_count=message.dequeue_count or 1,
        pop_receipt=message.pop_receipt,
        insertion_time=message.inserted_on,
        expiration_time=message.expires_on,
        time_next_visible=message.next_visible_on,
    )
