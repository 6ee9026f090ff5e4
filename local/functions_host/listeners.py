"""Starts what waits in the background: queue listeners, blob scanners with the host's own queue, timers."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from azure.core.exceptions import AzureError, ResourceExistsError
from azure.storage.queue.aio import QueueClient

from local.functions_host.app_loader import LoadedFunction
from local.functions_host.blob_messages import POISON_QUEUE, BlobMessage, from_json, host_queue_name, to_json
from local.functions_host.blob_receipts import HOSTS_CONTAINER, BlobReceipts
from local.functions_host.blob_runner import BlobFunction, BlobRunner
from local.functions_host.blob_scanner import BlobScanner
from local.functions_host.errors import HostStartError
from local.functions_host.host_json import BlobOptions, HostConfig, QueueOptions
from local.functions_host.invoker import Invoker
from local.functions_host.queue_listener import QueueListener
from local.functions_host.queue_policy import encode_body, poison_queue_name
from local.functions_host.settings import connection_string
from local.functions_host.storage_accounts import StorageAccounts
from local.functions_host.timers import BlobStatusStore, TimerRunner
from local.functions_host.trigger_inputs import QueueInput, queue_message
from local.functions_host.triggers import BlobTrigger, QueueTrigger, TimerTrigger
from local.functions_host.tuning import Tuning

_log = logging.getLogger("functions_host")


class Listeners:
    """Everything that wakes functions without a request.

    Args:
        functions: All functions of the app.
        config: `host.json`.
        tuning: Poll and lease times.
        invoker: Runs handlers.
        environ: Settings, for connections and the timers' zone (`WEBSITE_TIME_ZONE`).
        host_id: Keeps this host's receipts and queue apart from others'.
    """

    def __init__(
        self,
        functions: Sequence[LoadedFunction],
        config: HostConfig,
        tuning: Tuning,
        invoker: Invoker,
        *,
        environ: Mapping[str, str],
        host_id: str,
    ) -> None:
        self._functions = functions
        self._config = config
        self._tuning = tuning
        self._invoker = invoker
        self._environ = environ
        self._host_id = host_id
        self._accounts = StorageAccounts()
        self._tasks: list[asyncio.Task[None]] = []
        self.blob_functions: dict[str, BlobFunction] = {}
        self.blob_runner = BlobRunner(self.blob_functions, invoker.invoke)

    async def start(self) -> None:
        """Open the accounts and begin to listen.

        Raises:
            HostStartError: A connection or the time zone is missing or wrong, or the storage does not answer.
        """
        for function in self._functions:
            if isinstance(function.trigger, QueueTrigger):
                self._listen_to_queue(function, function.trigger)
            elif isinstance(function.trigger, TimerTrigger):
                self._start_timer(function, function.trigger)
        if any(isinstance(function.trigger, BlobTrigger) for function in self._functions):
            await self._start_blobs()

    async def stop_listening(self) -> None:
        """Take nothing more; what is already being worked on goes on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Close the storage clients."""
        await self._accounts.close()

    def _listen_to_queue(self, function: LoadedFunction, trigger: QueueTrigger) -> None:
        account = self._accounts.open(connection_string(trigger.connection, self._environ))
        poison_name = poison_queue_name(trigger.queue)
        poison = None if poison_name is None else account.queues.get_queue_client(poison_name)

        async def handle(item: QueueInput) -> None:
            await self._invoker.invoke(function, queue_message(item), f"New queue message ({trigger.queue})")

        listener = QueueListener(
            account.queues.get_queue_client(trigger.queue),
            poison_queue=lambda _: poison,
            options=self._config.queues,
            lease_seconds=self._tuning.lease_seconds,
            handle=handle,
            watch=self._invoker.watch,
        )
        self._supervise(function.id, listener.run)

    def _start_timer(self, function: LoadedFunction, trigger: TimerTrigger) -> None:
        store = None
        with contextlib.suppress(HostStartError):
            # Without a storage account a timer still runs; only missed runs are not made up for.
            account = self._accounts.open(connection_string("", self._environ))
            store = BlobStatusStore(account.blobs.get_container_client(HOSTS_CONTAINER), self._host_id)
        timer = TimerRunner(
            function,
            trigger,
            invoke=self._invoker.invoke,
            watch=self._invoker.watch,
            store=store,
            zone=_time_zone(self._environ),
            now=lambda: datetime.now(UTC),
            sleep=asyncio.sleep,
        )
        self._supervise(function.id, timer.run)

    async def _start_blobs(self) -> None:
        own = self._accounts.open(connection_string("", self._environ))
        queue = own.queues.get_queue_client(host_queue_name(self._host_id))
        try:
            with contextlib.suppress(ResourceExistsError):
                await queue.create_queue()
        except AzureError as error:
            raise HostStartError(
                f"the storage account of AzureWebJobsStorage does not answer ({type(error).__name__}); "
                "is Azurite running?"
            ) from error
        receipts = BlobReceipts(own.blobs.get_container_client(HOSTS_CONTAINER), self._host_id)
        poison_queues: dict[str, QueueClient] = {}
        default_poison = own.queues.get_queue_client(POISON_QUEUE)

        def poison_queue(item: QueueInput | None) -> QueueClient:
            # A blob is reported in the account it is in.
            if item is None:
                return default_poison
            with contextlib.suppress(ValueError):
                return poison_queues.get(from_json(item.body).function_id, default_poison)
            return default_poison

        listener = QueueListener(
            queue,
            poison_queue=poison_queue,
            options=blob_queue_options(self._config.queues, self._config.blobs),
            lease_seconds=self._tuning.lease_seconds,
            handle=self.blob_runner.handle,
            watch=self._invoker.watch,
        )

        async def enqueue(message: BlobMessage) -> None:
            await queue.send_message(
                encode_body(to_json(message), base64_encoded=self._config.queues.base64), time_to_live=-1
            )
            listener.wake()

        for function in self._functions:
            if isinstance(function.trigger, BlobTrigger):
                self._scan(function, function.trigger, receipts, enqueue, poison_queues)
        self._supervise("blob triggers", listener.run)

    def _scan(
        self,
        function: LoadedFunction,
        trigger: BlobTrigger,
        receipts: BlobReceipts,
        enqueue: Callable[[BlobMessage], Awaitable[None]],
        poison_queues: dict[str, QueueClient],
    ) -> None:
        account = self._accounts.open(connection_string(trigger.connection, self._environ))
        poison_queues[function.id] = account.queues.get_queue_client(POISON_QUEUE)
        self.blob_functions[function.id] = BlobFunction(function, account.blobs)
        if trigger.wants_event_grid:
            _log.info(
                "%s asks for Event Grid, which does not reach this machine: polling instead", function.id
            )
        scanner = BlobScanner(
            function.id,
            account.blobs.get_container_client(trigger.path.container),
            trigger.path,
            receipts=receipts,
            enqueue=enqueue,
            interval_seconds=self._tuning.blob_poll_seconds,
        )
        self._supervise(function.id, scanner.run)

    def _supervise(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        async def keep_running() -> None:
            while True:
                try:
                    await run()
                except Exception:  # noqa: BLE001 - a listener that ends would silence its trigger
                    _log.exception("the listener of %s stumbled; starting it again", name)
                    await asyncio.sleep(1)

        self._tasks.append(asyncio.create_task(keep_running(), name=name))


def blob_queue_options(queues: QueueOptions, blobs: BlobOptions) -> QueueOptions:
    """Return how the host's own queue of blobs is read: bounded parallelism, retries without a wait."""
    degree = blobs.max_degree_of_parallelism
    batch_size = min(32, max(1, degree // 2))
    return dataclasses.replace(
        queues,
        batch_size=batch_size,
        new_batch_threshold=degree - batch_size,
        max_dequeue_count=blobs.poison_blob_threshold,
        visibility_timeout_seconds=0.0,
    )


def _time_zone(environ: Mapping[str, str]) -> tzinfo:
    name = environ.get("WEBSITE_TIME_ZONE", "").strip()
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise HostStartError(f"WEBSITE_TIME_ZONE '{name}' is no time zone such as Europe/Berlin") from error
