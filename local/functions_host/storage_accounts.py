"""Async storage clients, one pair per connection string, opened on demand and closed together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueServiceClient

from local.functions_host.errors import HostStartError

# Few and quick: the listeners come back by themselves, and the storage is near.
_RETRIES: dict[str, Any] = {
    "retry_total": 2,
    "initial_backoff": 0,
    "increment_base": 1,
    "random_jitter_range": 1,
}


@dataclass(frozen=True, slots=True)
class StorageAccount:
    """The two services of one account that triggers use."""

    blobs: BlobServiceClient
    queues: QueueServiceClient


class StorageAccounts:
    """All accounts the app's triggers name."""

    def __init__(self) -> None:
        self._accounts: dict[str, StorageAccount] = {}

    def open(self, connection_string: str) -> StorageAccount:
        """Return the clients of a connection string; nothing is sent yet.

        Raises:
            HostStartError: The connection string cannot be read.
        """
        known = self._accounts.get(connection_string)
        if known is not None:
            return known
        try:
            account = StorageAccount(
                BlobServiceClient.from_connection_string(connection_string, **_RETRIES),
                QueueServiceClient.from_connection_string(connection_string, **_RETRIES),
            )
        except ValueError as error:
            raise HostStartError(f"a storage connection string cannot be read: {error}") from error
        self._accounts[connection_string] = account
        return account

    async def close(self) -> None:
        """Close every client."""
        for account in self._accounts.values():
            await account.blobs.close()
            await account.queues.close()
        self._accounts.clear()
