"""``StorageAccount``: the three stores of one account, its pulse and its end."""

from __future__ import annotations

from typing import Self

from shared_code.storage.blobs import BlobStore
from shared_code.storage.connection import OPERATION_TIMEOUT_SECONDS, StorageConnection, StorageTarget
from shared_code.storage.queues import QueueStore
from shared_code.storage.tables import TableStore

PING_TIMEOUT_SECONDS = 5.0


class StorageAccount:
    """Tables, blobs and queues over one connection; make one per process and close it at the end.

    Nothing is connected, and no SDK imported, before the first request.
    """

    def __init__(
        self, target: StorageTarget, *, operation_timeout_seconds: float = OPERATION_TIMEOUT_SECONDS
    ) -> None:
        self._connection = StorageConnection(target, operation_timeout_seconds=operation_timeout_seconds)
        self.tables = TableStore(self._connection)
        self.blobs = BlobStore(self._connection)
        self.queues = QueueStore(self._connection)

    async def ping(self, timeout_seconds: float = PING_TIMEOUT_SECONDS) -> None:
        """Ask each of the three services for one name, without retries.

        Raises:
            StorageError: One of them refused, or all three together took longer than ``timeout_seconds``.
        """
        async with self._connection.door("Reaching storage", timeout_seconds=timeout_seconds):
            connection = self._connection
            await anext(connection.tables().list_tables(results_per_page=1, retry_total=0), None)
            await anext(connection.blobs().list_containers(results_per_page=1, retry_total=0), None)
            await anext(connection.queues().list_queues(results_per_page=1, retry_total=0), None)

    async def aclose(self) -> None:
        """Close the running loop's connections; a later use opens new ones."""
        await self._connection.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
