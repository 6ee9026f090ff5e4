"""What a listener does to its queue after each outcome, on a queue in memory."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest
from azure.core.exceptions import ResourceNotFoundError, ServiceRequestError
from azure.storage.queue import QueueMessage

from local.functions_host.host_json import QueueOptions
from local.functions_host.queue_listener import QueueListener

if TYPE_CHECKING:
    from azure.storage.queue.aio import QueueClient

    from local.functions_host.trigger_inputs import QueueInput

OPTIONS = QueueOptions(batch_size=2, new_batch_threshold=1, max_dequeue_count=3, visibility_timeout_seconds=7)


def message(number: int, *, tries: int = 1, content: str | None = None) -> QueueMessage:
    """Return a message as the service gives it."""
    made = QueueMessage(content=base64.b64encode(b"body").decode() if content is None else content)
    made.id, made.pop_receipt, made.dequeue_count = f"m{number}", "receipt-0", tries
    return made


@dataclass
class MemoryQueue:
    """Gives out messages and writes down what is done to them."""

    queue_name: str = "jobs"
    waiting: list[QueueMessage] = field(default_factory=list)
    deeds: list[tuple[str, ...]] = field(default_factory=list)
    exists: bool = True
    trouble: Exception | None = None
    asked: list[int] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, *deed: str) -> None:
        self.deeds.append(deed)
        self.changed.set()

    async def receive_messages(
        self, *, messages_per_page: int, max_messages: int, visibility_timeout: int
    ) -> AsyncIterator[QueueMessage]:
        self.asked.append(max_messages)
        self.changed.set()
        if self.trouble is not None:
            trouble, self.trouble = self.trouble, None
            raise trouble
        for _ in range(min(max_messages, len(self.waiting))):
            yield self.waiting.pop(0)

    async def update_message(self, id_: str, receipt: str, *, visibility_timeout: int) -> QueueMessage:
        self.note("visible in", id_, str(visibility_timeout), receipt)
        return message(0)

    async def delete_message(self, id_: str, receipt: str) -> None:
        self.note("deleted", id_, receipt)

    async def send_message(self, content: str, *, time_to_live: int) -> None:
        if not self.exists:
            raise ResourceNotFoundError
        self.note("sent", content)

    async def create_queue(self) -> None:
        self.exists = True
        self.note("created")


async def listen(
    queue: MemoryQueue,
    handle: Callable[[QueueInput], Awaitable[None]],
    *,
    poison: MemoryQueue | None = None,
    until: Callable[[], bool],
) -> None:
    """Run a listener until something holds (and no longer than 5 s)."""
    tasks = set[asyncio.Task[Any]]()
    listener = QueueListener(
        cast("QueueClient", queue),
        poison_queue=lambda _: cast("QueueClient", poison) if poison is not None else None,
        options=OPTIONS,
        lease_seconds=60,
        handle=handle,
        watch=tasks.add,
    )
    running = asyncio.create_task(listener.run())
    try:
        async with asyncio.timeout(5):
            while not until():
                queue.changed.clear()
                listener.wake()  # instead of sitting out the polling interval
                await queue.changed.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def succeed(item: QueueInput) -> None:
    """Handle a message well."""


async def fail(item: QueueInput) -> None:
    """Handle a message badly."""
    raise RuntimeError


async def test_success_deletes() -> None:
    """With the receipt the message came with."""
    queue = MemoryQueue(waiting=[message(1)])
    await listen(queue, succeed, until=lambda: bool(queue.deeds))
    assert queue.deeds == [("deleted", "m1", "receipt-0")]


async def test_failure_makes_it_visible_after_the_visibility_timeout() -> None:
    """Not deleted, not poisoned: there again in seven seconds."""
    queue, poison = MemoryQueue(waiting=[message(1, tries=2)]), MemoryQueue("jobs-poison")
    await listen(queue, fail, poison=poison, until=lambda: bool(queue.deeds))
    assert queue.deeds == [("visible in", "m1", "7", "receipt-0")]
    assert poison.deeds == []


@pytest.mark.parametrize("exists", [True, False])
async def test_the_last_failure_moves_it_to_the_poison_queue(exists: bool) -> None:
    """The content goes over as it is, to a queue made where needed, and then the message is deleted."""
    stored = message(1, tries=3)
    queue, poison = MemoryQueue(waiting=[stored]), MemoryQueue("jobs-poison", exists=exists)
    await listen(queue, fail, poison=poison, until=lambda: bool(queue.deeds))
    assert poison.deeds[-1] == ("sent", stored.content)
    assert queue.deeds == [("deleted", "m1", "receipt-0")]


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(message(1, tries=4), id="tried-too-often-before-a-crash"),
        pytest.param(message(1, content="no base64!"), id="undecodable"),
    ],
)
async def test_some_messages_are_poisoned_without_a_run(stored: QueueMessage) -> None:
    """The handler never sees them."""
    seen = list[str]()

    async def handle(item: QueueInput) -> None:
        seen.append(item.id)

    queue, poison = MemoryQueue(waiting=[stored]), MemoryQueue("jobs-poison")
    await listen(queue, handle, poison=poison, until=lambda: bool(queue.deeds))
    assert seen == []
    assert poison.deeds == [("sent", stored.content)]
    assert queue.deeds == [("deleted", "m1", "receipt-0")]


async def test_without_a_poison_queue_a_failure_is_left_to_its_lease() -> None:
    """However often it was tried, it runs, and nothing is done to it afterwards."""
    seen = list[int]()

    async def handle(item: QueueInput) -> None:
        seen.append(item.dequeue_count)
        raise RuntimeError

    queue = MemoryQueue(waiting=[message(1, tries=9)])
    await listen(queue, handle, until=lambda: bool(seen) and len(queue.asked) > 2)
    assert seen == [9]
    assert queue.deeds == []


async def test_a_cancelled_handler_gives_its_message_back_at_once() -> None:
    """At shutdown nobody should have to wait for the lease."""
    begun = asyncio.Event()

    async def handle(item: QueueInput) -> None:
        begun.set()
        queue.changed.set()
        await asyncio.Event().wait()

    queue = MemoryQueue(waiting=[message(1)])
    await listen(queue, handle, until=begun.is_set)
    assert queue.deeds == [("visible in", "m1", "0", "receipt-0")]


async def test_no_more_than_batch_and_threshold_are_in_work() -> None:
    """Two at a time, again when no more than one is left: three at most."""
    running, most = set[str](), list[int]()

    async def handle(item: QueueInput) -> None:
        running.add(item.id)
        for _ in range(50):  # long enough for the listener to take more, if it would
            await asyncio.sleep(0)
            most.append(len(running))
        running.discard(item.id)

    queue = MemoryQueue(waiting=[message(number) for number in range(1, 8)])
    await listen(queue, handle, until=lambda: len(queue.deeds) == 7)
    assert set(queue.asked) == {2}
    assert 2 <= max(most) <= 3


@pytest.mark.parametrize("trouble", [ResourceNotFoundError(), ServiceRequestError("gone")])
async def test_a_queue_that_is_not_there_yet_is_asked_again(trouble: Exception) -> None:
    """Neither a missing queue nor a storage that does not answer ends the listening."""
    queue = MemoryQueue(waiting=[message(1)], trouble=trouble)
    await listen(queue, succeed, until=lambda: bool(queue.deeds))
    assert queue.deeds == [("deleted", "m1", "receipt-0")]
