"""Looks into one function's container for blobs that are new or changed, and hands them over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.blob import BlobProperties, BlobType
from azure.storage.blob.aio import ContainerClient

from local.functions_host.blob_messages import BlobMessage
from local.functions_host.blob_paths import BlobPath
from local.functions_host.blob_receipts import BlobReceipts, BlobVersion

_log = logging.getLogger("functions_host")

_HAND_OVERS_AT_ONCE = 8


class BlobScanner:
    """Scans at a fixed interval until cancelled.

    Args:
        function_id: The function to hand blobs to.
        container: The container; it may come into being later.
        path: Which of its blobs are meant.
        receipts: Remembers what was handed over.
        enqueue: Puts a message on the host's queue.
        interval_seconds: Pause between two scans.
    """

    def __init__(
        self,
        function_id: str,
        container: ContainerClient,
        path: BlobPath,
        *,
        receipts: BlobReceipts,
        enqueue: Callable[[BlobMessage], Awaitable[None]],
        interval_seconds: float,
    ) -> None:
        self._function_id = function_id
        self._container = container
        self._path = path
        self._receipts = receipts
        self._enqueue = enqueue
        self._interval_seconds = interval_seconds
        self._settled: set[BlobVersion] = set()
        self._slots = asyncio.Semaphore(_HAND_OVERS_AT_ONCE)
        self._trouble: str | None = None

    async def run(self) -> None:
        """Scan until cancelled; trouble with the storage is logged once and waited out."""
        while True:
            try:
                await self.scan()
            except ResourceNotFoundError:
                self._report(f"there is no container '{self._path.container}' yet")
            except AzureError as error:
                self._report(f"container '{self._path.container}' cannot be read ({type(error).__name__})")
            else:
                self._trouble = None
            await asyncio.sleep(self._interval_seconds)

    async def scan(self) -> None:
        """Look once, and hand over what is new."""
        present: set[BlobVersion] = set()
        fresh: list[BlobMessage] = []
        async for properties in self._container.list_blobs(name_starts_with=self._path.prefix or None):
            if self._path.match(properties.name) is None:
                continue
            message = self._message(properties)
            present.add(message.blob)
            if message.blob not in self._settled:
                fresh.append(message)
        self._settled &= present
        outcomes = await asyncio.gather(
            *(self._hand_over(message) for message in fresh), return_exceptions=True
        )
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    def _message(self, properties: BlobProperties) -> BlobMessage:
        version = BlobVersion(self._path.container, properties.name, str(properties.etag).strip('"'))
        return BlobMessage(self._function_id, version, BlobType(properties.blob_type).value)

    async def _hand_over(self, message: BlobMessage) -> None:
        async with self._slots:
            if await self._receipts.hand_over(
                self._function_id, message.blob, lambda: self._enqueue(message)
            ):
                self._settled.add(message.blob)

    def _report(self, trouble: str) -> None:
        if trouble != self._trouble:
            _log.warning("%s: %s; looking again", self._function_id, trouble)
        self._trouble = trouble
